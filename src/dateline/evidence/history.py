"""What the custody log says about each item: the hashes entered last, and whether it was hidden or expunged."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dateline.evidence.chain import FOLDER, Difference, Entry, Event, Line, chains, survey

_SAYING = {Event.COLLECTED, Event.DERIVED, Event.CORRECTED, Event.REDACTED, Event.EXPUNGED}
"""Events that may say what a record is. If it was changed and then only looked at or exported, that shows."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What a chain says last of an item, and the line where it says so.

    `at` is the latest time in the chain up to that line: a clock that was set back does not change the order.
    `replaced` are the hashes of records that this one came after.
    """

    chain: str
    line: int
    at: str
    content: str | None
    meta_sha256: str
    file_sha256: str | None
    replaced: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The file and line of the entry."""
        return f"{FOLDER}/{self.chain}.jsonl:{self.line}"


@dataclass(frozen=True, slots=True)
class Backwards:
    """A line whose time is earlier than that of a line before it: a clock was set back. It is not an error."""

    chain: str
    line: int
    at: str
    before: str

    def __str__(self) -> str:
        return f"{FOLDER}/{self.chain}.jsonl:{self.line}: {self.at} comes after {self.before}: a clock was set back"


@dataclass(frozen=True, slots=True)
class History:
    """The whole log of a case, settled. `hidden` and `expunged` say where the log says so, by item."""

    items: Mapping[str, Logged]
    hidden: Mapping[str, str]
    expunged: Mapping[str, str]
    lines: Mapping[str, int]
    """How many lines each chain has."""
    differences: tuple[Difference, ...]
    backwards: tuple[Backwards, ...]


@dataclass(slots=True)
class _Reading:
    """What is known so far. One entry an item is all that is kept, unless several people's chains name it."""

    tips: dict[str, Logged] = field(default_factory=dict)
    others: dict[str, list[Logged]] = field(default_factory=dict)
    shown: dict[str, dict[str, tuple[str, bool, str]]] = field(default_factory=dict)
    expunged: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    backwards: list[Backwards] = field(default_factory=list)

    def chain(self, name: str, path: Path) -> None:
        latest, count = "", 0
        for step in survey(path):
            if isinstance(step, Difference):
                self.differences.append(step)
                continue
            count = step.number
            if step.entry.at < latest:
                self.backwards.append(Backwards(name, step.number, step.entry.at, latest))
            latest = max(latest, step.entry.at)
            self.entry(sys.intern(name), step, sys.intern(latest))
        self.lines[name] = count

    def entry(self, chain: str, line: Line, at: str) -> None:
        entry, where = line.entry, f"{FOLDER}/{chain}.jsonl:{line.number}"
        if entry.event in {Event.HIDDEN, Event.SHOWN}:
            self.shown.setdefault(entry.subject, {})[chain] = (at, entry.event is Event.HIDDEN, where)
        if entry.event is Event.EXPUNGED:
            self.expunged[entry.subject] = where
        if entry.meta_sha256 is not None and entry.event in _SAYING:
            said = Logged(chain, line.number, at, entry.sha256, entry.meta_sha256, entry.file_sha256)
            self.tip(entry, said)

    def tip(self, entry: Entry, new: Logged) -> None:
        old = self.tips.get(entry.subject)
        came_after: tuple[str, ...] = () if entry.was is None else (entry.was,)
        if old is not None and old.chain != new.chain:
            self.others.setdefault(entry.subject, []).append(old)
        elif old is not None:
            came_after += old.replaced
        if came_after:
            new = replace(new, replaced=tuple(sha256 for sha256 in came_after if sha256 != new.meta_sha256))
        self.tips[entry.subject] = new


def history(case: Path) -> History:
    """Reads all chains of a case. Faults in them are in `differences`; what can still be read is used."""
    reading = _Reading()
    for name, path in chains(case).items():
        reading.chain(name, path)
    for subject, others in reading.others.items():
        reading.tips[subject] = _last([*others, reading.tips[subject]])
    shown = ((subject, max(words.values())) for subject, words in reading.shown.items())  # in doubt it is hidden
    return History(
        items=reading.tips,
        hidden={subject: where for subject, (_, is_hidden, where) in shown if is_hidden},
        expunged=reading.expunged,
        lines=reading.lines,
        differences=tuple(reading.differences),
        backwards=tuple(reading.backwards),
    )


def _last(tips: Iterable[Logged]) -> Logged:
    """The last word of several people's chains: the latest, unless another entry says that it replaced that one."""
    left = sorted(tips, key=lambda tip: (tip.at, tip.chain))
    last = left.pop()
    while later := next((tip for tip in left if last.meta_sha256 in tip.replaced), None):
        left.remove(later)
        last = later
    return last
