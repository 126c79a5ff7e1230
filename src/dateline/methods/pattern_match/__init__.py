"""Whether two layouts of lines are alike: a rank among unrelated layouts and a likelihood ratio, never a yes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dateline.core.errors import Refusal, UsageError
from dateline.core.estimate import Estimate
from dateline.imagery.shapes import Pattern
from dateline.ledger.finding import Note
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.pattern_match.compare import (
    ENOUGH,
    LEGS,
    SHORTEST,
    TURNS,
    Comparison,
    compare,
    is_enough,
    related_of,
    unrelated_of,
)
from dateline.methods.pattern_match.features import content

CARD = read_card(Path(__file__).parent / "card.md")
ALIKE, UNLIKE, UNDECIDED, CANNOT_TELL, REFUSED = "more alike", "less alike", "undecided", "cannot tell", "refused"
FEWEST_RELATED = 10
"""Pairs of one template at least: fewer tell nothing of how near such layouts lie."""

NEAREST = 0.05
"""Share of the unrelated layouts among which a like one must rank, seen from both sites."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Distance [1] of two layouts, rank among unrelated ones, and the likelihood ratio [1] with its interval.

    inputs: `first`, `second`, one Pattern each [m]; `unrelated`, Patterns; `made` and `twins`, simulated layouts, two
    of each template. Calibration: Morrison 2013 (doi 10.1080/00450618.2012.733025).
    """
    first, second = _one(inputs, "first"), _one(inputs, "second")
    try:
        _check_apart(first, second)
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        return Outcome(
            result=REFUSED, statement=say(CARD, REFUSED, reason=note.text), reasons=(note,), needed=(refusal.do,)
        )
    given, made = inputs.many("unrelated", Pattern), inputs.many("made", Pattern)
    twins = inputs.many("twins", Pattern)
    notes = _caveats(first, second, given, made)
    if (stop := _too_little((first, second))) is not None:
        return _cannot_tell(stop, f"More of the lines: {SHORTEST:g} m, {LEGS} legs and {TURNS} turns at least.", notes)
    other = _other(given, first, second)
    unrelated = unrelated_of((*other, *made), min(first.length, second.length), rng)
    related = related_of(other, made, twins)
    if len(unrelated.features) < ENOUGH or len(related) < FEWEST_RELATED:
        text = f"there are {len(unrelated.features)} unrelated layouts to compare with; {ENOUGH} are needed."
        return _cannot_tell(Note(code="few-unrelated", text=text), "More unrelated layouts; or made = 40.", notes)
    found = compare(first, second, unrelated, related, level=parameters["level"], rng=rng)
    return _outcome(found, (first, second), parameters["level"], notes)


def _one(inputs: Inputs, role: str) -> Pattern:
    """The lines of a role as one Pattern. Raises UsageError for several files."""
    found = inputs.many(role, Pattern)
    if len(found) != 1:
        raise UsageError(f"{role} takes one file of lines.", saw=f"{len(found)} files", do="Give one.", code="shapes")
    return found[0]


def _check_apart(first: Pattern, second: Pattern) -> None:
    same = bool(first.sha256) and first.sha256 == second.sha256
    same = same or (
        len(first.lines) == len(second.lines)
        and all(np.array_equal(a.points, b.points) for a, b in zip(first.lines, second.lines, strict=True))
    )
    if same:
        raise Refusal(
            "Both files hold the same lines.",
            saw=f"{first.name} and {second.name}",
            do="Give the lines of two sites.",
            code="same-lines",
        )


def _other(given: Sequence[Pattern], *asked: Pattern) -> tuple[Pattern, ...]:
    """Unrelated layouts that are none of those that are asked about, and long enough to have a pattern."""
    hashes = {one.sha256 for one in asked if one.sha256}
    return tuple(one for one in given if one.sha256 not in hashes and is_enough(content(one)))


def _too_little(asked: Sequence[Pattern]) -> Note | None:
    for one in asked:
        has = content(one)
        if not is_enough(has):
            text = f"{one.name} has {has.length:.0f} m of lines with {has.legs} legs and {has.turns} turns."
            return Note(code="too-little", text=text)
    return None


def _caveats(first: Pattern, second: Pattern, given: Sequence[Pattern], made: Sequence[Pattern]) -> list[Note]:
    notes = [
        Note(
            code="one-manual",
            text="Many builders work from the same manual or the same machine: likeness does not say who built.",
        )
    ]
    if made:
        text = f"{len(made)} of {len(made) + len(given)} unrelated layouts are simulated; real ones may differ."
        notes.append(Note(code="made-unrelated", text=text))
    if _near(first, second):
        text = "Both lie on the same ground: they may be one site seen twice."
        notes.append(Note(code="same-place", text=text))
    if any((line.width is None) for one in (first, second) for line in one.lines):
        notes.append(Note(code="width-unknown", text="Some lines have no measured width."))
    if first.simulated or second.simulated:
        notes.append(Note(code="simulated", text="Some of the lines asked about are simulated."))
    return notes


def _near(first: Pattern, second: Pattern) -> bool:
    """Whether the middles of both lie nearer than the larger one reaches."""
    if first.middle is None or second.middle is None:
        return False
    (lon, lat), (other_lon, other_lat) = first.middle, second.middle
    east = (other_lon - lon) * 111_195.0 * float(np.cos(np.radians(lat)))
    north = (other_lat - lat) * 111_195.0
    reach = max(float(np.hypot(*line.points.T).max()) for one in (first, second) for line in one.lines)
    return float(np.hypot(east, north)) < reach


def _cannot_tell(stop: Note, needed: str, notes: Sequence[Note]) -> Outcome:
    return Outcome(
        result=CANNOT_TELL,
        statement=say(CARD, "cannot-tell", reason=stop.text),
        reasons=(stop,),
        needed=(needed,),
        caveats=tuple(notes),
    )


def _outcome(found: Comparison, asked: tuple[Pattern, Pattern], level: float, notes: Sequence[Note]) -> Outcome:
    ratio = found.ratio
    rank = max(found.ranks)
    result = UNDECIDED
    if ratio.low > 1 and rank <= max(1, NEAREST * found.among):
        result = ALIKE
    elif ratio.high < 1:
        result = UNLIKE
    estimate = Estimate(
        best=ratio.best,
        low=ratio.low,
        high=ratio.high,
        unit="1",
        level=level,
        n=len(found.scores.same),
        how="logistic calibration of log distances; layouts drawn anew for the interval",
    )
    best, low, high = estimate.spoken()
    statement = say(
        CARD,
        result.replace(" ", "-"),
        first=asked[0].name,
        second=asked[1].name,
        rank=str(rank),
        among=str(found.among),
        ratio=best,
        span=f"{level:.0%} interval {low} to {high}".replace("%", " %"),
    )
    text = (
        f"Distance {found.distance:.2f} (1 is the middle distance of unrelated layouts in each feature); "
        f"{ratio.as_high:.1%} of pairs of unrelated layouts lie as near."
    ).replace("%", " %")
    return Outcome(
        result=result,
        statement=statement,
        reasons=(Note(code="distance", text=text),),
        estimates={"likelihood_ratio": estimate},
        values={
            "distance": found.distance,
            "ranks": {"from_first": found.ranks[0], "from_second": found.ranks[1], "among": found.among},
            "unrelated_as_near": ratio.as_high,
            "related_pairs": len(found.scores.same),
            "unrelated_pairs": len(found.scores.apart),
            "features": found.parts,
        },
        caveats=tuple(notes),
    )
