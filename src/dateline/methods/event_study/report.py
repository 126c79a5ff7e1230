"""Answers, rows and values of a study that was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dateline.imagery.tables import F8
from dateline.ledger.finding import Note, PlaceAnswer
from dateline.methods.contract import say
from dateline.methods.event_study.course import Course
from dateline.methods.event_study.grid import Grid
from dateline.methods.event_study.guards import no_window, too_few_dates
from dateline.methods.event_study.listing import Listed
from dateline.methods.event_study.study import Studied, Tested, needed_dates
from dateline.methods.event_study.windows import Group, Plan
from dateline.methods.event_study.words import (
    CANNOT_TELL,
    NONE,
    Told,
    change_estimate,
    reason,
    result_of,
    sentence,
)
from dateline.methods.lights_trend.kendall import false_discovery

DATED_AT = 0.01
"""When a change at the event would look so much larger at a date close by this seldom, it was not at the event."""

MOVED_TOO = 0.25
"""Share of the controls with as large a change at the same date, from which on the place is not remarkable."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A finished study. listed: the events behind the plan's groups. p_places: (G,), None without two controls."""

    course: Course
    plan: Plan
    studied: Studied
    listed: Sequence[Listed]
    p_places: F8 | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Why an event cannot be judged, and what would settle it."""

    note: Note
    needed: str


def stopped(event: Listed, stop: Stop, told: Told) -> PlaceAnswer:
    """The answer for an event that cannot be judged."""
    return PlaceAnswer(
        result=CANNOT_TELL,
        statement=say(
            told.card,
            "cannot-tell",
            what=told.what,
            place=told.place,
            event=event.title,
            when=event.when.spoken(),
            reason=stop.note.text,
            list=told.registration.words(),
        ),
        values={"window": event.when.to_json()},
        reasons=[stop.note],
    )


def answers_of(made: Made, told: Told) -> dict[str, tuple[PlaceAnswer, str]]:
    """The answer for each event that lies in a group, by id, and what would settle it where nothing can be told."""
    alone = np.array([np.nan if one is None else one.p_alone for one in made.studied.groups])
    q = false_discovery(np.repeat(alone, [len(group.events) for group in made.plan.groups]))
    found, number = {}, 0
    for index, group in enumerate(made.plan.groups):
        for event in group.events:
            found[made.listed[event].id] = _answer(made, index, made.listed[event], float(q[number]), told)
            number += 1
    return found


def _answer(made: Made, group: int, event: Listed, q: float, told: Told) -> tuple[PlaceAnswer, str]:
    tested, plan = made.studied.groups[group], made.plan
    stop = _stop(made, group, told)
    if stop is not None or tested is None:
        assert stop is not None
        return stopped(event, stop, told), stop.needed
    looks = int(plan.rows.before[tested.row] + plan.rows.after[tested.row])
    estimate = change_estimate(tested, told, looks)
    result = result_of(tested, told.level)
    one = plan.groups[group]
    statement = sentence(event, tested, estimate, result, told, plan=plan)
    answer = PlaceAnswer(
        result=result,
        statement=statement,
        estimates={"change": estimate},
        values=_values(made, group, tested, q, told) | {"window": event.when.to_json()},
        reasons=[Note(code="tested", text=reason(tested, told)), *_places_note(made, group)],
        caveats=_caveats(made, one, told),
    )
    return answer, ""


def _stop(made: Made, group: int, told: Told) -> Stop | None:
    tested, step = made.studied.groups[group], told.grid.name
    if tested is None:
        note = no_window(made.plan, group, step)
        return Stop(
            note=note, needed=f"More looks of the {made.plan.rules.before} {step}s before and of the lag after."
        )
    needed = needed_dates(told.level)
    if tested.others < needed:
        text, wanted = too_few_dates(tested.others, needed, made.plan, step)
        return Stop(note=text, needed=wanted)
    if result_of(tested, told.level) == NONE:
        return None
    if tested.nearby is not None and tested.p_nearby <= DATED_AT:
        return _dated_otherwise(made, tested.nearby, told)
    share = _controls_as_large(made, group)
    if share is not None and share >= MOVED_TOO:
        note = Note(
            code="controls-moved-too",
            text=f"{100 * share:.0f} % of the {len(made.course.controls)} control places show as large a change at the "
            "same date.",
        )
        return Stop(note=note, needed="Controls farther away that the event cannot have touched.")
    return None


def _dated_otherwise(made: Made, nearby: int, told: Told) -> Stop:
    there = told.grid.since(int(made.plan.rows.onset[nearby]))
    note = Note(
        code="dated-otherwise",
        text=f"The series changes, but not at this date: a {told.measure} from {there} on fits better, by more than "
        "chance would let it had the change been at the event.",
    )
    return Stop(note=note, needed=f"An account of what happened by {there}; a series with more looks around the event.")


def _controls_as_large(made: Made, group: int) -> float | None:
    """Share of the controls whose change is as large as the place's own."""
    if made.p_places is None:
        return None
    count = len(made.course.controls)
    return (float(made.p_places[group]) * (count + 1) - 1) / count


