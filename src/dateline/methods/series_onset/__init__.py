"""In which gaps between looks a place's series stepped, with the chance of each gap: no date is interpolated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.imagery.reading import Reading
from dateline.imagery.tables import F8
from dateline.ledger.finding import Note
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.series_onset.fit import Fitted, posterior

CARD = read_card(Path(__file__).parent / "card.md")
DAY = timedelta(days=1)
STEP, NONE, CANNOT_TELL, REFUSED = "step", "no step found", "cannot tell", "refused"


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The gaps that hold the step at the stated level, and its size.

    inputs: `series`, Readings [unit]. Estimate `step` [unit], averaged over the gaps. Values: `onset` (sets of times),
    `days` in the set and `longest_gap` [day], chance of no step [1]. Student's t: Lange, Little and Taylor 1989;
    penalty: Schwarz 1978.
    """
    series = inputs.many("series", Reading)
    told = [one for one in series if one.value is not None]
    if doubled := _doubled(told):
        text = f"{doubled} occurs twice with different values of one sensor."
        note = Note(code="doubled-look", text=text)
        statement = say(CARD, REFUSED, reason=text)
        return Outcome(result=REFUSED, statement=statement, reasons=(note,), needed=("One value a look.",))
    fitted = _fitted(told, parameters)
    if fitted is None:
        text = f"{len(told)} looks with a value are too few: {2 * parameters['fewest']} are needed."
        return _cannot(Note(code="few-looks", text=text), series, {})
    level, gaps = parameters["level"], fitted.gaps
    values = _values(told, fitted, level, parameters)
    if gaps.never >= 0.5:
        first, last = told[0].at, told[-1].at
        chance = f"{100 * gaps.never:.0f}"
        statement = say(CARD, "none", first=_day(first), last=_day(last), n=str(len(told)), chance=chance)
        outcome = Outcome(result=NONE, statement=statement, values=values, rows=_rows(series))
    elif gaps.never > 1 - level:
        text = f"The chance that there is no step is {100 * gaps.never:.0f} %."
        outcome = _cannot(Note(code="step-uncertain", text=text), series, values)
    else:
        outcome = _stepped(series, told, fitted, values, parameters)
    return outcome.with_caveats(*_caveats(series, told, fitted))


def _fitted(told: Sequence[Reading], parameters: Parameters) -> Fitted | None:
    if not told:
        return None
    names = sorted({one.sensor for one in told})
    days = np.array([(one.at - told[0].at) / DAY for one in told])
    values = np.array([one.value for one in told], float)
    sensor = np.array([names.index(one.sensor) for one in told])
    return posterior(days, values, sensor, fewest=parameters["fewest"], never=parameters["never"])


def _doubled(told: Sequence[Reading]) -> str | None:
    values: dict[tuple[datetime, str], float | None] = {}
    for one in told:
        if values.setdefault((one.at, one.sensor), one.value) != one.value:
            return one.at.isoformat()
    return None


def _spans(told: Sequence[Reading], fitted: Fitted, level: float) -> list[tuple[datetime, datetime]]:
    zero = told[0].at
    return [
        (zero + timedelta(seconds=round(a * 86_400)), zero + timedelta(seconds=round(b * 86_400)))
        for a, b in fitted.gaps.spans(level)
    ]


def _values(told: Sequence[Reading], fitted: Fitted, level: float, parameters: Parameters) -> dict[str, Any]:
    gaps = fitted.gaps
    kept, lengths = gaps.chosen(level)[1:-1], np.diff(gaps.edges)
    whens = [When.bracket(a, b) for a, b in _spans(told, fitted, level)]
    sets = [[_text(when.earliest), _text(when.latest)] for when in whens]
    return {
        "object": parameters["object"],
        "no_step": gaps.never,
        "onset": {"kind": "when", "sets": sets, "after": True, "level": level, "edtf": [when.edtf() for when in whens]},
        "days": float(lengths[kept].sum()),
        "longest_gap": gaps.longest(level),
        "looks": len(told),
    }


def _text(moment: Any) -> str:
    return When.on(moment).edtf()


def _stepped(
    series: Sequence[Reading], told: Sequence[Reading], fitted: Fitted, values: dict[str, Any], parameters: Parameters
) -> Outcome:
    level = parameters["level"]
    size = _size(fitted, level, len(told), parameters["unit"])
    spans = " or ".join(When.bracket(a, b).spoken() for a, b in _spans(told, fitted, level))
    statement = say(
        CARD,
        "step",
        Object=parameters["object"][:1].upper() + parameters["object"][1:],
        when=spans,
        level=f"{100 * level:g}",
        size=f"{size.best:.3g}",
        low=f"{size.low:.3g}",
        high=f"{size.high:.3g}",
        unit="" if parameters["unit"] == "1" else f" {parameters['unit']}",
        gap=f"{values['longest_gap']:.3g}",
    )
    text = f"The chance that there is no step is {100 * fitted.gaps.never:.2g} %; {len(told)} looks have a value."
    return Outcome(
        result=STEP,
        statement=statement,
        reasons=(Note(code="posterior", text=text),),
        estimates={"step": size},
        values=values,
        rows=_rows(series),
    )


def _size(fitted: Fitted, level: float, n: int, unit: str) -> Estimate:
    """The step averaged over the gaps by their chance, its variance within and between them."""
    chance: F8 = fitted.gaps.chance[1:-1] * np.isfinite(fitted.step)
    chance = chance / chance.sum()
    step, error = np.nan_to_num(fitted.step), np.nan_to_num(fitted.error)
    best = float(chance @ step)
    half = float(stats.t.ppf((1 + level) / 2, max(n - 3, 1)) * np.sqrt(chance @ (error**2 + (step - best) ** 2)))
    return Estimate(
        best=best, low=best - half, high=best + half, unit=unit, level=level, n=n, how="averaged over the gaps"
    )


def _cannot(note: Note, series: Sequence[Reading], values: dict[str, Any]) -> Outcome:
    return Outcome(
        result=CANNOT_TELL,
        statement=say(CARD, "cannot-tell", reason=note.text),
        reasons=(note,),
        needed=("More looks on both sides of the time in question.",),
        values=values,
        rows=_rows(series),
    )


def _caveats(series: Sequence[Reading], told: Sequence[Reading], fitted: Fitted) -> list[Note]:
    made = []
    unseen = Counter(one.why or "no reason given" for one in series if one.value is None)
    if unseen:
        why = "; ".join(f"{text} ({n})" for text, n in unseen.most_common(3))
        made.append(
            Note(code="looks-without-value", text=f"{unseen.total()} looks gave no value and count for nothing: {why}.")
        )
    if fitted.correlation > 0.2:
        text = f"Successive looks are alike (correlation {fitted.correlation:.2f}); the evidence was weakened by it."
        made.append(Note(code="correlated", text=text))
    if (told[-1].at - told[0].at) / DAY < 548:
        text = "The series is shorter than a year and a half: a season cannot be told from a step."
        made.append(Note(code="season-unchecked", text=text))
    if any(one.simulated for one in series):
        made.append(Note(code="simulated", text="The series is simulated."))
    return made


def _rows(series: Sequence[Reading]) -> list[dict[str, Any]]:
    return [{"when": one.at.isoformat(), "value": one.value, "sensor": one.sensor, "state": one.why} for one in series]


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
