"""Lines of sites, from GeoJSON or from findings about earthworks, with simulated layouts to compare against."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer

from dateline.core.errors import InputError
from dateline.core.identity import sha256_file
from dateline.evidence.item import is_named_simulated
from dateline.imagery.shapes import F8, Line, Pattern
from dateline.ledger.finding import Finding, InputRef
from dateline.measure.gather.images import file_ref
from dateline.measure.request import Loaded, Prepared, Request, Selection
from dateline.methods.contract import Inputs
from dateline.simulate.fieldworks import UNPLANNED, Template, layout, template

LARGEST = 64 << 20
"""A larger file of lines is a data set, not a site [bytes]."""
SITES = ("first", "second")
"""Roles whose lines are what is asked about."""
MADE, TWINS = "made", "twins"
"""Roles of simulated layouts: one of each template, those without a plan first; second ones of the others, in order."""
JITTER = 0.15
"""Scatter of legs and angles between two simulated layouts of one template [1]."""
_LINES = "a GeoJSON file of LineString or MultiLineString features in longitude and latitude"


def prepare(request: Request) -> Prepared:
    """Patterns of the roles of kind shapes, and simulated ones; files are short, so they are read here.

    Raises InputError `shapes` for files without lines, `finding` for a finding without them.
    """
    roles = [role for role, spec in request.question.card.front.inputs.items() if spec.kind == "shapes"]
    values: dict[str, tuple[Any, ...]] = {}
    refs: list[InputRef] = []
    for role in roles:
        found: list[Pattern] = []
        for selection in request.roles.get(role, ()):
            for path, name in _files(request, selection):
                found.append(read_pattern(path, name))
                refs.append(file_ref(path, role, request.items))
        values[role] = tuple(found)
    count = request.question.parameters.get("made", 0)
    values |= simulated(
        count, seed=request.question.seed, length=_length([*values.get("first", ()), *values.get("second", ())])
    )
    return Prepared(
        refs=tuple(refs),
        simulated=any(one.simulated for role in SITES for one in values.get(role, ())),
        load=lambda _tell: Loaded(inputs=Inputs(values)),
    )


def _length(patterns: list[Pattern]) -> float:
    """Middle length of what is asked about [m]: simulated layouts are made as large."""
    return float(np.median([one.length for one in patterns])) if patterns else 500.0


def simulated(count: int, *, seed: int, length: float) -> dict[str, tuple[Pattern, ...]]:
    """Layouts of `count` templates, about `length` [m] long, as `made`; second ones of those with a plan as `twins`."""
    rng = np.random.default_rng([seed, 20_260])
    templates = sorted((template(rng) for _ in range(count)), key=lambda one: one.family not in UNPLANNED)
    planned = [one for one in templates if one.family not in UNPLANNED]
    return {
        role: tuple(_laid_out(one, f"{role}_{number}", length, rng) for number, one in enumerate(drawn_from, 1))
        for role, drawn_from in ((MADE, templates), (TWINS, planned))
    }


def _laid_out(of: Template, name: str, length: float, rng: np.random.Generator) -> Pattern:
    lines = layout(of, rng, jitter=JITTER, length=max(length / of.lines, 3 * of.leg))
    return Pattern(
        id=f"SIMULATED_{name}",
        name=f"simulated layout ({of.family})",
        lines=tuple(Line(points, of.width) for points in lines),
        simulated=True,
    )


def _files(request: Request, selection: Selection) -> Iterator[tuple[Path, str]]:
    """Files with lines and what their site is called. A finding gives its last artifact of lines."""
    for path in selection.files or selection.folders:
        if path.is_dir():
            yield from ((one, one.stem) for one in sorted(path.glob("*.geojson")))
        elif path.suffix.lower() == ".json" and _is_finding(path):
            yield _artifact(Finding.read(path), path.parent), path.stem
        else:
            yield path, selection.name or path.stem
    for finding in selection.findings:
        if request.case is not None:
            yield _artifact(finding, request.case.root / "findings"), selection.name or finding.id


def _is_finding(path: Path) -> bool:
    return '"input_key"' in path.read_text(encoding="utf-8", errors="replace")


def _artifact(finding: Finding, folder: Path) -> Path:
    """The lines that a finding drew. Raises InputError `finding`."""
    drawn = [one for one in finding.artifacts if one.role.startswith("lines")]
    path = folder / drawn[-1].path if drawn else None
    if path is None or not path.is_file() or sha256_file(path) != drawn[-1].sha256:
        raise InputError(
            "The finding has no lines.",
            saw=f"{finding.id}: {finding.method}, {finding.result}"
            + (", its file is missing or changed" if drawn else ""),
            do="Give a finding of earthworks that found lines, with its files (`--save`), or a GeoJSON file.",
            code="finding",
        )
    return path


def read_pattern(path: Path, name: str) -> Pattern:
    """The lines of a GeoJSON file, in metres around their middle; those flagged one_sided are left out.

    Raises InputError `shapes` for whatever holds no lines in degrees.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.stat().st_size:,} bytes")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        system = str(((data.get("crs") or {}).get("properties") or {}).get("name", "CRS84"))
        if not system.endswith(("CRS84", "4326")):
            raise ValueError(f"reference system {system}")
        drawn = [one for feature in _features(data) for one in _drawn(feature)]
        if not drawn:
            raise ValueError("no line")
        lines, middle = _around_middle([points for points, _ in drawn])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            "The file holds no lines.",
            saw=f"{path.name}: {error or type(error).__name__}"[:200],
            do=f"Give {_LINES}.",
            code="shapes",
        ) from error
    marked = is_named_simulated(path.name) or any(
        (one.get("properties") or {}).get("simulated") for one in _features(data)
    )
    made = tuple(Line(points, width) for points, (_, width) in zip(lines, drawn, strict=True))
    return Pattern(id=path.stem, name=name, lines=made, middle=middle, sha256=sha256_file(path), simulated=bool(marked))


