"""What references print, and that the page's language decides how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.story.language import Language, language
from dateline.story.page import Page
from dateline.story.reading import Reading


@pytest.mark.parametrize(
    ("reference", "forms", "words"),
    [
        ("lights-arden.ratio", (), "1.42 (90\u00a0% interval 1.27 to 1.60)"),
        ("lights-arden.ratio.change", (), "42\u00a0% (90\u00a0% interval 27 to 60)"),
        ("lights-arden.ratio.change", ("bare",), "42\u00a0%"),
        ("lights-arden.ratio.change.interval", (), "27 to 60\u00a0%"),
        ("lights-coast.places.eskerry.ratio.change", ("size",), "19\u00a0% (90\u00a0% interval 3 to 34)"),
        ("lights-coast.places.eskerry.ratio.change.best", (), "−19\u00a0%"),
        ("lights-arden.ratio.n", (), "24"),
        ("lights-arden.ratio.level", (), "90\u00a0%"),
        ("lights-arden.difference.best", (), "4.6\u00a0nW/cm²/sr"),
        ("lights-arden.result", (), "increase"),
        ("lights-arden.values.break", (), "between September and December 2022"),
        ("lights-arden.values.break", ("year",), "2022"),
        ("lights-arden.values.origins", (), "1 to 2"),
        ("C001.quantity", (), "more than 1,000"),
        ("C001.period", (), "since September 2023"),
        ("C001.speaker", (), "Arden harbour office"),
        ("treaty.when", (), "19 June 2024"),
        ("arden", (), "Arden"),
    ],
)
def test_each_reference_prints_its_value(
    read: Callable[[str], Reading], reference: str, forms: tuple[str, ...], words: str
) -> None:
    """Estimates come with their interval, claims in their own words, changes without sign only when asked."""
    assert Page(read("")).says(reference, forms) == words


def test_the_size_of_a_change_that_may_be_either_is_refused(read: Callable[[str], Reading]) -> None:
    """An interval that holds rise and fall has no size."""
    with pytest.raises(UsageError, match="cannot be printed") as error:
        Page(read("")).says("lights-coast.places.brill.ratio.change", ("size",))
    assert "rise and fall" in error.value.saw


def test_an_open_side_is_named_and_never_a_number() -> None:
    """A bound that is open is told as "at least"."""
    estimate = Estimate(best=34, low=30, high=None, unit="day", level=0.9, n=61, how="count")
    assert language("en").parts(estimate) == ("34\u00a0days", "at least 30")


def test_another_language_changes_digits_months_and_words() -> None:
    """Separators, month names and phrases all come from the table; what it lacks is said in English."""
    table = {
        "direction": "ltr",
        "months": [f"m{n}" for n in range(1, 13)],
        "number": {"decimal": ",", "group": "\u202f", "percent": "{n} v. H."},
    }
    other = Language("xx", table)
    assert other.count(-1234.5, 1) == "−1\u202f234,5"
    assert other.level(0.9) == "90 v. H."
    assert other.day(date(2024, 3, 2)) == "2 m3 2024"
    assert other.word("page.evidence_title") == "Evidence"


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (When.month(2023, 8), "August 2023"),
        (When.year(2023), "2023"),
        (When.bracket(date(2023, 8, 26), date(2023, 8, 30)), "after 26 August 2023 and by 30 August 2023"),
        (When.between(None, date(2023, 8, 30)), "by 30 August 2023"),
        (When.between(date(2023, 8, 30), None), "from 30 August 2023"),
        (When.from_edtf("2023-08~"), "about August 2023"),
    ],
)
def test_times_are_told_as_intervals(when: When, words: str) -> None:
    """A month is a month, a bracket a bracket, an open end open."""
    assert language("en").when(when) == words


def test_a_language_that_is_not_there_names_those_that_are() -> None:
    """The error lists the tables."""
    with pytest.raises(UsageError) as error:
        language("tlh")
    assert "en" in error.value.do
