"""Claims as a spreadsheet: what goes in comes back, what cannot is reported, and every fault is named at once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import RecordError
from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.ledger.claim import Assessment, Claim, Hedge, Link, Origin
from dateline.ledger.claims_columns import COLUMNS, USUAL, noted, state_of, unit_in
from dateline.ledger.claims_csv import FromCsv, read_claims, write_claims
from dateline.ledger.source import Source

HEAD = "claim_id,statement,speaker,speaker_type,named,origin_key,date_said,stance"
ROW = "C1,Boxes were sent,The ministry,government,institution,ROK-MOD,2024-02-26,asserts"


def table(*rows: str, head: str = HEAD) -> FromCsv:
    return read_claims("\n".join((head, *rows)).encode(), file="claims.csv")


def faults(read: FromCsv) -> set[tuple[int | None, str]]:
    assert not read.claims
    return {(fault.line, fault.key) for fault in read.faults}


@pytest.fixture(scope="module")
def real(samples: Path) -> tuple[bytes, FromCsv]:
    """The samples' table, and what is read from it. Its zero "exports" are a unit of the case's own."""
    data = (samples / "casefile" / "claims_dprk_russia.csv").read_bytes()
    return data, read_claims(data, file="claims_dprk_russia.csv", units={"exports"}).checked()


def test_all_real_claims_come_in(real: tuple[bytes, FromCsv]) -> None:
    """89 claims; amounts keep their bounds and sort, chains their steps, origins the state of their government."""
    claims = {claim.id: claim for claim in real[1].claims}
    assert len(claims) == 89
    said = claims["C041"]
    assert said.quantity == Quantity(
        text="more than 10,000", low=10_000, high=None, low_open=True, unit="container", kind=Kind.CUMULATIVE
    )
    assert said.origin == Origin(key="US-GOV-INTEL", state="US", method="intelligence", raw_material="undisclosed")
    assert claims["C031"].quantity is not None
    assert claims["C031"].quantity.kind is Kind.CAPACITY
    assert claims["C031"].chain[-1].claim == "C030"
    assert {claims[name].origin.state for name in ("C027", "C051")} == {"KR"}
    assert noted(claims["C042"])["place"] == "Dunai (written Danube)"


def test_what_the_table_cannot_get_back_is_reported(real: tuple[bytes, FromCsv]) -> None:
    """One cell of 2,314: an amount without words, which a record cannot have."""
    assert [(one.claim, one.where, one.becomes) for one in real[1].lost] == [("C004", "qty_text", "0")]


def test_there_and_back_is_the_same(real: tuple[bytes, FromCsv]) -> None:
    """Records to table to records changes nothing, and the table has the published columns."""
    read = real[1]
    written = write_claims(read.claims, read.sources)
    assert written.lost == ()
    assert written.text.splitlines()[0] == ",".join(USUAL)
    again = read_claims(written.text.encode(), file="again.csv", units={"exports"})
    assert (again.claims, again.sources) == (read.claims, read.sources)
    assert write_claims(reversed(again.claims), again.sources) == written


def test_the_order_of_rows_is_no_matter(real: tuple[bytes, FromCsv]) -> None:
    """Claims and sources are the same records whatever the order of lines."""
    head, *lines = write_claims(real[1].claims, real[1].sources).text.splitlines()
    shuffled = read_claims("\n".join((head, *reversed(lines))).encode(), file="x.csv", units={"exports"})
    assert {claim.sha256() for claim in shuffled.claims} == {claim.sha256() for claim in real[1].claims}
    assert shuffled.sources == real[1].sources


def test_all_faults_at_once_with_file_and_line() -> None:
    """A table is refused with everything that is wrong with it."""
    head = f"{HEAD},qty_text,qty_low,unit,retells,period_edtf,url"
    read = table(
        "C1,Boxes,,government,institution,ROK-MOD,2024-02-26,asserts,,,,,,",
        "C2,Boxes,A,government,institution,ROK-MOD,2024-02-26,asserts,over 5,5,splonks,,,",
        "C3,Boxes,A,government,institution,ROK-MOD,2024-02-26,asserts,over 5,5,containers,,2024-03-01,",
        "C4,Boxes,A,government,institution,ROK-MOD,soon,asserts,,,,,,",
        "C5,Boxes,A,government,institution,ROK-MOD,2024-02-26,asserts,,,,C6,,",
        "C6,Boxes,A,government,institution,ROK-MOD,2024-02-26,asserts,,,,C5,,",
        "C2,Boxes,A,government,institution,ROK-MOD,2024-02-26,asserts,,,,C99,,not a url",
        "C7,Boxes,A,media,institution,ROK-MOD,2024-02-26,asserts,ten,1o,containers,,,",
        head=head,
    )
    assert faults(read) == {
        (2, "speaker"), (3, "unit"), (4, "period_edtf"), (5, "date_said"), (6, "retells"), (8, "claim_id"),
        (8, "retells"), (8, "url"), (9, "speaker_type"), (9, "qty_low"),
    }  # fmt: skip
    with pytest.raises(RecordError) as error:
        read.checked()
    assert "claims.csv:3: unit: found 'splonks'" in error.value.saw


@pytest.mark.parametrize(
    ("data", "key", "line"),
    [
        (f"{HEAD}\n{ROW}\n".encode("utf-16"), "the file", 1),
        (f"{HEAD}\n{ROW}\n{ROW.replace('Boxes', 'Café')}\n".encode("cp1252"), "the file", 3),
        (b"", "the file", 1),
        (f"{HEAD},colour\n".encode(), "the header", 1),
        (b"claim_id,statement\n", "the header", 1),
        (f"{HEAD},claim_id\n".encode(), "the header", 1),
        (f'{HEAD}\n{ROW}\n"open\n'.encode(), "the row", 3),
    ],
)
def test_what_is_no_such_table_is_refused_whole(data: bytes, key: str, line: int) -> None:
    """Wrong encoding, unknown or missing columns, a quotation mark that never closes."""
    assert faults(read_claims(data, file="x.csv")) == {(line, key)}


@pytest.mark.parametrize(
    "row",
    [
        "C1,Boxes were sent,The ministry,government,institution,ROK-MOD,2024-02-26,extra,asserts",
        "C1,Boxes were sent,,The ministry,government,institution,ROK-MOD,2024-02-26",
        "C1,The ministry,government,institution,ROK-MOD,2024-02-26,asserts,",
    ],
)
def test_shifted_columns_are_one_fault(row: str) -> None:
    """One sentence that says what happened, not ten that follow from it."""
    read = table(row)
    assert len(read.faults) in {1, 2}
    assert read.faults[0].line == 2


def test_a_plan_may_lie_ahead() -> None:
    """What is predicted is not yet over when it is said."""
    head = f"{HEAD},period_edtf"
    assert table(f"{ROW.replace('asserts', 'predicts')},2024-05", head=head).faults == ()
    assert faults(table(f"{ROW},2024-05", head=head)) == {(2, "period_edtf")}


def test_semicolons_a_mark_and_blank_lines_are_welcome() -> None:
    """As spreadsheets in half of Europe save it."""
    text = "\ufeff" + f"{HEAD}\r\n{ROW}\r\n,,,,,,,\r\n".replace(",", ";")
    assert [claim.id for claim in read_claims(text.encode(), file="x.csv").checked().claims] == ["C1"]


def test_a_case_keeps_its_ids_and_sources() -> None:
    """Ids that the case has are not taken twice; a speaker that it knows keeps its record."""
    ministry = Source(id="rok-mod", type="military", state="KR", names={"en": "The ministry"})
    read = read_claims(f"{HEAD}\n{ROW}".encode(), file="x.csv", sources=[ministry])
    assert read.claims[0].speaker == "rok-mod"
    assert read.sources == ()
    assert faults(read_claims(f"{HEAD}\n{ROW}".encode(), file="x.csv", known_ids={"c1"})) == {(2, "claim_id")}


def test_what_a_table_cannot_carry_is_reported() -> None:
    """Links that were read, judgements and further sources stay in the files; the report says so."""
    claim = Claim(
        id="C1",
        speaker="a",
        said=When.on(date(2024, 2, 1)),
        stance="asserts",
        statement="x",
        hedge=Hedge(text="certainly", sort="conditional"),
        chain=(Link(who="paper", how="reprints", read=True), Link(who="ministry", how="says", read=True, end=True)),
        assessment=Assessment(source_reliability="B", info_credibility=3, by="mk", date=date(2024, 3, 1), why="y"),
    )
    written = write_claims([claim], [Source(id="a", type="outlet", names={"en": "A"})])
    assert {one.where for one in written.lost} == {"hedge", "chain", "assessment"}


def test_every_further_column_carries() -> None:
    """Status, kind, relations, places, utterance and a note of one's own go there and back."""
    claim = Claim(
        id="C2",
        speaker="a",
        said=When.month(2024, 2),
        stance="denies",
        statement="x",
        status="planned",
        utterance="u",
        quantity=Quantity(text="up to 8,000", low=None, high=8_000, unit="troop", kind=Kind.CUMULATIVE),
        places=("najin", "vostochny"),
        supersedes=("C1",),
        denies=("C1",),
        qualifies=("C0",),
        note="said\non a train",
    )
    written = write_claims([claim], [Source(id="a", type="think_tank", names={"en": "A"})])
    assert written.lost == ()
    assert set(written.text.splitlines()[0].split(",")) == set(COLUMNS)


