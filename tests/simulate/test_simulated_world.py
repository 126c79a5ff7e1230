"""The invented coast: its truth is what was put in, its noise is as large as declared, its place is open ocean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import State
from dateline.imagery.catalog.black_marble import Tile
from dateline.simulate.black_marble import simulate_layers, simulate_pixels
from dateline.simulate.chance import clouds, patches, snow, stream
from dateline.simulate.composite import month_level, true_ratio
from dateline.simulate.daily import moon, night
from dateline.simulate.world import (
    COAST_TILE,
    COAST_WINDOW,
    KILOMETRES,
    PIXEL,
    Blackout,
    Town,
    Window,
    World,
    expected,
    field,
    invented_coast,
    land,
    levels,
)

TOWN = Town(name="Only", lon=-124, lat=-47, peak=30, radius=2)
QUIET = World(
    towns=(TOWN,),
    season=0,
    background=0,
    pixel_noise=0,
    night_noise=0,
    month_noise=0,
    year_noise=0,
    jitter=0,
    clear=(1,) * 12,
)
AROUND = Window.around(COAST_TILE, lon=-124, lat=-47, size=80)
LAYER = "AllAngle_Composite_Snow_Free"


def test_a_towns_light_is_the_integral_of_its_gaussian() -> None:
    """Oracle: 2 pi sigma squared times the peak, in pixels."""
    across, down = (2 / KILOMETRES / PIXEL / scale for scale in (np.cos(np.radians(47)), 1))
    total = field(QUIET, AROUND, np.ones(1)).sum()
    assert total == pytest.approx(2 * np.pi * across * down * 30, rel=1e-3)


@given(st.floats(0.5, 1.5), st.integers(2018, 2025), st.integers(1, 12))
def test_growth_is_compounded_by_the_year(growth: float, year: int, month: int) -> None:
    """Property: the same month a year later is the growth rate up or down, whatever the season."""
    world = replace(QUIET, towns=(replace(TOWN, growth=growth),), season=0.3)
    ratio = levels(world, date(year + 1, month, 1)) / levels(world, date(year, month, 1))
    assert ratio == pytest.approx(growth, rel=2e-3)


def test_a_blackout_has_a_place_and_two_ends() -> None:
    """Dark inside, from the first day to the day before the last; light elsewhere."""
    dark = Blackout(
        west=-125, south=-48, east=-123, north=-46, start=date(2022, 10, 10), end=date(2022, 11, 1), factor=0.2
    )
    world = replace(QUIET, towns=(TOWN, replace(TOWN, lon=-122)), blackouts=(dark,))
    assert levels(world, date(2022, 10, 9)).tolist() == [1, 1]
    assert levels(world, date(2022, 10, 10)).tolist() == [0.2, 1]
    assert levels(world, date(2022, 11, 1)).tolist() == [1, 1]
    assert levels(world, date(2022, 10, 20), with_blackout=False).tolist() == [1, 1]
    assert month_level(world, date(2022, 10, 1))[0] == pytest.approx((9 + 22 * 0.2) / 31)


def test_without_noise_the_pixels_are_the_truth() -> None:
    """Clear nights, no noise: the simulated composite is the expected field, zero below the floor."""
    pixels = simulate_pixels(QUIET, "VNP46A3", date(2021, 3, 1), AROUND)
    truth = expected(QUIET, AROUND, date(2021, 3, 1))
    ground = land(QUIET, AROUND)
    np.testing.assert_allclose(pixels.values[ground], np.where(truth < 0.5, 0, truth)[ground], rtol=1e-5)
    assert (pixels.states[ground] == np.where(truth < 0.5, State.FLOOR, State.OBSERVED)[ground]).all()
    assert pixels.nights is not None
    assert (pixels.nights[ground] > 20).all()


def test_the_second_satellite_sees_less() -> None:
    """NOAA-20 is 16 per cent lower on the same ground, as on South Korea in 2025."""
    one, other = (
        simulate_pixels(QUIET, product, date(2021, 3, 1), AROUND).values for product in ("VNP46A3", "VJ146A3")
    )
    bright = one > 1
    assert np.nansum(other[bright]) / np.nansum(one[bright]) == pytest.approx(0.84, abs=0.002)


def test_the_spread_between_months_is_the_declared_one() -> None:
    """Two hundred worlds: the town's own month-to-month and year-to-year noise adds up as declared."""
    world = replace(QUIET, year_noise=0.06, month_noise=0.08)
    window = Window.around(COAST_TILE, lon=-124, lat=-47, size=24)
    sums = [
        np.nansum(simulate_pixels(replace(world, seed=seed), "VNP46A3", date(2021, 3, 1), window).values)
        for seed in range(200)
    ]
    assert np.log(sums).std() == pytest.approx(0.1, rel=0.2)


