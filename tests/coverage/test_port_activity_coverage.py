"""A quick seeded part of the proof of `port_activity`; the full tables are made by `make proof`."""

from __future__ import annotations

import math

from proof_port_activity import HUMAN, Port, drawn_at_random, held


def slack(share: float, runs: int) -> float:
    """Three standard errors of a share."""
    return 3 * math.sqrt(share * (1 - share) / runs)


def test_days_visits_and_stays_lie_in_their_intervals() -> None:
    """Nine windows in ten, by an eye that misses one ship in ten and sees a false one on 2 % of empty days."""
    found = held(Port(stay=5, eye=HUMAN), 30, 21)
    for name in ("ship-days", "visits", "mean stay"):
        assert found[f"{name} held"] >= 0.9 - slack(0.9, 30)


def test_days_drawn_at_random_need_no_model() -> None:
    """The exact interval holds the ship-days of the window, however long ships stay."""
    assert drawn_at_random(300, 22) >= 0.9 - slack(0.9, 300)
