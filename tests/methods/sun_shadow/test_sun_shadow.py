"""`sun_shadow` by what is known: hours, days, places, a stated time; two shadows; and every misuse by name."""

from __future__ import annotations

import json
from datetime import date, timedelta, timezone
from functools import partial
from typing import Any

import numpy as np
import pytest
import shapely

from dateline.core.errors import Refusal
from dateline.media import sun
from dateline.media.shadow import Shadow
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.sun_shadow import CARD, run
from dateline.methods.sun_shadow.asked import Clock, Ground, Told, ZoneCells, instants, read_clock, zone_of
from dateline.methods.sun_shadow.clues import Air, case_of
from dateline.methods.sun_shadow.line import through
from dateline.methods.sun_shadow.placed import local_instants
from dateline.methods.sun_shadow.surface import everywhere, surface

SPOT = (131.95, 43.80)
GROUND = Ground(name="Ussuriysk", spots=(SPOT,), zone="Asia/Vladivostok")
TEN = timezone(timedelta(hours=10))
DAY = date(2024, 10, 18)
EXACT = {"slope": 0.0, "slope_sigma": 0.0, "tilt": 0.0, "tilt_sigma": 0.0, "penumbra": 0.0}


def at(hour: float) -> float:
    """The instant [s] at which Ussuriysk's clock shows an hour of 18 October 2024."""
    return instants(DAY, 3600 * hour, TEN)[0]


def cast(instant: float, spot: tuple[float, float] = SPOT) -> tuple[float, float]:
    """Ratio and azimuth [degrees] of the shadow of an upright post at an instant."""
    sky = sun.positions(instant, *spot)
    elevation = float(sky.elevation + sun.refraction(sky.elevation))
    return 1 / float(np.tan(np.radians(elevation))), (float(sky.azimuth) + 180) % 360


def ask(given: dict[str, Any], grounds: tuple[Ground, ...] = (GROUND,), **roles: tuple[Any, ...]) -> Outcome:
    inputs = Inputs({**({"places": grounds} if grounds else {}), **roles})
    return run(inputs, Parameters.of(CARD, given), rng=np.random.default_rng(1))


def told(way: str, hour: float, turn: float = 0.0) -> dict[str, Any]:
    """Parameters of a shadow measured without error at an hour, with the reference's spreads."""
    ratio, azimuth = cast(at(hour))
    given: dict[str, Any] = dict(EXACT)
    if "L" in way:
        given |= {"ratio": ratio, "ratio_sigma": "5 %"}
    if "A" in way:
        given |= {"azimuth": (azimuth + turn) % 360, "azimuth_sigma": 2}
    return given


@pytest.mark.parametrize(("hour", "way", "stretches", "minutes"), [
    (9.5, "L", 2, 47), (9.5, "A", 1, 38), (9.5, "LA", 1, 20), (12.95, "L", 1, 152), (12.95, "LA", 1, 26),
    (16.5, "LA", 1, 19),
])  # fmt: skip
def test_the_table_of_ussuriysk(hour: float, way: str, stretches: int, minutes: float) -> None:
    """18 October 2024: widths of the reference, two stretches where the length alone is known, the hour inside."""
    answer = ask({**told(way, hour), "date": "2024-10-18"})
    assert answer.result == "times"
    sets = answer.values["times"]["sets"]
    assert len(sets) == stretches
    assert abs(answer.values["minutes"] - minutes) < 0.12 * minutes + 2
    shown = f"{int(hour):02}:{round(hour % 1 * 60):02}"
    assert any(span[:5] <= shown <= span[-5:] for span in answer.values["local"]["sets"])


def test_the_dominant_error_is_named_with_its_minutes() -> None:
    """An unknown slope costs about 12 minutes at a sun of 20 degrees, and the sentence says so."""
    ratio, _ = cast(at(15.9))
    given = {"date": "2024-10-18", "ratio": ratio, "ratio_sigma": "1 %", "tilt": 0, "tilt_sigma": 0}
    answer = ask(given)
    assert "slope of the ground unknown: ±" in answer.statement.en
    assert answer.values["budget"]["slope of the ground unknown"] > 12
    assert {"slope-unknown"} <= {note.code for note in answer.caveats}
    assert any("slope" in need for need in answer.needed)


