"""A clip of the case as stills with their times: what is seen, what could be checked, where it was first found."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup
from pydantic import Field, model_validator

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.item import Item
from dateline.ledger.clock_time import Seconds, spell_clock
from dateline.ledger.graphic import is_graphic
from dateline.ledger.media_item import MediaItem
from dateline.ledger.record import Many
from dateline.ledger.told import WhenField
from dateline.ledger.verification import AXES, LADDERS, Axis
from dateline.story.axis_words import position_of
from dateline.story.block import BlockModel, FindingId, ItemId, Prose, ReferenceText
from dateline.story.blocks.video.embedding import LARGEST, heard, webvtt, why_not
from dateline.story.page import Embed, Page
from dateline.story.panel import Panel, panel
from dateline.story.picture_row import said_once
from dateline.story.picture_spec import PictureSpec

MOST = 24


class Keyframe(PictureSpec):
    """One still: of the clip itself when no file, item or finding is named."""

    at: Seconds = Field(description="its time in the clip, from the clip's beginning: 12.5, or 00:00:12.500")
    shown: Prose = Field(description="what can be seen on it")


class Model(BlockModel):
    """The body of a :::video block."""

    is_figure: ClassVar[bool] = True

    title: Prose = Field(description="what the clip is, as a sentence")
    media: ReferenceText = Field(description="id of the media record of the clip")
    item: ItemId | None = Field(default=None, description="id of the clip's file, for stills from it and for embed")
    finding: FindingId | None = Field(default=None, description="id of the finding on its four axes")
    published: Prose = Field(description="who published it, and where it was first found")
    caption: Prose = Field(default="", description="what a reader must know of it")
    sensor: str = Field(default="", description="what took it: a phone, a fixed camera, not known")
    provider: str = Field(default="", description="who provides it; the item's attribution otherwise")
    licence: str = Field(default="", description="the item's licence otherwise")
    date: WhenField | None = Field(default=None, description="when it was taken; ../.. when nothing is known")
    frames: Many[Keyframe] = Field(min_length=1, max_length=MOST, description="the stills, each a table [[frames]]")
    embed: bool = Field(default=False, description="whether the page carries the clip itself")

    @model_validator(mode="before")
    @classmethod
    def _share(cls, values: Any) -> Any:
        values = said_once(values, "frames")
        if (
            not isinstance(values, Mapping)
            or not values.get("item")
            or not isinstance(values.get("frames"), list | tuple)
        ):
            return values
        frames = [
            {**row, "item": values["item"]}
            if isinstance(row, Mapping) and not {"item", "file", "finding"} & {*row}
            else row
            for row in values["frames"]
        ]
        return {**values, "frames": frames}


@dataclass(frozen=True, slots=True)
class Still:
    """One still as the template prints it."""

    panel: Panel
    at: str
    shown: Markup


@dataclass(frozen=True, slots=True)
class Clip:
    """The clip's bytes as the page carries them, with its captions."""

    uri: str
    size: str
    captions: str


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The stills in order of time. Raises InputError (code `video-embed`) where the clip cannot stand on the page."""
    number, media = page.next_figure(), page.case.media[block.media]
    stills = [
        Still(panel(page, f"picture-{number}-{n}", one, at=one.at), spell_clock(one.at), page.prose(one.shown))
        for n, one in enumerate(sorted(block.frames, key=lambda one: one.at), 1)
    ]
    rows = list(heard(media, page.case, page.language.code))
    item = page.case.items.get(block.item or "")
    files = {*media.items, *(one.item for one in block.frames if one.item)}
    return {
        "number": number,
        "stills": stills,
        "axes": list(_axes(block, media, page)),
        "graphic": media.graphic or any(is_graphic(page.case, name) for name in files),
        "posted": page.language.when(media.posted) if media.posted is not None else "",
        "address": media.url or "",
        "heard": [(spell_clock(row.start), row) for row in rows],
        "clip": _clip(media, item, rows, page, number) if block.embed else None,
        "simulated": page.case.head.exercise or any(one.panel.simulated for one in stills),
        "said": page.link(page.look(block.media), media.title),
        "sources": "; ".join(dict.fromkeys(_source(one.panel) for one in stills)),
    }


def _axes(block: Model, media: MediaItem, page: Page) -> Iterator[tuple[str, str | Markup]]:
    """Each axis and where the clip stands on it: as the finding says, or the case; nothing where nothing was done."""
    if block.finding is not None:
        finding = page.finding(block.finding)
        for axis in AXES:
            if axis in finding.values:
                words = page.word(f"verification.{finding.values[axis]['position']}")
                link = page.link(page.look(f"{block.finding}.values.{axis}.position"), words)
                yield page.word(f"verification.axis_{axis}"), link
        return
    stands: dict[Axis, str] = {axis: position_of(page.reading, media, axis) for axis in AXES}
    if any(stands[axis] != LADDERS[axis][0] for axis in AXES):
        yield from (
            (page.word(f"verification.axis_{axis}"), page.word(f"verification.{stands[axis]}")) for axis in AXES
        )


def _clip(media: MediaItem, item: Item | None, rows: list[Any], page: Page, number: int) -> Clip:
    from dateline.measure.files import item_path
    from dateline.media.strip_video import strip_video

    refused = list(why_not(page.case, media, item))
    if refused or item is None:
        raise _refused(media, *refused[0])
    data, _ = strip_video(item_path(page.case, item.id))
    if len(data) > LARGEST:
        raise _refused(media, f"{len(data):,} bytes; at most {LARGEST:,} fit", "Cut out the part that matters.")
    page.items.add(item.id)
    page.carry(Embed(f"clip-{number}", media.title, "video/mp4", len(data), sha256_bytes(data)))
    captions = _uri("text/vtt", webvtt(rows).encode()) if any(not row.is_gap for row in rows) else ""
    return Clip(_uri("video/mp4", data), page.language.count(max(1, round(len(data) / 1000))), captions)


def _uri(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _refused(media: MediaItem, saw: str, do: str) -> InputError:
    return InputError(f"The clip {media.id} cannot stand on the page itself.", saw=saw, do=do, code="video-embed")


def _source(each: Panel) -> str:
    return " · ".join(part for part in (each.sensor, each.date, each.provider, each.licence) if part)
