"""The numerics of event_study against brute force, dense matrices, enumeration and printed figures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.imagery.tables import F8
from dateline.methods.event_study.controls import gaps_to_others, p_places, simplex_weights, weights_of
from dateline.methods.event_study.noise import PHI, Noise
from dateline.methods.event_study.study import corrected, needed_dates, scored, study
from dateline.methods.event_study.windows import Plan, Rules, groups_of, plan


def planned(
    at: np.ndarray, events: list[tuple[int, int]], rules: Rules | None = None, needed: int = 19, steps: int = 84
) -> Plan:
    """A plan on looks at these steps."""
    rules = rules or Rules()
    return plan(at, steps, groups_of(events, at, rules.fewest), rules, needed=needed)


def model(at: np.ndarray, events: list[tuple[int, int]], rules: Rules | None = None, steps: int = 84) -> Noise:
    """The noise model of it, with season and trend."""
    return Noise(plan=planned(at, events, rules, steps=steps), season=at % 12, trend=True)


def gappy(seed: int = 0, steps: int = 84) -> np.ndarray:
    """Steps of looks, a fifth of them missing."""
    keep = np.random.default_rng(seed).random(steps) > 0.2
    keep[0] = keep[-1] = True
    return np.flatnonzero(keep)


def covariance(at: np.ndarray, phi: float) -> F8:
    """The dense covariance of the autoregression."""
    made: F8 = phi ** np.abs(at[:, None] - at[None, :])
    return made


def test_a_comparison_is_the_difference_of_means() -> None:
    """The weights of a date give the mean of the lag window less the mean of the baseline, gaps left out."""
    at, values = gappy(), np.random.default_rng(1).standard_normal(84)
    made = planned(at, [(48, 48)])
    row = made.rows.weights[made.of_group[0].start] @ values[at]
    before, after = at[(at >= 36) & (at < 48)], at[(at >= 48) & (at < 60)]
    assert row == pytest.approx(values[after].mean() - values[before].mean())
    assert made.rows.before[0] == len(before)


def test_a_slope_is_that_of_least_squares() -> None:
    """The same for slopes, against numpy's own fit."""
    values = np.random.default_rng(1).standard_normal(84)
    made = planned(np.arange(84), [(48, 48)], Rules(slope=True))
    slopes = [np.polyfit(np.arange(*span), values[slice(*span)], 1)[0] for span in ((36, 48), (48, 60))]
    assert made.rows.weights[made.of_group[0].start] @ values == pytest.approx(slopes[1] - slopes[0])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(40, 120),
    st.lists(st.tuples(st.integers(0, 110), st.integers(0, 5)), min_size=1, max_size=5),
    st.integers(0, 3),
    st.integers(0, 1000),
)
def test_no_window_of_an_other_date_reaches_across_an_event(
    steps: int, events: list[tuple[int, int]], first: int, seed: int
) -> None:
    """Whatever the list, the gaps and the lag: each other date's looks lie in one stretch, and its weights add to 0."""
    listed = [(start, start + width) for start, width in events if start + width < steps]
    if not listed:
        return
    at = gappy(seed, steps)
    made = planned(at, listed, Rules(first=first, last=11 + first), steps=steps)
    assert [index for group in made.groups for index in group.events] == sorted(
        range(len(listed)), key=lambda index: listed[index]
    )
    for index in range(made.elsewhere.start, made.elsewhere.stop):
        row, onset = made.rows.weights[index], made.rows.onset[index]
        used = at[row != 0]
        assert any(one.start <= used.min() and used.max() < one.end for one in made.stretches)
        assert abs(row.sum()) < 1e-12
        assert min(made.rows.before[index], made.rows.after[index]) >= 4
        assert (row[at < onset] <= 0).all()
        assert (row[at >= onset] >= 0).all()
    assert made.rows.weights.shape == (made.dating[-1].stop, len(at))


