"""What a file says of itself: each fact verbatim, typed, with the place in the file where it stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Value = int | float | str | tuple[int | float | str, ...]
"""Numbers as numbers (a fraction as a float), text as text without closing zeros; bytes only as their count."""

Group = Literal["file", "exif", "gps", "thumbnail", "xmp", "iptc", "png", "jpeg", "webp", "gif", "boxes"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the file says. at: where it stood ("APP1 at byte 2, Exif IFD")."""

    group: Group
    name: str
    value: Value
    at: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing in the file that is broken, or beyond the limits of what is read; the rest was read all the same."""

    code: str
    text: str
    at: str


Manifest = Literal["none", "present", "remote", "unreadable", "not looked for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Content credentials (C2PA) as facts apart. None: not known.

    manifest: whether there is one; `remote` means that the file only points to one, which is not fetched. intact:
    whether bytes and signatures agree. trusted: whether the signer's certificate leads to one that the user gave; None
    where none was given. The rest is the signer's claim, verbatim.
    """

    manifest: Manifest
    intact: bool | None = None
    trusted: bool | None = None
    expired: bool | None = None
    faults: tuple[str, ...] = ()
    """Codes of the standard (C2PA 2.1, 15.2.2), such as assertion.dataHash.mismatch; "ingredient: " before those that
    concern the credentials of something that went into the picture."""
    issuer: str | None = None
    signed: str | None = None
    """The time in the signature, as written."""
    generator: str | None = None
    actions: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    remote: str | None = None
    """Where a remote manifest is said to lie: the host only, for the address may tell who looks."""
    why: str | None = None
    """Why it could not be read, or was not looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was read of one file without decoding its pixels."""

    media_type: str
    size: int
    facts: tuple[Fact, ...] = ()
    faults: tuple[Fault, ...] = ()
    dimensions: tuple[int, int] | None = None
    """Width and height of the stored pixels [px], before any turning."""
    thumbnail: bytes | None = None
    """The small picture in the Exif data, as stored."""
    credentials: Credentials = Credentials(manifest="not looked for")

    def all(self, name: str, *groups: Group) -> Iterator[Fact]:
        """The facts of a name, in the order in which they stood in the file; of some groups, or of all."""
        return (fact for fact in self.facts if fact.name == name and (not groups or fact.group in groups))

    def first(self, name: str, *groups: Group) -> Fact | None:
        """The first of them, or None."""
        return next(self.all(name, *groups), None)

    def text(self, name: str, *groups: Group) -> str | None:
        """The first of them as text, or None where it is missing or empty."""
        fact = self.first(name, *groups)
        return (str(fact.value).strip() or None) if fact is not None else None

    def number(self, name: str, *groups: Group) -> float | None:
        """The first of them as a number, or None."""
        fact = self.first(name, *groups)
        return float(fact.value) if fact is not None and isinstance(fact.value, int | float) else None
