"""A quick part of the proof of berth_occupancy: the marks of the issue on one busy harbour, with room."""

from __future__ import annotations

from proof_berth_occupancy import occupancy


def test_a_busy_harbour_is_read_where_a_single_date_is_not() -> None:
    """Two dates in three with ships: the own reference tells them, CFAR on the same chips does not."""
    made = occupancy("as stated", 0.65, 1, beside=True)
    assert made["AUC berth and date"] > 0.95
    assert made["AUC slot and date"] > 0.95
    assert made["AUC single-date CFAR"] < 0.85
    assert made["false alarms"] <= 0.08
    assert made["found"] > 0.8
    assert made["greatest error"] < 0.8