def test_chance_is_repeatable_and_its_streams_are_apart() -> None:
    """The same seed gives the same tile; another seed, day or satellite another."""
    world = invented_coast(seed=4)
    first, again = (simulate_pixels(world, "VNP46A3", date(2021, 3, 1), AROUND).values for _ in range(2))
    np.testing.assert_array_equal(first, again)
    draws = {
        float(stream(one, "night", day, platform=platform).random())
        for one in (world, invented_coast(seed=5))
        for day in (date(2021, 3, 1), date(2021, 3, 2))
        for platform in ("Suomi-NPP", "NOAA-20")
    }
    assert len(draws) == 8


def test_clouds_and_snow_lie_as_often_as_declared() -> None:
    """Over many nights the clear share is that of the world; snow lies all month, on its share of the ground."""
    world = replace(QUIET, clear=(0.4,) * 12, snow=(0.7,) + (0.0,) * 11)
    share = np.mean(
        [
            clouds(world, AROUND, date(2021, 1, 1 + k % 28).replace(year=2010 + k // 28), platform="NOAA-20").mean()
            for k in range(280)
        ]
    )
    assert share == pytest.approx(0.6, abs=0.05)
    assert snow(world, AROUND, date(2021, 1, 5)).mean() == pytest.approx(0.7, abs=0.01)
    np.testing.assert_array_equal(snow(world, AROUND, date(2021, 1, 5)), snow(world, AROUND, date(2021, 1, 28)))
    assert not snow(world, AROUND, date(2021, 2, 1)).any()
    smooth = patches(np.random.default_rng(1), AROUND, size=20)
    assert 0 <= smooth.min() < smooth.max() <= 1
    assert np.abs(np.diff(smooth, axis=0)).max() <= 1 / 20 + 1e-6


def test_an_outage_shows_in_the_observed_and_hides_in_the_filled() -> None:
    """As over Tacloban: the night's own value falls, the gap-filled layer mostly keeps its history."""
    dark = Blackout(west=-125, south=-48, east=-123, north=-46, start=date(2022, 10, 10), factor=0.05)
    world = replace(QUIET, blackouts=(dark,), pixel_noise=0.1)
    observed, filled = (
        simulate_pixels(world, "VNP46A2", date(2022, 10, 20), AROUND, layer=layer)
        for layer in ("DNB_BRDF-Corrected_NTL", "Gap_Filled_DNB_BRDF-Corrected_NTL")
    )
    core = expected(QUIET, AROUND, date(2022, 10, 20)) > 5
    assert (observed.states[core] == State.OBSERVED).all()
    assert np.median(observed.values[core]) < 2
    assert (filled.states[core] == State.FILLED).mean() == pytest.approx(0.5, abs=0.1)
    assert filled.values[core].mean() > 4 * observed.values[core].mean()


def test_only_the_layers_asked_for_are_made() -> None:
    """The fast path makes one composite with its companions, the same as among all."""
    world = invented_coast()
    some = simulate_layers(world, "VNP46A3", date(2021, 7, 1), AROUND, names=[LAYER])
    every = simulate_layers(world, "VNP46A3", date(2021, 7, 1), AROUND)
    assert len(every) == 26
    assert len(some) == 6
    np.testing.assert_array_equal(some[LAYER], every[LAYER])


def test_true_ratios_are_named_by_town() -> None:
    """The port's growth over two years, the dark region's blackout, the contrast towns' stillness."""
    truth = true_ratio(invented_coast(), [date(2021, 3, 1)], [date(2023, 3, 1)])
    assert truth["Growing port"] == pytest.approx(1.12**2, rel=1e-3)
    assert truth["Dark 1"] == pytest.approx(0.35, rel=1e-3)
    assert truth["Contrast 1"] == pytest.approx(1.0)


def test_the_coast_is_where_no_land_is() -> None:
    """Open ocean around the point farthest from all land (48.9 S 123.4 W); every town on its own land and window."""
    assert Tile(5, 13) == COAST_TILE
    world = invented_coast()
    ground = land(world, COAST_WINDOW)
    for town in world.towns:
        row = int((-40 - town.lat) / PIXEL) - COAST_WINDOW.row
        column = int((town.lon + 130) / PIXEL) - COAST_WINDOW.column
        assert ground[row, column], town.name


def test_worlds_and_windows_that_cannot_be_are_refused() -> None:
    """Eleven months or a window beyond the tile are mistakes, found at once."""
    with pytest.raises(ValueError, match="twelve"):
        replace(QUIET, clear=(0.5,) * 11)
    with pytest.raises(ValueError, match="inside a tile"):
        Window(COAST_TILE, 2300, 0, 200, 200)
    assert Window.around(COAST_TILE, lon=-120.01, lat=-49.99, size=100).column == 2300


def test_the_moon_waxes_and_wanes() -> None:
    """Full on 28 March 2021, new on 13 March 2021, within a day's motion."""
    assert moon(date(2021, 3, 28)) > 0.95
    assert moon(date(2021, 3, 13)) < 0.05


def test_a_night_without_noise_is_the_expected_light() -> None:
    """The night's own field is the truth where nothing disturbs it."""
    np.testing.assert_allclose(
        night(QUIET, AROUND, date(2021, 1, 5)), expected(QUIET, AROUND, date(2021, 1, 5)), rtol=1e-5
    )
