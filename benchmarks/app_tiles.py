"""The app's pictures: a 20,000 x 20,000 px COG's first view and next tiles over HTTP's work, and the memory it takes.

`.venv/bin/python benchmarks/app_tiles.py [COG]` prints JSON. Without a file it writes one of noise and stripes in a
temporary folder first (about a minute). What is timed is what the server does for a tile: read, draw, encode.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 20_000
TILES = 400
ROUNDS = 5
THREADS = 8


def write_cog(path: Path, side: int = SIDE, *, seed: int = 1) -> Path:
    """A COG of three bytes a pixel, with overviews; written strip by strip."""
    import rasterio
    from affine import Affine
    from rasterio.shutil import copy

    noise = np.random.default_rng(seed).integers(0, 180, (1024, 1024), dtype=np.uint8)
    plain = path.with_name("plain.tif")
    profile: dict[str, Any] = {"driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8"}
    profile |= {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate", "zlevel": 1}
    profile |= {"crs": "EPSG:32652", "transform": Affine(0.5, 0, 400_000, 0, -0.5, 4_700_000)}
    with rasterio.open(plain, "w", **profile) as file:
        for top in range(0, side, 512):
            rows = np.arange(top, min(top + 512, side))
            ground = noise[rows[:, None] // 8 % 1024, np.arange(side) // 8 % 1024].astype(np.uint16)
            stripes = rows[:, None] // 40 + np.arange(side) // 40
            bands = np.stack([(ground + stripes * band) % 255 for band in (1, 2, 3)]).astype(np.uint8)
            file.write(bands, window=((top, int(rows[-1]) + 1), (0, side)))
    copy(plain, path, driver="COG", compress="JPEG", blocksize=512, overview_resampling="average")
    plain.unlink()
    return path


def resident() -> float:
    """Memory of this process [MB]."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096 / 1e6


def measured(path: Path) -> dict[str, Any]:
    """Seconds and megabytes of a first view (1280 x 800 px), then of tiles here and there at all levels."""
    from dateline.app.pictures.picture import levels_of, open_picture, own_stretch
    from dateline.app.pictures.tiles import tile_of, webp

    def tile(at: tuple[int, int, int]) -> float:
        began = time.perf_counter()
        made = tile_of(open_picture(path), own_stretch(open_picture(path)), *at)
        assert made is not None
        webp(made)
        return time.perf_counter() - began

    began = time.perf_counter()
    picture = open_picture(path)
    top = levels_of(picture.size)
    level = max(0, top - 2)
    across = -(-picture.size[0] >> level)
    first = [(level, column, row) for column in range(-(-across // 256)) for row in range(-(-across // 256))]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(tile, first))
    view = time.perf_counter() - began
    draw = random.Random(1)
    wanted = []
    for _ in range(TILES):
        level = draw.randint(0, top)
        most = max(1, (picture.size[0] >> level) // 256)
        wanted.append((level, draw.randrange(most), draw.randrange(most)))
    before = resident()
    took, memory = [], []
    for at in wanted:
        took.append(tile(at))
        memory.append(resident())
    with ThreadPoolExecutor(THREADS) as pool:
        together, settled = [], []
        for _ in range(ROUNDS):  # GDAL's blocks and each thread's decoder fill up first; then nothing may grow
            draw.shuffle(wanted)
            together += list(pool.map(tile, wanted))
            settled.append(round(resident()))
    return {
        "size": list(picture.size),
        "first_view_s": round(view, 3),
        "tile_median_ms": round(1000 * float(np.median(took)), 1),
        "tile_worst_ms": round(1000 * max(took), 1),
        "tile_95_ms": round(1000 * float(np.quantile(took, 0.95)), 1),
        f"tile_95_of_{THREADS}_at_once_ms": round(1000 * float(np.quantile(together, 0.95)), 1),
        "resident_after_first_view_mb": round(before),
        "resident_after_100_tiles_mb": round(memory[99]),
        f"resident_after_{TILES}_tiles_mb": round(memory[-1]),
        f"resident_after_each_{TILES}_of_{THREADS}_at_once_mb": settled,
    }


def main() -> None:
    """Prints the figures."""
    if len(sys.argv) > 1:
        print(json.dumps(measured(Path(sys.argv[1])), indent=1))
        return
    with tempfile.TemporaryDirectory() as folder:
        made = write_cog(Path(folder) / "large.tif")
        subprocess.run([sys.executable, __file__, str(made)], check=True)  # another process: writing fills GDAL's cache


if __name__ == "__main__":
    main()
