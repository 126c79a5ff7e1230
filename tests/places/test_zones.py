"""Zones of the nearest town on land, ship's zones over sea."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dateline.places import zones
from dateline.places.zones import nautical, open_zones, zones_of

TOWNS = [(131.95, 43.8, "Asia/Vladivostok"), (126.98, 37.57, "Asia/Seoul")]


def land() -> np.ndarray:
    made = np.zeros(zones.SHAPE, bool)
    made[480:560, 1200:1260] = True
    return made


def test_land_takes_the_nearest_towns_zone_and_the_sea_the_ships() -> None:
    """A cell near Seoul keeps Seoul's clock, one near Vladivostok its own, the open Pacific the nautical one."""
    made = zones_of(TOWNS, land())

    def at(lon: float, lat: float) -> str:
        return made.names[int(made.cells[int((lat + 90) * 4), int((lon + 180) * 4)])]

    assert at(127.0, 37.5) == "Asia/Seoul"
    assert at(132.0, 43.7) == "Asia/Vladivostok"
    assert at(-150.0, 0.0) == "Etc/GMT+10"
    assert made.nearest(131.0, 43.0) == "Asia/Vladivostok"
    assert [nautical(lon) for lon in (0, 30, -180, 7.6)] == ["Etc/GMT", "Etc/GMT-2", "Etc/GMT+12", "Etc/GMT-1"]


def test_the_map_is_built_once_and_a_damaged_one_again(tmp_path: Path, monkeypatch) -> None:
    """What is kept is read back the same; half a file is no map."""
    monkeypatch.setattr(zones, "_towns", lambda: TOWNS)
    monkeypatch.setattr(zones, "_land", land)
    said: list[str] = []
    first = open_zones(tmp_path, say=said.append)
    again = open_zones(tmp_path, say=said.append)
    assert len(said) == 1
    assert first.names == again.names
    assert (first.cells == again.cells).all()
    kept = next(tmp_path.glob("zones-*.npz"))
    kept.write_bytes(kept.read_bytes()[:500])
    assert open_zones(tmp_path, say=said.append).names == first.names
    assert len(said) == 2
