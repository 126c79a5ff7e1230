"""What each kind of record accepts, and what it refuses."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.core.where import Where
from dateline.ledger.claim import Claim
from dateline.ledger.event import Event
from dateline.ledger.head import Head
from dateline.ledger.measure import Measure, Selector
from dateline.ledger.media_item import MediaItem
from dateline.ledger.observation import Observation
from dateline.ledger.place import Ground, Place
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply

CLAIM = 'id = "C1"\nspeaker = "us"\nsaid = 2024-02-23\nstance = "asserts"\nstatement = "x"\n'
EVENT = 'id = "e"\ntitle = "t"\nkind = "claimed"\nclaims = ["C1"]\n'
PLACE = 'id = "p"\nrole = "port"\nnames = {en = "P"}\n'
REPLY = 'id = "r"\nparty = "us"\nquestion = "?"\nasked = "2024-10-01"\n'
MEDIA = 'id = "m"\ntitle = "t"\ntype = "photo"\n'
SEEN = {"id": "o", "by": "mk", "at": "2024-11-01T10:00:00Z", "item": "E", "state": "absent"}


def made(model: type[Record], text: str) -> Any:
    """The record in a TOML text."""
    return model.model_validate(tomllib.loads(text))


def refused(model: type[Record], data: str | dict[str, Any]) -> list[tuple[str, str]]:
    """Key and found of every fault."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(tomllib.loads(data) if isinstance(data, str) else data)
    rows = []
    for error in caught.value.errors():
        context = error.get("ctx", {})
        steps = [*map(str, error["loc"]), *filter(None, [context.get("at")])]
        rows.append((".".join(steps), context.get("found", error["type"])))
    return rows


SEPTEMBER = When.month(2023, 9)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ('"2023-09"', SEPTEMBER),
        ("2024-02-23", When.on(date(2024, 2, 23))),
        ("2024-02-23T10:00:00Z", When.on(datetime(2024, 2, 23, 10, tzinfo=UTC))),
        ('{edtf = "2023-09"}', SEPTEMBER),
        ('{earliest = 2023-09-01, latest = "2023-09-30"}', SEPTEMBER),
        ('{earliest = "2023-09-01", latest = "2023-09-30", edtf = "2023-09"}', SEPTEMBER),
        ('{edtf = "2023-09/.."}', When.between(date(2023, 9, 1), None)),
        (
            "{earliest = 2023-09-01, latest = 2023-09-04, after = true}",
            When.bracket(date(2023, 9, 1), date(2023, 9, 4)),
        ),
        (
            '{earliest = 2024-10-17, latest = 2024-10-20, edtf = "{2024-10-17,2024-10-20}"}',
            When.between(date(2024, 10, 17), date(2024, 10, 20)),
        ),
        (
            '{text = "not said", rule = "not stated"}',
            When(earliest=None, latest=None, text="not said", rule="not stated"),
        ),
    ],
)
def test_a_time_may_be_written_in_several_ways(text: str, when: When) -> None:
    """EDTF, TOML dates, and a table with bounds all become the same When; an EDTF set beside bounds is let be."""
    assert made(Event, f"{EVENT}when = {text}").when == when


@pytest.mark.parametrize(
    ("text", "key", "found"),
    [
        ('"2024-02-23T10:00"', "when.edtf", "'2024-02-23T10:00'"),
        ('{earliest = "2024-02-23T99:00Z"}', "when.earliest", "'2024-02-23T99:00Z'"),
        ("{earliest = 5}", "when.earliest", "5"),
        ('"last autumn"', "when.edtf", "'last autumn'"),
        ("5", "when", "5"),
        ("10:00:00", "when", "datetime.time(10, 0)"),
        ("2024-02-23T10:00:00", "when.earliest", "2024-02-23T10:00:00 without a zone"),
        ('{text = "late August"}', "when", "no earliest, latest or edtf"),
        ('{earliest = "2024-08-32"}', "when.earliest", "'2024-08-32'"),
        ("{earliest = 2024-08-21, latest = 2024-08-01}", "when", "earliest 2024-08-21, latest 2024-08-01"),
        ("{earlist = 2024-08-21}", "when.earlist", "extra_forbidden"),
        ("{earliest = 2024-08-21, said = 2024-09-01T10:00:00Z}", "when.said", "2024-09-01 10:00:00+00:00"),
        ("{earliest = 2024-08-21, approximate = 1}", "when.approximate", "bool_type"),
    ],
)
def test_a_time_that_says_nothing_or_two_things_is_refused(text: str, key: str, found: str) -> None:
    """A phrase without bounds, a clock without a zone, an end before its beginning: never guessed."""
    assert (key, found) in refused(Event, f"{EVENT}when = {text}")