def _places_note(made: Made, group: int) -> list[Note]:
    share = _controls_as_large(made, group)
    if share is None:
        return []
    count = len(made.course.controls)
    text = (
        f"At {round(share * count)} of {count} control places the change at this date is as large against the others."
    )
    return [Note(code="control-places", text=text)]


def _values(made: Made, group: int, tested: Tested, q: float, told: Told) -> dict[str, Any]:
    rows = made.plan.rows
    return {
        "onset": {"kind": "when", **told.grid.when(int(rows.onset[tested.row])).to_json()},
        "p": tested.p,
        "p_alone": tested.p_alone,
        "q": q,
        "p_dates": tested.p_dates,
        "p_nearby": tested.p_nearby,
        "p_places": None if made.p_places is None else float(made.p_places[group]),
        "score": tested.score,
        "other_dates": tested.others,
        "smaller_at": tested.others - tested.larger,
        "smallest_detectable": told.told(tested.smallest),
        "smallest_detectable_unit": told.told_unit,
        "looks_before": int(rows.before[tested.row]),
        "looks_after": int(rows.after[tested.row]),
        "scanned": made.plan.groups[group].width,
    }


def _caveats(made: Made, group: Group, told: Told) -> list[Note]:
    notes = []
    if len(group.events) > 1:
        names = ", ".join(made.listed[event].title for event in group.events)
        text = f"Too few looks lie between them to tell these events apart; they share one answer: {names}."
        notes.append(Note(code="events-close", text=text))
    judged = made.plan.of_group[made.plan.groups.index(group)]
    if judged.stop - judged.start < group.width:
        text = (
            f"Only {judged.stop - judged.start} of the {group.width} {told.grid.name}s of its window could be judged."
        )
        notes.append(Note(code="window-part", text=text))
    return notes


def rows_of(made: Made, weights: F8 | None, told: Told) -> list[dict[str, Any]]:
    """One row a look: value, controls' mix, and the change that the study sees at this date [unit in which it is told].

    weights: (C,) of the controls; None without.
    """
    course, plan = made.course, made.plan
    at_step: dict[int, int] = {}
    for row, onset in enumerate(plan.rows.onset[: plan.elsewhere.stop].tolist()):
        at_step.setdefault(onset, row)
    kinds = _kinds(plan, course.grid, [event.id for event in made.listed])
    mix = None if weights is None else course.beside @ weights
    found = []
    for index, step in enumerate(course.grid.at.tolist()):
        line = at_step.get(step)
        found.append(
            {
                "place": course.place,
                "when": course.grid.when(step).edtf(),
                "value": _known(course.values[index]),
                "state": str(course.state[index]),
                "controls": None if mix is None else _known(mix[index]),
                "change": None if line is None else told.told(float(made.studied.change[line])),
                "score": None if line is None else float(made.studied.score[line]),
                "date": kinds.get(step, "" if line is None else "other date"),
            }
        )
    return found


def _kinds(plan: Plan, grid: Grid, ids: Sequence[str]) -> Mapping[int, str]:
    """The events at each step, by id."""
    return {
        step: " ".join(ids[event] for event in group.events)
        for group in plan.groups
        for step in range(group.start, group.end + 1)
        if step < grid.steps
    }


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
