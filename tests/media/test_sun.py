"""The sun's place against NREL, JPL, four other programs and pvlib; its refraction; what it refuses."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pvlib import spa

from dateline.core.errors import DatelineError
from dateline.media import sun

CLOSE = 0.011
"""[degrees] What is promised."""


def table(samples: Path, name: str) -> list[list[str]]:
    with (samples / "verification" / "sun" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def place(moment: str, lon: float, lat: float) -> sun.Sky:
    return sun.positions(sun.seconds_of([datetime.fromisoformat(moment)]), lon, lat)


def apart(sky: sun.Sky, elevation: float, azimuth: float) -> float:
    return float(sun.separation(sky, sun.Sky(np.array(elevation), np.array(azimuth))).max())


def lifted(elevation: float, pressure: float, temperature: float) -> float:
    return elevation + float(sun.refraction(elevation, pressure=pressure, temperature=temperature))


def hughes(elevation: float) -> float:
    """The refraction that NOAA's program adds [degrees], which its table was made with."""
    t = np.tan(np.radians(elevation))
    if elevation > 5:
        return (58.1 / t - 0.07 / t**3 + 0.000086 / t**5) / 3600
    return (1735 + elevation * (-518.2 + elevation * (103.4 + elevation * (-12.79 + 0.711 * elevation)))) / 3600


def test_the_horizons_table(samples: Path) -> None:
    """JPL, 25 hours: airless first, then refracted with Saemundsson's formula for 1010 hPa and 10 degrees."""
    for row in table(samples, "jpl_horizons_sun_50N_10E_2020-01-01.csv"):
        azimuth, airless, seen = float(row[5]), float(row[6]), float(row[10])
        sky = place(row[0], 10, 50)
        assert apart(sky, airless, azimuth) < CLOSE
        if airless > 0:
            assert abs(lifted(float(sky.elevation[0]), 1010, 10) - seen) < CLOSE


def test_the_nrel_tables(samples: Path) -> None:
    """NREL's calculator and worked examples, apparent with each row's pressure and temperature."""
    seen = 0
    for row in table(samples, "nrel_spa_online_50.csv"):
        year = int(row[0].lstrip("-").partition("-")[0]) * (-1 if row[0].startswith("-") else 1)
        if not sun.FIRST_YEAR <= year <= sun.LAST_YEAR:
            continue
        seen += 1
        sky = place(row[0].removesuffix("Z") + "+00:00", float(row[2]), float(row[1]))
        assert apart(sky, float(row[41]), float(row[8])) < CLOSE
        if float(row[41]) > 0:
            assert abs(lifted(float(sky.elevation[0]), float(row[5]), float(row[4])) - float(row[43])) < CLOSE
    assert seen == 2
    for row in table(samples, "solarpositioning_spa_cases.csv"):
        sky = place(row[0], float(row[2]), float(row[1]))
        apparent = lifted(float(sky.elevation[0]), float(row[5]), float(row[6]))
        assert apart(sun.Sky(np.array(apparent), sky.azimuth), 90 - float(row[8]), float(row[7])) < CLOSE


def test_the_table_of_four_programs(samples: Path) -> None:
    """Skyfield, SPA, USNO and NOAA agree with ours airless; two rows of 1800 and 2200 are refused by name."""
    refused = 0
    for program, moment, lat, lon, _, elevation, azimuth, apparent in table(samples, "solposx_reference.csv"):
        if moment[:4] in {"1800", "2200"}:
            with pytest.raises(DatelineError) as caught:
                place(moment, float(lon), float(lat))
            assert caught.value.code == "sun-years"
            refused += 1
            continue
        sky = place(moment, float(lon), float(lat))
        assert apart(sky, float(elevation), float(azimuth)) < CLOSE, (program, moment)
        height = float(sky.elevation[0])
        if apparent and height > 0:
            ours = height + hughes(height) if program == "noaa" else lifted(height, 1013.25, 12)
            assert abs(ours - float(apparent)) < CLOSE, (program, moment)
    assert refused == 8


def test_pvlib_over_a_century() -> None:
    """Against pvlib's SPA at 20,000 random instants and places of 1950-2050."""
    rng = np.random.default_rng(3)
    at = rng.uniform(sun.seconds_of([datetime(1950, 1, 1, tzinfo=UTC)])[0], 2_556_143_999, 20_000)
    lon, lat = rng.uniform(-180, 180, at.size), np.degrees(np.arcsin(rng.uniform(-1, 1, at.size)))
    late = spa.calculate_deltat(1970 + at / 86_400 / 365.2425, 6)
    truth = spa.solar_position_numpy(at, lat, lon, 0, 1013, 12, late, 0.5667, 1, sst=False)
    gap = sun.separation(sun.positions(at, lon, lat), sun.Sky(truth[3], truth[4]))
    assert gap.max() < CLOSE
    assert np.sqrt((gap**2).mean()) < 0.005


@given(st.floats(-60, 60), st.floats(-180, 180), st.integers(0, 2_000_000_000))
def test_rates_are_the_slopes_of_the_course(lat: float, lon: float, at: int) -> None:
    """Rates agree with differences of positions a minute apart, away from the zenith."""
    sky = sun.positions(np.array([at - 30.0, at, at + 30.0]), lon, lat)
    if abs(sky.elevation[1]) > 80:
        return
    rises, turns = sun.rates(sky, lat)
    assert (sky.elevation[2] - sky.elevation[0]) / 60 == pytest.approx(rises[1], abs=5e-5)
    assert ((sky.azimuth[2] - sky.azimuth[0] + 180) % 360 - 180) / 60 == pytest.approx(turns[1], abs=2e-4)


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive datetime would mean the machine's zone; two zones of one instant are one."""
    with pytest.raises(DatelineError) as caught:
        sun.seconds_of([datetime(2024, 10, 18, 12)])  # noqa: DTZ001 - what is refused
    assert caught.value.code == "naive-time"
    moment = datetime(2024, 10, 18, 12, tzinfo=UTC)
    other = moment + timedelta(0)
    assert (sun.seconds_of([moment]) == sun.seconds_of([other])).all()


@pytest.mark.parametrize(("at", "lat", "code"), [
    (1.7e12, 0.0, "sun-years"), (np.nan, 0.0, "sun-years"), (-7e8, 0.0, "sun-years"), (1.7e9, 91.0, "position"),
    (1.7e9, np.nan, "position"),
])  # fmt: skip
def test_what_is_no_instant_or_place(at: float, lat: float, code: str) -> None:
    """Milliseconds for seconds, other years, no numbers and no latitudes are named."""
    with pytest.raises(DatelineError) as caught:
        sun.positions(at, 0.0, lat)
    assert caught.value.code == code
