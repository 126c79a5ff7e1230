"""What the custody log says about each item: the hashes entered last, and whether it was hidden or expunged.

An item is hidden as long as any line that hides it is not undone. A line that shows it again names, as `was`, the
hash of the one line that it undoes: so it comes after that line whatever the clocks of two machines say, and takes
back no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dateline.evidence.chain import FOLDER, Difference, Entry, Event, Line, chains, survey
from dateline.evidence.last_words import LastWords, Logged

_SAYING = {Event.COLLECTED, Event.DERIVED, Event.CORRECTED, Event.REDACTED, Event.EXPUNGED}
"""Events that may say what a record is. If it was changed and then only looked at or exported, that shows."""


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

    items: LastWords
    hidden: Mapping[str, str]
    expunged: Mapping[str, str]
    lines: Mapping[str, int]
    """How many lines each chain has."""
    differences: tuple[Difference, ...]
    backwards: tuple[Backwards, ...]
    withheld: Mapping[str, int] = field(default_factory=dict)
    """How many lines of a chain whoever made a package withheld; chains with none are not in it."""
    hidings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each item in `hidden` the hashes of the lines that hide it and are not undone."""


@dataclass(slots=True)
class _Reading:
    """What is known so far. One entry an item and chain is all that is kept, and that not in memory."""

    items: LastWords = field(default_factory=LastWords)
    hidings: dict[str, dict[str, str]] = field(default_factory=dict)
    undone: set[tuple[str, str | None]] = field(default_factory=set)
    expunged: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    backwards: list[Backwards] = field(default_factory=list)
    withheld: dict[str, int] = field(default_factory=dict)

    def chain(self, name: str, path: Path) -> Iterator[tuple[str, Logged]]:
        """Reads a chain to its end; gives what it says of items."""
        latest, count = "", 0
        for step in survey(path):
            if isinstance(step, Difference):
                self.differences.append(step)
                continue
            count = step.number
            entry = step.entry
            if entry is None:
                self.withheld[name] = self.withheld.get(name, 0) + 1
                continue
            if entry.at < latest:
                self.backwards.append(Backwards(name, step.number, entry.at, latest))
            latest = max(latest, entry.at)
            self.entry(f"{FOLDER}/{name}.jsonl:{step.number}", step, entry)
            if entry.meta_sha256 is not None and entry.event in _SAYING:
                came_after = () if entry.was is None else (entry.was,)
                yield (
                    entry.subject,
                    Logged(name, step.number, latest, entry.sha256, entry.meta_sha256, entry.file_sha256, came_after),
                )
        self.lines[name] = count

    def entry(self, where: str, line: Line, entry: Entry) -> None:
        if entry.event is Event.HIDDEN:
            self.hidings.setdefault(entry.subject, {})[line.sha256] = where
        if entry.event is Event.SHOWN:
            self.undone.add((entry.subject, entry.was))
        if entry.event is Event.EXPUNGED:
            self.expunged[entry.subject] = where

    def left(self) -> dict[str, dict[str, str]]:
        """Of each hidden item the lines that hide it and are not undone: where they are, by hash."""
        left = {
            subject: {sha256: where for sha256, where in lines.items() if (subject, sha256) not in self.undone}
            for subject, lines in self.hidings.items()
        }
        return {subject: lines for subject, lines in left.items() if lines}


def history(case: Path) -> History:
    """Reads all chains of a case. Faults in them are in `differences`; what can still be read is used."""
    reading = _Reading()
    for name, path in chains(case).items():
        reading.items.add(reading.chain(name, path))
    hidings = reading.left()
    return History(
        items=reading.items,
        hidden={subject: next(reversed(lines.values())) for subject, lines in hidings.items()},
        expunged=reading.expunged,
        lines=reading.lines,
        differences=tuple(reading.differences),
        backwards=tuple(reading.backwards),
        withheld=reading.withheld,
        hidings={subject: tuple(lines) for subject, lines in hidings.items()},
    )
