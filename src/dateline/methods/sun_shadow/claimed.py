"""A time and place that somebody states: does the shadow agree, and could it have disagreed?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from scipy import stats

from dateline.core.errors import Refusal
from dateline.ledger.finding import Note
from dateline.media.sun import positions
from dateline.methods.contract import Outcome, say
from dateline.methods.sun_shadow import words
from dateline.methods.sun_shadow.asked import instants
from dateline.methods.sun_shadow.clues import Case
from dateline.methods.sun_shadow.line import STEP
from dateline.methods.sun_shadow.timed import Put, chart, day_line, spans_of, turned, turned_note

LEAST_POWER = 0.2
"""Share of the day's light that the shadow would contradict, under which agreement says nothing."""


def check(put: Put, day: date) -> Outcome:
    """Consistent, inconsistent or no power: values `p` [1], `power` [1], and the `times` of that day that would fit.

    p: chance of a shadow at least so far from the one expected then and there, the best over the place's area. power:
    share of that day's light at which this shadow's like would be told from one at the stated time. Raises Refusal
    `clock-time` where the clock skips that time.
    """
    assert put.clock.second is not None
    at = instants(day, put.clock.second, put.zone)
    if not at:
        raise Refusal(
            "The clock of that place never shows this time: it was set forward over it.",
            saw=f"{day} {put.zone_name}",
            do="Check the time and the zone.",
            code="clock-time",
        )
    stated = words.utc(at[0]).astimezone(put.zone)
    said = {**put.args, "when": f"{stated:%H:%M} on {words.day_text(stated)} ({put.zone_name})"}
    chi2, moment, spot = min(
        (float(put.case.fit(put.case.said(put.case.look(np.array([one]), *where))).chi2[0]), one, where)
        for one in at
        for where in put.spots
    )
    line = day_line(replace(put, case=replace(put.case, clock=0.0)), day)
    values = {} if line is None else spans_of(put, line)
    pictures = () if line is None else chart(put, line, words.day_text(stated))
    caveats = list(put.notes())
    if len(at) > 1:
        caveats.append(Note(code="clock-ambiguous", text="The clock showed that time twice; the better one is taken."))
    if not np.isfinite(chi2):
        height = max(float(positions(at[0], *where).elevation) for where in put.spots)
        note = Note(code="sun-below-horizon", text=f"The sun then stood at {height:.1f} degrees there: no shadow.")
        return Outcome(
            result="inconsistent",
            statement=say(put.card, "inconsistent", **said, p=words.chance(0.0), why=note.text),
            reasons=(note,),
            values={**values, "p": 0.0},
            caveats=tuple(caveats),
            artifacts=pictures,
        )
    chance = float(stats.chi2.sf(chi2, len(put.case.clues)))
    power = contradicted(put.case, moment, spot, level=put.level)
    values = {**values, "p": chance, "power": power}
    fits = (
        ""
        if line is None or line.chance < 0.001
        else "; that day it fits " + words.listed([words.clock_span(span, put.zone) for span in line.spans])
    )
    told = {**said, "p": words.chance(chance)}
    estimates = words.elevation(put.case.shadows, put.level, put.z)
    if chance < 1 - put.level:
        reason = Note(code="shadow-differs", text=_differs(put.case, moment, spot))
        hint = [turned_note()] if turned(put, np.array([moment])) else []
        return Outcome(
            result="inconsistent",
            statement=say(put.card, "inconsistent", **told, why=reason.text + fits + "."),
            reasons=(reason, *hint),
            estimates=estimates,
            values=values,
            caveats=tuple(caveats),
            artifacts=pictures,
        )
    if power < LEAST_POWER:
        text = f"It would contradict only {power:.0%} of that day's light."
        return Outcome(
            result="no power",
            statement=say(put.card, "no-power", **told, reason=text),
            reasons=(Note(code="no-power", text=text),),
            estimates=estimates,
            values=values,
            needed=("The shadow's direction as well as its length, or smaller errors.",),
            caveats=tuple(caveats),
            artifacts=pictures,
        )
    reason = Note(code="shadow-agrees", text=f"Its like would contradict {power:.0%} of that day's light.")
    return Outcome(
        result="consistent",
        statement=say(put.card, "consistent", **told, power=f"{100 * power:.0f}", fits=fits),
        reasons=(reason,),
        estimates=estimates,
        values=values,
        caveats=tuple(caveats),
        artifacts=pictures,
    )


def contradicted(case: Case, moment: float, spot: tuple[float, float], *, level: float) -> float:
    """Share [1] of the light of the 24 hours around an instant [s] whose shadow lies outside this one's errors."""
    around = moment + np.arange(-43_200, 43_200, STEP * 4)
    there, here = case.said(case.look(around, *spot)), case.said(case.look(np.array([moment]), *spot))
    gap = case.apart(there.expected, here.expected)
    whitened = np.linalg.solve(here.factor[:, :, 0], gap)
    far = (whitened**2).sum(axis=0) > stats.chi2.ppf(level, len(gap))
    return float(far[there.possible].mean()) if there.possible.any() else 0.0


def _differs(case: Case, moment: float, spot: tuple[float, float]) -> str:
    said = case.said(case.look(np.array([moment]), *spot))
    parts = []
    for number, clue in enumerate(case.clues):
        expected = float(said.expected[number, 0])
        if clue.less is not None:
            continue
        name = f"{case.shadows[clue.of].id}: " if len(case.shadows) > 1 else ""
        if clue.kind == "length":
            parts.append(
                f"{name}the shadow would then be {np.exp(expected):.2f} times the height and is "
                f"{np.exp(clue.value):.2f}"
            )
        else:
            parts.append(f"{name}it would point to {expected:.0f} degrees and points to {clue.value:.0f}")
    told = "; ".join(parts) or "the shadows change otherwise than they would then"
    return told[0].upper() + told[1:]