def test_edtf_that_says_something_else_than_the_days_is_refused() -> None:
    """Otherwise a reader would get one interval and a program another."""
    ((key, found),) = refused(Event, f'{EVENT}when = {{earliest = 2023-09-01, latest = 2023-09-30, edtf = "2023-08"}}')
    assert key == "when.edtf"
    assert found == "'2023-08', which means August 2023"


def test_a_quantity_keeps_its_words_and_its_open_side() -> None:
    """More than 10,000 is (10000, open), and an absent bound is unbounded."""
    claim = made(
        Claim,
        CLAIM + 'quantity = {text = "more than 10,000", low = 10000, low_open = true, unit = "t", kind = "count"}',
    )
    assert claim.quantity == Quantity(
        text="more than 10,000", low=10000, high=None, low_open=True, unit="t", kind=Kind.COUNT
    )


@pytest.mark.parametrize(
    ("inner", "key"),
    [
        ("low = true", "quantity.low"),
        ("low = '5'", "quantity.low"),
        ("low = 9, high = 5", "quantity"),
        ("low = nan", "quantity"),
        ("high = inf", "quantity"),
        ("note = 'no bound'", "quantity.note"),
        ("high_open = true", "quantity"),
    ],
)
def test_a_quantity_that_is_none_is_refused(inner: str, key: str) -> None:
    """True is not 1, text is not a number, infinity is not a bound, and words alone are not an amount."""
    faults = refused(Claim, CLAIM + f'quantity = {{text = "many", unit = "t", kind = "count", {inner}}}')
    assert key in dict(faults)


def test_a_place_is_a_point_a_ring_or_a_shape() -> None:
    """A ring of corners is closed for the person who wrote it."""
    point = made(Place, PLACE + "where = {lon = 130.3, lat = 42.2, radius = 1000}")
    ring = made(Place, PLACE + "where = {polygon = [[130, 42], [131, 42], [131, 43]], precision = 10}")
    assert point.where == Where.point(lon=130.3, lat=42.2, radius=1000)
    assert ring.where == Where.area([[[(130, 42), (131, 42), (131, 43), (130, 42)]]], precision=10)


@pytest.mark.parametrize(
    ("where", "key", "found"),
    [
        ("{}", "where", "no position"),
        ("{lon = 42.2, lat = 130.3}", "where", "lon 42.2, lat 130.3, radius None"),
        ("{lon = 1}", "where", "lon 1.0, lat None, radius None"),
        ("{lon = 1, lat = 2, geojson = 'a'}", "where", "lon/lat and geojson"),
        ("{lon = 1, lat = 2, precision = 2}", "where.precision", "precision with a point"),
        ("{lon = 1, lat = 2, radius = -2}", "where", "lon 1.0, lat 2.0, radius -2.0"),
        ("{polygon = [[1, 2], [3, 4]]}", "where", "2 corners"),
        ("{polygon = [[1, 2, 3], [3, 4], [5, 6]]}", "where.polygon.0", "too_long"),
        ("{geojson = 'a.geojson'}", "where.geojson", "'a.geojson'"),
    ],
)
def test_a_position_that_is_none_is_refused(where: str, key: str, found: str) -> None:
    """Swapped degrees, two forms at once, half a point."""
    assert refused(Place, f"{PLACE}where = {where}") == [(key, found)]


