"""Subtitles become the rows of a transcript: SubRip (.srt) and WebVTT (.vtt), every fault with its line.

WebVTT: W3C, "WebVTT: The Web Video Text Tracks Format". SubRip has no standard; what players read is read here.
Words are kept as they stand; markup, positions and comments are not part of what was said.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dateline.core.errors import RecordFault
from dateline.ledger.clock_time import LONGEST, read_clock, spell_clock
from dateline.ledger.transcript import Stretch

LARGEST = 4 << 20
"""[bytes] Subtitles of many hours are far smaller."""

_ARROW = "-->"
_TIMES = re.compile(r"\s*([\d:.,]{5,16})\s*-->\s*([\d:.,]{5,16})(?:\s.*)?", re.ASCII)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]{1,200})>")
_TAG = re.compile(r"<[^<>]{0,400}>|\{\\[^{}]{0,100}\}")
_NOT_CUES = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_VALID_TIMES = "times such as 00:01:02,500 --> 00:01:04,000"


@dataclass(frozen=True, slots=True)
class Subtitles:
    """Rows in order of time; or every fault, with its line; and notes on what was passed over."""

    rows: tuple[Stretch, ...] = ()
    faults: tuple[RecordFault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines between empty lines, and the number of the first."""

    line: int
    rows: tuple[str, ...]


def read_subtitles(data: bytes, *, file: str, language: str | None = None) -> Subtitles:
    """The rows in the bytes of an SRT or WebVTT file. Never raises for what stands in it.

    file: its name, for faults. language: that of the words, written into each row.
    """
    text, fault = _text(data, file)
    if fault is not None:
        return Subtitles(faults=(fault,))
    blocks = list(_blocks(text))
    if blocks and blocks[0].rows[0].startswith("WEBVTT"):
        blocks = [block for block in blocks[1:] if not _NOT_CUES.match(block.rows[0])]
    rows: list[Stretch] = []
    faults: list[RecordFault] = []
    notes: list[str] = []
    for block in blocks:
        found = _cue(block, file, language)
        if isinstance(found, RecordFault):
            faults.append(found)
        elif isinstance(found, str):
            notes.append(found)
        else:
            faults += _backwards(rows, found, block, file)
            rows.append(found)
    if not rows and not faults:
        faults.append(RecordFault(file, 1, "the file", "no words with times", f"SRT or WebVTT: {_VALID_TIMES}"))
    return Subtitles((), tuple(faults), tuple(notes)) if faults else Subtitles(tuple(rows), (), tuple(notes))


def _text(data: bytes, file: str) -> tuple[str, RecordFault | None]:
    def wrong(line: int, found: str, valid: str) -> tuple[str, RecordFault]:
        return "", RecordFault(file, line, "the file", found, valid)

    if len(data) > LARGEST:
        return wrong(1, f"{len(data):,} bytes", f"subtitles of at most {LARGEST:,} bytes")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        return wrong(1, "text in UTF-16, or no text", "subtitles in UTF-8 (in the editor: save as, encoding UTF-8)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return wrong(line, f"the byte 0x{data[error.start]:02x}", "subtitles in UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n"), None


def _blocks(text: str) -> Iterator[_Block]:
    rows: list[str] = []
    for number, row in enumerate([*text.split("\n"), ""], 1):
        if row.strip():
            rows.append(row)
        elif rows:
            yield _Block(number - len(rows), tuple(rows))
            rows = []


def _cue(block: _Block, file: str, language: str | None) -> Stretch | RecordFault | str:
    """A row; or its fault; or a note where there are times and no words."""
    at = next((index for index, row in enumerate(block.rows[:2]) if _ARROW in row), None)
    if at is None:
        found = repr(block.rows[0].strip()[:60])
        return RecordFault(file, block.line, "the cue", found, f"a line of times above the words: {_VALID_TIMES}")
    line = block.line + at
    times = _TIMES.fullmatch(block.rows[at])
    start, end = (read_clock(times[1]), read_clock(times[2])) if times else (None, None)
    if start is None or end is None:
        return RecordFault(file, line, "the times", repr(block.rows[at].strip()[:60]), _VALID_TIMES)
    if not start < end <= LONGEST:
        valid = f"an end after {spell_clock(start)}, within {LONGEST / 3600:,.0f} hours"
        return RecordFault(file, line, "the times", spell_clock(end), valid)
    if any(_ARROW in row for row in block.rows[at + 1 :]):
        return RecordFault(file, line + 1, "the cue", "a second line of times", "an empty line between cues")
    voice, words = _words(block.rows[at + 1 :])
    if not words:
        return f"line {line}: times without words"
    return Stretch(start=start, end=end, voice=voice, language=language, original=words)


def _words(rows: Sequence[str]) -> tuple[str | None, str]:
    """Who speaks, where that is marked, and the words without markup, in one line."""
    joined = " ".join(row.strip() for row in rows)
    voices = list(dict.fromkeys(_plain(name) for name in _VOICE.findall(joined)))
    return (voices[0] or None) if len(voices) == 1 else None, _plain(_TAG.sub("", joined))


def _plain(text: str) -> str:
    """Without entities, control signs and marks of direction; spaces single."""
    unfolded = _CONTROL.sub("", html.unescape(text)).replace("\u200e", "").replace("\u200f", "").replace("\ufeff", "")
    return " ".join(unfolded.split())


def _backwards(rows: Sequence[Stretch], row: Stretch, block: _Block, file: str) -> Iterator[RecordFault]:
    if rows and row.start < rows[-1].start:
        above = spell_clock(rows[-1].start)
        yield RecordFault(file, block.line, "the times", spell_clock(row.start), f"cues in order: {above} above it")
