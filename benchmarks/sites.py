"""A site of 100 megapixels at three dates: registration, ranked change and new lines, in tiles: sites.py FOLDER.

Three panchromatic GeoTIFFs of 10,000 x 10,000 pixels of 16 bits are made in the folder, the second and third shifted by
parts of a pixel, of other light, with noise; the third has ditches and buildings that the others lack. Each method runs
as `dateline run` would run it, in a process of its own, whose time and greatest memory are taken. Registration is timed
apart, with the windows a second that its tie points take.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from scipy import ndimage

from dateline.imagery.align.register import register
from dateline.imagery.align.ties import corners, ties
from dateline.imagery.chips import acquisitions, series
from dateline.imagery.drawn import cover
from dateline.imagery.readers.acquisition import Told
from dateline.measure.ask import ask, request_of_flags
from dateline.methods import catalogue

SIDE, PATCH, PIXEL = 10_000, 2_500, 0.5
SHIFTS = ((0.0, 0.0), (0.63, -0.41), (-1.37, 0.8))
DAYS = ("20300501", "20310506", "20320428")
MINUTES, GIB, WINDOWS = 3.0, 2.0, 25.0
"""Most minutes of all three, most memory, fewest windows a second."""


def ground(rng: np.random.Generator) -> np.ndarray:
    """(PATCH, PATCH) open ground: fields, roads, roofs, and texture at several scales."""
    made = np.full((PATCH, PATCH), 480, np.float32)
    for size, spread in ((1.0, 60), (4.0, 100), (40.0, 900)):
        made += spread * ndimage.gaussian_filter(rng.standard_normal(made.shape, np.float32), size)
    for top, left in rng.integers(0, PATCH - 300, (60, 2)):
        high, wide = rng.integers(80, 300, 2)
        made[top : top + high, left : left + wide] *= rng.uniform(0.8, 1.25)
    for at in rng.integers(0, PATCH - 8, 12):
        made[:, at : at + 7] = 620
        made[at + 3 : at + 9, :] = 600
    for top, left in rng.integers(0, PATCH - 60, (300, 2)):
        high, wide = rng.integers(12, 50, 2)
        made[top : top + high, left : left + wide] = rng.uniform(250, 900)
    return ndimage.gaussian_filter(made, 0.6)


def works(rng: np.random.Generator, patch: np.ndarray) -> np.ndarray:
    """The same patch with zig-zag ditches 4 px wide and ten new roofs."""
    lines = []
    for left, top in rng.uniform(200, PATCH - 400, (12, 2)):
        steps = np.array([[12.0, 9.0 * (-1) ** n] for n in range(24)])
        lines.append(np.concatenate([[[left, top]], np.cumsum(steps, axis=0) + np.array([left, top])]))
    made = patch * (1 - np.float32(0.35) * cover(lines, patch.shape, width=4.0, blur=0.7))
    for top, left in rng.integers(0, PATCH - 60, (10, 2)):
        made[top : top + 30, left : left + 24] = 850
    return made


def images(folder: Path) -> list[Path]:
    """The three files, made where they are not there yet."""
    paths = [folder / f"SIMULATED_{day}T101500_pan.tif" for day in DAYS]
    if all(path.exists() for path in paths):
        return paths
    plain = ground(np.random.default_rng(1))
    dug = works(np.random.default_rng(3), plain)
    for number, (path, shift) in enumerate(zip(paths, SHIFTS, strict=True)):
        light = np.float32(1 + 0.06 * number)
        usual, special = (
            light * ndimage.shift(patch, shift, order=3, mode="wrap", output=np.float32)
            for patch in (plain, dug if number == len(SHIFTS) - 1 else plain)
        )
        write(path, usual, special, np.random.default_rng([2, number]))
    return paths


def write(path: Path, usual: np.ndarray, special: np.ndarray, rng: np.random.Generator) -> None:
    """One date: the same patch over and over, another one in one place, all with noise."""
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "count": 1, "dtype": "uint16", "crs": "EPSG:32633"}
    grid = Affine(PIXEL, 0, 500_000, 0, -PIXEL, 5_500_000)
    with rasterio.open(path, "w", **profile, transform=grid, tiled=True, compress="deflate", predictor=2) as file:
        file.set_band_description(1, "pan")
        for top in range(0, SIDE, PATCH):
            for left in range(0, SIDE, PATCH):
                patch = special if (top, left) == (PATCH, PATCH) else usual
                noisy = patch + 9 * rng.standard_normal(patch.shape, np.float32)
                window = rasterio.windows.Window(left, top, PATCH, PATCH)
                file.write(np.clip(noisy, 1, 65535).astype(np.uint16), 1, window=window)


def in_own_process(job: str, folder: Path) -> dict[str, float]:
    """What a job prints as JSON, with its wall-clock seconds and greatest memory [GiB]."""
    started = time.perf_counter()
    command = [sys.executable, __file__, "--job", job, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{job} failed")
    told: dict[str, float] = json.loads(text.splitlines()[-1])
    seconds = time.perf_counter() - started
    return {**told, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "gib": used.ru_maxrss / 2**20}


def registration(folder: Path) -> dict[str, float]:
    """The second image laid over the first: windows a second, and how far the shift is off the true one [px]."""
    chips = series(acquisitions(images(folder), Told()), digest=str).chips
    planes = [chip.band("pan") for chip in chips[:2]]
    tried = len(corners(planes[0].shape, 256))
    started = time.perf_counter()
    ties(*planes)
    windows = tried / (time.perf_counter() - started)
    found = register(chips[0], chips[1])
    return {"windows": windows, "off": float(np.hypot(*np.subtract(found.shift, SHIFTS[1]))), "ce90_m": found.ce90}


def method(name: str, folder: Path) -> dict[str, float]:
    """One method as the command line asks it, counting how often it told its progress."""
    told: list[float] = []
    more = {"width": 2.0} if name == "earthworks" else {}
    request = request_of_flags(
        catalogue.card(name), roles={"images": [str(one) for one in images(folder)]}, named={}, parameters=more
    )
    finding, _ = ask(request, told.append)
    print(finding.statement.en, file=sys.stderr)
    return {"told": len(told), "lines" if more else "places": len(finding.series.rows) if finding.series else 0}


JOBS = {
    "registration": registration,
    "site_change": lambda folder: method("site_change", folder),
    "earthworks": lambda folder: method("earthworks", folder),
}


def main(folder: Path) -> None:
    """Measures, prints the table and what was to be kept, and writes results/sites.json."""
    folder.mkdir(parents=True, exist_ok=True)
    images(folder)
    found = {job: in_own_process(job, folder) for job in JOBS}
    for job, one in found.items():
        rate = f"{one['windows']:6.0f} windows/s" if "windows" in one else f"progress told {one['told']:.0f} times"
        print(f"  {job:14} {one['seconds']:7.1f} s  {one['cpu']:7.1f} s CPU  {one['gib']:6.2f} GiB at most  {rate}")
    minutes = sum(found[job]["seconds"] for job in ("site_change", "earthworks")) / 60
    kept = {
        f"registration, change and lines under {MINUTES:g} minutes ({minutes:.1f})": minutes <= MINUTES,
        f"each under {GIB:g} GiB": max(one["gib"] for one in found.values()) <= GIB,
        f"{WINDOWS:g} windows a second": found["registration"]["windows"] >= WINDOWS,
        "progress is told": all(found[job]["told"] > 10 for job in ("site_change", "earthworks")),
    }
    for what, was in kept.items():
        print(f"  {'yes' if was else 'NO '}  {what}")
    results = Path(__file__).parent / "results" / "sites.json"
    results.write_text(json.dumps({"machine": platform.machine(), "jobs": found, "kept": kept}, indent=1) + "\n")
    sys.exit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    if sys.argv[1] == "--job":
        print(json.dumps(JOBS[sys.argv[2]](Path(sys.argv[3]))))
    else:
        main(Path(sys.argv[1]))
