"""Rows out of CSV and XLSX files, whatever their separator and encoding; cells as text, numbers, dates or nothing."""

from __future__ import annotations

import csv
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.utils.exceptions import InvalidFileException

from dateline.core.errors import InputError
from dateline.core.when import When

Cell = Any
"""What stands in a cell: text, a number, a date, or None."""

_NOTHING = {"", "na", "n/a", "nan", "null", "none", "-", "–", "..", "#n/a"}
_SEPARATORS = ",;\t| "
_ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read. `decimal` is the sign before the decimals in its text cells."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    decimal: str = "."

    def column(self, name: str) -> int:
        """The position of a column. Raises InputError (code `table-column`) that lists what there is."""
        if name not in self.header:
            raise InputError(
                "The table has no such column.",
                saw=f"{self.name}: no {name!r}; it has {', '.join(self.header[:40])}",
                do="Name one of its columns.",
                code="table-column",
            )
        return self.header.index(name)


def read_sheet(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> Sheet:
    """Reads a CSV (any common separator; UTF-8, UTF-16 or Windows text) or one sheet of an XLSX file.

    `sheet` names the sheet of an XLSX file (default: the first), `encoding` the encoding of a CSV file that is none
    of these. Raises InputError: `no-file`, `table-format`, `table-encoding`, `table-sheet`.
    """
    if not path.is_file():
        raise InputError("There is no such file.", saw=str(path), do="Check the path.", code="no-file")
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _read_xlsx(path, sheet)
    return _read_csv(path, encoding)


def _read_xlsx(path: Path, sheet: str | None) -> Sheet:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # drop-down lists and the like, which we don't read
            return _sheet_of(openpyxl.load_workbook(path, read_only=True), path, sheet)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise _format(path, str(error)) from error


def _sheet_of(book: Workbook, path: Path, sheet: str | None) -> Sheet:
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise InputError(
                "The workbook has no such sheet.",
                saw=f"{path.name}: {', '.join(book.sheetnames)}",
                do="Name one of its sheets.",
                code="table-sheet",
            )
        rows = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
        header = tuple("" if cell is None else str(cell).strip() for cell in next(rows, ()))
        kept = tuple(tuple(row) for row in rows if any(cell is not None for cell in row))
    finally:
        book.close()
    return Sheet(path.name, header, kept)


def _read_csv(path: Path, encoding: str | None) -> Sheet:
    text = _decode(path, encoding)
    if text.lstrip().lower().startswith(("<!doctype html", "<html")):
        raise _format(path, "a web page")
    lines = text.splitlines()
    separator = _separator(lines[:30])
    if separator is None:
        raise _format(path, f"no separator that gives the same number of columns in {len(lines)} lines")
    rows = list(_cells(lines, separator))
    header = tuple(cell.strip() for cell in rows[0])
    sample = [cell for row in rows[1:50] for cell in row]
    commas = sum(bool(re.fullmatch(r"-?\d+,\d+", cell)) for cell in sample)
    points = sum(bool(re.fullmatch(r"-?\d+\.\d+", cell)) for cell in sample)
    return Sheet(path.name, header, tuple(map(tuple, rows[1:])), "," if commas > points else ".")


def _decode(path: Path, encoding: str | None) -> str:
    data = path.read_bytes()
    if encoding is None and data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    for name in (encoding,) if encoding else _ENCODINGS:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise _encoding(path, str(error)) from error
    raise _encoding(path, f"not {encoding or ' nor '.join(_ENCODINGS)}")


def _encoding(path: Path, saw: str) -> InputError:
    return InputError(
        "The table's letters cannot be read.",
        saw=f"{path.name}: {saw}",
        do="Say its encoding (such as cp949 for Korean, cp1251 for Russian), or save it as UTF-8.",
        code="table-encoding",
    )


def _format(path: Path, saw: str) -> InputError:
    return InputError(
        "This is not a table that can be read.",
        saw=f"{path.name}: {saw}",
        do="Give a CSV or XLSX file with a header row.",
        code="table-format",
    )


def _separator(lines: Sequence[str]) -> str | None:
    """The separator that cuts the lines into the same number of columns, two at the least."""
    best: tuple[int, str] | None = None
    for sign in _SEPARATORS:
        widths = {len(row) for row in _cells(lines, sign)}
        if len(widths) == 1 and (width := widths.pop()) > 1 and (best is None or width > best[0]):
            best = (width, sign)
    return None if best is None else best[1]


def _cells(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    return (row for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row))


def is_formula(cell: Cell) -> bool:
    """Whether a cell holds a formula: what it comes to is another program's answer, not a value in this file."""
    return isinstance(cell, str) and cell.startswith("=")


def number(cell: Cell, *, decimal: str = ".") -> float | None:
    """A cell as a number; None for empty cells, formulas, errors, and signs such as NA.

    Raises ValueError for text that is none of these.
    """
    if cell is None or isinstance(cell, bool) or is_formula(cell):
        return None
    if isinstance(cell, str):
        text = cell.strip()
        if text.lower() in _NOTHING or text.startswith("#"):
            return None
        cell = float(text.replace(",", ".") if decimal == "," else text)
    return float(cell) if math.isfinite(cell) else None


def text_of(cell: Cell) -> str:
    """A cell as a name: whole numbers without decimals, nothing as ''."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def when_of(cell: Cell, form: str | None) -> When:
    """A cell as a time: a date, a month or a year. `form` is a strptime form for days written in another order.

    Raises ValueError for what cannot be read, or could be read in two ways (03/04/2013).
    """
    if isinstance(cell, datetime):
        return When.on(cell.date())
    if isinstance(cell, date):
        return When.on(cell)
    text = text_of(cell)
    if form is not None:
        return When.on(datetime.strptime(text, form).date())  # noqa: DTZ007  only its day is used
    if match := re.fullmatch(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[ T][\d:.+Z-]*)?", text):
        return When.on(date(*map(int, match.groups())))
    if match := re.fullmatch(r"(\d{4})[-/](\d{1,2})", text):
        return When.month(int(match[1]), int(match[2]))
    if re.fullmatch(r"\d{4}", text):
        return When.year(int(text))
    raise ValueError(f"{text!r} is not a date that reads in one way only")
