"""How much a statement says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from dateline.core import Quantity
from dateline.core.quantity import Kind


def containers(text: str = "more than 10,000", **changes: Any) -> Quantity:
    fields: dict[str, Any] = {"low": None, "high": None, "unit": "container", "kind": Kind.CUMULATIVE}
    return Quantity(text=text, **(fields | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "at least one bound"),
        ({"low": math.inf}, "unbounded side is None"),
        ({"high": math.nan}, "unbounded side is None"),
        ({"low": 2, "high": 1}, "No number fits"),
        ({"low": 1, "high": 1, "low_open": True}, "No number fits"),
        ({"low": 1, "high": 1, "high_open": True}, "No number fits"),
    ],
)
def test_words_that_no_number_fits_are_refused(changes: dict[str, Any], words: str) -> None:
    """A quantity without bounds, with infinity, or empty is not a quantity."""
    with pytest.raises(ValueError, match=words):
        containers(**changes)


def test_more_than_excludes_the_bound_and_at_least_includes_it() -> None:
    """Open and closed bounds are kept apart on both sides."""
    more_than = containers(low=10_000, low_open=True)
    assert not more_than.admits(10_000)
    assert more_than.admits(10_001)
    at_least = containers(low=10_000)
    assert at_least.admits(10_000)
    assert not at_least.admits(9_999)
    under = containers(high=500, high_open=True)
    assert not under.admits(500)
    assert under.admits(499)
    assert containers(high=500).admits(500)
    assert containers(low=5, high=5).admits(5)


def test_two_phrasings_of_one_figure_narrow_each_other() -> None:
    """ "Nearly 500" and "more than 480" leave (480, 500); the words of both are kept."""
    both = containers("nearly 500", high=500, high_open=True).intersect(
        containers("more than 480", low=480, low_open=True)
    )
    assert both is not None
    assert (both.low, both.low_open, both.high, both.high_open) == (480, True, 500, True)
    assert both.text == "nearly 500 and more than 480"


def test_the_same_words_are_not_doubled_and_open_sides_stay_open() -> None:
    """A phrase met with itself is itself."""
    more_than = containers(low=10_000, low_open=True)
    assert more_than.intersect(more_than) == more_than
    at_most = containers("at most 5", high=5)
    assert at_most.intersect(at_most) == at_most


def test_an_excluded_bound_wins_over_the_same_bound_included() -> None:
    """ "At least 5" and "more than 5" is more than 5; "at most" and "under" likewise."""
    low = containers("a", low=5).intersect(containers("b", low=5, low_open=True))
    assert low is not None
    assert low.low_open
    high = containers("a", high=5).intersect(containers("b", high=5, high_open=True))
    assert high is not None
    assert high.high_open


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"low": 10_000, "low_open": True}, {"high": 6_700}),
        ({"low": 5, "low_open": True}, {"high": 5}),
        ({"low": 5}, {"high": 5, "high_open": True}),
    ],
)
def test_statements_that_contradict_have_no_common_amount(one: dict[str, Any], other: dict[str, Any]) -> None:
    """More than 10,000 and 6,700 cannot both be true: the answer is None, not a number."""
    assert containers("one", **one).intersect(containers("other", **other)) is None


@pytest.mark.parametrize("changes", [{"unit": "t"}, {"kind": Kind.CAPACITY}])
def test_a_capacity_is_never_compared_with_a_delivery(changes: dict[str, Any]) -> None:
    """Different units or kinds are not two phrasings of one figure."""
    with pytest.raises(ValueError, match="Cannot compare"):
        containers(low=1).intersect(containers(low=1, **changes))


def test_a_quantity_survives_json() -> None:
    """Bounds, exclusions, words, unit and kind come back."""
    quantity = containers(low=10_000, low_open=True)
    assert Quantity.from_json(quantity.to_json()) == quantity
