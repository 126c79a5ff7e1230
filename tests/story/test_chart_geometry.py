"""Scales, ticks and bars: what is drawn stands where the value is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.when import When
from dateline.story.blocks.series.rows import Point, segments
from dateline.story.chart import Scale, TimeScale, log_ticks, span, ticks

VALUES = st.floats(-1e6, 1e6, allow_nan=False)


@given(VALUES, VALUES)
def test_ticks_hold_both_ends_with_round_steps(one: float, other: float) -> None:
    """The first tick is not above the low end, the last not below the high one; there are few of them."""
    low, high = sorted((one, other))
    found = ticks(low, high)
    slack = max(1e-6 * (high - low), 1e-15 * abs(high), 1e-20)
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    assert 2 <= len(found) <= 12


@given(st.floats(1e-3, 1e3), st.floats(1.1, 1e5))
def test_log_ticks_lie_between_their_ends(low: float, times: float) -> None:
    """Round values only, rising."""
    found = log_ticks(low, low * times)
    assert list(found) == sorted(found)
    assert len(found) >= 1


@given(st.floats(0.1, 100), st.booleans())
def test_a_scale_keeps_order_and_ends(value: float, log: bool) -> None:
    """The ends go to the ends, and what lies between stays between."""
    scale = Scale(0.1, 100, 0, 500, log=log)
    assert scale(0.1) == 0
    assert scale(100) == 500
    assert 0 <= scale(value) <= 500


DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@given(DAYS, DAYS)
def test_a_bar_spans_its_days_and_is_never_a_point(one: date, other: date) -> None:
    """However short the time, the bar has a width; however long, it stays inside."""
    first, last = sorted((one, other))
    when = When.between(first, last)
    scale = TimeScale(*span([when, When.on(date(2010, 1, 1))]), 0, 700)
    left, width, open_left, open_right = scale.bar(when, 4)
    assert width >= 4
    assert left >= -0.1
    assert left + width <= 700.2
    assert not open_left
    assert not open_right


def test_an_open_end_runs_to_the_edge_and_says_so() -> None:
    """From 2024 on: the bar ends at the chart's edge and is marked open on that side."""
    scale = TimeScale(date(2020, 1, 1), date(2026, 1, 1), 0, 600)
    left, width, open_left, open_right = scale.bar(When.between(date(2024, 1, 1), None), 4)
    assert (open_left, open_right) == (False, True)
    assert left + width == 600


def points(values: list[float | None], step: int = 30) -> list[Point]:
    start = date(2022, 1, 1)
    return [Point(When.on(start + timedelta(days=step * index)), "", value) for index, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "parts"),
    [([1, 2, 3], [3]), ([1, None, 3], [1, 1]), ([None, 1, 2, None, None, 3], [2, 1]), ([None], [])],
)
def test_lines_stop_at_looks_that_gave_nothing(values: list[float | None], parts: list[int]) -> None:
    """Nothing is drawn across a gap."""
    assert [len(part) for part in segments(points(values))] == parts


def test_lines_stop_where_looks_are_missing_altogether() -> None:
    """Months that are not even in the rows open a gap too."""
    looks = [*points([1, 2, 3]), Point(When.on(date(2023, 1, 1)), "", 4)]
    assert [len(part) for part in segments(looks)] == [3, 1]
