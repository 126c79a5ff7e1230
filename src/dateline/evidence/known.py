"""Which bytes a case has already: an index of its item records by content, rebuilt from them whenever it is stale."""

from __future__ import annotations

import os
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from dateline.core.errors import DatelineError, InputError
from dateline.evidence.item import FOLDER, Item, Leaf, Status, tree_sha256

INDEX = Path(".dateline") / "items.sqlite"
"""Where the index lies in a case. It may be deleted at any time; a damaged one is made anew."""

_SCHEMA = """
create table if not exists item (file text primary key, mtime integer, size integer, content text) without rowid;
create index if not exists by_content on item (content);
pragma user_version = 1;
"""
_SHA256 = re.compile(rb'^sha256 = "([0-9a-f]{64})"\r?$', re.MULTILINE)
_TABLE = re.compile(rb"^\s*\[", re.MULTILINE)


class Known:
    """Use it as a context manager. Opening it looks once at the names of all records, and into those that changed."""

    def __init__(self, case: Path) -> None:
        self._case = case
        path = case / INDEX
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._base = self._fresh(path)
        except sqlite3.Error as error:
            raise InputError(
                "The index of the case's items cannot be written.",
                saw=f"{INDEX}: {error}",
                do="If another dateline is at work here, wait for it; else check the disk, and delete the file.",
                code="index",
            ) from error

    def _fresh(self, path: Path) -> sqlite3.Connection:
        """The index, up to date. A damaged one is deleted and made anew."""
        try:
            return _caught_up(_opened(path), self._case)
        except sqlite3.OperationalError:  # locked, no room, no permission: not damaged
            raise
        except sqlite3.DatabaseError:
            for left in (path, path.with_name(f"{path.name}-journal")):
                left.unlink(missing_ok=True)
            return _caught_up(_opened(path), self._case)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def find(self, content: str) -> Item | None:
        """An item of the case with these bytes; its record is read again, so that a stale index never lies.

        Items elsewhere do not count: there is nothing of theirs to have twice.
        """
        for (file,) in self._base.execute("select file from item where content = ? order by file", (content,)):
            try:
                item = Item.read(self._case / FOLDER / file)
            except DatelineError:
                continue
            if item.content == content and item.status is not Status.ELSEWHERE:
                return item
        return None

    def add(self, item: Item) -> None:
        """Notes an item whose record was just written."""
        path = self._case / FOLDER / f"{item.id}.toml"
        status = path.stat()
        row = (path.name, status.st_mtime_ns, status.st_size, item.content)
        with suppress(sqlite3.Error):  # the record and the log have it: the index catches up when it is opened next
            self._base.execute("insert or replace into item values (?, ?, ?, ?)", row)


def _caught_up(base: sqlite3.Connection, case: Path) -> sqlite3.Connection:
    """Compares names, times and sizes of the records with those noted; reads what differs. Memory stays flat."""
    try:
        base.execute("create temp table here (file text primary key, mtime integer, size integer) without rowid")
        base.execute("begin immediate")
        base.executemany("insert into here values (?, ?, ?)", _records(case / FOLDER))
        base.execute("delete from item where file not in (select file from here)")
        changed = base.execute(
            "select here.file, here.mtime, here.size from here left join item using (file)"
            " where item.file is null or item.mtime <> here.mtime or item.size <> here.size"
        )
        rows = ((file, mtime, size, _content(case / FOLDER / file)) for file, mtime, size in changed)
        base.executemany("insert or replace into item values (?, ?, ?, ?)", rows)
        base.execute("commit")
        base.execute("drop table here")
    except sqlite3.Error:
        base.close()
        raise
    return base


def _opened(path: Path) -> sqlite3.Connection:
    """The index, sound; what a power cut loses of it is made anew. Raises sqlite3.DatabaseError."""
    base = sqlite3.connect(path, timeout=120.0, isolation_level=None)
    try:
        base.execute("pragma synchronous = off")
        base.execute("pragma temp_store = file")
        if base.execute("pragma quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
        base.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        base.close()
        raise
    return base


def _records(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Name, time [ns] and size [bytes] of every record file."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".toml") and not entry.name.startswith(".") and entry.is_file():
                status = entry.stat()
                yield entry.name, status.st_mtime_ns, status.st_size


def _content(path: Path) -> str | None:
    """What Item.content would say, without checking all of a record; None where there is nothing, or nothing clear."""
    try:
        data = path.read_bytes()
        table, match = _TABLE.search(data), _SHA256.search(data)
        if match is not None and (table is None or match.start() < table.start()):
            return match[1].decode()
        told = tomllib.loads(data.decode())
        tree = tuple(Leaf.model_validate(leaf) for leaf in told.get("tree", ()))
        return tree_sha256(tree) if tree else told.get("sha256")
    except (OSError, ValueError, TypeError, AttributeError):  # broken: `dateline check` and `audit` say how
        return None
