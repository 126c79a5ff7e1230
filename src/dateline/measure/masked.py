"""Pictures and videos for publication: stripped of what they say of themselves, and masked where somebody said so."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline._version import __version__
from dateline.core.errors import InputError, UsageError
from dateline.core.identity import sha256_bytes, sha256_file
from dateline.evidence.atomic import write_atomic
from dateline.evidence.intake import Form
from dateline.evidence.item import Item
from dateline.evidence.media_type import check_promise, media_type
from dateline.evidence.provenance import Derivation
from dateline.measure.archive import Archive, Kept
from dateline.media.mask import Box
from dateline.media.photo import LARGEST, too_large
from dateline.media.probe import probe, probe_file

WHAT = ("faces", "plates", "name_tags")
"""What can be masked, as media records call it."""
_BOX = re.compile(r"(\d+),(\d+),(\d+),(\d+)(?:@(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)?)?", re.ASCII)
_VIDEOS = ("video/mp4", "video/quicktime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file for publication. anew: whether its pixels were encoded again. parent: name and SHA-256 of the source."""

    data: bytes
    parent: tuple[str, str]
    boxes: tuple[Box, ...]
    what: tuple[str, ...]
    removed: tuple[str, ...]
    anew: bool

    @property
    def command(self) -> str:
        """What made it, as anybody could type it again."""
        flags = [*(f"--box {box.as_text()}" for box in self.boxes), *(f"--what {one}" for one in self.what)]
        return " ".join(["dateline mask", self.parent[0], *flags])

    def to_json(self) -> dict[str, Any]:
        """The note beside the file."""
        return {
            "schema": 1,
            "sha256": sha256_bytes(self.data),
            "parent": {"name": self.parent[0], "sha256": self.parent[1]},
            "command": self.command,
            "boxes": [box.as_text() for box in self.boxes],
            "what": list(self.what),
            "removed": list(self.removed),
            "encoded_anew": self.anew,
            "tool": f"dateline {__version__}",
        }


def read_box(text: str) -> Box:
    """ "x,y,width,height" in pixels, of a video with "@start-end" in seconds. Raises UsageError `box`."""
    found = _BOX.fullmatch(text.replace(" ", ""))
    if not found or (found[6] and float(found[6]) < float(found[5])):
        raise UsageError(
            "This is no box.",
            saw=repr(text),
            do="Write left,top,width,height in pixels, such as 410,220,64,80; in a video 410,220,64,80@2.5-7.",
            code="box",
        )
    x, y, width, height = (int(part) for part in found.groups()[:4])
    return Box(x, y, width, height, float(found[5] or 0.0), float(found[6]) if found[6] else None)


def make(source: Path, boxes: Sequence[Box], what: Sequence[str], *, name: str, out: str, sound: bool) -> Made:
    """The file for publication, in memory. name: what the source is called; out: the new name, whose ending chooses.

    Raises UsageError `mask-what` (boxes without saying what they mask, or the reverse), and what dateline.media's
    strip(), mask_picture(), strip_video() and mask_video() raise.
    """
    unknown = sorted(set(what) - set(WHAT))
    if unknown or bool(boxes) != bool(what):
        raise UsageError(
            "Boxes and what they mask go together.",
            saw=f"{len(boxes)} boxes; {', '.join(what) or 'nothing said'}",
            do=f"Give --box for each place and --what: {', '.join(WHAT)}. Without both the file is only stripped.",
            code="mask-what",
        )
    data, anew = _made(source, boxes, name=name, out=out, sound=sound)
    told, left = (dict.fromkeys(f"{one.group} {one.name}" for one in facts) for facts in
                  (probe_file(source).facts, probe(data).facts))  # fmt: skip
    return Made(
        data=data,
        parent=(name, sha256_file(source)),
        boxes=tuple(boxes),
        what=tuple(what),
        removed=tuple(one for one in told if one not in left),
        anew=anew,
    )


def _made(source: Path, boxes: Sequence[Box], *, name: str, out: str, sound: bool) -> tuple[bytes, bool]:
    """The bytes, and whether the pixels were encoded again."""
    from dateline.media.mask import mask_picture
    from dateline.media.strip import strip
    from dateline.media.strip_video import mask_video, strip_video

    if media_type(source) in _VIDEOS:
        _check_ending(out, {".mp4"})
        return (mask_video(source, boxes, sound=sound), True) if boxes else strip_video(source, sound=sound)
    if any(box.end is not None or box.start for box in boxes):
        raise UsageError("A picture has no seconds.", saw=boxes[0].as_text(), do="Leave out @start-end.", code="box")
    if source.stat().st_size > LARGEST:
        raise too_large(name, f"{source.stat().st_size} bytes")
    if boxes:
        _check_ending(out, {".png", ".jpg", ".jpeg"})
        return mask_picture(source.read_bytes(), boxes, name=name, lossless=out.lower().endswith(".png")), True
    stripped = strip(source.read_bytes(), name=name)
    check_promise(out, stripped.media_type)
    return stripped.data, False


def _check_ending(out: str, endings: set[str]) -> None:
    if Path(out).suffix.lower() not in endings:
        raise UsageError(
            "The new name has an ending that is not written here.",
            saw=out,
            do=f"End it in {' or '.join(sorted(endings))}.",
            code="ending",
        )


def write(made: Made, out: Path) -> Path:
    """Writes the file, and beside it OUT.json that tells of its parent. Raises InputError `file-exists`."""
    note = out.with_name(out.name + ".json")
    for path in (out, note):
        if path.exists():
            raise InputError(
                "There is a file of this name already.", saw=str(path), do="Give another name.", code="file-exists"
            )
    write_atomic(out, made.data)
    write_atomic(note, (json.dumps(made.to_json(), ensure_ascii=False, indent=2) + "\n").encode())
    return note


def keep(archive: Archive, parent: Item, made: Made, out: Path) -> Kept:
    """Takes the written file into the case, derived from its parent. Raises what Archive.file() raises."""
    derived = Derivation(parents=(parent.id,), command=made.command)
    form = Form(
        by=archive.by,
        licence=parent.licence,
        how=f"made for publication from item {parent.id}",
        attribution=parent.attribution,
        embargo=parent.embargo,
        derived=derived,
        simulated=parent.simulated,
    )
    return archive.file(out, form)
