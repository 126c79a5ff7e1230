"""Spreadsheets go out and come back: what nobody changed keeps its bytes, and a broken sheet writes nothing."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.core.errors import InputError, RecordError
from dateline.ledger.case import Case
from dateline.ledger.compose.desk import Desk, desk_of
from dateline.ledger.compose.form import FORMS, form_of
from dateline.ledger.compose.spell import KEPT_BACK
from dateline.ledger.event import Event
from dateline.ledger.exports import sheets_csv, sheets_xlsx
from dateline.ledger.media_item import MediaItem
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.sheets.apply import Written, apply
from dateline.ledger.sheets.changes import Changes
from dateline.ledger.sheets.claims import read_claim_rows
from dateline.ledger.sheets.rows import read_rows, sheet_of
from dateline.ledger.sheets.table import book_bytes, csv_text, read_table
from dateline.ledger.skeleton import new_case
from dateline.ledger.source import Source

Put = Callable[[str, str], Path]
STATE = Source(id="state", type="government", names={"en": "State"})
HERE = '"42.23330 N, 130.30000 E"'
PLACES = f"id,name,role,position\nport,Port,port,{HERE}\n"
HEADER = "id,name,role,position,within\n"


def changes(case: Case, kind: str, data: bytes, file: str = "sheet.csv") -> Changes:
    """What a sheet would do to the case."""
    table = read_table(data, file=file, sheet=form_of(kind).model.folder)
    return read_claim_rows(table, case) if kind == "claim" else read_rows(kind, table, case, desk_of(case))


def bring(root: Path, kind: str, data: bytes, file: str = "sheet.csv") -> Written:
    """Imports a sheet."""
    case = Case.load(root)
    return apply(case, changes(case, kind, data, file))


def snapshot(root: Path) -> dict[str, bytes]:
    """Every record's bytes."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.toml")}


def empty(folder: Path) -> Path:
    """A case without records."""
    return new_case(folder, title="T", question="Q", worldview="iso")


def faults(caught: pytest.ExceptionInfo[RecordError]) -> list[tuple[int | None, str]]:
    """Line and key of every fault."""
    return [(fault.line, fault.key) for fault in caught.value.faults]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_sheets_that_nobody_changed_change_nothing(rason: Path, form: str) -> None:
    """Exported and imported again, every file of the case keeps its bytes, in both forms."""
    before, case = snapshot(rason), Case.load(rason)
    book = next(iter(sheets_xlsx.bundle(case).files.values()))
    files = sheets_csv.bundle(case).files

    for kind in FORMS:
        folder = form_of(kind).model.folder
        data, name = (book, "b.xlsx") if form == "xlsx" else (files[f"{folder}.csv"], f"{folder}.csv")
        found = changes(case, kind, data, name)
        assert (found.new, found.changed, found.faults) == ((), (), ())
        assert found.unchanged == len(case.of(form_of(kind).model))
        apply(case, found)
    assert snapshot(rason) == before


def test_one_changed_cell_changes_one_line_of_one_file(rason: Path, put: Put) -> None:
    """Comments, order and spelling of everything else stay as a person wrote them."""
    put("places/port.toml", '# ours\nid = "port"  # x\nrole = \'port\'\nnames.en = "Port"\nwhere = {lon=1,lat=2.0}\n')
    data = sheets_csv.bundle(Case.load(rason)).files["places.csv"].decode()
    before = snapshot(rason)

    written = bring(rason, "place", data.replace("Port", "Harbour").encode())
    after = snapshot(rason)

    assert [path.name for path in written.changed] == ["port.toml"]
    assert {name for name in after if after[name] != before[name]} == {"places/port.toml"}
    assert after["places/port.toml"] == before["places/port.toml"].replace(b'"Port"', b'"Harbour"')


