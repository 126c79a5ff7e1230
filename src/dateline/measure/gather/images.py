"""From a selection (files, or product + period + folder) to opened images, and to their hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import sha256_file
from dateline.core.when import When
from dateline.imagery.catalog.black_marble import Bounds, Plan, Wanted, period, periods, plan
from dateline.imagery.catalog.local import index
from dateline.imagery.open import open_image
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.sensor import sensor_for
from dateline.ledger.finding import InputRef, Note
from dateline.measure.gather.missing import MissingGranules
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


@dataclass(frozen=True, slots=True)
class Batch:
    """The images of one selection in order of time, and the granules of its period that are not here."""

    images: tuple[OpenedImage, ...] = ()
    lacking: tuple[Wanted, ...] = ()

    def notes(self, role: str) -> tuple[Note, ...]:
        """What a reader must know when only a part of the period could be read."""
        if not self.lacking:
            return ()
        names = ", ".join(sorted({period(wanted.key.product, wanted.key.day).spoken() for wanted in self.lacking}))
        text = f"Of the {role} period {len(self.lacking)} files are not on this machine ({names}): not observed."
        return (Note(code="files-missing", text=text),)


def batches_of(selections: Mapping[str, Selection], bounds: Sequence[Bounds]) -> dict[str, Batch]:
    """The images of several roles at once; the history is taken as far as it is here.

    bounds: of the places [degrees]; empty for the whole of the given files. Raises InputError `missing-granules` with
    the names, sizes and addresses of everything that is needed and not here, when a role has nothing at all.
    """
    plans = {
        role: plan_of(selection, bounds)
        for role, selection in selections.items()
        if selection.period is not None and not selection.files
    }
    empty = [role for role, planned in plans.items() if role != "history" and not planned.of("have")]
    if empty:
        wanted = [granule for role in plans if role != "history" for granule in plans[role].of("needed")]
        raise MissingGranules(wanted, selections[empty[0]])
    return {role: _batch(selection, plans.get(role)) for role, selection in selections.items()}


def _batch(selection: Selection, planned: Plan | None) -> Batch:
    paths = list(selection.files)
    if planned is not None:
        paths = [wanted.path for wanted in planned.of("have") if wanted.path is not None]
    found = [image for path in paths for image in _open(path, selection)]
    chosen = [image for image in found if _fits(image.scene.when, selection)]
    if found and not chosen:
        raise InputError(
            "A date that was asked for is not in the files.",
            saw=f"{selection.period.spoken() if selection.period else ''}; the files hold "
            f"{found[0].scene.when.spoken()} to {found[-1].scene.when.spoken()}",
            do="Ask for a period that the files hold.",
            code="no-such-date",
        )
    ordered = sorted(chosen, key=lambda image: image.scene.when.edtf())
    return Batch(tuple(ordered), () if planned is None else planned.of("needed"))


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
    span = selection.period
    if span is None or span.earliest is None or span.latest is None:
        raise UsageError(
            "A period with a beginning and an end is needed.",
            saw="nothing" if span is None else span.edtf(),
            do="Write 2022-03, or 2022-03/2022-05.",
            code="date",
        )
    if not bounds:
        raise UsageError(
            "A period alone does not say which tiles are needed.",
            saw=f"{span.edtf()} without a place or a file",
            do="Give --place, --places, or the files themselves.",
        )
    product = product_of(selection)
    days = periods(product, _plain(span.earliest), _plain(span.latest))
    if selection.months:
        days = tuple(day for day in days if day.month in selection.months)
    collection = selection.collection or "2"
    have = {
        key: path for folder in selection.folders if folder.is_dir() for key, path in index(folder).granules.items()
    }
    return plan(bounds, product, days, collection=collection, have=have)


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
