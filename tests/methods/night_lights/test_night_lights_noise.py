"""The noise of a ratio: what blocks of months, years and space say, against closed forms and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from light_tables import look, months, sums, town, with_history
from scipy import stats

from dateline.methods.night_lights.blocks import block_side, effective_blocks, within_picture
from dateline.methods.night_lights.noise import (
    NOTHING,
    Assumed,
    Spread,
    moderated,
    noise_of,
    overlap,
    pooled_spread,
    reach,
    welch,
)
from dateline.methods.night_lights.ratio import pair_log_ratios, shares_of_light
from dateline.methods.night_lights.sums import cut, pairs_of
from dateline.methods.night_lights.yardstick import beside_controls, false_discovery, own_spread

ASSUMED = Assumed(month=0.12, year=0.08)


def test_independent_values_have_the_ordinary_variance() -> None:
    """With nothing shared the pooled spread is numpy's variance with n - 1 degrees of freedom."""
    values = np.array([0.1, -0.2, 0.4, 0.05])
    spread = pooled_spread(values, np.zeros(4), np.eye(4))
    assert spread.variance == pytest.approx(values.var(ddof=1))
    assert spread.df == pytest.approx(3)


def test_two_groups_are_pooled_around_their_own_means() -> None:
    """Groups far apart do not add to the spread: the analysis of variance's mean square within."""
    values = np.array([1.0, 1.2, 5.0, 5.4])
    spread = pooled_spread(values, np.array([0, 0, 1, 1]), np.eye(4))
    assert spread.variance == pytest.approx((2 * 0.1**2 + 2 * 0.2**2) / 2)
    assert spread.df == pytest.approx(2)


def test_chained_years_are_not_taken_for_independent() -> None:
    """Differences of consecutive years move against each other; the spread stays unbiased, with fewer degrees."""
    rng = np.random.default_rng(3)
    chain = overlap(np.arange(6), np.arange(1, 7))
    assert chain[0, 1] == -0.5
    found = [pooled_spread(np.diff(rng.normal(size=7)), np.zeros(6), chain) for _ in range(4000)]
    assert np.mean([spread.variance for spread in found]) == pytest.approx(2.0, rel=0.05)
    assert 2.5 < found[0].df < 5
    spread_of_variance = np.var([spread.variance for spread in found]) / 4.0
    assert 2 / found[0].df == pytest.approx(spread_of_variance, rel=0.15)


def test_a_shared_look_is_counted_once() -> None:
    """One month before against three after averages out only the noise of the three."""
    share = np.full(3, 1 / 3)
    assert reach(share, np.array([0, 1, 2]), np.array([3, 4, 5])) == pytest.approx(1 / 3)
    assert reach(share, np.array([0, 0, 0]), np.array([3, 4, 5])) == pytest.approx(0.5 * (1 + 1 / 3))


@given(
    st.lists(st.tuples(st.floats(1e-6, 10), st.floats(1, 100)), min_size=1, max_size=4),
)
def test_a_sum_of_variances_has_degrees_between_the_least_and_the_sum(parts: list[tuple[float, float]]) -> None:
    """Welch's degrees of freedom are at least the smallest of the parts and at most their sum."""
    total = welch(tuple(Spread(*part) for part in parts))
    assert total.variance == pytest.approx(sum(variance for variance, _ in parts))
    assert min(df for _, df in parts) * 0.999 <= total.df <= sum(df for _, df in parts) * 1.001


def test_little_measurement_is_drawn_towards_the_assumption() -> None:
    """One degree measured against four assumed: a fifth of the way; three degrees stand alone."""
    assert moderated(Spread(1.0, 1.0), Spread(0.0, 4.0)) == Spread(0.2, 5.0)
    assert moderated(NOTHING, Spread(0.04, 4.0)) == Spread(0.04, 4.0)
    assert moderated(Spread(1.0, 3.0), Spread(0.0, 4.0)) == Spread(1.0, 3.0)


def _noise_of(table, assumed=ASSUMED):
    pairs = pairs_of(table)
    place = cut(table, [0], pairs)
    picture = within_picture(place, 8, 200, np.random.default_rng(0))
    return noise_of(pair_log_ratios(place), shares_of_light(place), pairs, picture, assumed)


def test_twelve_months_without_assumptions_are_a_t_interval() -> None:
    """With nothing assumed, months alone give Student's t interval of their mean."""
    table = months(1.2, 12, jitter=0.1)
    noise = _noise_of(table, Assumed(month=0.0, year=0.0))
    logs = np.log(1.2) + 0.1 * np.linspace(-1, 1, 12)
    half = stats.t.ppf(0.95, 11) * logs.std(ddof=1) / math.sqrt(12)
    assert noise.route == "months"
    assert noise.half_width(0.9) == pytest.approx(half, rel=0.01)


