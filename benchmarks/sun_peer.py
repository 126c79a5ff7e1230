"""The peers' sun and shadow, in the peers' environment: sun_peer.py FOLDER reads sun.json and prints
processor seconds as JSON.

pvlib's SPA over the positions of sun_positions.npy; ShadowFinder's search by UTC and by local clock, whose grid of
zones is made first and timed apart. Its relative difference of lengths goes to sun_peer.npz.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np
from pvlib import spa

folder = Path(sys.argv[1])
asked = json.loads((folder / "sun.json").read_text())
took: dict[str, float] = {}

at, lon, lat = np.load(folder / "sun_positions.npy")
started = time.process_time()
spa.solar_position_numpy(at, lat, lon, 0, 1013, 12, 69.0, 0.5667, 1, sst=False)
took["pvlib"] = (time.process_time() - started) / at.size

started = time.process_time()
from shadowfinder import ShadowFinder  # noqa: E402 - its import is part of what is timed

took["import"] = time.process_time() - started
moment = datetime.fromisoformat(asked["wall"])
found = {}
started = time.process_time()
finder = ShadowFinder(object_height=1.0, shadow_length=asked["ratio"], date_time=moment, time_format="utc")
took["start"] = time.process_time() - started
started = time.process_time()
finder.generate_timezone_grid()
took["zones"] = time.process_time() - started
for form in ("utc", "local"):
    finder.set_details(moment, 1.0, asked["ratio"], form)
    best = np.inf
    for _ in range(3):
        started = time.process_time()
        finder.find_shadows()
        best = min(best, time.process_time() - started)
    took[form] = best
    found[form] = finder.location_likelihoods
np.savez(folder / "sun_peer.npz", lon=finder.lons, lat=finder.lats, **found)
print(json.dumps(took))
