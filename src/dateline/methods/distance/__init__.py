"""How far and in which direction: the straight line with both ends' doubt, and whether a printed one fits it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.core.where import Where
from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.places.distance_check import fit_of
from dateline.places.geodesy import bearing, describe_distance, distance
from dateline.places.told_distance import ToldDistance, find_distances

CARD = read_card(Path(__file__).parent / "card.md")
MEASURED, AS_TOLD, NOT_AS_TOLD, CANNOT_TELL = "measured", "as told", "not as told", "cannot tell"
_KEYS = {AS_TOLD: "as-told", NOT_AS_TOLD: "not-as-told", CANNOT_TELL: "cannot-tell"}
_OUTCOMES = {"matches": AS_TOLD, "differs": NOT_AS_TOLD, "unknown": CANNOT_TELL}


@dataclass(frozen=True, slots=True)
class _Answer:
    result: str
    statement: Statement
    estimates: dict[str, Estimate]
    notes: tuple[Note, ...]


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - the contract
    """Distance [km] and initial bearing [degrees] from the reference to each place; what was printed beside them.

    inputs: `places` and `references`, one mapping of id to Where each; `names`. Geodesics after Karney 2013 (doi
    10.1007/s00190-012-0578-z). Raises UsageError `told` where the printed words hold no distance.
    """
    places, names = inputs.one("places", dict), inputs.one("names", dict)
    ((origin, reference),) = inputs.one("references", dict).items()
    told = _told(parameters["told"])
    answers = {name: _answer(names[name], where, reference, names[origin], told) for name, where in places.items()}
    caveat = Note(code="gazetteer-point", text="The line runs between the points or edges as they are recorded.")
    first = next(iter(answers.values()))
    if len(answers) == 1:
        return Outcome(
            result=first.result, statement=first.statement, estimates=first.estimates,
            reasons=tuple(note for note in first.notes if note.code in {"same-place", "printed"}),
            caveats=(caveat, *(note for note in first.notes if note.code not in {"same-place", "printed"})),
            needed=_needed(first),
        )  # fmt: skip
    return Outcome(
        result=first.result if len({answer.result for answer in answers.values()}) == 1 else MEASURED,
        statement=say(CARD, "several", count=len(answers), reference=names[origin]),
        places={
            name: PlaceAnswer(result=answer.result, statement=answer.statement, estimates=answer.estimates)
            for name, answer in answers.items()
        },
        caveats=(caveat,),
    )


def _told(text: str | None) -> ToldDistance | None:
    if not text:
        return None
    found = find_distances(text)
    if len(found) != 1:
        raise UsageError(
            "What was printed holds no distance that can be read, or several.",
            saw=repr(text),
            do="Give one, in English: '98 kilometres north of Vladivostok'.",
            code="told",
        )
    return found[0]


def _answer(name: str, place: Where, reference: Where, origin: str, told: ToldDistance | None) -> _Answer:
    far, way = distance(reference, place), bearing(reference, place)
    estimates = {"distance": far, "bearing": way}
    if far.low == 0 or far.best == 0:
        text = "the two positions may be in the same spot"
        statement = say(CARD, "cannot-tell", place=name, reference=origin, why=text)
        return _Answer(CANNOT_TELL, statement, {"distance": far}, (Note(code="same-place", text=text),))
    notes = () if far.high is not None else (
        Note(code="precision-unknown", text="Nobody said how precise one of the positions is."),
    )  # fmt: skip
    words = {"place": name, "told": describe_distance(place, reference, origin)}
    if told is None:
        return _Answer(MEASURED, say(CARD, "measured", **words), estimates, notes)
    fit = fit_of(told, place, reference)
    result = _OUTCOMES[fit.outcome]
    words |= {"printed": told.text, "why": fit.why, "reference": origin}
    if fit.may_be_by_road:
        notes = (*notes, Note(code="by-road", text="What was printed may be a way by road; the mode is not stated."))
    reason = Note(code="printed", text=fit.words)
    return _Answer(result, say(CARD, _KEYS[result], **words), estimates, (reason, *notes))


def _needed(answer: _Answer) -> tuple[str, ...]:
    return ("Better positions of both ends, or which road is meant.",) if answer.result == CANNOT_TELL else ()
