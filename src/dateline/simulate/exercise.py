"""The simulated imagery of the exercise: which tiles of the invented coast are written, and what is true of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from dateline.imagery.catalog.black_marble import parse_name
from dateline.simulate.black_marble import write_tile
from dateline.simulate.world import COAST_TILE, COAST_WINDOW, Window, invented_coast

SEED = 7
MONTHS = (1, 2)
"""Southern summer: long enough nights, no snow."""
YEARS = range(2014, 2024)
SECOND_YEARS = range(2019, 2025)
"""Years that the second satellite saw: five of them with the first, one alone."""
FIRST_NIGHT, LAST_NIGHT = date(2022, 8, 6), date(2022, 10, 31)

DARK_WINDOW = Window.around(COAST_TILE, lon=-124.1, lat=-48.55, size=300)
"""Around the towns that go dark, and the nearest that do not."""


def tiles() -> tuple[tuple[str, date, Window], ...]:
    """Every tile of the exercise: product, day and the window that carries data."""
    monthly = [("VNP46A3", date(year, month, 1), COAST_WINDOW) for year in YEARS for month in MONTHS]
    monthly += [("VJ146A3", date(year, month, 1), COAST_WINDOW) for year in SECOND_YEARS for month in MONTHS]
    nights = (LAST_NIGHT - FIRST_NIGHT).days + 1
    daily = [("VNP46A2", FIRST_NIGHT + timedelta(days=night), DARK_WINDOW) for night in range(nights)]
    return (*monthly, *daily)


def write(folder: Path, tell: Callable[[float], None] = lambda _share: None) -> int:
    """Writes the tiles that are not there yet, on all cores; returns how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
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
