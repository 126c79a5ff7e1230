"""A place that somebody gave us, with its name kept and a record id made from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dateline.core import Where
from dateline.places.names import romanised

FINEST_RADIUS = 1.0
"""[m] However many digits somebody writes: maps, pins and phones are not better than about a metre."""

_APOSTROPHES = re.compile("['`´‘’ʹʼ]")
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
_HIDDEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
"""Zero-width joiners belong to Persian, Indic and emoji spelling; other invisible characters do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A position read from text: where, in which form it was written, and what a reader must know about it."""

    where: Where
    form: str
    notes: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """One place that a person gave: a record id, the name as written, where, where it came from, and notes.

    `names` are further spellings, in any script. `origin` says which text, file, layer and row it was read from.
    """

    id: str
    name: str
    where: Where
    origin: str
    notes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All the places of one text or file, and what concerns the whole of it (features left out, heights dropped)."""

    places: tuple[NamedPlace, ...]
    notes: tuple[str, ...] = field(default=())


def clean_name(text: str) -> str:
    """A name without control, direction-override and other invisible characters; spaces made single."""
    visible = (" " if char.isspace() else char for char in text if _is_visible(char))
    return " ".join("".join(visible).split())


def _is_visible(char: str) -> bool:
    return char.isspace() or char in _JOINERS or unicodedata.category(char) not in _HIDDEN


def slug(name: str) -> str:
    """A record id made from a name: Latin letters, digits and dashes, at most 60; empty where none are left."""
    return _NOT_IN_IDS.sub("-", _APOSTROPHES.sub("", romanised(name))).strip("-")[:60].strip("-")


def with_unique_ids(places: Iterable[NamedPlace]) -> tuple[NamedPlace, ...]:
    """The same places with valid ids that differ: the second `port` becomes `port-2`, a nameless one `place`."""
    taken: set[str] = set()
    unique = []
    for place in places:
        stem = slug(place.id) or slug(place.name) or "place"
        chosen, count = stem, 1
        while chosen in taken:
            count += 1
            chosen = f"{stem}-{count}"
        taken.add(chosen)
        unique.append(replace(place, id=chosen))
    return tuple(unique)
