"""The text of a draft as people send it: .txt, .md, .html, .docx. Nothing in it is run or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.story.document import Passage
from dateline.story.manuscript import page, word
from dateline.story.manuscript.lines import passages_of
from dateline.story.manuscript.paragraph import Paragraph, Unreadable, passage

LARGEST = 16 << 20
"""[bytes] More text than this, packed or unpacked, is no draft."""
LONGEST = 500_000
"""Letters: more are a book."""
KINDS = (".txt", ".md", ".html", ".htm", ".docx")
_OTHERS = {
    ".doc": "Open it in a word processor and save it as .docx.",
    ".rtf": "Open it in a word processor and save it as .docx.",
    ".odt": "Save it as .docx: LibreOffice, File, Save As, Word 2007-365.",
    ".pages": "Export it as Word, .docx: Pages, File, Export To.",
    ".pdf": "A PDF has lost its paragraphs. Take the file from which it was made, as .docx or plain text.",
}
"""Kinds of file in which drafts are sent, and how to make one of them that can be read."""


def manuscript(path: Path) -> tuple[Passage, ...]:
    """The passages of a draft; their lines are those of a plain text, and count the paragraphs of any other file.

    Raises UsageError (code "draft") for a kind of file that is no draft, InputError (code "draft") for one that
    cannot be read, or that is too big.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise UsageError(
            f"{path.name} is no draft that can be read.",
            saw=repr(kind),
            do=f"{_OTHERS.get(kind, '')} Give one of {', '.join(KINDS)}.".strip(),
            code="draft",
        )
    try:
        found = tuple(_read(path, kind))
        letters = sum(len(one.flat) for one in found)
        if letters > LONGEST:
            raise Unreadable(f"{letters:,} letters", "That is a book. Give the chapters one by one.")
        return found
    except Unreadable as error:
        do = error.do or "Save it again from your word processor, as .docx or as plain text in UTF-8."
        raise InputError(f"The draft {path.name} cannot be read.", saw=error.saw, do=do, code="draft") from error


def _read(path: Path, kind: str) -> Iterator[Passage]:
    if not path.is_file():
        raise Unreadable("a folder" if path.is_dir() else "no such file", "Give the path of the file.")
    size = path.stat().st_size
    if size > LARGEST:
        raise Unreadable(f"{size:,} bytes", f"A draft has less than {LARGEST >> 20} MB of text. Take pictures out.")
    if kind == ".docx":
        yield from _numbered(word.paragraphs(path, LARGEST))
    elif kind in {".html", ".htm"}:
        yield from _numbered(page.paragraphs(_text(path)))
    else:
        yield from passages_of(_text(path), is_markdown=kind == ".md")


def _numbered(found: list[Paragraph]) -> Iterator[Passage]:
    kept = [one for one in found if one.text]
    yield from (passage(one, number) for number, one in enumerate(kept, 1))


def _text(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise Unreadable("UTF-16", "Save it as plain text in UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 ({error.reason} at byte {error.start})") from error
    if "\0" in text:
        raise Unreadable("zero bytes, which no text has")
    return text.replace("\r\n", "\n").replace("\r", "\n")
