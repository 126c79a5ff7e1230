"""The lights job by dateline, in a process of its own: ours.py FOLDER OUT districts|layer|region."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from dateline.core import Where
from dateline.imagery.coverage import cover
from dateline.imagery.open import open_images
from dateline.imagery.stack import stack
from dateline.imagery.zonal import zonal_series

LAYER = "NearNadir_Composite_Snow_Free"
FURTHER = "AllAngle_Composite_Snow_Free"


def districts(folder: Path) -> dict[str, Where]:
    """The 200 places."""
    features = json.loads((folder / "districts.geojson").read_text())["features"]
    return {str(one["properties"]["did"]): Where.from_json(one["geometry"]) for one in features}


def region() -> dict[str, Where]:
    """One hundredth of the tile, around its middle."""
    west, south = -125.5, -45.5
    ring = [(west, south), (west + 1, south), (west + 1, south + 1), (west, south + 1), (west, south)]
    return {"region": Where.area([[ring]])}


def main(folder: Path, out: Path, variant: str) -> None:
    """Measures, and writes the sums and the seconds."""
    started = time.perf_counter()
    places = region() if variant == "region" else districts(folder)
    images = stack(open_images(sorted(folder.glob("VNP46A3.*.h5"))))
    further = [FURTHER] if variant == "layer" else []
    table = zonal_series(images, cover(places, images.geobox), LAYER, other=further)
    seconds = time.perf_counter() - started
    np.savez(out, sum=table.total, count=table.seen(), mean=table.mean(), seconds=seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
