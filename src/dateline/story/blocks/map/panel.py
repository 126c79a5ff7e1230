"""One size of the map [px]: ground, fronts, lines, areas, marks, names, and what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import shapely

from dateline.core.where import Where
from dateline.places.geodesy import middle
from dateline.story.blocks.map.fronts import Front
from dateline.story.language import Language
from dateline.story.mapping.basemap import CREDIT, Basemap, basemap, drawn_area, scale_of
from dateline.story.mapping.frame import EARTH, Frame, Lonlat, Window, around, fitted, outline
from dateline.story.mapping.furniture import Grid, Inset, grid, inset, scale_bar
from dateline.story.mapping.labels import Label, Mark, Placed, Rect, drawn_name, placed, text_width
from dateline.story.mapping.svgpath import path_of
from dateline.story.mapping.symbols import PLAIN, UNKNOWN, Sizes, rings, sizes
from dateline.story.spots import LARGE, Spot

LINE = 18.0
"""[px] Between lines of the words below the map."""
_AREA, _NO_DOT, _WIDEST = 8.0, 30.0, 9_000_000.0
"""Radii [px] from which a place's extent is drawn, and from which it has no dot; [m] beyond which it is not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What differs between the drawing for wide screens and the one for phones [px]."""

    name: Literal["wide", "narrow"]
    width: float
    heights: tuple[float, float]
    room: tuple[float, float]
    letters: float
    mark: float
    side: float
    ticks: int


