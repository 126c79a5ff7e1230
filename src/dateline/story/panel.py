"""A picture with its overlay and its data, ready for a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dateline.core.when import When
from dateline.story.page import Embed, Page
from dateline.story.picture import Drawn, PictureSpec, Stretch, path_of, photograph

_STEPS = (1, 2, 5)


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
    """Size of labels in the picture's own pixels, so that they are readable where it is shown small [px]."""


def panel(
    page: Page,
    name: str,
    spec: PictureSpec,
    *,
    stretch: Stretch | None = None,
    window: tuple[float, float, float, float] | None = None,
    labels: Sequence[str] = (),
) -> Panel:
    """Draws or re-encodes a picture, counts it among what the page carries, and gathers its credits.

    Raises InputError (code "picture") for bytes that are not there, no picture, or values without a stretch.
    """
    item = page.case.items.get(spec.item or "")
    simulated = bool(item and item.simulated) or (spec.finding is not None and page.finding(spec.finding).simulated)
    drawn = _drawn(page, spec, stretch, window, labels, simulated=simulated)
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
        scale_bar=_scale_bar(page, drawn),
        type_size=round(drawn.width / 38, 1),
    )


def _drawn(
    page: Page,
    spec: PictureSpec,
    stretch: Stretch | None,
    window: tuple[float, float, float, float] | None,
    labels: Sequence[str],
    *,
    simulated: bool,
) -> Drawn:
    from dateline.story import raster

    path = path_of(page.case, spec)
    if not raster.is_measured(path):
        return photograph(path, simulated=simulated)
    if stretch is None:
        from dateline.core.errors import InputError

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


def _scale_bar(page: Page, drawn: Drawn) -> Bar | None:
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


def legend(page: Page, stretch: Stretch) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """A colour scale for a legend 300 px wide: swatches as (x, colour), and ticks as (x, words)."""
    from dateline.story import tokens
    from dateline.story.chart import Scale, decimals, log_ticks, ticks

    colours = tokens.ramp("lights")
    swatches = [
        (round(index * 300 / 50, 1), tokens.hexadecimal(colours[round(index * 255 / 49)])) for index in range(50)
    ]
    scale = Scale(stretch.low, stretch.high, 0, 300, log=stretch.scale == "log")
    marks = (log_ticks if stretch.scale == "log" else ticks)(stretch.low, stretch.high)
    inside = [mark for mark in marks if stretch.low <= mark <= stretch.high]
    while len(inside) > 6:
        inside = inside[::2]
    places = [0 if mark >= 1 else decimals([0, mark]) for mark in inside]
    return swatches, [(scale(mark), page.language.count(mark, n)) for mark, n in zip(inside, places, strict=True)]
