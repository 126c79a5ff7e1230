"""When was it taken? What posts, copies, shadows, weather, satellites and events allow, and who sets each end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.when import When
from dateline.ledger.claim import Claim
from dateline.ledger.event import Event
from dateline.ledger.finding import Finding, Note, Statement
from dateline.ledger.media_item import MediaItem
from dateline.methods.capture_time.clues import Clue, of_bracket, of_event, of_finding, of_media, spoken
from dateline.methods.capture_time.sets import hull, meet_all, order, told
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say

CARD = read_card(Path(__file__).parent / "card.md")
MOST_SETS = 2_000
MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Left:
    """What the evidence leaves: the sets, their hull (None where nothing is left), and what sets each end."""

    sets: tuple[When, ...]
    span: When | None
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The interval in which a picture was taken [instants or plain days], as the intersection of what evidence allows.

    inputs: `media`, one record; `related` (earlier copies), `spoken` (claims that speak of it), `findings` (of other
    methods on this item), `shows` and `lacks` (brackets of a thing that it shows, or lacks), `after` and `before`
    (events). Values: `captured` (disjoint sets kept), `first_end`, `last_end`, `clashes`, `weak`; rows: each piece of
    evidence, what it allows, and the interval without it. Interval logic: Allen 1983.
    """
    _check_roles(inputs)
    clues = tuple(_clues(inputs))
    counted = tuple(clue for clue in clues if not clue.weak)
    _check_sets(counted)
    left = leave(counted)
    result = _result(left, counted)
    clashes = clashes_of(counted) if left.span is None else ()
    return Outcome(
        result=result,
        statement=_statement(result, left, counted, clashes),
        reasons=tuple(Note(code=clue.kind.replace(" ", "-"), text=f"{spoken(clue)}.") for clue in clues),
        needed=tuple(_needed(left, clashes)),
        values={
            "captured": told(left.sets),
            "first_end": list(left.first),
            "last_end": list(left.last),
            "days": None if left.span is None else left.span.days(),
            "clashes": [list(pair) for pair in clashes],
        },
        rows=[_row(clue, counted, left) for clue in counted],
        caveats=tuple(_caveats(clues, counted, left)),
    )


def _clues(inputs: Inputs) -> Iterator[Clue]:
    media = inputs.maybe("media", MediaItem)
    if media is not None:
        yield from of_media(media, inputs.many("related", MediaItem), inputs.many("spoken", Claim))
    for finding in inputs.many("findings", Finding):
        yield from of_finding(finding)
    for role in ("shows", "lacks"):
        for finding in inputs.many(role, Finding):
            if finding.method != "bracketing":
                raise Refusal(
                    "Only a bracket says between which images a thing came.",
                    saw=f"{role}: {finding.id}, an answer of {finding.method}",
                    do="Give findings of bracketing; others go under findings.",
                    code="not-a-bracket",
                )
            yield from of_bracket(finding, shows=role == "shows")
    for role in ("after", "before"):
        for event in inputs.many(role, Event):
            yield from of_event(event, follows=role == "after")


def _check_roles(inputs: Inputs) -> None:
    """Raises Refusal `two-roles` for a thing that the picture is said to show and to lack: each alone sets an end."""
    for one, other in (("shows", "lacks"), ("after", "before")):
        both = _ids(inputs, one) & _ids(inputs, other)
        if both:
            raise Refusal(
                "The picture cannot show a thing and lack it.",
                saw=f"{', '.join(sorted(both))} under {one} and {other}",
                do="Leave it in the role that the picture bears out; if neither is sure, leave it out.",
                code="two-roles",
            )


def _ids(inputs: Inputs, role: str) -> set[str]:
    if role in {"shows", "lacks"}:
        return {one.id for one in inputs.many(role, Finding)}
    return {one.id for one in inputs.many(role, Event)}


def _check_sets(clues: Sequence[Clue]) -> None:
    most = max((len(clue.sets) for clue in clues), default=0)
    if most > MOST_SETS:
        raise Refusal(
            "One piece of evidence leaves too many intervals to lay the others over.",
            saw=f"{most:,}",
            do=f"Give it a shorter period: at most {MOST_SETS:,} intervals.",
            code="too-many-sets",
        )


def leave(clues: Sequence[Clue]) -> Left:
    """The intersection of what all clues allow, and which of them set its ends."""
    sets = meet_all(clue.sets for clue in clues)
    if not sets:
        return Left((), None)
    span = hull(sets)
    return Left(sets, span, tuple(_setting(clues, span, first=True)), tuple(_setting(clues, span, first=False)))


