"""Dates in a record's texts: EDTF, words read against the day they were said, and a spelling that keeps a When."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dateline.core.errors import UsageError
from dateline.core.phrases.ask import ask
from dateline.core.phrases.read import Reading
from dateline.core.when import Moment, When
from dateline.ledger.compose.brackets import Wrong, bracketed, opened
from dateline.ledger.told import write_when

_WORDS = frozenset({"said", "rule", "after"})
_TWO_WAYS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_OF_SHEET = re.compile(r"(?i)([a-z]{3})-(\d\d)")
_NO_DAY = ("2200-01-15", "2203-08-23")
"""Two far days: what reads alike against both does not depend on when it was said."""


@dataclass(frozen=True, slots=True)
class Against:
    """What vague words are read against: the first and last day on which they may have been said; the zone."""

    said: tuple[str, ...] = ()
    zone: str | None = None
    direction: str | None = None
    what: str = "[said 2024-02-23]"
    """What would help where no day is known."""


class Several(Exception):
    """A text has several readings: each in words, and spelt so that it has one."""

    def __init__(self, ask: str, readings: Sequence[tuple[str, str]]) -> None:
        super().__init__(ask)
        self.ask = ask
        self.readings = tuple(readings)


def moments(when: When) -> tuple[str, ...]:
    """The first and last moment of a time, as phrases are read against them; none where an end is open."""
    if when.earliest is None or when.latest is None:
        return ()
    return tuple(dict.fromkeys(moment.isoformat() for moment in (when.earliest, when.latest)))


def read_when(text: str, against: Against) -> When:
    """A time from text: EDTF; `WORDS [said DAY] [rule WORD] = EDTF`; or words alone.

    Raises Wrong for what is no date, or one that needs the day it was said; Several where there are several readings.
    """
    words, marks = opened(text, _WORDS)
    said = marks.get("said")
    left, sign, right = words.rpartition("= ") if "= " in words else (words, "", "")
    if sign:
        return _spelt(left.strip(), right.strip(), marks)
    if "rule" in marks:
        day = _day(said) if said else None
        return _made(None, None, {"text": words or None, "said": day, "rule": marks["rule"]})
    _check_sheet(words)
    days = (said,) if said else against.said
    readings = [one for day in days or _NO_DAY for one in _asked(words, day, against)]
    different = {(one.when.earliest, one.when.latest, one.when.approximate): one for one in reversed(readings)}
    if len(different) > 1 and not days:
        raise Wrong(
            f"{words!r}, which depends on the day it was said", f"that day too: {against.what}; or EDTF: 2024-02"
        )
    if len(different) > 1:
        found = sorted(different.values(), key=lambda one: (str(one.when.earliest or ""), str(one.when.latest or "")))
        raise Several("Which is meant?", [(_label(one), spelt(one.when)) for one in found])
    return _of_reading(readings[0], dated=bool(days), after="after" in marks)


def _of_reading(reading: Reading, *, dated: bool, after: bool) -> When:
    when = reading.when
    if reading.language == "edtf" and not reading.members:
        when = replace(when, text=None, said=None, rule=None)
    elif not dated:
        when = replace(when, said=None)
    return replace(when, after=True) if after else when


def _asked(words: str, day: str, against: Against) -> tuple[Reading, ...]:
    try:
        return ask(words, said=day, zone=against.zone, direction=against.direction).readings
    except UsageError as error:
        if error.code == "after-said" and day in _NO_DAY:  # pragma: no cover  a date after the year 2200
            raise Wrong(repr(words), "a date") from error
        raise Wrong(
            error.saw, f"{error.do} Or put the days after the words: {words[:40]} = 2023-08-21/2023-08-31"
        ) from error


def _check_sheet(words: str) -> None:
    """Dates that a spreadsheet rewrote, or that say day and month in either order."""
    if _OF_SHEET.fullmatch(words):
        raise Wrong(
            f"{words!r}, as spreadsheets write a month or a day", "the month as 2024-02, or the day as 2024-02-24"
        )
    match = _TWO_WAYS.fullmatch(words)
    if match and 1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= 12 and match[1] != match[2]:
        ways = [
            f"{match[3]}-{int(month):02}-{int(day):02}" for month, day in ((match[2], match[1]), (match[1], match[2]))
        ]
        raise Several("Day or month first?", [(When.on(date.fromisoformat(way)).spoken(), way) for way in ways])


def _label(reading: Reading) -> str:
    return f"{reading.when.spoken()} ({reading.when.rule})"


def _spelt(words: str, edtf: str, marks: Mapping[str, str]) -> When:
    try:
        when = When.from_edtf(edtf)
    except UsageError as error:
        raise Wrong(error.saw, error.do) from error
    said = _day(marks["said"]) if marks.get("said") else None
    told = {"text": words or None, "said": said, "rule": marks.get("rule"), "after": "after" in marks}
    return _made(when.earliest, when.latest, {**told, "approximate": when.approximate})


def _made(earliest: Moment | None, latest: Moment | None, told: Mapping[str, object]) -> When:
    try:
        return When(earliest=earliest, latest=latest, **told)  # type: ignore[arg-type]
    except ValueError as error:
        raise Wrong(f"{earliest} to {latest}", str(error)) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Wrong(repr(text), "a day such as 2024-02-23") from error


def spelt(when: When) -> str:
    """A time as text that read_when reads back: EDTF alone, or words, marks and EDTF."""
    plain = write_when(when)
    if isinstance(plain, str):
        return plain
    marks = {"said": when.said.isoformat() if when.said else None, "rule": when.rule}
    words = bracketed(when.text or "", {key: value for key, value in marks.items() if value}, ["after"] * when.after)
    if when.earliest is None and when.latest is None:
        return words
    bare = replace(when, after=False, text=None, said=None, rule=None)
    return f"{words} = {bare.edtf()}".strip()
