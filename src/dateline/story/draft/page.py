"""A draft's sheet as one HTML file for paper: the text with its marks, and beside each what it stands against."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from dateline.story import tokens
from dateline.story.document import Passage
from dateline.story.draft.line import OUTCOMES, Line, Sheet
from dateline.story.page import safe
from dateline.story.render import environment

HOME = Path(__file__).parents[1] / "page"
SIGNS = {"matches": "✓", "differs": "✗", "unknown": "?"}
"""Beside the colour, so that nobody needs one."""
MEANS = {
    "matches": "the case has it, of what the sentence names",
    "differs": "the case says otherwise: the rule and what to do stand beside it",
    "unknown": "nothing in the case vouches for it, or somebody has to look",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph: plain, or marked by lines with their numbers on the sheet."""

    text: str
    marks: tuple[tuple[int, Line], ...] = ()
    ended: tuple[tuple[int, Line], ...] = ()
    """Those of its marks that end here: their numbers stand behind it."""

    @property
    def outcome(self) -> str:
        """The worst of its lines."""
        return max((line.outcome for _, line in self.marks), key=("matches", "unknown", "differs").index, default="")

    @property
    def sign(self) -> str:
        """Its sign."""
        return SIGNS.get(self.outcome, "")


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph with its marks and its lines."""

    at: int
    role: str
    pieces: tuple[Piece, ...]
    lines: tuple[tuple[int, Line], ...]


def draft_page(sheet: Sheet) -> bytes:
    """The sheet as HTML, nothing fetched, no script. The same sheet gives the same bytes."""
    style = tokens.css() + "".join((HOME / name).read_text(encoding="utf-8") for name in ("sheet.css", "draft.css"))
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html = environment().get_template("page/draft.html.j2").render(
        sheet=sheet, rows=rows(sheet), style=safe(style), style_hash=f"'sha256-{hashed}'", signs=SIGNS, means=MEANS,
        outcomes=OUTCOMES, stops=sum(line.stops for line in sheet.lines),
    )  # fmt: skip
    return (html.strip() + "\n").encode()


def rows(sheet: Sheet) -> tuple[Row, ...]:
    """The paragraphs in order, each line numbered through the draft."""
    numbered = list(enumerate(sheet.lines, 1))
    made = []
    for passage in sheet.passages:
        own = tuple((n, line) for n, line in numbered if _offset(passage, line) is not None)
        made.append(Row(passage.spot.line, passage.role, tuple(_pieces(passage, own)), own))
    return tuple(made)


def _offset(passage: Passage, line: Line) -> int | None:
    """Where in a passage's text a line's words begin; None where they stand in another."""
    for at, run in passage.starts:
        inside = line.column - run.spot.column
        if run.spot.line == line.number and 0 <= inside < max(len(run.text), 1):
            return at + inside
    return None


def _pieces(passage: Passage, own: tuple[tuple[int, Line], ...]) -> list[Piece]:
    """The text cut where marks begin and end."""
    flat = passage.flat
    spans: list[tuple[int, int, int, Line]] = []
    for number, line in own:
        start = _offset(passage, line) or 0
        length = len(line.what) if flat[start : start + len(line.what)] == line.what else _word(flat, start)
        if line.kind == "quote":
            length = min(len(line.what), len(flat) - start)
        spans.append((start, start + length, number, line))
    cuts = sorted({0, len(flat), *(edge for start, end, _, _ in spans for edge in (start, end))})
    pieces = []
    for first, last in pairwise(cuts):
        marks = tuple((number, line) for start, end, number, line in spans if start <= first and last <= end)
        ended = tuple((number, line) for start, end, number, line in spans if start <= first and last == end)
        pieces.append(Piece(flat[first:last], marks, ended))
    return pieces


def _word(text: str, at: int) -> int:
    rest = text[at:]
    return len(rest.split()[0]) if rest.split() else 0
