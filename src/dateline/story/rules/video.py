"""A clip that its record does not carry, or that may not stand on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dateline.ledger.media_item import MediaItem
from dateline.story.blocks.video.embedding import to_mask, why_not
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="video",
    name="a clip that its record does not carry, or pictures and bytes that may not stand on the page",
    level=Level.BLOCK,
    why="A clip on a page is given to everybody who opens it: with its licence, with whoever is in it, with its sound.",
    do="Show stills, and name the record of the clip and its own files and finding.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds clips without their record, files or axes of another one, bytes that may not stand on the page; and in any
    block pictures with faces that were to be masked."""
    for use, name, spec, spot in reading.pictures():
        if masked := to_mask(reading.case, spec.item or ""):
            saw = f"{name} of the :::{use.name} block: {spec.item} shows {', '.join(masked)} that are to be masked"
            faults.add(spot, saw, "Name the masked copy, or a still of it (`dateline mask`).")
    for use in reading.story.blocks:
        if use.name == "video" and use.model is not None:
            for saw, do in _lacking(reading, use.model):
                faults.add(use.spot, saw, do)


def _lacking(reading: Reading, block: Any) -> Iterator[tuple[str, str]]:
    media, items = reading.case.records.get(block.media), reading.case.items
    if not isinstance(media, MediaItem) or media.type != "video":
        yield f"media = {block.media!r}, which is no video", 'Name the media record of the clip (type = "video").'
        return
    if block.item is not None and block.item not in media.items:
        yield f"{block.item} is no file of {media.id}", f"Its files: {', '.join(media.items) or 'none yet'}."
    if block.finding is not None and not _of_this(reading, block.finding, media):
        yield f"{block.finding} does not tell of {media.id}", "Name the finding of four_axes whose media is this one."
    if block.embed:
        yield from why_not(reading.case, media, items.get(block.item or ""))


def _of_this(reading: Reading, name: str, media: MediaItem) -> bool:
    measure = reading.case.measures.get(name)
    if measure is None or measure.method != "four_axes":
        return False
    return any(media.id in one.media for one in measure.inputs.get("media", ()))
