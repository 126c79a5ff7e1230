"""What people tell of an image when they archive it."""

from __future__ import annotations

from datetime import UTC, datetime

from dateline.measure.archive_image import image_of


def test_a_period_ends_when_somebody_says_so() -> None:
    """As a day it lasts to the day's end, as a moment to the moment; without an end a day is its own."""
    start = datetime(2024, 10, 1, tzinfo=UTC)
    ends = {
        "2024-10-31": datetime(2024, 10, 31, 23, 59, 59, tzinfo=UTC),
        "2024-10-31T12:00:00Z": datetime(2024, 10, 31, 12, tzinfo=UTC),
        None: datetime(2024, 10, 1, 23, 59, 59, tzinfo=UTC),
    }
    for told, end in ends.items():
        image = image_of(start="2024-10-01", end=told)
        assert image is not None
        assert (image.start, image.end) == (start, end)
