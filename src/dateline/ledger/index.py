"""A search index over a case's records. It is made from the files and can be deleted at any time: nothing is lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self

from dateline.ledger.case import Case

FILE = ".dateline/index.sqlite"
VERSION = 1
"""Of the tables below; an index of another version is thrown away."""

_PATIENCE = 5.0
"""How long we wait for another program that writes the index [s]."""

_TABLES = """
CREATE TABLE file (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE record (
  row INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT NOT NULL, path TEXT NOT NULL,
  title TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX record_kind ON record (kind, id);
CREATE INDEX record_path ON record (path);
"""
_WORDS = "CREATE VIRTUAL TABLE words USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2')"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found."""

    id: str
    kind: str
    path: str
    title: str


class Index:
    """The index of a case as it was loaded. Use it as a context: `with Index.of(case) as index:`."""

    def __init__(self, database: sqlite3.Connection, *, full_text: bool) -> None:
        self._database = database
        self._full_text = full_text

    @classmethod
    def of(cls, case: Case, *, full_text: bool | None = None) -> Self:
        """Opens the index and brings it up to date: only files whose content hash changed are read into it again.

        A broken or foreign index is replaced. Where the case cannot be written to, or another program keeps the index
        busy, one in memory answers. `full_text` False does without SQLite's FTS5; None uses it where there is one.
        """
        wanted = _has_fts5() if full_text is None else full_text
        path = case.root / FILE
        if not path.resolve().is_relative_to(case.root.resolve()):
            return cls._current(case, ":memory:", full_text=wanted)
        try:
            path.parent.mkdir(exist_ok=True)
            return cls._current(case, str(path), full_text=wanted)
        except (sqlite3.OperationalError, OSError):  # not writable, or busy
            return cls._current(case, ":memory:", full_text=wanted)
        except sqlite3.DatabaseError:  # not an index, or a broken one
            path.unlink()
            return cls._current(case, str(path), full_text=wanted)

    @classmethod
    def _current(cls, case: Case, target: str, *, full_text: bool) -> Self:
        database = sqlite3.connect(target, timeout=_PATIENCE, isolation_level=None)
        index = cls(database, full_text=full_text)
        try:
            database.execute("BEGIN IMMEDIATE")
            index._lay_out()
            index._refresh(case)
            database.execute("COMMIT")
        except BaseException:
            database.close()
            raise
        return index

    def _lay_out(self) -> None:
        """Makes the tables, unless they are those of this version."""
        mark = 2 * VERSION + self._full_text
        (found,) = self._database.execute("PRAGMA user_version").fetchone()
        if found == mark:
            return
        for name in ("words", "record", "file"):
            self._database.execute(f"DROP TABLE IF EXISTS {name}")
        for statement in (*_TABLES.split(";"), _WORDS if self._full_text else ""):
            self._database.execute(statement)
        self._database.execute(f"PRAGMA user_version = {mark}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    def kinds(self) -> dict[str, int]:
        """How many records there are of each kind."""
        return dict(self._database.execute("SELECT kind, count(*) FROM record GROUP BY kind ORDER BY kind"))

    def get(self, name: str) -> Hit | None:
        """The record of this id, or None."""
        return next(self._hits("WHERE id = ?", (name,)), None)

    def list(self, kind: str) -> tuple[Hit, ...]:
        """All records of a kind, in order of id."""
        return tuple(self._hits("WHERE kind = ? ORDER BY id", (kind,)))

    def find(self, text: str, *, kind: str | None = None, limit: int = 50) -> tuple[Hit, ...]:
        """Records in which every word of `text` begins a word, in any script; the best match first.

        Without FTS5: in which every word of `text` stands somewhere, in order of id.
        """
        words = _WORD.findall(text)
        if not words:
            return ()
        only, values = ("AND kind = ?", [kind]) if kind else ("", [])
        if self._full_text:
            query = " ".join(f'"{word}"*' for word in words)
            where = f"JOIN words ON words.rowid = record.row WHERE words MATCH ? {only} ORDER BY rank, id LIMIT ?"
            return tuple(self._hits(where, (query, *values, limit)))
        like = " AND ".join("(record.title || ' ' || record.body) LIKE ? ESCAPE '\\'" for _ in words)
        patterns = ["%" + word.replace("_", "\\_") + "%" for word in words]
        return tuple(self._hits(f"WHERE {like} {only} ORDER BY id LIMIT ?", (*patterns, *values, limit)))

    def _hits(self, where: str, values: tuple[object, ...]) -> Iterator[Hit]:
        # `where` is one of the constants of this class; whatever a person typed travels in `values`.
        rows = self._database.execute(
            f"SELECT record.id, kind, path, record.title FROM record {where}",  # noqa: S608
            values,
        )
        return (Hit(*row) for row in rows)

    def _refresh(self, case: Case) -> None:
        known = dict(self._database.execute("SELECT path, sha256 FROM file"))
        stale = {path for path in known.keys() | case.files.keys() if known.get(path) != case.files.get(path)}
        if not stale:
            return
        for path in stale:
            self._forget(path)
        for name, record in case.records.items():
            if case.paths[name] in stale:
                self._add(name, record.kind, case.paths[name], record.title_text(), _body(record.to_json()))
        rows = [(path, case.files[path]) for path in stale if path in case.files]
        self._database.executemany("INSERT INTO file VALUES (?, ?)", rows)

    def _forget(self, path: str) -> None:
        if self._full_text:
            self._database.execute("DELETE FROM words WHERE rowid IN (SELECT row FROM record WHERE path = ?)", (path,))
        self._database.execute("DELETE FROM record WHERE path = ?", (path,))
        self._database.execute("DELETE FROM file WHERE path = ?", (path,))

    def _add(self, name: str, kind: str, path: str, title: str, body: str) -> None:
        columns = "(id, kind, path, title, body) VALUES (?, ?, ?, ?, ?)"
        cursor = self._database.execute(f"INSERT INTO record {columns}", (name, kind, path, title, body))
        if self._full_text:
            row = (cursor.lastrowid, title, f"{name} {body}")
            self._database.execute("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", row)


@cache
def _has_fts5() -> bool:
    database = sqlite3.connect(":memory:")
    try:
        database.execute(_WORDS)
    except sqlite3.OperationalError:  # an SQLite that was built without it
        return False
    finally:
        database.close()
    return True


def _body(plain: object) -> str:
    """Every text in a record, for searching."""
    match plain:
        case str():
            return plain
        case dict():
            return " ".join(filter(None, map(_body, plain.values())))
        case list():
            return " ".join(filter(None, map(_body, plain)))
    return ""
