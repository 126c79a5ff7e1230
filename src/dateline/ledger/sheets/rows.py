"""Rows become records, and records rows: places, sources, events, media and replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dateline.core.errors import RecordFault
from dateline.ledger.case import Case
from dateline.ledger.claims_columns import Lost
from dateline.ledger.compose.desk import Desk
from dateline.ledger.compose.form import Form, form_of
from dateline.ledger.compose.make import Composed, compose
from dateline.ledger.compose.spell import KEPT_BACK, spelt_record
from dateline.ledger.compose.told import Told, plain_key
from dateline.ledger.faults import offer
from dateline.ledger.reading import shapes_of
from dateline.ledger.record import Record
from dateline.ledger.sheets.changes import Changes, Placed, in_order
from dateline.ledger.sheets.table import Row, Table
from dateline.ledger.source import Source


def read_rows(kind: str, table: Table, case: Case, desk: Desk) -> Changes:
    """What the rows of a sheet make of the case: a row with the id of a record changes that record, cell by cell.

    Columns are the keys of the form; a column that is not there changes nothing, and neither does a cell that says what
    the record says. Pure but for outlines that places name; every fault at once, with its line.
    """
    form = form_of(kind)
    header, wrong = _header(table, form)
    if table.faults or wrong:
        return Changes(faults=(*table.faults, *wrong))
    work = _Rows(form, case, desk)
    for row in table.rows:
        cells = dict(zip(header, row.cells, strict=True))
        shifted = _shifted(header, row, form)
        if shifted:
            work.faults.append(RecordFault(table.file, row.line, "the row", shifted, _EACH))
        else:
            work.take(Told(table.file, cells, line=row.line))
    return work.changes()


_EACH = "each value under its own column: the columns are shifted by one"


def _header(table: Table, form: Form) -> tuple[list[str], list[RecordFault]]:
    keys = [plain_key(name, form) for name in table.header]
    faults = [
        RecordFault(table.file, 1, name or "the header", "an unknown column" if name else "a column without a name",
                    offer(key, [field.key for field in form.fields]))
        for name, key in zip(table.header, keys, strict=True)
        if form.field(key) is None
    ]  # fmt: skip
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    faults += [RecordFault(table.file, 1, key, "a column that is there twice", "each column once") for key in doubled]
    return keys, faults


def _shifted(header: Sequence[str], row: Row, form: Form) -> str | None:
    """Whether words that belong under one column stand under the next: then one fault says it, and not twenty."""
    of = {key: form.choices(field) for key in header if (field := form.field(key)) is not None}
    cells = dict(zip(header, row.cells, strict=True))
    for at, key in enumerate(header):
        if not of[key] or not cells[key] or _is_one(cells[key], of[key]):
            continue
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(header) and not of[header[beside]] and _is_one(row.cells[beside], of[key]):
                return f"{cells[key][:40]!r} under {key}, and {row.cells[beside]!r} under {header[beside]}"
    return None


def _is_one(cell: str, words: Sequence[str]) -> bool:
    return cell.strip().lower().replace(" ", "_") in {word.lower() for word in words}


class _Rows:
    """Takes rows one after another."""

    def __init__(self, form: Form, case: Case, desk: Desk) -> None:
        self.form, self.case, self.desk = form, case, desk
        self.shapes = shapes_of(case.root)
        self.taken = {name.lower() for name in case.records}
        self.lines: dict[str, int] = {}
        self.new: list[Placed] = []
        self.changed: list[Placed] = []
        self.unchanged = 0
        self.faults: list[RecordFault] = []
        self.notes: list[str] = []
        self.broken: list[str] = []

    def take(self, told: Told) -> None:
        """One row."""
        name = told.values.get("id", "")
        other = self.lines.setdefault(name.lower(), told.line or 0) if name else told.line
        if other != told.line:
            self.faults.append(told.fault("id", f"{name!r}, which stands in line {other} too", "an id of its own"))
            return
        current = self.case.records.get(name)
        if current is not None and current.kind == self.form.kind:
            self._change(current, told)
            return
        values = {key: text for key, text in told.values.items() if text}
        self._keep(self._compose(Told(told.file, values, line=told.line)), told, self.new)

    def _change(self, current: Record, told: Told) -> None:
        now = spelt_record(current, self.form)
        cells = {
            key: text
            for key, text in told.values.items()
            if _flat(text) != _flat(now.get(key, "")) and text != KEPT_BACK and key != "id"
        }
        if not cells:
            self.unchanged += 1
            return
        made = self._compose(Told(told.file, cells, line=told.line), current)
        if made.records == (current,):  # the same in other words: `name` for name_en
            self.unchanged += 1
        else:
            self._keep(made, told, self.changed)

    def _compose(self, told: Told, current: Record | None = None) -> Composed:
        return compose(self.form.kind, told, self.desk, taken=self.taken, current=current, shapes=self.shapes)

    def _keep(self, made: Composed, told: Told, among: list[Placed]) -> None:
        self.faults += made.faults
        self.faults += [question.fault(told) for question in made.questions]
        self.broken += [told.values.get("id", "")] if not made.records else []
        self.notes += [f"line {told.line}: {note}" for note in made.notes]
        for record in made.records:
            among.append(Placed(record, told.file, told.line))
            self.taken.add(record.id.lower())

    def changes(self) -> Changes:
        """All of it."""
        return Changes(
            in_order(self.new),
            tuple(self.changed),
            self.unchanged,
            tuple(self.faults),
            (),
            tuple(self.notes),
            tuple(self.broken),
        )


def _flat(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def sheet_of(kind: str, records: Iterable[Record]) -> tuple[list[str], list[list[str]], list[Lost]]:
    """Header and rows of records of a kind in order of id, and what the row of each cannot carry to another case."""
    form = form_of(kind)
    cells = [(record, spelt_record(record, form)) for record in sorted(records, key=lambda record: record.id)]
    used = {key for _, row in cells for key in row}
    names = sorted(key for key in used if key.startswith("name_"))
    header: list[str] = []
    for field in form.fields:
        header += names or ["name"] if field.way == "name" else [field.key] * (field.key in used or not field.later)
    header = [key for key in header if form.field(key) is not None and _column(form, key)]
    if "id" not in header:
        header.insert(0, "id")
    rows = [[row.get(key, "") for key in header] for _, row in cells]
    return header, rows, [one for record, row in cells for one in lost(record, row, form)]


def _column(form: Form, key: str) -> bool:
    field = form.field(key)
    return field is not None and (field.way == "name" or bool(field.path))


def lost(record: Record, row: Mapping[str, str], form: Form) -> list[Lost]:
    """What a row would not bring back in another case, found by reading it."""
    if KEPT_BACK in row.values():
        return [Lost(record.id, "the position", "sensitive", "kept back")]
    named = {
        ref.id: Source(id=ref.id, type="other", names={"en": ref.id}) for ref in record.refs() if "source" in ref.kinds
    }
    made = compose(form.kind, Told("the sheet", row), Desk(sources=named), shapes=_any_shape)
    faults = [Lost(record.id, fault.key, fault.found, "it cannot be read again") for fault in made.faults]
    if not made.records:
        return faults
    was, becomes = record.to_json(), made.records[-1].to_json()
    return [
        Lost(record.id, key, str(was.get(key, ""))[:80], str(becomes.get(key, ""))[:80])
        for key in sorted({*was, *becomes})
        if was.get(key) != becomes.get(key) and not (key == "where" and "geojson" in row)
    ]


def _any_shape(_name: str) -> object:
    """Stands in for an outline: whether the name comes back is all that counts."""
    from dateline.core.where import Where

    return Where.area([[[[0, 0], [0, 1], [1, 1], [0, 0]]]])
