"""Series: the t of scipy, the size of the omnibus test, looks that come back, placebo rates, words for places."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dateline.methods.site_change.objects import Placebo, benjamini_hochberg, part_in_words, patches
from dateline.methods.site_change.series import combined, levelled, looks_on_site, normal_scores, omnibus, pooled_t

LOOKS = 4.4


def test_pooled_t_is_scipys() -> None:
    """With gaps: each pixel has its own degrees of freedom (oracle: scipy.stats.ttest_ind)."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(12, 3, 4)).astype(np.float32)
    values[2, 0, 0] = values[9, 1, 2] = np.nan
    after = np.arange(12) >= 7
    t, free = pooled_t(values, after)
    theirs = stats.ttest_ind(values[7:].astype(float), values[:7].astype(float), nan_policy="omit")
    assert t == pytest.approx(np.asarray(theirs.statistic), rel=1e-5)
    assert free[0, 0] == 9
    assert free[2, 2] == 10


def test_omnibus_has_its_size_with_the_right_looks_and_dates_the_change() -> None:
    """One in a hundred at 0.01 (Conradsen 2016), and the first change is where it was put."""
    rng = np.random.default_rng(1)
    powers = rng.gamma(LOOKS, 1 / LOOKS, (8, 120, 120)).astype(np.float32)
    assert np.mean(omnibus(powers, LOOKS).p < 0.01) == pytest.approx(0.01, abs=0.004)
    powers[5:] *= 8
    first = omnibus(powers, LOOKS).first
    assert np.bincount(first[first > 0]).argmax() == 5


def test_looks_come_back_from_the_site() -> None:
    """Even where a tenth of the site changed."""
    rng = np.random.default_rng(2)
    powers = rng.gamma(LOOKS, 1 / LOOKS, (10, 80, 80))
    powers[5:, :8] *= 5
    found = looks_on_site(levelled(np.log(powers).astype(np.float32)))
    assert found == pytest.approx(LOOKS, rel=0.1)
    assert looks_on_site(np.zeros((2, 80, 80), np.float32)) is None


def test_scores_are_normal_on_a_site_that_drifts() -> None:
    """Correlation in time widens t; the site's own spread brings it back to the nominal rate."""
    rng = np.random.default_rng(3)
    drift = np.cumsum(rng.normal(0, 0.5, (14, 90, 90)), axis=0) + rng.normal(0, 1, (14, 90, 90))
    t, free = pooled_t(drift.astype(np.float32), np.arange(14) >= 7)
    assert np.mean(2 * stats.t.sf(np.abs(t), free) < 0.001) > 0.01
    p, _ = combined([normal_scores(t, free)])
    assert np.mean(p < 0.001) < 0.003


def test_combined_is_bonferroni() -> None:
    """The least p times the number of layers, with the sign of the strongest; unseen layers do not count."""
    one, other = np.array([3.0, np.nan, np.nan]), np.array([-4.0, 1.0, np.nan])
    p, sign = combined([one, other])
    assert p[:2] == pytest.approx([2 * 2 * stats.norm.sf(4), 2 * stats.norm.sf(1)])
    assert np.isnan(p[2])
    assert sign[0] == -1


def test_rates_are_never_nothing() -> None:
    """What was not seen in ten trials may come in the eleventh; more mass is rarer."""
    placebo = Placebo(np.array([1.0, 2.0, 5.0]), 30.0, (1, 1, 1), (0.1, 0.1, 0.1), "three dates")
    assert placebo.rate(9.0, 10.0) == pytest.approx(1 / 40)
    assert placebo.rate(2.0, 10.0) == pytest.approx(3 / 40)
    assert placebo.chance(9.0, 10.0) == pytest.approx(1 - np.exp(-0.25))
    assert placebo.joined(Placebo.none()).counts == (1, 1, 1)


def test_families_are_corrected_as_scipy_does() -> None:
    """q-values of Benjamini and Hochberg (oracle: scipy.stats.false_discovery_control)."""
    p = [0.001, 0.2, 0.03, 0.04, 0.9]
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p))
    assert benjamini_hochberg([]) == []


def test_patches_touch_at_corners() -> None:
    """Two pixels that share a corner are one patch; masses add up."""
    mask = np.zeros((4, 4), bool)
    mask[0, 0] = mask[1, 1] = mask[3, 3] = True
    found = patches(mask, np.full((4, 4), 2.0))
    assert found.pixels.tolist() == [2, 1]
    assert found.mass.tolist() == [4.0, 2.0]


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        (10.5, 50.5, "middle"),
        (10.5, 50.1, "southern part"),
        (10.9, 50.9, "north-eastern part"),
        (10.1, 50.5, "western part"),
    ],
)
def test_places_have_words(lon: float, lat: float, words: str) -> None:
    """Where in the site, as people say it."""
    assert part_in_words(lon, lat, (10, 50, 11, 51)) == words
