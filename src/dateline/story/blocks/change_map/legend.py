"""The scale of a change map: halved, same, doubled from where no change lies, and the ratios that this makes."""

from __future__ import annotations

from dataclasses import dataclass

from dateline.imagery.palette import diverging
from dateline.story import tokens
from dateline.story.page import Page

WIDTH, SWATCHES = 300, 60
"""[px] Width of the scale, and of how many colours it is made."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the scale: where [px], the ratio, and its word (only around the middle)."""

    x: float
    ratio: str
    word: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Swatches as (x, colour), and ticks."""

    swatches: list[tuple[float, str]]
    ticks: list[Tick]
    width: float = WIDTH


def legend(page: Page, level: float, reach: float) -> Scale:
    """The scale around a no-change level, as far as the colours reach [both log2]."""
    colours = diverging()
    at = [round(index * (len(colours) - 1) / (SWATCHES - 1)) for index in range(SWATCHES)]
    swatches = [
        (round(place * WIDTH / SWATCHES, 1), tokens.hexadecimal((int(red), int(green), int(blue))))
        for place, (red, green, blue) in enumerate(colours[at])
    ]
    whole = round(reach)
    words = {-1: "halved", 0: "same", 1: "doubled"}
    ticks = []
    for step in range(-whole, whole + 1):
        ratio = page.language.short(2.0 ** (level + step), 2)
        bound = "≤ " if step == -whole else "≥ " if step == whole else "×"
        word = page.word(f"change_map.{words[step]}") if step in words else ""
        ticks.append(Tick(round((step + reach) / (2 * reach) * WIDTH, 1), f"{bound}{ratio}", word))
    return Scale(swatches, ticks)
