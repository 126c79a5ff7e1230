"""Constant-false-alarm-rate thresholds, side by side: cfar.py FOLDER PEERS_PYTHON.

4096 x 4096 float32 of gamma speckle with bright targets, ring 81/41. The yardstick is scipy.ndimage.uniform_filter over
the same array as often as a two-parameter ring needs it (outer and guard box of values and squares). The peer is
strait-observatory's trimmed threshold, from its own package where the peers' environment has it. At the end a scene of
25,000 x 17,000 pixels is scored from a file, for its memory. Seconds are the best of the rounds, which alternate.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import ndimage

from dateline.imagery.cfar.background import log_normal, logarithms_of, scores_by_block
from dateline.imagery.cfar.ring import Ring

SIZE, RING, ROUNDS = 4096, Ring(81, 41), 5
SCENE = (25_000, 17_000)
WITHIN, TRUNCATED_WITHIN, FASTER, LEANER = 3.0, 3.0, 5.0, 2.0
"""Times scipy; times two-parameter; times faster than the peer; memory of the scene's job [GiB]."""
BARE, OURS, TRUNCATED, PEER = (
    "scipy uniform_filter, 4 times",
    "dateline, two-parameter",
    "dateline, truncated",
    "strait",
)


def image() -> np.ndarray:
    """Sea with 500 bright targets."""
    rng = np.random.default_rng(1)
    power = rng.gamma(4.4, 0.02 / 4.4, (SIZE, SIZE)).astype(np.float32)
    for row, column in rng.integers(0, SIZE - 10, (500, 2)):
        power[row : row + 3, column : column + 10] *= 100
    return power


def peer_seconds(folder: Path, python: str) -> float | None:
    """The peer's threshold in its own process; None where it is not installed."""
    out = subprocess.run(
        [python, str(Path(__file__).with_name("cfar_peer.py")), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return float(out.stdout.split()[-1]) if out.returncode == 0 else None


def timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def measure(folder: Path, python: str) -> dict[str, float]:
    """Best seconds of every job."""
    power = image()
    np.save(folder / "cfar.npy", power)
    logs = logarithms_of(power)

    def ours(truncate: float | None) -> None:
        made = logarithms_of(power)
        log_normal(made, RING, truncate=truncate).score(made) > 4.75  # noqa: B015

    jobs: dict[str, Callable[[], object]] = {
        BARE: lambda: [ndimage.uniform_filter(logs, width) for width in (81, 41, 81, 41)],
        OURS: lambda: ours(None),
        TRUNCATED: lambda: ours(2.0),
    }
    best = dict.fromkeys(jobs, np.inf)
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            best[name] = min(best[name], timed(job))
        seconds = peer_seconds(folder, python)
        if seconds is not None:
            best[PEER] = min(best.get(PEER, np.inf), seconds)
    return best


def scene(folder: Path) -> tuple[float, float]:
    """Seconds and peak memory [GiB] of scoring a whole scene from a file, in a process of its own."""
    path = folder / "cfar_scene.f4"
    if not path.exists() or path.stat().st_size != SCENE[0] * SCENE[1] * 4:
        strip = np.random.default_rng(2).gamma(4.4, 1 / 4.4, (500, SCENE[1])).astype(np.float32)
        with path.open("wb") as file:
            for _ in range(SCENE[0] // 500):
                file.write(strip.tobytes())
    out = subprocess.run([sys.executable, __file__, "--scene", str(path)], capture_output=True, text=True, check=True)
    seconds, memory = map(float, out.stdout.split())
    return seconds, memory


def score_scene(path: Path) -> None:
    """Scores of the scene, strip by strip, read with plain file reads so that the memory is that of the work."""
    height, width = SCENE

    def read(rows: slice, _columns: slice) -> np.ndarray:
        with path.open("rb") as file:
            file.seek(rows.start * width * 4)
            return np.fromfile(file, np.float32, (rows.stop - rows.start) * width).reshape(-1, width)

    started = time.perf_counter()
    for _, scores in scores_by_block(read, (height, width), RING):
        np.count_nonzero(scores > 4.75)
    print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def main(folder: Path, python: str) -> None:
    """Measures, prints the table and what was to be kept, and writes results/cfar.json."""
    best = measure(folder, python)
    seconds, memory = scene(folder)
    for name, took in best.items():
        print(f"  {name:36} {took:7.2f} s  {SIZE * SIZE / took / 1e6:7.1f} Mpx/s")
    print(f"  {'scene of 25,000 x 17,000':36} {seconds:7.1f} s  {memory:7.2f} GiB at most")
    kept = {
        f"two-parameter within {WITHIN:g} x scipy": best[OURS] <= WITHIN * best[BARE],
        f"truncated within {TRUNCATED_WITHIN:g} x two-parameter": best[TRUNCATED] <= TRUNCATED_WITHIN * best[OURS],
        f"the scene under {LEANER:g} GiB": memory <= LEANER,
    }
    if PEER in best:
        kept[f"{FASTER:g} x faster than the peer"] = best[OURS] * FASTER <= best[PEER]
    else:
        print("  the peer strait-observatory is not installed: not compared")
    for what, was in kept.items():
        print(f"  {'yes' if was else 'NO '}  {what}")
    results = Path(__file__).parent / "results" / "cfar.json"
    told = {"machine": platform.machine(), "seconds": best, "scene": {"seconds": seconds, "gib": memory}, "kept": kept}
    results.write_text(json.dumps(told, indent=1) + "\n")
    sys.exit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    if sys.argv[1] == "--scene":
        score_scene(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), sys.argv[2])