def test_days_of_a_clock_time_are_two_stretches_and_one_at_the_solstice() -> None:
    """In April a length at 10:30 fits spring and autumn; at midsummer one long stretch."""
    clock = {"date": "2024", "time": "10:30", "zone": "local"}
    spring = instants(date(2024, 4, 10), 10.5 * 3600, TEN)[0]
    answer = ask({**EXACT, **clock, "ratio": cast(spring)[0], "ratio_sigma": "5 %"})
    (first, last), (third, _) = answer.values["days"]["sets"]
    assert first <= "2024-04-10" <= last < "2024-05-15" < third
    summer = instants(date(2024, 6, 21), 10.5 * 3600, TEN)[0]
    flat = ask({**EXACT, **clock, "ratio": cast(summer)[0], "ratio_sigma": "5 %"})
    assert len(flat.values["days"]["sets"]) == 1
    assert flat.values["number"] > 1.5 * answer.values["number"]


def test_a_stated_time_is_consistent_inconsistent_or_without_power() -> None:
    """The right hour agrees, a wrong one is contradicted with its p, a hopeless measurement has no power."""
    right = ask({**told("LA", 10.5), "date": "2024-10-18", "time": "10:30", "zone": "+10:00"})
    wrong = ask({**told("LA", 10.5), "time": "2024-10-18T15:30+10:00"})
    poor = ask({**told("L", 12.5), "ratio_sigma": "90 %", "time": "2024-10-18T12:30+10:00"})
    assert (right.result, wrong.result, poor.result) == ("consistent", "inconsistent", "no power")
    assert right.values["p"] > 0.9
    assert right.values["power"] > 0.5
    assert wrong.values["p"] < 0.001
    assert "10:" in wrong.statement.en  # the hours that would fit


def test_night_and_reversed_directions_are_named() -> None:
    """No shadow at midnight; a direction told from tip to foot fits when turned, and the answer says so."""
    night = ask({**told("L", 10.5), "time": "2024-10-18T23:30+10:00"})
    assert (night.result, night.reasons[0].code) == ("inconsistent", "sun-below-horizon")
    back = ask({**told("LA", 10.5, turn=180), "date": "2024-10-18"})
    assert back.result == "impossible"
    assert "azimuth-turned" in {note.code for note in back.reasons}
    assert ask({**told("LA", 10.5, turn=180), "azimuth_of": "sun", "date": "2024-10-18"}).result == "times"
    polar = Ground(name="the Arctic", spots=((20.0, 80.0),), zone="UTC")
    dark = ask({"ratio": 2, "date": "2024-12-21"}, (polar,))
    assert (dark.result, dark.reasons[0].code) == ("impossible", "sun-below-horizon")


def test_places_at_a_known_instant_hold_the_place_and_no_finer_than_allowed() -> None:
    """The 95 % area holds Ussuriysk, the 50 % area lies in it, direction shrinks it, and it crosses no meridian."""
    given = {**told("LA", 10.5), "azimuth_sigma": 4, "time": "2024-10-18T10:30+10:00"}
    both, length = ask(given, ()), ask({**told("L", 10.5), "time": "2024-10-18T10:30+10:00"}, ())
    assert (both.result, length.result) == ("places", "places")
    assert length.values["km2"]["95"] > 10 * both.values["km2"]["95"]
    drawn = json.loads(next(one.data for one in both.artifacts if one.role == "locus"))
    whole, half = (shapely.geometry.shape(feature["geometry"]) for feature in drawn["features"])
    assert whole.is_valid
    assert whole.contains(shapely.Point(SPOT))
    assert whole.contains(half)
    assert drawn["features"][0]["properties"]["sensitive"]
    assert both.values["cell_km"] == 25
    assert "sensitive-position" in {note.code for note in both.caveats}
    assert any(one.data.startswith(b"<svg") for one in both.artifacts)


