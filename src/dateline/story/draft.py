"""`check DRAFT`: a plain draft, written elsewhere, laid beside the case. Each number matches, differs or is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline.ledger.agreed import off_record
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, PlaceAnswer
from dateline.places.distance_check import Lookup, check_distance
from dateline.places.told_distance import ToldDistance, find_distances
from dateline.story.compare import Outcome, compare, is_known_time, known_numbers, known_times
from dateline.story.distances import lookup_in
from dateline.story.document import Passage, Run, Sentence
from dateline.story.fault import Spot
from dateline.story.language import Language, language
from dateline.story.manuscript import paragraphs
from dateline.story.numbers import find_numbers
from dateline.story.phrases import hits
from dateline.story.rules.proxy import LIGHT
from dateline.story.rules.stronger_words import FALLS, NEITHER, RISES

LEAST_NAME = 3
"""Shorter names are in too many sentences to say what one is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing in the draft that a reader could check: where it stands, how it stands to the case, against what."""

    number: int
    column: int
    what: str
    outcome: Outcome
    sentence: str
    against: str = ""

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {name: getattr(self, name) for name in ("number", "column", "what", "outcome", "sentence", "against")}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What `check` says of a draft, line by line, for an editor and a lawyer."""

    file: str
    lines: tuple[Line, ...]

    @property
    def passed(self) -> bool:
        """Whether everything found matches. An unknown number is no pass: nobody has vouched for it."""
        return all(line.outcome == "matches" for line in self.lines)

    def count(self, outcome: Outcome) -> int:
        """How many lines have this outcome."""
        return sum(line.outcome == outcome for line in self.lines)

    def text(self) -> str:
        """The sheet for people."""
        rows = [f"{self.file}: each number, date and word of change against the case"]
        for line in self.lines:
            rows += [
                "",
                f"{line.number}:{line.column} {line.outcome.upper():8} {line.what}",
                f"  in:      {line.sentence}",
            ]
            if line.against:
                rows.append(f"  against: {line.against}")
        told = ", ".join(f"{self.count(outcome)} {outcome}" for outcome in ("matches", "differs", "unknown"))
        return "\n".join([*rows, "", told])

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {"file": self.file, "passed": self.passed, "lines": [line.to_json() for line in self.lines]}


@dataclass(frozen=True, slots=True)
class _Desk:
    """What sentences of a draft are held against: prepared once."""

    language: Language
    names: Mapping[str, frozenset[str]]
    """Lower-case names of places and speakers, and the subjects (findings, their places, claims) they stand for."""
    parts: Mapping[str, tuple[Finding, Finding | PlaceAnswer]]
    """The answer of each subject that is one, with its finding."""

    def about(self, text: str) -> frozenset[str]:
        """The subjects that a sentence speaks of, by the names in it; a longer name hides a shorter one inside it."""
        lower = text.casefold()
        there = [name for name in self.names if name in lower]
        kept = [name for name in there if not any(name != other and name in other for other in there)]
        return frozenset(subject for name in kept for subject in self.names[name])


def check_draft(path: Path, case: Case, gazetteer: Lookup | None = None) -> Sheet:
    """Every number, date, distance and word of change of a draft, against the case's findings, claims and events.

    A sentence that names nobody is about what the one before it was about. Distances are measured between places of
    the case, and between those of `gazetteer` where the case has no such place. Raises UsageError or InputError (code
    "draft") for a file that cannot be read. Nothing is written.
    """
    desk = _desk(case)
    look = lookup_in(case, gazetteer)
    known, times = known_numbers(case, desk.language), known_times(case)
    lines: list[Line] = []
    before: frozenset[str] = frozenset()
    for number, text in paragraphs(path):
        passage = Passage((Run("text", text, Spot(number)),), "paragraph", Spot(number))
        for sentence in passage.sentences():
            before = desk.about(sentence.text) or before
            told = find_distances(sentence.text) if desk.language.code == "en" else ()
            lines += _numbers(sentence, known, before, told)
            lines += _dates(sentence, times)
            lines += _words(sentence, desk, before)
            for each in told:
                checked = check_distance(each, look, case.head.worldview)
                lines.append(_line(sentence, each.start, each.text, checked.outcome, checked.words))
    return Sheet(path.name, tuple(sorted(lines, key=lambda line: (line.number, line.column))))


