"""How high the evidence carries each axis, and what people may do to that: lower it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from dateline.core.when import When
from dateline.ledger.second_person import same_person
from dateline.ledger.verification import AGAINST, LADDERS, AuthenticityStep, Axis, LocationStep, Step, TimeStep
from dateline.methods.found_copies import earlier_in
from dateline.methods.four_axes.ground import CONTRARY, DENIALS, Ground, has_ellipse, times_in
from dateline.methods.four_axes.shown import Shown, shown_in
from dateline.methods.origins.words import plural

ENOUGH_FEATURES = 3
ENOUGH_ORIGINS = 2
EARLIER = frozenset({"earlier", "copy"})
EXAMINED = frozenset({"no contradiction found", "no copy found"})
"""Results of metadata and of copies that are an examination with nothing against the file."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The highest rung that the evidence carries, by what; what the next one needs; whether an end against it is."""

    rung: str
    grounds: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    ends: frozenset[str] = frozenset()
    """States of AGAINST that the evidence carries."""
    when: When | None = None
    features: int = 0
    clash: bool = False
    """Whether some of the evidence excludes the rest."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where an axis stands: the lower of what the evidence carries and what people set."""

    axis: Axis
    state: str
    carried: Carried
    set_: str | None

    @property
    def is_lowered(self) -> bool:
        """Whether people set it below what the evidence carries."""
        return self.set_ is not None and self.state != self.carried.rung

    @property
    def is_raised(self) -> bool:
        """Whether people set it higher than the evidence carries, which does not count."""
        return self.set_ is not None and self.state != self.set_


def position(axis: Axis, ground: Ground) -> Position:
    """The position of one axis. An end against it (refuted, altered, …) stands when there is evidence for it."""
    carried = _CARRY[axis](ground)
    steps = ground.media.steps(axis)
    set_ = steps[-1].state if steps else None
    ladder = LADDERS[axis]
    if set_ is None:
        return Position(axis, carried.rung, carried, None)
    if set_ in AGAINST[axis]:
        return Position(axis, set_ if set_ in carried.ends else ladder[0], carried, set_)
    state = ladder[min(ladder.index(set_), ladder.index(carried.rung))]
    if axis == "time" and state != carried.rung:  # what was withdrawn sets no end that is printed
        carried = replace(carried, when=times_known(ground, ground.left_after(axis))[0])
    return Position(axis, state, carried, set_)


def _location(ground: Ground) -> Carried:
    steps = ground.compared()
    named = independent(steps)
    camera = [one for one in ground.of_axis("location") if has_ellipse(one) and not ground.is_elsewhere(one)]
    places, radius = ground.places(), ground.radius()
    grounds = [f"the camera’s position with its ellipse ({one.id})" for one in camera]
    grounds += [f"{plural(len(named), 'independent feature')}: {', '.join(named[:8])}"] if named else []
    lacking = _match_lacks(steps, len(named), has_place=len(places) == 1, radius=radius)
    ends = frozenset({"cannot_be_located"}) | (
        frozenset({"refuted"}) if _speaks_against(ground.media.location) else frozenset()
    )
    count = len(named)
    if (camera and len(places) == 1) or not lacking:
        second = _blind(ground, steps, "matched", knows="candidate")
        needed = [] if second else ["a second person who finds the place without knowing the first one’s answer"]
        seconds = [f"found again, blind, by {ground.called(second)}"] if second else []
        return Carried("confirmed" if second else "matched", (*grounds, *seconds), tuple(needed), ends, features=count)
    found = (one for one in ground.of_axis("location") if one.result not in CONTRARY and not ground.is_elsewhere(one))
    clues = [one.id for one in found] + [name for step in steps for name in step.evidence]
    if places and (named or clues):
        return Carried("candidate", (*grounds, *clues), lacking, ends, features=count)
    told = _told(ground, "location")
    if told:
        return Carried("claimed", told, lacking, ends)
    return Carried("unknown", (), ("somebody who says where it is from, or a candidate place",), ends)


def independent(steps: Iterable[LocationStep], *, named: bool = False) -> tuple[str, ...]:
    """The features that count: each once, and several of one building as one.

    named: only those that say on what they were found (a map, an image), or whose step names a file or a finding.
    """
    found: dict[str, str] = {}
    for step in steps:
        for feature in step.features:
            words = feature.part_of or feature.what
            if not named or feature.found or step.evidence or step.findings:
                found.setdefault(_ARTICLE.sub("", " ".join(words.casefold().split())), words)
    return tuple(found.values())


_ARTICLE = re.compile(r"^(?:the|an?)\s")