def _features(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if data.get("type") == "FeatureCollection":
        return list(data["features"])
    return [data if data.get("type") == "Feature" else {"geometry": data}]


def _drawn(feature: Mapping[str, Any]) -> Iterator[tuple[F8, float | None]]:
    """Lines of one feature [degrees] and its width [m]. Raises ValueError for another geometry or no degrees."""
    told = feature.get("properties") or {}
    if told.get("one_sided"):
        return
    geometry = feature["geometry"]
    many = {"LineString": lambda lines: [lines], "MultiLineString": list}
    if geometry["type"] not in many:
        raise ValueError(f"a {geometry['type']}")
    for coordinates in many[geometry["type"]](geometry["coordinates"]):
        points = np.array([one[:2] for one in coordinates], np.float64)
        if points.ndim != 2 or len(points) < 2 or not np.isfinite(points).all():
            raise ValueError("a line without two positions")
        if (np.abs(points) > (180, 90)).any():
            raise ValueError("positions beyond 180 and 90 degrees")
        width = told.get("width_m")
        yield points, float(width) if isinstance(width, int | float) and width > 0 else None


def _around_middle(lines: list[F8]) -> tuple[list[F8], tuple[float, float]]:
    """Lines [m] in an azimuthal equidistant projection around their middle (Snyder 1987). Raises ValueError."""
    points = np.concatenate(lines)
    lon, lat = ((points.min(axis=0) + points.max(axis=0)) / 2).tolist()
    system = f"+proj=aeqd +lon_0={lon} +lat_0={lat} +datum=WGS84 +units=m"
    there = Transformer.from_crs("EPSG:4326", system, always_xy=True)
    made = [np.stack(there.transform(line[:, 0], line[:, 1]), axis=1) for line in lines]
    far = max(float(np.abs(line).max()) for line in made)
    if far > 50_000:
        raise ValueError(f"lines {far / 1000:.0f} km from their middle: more than one site")
    return made, (float(lon), float(lat))
