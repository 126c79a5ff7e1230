"""A quick seeded part of the proof: intervals cover, still places are not called, false discoveries stay low.

The full tables (1,000 runs a cell) are made by `make proof` from `proof_night_lights.figures`.
"""

from __future__ import annotations

import math

import proof_night_lights
import pytest
from proof_night_lights import REGIMES, Regime, cell, discoveries, figures, markdown, simulate

RUNS = 150


def error(share: float, runs: int) -> float:
    """Standard error of a share."""
    return math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize(
    "name",
    [
        "9 px, 1 x 1 months, 8 years before",
        "9 px, 12 x 1 months, 0 years before",
        "36 px, 6 x 1 months, 5 years before",
        "36 px, 12 x 3 months, 0 years before",
        "400 px, 1 x 1 months, 0 years before",
    ],
)
def test_intervals_cover_and_still_places_are_not_called(name: str) -> None:
    """90 % intervals hold the truth in 87 to 93 % of runs; at most 10 % of still places are called, within error."""
    figures_ = cell(REGIMES[name], RUNS, 11)
    slack = 2.5 * error(0.9, RUNS)
    assert 0.87 - slack <= figures_["covered"] <= 0.93 + slack
    assert figures_["false calls"] <= 0.10 + 2 * error(0.1, RUNS)


def test_too_few_data_cannot_be_told() -> None:
    """A port of nine pixels in one pair of months without history: no interval, and always cannot tell."""
    figures_ = cell(Regime(side=3, months=1), 40, 5)
    assert figures_["given"] == 0
    assert figures_["cannot tell, no change"] == 1


def test_false_discoveries_stay_at_the_rate() -> None:
    """Among 200 places of which 40 changed by a half, false calls are at most a tenth of the calls."""
    found = discoveries(Regime(history=8, months=6), 3, 21)
    assert found["false"] <= 0.10 + 2 * max(found["error"], 0.01)
    assert found["found"] > 0.3


def test_the_simulated_world_has_the_truth_it_states() -> None:
    """Without any noise the sums have exactly the ratio that the simulation calls true."""
    import numpy as np

    quiet = Regime(month=0, year=0, pixel=0, unseen=0, months=1, growth=(1.4,), median=50.0)
    world = simulate(quiet, 3, np.random.default_rng(0))
    assert world.sums.sum_b.sum() / world.sums.sum_a.sum() == pytest.approx(1.4, rel=0.02)
    assert world.truth == pytest.approx(1.4, rel=0.02)


def test_the_figures_print_as_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make proof` gets one row a regime and one a family, as Markdown."""
    monkeypatch.setattr(proof_night_lights, "REGIMES", {"a port": Regime(side=3, months=6)})
    monkeypatch.setattr(proof_night_lights, "FAMILIES", {"a coast": Regime(side=3, months=6)})
    text = markdown(figures(runs=10, families=2))
    assert "| a port | 10 |" in text
    assert "| a coast | 2 |" in text