def _match_lacks(
    steps: tuple[LocationStep, ...], features: int, *, has_place: bool, radius: float | None
) -> tuple[str, ...]:
    lacks = []
    if features < ENOUGH_FEATURES:
        more = "more independent feature" if features else "independent feature"
        lacks.append(f"{plural(ENOUGH_FEATURES - features, more)} that match the picture, or a camera position")
    elif len(independent(steps, named=True)) < ENOUGH_FEATURES:
        lacks.append(f"on what {ENOUGH_FEATURES} of the features were found: a map or an image that is named")
    if not has_place:
        lacks.append("one place")
    if radius is None:
        lacks.append("how far the camera may stand from it (radius)")
    if not any(step.method for step in steps):
        lacks.append("the method of the comparison")
    if not any(step.by for step in steps):
        lacks.append("who compared")
    return tuple(lacks)


def _time(ground: Ground) -> Carried:
    steps = ground.standing("time")
    when, grounds, clash = times_known(ground, steps)
    ends = frozenset({"refuted"}) if _speaks_against(ground.media.time) else frozenset()
    if when is None:
        return Carried("unknown", grounds, ("the day of a post, an earlier copy, or another limit",), ends)
    narrow = [one for one in _narrowing(ground) if one.earliest is not None and one.latest is not None]
    if not narrow:
        end = "first" if when.earliest is None else "last" if when.latest is None else "first and the last"
        return Carried("bounded", grounds, (f"evidence that sets the {end} end",), ends, when, clash=clash)
    second = _blind(ground, steps, "narrowed", knows="narrowed")
    lacks = [] if second else ["a second person who dates it without knowing the first one’s answer"]
    return Carried("confirmed" if second else "narrowed", grounds, tuple(lacks), ends, when, clash=clash)


def times_known(ground: Ground, steps: tuple[Step, ...]) -> tuple[When | None, tuple[str, ...], bool]:
    """The interval that posts, copies and these steps leave (None where nothing does), what says so, any clash.

    What excludes the interval so far is left out of it, and is a clash.
    """
    told: list[tuple[When, str]] = []
    posted = [(ground.media.posted, "posted")]
    posted += [(claim.said, f"spoken of ({claim.id})") for claim in ground.claims_of("time")
               if any(claim.id in step.claims for step in steps)]  # fmt: skip
    posted += [(ground.related[one].posted, f"an earlier copy, {one}") for one in _earlier(ground)]
    told += [
        (When.between(None, when.latest), f"{what} {when.spoken()}") for when, what in posted if when and when.latest
    ]
    for finding in ground.of_steps(steps):
        sets = sorted(times_in(finding), key=lambda one: str(one.earliest or ""))
        told += [(_hull(sets), finding.id)] if sets else []
    for step in (one for one in steps if isinstance(one, TimeStep)):
        if step.taken is not None and (step.evidence or step.findings):
            ends = "; ".join(
                f"{name}: {text}"
                for name, text in (("first end", step.not_before), ("last end", step.not_after))
                if text
            )
            told.append((step.taken, ends or "a step’s evidence"))
    found, clash = (told[0][0] if told else None), False
    for when, _ in told[1:]:
        both = found.intersect(when) if found is not None else when
        found, clash = both or found, clash or both is None
    return found, tuple(text for _, text in told), clash


def _hull(sets: list[When]) -> When:
    opens = any(one.earliest is None for one in sets), any(one.latest is None for one in sets)
    first = None if opens[0] else sets[0].earliest
    return When.between(first, None if opens[1] else max(sets, key=lambda one: str(one.latest)).latest)


def _narrowing(ground: Ground) -> list[When]:
    """Intervals that somebody's evidence sets on its own: findings, and steps that say what sets each end."""
    found = [
        _hull(sets) for one in ground.of_axis("time") if (sets := sorted(times_in(one), key=lambda w: str(w.earliest)))
    ]
    standing = (step for step in ground.standing("time") if isinstance(step, TimeStep))
    steps = (step for step in standing if step.not_before and step.not_after)
    return found + [step.taken for step in steps if step.taken is not None and (step.evidence or step.findings)]


def _earlier(ground: Ground) -> list[str]:
    """Ids of items that were there before this one, as relations and `copy_of` say."""
    named = [one.to for one in ground.media.relations if one.kind in EARLIER]
    chain = [ground.media.copy_of] if ground.media.copy_of else []
    while (
        chain and (above := ground.related.get(chain[-1])) is not None and above.copy_of and above.copy_of not in chain
    ):
        chain.append(above.copy_of)
    return [name for name in dict.fromkeys((*named, *chain)) if name in ground.related]


def _older(ground: Ground) -> list[str]:
    """Of those the ones that are surely older: a relation "copy" says so only by the days of the posts."""
    mine = ground.media.posted
    sides = {one.to for one in ground.media.relations if one.kind == "copy"} - {ground.media.copy_of}
    return [
        name
        for name in _earlier(ground)
        if name not in sides
        or (mine is not None and (its := ground.related[name].posted) is not None and its.before(mine) is True)
    ]


