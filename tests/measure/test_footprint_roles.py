"""Footprints from files: outlines by id; points are named as what they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from dateline.core.errors import InputError
from dateline.measure.ask import request_of_flags
from dateline.measure.gather.chips import prepare, shapes_of
from dateline.methods import catalogue


def written(path: Path, *geometries: dict[str, object]) -> Path:
    features = [{"type": "Feature", "properties": {}, "geometry": one} for one in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_outlines_get_ids_and_points_are_refused(tmp_path: Path) -> None:
    """Two polygons without names are two footprints; a point is none."""
    rings = [[[x, 42.0], [x + 0.001, 42.0], [x + 0.001, 42.001], [x, 42.0]] for x in (130.0, 130.1)]
    polygons = [{"type": "Polygon", "coordinates": [ring]} for ring in rings]
    point: dict[str, object] = {"type": "Point", "coordinates": [130.0, 42.0]}
    card = catalogue.card("site_change")
    path = written(tmp_path / "huts.geojson", *polygons)
    request = request_of_flags(card, roles={"images": [str(path)], "footprints": [str(path)]}, named={}, parameters={})
    found = shapes_of(request, "footprints")
    assert len(found) == 2
    assert all(where.is_area for where in found.values())
    path = written(tmp_path / "points.geojson", point)
    with pytest.raises(InputError) as stop:
        shapes_of(
            request_of_flags(card, roles={"images": [str(path)], "footprints": [str(path)]}, named={}, parameters={}),
            "footprints",
        )
    assert stop.value.code == "no-outline"


@pytest.mark.parametrize(("name", "simulated"), [("huts.geojson", False), ("huts.simulated.geojson", True)])
def test_simulated_outlines_mark_what_rests_on_them(tmp_path: Path, name: str, simulated: bool) -> None:
    """Invented huts on real images are no real finding."""
    image = tmp_path / "20240101T000000_B04.tif"
    profile = {"driver": "GTiff", "height": 40, "width": 40, "count": 1, "dtype": "uint16", "crs": "EPSG:32652"}
    transform = rasterio.Affine(1, 0, 500_000, 0, -1, 4_650_000)
    with rasterio.open(image, "w", transform=transform, **profile) as made:
        made.write(np.ones((1, 40, 40), np.uint16))
    ring = [[129.0, 41.99], [129.0001, 41.99], [129.0001, 41.9901], [129.0, 41.99]]
    path = written(tmp_path / name, {"type": "Polygon", "coordinates": [ring]})
    roles = {"images": [str(image)], "footprints": [str(path)]}
    request = request_of_flags(catalogue.card("site_change"), roles=roles, named={}, parameters={})
    assert prepare(request).simulated is simulated
