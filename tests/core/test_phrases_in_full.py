"""No word of a phrase is left out in silence: each is used, or the phrase is refused."""

from __future__ import annotations

from datetime import date

import pytest

from dateline.core.errors import UsageError
from dateline.core.phrases.place import Direction
from dateline.core.phrases.read import read
from dateline.core.when import When

SUMMIT = {"summit": When.from_edtf("2023-09-13"), "саммит": When.from_edtf("2023-09-13")}

ONE = """
8~10월 | 2024-02-26 | 2023-08-01/2023-10-31
7·8월 | 2024-02-26 | 2023-07-01/2023-08-31
8, 9월 | 2024-02-26 | 2023-08-01/2023-09-30
1~2분기 | 2024-02-26 | 2023-01-01/2023-06-30
1월 4일 밤 | 2024-02-26 | 2024-01-04/2024-01-05
4일 밤부터 5일 새벽까지 | 2024-01-10 | 2024-01-04/2024-01-05
8월과 10월 사이 | 2024-02-26 | 2023-08-01/2023-10-31
10월 13일(현지시간) | 2024-02-26 | 2023-10-13/2023-10-13
지난주 주말 | 2024-02-25 | 2024-02-17/2024-02-18
на прошлой неделе | 2024-02-26 | 2024-02-19/2024-02-25
на следующей неделе | 2024-02-26 | 2024-03-04/2024-03-10
на минулому тижні | 2024-02-26 | 2024-02-19/2024-02-25
в последние недели | 2024-02-26 | 2024-01-15/2024-02-26
28 сентября - 2 октября | 2024-02-26 | 2023-09-28/2023-10-02
спустя два дня после саммита | 2024-02-26 | 2023-09-15/2023-09-15
через неделю после саммита | 2024-02-26 | 2023-09-20/2023-09-20
у ніч проти 5 січня | 2024-02-26 | 2024-01-04/2024-01-05
восени | 2024-02-26 | 2023-09-01/2023-11-30
the day after the summit | 2024-02-26 | 2023-09-14/2023-09-14
the day before the summit | 2024-02-26 | 2023-09-12/2023-09-12
in the coming weeks | 2024-02-26 | 2024-02-26/2024-04-08
the next two weeks | 2024-02-26 | 2024-02-26/2024-03-11
over the past weeks | 2024-02-26 | 2024-01-15/2024-02-26
the next day | 2024-02-26 | 2024-02-27/2024-02-27
the week of 9 October | 2024-02-26 | 2023-10-09/2023-10-15
Thursday and Friday | 2023-10-26 | 2023-10-19/2023-10-20
Thursday to Saturday | 2023-10-26 | 2023-10-19/2023-10-21
Friday night | 2024-02-26 | 2024-02-23/2024-02-24
yesterday, Sunday | 2024-02-26 | 2024-02-25/2024-02-25
October 7, 2023, to January 5 | 2024-02-26 | 2023-10-07/2024-01-05
by the end of the month | 2024-02-26 | 2024-02-26/2024-02-29
"""


@pytest.mark.parametrize("line", ONE.strip().splitlines())
def test_every_word_is_used(line: str) -> None:
    """Phrases that were once read with a word left out: bounds by hand."""
    phrase, said, bounds = (cell.strip() for cell in line.split("|"))
    (reading,) = read(phrase, said=date.fromisoformat(said), events=SUMMIT)
    assert f"{reading.when.earliest}/{reading.when.latest}" == bounds


@pytest.mark.parametrize(
    "phrase",
    [
        "the last Friday of October",
        "in the last week of October",
        "last month of 2023",
        "Friday last month",
        "on the weekend of 5 October",
        "two Fridays ago",
        "over a year",
        "October 2023 last year",
        "shortly after the summit",
        "within a week of the summit",
        "on the eve of the summit",
        "not before the summit",
        "earlier this summer",
        "later this October",
        "yesterday and Monday",
        "yesterday, Monday",
        "Wednesday 2023-10-05",
    ],
)
def test_words_that_would_be_left_out_are_refused(phrase: str) -> None:
    """ "The last Friday of October" is not last Friday; what is said of an event is not the event."""
    with pytest.raises(UsageError):
        read(phrase, said=date(2024, 2, 26), events=SUMMIT)


@pytest.mark.parametrize(
    ("phrase", "bounds"),
    [
        ("this Friday", ["2024-02-23/2024-02-23", "2024-03-01/2024-03-01"]),
        ("by the end of the year", ["None/2023-12-31", "2024-02-26/2024-12-31"]),
        ("до конца августа", ["None/2023-08-31", "2024-02-26/2024-08-31"]),
        ("до кінця року", ["None/2023-12-31", "2024-02-26/2024-12-31"]),
    ],
)
def test_what_may_lie_ahead_is_asked(phrase: str, bounds: list[str]) -> None:
    """A deadline and "this Friday" may look back or ahead; told a direction there is one."""
    said = date(2024, 2, 26)
    found = [f"{one.when.earliest}/{one.when.latest}" for one in read(phrase, said=said)]
    assert found == bounds
    ways: tuple[Direction, Direction] = ("past", "future")
    for direction, bound in zip(ways, bounds, strict=True):
        (told,) = read(phrase, said=said, direction=direction)
        assert f"{told.when.earliest}/{told.when.latest}" == bound


def test_a_refusal_speaks_of_the_language_that_was_understood() -> None:
    """A Russian phrase with one strange word is told that word, not that its Russian is no English."""
    with pytest.raises(UsageError) as refused:
        read("в двадцатых числах октября", said=date(2024, 2, 26))
    assert str(refused.value).count("двадцатых") == 2
    assert str(refused.value).count("октября") == 1
