"""Who said what of which image: the looks that a person may see, and how far people and passes agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from types import MappingProxyType
from typing import Any

from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observed import counted, has_ended, standing

STATES = ("present", "absent", "not_discernible", "obscured")
WHY_NEEDED = frozenset({"not_discernible", "obscured"})
WORDS: Mapping[str, str] = MappingProxyType(
    {"present": "present", "absent": "absent", "not_discernible": "cannot tell", "obscured": "obscured"}
)
LEVEL = 0.95
Looks = dict[str, Observation]


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """One person's pass: with the dates in view, or without them."""

    by: str
    hidden: bool

    @property
    def title(self) -> str:
        """As the head of a column."""
        return f"{self.by}, dates hidden" if self.hidden else self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two passes agree on the images that both answered. kappa: None where chance alone would agree.

    low, high: Clopper-Pearson interval of the share [1] at 95 %.
    """

    one: Column
    other: Column
    images: int
    agreed: int
    low: float
    high: float
    kappa: float | None


def plain(question: str) -> str:
    """A question without what does not matter: capitals, spaces, the mark at the end. As `bracketing` reads it."""
    return " ".join(question.casefold().split()).rstrip("?. ")


def about(marks: Mapping[str, Observation], place: str, question: str) -> Looks:
    """The looks at a place for a question."""
    wanted = plain(question)
    return {
        name: mark
        for name, mark in marks.items()
        if mark.place == place
        and mark.question is not None
        and plain(mark.question) == wanted
        and not mark.submitted
        and not mark.is_drawing
        and mark.tile is None
    }


def in_pass(case: Case, who: str, *, place: str, question: str, sitting: str, blind: bool) -> Looks:
    """What this person has said so far, by image: in this sitting alone where dates are hidden, else with dates."""
    mine = about(standing(case.observations), place, question).values()
    found = [one for one in mine if one.by == who and (one.sitting == sitting if blind else not one.date_hidden)]
    return {mark.item: mark for mark in sorted(found, key=lambda mark: mark.at)}


def seen_by(case: Case, who: str, *, place: str, question: str) -> tuple[Looks, int]:
    """The looks that this person may see, by id; and how many of others' are hidden until they submit their own.

    A pass is shown when it is ended, as it counts from then on; looks without a sitting stand.
    """
    asked = about(standing(case.observations), place, question)
    whole = counted(case.observations)
    ended = {
        (mark.item, mark.question)
        for mark in asked.values()
        if has_ended(case.observations.values(), by=who, item=mark.item, question=mark.question)
    }
    own = {name: mark for name, mark in asked.items() if mark.by == who and name in whole}
    others = {name: mark for name, mark in asked.items() if mark.by != who and name in whole}
    open_ = {name: mark for name, mark in others.items() if (mark.item, mark.question) in ended}
    return own | open_, len(others) - len(open_)


def with_only(case: Case, kept: Mapping[str, Observation]) -> Case:
    """The case as it is for somebody who knows of these observations alone, and takes each for an answer as it is."""
    records = {name: record for name, record in case.records.items() if not isinstance(record, Observation)}
    alone = {name: mark.model_copy(update={"sitting": None}) for name, mark in kept.items()}
    return replace(case, records=MappingProxyType({**records, **alone}))


def columns(looks: Iterable[Observation]) -> tuple[Column, ...]:
    """Each person's passes that are among the looks."""
    return tuple(sorted({Column(mark.by, mark.date_hidden) for mark in looks}))


def by_column(looks: Iterable[Observation]) -> dict[Column, dict[str, Observation]]:
    """The last answer to each image, by pass and item."""
    found: dict[Column, dict[str, Observation]] = {}
    for mark in sorted(looks, key=lambda mark: (mark.at, mark.id)):
        found.setdefault(Column(mark.by, mark.date_hidden), {})[mark.item] = mark
    return found


def agreements(looks: Iterable[Observation]) -> tuple[Agreement, ...]:
    """Every two passes with images in common. kappa: Cohen 1960, 10.1177/001316446002000104."""
    from dateline.methods.bracketing.agree import kappa
    from dateline.methods.presence import share_interval

    made = []
    for (one, first), (other, second) in combinations(sorted(by_column(looks).items(), key=lambda pair: pair[0]), 2):
        both = sorted(first.keys() & second.keys())
        if not both:
            continue
        pairs = [(_word(first[item]), _word(second[item])) for item in both]
        same = sum(a == b for a, b in pairs)
        low, high = share_interval(same, len(pairs), LEVEL)
        made.append(
            Agreement(
                one=one,
                other=other,
                images=len(pairs),
                agreed=same,
                low=low,
                high=high,
                kappa=kappa(pairs),
            )
        )
    return tuple(made)


def _word(mark: Observation) -> str:
    return mark.state.replace("_", " ")


def disagreements(looks: Iterable[Observation]) -> dict[str, tuple[Observation, ...]]:
    """The images with more than one answer, and all answers to them. Nothing is averaged."""
    answers: dict[str, list[Observation]] = {}
    for marks in by_column(looks).values():
        for item, mark in marks.items():
            answers.setdefault(item, []).append(mark)
    return {item: tuple(marks) for item, marks in answers.items() if len({mark.state for mark in marks}) > 1}


def asked_before(case: Case) -> dict[tuple[str, str], tuple[str, ...]]:
    """(place, question) of all looks that people gave, with who has ended a pass on it. Tells no answer."""
    found: dict[tuple[str, str], set[str]] = {}
    spelled: dict[tuple[str, str], str] = {}
    whole = counted(case.observations)
    for name, mark in standing(case.observations).items():
        if mark.place is None or mark.question is None or not _is_look(mark):
            continue
        question = spelled.setdefault((mark.place, plain(mark.question)), mark.question)
        people = found.setdefault((mark.place, question), set())
        people |= {mark.by} if name in whole else set()
    return {key: tuple(sorted(people)) for key, people in sorted(found.items())}


def _is_look(mark: Observation) -> bool:
    """An answer about a whole image, and no points or count."""
    return not (mark.points or mark.lines or mark.matches or mark.count is not None)


def summary(mark: Observation) -> dict[str, Any]:
    """A look as a page tells it."""
    return {"state": mark.state, "word": WORDS.get(mark.state, mark.state), "reason": mark.reason, "id": mark.id}
