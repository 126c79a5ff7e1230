"""Landmarks matched between a picture and a map, the picture's frame and lens, ground heights, a place to name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import InputError, RecordError, RecordFault, Refusal
from dateline.evidence.item import is_named_simulated
from dateline.ledger.finding import Note
from dateline.ledger.observation import Observation
from dateline.measure.gather.images import digest as digest_of
from dateline.measure.gather.images import file_ref
from dateline.measure.gather.landmarks_files import Written, rows_of
from dateline.measure.gather.landmarks_observed import (
    LINES,
    observed_refs,
    of_case,
    rows_of_observations,
    turned_upright,
)
from dateline.measure.gather.landmarks_scene import read_elevation, read_frame
from dateline.measure.request import Loaded, Prepared, Progress, Request
from dateline.media.landmark import Frame, Landmark, Reference
from dateline.methods.contract import Inputs

LISTS = {".csv", ".tsv", ".json", ".geojson", *LINES}
PIXEL_ERROR, MAP_ERROR = 5.0, 10.0
"""[px], [m] Standard errors where nobody says."""
HEIGHT_ERROR = 10.0
"""[m]"""
FARTHEST = 300_000.0
"""[m] Landmarks of one picture are never this far from the others; swapped coordinates are."""


def prepare(request: Request) -> Prepared:
    """Roles: `landmarks`, `picture` (a Frame, always one), `elevation`, `places`.

    Raises RecordError with every fault of the rows, InputError `frame-size`, `elevation`, those of
    reading a picture; Refusal `sensitive-reference`.
    """
    given = request.question.parameters
    paths = {role: _paths(request, role) for role in ("landmarks", "picture", "elevation")}
    refs = [file_ref(path, role, request.items) for role, found in paths.items() for path in found]
    written = _written(request)
    seen, observed = _observed(request)
    refs += observed_refs(seen, "landmarks")
    written += observed
    simulated = any(is_named_simulated(path.name) for found in paths.values() for path in found)
    simulated = simulated or any(row.simulated for row in written)
    frame = _frame(paths["picture"], given["width"], given["height"], simulated=simulated)
    written = [turned_upright(row, frame) for row in written]
    landmarks, notes = _landmarks(written, frame, given)
    roles: dict[str, tuple[Any, ...]] = {
        "landmarks": landmarks,
        "picture": (frame,),
        "places": _references(request),
    }
    return Prepared(
        refs=(*refs, *request.place_refs("places")),
        simulated=simulated,
        load=lambda tell: _load(roles, paths["elevation"], notes, tell),
    )


def _load(roles: dict[str, tuple[Any, ...]], grounds: list[Path], notes: tuple[Note, ...], tell: Progress) -> Loaded:
    if len(grounds) > 1:
        raise InputError("Give one file of heights.", saw=f"{len(grounds)}", do="Merge them first.", code="elevation")
    if grounds and roles["landmarks"]:
        around = [(one.lon, one.lat) for one in roles["landmarks"]]
        roles = {**roles, "elevation": (read_elevation(grounds[0], around),)}
    tell(1.0)
    return Loaded(inputs=Inputs(roles), notes=notes)


def _paths(request: Request, role: str) -> list[Path]:
    """The files of a role; of a folder those that may be lists of landmarks."""
    found: list[Path] = []
    for selection in request.roles.get(role, ()):
        if selection.observers:
            continue  # its items are the pictures on which people marked
        found += selection.files
        for folder in () if selection.files else selection.folders:
            found += sorted(path for path in folder.iterdir() if path.suffix.lower() in LISTS)
    return found


def _written(request: Request) -> list[Written]:
    rows = []
    for selection in request.roles.get("landmarks", ()):
        alone = replace(request, roles={"landmarks": (selection,)})
        for path in _paths(alone, "landmarks"):
            rows += rows_of(path, selection.columns, selection.crs)
    return rows


def _observed(request: Request) -> tuple[list[Observation], list[Written]]:
    """The observations that landmarks are read from, and their rows. Items: those of the selector, else the picture's.

    Raises Refusal `few-landmarks` where these people matched none.
    """
    seen: list[Observation] = []
    rows: list[Written] = []
    for selection in request.roles.get("landmarks", ()):
        if not selection.observers or request.case is None:
            continue
        pictures = selection.files or _paths(request, "picture")
        items = {name for name in (request.items.get(digest_of(path)) for path in pictures) if name is not None}
        found = [mark for mark in of_case(request.case, selection.observers, items) if mark.matches]
        invented = {name for name, item in request.case.items.items() if is_named_simulated(item.name)}
        seen += found
        rows += rows_of_observations(found, file="observations", simulated=invented)
        if not rows:
            raise Refusal(
                "Nobody has matched a landmark on this picture yet.",
                saw=f"no pairs by {', '.join(selection.observers)}",
                do="Mark the same thing on the picture and on the map, in the app's Match screen.",
                code="few-landmarks",
            )
    return seen, rows


def _references(request: Request) -> tuple[Reference, ...]:
    """The place that the sentence names. Raises Refusal `sensitive-reference`."""
    sites = request.sites("places")
    if any(site.sensitive for site in sites):
        raise Refusal(
            "A sensitive place cannot be what the sentence measures from.",
            saw=f"{sum(site.sensitive for site in sites)} sensitive place",
            do="Name a town or another public place.",
            code="sensitive-reference",
        )
    return tuple(Reference(site.name, site.where) for site in sites)


def _frame(pictures: Sequence[Path], width: int | None, height: int | None, *, simulated: bool) -> Frame:
    """The picture's size and lens. Raises InputError `frame-size` where nothing says it, or two things differ."""
    if len(pictures) > 1:
        raise InputError("Give one picture.", saw=f"{len(pictures)}", do="Ask once for each.", code="frame-size")
    if not pictures:
        if width is None or height is None:
            raise InputError(
                "The size of the picture is not known.",
                saw=f"width {width}, height {height}",
                do="Give the picture, or its width and height [px] as the landmarks were marked in it.",
                code="frame-size",
            )
        return Frame(width=width, height=height, simulated=simulated)
    frame = read_frame(pictures[0], simulated=simulated)
    if (width or frame.width, height or frame.height) != (frame.width, frame.height):
        raise InputError(
            "The landmarks were marked in a picture of another size.",
            saw=f"{width} x {height} px stated, the file has {frame.width} x {frame.height}",
            do="Give the very picture in which they were marked.",
            code="frame-size",
        )
    return frame


