"""The list of events: what is tested, whether it is invented, and whether it was frozen before anybody looked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dateline.core.errors import UsageError
from dateline.core.identity import digest
from dateline.core.when import When
from dateline.ledger.finding import Note

CAUSAL = re.compile(
    r"\b(because|caus(?:e[ds]?|ing)|led to|leads? to|due to|result(?:s|ed|ing)? in|triggered|thanks to|owing to"
    r"|brought about)\b",
    re.IGNORECASE,
)
"""Words that tell a cause. Names of events and series go into sentences, so they may not bring one along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One event of the list: its id, its name in the sentence, and the interval in which it happened."""

    id: str
    title: str
    when: When
    invented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What custody says of the list: when the last of its events was frozen, and when the series was first opened.

    None is not logged. left_out: events that were frozen beside these and are not tested. changed: events that were
    frozen, and are not as they were then.
    """

    frozen: datetime | None = None
    opened: datetime | None = None
    left_out: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def before(self) -> bool:
        """Whether the list was frozen before the series was opened, as far as the log shows."""
        return self.frozen is not None and self.opened is not None and self.frozen < self.opened

    def words(self) -> str:
        """The same in a sentence."""
        if self.before:
            assert self.frozen is not None
            return f"The list of events was frozen on {_day(self.frozen)}, before the series was opened."
        return f"The list of events was not pre-registered ({self._why()})."

    def _why(self) -> str:
        if self.changed:
            return f"changed since they were frozen: {', '.join(self.changed[:5])}"
        if self.frozen is None:
            return "no record that it was frozen"
        if self.opened is None:
            return f"frozen on {_day(self.frozen)}, but nothing tells when the series was opened"
        same = self.frozen.date() == self.opened.date()
        at = (f", {moment:%H:%M} UTC" if same else "" for moment in (self.frozen, self.opened))
        return f"frozen on {_day(self.frozen)}{next(at)}, after the series was opened on {_day(self.opened)}{next(at)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def list_sha256(events: Sequence[Listed]) -> str:
    """The hash that stands for a list: ids, names and intervals, whatever their order."""
    return digest(sorted([event.id, event.title, event.when.edtf()] for event in events))


def inline_events(text: str, *, invented: bool) -> tuple[Listed, ...]:
    """Events written in one line: "landfall = 2013-11-08; second storm = 2014-12-06/2014-12-08".

    Raises UsageError: `events` where a part is no "name = date", and what reading dates raises.
    """
    found: list[Listed] = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        title, sign, when = (piece.strip() for piece in part.rpartition("="))
        if not (title and sign and when):
            raise UsageError(
                "An event is written as a name and a date.",
                saw=repr(part),
                do="Write landfall = 2013-11-08; further events follow after a semicolon.",
                code="events",
            )
        name = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower() or f"event-{len(found) + 1}"
        found.append(Listed(id=name, title=title, when=When.from_edtf(when), invented=invented))
    return tuple(found)


def checked(events: Sequence[Listed]) -> tuple[Listed, ...]:
    """The list in order of time. Raises UsageError: `events` for none or two of one id, `causal-words` for a name."""
    ids = [event.id for event in events]
    doubled = sorted({name for name in ids if ids.count(name) > 1})
    if doubled or not events:
        raise UsageError(
            "Each event of the list needs an id of its own, and there must be one at least.",
            saw=", ".join(doubled) or "no event",
            do="Give events of the case, or dates = name = date; name = date.",
            code="events",
        )
    for event in events:
        no_cause(event.title)
    return tuple(sorted(events, key=lambda event: (event.when.edtf(), event.id)))


def no_cause(name: str) -> None:
    """Raises UsageError `causal-words` for a name that tells a cause."""
    met = CAUSAL.search(name)
    if met:
        raise UsageError(
            "A name that stands in the sentence may not tell a cause: an event study cannot show one.",
            saw=f"{met[0]!r} in {name!r}",
            do="Name what happened and nothing else: “explosion at the depot”.",
            code="causal-words",
        )


def simulated_against_real(events: Sequence[Listed], *, simulated: bool) -> Note | None:
    """A simulated series is never tested against events that happened."""
    real = [event.title for event in events if not event.invented]
    if not (simulated and real):
        return None
    return Note(
        code="simulated-real",
        text=f"The series is simulated and these events are real: {', '.join(real[:5])}. The answer would look like a "
        "measurement of the world.",
    )
