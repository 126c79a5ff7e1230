"""The index is made from the records, kept up to date by content, and worth nothing by itself."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.ledger.index import FILE, Index


@pytest.mark.parametrize("full_text", [True, False])
def test_records_are_found_by_kind_id_and_words(rason: Path, full_text: bool) -> None:
    """In any script, with and without FTS5; punctuation and SQL in the question do no harm."""
    with Index.of(Case.load(rason), full_text=full_text) as index:
        assert index.kinds()["claim"] == 2
        assert [hit.id for hit in index.list("place")] == ["najin", "rason"]
        hit = index.get("C041")
        assert hit is not None
        assert (hit.kind, hit.path) == ("claim", "claims/C041.toml")
        assert index.get("C999") is None
        assert [hit.id for hit in index.find("munitions container")] == ["C041"]
        assert [hit.id for hit in index.find("나진")] == ["najin"]
        assert [hit.id for hit in index.find("state", kind="source")] == ["us-state"]
        assert index.find("xyzzy") == ()
        for odd in ("", '"', "'; DROP TABLE record; --", "NEAR(", "*", "a_b%", "C041 OR"):
            index.find(odd)
        assert sum(index.kinds().values()) == len(Case.load(rason).records)
        assert len(index.find("a", limit=2)) == 2


def test_a_changed_file_is_read_again_and_a_deleted_one_forgotten(rason: Path) -> None:
    """Staleness is by content: a file with the same time and size but other words is noticed."""
    Index.of(Case.load(rason)).close()
    path = rason / "claims" / "C042.toml"
    path.write_text(path.read_text().replace("told again", "told twice"))
    (rason / "media" / "clip.toml").unlink()
    with Index.of(Case.load(rason)) as index:
        assert [hit.id for hit in index.find("twice")] == ["C042"]
        assert index.find("again") == ()
        assert index.get("clip") is None


def test_deleting_or_breaking_the_index_loses_nothing(rason: Path) -> None:
    """Deleted, overwritten with other bytes, of another version, in a place that cannot be written: same answers."""
    case = Case.load(rason)
    with Index.of(case) as index:
        expected = index.find("container"), index.kinds()
    with Index.of(case) as index:  # nothing changed: nothing to do
        assert (index.find("container"), index.kinds()) == expected
    path = rason / FILE
    for harm in (path.unlink, lambda: path.write_bytes(b"no database" * 500), lambda: _older(path)):
        harm()
        with Index.of(case) as index:
            assert (index.find("container"), index.kinds()) == expected
    shutil.rmtree(path.parent)
    path.parent.touch()  # a file where the folder should be: nothing can be written there
    with Index.of(case) as index:
        assert (index.find("container"), index.kinds()) == expected


def test_the_index_never_lands_outside_the_case(rason: Path, tmp_path: Path) -> None:
    """A linked .dateline is not followed."""
    (tmp_path / "elsewhere").mkdir()
    (rason / ".dateline").symlink_to(tmp_path / "elsewhere")
    with Index.of(Case.load(rason)) as index:
        assert index.get("C041")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_busy_index_does_not_stop_anyone(rason: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program writes it, an index in memory answers."""
    monkeypatch.setattr("dateline.ledger.index._PATIENCE", 0.05)
    case = Case.load(rason)
    Index.of(case).close()
    other = sqlite3.connect(rason / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with Index.of(case) as index:
        assert index.get("C041")
    other.close()


def test_a_hundred_changed_claims_are_indexed_within_a_second(rason: Path) -> None:
    """Cost follows what changed, not the size of the case."""
    template = (rason / "claims" / "C042.toml").read_text()
    for number in range(800):
        (rason / "claims" / f"D{number}.toml").write_text(template.replace("C042", f"D{number}"))
    Index.of(Case.load(rason)).close()
    for number in range(100):
        path = rason / "claims" / f"D{number}.toml"
        path.write_text(path.read_text().replace("told again", "told anew"))
    case = Case.load(rason)
    start = time.process_time()
    with Index.of(case) as index:
        assert time.process_time() - start < 1
        assert len(index.find("anew", limit=200)) == 100


def _older(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
