"""The peer's threshold, in the peers' environment: cfar_peer.py FOLDER prints its seconds."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from strait.detect import _to_db, _trimmed_threshold

power = np.load(Path(sys.argv[1]) / "cfar.npy")
started = time.perf_counter()
decibels = _to_db(power)
found = decibels > _trimmed_threshold(decibels, np.ones(power.shape, bool), 5.5, 64)
print(time.perf_counter() - started)