def test_a_changed_claim_keeps_what_a_row_cannot_carry(rason: Path) -> None:
    """The chain's evidence and the way each link passed on have no column; a new hedge leaves them be."""
    data = sheets_csv.bundle(Case.load(rason)).files["claims.csv"].decode()
    before = (rason / "claims/C041.toml").read_text()
    written = bring(rason, "claim", data.replace("has delivered,", "says it delivered,").encode())
    after = (rason / "claims/C041.toml").read_text()

    assert [path.name for path in written.changed] == ["C041.toml"]
    assert 'text = "says it delivered"' in after
    assert 'how = "republishes", read = true, evidence = "E-0191"' in after
    assert "# from what we have back to who knows" in after
    assert len(set(before.splitlines()) ^ set(after.splitlines())) == 2


def test_an_emptied_cell_takes_the_value_out_and_a_missing_column_does_not(rason: Path) -> None:
    """Only what the sheet says changes."""
    bring(rason, "event", b"id,title,when\nfactsheet,New title,2024-02-22\n")
    assert Case.load(rason).events["factsheet"].title == "New title"
    assert Case.load(rason).events["factsheet"].claims == ("C041",)
    bring(rason, "media", b"id,taken,location,location_by,location_why\nclip,,,,\n")
    assert Case.load(rason).media["clip"].taken is None
    assert Case.load(rason).media["clip"].location == ()


TEXTS = st.text("abc йцу 나진 019 .,;:'\"!?–()=+@-", min_size=1, max_size=12).map(str.strip).filter(bool)
IDS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
TIMES = st.dates(date(1950, 1, 1), date(2090, 1, 1)).map(date.isoformat)
NAMED = st.dictionaries(st.sampled_from(["en", "ko", "uk"]), TEXTS, min_size=1)
PAGES = st.lists(
    st.fixed_dictionaries({"url": st.just("https://a.org/1")}, optional={"published": TIMES, "read": TIMES}), max_size=2
)
POINTS = st.fixed_dictionaries(
    {"lon": st.floats(-180, 180), "lat": st.floats(-90, 90)}, optional={"radius": st.floats(0, 1e6)}
)
RECORDS = {
    "place": (Place, {"id": IDS, "role": st.sampled_from(["port", "site"]), "names": NAMED, "where": POINTS},
              {"note": TEXTS, "located_by": TEXTS, "sensitive": st.just(False), "sources": PAGES}),
    "event": (Event, {"id": IDS, "title": TEXTS, "when": TIMES, "kind": st.just("reported"),
                      "claims": st.lists(IDS, min_size=1, max_size=3)}, {"in_own_words": TEXTS, "sources": PAGES}),
    "media": (MediaItem, {"id": IDS, "title": TEXTS, "type": st.sampled_from(["photo", "video"])},
              {"taken": TIMES, "graphic": st.just(True), "mask": st.just(["faces", "plates"]),
               "caption": st.fixed_dictionaries({"text": TEXTS, "language": st.just("ru")}),
               "location": st.fixed_dictionaries({"state": st.just("matched")}, optional={"by": TEXTS, "why": TEXTS})}),
    "reply": (Reply, {"id": IDS, "party": st.just("state"), "question": TEXTS, "asked": st.just("2024-01-01"),
                      "deadline": st.just("2024-02-01"), "outcome": st.just("waiting")},
              {"channel": TEXTS, "about": st.lists(IDS, max_size=2), "answer": TEXTS}),
}  # fmt: skip


def records(kind: str) -> st.SearchStrategy[list[Record]]:
    """Some records of a kind, with ids of their own."""
    model, needed, optional = RECORDS[kind]
    one = st.fixed_dictionaries(needed, optional=optional).map(model.model_validate)
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda record: record.id)


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_records_are_the_same_after_a_round_trip_to_another_case(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: Any
) -> None:
    """Through CSV and through a workbook: the sheet carries all of it, and says so."""
    given_ = data.draw(records(kind))
    case = _EMPTY.setdefault("case", None) or Case.load(empty(tmp_path_factory.mktemp("empty") / "case"))
    _EMPTY["case"] = case
    header, rows, lost = sheet_of(kind, given_)
    book = book_bytes([(form_of(kind).model.folder, header, rows)])

    assert lost == []
    for sheet in (csv_text(header, rows).encode(), book):
        table = read_table(sheet, file="sheet", sheet=form_of(kind).model.folder)
        found = read_rows(kind, table, case, Desk(sources={"state": STATE}))
        assert found.faults == ()
        assert {one.record.id: one.record for one in found.new} == {record.id: record for record in given_}


