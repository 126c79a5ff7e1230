"""Whether the light of a place went out, when, and when it came back: from observed nights only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal, UsageError
from dateline.imagery.tables import ZonalSeries
from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.methods import lights_guards as guards
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.outage.beside import Load, filled_json, filled_nights, load_note, load_of, when_json
from dateline.methods.outage.nights import D8, WORDS, Rules
from dateline.methods.outage.onset import day
from dateline.methods.outage.place import Nights, PlaceOutage, Settings, days_of, measure_place, observed

CARD = read_card(Path(__file__).parent / "card.md")
OUTAGE, NONE, CANNOT_TELL, REFUSED = "outage", "no outage found", "cannot tell", "refused"
SHOWN = np.timedelta64(60, "D")
"""Days on either side of the first dark night whose nights are listed in the rows."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The first confirmed outage at each place: onset bracket, depth, return, with what stands beside it.

    inputs: `series`, a ZonalSeries of nights at P places [nW cm-2 sr-1], with the gap-filled layer in `other` for
    showing beside; `load`, another nightly record (a ZonalSeries in its own unit, such as MW). Estimates: `depth` [1],
    light after over light before. Values: `onset` and `return` (brackets), `gap_filled`, `load`, `controls`.
    Prediction limit: Hahn and Meeker 1991, section 4.2; depth: Yuen 1974 (10.1093/biomet/61.1.165) and Fieller 1954.
    Raises UsageError for a day that cannot be read or a control that was not measured. Prediction limit: Hahn and
    Meeker (1991); trimmed ratio: Yuen (1974), Fieller (1954).
    """
    series = inputs.one("series", ZonalSeries)
    try:
        if note := _forbidden(series):
            return _refused(note, "Observed values of one daily product, one collection and one satellite.")
        days = days_of(series)
        settings = _settings(parameters, days)
        names = _controls(parameters, series)
        nights = {place: observed(series, days, i, settings.seen_share) for i, place in enumerate(series.places)}
        loads = inputs.maybe("load", ZonalSeries)
        found = _each_place(series, days, nights, names, settings)
        load = {one.place: None if loads is None else load_of(loads, one.place, settings) for one in found}
    except Refusal as refusal:
        return _refused(Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}."), refusal.do)
    filled = {place: filled_nights(series, days, i) for i, place in enumerate(series.places)}
    answers = {one.place: _answer(one, filled[one.place], load[one.place], settings) for one in found}
    return _outcome(
        answers,
        needed=tuple(dict.fromkeys(one.needed for one in found if one.needed)),
        rows=[row for one in found for row in _rows(one, days, filled[one.place], load[one.place], settings)],
        caveats=_caveats(series),
    )


def _forbidden(series: ZonalSeries) -> Note | None:
    filled = [look.layer for look in series.looks if look.layer.lower().startswith("gap")]
    if filled:
        return Note(
            code="gap-filled",
            text=f"The layer {filled[0]} is filled from other nights: it shows light where none was seen, and hides "
            "the very nights that matter.",
        )
    return (
        guards.sensor_break(series.looks)
        or guards.mixed_products(series.looks)
        or guards.mixed_collections(series.looks)
        or guards.platform_splice(series.looks)
    )


def _caveats(series: ZonalSeries) -> tuple[Note, ...]:
    found = (
        guards.simulated(series.looks),
        guards.collection_unknown(series.looks),
        guards.platform_unknown(series.looks),
    )
    return (*(note for note in found if note is not None), *guards.reader_notes(series.looks))


def _settings(parameters: Parameters, days: D8) -> Settings:
    rules = Rules(
        window=parameters["window"],
        fewest=parameters["fewest"],
        faintest=2 * parameters["floor"],
        dark_ratio=parameters["dark_ratio"],
        confirmations=parameters["confirmations"],
        back_ratio=parameters["back_ratio"],
    )
    first = days.min() + np.timedelta64(rules.window, "D")
    return Settings(
        rules=rules,
        level=parameters["level"],
        drift=parameters["drift"],
        seen_share=parameters["seen_share"],
        fewest_pixels=parameters["pixels"],
        first=_day_of(parameters["first_day"], first),
        last=_day_of(parameters["last_day"], days.max()),
    )


def _day_of(text: str | None, default: np.datetime64) -> np.datetime64:
    if not text:
        return default
    try:
        return np.datetime64(text, "D")
    except ValueError as error:
        raise UsageError(
            "Cannot read this as a day.", saw=repr(text), do="Write it as 2013-11-01.", code="date"
        ) from error


def _controls(parameters: Parameters, series: ZonalSeries) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (parameters["controls"] or "").split(",") if name.strip())
    unknown = [name for name in names if name not in series.places]
    if unknown or set(names) == set(series.places):
        raise UsageError(
            "A control place must be one of the measured places, and one place at least must not be a control.",
            saw=", ".join(unknown or names),
            do=f"Choose from {', '.join(series.places)}.",
            code="controls",
        )
    return names


def _each_place(
    series: ZonalSeries, days: D8, nights: dict[str, Nights], controls: tuple[str, ...], settings: Settings
) -> tuple[PlaceOutage, ...]:
    lit = {name: nights[name] for name in controls if _is_lit(nights[name], settings)}
    return tuple(
        measure_place(
            place,
            nights[place],
            settings,
            size=float(series.size[index]),
            filled=filled_nights(series, days, index),
            controls=lit,
        )
        for index, place in enumerate(series.places)
        if place not in controls
    )


def _is_lit(nights: Nights, settings: Settings) -> bool:
    return len(nights.values) > 0 and float(np.median(nights.values)) >= settings.rules.faintest


def _answer(one: PlaceOutage, filled: Nights | None, load: Load | None, settings: Settings) -> PlaceAnswer:
    result = CANNOT_TELL if one.stop else OUTAGE if one.outage else NONE
    reasons, caveats = ([one.stop] if one.stop else [_reason(one, settings)]), list(one.caveats)
    if one.filled_ratio is not None and one.stop is None:
        reasons.append(_filled_note(one))
    if load is not None:
        note = load_note(load, None if one.stop else one.onset)
        (caveats if note.code == "load-differs" else reasons).append(note)
    return PlaceAnswer(
        result=result,
        statement=_sentence(one, result, settings),
        estimates={"depth": one.depth} if one.depth and not one.stop else {},
        values=_values(one, filled, load, settings),
        reasons=reasons,
        caveats=caveats,
    )


def _reason(one: PlaceOutage, settings: Settings) -> Note:
    rules = settings.rules
    if one.outage is None:
        return Note(
            code="none-confirmed", text=f"No {rules.confirmations} dark nights follow each other among the observed."
        )
    base = one.outage.baseline
    return Note(
        code="confirmed",
        text=f"{len(one.outage.dark)} dark nights, each under {100 * rules.dark_ratio:g} % of the level before "
        f"({base.level:.3g}, the middle of {base.n} nights) and under what one ordinary night in forty would show "
        f"({base.low:.3g}).",
    )


def _filled_note(one: PlaceOutage) -> Note:
    assert one.filled_ratio is not None
    return Note(
        code="gap-filled-beside",
        text=f"The gap-filled layer, which is no observation, shows {100 * one.filled_ratio:.0f} % of its level before "
        "over the same days.",
    )


def _values(one: PlaceOutage, filled: Nights | None, load: Load | None, settings: Settings) -> dict[str, Any]:
    values: dict[str, Any] = {"observed": len(one.nights.days), "judged": len(one.scan.judged)}
    if one.outage is not None and one.onset is not None and one.stop is None:
        outage, days = one.outage, one.nights.days
        values["onset"] = when_json(one.onset)
        values["last_normal"] = None if outage.last_normal is None else day(days, outage.last_normal)
        values["first_dark"] = day(days, outage.first_dark)
        values["return"] = (
            {"kind": "when", "answer": "not confirmed", "sets": []}
            if one.back is None
            else {"answer": "confirmed", **when_json(one.back)}
        )
    values["single_dark"] = [day(one.nights.days, index) for index in one.scan.single]
    if one.controls:
        values["controls"] = one.controls
    beside = filled_json(one, filled, settings)
    if beside is not None:
        values["gap_filled"] = beside
    if load is not None:
        values["load"] = {
            "unit": load.unit,
            "agreement": load.against(None if one.stop else one.onset),
            **({} if load.onset is None else when_json(load.onset)),
        }
    return values


def _sentence(one: PlaceOutage, result: str, settings: Settings) -> Statement:
    if one.stop is not None:
        return say(CARD, "cannot-tell", place=one.place, reason=one.stop.text)
    days = one.nights.days
    if result == NONE:
        judged = days[one.scan.judged]
        gap = int(np.diff(judged).max().astype(int))
        return say(
            CARD,
            "none",
            place=one.place,
            first=_said(judged[0]),
            last=_said(judged[-1]),
            judged=str(len(judged)),
            gap=f"{gap} day{'' if gap == 1 else 's'}",
        )
    assert one.onset is not None
    assert one.depth is not None
    best, low, high = (f"{100 * (value or 0):.0f}" for value in (one.depth.best, one.depth.low, one.depth.high))
    told = {
        "place": one.place,
        "onset": one.onset.spoken(),
        "depth": best,
        "low": low,
        "high": high,
        "level": f"{100 * settings.level:g}",
        "nights": str(one.depth.n),
    }
    if one.back is None:
        return say(CARD, "outage", **told, end=_said(days[-1]))
    return say(CARD, "outage-with-return", **told, back=one.back.spoken())


def _said(when: np.datetime64) -> str:
    plain = when.astype("datetime64[D]").item()
    return f"{plain.day} {plain:%B %Y}"


def _rows(
    one: PlaceOutage, days: D8, filled: Nights | None, load: Load | None, settings: Settings
) -> list[dict[str, Any]]:
    """One row a night: around the first dark night, or over all that was searched."""
    if one.outage is None:
        first, last = settings.first, settings.last
    else:
        middle = one.nights.days[one.outage.first_dark]
        first, last = middle - SHOWN, middle + SHOWN
    level = one.outage.baseline.level if one.outage else None
    seen = {night: index for index, night in enumerate(one.nights.days)}
    beside, outside = _by_day(filled), _by_day(load.nights if load else None)
    rows = []
    for night in np.unique(np.concatenate([days, load.nights.days]) if load else days):
        if not first <= night <= last:
            continue
        index = seen.get(night)
        value = None if index is None else float(one.nights.values[index])
        rows.append(
            {
                "place": one.place,
                "when": str(night),
                "value": value,
                "state": "not observed" if index is None else WORDS[one.scan.kinds[index]],
                "ratio": None if value is None or level is None else value / level,
                "gap_filled": beside.get(night),
                "load": outside.get(night),
            }
        )
    return rows


def _by_day(nights: Nights | None) -> dict[np.datetime64, float]:
    if nights is None:
        return {}
    return {night: float(value) for night, value in zip(nights.days, nights.values, strict=True)}


def _outcome(
    answers: dict[str, PlaceAnswer], *, needed: tuple[str, ...], rows: list[dict[str, Any]], caveats: tuple[Note, ...]
) -> Outcome:
    if len(answers) == 1:
        answer = next(iter(answers.values()))
        assert answer.statement is not None
        return Outcome(
            result=answer.result,
            statement=answer.statement,
            reasons=tuple(answer.reasons),
            needed=needed,
            estimates=answer.estimates,
            values=answer.values,
            places=answers,
            rows=rows,
            caveats=(*caveats, *answer.caveats),
        )
    counts = {name: sum(answer.result == name for answer in answers.values()) for name in (OUTAGE, NONE, CANNOT_TELL)}
    result = OUTAGE if counts[OUTAGE] else CANNOT_TELL if counts[CANNOT_TELL] else NONE
    return Outcome(
        result=result,
        statement=say(
            CARD,
            "family",
            total=str(len(answers)),
            dark=str(counts[OUTAGE]),
            lit=str(counts[NONE]),
            unknown=str(counts[CANNOT_TELL]),
        ),
        reasons=tuple(note for answer in answers.values() if answer.result == result for note in answer.reasons[:1])[
            :3
        ],
        needed=needed,
        values={"counts": counts},
        places=answers,
        rows=rows,
        caveats=(*caveats, *_many(len(answers))),
    )


def _many(places: int) -> tuple[Note, ...]:
    if places < 5:
        return ()
    text = f"{places} places were searched; each is a further chance of a false find."
    return (Note(code="many-places", text=text),)


def _refused(note: Note, needed: str) -> Outcome:
    return Outcome(result=REFUSED, statement=say(CARD, REFUSED, reason=note.text), reasons=(note,), needed=(needed,))
