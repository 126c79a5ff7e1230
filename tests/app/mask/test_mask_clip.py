"""Frames of a clip: which are offered, the one that is asked for, and the still that is taken of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dateline.app.screens.mask import frames
from dateline.ledger.case import Case
from dateline.measure.archive import archive_file
from dateline.measure.files import item_path

GREYS = (20, 80, 140, 200)
"""Of the clip's four seconds, one after the other."""


def clip(path: Path, size: tuple[int, int] = (192, 128), rate: int = 5) -> Path:
    """A video of four seconds, each in a grey of its own."""
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for grey in np.repeat(GREYS, rate):
            made = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), grey, np.uint8), format="rgb24")
            for packet in stream.encode(made):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def test_a_frame_of_a_clip_is_what_was_shown_at_its_time(desk: Path, tmp_path: Path) -> None:
    """Times in order, at most 48; the small picture and the taken still show that second; it is derived and whole."""
    archive_file(desk, clip(tmp_path / "talk.mp4"), item="talk", by="desk", licence="own", publish="yes")
    case = Case.load(desk)
    item = case.items["talk"]
    offered = frames.times(case, item)
    assert list(offered) == sorted(offered)
    assert 4 <= len(offered) <= frames.MOST
    assert offered[0] < 1
    assert 3 < offered[-1] < 4
    for second, grey in enumerate(GREYS):
        shown = np.asarray(Image.open(io.BytesIO(frames.thumbnail(case, item, second + 0.5))).convert("L"))
        assert abs(shown.mean() - grey) < 8
    made = frames.take(case, item, 2.5, by="fox")
    pixels = np.asarray(Image.open(item_path(Case.load(desk), made.id)))
    assert pixels.shape == (128, 192, 3)
    assert abs(pixels.mean() - GREYS[2]) < 8
    assert made.derived is not None
    assert made.derived.parents == ("talk",)
    assert made.media_type == "image/png"
    assert made.licence == item.licence
    assert not list((desk / ".dateline").glob("tmp*"))


def test_a_taken_frame_is_never_shrunk(desk: Path, tmp_path: Path) -> None:
    """A list of frames is shrunk until all fit into memory; evidence is not: a plate of few pixels must be readable."""
    archive_file(
        desk, clip(tmp_path / "wide.mp4", (1920, 1080), 30), item="wide", by="desk", licence="own", publish="yes"
    )
    case = Case.load(desk)
    made = frames.take(case, case.items["wide"], 1.5, by="fox")
    taken = np.asarray(Image.open(item_path(Case.load(desk), made.id)))
    assert taken.shape == (1080, 1920, 3)
    assert abs(taken.mean() - GREYS[1]) < 8
