"""The estimators of `counting` against printed examples, against each other, and against what must hold always."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import Refusal
from dateline.methods.counting.crowding import checked_space, jacobs
from dateline.methods.counting.latent import latent
from dateline.methods.counting.matching import cluster, gate_of, pairs
from dateline.methods.counting.observers import chao_of, chapman, huggins, mt
from dateline.methods.counting.ratio import Checked, expansion, plots_needed, ratio


def test_chapman_gives_the_printed_rabbits() -> None:
    """87 dyed, 14 seen, 7 of them dyed: 164, standard error 35.82 (Pollock et al. 1990, Wildlife Monographs 107)."""
    found = chapman(87, 14, 7, level=0.95)
    assert found.best == pytest.approx(164.0)
    variance = 88 * 15 * 80 * 7 / (8**2 * 9)
    assert variance**0.5 == pytest.approx(35.82, abs=0.01)
    assert found.low is not None
    assert found.low >= 87 + 14 - 7


def test_chapman_is_too_low_for_the_golf_tees() -> None:
    """Two teams saw 124 and 142 of 250 groups of tees, 104 both (Borchers et al. 2002): both missed the hard ones."""
    found = chapman(124, 142, 104, level=0.95)
    assert 165 < found.best < 175
    assert not found.contains(250)


def test_chao_gives_the_printed_cottontails() -> None:
    """43 caught once and 16 twice of 76: 134 (Chao 1987 on Edwards and Eberhardt 1967, where 135 were)."""
    found = chao_of(43, 16, 76, level=0.95)
    assert found is not None
    assert round(found.best) == 134
    assert found.contains(135)
    assert chao_of(5, 0, 9, level=0.9) is None


def _marked(n: int, hit: tuple[float, ...], effect: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Who marked which of n objects, for those marked at all, with one covariate of effect on the logit."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 1))
    chance = 1 / (1 + np.exp(-(np.log(np.array(hit) / (1 - np.array(hit)))[None] + effect * x)))
    seen = rng.random(chance.shape) < chance
    return seen[seen.any(axis=1)], x[seen.any(axis=1)]


def test_huggins_without_covariates_is_lincoln_petersen_and_m_t() -> None:
    """For two people the conditional likelihood has n1 n2 / m as its maximum; for more it is the M_t likelihood's."""
    for hit in ((0.7, 0.5), (0.7, 0.5, 0.6)):
        seen, _ = _marked(600, hit, 0.0, 1)
        fit = huggins(seen, np.empty((len(seen), 0)), level=0.9)
        counts = seen.sum(axis=0).astype(float)
        other = mt(counts, float(len(seen)), level=0.9)
        assert fit is not None
        assert other is not None
        assert fit.estimate.best == pytest.approx(other.best, rel=1e-3)
        if len(hit) == 2:
            assert other.best == pytest.approx(counts.prod() / (seen.all(axis=1)).sum(), rel=1e-6)
        assert fit.recall == pytest.approx(counts / fit.estimate.best, rel=1e-3)


def test_covariates_mend_what_uneven_visibility_breaks() -> None:
    """Where size decides who is seen, the plain formula is too low and misses; Huggins' holds the truth."""
    held = plain = 0
    for seed in range(40):
        seen, x = _marked(500, (0.5, 0.45), 1.5, seed)
        fit = huggins(seen, x, level=0.9)
        assert fit is not None
        held += fit.estimate.contains(500)
        first, second = (float(count) for count in seen.sum(axis=0))
        plain += chapman(first, second, float(np.all(seen, axis=1).sum()), level=0.9).contains(500)
    assert held >= 30
    assert plain <= 5


def test_huggins_does_not_answer_where_people_have_nothing_in_common() -> None:
    """No object marked by both: any number fits, so there is none."""
    seen = np.array([[True, False], [False, True]] * 10)
    assert huggins(seen, np.empty((20, 0)), level=0.9) is None
    assert mt(np.array([10.0, 10.0]), 20.0, level=0.9) is None


def test_the_latent_class_tells_false_marks_when_anchored() -> None:
    """A third of one person's marks is false: with a fifth of the candidates checked, the number comes out right."""
    rng = np.random.default_rng(3)
    real = rng.random((800, 3)) < np.array([0.8, 0.7, 0.6])
    false = np.zeros((200, 3), dtype=bool)
    false[np.arange(200), rng.choice(3, 200, p=[0.7, 0.2, 0.1])] = True
    missed = int((~real[:160]).all(axis=1).sum())
    known = np.concatenate([np.where(np.arange(800) < 160, 1, -1), np.where(np.arange(200) < 40, 0, -1)])
    seen = np.concatenate([real, false])
    some = seen.any(axis=1)
    found = latent(seen[some], known[some].astype(np.int8), missed)
    assert found is not None
    assert found.total == pytest.approx(800, rel=0.05)
    assert found.false[0] == pytest.approx(140, rel=0.25)


