"""How one sitting goes through a picture: all of it at once, or tile by tile in an order of its own."""

from __future__ import annotations

import random
import re
import secrets
from dataclasses import dataclass
from datetime import date

from dateline.core.errors import UsageError
from dateline.core.identity import digest

SMALLEST, MOST_TILES, USUAL = 32, 10_000, 60
"""Side of the smallest tile [px]; most tiles of a picture; most that are offered where nobody chose a side."""
SIDES = (64, 128, 256, 512, 1024, 2048, 4096)
"""Sides of tiles that are offered [px]."""
_NAME = re.compile(r"count-(whole|t(\d{2,5})(?:s(\d{1,5}))?)(-blind)?(-checked)?-(\d{8})-([0-9a-f]{8})-(.+)")


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the picture. area: column, row, width, height [px]."""

    name: str
    area: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sitting's name says of it, so that it goes on after a crash, on another day, on another machine.

    side: of a tile [px], None: the whole picture at once. sample: how many tiles are drawn, None: all. blind: its
    author declared not to have seen others' marks. checked: each tile is counted against a closer look.
    """

    side: int | None = None
    sample: int | None = None
    blind: bool = False
    checked: bool = False

    def name(self, on: date, who: str) -> str:
        """A name for a sitting that no other has, of anybody, on any machine."""
        how = "whole" if self.side is None else f"t{self.side:02d}" + (f"s{self.sample}" if self.sample else "")
        flags = ("-blind" if self.blind else "") + ("-checked" if self.checked else "")
        return f"count-{how}{flags}-{on:%Y%m%d}-{secrets.token_hex(4)}-{who}"

    def in_words(self) -> str:
        """For people."""
        if self.side is None:
            how = "the whole picture at once"
        else:
            how = (f"{self.sample} tiles drawn at random" if self.sample else "all tiles") + f", {self.side} px"
        return how + (", checked against a closer look" if self.checked else "")


def plan_of(sitting: str) -> Plan | None:
    """What the name of a sitting of this screen says; None for another's."""
    found = _NAME.fullmatch(sitting)
    if found is None:
        return None
    whole, side, sample, blind, checked, *_ = found.groups()
    return Plan(
        side=None if whole == "whole" else int(side),
        sample=None if sample is None else int(sample),
        blind=blind is not None,
        checked=checked is not None,
    )


def author_of(sitting: str) -> str | None:
    """Who a sitting of this screen belongs to, by its name."""
    found = _NAME.fullmatch(sitting)
    return None if found is None else found[8]


def cuts(length: int, side: int) -> list[int]:
    """Where a length is cut into parts as near to `side` as they go, all alike to a pixel [px]."""
    parts = max(1, round(length / side))
    return [round(index * length / parts) for index in range(parts + 1)]


def grid(width: int, height: int, side: int) -> tuple[Tile, ...]:
    """Every tile of a picture, row by row; the same for everybody. Raises UsageError `tiles` for too many."""
    columns, rows = cuts(width, side), cuts(height, side)
    if side < SMALLEST or (len(columns) - 1) * (len(rows) - 1) > MOST_TILES:
        raise UsageError(
            "These tiles are too small.",
            saw=f"tiles of {side} px on a picture of {width:,} x {height:,} px",
            do=f"Choose a side of {SMALLEST} px or more that makes {MOST_TILES:,} tiles at most.",
            code="tiles",
        )
    return tuple(
        Tile(f"c{c}r{r}-{side}px", (columns[c], rows[r], columns[c + 1] - columns[c], rows[r + 1] - rows[r]))
        for r in range(len(rows) - 1)
        for c in range(len(columns) - 1)
    )


def usual_side(width: int, height: int) -> int:
    """The smallest of SIDES that cuts a picture into USUAL tiles or fewer [px]."""
    for side in SIDES[1:]:
        if max(1, round(width / side)) * max(1, round(height / side)) <= USUAL:
            return side
    return SIDES[-1]


def drawn(tiles: tuple[Tile, ...], sample: int | None, subject: tuple[str, str, str]) -> tuple[Tile, ...]:
    """A simple random sample without replacement; all where there are no more.

    subject: the picture's hash, the question, the side. They alone seed the draw: everybody gets the same tiles, a
    larger sample contains the smaller one, and nobody can draw until the tiles please. So tiles that somebody checked
    turn up in a later count, and nothing shows which they are.
    """
    if sample is None or sample >= len(tiles):
        return tiles
    order = list(tiles)
    random.Random(digest(list(subject))).shuffle(order)  # noqa: S311 - a draw that others can repeat, no secret
    return tuple(order[:sample])


def ordered(tiles: tuple[Tile, ...], sitting: str) -> tuple[Tile, ...]:
    """The tiles in the random order of this sitting, the same after each reload."""
    order = list(tiles)
    random.Random(sitting).shuffle(order)  # noqa: S311 - an order, no secret
    return tuple(order)


def tiles_of(
    plan: Plan, *, width: int, height: int, content: str, question: str, sitting: str
) -> tuple[tuple[Tile, ...], int]:
    """The tiles of a sitting in its order, and how many the picture has; none and 0 for the whole at once."""
    if plan.side is None:
        return (), 0
    every = grid(width, height, plan.side)
    return ordered(drawn(every, plan.sample, (content, question, str(plan.side))), sitting), len(every)
