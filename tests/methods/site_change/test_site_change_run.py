"""site_change from end to end: simulated pairs with known truth, real samples without an event, misuse refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox

from dateline.core.where import Where
from dateline.imagery.chip import Chip, Pass
from dateline.imagery.resample import true_pixel
from dateline.ledger.finding import Note
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.site_change import CARD, run
from dateline.simulate.sites import BANDS, pair

START = datetime(2020, 1, 1, tzinfo=UTC)


def chip(values: np.ndarray, day: float, bands: tuple[str, ...] = BANDS, **known: Any) -> Chip:
    grid = GeoBox(values.shape[1:], Affine(30, 0, 500_000, 0, -30, 4_000_000), "EPSG:32652")
    given: dict[str, Any] = {
        "id": f"image {day}",
        "at": START + timedelta(days=day),
        "sensor": "simulated",
        "bands": bands,
        "quantity": "reflectance",
        "values": values.astype(np.float32),
        "states": np.zeros(values.shape[1:], np.uint8),
        "geobox": grid,
        "pixel": true_pixel(grid),
        "simulated": True,
    }
    return Chip(**(given | known))


def answer(*chips: Chip, places: Any = None, stable: Any = None, **parameters: Any) -> Outcome:
    roles = {"images": chips} | {k: (v,) for k, v in (("places", places), ("stable", stable)) if v}
    return run(Inputs(roles), Parameters.of(CARD, parameters), rng=np.random.default_rng(0))


def mask_of(outcome: Outcome) -> np.ndarray:
    from rasterio.io import MemoryFile

    data = next(one.data for one in outcome.artifacts if one.role == "change_map")
    with MemoryFile(data) as memory, memory.open() as raster:
        codes: np.ndarray = raster.read(1)
    return codes


def codes(notes: tuple[Note, ...]) -> set[str]:
    return {note.code for note in notes}


def radar(seed: int, count: int, *, side: int = 60, looks: float = 5.0) -> np.ndarray:
    """(count, 2, side, side) power of an unchanged scene with structure and speckle."""
    rng = np.random.default_rng(seed)
    scene = np.exp(rng.normal(0, 0.8, (1, 2, side, side)))
    return scene * rng.gamma(looks, 1 / looks, (count, 2, side, side))


def passes(powers: np.ndarray, **known: Any) -> list[Chip]:
    flight = Pass(relative_orbit=61, direction="ascending")
    return [
        chip(power, 12 * i, ("VV", "VH"), quantity="gamma0", radar=flight, **known) for i, power in enumerate(powers)
    ]


def test_a_simulated_pair_is_registered_and_its_change_mapped() -> None:
    """F1 of 0.9 and more in a small pair off by 1.25 and 0.75 px; the published rate within two points of the truth."""
    truth = pair(np.random.default_rng(1), shape=(160, 160), shift=(1.25, -0.75), season=0.3)
    made = answer(chip(truth.first, 0), chip(truth.second, 400))
    codes_ = mask_of(made)
    found, known = codes_ == 1, codes_ != 255
    f1 = 2 * (found & truth.changed).sum() / (found.sum() + (truth.changed & known).sum())
    assert made.result == "change"
    assert f1 >= 0.9
    rate = found[known & ~truth.changed].mean()
    assert abs(made.estimates["false_alarm_rate"].best - rate) < 0.02
    assert made.values["nominal_share"] > 0.1
    assert made.values["registration"][0]["shift_px"] == pytest.approx([1.25, -0.75], abs=0.1)
    assert all(one.name.startswith("SIMULATED_") for one in made.artifacts)
    shapes = json.loads(next(one.data for one in made.artifacts if one.role == "objects"))
    assert {"area_m2", "part", "kind"} <= set(shapes["features"][0]["properties"])


def test_a_pair_in_which_nothing_happened_is_no_change() -> None:
    """Season and gain alone: no finding of change."""
    truth = pair(np.random.default_rng(2), shape=(120, 120), share=0.0, season=0.3)
    made = answer(chip(truth.first, 0), chip(truth.second, 400))
    assert made.result in {"no change seen", "ranked for people"}


def test_a_planted_radar_change_is_found_dated_and_rated() -> None:
    """A 6 x 6 px rise by 6 dB in the ninth of fifteen images, with its rate from other dates and the ground around."""
    powers = radar(3, 15)
    powers[9:, :, 44:50, 20:26] *= 4
    made = answer(*passes(powers), event="2020-04-10")
    assert made.result == "change"
    first = made.rows[0]
    assert first["part"] == "southern part" or "south" in str(first["part"])
    assert first["kind"] == "stronger return"
    assert first["area_m2"] == pytest.approx(36 * 900, rel=0.35)
    assert str(first["after"]) < "2020-04-18" <= str(first["by"])[:10] or first["by"] is not None
    assert made.estimates["false_changes_per_km2"].n >= 5
    assert made.values["looks_on_site"] == pytest.approx(5, rel=0.15)


def test_a_radar_series_without_change_says_so() -> None:
    """The same series with nothing planted."""
    assert answer(*passes(radar(4, 15)), event="2020-04-10").result == "no change seen"


def test_few_radar_looks_cannot_tell() -> None:
    """Two images before the date are too few for the test."""
    made = answer(*passes(radar(5, 5)), event="2020-01-20")
    assert made.result == "cannot tell"
    assert codes(made.reasons) == {"too-few-looks"}


def test_directions_are_never_averaged() -> None:
    """Ascending and descending images are tested each against itself, and that is told."""
    flights = (Pass(relative_orbit=61, direction="ascending"), Pass(relative_orbit=127, direction="descending"))
    chips = [replace(one, radar=flights[i % 2]) for i, one in enumerate(passes(radar(6, 16)))]
    made = answer(*chips, event="2020-04-10")
    assert "several-tracks" in codes(made.caveats)
    assert len(made.values["layers"]) == 4


def test_stable_ground_counts_the_false_alarms() -> None:
    """Where ground is declared to have stayed, the rate is counted there."""
    truth = pair(np.random.default_rng(7), shape=(120, 120), season=0.3)
    from dateline.imagery.resample import bounds_of

    west, south, east, north = bounds_of(chip(truth.first, 0).geobox)
    middle = (west + east) / 2
    ring = [(west, south), (middle, south), (middle, north), (west, north), (west, south)]
    made = answer(chip(truth.first, 0), chip(truth.second, 400), stable={"old": Where.area([[ring]])})
    assert made.values["placebo"]["how"] == "ground declared stable"
    assert made.estimates["false_alarm_rate"].n > 4000


def test_pictures_are_ranked_and_never_found_changed() -> None:
    """Three colours in bytes: a list for people."""
    rng = np.random.default_rng(8)
    from scipy import ndimage

    ground = np.stack([120 + 400 * ndimage.gaussian_filter(rng.normal(size=(140, 140)), 2) for _ in range(3)])
    after = ground.copy()
    after[:, 90:110, 20:45] = 220
    chips = [
        chip(
            np.clip(np.rint(one + rng.normal(0, 2, one.shape)), 1, 255),
            day,
            ("red", "green", "blue"),
            quantity="relative",
        )
        for day, one in ((0, ground), (300, after))
    ]
    made = answer(*chips)
    assert made.result == "ranked for people"
    assert made.rows[0]["part"] == "south-western part"
    assert {note.code for note in made.reasons} == {"bands"}
    assert not any(one.role == "change_map" for one in made.artifacts)


def test_four_bands_of_which_two_are_one_are_ranked() -> None:
    """The rank is counted, not the bands."""
    truth = pair(np.random.default_rng(9), shape=(130, 130))
    names = ("B02", "B03", "B04", "B08")
    first, second = (np.stack([one[0], one[1], one[2], one[2]]) for one in (truth.first, truth.second))
    made = answer(chip(first, 0, names), chip(second, 300, names))
    assert made.result == "ranked for people"
    assert "truly different" in made.reasons[0].text


def test_misuse_is_refused_with_a_code() -> None:
    """One image, copies, another place, radar with optical, decibels, a date beyond the images."""
    truth = pair(np.random.default_rng(10), shape=(110, 110))
    first, second = chip(truth.first, 0), chip(truth.second, 300)
    far = GeoBox((110, 110), Affine.translation(80_000, 0) @ first.geobox.affine, first.geobox.crs)
    other = pair(np.random.default_rng(11), shape=(110, 110))
    power = passes(radar(1, 4, side=110))
    cases: list[tuple[str, tuple[Chip, ...], dict[str, Any]]] = [
        ("one-image", (first,), {}),
        ("identical-bytes", (first, replace(first, id="copy", at=second.at)), {}),
        ("no-overlap", (first, replace(second, geobox=far)), {}),
        ("too-little-in-common", (first, chip(other.second, 300)), {}),
        ("mixed-sensors", (first, power[1]), {}),
        ("decibels", tuple(replace(one, values=10 * np.log10(one.values)) for one in power), {}),
        ("event-outside", (first, second), {"event": "2031-01-01"}),
    ]
    for code, chips, parameters in cases:
        made = answer(*chips, **parameters)
        assert made.result == "refused", code
        assert codes(made.reasons) == {code}


def test_clouds_and_black_borders_are_no_change() -> None:
    """Cloud pixels and a collar of black on one date are not seen, and nothing is found on them."""
    truth = pair(np.random.default_rng(12), shape=(120, 120), share=0.03)
    cloudy = truth.second.copy()
    states = np.zeros((120, 120), np.uint8)
    cloudy[:, 20:50, 70:110], states[20:50, 70:110] = 0.9, 4
    cloudy[:, :, :15] = 0
    made = answer(chip(truth.first, 0), chip(cloudy, 300, states=states))
    mask = mask_of(made)
    assert (mask[20:50, 70:110] == 255).all()
    assert (mask[:, :15] == 255).all()
    assert "black-collar" in codes(made.caveats)
    assert "no-cloud-mask" not in codes(made.caveats)


@pytest.mark.samples
def test_north_korean_sites_rank_where_and_when_they_were_rebuilt(samples: Path) -> None:
    """Town of Samjiyon by 2019, the works at Wonsan-Kalma by 2018 and 2019, the tidal flat by 2017 and 2018."""
    expected = {"6094_14031": {"2019"}, "6251_13993": {"2018", "2019"}, "6309_13872": {"2017", "2018"}}
    from PIL import Image

    bounds = json.loads((samples / "optical" / "north_korea_sites" / "tile_bounds.json").read_text())["tiles"]
    for tile, years in expected.items():
        left, low, right, top = bounds[tile]
        grid = GeoBox((256, 256), Affine((right - left) / 256, 0, left, 0, (low - top) / 256, top), "EPSG:3857")
        chips = []
        for year in (2016, 2017, 2018, 2019):
            picture = Image.open(samples / "optical" / "north_korea_sites" / f"{tile}_{year}.png").convert("RGB")
            values = np.asarray(picture, np.float32).transpose(2, 0, 1)
            moment = datetime(year, 7, 1, tzinfo=UTC)
            known = {"id": f"{tile} {year}", "geobox": grid, "at": moment, "simulated": False, "pixel": (7.2, 7.2)}
            chips.append(chip(values, 0, ("red", "green", "blue"), quantity="relative", **known))
        made = answer(*chips)
        assert made.result == "ranked for people"
        first = [str(row["by"])[:4] for row in made.rows[:3]]
        assert set(first) <= years, tile
