"""The social card: title, kicker, byline and day as one picture, 1200 × 630, marked where anything is simulated."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from dateline.story import letters, tokens
from dateline.story.output import Output
from dateline.story.page import Page
from dateline.story.reading import Reading

NAME = "card.png"
WIDTH, HEIGHT, EDGE = 1200, 630, 72
"""[px]"""
SIZES = (84, 76, 68, 60, 54, 48, 42)
"""[px] Letters of the title: the first size at which it fits."""
MOST = 6
"""So many lines, at the smallest size."""
PLAIN, BOLD = 400, 650
"""Weights of the letters, on the font's own axis (OpenType `wght`)."""
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "MODIFIER LETTER", "FEMININE", "MASCULINE", "MICRO")
"""Letters that stand side by side as they are; others join, stack or run the other way, which no card does."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stands on a card."""

    mark: str
    kicker: str
    title: str
    by: str
    day: str

    @property
    def words(self) -> str:
        """All of it."""
        return ". ".join(part for part in (self.mark, self.kicker, self.title, self.by, self.day) if part)


def said(reading: Reading) -> Said:
    """The words of a story's card."""
    page, front = Page(reading), reading.story.front
    assert front is not None
    day = reading.story.as_of(reading.case.head.as_of)
    invented = reading.simulated or reading.case.head.exercise
    mark = page.word("card.exercise" if reading.case.head.exercise else "card.simulated") if invented else ""
    return Said(mark, front.kicker, page.plain(front.title), front.byline, page.language.day(day) if day else "")


def lacking(told: Said) -> str:
    """The letters that a card cannot write; a card without them would misspell somebody."""
    return "".join(letter for letter in dict.fromkeys(_spaced(told.words)) if letter != " " and not _written(letter))


def _written(letter: str) -> bool:
    kind = unicodedata.category(letter)
    stands = unicodedata.name(letter, "").startswith(_SCRIPTS) if kind[0] == "L" else kind[0] not in "MC"
    return stands and unicodedata.bidirectional(letter) not in {"R", "AL", "AN"} and letters.has(letters.SANS, letter)


def card(told: Said) -> Output:
    """The card as PNG: a font that is installed with the program, laid out without the machine's own help, so that the
    bytes are the same everywhere with the same lock."""
    colour = tokens.table()["colour"]["light"]
    picture = Image.new("RGB", (WIDTH, HEIGHT), colour["paper"])
    pen = ImageDraw.Draw(picture)
    top = EDGE
    if told.mark:
        pen.rectangle((0, 0, WIDTH, 84), fill=colour["exercise"])
        pen.text((EDGE, 24), told.mark, font=_font(34, BOLD), fill=colour["exercise_ink"])
        top = 84 + 40
    if told.kicker:
        pen.text((EDGE, top), _fitted(told.kicker, 34), font=_font(34), fill=colour["accent"])
        top += 62
    bottom = HEIGHT - EDGE - (60 if told.by or told.day else 0)
    lines, size = _title(told.title, bottom - top)
    for at, line in enumerate(lines):
        pen.text((EDGE, round(top + at * size * 1.18)), line, font=_font(size, BOLD), fill=colour["ink"])
    if told.by or told.day:
        pen.line((EDGE, HEIGHT - EDGE - 46, WIDTH - EDGE, HEIGHT - EDGE - 46), fill=colour["rule"], width=2)
        pen.text((EDGE, HEIGHT - EDGE - 26), _foot(told, 28), font=_font(28), fill=colour["quiet"])
    info = PngInfo()
    info.add_itxt("Description", told.words)
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info)
    return Output(NAME, out.getvalue(), told.words)


def _title(title: str, height: int) -> tuple[list[str], int]:
    """The title in lines, at the greatest size at which it fits; cut with an ellipsis where it fits at none."""
    for size in SIZES:
        lines = _lines(title, size)
        if len(lines) * size * 1.18 <= height and all(_width(line, size, BOLD) <= WIDTH - 2 * EDGE for line in lines):
            return lines, size
    most = min(MOST, int(height / (size * 1.18)))
    return [*lines[: most - 1], _fitted(" ".join(lines[most - 1 :]), size, weight=BOLD)], size


def _lines(text: str, size: int) -> list[str]:
    lines = [""]
    for word in _spaced(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, size, BOLD) > WIDTH - 2 * EDGE:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitted(text: str, size: int, most: float = WIDTH - 2 * EDGE, weight: int = PLAIN) -> str:
    """A line, cut where the room for it [px] ends."""
    text = _spaced(text)
    if _width(text, size, weight) <= most:
        return text
    while text and _width(text + "…", size, weight) > most:
        text = text[:-1]
    return text.rstrip() + "…"


def _foot(told: Said, size: int) -> str:
    """Byline and day; where both are too long, the byline is cut."""
    day = f" · {told.day}" if told.by and told.day else told.day
    return _fitted(told.by, size, WIDTH - 2 * EDGE - _width(day, size)) + day


def _spaced(text: str) -> str:
    """Every kind of space as the one that the font has, and each letter with its accents as one where there is one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _width(text: str, size: int, weight: int = PLAIN) -> float:
    return float(_font(size, weight).getlength(text))


@cache
def _font(size: int, weight: int = PLAIN) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(letters.sans(), size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font
