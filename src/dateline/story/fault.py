"""What `check` says: faults with a rule, a place in the text, what was seen and what to do; and the report of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dateline.core.errors import DatelineError


class Level(StrEnum):
    """What a fault means for publishing."""

    BLOCK = "block"
    """The page is not built."""
    SIGN_OFF = "sign-off"
    """The page is built; before it is published somebody named says why this may stand."""
    NOTE = "note"
    """Worth a look."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the story's file: line and column from 1."""

    line: int
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: the code in reports and docs, its name, what a breach means, why it exists, what to do instead."""

    code: str
    name: str
    level: Level
    why: str
    do: str
    reads: tuple[str, ...] = ()
    """Vocabularies of story/words of which it needs one to find anything; or GRAMMAR."""
    rests_in_analysis: bool = False
    """Whether it says nothing within an :::analysis block, where somebody gives an opinion under their name."""


GRAMMAR = "grammar"
"""What a rule reads that knows ways of writing of English alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One breach of one rule at one place."""

    rule: Rule
    spot: Spot
    saw: str
    do: str

    def __str__(self) -> str:
        return (
            f"{self.spot.line}:{self.spot.column} {self.rule.level} {self.rule.code}: {self.rule.name}\n"
            f"  saw: {self.saw}\n  do:  {self.do}"
        )

    def to_json(self) -> dict[str, Any]:
        """For programs and editors."""
        return {
            "code": self.rule.code,
            "name": self.rule.name,
            "level": self.rule.level.value,
            "line": self.spot.line,
            "column": self.spot.column,
            "saw": self.saw,
            "do": self.do,
            "why": self.rule.why,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that `check` found in one story, in the order of the text."""

    file: str
    faults: tuple[Fault, ...]
    escapes: tuple[tuple[Spot, str, str], ...] = ()
    """What the writer, or a record, let pass: where, the words, the reason. The editor's sheet prints them."""
    numbers: int = 0
    """How many references the story prints."""

    @property
    def blocking(self) -> tuple[Fault, ...]:
        """The faults that stop the build."""
        return tuple(fault for fault in self.faults if fault.rule.level is Level.BLOCK)

    @property
    def passed(self) -> bool:
        """Whether the page may be built."""
        return not self.blocking

    def text(self) -> str:
        """The report for people: each fault, then each thing that was let pass, then the count."""
        lines = [f"{self.file}:{fault}" for fault in self.faults]
        lines += [
            f"{self.file}:{spot.line}:{spot.column} let pass: {text!r}, {why}" for spot, text, why in self.escapes
        ]
        count = len(self.blocking)
        lines.append(f"{_count(count)} the page")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "file": self.file,
            "passed": self.passed,
            "faults": [fault.to_json() for fault in self.faults],
            "escapes": [
                {"line": spot.line, "column": spot.column, "text": text, "reason": why}
                for spot, text, why in self.escapes
            ],
        }


@dataclass(slots=True)
class Faults:
    """Faults as they are gathered by one rule."""

    rule: Rule
    found: list[Fault] = field(default_factory=list)
    passed: list[tuple[Spot, str, str]] = field(default_factory=list)

    def let_pass(self, spot: Spot, text: str, why: str) -> None:
        """Something that would be a fault, had nobody decided otherwise, in writing: the editor's sheet prints it."""
        self.passed.append((spot, text, why))

    def add(self, spot: Spot, saw: str, do: str | None = None) -> None:
        """One more; what to do is the rule's own advice unless this place has better."""
        self.found.append(Fault(rule=self.rule, spot=spot, saw=saw, do=do or self.rule.do))


class StoryError(DatelineError):
    """A story that cannot become a page; carries everything that stops it."""

    default_code = "story"

    def __init__(self, report: Report) -> None:
        self.report = report
        count = len(report.blocking)
        super().__init__(
            f"{report.file} has {_count(count)} the page.",
            saw="\n       ".join(
                f"line {fault.spot.line}, column {fault.spot.column}: {fault.rule.code}: {fault.saw}\n"
                f"         do: {fault.do}"
                for fault in report.blocking
            ),
            do="Mend each line above and build again; the page was not touched.",
        )


def _count(count: int) -> str:
    """ "1 fault that stops", "no faults that stop"."""
    return "1 fault that stops" if count == 1 else f"{count or 'no'} faults that stop"


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults in the order of the text."""
    return tuple(sorted(faults, key=lambda fault: (fault.spot.line, fault.spot.column, fault.rule.code, fault.saw)))
