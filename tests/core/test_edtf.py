"""EDTF levels 0 to 2: every text is bounded or refused with its reason, and agrees with the `edtf` library where it
is right."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.edtf import Form, read, write, write_set
from dateline.core.errors import UsageError
from dateline.core.when import When

DIFFERENT = {
    "1985-04/": "the library puts ten years in place of an unknown end",
    "/1985-04-12": "the library puts ten years in place of an unknown beginning",
    "/1985": "the library puts ten years in place of an unknown beginning",
    "1985-04-12T23:20:30-04": "a time of day is an instant to us",
    "1985-04-12T23:20:30": "a time without a zone is refused",
    "Y170000002": "outside the years 1 to 9999",
    "Y-17E7": "outside the years 1 to 9999",
    "Y171010000S3": "outside the years 1 to 9999",
    "XXXX-12-XX": "may be the year 0",
}
"""Where we differ from edtf 5.0.2 on the samples, and why. docs/dates.md prints this list."""


@pytest.mark.parametrize(
    ("text", "level", "first", "last"),
    [
        ("1985", 0, "1985-01-01", "1985-12-31"),
        ("201X", 1, "2010-01-01", "2019-12-31"),
        ("20XX", 1, "2000-01-01", "2099-12-31"),
        ("1XX3", 2, "1003-01-01", "1993-12-31"),
        ("2004-XX-30", 2, "2004-01-30", "2004-12-30"),
        ("2004-02-XX", 1, "2004-02-01", "2004-02-29"),
        ("2023-02-3X", 2, None, None),
        ("2004-1X", 2, "2004-10-01", "2004-12-31"),
        ("156X-12-25", 2, "1560-12-25", "1569-12-25"),
        ("2004-02-X9", 2, "2004-02-09", "2004-02-29"),
        ("2023-02-X9", 2, "2023-02-09", "2023-02-19"),
        ("2001-24", 1, "2001-12-01", "2002-02-28"),
        ("2001-29", 2, "2001-09-01", "2001-11-30"),
        ("2001-32", 2, "2001-06-01", "2001-08-31"),
        ("2001-36", 2, "2001-10-01", "2001-12-31"),
        ("2001-39", 2, "2001-09-01", "2001-12-31"),
        ("2001-41", 2, "2001-07-01", "2001-12-31"),
        ("2001-42", 2, None, None),
        ("200X-21", 2, None, None),
        ("9999-24", 1, None, None),
        ("0000-24", 1, None, None),
        ("1950S2", 2, "1900-01-01", "1999-12-31"),
        ("1950S4", 2, "1950-01-01", "1950-12-31"),
        ("0050S2", 2, None, None),
        ("1950S5", 2, None, None),
        ("Y17E2", 2, "1700-01-01", "1700-12-31"),
        ("Y2024", 1, "2024-01-01", "2024-12-31"),
        ("Y2024S2", 2, None, None),
        ("Yabc", 1, None, None),
        ("-1985", 1, None, None),
        ("-1985-04", 1, None, None),
        ("0XXX", 2, None, None),
        ("1985-13", 0, None, None),
        ("1985-02-30", 0, None, None),
        ("1985-4", 0, None, None),
        ("~?1985~~", 1, None, None),
        ("2004/2005/2006", 0, None, None),
        ("2005/2004", 0, None, None),
        ("../..", 1, None, "open"),
        ("/", 1, None, None),
        ("/..", 1, None, None),
        ("[1667,1668,1670..1672]", 2, "1667-01-01", "1672-12-31"),
        ("[1984,..1980]", 2, "open", "1984-12-31"),
        ("{1960,}", 2, None, None),
        ("{..}", 2, None, None),
        ("{1960]", 2, None, None),
        ("[1985-04-12T23:20:30Z,1986]", 2, None, None),
        ("2004-06-XX/2004-07-03", 1, "2004-06-01", "2004-07-03"),
        ("2023-21/2023-23~", 1, "2023-03-01", "2023-11-30"),
        ("1985-04-12T23:20:30Z", 0, "1985-04-12T23:20:30+00:00", "1985-04-12T23:20:30+00:00"),
        ("0000", 0, None, None),
        ("0001-01-01T00:00:00+14:00", 0, None, None),
        ("1985-04-12T25:00:00Z", 0, None, None),
    ],
)
def test_every_text_is_bounded_or_refused(text: str, level: int, first: str | None, last: str | None) -> None:
    """Bounds as printed here by hand from the standard, or an error in three parts; never a guess."""
    if first is None and last is None:
        with pytest.raises(UsageError) as caught:
            read(text)
        assert caught.value.code in {"date", "date-range"}
        return
    found = read(text)
    assert found.level == level
    bounds = tuple(
        None if moment is None else moment.isoformat() for moment in (found.when.earliest, found.when.latest)
    )
    assert bounds == tuple(None if side in {"open", None} else side for side in (first, last))


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("2004-06~", True, False),
        ("2004?", False, True),
        ("2004-06-11%", True, True),
        ("2004-06~-11", True, False),
        ("?2004-06-~11", True, True),
        ("2004-~06", True, False),
        ("2011-06-~11/2012", True, False),
        ("{2004~,2005?}", True, True),
        ("2004", False, False),
    ],
)
def test_marks_of_doubt_are_kept_apart(text: str, approximate: bool, uncertain: bool) -> None:
    """ "~" is approximate, "?" uncertain, "%" both; a mark on a part is a mark."""
    found = read(text)
    assert (found.approximate, found.uncertain) == (approximate, uncertain)
    assert found.when.approximate == (approximate or uncertain)


def test_the_samples_are_bounded_or_refused_and_agree_with_the_library(samples: Path) -> None:
    """Oracle: edtf 5.0.2 on the real examples, but for the differences that we list with their reasons."""
    from edtf import parse_edtf

    seen = set()
    with (samples / "casefile/edtf_examples.csv").open(encoding="utf-8") as stream:
        texts = [row["edtf"] for row in csv.DictReader(stream)]
    for text in texts:
        try:
            when = read(text).when
        except UsageError:
            seen.add(text)
            continue
        if text in DIFFERENT:
            seen.add(text)
            continue
        for ours, side in ((when.earliest, "lower_strict"), (when.latest, "upper_strict")):
            theirs = _strict(parse_edtf(text), side)
            assert ours is None or theirs is None or ours == theirs, (text, side, ours, theirs)
    assert seen == set(DIFFERENT)
    assert len(texts) == 40


def _strict(parsed: Any, side: str) -> date | None:
    """The library's bound as a day; None where it fails or has none."""
    try:
        bound = getattr(parsed, side)()
        return date(bound.tm_year, bound.tm_mon, bound.tm_mday)
    except (TypeError, AttributeError):
        return None


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)), st.booleans())
def test_what_is_written_is_read_again(one: date, other: date, approximate: bool) -> None:
    """The shortest form of any interval of days gives the same interval back."""
    when = When(earliest=min(one, other), latest=max(one, other), approximate=approximate)
    again = read(write(when)).when
    assert (again.earliest, again.latest, again.approximate) == (when.earliest, when.latest, approximate)