def test_season_and_trend_cannot_hide_a_step() -> None:
    """Adding a step at the event, any season and any trend changes the comparison by the step and nothing else."""
    at = np.arange(84)
    made = model(at, [(48, 48)])
    row = made.comparisons[made.plan.of_group[0].start]
    noise = np.random.default_rng(2).standard_normal(84)
    dressed = noise + 5.0 * (at >= 48) + 0.7 * at + np.random.default_rng(3).standard_normal(12)[at % 12]
    assert row @ dressed - row @ noise == pytest.approx(5.0)
    others = made.comparisons[made.plan.elsewhere]
    assert others @ dressed == pytest.approx(others @ noise)
    pulse = noise + 5.0 * ((at >= 48) & (at < 60))
    assert others @ pulse == pytest.approx(others @ noise)


@pytest.mark.parametrize("phi", [PHI[0], PHI[20], PHI[40]])
def test_spread_of_a_comparison_is_that_of_the_dense_covariance(phi: float) -> None:
    """a' Sigma a by matrices and by filtering agree, with gaps."""
    at = gappy()
    made = model(at, [(48, 48)])
    dense = np.sqrt(np.einsum("di,ij,dj->d", made.comparisons, covariance(at, phi), made.comparisons))
    assert made.spread[:, int(np.argmin(np.abs(PHI - phi)))] == pytest.approx(dense)


@pytest.mark.parametrize("phi", [0.0, 0.4, 0.7])
def test_what_the_fit_hides_of_the_correlation_is_given_back(phi: float) -> None:
    """Over many series the fitted coefficient and deviation come out near the true ones, with gaps and five events."""
    at, rng = gappy(), np.random.default_rng(5)
    made = model(at, [(step, step) for step in (14, 28, 42, 56, 70)])
    values = rng.standard_normal((3000, len(at))) @ np.linalg.cholesky(covariance(at, phi)).T
    fitted = made.fit(3.0 * values)
    assert np.median(fitted.phi) == pytest.approx(phi, abs=0.08)
    assert np.median(fitted.sigma) == pytest.approx(3.0, rel=0.12)


def test_imitations_have_the_noise_of_the_series() -> None:
    """Their deviation and neighbour correlation are those that were fitted, and they know no event."""
    at, rng = np.arange(240), np.random.default_rng(6)
    made = model(at, [(120, 120)], steps=240)
    values = rng.standard_normal(240) @ np.linalg.cholesky(covariance(at, 0.5)).T + 9.0 * (at >= 120)
    fitted = made.fit(values[None])
    drawn = made.imitations(fitted, draws=2000, block=3, rng=rng)
    assert drawn.std() == pytest.approx(fitted.sigma[0], rel=0.05)
    shown = np.mean(drawn[:, 1:] * drawn[:, :-1]) / drawn.var()
    assert shown == pytest.approx(fitted.phi[0], abs=0.06)
    assert abs(drawn[:, 120:].mean() - drawn[:, :120].mean()) < 0.1


def test_corrected_p_against_brute_force() -> None:
    """Step-down maximum, written out: each event against the largest of itself and all that ranked below it."""
    rng = np.random.default_rng(7)
    drawn, peak = rng.random((400, 4)), np.array([0.7, 0.95, 0.2, 0.9])
    order = [1, 3, 0, 2]
    expected, floor = {}, 0.0
    for index, event in enumerate(order):
        largest = drawn[:, order[index:]].max(axis=1)
        floor = max(floor, (1 + np.sum(largest >= peak[event])) / 401)
        expected[event] = floor
    assert corrected(peak, drawn).tolist() == pytest.approx([expected[event] for event in range(4)])