def test_places_of_people_are_sensitive_unless_said_otherwise() -> None:
    """Camera points, landmarks, witnesses' places and tracks give somebody away; so a typing error may not pass."""
    ground = "where = {lon = 1, lat = 2}"
    for role in ("camera", "landmark", "witness", "track"):
        assert made(Place, PLACE.replace("port", role) + ground).is_sensitive
        assert not made(Place, PLACE.replace("port", role) + "sensitive = false\n" + ground).is_sensitive
    assert not made(Place, PLACE + ground).is_sensitive
    assert made(Place, PLACE + "sensitive = true\n" + ground).is_sensitive
    assert refused(Place, PLACE.replace("port", "witnes") + ground) == [("role", "literal_error")]


def test_a_berth_has_a_quay_line_along_which_slots_are_measured() -> None:
    """A berth without a quay, a slot that ends before it begins, slots without a quay: refused."""
    berth = PLACE.replace("port", "berth") + "where = {lon = 1, lat = 2}\n"
    slot = 'slots = [{id = "s1", start = 0, end = 180}]\n'
    assert made(Place, berth + "quay = [[1, 2], [1, 2.01]]\n" + slot).slots[0].end == 180
    assert refused(Place, berth) == [("quay", "0 points")]
    assert refused(Place, berth.replace("berth", "port") + slot) == [("slots", "slots without a quay")]
    turned = slot.replace("start = 0", "start = 200")
    assert refused(Place, berth + "quay = [[1, 2], [1, 2.01]]\n" + turned)[0][0] == "slots.0.end"


def test_a_language_is_a_code() -> None:
    """Names are kept by language; a place without any is nowhere in a sentence."""
    where = "where = {lon = 1, lat = 2}"
    assert refused(Place, PLACE.replace("en =", "English =") + where) == [("names.English", "'English'")]
    assert refused(Place, PLACE.replace('{en = "P"}', "{}") + where) == [("names", "no name")]
    place = made(Place, PLACE.replace('{en = "P"}', '{ko = "나진"}') + where)
    assert (place.name("en"), place.name("ko"), place.title_text()) == ("나진",) * 3


def test_a_chain_ends_once_and_does_not_come_back() -> None:
    """An end in the middle hides who knows; a name met twice is a loop."""
    link = '{{who = "{}", how = "h"{}}}'
    two = [link.format("a", ", end = true"), link.format("b", "")]
    assert refused(Claim, f"{CLAIM}chain = [{', '.join(two)}]") == [
        ("chain.0.end", "an end in the middle of the chain")
    ]
    loop = ", ".join(link.format(who, "") for who in "aba")
    assert refused(Claim, f"{CLAIM}chain = [{loop}]") == [("chain.2.who", "a circular reference: 'a' a second time")]


def test_the_two_admiralty_scales_stay_apart() -> None:
    """A letter for the source, a number for the information; neither may stand for the other."""
    text = (
        CLAIM
        + '[assessment]\nsource_reliability = "{}"\ninfo_credibility = {}\nby = "mk"\ndate = 2024-03-02\nwhy = "w"\n'
    )
    assert made(Claim, text.format("F", 6)).assessment.source_reliability == "F"
    assert [key for key, _ in refused(Claim, text.format("G", 7))] == [
        "assessment.source_reliability",
        "assessment.info_credibility",
    ]


def test_an_event_stands_on_something() -> None:
    """Measured needs a finding; everything else needs somebody who says so."""
    when = 'when = "2024-02"\n'
    assert refused(Event, EVENT.replace("claimed", "measured") + when) == [("findings", "measured, without findings")]
    assert refused(Event, EVENT.replace('claims = ["C1"]\n', "") + when) == [("sources", "nobody who says so")]
    page = 'sources = [{url = "example.org"}]\n'
    assert refused(Event, EVENT + when + page) == [("sources.0.url", "'example.org'")]


