"""A question about a phrase as it is typed, and its answer: readings, and the question that is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from dateline.core.errors import UsageError
from dateline.core.phrases.place import Direction
from dateline.core.phrases.read import Reading, read, said_day
from dateline.core.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All readings of a phrase; `question` is what to ask where there are several."""

    phrase: str
    said: date
    readings: tuple[Reading, ...]

    @property
    def question(self) -> str | None:
        """What to ask the speaker, or to look up; None where the words leave no choice."""
        if len(self.readings) == 1:
            return None
        return f"Which is meant: {' or '.join(reading.when.spoken() for reading in self.readings)}?"

    def to_json(self) -> dict[str, Any]:
        """The answer for a program."""
        return {
            "phrase": self.phrase,
            "said": self.said.isoformat(),
            "readings": [reading.to_json() for reading in self.readings],
            "question": self.question,
        }


def ask(
    phrase: str,
    *,
    said: str,
    zone: str | None = None,
    language: str | None = None,
    direction: str | None = None,
    events: Iterable[str] = (),
) -> Answer:
    """Reads a phrase with everything given as text. Raises what read() raises, and UsageError (codes `date`, `zone`,
    `direction`, `event`) for what cannot be read of the rest.
    """
    if direction is not None and direction not in get_args(Direction):
        raise UsageError("A phrase looks back or ahead.", saw=direction, do="Say past or future.", code="direction")
    day = said_day(_moment(said), zone)
    toward: Direction | None = None if direction is None else "past" if direction == "past" else "future"
    known = dict(_event(text) for text in events)
    readings = read(phrase, said=day, language=language, direction=toward, events=known)
    return Answer(phrase=phrase, said=day, readings=readings)


def _moment(text: str) -> date | datetime:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            "The day it was said must be a plain day, or a time with its zone.",
            saw=repr(text),
            do="Write 2024-02-26, or 2024-02-26T09:30+09:00.",
            code="date",
        ) from error


def _event(text: str) -> tuple[str, When]:
    name, sign, day = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(
            "An event needs a name and a date.", saw=repr(text), do="Write summit=2023-09-13.", code="event"
        )
    return name.strip(), When.from_edtf(day.strip())
