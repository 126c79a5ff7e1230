"""One picture of a clip for the page: the frame that is shown at a time from its beginning."""

from __future__ import annotations

from pathlib import Path

from dateline.story.picture import Drawn, fitted

WIDEST = 720
"""[px] A still of a clip is carried no wider unless the block asks for more."""


def is_clip(path: Path) -> bool:
    """Whether a file is a video by its first bytes: MP4 or QuickTime, Matroska or WebM, AVI."""
    with path.open("rb") as stream:
        head = stream.read(12)
    if head[4:8] == b"ftyp":
        return head[8:12] not in {b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"}
    return head.startswith(b"\x1aE\xdf\xa3") or (head.startswith(b"RIFF") and head[8:] == b"AVI ")


def keyframe(path: Path, at: float, *, simulated: bool, widest: int | None = None) -> Drawn:
    """The frame at a time from the clip's first one [s], upright and marked if simulated.

    Raises as media.frames.frame_at() (`no-frames`, `picture-size`, `media-extra`); InputError `time-outside` where the
    clip ends before.
    """
    from PIL import Image

    from dateline.core.errors import InputError
    from dateline.media.frames import frame_at, length_of

    ends = length_of(path)
    if ends is not None and at > ends + 0.5:
        raise InputError(
            "The clip ends before the time of this still.",
            saw=f"{path.name}: {ends:.1f} s long; the still is of {at:g} s",
            do="Times count from the beginning of the clip: give one that lies in it.",
            code="time-outside",
        )
    return fitted(Image.fromarray(frame_at(path, at).pixels), simulated=simulated, widest=widest or WIDEST)
