"""What `check` says of a draft: line by line, each with its rule, for an editor and a lawyer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from dateline.story.compare import Outcome
from dateline.story.document import Passage
from dateline.story.fault import Fault, Level, Report, Rule, Spot

Kind = Literal["number", "date", "place", "distance", "quote", "hedge"]
KINDS: tuple[Kind, ...] = ("number", "date", "place", "distance", "quote", "hedge")
OUTCOMES: tuple[Outcome, ...] = ("matches", "differs", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing in the draft that a reader could check: where it stands, how it stands to the case, against what."""

    number: int
    column: int
    kind: Kind
    what: str
    outcome: Outcome
    sentence: str
    against: str = ""
    rule: Rule | None = None
    """Why it is not a match; None for a match."""
    do: str = ""

    @property
    def stops(self) -> bool:
        """Whether the draft does not pass for it: it differs, or nobody has vouched for it and somebody must."""
        return self.outcome == "differs" or (
            self.outcome == "unknown" and (self.rule is None or self.rule.level is Level.BLOCK)
        )

    @property
    def advice(self) -> str:
        """What to do; "" for a match."""
        return self.do or (self.rule.do if self.rule is not None else "")

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        names = ("number", "column", "kind", "what", "outcome", "sentence", "against")
        rule = self.rule
        told = {} if rule is None else {"name": rule.name, "level": rule.level.value, "why": rule.why}
        return {
            **{name: getattr(self, name) for name in names},
            "rule": rule.code if rule is not None else None, "stops": self.stops, **told, "do": self.advice,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """What `check` says of a draft, and the draft's own text beside it."""

    file: str
    lines: tuple[Line, ...]
    passages: tuple[Passage, ...] = ()
    case: str = ""
    """The id of the case it was laid beside."""
    records_sha256: str = ""
    language: str = "en"
    unread: tuple[str, ...] = ()
    """Codes of the rules that do not read the draft's language."""
    notes: tuple[str, ...] = ()
    """What concerns the draft as a whole."""

    @property
    def passed(self) -> bool:
        """Whether nothing stops it. An unknown number is no pass: nobody has vouched for it."""
        return not any(line.stops for line in self.lines)

    def count(self, outcome: Outcome) -> int:
        """How many lines have this outcome."""
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def told(self) -> str:
        """The counts in words."""
        return ", ".join(f"{self.count(outcome)} {outcome}" for outcome in OUTCOMES)

    def text(self) -> str:
        """The sheet for people."""
        rows = [
            f"{self.file}: each number, date, place, distance, quote and hedge against the case {self.case}".rstrip()
        ]
        rows += [f"note: {what}" for what in self.notes]
        for line in self.lines:
            rule = "" if line.rule is None else f"  [{line.rule.code}: {line.rule.name}]"
            rows += [
                "",
                f"{line.number}:{line.column} {line.outcome.upper():8} {line.what} ({line.kind}){rule}",
                f"  in:      {line.sentence}",
            ]
            rows += [f"  against: {line.against}"] if line.against else []
            rows += [f"  do:      {line.advice}"] if line.outcome != "matches" and line.advice else []
        return "\n".join([*rows, "", self.told])

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "file": self.file, "passed": self.passed, "case": self.case, "records_sha256": self.records_sha256,
            "language": self.language, "unread": list(self.unread), "notes": list(self.notes),
            "counts": {outcome: self.count(outcome) for outcome in OUTCOMES},
            "lines": [line.to_json() for line in self.lines],
        }  # fmt: skip

    def report(self) -> Report:
        """What is no match, as faults: for SARIF and the margins of editors."""
        faults = tuple(
            Fault(
                rule=line.rule,
                spot=Spot(line.number, line.column),
                saw=f"{line.what!r}; {line.against}",
                do=line.advice,
            )
            for line in self.lines
            if line.rule is not None
        )
        return Report(self.file, faults)
