"""A table from a CSV file or a workbook: rows of plain texts with their line, or everything that is wrong with it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from dateline.core.errors import RecordFault
from dateline.ledger.csv_lines import CLOSED, Torn, decoded, numbered

LARGEST = 64 << 20
"""A sheet above this size [bytes], packed or unfolded four times as large, is something else."""

_FORMULA = re.compile(r"^'*[=+\-@\t]")
"""What a spreadsheet would run as a formula is written with an apostrophe in front."""

_VALID = "CSV in UTF-8 (in the spreadsheet: save as, CSV UTF-8), or .xlsx"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, and its cells in the order of the header."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows, or what is wrong with the whole."""

    file: str
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    faults: tuple[RecordFault, ...] = ()


class _Unusable(Exception):
    """The table cannot be read; carries the fault. Never seen outside."""

    def __init__(self, file: str, line: int, key: str, found: str, valid: str) -> None:
        super().__init__(found)
        self.fault = RecordFault(file, line, key, found, valid)


def read_table(data: bytes, *, file: str, sheet: str = "") -> Table:
    """The table in the bytes of a CSV file (UTF-8; commas, semicolons or tabs) or a workbook. Never raises for those.

    `sheet` is the workbook's sheet to take; its only one otherwise.
    """
    try:
        if len(data) > LARGEST:
            raise _Unusable(file, 1, "the file", f"{len(data):,} bytes", f"a sheet of at most {LARGEST:,} bytes")
        is_book = data.startswith(b"PK")
        rows = list(_book(data, file, sheet) if is_book else _csv(data, file))
        if not rows:
            raise _Unusable(file, 1, "the file", "no header", "a first line that names the columns")
    except _Unusable as unusable:
        return Table(file, faults=(unusable.fault,))
    header = tuple(rows[0].cells)
    while header and not header[-1]:
        header = header[:-1]
    faults = [
        RecordFault(file, row.line, "the row", f"{len(row.cells)} cells under {len(header)} columns", _SHIFTED)
        for row in rows[1:]
        if len(_fitted(row.cells, len(header), fill=is_book)) != len(header)
    ]
    placed = tuple(Row(row.line, _fitted(row.cells, len(header), fill=is_book)) for row in rows[1:])
    return Table(file, header, placed, tuple(faults))


_SHIFTED = "one cell a column: the columns are shifted, or a comma stands outside quotation marks"


def _fitted(cells: Sequence[str], width: int, *, fill: bool) -> tuple[str, ...]:
    """Without empty cells past the header; a workbook does not store those at the end of a row."""
    kept = tuple(cells)
    while len(kept) > width and not kept[-1]:
        kept = kept[:-1]
    return (*kept, *[""] * (width - len(kept))) if fill else kept


def _csv(data: bytes, file: str) -> Iterator[Row]:
    text = _text(data, file)
    try:
        yield from (Row(line, tuple(_plain(cell) for cell in cells)) for line, cells in numbered(text))
    except Torn as torn:
        raise _Unusable(file, torn.line, "the row", torn.found, CLOSED) from torn


def _text(data: bytes, file: str) -> str:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _Unusable(file, 1, "the file", "an old workbook (.xls)", _VALID)
    try:
        return decoded(data)
    except Torn as torn:
        raise _Unusable(file, torn.line, "the file", torn.found, _VALID) from torn


def _plain(cell: str) -> str:
    text = cell.replace("\r\n", "\n").strip()
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def _book(data: bytes, file: str, sheet: str) -> Iterator[Row]:
    import openpyxl

    _check_weight(data, file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        names = book.sheetnames
        name = sheet if sheet in names else names[0]
        if sheet not in names and len(names) > 1:
            raise _Unusable(
                file, 1, "the workbook", f"sheets {', '.join(names)}", f"a sheet called {sheet!r}, or one only"
            )
        for number, cells in enumerate(book[name].iter_rows(), 1):
            texts = tuple(_cell(cell, file, number) for cell in cells)
            if any(texts):
                yield Row(number, texts)
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        found = f"a damaged workbook ({type(error).__name__})"  # SyntaxError: the XML parser's own
        raise _Unusable(file, 1, "the workbook", found, _VALID) from error


def _check_weight(data: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unfolded = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _Unusable(file, 1, "the workbook", str(error), _VALID) from error
    if unfolded > 4 * LARGEST:
        raise _Unusable(file, 1, "the workbook", f"{unfolded:,} bytes unfolded", f"at most {4 * LARGEST:,}")


def _cell(cell: Any, file: str, line: int) -> str:
    """A cell as a person reads it. A month that the spreadsheet made a day of is a month again."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() if cell.data_type == "f":
            raise _Unusable(file, line, "the cell", f"a formula {value[:40]!r}", "its value: copy, paste as values")
        case str():
            return value.replace("\r\n", "\n").strip()
        case datetime():
            return _day(value, cell.number_format)
        case float() if value.is_integer():
            return str(int(value))
        case date() | time():
            return value.isoformat()
    return str(value)


def _day(value: datetime, shown: str) -> str:
    shape = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", shown).lower()
    if value.time() != time():
        return value.isoformat(sep="T")
    if "y" in shape and "d" not in shape:
        return f"{value:%Y-%m}" if "m" in shape else f"{value:%Y}"
    return value.date().isoformat()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as CSV: UTF-8, commas, quotation marks where needed; nothing that a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in rows)
    return text.getvalue()


def book_bytes(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """Tables as a workbook, the same bytes every time. Every cell is text: no spreadsheet makes a date of 2024-02."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.writer.excel import ExcelWriter

    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = _EPOCH
    for name, header, rows in sheets:
        page = book.create_sheet(name)
        page.freeze_panes = "B2"
        for cells in (header, *rows):
            written = []
            for text in cells:
                cell = WriteOnlyCell(page, value=_storable(text))
                cell.data_type, cell.number_format = "s", "@"
                written.append(cell)
            page.append(written)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        ExcelWriter(book, archive).save()  # book.save() would write the clock's time into it
    return _dated(buffer.getvalue())


_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook's times have no zone
"""The time of every workbook and of its entries: the earliest that a zip file has."""

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _storable(text: str) -> str:
    """Without control characters, which a workbook cannot have."""
    return _UNSTORABLE.sub("", text)


def _dated(data: bytes) -> bytes:
    """The same archive with one date on every entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, _EPOCH.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(entry))
    return out.getvalue()
