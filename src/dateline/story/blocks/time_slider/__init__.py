"""Dated pictures of one place, one at a time: a slider whose axis is time, so that gaps are seen as gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from dateline.core.when import When
from dateline.ledger.record import Many, refuse
from dateline.ledger.told import WhenField
from dateline.story.block import BlockModel, BlockPart, PlaceId, Plain, Prose
from dateline.story.blocks.time_slider.axis import Span, days, ends, gaps, in_order, is_closed, share, spans
from dateline.story.chart import TimeScale
from dateline.story.page import Page
from dateline.story.panel import Panel, legend_of, panel
from dateline.story.picture_row import check_alike, said_once
from dateline.story.picture_spec import PictureSpec, Stretch

MOST = 120
MONTHS = 75
"""[days] On a longer axis months or years are marked, on a shorter one days."""
KINDS, USABLE = ("seen", "partly", "not_seen", "missing", "gap"), {"seen", "partly"}

State = Literal["seen", "partly", "not seen"]


class Shot(PictureSpec):
    """One picture, and whether the place could be seen on it."""

    state: State = Field(default="seen", description="seen, partly or not seen: whether the place could be made out")
    why: Plain = Field(
        default="", description="cloud, smoke, out of frame: why the place could not be seen, or not all"
    )
    note: Plain = Field(default="", description="what can be seen, in a few words")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.state != "seen" and not self.why:
            refuse(f"{self.state}, and no reason", 'why = "cloud"', at="why")
        _closed(self.date)
        return self


class Missing(BlockPart):
    """A time of which there is no picture although one was looked for."""

    date: WhenField
    why: Plain = Field(description="why there is none: not taken, not bought, all cloud")
    sensor: str = ""

    @model_validator(mode="after")
    def _has_ends(self) -> Self:
        _closed(self.date)
        return self


def _closed(when: When | None) -> None:
    if not is_closed(when):
        refuse("no date" if when is None else when.edtf(), "a day, a month, or an interval with both ends", at="date")


class Model(BlockModel):
    """The body of a :::time_slider block."""

    is_figure: ClassVar[bool] = True

    title: Prose = Field(description="what the row of pictures shows, as a sentence")
    caption: Prose = Field(default="", description="what a reader must know to read it")
    sensor: str = Field(default="", description="what took the pictures that do not say it themselves")
    provider: str = Field(default="", description="who provides the pictures that do not say it themselves")
    licence: str = Field(default="", description="of the pictures that do not say it themselves")
    images: Many[Shot] = Field(min_length=1, max_length=MOST, description="the pictures, each a table [[images]]")
    missing: Many[Missing] = Field(
        default=(), max_length=MOST, description="times without a picture, each a table [[missing]]"
    )
    stretch: Stretch | None = Field(default=None, description="the one scale of all, for measured images")
    window: tuple[float, float, float, float] | None = Field(
        default=None, description="west, south, east, north [degrees]: the part that is drawn", strict=False
    )
    labels: Many[PlaceId] = Field(default=(), description="ids of places whose names stand on every picture")
    play: bool = Field(default=False, description="a button that plays them; none where a reader wants less motion")

    @model_validator(mode="before")
    @classmethod
    def _share(cls, values: Any) -> Any:
        return said_once(values, "images", ("sensor", "provider", "licence"))


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the handle can stand. kind: seen, partly, not_seen, missing or gap; span: its stretch of the axis."""

    kind: str
    span: Span
    when: str
    words: str
    note: str = ""
    panel: Panel | None = None
    sensor: str = ""
    between: str = ""
    vague: bool = False

    @property
    def valuetext(self) -> str:
        """What a screen reader says when the handle stands here."""
        return ". ".join(part for part in (f"{self.when}: {self.words}", self.note, self.between) if part)


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The stops in order of time. Raises InputError (`picture-shapes`, `picture-scales`) for pictures of two cuts."""
    number = page.next_figure()
    options: dict[str, Any] = {"stretch": block.stretch, "window": block.window, "labels": block.labels}
    rows: list[Shot | Missing] = [*block.images, *block.missing]
    rows = [rows[index] for index in in_order([_when(row) for row in rows])]
    placed = spans([_when(row) for row in rows])
    stops = [
        _of_shot(row, span, panel(page, f"picture-{number}-{n}", row, **options), page)
        if isinstance(row, Shot)
        else _of_missing(row, span, page)
        for n, (row, span) in enumerate(zip(rows, placed, strict=True), 1)
    ]
    panels = [stop.panel for stop in stops if stop.panel is not None]
    check_alike(panels)
    stops = _with_gaps(_between(stops, rows, page), rows, gaps(placed), page)
    return {
        "number": number,
        "stops": stops,
        "panels": panels,
        "kinds": [kind for kind in KINDS if any(stop.kind == kind for stop in stops)],
        "marks": _marks(rows, page),
        "ends": _ends(stops),
        "legend": legend_of(page, block.stretch, *block.images),
        "simulated": any(each.simulated for each in panels),
        "size": (panels[0].drawn.width, panels[0].drawn.height),
        "sources": "; ".join(dict.fromkeys(_source(each) for each in panels)),
    }


def _when(row: Shot | Missing) -> When:
    assert row.date is not None
    return row.date


def _of_shot(shot: Shot, span: Span, drawn: Panel, page: Page) -> Stop:
    kind = shot.state.replace(" ", "_")
    words = _because(page, page.word(f"time_slider.{kind}"), shot.why or shot.note)
    note = page.plain(shot.note) if shot.why else ""
    vague = _when(shot).approximate
    return Stop(kind, span, _told(_when(shot), page), words, note, drawn, drawn.sensor, vague=vague)


def _of_missing(row: Missing, span: Span, page: Page) -> Stop:
    words = _because(page, page.word("time_slider.missing"), row.why)
    return Stop("missing", span, _told(row.date, page), words, sensor=row.sensor, vague=row.date.approximate)


def _because(page: Page, words: str, why: str) -> str:
    return page.word("time_slider.because", state=words, why=page.plain(why)) if why else words


def _told(when: When, page: Page) -> str:
    """A time in words, its days in UTC; of an instant with its minute, for two images of one day are two."""
    if isinstance(when.earliest, datetime) and when.earliest == when.latest and not when.approximate:
        first, _ = ends(when)
        return page.word("bracket.moment", day=page.language.day(first.date()), time=f"{first:%H:%M}")
    first_day, last_day = days(when)
    return page.language.when(replace(when, earliest=first_day, latest=last_day))


def _between(stops: Sequence[Stop], rows: Sequence[Shot | Missing], page: Page) -> list[Stop]:
    """Of each time without a usable picture: between which days of usable ones it lies, where none reaches over it."""
    told = []
    for index, stop in enumerate(stops):
        before, after = (
            [days(_when(rows[at])) for at in part if stops[at].kind in USABLE]
            for part in (range(index), range(index + 1, len(rows)))
        )
        words = ""
        if stop.kind not in USABLE and before and after:
            first, last = max(day for _, day in before), min(day for day, _ in after)
            if first < last:
                ends_told = {"first": page.language.day(first), "last": page.language.day(last)}
                words = page.word("time_slider.no_usable", **ends_told)
        told.append(replace(stop, between=words))
    return told


def _with_gaps(
    stops: Sequence[Stop], rows: Sequence[Shot | Missing], where: Mapping[int, Span], page: Page
) -> list[Stop]:
    """The stops, with one for each long stretch of which nobody says anything."""
    told: list[Stop] = []
    for index, stop in enumerate(stops):
        if index in where:
            when = _emptiness(rows[:index], rows[index:], page)
            told.append(Stop("gap", where[index], when, page.word("time_slider.gap")))
        told.append(stop)
    return told


def _emptiness(before: Sequence[Shot | Missing], after: Sequence[Shot | Missing], page: Page) -> str:
    """The days between the last of the images before and the first of those after; within a day or two, these."""
    one = max((_when(row) for row in before), key=lambda when: ends(when)[1])
    two = min((_when(row) for row in after), key=lambda when: ends(when)[0])
    first, last = days(one)[1] + timedelta(days=1), days(two)[0] - timedelta(days=1)
    if first <= last:
        return page.language.when(When.between(first, last))
    return page.word("time_slider.from_to", first=_told(one, page), last=_told(two, page))


def _ends(stops: Sequence[Stop]) -> tuple[Stop, Stop]:
    """With which stops the axis begins and ends: a long one may do both."""
    told = [stop for stop in stops if stop.kind != "gap"]
    return min(told, key=lambda stop: stop.span.left), max(told, key=lambda stop: stop.span.right)


def _marks(rows: Sequence[Shot | Missing], page: Page) -> list[tuple[float, str]]:
    """Days, months or years on the axis [per cent], as far as they stand clear of each other and of its ends."""
    told = [ends(_when(row)) for row in rows]
    first, last = min(start for start, _ in told), max(end for _, end in told)
    found = list[tuple[float, str]]()
    for day, words in _days(TimeScale(first.date(), last.date(), 0, 100), page):
        at = share(datetime.combine(day, time(), UTC), first, last)
        if 9 <= at <= 91 and (not found or at - found[-1][0] >= 16):
            found.append((at, words))
    return found


def _days(scale: TimeScale, page: Page) -> Iterator[tuple[date, str]]:
    length = (scale.last - scale.first).days
    if length > MONTHS:
        for day, is_year in scale.marks(5):
            yield day, str(day.year) if is_year else page.language.month_tick(day)
        return
    step = next(step for step in (1, 2, 5, 10, 20) if length / step <= 5 or step == 20)
    for after in range(step, length + 1, step):
        day = scale.first + timedelta(days=after)
        yield day, page.language.day_tick(day)


def _source(each: Panel) -> str:
    return " · ".join(part for part in (each.sensor, each.provider, each.licence) if part)
