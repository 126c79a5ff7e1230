"""Plain text and Markdown: each line is a paragraph, but for lines that a mail program or an editor broke."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.story.document import Passage, Run
from dateline.story.fault import Spot
from dateline.story.manuscript.paragraph import ENDS, is_title, unseen_out

LONG = 40
"""Lines of fewer signs are not broken off: they are titles, items, bylines."""
_MARK = re.compile(r"^\s*(?:(?P<heading>#{1,6}\s+)|(?P<item>(?:[-*+•–]|\d{1,2}[.)])\s+)|(?P<quote>>\s?))")
_ROLES = {"heading": "heading", "item": "item", "quote": "paragraph"}
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])")


def passages_of(text: str, *, is_markdown: bool) -> Iterator[Passage]:
    """The passages of a text; each run keeps the line and the column on which it stands."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if block and (not line.strip() or _MARK.match(line) or not _goes_on(block[-1][1])):
            yield _passage(block, is_markdown=is_markdown)
            block = []
        if line.strip():
            block.append((number, line))
    if block:
        yield _passage(block, is_markdown=is_markdown)


def _goes_on(line: str) -> bool:
    """Whether a line was broken off in the middle of its sentence."""
    return len(line) >= LONG and not ENDS.search(line) and not line.lstrip().startswith("#")


def _passage(block: list[tuple[int, str]], *, is_markdown: bool) -> Passage:
    role, runs = "paragraph", []
    for index, (number, line) in enumerate(block):
        mark = _MARK.match(line) if is_markdown or index == 0 else None
        begins = mark.end() if mark else len(line) - len(line.lstrip())
        if mark is not None and mark.lastgroup is not None and (is_markdown or mark.lastgroup == "item"):
            role = _ROLES[mark.lastgroup]
        else:
            begins = len(line) - len(line.lstrip())
        words = unseen_out(line[begins:].rstrip())
        if is_markdown:
            words = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", words))
        runs.append(Run("text", words + (" " if index < len(block) - 1 else ""), Spot(number, begins + 1)))
    if role == "paragraph" and len(block) == 1 and is_title(block[0][1]):
        role = "heading"
    return Passage(tuple(runs), role, Spot(block[0][0], runs[0].spot.column))
