"""Whether light at places rises or falls over the years, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.imagery.tables import F8, ZonalSeries
from dateline.ledger.finding import Note, PlaceAnswer
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.lights_trend.axis import SPLICE, Axis, on_axis, usable
from dateline.methods.lights_trend.caveats import caveats, declared_one, too_small
from dateline.methods.lights_trend.jumps import common_jumps, declared_break, jump_text
from dateline.methods.lights_trend.kendall import false_discovery
from dateline.methods.lights_trend.place import PlaceTrend, Settings, measure_place
from dateline.methods.lights_trend.words import CANNOT_TELL, FALL, MIXED, NONE, REFUSED, RISE, estimates_of, sentence

CARD = read_card(Path(__file__).parent / "card.md")
RADIANCE = "nW cm-2 sr-1"


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Sen's slope of mean light over seen pixels, with its interval, and the break date, for each place.

    inputs: `series`, a ZonalSeries of T monthly or yearly looks at P places [nW cm-2 sr-1, or digital numbers];
    `later`, the same of a second satellite, which is calibrated on the overlap and joined, or refused.
    Estimates: `slope` [unit a year], `per_cent_per_year` [% a year], `step` [%]. Values: `break` (a When as sets of
    dates), `p`, `q`. Hirsch and Slack 1984 (10.1029/WR020i006p00727), Sen 1968, Eo and Morley 2015 (10.3982/QE186); the
    simulations behind the choice of variance are told in kendall.py and breaks.py.
    """
    try:
        given = _joined(inputs, parameters)
        if isinstance(given, Note):
            return _refused(given, _NEEDED[given.code])
        series, axis, doubled = on_axis(given)
    except Refusal as refusal:
        return _refused(Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}."), refusal.do)
    if note := declared_break(series) or too_small(series):
        return _refused(note, _NEEDED[note.code])
    settings = _settings(parameters)
    values, why = usable(series, least_share=settings.seen_share, least_nights=settings.nights)
    notes = (*doubled, *caveats(series, axis, values))
    jumps = common_jumps(values, axis, factor=parameters["jump_factor"])
    if jumps:
        note = _suspected(" ".join(jump_text(jump, series) for jump in jumps))
        if not declared_one(series):
            return _cannot_tell(note).with_caveats(*notes)
        notes = (*notes, Note(code="common-jump", text=note.text))
    found = _each_place(series, values, axis, settings, rng)
    answers = _answers(found, series.looks[0].unit, settings, float(parameters["rate"]))
    outcome = _single(found[0], answers) if len(found) == 1 else _family(answers, parameters)
    return Outcome(
        result=outcome.result,
        statement=outcome.statement,
        reasons=outcome.reasons,
        needed=tuple(dict.fromkeys(trend.needed for trend in found if trend.needed)),
        estimates=outcome.estimates,
        values=outcome.values,
        places=answers,
        rows=_rows(series, axis, why),
        caveats=(*notes, *outcome.caveats),
    )


def _joined(inputs: Inputs, parameters: Parameters) -> ZonalSeries | Note:
    """The series asked about: of one satellite, or joined with a second one's on their overlap."""
    series, later = inputs.one("series", ZonalSeries), inputs.maybe("later", ZonalSeries)
    if later is None:
        return series
    from dateline.methods.lights_splice.joint import joint  # at call time: lights_splice reads axis.py of this package

    made = joint(
        series,
        later,
        seen_share=parameters["seen_share"],
        nights=parameters["nights"],
        floor=parameters["floor"],
    )
    return made if isinstance(made, Note) else made.series


_NEEDED = {
    "sensor-break": "Take the trend within one instrument, or calibrate the two where they overlap (lights_splice).",
    "mixed-products": "One product for the whole series.",
    "mixed-collections": "One collection for the whole series.",
    "platform-splice": "One satellite, or a series joined by lights_splice on the satellites' overlap.",
    "smaller-than-pixel": "A larger outline.",
    "no-overlap": "Looks of both satellites of the same months, two years of them; else one satellite only.",
    "too-few-common": "Two years of common months, or five common years; else one satellite only.",
    "places-differ": "The same outlines measured on both satellites.",
    "units-differ": "Radiance from both satellites.",
    "same-satellite": "All looks of one satellite as `series`, or those of another as `later`.",
}


def _settings(parameters: Parameters) -> Settings:
    return Settings(
        level=parameters["level"],
        seen_share=parameters["seen_share"],
        nights=parameters["nights"],
        years=parameters["years"],
        floor=parameters["floor"],
        draws=parameters["draws"],
    )


def _each_place(
    series: ZonalSeries, values: F8, axis: Axis, settings: Settings, rng: np.random.Generator
) -> tuple[PlaceTrend, ...]:
    lit_mean = _lit_mean(series)
    splice = series.other.get(SPLICE)
    return tuple(
        measure_place(
            place,
            values[:, index],
            axis,
            settings,
            lit_mean=np.where(np.isfinite(values[:, index]), lit_mean[:, index], np.nan),
            splice=None if splice is None else splice[:, index],
            rng=rng,
        )
        for index, place in enumerate(series.places)
    )


def _lit_mean(series: ZonalSeries) -> F8:
    """(T, P) mean over lit pixels where their number is known, else over all seen; NaN unless it is radiance."""
    if series.looks[0].unit != RADIANCE:
        return np.full(series.total.shape, np.nan)
    lit: F8 = np.where(series.lit > 0, series.lit, series.seen())
    return np.divide(series.total, lit, out=np.full_like(series.total, np.nan), where=lit > 0)