def test_rank_among_dates_is_an_enumeration() -> None:
    """On a tiny series the p-value of the dates is the count, by hand, over every other date."""
    values = np.random.default_rng(8).standard_normal(40)
    rules = Rules(before=3, last=2, fewest=3)
    made = Noise(plan=planned(np.arange(40), [(20, 20)], rules, steps=40), season=None, trend=False)
    found = study(made, values, level=0.95, draws=199, block=1, rng=np.random.default_rng(1))
    assert found is not None
    one = found.groups[0]
    assert one is not None
    steps = {at: values[at : at + 3].mean() - values[at - 3 : at].mean() for at in range(3, 38)}
    clear = [at for at in steps if at + 2 < 20 or at - 3 >= 23]
    larger = sum(abs(steps[at]) >= abs(steps[20]) for at in clear)
    assert one.change == pytest.approx(steps[20])
    assert (one.others, one.larger) == (len(clear), larger)
    assert one.p_dates == (1 + larger) / (1 + len(clear))


def test_rank_among_places_is_exact() -> None:
    """Over every choice of the place asked about, among exchangeable places, the p-values are 1/N, 2/N, … N/N."""
    values = np.random.default_rng(9).standard_normal((48, 7))
    made = Noise(plan=planned(np.arange(48), [(24, 24)], steps=48), season=None, trend=False)
    found = []
    for first in range(7):
        order = [first, *(index for index in range(7) if index != first)]
        places = values[:, order]
        gaps = gaps_to_others(places, weights_of(places, np.arange(48) < 24, "mean"))
        assert gaps[0] == pytest.approx(places[:, 0] - places[:, 1:].mean(axis=1))
        found.append(float(p_places(made, gaps)[0]))
    assert sorted(found) == pytest.approx([rank / 7 for rank in range(1, 8)])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_simplex_weights_against_enumeration(seed: int) -> None:
    """No mix on a fine grid of the simplex follows the target better; weights are not negative and add to one."""
    rng = np.random.default_rng(seed)
    controls = rng.standard_normal((20, 3))
    target = controls @ rng.dirichlet(np.ones(3)) + 0.5 * rng.standard_normal(20) + 7.0
    weights = simplex_weights(target, controls)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)

    def misfit(mix: F8) -> float:
        left = target - controls @ mix
        return float(np.sum((left - left.mean()) ** 2))

    grid = [np.array([a, b, 20 - a - b]) / 20 for a, b in itertools.product(range(21), repeat=2) if a + b <= 20]
    assert misfit(weights) <= min(misfit(mix) for mix in grid) * (1 + 1e-6)


def test_other_dates_that_scatter_make_a_step_less_remarkable() -> None:
    """Two jumps elsewhere in the series lower the score of the same step at the event."""
    at, noise = np.arange(84), np.random.default_rng(11).standard_normal(84)
    made = model(at, [(48, 48)])
    calm = noise + 4.0 * (at >= 48)
    restless = calm + 6.0 * ((at >= 15) & (at < 30)) + 6.0 * (at >= 66)
    row = made.plan.of_group[0].start
    scores = [float(abs(scored(made, values[None]).score[0, row])) for values in (calm, restless)]
    assert scores[1] < 0.75 * scores[0]


def test_needed_dates() -> None:
    """Nineteen others at 95 %, nine at 90 %, ninety-nine at 99 %."""
    assert [needed_dates(level) for level in (0.95, 0.9, 0.99)] == [19, 9, 99]


def test_long_series_are_thinned_and_fast() -> None:
    """Twelve years of days: at most 400 other dates, one month around the event, and no matrix of days by days."""
    count = 4383
    at = np.arange(count)
    rules = Rules(before=30, last=29)
    made = Noise(plan=planned(at, [(300, 300), (700, 702)], rules, steps=count), season=at // 30 % 12, trend=True)
    assert [len(rows) for rows in made.plan.others] == [400, 400]
    assert made.plan.rows.weights.shape[0] < 2200
    assert "_expected" not in made.__dict__
    assert made.fit(np.random.default_rng(1).standard_normal((1, count))).phi[0] < 0.1