def _landmarks(
    written: Sequence[Written], frame: Frame, given: Mapping[str, Any]
) -> tuple[tuple[Landmark, ...], tuple[Note, ...]]:
    """Landmarks with the errors that they state, else those of the parameters. Raises RecordError."""
    faults = [*_doubled(written), *_outside(written, frame), *_far_apart(written)]
    if faults:
        raise RecordError(faults, case=faults[0].file)
    pixel, ground = given["pixel_error"] or PIXEL_ERROR, given["map_error"] or MAP_ERROR
    made = tuple(
        Landmark(
            name=row.name,
            x=row.x,
            y=row.y,
            lon=row.lon,
            lat=row.lat,
            map_error=row.map_error or ground,
            pixel_error=row.pixel_error or pixel,
            height=row.height,
            height_error=row.height_error or HEIGHT_ERROR,
        )
        for row in written
    )
    return made, _assumed(written, given)


def _assumed(written: Sequence[Written], given: Mapping[str, Any]) -> tuple[Note, ...]:
    lacking = []
    if given["pixel_error"] is None and any(row.pixel_error is None for row in written):
        lacking.append(f"{PIXEL_ERROR:g} px for a mark")
    if given["map_error"] is None and any(row.map_error is None for row in written):
        lacking.append(f"{MAP_ERROR:g} m for a map position")
    if not lacking:
        return ()
    text = f"Nobody stated all errors: {' and '.join(lacking)} were assumed. The region is no better than that guess."
    return (Note(code="assumed-errors", text=text),)


def _doubled(written: Sequence[Written]) -> list[RecordFault]:
    """One landmark twice: by name, or at one place of the map with two marks in the picture."""
    faults = []
    for index, row in enumerate(written):
        for other in written[:index]:
            if row.name and row.name == other.name:
                faults.append(RecordFault(row.file, row.line, "name", f"{row.name!r} again", "each landmark once"))
                break
            if abs(row.lon - other.lon) < 1e-7 and abs(row.lat - other.lat) < 1e-7:
                found = f"the position of line {other.line}"
                faults.append(RecordFault(row.file, row.line, "lon, lat", found, "each landmark once"))
                break
    return faults


def _outside(written: Sequence[Written], frame: Frame) -> list[RecordFault]:
    """Marks beyond the picture; where all rows are below zero y was counted upward."""
    faults = []
    upward = bool(written) and all(row.y <= 0 for row in written) and any(row.y < 0 for row in written)
    for row in written:
        if 0 <= row.x <= frame.width and 0 <= row.y <= frame.height:
            continue
        fits = 0 <= row.y <= frame.width and 0 <= row.x <= frame.height
        why = "; y counted upward?" if upward else "; x and y swapped?" if fits else ""
        found = f"{row.x:g}, {row.y:g} on {frame.width} x {frame.height} px{why}"
        valid = "column from the left edge, row from the upper edge, within the picture"
        faults.append(RecordFault(row.file, row.line, "x, y", found, valid))
    return faults


def _far_apart(written: Sequence[Written]) -> list[RecordFault]:
    """Landmarks far from all others that come near when longitude and latitude are exchanged."""
    if len(written) < 3:
        return []
    lon, lat = float(np.median([row.lon for row in written])), float(np.median([row.lat for row in written]))
    faults = []
    for row in written:
        off, turned = _metres(row.lon, row.lat, lon, lat), _metres(row.lat, row.lon, lon, lat)
        if off > FARTHEST and turned < FARTHEST / 3:
            found = f"{off / 1000:,.0f} km from the others, {turned / 1000:,.0f} km when exchanged: they look swapped"
            faults.append(RecordFault(row.file, row.line, "lon, lat", found, "longitude, then latitude [degrees]"))
    return faults


def _metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Roughly, on the mean sphere."""
    east = (lon - other_lon) * np.cos(np.radians(other_lat))
    return 111_195.0 * float(np.hypot(east, lat - other_lat))
