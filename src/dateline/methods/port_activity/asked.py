"""What is asked: the looks of one place, its window, how looks are read; and when nothing can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scipy import stats

from dateline.core.errors import Refusal, UsageError
from dateline.ledger.finding import Note
from dateline.ledger.port_log import PortLook
from dateline.methods.contract import Parameters
from dateline.methods.port_activity import words
from dateline.methods.port_activity.compare import Count, repeats
from dateline.methods.port_activity.days import Day, Rules
from dateline.methods.port_activity.figures import Eye

LONGEST = 7320
"""[day] A longer window is a slip in a date."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The looks of one place, its window [first and last day], and how they are to be read. names: by place's id."""

    place: str
    name: str
    looks: tuple[PortLook, ...]
    window: tuple[date, date]
    rules: Rules
    eye: Eye
    parameters: Parameters
    names: Mapping[str, str]

    @property
    def level(self) -> float:
        """Of the intervals."""
        return float(self.parameters["level"])

    @property
    def berths(self) -> tuple[str, ...]:
        """The berths that the log names."""
        return tuple(sorted({look.berth for look in self.looks if look.berth is not None}))

    def said(self) -> dict[str, str]:
        """What every sentence names."""
        return {"place": self.name, "first": words.spelled(self.window[0]), "last": words.spelled(self.window[1])}


def asked_of(looks: tuple[PortLook, ...], names: Mapping[str, str], parameters: Parameters) -> Asked:
    """The looks of the place asked for, and its window. names: of places, by id.

    Raises Refusal `several-places`, `detection`; UsageError `place`, `empty-log`, `date`.
    """
    places = sorted({look.place for look in looks})
    place = parameters["place"]
    if place is None and len(places) > 1:
        raise Refusal(
            "The log is of several places.",
            saw=", ".join(places[:6]) + (f" and {len(places) - 6} more" if len(places) > 6 else ""),
            do="Name one with --place.",
            code="several-places",
        )
    if place is not None and places and place not in places:
        raise UsageError(
            f"The log has no place {place!r}.", saw=", ".join(places[:12]), do="Choose one of them.", code="place"
        )
    place = place or (places[0] if places else next(iter(names), "the port"))
    rules = Rules(least=parameters["least"], zone=parameters["utc_offset"])
    own = tuple(look for look in looks if look.place == place)
    window = _window(own, rules, parameters)
    inside = tuple(look for look in own if window[0] <= rules.day(look.at) <= window[1])
    return Asked(place, names.get(place, place), inside, window, rules, _eye(inside, parameters), parameters, names)


def _window(looks: Sequence[PortLook], rules: Rules, parameters: Parameters) -> tuple[date, date]:
    """The window as asked for; where it was not, from the first to the last day that the log names."""
    first, last = (day_of(parameters[name], name) for name in ("first_day", "last_day"))
    named = [rules.day(look.at) for look in looks]
    if not named and (first is None or last is None):
        raise UsageError(
            "The log is empty, and no window was named.",
            saw="no looks",
            do="Give a log with images in it, or first_day and last_day.",
            code="empty-log",
        )
    window = (first or min(named), last or max(named))
    if not window[0] <= window[1] <= window[0] + timedelta(days=LONGEST):
        raise UsageError(
            "The window's days are out of order, or too far apart.",
            saw=f"{window[0]} to {window[1]}",
            do=f"Give first_day before last_day, at most {LONGEST:,} days apart.",
            code="date",
        )
    return window


def day_of(text: str | None, name: str) -> date | None:
    """A parameter as a plain day. Raises UsageError `date`."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{name} is no day.", saw=repr(text), do="Write it as 2023-08-26.", code="date") from error


def _eye(looks: Sequence[PortLook], parameters: Parameters) -> Eye:
    """Chances of detection and false alarm, as stated or from blind second looks."""
    false_alarm = float(parameters["false_alarm"] or 0.0)
    told = parameters["detection"]
    detection = (1.0 if told is None else float(told),) * 3
    if parameters["from_repeats"]:
        again = repeats(looks)
        found = None if again is None else again.detection
        if found is None:
            raise Refusal(
                "There is no blind second look that shows a ship.",
                saw="no image that two looked at and that either saw ships on",
                do="State the chance of detection, or have images looked at again by somebody who saw no other answer.",
                code="detection",
            )
        detection = found
    if detection[1] <= false_alarm:
        raise Refusal(
            "A look must show a ship more often where there is one than where there is none.",
            saw=f"detection {detection[1]:g}, false alarm {false_alarm:g}",
            do="Give a detection above the false alarm.",
            code="detection",
        )
    return Eye(detection, false_alarm)


def stop_of(days: Sequence[Day], seen: Count, asked: Asked) -> Note | None:
    """Why nothing can be told, if so."""
    if not asked.looks:
        return Note(code="no-look", text="The log has no image of it in this time.")
    if not seen.observed:
        why = ", ".join(f"{reason} ({n})" for reason, n in words.reasons_of(days).items())
        partly = sum(day.state == "partly" for day in days)
        text = (
            f"It was observed on no day of {len(days)}: {why}."
            if why
            else f"It was in full sight on no day of {len(days)}."
        )
        if partly:
            text += f" On {words.plural(partly, 'day')} a ship was seen while a part of it was out of sight."
        return Note(code="nothing-observed", text=text)
    if seen.observed == 1:
        (only,) = (day for day in days if day.state in {"ships", "empty", "disputed"})
        saw = {"ships": "ships", "empty": "no ship", "disputed": "those who looked disagree"}[only.state]
        return Note(code="one-day", text=f"It was observed on one day only, {words.spelled(only.day)}: {saw}.")
    found = seen.ships + seen.disputed
    chance = float(stats.binom.sf(found - 1, seen.observed, asked.eye.false_alarm))
    if found and asked.eye.false_alarm and chance > 1 - asked.level:
        text = f"False alarms alone would show ships on {found} of {seen.observed} days with a chance of {chance:.2f}."
        return Note(code="false-alarms", text=text)
    return None
