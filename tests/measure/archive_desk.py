"""A case and a user of its own for the tests of `archive`: nothing of the real user's is read or written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest

from dateline.cli.app import run
from dateline.evidence.chain import Entry, chains, read_chain
from dateline.evidence.item import Item
from dateline.evidence.store import Store
from dateline.ledger.skeleton import new_case

JPEG = b"\xff\xd8\xff" + b"x" * 100


@dataclass(frozen=True)
class Desk:
    """A case, its store, and a folder of the sources."""

    case: Path
    store: Store
    sources: Path

    def archive(self, *arguments: str | Path) -> int:
        """Runs `dateline archive` and gives its exit code."""
        return run(["archive", *map(str, arguments), "--case", str(self.case)])

    def source(self, name: str, data: bytes = JPEG) -> Path:
        """A file to archive."""
        path = self.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def items(self) -> dict[str, Item]:
        """The items of the case, by id."""
        return {path.stem: Item.read(path) for path in sorted((self.case / "evidence/items").glob("*.toml"))}

    def log(self) -> list[Entry]:
        """All entries of all chains, each chain checked."""
        return [entry for path in chains(self.case).values() for entry in read_chain(path)]

    def stored(self) -> set[str]:
        """The hashes of what lies in the store."""
        return {path.parent.name + path.name for path in (self.store.root / "objects").rglob("*") if path.is_file()}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty case, and who works at it."""
    home = tmp_path / "home"
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: home / "data" / name)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: home / "cache" / name)
    monkeypatch.setenv("DATELINE_BY", "mk")
    case = new_case(tmp_path / "case", title="T", question="Q", worldview="iso")
    (tmp_path / "sources").mkdir()
    return Desk(case, Store(home / "data" / "dateline" / "store"), tmp_path / "sources")
