"""The fact-checking sheet: each sentence with what it prints, what that rests on, who looked, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dateline.ledger.finding import Finding
from dateline.ledger.reference import Reference
from dateline.ledger.reply import Reply
from dateline.ledger.review import review_state
from dateline.ledger.trace import trace
from dateline.story.document import Sentence
from dateline.story.fault import Fault, Level, Report, Spot
from dateline.story.numbers import find_numbers
from dateline.story.parties import parties
from dateline.story.quotes import quoted_spans
from dateline.story.reading import CANNOT_TELL, REFUSED, Answer, Reading
from dateline.story.rules.right_of_reply import replies_of
from dateline.story.signing import harm_of
from dateline.story.wording import Use, block_at, sentence_at, uses, worded

SIMULATED = "EXERCISE: what is marked as simulated was invented"
POSITIONS = frozenset({"exact-position", "position-young", "sensitive-place"})
"""Rules that find a position which must not be told: the sheet does not tell it either."""
FEW = 3
"""So many files are named each time; more only where they stand first."""
NO_POSITION = "not shown here: it tells where somebody is"
NOT_SHOWN = "not shown here: a name or words that were given in confidence"
_At = tuple[int, int] | int | None
"""A sentence by its passage and where it begins in it, or a block by its line."""
REVIEWS = {
    "none": "no second person has read it",
    "signed": "signed by a second person",
    "disagreed": "a second person DISAGREES",
    "stale": "signed for an earlier text",
}


@dataclass(frozen=True, slots=True)
class Support:
    """One thing that a sentence prints: its words, what they come from, and what that is worth."""

    printed: str
    reference: str
    answer: str
    """Result and interval of a finding; what sort of record it is."""
    caveats: tuple[str, ...]
    evidence: tuple[str, ...]
    simulated: bool
    checked: str
    """Who measured, rated, reviewed or signed."""
    open: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "printed": self.printed, "reference": self.reference, "answer": self.answer, "caveats": self.caveats,
            "evidence": self.evidence, "simulated": self.simulated, "checked": self.checked, "open": self.open,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence, or one block: where it stands, what it says, and all that a checker needs beside it."""

    line: int
    column: int
    where: str
    words: str
    support: tuple[Support, ...]
    passed: tuple[str, ...]
    """Words and faults that somebody let pass, each with the reason and the name."""
    open: tuple[str, ...]

    @property
    def is_checkable(self) -> bool:
        """Whether it says anything that a checker must look at."""
        return bool(self.support or self.passed or self.open)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "line": self.line, "column": self.column, "where": self.where, "words": self.words,
            "support": [one.to_json() for one in self.support], "passed": self.passed, "open": self.open,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The whole sheet of one story, in the order of the text."""

    title: str
    file: str
    records_sha256: str
    rows: tuple[Row, ...]
    open: tuple[str, ...]
    """What is open of the story as a whole."""
    passed: bool
    simulated: bool
    """Whether anything in it was simulated."""

    @property
    def count_open(self) -> int:
        """How many things are open."""
        return len(self.open) + sum(len(row.open) + sum(len(one.open) for one in row.support) for row in self.rows)

    def text(self) -> str:
        """The sheet as plain text."""
        lines = [
            *([SIMULATED] if self.simulated else []),
            self.title,
            f"{self.count_open} open",
            *(f"OPEN {what}" for what in self.open),
        ]
        for row in self.rows:
            lines += ["", f"{self.file}:{row.line}:{row.column} {row.where} [      ]", f"  {row.words}"]
            for one in row.support:
                lines.append(f"  - {one.printed} <- {one.reference}: {'SIMULATED; ' * one.simulated}{one.answer}")
                lines += [f"      caveat: {what}" for what in one.caveats]
                lines += [f"      evidence: {', '.join(one.evidence)}"] if one.evidence else []
                lines += [f"      checked: {one.checked}"] if one.checked else []
                lines += [f"      OPEN {what}" for what in one.open]
            lines += [f"  let pass: {what}" for what in row.passed]
            lines += [f"  OPEN {what}" for what in row.open]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "title": self.title, "file": self.file, "records_sha256": self.records_sha256, "passed": self.passed,
            "simulated": self.simulated, "open": self.open, "count_open": self.count_open,
            "rows": [row.to_json() for row in self.rows],
        }  # fmt: skip


def sheet_of(reading: Reading, report: Report, *, freshness: Mapping[str, bool | None], records: str) -> FactSheet:
    """The sheet of a story as `check` sees it now. Names and words given in confidence are masked in it.

    freshness: for each finding whether it is what would be computed now, None where that cannot be told here.
    records: the fingerprint of the case's records.
    """
    desk = _Desk(reading, report, freshness)
    titles = [each for each in reading.story.sentences() if (each.passage.role, each.passage.block) == ("title", None)]
    return FactSheet(
        title=desk.shown(" ".join(worded(each, reading) for each in titles) or reading.case.head.title),
        file=report.file,
        records_sha256=records,
        rows=tuple(sorted(desk.rows(), key=lambda row: (row.line, row.column))),
        open=tuple(map(desk.shown, desk.whole())),
        passed=report.passed,
        simulated=reading.simulated,
    )


@dataclass(frozen=True)
class _Desk:
    """What the sheet is made of."""

    reading: Reading
    report: Report
    freshness: Mapping[str, bool | None]
    _items: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    _told: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def shown(self, text: str) -> str:
        """A text as the sheet may print it."""
        return NOT_SHOWN if any(self.reading.secrets.in_text(text)) else text

    @cached_property
    def faults(self) -> Mapping[_At, list[Fault]]:
        """The faults by the sentence or block in which they stand."""
        found: dict[_At, list[Fault]] = {}
        for fault in self.report.faults:
            found.setdefault(self._at(fault.spot), []).append(fault)
        return found

    @cached_property
    def passed(self) -> Mapping[_At, list[tuple[Spot, str, str]]]:
        """What was let pass, in the same way."""
        found: dict[_At, list[tuple[Spot, str, str]]] = {}
        for one in self.report.escapes:
            found.setdefault(self._at(one[0]), []).append(one)
        return found

    @cached_property
    def _exempt(self) -> Mapping[Spot, _At]:
        """Words let pass in texts of blocks, and the sentence of each."""
        inside = (one for one in self.reading.story.sentences() if one.passage.block is not None)
        return {
            run.spot: (id(one.passage), one.start)
            for one in inside
            for at, run in one.passage.starts
            if run.kind == "exempt" and one.start <= at < one.start + len(one.text)
        }

    def _at(self, spot: Spot) -> _At:
        """The sentence in which a place lies, or else the line of its block; None for a place in neither."""
        if spot in self._exempt:
            return self._exempt[spot]
        sentence = sentence_at(self.reading, spot)
        if sentence is not None:
            return (id(sentence.passage), sentence.start)
        block = block_at(self.reading, spot)
        return None if block is None else block.spot.line

    def rows(self) -> Iterator[Row]:
        """A row for each sentence and each block."""
        at: dict[Spot, list[Use]] = {}
        for use in uses(self.reading):
            at.setdefault(use.spot, []).append(use)
        for sentence in self.reading.story.sentences():
            own = [use for spot in dict.fromkeys(run.spot for run in sentence.references) for use in at.pop(spot, ())]
            yield self._sentence(sentence, own)
        within: dict[_At, list[Use]] = {}
        for spot, named in at.items():
            within.setdefault(self._at(spot), []).extend(named)
        for block in self.reading.story.blocks:
            line = block.spot.line
            own, faults, passed = within.get(line, []), self.faults.get(line, []), self.passed.get(line, [])
            if own or faults or passed:
                words = f":::{block.name}"
                yield self._row(block.spot, f"block {block.name}", words, own=own, passed=passed, faults=faults)

    def _sentence(self, sentence: Sentence, own: list[Use]) -> Row:
        spot = sentence.spot(len(sentence.text) - len(sentence.text.lstrip()))
        passage = sentence.passage
        where = passage.role if passage.block is None else f"in block {passage.block}"
        where = where if passage.analysis is None else f"analysis by {passage.analysis or 'nobody'}"
        key = (id(passage), sentence.start)
        passed, faults = self.passed.get(key, []), self.faults.get(key, [])
        row = self._row(spot, where, worded(sentence, self.reading), own=own, passed=passed, faults=faults)
        return row if row.is_checkable or not _says(sentence) else self._typed(row)

    @staticmethod
    def _typed(row: Row) -> Row:
        """A sentence with a number, a date or a quote that no reference prints: the checker compares it by hand."""
        by_hand = "a number, date or quote that no reference prints: compare it by hand"
        return Row(row.line, row.column, row.where, row.words, (), (), (by_hand,))

    def _row(
        self,
        spot: Spot,
        where: str,
        words: str,
        *,
        own: list[Use],
        passed: list[tuple[Spot, str, str]],
        faults: list[Fault],
    ) -> Row:
        hides = any(fault.rule.code in POSITIONS for fault in faults)
        support = tuple(self._support(use, spot.line, hides=hides) for use in own)
        stopping = [fault for fault in faults if fault.rule.level is not Level.NOTE]
        return Row(
            line=spot.line,
            column=spot.column,
            where=where,
            words=NO_POSITION if hides and own else self.shown(words),
            support=support,
            passed=tuple(dict.fromkeys(self.shown(f"“{text}”: {why}") for _, text, why in passed)),
            open=tuple(dict.fromkeys(self.shown(f"{one.rule.level}: {one.rule.code}: {one.saw}") for one in stopping)),
        )

    def _support(self, use: Use, line: int, *, hides: bool) -> Support:
        reference, answer = use.reference, self.reading.answer(use.text)
        return Support(
            printed=NO_POSITION if hides else self.shown(use.words or "the whole"),
            reference=self.shown(" | ".join((use.text, *use.forms))),
            answer=NO_POSITION if hides else self.shown(self._answer(reference, answer)),
            caveats=() if answer is None else self._caveats(answer, line),
            evidence=self._evidence(reference.owner, line),
            simulated=self.reading.is_simulated(use.text),
            checked=self.shown(self._checked(reference, answer)),
            open=tuple(map(self.shown, self._open(reference, answer))),
        )

    def _caveats(self, answer: Answer, line: int) -> tuple[str, ...]:
        """The caveats of an answer where it is first printed; later, where that was."""
        key = (answer.finding.id, answer.place)
        first = self._told.setdefault(key, line)
        if not answer.part.caveats:
            return ()
        if first != line:
            return (f"as in line {first}",)
        return tuple(self.shown(note.text) for note in answer.part.caveats)

    def _answer(self, reference: Reference, answer: Answer | None) -> str:
        if answer is None:
            return f"{reference.owner_kind} {reference.owner}"
        name = next((name for name in answer.estimates if f"estimates.{name}" in reference.path), None)
        if name is None:
            return answer.result
        estimate = answer.estimates[name]
        change = ".change" in f"{reference.text}." and estimate.unit == "1"
        return f"{answer.result}; {self.reading.language.estimate(estimate.as_change() if change else estimate)}"

    def _evidence(self, owner: str, line: int) -> tuple[str, ...]:
        """Ids of the items under it, without those off the record; where it stands again, where they stand."""
        if owner in self._items:
            first, there = self._items[owner]
            return there if first == line or len(there) <= FEW else (f"as in line {first}",)
        below = (node.id for node in trace(self.reading.case, owner).walk() if node.kind == "item")
        there = tuple(dict.fromkeys(name for name in below if name not in self.reading.off_record))
        self._items[owner] = (line, there)
        return there

    def _checked(self, reference: Reference, answer: Answer | None) -> str:
        if answer is not None:
            return self._measured(answer.finding)
        claim = self.reading.case.claims.get(reference.owner)
        if claim is not None:
            rated = f"rated by {claim.assessment.by} on {claim.assessment.date}" if claim.assessment else "not rated"
            by = ", ".join(dict.fromkeys(review.by for review in claim.reviews))
            return f"{rated}; {REVIEWS[review_state(claim)]}{f' ({by})' if by else ''}"
        return ""

    def _measured(self, finding: Finding) -> str:
        told = {True: "up to date", False: "OUT OF DATE", None: "its inputs are not on this machine"}
        fresh = told[self.freshness[finding.id]] if finding.id in self.freshness else "no measure of this case makes it"
        seen = self._observers(finding)
        people = f"; marked by {', '.join(seen)}" if seen else ""
        return f"measured by {finding.method} {finding.method_version}, {fresh}{people}"

    def _observers(self, finding: Finding) -> list[str]:
        """Who marked images under a finding, as they are called in the case."""
        named = {ref.id for ref in finding.inputs if ref.kind == "observations"}
        marks = self.reading.case.observations
        return sorted({mark.by for name, mark in marks.items() if name in named or mark.by in named})

    def _open(self, reference: Reference, answer: Answer | None) -> Iterator[str]:
        if answer is not None:
            if self.freshness.get(answer.finding.id, True) is not True:
                yield f"{answer.finding.id}: measure it again, or where its inputs are"
            if answer.result in {CANNOT_TELL, REFUSED}:
                needed = "; ".join(answer.finding.needed)
                yield f"{answer.finding.id}: {answer.result}{f'; needed: {needed}' if needed else ''}"
        claim = self.reading.case.claims.get(reference.owner)
        if claim is not None and review_state(claim) != "signed":
            yield f"{claim.id}: {REVIEWS[review_state(claim)]}"
        reply = self.reading.case.replies.get(reference.owner)
        if isinstance(reply, Reply) and reply.outcome == "waiting":
            yield f"{reply.id}: the answer is outstanding"

    def whole(self) -> Iterator[str]:
        """What is open of the story as a whole: faults that stand nowhere in it, harm, replies."""
        for fault in self.faults.get(None, []):
            if fault.rule.level is not Level.NOTE:
                yield f"{fault.rule.level}: {fault.rule.code}: {fault.saw}"
        harm = harm_of(self.reading)
        if not harm:
            yield "no record of who could be hurt, for the story as it is now"
        yield from (f"{one.id} waits for a second person" for one in harm if one.signed_by is None)
        for source in parties(self.reading):
            for reply in replies_of(self.reading, self.reading.case.sources[source]):
                if reply.outcome == "waiting":
                    yield f"{reply.id}: the answer of {source} is outstanding"


def _says(sentence: Sentence) -> bool:
    """Whether a sentence has a number, a date or a quote."""
    return any(find_numbers(sentence.text)) or any(quoted_spans(sentence.text))
