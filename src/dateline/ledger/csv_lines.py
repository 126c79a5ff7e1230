"""The text of a table that people made, and its lines as an editor numbers them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

CLOSED = "cells with quotation marks that close"
"""What is valid where a line is torn."""


class Torn(Exception):
    """The table cannot be read from here on: the line, and what was found there. Its reader makes a fault of it."""

    def __init__(self, line: int, found: str) -> None:
        super().__init__(found)
        self.line, self.found = line, found


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, without a byte order mark. Raises Torn for any other encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise Torn(1, "text in UTF-16, or no text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Torn(data.count(b"\n", 0, error.start) + 1, f"the byte 0x{data[error.start]:02x}") from error


def numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that has any; commas, semicolons or tabs, as the first line has them.

    A cell with line breaks makes a row of several lines: the first counts. Raises Torn where quotation marks stay open.
    """
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Torn(begins, str(error)) from error
