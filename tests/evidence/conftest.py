"""A user of its own for every test: nothing is read from or written to the real one's folders."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from dateline.core import FixedClock
from dateline.evidence import samples
from dateline.evidence.item import Item, Licence
from dateline.evidence.provenance import Origin
from dateline.evidence.store import Store

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of the test's user, on every system."""
    home = tmp_path / "home"
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: home / "data" / name)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: home / "cache" / name)
    monkeypatch.delenv(samples.ENVIRONMENT, raising=False)
    return home


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    return folder


@pytest.fixture
def fields() -> dict[str, Any]:
    """The fields of a plain item, for tests that change one."""
    return {
        "id": "maria-2017-09",
        "name": "VNP46A3_2017_09.tif",
        "sha256": "a" * 64,
        "bytes": 71157,
        "media_type": "image/tiff",
        "collected": NOON,
        "by": "mk",
        "origin": Origin(url="https://example.org/a.tif", file="VNP46A3_2017_09.tif"),
        "licence": Licence(name="MIT"),
    }


@pytest.fixture
def item(fields: dict[str, Any]) -> Item:
    return Item(**fields)