_EMPTY: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PLACES.encode("utf-16"), [(1, "the file")]),
        (PLACES.replace("Port", "Hafen Königsberg").encode("latin-1"), [(2, "the file")]),
        (b"", [(1, "the file")]),
        (b"id,names,role\n", [(1, "names")]),
        (b"id,role,role\n", [(1, "role")]),
        (PLACES.encode() + b"port,Other,port,1\n", [(3, "id")]),
        (PLACES.encode() + b"Port,Other,port,1\n", [(3, "id")]),
        (PLACES.encode() + b"b,Other,Seaside,port\n", [(3, "the row")]),
        (PLACES.encode() + b"b,Other,port,1,2,3\n", [(3, "the row")]),
        (b'id,name\n"x,y\n', [(2, "the row")]),
        (b"id,name,role,position,within\na,A,port,nowhere,zz\nb,,ship,\"42.23330 N, 130.30000 E\",rason\n",
         [(2, "position"), (3, "name"), (3, "role")]),
        (f"{HEADER}a,A,port,{HERE},zz\nc041,B,port,{HERE},\nb,B,ship,{HERE},\nd,D,port,{HERE},b".encode(),
         [(2, "within"), (3, "id"), (4, "role")]),
        (b"PK\x03\x04 broken", [(1, "the workbook")]),
        (b"\xd0\xcf\x11\xe0\0\0", [(1, "the file")]),
    ],
    ids=["utf-16", "latin-1", "empty", "unknown-column", "doubled-column", "doubled-id", "case-of-id", "shifted",
         "too-many", "open-quote", "many", "crossed", "no-workbook", "xls"],
)  # fmt: skip
def test_a_broken_sheet_tells_everything_and_writes_nothing(
    rason: Path, data: bytes, expected: list[tuple[int, str]]
) -> None:
    """Wrong encoding, shifted columns, doubled ids, names that nothing answers to: all at once, with file and line."""
    before = snapshot(rason)

    with pytest.raises(RecordError) as caught:
        bring(rason, "place", data)

    assert faults(caught) == expected
    assert {fault.file for fault in caught.value.faults} == {"sheet.csv"}
    assert snapshot(rason) == before


def test_a_broken_table_of_claims_names_its_lines(rason: Path) -> None:
    """A claim without a speaker, an unknown unit, a date before the event, a chain that loops, an id twice."""
    head = "claim_id,statement,speaker,date_said,stance,qty_text,qty_low,unit,period_edtf,retells\n"
    rows = [
        "A,x,,2024-01-01,asserts,,,,,", "B,x,S,2024-01-01,asserts,5,5,widgets,,", "C,x,S,2024-01-01,asserts,,,,2025,",
        "D,x,S,2024-01-01,asserts,,,,,E", "E,x,S,2024-01-01,asserts,,,,,D", "F,x,S,2024-01-01,asserts,,,,,",
        "F,x,S,2024-01-01,asserts,,,,,",
    ]  # fmt: skip

    with pytest.raises(RecordError) as caught:
        bring(rason, "claim", (head + "\n".join(rows)).encode())

    assert {line for line, _ in faults(caught)} >= {2, 3, 4, 5, 8}
    assert "add --unit WORD" in str(caught.value)