@given(st.sampled_from("=+-@"), st.text(st.characters(exclude_categories=("C", "Z")), min_size=1))
def test_nothing_runs_as_a_formula(sign: str, rest: str) -> None:
    """A statement that a spreadsheet would run is written as text, and read as it was."""
    claim = Claim(id="C1", speaker="a", said=When.on(date(2024, 2, 1)), stance="asserts", statement=sign + rest)
    source = Source(id="a", type="outlet", names={"en": "A"})
    written = write_claims([claim], [source])
    assert written.lost == ()
    if not re.fullmatch(r"-\d+(\.\d+)?", sign + rest):  # a number is a number
        assert f",{sign}" not in written.text
        assert f',"{sign}' not in written.text


@pytest.mark.parametrize(
    ("key", "state"),
    [("US-GOV-INTEL", "US"), ("ROK-NIS", "KR"), ("DPRK-GOV", "KP"), ("UN-POE", None), ("EVENT", None), ("us-x", None)],
)
def test_the_state_stands_first_in_a_governments_key(key: str, state: str | None) -> None:
    """United Nations are no state."""
    assert state_of(key) == state


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("round trips", "trip"),
        ("metric tons", "tonne"),
        ("rounds (shells and rockets)", "round"),
        ("20 km", "kilometre"),
    ],
)
def test_the_noun_stands_last(words: str, unit: str) -> None:
    """Round trips are trips, and no rounds."""
    assert unit_in(words) == unit
