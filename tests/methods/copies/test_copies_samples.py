"""Real pictures and videos: what is a copy among the samples, and what is only the same place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tests.methods.copies.test_copies_edits import ask, picture

from dateline.media.clip import Clip
from dateline.media.frames import sample

pytestmark = pytest.mark.samples


def film(samples: Path, name: str) -> Clip:
    path = samples / "verification" / "video" / name
    return Clip(name=name, sha256=name, kind="video", media_type="video/mp4", size=1, frames=sample(path))


def still(path: Path) -> Clip:
    with Image.open(path) as image:
        return picture(image, path.name)


def test_a_place_in_four_years_is_no_copy(samples: Path) -> None:
    """Satellite pictures of one place in different years are at most the same scene, those of other places nothing."""
    tiles = sorted((samples / "optical" / "north_korea_sites").glob("6251*_201[67].png"))
    tiles += sorted((samples / "optical" / "north_korea_sites").glob("6214*_201[67].png"))
    assert len(tiles) == 4
    outcome = ask(*map(still, tiles))
    assert outcome.result == "same scene"
    for row in outcome.rows:
        assert row["one"][:10] == row["other"][:10]
        assert row["kind"] == "same scene"


def test_the_distorted_video_is_the_pristine_one(samples: Path) -> None:
    """Compressed until no detail is left: the run of frames proves it, over all its seconds."""
    outcome = ask(film(samples, "carphone_distorted.mp4"), film(samples, "carphone_pristine.mp4"))
    (row,) = outcome.rows
    assert row["kind"] == "copy"
    (piece,) = row["pieces"]
    assert piece["frames"] == 120
    assert piece["matched"] >= 100
    assert abs(piece["offset"]) < 0.05


@pytest.mark.slow
def test_another_flight_over_the_town_is_no_copy(samples: Path) -> None:
    """v1 and v2 show one skyline and share no second."""
    clips = [film(samples, name) for name in ("v1.m4v", "v2.m4v")]
    outcome = ask(*(replace(clip, frames=clip.frames[::12]) for clip in clips))
    assert outcome.result in {"same scene", "no copy found"}
    assert all(not row["pieces"] for row in outcome.rows)


def test_a_picture_inside_a_picture_is_found(samples: Path) -> None:
    """The signed composite holds another sample at a quarter of its area."""
    folder = samples / "verification" / "c2pa"
    outcome = ask(still(folder / "CA.jpg"), still(folder / "CIE-sig-CA.jpg"))
    assert outcome.result == "copies"
    assert "shows more: right " in outcome.rows[0]["edits"]


@pytest.mark.slow
def test_order_of_files_does_not_matter(samples: Path) -> None:
    """The same pair is bound either way round."""
    folder = samples / "verification" / "pdq"
    names = ("letterboxed_sample-b.jpg", "bridge-mods/shrink-a-lot.jpg")
    clips = [still(folder / name) for name in names]
    kinds = {ask(*order).rows[0]["kind"] for order in (clips, clips[::-1])}
    assert kinds == {"copy"}
