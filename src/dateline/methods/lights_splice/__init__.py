"""Whether two satellites' values can stand in one series: a calibration factor on their overlap, or a refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.imagery.tables import ZonalSeries
from dateline.ledger.finding import Note, PlaceAnswer
from dateline.methods import lights_guards as guards
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.lights_splice.calibrate import common_ratio
from dateline.methods.lights_splice.overlap import (
    Overlap,
    PlaceFactor,
    forbidden,
    names,
    overlap_of,
    place_factor,
    uncalibrated,
)

CARD = read_card(Path(__file__).parent / "card.md")
CALIBRATED, CANNOT_TELL, REFUSED = "calibrated", "cannot tell", "refused"


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The factor of each place, second over first, from the looks of the same months that both saw well enough.

    inputs: `first` and `second`, ZonalSeries of the same places and unit [nW cm-2 sr-1]. Estimates: for each place
    `factor` [1], second over first; over all, `ratio` [1], the factor that one more place of this kind may have.
    Values: `quarters`, factors by quarter of the year where they differ. `join` in join.py makes the joint series.
    """
    first, second = inputs.one("first", ZonalSeries), inputs.one("second", ZonalSeries)
    try:
        if note := forbidden(first, second):
            return _refused(note, _NEEDED[note.code])
        overlap = overlap_of(first, second, seen_share=parameters["seen_share"], nights=parameters["nights"])
    except Refusal as refusal:
        return _refused(Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}."), refusal.do)
    if note := uncalibrated(overlap, fewest=_fewest(overlap, parameters)):
        return _refused(note, _NEEDED[note.code])
    found = [
        place_factor(overlap, index, fewest=_fewest(overlap, parameters), floor=parameters["floor"])
        for index in range(len(overlap.first.places))
    ]
    answers = {one.place: _answer(one, overlap, parameters) for one in found}
    return _outcome(found, answers, overlap, parameters)


_NEEDED = {
    "no-overlap": "Looks of both satellites of the same months: S-NPP and NOAA-20 overlap from 2018-01 to 2026-10.",
    "too-few-common": "Two years of common months, or five common years.",
    "places-differ": "The same outlines measured on both.",
    "units-differ": "Radiance from both; digital numbers of DMSP cannot be brought over.",
    "same-satellite": "A second satellite; one satellite's looks stand in one series as they are.",
    "mixed-collections": "One collection for both.",
    "platform-splice": "One satellite for each of the two inputs.",
    "mixed-products": "Composites of one period and layer: monthly with monthly, all angles with all angles.",
}


def _fewest(overlap: Overlap, parameters: Parameters) -> int:
    return int(parameters["months"] if overlap.axis.step == "month" else parameters["years"])


def _answer(one: PlaceFactor, overlap: Overlap, parameters: Parameters) -> PlaceAnswer:
    if one.factor is None:
        assert one.stop is not None
        return PlaceAnswer(
            result=CANNOT_TELL,
            statement=say(CARD, CANNOT_TELL, place=one.place, reason=one.stop.text),
            reasons=[one.stop],
            values={"common": one.common},
        )
    factor = one.factor
    estimate = factor.estimate(parameters["level"])
    values: dict[str, Any] = {
        "common": factor.n,
        "spread": factor.spread,
        "correlation": factor.phi,
        "quarters": {_QUARTERS[key]: float(np.exp(log)) for key, (log, _) in factor.quarters.items()},
    }
    if stop := one.stop or _too_wide(estimate.low, estimate.high, parameters["widest"]):
        return PlaceAnswer(
            result=CANNOT_TELL,
            statement=say(CARD, CANNOT_TELL, place=one.place, reason=stop.text),
            estimates={"factor": estimate},
            values=values,
            reasons=[stop],
            caveats=list(one.caveats),
        )
    best, low, high = estimate.spoken()
    sides = names(overlap)
    statement = say(
        CARD,
        CALIBRATED,
        place=one.place,
        first=sides[0],
        second=sides[1],
        n=f"{factor.n} {overlap.axis.step}s",
        factor=best,
        level=f"{100 * parameters['level']:g}",
        low=str(low),
        high=str(high),
    )
    reason = Note(code="overlap", text=f"{factor.n} common {overlap.axis.step}s that both saw well enough.")
    return PlaceAnswer(
        result=CALIBRATED,
        statement=statement,
        estimates={"factor": estimate},
        values=values,
        reasons=[reason],
        caveats=list(one.caveats),
    )


_QUARTERS = ("December to February", "March to May", "June to August", "September to November")


def _too_wide(low: float | None, high: float | None, widest: float) -> Note | None:
    if low is not None and high is not None and high <= (1 + widest) ** 2 * low:
        return None
    return Note(code="factor-wide", text=f"The factor's interval is wider than {100 * widest:g} % either side.")


def _outcome(
    found: list[PlaceFactor], answers: dict[str, PlaceAnswer], overlap: Overlap, parameters: Parameters
) -> Outcome:
    good = [one.factor for one in found if one.factor is not None and answers[one.place].result == CALIBRATED]
    caveats = _caveats(overlap)
    rows = [row for one in found for row in one.rows]
    needed = tuple(dict.fromkeys(one.needed for one in found if one.needed))
    if len(found) == 1:
        answer = answers[found[0].place]
        assert answer.statement is not None
        return Outcome(
            result=answer.result,
            statement=answer.statement,
            reasons=tuple(answer.reasons),
            needed=needed if answer.result != CALIBRATED else (),
            estimates={**answer.estimates, **({"ratio": answer.estimates["factor"]} if good else {})},
            values=answer.values,
            places=answers,
            rows=rows,
            caveats=(*caveats, *answer.caveats),
        )
    unknown = len(found) - len(good)
    ratio = common_ratio(good, level=parameters["level"]) if good else None
    sides = names(overlap)
    best, low, high = ratio.spoken() if ratio else ("unknown", None, None)
    statement = say(
        CARD,
        "family",
        total=str(len(found)),
        good=str(len(good)),
        unknown=str(unknown),
        first=sides[0],
        second=sides[1],
        factor=best,
        level=f"{100 * parameters['level']:g}",
        low=str(low),
        high=str(high),
    )
    none = say(CARD, CANNOT_TELL, place="any of these places", reason="No factor could be measured well enough.")
    return Outcome(
        result=CALIBRATED if good else CANNOT_TELL,
        statement=statement if good else none,
        reasons=(Note(code="overlap", text=f"{len(good)} of {len(found)} places could be calibrated."),),
        needed=needed,
        estimates={"ratio": ratio} if ratio else {},
        places=answers,
        rows=rows,
        caveats=caveats,
    )


def _caveats(overlap: Overlap) -> tuple[Note, ...]:
    looks = (*overlap.first.looks, *overlap.second.looks)
    found = (guards.simulated(looks), guards.collection_unknown(looks), guards.platform_unknown(looks))
    return (*overlap.notes, *(note for note in found if note is not None), *guards.reader_notes(looks))


def _refused(note: Note, needed: str) -> Outcome:
    return Outcome(result=REFUSED, statement=say(CARD, REFUSED, reason=note.text), reasons=(note,), needed=(needed,))
