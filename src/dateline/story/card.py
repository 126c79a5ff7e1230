"""The social card: title, kicker, byline and day as one picture, 1200 × 630, marked where anything is simulated."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from dateline.story import tokens
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
_NOWHERE = "\ufffe"
"""No letter: what a font draws for it, it draws for all that it does not have."""


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
    """The letters that the font that is always there does not have; a card without them would misspell somebody."""
    font = _font(40)
    nothing = bytes(font.getmask(_NOWHERE))
    seen = dict.fromkeys(_spaced(told.words))
    return "".join(letter for letter in seen if letter != " " and bytes(font.getmask(letter)) == nothing)


def card(told: Said) -> Output:
    """The card as PNG: the font that comes with Pillow, laid out without the machine's own help, so that the bytes are
    the same everywhere with the same lock."""
    colour = tokens.table()["colour"]["light"]
    picture = Image.new("RGB", (WIDTH, HEIGHT), colour["paper"])
    pen = ImageDraw.Draw(picture)
    top = EDGE
    if told.mark:
        pen.rectangle((0, 0, WIDTH, 84), fill=colour["exercise"])
        pen.text((EDGE, 24), told.mark, font=_font(34), fill=colour["exercise_ink"])
        top = 84 + 40
    if told.kicker:
        pen.text((EDGE, top), _fitted(told.kicker, 34), font=_font(34), fill=colour["accent"])
        top += 62
    bottom = HEIGHT - EDGE - (60 if told.by or told.day else 0)
    lines, size = _title(told.title, bottom - top)
    for at, line in enumerate(lines):
        pen.text((EDGE, round(top + at * size * 1.18)), line, font=_font(size), fill=colour["ink"])
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
        if len(lines) * size * 1.18 <= height and all(_width(line, size) <= WIDTH - 2 * EDGE for line in lines):
            return lines, size
    most = min(MOST, int(height / (size * 1.18)))
    return [*lines[: most - 1], _fitted(" ".join(lines[most - 1 :]), size)], size


def _lines(text: str, size: int) -> list[str]:
    lines = [""]
    for word in _spaced(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, size) > WIDTH - 2 * EDGE:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitted(text: str, size: int, most: float = WIDTH - 2 * EDGE) -> str:
    """A line, cut where the room for it [px] ends."""
    text = _spaced(text)
    if _width(text, size) <= most:
        return text
    while text and _width(text + "…", size) > most:
        text = text[:-1]
    return text.rstrip() + "…"


def _foot(told: Said, size: int) -> str:
    """Byline and day; where both are too long, the byline is cut."""
    day = f" · {told.day}" if told.by and told.day else told.day
    return _fitted(told.by, size, WIDTH - 2 * EDGE - _width(day, size)) + day


def _spaced(text: str) -> str:
    """Every kind of space as the one that the font has."""
    return " ".join(text.split())


def _width(text: str, size: int) -> float:
    return float(_font(size).getlength(text))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)
