"""Masks destroy what they cover: nothing of it can be brought back from the copy."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dateline.core.errors import UsageError
from dateline.media.mask import BLEED, Box, fill, mask_picture
from dateline.media.photo import read_photo
from dateline.media.probe import probe

WIDTH, HEIGHT = 120, 90


def scene(seed: int, box: Box | None = None) -> np.ndarray:
    """A rough picture; inside the box another one for each seed, outside always the same."""
    pixels = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    if box is not None:
        inside = np.random.default_rng(seed).integers(0, 256, (box.height, box.width, 3), np.uint8)
        pixels[box.y : box.y + box.height, box.x : box.x + box.width] = inside
    return pixels


def saved(pixels: np.ndarray, form: str, **options: object) -> bytes:
    """The bytes of a picture."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form, **options)
    return stream.getvalue()


boxes = st.builds(Box, st.integers(0, WIDTH - 30), st.integers(0, HEIGHT - 30), st.integers(1, 30), st.integers(1, 30))


@settings(max_examples=25)
@given(boxes, st.sampled_from([("PNG", {}), ("JPEG", {"quality": 80}), ("JPEG", {"quality": 30, "subsampling": 2}),
                               ("JPEG", {"quality": 90, "progressive": True, "exif": None})]))  # fmt: skip
def test_two_faces_give_one_picture(box: Box, form: tuple[str, dict[str, object]]) -> None:
    """Two originals that differ only inside the box give the same bytes: the copy knows nothing of what was there.

    Also of compressed originals, in which a face leaves traces in the blocks around its box.
    """
    kind, options = form
    options = {key: value for key, value in options.items() if value is not None}
    first, second = (
        mask_picture(saved(scene(seed, box), kind, **options), [box], name="a", lossless=True) for seed in (5, 6)
    )
    assert first == second


@settings(max_examples=40)
@given(st.lists(boxes, min_size=1, max_size=3))
def test_boxes_that_overlap_tell_nothing_of_each_other(given_boxes: list[Box]) -> None:
    """The colour of one box is not taken from what another one covers, and everything else is untouched."""
    one, other = scene(1), scene(1)
    for box in given_boxes:
        other[box.y : box.y + box.height, box.x : box.x + box.width] ^= 0xFF
    masked, again = fill(one, given_boxes, grow=0), fill(other, given_boxes, grow=0)
    assert np.array_equal(masked, again)
    covered = np.zeros((HEIGHT, WIDTH), bool)
    for box in given_boxes:
        covered[box.y : box.y + box.height, box.x : box.x + box.width] = True
    assert np.array_equal(masked[~covered], one[~covered])


def test_each_box_has_one_colour_the_mean_of_its_surroundings() -> None:
    """Solid, in the colour of the ring around it: no blur, no tiles."""
    pixels = np.full((40, 40, 3), 200, np.uint8)
    pixels[10:20, 10:20] = 0
    masked = fill(pixels, [Box(10, 10, 10, 10)], grow=0)
    assert (masked == 200).all()


def test_a_box_over_everything_is_grey() -> None:
    """Where nothing lies outside, the colour is plain grey."""
    assert (fill(scene(1), [Box(0, 0, WIDTH, HEIGHT)], grow=0) == 128).all()


def test_the_copy_has_no_thumbnail_and_no_metadata() -> None:
    """The thumbnail would show the face: nothing of the original file is in the copy."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "A. Witness"
    data = saved(scene(1), "JPEG", exif=exif, comment=b"A. Witness")
    made = mask_picture(data, [Box(10, 10, 20, 20)], name="a.jpg")
    assert b"Witness" not in made
    assert {fact.group for fact in probe(made).facts} == {"jpeg"}


def test_boxes_lie_on_the_picture_as_it_is_seen() -> None:
    """Of a picture that is stored turned, the box is where people see it."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, WIDTH - 30 :] = 255  # turned by orientation 6, the bright side lies at the bottom
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(pixels, "PNG", exif=exif)
    seen = read_photo(data, name="a").pixels
    assert seen.shape == (WIDTH, HEIGHT, 3)
    made = read_photo(mask_picture(data, [Box(20, 110, 30, 10)], name="a", lossless=True), name="a").pixels
    assert made.shape == seen.shape
    assert np.array_equal(made[: 110 - BLEED], seen[: 110 - BLEED])
    assert (made[110:, 20:50] == 255).all()


def test_boxes_of_compressed_pictures_are_grown() -> None:
    """Traces of a face reach beyond its box in a compressed picture: the mask does too, up to the picture's edge."""
    data = saved(np.full((HEIGHT, WIDTH, 3), 255, np.uint8) * (scene(1) > 128), "JPEG", quality=95)
    before = read_photo(data, name="a").pixels
    made = read_photo(mask_picture(data, [Box(60, 40, 10, 10)], name="a", lossless=True), name="a").pixels
    changed = np.argwhere((before != made).any(axis=2))
    assert changed.min(axis=0) == pytest.approx([40 - BLEED, 60 - BLEED])
    assert changed.max(axis=0) == pytest.approx([49 + BLEED, 69 + BLEED])


@pytest.mark.parametrize("box", [Box(100, 10, 30, 10), Box(10, 80, 10, 11), Box(0, 0, 0, 5), Box(500, 0, 5, 5)])
def test_a_box_beside_the_picture_is_refused(box: Box) -> None:
    """A box that does not lie in the picture would leave a face open: it is an error, not a guess."""
    with pytest.raises(UsageError) as refused:
        fill(scene(1), [box], grow=0)
    assert refused.value.code == "box"


def test_a_png_that_was_a_jpeg_knows_nothing_of_the_face_either() -> None:
    """A screenshot or a saved copy keeps the traces of earlier compression around a face: its mask is grown as well."""
    box = Box(50, 40, 20, 20)
    pixels = [read_photo(saved(scene(seed, box), "JPEG", quality=60), name="a").pixels for seed in (5, 6)]
    first, second = (mask_picture(saved(one, "PNG"), [box], name="a", lossless=True) for one in pixels)
    assert first == second


def test_xmp_turns_no_picture() -> None:
    """Viewers turn by Exif alone; a box that follows XMP would miss the face that people see."""
    xmp = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF>'
    )
    data = saved(scene(1), "JPEG", xmp=xmp)
    assert read_photo(data, name="a").pixels.shape == (HEIGHT, WIDTH, 3)
