"""Dates as people say them: bounds for what is clear, several readings for what is not, refusals for what cannot be."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import edtf
from dateline.core.errors import UsageError
from dateline.core.phrases.ask import ask
from dateline.core.phrases.read import read, said_day
from dateline.core.phrases.tokens import languages
from dateline.core.when import When

CLEAR = """
en | late August | 2024-02-26 | 2023-08-21 | 2023-08-31
en | in the middle of August | 2024-02-26 | 2023-08-11 | 2023-08-20
en | mid-August | 2024-02-26 | 2023-08-11 | 2023-08-20
en | the first half of October | 2024-10-23 | 2024-10-01 | 2024-10-15
en | second half of 2023 | 2024-10-23 | 2023-07-01 | 2023-12-31
en | third quarter of last year | 2024-10-23 | 2023-07-01 | 2023-09-30
en | early in the third quarter of 2023 | 2024-10-23 | 2023-07-01 | 2023-07-31
en | autumn 2023 | 2024-03-01 | 2023-09-01 | 2023-11-30
en | late autumn 2023 | 2024-03-01 | 2023-11-01 | 2023-11-30
en | early winter 2023-24 | 2024-04-01 | 2023-12-01 | 2023-12-31
en | winter 2024 | 2024-06-01 | 2023-12-01 | 2024-02-29
en | 2022-2023 | 2024-10-23 | 2022-01-01 | 2023-12-31
en | in recent weeks | 2023-10-13 | 2023-09-01 | 2023-10-13
en | mid-August through Saturday | 2023-10-16 | 2023-08-11 | 2023-10-14
en | Oct 8-13 | 2024-10-18 | 2024-10-08 | 2024-10-13
en | 18–19 November | 2023-01-20 | 2022-11-18 | 2022-11-19
en | on the 7th and 8th of last month | 2023-10-13 | 2023-09-07 | 2023-09-08
en | between December 30, 2023 and February 7, 2024 | 2024-02-16 | 2023-12-30 | 2024-02-07
en | December 30, 2023, January 2 and 6 | 2024-02-16 | 2023-12-30 | 2024-01-06
en | November 2022-January 2023 | 2024-10-23 | 2022-11-01 | 2023-01-31
en | early to mid-October | 2024-10-23 | 2024-10-01 | 2024-10-20
en | 20 and 17 October | 2024-10-23 | 2024-10-17 | 2024-10-20
en | 3 October and 5 November 2022 | 2024-10-23 | 2022-10-03 | 2022-11-05
en | October 3, 2022 and November 5 | 2024-10-23 | 2022-10-03 | 2022-11-05
en | Thursday, October 5 | 2023-10-06 | 2023-10-05 | 2023-10-05
en | over the past two years | 2024-08-27 | 2022-08-27 | 2024-08-27
en | the last 3 months | 2024-08-31 | 2024-05-31 | 2024-08-31
en | the night of 4 to 5 January | 2024-01-10 | 2024-01-04 | 2024-01-05
en | the night of 4 January | 2024-01-10 | 2024-01-04 | 2024-01-05
en | overnight on Tuesday | 2024-01-10 | 2024-01-09 | 2024-01-10
en | last week | 2024-01-10 | 2024-01-01 | 2024-01-07
en | Tuesday last week | 2024-01-10 | 2024-01-02 | 2024-01-02
en | earlier this month | 2024-01-10 | 2024-01-01 | 2024-01-10
en | earlier this year | 2024-10-10 | 2024-01-01 | 2024-10-10
en | earlier this week | 2024-10-10 | 2024-10-07 | 2024-10-10
en | later this month | 2024-10-10 | 2024-10-10 | 2024-10-31
en | later this year | 2024-10-10 | 2024-10-10 | 2024-12-31
en | two weeks ago | 2024-01-10 | 2023-12-24 | 2023-12-30
en | three days ago | 2024-01-10 | 2024-01-07 | 2024-01-07
en | around 15 October | 2024-10-23 | 2024-10-12 | 2024-10-18
en | around mid-October | 2024-10-23 | 2024-10-06 | 2024-10-25
en | after 13 October | 2024-10-23 | 2024-10-14 | 2024-10-23
en | before October 2023 | 2024-10-23 | - | 2023-09-30
en | no earlier than 4 October | 2024-10-23 | 2024-10-04 | 2024-10-23
en | until mid-February | 2024-03-01 | - | 2024-02-20
en | By 15 July | 2024-07-23 | - | 2024-07-15
en | by the end of the year | 2024-10-23 | 2024-10-23 | 2024-12-31
en | next month | 2024-10-23 | 2024-11-01 | 2024-11-30
en | last month | 2024-01-23 | 2023-12-01 | 2023-12-31
en | next year | 2024-10-23 | 2025-01-01 | 2025-12-31
en | will be in December | 2024-10-23 | 2024-12-01 | 2024-12-31
en | now | 2024-10-23 | 2024-10-23 | 2024-10-23
en | 13.10.2023 | 2024-10-23 | 2023-10-13 | 2023-10-13
en | 10/13/2023 | 2024-10-23 | 2023-10-13 | 2023-10-13
en | 2023-10-13 to 2023-10-20 | 2024-10-23 | 2023-10-13 | 2023-10-20
en | from 17 to 20 October | 2024-10-23 | 2024-10-17 | 2024-10-20
en | early Monday | 2024-10-23 | 2024-10-21 | 2024-10-21
en | the 4th | 2024-10-03 | 2024-09-04 | 2024-09-04
en | the 31st | 2024-10-03 | 2024-08-31 | 2024-08-31
en | 29 February | 2023-10-23 | 2020-02-29 | 2020-02-29
en | throughout 2023 | 2024-10-23 | 2023-01-01 | 2023-12-31
en | over the weekend | 2024-10-23 | 2024-10-19 | 2024-10-20
en | last weekend | 2024-10-20 | 2024-10-12 | 2024-10-13
en | this weekend | 2024-10-23 | 2024-10-26 | 2024-10-27
en | this January | 2024-10-23 | 2024-01-01 | 2024-01-31
en | either 17 or 20 October | 2024-10-23 | 2024-10-17 | 2024-10-20
ru | за последние два месяца | 2023-10-16 | 2023-08-16 | 2023-10-16
ru | с конца августа до середины февраля | 2024-02-26 | 2023-08-21 | 2024-02-20
ru | с августа прошлого года | 2024-10-18 | 2023-08-01 | 2024-10-18
ru | 13 октября 2023 года | 2024-10-18 | 2023-10-13 | 2023-10-13
ru | в ночь на 5 января | 2024-01-10 | 2024-01-04 | 2024-01-05
ru | в ночь с 4 на 5 января | 2024-01-10 | 2024-01-04 | 2024-01-05
ru | не позднее начала октября | 2024-10-25 | - | 2024-10-10
ru | в середине октября | 2024-10-25 | 2024-10-11 | 2024-10-20
ru | две недели назад | 2024-01-10 | 2023-12-24 | 2023-12-30
ru | между 7 сентября и 1 октября | 2023-10-13 | 2023-09-07 | 2023-10-01
ru | 17 и 20 октября | 2025-02-27 | 2024-10-17 | 2024-10-20
ru | зимой 2023-24 годов | 2024-04-01 | 2023-12-01 | 2024-02-29
ru | в третьем квартале 2023 года | 2024-04-01 | 2023-07-01 | 2023-09-30
ru | по состоянию на 15 июля | 2024-07-24 | - | 2024-07-15
ru | в пятницу | 2024-10-20 | 2024-10-18 | 2024-10-18
ru | в прошлом месяце | 2024-10-20 | 2024-09-01 | 2024-09-30
ru | в мае 2023 | 2024-10-20 | 2023-05-01 | 2023-05-31
uk | наприкінці серпня | 2024-02-26 | 2023-08-21 | 2023-08-31
uk | з кінця серпня до середини лютого | 2024-02-26 | 2023-08-21 | 2024-02-20
uk | з вересня 2023 року | 2024-02-23 | 2023-09-01 | 2024-02-23
uk | у ніч на 5 січня | 2024-01-10 | 2024-01-04 | 2024-01-05
uk | 17 і 20 жовтня | 2025-02-27 | 2024-10-17 | 2024-10-20
uk | станом на 15 липня | 2024-07-24 | - | 2024-07-15
uk | не пізніше початку жовтня | 2024-10-25 | - | 2024-10-10
uk | у другій половині 2023 року | 2024-04-01 | 2023-07-01 | 2023-12-31
uk | минулого тижня | 2024-01-10 | 2024-01-01 | 2024-01-07
uk | торік у серпні | 2024-10-18 | 2023-08-01 | 2023-08-31
uk | п'ятниця | 2024-10-20 | 2024-10-18 | 2024-10-18
uk | два тижні тому | 2024-01-10 | 2023-12-24 | 2023-12-30
ko | 8월 초 | 2024-10-18 | 2024-08-01 | 2024-08-10
ko | 8월 말 | 2024-02-26 | 2023-08-21 | 2023-08-31
ko | 10월 중순 | 2024-10-25 | 2024-10-11 | 2024-10-20
ko | 9월 7일부터 10월 1일까지 | 2023-10-13 | 2023-09-07 | 2023-10-01
ko | 지난해 8월부터 올해 1월까지 | 2024-06-22 | 2023-08-01 | 2024-01-31
ko | 2023년 10월 13일 | 2024-06-22 | 2023-10-13 | 2023-10-13
ko | 지난달 7일과 8일 | 2023-10-13 | 2023-09-07 | 2023-09-08
ko | 최근 두 달간 | 2023-10-16 | 2023-08-16 | 2023-10-16
ko | 지난해 3분기 | 2025-02-27 | 2024-07-01 | 2024-09-30
ko | 상반기 | 2024-10-18 | 2024-01-01 | 2024-06-30
ko | 2주 전 | 2024-01-10 | 2023-12-24 | 2023-12-30
ko | 3일 전 | 2024-01-10 | 2024-01-07 | 2024-01-07
ko | 수요일 | 2022-11-03 | 2022-11-02 | 2022-11-02
ko | 8월 이후 | 2024-02-26 | 2023-08-01 | 2024-02-26
ko | 7월 15일 기준 | 2024-07-24 | - | 2024-07-15
"""


@pytest.mark.parametrize("line", CLEAR.strip().splitlines())
def test_a_clear_phrase_has_one_reading(line: str) -> None:
    """Bounds by hand, in four languages; the language is found by its words, and told gives the same."""
    language, phrase, said, first, last = (cell.strip() for cell in line.split("|"))
    for told in (None, language):
        (reading,) = read(phrase, said=date.fromisoformat(said), language=told)
        bounds = [reading.when.earliest, reading.when.latest]
        assert ["-" if moment is None else moment.isoformat() for moment in bounds] == [first, last]
        assert reading.when.rule
        assert reading.when.text == phrase
        assert reading.language in {language, "edtf"}


@pytest.mark.parametrize(
    ("phrase", "said", "readings"),
    [
        ("last August", "2024-10-18", ["2023-08", "2024-08"]),
        ("since last August", "2024-10-18", ["2023-08-01/2024-10-18", "2024-08-01/2024-10-18"]),
        ("by December", "2024-10-23", ["../2023-12-31", "2024-10-23/2024-12-31"]),
        ("03/04/2023", "2024-10-23", ["2023-03-04", "2023-04-03"]),
        ("last Monday", "2024-10-23", ["2024-10-14", "2024-10-21"]),
        ("next Friday", "2024-10-23", ["2024-10-25", "2024-11-01"]),
        ("winter 2024", "2025-06-01", ["2023-12/2024-02", "2024-12/2025-02"]),
        ("в прошлую среду", "2022-11-03", ["2022-10-26", "2022-11-02"]),
        ("작년 겨울", "2024-04-01", ["2022-12/2023-02", "2023-12/2024-02"]),
        ("5 November and 3 January", "2024-12-20", ["2023-11-05/2024-01-03", "2024-01-03/2024-11-05"]),
        ("2022-23", "2024-04-01", ["2022/2023", "2022-23"]),
    ],
)
def test_words_that_leave_a_choice_give_every_reading(phrase: str, said: str, readings: list[str]) -> None:
    """Nothing is guessed: all readings come back, in order, with a question."""
    answer = ask(phrase, said=said)
    assert sorted(reading.when.edtf() for reading in answer.readings) == sorted(
        edtf.read(text).when.edtf() for text in readings
    )
    assert answer.question
    assert answer.question.startswith("Which is meant: ")
    assert answer.to_json()["question"] == answer.question


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("31 June", "impossible-date"),
        ("30 February 2024", "impossible-date"),
        ("2023-02-30 to 2023-03-01", "impossible-date"),
        ("32.01.2023", "impossible-date"),
        ("13/13/2023", "impossible-date"),
        ("the 45th", "impossible-date"),
        ("Wednesday, October 5", "impossible-date"),
        ("December 2025", "after-said"),
        ("after 23 October 2024", "after-said"),
        ("from March 2024 to February 2024", "phrase"),
        ("since the summit", "event-needed"),
        ("two days after the summit", "event-needed"),
        ("gibberish", "phrase"),
        ("Feb-24", "phrase"),
        ("as many as", "phrase"),
        ("", "phrase"),
        ("between August", "phrase"),
        ("August and", "phrase"),
        ("at the end of", "phrase"),
        ("the port in August", "phrase"),
        ("as of 17 and 20 October", "phrase"),
        ("Y170000002", "date-range"),
        ("the 5th of 2023 2024", "phrase"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(phrase: str, code: str) -> None:
    """Impossible days, days after they were said, words that are no date: an error in three parts, never a day."""
    with pytest.raises(UsageError) as caught:
        read(phrase, said=date(2024, 10, 23), language=None)
    assert caught.value.code == code


def test_the_samples_are_all_within_their_bounds(samples: Path) -> None:
    """The 21 real phrases: at most three with a question, none silently wrong. Printed for the record."""
    asked = 0
    with (samples / "casefile/date_phrases_examples.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        readings = read(row["phrase"], said=date.fromisoformat(row["date_said"]))
        bounds = [
            tuple("" if moment is None else moment.isoformat() for moment in (one.when.earliest, one.when.latest))
            for one in readings
        ]
        assert (row["expected_earliest"], row["expected_latest"]) in bounds, row["phrase"]
        asked += len(readings) > 1
    print(f"{len(rows)} phrases, {asked} answered by a question")
    assert len(rows) == 21
    assert asked <= 3


def test_the_speakers_zone_decides_the_day() -> None:
    """Friday in Washington is Saturday in Tokyo."""
    said = datetime(2024, 10, 18, 18, 0, tzinfo=UTC)
    assert said_day(said, None) == date(2024, 10, 18)
    assert said_day(said, "Asia/Tokyo") == date(2024, 10, 19)
    assert ask("on Friday", said="2024-10-19T03:00+09:00", zone="America/New_York").said == date(2024, 10, 18)
    for zone in ("Atlantis/Sunken", "../etc/passwd"):
        with pytest.raises(UsageError) as caught:
            said_day(said, zone)
        assert caught.value.code == "zone"
    with pytest.raises(UsageError):
        said_day(datetime(2024, 10, 18, 18, 0), None)  # noqa: DTZ001 - that is the point


def test_a_phrase_can_lean_on_an_event() -> None:
    """ "Two days after the summit", once somebody says which summit; an open event cannot carry it."""
    events = {"summit": When.on(date(2023, 9, 13))}
    said = date(2024, 2, 26)
    assert read("two days after the summit", said=said, events=events)[0].when.edtf() == "2023-09-15"
    assert read("a few weeks before the summit", said=said, events=events)[0].when.edtf() == "2023-08-09/2023-08-30"
    assert read("since the summit", said=said, events=events)[0].when.edtf() == "2023-09-13/2024-02-26"
    for known in ({"summit": When.between(None, date(2023, 9, 13))}, {**events, "the summit": When.year(2022)}):
        with pytest.raises(UsageError):
            read("since the summit", said=said, events=known)
    assert ask("since the summit", said="2024-02-26", events=["summit=2023-09-13"]).readings


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"said": "yesterday"}, "date"),
        ({"direction": "sideways"}, "direction"),
        ({"events": ["summit"]}, "event"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(change: dict[str, str | list[str]], code: str) -> None:
    """The rest of the question is checked too."""
    asked = {"said": "2024-02-26", **change}
    with pytest.raises(UsageError) as caught:
        ask("late August", **asked)
    assert caught.value.code == code


def test_a_told_direction_is_followed() -> None:
    """ "Late August" of a plan lies ahead."""
    assert (
        ask("late August", said="2024-02-26", direction="future").readings[0].when.edtf() == "2024-08-21~/2024-08-31~"
    )
    assert ask("since August", said="2024-02-26", direction="future").readings[0].when.edtf() == "2024-08-01/.."
    assert ask("after August", said="2024-02-26", direction="future").readings[0].when.edtf() == "2024-09-01/.."
    assert ask("the 4th", said="2024-02-26", direction="future").readings[0].when.edtf() == "2024-03-04"
    assert ask("on Friday", said="2024-02-26", direction="future").readings[0].when.edtf() == "2024-03-01"
    assert ask("17 and 20 March", said="2024-02-26", direction="future").readings[0].edtf() == "{2024-03-17,2024-03-20}"
    assert ask("winter 2024", said="2024-02-26", direction="future").question
    assert not ask("by December", said="2024-10-23", direction="future").question


def test_lists_and_one_of_are_written_as_sets() -> None:
    """All of, or one of; members keep their days."""
    said = date(2024, 1, 10)
    reading = read("Dec. 30, Jan. 2 and Jan. 6", said=said)[0]
    assert reading.edtf() == "{2023-12-30,2024-01-02,2024-01-06}"
    assert len(reading.to_json()["members"]) == 3
    assert read("17 or 20 October", said=said)[0].edtf() == "[2023-10-17,2023-10-20]"
    assert read("2023-10/2023-12", said=said)[0].language == "edtf"


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                "late",
                "August",
                "2023",
                "to",
                "from",
                "the",
                "4",
                "and",
                ",",
                "-",
                "last",
                "year",
                "two",
                "weeks",
                "ago",
                "by",
                "с",
                "конца",
                "августа",
                "8월",
                "부터",
                "말",
                "since",
                "night of",
                "31",
                "summer",
                "Monday",
                "around",
                "between",
            ]
        ),
        max_size=7,
    ).map(" ".join),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_no_phrase_breaks_the_reader_or_inverts_its_bounds(phrase: str, said: date) -> None:
    """Hostile input: readings with bounds in order that EDTF can write and read, or an error of ours."""
    try:
        readings = read(phrase, said=said)
    except UsageError:
        return
    for reading in readings:
        first, last = reading.when.earliest, reading.when.latest
        assert first is None or last is None or first <= last
        assert edtf.read(reading.edtf()).when.earliest == first


def test_every_language_has_the_same_kinds_of_words() -> None:
    """A language that lacks months or seasons is not finished."""
    from dateline.core.phrases.tokens import lexicon

    assert languages() == ("en", "ko", "ru", "uk")
    for code in languages():
        kinds = {kind for kind, _, _ in lexicon(code).patterns}
        assert {"month", "weekday", "season", "part", "quarter", "half", "unit", "relative", "from", "to"} <= kinds