def _desk(case: Case) -> _Desk:
    parts: dict[str, tuple[Finding, Finding | PlaceAnswer]] = {}
    names: list[tuple[str, str]] = []
    for owner, finding in case.findings().items():
        parts[owner] = (finding, finding)
        places = [ref.id for ref in finding.inputs if ref.kind == "place"]
        if len(places) == 1:
            names += [(name, owner) for name in _names_of(case, places[0])]
        for place, answer in finding.places.items():
            parts[f"{owner}.places.{place}"] = (finding, answer)
            names += [(name, f"{owner}.places.{place}") for name in _names_of(case, place)]
    for subject, (_, part) in parts.items():
        told = part.statement.args.get("place") if part.statement is not None else None
        names += [(str(told), subject)] if told else []
    away = off_record(case.records)
    for owner, claim in case.claims.items():
        if owner in away:
            continue
        names += [(name, owner) for name in case.sources[claim.speaker].names.values()]
    return _Desk(language(case.head.languages[0]), _grouped(names), parts)


def _grouped(names: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, subject in names:
        if len(name) >= LEAST_NAME:
            found.setdefault(name.casefold(), set()).add(subject)
    return {name: frozenset(subjects) for name, subjects in found.items()}


def _names_of(case: Case, place: str) -> tuple[str, ...]:
    record = case.places.get(place)
    return tuple(record.names.values()) if record is not None else (place.replace("-", " "),)


def _line(sentence: Sentence, at: int, what: str, outcome: Outcome, against: str = "") -> Line:
    spot = sentence.spot(at)
    said = sentence.text.strip()
    return Line(number=spot.line, column=spot.column, what=what, outcome=outcome, sentence=said, against=against)


def _numbers(sentence: Sentence, known: Any, about: frozenset[str], told: Sequence[ToldDistance]) -> Iterator[Line]:
    for number in find_numbers(sentence.text):
        if number.sort == "date" or any(each.start <= number.start < each.end for each in told):
            continue  # a distance between places has a line of its own
        compared = compare(number, known, about=about)
        beside = compared.known
        against = "" if beside is None else f"{beside.reference}: {beside.printed}"
        if compared.outcome == "unknown" and beside is not None:
            against = f"the same digits stand in {against}, but the sentence does not name it"
        yield _line(sentence, number.start, number.text, compared.outcome, against)


def _dates(sentence: Sentence, times: Any) -> Iterator[Line]:
    for number in find_numbers(sentence.text):
        if number.sort == "date":
            is_known = number.when is not None and is_known_time(number.when, times)
            against = (
                "a date of the case's records" if is_known else "no record or finding of the case begins or ends then"
            )
            yield _line(sentence, number.start, number.text, "matches" if is_known else "unknown", against)


def _words(sentence: Sentence, desk: _Desk, about: frozenset[str]) -> Iterator[Line]:
    """Words of change against the results of what the sentence names, and a proxy told as the thing."""
    answers = [desk.parts[subject] for subject in sorted(about) if subject in desk.parts]
    results = {part.result for _, part in answers}
    told = ", ".join(dict.fromkeys(f"{finding.id}: {part.result}" for finding, part in answers))
    for direction, says_so, says_other in (("rise", RISES, FALLS), ("fall", FALLS, RISES)):
        for hit in hits(desk.language, direction, sentence.text):
            if not hit.negated and results and not results & says_so and results & (NEITHER | says_other):
                yield _line(sentence, hit.start, hit.words, "differs", told)
    for hit in hits(desk.language, "relative", sentence.text):
        yield _line(sentence, hit.start, hit.words, "unknown", "say how far, or when; or whose opinion it is")
    if any(LIGHT.search(finding.method) for finding, _ in answers) and LIGHT.search(sentence.text):
        for hit in hits(desk.language, "proxy_things", sentence.text):
            if not hit.negated:
                yield _line(sentence, hit.start, hit.words, "differs", f"{told}: light was measured, not this")
