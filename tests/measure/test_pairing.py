"""Which looks are compared with which."""

from __future__ import annotations

import pytest

from dateline.core import InputError, When
from dateline.imagery.tables import Pair
from dateline.measure.gather.pairing import pairs_of, season


def test_only_the_same_months_of_different_years_are_compared() -> None:
    """January with January, February with February; an unmatched March is left out."""
    times = [When.month(2018, 1), When.month(2018, 2), When.month(2018, 3), When.month(2023, 1), When.month(2023, 2)]
    assert pairs_of(times, [0, 1, 2], [3, 4], []) == (Pair(kind="change", a=0, b=3), Pair(kind="change", a=1, b=4))


def test_a_longer_period_is_paired_with_the_shorter_in_turn() -> None:
    """Three Januaries after against one before: each is compared with that one."""
    times = [When.month(year, 1) for year in (2018, 2021, 2022, 2023)]
    pairs = pairs_of(times, [0], [1, 2, 3], [])
    assert [(pair.a, pair.b) for pair in pairs] == [(0, 1), (0, 2), (0, 3)]


def test_history_pairs_are_consecutive_years_of_the_months_in_use() -> None:
    """2014-15, 2015-16, and on to the year before; a gap of two years is no pair, nor is another month."""
    times = [When.month(2014, 1), When.month(2015, 1), When.month(2017, 1), When.month(2018, 1), When.month(2023, 1)]
    times.append(When.month(2016, 7))
    pairs = pairs_of(times, [3], [4], [0, 1, 2, 5])
    assert [(pair.a, pair.b) for pair in pairs if pair.kind == "history"] == [(0, 1), (2, 3)]


def test_two_single_looks_of_different_months_are_paired_for_the_method_to_judge() -> None:
    """September against October 2017 is compared; the method says that the months differ."""
    assert pairs_of([When.month(2017, 9), When.month(2017, 10)], [0], [1], []) == (Pair(kind="change", a=0, b=1),)


def test_periods_without_a_common_month_are_an_error_that_names_both() -> None:
    """Two winters against two summers cannot be compared; the message says what was given."""
    times = [When.month(2018, 1), When.month(2018, 2), When.month(2023, 7), When.month(2023, 8)]
    with pytest.raises(InputError, match="no month in common") as caught:
        pairs_of(times, [0, 1], [2, 3], [])
    assert caught.value.code == "no-common-months"
    assert "July 2023" in caught.value.saw


def test_years_and_nights_have_their_own_seasons() -> None:
    """A year is compared with a year, a night with the same day of another year."""
    assert season(When.year(2020)) == ()
    assert season(When.month(2020, 3)) == (3,)
    assert season(When.from_edtf("2020-03-05")) == (3, 5)
