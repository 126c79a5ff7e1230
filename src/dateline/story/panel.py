"""A picture with its overlay and its data, ready for a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.story import tokens
from dateline.story.chart import Scale, log_ticks
from dateline.story.keyframe import is_clip, keyframe
from dateline.story.page import Embed, Page
from dateline.story.picture import Drawn, path_of, photograph
from dateline.story.picture_spec import PictureSpec, Stretch

_STEPS = (1, 2, 5)
WIDTH, SWATCHES = 240, 48
"""[px] Width of a legend, and of how many colours it is made."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A scale bar: its length in the picture [px] and in words."""

    length: float
    words: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture as a template prints it."""

    id: str
    drawn: Drawn
    spec: PictureSpec
    alt: str
    date: str
    sensor: str
    provider: str
    licence: str
    simulated: bool
    scale_bar: Bar | None
    type_size: float
    """Size of labels in the picture's own pixels, on a wide screen and on a phone: never under 12 px as shown [px]."""
    type_size_narrow: float


def panel(
    page: Page,
    name: str,
    spec: PictureSpec,
    *,
    stretch: Stretch | None = None,
    window: tuple[float, float, float, float] | None = None,
    labels: Sequence[str] = (),
    at: float | None = None,
) -> Panel:
    """Draws or re-encodes a picture, counts it among what the page carries, and gathers its credits.

    at: of a video, the time from its beginning whose frame is taken [s].
    Raises InputError (code "picture") for bytes that are not there, no picture, or values without a stretch.
    """
    item = page.case.items.get(spec.item or "")
    simulated = page.reading.is_simulated_picture(spec)
    key = (spec, stretch, window, tuple(labels), simulated, at)
    if key not in page.drawn:
        page.drawn[key] = _drawn(page, spec, stretch, window, labels, simulated=simulated, at=at)
    drawn = page.drawn[key]
    if item is not None:
        page.items.add(item.id)
    provider = spec.provider or (item.attribution if item and item.attribution else "")
    licence = spec.licence or (item.licence.name if item else "")
    page.credits.setdefault(provider, licence)
    when: When | None = spec.date
    date = page.language.when(when) if when is not None else ""
    what = ", ".join(part for part in (spec.sensor, date) if part)
    page.carry(Embed(name, what, drawn.media_type, len(drawn.data), drawn.sha256))
    return Panel(
        id=name,
        drawn=drawn,
        spec=spec,
        alt=page.plain(spec.alt),
        date=date,
        sensor=spec.sensor,
        provider=provider,
        licence=licence,
        simulated=simulated,
        scale_bar=bar_of(page, drawn),
        type_size=round(drawn.width / 44, 1),
        type_size_narrow=round(drawn.width / 24, 1),
    )


def _drawn(
    page: Page,
    spec: PictureSpec,
    stretch: Stretch | None,
    window: tuple[float, float, float, float] | None,
    labels: Sequence[str],
    *,
    simulated: bool,
    at: float | None = None,
) -> Drawn:
    from dateline.story import raster

    path = path_of(page.case, spec)
    if at is not None and is_clip(path):
        return keyframe(path, at, simulated=simulated, widest=spec.widest)
    if not raster.is_measured(path):
        stamp = simulated and spec.finding is None  # methods mark their own pictures
        return photograph(path, simulated=stamp, widest=spec.widest)
    if stretch is None:
        raise InputError(
            f"{path.name} holds measured values, and the block does not say how to draw them.",
            saw="no [stretch]",
            do='Add [stretch] with low, high and unit, for example low = 0.5, high = 60, unit = "nW cm-2 sr-1".',
            code="picture",
        )
    return raster.draw(
        path,
        stretch,
        product=spec.product,
        layer=spec.layer,
        window=window,
        labels=[(page.name(name), page.case.places[name].where) for name in labels],
        simulated=simulated,
    )


def bar_of(page: Page, drawn: Drawn) -> Bar | None:
    """A round length of about a fifth of the picture."""
    if drawn.placed is None:
        return None
    ground = drawn.placed.width_m
    lengths = [step * 10.0**power for power in range(7) for step in _STEPS]
    metres = max((length for length in lengths if length <= ground / 4), default=lengths[0])
    words = (
        page.word("before_after.scale_km", n=page.language.count(metres / 1000))
        if metres >= 1000
        else page.word("before_after.scale_m", n=page.language.count(metres))
    )
    return Bar(round(metres / ground * drawn.width, 1), words)


@dataclass(frozen=True, slots=True)
class Legend:
    """A colour scale 240 px wide: swatches as (x, colour), ticks as (x, words), and the unit."""

    swatches: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    unit: str


def legend_of(page: Page, stretch: Stretch | None, *specs: PictureSpec) -> Legend | None:
    """The one colour scale of some pictures: the declared stretch, or that of the finding that drew them all.

    None when they are pictures as delivered, or when their scales differ.
    """
    if stretch is not None:
        return Legend(*_of_stretch(page, stretch), page.language.unit(stretch.unit))
    told = [_told_by_finding(page, spec) for spec in specs]
    if told[0] is None or any(other != told[0] for other in told):
        return None
    stops, unit = told[0]
    return Legend(*_of_stops(page, stops), page.language.unit(unit))


def _told_by_finding(page: Page, spec: PictureSpec) -> tuple[list[tuple[float, str]], str] | None:
    if spec.finding is None:
        return None
    values = page.case.finding(spec.finding).values
    maps = values.get("map")
    told = values.get(spec.artifact) or (maps.get(spec.artifact) if isinstance(maps, dict) else None)
    if not isinstance(told, dict) or not told.get("stops"):
        return None
    return [(float(value), str(colour)) for value, colour in told["stops"]], str(told.get("unit", "1"))


def _of_stops(page: Page, stops: list[tuple[float, str]]) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Stops at even distances with the colours between them."""
    colours = [tokens.rgb(colour) for _, colour in stops]
    step = WIDTH / (len(stops) - 1)
    ticks = [(round(index * step, 1), _short(page, value)) for index, (value, _) in enumerate(stops)]
    return _swatches(colours), ticks


def _swatches(colours: Sequence[tuple[int, int, int]]) -> list[tuple[float, str]]:
    found = []
    for index in range(SWATCHES):
        at = index * (len(colours) - 1) / (SWATCHES - 1)
        left = min(int(at), len(colours) - 2)
        red, green, blue = (
            round(one + (two - one) * (at - left)) for one, two in zip(colours[left], colours[left + 1], strict=True)
        )
        found.append((round(index * WIDTH / SWATCHES, 1), tokens.hexadecimal((red, green, blue))))
    return found


def _short(page: Page, value: float) -> str:
    size = abs(value)
    return page.language.count(value, 0 if size >= 10 or float(value).is_integer() else 1 if size >= 1 else 2)


def _of_stretch(page: Page, stretch: Stretch) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    from dateline.imagery.palette import night

    scale = Scale(stretch.low, stretch.high, 0, WIDTH, log=True)
    marks = [mark for mark in log_ticks(stretch.low, stretch.high) if stretch.low <= mark <= stretch.high]
    colours = [(int(red), int(green), int(blue)) for red, green, blue in night()]
    return _swatches(colours), [(scale(mark), _short(page, mark)) for mark in marks]
