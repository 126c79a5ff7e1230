"""Images as chips, with the berths and places they are looked at for: what the methods of ports and sites read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.core.where import Where
from dateline.evidence.item import is_named_simulated
from dateline.imagery.berth import Berth
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.chip import Chip
from dateline.imagery.chips import acquisitions, series
from dateline.imagery.extent import bounds_around
from dateline.imagery.readers.acquisition import Acquisition, Told
from dateline.imagery.resample import bounds_of
from dateline.ledger.finding import InputRef, Note
from dateline.measure.berths import berths_in_file, bounds_of_berths
from dateline.measure.gather.images import digest, file_ref
from dateline.measure.request import Loaded, Prepared, Progress, Request, Selection
from dateline.measure.request import berths_of as berths_of_case
from dateline.methods.contract import Inputs

MARGIN = 1_500.0
"""What is cut around quays where no place is named [m]: water to compare with, and land to register on."""
BESIDE = 200.0
"""What is cut around quays where the place around them is named [m]."""
AREAS = ("places", "water")
"""Roles of places that say what is looked at; others, such as land, only say what lies there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request names, by role: acquisitions not yet read, berths, places, shapes; and the bounds around them."""

    images: Mapping[str, tuple[Acquisition, ...]]
    berths: Mapping[str, tuple[Berth, ...]]
    places: Mapping[str, Mapping[str, Where]]
    shapes: Mapping[str, Mapping[str, Where]]
    names: Mapping[str, str]
    bounds: Bounds | None


def prepare(request: Request) -> Prepared:
    """Finds images, berths and places with their hashes; no pixels are read until `load`."""
    asked = asked_of(request)
    return Prepared(
        refs=refs_of(request, asked),
        simulated=any(one.about.simulated for found in asked.images.values() for one in found)
        or any(is_named_simulated(path.name) for role in asked.shapes for path in _shape_files(request, role)),
        load=lambda tell: load(asked, tell, stated=request.question.parameters.get("stated")),
    )


def asked_of(request: Request) -> Asked:
    """The inputs of kinds chips, berths, places and shapes. Raises what opening them raises; InputError `no-images`."""
    roles = _roles(request)
    berths = {role: berths_of(request.roles[role]) for role in roles["berths"]}
    places = {role: {site.id: site.where for site in request.sites(role)} for role in roles["places"]}
    names = {site.id: site.name for site in request.sites(*roles["places"])}
    names |= {berth.id: berth.name for found in berths.values() for berth in found}
    images = {role: _opened(request.one(role), role) for role in roles["chips"]}
    areas = [where for role in AREAS if role in places for where in places[role].values()]
    return Asked(
        images=images,
        berths=berths,
        places=places,
        shapes={role: shapes_of(request, role) for role in roles["shapes"]},
        names=names,
        bounds=_bounds(areas, [berth for found in berths.values() for berth in found], images.values()),
    )


def load(asked: Asked, tell: Progress, *, stated: str | None = None) -> Loaded:
    """Chips on one grid for each role of images; berths, places and names as they are.

    stated: where the images are said to be, as a name with its country; a note says so where they are not.

    places: one mapping of id to Where a role. names: one mapping of id to what stands in a sentence.
    """
    values: dict[str, tuple[object, ...]] = {"names": (dict(asked.names),)}
    notes: list[Note] = []
    for number, (role, found) in enumerate(asked.images.items(), 1):
        made = series(found, asked.bounds, digest=digest)
        values[role] = made.chips
        notes += [Note(code=code, text=text) for code, text in (*made.notes, *told_once(made.chips))]
        notes += _elsewhere(made.chips[0], stated) if stated else []
        tell(number / len(asked.images))
    values |= {role: tuple(found) for role, found in asked.berths.items()}
    values |= {role: (dict(found),) for role, found in (*asked.places.items(), *asked.shapes.items())}
    return Loaded(inputs=Inputs(values), notes=tuple(notes))


def _elsewhere(chip: Chip, stated: str) -> list[Note]:
    from dateline.measure.places import gazetteer
    from dateline.measure.stated_place import stated_place

    note = stated_place(bounds_of(chip.geobox), stated, gazetteer())
    return [] if note is None else [note]


def told_once(chips: Sequence[Chip]) -> list[tuple[str, str]]:
    """The notes of chips, each code once, with the number of images it is about."""
    about: dict[str, list[str]] = {}
    for chip in chips:
        for code, text in chip.notes:
            about.setdefault(code, []).append(text)
    return [
        (code, texts[0] if len(texts) == 1 else f"{texts[0]} (so {len(texts)} of {len(chips)} images)")
        for code, texts in about.items()
    ]


def refs_of(request: Request, asked: Asked) -> tuple[InputRef, ...]:
    """Files, sensor files, berths and places by hash."""
    refs: list[InputRef] = []
    for role, found in asked.images.items():
        refs += [file_ref(path, role, request.items) for path in sorted({path for one in found for path in one.paths})]
        sensors = {(one.about.sensor.id, one.about.sensor.sha256) for one in found}
        refs += [InputRef(kind="sensor", id=name, sha256=sha256, role=role) for name, sha256 in sorted(sensors)]
        refs += [file_ref(path, f"{role} times", request.items) for path in _tables(request.one(role))]
    for role, berths in asked.berths.items():
        refs += [InputRef(kind="place", id=berth.id, sha256=berth.sha256, role=role) for berth in berths]
        files = [path for selection in request.roles[role] for path in selection.files if path.is_file()]
        refs += [file_ref(path, role, request.items) for path in files]
    for role in asked.shapes:
        refs += [file_ref(path, role, request.items) for path in _shape_files(request, role)]
    return (*refs, *request.place_refs(*asked.places))


def _shape_files(request: Request, role: str) -> list[Path]:
    given = [path for selection in request.roles[role] for path in selection.files or selection.folders]
    return [one for path in given for one in (sorted(path.glob("*.geojson")) if path.is_dir() else [path])]


def shapes_of(request: Request, role: str) -> dict[str, Where]:
    """The outlines of files by id. Raises InputError `no-outline`, `doubled-place`, and what reading raises."""
    from dateline.measure.places import sites_in_file

    found = [site for path in _shape_files(request, role) for site in sites_in_file(path, 0.0)]
    if not found or not all(site.where.is_area for site in found):
        raise InputError(
            "Footprints are outlines, and some here are none.",
            saw=f"{sum(not site.where.is_area for site in found)} of {len(found)} are points",
            do="Give GeoJSON polygons in longitude and latitude.",
            code="no-outline",
        )
    made = {site.id: site.where for site in found}
    if len(made) < len(found):
        raise InputError(
            "Two footprints have one id.",
            saw=f"{len(found)} footprints, {len(made)} ids",
            do="Give each its own, in one file.",
            code="doubled-place",
        )
    return made


def berths_of(selections: Sequence[Selection]) -> tuple[Berth, ...]:
    """The berths of a case and of files. Raises InputError `doubled-berth`."""
    found = [berth for selection in selections for berth in selection.berths]
    found += [berth for selection in selections for path in selection.files for berth in _berths_at(path)]
    ids = [berth.id for berth in found]
    if len(set(ids)) < len(ids):
        raise InputError(
            "Two berths have one id.", saw=", ".join(sorted(ids)), do="Give each its own.", code="doubled-berth"
        )
    return tuple(found)


def _berths_at(path: Path) -> tuple[Berth, ...]:
    """The berths of a GeoJSON file, or of a case's folder."""
    if (path / "case.toml").is_file():
        from dateline.ledger.case import Case

        return berths_of_case(Case.load(path))
    return berths_in_file(path)


