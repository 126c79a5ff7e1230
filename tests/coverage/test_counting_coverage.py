"""A quick seeded part of the proof of `counting`; the full tables are made by `make proof`."""

from __future__ import annotations

from pathlib import Path

import pytest
from proof_counting import CREWS, FIELDS, THRESHOLDS, crew_draws, ratio_draws, seal_draws, seals, slack, unchecked_draws


def test_the_threshold_moves_the_width_and_not_the_centre(samples: Path) -> None:
    """Ten of the twenty seal tiles checked: at every threshold the interval covers at its level and the middle of the
    estimates stays at the truth, while the raw count runs from 438 to 52 and the width grows."""
    of = seals(samples)
    rows = [seal_draws(of, at, 10, 600) for at in THRESHOLDS]
    assert rows[0]["truth"] == 388
    for row in rows:
        assert row["held"] >= 0.87 - slack(0.9, 600)
        assert abs(row["median"] / 388 - 1) < 0.03
    assert rows[-1]["median width"] > 3 * rows[2]["median width"]
    assert (rows[2]["raw"], rows[4]["raw"], rows[7]["raw"]) == (438, 372, 179)


@pytest.mark.parametrize(("patchy", "mean"), [(0.05, 20.0), (0.7, 8.0), (1.0, 2.0)])
def test_the_ratio_covers_on_fields_it_has_not_seen(patchy: float, mean: float) -> None:
    """Ten checked tiles of 400, even to patchy and sparse."""
    assert ratio_draws(patchy, mean, 400, 10, runs=600, seed=7)["held"] >= 0.87 - slack(0.9, 600)


def test_uneven_people_who_mark_what_is_not_there_are_corrected() -> None:
    """From marks to number, with heterogeneous annotators and false marks: it covers and its centre is right."""
    found = crew_draws(FIELDS["usual"], CREWS["two, many false"], 10, 60, 11)
    assert found["held"] >= 0.9 - slack(0.9, 60)
    assert abs(found["mean error"]) < 0.05


def test_without_a_check_the_plain_formula_misses_and_the_margins_do_not() -> None:
    """Two independent counters with a twelfth of their marks false: Chapman is too high and misses."""
    found = unchecked_draws(CREWS["two"], 25, 13)
    assert found["held"] >= 0.88
    assert found["formula held"] < 0.5
