"""Days with ships of days observed, what they say of the other days, and the footnote to put under the sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.ledger.port_log import PortLog, PortLook
from dateline.ledger.port_log_csv import write_port_log
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, Produced, say
from dateline.methods.port_activity import words
from dateline.methods.port_activity.asked import Asked, asked_of, day_of, stop_of
from dateline.methods.port_activity.compare import (
    Count,
    clear_days,
    count,
    halves,
    months,
    repeats,
    trend,
)
from dateline.methods.port_activity.days import Day, Tally, days_of
from dateline.methods.port_activity.figures import Figures, figures
from dateline.methods.port_activity.model import none_upper_if_stays
from dateline.methods.port_activity.spells import missed, spells_of
from dateline.methods.presence import none_seen_upper

CARD = read_card(Path(__file__).parent / "card.md")
PLAN_STAYS = (1, 3, 7)
"""[day] Mean stays for which the bound of a port without ships is told."""
FROM_GATHERING = ("other-question", "undated-image", "image-log")
"""Codes of notes that come with the log from its gatherer."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Days with ships of days observed at one place, and what they say of its window.

    inputs: `log`, one PortLog (several are read as one). Estimates: `share`, `share_dependent`, `share_corrected` [%],
    `ship_days`, `ship_days_if_drawn`, `mean_stay`, `effective_days` [day], `visits` [visit], `difference` [%],
    `trend` [% per 30 days]. Rows: one a day. Values: `counts`, `not_observed`, `footnote`, `arrivals`, `departures`,
    `missed`, `months`, `clear_days`, `second_look`, `before_after`. Artifact `log`: the merged log as CSV.
    Clopper and Pearson 1934; hypergeometric inversion: Buonaccorsi 1987; hidden two-state chain: Baum et al. 1970;
    Rogan and Gladen 1978. Raises Refusal `several-places`, `detection`; UsageError `date` for days out of order.
    """
    logs = inputs.many("log", PortLog)
    names = dict(inputs.maybe("names", dict) or {})
    asked = asked_of(tuple(look for log in logs for look in log.looks), names, parameters)
    notes = [Note(code=code, text=text) for log in logs for code, text in log.notes if code in FROM_GATHERING]
    tally = Tally()
    days = days_of(asked.looks, asked.rules, asked.window, tally, berths=asked.berths)
    seen = count(days)
    stop = stop_of(days, seen, asked)
    if stop is not None:
        return _cannot_tell(asked, stop, days, seen).with_caveats(*words.tallied(tally), *notes)
    return _counted(asked, days, seen, tally, rng).with_caveats(*notes)


def _cannot_tell(asked: Asked, note: Note, days: Sequence[Day], seen: Count) -> Outcome:
    return Outcome(
        result="cannot tell",
        statement=say(CARD, "cannot-tell", **asked.said(), reason=note.text),
        reasons=(note,),
        needed=("Images of more days of this time, looked at by somebody; radar where it was cloudy.",),
        values={
            "counts": _counts(days, seen),
            "not_observed": words.reasons_of(days),
            "footnote": words.footnote(days, seen, None, asked.eye),
        },
        rows=[_row(day) for day in days],
        caveats=tuple(_of_looks(asked, days)),
        artifacts=_log(asked),
    )


def _counted(asked: Asked, days: Sequence[Day], seen: Count, tally: Tally, rng: np.random.Generator) -> Outcome:
    found = _figures(asked, days, rng)
    by_month, clear, again = months(days, asked.level), clear_days(days), repeats(asked.looks)
    spells = spells_of(days)
    compared, values, estimates = _compared(asked, days, found, rng)
    reasons = [*words.of_visits(found, spells.attested), *compared, *([words.of_repeats(again)] if again else [])]
    values |= {
        "counts": _counts(days, seen),
        "not_observed": words.reasons_of(days),
        "footnote": words.footnote(days, seen, found, asked.eye),
        "arrivals": [when.to_json() for when in spells.arrivals],
        "departures": [when.to_json() for when in spells.departures],
        "visits_attested": spells.attested,
        "missed": missed(days),
        "months": [dict(row) for row in by_month.rows],
        "clear_days": clear,
    }
    if again is not None:
        values["second_look"] = {"both": again.both, "one": again.one, "neither": again.neither, "kappa": again.kappa}
    return Outcome(
        result="ships seen" if seen.ships + seen.disputed else "no ship seen",
        statement=_statement(asked, days, seen, found, values),
        reasons=tuple(reasons),
        estimates={**found.estimates, **estimates},
        values=values,
        places=_berths(asked, rng),
        rows=[_row(day) for day in days],
        caveats=(
            *words.of_figures(seen, found, asked.eye),
            *words.tallied(tally),
            *_of_looks(asked, days),
            *words.of_effort(seen, by_month, clear),
            *_of_season(asked, days),
        ),
        artifacts=_log(asked),
    )


def _figures(asked: Asked, days: Sequence[Day], rng: np.random.Generator) -> Figures:
    return figures(
        days,
        asked.eye,
        shortest=asked.parameters["shortest_stay"],
        fewest=asked.parameters["fewest"],
        level=asked.level,
        rng=rng,
    )


def _compared(
    asked: Asked, days: Sequence[Day], found: Figures, rng: np.random.Generator
) -> tuple[list[Note], dict[str, Any], dict[str, Estimate]]:
    """Trend and the two periods: reasons, values and estimates."""
    reasons: list[Note] = []
    values: dict[str, Any] = {}
    estimates: dict[str, Estimate] = {}
    since = day_of(asked.parameters["since"], "since")
    if since is not None:
        if not asked.window[0] < since <= asked.window[1]:
            raise UsageError(
                "The day that parts the window lies outside it.",
                saw=f"since {since}, window {asked.window[0]} to {asked.window[1]}",
                do="Give a day after the first and not after the last.",
                code="date",
            )
        two = halves(days, since, found.reading, asked.level, rng)
        reasons += words.of_halves(two, since, asked.level)
        values["before_after"] = {
            "since": since.isoformat(),
            **two.to_json(asked.level),
        }
        if two.difference is not None:
            estimates["difference"] = two.difference
    if found.made is not None:
        line = trend(days, found.made, found.reading, asked.level, rng)
        if line is not None:
            estimates["trend"] = line.slope
            values["trend"] = {"p": line.p, "p_if_days_independent": line.p_independent}
            reasons.append(words.of_trend(line, asked.level))
    return reasons, values, estimates


def _statement(asked: Asked, days: Sequence[Day], seen: Count, found: Figures, values: dict[str, Any]) -> Statement:
    args = {
        **asked.said(),
        "ships": str(seen.ships),
        "observed": str(seen.observed),
        "window": str(len(days)),
        "unseen": str(len(days) - seen.observed),
        "level": f"{100 * asked.level:g}",
        "disputed": f"; on {seen.disputed} more, those who looked disagree" if seen.disputed else "",
    }
    if not seen.ships + seen.disputed:
        detection = asked.eye.detection[1]
        upper = none_seen_upper(seen.observed, asked.level, detection)
        values["at_most_percent"] = {
            "if_days_independent": 100 * upper,
            "if_ships_stay": [
                {"mean_stay_days": stay, "percent": 100 * none_upper_if_stays(days, stay, asked.level, detection)}
                for stay in PLAN_STAYS
            ],
        }
        return say(CARD, "none", **args, upper=f"{100 * upper:.1f}")
    if "ship_days" in found.estimates and (seen.observed < len(days) or not asked.eye.is_perfect):
        best, low, high = found.estimates["ship_days"].spoken()
        return say(CARD, "seen", **args, days=best, low=str(low), high=str(high))
    return say(CARD, "seen-only" if seen.observed < len(days) else "seen-always", **args)


def _berths(asked: Asked, rng: np.random.Generator) -> dict[str, PlaceAnswer]:
    """Each berth by itself, where there are several."""
    if len(asked.berths) < 2:
        return {}
    found = {}
    for berth in asked.berths:
        looks = tuple(replace(look, berth=None) for look in asked.looks if look.berth in {berth, None})
        own = replace(
            asked,
            name=asked.names.get(berth, berth),
            looks=tuple(look for look in looks if _tells_of_one(look, asked, berth)),
        )
        found[berth] = _berth(own, rng)
    return found


def _tells_of_one(look: PortLook, asked: Asked, berth: str) -> bool:
    """A look at the whole port tells of one berth unless it shows ships: at which berth is then not said."""
    of_berth = any(other.image == look.image and other.berth == berth for other in asked.looks)
    return of_berth or look.seen != "ships"


def _berth(asked: Asked, rng: np.random.Generator) -> PlaceAnswer:
    days = days_of(asked.looks, asked.rules, asked.window, Tally())
    seen = count(days)
    stop = stop_of(days, seen, asked)
    if stop is not None:
        statement = say(CARD, "cannot-tell", **asked.said(), reason=stop.text)
        return PlaceAnswer(
            result="cannot tell", statement=statement, reasons=[stop], values={"counts": _counts(days, seen)}
        )
    found = _figures(asked, days, rng)
    values: dict[str, Any] = {"counts": _counts(days, seen), "footnote": words.footnote(days, seen, found, asked.eye)}
    statement = _statement(asked, days, seen, found, values)
    result = "ships seen" if seen.ships + seen.disputed else "no ship seen"
    return PlaceAnswer(result=result, statement=statement, estimates=dict(found.estimates), values=values)


def _of_season(asked: Asked, days: Sequence[Day]) -> Iterator[Note]:
    """Whether two periods that are compared were looked at in the same calendar months."""
    since = day_of(asked.parameters["since"], "since")
    if since is None:
        return
    observed = [day.day for day in days if day.state in {"ships", "empty", "disputed"}]
    before, after = ({day.month for day in observed if (day < since) is early} for early in (True, False))
    if before != after:
        text = "The two periods are of different months: season may make the difference."
        yield Note(code="season-differs", text=text)


def _of_looks(asked: Asked, days: Sequence[Day]) -> Iterator[Note]:
    """What is to be known of the looks themselves."""
    kinds = {isinstance(look.at, datetime) for look in asked.looks}
    if len(kinds) == 2:
        text = "Some images have a time and some only a day, whose zone is not known: neighbouring days may be swapped."
        yield Note(code="mixed-days", text=text)
    if partly := sum(day.state == "partly" for day in days):
        text = f"On {words.plural(partly, 'day')} a ship was seen and a part of the place was not: in neither count."
        yield Note(code="partly-seen", text=text)
    if by_program := sum(look.how == "method" for look in asked.looks):
        text = f"{by_program} of {words.plural(len(asked.looks), 'look')} were decided by a program."
        yield Note(code="by-program", text=text)
    if any(look.simulated for look in asked.looks):
        yield Note(code="simulated", text="Some looks are simulated: they say nothing about a real place.")


def _counts(days: Sequence[Day], seen: Count) -> dict[str, int]:
    states = [day.state for day in days]
    return {
        "days": len(days),
        "observed": seen.observed,
        "with_ships": seen.ships,
        "empty": states.count("empty"),
        "disputed": seen.disputed,
        "partly_seen_with_ships": states.count("partly"),
        "not_observed": states.count("not observed"),
        "passes": sum(len(day.passes) for day in days),
    }


def _row(day: Day) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "state": {"partly": "ships, partly seen"}.get(day.state, day.state),
        "ships": day.ships,
        "why": day.why if day.state == "not observed" else None,
        "images": " ".join(image for one in day.passes for image in one.images),
        "sensors": ", ".join(dict.fromkeys(one.sensor for one in day.passes if one.sensor)),
    }


def _log(asked: Asked) -> tuple[Produced, ...]:
    data = write_port_log(asked.looks).encode()
    return (Produced(role="log", name="port_log.csv", media_type="text/csv", data=data),)
