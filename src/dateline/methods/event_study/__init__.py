"""Whether a measured series changes at listed events, against what it does at other dates and at other places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal, UsageError
from dateline.imagery.tables import F8, ZonalSeries
from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.event_study import guards
from dateline.methods.event_study.controls import LOOKS_A_CONTROL, gaps_to_others, p_places, weights_of
from dateline.methods.event_study.course import Course, Reading, course_of
from dateline.methods.event_study.listing import (
    Listed,
    Registration,
    checked,
    inline_events,
    list_sha256,
    no_cause,
    simulated_against_real,
)
from dateline.methods.event_study.noise import Noise
from dateline.methods.event_study.report import Made, Stop, answers_of, rows_of, stopped
from dateline.methods.event_study.study import needed_dates, study
from dateline.methods.event_study.windows import Rules, groups_of, plan
from dateline.methods.event_study.words import CANNOT_TELL, FALL, LARGER, MIXED, NONE, REFUSED, RISE, Told

CARD = read_card(Path(__file__).parent / "card.md")


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """The change of a series at each listed event, its chance, and the smallest change that would have shown.

    inputs: `series`, a ZonalSeries of T looks [any unit] at the place and, where there are, at controls;
    `control_series`, further controls; `events`, Listed; `registration`, what custody says of the list. Answers stand
    by event id in `places`. Estimates: `change` [unit, %, or either a year]. Values: `p` (all events counted),
    `p_alone`, `q`, `p_dates`, `p_places` [1], `smallest_detectable`. Step-down maximum: Westfall and Young 1993;
    post-blackened block bootstrap: Davison and Hinkley 1997; synthetic control: Abadie and others 2010.
    Raises UsageError: `events`, `causal-words`, `place`, `controls`, `lag`.
    """
    series, beside = inputs.one("series", ZonalSeries), inputs.maybe("control_series", ZonalSeries)
    registration = inputs.maybe("registration", Registration) or Registration()
    given = inline_events(parameters["dates"] or "", invented=parameters["invented"])
    events, rules = checked((*inputs.many("events", Listed), *given)), _rules(parameters)
    no_cause(parameters["what"])
    simulated = any(look.simulated for look in (*series.looks, *(beside.looks if beside else ())))
    note = simulated_against_real(events, simulated=simulated) or guards.forbidden(series, beside)
    if note:
        return _refused(note, guards.NEEDED[note.code])
    try:
        course = course_of(series, beside, _reading(parameters))
    except Refusal as refusal:
        return _refused(Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}."), refusal.do)
    told = _told(course, parameters, len(events), registration)
    off = {event.id: stop for event in events if (stop := _off_the_series(event, course)) is not None}
    made = _study([event for event in events if event.id not in off], course, told, parameters, rng)
    answers = {
        event.id: stopped(event, off[event.id], told) if event.id in off else made.answers[event.id] for event in events
    }
    result, statement, reasons = _whole(answers, told)
    alone = answers[events[0].id] if len(events) == 1 else PlaceAnswer(result=result)
    return Outcome(
        result=result,
        statement=statement,
        reasons=reasons,
        needed=tuple(dict.fromkeys([*(stop.needed for stop in off.values()), *made.needed])),
        estimates=alone.estimates,
        values={**alone.values, **made.values, **_list_json(events, registration)},
        places=answers,
        rows=made.rows,
        caveats=(
            *course.notes,
            *made.caveats,
            *guards.caveats(series, course.grid, rules, registration),
            *alone.caveats,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What the study of the events on the series gave."""

    answers: Mapping[str, PlaceAnswer]
    needed: Sequence[str] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    caveats: Sequence[Note] = ()


def _study(
    listed: Sequence[Listed], course: Course, told: Told, parameters: Parameters, rng: np.random.Generator
) -> _Made:
    """Tests these events together; all of them lie on the series."""
    use = np.flatnonzero(course.counts)
    if not listed or len(use) < guards.LEAST_FREEDOM:
        return _all_stopped(listed, told, guards.hardly_any(len(use)))
    at, grid, rules = course.grid.at[use], course.grid, _rules(parameters)
    groups = groups_of([onset for event in listed if (onset := grid.onset(event.when))], at, rules.fewest)
    planned = plan(at, grid.steps, groups, rules, needed=needed_dates(told.level))
    if planned.fitted.sum() < guards.LEAST_FREEDOM:
        return _all_stopped(listed, told, guards.hardly_any(int(planned.fitted.sum())))
    season, untold = _season(course, use[planned.fitted], asked=parameters["season"] != "none")
    noise = Noise(plan=planned, season=grid.seasons()[use] if season else None, trend=parameters["trend"] == "linear")
    before = at < groups[0].start
    note = guards.too_few_looks(noise) or _too_few_before(int(before.sum()), course, parameters)
    if note:
        return _all_stopped(listed, told, note)
    values = course.scaled[use]
    weights = weights_of(values, before, parameters["against"]) if course.controls else None
    gaps = values.T[:1] if weights is None else gaps_to_others(values, weights)
    studied = study(noise, gaps[0], level=told.level, draws=parameters["draws"], block=parameters["block"], rng=rng)
    if studied is None:
        return _all_stopped(listed, told, guards.no_spread())
    beside = p_places(noise, gaps) if len(course.controls) > 1 else None
    made = Made(course=course, plan=planned, studied=studied, listed=listed, p_places=beside)
    found, own = answers_of(made, told), None if weights is None else weights[0, 1:]
    return _Made(
        answers={name: answer for name, (answer, _) in found.items()},
        needed=[needed for _, needed in found.values() if needed],
        rows=rows_of(made, own, told),
        values=_values(made, own, told),
        caveats=[note for note in (untold, *guards.beside(course.controls, planned)) if note],
    )


