"""Reads what a picture or video file says of itself: Exif, XMP, IPTC, and the facts of its container, verbatim."""

from __future__ import annotations

import mmap
from pathlib import Path

from dateline.evidence.media_type import EMPTY, HEAD, TIFF, sniff
from dateline.media.facts import Facts
from dateline.media.probe.boxes import read_boxes
from dateline.media.probe.chunks import read_gif, read_png, read_webp
from dateline.media.probe.jpeg import read_jpeg
from dateline.media.probe.sheet import Data, Sheet
from dateline.media.probe.tiff import read_exif

__all__ = ["probe", "probe_file"]

_BOXED = {"video/mp4", "video/quicktime", "image/heic", "image/avif"}


def probe(data: Data) -> Facts:
    """The facts of one file. Never raises for bytes that are broken: what is wrong with them is among the faults.

    Reads at most MOST_FACTS facts, and no block larger than LONGEST_PACKET [bytes]; decodes no pixels.
    """
    kind = sniff(bytes(data[:HEAD])) if len(data) else EMPTY
    sheet = Sheet()
    if kind == "image/jpeg":
        read_jpeg(data, sheet)
    elif kind == "image/png":
        read_png(data, sheet)
    elif kind == "image/webp":
        read_webp(data, sheet)
    elif kind == "image/gif":
        read_gif(data, sheet)
    elif kind == TIFF:
        read_exif(data, 0, len(data), at="TIFF", sheet=sheet, picture=True)
    elif kind in _BOXED:
        read_boxes(data, sheet)
    else:
        sheet.fault("not-read", f"The container of {kind} is not read here.", "byte 0")
    return Facts(
        media_type=kind,
        size=len(data),
        facts=tuple(sheet.facts),
        faults=tuple(sheet.faults),
        dimensions=sheet.dimensions,
        thumbnail=sheet.thumbnail,
    )


def probe_file(path: Path) -> Facts:
    """The same of a file, which is mapped into memory and not read whole."""
    if path.stat().st_size == 0:
        return probe(b"")
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return probe(data)
