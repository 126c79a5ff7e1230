"""Strips and masks videos: streams copied into a new container that says nothing, or pictures encoded anew."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import DatelineError, InputError, UsageError
from dateline.media.facts import Facts
from dateline.media.mask import BLEED, Box, fill
from dateline.media.photo import MOST_PIXELS, too_large
from dateline.media.probe import probe

CONTAINERS = {"video/mp4", "video/quicktime"}
LARGEST = 1 << 30
"""A longer video is not taken into memory [bytes]."""
MOST_FRAMES = 200_000
"""Two hours at 25 a second, and some more."""
_MUTE = {"Brands", "MediaData", "Duration", "MediaDuration", "TrackSize", "Rotation", "Codec", "Handler"}
_TIMES = {"CreationTime", "ModificationTime", "TrackCreationTime", "TrackModificationTime", "MediaCreationTime"}
_MESSAGES = {"h264": "6", "hevc": "39-40"}
"""Types of units that carry messages (SEI: ITU-T H.264, table 7-1; H.265, table 7-1)."""
_TURNS = {90: 1, 180: 2, 270: 3, -90: 3, -180: 2, -270: 1}
"""Quarter turns against the clock (numpy.rot90) by what frames say of themselves [degrees against the clock]."""


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A picture of a video, upright, with its time [s], time stamp and that one's unit [s]."""

    pixels: Any
    seconds: float
    pts: int
    base: Fraction


class _Hidden(Exception):
    """The file has pictures that its edit list keeps players from showing."""


def strip_video(path: Path, *, sound: bool = True) -> tuple[bytes, bool]:
    """The same coded pictures and sound in a new MP4 without metadata, timed data, subtitles and times of creation.

    Messages in the stream itself (SEI of H.264 and H.265: camcorders write clock and position there, coders their
    settings) are left out.

    Also tells whether the pictures were encoded anew: that is done where an edit list hides footage, which a copy would
    pass on. Raises InputError: `strip-format` (no MP4 or MOV, or streams that cannot be copied), `video-size`,
    `media-extra`; DatelineError `strip-incomplete`.
    """
    check_video(path)
    av, stream = _av(), io.BytesIO()
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as source, _writer(av, stream) as made:
            _copy(source, made, sound=sound)
    except _Hidden:
        return mask_video(path, (), sound=sound), True
    except (av.error.FFmpegError, ValueError) as error:
        raise _not_copied(path, str(error)) from error
    return _checked(stream.getvalue(), path), False


def _copy(source: Any, made: Any, *, sound: bool) -> None:
    """Copies the coded packets. Raises _Hidden."""
    streams = (*source.streams.video[:1], *(source.streams.audio[:1] if sound else ()))
    copied = {one.index: made.add_stream_from_template(one) for one in streams}
    for one in copied.values():
        one.metadata.clear()
    mute = {one.index: _without_messages(one) for one in streams}
    for packet in source.demux(list(streams)):
        if packet.is_discard and packet.stream.type == "video":
            raise _Hidden
        index = packet.stream.index
        for left in mute[index].filter(packet) if packet.dts is not None else ():
            left.stream = copied[index]
            made.mux(left)


def _without_messages(stream: Any) -> Any:
    """The filter of a stream that takes its messages (SEI) out of it, and passes everything else on."""
    from av.bitstream import BitStreamFilterContext

    types = _MESSAGES.get(stream.codec_context.name if stream.codec_context is not None else "")
    return BitStreamFilterContext(f"filter_units=remove_types={types}" if types else "null", stream)


def mask_video(path: Path, boxes: Sequence[Box], *, sound: bool) -> bytes:
    """A new MP4 (H.264) of the pictures, upright, each box filled while it applies. sound: copied, or left out.

    Boxes are grown by BLEED. Raises what strip_video() raises; UsageError `box`.
    """
    check_video(path)
    av, stream = _av(), io.BytesIO()
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as source, _writer(av, stream) as made:
            _encode(source, made, av, boxes, sound=sound, path=path)
    except (av.error.FFmpegError, ValueError) as error:
        raise _not_copied(path, str(error)) from error
    return _checked(stream.getvalue(), path)


def check_video(path: Path) -> None:
    """Raises InputError `strip-format` or `video-size` for what is no MP4 or MOV, or too long to be written here."""
    with path.open("rb") as stream:
        kind = probe(stream.read(64)).media_type
    if kind not in CONTAINERS:
        raise InputError(
            "This kind of video is not written anew here.",
            saw=f"{path.name}: {kind}",
            do="Publish stills of it (`dateline mask` on pictures), or convert it to MP4 first.",
            code="strip-format",
        )
    size = path.stat().st_size
    if size > LARGEST:
        raise _too_long(path, f"{size} bytes")


def _too_long(path: Path, saw: str) -> InputError:
    return InputError(
        "The video is too long to be written anew here.",
        saw=f"{path.name}: {saw}",
        do=f"Cut out the part that is published; the limits are {LARGEST >> 20} MB and {MOST_FRAMES} frames.",
        code="video-size",
    )