def test_a_sensitive_place_is_kept_back_and_stays_as_it_was(rason: Path, put: Put) -> None:
    """Neither where it is nor who found it stands in the sheet; brought back, the record keeps its position."""
    text = (
        'id = "cam"\nrole = "camera"\nlocated_by = "the door"\n[names]\nen = "C"\n[where]\nlon = 130.5\nlat = 42.25\n'
    )
    path = put("places/cam.toml", text)
    data = sheets_csv.bundle(Case.load(rason)).files["places.csv"].decode()
    bring(rason, "place", data.replace("cam,C,", "cam,Camera,").encode())

    assert KEPT_BACK in data
    assert "130.5" not in data
    assert "the door" not in data
    assert path.read_text() == text.replace('"C"', '"Camera"')
    with pytest.raises(RecordError, match="position"):
        bring(empty(rason.parent / "other"), "place", data.encode())


def test_nothing_in_a_sheet_runs_as_a_formula() -> None:
    """A cell that a spreadsheet would run has an apostrophe in front, and reads without it."""
    header, rows = ["id", "title"], [["a", "=1+1"], ["b", "-x"], ["c", "@y"], ["d", "'=z"]]
    text = csv_text(header, rows)

    assert "\na,'=1+1\n" in text
    assert [row.cells[1] for row in read_table(text.encode(), file="f").rows] == [row[1] for row in rows]


def workbook(rows: list[list[Any]], formats: dict[str, str] | None = None) -> bytes:
    """A workbook as people make it, with formats of cells."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for cell, shown in (formats or {}).items():
        book.active[cell].number_format = shown
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbooks_dates_and_numbers_are_what_a_person_reads() -> None:
    """A month that the spreadsheet made a day of is a month again; 10000.0 is 10000; formulas are refused."""
    rows = [["a", "b", "c", "d", "e"], [date(2024, 2, 1), date(2024, 2, 23), 10000.0, 1.5, True]]
    table = read_table(workbook(rows, {"A2": "mmm-yy", "B2": "dd/mm/yyyy"}), file="b.xlsx")

    assert table.rows[0].cells == ("2024-02", "2024-02-23", "10000", "1.5", "yes")
    assert read_table(workbook([["a"], ["=1+1"]]), file="b.xlsx").faults[0].line == 2


def test_a_file_that_changed_meanwhile_is_not_written_over(rason: Path) -> None:
    """Whatever a person wrote since the case was read is kept."""
    case = Case.load(rason)
    found = changes(case, "event", b"id,title\nfactsheet,New\n")
    path = rason / "events/factsheet.toml"
    path.write_text(path.read_text() + "# mine\n")

    with pytest.raises(InputError) as caught:
        apply(case, found)

    assert caught.value.code == "changed-meanwhile"
    assert path.read_text().endswith("# mine\n")


def test_new_records_come_in_an_order_in_which_each_only_names_earlier_ones(tmp_path: Path) -> None:
    """So that a case loads at any moment while they are written."""
    root = empty(tmp_path / "c")
    data = "id,name,role,position,within\n" + "".join(
        f'p{n},P,region,"42.23330 N, 130.30000 E",{"p" + str(n + 1) if n < 5 else ""}\n' for n in range(6)
    )
    found = changes(Case.load(root), "place", data.encode())

    assert [one.record.id for one in found.new] == ["p5", "p4", "p3", "p2", "p1", "p0"]
    apply(Case.load(root), found)
    assert len(Case.load(root).places) == 6


@pytest.mark.slow
def test_ten_thousand_claims_come_in_and_load_in_half_a_minute(tmp_path: Path, samples: Path) -> None:
    """The published table over and over, with ids of its own each time; 20 s are meant, the rest is for neighbours."""
    with (samples / "casefile/claims_dprk_russia.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    named = [header.index(name) for name in ("claim_id", "retells", "conversion_of")]
    many = [
        [f"{cell}x{turn}" if at in named and cell else cell for at, cell in enumerate(row)]
        for turn in range(113)
        for row in rows
    ][:10_000]
    root = empty(tmp_path / "c")
    began = time.process_time()

    case = Case.load(root)
    apply(case, read_claim_rows(read_table(csv_text(header, many).encode(), file="t"), case, units=("exports",)))

    assert len(Case.load(root).claims) == 10_000
    assert time.process_time() - began < 30  # [s]; 12 on a busy core of the machine it was written on
