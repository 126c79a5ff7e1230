"""Stripping takes everything out that a file says of itself, and not a pixel with it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from dateline.core.errors import DatelineError, InputError
from dateline.media.colour_profile import nameless
from dateline.media.mask import Box, mask_picture
from dateline.media.photo import read_photo
from dateline.media.probe import probe
from dateline.media.strip import check_empty, strip

SAMPLES = (
    "c2pa/A_no_manifest.jpg",
    "c2pa/C.jpg",
    "c2pa/CACAE-uri-CA.jpg",
    "c2pa/cloud.jpg",
    "pdq/dih/bridge-2-rotate-90.jpg",
    "pdq/bridge-mods/blur-a-lot.jpg",
)
SECRETS = (b"2011:07:30", b"Photoshop", b"Lightroom", b"xpacket", b"c2pa", b"jumb", b"8BIM", b"http://ns.adobe.com")


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_keep_every_pixel_and_nothing_else(samples: Path, name: str) -> None:
    """The pixels are the same bit by bit; no word of the metadata is found in the bytes; another reader finds none."""
    data = (samples / "verification" / name).read_bytes()
    made = strip(data, name=name).data
    assert np.array_equal(read_photo(made, name="").pixels, read_photo(data, name="").pixels)
    assert not [word for word in SECRETS if word in made]
    with Image.open(io.BytesIO(made)) as image:
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "icc_profile", "adobe",
                                   "adobe_transform", "progressive", "progression"}  # fmt: skip


def loaded(form: str, turn: int) -> bytes:
    """A picture full of metadata, stored turned."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x0131] = turn, "A. Witness", "Editor 7"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.5), 3: "E", 4: (2.0, 17.0, 40.0)})
    options: dict[str, object] = {"exif": exif}
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", "A. Witness")
        info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta xmlns:x='adobe:ns:meta/'>A. Witness</x:xmpmeta>")
        options["pnginfo"] = info
    elif form == "WEBP":
        options |= {"xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>A. Witness</x:xmpmeta>", "lossless": True}
    else:
        options["comment"] = b"A. Witness"
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(stream, form, **options)
    return stream.getvalue() + b"A. Witness behind the end"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", [1, 6])
def test_only_the_turn_is_left(form: str, turn: int) -> None:
    """Position, names, comments and what lies behind the end go; the picture still stands upright."""
    data = loaded(form, turn)
    made = strip(data, name="a").data
    assert b"Witness" not in made
    assert b"Editor" not in made
    facts = probe(made)
    assert {fact.name for fact in facts.facts if fact.group in {"exif", "gps", "xmp"}} == (
        {"Orientation"} if turn != 1 else set()
    )
    assert np.array_equal(read_photo(made, name="").pixels, read_photo(data, name="").pixels)
    with Image.open(io.BytesIO(made)) as image:
        assert image.getexif().get(0x0112, 1) == turn
        assert dict(image.getexif().get_ifd(0x8825)) == {}


def test_what_cannot_be_stripped_without_loss_is_refused() -> None:
    """A format that we don't write, and a picture whose pixels cannot be read here, are refused in words."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "TIFF")
    with pytest.raises(InputError) as refused:
        strip(stream.getvalue(), name="a.tif")
    assert refused.value.code == "strip-format"
    with pytest.raises(InputError) as refused:
        strip(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", name="a.heic")
    assert refused.value.code == "heic"


def test_the_check_afterwards_finds_what_is_left(samples: Path) -> None:
    """The check is not a formality: it refuses a picture that still says something."""
    with pytest.raises(DatelineError) as refused:
        check_empty((samples / "verification/c2pa/C.jpg").read_bytes(), name="C.jpg")
    assert refused.value.code == "strip-incomplete"
    assert "APP11" in refused.value.saw


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_colour_profiles_lose_their_names_and_keep_their_colours(form: str) -> None:
    """A profile is often called after somebody's screen: the numbers stay, as littleCMS reads them."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    named = profile.replace("sRGB".encode("utf-16-be"), "Ivan".encode("utf-16-be"))
    assert named != profile
    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form, icc_profile=named)
    for made in (
        strip(stream.getvalue(), name="x").data,
        mask_picture(stream.getvalue(), [Box(20, 15, 1, 1)], name="x", lossless=True),
    ):
        with Image.open(io.BytesIO(made)) as image:
            left = image.info["icc_profile"]
        assert "Ivan".encode("utf-16-be") not in left
        same, swapped = (ImageCms.ImageCmsProfile(io.BytesIO(one)) for one in (left, profile))
        lab = ImageCms.createProfile("LAB")
        colours = [
            np.asarray(
                ImageCms.applyTransform(Image.fromarray(pixels), ImageCms.buildTransform(one, lab, "RGB", "LAB"))
            )
            for one in (same, swapped)
        ]
        assert np.array_equal(*colours)


def test_a_broken_colour_profile_is_dropped() -> None:
    """What is no profile may be anything: it does not reach the copy."""
    assert nameless(b"A. Witness" * 50) is None
    assert nameless(bytes(36) + b"acsp" + bytes(88) + b"\xff" * 40) is None


def test_lost_pixels_are_an_error_and_no_copy() -> None:
    """A file that breaks off, or has more segments than are read, is refused: no picture without its pixels."""
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)).save(stream, "PNG")
    with pytest.raises(InputError) as cut:
        strip(stream.getvalue()[:2000], name="x")
    assert cut.value.code == "broken-picture"
    stream = io.BytesIO()
    Image.new("RGB", (9, 9)).save(stream, "JPEG")
    data = stream.getvalue()
    with pytest.raises(DatelineError) as lost:
        strip(data[:2] + b"\xff\xfe\x00\x03x" * 5000 + data[2:], name="x")
    assert lost.value.code == "strip-incomplete"