@given(st.integers(1000, 9998), st.integers(1, 12), st.integers(1, 24))
def test_whole_months_are_written_as_months(year: int, month: int, length: int) -> None:
    """Months, quarters, thirds, halves and years find their short form, and keep their bounds."""
    from dateline.core.edtf import months

    when = When.between(*months(min(year, 9990), month, length))
    assert len(write(when)) <= len("2023-12/2024-02")
    again = read(write(when)).when
    assert (again.earliest, again.latest) == (when.earliest, when.latest)


@given(st.text("0123456789X-~?%/.[]{},SYET:Z+", max_size=24))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Hostile input: bounds in order, or an error of ours."""
    try:
        found = read(text)
    except UsageError:
        return
    if found.when.earliest is not None and found.when.latest is not None:
        assert found.when.before(found.when) is not True


def test_sets_are_written_with_their_brackets() -> None:
    """All of, or one of."""
    days = [When.on(date(2023, 12, 30)), When.month(2024, 1)]
    assert write_set(days, Form.ALL_OF) == "{2023-12-30,2024-01}"
    assert write_set(days, Form.ONE_OF) == "[2023-12-30,2024-01]"
    assert write(When.bracket(date(2024, 1, 1), date(2024, 1, 9))) == "2024-01-02/2024-01-09"
