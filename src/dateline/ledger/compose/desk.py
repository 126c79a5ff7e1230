"""What is known where a record is made: the case's sources and units, how positions are read. And an open question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dateline.core.errors import RecordFault
from dateline.ledger.case import Case
from dateline.ledger.compose.told import Told
from dateline.ledger.source import Source


@dataclass(frozen=True, slots=True)
class Spotted:
    """A position that was read: degrees, how finely it was written [m], and what a reader must know about it."""

    lon: float
    lat: float
    radius: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One reading of several: in words, and the texts that say it without doubt."""

    label: str
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What a text leaves open, and its readings, numbered from 1."""

    key: str
    ask: str
    options: tuple[Option, ...]

    def fault(self, told: Told) -> RecordFault:
        """The question where nobody can be asked: its readings, and how to choose one."""
        listed = "; ".join(f"{number}. {option.label}" for number, option in enumerate(self.options, 1))
        exact = next(iter(self.options[-1].told.items()))
        written = f"written out, as in `{exact[0]}: {exact[1]}`"
        valid = f"one of them, {written}" if told.line else f"one of them: --choose {self.key}=1, or {written}"
        return told.fault(self.key, f"{told.values.get(self.key, '')!r}, which may be {listed}", valid)


def no_position(text: str) -> Spotted | Sequence[Option]:  # noqa: ARG001
    """Where no reader of positions is at hand, only the plain form is read."""
    return ()


def plain_slug(text: str) -> str:
    """An id from a text: Latin letters, digits and dashes; empty where none are left."""
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", flat).strip("-")[:60].strip("-")


@dataclass(frozen=True, slots=True)
class Desk:
    """The case around a new record. `spot` reads a position, or offers places of that name; `slug` makes ids."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    language: str = "en"
    units: Collection[str] = ()
    spot: Callable[[str], Spotted | Sequence[Option]] = no_position
    slug: Callable[[str], str] = plain_slug


def desk_of(
    case: Case,
    *,
    units: Collection[str] = (),
    spot: Callable[[str], Spotted | Sequence[Option]] = no_position,
    slug: Callable[[str], str] = plain_slug,
) -> Desk:
    """The desk of a case. Beside `units`, those of its head and what its claims count already are units of its own."""
    counted = {claim.quantity.unit for claim in case.claims.values() if claim.quantity is not None}
    return Desk(
        sources=case.sources,
        language=case.head.languages[0],
        units=sorted({*units, *counted, *(unit.name for unit in case.head.units)}),
        spot=spot,
        slug=slug,
    )