def _authenticity(ground: Ground) -> Carried:
    steps = tuple(step for step in ground.standing("authenticity") if isinstance(step, AuthenticityStep))
    findings = [one for one in ground.of_axis("authenticity") if one.result in EXAMINED]
    left = ground.left_after("authenticity")  # examinations outlive that a file was no original
    examined = ground.media.authenticity if left and left[0].rank > 0 else steps
    checks = [f"{one.what}: {one.found} (power: {one.power})" for step in examined for one in step.checks]
    checks += [f"{one.method}: {one.result} ({one.id})" for one in findings]
    ends = frozenset(_authenticity_ends(ground))
    doubts = [one.id for one in ground.of_axis("authenticity") if one.result == "contradicts itself"]
    have = [name for name in ground.media.items if name in ground.items and ground.items[name].item.content is not None]
    if not checks or not have or doubts:
        needed = [] if have else ["the file"]
        needed += [] if checks else ["examinations of the file, each with what it could have found"]
        needed += [f"an explanation of what {', '.join(doubts)} found"] if doubts else []
        return Carried("not_examined", tuple(checks), tuple(needed), ends)
    originals = [name for step in steps if step.state == "original_obtained" for name in step.evidence if name in have]
    earlier = earlier_in(ground.of_axis("authenticity"), ground.media.id)
    if originals and not earlier:
        return Carried("original_obtained", (*checks, f"the original file: {', '.join(originals)}"), (), ends)
    return Carried("no_alteration_found", tuple(checks), ("the original file from whoever took it",), ends)


def _authenticity_ends(ground: Ground) -> Iterable[str]:
    last = ground.media.authenticity[-1] if ground.media.authenticity else None
    if last is not None and (last.evidence or last.checks or last.findings):
        yield from ("altered", "synthetic")
    if _older(ground) or earlier_in(ground.of_axis("authenticity"), ground.media.id):
        yield "recycled"


def _depiction(ground: Ground) -> Carried:
    steps = ground.media.depiction
    shown: Shown = shown_in(ground)
    ends = frozenset({"contradicted"}) if _speaks_against(steps) else frozenset()
    low = shown.origins.minimum
    said = (f"said by {plural(low, 'independent source')}",) if low else ()
    second = _blind(ground, ground.standing("depiction"), "consistent", knows="consistent")
    if low >= ENOUGH_ORIGINS and shown.grounds and second:
        return Carried(
            "confirmed", (*shown.grounds, *said, f"found again, blind, by {ground.called(second)}"), (), ends
        )
    needed = []
    if low < ENOUGH_ORIGINS:
        needed.append(f"{ENOUGH_ORIGINS} sources that are surely independent (now {low})")
    if not shown.grounds:
        needed.append("speech, marks, documents or findings that fit, and no faces")
    if not second:
        needed.append("a second person who reads the evidence without knowing the first one’s answer")
    rung = "corroborated" if low >= ENOUGH_ORIGINS else "consistent" if shown.grounds else "attributed"
    return Carried(rung, (*shown.grounds, *said), tuple(needed), ends)


def _told(ground: Ground, axis: Axis) -> tuple[str, ...]:
    """Who says so: claims, the caption, or whoever a step names, where the record cites a page."""
    claims = tuple(one for one in ground.cited(ground.media.steps(axis)) if one.stance not in DENIALS)
    found = [f"{ground.called(claim.speaker)} ({claim.id})" for claim in claims]
    found += ["the caption"] if ground.media.caption is not None else []
    if ground.media.sources:
        named = {step.by for step in ground.media.steps(axis) if step.by is not None} & ground.sources.keys()
        found += [ground.called(who) for who in sorted(named - {claim.speaker for claim in claims})]
    return tuple(dict.fromkeys(found))


def _speaks_against(steps: Iterable[Step]) -> bool:
    """Whether a step down has a file or a finding for it. Claims "say otherwise, or could not confirm it": no proof."""
    return any(step.rank < 0 and (step.evidence or step.findings) for step in steps)


def _blind(ground: Ground, steps: Iterable[Step], least: str, *, knows: str) -> str | None:
    """The second person who came to the same step without knowing the first one's answer; None where nobody did.

    Nobody is second to nobody, and who wrote or reviewed an earlier step from the rung `knows` on was not blind.
    """
    for step in steps:
        reviewer = step.reviewer
        if reviewer is None or step.by is None or not step.blind:
            continue
        ladder = LADDERS[step.axis]
        every = ground.media.steps(step.axis)
        before = (one for one in every[: every.index(step)] if one.rank >= ladder.index(knows))
        if any(same_person(reviewer, who) for one in before for who in (one.by, one.reviewer)):
            continue
        if step.rank >= ladder.index(least) and not same_person(reviewer, step.by):
            return reviewer
    return None


_CARRY: Mapping[Axis, Callable[[Ground], Carried]] = {
    "location": _location,
    "time": _time,
    "authenticity": _authenticity,
    "depiction": _depiction,
}