def test_a_long_history_replaces_every_assumption() -> None:
    """Seven past pairs of years: the answer is the same whatever would have been assumed."""
    table = with_history(1.3, [1.0, 1.05, 0.97, 1.02, 1.0, 0.95, 1.03, 1.0])
    one, other = (_noise_of(table, assumed) for assumed in (ASSUMED, Assumed(month=0.5, year=0.9)))
    assert one.route == "years"
    assert one == other


def test_one_pair_rests_on_the_picture_and_the_assumption() -> None:
    """One pair of evenly lit months: no noise in the picture, so the interval is the assumed noise with t of 4."""
    table = sums(np.stack([town(), 1.1 * town()]), [look("2021-03"), look("2024-03")])
    noise = _noise_of(table)
    assert noise.route == "picture"
    assert noise.half_width(0.9) == pytest.approx(stats.t.ppf(0.95, 4) * math.hypot(0.12, 0.08), rel=1e-6)


def test_the_bootstrap_over_space_agrees_with_the_closed_form() -> None:
    """For many blocks the bootstrap variance is that of the influence of each block (delta method)."""
    rng = np.random.default_rng(5)
    values = 10 * np.exp(rng.normal(0, 0.3, size=(2, 1, 64, 64)))
    table = sums(values, [look("2021-03"), look("2024-03")])
    place = cut(table, [0], pairs_of(table))
    picture = within_picture(place, 4, 4000, rng)
    a, b = (values[i, 0].reshape(16, 4, 16, 4).sum(axis=(1, 3)).ravel() for i in (0, 1))
    influence = b / b.sum() - a / a.sum()
    closed = (influence**2).sum() * 256 / 255
    assert picture.variance == pytest.approx(closed, rel=0.1)
    assert picture.effective == pytest.approx(256, rel=0.05)


def test_blocks_shrink_only_where_the_place_is_small() -> None:
    """A region is cut into blocks of 8 pixels, a town into blocks of 4; blocks never join two places."""
    for side, expected in ((64, 8), (16, 4)):
        table = sums(np.stack([town(side), town(side)]), [look("2021-03"), look("2024-03")])
        assert block_side(cut(table, [0], pairs_of(table))) == expected
    two = sums(np.stack([town(4, places=2)] * 2), [look("2021-03"), look("2024-03")])
    assert within_picture(cut(two, [0, 1], pairs_of(two), name="both"), 8, 200, np.random.default_rng(0)).effective == 2


def test_effective_blocks_follow_the_light() -> None:
    """Ten equal blocks count ten; one bright block among dark ones counts one; none counts none."""
    assert effective_blocks(np.ones(10)) == pytest.approx(10)
    assert effective_blocks(np.array([1000.0, 1, 1, 1])) == pytest.approx(1, abs=0.01)
    assert effective_blocks(np.zeros(3)) == 0


def test_few_years_make_a_wide_band() -> None:
    """The band of ordinary years is a prediction interval: with few years it is wider for the same scatter."""
    short, long = ([1.0, 1.1, 1.0, 1.1], [1.0, 1.1, 1.0, 1.1, 1.0, 1.1, 1.0, 1.1, 1.0])
    bands = []
    for levels in (short, long):
        table = with_history(1.1, levels)
        place = cut(table, [0], pairs_of(table))
        band = own_spread(math.log(1.1), pair_log_ratios(place), place.pairs, 0.9)
        assert band is not None
        bands.append(band.high - band.low)
    assert bands[0] > 1.3 * bands[1]


def test_a_place_that_always_grows_is_ordinary_when_it_grows() -> None:
    """A steady trend of 5 % a year is inside the band of ordinary years; a jump of 40 % is not."""
    rng = np.random.default_rng(2)
    levels = (1.05 ** np.arange(9) * np.exp(rng.normal(0, 0.01, 9))).tolist()
    table = with_history(1.05, levels)
    place = cut(table, [0], pairs_of(table))
    values = pair_log_ratios(place)
    steady, jump = (own_spread(math.log(ratio), values, place.pairs, 0.9) for ratio in (1.05, 1.4))
    assert steady is not None
    assert jump is not None
    assert steady.p > 0.1 > jump.p
    assert steady.years == 8


def test_controls_carry_their_own_spread() -> None:
    """Controls that scatter widely take the force out of a change; fewer than three are not used."""
    noise = _noise_of(months(1.3, 12))
    quiet = beside_controls(math.log(1.3), noise, [0.0, 0.01, -0.01, 0.0, 0.02], 0.9)
    wild = beside_controls(math.log(1.3), noise, [0.5, -0.4, 0.3, -0.6, 0.2], 0.9)
    assert quiet is not None
    assert wild is not None
    assert quiet.p < 0.05
    assert wild.p > 0.1
    assert quiet.relative == pytest.approx(math.log(1.3) - 0.004)
    assert beside_controls(0.3, noise, [0.0, 0.1], 0.9) is None


def test_q_values_are_those_of_the_paper() -> None:
    """Benjamini and Hochberg's own example (1995, section 3.2): 4 of 15 are called at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
    q = false_discovery([*p, 0.7590, 1.0])
    assert sum(value <= 0.05 for value in q) == 4
    assert false_discovery([]) == []
