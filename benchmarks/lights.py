"""Zonal night lights, side by side with the peers: lights.py FOLDER PEERS_PYTHON.

24 monthly Black Marble tiles with all 28 layers on disk, 200 districts, sum, mean and count of one layer with its
quality mask. Every job runs in a process of its own; seconds are those of the work after imports, the best of the
rounds; processor seconds and peak memory are the whole process's, as the kernel counts them.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROUNDS = 3
FASTER, LEANER, OVER_BARE, FURTHER_LAYER, REGION_SHARE, SAME = 10.0, 6.0, 1.5, 1.0, 0.15, 1e-6

READ = "h5py, one layer, read only"
OURS = "dateline, 200 districts"
LAYER = "dateline, what one layer more adds"
REGION = "dateline, one region of 1 by 1 degree"
BARE = "h5py + exactextract's coverage matrix"
ORACLE = "exactextract, each month"
PEER = "blackmarblepy"


@dataclass(frozen=True)
class Cost:
    """What a job took: seconds of work, of processor time [s] and the most memory it held [MiB]."""

    seconds: float
    processor: float
    mebibytes: float


def run(command: list[str], out: Path) -> Cost:
    """Runs one job in a process of its own."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{told[-2000:]}")
    with np.load(out) as result:
        return Cost(float(result["seconds"]), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measure(folder: Path, peers: str) -> dict[str, Cost]:
    """Every job of the table. Rounds alternate between the jobs, so that a busy minute of the machine hits them all."""
    jobs = {
        READ: (peers, "peers.py", "read_one_layer", ROUNDS),
        OURS: (sys.executable, "ours.py", "districts", ROUNDS),
        BARE: (peers, "peers.py", "bare", ROUNDS),
        LAYER: (sys.executable, "ours.py", "layer", 1),
        REGION: (sys.executable, "ours.py", "region", ROUNDS),
        ORACLE: (peers, "peers.py", "exactextract", 1),
        PEER: (peers, "peers.py", "blackmarblepy", 1),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in jobs}
    for turn in range(ROUNDS):
        for name, (python, script, job, rounds) in jobs.items():
            if turn < rounds:
                print(f"  {turn + 1}: {name}", flush=True)
                out = folder / f"{job}.npz"
                costs[name].append(run([python, str(HERE / script), str(folder), str(out), job], out))
    return {name: _least(rounds) for name, rounds in costs.items()}


def _least(rounds: list[Cost]) -> Cost:
    """The least of each cost: what the job takes when nobody disturbs it."""
    return Cost(*(min(getattr(cost, part.name) for cost in rounds) for part in fields(Cost)))


def differences(folder: Path) -> dict[str, float]:
    """The greatest relative difference of our sums and counts from exactextract's."""
    with np.load(folder / "districts.npz") as ours, np.load(folder / "exactextract.npz") as theirs:
        return {
            name: float(np.max(np.abs(np.nan_to_num(ours[name]) - theirs[name]) / np.maximum(theirs[name], 1e-9)))
            for name in ("sum", "count")
        }


def promises(costs: dict[str, Cost], apart: dict[str, float]) -> list[tuple[str, bool]]:
    """What the project promises, with the figure that was measured."""
    ours, peer, bare = costs[OURS], costs[PEER], costs[BARE]
    further = costs[LAYER].seconds - costs[READ].seconds
    region = costs[REGION].seconds / ours.seconds
    faster, leaner, over = peer.seconds / ours.seconds, peer.mebibytes / ours.mebibytes, ours.seconds / bare.seconds
    return [
        (f"{faster:.1f} times faster than blackmarblepy (at least {FASTER:.0f})", faster >= FASTER),
        (f"{leaner:.1f} times less memory than blackmarblepy (at least {LEANER:.0f})", leaner >= LEANER),
        (f"{over:.2f} times the bare read and matrix (at most {OVER_BARE})", over <= OVER_BARE),
        (
            f"{further:.2f} s for one layer more, beyond reading it (at most {FURTHER_LAYER:.0f})",
            further <= FURTHER_LAYER,
        ),
        (
            f"{100 * region:.0f} % of the time for 1 % of the tile (at most {100 * REGION_SHARE:.0f})",
            region <= REGION_SHARE,
        ),
        *(
            (f"{name}s within {value:.1e} of exactextract's (at most {SAME:.0e})", value <= SAME)
            for name, value in apart.items()
        ),
    ]


def main(folder: Path, peers: str) -> int:
    """Runs everything, prints the table and the promises, writes results/lights.json; 1 when a promise is broken."""
    load = os.getloadavg()[0]
    print(f"lights: 24 monthly tiles, 200 districts, sum, mean and count; load {load:.1f} before the start", flush=True)
    costs = measure(folder, peers)
    print(f"\n{'job':40}{'seconds':>10}{'processor':>11}{'peak MiB':>10}")
    for name, cost in costs.items():
        print(f"{name:40}{cost.seconds:10.2f}{cost.processor:11.2f}{cost.mebibytes:10.0f}")
    kept = promises(costs, differences(folder))
    print()
    for text, is_kept in kept:
        print(f"{'kept  ' if is_kept else 'BROKEN'}  {text}")
    results = {
        "machine": {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
            "load": round(load, 1),
        },
        "jobs": {name: {key: round(value, 3) for key, value in asdict(cost).items()} for name, cost in costs.items()},
        "promises": [{"text": text, "kept": is_kept} for text, is_kept in kept],
    }
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "lights.json").write_text(json.dumps(results, indent=2) + "\n")
    return 0 if all(is_kept for _, is_kept in kept) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
