"""A quick seeded part of the proof of `outage`; the full tables are made by `make proof`."""

from __future__ import annotations

import math

from proof_outage import SITES, false_finds, true_finds


def slack(share: float, runs: int) -> float:
    """Three standard errors of a share."""
    return 3 * math.sqrt(share * (1 - share) / runs)


def test_places_without_an_outage_seldom_show_one() -> None:
    """At most one place and year in ten shows a false outage, where noise lasts and haze is usual."""
    for name in ("usual", "lasting noise", "noisy"):
        assert false_finds(SITES[name], 100, 1)["false a place and year"] <= 0.10 + slack(0.1, 100)


def test_brackets_and_depths_hold_the_truth() -> None:
    """Nine outages in ten are found; onset, depth and return lie in their 90 % brackets."""
    found = true_finds(SITES["usual"], 150, 2)
    assert found["found"] > 0.8
    for name in ("onset held", "depth held", "return held"):
        assert found[name] >= 0.90 - slack(0.9, 130)


def test_where_too_little_is_seen_nothing_is_said() -> None:
    """With one night in eight, a place without an outage is hardly ever said to have had none."""
    assert false_finds(SITES["one night in eight"], 60, 3)["none said"] < 0.1
