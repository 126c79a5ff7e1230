"""Opens a file as what it is: by its first bytes and its name, and says plainly what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dateline.core.errors import InputError, Refusal, UsageError
from dateline.core.when import When
from dateline.imagery.readers import naming
from dateline.imagery.readers.opened import Declared, OpenedImage
from dateline.imagery.sensor import sensor_for

_HDF5 = b"\x89HDF\r\n\x1a\n"
_NETCDF_CLASSIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_GZIP = b"\x1f\x8b"
_PICTURES = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"RIFF": "WebP"}


def open_image(
    path: Path,
    product: str | None = None,
    *,
    when: When | None = None,
    layer: str | None = None,
    collection: str | None = None,
    platform: str | None = None,
    counts: Path | None = None,
    crs: str | None = None,
    minimum_nights: int | None = None,
) -> tuple[OpenedImage, ...]:
    """Opens one file as its images, in order of time: one for a tile or a GeoTIFF, one a frame for a cube.

    Everything but the path says what the file itself does not say (see readers.opened.Declared). No pixels are read.
    Raises InputError, UsageError or Refusal, each with its own code; docs/sensors.md lists them.
    """
    declared = Declared(
        product=product,
        when=when,
        layer=layer,
        collection=collection,
        platform=platform,
        counts=counts,
        crs=crs,
        minimum_nights=minimum_nights,
    )
    head = _head(path)
    if head.startswith(_HDF5) and _is_granule(path):
        from dateline.imagery.readers.black_marble import open_tile

        return (open_tile(path, declared),)
    if head.startswith((_HDF5, *_NETCDF_CLASSIC)):
        from dateline.imagery.readers.netcdf import open_netcdf

        return open_netcdf(path, declared)
    if head.startswith((*_TIFF, _GZIP)):
        return (_open_tiff(path, declared, packed=head.startswith(_GZIP)),)
    raise _not_an_image(path, head)


def open_images(
    paths: Iterable[Path], product: str | None = None, *, minimum_nights: int | None = None
) -> tuple[OpenedImage, ...]:
    """Opens several files; all their images in order of time, then of product, then of place in the grid.

    Raises what open_image raises; mixing collections or platforms is for a method's guards to refuse.
    """
    images = [image for path in paths for image in open_image(path, product, minimum_nights=minimum_nights)]
    return tuple(sorted(images, key=lambda image: (image.scene.when.edtf(), image.scene.product, image.scene.id)))


def check_readable(path: Path, endings: tuple[str, ...]) -> None:
    """Raises what open_image raises for a file that is no raster with bands; `endings` name the others that are."""
    head = _head(path)
    if not head.startswith((*_TIFF, _GZIP)) and not (path.suffix.lower() in endings and head[4:8] == b"jP  "):
        raise _not_an_image(path, head)


def _open_tiff(path: Path, declared: Declared, *, packed: bool) -> OpenedImage:
    product = naming.product_of(path.name, declared.product)
    if sensor_for(product).products[product].quantity is not None:
        raise UsageError(
            "Radar and optical images are cut into chips; here an image of light is wanted.",
            saw=f"{path.name}: {product}",
            do="Give them to a method of ports or sites, or give a product of night-time light.",
            code="product",
        )
    if packed or (sensor_for(product).reader == "vnl" and naming.product_in(path.name) is not None):
        from dateline.imagery.readers.vnl import open_vnl

        return open_vnl(path, declared)
    from dateline.imagery.readers.raster import open_raster

    return open_raster(path, declared)


def _head(path: Path) -> bytes:
    """The first bytes of a file. Raises InputError `no-file`, `empty-file`."""
    if not path.is_file():
        raise InputError("There is no such file.", saw=str(path), do="Check the path.", code="no-file")
    with path.open("rb") as stream:
        head = stream.read(1024)
    if not head:
        raise InputError("The file is empty.", saw=f"{path.name}: 0 bytes", do="Download it again.", code="empty-file")
    return head


def _is_granule(path: Path) -> bool:
    """Whether an HDF5 file is of the HDF-EOS kind, rather than a NetCDF cube."""
    import h5py

    from dateline.imagery.readers.opened import damaged

    try:
        with h5py.File(path, "r") as file:
            return "HDFEOS" in file or path.suffix == ".h5"
    except OSError as error:
        raise damaged(path, error) from error


def _not_an_image(path: Path, head: bytes) -> InputError | Refusal:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")) or (text.startswith(b"<?xml") and b"<html" in text):
        return InputError(
            "This is a web page saved under a data file's name: the archive asked for a login.",
            saw=f"{path.name} begins {head[:40]!r}",
            do="Log in to NASA Earthdata (or EOG) and download the file again with your token.",
            code="login-page",
        )
    if head.startswith(b"version https://git-lfs"):
        return InputError(
            "This is a Git-LFS pointer: the file itself was not fetched.",
            saw=f"{path.name}: {len(head)} bytes of text",
            do="Run `git lfs pull` where it came from, or download the raw file.",
            code="lfs-pointer",
        )
    for magic, kind in _PICTURES.items():
        if head.startswith(magic):
            return Refusal(
                "This is a picture: its bytes are colours, not radiance.",
                saw=f"{path.name}: {kind}",
                do="Measure the product itself, not a picture of it; show the picture if you like.",
                code="picture-bytes",
            )
    return InputError(
        "This file is of no kind that can be read as an image.",
        saw=f"{path.name} begins {head[:16]!r}",
        do="Give HDF-EOS5 (.h5), GeoTIFF (.tif, .tif.gz) or NetCDF (.nc); a table is read with its columns named.",
        code="unknown-format",
    )
