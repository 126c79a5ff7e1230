"""The exercise's proofs about its trenches: what people find blind, an outline to plant, the works of another site."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from dateline.simulate.fieldworks import Template, layout
from dateline.simulate.harbour_world import CRS

F8 = npt.NDArray[np.float64]

SEED = 31
SHOWN, EMPTY = 40, 40
"""Copies that each person was shown, and places without one."""
SEES, ERRS = {"fine": 0.97, "coarse": 0.05}, 0.03
"""Chance that a person sees a copy on an image of each sensor, and one where there is none: the truth."""
OTHER = "orrin-down"
"""Id of the other site's record in the case."""
MIDDLE = (521_000.0, 4_672_000.0)
"""Of the other site, in the grid of the coast [m]: open ocean."""
JITTER, LENGTH = 0.1, 130.0
"""Scatter between two works of one template [1], and how long a line is at the other site [m]."""


def blind_tests(images: Iterable[tuple[str, str, float]], people: Sequence[str]) -> str:
    """CSV: how many planted copies each person found. images: name, kind (a key of SEES), distance [m]."""
    rng = np.random.default_rng(SEED)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("image", "by", "planted", "recovered", "empty", "false", "sensor", "gsd"))
    for name, kind, gsd in images:
        for who in people:
            found, wrong = rng.binomial(SHOWN, SEES[kind]), rng.binomial(EMPTY, ERRS)
            writer.writerow((name, who, SHOWN, found, EMPTY, wrong, f"{kind} optical, simulated", gsd))
    return text.getvalue()


def outline(line: F8, width: float) -> str:
    """GeoJSON of one work, `line` (n, 2) east and north in the grid of the coast, `width` across [m]."""
    import shapely

    ring = shapely.LineString(line).buffer(width / 2, cap_style="flat").exterior.coords
    return _collection("Polygon", [[_degrees(np.array(ring))]])


def other_works(drawn_from: Template) -> str:
    """GeoJSON of what somebody drew at the other site: the same template, laid out anew."""
    lines = layout(drawn_from, np.random.default_rng(SEED + 1), jitter=JITTER, length=LENGTH)
    return _collection("LineString", [_degrees(line + np.array(MIDDLE)) for line in lines])


def _degrees(points: F8) -> list[list[float]]:
    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(points[:, 0], points[:, 1])
    return [[round(float(x), 8), round(float(y), 8)] for x, y in zip(lon, lat, strict=True)]


def _collection(kind: str, geometries: Iterable[Any]) -> str:
    features = [
        {"type": "Feature", "properties": {"simulated": True}, "geometry": {"type": kind, "coordinates": one}}
        for one in geometries
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}) + "\n"
