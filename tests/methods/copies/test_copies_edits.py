"""The seven edits of the reference on a real photo, and what is no copy: another picture, a flat one, a bad one."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from tests.media.test_fingerprint import scene

from dateline.core.errors import Refusal
from dateline.core.when import When
from dateline.media.clip import Clip, Frame
from dateline.media.photo import Photo
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.copies import CARD, run
from dateline.methods.copies.edits import edits
from dateline.methods.copies.look import Look, look
from dateline.methods.copies.pair import Rules, compare

RNG = np.random.default_rng


def picture(image: Image.Image | np.ndarray, name: str, posted: str | None = None, *, simulated: bool = False) -> Clip:
    pixels = np.asarray(image.convert("RGB") if isinstance(image, Image.Image) else image)
    if pixels.ndim == 2:
        pixels = np.stack([pixels.astype(np.uint8)] * 3, -1)
    return Clip(
        name=name,
        sha256=name,
        kind="picture",
        media_type="image/png",
        size=pixels.nbytes,
        posted=None if posted is None else When.from_edtf(posted),
        photo=Photo(pixels=pixels, size=(pixels.shape[1], pixels.shape[0])),
        simulated=simulated,
    )


def video(pictures: list[np.ndarray], name: str, step: float = 1.0) -> Clip:
    frames = tuple(
        Frame(at=number * step, pixels=np.stack([each.astype(np.uint8)] * 3, -1))
        for number, each in enumerate(pictures)
    )
    return Clip(name=name, sha256=name, kind="video", media_type="video/mp4", size=1, frames=frames)


def ask(*clips: Clip, **parameters: object) -> Outcome:
    return run(Inputs({"clips": clips}), Parameters.of(CARD, parameters), rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def photo(samples: Path) -> Image.Image:
    with Image.open(samples / "verification" / "pdq" / "bridge-mods" / "aaa-orig.jpg") as image:
        return image.convert("RGB").resize((800, 502))


def cropped(image: Image.Image, share: float) -> Image.Image:
    wide, high = image.size
    return image.crop((round(wide * share), round(high * share), round(wide * (1 - share)), round(high * (1 - share))))


def edited(image: Image.Image, edit: str) -> Image.Image:
    wide, high = image.size
    match edit:
        case "crop 5 %":
            return cropped(image, 0.05)
        case "crop 15 %":
            return cropped(image, 0.15)
        case "letterbox":
            box = Image.new("RGB", (wide, round(high * 1.24)))
            box.paste(image, (0, round(high * 0.12)))
            return box
        case "mirror":
            return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        case "blur":
            return image.filter(ImageFilter.GaussianBlur(4))
        case "caption bar":
            bar = Image.new("RGB", (wide, round(high * 1.1)), "white")
            bar.paste(image, (0, 0))
            pen = ImageDraw.Draw(bar)
            pen.text((20, high + 8), "BREAKING: seen today", fill="black", font=ImageFont.load_default(24))
            return bar
        case _:
            saved = io.BytesIO()
            image.save(saved, "JPEG", quality=8)
            return Image.open(saved)


EDITS = {
    "crop 5 %": "cropped: top 5 %, right 5 %, bottom 5 %, left 5 %",
    "crop 15 %": "cropped: top 15 %, right 15 %, bottom 15 %, left 15 %",
    "letterbox": "letterboxed: top ",
    "mirror": "mirrored",
    "blur": "softer",
    "caption bar": "a bar with writing or signs added: bottom ",
    "recompression": "the whole picture: recompressed",
}


@pytest.fixture(scope="module")
def looks(photo: Image.Image, samples: Path) -> tuple[Look, Look]:
    """The photo, and one that has nothing to do with it."""
    with Image.open(samples / "verification" / "c2pa" / "A_no_manifest.jpg") as image:
        return look(np.asarray(photo)), look(np.asarray(image.convert("RGB").resize((400, 267))))


@pytest.mark.samples
@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_is_found_and_named(photo: Image.Image, looks: tuple[Look, Look], edit: str) -> None:
    """All seven edit classes, each with far more features than unrelated pictures share, and nothing else bound."""
    made, rules, rng = look(np.asarray(edited(photo, edit).convert("RGB"))), Rules(inliers=8, bits=31), RNG(1)
    tie = compare(looks[0], made, rules, rng=rng)
    assert tie is not None
    assert tie.kind == "copy"
    assert tie.inliers >= 60
    assert EDITS[edit] in "; ".join(edits(looks[0], made, tie))
    assert compare(looks[1], made, rules, rng=rng) is None


def test_two_pictures_of_one_sky_are_no_copies() -> None:
    """Unrelated pictures are bound by nothing, and nothing is drawn."""
    outcome = ask(*(picture(scene(seed), f"{seed}.png") for seed in range(4)))
    assert outcome.result == "no copy found"
    assert outcome.rows == []
    assert outcome.artifacts == ()
    assert outcome.values["compared"] == 6


def test_flat_pictures_cannot_be_told() -> None:
    """A black frame is no copy of another black frame; beside real pictures it is a caveat."""
    black, white = (np.full((90, 120), level, np.uint8) for level in (0, 255))
    outcome = ask(picture(black, "a"), picture(white, "b"))
    assert outcome.result == "cannot tell"
    assert "too little is to be seen" in outcome.statement.en
    mixed = ask(picture(black, "a"), picture(scene(1), "b"), picture(scene(2), "c"))
    assert mixed.result == "no copy found"
    assert [note.code for note in mixed.caveats] == ["flat-picture"]


def test_too_few_and_too_many_are_refused() -> None:
    """One clip, tiny ones, a video without frames, 251 clips."""
    tiny = picture(np.zeros((4, 4), np.uint8), "tiny")
    for clips in ((picture(scene(1), "a"),), (picture(scene(1), "a"), tiny), (video([], "none"), tiny)):
        with pytest.raises(Refusal) as refused:
            ask(*clips)
        assert refused.value.code == "one-clip"
    with pytest.raises(Refusal) as refused:
        ask(*[tiny] * 251)
    assert refused.value.code == "too-many-clips"


def test_a_bad_clip_is_left_out_and_named() -> None:
    """The others are compared; the reader is told which one was not."""
    outcome = ask(picture(scene(1), "a"), picture(scene(1), "b"), video([], "none.mp4"))
    assert outcome.result == "copies"
    assert any(note.code == "unreadable" and "none.mp4" in note.text for note in outcome.caveats)


def test_the_earliest_and_what_is_recycled() -> None:
    """Where posting times settle it the earliest is named, and a later copy is recycled; else it is not known."""
    clips = (
        picture(scene(1), "new", "2024-10-20"),
        picture(scene(1)[10:230, 12:300], "old", "2022-03"),
        picture(scene(1), "undated"),
    )
    outcome = ask(*clips)
    assert outcome.values["groups"] == [{"members": ["old", "new", "undated"], "earliest": "old", "undated": 1}]
    assert [(each["clip"], each["earlier"]) for each in outcome.values["recycled"]] == [("new", "old")]
    assert "old is the earliest of known time" in outcome.statement.en
    vague = ask(picture(scene(1), "new", "2022-03-15"), picture(scene(1), "old", "2022-03"))
    assert vague.values["groups"][0]["earliest"] is None
    assert vague.values["recycled"] == []
    assert "earliest is not known" in vague.statement.en


def test_the_proof_and_the_graph_are_made_and_marked() -> None:
    """A PNG with both pictures, an SVG and JSON of the graph; simulated input is marked in name and data."""
    hostile = "<script>&.png"
    outcome = ask(picture(scene(1), "a", simulated=True), picture(scene(1)[:, ::-1], hostile))
    made = {each.role: each for each in outcome.artifacts}
    assert set(made) == {"proof", "graph", "graph_data"}
    assert all(each.name.startswith("SIMULATED_") for each in made.values())
    with Image.open(io.BytesIO(made["proof"].data)) as sheet:
        assert sheet.width > 1500
    assert b"<script>" not in made["graph"].data
    graph = json.loads(made["graph_data"].data)
    assert graph["simulated"] is True
    assert graph["groups"] == [{"members": [0, 1], "earliest": None, "undated": 2}]
    assert [edge["kind"] for edge in graph["edges"]] == ["copy"]


def moving(count: int, start: int = 0) -> list[np.ndarray]:
    """A camera that pans over a wide scene: 12 px a frame."""
    wide = scene(7, (160, 900))
    return [wide[:, 12 * at : 12 * at + 240] for at in range(start, start + count)]


def scenes(count: int) -> list[np.ndarray]:
    """A fixed camera for eight frames at a time, and a bright square that moves through."""
    frames = [scene(20 + at // 8, (160, 240)) for at in range(count)]
    for at, frame in enumerate(frames):
        frame[50:110, 40 + 16 * (at % 8) : 80 + 16 * (at % 8)] = 250
    return frames


def test_seconds_of_one_video_in_another() -> None:
    """A letterboxed cut of a video: how many seconds, at which offset; the word "same" is not said of it."""
    cut = [np.pad(each, ((30, 30), (0, 0))) for each in moving(20, start=15)]
    outcome = ask(video(moving(50), "whole.mp4"), video(cut, "cut.mp4"))
    (row,) = outcome.rows
    assert row["span"] == "20.0 s of the 20.0 s of cut.mp4 are in whole.mp4 (50.0 s): 0.0 to 20.0 s at offset +15.0 s"
    assert row["kind"] == "copy"
    assert "same" not in outcome.statement.en


def test_a_cropped_video_is_found_by_its_features() -> None:
    """15 % off each side defeats the hashes; key frames show the crop, and the seconds are found within it."""
    whole = scenes(24)
    cut = [each[24:136, 36:204] for each in whole[8:20]]
    outcome = ask(video(cut, "cut.mp4"), video(whole, "whole.mp4"))
    (row,) = outcome.rows
    assert row["kind"] == "copy"
    assert row["pieces"][0]["offset"] == pytest.approx(8, abs=1)
    assert row["seconds_covered"] >= 10


def test_a_picture_is_found_among_the_frames_of_a_video() -> None:
    """A still, and the second it was taken from."""
    still = moving(1, start=9)[0]
    outcome = ask(video(moving(20), "video.mp4"), picture(still, "still.png"))
    assert outcome.rows[0]["span"] == "still.png matches video.mp4 at 9.0 s"


def test_the_order_of_the_files_changes_nothing() -> None:
    """The same answer, bit by bit, however the files are named on the line; a further file changes no other pair."""
    clips = [picture(scene(1), "a"), picture(scene(1)[20:220, 15:300], "b"), picture(scene(2), "c")]
    first, second = ask(*clips), ask(*clips[::-1])
    assert first.rows == second.rows
    assert first.statement.en == second.statement.en
    assert [made.data for made in first.artifacts] == [made.data for made in second.artifacts]
    assert ask(*clips[:2]).rows == first.rows


def test_the_graphics_of_a_channel_make_no_copies() -> None:
    """Two skies under one channel's lower third and logo, two pictures in one app's bars: no copy, no scene."""
    skies = []
    for seed in (1, 2):
        blobs = np.kron(np.random.default_rng(seed).uniform(100, 220, (5, 8)), np.ones((100, 100)))
        image = Image.fromarray(blobs.astype(np.uint8)).filter(ImageFilter.GaussianBlur(60)).convert("RGB")
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, 400, 800, 500), fill="#a00000")
        pen.text((20, 410), "BREAKING NEWS: SEEN TODAY", fill="white", font=ImageFont.load_default(44))
        pen.text((20, 460), "LIVE  Channel 24   19:45   weather +5", fill="white", font=ImageFont.load_default(22))
        pen.rectangle((660, 20, 780, 80), fill="white")
        pen.text((670, 30), "TV24", fill="red", font=ImageFont.load_default(36))
        skies.append(image)
    outcome = ask(picture(skies[0], "a"), picture(skies[1], "b"))
    assert outcome.result in {"same scene", "no copy found"}
    assert all(row["kind"] == "alike" for row in outcome.rows)


def test_which_is_named_first_does_not_decide() -> None:
    """A picture within a picture is a copy in both directions: the finer one is laid on the coarser."""
    whole = picture(scene(3, (400, 600)), "a").photo
    frame = scene(4, (400, 600))
    frame[40:240, 250:550] = np.asarray(Image.fromarray(whole.pixels).resize((300, 200)).convert("L"))
    one, other = look(whole.pixels), look(np.stack([frame.astype(np.uint8)] * 3, -1))
    kinds = {compare(*pair, Rules(inliers=8, bits=31), rng=RNG(1)).kind for pair in ((one, other), (other, one))}
    assert kinds == {"copy"}
