"""One source of place names as one SQLite database: by spelling, by sound, by nearly the same letters, by position.

`place` holds the places, `spelling` every way to write them, `sound` the distinct sounds with a trigram index
(FTS5) for misspellings, `spot` an R-tree of positions.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dateline.places.names import edits, folded, has_hangul, one_edit_away, sound

SCHEMA = 1
"""Raised when the tables or the way names are compared change: an atlas of another schema is built anew."""

_TABLES = """
CREATE TABLE place (id INTEGER PRIMARY KEY, ref TEXT, name TEXT, lon REAL, lat REAL, country TEXT, admin TEXT,
                    population INTEGER);
CREATE TABLE spelling (key TEXT, sound INTEGER, place INTEGER, text TEXT);
CREATE TABLE sound (id INTEGER PRIMARY KEY, key TEXT);
CREATE TABLE country (code TEXT, code3 TEXT, name TEXT);
CREATE VIRTUAL TABLE nearly USING fts5(key, content='', detail='none', tokenize='trigram', columnsize=0);
CREATE VIRTUAL TABLE trigram USING fts5vocab(nearly, row);
CREATE VIRTUAL TABLE spot USING rtree(id, west, east, south, north);
"""
_INDEXES = """
CREATE INDEX spelling_key ON spelling (key);
CREATE INDEX spelling_sound ON spelling (sound);
CREATE UNIQUE INDEX sound_key ON sound (key);
CREATE INDEX place_city ON place (population) WHERE population >= 100000;
"""
_PLACE = "place.ref, place.name, place.lon, place.lat, place.country, place.admin, place.population"
_BATCH = 5000
_MOST_LOOKED_AT = 3000
"""How many sounds that share a rare trigram with a misspelling are looked at."""
_MOST_COMPARED = 300
"""How many of these, the ones that share most trigrams, are compared letter by letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place as a source states it. Country and admin are the source's own codes; population None is unknown."""

    ref: str
    name: str
    lon: float
    lat: float
    country: str | None = None
    admin: str | None = None
    population: int | None = None
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that a name may mean: the spelling that matched and how many letters differ [0 = same letters]."""

    entry: Entry
    spelling: str
    kind: str
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Atlas:
    """An open source of names: what it is called in sentences, and its database."""

    title: str
    base: sqlite3.Connection

    def spelled(self, name: str) -> list[Hit]:
        """Places that have this very spelling, apart from case, marks, spaces and hyphens."""
        rows = self.base.execute(
            f"SELECT {_PLACE}, min(spelling.text) FROM spelling JOIN place ON place.id = spelling.place "  # noqa: S608
            "WHERE spelling.key = ? GROUP BY place.id",
            (folded(name),),
        )
        return [Hit(entry=_entry(row), spelling=row[7], kind="spelled") for row in rows]

    def sounding(self, name: str) -> list[Hit]:
        """Places with a spelling that is the same name in another script or transliteration.

        A Hangul spelling answers only to Hangul: 원산 is Wonsan, and to Koreans also Wenshan in Yunnan.
        """
        wanted = sound(name)
        if wanted.isascii() and len(wanted) < 3:
            return []
        hits = self._with_sounds({wanted: 0}, kind="sounding")
        return hits if has_hangul(name) else [hit for hit in hits if not has_hangul(hit.spelling)]

    def nearly(self, name: str) -> list[Hit]:
        """Places whose name differs by the fewest letters: one, or up to three if it is long and none is nearer."""
        wanted = sound(name)
        if len(wanted) < 3 or not wanted.isascii():
            return []
        if single := self._known(one_edit_away(wanted)):
            return self._with_sounds(dict.fromkeys(sorted(single), 1), kind="nearly")
        if len(wanted) <= 5:
            return []
        most = 2 if len(wanted) <= 13 else 3
        measured = {key: edits(wanted, key, most) for key in self._sharing_trigrams(wanted, most)}
        near = {key: count for key, count in measured.items() if count is not None and count > 0}
        closest = min(near.values(), default=0)
        return self._with_sounds({key: n for key, n in near.items() if n == closest}, kind="nearly")

    def within(self, west: float, south: float, east: float, north: float) -> list[Entry]:
        """Places in a box [degrees]."""
        rows = self.base.execute(
            f"SELECT {_PLACE} FROM spot JOIN place ON place.id = spot.id "  # noqa: S608
            "WHERE spot.east >= ? AND spot.west <= ? AND spot.north >= ? AND spot.south <= ?",
            (west, east, south, north),
        )
        return [_entry(row) for row in rows]

    def cities(self) -> list[Entry]:
        """Places of 100,000 people and more, to say where another place is."""
        rows = self.base.execute(f"SELECT {_PLACE} FROM place WHERE population >= 100000")  # noqa: S608
        return [_entry(row) for row in rows]

    def countries(self) -> dict[str, str]:
        """Codes of two and three letters and English names, all in lower case -> code of two letters."""
        rows = self.base.execute("SELECT code, code3, name FROM country").fetchall()
        return {str(label).lower(): str(row[0]) for row in rows for label in row}

    def _known(self, words: set[str]) -> list[str]:
        marks = ",".join("?" * len(words))
        return [key for (key,) in self.base.execute(f"SELECT key FROM sound WHERE key IN ({marks})", list(words))]  # noqa: S608

    def _with_sounds(self, sounds: dict[str, int], *, kind: str) -> list[Hit]:
        hits = []
        for key, differing in sounds.items():
            rows = self.base.execute(
                f"SELECT {_PLACE}, min(spelling.text) FROM sound JOIN spelling ON spelling.sound = sound.id "  # noqa: S608
                "JOIN place ON place.id = spelling.place WHERE sound.key = ? GROUP BY place.id",
                (key,),
            )
            hits += [Hit(entry=_entry(row), spelling=row[7], kind=kind, edits=differing) for row in rows]
        return hits

    def _sharing_trigrams(self, wanted: str, most: int) -> Iterator[str]:
        padded = f"_{wanted}_"
        trigrams = {padded[at : at + 3] for at in range(len(padded) - 2)}
        counted = sorted((self._frequency(trigram), trigram) for trigram in trigrams)
        shared: Counter[int] = Counter()
        looked_at = 0
        for frequency, trigram in counted:
            if looked_at and looked_at + frequency > _MOST_LOOKED_AT:
                break
            looked_at += frequency
            rows = self.base.execute("SELECT rowid FROM nearly WHERE nearly MATCH ?", (f'"{trigram}"',))
            shared.update(row[0] for row in rows)
        best = [str(rowid) for rowid, _ in shared.most_common(_MOST_COMPARED)]
        rows = self.base.execute(f"SELECT key FROM sound WHERE id IN ({','.join(best)})")  # noqa: S608
        return (key for (key,) in rows if abs(len(key) - len(wanted)) <= most)

    def _frequency(self, trigram: str) -> int:
        row = self.base.execute("SELECT doc FROM trigram WHERE term = ?", (trigram,)).fetchone()
        return int(row[0]) if row else 0


def in_memory(title: str, entries: Iterable[Entry]) -> Atlas:
    """A small source, kept in memory for as long as it is used."""
    base = sqlite3.connect(":memory:")
    _fill(base, entries, ())
    return Atlas(title, base)


def on_disk(title: str, path: Path) -> Atlas | None:
    """An atlas built before, opened for reading; None when the file is missing, broken or of another schema."""
    if not path.is_file():
        return None
    base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        if base.execute("PRAGMA user_version").fetchone()[0] == SCHEMA:
            base.execute("SELECT 1 FROM place LIMIT 1").fetchone()
            return Atlas(title, base)
    except sqlite3.DatabaseError:
        pass  # not a database, or cut short: as good as missing
    base.close()
    return None


def build(path: Path, entries: Iterable[Entry], countries: Sequence[tuple[str, str, str]]) -> None:
    """Write an atlas whole or not at all: beside its place under another name, then moved there.

    Of several programs that want it at once one builds and the others wait. countries: code of two letters, code of
    three letters, English name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock, _beside(path) as partial:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready := on_disk("", path):
            ready.base.close()
            return
        with closing(sqlite3.connect(partial)) as base:
            base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
            _fill(base, entries, countries)
        with partial.open("rb+") as stream:
            os.fsync(stream.fileno())
        partial.replace(path)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _fill(base: sqlite3.Connection, entries: Iterable[Entry], countries: Sequence[tuple[str, str, str]]) -> None:
    base.executescript(_TABLES)
    sounds: dict[str, int] = {}
    with base:
        base.executemany("INSERT INTO country VALUES (?, ?, ?)", countries)
        numbered = enumerate(entries, 1)
        while batch := list(itertools.islice(numbered, _BATCH)):
            base.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_place, batch))
            spots = ((number, entry.lon, entry.lon, entry.lat, entry.lat) for number, entry in batch)
            base.executemany("INSERT INTO spot VALUES (?, ?, ?, ?, ?)", spots)
            spellings = (row for number, entry in batch for row in _spellings(number, entry, sounds))
            base.executemany("INSERT INTO spelling VALUES (?, ?, ?, ?)", spellings)
        base.executemany("INSERT INTO sound VALUES (?, ?)", ((number, key) for key, number in sounds.items()))
        latin = ((number, f"_{key}_") for key, number in sounds.items() if key.isascii())
        base.executemany("INSERT INTO nearly (rowid, key) VALUES (?, ?)", latin)
    base.executescript(f"{_INDEXES} PRAGMA user_version = {SCHEMA};")


def _spellings(number: int, entry: Entry, sounds: dict[str, int]) -> Iterator[tuple[str, int, int, str]]:
    """Each distinct spelling of a place with its key and the number of its sound."""
    seen = set()
    for text in (entry.name, *entry.spellings):
        key = folded(text)
        if key and key not in seen:
            seen.add(key)
            yield key, sounds.setdefault(sound(text), len(sounds) + 1), number, text


def _place(numbered: tuple[int, Entry]) -> tuple[int, str, str, float, float, str | None, str | None, int | None]:
    number, entry = numbered
    return number, entry.ref, entry.name, entry.lon, entry.lat, entry.country, entry.admin, entry.population


def _entry(row: tuple[str, str, float, float, str | None, str | None, int | None]) -> Entry:
    ref, name, lon, lat, country, admin, population = row[:7]
    return Entry(ref=ref, name=name, lon=lon, lat=lat, country=country, admin=admin, population=population)
