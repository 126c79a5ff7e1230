"""What the bracket says: sentence, reasons, values, rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dateline.ledger.finding import Note, Statement
from dateline.methods.bracketing import words
from dateline.methods.bracketing.answers import Judged, Rule
from dateline.methods.bracketing.hard import Hard, Span, naive
from dateline.methods.bracketing.likely import DAY, appeared, used, went
from dateline.methods.card import Card
from dateline.methods.contract import say

SHOWN = 3
"""Images whose weight is told in words; all stand in the values."""
Times = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked and found. thing: the words for what was looked for."""

    card: Card
    thing: str
    result: str
    found: Hard
    judged: Sequence[Judged]
    level: float

    @property
    def opening(self) -> str:
        """The words with a capital."""
        return self.thing[:1].upper() + self.thing[1:]


@dataclass(frozen=True, slots=True)
class Likely:
    """The set of highest likelihood: its gaps, the chances of the two ends [1], and the longest gap in it [day]."""

    sets: tuple[Times, ...]
    before: float
    never: float
    longest: float
    n: int
    gone: bool = False

    def to_json(self, level: float) -> dict[str, Any]:
        """As a value of the finding."""
        ends = ("gone before the first", "still there") if self.gone else ("before the first", "not by the last")
        chances = {ends[0]: self.before, ends[1]: self.never}
        days = sum((by - after) / DAY for after, by in self.sets if after is not None and by is not None)
        told = {"chances": chances, "level": level, "looks": self.n, "days": days, "longest_gap": self.longest}
        return words.when_json(self.sets) | told


def likely(asked: Asked, *, before: float, never: float) -> dict[str, Likely]:
    """The sets for `appeared`, and for `gone` where it went; empty where no image has known rates.

    Where it went, the images up to the last "present" date its coming, and those from the first on its going.
    """
    coming: Sequence[Judged] = asked.judged
    made: dict[str, Likely] = {}
    if asked.found.gone is not None and asked.found.gone.after is not None:
        last, first = asked.found.gone.after, asked.found.present[0]
        coming = [one for one in asked.judged if one.end <= last.end]
        going = [one for one in asked.judged if one.start >= first.start]
        if used(going):
            made["gone"] = _likely(*went(going, before=before, never=never), asked.level, len(used(going)), gone=True)
    if used(coming):
        made["appeared"] = _likely(*appeared(coming, before=before, never=never), asked.level, len(used(coming)))
    return made


def _likely(gaps: Any, zero: datetime, level: float, n: int, *, gone: bool = False) -> Likely:
    kept = gaps.chosen(level)
    spans: list[Times] = [(_moment(zero, a), _moment(zero, b)) for a, b in gaps.spans(level)]
    first, last = _moment(zero, gaps.edges[0]), _moment(zero, gaps.edges[-1])
    if kept[0]:
        joined = bool(spans) and spans[0][0] == first
        spans = [(None, spans[0][1]), *spans[1:]] if joined else [(None, first), *spans]
    if kept[-1]:
        joined = bool(spans) and spans[-1][1] == last
        spans = [*spans[:-1], (spans[-1][0], None)] if joined else [*spans, (last, None)]
    return Likely(tuple(spans), gaps.before, gaps.never, gaps.longest(level), n, gone=gone)


def _moment(zero: datetime, days: float) -> datetime:
    return zero + timedelta(seconds=round(days * 86_400))


def statement(asked: Asked, why: str) -> Statement:
    """The sentence: the bracket, the images that set it, and what kept it wide."""
    found = asked.found
    if asked.result == "cannot tell":
        return say(asked.card, "cannot-tell", object=asked.thing, reason=why)
    wide = words.kept_wide(asked.judged, found)
    told = {
        "Object": asked.opening,
        "object": asked.thing,
        "when": words.spoken(found.appeared.times),
        "images": words.span_said(found.appeared),
        "wide": f" Between them: {wide}." if wide and asked.result in {"bracketed", "contradictory"} else "",
        "gone": "" if found.gone is None else f" {asked.opening} went {words.spoken(found.gone.times)}.",
        "count": f"{len(asked.judged)} image{'s' if len(asked.judged) != 1 else ''}",
        "capable": str(len(found.present) + len(found.absent)),
    }
    key = asked.result
    if key == "contradictory" and found.appeared.by is None:
        key = "contradictory-open"
    return say(asked.card, key, **told)


