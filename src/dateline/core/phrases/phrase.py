"""What a phrase is made of: a bag of what it says of one date, and how several are connected."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What is said of one date, whatever the order of words: every slot at most once."""

    date: str | None = None
    numeric: str | None = None
    year: int | None = None
    pair: tuple[int, int] | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: str | None = None
    quarter: int | None = None
    half: int | None = None
    part: str | None = None
    which: str | None = None
    relative: tuple[str, int] | None = None
    number: int | None = None
    vague: str | None = None
    unit: str | None = None
    recent: bool = False
    back: bool = False
    ago: bool = False
    weekend: bool = False
    event: str | None = None

    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self == Point()

    def slots(self) -> set[str]:
        """What is said, by name."""
        blank = Point()
        return {field.name for field in fields(self) if getattr(self, field.name) != getattr(blank, field.name)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase: `form` is how its points are connected; `modifier` is what bounds them."""

    form: str
    """single, range, all of, one of, offset."""
    points: tuple[Point, ...]
    modifier: str | None = None
    """since, until, by, before, after, no_earlier, around, earlier, later."""
    night: str | None = None
    future: bool = False
    side: str | None = None
    """of an offset from an event: before or after."""
