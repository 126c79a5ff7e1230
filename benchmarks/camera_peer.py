"""OpenCV's pose from points, in the peers' environment: camera_peer.py FILE prints a JSON of positions [m].

FILE: a list of cases, each with `points` (n, 3) [m], `pixels` (n, 2), `camera` (3, 3 matrix). For every case the four
solvers that take any number of points from four are asked; None where one fails or needs more points.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

SOLVERS = {"EPNP": (cv2.SOLVEPNP_EPNP, 4), "SQPNP": (cv2.SOLVEPNP_SQPNP, 3), "ITERATIVE": (cv2.SOLVEPNP_ITERATIVE, 6)}

cases = json.loads(Path(sys.argv[1]).read_text())
found: dict[str, list[list[float] | None]] = {name: [] for name in SOLVERS}
started = time.perf_counter()
for case in cases:
    points, pixels, camera = (np.array(case[key], dtype=np.float64) for key in ("points", "pixels", "camera"))
    for name, (flag, fewest) in SOLVERS.items():
        place = None
        if len(points) >= fewest:
            try:
                done, turn, shift = cv2.solvePnP(points, pixels, camera, None, flags=flag)
            except cv2.error:
                done = False
            if done:
                place = (-cv2.Rodrigues(turn)[0].T @ shift).ravel()
        found[name].append(None if place is None or not np.isfinite(place).all() else place.tolist())
print(json.dumps({"seconds": time.perf_counter() - started, "places": found}))
