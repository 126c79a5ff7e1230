"""Footprints from files: outlines by id; points are named as what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.measure.ask import request_of_flags
from dateline.measure.gather.chips import shapes_of
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
