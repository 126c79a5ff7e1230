"""A quick seeded part of the proof of `event_study`; the full tables are made by `make proof`."""

from __future__ import annotations

import math

import pytest
from proof_event_study import FIVE, ONE, PHIS, Windows, World, beside_controls, break_tests, cell

RUNS, DRAWS = 60, 199


def slack(share: float, runs: int) -> float:
    """Three standard errors of a share."""
    return 3 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize(("events", "phi"), [*((ONE, phi) for phi in PHIS), (FIVE, 0.4)])
def test_series_without_an_effect_are_seldom_called(events: Windows, phi: float) -> None:
    """At most one list in ten is called falsely, one event or five, however long the noise lasts."""
    made = cell(World(phi=phi, events=events), RUNS, 1, DRAWS)
    assert made["any"] <= 0.10 + slack(0.07, RUNS)
    assert made["held"] >= 0.95 - slack(0.95, RUNS)


def test_the_smallest_detectable_step_is_called_four_times_in_five() -> None:
    """A step as large as series of its kind print on average is called in 80 % of them, give or take chance."""
    printed = cell(World(), 40, 2, DRAWS)["smallest"]
    made = cell(World(step=printed), RUNS, 3, DRAWS)
    assert abs(made["first"] - 0.8) <= 0.05 + slack(0.8, RUNS)
    assert made["held"] >= 0.95 - slack(0.95, RUNS)


def test_power_grows_with_the_step() -> None:
    """A step of 0.5 noise deviations is seldom called, one of 2 in seven of ten."""
    shares = [cell(World(step=step), RUNS, 4, DRAWS)["first"] for step in (0.5, 2.0)]
    assert shares[0] < 0.3
    assert shares[1] > 0.5


@pytest.mark.parametrize(("phi", "printed"), [(0.0, 0.05), (0.4, 0.18), (0.7, 0.40), (0.9, 0.66)])
def test_the_simulation_shows_what_is_known_of_break_tests(phi: float, printed: float) -> None:
    """The rival's false alarms on our series are those of reference/casefile.md, section 12."""
    assert break_tests(World(phi=phi), 1500, 5)["break test"] == pytest.approx(printed, abs=0.05)


@pytest.mark.parametrize(("step", "printed"), [(0.0, 0.05), (0.5, 0.12), (1.0, 0.29), (2.0, 0.62)])
def test_the_bare_rank_has_the_power_that_is_known(step: float, printed: float) -> None:
    """Placebo dates with a trend taken out, all dates counted: false alarms and power of the same table."""
    assert break_tests(World(step=step), 1500, 6, trend=True)["bare rank"] == pytest.approx(printed, abs=0.1)


def test_controls_keep_the_false_calls_rare() -> None:
    """Beside five controls, weighed or not, series without an effect are seldom called."""
    for against in ("mean", "synthetic"):
        made = beside_controls(5, against, 0.0, runs=60, seed=7)
        assert made["called"] <= 0.05 + slack(0.05, 60)