SIZES = (
    Size(
        name="wide", width=720.0, heights=(360.0, 540.0), room=(70.0, 52.0), letters=14.0, mark=26.0, side=104.0,
        ticks=7,
    ),
    Size(
        name="narrow", width=350.0, heights=(320.0, 430.0), room=(44.0, 46.0), letters=13.0, mark=18.0, side=80.0,
        ticks=4,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is to be drawn: places, fronts, measured lines; the view of borders, None on invented ground.

    notes: sentences under the map; {source} in one is the source of land and borders with its scale.
    """

    spots: tuple[Spot, ...]
    window: Window | None
    fronts: tuple[Front, ...]
    lines: tuple[tuple[Lonlat, Lonlat, str], ...]
    view: str | None
    notes: tuple[str, ...]
    fine: bool
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One mark at x, y [px]: its radius, the rings of its interval, its kind."""

    x: float
    y: float
    radius: float
    inner: float
    outer: float | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The drawing of one size, for the template."""

    size: Size
    frame: Frame
    total: float
    base: Basemap | None
    grid: Grid
    tick_words: tuple[tuple[float, float, str, str], ...]
    fronts: tuple[tuple[str, str], ...]
    lines: str
    areas: tuple[tuple[str, str], ...]
    symbols: tuple[Symbol, ...]
    marks: tuple[Mark, ...]
    labels: Placed
    inset: Inset | None
    below: float
    bar: tuple[float, float, str]
    key: tuple[tuple[float, float, str], ...]
    notes: tuple[str, ...]

    def offset(self, label: Label) -> tuple[float, float, float, tuple[float, ...] | None]:
        """A label's x, first baseline and line height, and its leader, told from its mark [px]."""
        mark, line = self.marks[label.mark], 1.22 * self.size.letters
        led = None
        if label.leader is not None:
            x1, y1, x2, y2 = label.leader
            led = tuple(round(value, 1) for value in (x1 - mark.x, y1 - mark.y, x2 - mark.x, y2 - mark.y))
        return round(label.x - mark.x, 1), round(label.box[1] + 0.78 * line - mark.y, 1), round(line, 1), led


def panel(ground: Ground, size: Size, language: Language) -> Panel:
    """The map in one size."""
    frame = _frame(ground, size)
    scale = sizes([spot.estimate for spot in ground.spots if spot.estimate and not spot.coarse], size.mark)
    symbols = [_symbol(spot, frame, scale) for spot in ground.spots]
    marks = [_mark(spot, symbol, frame) for spot, symbol in zip(ground.spots, symbols, strict=True)]
    ways = [_way(frame, *line) for line in ground.lines]
    marks += [mark for _, mark in ways]
    net, small = grid(frame, size.ticks), inset(frame, size.side, marks) if ground.view is not None else None
    words = tuple(_tick_words(net, frame, size, language))
    base = None
    if ground.view is not None:
        base = basemap(frame, ground.view, language.code, tolerance=0.12 if ground.fine else 0.35)
    labels = placed(
        marks, (size.width, frame.height), size.letters,
        keep=[*(_word_box(word, size) for word in words), *([small.rect] if small is not None else [])],
        quiet=base.names if base is not None else (),
    )  # fmt: skip
    metres, length = scale_bar(frame, 0.28 * size.width)
    key = tuple(_key(scale, size, ground.unit, language))
    below = max(30.0, max((2 * radius + 10 for radius, _, _ in key), default=0.0))
    source = f"{CREDIT}, 1:{language.count(1e6 * scale_of(frame))}"
    told = (note.replace("{source}", source) for note in ground.notes)
    notes = tuple(line for note in told for line in wrapped(note, size.width, size.letters))
    return Panel(
        size=size, frame=frame, total=frame.height + below + 6 + LINE * len(notes),
        base=base, grid=net, tick_words=words,
        fronts=tuple((how, path_of([drawn_area(frame, land)])) for one in ground.fronts for how, land in one.land),
        lines="".join(path for path, _ in ways),
        areas=tuple(_areas(ground.spots, symbols, frame)),
        symbols=tuple(symbols), marks=tuple(marks), labels=labels, inset=small,
        below=below, bar=(metres, length, length_words(metres, language)), key=key, notes=notes,
    )  # fmt: skip


def _key(scale: Sizes, size: Size, unit: str, language: Language) -> list[tuple[float, float, str]]:
    """Circles with the numbers that they stand for: radius, x of its middle, words; from the right edge inwards."""
    found, right = [], size.width
    for value in reversed(scale.key()):
        words, radius = language.with_unit(language.short(value), unit), scale.radius(value)
        right -= text_width(words, size.letters)
        found.append((radius, round(right - radius - 4, 1), words))
        right -= 2 * radius + 18
    return found


def _frame(ground: Ground, size: Size) -> Frame:
    if ground.window is not None:
        return fitted(outline(ground.window), width=size.width, heights=size.heights)
    points = [point for spot in ground.spots for point in _extent(spot.where)]
    points += [end for start, stop, _ in ground.lines for end in (start, stop)]
    return fitted(points, width=size.width, heights=size.heights, room=size.room)


def _extent(where: Where) -> list[Lonlat]:
    """Positions that a fitted map is to hold."""
    west, south, east, north = where.bounds()
    if where.is_area:
        return [(west, south), (east, north), (west, north), (east, south)]
    radius = where.radius or 0.0
    return [(west, south), *(around(west, south, radius, 8) if 0 < radius <= _WIDEST / 3 else [])]


def _symbol(spot: Spot, frame: Frame, scale: Sizes) -> Symbol:
    x, y = (round(value, 1) for value in frame.pixel(*middle(spot.where)))
    if _has_no_dot(spot, frame):
        return Symbol(x, y, 0.0, 0.0, None, spot.kind)
    if spot.estimate is None:
        return Symbol(x, y, PLAIN if spot.kind == "plain" else UNKNOWN, 0.0, None, spot.kind)
    inner, outer = rings(spot.estimate, scale)
    return Symbol(x, y, scale.radius(spot.estimate.best), inner, outer, spot.kind)


def _has_no_dot(spot: Spot, frame: Frame) -> bool:
    """Whether a dot would tell more than is printed, or stand for a whole region."""
    is_wide = _radius(spot, frame) >= _NO_DOT and spot.estimate is None
    return spot.coarse or spot.where.is_area or is_wide or spot.role in LARGE


def _radius(spot: Spot, frame: Frame) -> float:
    return (spot.where.radius or 0.0) / frame.metres


def _mark(spot: Spot, symbol: Symbol, frame: Frame) -> Mark:
    name = drawn_name(spot.name)
    radius = max(symbol.radius, symbol.outer or 0.0)
    inside = 0.0 if symbol.radius or spot.where.is_area else 2.1 * _radius(spot, frame)
    return Mark(symbol.x, symbol.y, radius, (name, spot.value) if spot.value else (name,), inside)


def _areas(spots: Sequence[Spot], symbols: Sequence[Symbol], frame: Frame) -> list[tuple[str, str]]:
    """Kind and path of each place that is an area here, or whose doubt can be seen."""
    found = []
    for spot, symbol in zip(spots, symbols, strict=True):
        kind = f"{spot.kind}{' coarse' if spot.coarse else ''}{'' if symbol.radius else ' alone'}"
        if spot.where.is_area:
            shape = shapely.MultiPolygon([shapely.Polygon(p[0], p[1:]) for p in spot.where.polygons])
            found.append((kind, path_of([drawn_area(frame, shape)])))
        elif 0 < (spot.where.radius or 0) <= _WIDEST and (symbol.radius == 0 or _radius(spot, frame) > _AREA):
            found.append((kind, _circle(spot.where, frame)))
    return found


def _circle(where: Where, frame: Frame) -> str:
    """The ground within a place's radius; never so small that it looks like a dot."""
    lon, lat = middle(where)
    ring = around(lon, lat, max(where.radius or 0.0, 7.0 * frame.metres), 48)
    points = frame.pixels([x for x, _ in ring], [y for _, y in ring])
    inside = shapely.box(-9, -9, frame.width + 9, frame.height + 9)
    return path_of([shapely.make_valid(shapely.Polygon(points)) & inside])


def _way(frame: Frame, start: Lonlat, stop: Lonlat, words: str) -> tuple[str, Mark]:
    """The geodesic between two positions as a path, and its middle, where its length is told."""
    between = EARTH.npts(*start, *stop, 15)
    points = frame.pixels(*zip(*[start, *between, stop], strict=True))
    x, y = points[8]
    return path_of([shapely.LineString(points)]), Mark(round(float(x), 1), round(float(y), 1), 0.0, (words,))


def _tick_words(net: Grid, frame: Frame, size: Size, language: Language) -> list[tuple[float, float, str, str]]:
    """x, y, anchor and words of each tick that has room beside it."""
    found = []
    for tick in net.ticks:
        words = degrees_words(tick.degrees, tick.side, net.step, language)
        half = text_width(words, size.letters) / 2
        if tick.side == "bottom" and half + 60 < tick.x < frame.width - half - 6:
            found.append((tick.x, frame.height - 8, "middle", words))
        elif tick.side == "left" and 16 < tick.y < frame.height - 26:
            found.append((8.0, round(tick.y + 0.36 * size.letters, 1), "start", words))
    return found


def _word_box(word: tuple[float, float, str, str], size: Size) -> Rect:
    x, y, anchor, text = word
    width = text_width(text, size.letters)
    left = x - width / 2 if anchor == "middle" else x
    return left, y - size.letters, left + width, y + 4


def degrees_words(degrees: float, side: str, step: float, language: Language) -> str:
    """A longitude (side bottom) or latitude in words: 130° E."""
    places = 2 if step < 0.1 else 1 if step < 1 else 0
    is_first = degrees > 0
    key = ("east" if is_first else "west") if side == "bottom" else ("north" if is_first else "south")
    text = language.digits(f"{abs(degrees):.{places}f}")
    return f"{text}°" if degrees in {0.0, 180.0, -180.0} else language.word(f"map.{key}", n=text)


def length_words(metres: float, language: Language) -> str:
    """A length: 500 m, 1.5 km, 20 km."""
    if metres < 1000:
        return language.with_unit(language.count(metres), "m")
    is_whole = metres >= 10_000 or metres % 1000 == 0
    return language.with_unit(language.count(metres / 1000, 0 if is_whole else 1), "km")


def wrapped(text: str, width: float, letters: float) -> list[str]:
    """Words in lines that are no wider than this [px]; one word that is wider stands alone."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and 0.94 * text_width(longer, letters) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
