"""Frames of a video at even steps of time, upright and shrunk; bounded in time, number and memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import DatelineError, InputError
from dateline.media.clip import Frame
from dateline.media.photo import MOST_PIXELS, too_large

MOST_SECONDS = 3 * 3600.0
"""A longer video is refused [s]."""
FEWEST, MOST_PER_SECOND = 180, 30.0
"""A short video is sampled more densely than asked, until it has so many frames, at most so many a second."""
MEMORY = 400 << 20
"""[bytes] All frames of a video together; they are shrunk until they fit."""
SMALLEST = 160
"""[px] Frames are not shrunk below this longer side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footage:
    """What was read of a video. frames: in order of time; step: time between them [s]; duration [s]; lost: parts of
    the file that could not be decoded."""

    frames: tuple[Frame, ...]
    step: float
    duration: float
    lost: int


def sample(path: Path, *, per_second: float = 1.0, longest: int = 1600) -> tuple[Frame, ...]:
    """The frames of read_footage()."""
    return read_footage(path, per_second=per_second, longest=longest).frames


def read_footage(path: Path, *, per_second: float = 1.0, longest: int = 1600) -> Footage:
    """Frames of a video file, `per_second` of them a second, none longer than `longest` [px] on a side.

    Damaged parts are passed over and counted. Nothing but the file is opened: playlists and addresses in it are not
    followed. Raises InputError: `no-frames` (no picture can be decoded), `video-length`, `picture-size`; DatelineError
    `media-extra` where PyAV is not installed.
    """
    with _opened(path) as (container, stream):
        return _read(container, stream, path, per_second, longest)


def frame_at(path: Path, at: float) -> Frame:
    """The frame that is shown at a time [s] from the first one, in its own size: nothing is shrunk.

    Raises as read_footage().
    """
    with _opened(path) as (container, stream):
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MOST_PIXELS:
            raise too_large(path.name, f"{width} x {height} pixels a frame")
        first, shown = None, None
        for decoded in _decoded(container, stream):
            if decoded is None or decoded.time is None:
                continue
            first = decoded.time if first is None else first
            if shown is not None and decoded.time - first > at + 1e-6:
                break
            shown = decoded
        if first is None or shown is None:
            raise _no_frames(path, f"{width} x {height} pixels")
        return Frame(at=shown.time - first, pixels=_pixels(shown, max(shown.width, shown.height)))


def length_of(path: Path) -> float | None:
    """How long a video is by what its container says [s]; None where that says nothing. Raises as frame_at()."""
    with _opened(path) as (container, stream):
        return _seconds(container, stream)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """A container and its first video stream. Nothing but the file is opened. Raises InputError `no-frames`."""
    av = _av()
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            stream = next(iter(container.streams.video), None)
            if stream is None:
                raise _no_frames(path, "no video stream")
            yield container, stream
    except av.error.FFmpegError as error:
        raise _no_frames(path, str(error)[:200]) from error


def _read(container: Any, stream: Any, path: Path, per_second: float, longest: int) -> Footage:
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MOST_PIXELS:
        raise too_large(path.name, f"{width} x {height} pixels a frame")
    told = _seconds(container, stream)
    if told is not None and told > MOST_SECONDS:
        raise _too_long(path, told)
    stream.thread_type = "AUTO"
    rate = per_second if told is None else max(per_second, min(MOST_PER_SECOND, FEWEST / max(told, 1e-3)))
    side = _side(width, height, longest, (told or 60.0) * rate)
    frames: list[Frame] = []
    lost, spent, first, last, due = 0, 0, None, 0.0, 0
    for decoded in _decoded(container, stream):
        if decoded is None or decoded.time is None:
            lost += 1
            continue
        first = decoded.time if first is None else first
        last = decoded.time - first
        if last > MOST_SECONDS:
            raise _too_long(path, last)
        if last < due / rate - 1e-6:
            continue
        due = math.floor(last * rate + 1e-6) + 1  # not one a frame: where nothing was shown for a while, none is due
        pixels = _pixels(decoded, side)
        spent += pixels.nbytes
        if spent > 2 * MEMORY:
            raise _too_long(path, last)
        frames.append(Frame(at=last, pixels=pixels))
    if not frames:
        raise _no_frames(path, f"{width} x {height} pixels, {lost} damaged parts" if lost else "an empty stream")
    native = 1.0 / float(stream.average_rate) if stream.average_rate else 0.0
    return Footage(frames=tuple(frames), step=1 / rate, duration=last + native, lost=lost)


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames in order; None for a part that is damaged."""
    av = _av()
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
        except StopIteration:
            return
        except av.error.EOFError:
            return
        except av.error.InvalidDataError:
            yield None
            continue
        yield from frames


def _seconds(container: Any, stream: Any) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / 1e6


def _side(width: int, height: int, longest: int, count: float) -> int:
    """Longer side [px] at which all frames fit into MEMORY."""
    long, short = max(width, height, 1), max(1, min(width, height))
    fits = (MEMORY / (3 * max(count, 1)) * long / short) ** 0.5
    return int(min(longest, long, max(SMALLEST, fits)))


def _pixels(decoded: Any, side: int) -> npt.NDArray[np.uint8]:
    """RGB of one frame, shrunk, turned as the file says it is to be shown."""
    scale = min(1.0, side / max(decoded.width, decoded.height))
    small = decoded.reformat(
        width=max(1, round(decoded.width * scale)),
        height=max(1, round(decoded.height * scale)),
        format="rgb24",
        interpolation="AREA",
    )
    quarters = round((decoded.rotation or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(small.to_ndarray(), quarters))


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise DatelineError(
            "Reading frames of videos needs the extra `media`.",
            saw=str(error),
            do="pip install 'dateline[media]'",
            code="media-extra",
        ) from error
    return av


def _no_frames(path: Path, saw: str) -> InputError:
    return InputError(
        "No picture of this video can be decoded.",
        saw=f"{path.name}: {saw}",
        do="Get the file again, or the original; sound alone and a cut-off download have no frames.",
        code="no-frames",
    )


def _too_long(path: Path, seconds: float) -> InputError:
    return InputError(
        "The video is longer than is read here.",
        saw=f"{path.name}: {seconds / 60:.0f} minutes; at most {MOST_SECONDS / 60:.0f}",
        do="Cut out the part that matters, or lower frames_per_second; archive the cut as derived.",
        code="video-length",
    )