def _writer(av: Any, stream: io.BytesIO) -> Any:
    """A container that gets no metadata: with bitexact it does not even name the program that wrote it."""
    return av.open(stream, "w", format="mp4", options={"fflags": "+bitexact"})


def _encode(source: Any, made: Any, av: Any, boxes: Sequence[Box], *, sound: bool, path: Path) -> None:
    video = next(iter(source.streams.video), None)
    if video is None or video.codec_context is None:
        raise _not_copied(path, "no video stream that can be decoded")
    if video.codec_context.width * video.codec_context.height > MOST_PIXELS:
        raise too_large(path.name, f"{video.codec_context.width} x {video.codec_context.height} pixels a frame")
    audio = next(iter(source.streams.audio), None) if sound else None
    copied = None
    if audio is not None:
        copied = made.add_stream_from_template(audio)
        copied.metadata.clear()
    out, first = None, None
    used: set[Box] = set()
    for picture, until in _with_ends(_pictures(source, video, audio, copied, made, path)):
        first = picture.seconds if first is None else first
        out = out or _coder(made, video, picture.pixels)
        inside = [box for box in boxes if box.at(picture.seconds - first, until - picture.seconds)]
        used.update(inside)
        for coded in out.encode(_masked(av, picture, inside)):
            made.mux(coded)
    if out is None:
        raise _not_copied(path, "no picture can be decoded")
    for coded in out.encode(None):
        made.mux(coded)
    _check_used(boxes, used)


def _pictures(  # noqa: PLR0917
    source: Any, video: Any, audio: Any, copied: Any, made: Any, path: Path
) -> Iterator[_Picture]:
    """The pictures of a video; its sound is copied on the way where `copied` is its new stream."""
    count = 0
    for packet in source.demux([one for one in (video, audio) if one is not None]):
        if copied is not None and packet.stream.index == audio.index:
            if packet.dts is not None:
                packet.stream = copied
                made.mux(packet)
            continue
        for picture in _upright(packet):
            count += 1
            if count > MOST_FRAMES:
                raise _too_long(path, f"more than {MOST_FRAMES} frames")
            yield picture


def _with_ends(pictures: Iterator[_Picture]) -> Iterator[tuple[_Picture, float]]:
    """Each picture and until when it is shown [s]: it may have begun long before a box does."""
    before: _Picture | None = None
    step = 0.0
    for picture in pictures:
        if before is not None:
            step = picture.seconds - before.seconds
            yield before, picture.seconds
        before = picture
    if before is not None:
        yield before, before.seconds + step


def _check_used(boxes: Sequence[Box], used: set[Box]) -> None:
    """Raises UsageError `box` for a box that no frame had: a face would be open."""
    for box in boxes:
        if box not in used:
            raise UsageError(
                "A box has a time that is not in the video.",
                saw=box.as_text(),
                do="Give seconds from the start of the video, as a player shows them.",
                code="box",
            )


def _upright(packet: Any) -> Iterator[_Picture]:
    """The pictures of a packet."""
    for frame in packet.decode():
        if frame.pts is None:
            continue
        turns = _TURNS.get(round(getattr(frame, "rotation", 0) or 0), 0)
        pixels = np.rot90(frame.to_ndarray(format="rgb24"), turns)
        yield _Picture(pixels, float(frame.time), frame.pts, frame.time_base)


def _masked(av: Any, picture: _Picture, inside: Sequence[Box]) -> Any:
    pixels = picture.pixels
    rows, columns = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2  # the coder takes even sides
    filled = fill(pixels, inside, grow=BLEED)[:rows, :columns]
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(filled), format="rgb24").reformat(format="yuv420p")
    frame.pts, frame.time_base = picture.pts, picture.base
    return frame


def _coder(made: Any, video: Any, pixels: Any) -> Any:
    out = made.add_stream(
        "libx264", rate=video.average_rate or 25, options={"crf": "18", "bf": "0", "preset": "veryfast"}
    )
    out.height, out.width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    out.pix_fmt = "yuv420p"
    out.codec_context.time_base = video.time_base
    return out


def _checked(data: bytes, path: Path) -> bytes:
    facts = probe(data)
    left = [fact.name for fact in facts.facts if not _is_mute(facts, fact.name)]
    if left or facts.faults:
        raise DatelineError(
            "Something is left in the video after it was stripped, so it was not written.",
            saw=f"{path.name}: {', '.join([*left, *(fault.text for fault in facts.faults)])}",
            do="Publish stills of it instead; and tell us.",
            code="strip-incomplete",
        )
    return data


def _is_mute(facts: Facts, name: str) -> bool:
    return name in _MUTE or (name in _TIMES and all(fact.value == "not set" for fact in facts.all(name)))


def _not_copied(path: Path, saw: str) -> InputError:
    return InputError(
        "The video cannot be written anew.",
        saw=f"{path.name}: {saw[:200]}",
        do="Publish stills of it (`dateline mask` on pictures), or convert it to MP4 with H.264 first.",
        code="strip-format",
    )


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise InputError(
            "Writing videos needs the extra `media`.",
            saw=str(error),
            do="pip install 'dateline[media]'",
            code="media-extra",
        ) from error
    return av
