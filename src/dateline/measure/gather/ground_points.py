"""Landmarks of pictures, from tables and GeoJSON, and where each picture lies by them or by its own georeference."""

from __future__ import annotations

import json
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dateline.core.errors import RecordError, RecordFault, UsageError
from dateline.imagery.ground_points import GroundFit, Landmark, fit_ground
from dateline.imagery.still import Still
from dateline.ledger.csv_lines import CLOSED, Torn, decoded, numbered
from dateline.ledger.faults import offer, shown
from dateline.ledger.finding import InputRef
from dateline.measure.gather.georeferenced import driver_of
from dateline.measure.gather.images import file_ref
from dateline.measure.gather.marks_rows import Cells
from dateline.measure.request import Request

ROLE = "landmarks"
COLUMNS: Mapping[str, str] = {
    "x": "column from the left edge of the picture [px]",
    "y": "row from its upper edge [px]",
    "lon": "[degrees east]; in a coordinate system that --crs names, the easting",
    "lat": "[degrees north]; or the northing",
    "by": "who matched the point",
    "name": "what it is: a crossing, a corner",
    "image": "the picture's name, where several were given",
}
"""Columns of a table of landmarks, and properties of a GeoJSON feature (its point is lon and lat)."""
OTHER_NAMES = {
    "column": "x", "col": "x", "row": "y", "longitude": "lon", "latitude": "lat", "analyst": "by", "picture": "image",
}  # fmt: skip
OWN = "its own georeference"


@dataclass(frozen=True, slots=True)
class _Row:
    file: str
    line: int | None
    image: str
    landmark: Landmark


def grounds_of(
    request: Request, pictures: Mapping[str, Path], stills: Sequence[Still], refs: list[InputRef]
) -> tuple[GroundFit, ...]:
    """Where the pictures lie: by landmarks of the role `landmarks`, else by a georeference in the file itself.

    Adds the files of landmarks to refs. Raises RecordError with every fault and its line, UsageError `landmarks`
    (without a picture), Refusal with the codes of `fit_ground`.
    """
    rows: list[_Row] = []
    faults: list[RecordFault] = []
    for selection in request.roles.get(ROLE, ()):
        paths = (*selection.files, *(() if selection.table is None else (selection.table,)))
        for path in paths:
            refs.append(file_ref(path, ROLE, request.items))
            rows += _degrees(_read(path, selection.columns, faults), selection.crs)
    if rows and not pictures:
        raise UsageError(
            "Landmarks belong to a picture.", saw=f"{len(rows)} landmarks and no picture", do="Give --image PICTURE.",
            code="landmarks",
        )  # fmt: skip
    by_image: dict[str, list[Landmark]] = defaultdict(list)
    for row in rows:
        name = _picture(row, pictures)
        if name is None:
            faults.append(RecordFault(row.file, row.line, "image", repr(row.image), offer(row.image, pictures)))
        else:
            by_image[name].append(row.landmark)
    if faults:
        raise RecordError(faults, case=", ".join(sorted({fault.file for fault in faults})))
    made = []
    for still in stills:
        found = by_image.get(still.name) or list(_own(pictures[still.name], still.size))
        if found:
            made.append(fit_ground(found, still.size, image=still.name))
    return tuple(made)


def _picture(row: _Row, pictures: Mapping[str, Path]) -> str | None:
    """The picture that a row means: the only one there is, its name, or its stem."""
    if not row.image:
        return next(iter(pictures)) if len(pictures) == 1 else None
    return next((name for name in pictures if row.image in {name, Path(name).stem}), None)


def _read(path: Path, columns: Mapping[str, str], faults: list[RecordFault]) -> list[_Row]:
    try:
        text = decoded(path.read_bytes())
        rows = _features(text, path) if text.lstrip()[:1] == "{" else _table(text, path, columns, faults)
        given = [row for cells in rows if (row := _row(cells, faults)) is not None]
    except Torn as torn:
        faults.append(RecordFault(path.name, torn.line, "the row", torn.found, CLOSED))
        return []
    if not given and not faults:
        faults.append(RecordFault(path.name, 1, "the file", "no landmark", "x, y, lon, lat of four points or more"))
    return given


