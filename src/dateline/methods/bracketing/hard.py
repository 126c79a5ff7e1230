"""The bracket that counts: after the last capable "absent", by the first "present"; and the same when it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dateline.methods.bracketing.answers import Judged


@dataclass(frozen=True, slots=True)
class Span:
    """After the start of one image, by the end of another; None: no image sets that side."""

    after: Judged | None
    by: Judged | None

    @property
    def times(self) -> tuple[datetime | None, datetime | None]:
        """(after, by]."""
        return (None if self.after is None else self.after.start, None if self.by is None else self.by.end)


@dataclass(frozen=True, slots=True)
class Hard:
    """appeared: when it came. gone: when it went, if an image after it shows it absent. conflict: images that cannot
    all be right of a thing that came once and went once; `appeared` then spans both readings. present, absent: the
    images that count."""

    appeared: Span
    gone: Span | None
    conflict: tuple[Judged, ...]
    present: tuple[Judged, ...]
    absent: tuple[Judged, ...]


def bracket(judged: Sequence[Judged]) -> Hard:
    """The bracket from images in order of their ends.

    An image that shows it absent at some moment of [s, e] says that it came after s; one that shows it present says
    that it came by e. Interval logic as in survival analysis (Turnbull 1976, 10.1111/j.2517-6161.1976.tb01597.x).
    """
    present = tuple(counted_present(judged))
    absent = tuple(one for one in judged if one.answer == "absent")
    if not present:
        last = max(absent, key=lambda one: one.start, default=None)
        return Hard(Span(last, None), None, (), present, absent)
    first = min(present, key=lambda one: one.end)
    before = [one for one in absent if one.start < first.end]
    later = [one for one in absent if one.start >= first.end]
    after = max(before, key=lambda one: one.start, default=None)
    between = [one for one in later if any(again.start >= one.end for again in present)]
    if between:  # present, absent, present
        last = max(between, key=lambda one: one.end)
        back = min((one for one in present if one.start >= last.end), key=lambda one: one.end)
        gone = _gone(present, [one for one in later if one not in between])
        return Hard(Span(after, back), gone, (first, *between, back), present, absent)
    return Hard(Span(after, first), _gone(present, later), (), present, absent)


def _gone(present: Sequence[Judged], later: Sequence[Judged]) -> Span | None:
    last = max(present, key=lambda one: one.start)
    ends = [one for one in later if one.end > last.start]
    return Span(last, min(ends, key=lambda one: one.end)) if ends else None


def counted_present(judged: Sequence[Judged]) -> list[Judged]:
    """The images whose "present" counts: of a capable observer, or when the next answer says present as well."""
    telling = [one for one in judged if one.says is not None]
    following = dict(zip((one.image for one in telling), telling[1:], strict=False))
    return [
        one
        for one in telling
        if one.says == "present"
        and (one.is_capable or ((then := following.get(one.image)) is not None and then.says == "present"))
    ]


def naive(judged: Sequence[Judged]) -> tuple[datetime | None, datetime | None]:
    """(last "absent", first "present"] of whatever image, as it is usually told: for comparison only."""
    present = [one.end for one in judged if one.says == "present"]
    first = min(present, default=None)
    absent = [one.start for one in judged if one.says == "absent" and (first is None or one.start < first)]
    return max(absent, default=None), first


def without(judged: Sequence[Judged], found: Hard) -> dict[str, Hard]:
    """The bracket without each image that it changes for, by image."""
    made = {}
    for one in judged:
        again = bracket([other for other in judged if other is not one])
        if _ends(again) != _ends(found):
            made[one.image] = again
    return made


def _ends(found: Hard) -> tuple[object, ...]:
    return found.appeared.times, None if found.gone is None else found.gone.times, bool(found.conflict)
