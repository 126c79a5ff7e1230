"""Times that may be vague."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dateline.core import UsageError, When

KST = timezone(timedelta(hours=9))
NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


def days(first: str, last: str, *, after: bool = False) -> When:
    return When(earliest=date.fromisoformat(first), latest=date.fromisoformat(last), after=after)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        ("2023-09/2024-02-23", date(2023, 9, 1), date(2024, 2, 23)),
        ("2022-03/..", date(2022, 3, 1), None),
        ("/2022-03", None, date(2022, 3, 31)),
        ("../..", None, None),
        ("2024-03-02T21:00:00+09:00", NOON, NOON),
    ],
)
def test_edtf_dates_are_read_as_their_first_and_last_moment(text: str, first: object, last: object) -> None:
    """A year, a month, a day, an interval and an instant mean all the moments they name, and no others."""
    when = When.from_edtf(text)
    assert (when.earliest, when.latest) == (first, last)


@pytest.mark.parametrize("text", ["2022~", "2022?", "2022-03%", "../2022-03~", "2022~/2023"])
def test_every_edtf_mark_of_doubt_is_kept(text: str) -> None:
    """An approximate or uncertain date is never read as a plain one."""
    assert When.from_edtf(text).approximate


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "/..", "late August", "2022-13", "2022-02-30", "2022/2023/2024", "T", "2022-01-01T25:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00", "2024-1-2", "31.12.2023"),
    ],
)
def test_what_is_not_a_date_is_refused_with_what_can_be_read(text: str) -> None:
    """An unreadable date is an error in three parts, never a guess."""
    with pytest.raises(UsageError, match="Cannot read this as a date") as error:
        When.from_edtf(text)
    assert error.value.code == "date"
    assert "2022-03-15" in error.value.do


def test_a_time_of_day_without_a_zone_is_refused() -> None:
    """A naive time is refused from text and from code, with the spelling that would be right."""
    with pytest.raises(UsageError, match="needs a zone") as error:
        When.from_edtf("2024-03-02T12:00:00")
    assert "2024-03-02T12:00:00Z" in error.value.do
    with pytest.raises(ValueError, match="no zone"):
        When.on(datetime(2024, 3, 2, 12))  # noqa: DTZ001 what is refused
    with pytest.raises(ValueError, match="no zone"):
        When.between(None, datetime(2024, 3, 2, 12))  # noqa: DTZ001 what is refused


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    """Plain days are compared as days: not even one day of disorder passes."""
    with pytest.raises(UsageError, match="wrong order"):
        When.from_edtf("2024-03-03/2024-03-02")
    with pytest.raises(ValueError, match="cannot end"):
        days("2024-03-04", "2024-03-02")
    with pytest.raises(ValueError, match="cannot end"):
        When.between(NOON, NOON - timedelta(seconds=1))


def test_an_excluded_start_needs_a_start_and_some_time_after_it() -> None:
    """(nothing, day] and (instant, the same instant] are empty and refused."""
    with pytest.raises(ValueError, match="only exclude"):
        When(earliest=None, latest=date(2024, 3, 2), after=True)
    with pytest.raises(ValueError, match="No instant lies after"):
        When.bracket(NOON, NOON.astimezone(KST))


def test_an_instant_that_utc_cannot_tell_is_refused() -> None:
    """The first hours of year 1 in the east are an error with words, not an overflow."""
    with pytest.raises(ValueError, match="outside the years"):
        When.on(datetime(1, 1, 1, tzinfo=KST))


@pytest.mark.parametrize(
    ("when", "edtf"),
    [
        (When.year(2022), "2022"),
        (When.year(999), "0999"),
        (When.month(2024, 2), "2024-02"),
        (When.on(date(2024, 2, 29)), "2024-02-29"),
        (days("2024-02-01", "2024-03-15"), "2024-02-01/2024-03-15"),
        (When.between(date(2024, 2, 1), None), "2024-02-01/.."),
        (When.between(None, None), "../.."),
        (When.on(NOON.astimezone(KST)), "2024-03-02T12:00:00Z"),
        (When.between(NOON, date(2024, 3, 4)), "2024-03-02T12:00:00Z/2024-03-04"),
        (When.from_edtf("2024-02~"), "2024-02~"),
        (When(earliest=NOON, latest=None, approximate=True), "2024-03-02~/.."),
        (When(earliest=NOON, latest=NOON, approximate=True), "2024-03-02~"),
        (When(earliest=date(2024, 3, 3), latest=NOON, approximate=True), "2024-03-02~/2024-03-03~"),
        (days("2013-11-01", "2013-11-09", after=True), "2013-11-02/2013-11-09"),
        (days("2024-01-31", "2024-02-29", after=True), "2024-02"),
        (days("2013-11-01", "2013-11-01", after=True), "2013-11-01"),
        (When.bracket(date.max, date.max), "9999-12-31"),
    ],
)
def test_the_exchange_form_is_edtf_that_can_be_read_again(when: When, edtf: str) -> None:
    """What we write is valid EDTF, the shortest that says the same, and we read it back."""
    assert when.edtf() == edtf
    assert When.from_edtf(edtf).edtf() == edtf


@pytest.mark.parametrize(
    ("when", "count"),
    [
        (When.month(2024, 2), 29),
        (days("2013-11-01", "2013-11-09", after=True), 8),
        (days("2013-11-01", "2013-11-01", after=True), 1),
        (When.on(NOON), 1),
        (When.between(date(2024, 3, 3), NOON), 1),
        (When.between(None, NOON), None),
        (When.between(NOON, None), None),
    ],
)
def test_the_days_an_interval_may_be_are_counted_with_both_ends(when: When, count: int | None) -> None:
    """An excluded day does not count, an open end cannot be counted, and no interval has less than a day."""
    assert when.days() == count


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (When.year(2022), When.year(2023), True),
        (When.year(2023), When.year(2022), False),
        (When.year(2022), When.month(2022, 6), None),
        (When.on(date(2024, 3, 2)), When.on(date(2024, 3, 2)), None),
        (When.on(NOON), When.on(NOON.astimezone(KST)), False),
        (When.between(NOON, None), When.between(None, NOON), False),
        (When.between(None, NOON), When.between(NOON, None), None),
        (When.between(None, NOON), When.bracket(NOON, date(2024, 4, 1)), True),
        (When.bracket(NOON, date(2024, 4, 1)), When.between(None, NOON), False),
        (When.on(date(2013, 11, 1)), days("2013-11-01", "2013-11-09", after=True), True),
        (days("2013-11-01", "2013-11-09", after=True), When.on(date(2013, 11, 1)), False),
        (days("2013-11-01", "2013-11-01", after=True), days("2013-11-01", "2013-11-01", after=True), None),
        (When.between(None, None), When.year(2022), None),
    ],
)
def test_before_answers_yes_no_or_cannot_tell(one: When, other: When, answer: bool | None) -> None:
    """Two things on one plain day cannot be ordered; two at one instant are not one before the other."""
    assert one.before(other) is answer


def test_a_plain_day_is_a_day_somewhere_on_earth() -> None:
    """An instant is before a plain day only when that day has begun nowhere, after it when it has ended everywhere."""
    day = When.on(date(2024, 3, 2))
    hours_before = {hours: datetime(2024, 3, 2, tzinfo=UTC) - timedelta(hours=hours) for hours in (13, 15)}
    assert When.on(hours_before[15]).before(day) is True
    assert When.on(hours_before[13]).before(day) is None
    hours_after = {hours: datetime(2024, 3, 3, tzinfo=UTC) + timedelta(hours=hours) for hours in (11, 13)}
    assert day.before(When.on(hours_after[13])) is True
    assert day.before(When.on(hours_after[11])) is None


def test_days_and_instants_that_no_one_zone_can_order_are_not_ordered() -> None:
    """A day that can only be meant in the far west and one only in the far east cannot be compared."""
    west = When.between(datetime(2024, 3, 3, 11, 30, tzinfo=UTC), date(2024, 3, 2))
    east = When.between(date(2024, 3, 3), datetime(2024, 3, 3, 11, tzinfo=UTC))
    assert west.before(east) is None
    assert east.before(west) is None
    assert west.intersect(east) is None


def test_the_first_and_last_days_of_the_calendar_can_be_compared() -> None:
    """The slack around a plain day does not leave the calendar."""
    first, last = When.on(date.min), When.on(date.max)
    assert first.before(When.on(NOON)) is True
    assert When.on(NOON).before(last) is True


def test_two_intervals_meet_in_what_both_allow() -> None:
    """The common part begins with the later start and ends with the sooner end; apart they have none."""
    both = days("2023-08-01", "2023-10-13").intersect(When.between(date(2023, 9, 1), None))
    assert both == days("2023-09-01", "2023-10-13")
    assert When.year(2022).intersect(When.year(2023)) is None
    assert not When.year(2022).may_meet(When.year(2023))


def test_an_excluded_start_stays_excluded_in_the_common_part() -> None:
    """What a look ruled out stays ruled out, whichever interval is asked."""
    look = days("2013-11-01", "2013-11-09", after=True)
    plain = days("2013-11-01", "2013-11-20")
    assert look.intersect(plain) == plain.intersect(look) == look
    instant = When.on(datetime(2013, 11, 1, 5, tzinfo=UTC))
    assert look.intersect(instant) is None


def test_doubt_in_either_interval_is_doubt_in_the_common_part() -> None:
    """An approximate date never becomes exact by being compared."""
    common = When.from_edtf("2022~").intersect(When.month(2022, 6))
    assert common is not None
    assert common.approximate


def test_a_when_survives_json_with_its_words() -> None:
    """Phrase, day said, rule, exclusion and doubt come back; what is unknown is not written."""
    when = days("2023-09-01", "2024-02-23", after=True).with_words(
        text="since September 2023", said=date(2024, 2, 23), rule="since_closed_by_said"
    )
    assert When.from_json(when.to_json()) == when
    assert When.from_json(When.on(NOON).to_json()) == When.on(NOON)
    assert When.between(None, None).to_json() == {"earliest": None, "latest": None}
    assert When.from_json({}) == When.between(None, None)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (When.on(date(2013, 11, 2)), "2 November 2013"),
        (days("2013-11-02", "2013-11-09"), "between 2 and 9 November 2013"),
        (days("2013-10-30", "2013-11-09"), "between 30 October and 9 November 2013"),
        (days("2013-12-30", "2014-01-09"), "between 30 December 2013 and 9 January 2014"),
        (When.month(2013, 11), "November 2013"),
        (When.year(2013), "2013"),
        (days("2013-11-01", "2013-11-09", after=True), "after 1 November 2013 and by 9 November 2013"),
        (days("2013-11-01", "2013-11-01", after=True), "1 November 2013"),
        (When.between(date(2013, 11, 1), None), "from 1 November 2013"),
        (When(earliest=date(2013, 11, 1), latest=None, after=True), "after 1 November 2013"),
        (When.between(None, NOON), "by 2 March 2024"),
        (When.between(None, None), "at an unknown time"),
        (When(earliest=None, latest=None, approximate=True), "at an unknown time"),
        (When.from_edtf("2013-11-02~"), "roughly 2 November 2013"),
        (When.from_edtf("2013-11~/.."), "roughly from 1 November 2013"),
    ],
)
def test_an_interval_is_spoken_as_a_reporter_would_write_it(when: When, words: str) -> None:
    """Plain English to the day; doubt and exclusion are in the words."""
    assert when.spoken() == words