def test_areas_are_cut_at_the_180th_meridian() -> None:
    """A shadow in the middle of the Pacific gives valid polygons within -180 to 180 that hold it."""
    spot = (179.9, -10.0)
    instant = instants(DAY, 0.0, zone_of("UTC"))[0]
    ratio, azimuth = cast(instant - 3600, spot)
    given = {**EXACT, "ratio": ratio, "azimuth": azimuth, "azimuth_sigma": 2, "time": "2024-10-17T23:00Z"}
    drawn = json.loads(ask(given, ()).artifacts[0].data)
    area = shapely.geometry.shape(drawn["features"][0]["geometry"])
    assert area.is_valid
    assert area.bounds[0] >= -180
    assert area.bounds[2] <= 180
    assert area.buffer(1e-6).contains(shapely.Point(spot))


def test_the_local_clock_is_each_places_own() -> None:
    """Each cell takes its own zone's instant, by the rules of that year; a skipped time is none."""
    names = ("Europe/Berlin", "Asia/Vladivostok")
    cells = np.zeros((720, 1440), np.uint16)
    cells[:, 720:] = 1
    zones = ZoneCells(names=names, cells=cells)
    found, twice = local_instants(Clock(days=(DAY, DAY), second=37_800.0, zone="local"), zones)
    assert not twice
    west, east = found(np.array([0, 1439]))
    assert west - east == 8 * 3600
    spring = date(2024, 3, 31)
    skipped, _ = local_instants(Clock(days=(spring, spring), second=9_000.0, zone="local"), zones)
    assert np.isnan(skipped(np.array([0]))[0])
    assert local_instants(Clock(days=(date(2024, 10, 27),) * 2, second=9_000.0, zone="local"), zones)[1]
    answer = ask({**told("LA", 10.5), "date": "2024-10-18", "time": "10:30", "zone": "local"}, (), zones=(zones,))
    area = shapely.geometry.shape(json.loads(answer.artifacts[0].data)["features"][0]["geometry"])
    assert area.contains(shapely.Point(SPOT))
    assert "zone-borders" in {note.code for note in answer.caveats}


def test_two_shadows_do_without_height_and_without_north() -> None:
    """tan e1 / tan e2 = L2 / L1, and A2 - A1: the hour comes out, and turning or scaling both changes nothing."""

    def rows(scale: float, turn: float) -> tuple[Shadow, ...]:
        made = []
        for after in (0.0, 7200.0):
            ratio, azimuth = cast(at(9.5) + after)
            made.append(Shadow(id="post", length=scale * ratio, sigma=0.02, azimuth=(azimuth + turn) % 360,
                               azimuth_sigma=1.0, slope=0.0, slope_sigma=0.0, tilt=0.0, tilt_sigma=0.0,
                               penumbra=0.0, after=after))  # fmt: skip
        return tuple(made)

    answers = [
        ask({"date": "2024-10-18", "north": "unknown"}, shadows=(Told(shadows=rows(*how), clock=Clock()),))
        for how in ((1.0, 0.0), (3.7, 200.0))
    ]
    assert answers[0].values["times"] == answers[1].values["times"]
    assert any(span[:5] <= "09:30" <= span[-5:] for span in answers[0].values["local"]["sets"])


def test_an_area_is_the_union_of_its_spots() -> None:
    """Two places a degree apart give a set that holds each one's own."""
    other = Ground(name="elsewhere", spots=((133.95, 43.80),), zone="Asia/Vladivostok")
    given = {**told("LA", 10.5), "date": "2024-10-18"}
    one, both = ask(given), ask(given, (GROUND, other))
    assert both.values["minutes"] > one.values["minutes"]
    assert "Ussuriysk or elsewhere" in both.statement.en


def test_a_sensitive_place_gets_no_chart() -> None:
    """The sun's course over a place would give its position away."""
    hidden = Ground(name="a camera", spots=(SPOT,), zone="Asia/Vladivostok", sensitive=True)
    answer = ask({**told("LA", 10.5), "date": "2024-10-18"}, (hidden,))
    assert not answer.artifacts
    assert "sensitive-place" in {note.code for note in answer.caveats}


