"""Footprints: simulated villages with known truth, a destroyed town, dates that contradict, misuse named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import stats

from dateline.core.errors import UsageError
from dateline.core.when import When
from dateline.core.where import Where
from dateline.imagery.align.certificate import Certificate
from dateline.imagery.chip import Chip
from dateline.imagery.ground import place_on_earth
from dateline.imagery.resample import true_pixel
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.site_change import CARD, run
from dateline.methods.site_change.footprints import outlines_of
from dateline.methods.site_change.roof_null import calibrated, p_of
from dateline.methods.site_change.roof_signs import shadow_length
from dateline.methods.site_change.roof_words import _blocked
from dateline.methods.site_change.roofs import Roof, Roofs, with_their_date
from dateline.simulate.roofs import village

PIXEL = 0.5
GRID = GeoBox((60, 60), Affine(PIXEL, 0, 500_000, 0, -PIXEL, 4_000_000), "EPSG:32652")


def chip(values: np.ndarray, day: int, pixel: float = PIXEL) -> Chip:
    grid = GeoBox(values.shape[1:], Affine(pixel, 0, 500_000, 0, -pixel, 4_000_000), "EPSG:32652")
    return Chip(
        id=f"image {day}",
        at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day),
        sensor="simulated",
        bands=("red", "green", "blue"),
        quantity="relative",
        values=values.astype(np.float32),
        states=np.zeros(values.shape[1:], np.uint8),
        geobox=grid,
        pixel=true_pixel(grid),
        simulated=True,
    )


def places(corners: np.ndarray, grid: GeoBox) -> dict[str, Where]:
    """Footprints by id, from corners in columns and rows [px]."""
    made = {}
    for number, one in enumerate(corners):
        lon, lat = place_on_earth(one[:, 0], one[:, 1], grid)
        ring = [*zip(lon.tolist(), lat.tolist(), strict=True)]
        made[f"hut {number}"] = Where.area([[[*ring, ring[0]]]])
    return made


def answer(chips: tuple[Chip, ...], footprints: dict[str, Where], **parameters: Any) -> Outcome:
    roles = {"images": chips, "footprints": (footprints,)}
    return run(Inputs(roles), Parameters.of(CARD, parameters), rng=np.random.default_rng(0))


@cache
def asked() -> tuple[tuple[Chip, ...], dict[str, Where], tuple[str, ...], Outcome]:
    """One village of 49 roofs, off by a pixel, in another season, with lean; its footprints, truth and answer."""
    made = village(np.random.default_rng(3), count=49, shares=(0.1, 0.1, 0.1), shift=(1.25, -0.75))
    chips = (chip(made.first, 0), chip(made.second, 400))
    footprints = places(made.corners, chips[0].geobox)
    return chips, footprints, made.states, answer(chips, footprints, sun_before="60 143")


def test_roofs_that_came_went_and_were_covered_anew_are_told_apart() -> None:
    """In a small village nine in ten of the changes are told, eight in ten of what is told is true, and of its kind."""
    _, _, states, made = asked()
    found = [one.result for one in made.places.values()]
    told = [one not in {"no evidence", "cannot tell"} for one in found]
    true = [one != "same" for one in states]
    both = sum(a and b for a, b in zip(told, true, strict=True))
    assert made.result == "change"
    assert both >= 0.85 * sum(true)
    assert both >= 0.8 * sum(told)
    named = [(a, b) for a, b, c in zip(found, states, told, strict=True) if c and b != "same"]
    assert sum(a == b for a, b in named) >= 0.8 * len(named)
    assert {"false_share_of_places"} <= set(made.estimates)
    assert "like places" in made.statement.en
    assert {"footprints-date", "look-angle-unknown"} <= {note.code for note in made.caveats}
    assert {one.role for one in made.artifacts} == {"before_after", "footprints", "table"}
    assert all(one.name.startswith("SIMULATED_") for one in made.artifacts)


@pytest.mark.slow
def test_a_village_in_which_nothing_happened_is_quiet() -> None:
    """Season, gain, lean and offset alone: at most two roofs in forty-nine are told."""
    made = village(np.random.default_rng(5), count=49, shares=(0, 0, 0), shift=(0.5, 1.25))
    chips = (chip(made.first, 0), chip(made.second, 400))
    found = answer(chips, places(made.corners, chips[0].geobox))
    assert sum(one.result not in {"no evidence", "cannot tell"} for one in found.places.values()) <= 2


def test_coarse_pixels_tell_the_date_and_not_the_kind() -> None:
    """At 1.5 m a hut of 8 m is five pixels wide: changed at most."""
    chips, footprints, _, _ = asked()
    for step, allowed in ((3, {"changed", "no evidence", "cannot tell"}),):
        coarse = tuple(chip(np.rint(_mean(one.values, step)), 400 * i, PIXEL * step) for i, one in enumerate(chips))
        made = answer(coarse, footprints)
        small = [one.result for one in made.places.values() if one.values["narrow_px"] < 6]
        assert made.result != "refused"
        assert small
        assert set(small) <= allowed


def _mean(values: np.ndarray, step: int) -> np.ndarray:
    side = values.shape[1] // step * step
    cut = values[:, :side, :side].reshape(3, side // step, step, side // step, step)
    return np.asarray(cut.mean(axis=(2, 4)))


def roofs(*results: str) -> Roofs:
    (outline,) = outlines_of(
        places(np.array([[[20, 20], [40, 20], [40, 36], [20, 36]]], float), GRID), GRID, (0.5, 0.5)
    )
    each = tuple(Roof(outline=outline, result=one, p=0.001, q=0.01) for one in results)
    return Roofs(each=each, bar=0.01, places=100, passed=1, standing=40)


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (None, ["new", "removed"]),
        ("2020-01-01", ["cannot tell", "removed"]),
        ("2021-02-04", ["new", "cannot tell"]),
        ("2023", ["new", "cannot tell"]),
        ("2020-06", ["new", "removed"]),
        ("2015", ["new", "removed"]),
    ],
)
def test_the_footprints_date_limits_what_is_told(drawn: str | None, expected: list[str]) -> None:
    """Drawn on the first image's day a roof is not new; drawn on the second's or later it is not removed."""
    when = None if drawn is None else When.from_edtf(drawn)
    made = with_their_date(roofs("new", "removed"), when, date(2020, 1, 1), date(2021, 2, 4))
    assert [one.result for one in made.each] == expected
    assert all((one.reason or ("",))[0] == "footprints-date" for one in made.each if one.result == "cannot tell")


def test_images_that_lie_off_each_other_block_the_answer() -> None:
    """With more than half a pixel left no footprint is told as changed."""
    certificate = Certificate(
        reference="a",
        moving="b",
        shift=(0, 0),
        shift_m=(0, 0),
        matrix=((0, 0), (0, 0)),
        centre=(30, 30),
        grid=GRID,
        pixel=(0.5, 0.5),
        tie_points=9,
        tried=9,
        inlier_share=1,
        sigma=0.6,
        ce90=0.6,
        scatter=0.2,
        rho=0.5,
        forward_backward=None,
        injected=None,
        second_method=None,
    )
    (one,) = _blocked(roofs("new"), certificate).each
    assert one.result == "cannot tell"
    assert one.reason is not None
    assert one.reason[0] == "misregistered"
    assert _blocked(roofs("new"), replace(certificate, ce90=0.1)).each[0].result == "new"


def test_footprints_of_another_place_and_false_angles_are_named() -> None:
    """Not on the images: refused. A sun below the ground: a usage error."""
    chips, footprints, _, _ = asked()
    far = GeoBox((60, 60), Affine(PIXEL, 0, 700_000, 0, -PIXEL, 4_000_000), "EPSG:32652")
    other = places(np.array([[[20, 20], [40, 20], [40, 36], [20, 36]]], float), far)
    made = answer(chips, other)
    assert made.result == "refused"
    assert [note.code for note in made.reasons] == ["footprints-outside"]
    with pytest.raises(UsageError):
        answer(chips, footprints, sun_before="-3 100")
    copies = answer((chips[0], replace(chips[0], id="copy", at=chips[1].at)), footprints)
    assert [note.code for note in copies.reasons] == ["identical-bytes"]


def test_a_shadow_gives_the_height() -> None:
    """Six pixels of shadow to the north-west of a roof are three metres."""
    grey = np.full((60, 60), 70, np.float32)
    rows, columns = np.mgrid[:60, :60]
    grey[(rows >= 14) & (rows < 36) & (columns >= 20) & (columns < 40)] = 30
    grey[(rows >= 20) & (rows < 36) & (columns >= 20) & (columns < 40)] = 80
    outline = roofs("new").each[0].outline
    assert shadow_length(grey, outline, (45.0, 180.0), 0.5) == pytest.approx(3.0, abs=0.6)
    assert shadow_length(grey, outline, (45.0, 0.0), 0.5) is None


def test_p_is_that_of_a_new_member_and_is_not_moved_by_changed_ones() -> None:
    """Uniform up to the calibration for normal signs; a quarter of changed roofs among thirty hardly moves it."""
    rng = np.random.default_rng(0)
    null = rng.normal(size=(300, 31, 4))
    null[..., -1] -= 5  # likeness falls: more of it is no change
    p = np.array([p_of(one[0], one[1:]) for one in null])
    assert np.mean(calibrated(p, p) < 0.05) < 0.1
    spoiled = null[0].copy()
    spoiled[1:8] += 8
    assert p_of(spoiled[0] + np.array([9, 0, 0, 0]), spoiled[1:]) < 0.01
    assert (calibrated(p, p) >= p).all()
    assert stats.kstest(p, "uniform").statistic < 0.25


@pytest.mark.samples
def test_destroyed_houses_are_told_as_removed(samples: Path) -> None:
    """Joplin before and after the tornado, twelve outlines drawn by hand: most are gone, none is new or re-roofed."""
    import rasterio

    chips = []
    for name, day in (("pre_tile_337-10160", 0), ("post_tile_31500-5137", 40)):
        with rasterio.open(samples / "optical" / "joplin_before_after" / f"{name}.tif") as raster:
            side = 620 if day == 0 else raster.width
            grid = GeoBox((side, side), raster.transform, raster.crs)
            one = chip(raster.read()[:, :side, :side].astype(np.float32), day)
            chips.append(replace(one, geobox=grid, pixel=true_pixel(grid), simulated=False))
    boxes = np.array(
        [
            (322, 116, 351, 138), (364, 121, 398, 142), (335, 169, 370, 187), (378, 176, 410, 192),
            (386, 284, 422, 303), (442, 222, 457, 256), (447, 270, 460, 306), (268, 147, 308, 178),
            (239, 256, 252, 289), (377, 411, 409, 437), (416, 411, 483, 439), (297, 400, 341, 436),
        ]
    )  # fmt: skip
    corners = boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]].astype(float)
    made = answer(tuple(chips), places(corners, chips[0].geobox))
    found = [one.result for one in made.places.values()]
    assert made.result == "change"
    assert found.count("removed") >= 5
    assert not {"new", "re-roofed"} & set(found)
    assert "mostly-changed" in {note.code for note in made.caveats}
