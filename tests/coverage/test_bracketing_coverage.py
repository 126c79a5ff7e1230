"""A quick seeded part of the proofs of `bracketing` and `series_onset`; the full tables are made by `make proof`."""

from __future__ import annotations

import proof_bracketing
import proof_series_onset
import pytest


@pytest.mark.parametrize(("name", "most_naive"), [
    ("seen by the coarse sensor", 0.93), ("marginal", 0.7), ("below a pixel", 0.45),
])  # fmt: skip
def test_the_likely_set_holds_the_onset_where_the_naive_bracket_does_not(name: str, most_naive: float) -> None:
    """93 to 99 % of likely sets hold the onset (with room for 300 runs); "last absent, first present" far fewer."""
    row = proof_bracketing.coverage(name, 300, 1)
    assert row["likelihood covers"] >= 0.92
    assert row["bracket covers"] >= 0.89
    assert row["naive covers"] <= most_naive


def test_a_coarse_sensor_that_sees_it_narrows_the_set() -> None:
    """The median likely set is narrower than the bracket of high-resolution images alone."""
    row = proof_bracketing.coverage("seen by the coarse sensor", 200, 2)
    assert row["likelihood, days"] < 0.75 * row["high resolution alone, days"]


def test_gaps_of_a_series_hold_its_step_and_no_step_is_seldom_one() -> None:
    """Steps of four spreads are found, and the gaps hold them; without a step one is seldom said."""
    found = proof_series_onset.coverage(4.0, 0.0, 16, 1)
    assert found["step said"] > 0.9
    assert found["gaps hold it"] > 0.85
    assert proof_series_onset.coverage(0.0, 0.0, 12, 2)["step said"] < 0.3
