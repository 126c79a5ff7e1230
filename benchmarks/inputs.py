"""Makes what the lights benchmark reads: 24 simulated monthly tiles with all 28 layers, and 200 districts."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from dateline.simulate.black_marble import write_tile
from dateline.simulate.world import COAST_TILE, Window, invented_coast

MONTHS = [date(2022 + month // 12, month % 12 + 1, 1) for month in range(24)]
ROWS, COLUMNS = 10, 20
EDGE = 36
"""Points a district's side: 145 vertices a district."""


def districts() -> dict[str, object]:
    """200 districts that share wiggly borders and fill the tile, as GeoJSON."""
    west, south, east, north = COAST_TILE.bounds
    rng = np.random.default_rng(7)
    x, y = np.meshgrid(np.linspace(west, east, COLUMNS + 1), np.linspace(north, south, ROWS + 1))
    inner = np.s_[1:-1, 1:-1]
    x[inner] += rng.uniform(-0.12, 0.12, x[inner].shape)
    y[inner] += rng.uniform(-0.25, 0.25, y[inner].shape)
    features = [
        {
            "type": "Feature",
            "properties": {"did": number},
            "geometry": {"type": "Polygon", "coordinates": [_ring(x, y, *divmod(number, COLUMNS)).tolist()]},
        }
        for number in range(ROWS * COLUMNS)
    ]
    return {"type": "FeatureCollection", "features": features}


def _ring(x: np.ndarray, y: np.ndarray, row: int, column: int) -> np.ndarray:
    corners = [(row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1), (row, column)]
    points = np.array([(x[at], y[at]) for at in corners])
    sides = [np.linspace(a, b, EDGE, endpoint=False) for a, b in itertools.pairwise(points)]
    ring = np.concatenate([*sides, points[:1]])
    west, south, east, north = COAST_TILE.bounds
    # The borders bend as a function of position alone, so that neighbours keep sharing them; the tile's rim stays.
    inside = (ring[:, 0] - west) * (east - ring[:, 0]) * (ring[:, 1] - south) * (north - ring[:, 1]) / 625
    bend = np.column_stack([np.sin(ring[:, 1] * 61 + ring[:, 0] * 17), np.sin(ring[:, 0] * 53 - ring[:, 1] * 23)])
    return ring + 0.012 * inside[:, None] * bend


def write(folder: Path) -> Iterator[str]:
    """Writes what is missing, and tells what it wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "districts.geojson").write_text(json.dumps(districts()))
    whole = Window(COAST_TILE, 0, 0, 2400, 2400)
    coast = invented_coast(seed=1)
    for month in MONTHS:
        if not list(folder.glob(f"VNP46A3.A{month:%Y%j}.*.h5")):
            path = write_tile(folder, coast, "VNP46A3", month, whole)
            yield f"{path.name} {path.stat().st_size / 1e6:.1f} MB"


if __name__ == "__main__":
    for line in write(Path(sys.argv[1])):
        print(line, flush=True)
