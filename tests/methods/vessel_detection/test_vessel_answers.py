"""What vessel detection says of seas whose ships are known, and what it declines to say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import rasterio
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from tests.methods.vessel_detection.vessel_scenes import IW2, sea, with_ship

from dateline.core.errors import UsageError
from dateline.core.where import Where
from dateline.imagery.ais import Fix, Track, Tracks
from dateline.imagery.chip import Chip
from dateline.methods import vessel_detection
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.vessel_detection import ghosts
from dateline.methods.vessel_detection.match import azimuth_shift

LONG = GeoBox((700, 300), rasterio.Affine(10, 0, 500_000, 0, -10, 4_000_000), "EPSG:32652")


def ask(*chips: Chip, roles: dict[str, tuple[Any, ...]] | None = None, **parameters: Any) -> Outcome:
    """The method with few targets, for speed."""
    given = Parameters.of(vessel_detection.CARD, {"targets": 12, **parameters})
    inputs = Inputs({"images": chips, **(roles or {})})
    return vessel_detection.run(inputs, given, rng=np.random.default_rng(4))


def lonlat(chip: Chip, row: float, column: float) -> tuple[float, float]:
    x, y = chip.geobox.affine @ (column + 0.5, row + 0.5)
    return Transformer.from_crs(str(chip.geobox.crs), "EPSG:4326", always_xy=True).transform(x, y)


def test_a_ship_is_found_where_it_lies_and_as_long_as_it_is() -> None:
    """120 m of bright pixels on a plain sea: one detection, within a pixel, and an interval that holds the length."""
    outcome = ask(with_ship(sea(np.random.default_rng(1)), 80, 90), targets=40)
    (row,) = outcome.rows
    assert outcome.result == "detected"
    assert (row["seen"], row["where"], row["flags"]) == ("ships", "open", "")
    assert (row["lon"], row["lat"]) == pytest.approx(lonlat(sea(np.random.default_rng(1)), 80.5, 95.5), abs=2e-4)
    assert row["length_low"] <= 120 <= row["length_high"]
    assert row["heading"] == pytest.approx(90, abs=5)
    assert {one.media_type for one in outcome.artifacts} == {"image/png", "application/geo+json"}
    assert all(one.name.startswith("SIMULATED_") for one in outcome.artifacts)
    places = json.loads(next(one.data for one in outcome.artifacts if one.role == "detections"))
    assert len(places["features"]) == 1


def test_none_is_said_only_with_what_would_have_been_seen() -> None:
    """An empty sea: no vessel, the least length found nine times in ten, and a bound of the false alarms."""
    outcome = ask(sea(np.random.default_rng(2)))
    assert outcome.result == "none detected"
    assert f"{outcome.estimates['shortest'].best:.0f} m" in outcome.statement.en
    assert outcome.estimates["shortest"].best < 100
    assert outcome.estimates["false_alarms"].high is not None
    assert outcome.rows[0]["seen"] == "empty"
    untried = ask(sea(np.random.default_rng(2)), targets=0)
    assert (untried.result, untried.reasons[0].code) == ("cannot tell", "power-unknown")


@pytest.mark.parametrize("law", ["log-normal", "gamma", "K"])
def test_every_law_finds_the_ship_and_nothing_else(law: str) -> None:
    """The threshold is set by the water under each law."""
    outcome = ask(with_ship(sea(np.random.default_rng(3)), 80, 90), law=law, targets=0)
    assert [row["seen"] for row in outcome.rows] == ["ships"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda chip: replace(chip, values=10 * np.log10(chip.values)), "decibels"),
        (lambda chip: replace(chip, values=np.rint(chip.values * 1000 % 256), quantity="relative"), "picture-bytes"),
        (lambda chip: replace(chip, bands=("VV", "angle")), None),
        (lambda chip: replace(chip, bands=("angle", "area")), "bands"),
    ],
)
def test_what_is_no_power_is_refused(spoil: Any, code: str | None) -> None:
    """Decibels, colours and bands of other things are named; one polarisation is enough."""
    outcome = ask(spoil(sea(np.random.default_rng(1))), targets=0)
    assert (outcome.result == "refused") == (code is not None)
    assert code is None or outcome.reasons[0].code == code


def test_passes_that_lean_to_either_side_are_refused() -> None:
    """Ascending and descending images make no common reference; with the water drawn each is judged by itself."""
    one = sea(np.random.default_rng(1))
    other = sea(np.random.default_rng(2), at=one.at + timedelta(days=1), name="down",
                radar=replace(IW2, direction="descending", relative_orbit=12, heading=193.0))  # fmt: skip
    (west, north), (east, south) = lonlat(one, 0, 0), lonlat(one, 199, 199)
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    drawn = ask(one, other, roles={"water": ({"bay": Where.area([[ring]])},)}, targets=0)
    assert ask(one, other).reasons[0].code == "mixed-passes"
    assert any(note.code == "several-tracks" for note in drawn.caveats)
    assert {row["place"] for row in drawn.rows} == {"bay"}


def test_doubles_zeros_and_missing_calibration_are_told() -> None:
    """The same image twice counts once; zeros are no sea; values without a scale are said to be relative."""
    chip = sea(np.random.default_rng(1), quantity="relative")
    chip.values[:, :40, :] = 0
    outcome = ask(chip, replace(chip, id="again"), targets=0)
    codes = {note.code for note in outcome.caveats}
    assert {"doubled-image", "zeros", "relative-calibration", "one-date"} <= codes
    assert len(outcome.rows) == 1
    assert outcome.values["water_km2"][0] < 0.01 * 200 * 160 / 100
    other = ask(chip, replace(chip, values=chip.values * 2), targets=0)
    assert other.reasons[0].code == "duplicated-pass"


def test_land_is_no_water() -> None:
    """An image as bright as a town: cannot tell, and no number rests on it."""
    town = sea(np.random.default_rng(1))
    town = replace(town, values=town.values * 30)
    outcome = ask(town)
    assert (outcome.result, outcome.reasons[0].code) == ("cannot tell", "no-water")
    assert outcome.estimates == {}
    assert outcome.rows[0]["seen"] == "not observed"


def test_what_never_moves_is_no_vessel() -> None:
    """Bright on all of six dates: a rock. Bright on one of them: a ship."""
    rng = np.random.default_rng(7)
    start = datetime(2024, 5, 1, 9, tzinfo=UTC)
    stack = [with_ship(sea(rng, at=start + timedelta(days=12 * n), name=f"S{n}"), 40, 40) for n in range(6)]
    stack[3] = with_ship(stack[3], 120, 100)
    outcome = ask(*stack, targets=0)
    assert [row["image"] for row in outcome.rows if row["seen"] == "ships"] == ["S3"]
    alone = ask(stack[0], targets=0)
    assert any(note.code == "one-date" for note in alone.caveats)


def test_a_ghost_of_land_is_flagged_and_not_counted() -> None:
    """A bright thing 4.6 km along the track, 25 dB above the detection, on drawn land: an ambiguity of order one."""
    chip = sea(np.random.default_rng(9), grid=LONG)
    distance, step = ghosts.ambiguity_distance(IW2), ghosts.along_track(IW2, chip.pixel)
    assert distance == pytest.approx(4560, rel=0.02)
    assert step is not None
    chip = with_ship(chip, 80, 60, pixels=5)
    row, column = round(80.5 - distance * step[0]), round(62 - distance * step[1])
    chip.values[:, row - 2 : row + 3, column - 2 : column + 3] = 1000 * chip.values[:, 80, 62][:, None, None]
    outcome = ask(chip, targets=0)
    ghost = min(outcome.rows, key=lambda one: abs(one["lat"] - lonlat(chip, 80, 62)[1]))
    assert ghost["flags"].startswith("ambiguity")
    assert ghost["seen"] == "not observed"


def test_a_moving_ship_is_matched_where_the_radar_shows_it() -> None:
    """10 knots toward the radar puts a ship 300 m along the track; its track is matched there, and it is moving."""
    chip = with_ship(sea(np.random.default_rng(11)), 100, 100)
    lon, lat = lonlat(chip, 100.5, 105.5)
    still = Track(mmsi=1, fixes=(Fix(at=chip.at, lon=lon, lat=lat, speed=0.0, course=0.0),))
    assert ask(chip, roles={"tracks": (Tracks(tracks=(still,)),)}, targets=0).rows[0]["motion"] == "at rest"
    mover = Fix(at=chip.at, lon=lon, lat=lat, speed=5.0, course=IW2.heading + 90 - 180)
    from dateline.imagery.ais import position_at

    there = position_at(Track(mmsi=2, fixes=(mover,)), chip.at, timedelta(hours=1))
    assert there is not None
    shift = azimuth_shift(chip, there)
    assert shift is not None
    assert shift == pytest.approx(860 / 7.59 * 5 * np.sin(np.radians(39)), rel=1e-3)
    turn = np.radians(IW2.heading or 0)
    place = lonlat(chip, 100.5 + shift * np.cos(turn) / 10, 105.5 - shift * np.sin(turn) / 10)
    moved = Track(mmsi=2, fixes=(replace(mover, lon=place[0], lat=place[1]),))
    row = ask(chip, roles={"tracks": (Tracks(tracks=(moved,)),)}, targets=0).rows[0]
    assert row["motion"] == "moving"
    assert "MMSI 2" in row["ais"]


def test_no_ais_makes_no_dark_ship() -> None:
    """An empty feed, one without times and one of another hour: nothing is said of the vessel but that."""
    chip = with_ship(sea(np.random.default_rng(12)), 100, 100)
    lon, lat = lonlat(chip, 150, 150)
    late = Track(mmsi=3, fixes=(Fix(at=chip.at + timedelta(hours=5), lon=lon, lat=lat),))
    timeless = Track(mmsi=4, fixes=(Fix(at=None, lon=lon, lat=lat),))
    for tracks in ((), (late,), (timeless,)):
        outcome = ask(chip, roles={"tracks": (Tracks(tracks=tracks),)}, targets=0)
        assert any(note.code == "no-ais" for note in outcome.caveats)
        assert outcome.rows[0]["ais"] in {None, "no AIS data for this area and hour"}
        assert all(one["unmatched_detections"] is None for one in outcome.values["ais"])


def test_unmatched_is_told_with_its_coverage() -> None:
    """Four other ships were received here within the hour: one detection has no track, and that is what is said."""
    chip = with_ship(sea(np.random.default_rng(13)), 100, 100)
    spots = [lonlat(chip, row, 20) for row in (20, 60, 140, 180)]
    others = tuple(
        Track(mmsi=n, fixes=(Fix(at=chip.at, lon=lon, lat=lat, speed=0.0, course=0.0),))
        for n, (lon, lat) in enumerate(spots)
    )
    outcome = ask(chip, roles={"tracks": (Tracks(tracks=others),)}, targets=0)
    assert outcome.rows[0]["ais"].startswith("not matched to any AIS track; 4 tracks")
    assert outcome.values["ais"][0]["unmatched_detections"] == 1


def test_a_network_needs_its_library() -> None:
    """Without onnxruntime a given model is an error with a code, not a silent fall back."""
    try:
        import onnxruntime  # noqa: F401
    except ImportError:
        with pytest.raises(UsageError) as error:
            ask(sea(np.random.default_rng(1)), roles={"model": (b"no network",)}, targets=0)
        assert error.value.code == "onnxruntime"
