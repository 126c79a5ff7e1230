"""What people type becomes a record, a list of faults, or a question; and it can be spelt as text again."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import UsageError
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.compose.amounts import read_amount, spelt_amount
from dateline.ledger.compose.brackets import Wrong
from dateline.ledger.compose.desk import Desk, Option, Spotted, desk_of
from dateline.ledger.compose.form import FORMS, form_of
from dateline.ledger.compose.ground import read_plain, spelt_position
from dateline.ledger.compose.links import read_chain, read_citations, spelt_chain
from dateline.ledger.compose.make import Composed, compose, next_number
from dateline.ledger.compose.spell import KEPT_BACK, spelt_record
from dateline.ledger.compose.times import Against, read_when, spelt
from dateline.ledger.compose.told import Told, read_text, template
from dateline.ledger.place import Place
from dateline.ledger.reading import shapes_of
from dateline.ledger.source import Source

STATE = Source(id="us-state", type="government", zone="America/New_York", names={"en": "US State Department"})
DESK = Desk(sources={"us-state": STATE})
CLAIM = {
    "speaker": "US State Department", "said": "2024-02-23", "stance": "asserts",
    "statement": "North Korea delivered more than 10,000 containers",
}  # fmt: skip


def made(kind: str, told: dict[str, str], **how: Any) -> Composed:
    """Composes what was told."""
    return compose(kind, Told("here", told), how.pop("desk", DESK), **how)


def claim(**told: str) -> Claim:
    """The claim that these texts make."""
    found = made("claim", CLAIM | told)
    assert not found.faults, found.faults
    assert isinstance(found.records[-1], Claim)
    return found.records[-1]


def test_a_claim_is_made_of_what_people_write() -> None:
    """Words of dates and amounts become bounds with their words kept; a chain says which link was read."""
    one = claim(
        quantity="more than 10,000 containers", quantity_kind="cumulative", period="since last September",
        chain="Tribune > Yonhap [read] > State Department", hedge="has delivered", hedge_class="flat",
        sources="Yonhap https://en.yna.co.kr/a [published 2024-02-24] [read 2024-03-01]",
        quote="만 개 이상", language="ko", translation="more than 10,000", translator="mk", second_linguist="fox",
    )  # fmt: skip

    assert one.id == "C001"
    assert one.speaker == "us-state"
    assert one.quantity is not None
    assert (one.quantity.low, one.quantity.low_open, one.quantity.unit) == (10000, True, "container")
    assert one.period is not None
    assert (one.period.earliest, one.period.latest) == (date(2023, 9, 1), date(2024, 2, 23))
    assert [(link.who, link.read, link.end) for link in one.chain] == [
        ("Tribune", False, False), ("Yonhap", True, False), ("State Department", False, True),
    ]  # fmt: skip
    assert one.original is not None
    assert one.original.second_linguist == "fox"
    assert one.sources[0].url == "https://en.yna.co.kr/a"


def test_a_weekday_is_read_against_the_page_and_the_speakers_zone() -> None:
    """ "On Friday" in a page of Saturday; midnight in Seoul is still the day before in Washington."""
    one = claim(said="on Friday", sources="https://example.org/a [published 2024-02-24]")
    late = claim(said="2024-02-24T09:30+09:00", period="since last September")

    assert one.said.latest == date(2024, 2, 23)
    assert late.period is not None
    assert late.period.latest == date(2024, 2, 23)


@pytest.mark.parametrize("number", [1, 2])
def test_a_doubtful_text_is_a_question_until_somebody_chooses(number: int) -> None:
    """Nothing is guessed: both readings are listed, and the choice is what the record says."""
    told = CLAIM | {"period": "by July", "quantity": "1.500 containers", "quantity_kind": "count"}
    open_ = made("claim", told)
    chosen = made("claim", told, choices={"period": number, "quantity": number})

    assert [(question.key, len(question.options)) for question in open_.questions] == [("quantity", 2), ("period", 2)]
    assert open_.records == ()
    assert isinstance(chosen.records[0], Claim)
    assert chosen.records[0].quantity is not None
    assert chosen.records[0].quantity.low == (1.5, 1500)[number - 1]
    assert chosen.records[0].period is not None
    assert chosen.records[0].period.text == "by July"
    assert "a number from 1 to 2" in made("claim", told, choices={"period": 9, "quantity": 1}).faults[0].valid


def test_every_fault_is_told_at_once_with_the_line_of_its_key() -> None:
    """Unknown keys, missing answers, words that are no date and a stance that is nearly one."""
    text = "Speaker: Nobody Known\nfoo: 1\nsaid: whenever\nstance: assert\nperiod: 2024-05\n"
    told, wrong = read_text(text, form_of("claim"), file="pasted")
    found = [(fault.key, fault.line) for fault in (*wrong, *compose("claim", told, DESK).faults)]

    assert found == [("foo", 2), ("speaker", 1), ("said", 3), ("statement", None), ("stance", 4)]


@pytest.mark.parametrize(
    ("told", "key", "found"),
    [
        ({"period": "2024-05"}, "period", "May 2024"),
        ({"chain": "A > B > A"}, "chain", "circular"),
        ({"quantity": "5 widgets", "quantity_kind": "count"}, "quantity", "widgets"),
        ({"quantity": "5 containers"}, "quantity_kind", "nothing"),
        ({"period": "Feb-24"}, "period", "as spreadsheets write"),
        ({"sources": "https://a.org https://b.org"}, "sources", "2 addresses"),
        ({"info_credibility": "9", "source_reliability": "B", "assessed_by": "mk", "assessed_on": "2024-03-02",
          "assessed_why": "w"}, "info_credibility", "9"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_where_it_stands(told: dict[str, str], key: str, found: str) -> None:
    """A date after the day it was said, a chain that loops, an unknown unit, a number without its kind."""
    faults = made("claim", CLAIM | told).faults

    assert [fault.key for fault in faults] == [key]
    assert found in faults[0].found


def test_an_unknown_speaker_is_offered_the_nearest_or_made_on_the_spot() -> None:
    """A new source comes before its claim; a known one is never doubled."""
    near = made("claim", CLAIM | {"speaker": "US State Departmnt"})
    new = made(
        "claim", CLAIM | {"speaker": "Port of Najin", "speaker_type": "company", "speaker_zone": "Asia/Pyongyang"}
    )
    wrong = made("claim", CLAIM | {"speaker_type": "company"})

    assert near.questions[0].options[0].told == {"speaker": "us-state"}
    assert [record.id for record in new.records] == ["port-of-najin", "C001"]
    assert isinstance(new.records[0], Source)
    assert new.records[0].zone == "Asia/Pyongyang"
    assert wrong.faults[0].key == "speaker_type"


def test_ids_are_made_of_content_and_never_twice() -> None:
    """Claims are numbered on; others are named after what they are."""
    assert next_number({"c041", "c089", "najin"}) == "C090"
    place = {"name": "Najin", "role": "port", "position": "42.23330 N, 130.30000 E"}
    assert made("place", place, taken={"najin", "najin-2"}).records[0].id == "najin-3"


def test_a_place_takes_any_position_and_says_what_is_sensitive() -> None:
    """Names are looked up, never chosen; a coarse position is that uncertain; a camera gives people away."""
    desk = Desk(
        spot=lambda text: Spotted(130.3, 42.2, 7000.0) if text[0].isdigit() else (Option("A", {}), Option("B", {}))
    )
    camera = {"name": "C", "role": "camera", "position": "42.2 130.3"}
    found = made("place", camera, desk=desk)

    assert isinstance(found.records[0], Place)
    assert found.records[0].where.radius == 7000.0
    assert any("give somebody away" in note for note in found.notes)
    named = made("place", camera | {"position": "Rajin"}, desk=desk)
    assert [option.label for option in named.questions[0].options] == ["A", "B"]
    assert made("place", camera | {"name": "나진"}, desk=desk).faults[0].valid.endswith("name_ko, name_ru …")
    both = made(
        "place", {"name_ko": "나진", "role": "port", "position": "42.2 130.3", "radius": "2 km"}, desk=desk
    ).records[0]
    assert isinstance(both, Place)
    assert (both.names, both.where.radius) == ({"ko": "나진"}, 2000.0)


def test_a_reply_reads_its_deadline_ahead() -> None:
    """ "8 October", asked on the 1st, is a week later and not a year ago."""
    told = {"party": "us-state", "question": "What is it based on?", "asked": "2024-10-01", "outcome": "waiting"}
    reply = made("reply", told | {"deadline": "8 October"}).records[0]

    assert reply.id == "reply-us-state"
    assert reply.to_json()["deadline"]["earliest"] == "2024-10-08"


@pytest.mark.parametrize("kind", FORMS)
def test_every_key_of_a_form_fills_a_field_and_the_empty_form_says_so(kind: str) -> None:
    """The template reads as nothing told; each path is a key that the record has."""
    form = form_of(kind)
    told, faults = read_text(template(form), form, file="f")

    assert (told.values, faults) == ({}, [])
    for field in form.fields:
        steps = field.steps
        assert not field.path or steps[0] in {f.alias or n for n, f in form.model.model_fields.items()}, field
    with pytest.raises(UsageError, match="no form"):
        form_of("finding")


def test_pasted_text_keeps_lines_where_they_mean_something() -> None:
    """A quote keeps its lines; a statement is one line; pages may be said one after another."""
    text = "# c\nStatement: a\n  b\nquote: x\n  y\nurl: https://a.org/1\nurl: https://a.org/2\n---\nStatement: c\nodd\n"
    told, faults = read_text(text, form_of("claim"), file="p")

    assert told.values == {"statement": "a b", "quote": "x\ny", "sources": "https://a.org/1\nhttps://a.org/2"}
    assert [(fault.line, fault.key) for fault in faults] == [(10, "the line"), (9, "statement")]


DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
WORDS = st.text("abcdefg йцу 나진 0123 ,.;'!?", min_size=1, max_size=20).map(str.strip).filter(bool)
WHENS = st.builds(
    lambda first, length, words, said, rough: When(
        earliest=first, latest=date.fromordinal(first.toordinal() + length), text=words, said=said, approximate=rough,
        rule="r" if words else None,
    ),
    DAYS, st.integers(0, 500), st.none() | WORDS, st.none() | DAYS, st.booleans(),
)  # fmt: skip


@given(WHENS)
def test_a_time_that_is_spelt_reads_as_itself(when: When) -> None:
    """Words, the day they were said, the rule and the bounds all come back."""
    assert read_when(spelt(when), Against()) == when


@given(low=st.none() | st.integers(0, 10**9), more=st.none() | st.integers(0, 10**9), words=WORDS, opened=st.booleans())
def test_an_amount_that_is_spelt_reads_as_itself(low: int | None, more: int | None, words: str, opened: bool) -> None:
    """Bounds, open bounds and words come back."""
    high = None if more is None else (low or 0) + more
    if low is None and high is None:
        return
    table = {"text": words, "low": low, "high": high, "low_open": opened and low is not None, "unit": "troop"}
    told = {key: value for key, value in table.items() if value is not None and value is not False}

    assert read_amount(spelt_amount(told), ()) == told


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_position_that_is_spelt_reads_as_itself(lon: float, lat: float) -> None:
    """To the last digit, with its hemispheres."""
    assert read_plain(spelt_position(lon, lat)) == (lon, lat)


@pytest.mark.parametrize(
    "text", ["A > B", "A [not read] > B [how says] [source x] > ?", "A [claim C1] [evidence E] > B [read]"]
)
def test_a_chain_that_is_spelt_reads_as_itself(text: str) -> None:
    """How, which source, what was read, and whether anybody knows."""
    links = read_chain(text)
    assert read_chain(spelt_chain(links)) == links


def test_marks_that_stand_twice_and_words_without_a_day_are_refused() -> None:
    """What depends on the day it was said needs one; brackets of another word belong to the text."""
    with pytest.raises(Wrong):
        read_when("late August [said 2024-01-01] [said 2024-01-02]", Against())
    with pytest.raises(Wrong, match="depends on the day"):
        read_when("late August", Against())
    assert read_when("23 February 2024", Against()).latest == date(2024, 2, 23)
    assert read_citations("[Video] A https://a.org [read 2024-01-02]")[0]["title"] == "[Video] A"


def test_records_of_a_case_come_back_from_their_spelling(rason: Path) -> None:
    """Every hand-written kind of the small case, chains and axes included; sensitive places are kept back."""
    case = Case.load(rason)
    desk = desk_of(case)
    for kind, form in FORMS.items():
        for record in case.of(form.model).values():
            told = spelt_record(record, form)
            again = compose(kind, Told("t", told), desk, shapes=shapes_of(rason))
            assert again.faults == ()
            assert again.questions == ()
            assert again.records[-1].to_json() == record.to_json()
    camera = Place(id="cam", role="camera", names={"en": "C"}, where={"lon": 1.0, "lat": 2.0}, note="by the door")
    assert spelt_record(camera, FORMS["place"]) == {
        "id": "cam", "name_en": "C", "role": "camera", "position": KEPT_BACK, "note": KEPT_BACK,
    }  # fmt: skip
    assert not re.search(r"[12]\.0", str(spelt_record(camera, FORMS["place"])))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("place", {"id": "pier", "name_en": "Pier", "role": "berth", "polygon": "1.5 42.0; 1.6 42.0; 1.6 42.5",
                   "precision": "50", "quay": "130.298 42.228; 130.3 42.231", "slots": "south 0-180; north 180-340.5"}),
        ("source", {"id": "x", "name_en": "X", "type": "ngo", "history": "C [by mk] [date 2024-03-02] too high"}),
        ("event", {"id": "e", "title": "E", "kind": "reported", "claims": "C1", "when": "then [rule not stated]"}),
        ("event", {"id": "e", "title": "E", "kind": "reported", "claims": "C1", "when": "2024-02/2024-03 [after]"}),
    ],
)  # fmt: skip
def test_rare_answers_are_spelt_as_they_were_told(kind: str, told: dict[str, str]) -> None:
    """Quays, slots, outlines, grades of a source, times that nobody stated."""
    record = made(kind, told).records[-1]
    again = made(kind, spelt_record(record, FORMS[kind])).records[-1]

    assert again == record
    assert spelt_record(record, FORMS[kind]).keys() == told.keys()


@pytest.mark.parametrize(
    ("kind", "key", "text", "valid"),
    [
        ("place", "radius", "near", "2 km"),
        ("place", "polygon", "130.29", "parted by ;"),
        ("place", "slots", "south", "two lengths"),
        ("place", "sensitive", "perhaps", "yes or no"),
        ("claim", "chain", " > A", "Outlet > wire"),
        ("claim", "quantity", "few = .. troop", "at least one bound"),
        ("claim", "quantity", "few = 5 widgets", "Use one of the units"),
        ("claim", "period", "x = 2024-99", "Write"),
        ("claim", "period", "2024-02 [said lately]", "2024-02-26"),
        ("reply", "party", "Nobody", "add it first"),
    ],
)
def test_an_answer_that_cannot_be_read_says_what_can(kind: str, key: str, text: str, valid: str) -> None:
    """Each in its own words, under its own key."""
    told = CLAIM if kind == "claim" else {}
    assert any(fault.key == key and valid in fault.valid for fault in made(kind, {**told, key: text}).faults)


def test_a_day_in_digits_that_two_countries_read_otherwise_is_a_question() -> None:
    """3 February or 2 March; 23/02/2024 leaves no choice."""
    open_ = made("claim", CLAIM | {"said": "03/02/2024"}).questions[0]

    assert [option.told["said"] for option in open_.options] == ["2024-02-03", "2024-03-02"]
    assert claim(said="23/02/2024").said.latest == date(2024, 2, 23)
