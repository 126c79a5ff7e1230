"""The numbers under days with ships: printed tables, exact enumeration, and other libraries."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, stats

from dateline.methods.presence import (
    Chain,
    Looks,
    corrected,
    effective_days,
    filtered,
    histories,
    missed_at_random,
    none_seen_upper,
    share_interval,
    simulated,
    visits_of,
    window_days,
)

TABLE = {
    150: (23, 16, 30, 39, 35, 43),
    120: (28, 20, 37, 48, 41, 57),
    109: (31, 23, 41, 53, 45, 63),
    90: (38, 28, 49, 65, 53, 77),
    75: (45, 34, 57, 78, 63, 93),
    60: (57, 43, 69, 97, 79, 114),
}
"""34 days with ships in a window of 171 days, by days looked at: per cent, ship-days."""


@pytest.mark.parametrize("days", TABLE)
def test_the_printed_table_of_34_days(days: int) -> None:
    """Rates and exact ship-days of the reference, for every number of days looked at."""
    low, high = share_interval(34, days, 0.95)
    told = (34 / days * 100, 100 * low, 100 * high, 34 / days * 171, *window_days(34, days, 171, 0.95))
    assert tuple(round(value) for value in told) == TABLE[days]


def test_other_printed_values() -> None:
    """49 of 109; nothing seen in 10, 30, 60, 100 looks; visits missed at 109, 75 and 60 of 171 days."""
    assert [round(100 * one) for one in share_interval(49, 109, 0.95)] == [35, 55]
    assert window_days(49, 109, 171, 0.95) == (67, 87)
    assert [round(100 * none_seen_upper(n, 0.95), 1) for n in (10, 30, 60, 100)] == [25.9, 9.5, 4.9, 3.0]
    missed = [[round(100 * missed_at_random(stay, n, 171)) for stay in (1, 2, 3)] for n in (109, 75, 60)]
    assert missed == [[36, 13, 5], [56, 31, 17], [65, 42, 27]]
    assert corrected(0.5, 0.9, 0.1) == pytest.approx(0.5)
    assert (corrected(0.01, 0.9, 0.02), corrected(0.99, 0.9, 0.02)) == (0, 1)


@given(st.integers(1, 40), st.data())
@settings(max_examples=40, deadline=None)
def test_shares_agree_with_scipy(n: int, data: st.DataObject) -> None:
    """Clopper-Pearson as scipy's exact interval."""
    k = data.draw(st.integers(0, n))
    level = data.draw(st.sampled_from([0.8, 0.9, 0.95, 0.99]))
    other = stats.binomtest(k, n).proportion_ci(level, "exact")
    assert share_interval(k, n, level) == pytest.approx((other.low, other.high), abs=1e-9)


@given(st.integers(2, 24), st.data())
@settings(max_examples=30, deadline=None)
def test_window_days_by_counting(window: int, data: st.DataObject) -> None:
    """Every total whose both tails exceed the level's, counted by whole numbers."""
    n = data.draw(st.integers(1, window))
    k = data.draw(st.integers(0, n))

    def tail(total: int, few: bool) -> float:
        ways = range(k + 1) if few else range(k, n + 1)
        return sum(comb(total, x) * comb(window - total, n - x) for x in ways if x <= total) / comb(window, n)

    kept = [total for total in range(window + 1) if min(tail(total, True), tail(total, False)) > 0.05 + 1e-12]
    assert window_days(k, n, window, 0.9) == (kept[0], kept[-1])


def test_the_likelihood_by_summing_over_every_history() -> None:
    """The filter's likelihood equals the sum over all histories, with steps by the matrix exponential."""
    share, stay, times, seen = 0.3, 2.0, np.array([0.0, 0.7, 3.0, 3.2, 9.0]), np.array([1, 0, -1, 1, 0])
    looks = Looks(times, seen, 0.9, 0.05)
    leave = 1 / stay
    arrive = share / (1 - share) * leave
    rates = np.array([[-arrive, arrive], [leave, -leave]])
    total = 0.0
    for history in np.ndindex(2, 2, 2, 2, 2):
        chance = (1 - share, share)[history[0]]
        for index, state in enumerate(history):
            if index:
                chance *= linalg.expm(rates * (times[index] - times[index - 1]))[history[index - 1], state]
            if seen[index] >= 0:
                ships = (0.05, 0.9)[state]
                chance *= ships if seen[index] else 1 - ships
        total += chance
    _, logged = filtered(looks, Chain(np.array([share]), np.array([stay])))
    assert logged[0] == pytest.approx(np.log(total), rel=1e-9)


def test_histories_agree_with_every_certain_look() -> None:
    """Where looks cannot err, each history shows what they showed, and visits are at least the spells seen."""
    rng = np.random.default_rng(3)
    looks = Looks(np.arange(9.0), np.array([1, -1, 0, 0, 1, 1, -1, 0, 1]))
    chain = Chain(np.full(200, 0.5), np.geomspace(0.2, 20, 200))
    busy = histories(looks, chain, rng)
    known = looks.seen >= 0
    assert (busy[known] == (looks.seen[known] == 1)[:, None]).all()
    assert visits_of(busy, looks.times, chain, rng).min() >= 3


def test_simulated_chains_have_the_visits_that_their_rates_give() -> None:
    """Between looks arrivals are drawn so that visits agree with their mean: share/stay a day, and the first spell."""
    rng = np.random.default_rng(4)
    chain = Chain(np.full(4000, 0.4), np.full(4000, 0.8))
    times = np.arange(0, 41, 2.0)
    visits = visits_of(simulated(times, chain, rng), times, chain, rng)
    assert visits.mean() == pytest.approx(0.4 + 40 * 0.4 / 0.8, rel=0.03)


def test_effective_days_of_days_in_a_row() -> None:
    """Long runs of correlated days are worth n(1 - r)/(1 + r), as printed."""
    chain = Chain(np.array([0.45]), np.array([3.0]))
    r = float(np.exp(-chain.rate[0]))
    assert effective_days(np.arange(900.0), chain)[0] == pytest.approx(900 * (1 - r) / (1 + r), rel=0.02)
