"""Whether two satellites' values can stand in one series: a calibration factor on their overlap, or a refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.imagery.tables import ZonalSeries
from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.methods import lights_guards as guards
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.lights_splice.calibrate import Factor, common_ratio
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
    Robust mean: Huber 1981, section 7.8; over places: DerSimonian and Laird 1986 (10.1016/0197-2456(86)90046-2).
    """
    first, second = inputs.one("first", ZonalSeries), inputs.one("second", ZonalSeries)
    try:
        if note := forbidden(first, second):
            return _refused(note, _NEEDED[note.code])
        overlap = overlap_of(first, second, seen_share=parameters["seen_share"], nights=parameters["nights"])
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        return _refused(note, _NEEDED.get(refusal.code, refusal.do))
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
    "not-periodic": "Monthly composites of both, or yearly ones of both.",
    "doubled-frame-differs": "One frame of each month: find out which of the two is right.",
    "mixed-products": "Composites of one period and layer: monthly with monthly, all angles with all angles.",
}


def _fewest(overlap: Overlap, parameters: Parameters) -> int:
    return int(parameters["months"] if overlap.axis.step == "month" else parameters["years"])


def _answer(one: PlaceFactor, overlap: Overlap, parameters: Parameters) -> PlaceAnswer:
    factor = one.factor
    estimate = None if factor is None else factor.estimate(parameters["level"])
    stop = one.stop or (None if estimate is None else _too_wide(estimate, parameters["widest"]))
    estimates = {} if estimate is None else {"factor": estimate}
    values: dict[str, Any] = {"common": one.common} if factor is None else _values(factor)
    if stop is not None or estimate is None:
        assert stop is not None
        return PlaceAnswer(
            result=CANNOT_TELL,
            statement=say(CARD, "cannot-tell", place=one.place, reason=stop.text),
            estimates=estimates,
            values=values,
            reasons=[stop],
            caveats=list(one.caveats),
        )
    common = f"{one.common} {overlap.axis.step}s"
    return PlaceAnswer(
        result=CALIBRATED,
        statement=say(CARD, CALIBRATED, place=one.place, n=common, **_told(estimate, overlap, parameters)),
        estimates=estimates,
        values=values,
        reasons=[Note(code="overlap", text=f"{common} that both saw well enough.")],
        caveats=list(one.caveats),
    )


def _values(factor: Factor) -> dict[str, Any]:
    quarters = {_QUARTERS[key]: float(np.exp(log)) for key, (log, _) in factor.quarters.items()}
    return {"common": factor.n, "spread": factor.spread, "correlation": factor.phi, "quarters": quarters}


def _told(estimate: Estimate, overlap: Overlap, parameters: Parameters) -> dict[str, str]:
    """The arguments that the sentence of a place and that of a family share."""
    first, second = names(overlap)
    best, low, high = estimate.spoken()
    level = f"{100 * parameters['level']:g}"
    return {"first": first, "second": second, "factor": best, "low": str(low), "high": str(high), "level": level}


_QUARTERS = ("December to February", "March to May", "June to August", "September to November")


def _too_wide(estimate: Estimate, widest: float) -> Note | None:
    if estimate.low is not None and estimate.high is not None and estimate.high <= (1 + widest) ** 2 * estimate.low:
        return None
    return Note(code="factor-wide", text=f"The factor's interval is wider than {100 * widest:g} % either side.")


def _outcome(
    found: list[PlaceFactor], answers: dict[str, PlaceAnswer], overlap: Overlap, parameters: Parameters
) -> Outcome:
    good = [one.factor for one in found if one.factor is not None and answers[one.place].result == CALIBRATED]
    ratio = common_ratio(good, level=parameters["level"]) if good else None
    only = answers[found[0].place] if len(found) == 1 else None
    return Outcome(
        result=CALIBRATED if good else CANNOT_TELL,
        statement=_statement(only, ratio, overlap, parameters, places=len(found), good=len(good)),
        reasons=tuple(only.reasons) if only else (_counted(len(good), len(found)),),
        needed=_needed(found, answers),
        estimates={**(only.estimates if only else {}), **({"ratio": ratio} if ratio else {})},
        values=only.values if only else {},
        places=answers,
        rows=[row for one in found for row in one.rows],
        caveats=(*_caveats(overlap), *(only.caveats if only else ())),
    )


def _needed(found: list[PlaceFactor], answers: dict[str, PlaceAnswer]) -> tuple[str, ...]:
    wide = any(note.code == "factor-wide" for answer in answers.values() for note in answer.reasons)
    told = [one.needed for one in found if one.needed] + (["A longer overlap, or a larger place."] if wide else [])
    return tuple(dict.fromkeys(told))


def _statement(
    only: PlaceAnswer | None,
    ratio: Estimate | None,
    overlap: Overlap,
    parameters: Parameters,
    *,
    places: int,
    good: int,
) -> Statement:
    if only is not None and only.statement is not None:
        return only.statement
    if ratio is None:
        reason = "No factor could be measured well enough."
        return say(CARD, "cannot-tell", place="any of these places", reason=reason)
    counts = {"total": str(places), "good": str(good), "unknown": str(places - good)}
    return say(CARD, "family", **counts, **_told(ratio, overlap, parameters))


def _counted(good: int, places: int) -> Note:
    return Note(code="overlap", text=f"{good} of {places} places could be calibrated.")


def _caveats(overlap: Overlap) -> tuple[Note, ...]:
    looks = (*overlap.first.looks, *overlap.second.looks)
    found = (guards.simulated(looks), guards.collection_unknown(looks), guards.platform_unknown(looks))
    return (*overlap.notes, *(note for note in found if note is not None), *guards.reader_notes(looks))


def _refused(note: Note, needed: str) -> Outcome:
    return Outcome(result=REFUSED, statement=say(CARD, REFUSED, reason=note.text), reasons=(note,), needed=(needed,))
