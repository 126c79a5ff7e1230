"""Videos for publication: nothing said, nothing hidden, nothing under the boxes."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dateline.core.errors import InputError, UsageError
from dateline.media.mask import BLEED, Box
from dateline.media.probe import probe
from dateline.media.probe.boxes import boxes
from dateline.media.strip_video import mask_video, strip_video


def decoded(path: Path) -> list[np.ndarray]:
    """All frames of a video, upright or not."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def written(path: Path, inside: int, box: Box, *, frames: int = 12) -> Path:
    """A small video with metadata; inside the box another brightness for each `inside`, outside always the same."""
    noise = np.random.default_rng(1).integers(0, 256, (96, 128, 3), np.uint8)
    with av.open(str(path), "w", format="mp4") as container:
        container.metadata["title"], container.metadata["location"] = "A. Witness", "+48.8577+002.2950/"
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(frames):
            pixels = np.roll(noise, number, axis=1)
            pixels[box.y : box.y + box.height, box.x : box.x + box.width] = (inside * number) % 256
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_a_copy_of_the_streams_says_nothing(samples: Path, tmp_path: Path) -> None:
    """Pictures are the same bit by bit; names, times, positions and credentials are gone; FFmpeg finds none either."""
    source = samples / "verification/video/carphone_distorted.mp4"
    data, anew = strip_video(source)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(data)
    assert not anew
    assert all(np.array_equal(one, other) for one, other in zip(decoded(source), decoded(copy), strict=True))
    with av.open(str(copy)) as container:
        assert set(container.metadata) <= {"major_brand", "minor_version", "compatible_brands"}


def test_names_and_places_do_not_reach_the_copy(tmp_path: Path) -> None:
    """What a phone or program wrote about people and places is not in the bytes."""
    source = written(tmp_path / "a.mp4", 9, Box(10, 10, 20, 20))
    assert b"Witness" in source.read_bytes()
    data, _ = strip_video(source)
    assert b"Witness" not in data
    assert b"48.8577" not in data
    assert {fact.value for fact in probe(data).facts if fact.name.endswith("Time")} == {"not set"}


def test_footage_that_was_trimmed_away_is_not_passed_on(samples: Path, tmp_path: Path) -> None:
    """A clip whose editor only hid the rest is encoded anew, with the frames that players show and no others."""
    source = samples / "verification/video/v2s.mov"
    data, anew = strip_video(source)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(data)
    assert anew
    facts = probe(data)
    assert facts.number("MediaDuration") == pytest.approx(facts.number("Duration"), abs=0.1)
    shown, there = decoded(source), decoded(copy)
    assert len(there) == len(shown)
    assert np.abs(there[0].astype(int) - shown[0]).mean() < 4


def test_masked_frames_are_masked_and_others_are_not(samples: Path, tmp_path: Path) -> None:
    """The box is even while it applies, and the picture is as before outside it and at other times."""
    source = samples / "verification/video/carphone_distorted.mp4"
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(mask_video(source, [Box(60, 40, 50, 50, 1.0, 2.0)], sound=False))
    before, after = decoded(source), decoded(copy)
    assert len(before) == len(after)
    inside = np.s_[40 - BLEED + 4 : 90 + BLEED - 4, 60 - BLEED + 4 : 110 + BLEED - 4]
    assert after[45][inside].std(axis=(0, 1)).max() < 4  # 30 frames a second
    for number in (0, 100):
        assert np.abs(after[number].astype(int) - before[number]).mean() < 4


@pytest.mark.parametrize(("matrix", "turns"), [((0, 1, -1, 0), 3), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 1)])
def test_boxes_lie_on_a_turned_video_as_it_is_seen(
    samples: Path, tmp_path: Path, matrix: tuple[int, int, int, int], turns: int
) -> None:
    """A clip from a phone held upright is stored lying down: the copy stands upright, and the box is where it is seen.

    turns: quarter turns against the clock from the stored to the shown picture, by the container's matrix.
    """
    data = bytearray((samples / "verification/video/carphone_distorted.mp4").read_bytes())
    track = next(one for one in boxes(bytes(data), 0, len(data)) if one.kind == b"tkhd")
    a, b, c, d = (65_536 * one for one in matrix)
    data[track.end - 44 : track.end - 8] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    source, copy = tmp_path / "turned.mp4", tmp_path / "copy.mp4"
    source.write_bytes(data)
    copy.write_bytes(mask_video(source, [Box(0, 0, 30, 20)], sound=False))
    shown, made = np.rot90(decoded(source)[50], turns), decoded(copy)[50]
    assert made.shape == shown.shape
    assert made[: 20 + BLEED - 4, : 30 + BLEED - 4].std(axis=(0, 1)).max() < 4
    assert np.abs(made[60:, 60:].astype(int) - shown[60:, 60:]).mean() < 5


