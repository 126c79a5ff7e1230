"""What the chains of a case say last of each item: beside the memory, so that a case of any size can be audited.

The table is a temporary one of SQLite without a name: a small case stays in its cache, of a big one what does not fit
lies in a file that the system has deleted already.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from dateline.core.errors import InputError
from dateline.evidence.chain import FOLDER

_SCHEMA = """
pragma journal_mode = off;
pragma synchronous = off;
pragma cache_size = -8000;
create table word (
    subject text, chain text, line integer, at text, content text, meta text, file text, replaced text,
    primary key (subject, chain)
) without rowid;
begin;
"""
_ADD = """
insert into word values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (subject, chain) do update set
    line = excluded.line, at = excluded.at, content = excluded.content, meta = excluded.meta, file = excluded.file,
    replaced = replace(excluded.replaced || ' ' || word.replaced, excluded.meta, '')
"""
_ONE = "select chain, line, at, content, meta, file, replaced from word where subject = ?"
_ALL = "select subject, chain, line, at, content, meta, file, replaced from word order by subject"


@dataclass(frozen=True, slots=True)
class Logged:
    """What a chain says last of an item, and the line where it says so.

    `at` is the latest time in the chain up to that line: a clock that was set back does not change the order.
    `replaced` are the hashes of records that this one came after.
    """

    chain: str
    line: int
    at: str
    content: str | None
    meta_sha256: str
    file_sha256: str | None
    replaced: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The file and line of the entry."""
        return f"{FOLDER}/{self.chain}.jsonl:{self.line}"


class LastWords(Mapping[str, Logged]):
    """The last word on each item, by its id."""

    def __init__(self) -> None:
        with _room():
            self._base = sqlite3.connect("", isolation_level=None)
            weakref.finalize(self, self._base.close)
            self._base.executescript(_SCHEMA)

    def add(self, words: Iterable[tuple[str, Logged]]) -> None:
        """Takes the words of a chain on items, in its order: each comes after those before it."""
        with _room():
            self._base.executemany(_ADD, (_row(subject, word) for subject, word in words))

    def __getitem__(self, subject: str) -> Logged:
        with _room():
            rows = self._base.execute(_ONE, (subject,)).fetchall()
        if not rows:
            raise KeyError(subject)
        return _last(rows)

    def __iter__(self) -> Iterator[str]:
        return (subject for subject, _ in self.in_order())

    def __len__(self) -> int:
        count: int
        with _room():
            ((count,),) = self._base.execute("select count(distinct subject) from word")
        return count

    def in_order(self) -> Iterator[tuple[str, Logged]]:
        """Id and last word, in order of id: quicker for all of them than to ask for each."""
        with _room():
            for subject, rows in groupby(self._base.execute(_ALL), key=lambda row: row[0]):
                yield subject, _last([row[1:] for row in rows])


def _row(subject: str, word: Logged) -> tuple[object, ...]:
    replaced = " ".join(sha256 for sha256 in word.replaced if sha256 != word.meta_sha256)
    told = (word.chain, word.line, word.at, word.content, word.meta_sha256, word.file_sha256)
    return (subject, *told, replaced)


def _last(rows: list[tuple[str, int, str, str | None, str, str | None, str]]) -> Logged:
    """The last word of several people's chains: the latest, unless another entry says that it replaced that one."""
    if len(rows) == 1:
        return Logged(*rows[0][:-1], tuple(rows[0][-1].split()))
    left = sorted((Logged(*row[:-1], tuple(row[-1].split())) for row in rows), key=lambda word: (word.at, word.chain))
    last = left.pop()
    while later := next((word for word in left if last.meta_sha256 in word.replaced), None):
        left.remove(later)
        last = later
    return last


@contextmanager
def _room() -> Iterator[None]:
    """Raises InputError (code "no-room") where the disk for temporary files is full or cannot be written."""
    try:
        yield
    except sqlite3.Error as error:
        raise InputError(
            "There is no room to read the custody log.",
            saw=f"the folder for temporary files: {error}",
            do="Free some space there, or name another folder in the environment variable TMPDIR.",
            code="no-room",
        ) from error
