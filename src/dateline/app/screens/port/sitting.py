"""What one person looks at in one go: a first look, a blind second one, or one that settles disagreements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from dateline.app.desk import Desk
from dateline.app.observing import new_sitting
from dateline.core.identity import sha256_bytes
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observed import standing, unfinished
from dateline.measure.gather.port_log import ABOUT_SHIPS

Kind = Literal["first", "second", "settle"]
Look = tuple[str, str]
"""Ids of an image and of the place that is looked for on it."""

_KINDS: Mapping[str, Kind] = {"1st": "first", "2nd": "second", "settle": "settle"}
_NAME = re.compile(r"port-(1st|2nd|settle)-(each|one)(?:-n(\d{1,4}))?(-undated)?-\d{8}-(.+)-[0-9a-f]{8}")


def question(place: str) -> str:
    """What is asked of an image at a place: one question a place, so that an end at one berth opens no other."""
    return f"ships at {place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One sitting as its name says it. each: every berth of every image, and not one place.

    sample: how many images, None for all. undated: dates are hidden. who: whose it is.
    """

    name: str
    kind: Kind
    each: bool
    sample: int | None
    undated: bool
    who: str


def named(name: str) -> Sitting | None:
    """The sitting of a name; None for a name of another screen."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    kind, each, sample, undated, who = found.groups()
    return Sitting(
        name=name,
        kind=_KINDS[kind],
        each=each == "each",
        sample=None if sample is None else int(sample),
        undated=undated is not None,
        who=who,
    )


def begun(desk: Desk, who: str, kind: Kind, *, each: bool, sample: int | None, undated: bool) -> str:
    """The name of a new sitting, which holds all that is needed to go on with it after a reload."""
    token = next(token for token, meant in _KINDS.items() if meant == kind)
    parts = ["port", token, "each" if each else "one", *([f"n{sample}"] if sample else [])]
    return new_sitting(desk, "-".join(parts + (["undated"] if undated else [])), who)


def open_sittings(case: Case, who: str, places: Iterable[str]) -> tuple[tuple[Sitting, str], ...]:
    """Sittings of this person at these places that were begun and not ended, each with the place it is of."""
    among = set(places)
    mine = [mark for mark in case.observations.values() if mark.by == who and mark.place in among]
    waiting = {name for _, name in unfinished(mine)}
    found: dict[str, tuple[Sitting, str]] = {}
    for mark in mine:
        sitting = named(str(mark.sitting)) if mark.sitting in waiting else None
        if sitting is not None and mark.place is not None:
            found[sitting.name] = (sitting, mark.place)
    return tuple(found.values())


def looks_at(marks: Mapping[str, Observation], places: Iterable[str]) -> dict[str, Observation]:
    """Marks that stand and tell of ships at these places, whoever made them, on whatever screen."""
    among = set(places)
    return {
        name: mark
        for name, mark in standing(marks).items()
        if mark.place in among
        and not mark.is_drawing
        and mark.tile is None
        and (mark.question is None or ABOUT_SHIPS.search(mark.question))
    }


def so_far(case: Case, who: str) -> Case:
    """The case as though this person had ended what they are at: for a sentence while they look, kept nowhere."""
    records = {
        name: record.model_copy(update={"sitting": None})
        if isinstance(record, Observation) and record.by == who and not record.submitted
        else record
        for name, record in case.records.items()
    }
    return replace(case, records=MappingProxyType(records))


def to_do(
    sitting: Sitting, looks: Sequence[Look], known: Mapping[str, Observation], disputed: Iterable[Look] = ()
) -> tuple[Look, ...]:
    """What is to be looked at, in its order. looks: all there are, by time; known: what stands at these places.

    A first look: what this person has not looked at elsewhere. A second: a random sample of images that anybody
    looked at, in random order; the name of the sitting is the seed, so that a reload gives the same. To settle: where
    looks contradict each other.
    """
    if sitting.kind == "settle":
        among = set(disputed)
        return tuple(look for look in looks if look in among)
    others = [mark for mark in known.values() if mark.sitting != sitting.name]
    if sitting.kind == "second":
        before = {(mark.item, mark.place) for mark in others}
        looked = dict.fromkeys(look[0] for look in looks if look in before)
        drawn = sorted(looked, key=lambda item: sha256_bytes(f"{sitting.name} {item}".encode()))
        order = {item: at for at, item in enumerate(drawn[: sitting.sample])}
        return tuple(sorted((look for look in looks if look[0] in order), key=lambda look: order[look[0]]))
    own = {(mark.item, mark.place) for mark in others if mark.by == sitting.who}
    return tuple(look for look in looks if look not in own)