def _all_stopped(listed: Sequence[Listed], told: Told, note: Note) -> _Made:
    stop = Stop(note=note, needed="A longer series, or one with fewer gaps.")
    return _Made(answers={event.id: stopped(event, stop, told) for event in listed}, needed=[stop.needed])


def _season(course: Course, fitted: np.ndarray, *, asked: bool) -> tuple[bool, Note | None]:
    """Whether calendar months are taken out, and what to say where they should be and cannot. fitted: looks."""
    months, years = course.grid.seasons(), course.grid.years()
    note = guards.season_caveat(course.grid, months[fitted], years[fitted], asked=asked)
    return note is None and len(np.unique(months[fitted])) > 1, note


def _too_few_before(looks: int, course: Course, parameters: Parameters) -> Note | None:
    needed = LOOKS_A_CONTROL * len(course.controls)
    if parameters["against"] == "mean" or looks >= needed:
        return None
    return Note(
        code="few-looks-before",
        text=f"{looks} looks before the first event are too few to weigh {len(course.controls)} controls: with fewer "
        f"than {needed} the weights would follow the noise.",
    )


def _off_the_series(event: Listed, course: Course) -> Stop | None:
    onset = course.grid.onset(event.when)
    if onset is None:
        text = "The event has no first or no last day, so it may have begun at almost any date of the series."
        return Stop(note=Note(code="event-open", text=text), needed="Both ends of the time in which it happened.")
    if onset[1] < 0 or onset[0] >= course.grid.steps:
        first, last = course.grid.when(0).spoken(), course.grid.when(course.grid.steps - 1).spoken()
        text = f"The event lies outside the series ({first} to {last})."
        return Stop(note=Note(code="event-outside", text=text), needed="A series that covers the event.")
    return None


def _whole(answers: Mapping[str, PlaceAnswer], told: Told) -> tuple[str, Statement, tuple[Note, ...]]:
    """The result of the whole list: that of a single event, or of the family."""
    if len(answers) == 1:
        answer = next(iter(answers.values()))
        assert answer.statement is not None
        return answer.result, answer.statement, tuple(answer.reasons)
    counts = {
        name: sum(answer.result == name for answer in answers.values())
        for name in (RISE, FALL, LARGER, NONE, CANNOT_TELL)
    }
    met = [name for name in (RISE, FALL, LARGER, NONE) if counts[name]]
    result = met[0] if len(met) == 1 else MIXED if met else CANNOT_TELL
    statement = say(
        CARD,
        "family",
        what=told.what,
        place=told.place,
        step=told.grid.name,
        total=str(len(answers)),
        up=str(counts[RISE]),
        down=str(counts[FALL]),
        larger=str(counts[LARGER]),
        none=str(counts[NONE]),
        unknown=str(counts[CANNOT_TELL]),
        rate=f"{100 * (1 - told.level):.2g}",
        list=told.registration.words(),
    )
    text = (
        f"All {len(answers)} listed events are one family; p-values by the largest change over the family, step-down."
    )
    return result, statement, (Note(code="family", text=text),)


def _values(made: Made, weights: F8 | None, told: Told) -> dict[str, Any]:
    controls = made.course.controls
    return {
        "looks": int(made.course.counts.sum()),
        "noise": {"carried_over_a_step": made.studied.phi, "unit": "1", "step": told.grid.name},
        "control_weights": {} if weights is None else dict(zip(controls, weights.tolist(), strict=True)),
    }


def _list_json(events: Sequence[Listed], registration: Registration) -> dict[str, Any]:
    return {
        "pre_registered": registration.before,
        "list": {
            "events": [event.id for event in events],
            "sha256": list_sha256(events),
            "frozen": None if registration.frozen is None else registration.frozen.isoformat(),
            "series_opened": None if registration.opened is None else registration.opened.isoformat(),
        },
    }


def _rules(parameters: Parameters) -> Rules:
    first, last = parameters["lag_first"], parameters["lag_last"]
    if last < first or last - first + 1 < parameters["fewest"] or parameters["before"] < parameters["fewest"]:
        raise UsageError(
            "The windows are too short for the looks that each side needs.",
            saw=f"before = {parameters['before']}, lag {first} to {last}, fewest = {parameters['fewest']}",
            do="Make the baseline and the lag window at least as long as the fewest looks.",
            code="lag",
        )
    return Rules(
        before=parameters["before"],
        first=first,
        last=last,
        fewest=parameters["fewest"],
        slope=parameters["statistic"] == "slope",
    )


def _reading(parameters: Parameters) -> Reading:
    return Reading(
        place=parameters["place_asked"],
        controls=tuple(name.strip() for name in (parameters["controls"] or "").split(",") if name.strip()),
        seen_share=parameters["seen_share"],
        nights=parameters["nights"],
        scale=parameters["scale"],
    )


def _told(course: Course, parameters: Parameters, events: int, registration: Registration) -> Told:
    return Told(
        card=CARD,
        what=parameters["what"],
        place=course.place,
        unit=course.unit,
        grid=course.grid,
        level=parameters["level"],
        ratio=parameters["scale"] == "ratio",
        slope=parameters["statistic"] == "slope",
        events=events,
        registration=registration,
    )


def _refused(note: Note, needed: str) -> Outcome:
    return Outcome(result=REFUSED, statement=say(CARD, "refused", reason=note.text), reasons=(note,), needed=(needed,))
