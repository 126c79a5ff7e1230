"""Who counts what in this case: sittings that are open, sittings that are ended, and whose of them count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dateline.app.screens.count.plan import Plan, plan_of
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observed import answered, ended_sittings, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One person's count of one thing on one picture. ends: ids of the lines that end it; taken_back: it was ended,
    and its author counted again since then.
    """

    id: str
    by: str
    item: str
    question: str
    plan: Plan
    marks: int
    tiles: int
    last: datetime
    ended: bool
    taken_back: bool
    ends: tuple[str, ...]


def sittings(case: Case) -> tuple[Sitting, ...]:
    """Every sitting of this screen, the latest first."""
    lines: dict[tuple[str, str], list[Observation]] = {}
    for mark in case.observations.values():
        if mark.sitting is not None and plan_of(mark.sitting) is not None and mark.question is not None:
            lines.setdefault((mark.by, mark.sitting), []).append(mark)
    stands = standing(case.observations)
    ended = ended_sittings(case.observations.values())
    found = (_sitting(who, given, [mark for mark in given if mark.id in stands], who in ended)
             for who, given in lines.items())  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.last, one.id), reverse=True))


def _sitting(name: tuple[str, str], lines: list[Observation], stand: list[Observation], ended: bool) -> Sitting:
    by, sitting = name
    plan = plan_of(sitting)
    assert plan is not None
    ends = tuple(mark.id for mark in lines if mark.submitted)
    return Sitting(
        id=sitting,
        by=by,
        item=lines[0].item,
        question=lines[0].question or "",
        plan=plan,
        marks=sum(len(mark.points) for mark in stand),
        tiles=len({mark.tile for mark in stand if mark.tile and not mark.points}),
        last=max(mark.at for mark in lines),
        ended=ended,
        taken_back=bool(ends) and not ended,
        ends=ends if ended else (),
    )


def of_one(found: Iterable[Sitting], *, item: str, question: str) -> tuple[Sitting, ...]:
    """Those of one picture and one question, word for word."""
    return tuple(one for one in found if (one.item, one.question) == (item, question))


def open_one(found: Iterable[Sitting], *, who: str, checked: bool) -> Sitting | None:
    """The sitting that this person began and did not end."""
    mine = (one for one in found if one.by == who and one.plan.checked == checked)
    return next((one for one in mine if not one.ended and not one.taken_back), None)


def replaced(found: Iterable[Sitting], *, who: str, sitting: str, checked: bool) -> tuple[str, ...]:
    """Ids of the lines that ended this person's earlier counts: a second count replaces the first, or both would
    count.
    """
    return tuple(
        end
        for one in found
        if one.by == who and one.id != sitting and one.plan.checked == checked and one.ended
        for end in one.ends
    )


def people(case: Case, *, item: str, question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who has submitted a count of this, and who a check of it, by name; with this screen or any other way."""
    marks = [mark for mark in answered(case.observations).values() if (mark.item, mark.question) == (item, question)]
    return (
        tuple(sorted({mark.by for mark in marks if not mark.checked})),
        tuple(sorted({mark.by for mark in marks if mark.checked})),
    )