def test_two_faces_give_nearly_one_video(tmp_path: Path) -> None:
    """Videos that differ only under the box cannot be told apart by what lies under it in the copies."""
    box = Box(40, 30, 24, 24)
    copies = []
    for inside in (3, 17):
        path = tmp_path / f"{inside}.mp4"
        path.write_bytes(mask_video(written(tmp_path / f"in{inside}.mp4", inside, box), [box], sound=False))
        copies.append(decoded(path))
    covered = np.s_[30:54, 40:64]
    originals = [decoded(tmp_path / f"in{inside}.mp4") for inside in (3, 17)]
    apart = [np.abs(a[covered].astype(int) - b[covered]).mean() for a, b in zip(*originals, strict=True)]
    left = [np.abs(a[covered].astype(int) - b[covered]).mean() for a, b in zip(*copies, strict=True)]
    assert max(apart) > 60
    assert max(left) < 8


def test_what_is_no_mp4_is_refused(tmp_path: Path) -> None:
    """Other containers, files that only pretend, and boxes beside the picture are refused in words."""
    (tmp_path / "a.webm").write_bytes(b"\x1aE\xdf\xa3" + b"\x00" * 100)
    (tmp_path / "b.mp4").write_bytes(b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + b"\x00" * 100)
    for name in ("a.webm", "b.mp4"):
        with pytest.raises(InputError) as refused:
            strip_video(tmp_path / name)
        assert refused.value.code == "strip-format"
    source = written(tmp_path / "c.mp4", 3, Box(0, 0, 8, 8))
    with pytest.raises(UsageError) as outside:
        mask_video(source, [Box(120, 0, 20, 20)], sound=False)
    assert outside.value.code == "box"


def numbered(path: Path, times: list[int], *, coder: str = "mpeg4") -> Path:
    """Noise at these times in tenths of a second."""
    noise = np.random.default_rng(1)
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(coder, rate=10)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 10)
        for at in times:
            frame = av.VideoFrame.from_ndarray(noise.integers(0, 256, (96, 128, 3), np.uint8), format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("times", "span", "masked"),
    [
        ([*range(10)], (0.55, 0.65), [5, 6]),  # the frame of 0.5 s is still shown at 0.55 s
        ([*range(50, 60)], (0.0, 0.25), [0, 1, 2]),  # seconds are those of a player, not of the file
        ([0, 1, 2, 40, 41, 42], (2.0, 3.0), [2]),  # nothing new is shown between 0.2 and 4 s
    ],
)
def test_a_box_covers_every_frame_that_is_shown_in_its_time(
    tmp_path: Path, times: list[int], span: tuple[float, float], masked: list[int]
) -> None:
    """A face is covered from the first frame that a player shows in the time of its box."""
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(mask_video(numbered(tmp_path / "a.mp4", times), [Box(30, 30, 40, 40, *span)], sound=False))
    even = [number for number, frame in enumerate(decoded(copy)) if frame[40:60, 40:60].std() < 12]
    assert even == masked


def test_a_box_in_no_frame_is_refused(tmp_path: Path) -> None:
    """A time beyond the end would leave the face open, and nobody would be told."""
    with pytest.raises(UsageError) as refused:
        mask_video(numbered(tmp_path / "a.mp4", [*range(5)]), [Box(30, 30, 40, 40, 50.0, 60.0)], sound=False)
    assert refused.value.code == "box"


def test_messages_in_the_stream_are_left_out(tmp_path: Path) -> None:
    """Camcorders write clock and position into the coded stream, coders their settings: no byte of it in the copy."""
    source = numbered(tmp_path / "a.mp4", [*range(8)], coder="libx264")
    assert b"options: cabac" in source.read_bytes()
    data, _ = strip_video(source)
    assert b"options: cabac" not in data
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(data)
    assert all(np.array_equal(one, other) for one, other in zip(decoded(source), decoded(copy), strict=True))
