"""Hashes against Meta's reference, in eight turns, without borders, and among a million."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dateline.core.errors import InputError
from dateline.media.fingerprint import MATCH, TURNS, Index, distances, fingerprint, luma
from dateline.media.fingerprint_borders import Box, content_boxes

BY_HAND = (
    lambda a: a,
    lambda a: a[:, ::-1],
    lambda a: a[::-1],
    lambda a: a[::-1, ::-1],
    lambda a: a.T,
    lambda a: np.rot90(a, -1),
    lambda a: np.rot90(a, 1),
    lambda a: a[::-1, ::-1].T,
)


def scene(seed: int, shape: tuple[int, int] = (240, 320)) -> np.ndarray:
    """Smooth noise with edges in it, 0 to 255."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(20, 235, (12, 16)).astype(np.float32)
    grey = np.array(Image.fromarray(small).resize(shape[::-1], Image.Resampling.BICUBIC), np.float32)
    for top, left, high, wide, add in zip(
        *(rng.integers(0, shape[0] - 60, 20), rng.integers(0, shape[1] - 60, 20), *rng.integers(10, 60, (2, 20))),
        rng.uniform(-60, 60, 20),
        strict=True,
    ):
        grey[top : top + high, left : left + wide] += add
    return np.clip(grey, 0, 255)


def words(hexadecimal: str) -> np.ndarray:
    return np.array([int(hexadecimal[at : at + 16], 16) for at in (48, 32, 16, 0)], np.uint64)


@pytest.mark.samples
def test_hashes_are_those_of_the_reference(samples: Path) -> None:
    """Oracle: Meta's own hashes, within the 16 bits that loaders differ by."""
    folder = samples / "verification" / "pdq"
    with (folder / "reference_hashes.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if (folder / row["file"]).is_file()]
    assert len(rows) == 8
    for row in rows:
        with Image.open(folder / row["file"]) as image:
            made = fingerprint(luma(np.asarray(image.convert("RGB"))))
        assert distances(made.upright, words(row["pdq_hex"])) <= 16
        assert made.quality == 100
        assert distances(words(made.hex), made.upright) == 0


def test_each_turn_is_named_as_numpy_turns_the_picture() -> None:
    """The n-th of the eight hashes is that of the picture turned as TURNS says."""
    grey = scene(1)
    hashes = fingerprint(grey).hashes
    for number, turn in enumerate(BY_HAND):
        apart = distances(fingerprint(np.ascontiguousarray(turn(grey))).upright, hashes)
        assert apart.argmin() == number, TURNS[number]
        assert apart[number] <= 40  # a flipped or turned box of even width reaches to the other side


def test_flat_and_tiny_pictures_are_told() -> None:
    """A flat picture has no quality; one of a few pixels is refused with a code."""
    assert fingerprint(np.full((100, 90), 128, np.float32)).is_flat
    with pytest.raises(InputError) as refused:
        fingerprint(np.zeros((7, 500), np.float32))
    assert refused.value.code == "small-picture"


@given(st.integers(0, 2**32 - 1), st.integers(0, 40))
def test_the_index_finds_what_comparing_each_finds(seed: int, within: int) -> None:
    """Property: nothing within reach is missed, nothing beyond it is told, the nearest come first."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**64, (300, 4), dtype=np.uint64)
    query = hashes[7].copy()
    for number in range(60):
        near = query.copy()
        for bit in rng.choice(256, number, replace=False):
            near[bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
        hashes[10 + number] = near
    where, query_of, bits = Index.of(hashes).search(np.stack([query, ~query]), within)
    apart = distances(hashes, query)
    assert set(where[query_of == 0]) == set(np.flatnonzero(apart <= within))
    assert (np.diff(bits) >= 0).all()
    assert (bits <= within).all()


def test_an_empty_index_finds_nothing() -> None:
    """No hashes, no matches, no error."""
    assert Index.of(np.zeros((0, 4), np.uint64)).search(np.zeros((1, 4), np.uint64))[0].size == 0


def test_a_letterbox_and_a_caption_bar_are_cut_off() -> None:
    """Borders of one colour, with ripples of JPEG or writing on them, are no part of the picture."""
    grey = scene(2)
    rng = np.random.default_rng(3)
    boxed = np.pad(grey, ((40, 40), (0, 0)), constant_values=4) + rng.normal(0, 2, (320, 320)).astype(np.float32)
    assert content_boxes(boxed)[1] == Box(40, 280, 0, 320)
    barred = np.pad(grey, ((0, 40), (0, 0)), constant_values=250)
    barred[250:270, 30:130:2] = 0
    box = content_boxes(barred)[-1]
    assert (box.top, box.bottom) == (0, 240)
    assert distances(fingerprint(box.of(barred)).upright, fingerprint(grey).upright) <= MATCH


def test_a_picture_of_one_colour_has_no_border() -> None:
    """What is flat throughout stays whole."""
    assert content_boxes(np.full((50, 60), 9, np.float32)) == (Box(0, 50, 0, 60),)
