"""The simulated inputs of the exercise: which tiles of its coast are written, and its port, crowd, base and photo."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from dateline.imagery.catalog.black_marble import parse_name
from dateline.simulate import exercise_crowd, exercise_media, exercise_port, exercise_works
from dateline.simulate.black_marble import write_tile
from dateline.simulate.world import COAST_TILE, COAST_WINDOW, Window, invented_coast

SEED = 7
SUMMER = (1, 2)
"""Southern summer: long enough nights, no snow. Every year has these."""
OVERLAP_MONTHS = (1, 2, 3, 10, 11, 12)
"""Months without snow, in the years that both satellites saw: enough of them to calibrate one on the other."""
YEARS, OVERLAP_YEARS, LAST_YEAR = range(2014, 2024), range(2019, 2023), 2024
FIRST_NIGHT, LAST_NIGHT = date(2022, 8, 6), date(2022, 10, 31)

DARK_WINDOW = Window.around(COAST_TILE, lon=-124.1, lat=-48.55, size=300)
"""Around the towns that go dark, and the nearest that do not."""


ROOMS = {
    "port": exercise_port.write,
    "parade": exercise_crowd.write,
    "works": exercise_works.write,
    "media": exercise_media.write,
}
"""What writes the files of each folder beside the tiles: what is not there yet, and how many that were."""


def tiles() -> tuple[tuple[str, date, Window], ...]:
    """Every tile of the exercise: product, day and the window that carries data."""
    overlap = [date(year, month, 1) for year in OVERLAP_YEARS for month in OVERLAP_MONTHS]
    first = sorted({date(year, month, 1) for year in YEARS for month in SUMMER} | set(overlap))
    second = [*overlap, *(date(year, month, 1) for year in (2023, LAST_YEAR) for month in SUMMER)]
    monthly = [("VNP46A3", day, COAST_WINDOW) for day in first] + [("VJ146A3", day, COAST_WINDOW) for day in second]
    nights = (LAST_NIGHT - FIRST_NIGHT).days + 1
    daily = [("VNP46A2", FIRST_NIGHT + timedelta(days=night), DARK_WINDOW) for night in range(nights)]
    return (*monthly, *daily)


def write(folder: Path, tell: Callable[[float], None] = lambda _share: None) -> int:
    """Writes the files that are not there yet, tiles on all cores; returns how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    return _tiles(folder, tell) + sum(write_room(folder / name) for name, write_room in ROOMS.items())


def _tiles(folder: Path, tell: Callable[[float], None]) -> int:
    present = set(_present(folder))
    missing = [tile for tile in tiles() if tile[:2] not in present]
    if not missing:
        return 0
    with ProcessPoolExecutor(
        max_workers=min(os.cpu_count() or 1, len(missing)), mp_context=get_context("spawn")
    ) as pool:
        for done, _path in enumerate(pool.map(_write_one, [folder] * len(missing), missing, chunksize=4), start=1):
            tell(done / len(missing))
    return len(missing)


def _write_one(folder: Path, tile: tuple[str, date, Window]) -> Path:
    product, day, window = tile
    return write_tile(folder, invented_coast(seed=SEED), product, day, window)


def _present(folder: Path) -> Iterator[tuple[str, date]]:
    for path in folder.glob("*.h5"):
        granule = parse_name(path.name)
        if granule is not None:
            yield granule.key.product, granule.key.day