def test_jacobs_space_is_square_feet() -> None:
    """10, 4.5 and 2.5 square feet are 0.93, 0.42 and 0.23 m2."""
    crowd = jacobs(1000.0)
    assert [round(space, 2) for space in crowd.space.values()] == [0.93, 0.42, 0.23]
    assert crowd.people["loose"] == pytest.approx(1076, abs=1)


@pytest.mark.parametrize("printed", [3.05, 1.37, 0.76])
def test_feet_taken_for_square_feet_are_refused(printed: float) -> None:
    """A published article prints 3.05, 1.37 and 0.76 m2 a person: feet turned into metres."""
    with pytest.raises(Refusal, match="square feet") as refusal:
        checked_space(printed)
    assert refusal.value.code == "feet-for-square-feet"
    assert checked_space(0.42) == 0.42


def test_matching_is_one_to_one_and_prefers_the_nearer_whole() -> None:
    """A greedy match would take the nearest pair and leave two alone; the assignment joins both, and never beyond the
    gate."""
    a, b = np.array([[0.0, 0.0], [4.0, 0.0]]), np.array([[3.0, 0.0], [7.5, 0.0]])
    assert pairs(a, b, 5.0).tolist() == [[0, 0], [1, 1]]
    assert pairs(a, b, 2.0).tolist() == [[1, 0]]
    assert len(pairs(a, np.empty((0, 2)), 5.0)) == 0


@given(st.integers(0, 10_000), st.integers(1, 5), st.floats(1, 30))
def test_a_candidate_has_at_most_one_mark_of_each_person_and_no_mark_is_lost(
    seed: int, people: int, gate: float
) -> None:
    """Whatever the gate: every mark is in just one candidate."""
    rng = np.random.default_rng(seed)
    marks = [rng.uniform(0, 100, (int(rng.integers(0, 25)), 2)) for _ in range(people)]
    found = cluster(marks, gate)
    for person, own in enumerate(marks):
        used = found.marks[:, person]
        assert sorted(used[used >= 0].tolist()) == list(range(len(own)))


def test_the_gate_is_the_least_of_half_the_spacing_and_the_scatter() -> None:
    """Sparse objects with careful clicks: the scatter decides; crowded ones: half the spacing."""
    rng = np.random.default_rng(1)
    grid = np.stack(np.meshgrid(np.arange(20) * 40.0, np.arange(20) * 40.0), axis=-1).reshape(-1, 2)
    gate = gate_of([[grid + rng.normal(0, 1, grid.shape) for _ in range(2)]])
    assert gate is not None
    assert gate.scatter is not None
    assert gate.distance == pytest.approx(2.4477 * 2**0.5, rel=0.2)
    crowded = gate_of([[grid / 20 + rng.normal(0, 1, grid.shape) for _ in range(2)]])
    assert crowded is not None
    assert crowded.distance == max(crowded.half_spacing or 0, 1.0)


def test_the_ratio_of_all_tiles_is_their_number_and_of_nothing_is_no_number() -> None:
    """All tiles checked: the truth with no width. Nothing on them: no ratio."""
    truth = np.array([3.0, 0.0, 5.0])
    whole = ratio(Checked(np.array([4.0, 1.0, 2.0]), truth, 7.0, 3.0), level=0.9)
    assert whole is not None
    assert (whole.low, whole.best, whole.high) == (8.0, 8.0, 8.0)
    assert ratio(Checked(np.ones(12), np.zeros(12), 40.0, 40.0), level=0.9) is None
    assert expansion(np.zeros(12), 40.0, level=0.9) is None


def test_the_stop_rule_asks_for_fewer_plots_when_they_are_even() -> None:
    """cv / target squared, and never more than there are."""
    assert plots_needed(np.array([8.0, 12.0, 10.0, 10.0]), None, 0.1) == 3
    patchy = np.array([0.0, 40.0, 0.0, 0.0, 10.0, 0.0])
    assert plots_needed(patchy, None, 0.1) == 370  # (1.9225 / 0.1)^2
    assert (plots_needed(patchy, 50.0, 0.1) or 99) <= 50
