"""What a file is, by its first bytes: a still that is decoded, a raster that is read by windows, or nothing to draw."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from dateline.core.errors import DatelineError, InputError

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_STILLS = (b"\xff\xd8\xff", b"GIF8", b"BM")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG2000 = (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89HDF", "an HDF5 file", "Measure it with a method; archive a GeoTIFF or a picture of it to look at."),
    (b"CDF", "a NetCDF file", "Measure it with a method; archive a GeoTIFF or a picture of it to look at."),
    (b"%PDF", "a PDF", "Archive the picture itself, or an image of the page."),
    (
        b"\x1a\x45\xdf\xa3",
        "a video",
        "Archive a still of it: `dateline run fingerprint` and the media methods read it.",
    ),
    (b"PK\x03\x04", "a zip", "Unpack it and archive the image that is in it."),
    (b"\x1f\x8b", "a packed file", "Unpack it and archive the image that is in it."),
)


def kind_of(path: Path) -> Literal["still", "raster"]:
    """How a file is drawn. Raises InputError `picture` for what cannot be, with what to do instead."""
    if path.is_dir():
        raise not_drawn(path.name, "a folder", "Archive the band file or the picture in it as an item of its own.")
    with path.open("rb") as stream:
        head = stream.read(32)
    if head.startswith(_TIFF) or head.startswith(_JPEG2000):
        return "raster"
    if head.startswith(_PNG):
        return "raster" if head[24:25] == b"\x10" else "still"
    if head.startswith(_STILLS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "still"
    if head[4:8] == b"ftyp" or head[:4] == b"RIFF":
        raise not_drawn(path.name, "a video or a sound", "Archive a still of it to mark on.")
    for magic, name, do in _OTHERS:
        if head.startswith(magic):
            raise not_drawn(path.name, name, do)
    raise not_drawn(path.name, f"a file that begins {head[:12]!r}", "Give a JPEG, PNG, TIFF or JPEG 2000.")


def not_drawn(name: str, saw: str, do: str) -> DatelineError:
    """The error for a file that cannot be shown."""
    return InputError("This cannot be drawn as a picture.", saw=f"{name}: {saw}", do=do, code="picture")


def too_large(name: str, saw: str) -> DatelineError:
    """The error for a picture that would have to be decoded whole, and is too large for that."""
    return InputError(
        "This picture is too large to be opened as it is.",
        saw=f"{name}: {saw}",
        do="Make tiles of it, with the same pixels: `rio convert --driver COG FILE NEW.tif`; archive and open that.",
        code="picture-too-large",
    )


def damaged(name: str, error: BaseException) -> DatelineError:
    """The error for a file that begins as a picture and cannot be read on."""
    return InputError(
        "The picture is damaged, or is not whole.",
        saw=f"{name}: {str(error)[:100] or type(error).__name__}",
        do="Get the file again; compare its size and hash with the origin's.",
        code="picture",
    )