def test_only_a_second_person_confirms() -> None:
    """Each axis of verification is confirmed by a reviewer who is not its author."""
    rung = '[location]\nstate = "confirmed"\nby = "mk"\n'
    assert refused(MediaItem, MEDIA + rung) == [("location.0.reviewer", "confirmed by one person")]
    also = [("location.0.reviewer", "'mk', who also wrote it")]
    assert refused(MediaItem, MEDIA + rung + 'reviewer = "mk"\n') == also
    assert made(MediaItem, MEDIA + rung + 'reviewer = "fox"\n').location[-1].state == "confirmed"
    assert refused(MediaItem, MEDIA + '[time]\nstate = "matched"\n') == [("time.0.state", "literal_error")]


def test_a_reply_says_when_and_what() -> None:
    """An answer needs its words and its day; a deadline lies after the question."""
    late = 'deadline = "2024-10-08"\noutcome = "answered"\n'
    assert refused(Reply, REPLY + late) == [("answered", "nothing"), ("answer", "nothing")]
    early = 'deadline = "2024-09-30"\noutcome = "waiting"\n'
    assert refused(Reply, REPLY + early) == [("deadline", "30 September 2024")]


def test_an_input_is_one_selector_or_several() -> None:
    """One as a table, several as an array of tables; both are tuples in Python, and unknown keys are errors."""
    one = made(Measure, 'id = "m"\nmethod = "x"\n[inputs.lights]\nproduct = "VNP46A3"\n')
    two = made(Measure, 'id = "m"\nmethod = "x"\n[[inputs.lights]]\nproduct = "a"\n[[inputs.lights]]\nproduct = "b"\n')
    assert one.inputs == {"lights": (Selector(product="VNP46A3"),)}
    assert [selector.product for selector in two.inputs["lights"]] == ["a", "b"]
    assert refused(Measure, 'id = "m"\nmethod = "x"\n[inputs.lights]\nprodukt = "a"\n') == [
        ("inputs.lights.0.produkt", "extra_forbidden")
    ]


def test_an_observation_is_withdrawn_by_another() -> None:
    """Nothing is edited: a withdrawal names what it takes back, and the moment has a zone."""
    assert refused(Observation, SEEN | {"state": "withdrawn"}) == [("supersedes", "nothing that is withdrawn")]
    assert refused(Observation, SEEN | {"at": "2024-11-01"})[0][0] == "at"
    assert refused(Observation, SEEN | {"at": "2024-11-01T10:00:00"})[0][0] == "at"
    assert Observation.model_validate(SEEN).at == datetime(2024, 11, 1, 10, tzinfo=UTC)


def test_the_head_of_a_case() -> None:
    """A worldview is stated, people differ, languages are codes."""
    head = 'id = "c"\ntitle = "t"\nquestion = "q"\nworldview = "ua"\n'
    assert made(Head, head).level == 0.9
    assert refused(Head, head.replace('"ua"', '"Ukraine"')) == [("worldview", "'Ukraine'")]
    assert refused(Head, head + 'languages = ["English"]') == [("languages.0", "'English'")]
    assert refused(Head, head + "languages = []") == [("languages", "no language")]
    people = 'people = [{id = "a", role = "editor"}, {id = "a", role = "editor"}]'
    assert refused(Head, head + people) == [("people.1.id", "'a' a second time")]


def test_records_are_frozen_and_hashed_by_what_they_say() -> None:
    """Key order, comments and notation don't change a record's identity; a position does."""
    one = made(Place, PLACE + "where = {lon = 1, lat = 2}")
    two = made(Place, "where.lat = 2.0 # north\nwhere.lon = 1.0\nnames.en = 'P'\nrole = 'port'\nid = 'p'\n")
    assert one.sha256() == two.sha256()
    assert one.sha256() != one.model_copy(update={"ground": Ground(lon=1, lat=2.5)}).sha256()
    with pytest.raises(ValidationError):
        one.id = "q"