@pytest.mark.parametrize(("given", "code"), [
    ({"date": "2024-10-18"}, "no-shadow"),
    ({"ratio": 1}, "too-little-known"), ({"ratio": 1, "date": "2024-10"}, "too-little-known"),
    ({"ratio": 1, "time": "10:30", "zone": "UTC"}, "too-little-known"),
    ({"ratio": 1, "time": "10:30"}, "naive-time"), ({"ratio": 1, "time": "2024-10-18T10:30"}, "naive-time"),
    ({"ratio": 1, "time": "2024-10-18 10:30"}, "naive-time"),
    ({"ratio": 1, "time": "10:30", "zone": "Mars/Olympus"}, "zone"),
    ({"ratio": 1, "time": "10:30", "zone": "+25:00"}, "zone"),
    ({"ratio": 1, "time": "2024-10-18T10:30Z", "zone": "UTC"}, "zone-twice"),
    ({"ratio": 0.1, "date": "2024-10-18"}, "near-zenith"),
    ({"ratio": 1, "time": "25:30", "zone": "UTC"}, "clock-time"),
    ({"ratio": 1, "time": "noon", "zone": "UTC"}, "clock-time"),
    ({"ratio": 1, "date": "someday"}, "date"), ({"ratio": 1, "date": "2024/.."}, "date"),
    ({"ratio": 1, "date": "1000/2024"}, "date"), ({"ratio": 0, "date": "2024-10-18"}, "shadow-ratio"),
    ({"ratio": -2, "date": "2024-10-18"}, "shadow-ratio"), ({"ratio": 500, "date": "2024-10-18"}, "shadow-ratio"),
    ({"length": "3 m", "date": "2024-10-18"}, "height-unknown"),
    ({"azimuth": 10, "north": "unknown", "date": "2024-10-18"}, "north-unknown"),
    ({"ratio": 1, "date": "1890-10-18"}, "sun-years"), ({"ratio": 1, "date": "2090-10-18"}, "sun-years"),
])  # fmt: skip
def test_misuse_is_refused_by_name(given: dict[str, Any], code: str) -> None:
    """Naive times, bad zones and dates, impossible ratios and other years are named, never computed."""
    with pytest.raises(Refusal) as caught:
        ask(given)
    assert caught.value.code == code
    assert caught.value.do


def test_clocks_that_are_read() -> None:
    """Ways to write a time; what a clock shows twice has two instants, what it skips has none."""
    assert read_clock("2024-10-18", "9:05", "UTC") == Clock(days=(DAY, DAY), second=32_700.0, zone="UTC")
    assert read_clock(None, "2024-10-18T09:05:00+10:00", None).zone == "+10:00"
    assert read_clock("2024-10-18", "09:05Z", None).zone == "UTC"
    berlin = partial(instants, zone=zone_of("Europe/Berlin"))
    assert len(berlin(date(2024, 10, 27), 9000.0)) == 2
    assert berlin(date(2024, 3, 31), 9000.0) == ()


def test_refined_and_coarse_surfaces_agree() -> None:
    """The area of a fine surface is that of the coarse one, and the best place comes nearer to the truth."""
    ratio, azimuth = cast(at(10.5))
    shadow = Shadow(id="post", ratio=ratio, sigma=0.01, azimuth=azimuth, azimuth_sigma=0.7, slope=0.0, slope_sigma=0.0,
                    tilt=0.0, tilt_sigma=0.0, penumbra=0.1)  # fmt: skip
    case = case_of([shadow], Air(), north=True, clock=10.0)
    found = [surface(case, everywhere(at(10.5)), levels=(0.5, 0.95), finest=step) for step in (0.25, 0.03)]
    coarse, fine = found
    assert coarse is not None
    assert fine is not None
    assert fine.step < 0.035
    assert fine.km2(0.95) == pytest.approx(coarse.km2(0.95), rel=0.05)
    assert np.hypot(*np.subtract(fine.best, SPOT)) < 0.1


def test_the_same_seed_gives_the_same_set() -> None:
    """Chance enters the cut through the generator alone."""
    case = case_of([Shadow(id="post", ratio=1.5)], Air(), north=True)
    line = [through(case, np.arange(at(0), at(24), 30), [SPOT], level=0.95, rng=np.random.default_rng(5)) for _ in "ab"]
    assert line[0] is not None
    assert line[1] is not None
    assert line[0].spans == line[1].spans
