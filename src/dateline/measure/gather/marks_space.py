"""Whether marks lie on the picture as they say: rows and columns swapped, y upward, outside. Named, never mended."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import RecordFault
from dateline.imagery.ground_points import GroundFit
from dateline.measure.gather.georeferenced import driver_of
from dateline.measure.gather.marks_rows import Row

F8 = npt.NDArray[np.float64]
Size = tuple[float, float]

FEWEST = 6
"""Marks that a comparison with somebody else's needs."""
NEARER = 0.25
"""Turned marks must lie this much nearer to the others' than as they are."""
SLACK = 1.0
"""[px] A click on the very edge is on the picture."""
VALID = "column from the left edge, row from the upper edge, within the picture"


def wrong_space(rows: Sequence[Row], sizes: Mapping[str, Size]) -> list[RecordFault]:
    """One fault for each person and picture whose marks lie in another pixel space.

    sizes: width and height by picture [px]; a row's own size counts as well. First by the edges; then, where nothing is
    outside, by the others: marks that fit theirs only when turned. Nothing is turned silently.
    """
    found: list[RecordFault] = []
    by_image: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.point is not None:
            by_image[row.image][row.by].append(row)
    for image, people in by_image.items():
        size = sizes.get(image) or next((row.size for given in people.values() for row in given if row.size), None)
        wrong = {who: fault for who, given in people.items() if (fault := _outside(given, size)) is not None}
        found += wrong.values()
        rest = {who: given for who, given in people.items() if who not in wrong}
        found += _unlike_others(rest, size)
    return found


def _points(rows: Sequence[Row]) -> F8:
    return np.array([row.point for row in rows], dtype=np.float64)


def _outside(rows: Sequence[Row], size: Size | None) -> RecordFault | None:
    points = _points(rows)
    low, high = points.min(axis=0), points.max(axis=0)
    if low[1] < -SLACK and high[1] <= SLACK and low[0] >= -SLACK:
        return _fault(rows, points[:, 1] < -SLACK, "rows below zero: y was counted upward", size)
    if size is None:
        out = np.asarray((points < -SLACK).any(axis=1))
        return _fault(rows, out, "positions below zero: outside the picture", size) if out.any() else None
    out = np.asarray(((points < -SLACK) | (points > np.array(size) + SLACK)).any(axis=1))
    if not out.any():
        return None
    swapped = points[:, ::-1]
    fits = not ((swapped < -SLACK) | (swapped > np.array(size) + SLACK)).any()
    what = "they fit with row and column swapped" if fits else "they lie outside the picture"
    return _fault(rows, out, what, size)


def _fault(rows: Sequence[Row], which: npt.NDArray[np.bool_], what: str, size: Size | None) -> RecordFault:
    first = rows[int(np.argmax(which))]
    picture = f"{first.image}, {size[0]:g} x {size[1]:g} px" if size else first.image
    found = f"{int(which.sum())} marks of {first.by} on {picture}, the first at {first.point}: {what}"
    return RecordFault(first.file, first.line, "x, y", found, VALID)


def _unlike_others(people: Mapping[str, Sequence[Row]], size: Size | None) -> Iterator[RecordFault]:
    """Whoever's marks come much nearer to everybody else's when swapped, or turned upside down."""
    from scipy.spatial import cKDTree

    suspects: list[tuple[float, str, str]] = []
    for who, own in people.items():
        others = [_points(given) for name, given in people.items() if name != who]
        if not others or len(own) < FEWEST or sum(map(len, others)) < FEWEST:
            continue
        tree, points = cKDTree(np.concatenate(others)), _points(own)
        turned = {"row and column swapped": points[:, ::-1]}
        if size is not None:
            turned["y counted upward"] = np.stack([points[:, 0], size[1] - points[:, 1]], axis=1)
        as_is = float(np.median(tree.query(points)[0]))
        for what, made in turned.items():
            share = float(np.median(tree.query(made)[0])) / max(as_is, 1e-9)
            if as_is > 2 * SLACK and share < NEARER:
                suspects.append((share, who, what))
    if suspects:
        _, who, what = min(suspects)
        first = people[who][0]
        either = f"{who}'s marks" if len(people) > 2 else f"the marks of {' or of '.join(people)}"
        found = f"on {first.image}, {either} fit the others' only with {what}"
        yield RecordFault(first.file, first.line, "x, y", found, VALID)


def on_the_picture(
    rows: Sequence[Row], crs: str, pictures: Mapping[str, Path], grounds: Mapping[str, GroundFit]
) -> tuple[list[Row], list[RecordFault]]:
    """Rows whose positions are on the ground, with columns and rows of their picture instead [px].

    crs: of the positions; grounds: by picture, from landmarks. Faults where a picture is not there or has neither
    landmarks nor a georeference: metres cannot be made up.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    made: list[Row] = []
    faults: list[RecordFault] = []
    by_image: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_image[row.image].append(row)
    for image, given in by_image.items():
        path = pictures.get(image) or (next(iter(pictures.values())) if len(pictures) == 1 else None)
        if path is None:
            faults.append(_no_georeference(given[0], crs))
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a press picture has none: told below
                picture = rasterio.open(path, driver=driver_of(path))
            with picture:
                fit = None if picture.crs is not None else grounds.get(path.name)
                made += _placed(given, crs, picture, path.name) if fit is None else _by_landmarks(given, crs, fit)
        except (RasterioError, ValueError) as error:
            faults.append(RecordFault(given[0].file, given[0].line, "crs", str(error)[:100], "EPSG:4326, or pixel"))
        except LookupError:
            faults.append(_no_georeference(given[0], crs))
    return made, faults


def _placed(rows: Sequence[Row], crs: str, picture: Any, name: str) -> list[Row]:
    """Rows on an opened picture. Raises LookupError where it has no georeference."""
    from rasterio.warp import transform

    if picture.crs is None:
        raise LookupError
    marked = [row.point for row in rows if row.point is not None]
    xs, ys = transform(crs, picture.crs, [x for x, _ in marked], [y for _, y in marked])
    back = ~picture.transform
    placed = iter(
        [(back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f) for x, y in zip(xs, ys, strict=True)]
    )
    size = (float(picture.width), float(picture.height))
    return [replace(row, image=name, size=size, point=next(placed) if row.point else None) for row in rows]


def _by_landmarks(rows: Sequence[Row], crs: str, fit: GroundFit) -> list[Row]:
    """Rows on a picture that somebody matched with a map."""
    from rasterio.warp import transform

    marked = [row.point for row in rows if row.point is not None]
    lon, lat = transform(crs, "EPSG:4326", [x for x, _ in marked], [y for _, y in marked])
    placed = iter(fit.pixels(np.column_stack([lon, lat])).tolist() if marked else [])
    size = (float(fit.size[0]), float(fit.size[1]))
    return [replace(r, image=fit.image, size=size, point=tuple(next(placed)) if r.point else None) for r in rows]


def _no_georeference(row: Row, crs: str) -> RecordFault:
    valid = "a georeferenced picture as --image, or its --landmarks; or, for columns and rows, --crs pixel"
    return RecordFault(row.file, row.line, "crs", f"positions in {crs}, and no georeferenced picture", valid)