def reasons(asked: Asked, leverage: Mapping[str, Hard], found: Mapping[str, Likely], why: str) -> tuple[Note, ...]:
    """What the answer stands on."""
    if asked.result == "cannot tell":
        return (Note(code="none-counts", text=why),)
    said = words.span_said(asked.found.appeared)
    made = [Note(code="images", text=f"{said}.")] if said else []
    made += [Note(code="conflict", text=_conflict(asked.found.conflict))] if asked.found.conflict else []
    setters = [one for one in (asked.found.appeared.after, asked.found.appeared.by) if one is not None]
    for one in setters:
        if one.image in leverage:
            text = f"Without image {one.image}: {_said(leverage[one.image].appeared)}."
            made.append(Note(code="leverage", text=text))
    if "appeared" in found:
        made.append(Note(code="likely", text=_likely_said(found["appeared"], asked.level)))
    return tuple(made)


def _said(span: Span) -> str:
    after, by = span.times
    if after is None and by is None:
        return "no bracket, since no other image sets a side"
    said = words.spoken((after, by))
    return f"the bracket is {said}" if after is not None and by is not None else f"an open bracket, {said}"


def _conflict(conflict: Sequence[Judged]) -> str:
    told = ", ".join(f"{one.image} ({words.taken(one)}) {one.answer}" for one in conflict)
    return (
        f"These cannot all be right of a thing that came once: {told}. "
        "No mean was taken; the bracket spans both readings."
    )


def _likely_said(one: Likely, level: float) -> str:
    spans = " or ".join(words.spoken(times) for times in one.sets)
    ends = f"there before the first look {100 * one.before:.2g} %, not by the last {100 * one.never:.2g} %"
    n = f"{one.n} image{'s' if one.n != 1 else ''}"
    return f"With rates of missing and of false sight the {100 * level:g} % set is {spans} ({n}; {ends})."


def needed(asked: Asked, rule: Rule) -> tuple[str, ...]:
    """What would tell more."""
    made = []
    if any(one.grade == "unknown" for one in asked.judged) and rule.narrow is None:
        made.append("State the narrow side of what was looked for (narrow, in metres), or test the visibility.")
    if any(one.gsd is None for one in asked.judged):
        made.append("The ground sample distance of every image.")
    if asked.result in {"bracketed", "open-before", "cannot tell"}:
        made.append("Images between those that set the bracket, fine enough to show it.")
    if asked.result in {"contradictory"}:
        made.append("A third person who looks at the images that disagree, without knowing the answers.")
    return tuple(made)


def values(asked: Asked, leverage: Mapping[str, Hard], found: Mapping[str, Likely]) -> dict[str, Any]:
    """Everything that other programs read."""
    after, by = asked.found.appeared.times
    made: dict[str, Any] = {
        "object": asked.thing,
        "appeared": words.when_json([asked.found.appeared.times]),
        "images": len(asked.judged),
        "counted": len(asked.found.present) + len(asked.found.absent),
        "naive": words.when_json([naive(asked.judged)]) | {"use": "for comparison only"},
        "leverage": {
            image: words.when_json([one.appeared.times])
            | ({} if one.gone is None else {"gone": words.when_json([one.gone.times])})
            for image, one in leverage.items()
        },
    }
    for key, one in (("last_without", asked.found.appeared.after), ("first_with", asked.found.appeared.by)):
        if one is not None:
            made[key] = one.image
    if after is not None and by is not None:
        made["width"] = (by - after) / DAY
    if asked.found.gone is not None:
        made["gone"] = words.when_json([asked.found.gone.times])
    if "appeared" in found:
        made["likely"] = found["appeared"].to_json(asked.level)
    if "gone" in found:
        made["likely_gone"] = found["gone"].to_json(asked.level)
    disputes = [_dispute(one) for one in asked.judged if one.answer == "disputed"]
    if disputes or asked.found.conflict:
        made["disputes"] = disputes
        made["conflict"] = [one.image for one in asked.found.conflict]
    return made


def _dispute(one: Judged) -> dict[str, Any]:
    return {"image": one.image, "answers": [{"by": by, "answer": answer} for by, answer in one.said], "why": one.why}


def rows(asked: Asked, leverage: Mapping[str, Hard]) -> list[dict[str, Any]]:
    """One row an image, in order of time: what was said, what it counts as, and the bracket without it."""
    counted = {one.image for one in (*asked.found.present, *asked.found.absent)}
    return [
        {
            "image": one.image,
            "start": one.start.isoformat(),
            "end": one.end.isoformat(),
            "taken": words.taken(one),
            "sensor": one.sensor,
            "gsd": one.gsd,
            "pixels": one.pixels,
            "answer": one.answer,
            "said": "; ".join(f"{by}: {answer}" for by, answer in one.said),
            "counts": one.image in counted,
            "grade": one.grade,
            "detection": one.detection,
            "measured": one.measured,
            "why": one.why or words.unhelpful(one, asked.found) or None,
            "without": _said(leverage[one.image].appeared) if one.image in leverage else None,
        }
        for one in asked.judged
    ]
