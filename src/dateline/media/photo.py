"""The pixels of a picture: bounded in size, turned upright as its Orientation says, and nothing else done to them."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dateline.core.errors import InputError
from dateline.evidence.media_type import HEAD, sniff

MOST_PIXELS = 120_000_000
"""A larger picture is not opened: it may be a decompression bomb [px]."""
LARGEST = 256 << 20
"""A larger file is not read as a picture [bytes]."""
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff"})
"""Media types whose pixels are read."""
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF")
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, TypeError, KeyError, IndexError, zlib.error,
           OverflowError, AttributeError, ZeroDivisionError)  # fmt: skip
"""What Pillow's readers raise on bytes that are not what they promise."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture as people see it.

    pixels: uint8, (rows, columns, 3), RGB on white where the picture is transparent; perhaps reduced. size: width and
    height [px] of the whole picture, turned upright. orientation: the Exif value 1 to 8 that was applied.
    """

    pixels: NDArray[np.uint8]
    size: tuple[int, int]
    orientation: int = 1


def read_photo(data: bytes, *, name: str, longest: int | None = None) -> Photo:
    """The first picture of a file, upright; shrunk until neither side is longer than `longest` [px].

    Raises InputError: `heic` (pixels of HEIC and AVIF are not read here), `not-a-picture`, `picture-size` (more pixels
    or bytes than the limit), `broken-picture`.
    """
    with opened(data, name=name) as image:
        try:
            if longest is not None and image.format in {"JPEG", "MPO"}:
                image.draft(None, (longest, longest))  # decodes at a half, a quarter … where that is still enough
            width, height = _size(data)
            orientation = orientation_of(image)
            if longest is not None:
                image.thumbnail((longest, longest))
            upright = ImageOps.exif_transpose(image) if orientation != 1 else image
            pixels = np.asarray(_rgb(upright), dtype=np.uint8)
        except BROKEN as error:
            raise broken(name, error) from error
    size = (height, width) if orientation >= 5 else (width, height)
    return Photo(pixels=pixels, size=size, orientation=orientation)


@contextmanager
def opened(data: bytes, *, name: str) -> Iterator[Image.Image]:
    """A picture opened and not yet decoded, its size within the limits. Raises as read_photo()."""
    check_picture(data, name=name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, about metadata that we read ourselves, and about our own limit
        try:
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise too_large(name, str(error)) from error
        except BROKEN as error:
            raise broken(name, error) from error
        if image.width * image.height > MOST_PIXELS:
            raise too_large(name, f"{image.width} x {image.height} pixels")
        with image:
            yield image


def check_picture(data: bytes, *, name: str) -> str:
    """The media type of a file whose pixels can be read. Raises `heic`, `not-a-picture`, `picture-size`."""
    kind = sniff(data[:HEAD])
    if kind in {"image/heic", "image/avif"}:
        raise InputError(
            "The pixels of HEIC and AVIF pictures are not read here.",
            saw=f"{name}: {kind}",
            do="`dateline run metadata` reads what the file says of itself. For its pixels export a PNG or a JPEG of "
            "highest quality, archive it as derived, and keep the original.",
            code="heic",
        )
    if kind not in PICTURES:
        raise InputError(
            "This is no picture that can be read.",
            saw=f"{name}: its bytes are {kind}",
            do="Give a JPEG, PNG, WebP, GIF or TIFF.",
            code="not-a-picture",
        )
    if len(data) > LARGEST:
        raise too_large(name, f"{len(data)} bytes")
    return kind


def orientation_of(image: Image.Image) -> int:
    """The Exif orientation, 1 (upright) where there is none or it makes no sense.

    What XMP says of it is not followed, as viewers don't: boxes that people draw lie on what viewers show.
    """
    try:
        image.info.pop("xmp", None)
        image.info.pop("XML:com.adobe.xmp", None)
        value = image.getexif().get(0x0112, 1)
    except BROKEN:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _size(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        return image.size


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in {"I;16", "I;16B", "I;16L", "I", "F"}:
        raise ValueError(f"{image.mode} pixels: a measurement, not a photo")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        whole = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    return image.convert("RGB")


def too_large(name: str, saw: str) -> InputError:
    """The refusal of a picture beyond the limits (code `picture-size`)."""
    return InputError(
        "The picture is larger than is opened here.",
        saw=f"{name}: {saw}",
        do=f"The limits are {MOST_PIXELS // 1_000_000} megapixels and {LARGEST >> 20} MB: a small file that claims "
        "more is an attack. If it is real, cut out the part that matters and archive that as derived.",
        code="picture-size",
    )


def broken(name: str, error: Exception) -> InputError:
    """The refusal of a picture that cannot be decoded (code `broken-picture`)."""
    return InputError(
        "The picture cannot be decoded.",
        saw=f"{name}: {str(error)[:200] or type(error).__name__}",
        do="Get the file again; what it says of itself may still be read with `dateline run metadata`.",
        code="broken-picture",
    )
