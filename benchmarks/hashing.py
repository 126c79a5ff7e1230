"""Hash rate, side by side with sha256sum on the same files in the same run: hashing.py FOLDER.

Two sets: eight files of 128 MB, and 4,000 of 64 kB. Ours reads them as `dateline audit` does; sha256sum runs plain (one
file after the other) and fairly (as many processes at once as there are cores). Files are read once before, so that
nobody waits for the disk. The least of the rounds counts, and the rounds alternate.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dateline.evidence.hashing import sha256_files

HERE = Path(__file__).resolve().parent
ROUNDS = 3
SETS = {"8 files of 128 MB": (8, 128 << 20), "4,000 files of 64 kB": (4000, 64 << 10)}
SHARE = 0.8


def files_of(folder: Path, count: int, size: int) -> list[Path]:
    """The files of a set, made at the first run."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:05}.bin" for number in range(count)]
    for path in paths:
        if not path.is_file() or path.stat().st_size != size:
            path.write_bytes(os.urandom(size))
    return paths


def ours(paths: list[Path]) -> list[str | None]:
    """By dateline."""
    return [one.sha256 for one in sha256_files(paths)]


def plain(paths: list[Path]) -> list[str | None]:
    """By one sha256sum after the other."""
    listed = "\0".join(map(str, paths)).encode()
    done = subprocess.run(["xargs", "-0", "sha256sum"], input=listed, stdout=subprocess.PIPE, check=True)
    names = {line[66:]: line[:64] for line in done.stdout.decode().splitlines()}
    return [names[str(path)] for path in paths]


def fair(paths: list[Path]) -> list[str | None]:
    """By a sha256sum a core at once, each with its share of the files."""
    cores = os.cpu_count() or 1
    share = -(-len(paths) // cores)
    with ThreadPoolExecutor(cores) as pool:
        parts = pool.map(plain, [paths[at : at + share] for at in range(0, len(paths), share)])
        return [sha256 for part in parts for sha256 in part]


def measure(paths: list[Path]) -> dict[str, float]:
    """Seconds of each way, the least of the rounds. All must say the same hashes."""
    ways: dict[str, Callable[[list[Path]], list[str | None]]] = {
        "dateline": ours,
        "sha256sum, plain": plain,
        "sha256sum, one a core": fair,
    }
    wanted = ours(paths)
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            found = way(paths)
            least[name] = min(least[name], time.perf_counter() - started)
            if found != wanted:
                sys.exit(f"{name} says other hashes")
    return least


def main(folder: Path) -> int:
    """Prints the table and the promise, writes results/hashing.json; 1 when the promise is broken."""
    load = os.getloadavg()[0]
    print(f"hashing: {os.cpu_count()} cores; load {load:.1f} before the start", flush=True)
    rates: dict[str, dict[str, float]] = {}
    for title, (count, size) in SETS.items():
        seconds = measure(files_of(folder / f"hashing-{count}", count, size))
        rates[title] = {name: count * size / 1e6 / took for name, took in seconds.items()}
        for name, rate in rates[title].items():
            print(f"{title:24}{name:26}{rate:8.0f} MB/s")
    kept = []
    for title, rate in rates.items():
        share = rate["dateline"] / rate["sha256sum, one a core"]
        text = f"{title}: {100 * share:.0f} % of sha256sum's rate on all cores (at least {100 * SHARE:.0f} %)"
        kept.append({"text": text, "kept": share >= SHARE})
        print(f"{'kept  ' if share >= SHARE else 'BROKEN'}  {text}")
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "load": round(load, 1)}
    (HERE / "results").mkdir(exist_ok=True)
    told = {"machine": machine, "megabytes_per_second": rates, "promises": kept}
    (HERE / "results" / "hashing.json").write_text(json.dumps(told, indent=2) + "\n")
    return 0 if all(one["kept"] for one in kept) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