def _table(text: str, path: Path, columns: Mapping[str, str], faults: list[RecordFault]) -> Iterator[Cells]:
    ours = {theirs: name for name, theirs in columns.items() if name in COLUMNS}
    header: list[str] | None = None
    for line, cells in numbered(text):
        if header is None:
            names = [cell.strip() for cell in cells]
            header = [ours.get(name) or OTHER_NAMES.get(name.lower(), name.lower()) for name in names]
            missing = [name for name in ("x", "y", "lon", "lat") if name not in header]
            if missing:
                found = f"no column {', '.join(missing)} among {', '.join(names)}"
                faults.append(RecordFault(path.name, line, "the header", found, "x, y, lon, lat, by"))
                return
            continue
        yield Cells(path.name, line, dict(zip(header, cells, strict=False)))


def _features(text: str, path: Path) -> Iterator[Cells]:
    """Point features with x and y among their properties."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Torn(getattr(error, "lineno", 1), str(error)[:80]) from error
    for number, feature in enumerate(whole.get("features") or (), 1):
        match feature:
            case {"geometry": {"type": "Point", "coordinates": [lon, lat, *_]}, "properties": dict(properties)}:
                told = {OTHER_NAMES.get(name.lower(), name.lower()): value for name, value in properties.items()}
                yield Cells(path.name, number, {**told, "lon": lon, "lat": lat})
            case _:
                raise Torn(number, f"feature {number}: {shown(feature)}, not a Point with x and y")


def _row(cells: Cells, faults: list[RecordFault]) -> _Row | None:
    numbers: dict[str, float] = {}
    for name in ("x", "y", "lon", "lat"):
        value = cells.number(name)
        if value is None:
            if not cells.faults:
                cells.fault(name, f"a number: {COLUMNS[name]}")
            break
        numbers[name] = value
    faults += cells.faults
    if cells.faults:
        return None
    landmark = Landmark(**numbers, by=cells.text("by"), name=cells.text("name"))
    return _Row(cells.file, cells.line, cells.text("image"), landmark)


def _degrees(rows: list[_Row], crs: str | None) -> list[_Row]:
    """Rows with longitudes and latitudes, where their positions are of another system. Raises UsageError."""
    if crs is None or crs.upper() in {"PIXEL", "EPSG:4326"}:
        return rows
    from dataclasses import replace

    from rasterio.errors import CRSError
    from rasterio.warp import transform

    try:
        lon, lat = transform(crs, "EPSG:4326", [r.landmark.lon for r in rows], [r.landmark.lat for r in rows])
    except CRSError as error:
        raise UsageError(
            "The landmarks are of a coordinate system that nobody knows.",
            saw=repr(crs),
            do="Give --crs EPSG:N of the map on which they were found, such as EPSG:32652.",
            code="landmarks",
        ) from error
    return [
        replace(row, landmark=replace(row.landmark, lon=x, lat=y)) for row, x, y in zip(rows, lon, lat, strict=True)
    ]


def _own(path: Path, size: tuple[int, int]) -> Iterator[Landmark]:
    """Sixteen points of a georeferenced file, by its own account; none of a press picture."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError
    from rasterio.warp import transform

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            opened = rasterio.open(path, driver=driver_of(path))
        with opened:
            crs, affine = opened.crs, opened.transform
    except RasterioError:  # what the picture reader can open and this one cannot has no georeference
        return
    if crs is None:
        return
    points = [(x, y) for x in np.linspace(0, size[0], 4) for y in np.linspace(0, size[1], 4)]
    a, b, c, d, e, f = tuple(affine)[:6]
    east, north = [a * x + b * y + c for x, y in points], [d * x + e * y + f for x, y in points]
    lon, lat = transform(crs, "EPSG:4326", east, north)
    for (x, y), one, two in zip(points, lon, lat, strict=True):
        yield Landmark(x=float(x), y=float(y), lon=one, lat=two, by=OWN)
