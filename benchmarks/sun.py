"""The sun and places from a shadow, side by side: sun.py FOLDER PEERS_PYTHON.

Positions a second beside pvlib's SPA; the area of the Earth that fits a shadow at 0.25 degree and refined to 1 km, by
UTC and by local clock; ShadowFinder (0.5 degree, length alone) for the same shadow in the same run, and whether the
cells that it finds within 5 % have our sun as high. Seconds are the
processor's, the best of the rounds: other work on the machine does not count.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from dateline.media import sun
from dateline.media.shadow import Shadow
from dateline.methods.sun_shadow.asked import Clock, ZoneCells, instants, zone_of
from dateline.methods.sun_shadow.clues import Air, case_of
from dateline.methods.sun_shadow.placed import local_instants
from dateline.methods.sun_shadow.surface import everywhere, surface
from dateline.places.zones import open_zones

DAY, WALL, SPOT = date(2024, 10, 18), 10.5 * 3600, (131.95, 43.80)
POSITIONS, ROUNDS = 2_000_000, 3
RATE, COARSE, FINE = 1.5e6, 0.5, 2.0
"""Positions/s; seconds for 0.25 degree and for 1 km."""


def timed(job: Callable[[], object]) -> float:
    best = np.inf
    for _ in range(ROUNDS):
        started = time.process_time()
        job()
        best = min(best, time.process_time() - started)
    return best


def shadow(*, direction: bool) -> tuple[Shadow, float]:
    """The shadow of Ussuriysk at 10:30 UTC+10, and its instant [s]."""
    at = instants(DAY, WALL, zone_of("+10:00"))[0]
    sky = sun.positions(at, *SPOT)
    elevation = float(sky.elevation + sun.refraction(sky.elevation))
    azimuth = (float(sky.azimuth) + 180) % 360 if direction else None
    ratio = 1 / float(np.tan(np.radians(elevation)))
    exact = {"slope": 0.0, "slope_sigma": 0.0, "tilt": 0.0, "tilt_sigma": 0.0, "penumbra": 0.0}
    return Shadow(id="post", ratio=ratio, sigma=0.04, azimuth=azimuth, azimuth_sigma=4.0, **exact), at


def positions(folder: Path) -> float:
    """Ours [positions/s]; leaves a tenth of them for the peer."""
    rng = np.random.default_rng(1)
    at, lon, lat = (rng.uniform(low, high, POSITIONS) for low, high in ((-6e8, 2.5e9), (-180, 180), (-90, 90)))
    np.save(folder / "sun_positions.npy", np.stack([at, lon, lat])[:, : POSITIONS // 10])
    return POSITIONS / timed(lambda: sun.positions(at, lon, lat))


def same_cells(folder: Path, ratio: float, zones: ZoneCells) -> dict[str, float]:
    """Of the cells that ShadowFinder finds within 5 %: the share whose sun, by ours, is as high, within 0.5 degree.

    Its own engine errs by 0.24 degree. By local clock only cells whose zone keeps the same offset in both maps count.
    """
    kept = np.load(folder / "sun_peer.npz")
    lon, lat = kept["lon"].ravel(), kept["lat"].ravel()
    wanted = np.degrees(np.arctan(1 / ratio))
    moment = instants(DAY, WALL, zone_of("UTC"))[0]
    cell = ((lat + 90) // 0.25).astype(int).clip(0, 719) * 1440 + ((lon + 180) // 0.25).astype(int).clip(0, 1439)
    own, _ = local_instants(Clock(days=(DAY, DAY), second=WALL, zone="local"), zones)
    agree = {}
    for form, at in (("utc", np.full(lon.size, moment)), ("local", own(cell))):
        known = np.isfinite(at)
        height = sun.positions(np.where(known, at, moment), lon, lat).elevation
        theirs = (np.abs(kept[form].ravel()) < 0.05) & known
        spread = np.degrees(0.05 * np.sin(2 * np.radians(wanted)) / 2) + 0.5
        agree[form] = float((np.abs(height[theirs] - wanted) < spread).mean())
    return agree


def main(folder: Path, python: str) -> None:
    """Measures, prints the table and what was to be kept, and writes results/sun.json."""
    made = open_zones(say=print)
    zones = ZoneCells(names=made.names, cells=made.cells)
    clock = Clock(days=(DAY, DAY), second=WALL, zone="local")
    took = {"positions/s": positions(folder)}
    for name, direction in (("length and direction", True), ("length", False)):
        one, at = shadow(direction=direction)
        case = case_of([one], Air(), north=True, clock=60.0)
        for zone in ("UTC", "local"):
            for step, label in ((0.25, "0.25 degree"), (0.0096, "1 km")):

                def job(case=case, zone=zone, step=step, at=at) -> object:
                    when = everywhere(at) if zone == "UTC" else local_instants(clock, zones)[0]
                    return surface(case, when, levels=(0.5, 0.95), finest=step)

                took[f"{name}, {zone}, {label}"] = timed(job)
    one, _ = shadow(direction=False)
    (folder / "sun.json").write_text(json.dumps({"wall": "2024-10-18T10:30:00", "ratio": one.ratio}))
    out = subprocess.run([python, str(Path(__file__).with_name("sun_peer.py")), str(folder)],
                         capture_output=True, text=True, check=False)  # fmt: skip
    for what, value in took.items():
        print(f"  {what:44} {value / 1e6:8.2f} M" if what == "positions/s" else f"  {what:44} {value:8.3f} s")
    kept = {
        f"{RATE / 1e6:g} M positions/s": took["positions/s"] >= RATE,
        f"0.25 degree under {COARSE:g} s": all(
            took[f"length and direction, {z}, 0.25 degree"] < COARSE for z in ("UTC", "local")
        ),
        f"1 km under {FINE:g} s": all(took[f"length and direction, {z}, 1 km"] < FINE for z in ("UTC", "local")),
    }
    peer, agree = {}, {}
    if out.returncode == 0:
        peer = json.loads(out.stdout.splitlines()[-1])
        agree = same_cells(folder, float(one.ratio or 0), zones)
        for what, value in peer.items():
            print(
                f"  peer: {what:38} {1 / value / 1e6:8.3f} M/s"
                if what == "pvlib"
                else f"  peer: {what:38} {value:8.3f} s"
            )
        print(f"  cells of ShadowFinder that fit our sun: {agree}")
        kept["faster than ShadowFinder by local clock"] = took["length, local, 0.25 degree"] < peer["local"]
        kept["the same cells"] = agree["utc"] > 0.995
    else:
        print("  ShadowFinder is not installed: not compared", out.stderr[-300:])
    for what, was in kept.items():
        print(f"  {'yes' if was else 'NO '}  {what}")
    results = Path(__file__).parent / "results" / "sun.json"
    told = {"machine": platform.machine(), "ours": took, "peer": peer, "same": agree, "kept": kept}
    results.write_text(json.dumps(told, indent=1) + "\n")
    sys.exit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
