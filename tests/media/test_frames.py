"""Frames of real and of broken videos, and the pieces of one in another."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.media.test_fingerprint import scene

from dateline.core.errors import InputError
from dateline.media import frames
from dateline.media.frames import read_footage, sample
from dateline.media.frames_align import Series, align, shots, turn_of


def video(path: Path, seconds: int, rate: int = 4, size: tuple[int, int] = (160, 120)) -> Path:
    """A small video of changing scenes."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(seconds * rate):
            grey = scene(number // rate, size[::-1]).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.stack([grey] * 3, -1), format="rgb24")))
        container.mux(stream.encode())
    return path


def series(hashes: np.ndarray, step: float = 1.0) -> Series:
    """Hashes (n, 4) as frames, alike in all turns but the first."""
    turned = np.repeat(hashes[:, None, None, :], 8, axis=2)
    turned[:, :, 1:] = ~turned[:, :, 1:]
    sound = np.ones(len(hashes), bool)
    return Series(at=np.arange(len(hashes)) * step, hashes=turned, sound=sound, step=step)


def film(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**64, (count, 4), dtype=np.uint64)


def noisy(hashes: np.ndarray, bits: int, seed: int = 1) -> np.ndarray:
    """Each hash with so many bits changed."""
    rng, changed = np.random.default_rng(seed), hashes.copy()
    for row in changed:
        for bit in rng.choice(256, bits, replace=False):
            row[bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return changed


def test_frames_come_in_order_at_the_step_asked_for(tmp_path: Path) -> None:
    """A long enough video gives a frame a second; a short one all it has."""
    path = video(tmp_path / "a.mp4", 4)
    read = read_footage(path)
    assert len(read.frames) == 16
    assert read.duration == pytest.approx(4, abs=0.3)
    assert read.lost == 0
    assert read.frames[0].pixels.shape == (120, 160, 3)
    assert [frame.at for frame in read.frames] == sorted(frame.at for frame in read.frames)
    assert len(sample(path, longest=80)[0].pixels[0]) == 80


def test_long_videos_are_thinned_and_kept_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One frame a second, and memory stays within its limit however many there are."""
    path = video(tmp_path / "a.mp4", 30)
    monkeypatch.setattr(frames, "FEWEST", 10)
    monkeypatch.setattr(frames, "MEMORY", 30 * 3 * 40 * 30)
    monkeypatch.setattr(frames, "SMALLEST", 16)
    read = read_footage(path)
    assert len(read.frames) == 30
    assert sum(frame.pixels.nbytes for frame in read.frames) <= 2 * frames.MEMORY


def test_a_video_beyond_the_limits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Length and size are looked at before anything is decoded."""
    path = video(tmp_path / "a.mp4", 3)
    monkeypatch.setattr(frames, "MOST_SECONDS", 1.0)
    with pytest.raises(InputError) as refused:
        sample(path)
    assert refused.value.code == "video-length"
    monkeypatch.setattr(frames, "MOST_PIXELS", 100)
    with pytest.raises(InputError) as refused:
        sample(path)
    assert refused.value.code == "picture-size"


def test_videos_without_frames_are_named(tmp_path: Path) -> None:
    """Sound alone, a cut-off header, text, a playlist of addresses: no-frames, and no error of a library."""
    sound = tmp_path / "sound.mp4"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(video(tmp_path / "whole.mp4", 2).read_bytes()[:200])
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://example.com/a.ts\n#EXT-X-ENDLIST\n")
    for path in (sound, cut, text, playlist):
        with pytest.raises(InputError) as refused:
            sample(path)
        assert refused.value.code == "no-frames", path.name


def test_a_damaged_middle_is_passed_over(tmp_path: Path) -> None:
    """What can be decoded is read, and nothing crashes."""
    data = bytearray(video(tmp_path / "a.mp4", 6).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = bytes(600)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    assert 4 <= len(sample(broken)) <= 24


def test_a_missing_piece_gives_two_offsets() -> None:
    """40 s of which 12 to 22 were cut out: two pieces, each at its own offset, to the second."""
    whole = film(40)
    cut = noisy(np.concatenate([whole[:12], whole[22:]]), 12)
    pieces = align(series(cut), series(whole))
    assert [(piece.start, piece.end, piece.offset) for piece in pieces] == [(0, 12, 0), (12, 30, 10)]
    assert all(piece.moves_together for piece in pieces)


def test_pieces_in_another_order_and_strange_frames_between() -> None:
    """Re-cut: the end first, ten strange seconds, then the beginning; strays inside a piece do not break it."""
    whole, strange = film(40), film(10, seed=9)
    cut = np.concatenate([whole[25:40], strange, whole[:15]])
    cut[5] = film(1, seed=8)[0]
    pieces = align(series(cut), series(whole))
    assert [(piece.start, piece.end, piece.offset) for piece in pieces] == [(0, 15, 25), (25, 40, -25)]
    assert pieces[0].matched == 14


def test_other_samplings_and_other_films() -> None:
    """Half as many frames a second still align; another film gives nothing; flat frames count for nothing."""
    whole = film(60)
    assert [piece.offset for piece in align(series(whole[20:50:2], 2.0), series(whole))] == [20.0]
    assert align(series(film(30, seed=5)), series(whole)) == ()
    flat = series(whole[:20])
    blind = Series(at=flat.at, hashes=flat.hashes, sound=np.zeros(20, bool), step=1.0)
    assert align(blind, series(whole)) == ()


def test_a_still_scene_is_no_run_that_proves_itself() -> None:
    """Every frame alike: seconds may be covered, but not shown to move together."""
    still = noisy(np.repeat(film(1), 30, axis=0), 4)
    pieces = align(series(still), series(noisy(still, 4, seed=3)))
    assert pieces
    assert not any(piece.moves_together for piece in pieces)


def test_shots_begin_where_the_picture_changes() -> None:
    """Three scenes of ten frames."""
    scenes = noisy(np.repeat(film(3), 10, axis=0), 6)
    assert shots(series(scenes)) == [0, 10, 20]


def test_a_mirrored_film_is_found_by_its_turn() -> None:
    """The turn in which most frames match."""
    whole = film(20)
    turned = series(whole)
    turned.hashes[:, :, 1] = film(20, seed=4)[:, None]
    assert turn_of(turned, series(film(20, seed=4))) == 1
    assert turn_of(turned, series(whole)) == 0


@pytest.mark.samples
def test_the_sample_videos_align(samples: Path) -> None:
    """v2s is v2 without a piece in the middle: an offset per part, all its seconds."""
    from dateline.methods.copies.video import Film

    folder = samples / "verification" / "video"
    one, other = (Film(sample(folder / name, longest=400)) for name in ("v2s.mov", "v2.m4v"))
    pieces = align(one.series, other.series)
    assert [round(piece.offset, 1) for piece in pieces] == [0.0, 3.0]
    assert sum(piece.seconds for piece in pieces) == pytest.approx(3.26, abs=0.2)


def test_a_pause_is_not_made_up_for(tmp_path: Path) -> None:
    """After minutes in which a recording shows nothing new, frames are taken as densely as before, and not all."""
    path = tmp_path / "pause.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 10)
        for at in [*range(10), *range(3000, 3050)]:
            frame = av.VideoFrame.from_ndarray(np.full((120, 160, 3), at % 256, np.uint8), format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert [round(frame.at) for frame in sample(path)] == [0, 300, 301, 302, 303, 304]
