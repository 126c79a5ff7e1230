"""A Word file (ECMA-376): body, tables, text boxes, foot- and endnotes. What was struck out is gone; comments are not
text."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any
from xml.parsers import expat

from dateline.story.manuscript.paragraph import Paragraph, Unreadable, clean

_W = frozenset({
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
})  # fmt: skip
"""The namespace as Word and LibreOffice write it, and that of the strict form."""
_PARTS = {"word/document.xml": "paragraph", "word/footnotes.xml": "note", "word/endnotes.xml": "note"}
_MAIN = "word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What old .doc files, and .docx files under a password, begin with."""
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})
_SPACES = frozenset({"tab", "br", "cr", "ptab"})
_HYPHENS = {"noBreakHyphen": "\u2011"}
_GONE = frozenset({"del", "moveFrom", "delText", "delInstrText", "instrText", "Fallback"})
"""What was struck out or moved away, what a field computes from, and a second form of what already stands there."""


def paragraphs(path: Path, largest: int) -> list[Paragraph]:
    """The paragraphs of a Word file, notes last. Raises Unreadable."""
    with path.open("rb") as stream:
        if stream.read(8) == _OLE:
            raise Unreadable("a file under a password, or an old .doc", "Save it without a password, as .docx.")
    try:
        with zipfile.ZipFile(path) as packed:
            return _unpacked(packed, largest)
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _unpacked(packed: zipfile.ZipFile, largest: int) -> list[Paragraph]:
    names = [name for name in _PARTS if name in packed.namelist()]
    if _MAIN not in names:
        raise Unreadable("a zip file without word/document.xml")
    if sum(packed.getinfo(name).file_size for name in names) > largest:
        raise Unreadable(f"more than {largest:,} bytes when unpacked")
    found: list[Paragraph] = []
    for name in names:
        with packed.open(name) as stream:
            data = stream.read(largest + 1)
        if len(data) > largest:
            raise Unreadable(f"more than {largest:,} bytes when unpacked")
        found += _Reader(_PARTS[name]).read(data)
    return found


class _Reader:
    """Texts of <w:p>, one inside another (a text box in a paragraph) kept apart.

    A document type declaration, which could define entities without end, is refused.
    """

    def __init__(self, role: str) -> None:
        self.role = role
        self.found: list[list[str]] = []
        self.open: list[list[str]] = []
        self.cells = self.gone = self.silent = 0
        self.is_text = False

    def read(self, data: bytes) -> list[Paragraph]:
        """The paragraphs of one part, in order."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._text, self._refuse
        parser.Parse(data, True)
        return [Paragraph(clean(text), role) for text, role in self.found]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        self.gone += tag in _GONE
        if space not in _W:
            return
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.silent += tag in {"footnote", "endnote"} and told.get("type") in _SEPARATORS
        self.cells += tag == "tc"
        if tag == "p":
            self.open.append(["", "cell" if self.cells and self.role == "paragraph" else self.role])
            self.found.append(self.open[-1])
        elif (
            tag == "pStyle" and self.open and told.get("val", "").lower().startswith(("heading", "title", "berschrift"))
        ):
            self.open[-1][1] = "heading"
        elif tag == "numPr" and self.open and self.open[-1][1] == "paragraph":
            self.open[-1][1] = "item"
        elif tag in _SPACES or tag in _HYPHENS:
            self._add(_HYPHENS.get(tag, " "))
        self.is_text = tag == "t"

    def _end(self, name: str) -> None:
        space, _, tag = name.rpartition(" ")
        self.gone -= tag in _GONE
        self.is_text = False
        if space not in _W:
            return
        self.cells -= tag == "tc"
        if tag in {"footnote", "endnote"}:
            self.silent = 0
        if tag == "p":
            self.open.pop()

    def _text(self, data: str) -> None:
        if self.is_text:
            self._add(data)

    def _add(self, text: str) -> None:
        if self.open and not self.gone and not self.silent:
            self.open[-1][0] += text

    def _refuse(self, *_: Any) -> None:
        raise expat.ExpatError("a document type declaration, which no word processor writes")
