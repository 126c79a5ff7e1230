"""Where a change map's pixels come from: two images of one grid, or the map that a finding keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from odc.geo.geobox import GeoBox

from dateline.core import State
from dateline.core.errors import InputError
from dateline.imagery.maps import FEWEST, FEWEST_PLACES, ChangeMap, Stable, centred, pair_map
from dateline.imagery.open import open_image
from dateline.imagery.outlines import outlines
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.sensor import sensors
from dateline.imagery.tables import Look
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.story.lights import look_of, unlike
from dateline.story.picture import artifact_path, path_of
from dateline.story.picture_spec import PictureSpec
from dateline.story.raster import Window, cut, rows_columns

if TYPE_CHECKING:
    from dateline.story.blocks.change_map import Model

ARTIFACT = "change_map"
"""The role under which a finding keeps its map."""
LARGEST = 12_000_000
"""[px] Two tiles of Black Marble; a bigger window is refused."""
_APART = 0.01
"""Grids that lie off each other by more than this [px] are not one grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A change map with what it says about itself. looks: of two images. level: measured by the finding [log2]."""

    change: ChangeMap
    unit: str
    credit: str
    looks: tuple[Look, Look] | None = None
    level: float | None = None


def ground(case: Case, block: Model) -> Ground:
    """The pixels of a block's map.

    Raises InputError: `unlike-images`, `no-floor` (nobody says what its least light is), `other-ground` (the grids
    differ), `picture` (a window off the image, or too big, or a file that is not there), `no-map` (the finding keeps
    no map).
    """
    if block.finding is not None:
        return _of_finding(case, case.finding(block.finding), block.window)
    assert block.before is not None
    assert block.after is not None
    return _of_pair(case, block.before, block.after, season=block.season, window=block.window)


def _of_pair(case: Case, before: PictureSpec, after: PictureSpec, *, season: str, window: Window | None) -> Ground:
    images = [open_image(path_of(case, spec), spec.product)[0] for spec in (before, after)]
    one, two = images
    layers = [spec.layer or image.default_layer for spec, image in zip((before, after), images, strict=True)]
    looks = look_of(one, layers[0]), look_of(two, layers[1])
    if notes := unlike(*looks, season=season):
        raise InputError(
            "These two images cannot be divided by each other.",
            saw=" ".join(note.text for note in notes),
            do="Give two images of one product, layer, collection and satellite, of the same month of the year, "
            "the earlier one as before.",
            code="unlike-images",
        )
    _check_one_grid(one, two)
    rows, columns = _bounded(one.scene.geobox, window, one.scene.path)
    return Ground(
        change=pair_map(
            one.read(layers[0], rows, columns),
            two.read(layers[1], rows, columns),
            cut(one.scene.geobox, rows, columns),
            floor=_floor_of_image(one, looks[0]),
            simulated=any(image.scene.simulated for image in images),
        ),
        unit=looks[0].unit,
        credit="; ".join(dict.fromkeys(image.scene.attribution for image in images)),
        looks=looks,
    )


def _floor_of_image(image: OpenedImage, look: Look) -> float:
    """The least light that its sensor tells apart from none [unit of the layer]."""
    floor = image.sensor.floor(look.collection) or image.sensor.detection_limit
    if floor is None:
        raise InputError(
            "Nobody says what the least light of these images is, so a ratio has no ground to stand on.",
            saw=f"{image.scene.path.name}: {image.sensor.title} ({look.unit or 'no unit'})",
            do="Give images of a product with a floor (VIIRS), or a night_lights finding that was measured with one.",
            code="no-floor",
        )
    return floor


def _check_one_grid(one: OpenedImage, two: OpenedImage) -> None:
    first, second = one.scene.geobox, two.scene.geobox
    alike = first.shape == second.shape and first.crs == second.crs
    if alike:
        ends = [(0, 0), (first.shape[1], first.shape[0])]
        inverse = ~second.transform
        points = [_through(inverse, *_through(first.transform, *end)) for end in ends]
        alike = bool(np.abs(np.subtract(ends, points)).max() <= _APART)
    if not alike:
        raise InputError(
            "The two images do not lie on one grid: their pixels show different ground.",
            saw=f"{one.scene.path.name}: {_grid(first)}; {two.scene.path.name}: {_grid(second)}",
            do="Give two images cut alike, or let `night_lights` measure them and show its finding's map.",
            code="other-ground",
        )


def _through(affine: Any, x: float, y: float) -> tuple[float, float]:
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _grid(geobox: Any) -> str:
    rows, columns = geobox.shape
    return f"{rows} × {columns} pixels of {geobox.crs} from {geobox.transform.c:g}, {geobox.transform.f:g}"


def _bounded(geobox: Any, window: Window | None, path: Path) -> tuple[slice, slice]:
    rows, columns = rows_columns(geobox, window, path)
    pixels = (rows.stop - rows.start) * (columns.stop - columns.start)
    if pixels > LARGEST:
        raise InputError(
            "This map is too big for a page.",
            saw=f"{pixels:,} pixels",
            do="Give window = [west, south, east, north] in degrees.",
            code="picture",
        )
    return rows, columns


def _of_finding(case: Case, finding: Finding, window: Window | None) -> Ground:
    """The map of a `night_lights` finding. Why a pixel was not seen it does not keep: all such are "not observed"."""
    import rasterio

    told = finding.values.get("map")
    if not isinstance(told, dict) or all(artifact.role != ARTIFACT for artifact in finding.artifacts):
        raise _no_map(finding)
    path = artifact_path(case, finding.id, ARTIFACT)
    with rasterio.open(path) as file:
        if "NO_CHANGE_LOG2" not in file.tags() or file.count < 4:
            raise _no_map(finding)
        whole = GeoBox(file.shape, file.transform, file.crs.to_wkt())
        rows, columns = _bounded(whole, window, path)
        part = rasterio.windows.Window.from_slices(rows, columns)
        a, b, change, noise = file.read([1, 2, 3, 4], window=part)
        tags = file.tags()
    unseen = np.where(np.isnan(a) | np.isnan(b), State.NOT_OBSERVED, State.FLOOR)
    source = told.get("noise_from")
    level = float(tags["NO_CHANGE_LOG2"])
    return Ground(
        change=ChangeMap(
            geobox=cut(whole, rows, columns),
            a=a,
            b=b,
            change=change,
            noise=noise,
            states=np.where(np.isnan(change), unseen, State.OBSERVED).astype(np.uint8),
            level=level,
            noise_from=source if source in ("history", "roughness") else None,
            floor=_floor_of(finding),
            simulated="SIMULATED" in tags or finding.simulated,
        ),
        unit=tags.get("UNIT", ""),
        credit=tags.get("CREDIT", ""),
        level=level if source == "history" else None,
    )


def _no_map(finding: Finding) -> InputError:
    return InputError(
        f"The finding {finding.id} keeps no map of change of light.",
        saw=f"{finding.method}: {', '.join(artifact.role for artifact in finding.artifacts) or 'no files'}",
        do="Name a finding of night_lights that was made from images, or give two images as before and after.",
        code="no-map",
    )


def _floor_of(finding: Finding) -> float:
    """The floor that the finding was measured with [unit]: its parameter, else its sensor's."""
    asked = finding.parameters.get("floor")
    if isinstance(asked, int | float):
        return float(asked)
    known = sensors()
    floors = [known[ref.id].floor(None) for ref in finding.inputs if ref.kind == "sensor" and ref.id in known]
    return next((floor for floor in floors if floor is not None), 0.5)


def on_stable(case: Case, found: Ground, places: Sequence[str]) -> tuple[ChangeMap, Stable]:
    """The map around the change of places declared stable.

    Raises InputError `no-centre` for too little ground with a ratio, and what outlines raises.
    """
    change = found.change
    shapes, _ = outlines({name: case.places[name].where for name in places}, change.geobox)
    rows, columns = np.indices(change.change.shape)
    ground = {
        name: shapely.contains_xy(shape, columns.ravel() + 0.5, rows.ravel() + 0.5).reshape(rows.shape)
        for name, shape in zip(places, shapes, strict=True)
    }
    try:
        return centred(change, ground)
    except ValueError as error:
        raise InputError(
            "The places declared stable are too little ground to measure where no change lies.",
            saw=f"{', '.join(places)}: {error}",
            do=f"Declare {FEWEST_PLACES} places or more, with {FEWEST} pixels or more whose light is above the floor.",
            code="no-centre",
        ) from error
