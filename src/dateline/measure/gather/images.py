"""From a selection (files, or product + period + folder) to opened images, and to their hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import sha256_file
from dateline.core.when import When
from dateline.imagery.catalog.black_marble import Bounds, Plan, periods, plan
from dateline.imagery.catalog.local import index
from dateline.imagery.open import open_image
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.sensor import sensor_for
from dateline.ledger.finding import InputRef
from dateline.measure.request import Selection

DEFAULT_PRODUCT = "VNP46A3"
NEXT_PRODUCT = "VJ146A3"
"""The same composite from NOAA-20: what there is after Suomi-NPP's last day."""


@cache
def _digest(path: Path, size: int, changed: int) -> str:  # noqa: ARG001 - size and time are the cache's key
    return sha256_file(path)


def digest(path: Path) -> str:
    """SHA-256 of a file, read once in a run unless the file changes."""
    state = path.stat()
    return _digest(path, state.st_size, state.st_mtime_ns)


def images_of(selection: Selection, bounds: Sequence[Bounds], *, optional: bool = False) -> tuple[OpenedImage, ...]:
    """The images of one selection, in order of time.

    bounds: of the places [degrees]; empty for the whole of the given files. Raises InputError `missing-granules`
    with names, sizes and what to do when nothing of a needed period is here; an `optional` selection gives nothing.
    """
    paths = list(selection.files)
    if not paths and selection.period is not None:
        paths = _granules(selection, bounds, optional=optional)
    found = [image for path in paths for image in _open(path, selection)]
    wanted = [image for image in found if _fits(image.scene.when, selection)]
    if found and not wanted:
        raise InputError(
            "A date that was asked for is not in the files.",
            saw=f"{selection.period.spoken() if selection.period else ''}; the files hold "
            f"{found[0].scene.when.spoken()} to {found[-1].scene.when.spoken()}",
            do="Ask for a period that the files hold.",
            code="no-such-date",
        )
    return tuple(sorted(wanted, key=lambda image: image.scene.when.edtf()))


def _open(path: Path, selection: Selection) -> tuple[OpenedImage, ...]:
    return open_image(
        path,
        selection.product,
        layer=selection.layer,
        collection=selection.collection,
        counts=selection.counts,
        crs=selection.crs,
    )


def _fits(when: When, selection: Selection) -> bool:
    first = when.earliest
    if selection.period is not None and first is not None and selection.period.intersect(when) is None:
        return False
    return not selection.months or (first is not None and first.month in selection.months)


def product_of(selection: Selection) -> str:
    """The product that was asked for; else the monthly composite of the satellite that flew in the period."""
    if selection.product is not None:
        return selection.product
    end = sensor_for(DEFAULT_PRODUCT).products[DEFAULT_PRODUCT].end
    first = selection.period.earliest if selection.period else None
    late = end is not None and first is not None and _plain(first) > end
    return NEXT_PRODUCT if late else DEFAULT_PRODUCT


def plan_of(selection: Selection, bounds: Sequence[Bounds]) -> Plan:
    """Which granules a selection needs, and which of them lie in its folders."""
    period = selection.period
    if period is None or period.earliest is None or period.latest is None:
        raise UsageError(
            "A period with a beginning and an end is needed.",
            saw="nothing" if period is None else period.edtf(),
            do="Write 2022-03, or 2022-03/2022-05.",
            code="date",
        )
    product = product_of(selection)
    days = periods(product, _plain(period.earliest), _plain(period.latest))
    if selection.months:
        days = tuple(day for day in days if day.month in selection.months)
    collection = selection.collection or "2"
    have = {
        key: path for folder in selection.folders if folder.is_dir() for key, path in index(folder).granules.items()
    }
    return plan(bounds, product, days, collection=collection, have=have)


def _granules(selection: Selection, bounds: Sequence[Bounds], *, optional: bool) -> list[Path]:
    if not bounds:
        raise UsageError(
            "A period alone does not say which tiles are needed.",
            saw=f"{selection.period.edtf() if selection.period else ''} without a place or a file",
            do="Give --place, --places, or the files themselves.",
        )
    planned = plan_of(selection, bounds)
    have = planned.of("have")
    if not have and not optional:
        raise _missing(planned, selection)
    return [wanted.path for wanted in have if wanted.path is not None]


def _missing(planned: Plan, selection: Selection) -> InputError:
    needed = planned.of("needed")
    size = planned.size()
    amount = f"{size[0] / 1e6:.0f} to {size[1] / 1e6:.0f} MB" if size else "size not known"
    names = "\n       ".join(f"{wanted.pattern}  from {wanted.folder}" for wanted in needed) or "no granule exists"
    folders = ", ".join(str(folder) for folder in selection.folders) or "no folder was given"
    return InputError(
        f"The images are not on this machine: {len(needed)} file{'s' if len(needed) != 1 else ''}, {amount}.",
        saw=f"{folders}; needed:\n       {names}",
        do="Log in at NASA Earthdata (free), download these files from the addresses above into a folder, and run the "
        "same command with --from FOLDER. Nothing is downloaded unasked.",
        code="missing-granules",
    )


def _plain(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def file_ref(path: Path, role: str, items: Mapping[str, str]) -> InputRef:
    """A file by hash; under the id of the case's item that has these bytes, else under its own name."""
    sha256 = digest(path)
    return InputRef(kind="item", id=items.get(sha256, path.name), sha256=sha256, role=role)


def refs_of(images: Iterable[OpenedImage], role: str, items: Mapping[str, str]) -> list[InputRef]:
    """The files and sensor descriptions behind images, by hash. items: ids of the case's items by SHA-256."""
    images = tuple(images)
    files = {image.scene.path for image in images}
    sensors = {(image.sensor.id, image.sensor.sha256) for image in images}
    return [
        *(file_ref(path, role, items) for path in sorted(files)),
        *(InputRef(kind="sensor", id=name, sha256=sha256, role=role) for name, sha256 in sorted(sensors)),
    ]