def _suspected(jumps: str) -> Note:
    return Note(
        code="sensor-break-suspected",
        text=f"{jumps} A change of instrument or processing looks like that; so does a change of all places at once.",
    )


def _answers(found: tuple[PlaceTrend, ...], unit: str, settings: Settings, rate: float) -> dict[str, PlaceAnswer]:
    p = np.array([np.nan if trend.p is None else trend.p for trend in found])
    q = false_discovery(p)
    steps = false_discovery(np.array([np.nan if trend.broken.p is None else trend.broken.p for trend in found]))
    chances, limit = (p, 1 - settings.level) if len(found) == 1 else (q, rate)
    return {
        trend.place: _answer(trend, _result(trend, chances[i], steps[i], limit), q[i], unit, settings)
        for i, trend in enumerate(found)
    }


def _result(trend: PlaceTrend, chance: float, step_chance: float, limit: float) -> str:
    """Rise or fall by the trend; else by a dated step whose interval is clear of zero; else no trend found."""
    if trend.slope is None:
        return CANNOT_TELL
    if chance <= limit and trend.slope.slope != 0:
        return RISE if trend.slope.slope > 0 else FALL
    step = trend.broken.step if trend.broken.answer == "found" and step_chance <= limit else None
    if step is None or step.contains(0.0):
        return NONE
    return RISE if step.best > 0 else FALL


def _answer(trend: PlaceTrend, result: str, q: float, unit: str, settings: Settings) -> PlaceAnswer:
    values: dict[str, Any] = {"break": _break_json(trend), "used": trend.used, "looks": trend.looks}
    if trend.p is not None:
        values |= {"p": trend.p, "q": float(q)}
    return PlaceAnswer(
        result=result,
        statement=sentence(CARD, trend, result, unit, settings),
        estimates=estimates_of(trend, unit, settings.level),
        values=values,
        reasons=[trend.stop] if trend.stop else _reasons(trend, result, settings),
        caveats=_place_caveats(trend),
    )


def _break_json(trend: PlaceTrend) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": "when",
        "answer": trend.broken.answer,
        "sets": [[one.earliest, one.latest] for one in trend.broken.sets],
    }
    if trend.broken.p is not None:
        data["p"] = trend.broken.p
    return data


def _reasons(trend: PlaceTrend, result: str, settings: Settings) -> list[Note]:
    assert trend.p is not None
    alone = trend.p <= 1 - settings.level
    notes = [
        Note(
            code="beyond-chance" if alone and result != NONE else "within-chance",
            text=f"Seasonal Mann-Kendall test with correlation between looks: p {trend.p:.2g}.",
        )
    ]
    if result == NONE and alone:
        text = "By itself this would be called; among so many places as many would show it by chance."
        notes = [Note(code="among-many", text=f"{notes[0].text} {text}")]
    if trend.broken.answer == "found":
        notes.append(Note(code="step", text=f"A step fits better than a steady course: p {trend.broken.p:.2g}."))
    return notes


def _place_caveats(trend: PlaceTrend) -> list[Note]:
    notes = []
    if trend.broken.why:
        notes.append(Note(code="break-undated", text=trend.broken.why))
    if trend.slope is not None and trend.relative is None:
        notes.append(Note(code="zeros", text="Some looks show exactly 0, so no change in per cent is given."))
    return notes


def _single(trend: PlaceTrend, answers: Mapping[str, PlaceAnswer]) -> Outcome:
    answer = answers[trend.place]
    assert answer.statement is not None
    return Outcome(
        result=answer.result,
        statement=answer.statement,
        reasons=tuple(answer.reasons),
        estimates=answer.estimates,
        values=answer.values,
        caveats=tuple(answer.caveats),
    )


def _family(answers: Mapping[str, PlaceAnswer], parameters: Parameters) -> Outcome:
    counts = {
        name: sum(answer.result == name for answer in answers.values()) for name in (RISE, FALL, NONE, CANNOT_TELL)
    }
    told = [name for name in (RISE, FALL, NONE) if counts[name]]
    result = told[0] if len(told) == 1 else MIXED if told else CANNOT_TELL
    statement = say(
        CARD,
        "family",
        total=str(len(answers)),
        up=str(counts[RISE]),
        down=str(counts[FALL]),
        none=str(counts[NONE]),
        unknown=str(counts[CANNOT_TELL]),
        rate=f"{100 * parameters['rate']:g}",
    )
    note = Note(code="family", text=f"The {len(answers)} places are one family; q-values by Benjamini and Hochberg.")
    return Outcome(result=result, statement=statement, reasons=(note,), values={"counts": counts})


def _rows(series: ZonalSeries, axis: Axis, why: np.ndarray) -> list[dict[str, Any]]:
    mean, seen = series.mean(), series.seen()
    return [
        {
            "place": place,
            "when": axis.when(t).edtf(),
            "value": _known(mean[t, p]),
            "state": str(why[t, p]),
            "seen_px": float(seen[t, p]),
            "nights": _known(series.nights[t, p]),
        }
        for p, place in enumerate(series.places)
        for t in range(len(series.looks))
    ]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _refused(note: Note, needed: str) -> Outcome:
    return Outcome(result=REFUSED, statement=say(CARD, "refused", reason=note.text), reasons=(note,), needed=(needed,))


def _cannot_tell(note: Note) -> Outcome:
    return Outcome(
        result=CANNOT_TELL,
        statement=say(CARD, "cannot-tell", place="these places", reason=note.text),
        reasons=(note,),
        needed=(
            "Name the product, satellite and collection of every look, or add places that nothing could have changed.",
        ),
    )
