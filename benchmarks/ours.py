"""The lights job by dateline, in a process of its own: ours.py FOLDER OUT districts|layer|region."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core import Where
from dateline.imagery.coverage import cover
from dateline.imagery.open import open_images
from dateline.imagery.readers import black_marble  # noqa: F401  (imported when called; here before the clock starts)
from dateline.imagery.stack import stack
from dateline.imagery.tables import ZonalSeries
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


def table(folder: Path, places: dict[str, Where], *further: str, **options: Any) -> tuple[ZonalSeries, float]:
    """The job from the opening of the files to the table, and its seconds."""
    started = time.perf_counter()
    images = stack(open_images(sorted(folder.glob("VNP46A3.*.h5"))))
    made = zonal_series(images, cover(places, images.geobox), LAYER, other=further, **options)
    return made, time.perf_counter() - started


def known(path: Path) -> str:
    """A hash that the evidence store knows already: whole files need not be read for it."""
    return path.name


def main(folder: Path, out: Path, variant: str) -> None:
    """Measures, and writes the sums and the seconds; of `layer` the seconds that the further layer adds."""
    started = time.perf_counter()
    if variant == "districts":
        made, _ = table(folder, districts(folder))
        seconds = time.perf_counter() - started
    elif variant == "region":
        made, seconds = table(folder, region(), digest=known)
    else:
        places = districts(folder)
        one, both = [], []
        for _ in range(4):  # in turn, and the least of each: a busy moment must not look like a gain
            one.append(table(folder, places, digest=known)[1])
            made, took = table(folder, places, FURTHER, digest=known)
            both.append(took)
        seconds = min(both) - min(one)
    np.savez(out, sum=made.total, count=made.seen(), mean=made.mean(), seconds=seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