def _setting(clues: Sequence[Clue], span: When, *, first: bool) -> Iterator[str]:
    """The clues without which an end would lie elsewhere; where several set the same, all of them."""
    end = _end(span, first=first)
    if end is None:
        return
    moved = [clue.id for index, clue in enumerate(clues) if _end(_without(clues, index), first=first) != end]
    yield from moved or (clue.id for clue in clues if any(_end(one, first=first) == end for one in clue.sets))


def _without(clues: Sequence[Clue], index: int) -> When | None:
    sets = meet_all(clue.sets for at, clue in enumerate(clues) if at != index)
    return hull(sets) if sets else None


def _end(span: When | None, *, first: bool) -> Any:
    if span is None:
        return "nothing"
    return span.earliest if first else span.latest


def clashes_of(clues: Sequence[Clue]) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of clues that exclude each other: pairs, else triples, else all."""
    for size in (2, 3):
        found = [group for group in combinations(clues, size) if not meet_all(clue.sets for clue in group)]
        if found:
            return tuple(tuple(clue.id for clue in group) for group in found[:MOST_LISTED])
    return (tuple(clue.id for clue in clues),)


def _result(left: Left, clues: Sequence[Clue]) -> str:
    if left.span is None:
        return "contradictory"
    first, last = left.span.earliest is not None, left.span.latest is not None
    if not clues or not (first or last):
        return "cannot tell"
    return "narrowed" if first and last else "not before" if first else "not after"


def _statement(result: str, left: Left, clues: Sequence[Clue], clashes: Sequence[Sequence[str]]) -> Statement:
    key = result.replace(" ", "-")
    if left.span is None:
        return say(CARD, key, pair=" and ".join(clashes[0]))
    first = ", ".join(_text_of(name, clues, first=True) for name in left.first[:3])
    last = ", ".join(_text_of(name, clues, first=False) for name in left.last[:3])
    when = left.span.spoken() if len(left.sets) == 1 else " or ".join(one.spoken() for one in left.sets[:4])
    more = f" (and {len(left.sets) - 4} further intervals)" if len(left.sets) > 4 else ""
    return say(CARD, key, when=f"{when}{more}", first=first, last=last)


def _text_of(name: str, clues: Sequence[Clue], *, first: bool) -> str:
    """What the clue of this id says that has this end: a bracket may have set one by what came and one by what went."""
    texts = [clue.text for clue in clues if clue.id == name and _end(hull(clue.sets), first=first) is not None]
    return texts[0] if texts else name


def _needed(left: Left, clashes: Sequence[Sequence[str]]) -> Iterator[str]:
    if left.span is None:
        yield f"What is wrong with one of {', '.join(dict.fromkeys(name for pair in clashes for name in pair))}."
        return
    if left.span.earliest is None:
        yield "A first end: something in the picture that was not there before, shadows, an event."
    if left.span.latest is None:
        yield "A last end: the day of a post, an earlier copy, something in the picture that went."


def _row(clue: Clue, clues: Sequence[Clue], left: Left) -> dict[str, Any]:
    """One clue: what it allows, which end it sets, and the interval if it were wrong."""
    without = _without(clues, clues.index(clue))
    allowed = hull(clue.sets)
    ends = [name for name, ids in (("first", left.first), ("last", left.last)) if clue.id in ids]
    return {
        "evidence": clue.id,
        "kind": clue.kind,
        "allows_from": _text(allowed.earliest),
        "allows_to": _text(allowed.latest),
        "sets": len(clue.sets),
        "end": " ".join(ends),
        "without_from": _text(without.earliest) if without else None,
        "without_to": _text(without.latest) if without else None,
        "without": "still contradictory" if without is None else without.spoken(),
        "moves_first_days": _days(left.span, without, first=True),
        "moves_last_days": _days(left.span, without, first=False),
    }


def _text(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def _days(span: When | None, without: When | None, *, first: bool) -> float | None:
    """How far an end moves without a clue [days]; None where it becomes open, or where there is no interval."""
    before, after = _end(span, first=first), _end(without, first=first)
    if span is None or without is None or before is None or after is None:
        return None
    moved = order(after, first=first) - order(before, first=first)
    return round(abs(moved.total_seconds()) / 86_400, 3)


def _caveats(clues: Sequence[Clue], counted: Sequence[Clue], left: Left) -> Iterator[Note]:
    for clue in clues:
        if clue.weak and left.span is not None:
            fits = bool(meet_all((left.sets, clue.sets)))
            text = f"{spoken(clue)}: it {'fits' if fits else 'does not fit'}. A clock in a file can be set by anybody."
            yield Note(code="weak-clock" if fits else "clock-differs", text=text)
    for name, ids in (("first", left.first), ("last", left.last)):
        if len(ids) == 1 and len(counted) > 1:
            yield Note(code="one-input", text=f"The {name} end rests on {ids[0]} alone.")
    if len(left.sets) > 1:
        yield Note(code="several-intervals", text=f"{len(left.sets)} separate intervals are left.")
