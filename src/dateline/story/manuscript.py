"""The text of a draft as people send it: .txt, .md, .html, .docx. Nothing in it is run or fetched."""

from __future__ import annotations

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.parsers import expat

from dateline.core.errors import InputError, UsageError

LARGEST = 16 << 20
"""[bytes] More text than this, packed or unpacked, is no draft."""
KINDS = (".txt", ".md", ".html", ".htm", ".docx")
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_BLOCKS = frozenset(
    {"p", "div", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "figcaption", "br", "tr", "title"}
)
_SILENT = frozenset({"script", "style", "template", "noscript"})


def paragraphs(path: Path) -> tuple[tuple[int, str], ...]:
    """The paragraphs of a draft with their numbers: lines for plain text, the count of paragraphs otherwise.

    Raises UsageError (code "draft") for a kind of file that is no draft, InputError (code "draft") for one that
    cannot be read, or that is too big.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise UsageError(
            f"{path.name} is no draft that can be read.",
            saw=repr(kind),
            do=f"Give one of {', '.join(KINDS)}.",
            code="draft",
        )
    if not path.is_file():
        raise _unreadable(path, "no such file")
    if path.stat().st_size > LARGEST:
        raise _unreadable(path, f"{path.stat().st_size:,} bytes")
    if kind == ".docx":
        return _numbered(_docx(path))
    text = _text(path)
    if kind in {".html", ".htm"}:
        reader = _Html()
        reader.feed(text)
        reader.close()
        return _numbered(reader.found)
    lines = enumerate(text.split("\n"), start=1)
    return tuple((number, line) for number, line in lines if line.strip())


def _numbered(found: list[str]) -> tuple[tuple[int, str], ...]:
    kept = [text for text in (re.sub(r"\s+", " ", one).strip() for one in found) if text]
    return tuple(enumerate(kept, start=1))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"not UTF-8 ({error.reason} at byte {error.start})") from error


def _unreadable(path: Path, saw: str) -> InputError:
    do = "Save it again from your word processor, as .docx or as plain text in UTF-8."
    return InputError(f"The draft {path.name} cannot be read.", saw=saw, do=do, code="draft")


class _Html(HTMLParser):
    """Text by blocks; what is not shown is not read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = [""]
        self.silent = 0

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        """Begins a paragraph, or silence."""
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        """Ends either."""
        self.silent = max(0, self.silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        """Adds text."""
        if not self.silent:
            self.found[-1] += data


def _docx(path: Path) -> list[str]:
    """Paragraphs of the body and the notes. Text that was deleted under tracked changes is not there any more."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = [name for name in ("word/document.xml", "word/footnotes.xml") if name in packed.namelist()]
            if "word/document.xml" not in names:
                raise _unreadable(path, "a zip file without word/document.xml")
            if sum(packed.getinfo(name).file_size for name in names) > LARGEST:
                raise _unreadable(path, f"more than {LARGEST:,} bytes when unpacked")
            found: list[str] = []
            for name in names:
                with packed.open(name) as stream:
                    found += _word_paragraphs(stream.read(LARGEST + 1))
            return found
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(path, f"{type(error).__name__}: {error}") from error


def _word_paragraphs(data: bytes) -> list[str]:
    """Texts of <w:p>. A document type declaration, which could define entities without end, is refused."""
    found: list[str] = [""]
    reading = [False]

    def start(name: str, _attributes: Any) -> None:
        if name == _WORD + "p":
            found.append("")
        elif name in {_WORD + "tab", _WORD + "br", _WORD + "cr"}:
            found[-1] += " "
        reading[0] = name == _WORD + "t"

    def end(_name: str) -> None:
        reading[0] = False

    def text(data: str) -> None:
        if reading[0]:
            found[-1] += data

    def refuse(*_: Any) -> None:
        raise expat.ExpatError("a document type declaration, which no word processor writes")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    parser.Parse(data, True)
    return found
