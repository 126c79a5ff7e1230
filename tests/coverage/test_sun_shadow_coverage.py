"""A quick seeded part of the proof of `sun_shadow`; the full tables are made by `make proof`."""

from __future__ import annotations

import proof_sun_shadow
import pytest


@pytest.mark.parametrize(("way", "lat", "day", "hour"), [
    ("length", 43.8, (2024, 10, 18), 0.0), ("length", 1.3, (2024, 3, 20), 3.0), ("both", 59.9, (2024, 6, 21), -4.0),
    ("direction", -33.9, (2024, 12, 21), -2.0),
])  # fmt: skip
def test_sets_of_hours_hold_the_hour(way: str, lat: float, day: tuple[int, int, int], hour: float) -> None:
    """95 % of sets hold it, at noon too (with room for 400 runs)."""
    row = proof_sun_shadow.of_hours(way, lat, day, hour, runs=400, seed=3)
    assert row is not None
    assert 0.915 <= row["covers"] <= 0.985


def test_sets_of_two_shadows_and_of_days_hold_the_truth() -> None:
    """Without the height, and with the day unknown; few runs, wide room."""
    assert proof_sun_shadow.of_pairs(12, 4)["covers"] >= 0.75
    assert proof_sun_shadow.of_days(43.8, -3.0, 12, 4)["covers"] >= 0.75
