"""Claims as a spreadsheet, for people who don't write TOML: one row a claim, one column set, both ways."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args

from dateline.core.amounts.units import dimension, known
from dateline.core.errors import RecordError, RecordFault, UsageError
from dateline.core.when import Moment, When
from dateline.ledger.claim import Claim, Stance
from dateline.ledger.claims_columns import (
    COLUMNS,
    LISTS,
    NOTED,
    REQUIRED,
    USUAL,
    Lost,
    cells_lost,
    cells_of,
    chain_data,
    fields_lost,
    hedge_data,
    note_text,
    quantity_data,
    source_ids,
    source_type,
    state_of,
    unit_in,
)
from dateline.ledger.crosscheck import cycles
from dateline.ledger.csv_lines import CLOSED, Torn, decoded, numbered
from dateline.ledger.faults import offer
from dateline.ledger.reading import validated
from dateline.ledger.source import Source

_STANCES = frozenset(get_args(Stance))
_OF_FIELD = {
    "id": "claim_id", "said": "date_said", "said_basis": "date_basis", "sources.0.title": "reported_in",
    "sources.0.url": "url", "chain": "citation_chain", "origin.key": "origin_key", "origin": "origin_key",
    "period": "period_edtf", "quantity.kind": "qty_kind", "quantity": "qty_low", "hedge": "hedge",
    "type": "speaker_type", "names": "speaker",
}  # fmt: skip
_FORMULA = re.compile(r"^'*[=+\-@]")
"""What a spreadsheet would run as a formula is written with an apostrophe in front."""


@dataclass(frozen=True, slots=True)
class FromCsv:
    """What a table says, or everything that is wrong with it. `lost`: cells that would come back otherwise."""

    file: str
    claims: tuple[Claim, ...] = ()
    sources: tuple[Source, ...] = ()
    faults: tuple[RecordFault, ...] = ()
    lost: tuple[Lost, ...] = ()

    def checked(self) -> FromCsv:
        """Itself. Raises RecordError (code `record`) with every fault, its file and line, when there is one."""
        if self.faults:
            raise RecordError(self.faults, case=self.file)
        return self


@dataclass(frozen=True, slots=True)
class ToCsv:
    """The table as text, and what of the claims it could not carry."""

    text: str
    lost: tuple[Lost, ...]


def read_claims(
    data: bytes,
    *,
    file: str,
    units: Collection[str] = (),
    known_ids: Collection[str] = (),
    sources: Iterable[Source] = (),
) -> FromCsv:
    """A CSV table (UTF-8; commas, semicolons or tabs) as claims and their speakers, or all its faults with line.

    `units`: words of the case's own units. `known_ids`: ids of claims that the case has, which rows may name but not
    take. `sources`: those the case has; a speaker of one of their English names is that source, the others are new and
    come back. Columns: COLUMNS in claims_columns, those of REQUIRED at least, in any order. Pure: no file is opened
    or written, and with a fault there are no claims. `.checked()` raises RecordError where there is a fault.
    """
    try:
        rows = _rows(_text(data, file), file)
    except _Unusable as unusable:
        return FromCsv(file, faults=(unusable.fault,))
    there = {source.name(): source for source in sources}
    taken = {*(row["claim_id"] for row in rows), *known_ids, *(source.id for source in there.values())}
    speakers = source_ids({row["speaker"] for row in rows} - there.keys(), taken)
    speakers |= {name: source.id for name, source in there.items()}
    states = {row["origin_key"]: state_of(row["origin_key"]) for row in rows if row["speaker_type"] == "government"}
    usable = [row for row in rows if not row.faults]
    new = {
        source.id: source
        for source in _sources([row for row in usable if row["speaker"] not in {"", *there}], speakers)
    }
    read = [(row, _claim(row, speakers, states, units)) for row in usable]
    claims = [(row, claim) for row, claim in read if claim is not None]
    by_id = new | {source.id: source for source in there.values()}
    _check_ids(rows, known_ids)
    _check_loops(rows)
    faults = sorted((fault for row in rows for fault in row.faults), key=lambda fault: fault.line or 0)
    if faults:
        return FromCsv(file, faults=tuple(faults))
    lost = [one for row, claim in claims for one in cells_lost(row.cells, claim, by_id[claim.speaker])]
    ordered = tuple(new[name] for name in sorted(new))
    return FromCsv(file, tuple(claim for _, claim in claims), ordered, (), tuple(lost))


def write_claims(claims: Iterable[Claim], sources: Iterable[Source]) -> ToCsv:
    """Claims as a table in order of id, with a report of what a table cannot carry (found by reading it again).

    Raises KeyError for a speaker that is not among the sources.
    """
    ordered = sorted(claims, key=lambda claim: claim.id)
    by_id = {source.id: source for source in sources}
    rows = [cells_of(claim, by_id[claim.speaker]) for claim in ordered]
    columns = [name for name in COLUMNS if name in USUAL or any(row[name] for row in rows)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: f"'{cell}" if _is_formula(cell) else cell for name, cell in row.items()} for row in rows)
    own = {claim.quantity.unit for claim in ordered if claim.quantity and dimension(claim.quantity.unit) is None}
    table = text.getvalue().encode()
    again = read_claims(table, file="claims.csv", units=own, known_ids=_outside(ordered), sources=by_id.values())
    lost = [Lost("", fault.key, fault.found, "it cannot be read again") for fault in again.faults]
    back = {claim.id: claim for claim in again.claims}
    lost += [one for claim in ordered if claim.id in back for one in fields_lost(claim, back[claim.id])]
    return ToCsv(text.getvalue(), tuple(lost))


@dataclass(slots=True)
class _Row:
    """The cells of one line, and what is wrong with them."""

    file: str
    line: int
    cells: Mapping[str, str]
    faults: list[RecordFault] = field(default_factory=list)

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, column: str, found: str, valid: str) -> None:
        self.faults.append(RecordFault(self.file, self.line, column, found, valid))

    def number(self, column: str) -> float | None:
        """An amount in plain digits; what is none is a fault."""
        if not self[column]:
            return None
        if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", self[column]):
            return float(self[column])
        self.fault(column, repr(self[column]), "a number in plain digits: 10000, 1.5; the words go under qty_text")
        return None


class _Unusable(Exception):
    """The table as a whole cannot be read; carries the fault. Never seen outside."""

    def __init__(self, file: str, line: int, key: str, found: str, valid: str) -> None:
        super().__init__(found)
        self.fault = RecordFault(file, line, key, found, valid)


def _text(data: bytes, file: str) -> str:
    try:
        return decoded(data)
    except Torn as torn:
        valid = "CSV in UTF-8 (in the spreadsheet: save as, CSV UTF-8)"
        raise _Unusable(file, torn.line, "the file", torn.found, valid) from torn


def _rows(text: str, file: str) -> list[_Row]:
    rows: list[_Row] = []
    header: list[str] = []
    try:
        for line, cells in numbered(text):
            if header:
                rows.append(_placed(header, [_plain(cell) for cell in cells], file, line))
            else:
                header = _header([cell.strip() for cell in cells], file)
    except Torn as torn:
        raise _Unusable(file, torn.line, "the row", torn.found, CLOSED) from torn
    if not header:
        raise _Unusable(file, 1, "the file", "no header", "a first line that names the columns")
    return rows


def _header(names: list[str], file: str) -> list[str]:
    unknown = [name for name in names if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in names]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if unknown:
        raise _Unusable(file, 1, "the header", f"an unknown column {unknown[0]!r}", offer(unknown[0], COLUMNS))
    if missing or doubled:
        found = f"no column {', '.join(missing)}" if missing else f"{doubled[0]!r} twice"
        raise _Unusable(file, 1, "the header", found, f"each column once; required: {', '.join(REQUIRED)}")
    return names


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def _is_formula(cell: str) -> bool:
    return bool(_FORMULA.match(cell)) and not re.fullmatch(r"-\d+(\.\d+)?", cell)


def _placed(header: Sequence[str], cells: Sequence[str], file: str, line: int) -> _Row:
    row = _Row(file, line, {**dict.fromkeys(COLUMNS, ""), **dict(zip(header, cells, strict=False))})
    if len(cells) != len(header):
        valid = "one cell a column: the columns are shifted, or a comma stands outside quotation marks"
        row.fault("the row", f"{len(cells)} cells under {len(header)} columns", valid)
    elif row["stance"] not in _STANCES:
        at = header.index("stance")
        near = [header[index] for index in (at - 1, at + 1) if 0 <= index < len(cells) and cells[index] in _STANCES]
        if near or re.match(r"\d{4}", row["stance"]):
            beside = f"a stance under {near[0]}" if near else "a day at that"
            found = f"{row['stance']!r} under stance, {beside}"
            row.fault("the row", found, "each value under its own column: the columns are shifted by one")
    return row


def _sources(rows: Sequence[_Row], speakers: Mapping[str, str]) -> Iterator[Source]:
    first: dict[str, _Row] = {}
    for row in rows:
        other = first.setdefault(row["speaker"], row)
        for column in ("speaker_type", "named"):
            if row[column] != other[column]:
                valid = f"{other[column]!r}, as for the same speaker in line {other.line}"
                row.fault(column, repr(row[column]), valid)
    for name, row in first.items():
        data = {"id": speakers[name], "type": source_type(row.cells), "names": {"en": name}}
        source, faults = validated(data, Source, file=row.file, line=row.line)
        row.faults += [_renamed(fault) for fault in faults]
        if source is not None:
            carried = cells_of(_nobody(source.id), source)
            note = note_text(row.cells, carried, ("speaker_type", "named"))
            yield source.model_copy(update={"note": note})


def _nobody(speaker: str) -> Claim:
    return Claim(id="x", speaker=speaker, said=When.on(date(2000, 1, 1)), stance="asserts", statement="x")


def _claim(
    row: _Row, speakers: Mapping[str, str], states: Mapping[str, str | None], units: Collection[str]
) -> Claim | None:
    data = {**_words(row, speakers), **_origin(row, states)}
    data |= {name: row[name].split() for name in LISTS if row[name]}
    if row["period_edtf"] or row["period_text"]:
        stated = {"edtf": row["period_edtf"]} if row["period_edtf"] else {"rule": "not stated"}
        data["period"] = {**({"text": row["period_text"]} if row["period_text"] else {}), **stated}
    without = _validated(row, data)
    quantity = _quantity(row, None if without is None else without.period, units)
    if without is None or row.faults:
        return None
    _check_dates(row, without)
    if quantity is None:
        return _with_note(row, without, speakers)
    claim = _validated(row, {**data, "quantity": quantity})
    return None if claim is None else _with_note(row, claim, speakers)


def _words(row: _Row, speakers: Mapping[str, str]) -> dict[str, Any]:
    plain = {
        "id": row["claim_id"],
        "said": row["date_said"],
        "said_basis": row["date_basis"],
        "stance": row["stance"],
        "statement": row["statement"],
        "status": row["status"],
        "utterance": row["utterance"],
        "retells": row["retells"],
        "speaker": speakers.get(row["speaker"], ""),
    }
    return {key: value for key, value in plain.items() if value}


def _origin(row: _Row, states: Mapping[str, str | None]) -> dict[str, Any]:
    cited = {"title": row["reported_in"], "url": row["url"]}
    told = {
        "key": row["origin_key"],
        "state": states.get(row["origin_key"]),
        "method": row["origin_basis"],
        "raw_material": row["raw_material"],
    }
    found: dict[str, Any] = {"chain": chain_data(row.cells)}
    if any(cited.values()):
        found["sources"] = [{key: value for key, value in cited.items() if value}]
    if any(told.values()):
        found["origin"] = {key: value for key, value in told.items() if value}
    if row["hedge"]:
        found["hedge"] = hedge_data(row.cells)
    return found


def _quantity(row: _Row, period: When | None, units: Collection[str]) -> dict[str, Any] | None:
    low, high = row.number("qty_low"), row.number("qty_high")
    if low is None and high is None:
        return None
    words = row["unit"]
    try:
        unit = words if words in units else unit_in(words)
    except UsageError:
        valid = f"{offer(words, (*known(), *units))}, or a unit that the case declares"
        row.fault("unit", repr(words) if words else "nothing", valid)
        return None
    return quantity_data(row.cells, low=low, high=high, period=period, unit=unit)


def _validated(row: _Row, data: dict[str, Any]) -> Claim | None:
    claim, faults = validated(data, Claim, file=row.file, line=row.line)
    row.faults += [_renamed(fault) for fault in faults]
    return claim


def _renamed(fault: RecordFault) -> RecordFault:
    """The fault under the name of the column."""
    steps = fault.key.split(".")
    paths = [".".join(steps[:count]) for count in range(len(steps), 0, -1)]
    key = next((_OF_FIELD[path] for path in paths if path in _OF_FIELD), steps[0])
    return RecordFault(fault.file, fault.line, key, fault.found, fault.valid)


def _with_note(row: _Row, claim: Claim, speakers: Mapping[str, str]) -> Claim:
    source = Source(id=speakers[row["speaker"]], type="other", names={"en": row["speaker"]})
    cells = {**row.cells, "qty_bound": row["qty_bound"] or "none"}
    return claim.model_copy(update={"note": note_text(cells, cells_of(claim, source), NOTED)})


def _check_dates(row: _Row, claim: Claim) -> None:
    """Nobody reports what has not happened yet, unless it is told as a plan."""
    told = claim.period
    ahead = claim.stance == "predicts" or claim.status == "planned"
    if told is None or told.earliest is None or claim.said.latest is None or ahead:
        return
    if _day(told.earliest) > _day(claim.said.latest):
        found = f"{told.spoken()}, said {claim.said.spoken()}"
        row.fault("period_edtf", found, "a time not after the day it was said, or stance predicts, or status planned")


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _check_ids(rows: Sequence[_Row], known_ids: Collection[str]) -> None:
    there = ({row["claim_id"] for row in rows} | set(known_ids)) - {""}
    in_case = {name.lower() for name in known_ids}
    first: dict[str, _Row] = {}
    for row in rows:
        name = row["claim_id"].lower()
        other = first.setdefault(name, row)
        if name and other is not row:
            row.fault("claim_id", f"{row['claim_id']!r}, which stands in line {other.line} too", "an id of its own")
        if name in in_case:
            row.fault("claim_id", f"{row['claim_id']!r}, which the case has already", "an id of its own")
        for column in ("retells", "conversion_of", "supersedes", "denies", "qualifies"):
            for ref in row[column].split():
                if ref not in there:
                    row.fault(column, f"{ref!r}, which is not there", f"the id of a claim: {offer(ref, there)}")


def _check_loops(rows: Sequence[_Row]) -> None:
    of = {row["claim_id"]: row for row in rows}
    ways = {name: f"{row['retells']} {row['conversion_of']} {row['supersedes']}".split() for name, row in of.items()}
    for loop in cycles(ways):
        start = loop.index(min(loop))
        nodes = [*loop[start:], *loop[: start + 1]]
        row = of[nodes[0]]
        columns = [name for name in ("retells", "conversion_of", "supersedes") if nodes[1] in row[name].split()]
        row.fault(columns[0], f"a circular reference: {' → '.join(nodes)}", "a chain that ends")


def _outside(claims: Sequence[Claim]) -> set[str]:
    """The claims that these name and that are not among them."""
    named = {ref.id for claim in claims for ref in claim.refs() if "claim" in ref.kinds}
    return named - {claim.id for claim in claims}