def _roles(request: Request) -> dict[str, list[str]]:
    specs = request.question.card.front.inputs
    kinds: dict[str, list[str]] = {"chips": [], "berths": [], "places": [], "shapes": []}
    for role, spec in specs.items():
        if spec.kind in kinds and role in request.roles:
            kinds[spec.kind].append(role)
    return kinds


def _opened(selection: Selection, role: str) -> tuple[Acquisition, ...]:
    told = Told(product=selection.product, collection=selection.collection, crs=selection.crs)
    found = acquisitions(selection.files or selection.folders, told)
    chosen = tuple(one for one in found if _fits(one, selection))
    if not chosen:
        raise InputError(
            "No image lies in the period that was asked for.",
            saw=f"{role}: {found[0].about.at:%Y-%m-%d} to {found[-1].about.at:%Y-%m-%d}",
            do="Ask for a period that the images cover.",
            code="no-such-date",
        )
    return chosen


def _fits(one: Acquisition, selection: Selection) -> bool:
    day = When.on(one.about.at.date())
    if selection.period is not None and selection.period.intersect(day) is None:
        return False
    return not selection.months or one.about.at.month in selection.months


def _tables(selection: Selection) -> list[Path]:
    """Tables of times among the files, and those that lie in the folders."""
    given = selection.files or selection.folders
    inner = [path for path in given if path.is_dir() and path.suffix != ".SAFE"]
    found = [path for path in given if path.suffix.lower() == ".csv"]
    return [*found, *(path for folder in inner for path in sorted(folder.glob("*.csv")))]


def _bounds(places: Iterable[Where], berths: Sequence[Berth], images: Iterable[Sequence[Acquisition]]) -> Bounds | None:
    """Around the places as far as images show them, and around the quays; None, all of the images, without either.

    A sea may be named that is far larger than the images; a quay beyond them is kept, to be told as not seen.
    """
    areas = [bounds_around(where) for where in places]
    seen = [bounds_of(one.grid) for found in images for one in found]
    area = _joined(areas)
    extent = _joined(seen)
    if area is not None and extent is not None:
        area = _common(area, extent) or area
    quays = [bounds_of_berths(berths, MARGIN if area is None else BESIDE)] if berths else []
    return _joined([*([area] if area is not None else []), *quays])


def _joined(areas: Sequence[Bounds]) -> Bounds | None:
    if not areas:
        return None
    west, south = (min(area[i] for area in areas) for i in (0, 1))
    east, north = (max(area[i] for area in areas) for i in (2, 3))
    return west, south, east, north


def _common(one: Bounds, other: Bounds) -> Bounds | None:
    west, south = (max(one[i], other[i]) for i in (0, 1))
    east, north = (min(one[i], other[i]) for i in (2, 3))
    return (west, south, east, north) if west < east and south < north else None
