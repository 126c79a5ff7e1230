"""The story in the words that the page prints: each reference with its value, each sentence filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dateline.core.errors import DatelineError
from dateline.core.identity import digest, sha256_bytes
from dateline.ledger.reference import Reference
from dateline.story.document import BlockUse, Run, Sentence
from dateline.story.fault import Spot
from dateline.story.reading import Reading
from dateline.story.speak import speak

_SPACES = re.compile(r"[ \t\n]+")
NOTHING = "…"
"""Stands for a reference that cannot be printed: `check` says why."""


@dataclass(frozen=True, slots=True)
class Use:
    """One reference where the story prints it, or a block names it."""

    text: str
    forms: tuple[str, ...]
    spot: Spot
    reference: Reference
    words: str | None
    """As printed; None where a block shows it whole."""


def says(reading: Reading, text: str, forms: tuple[str, ...] = ()) -> str | None:
    """The words that a reference prints, None where it prints none."""
    reference = reading.found(text)
    try:
        return None if reference is None else speak(reference, reading.answer(text), reading.language, forms)
    except DatelineError:
        return None


def uses(reading: Reading) -> Iterator[Use]:
    """Every reference that gives something, in prose first and then in blocks, in order."""
    for run in reading.story.references():
        yield from _use(reading, run)
    for named in reading.named():
        reference = reading.found(named.text)
        if reference is not None:
            words = says(reading, named.text) if named.sort == "reference" else None
            yield Use(named.text, (), named.spot, reference, words)


def _use(reading: Reading, run: Run) -> Iterator[Use]:
    reference = reading.found(run.text) if run.text else None
    if reference is not None:
        yield Use(run.text, run.forms, run.spot, reference, says(reading, run.text, run.forms))


def worded(sentence: Sentence, reading: Reading) -> str:
    """A sentence as the page prints it."""
    return _filled(sentence, lambda run: says(reading, run.text, run.forms) or NOTHING)


def written(sentence: Sentence) -> str:
    """A sentence as its writer wrote it, references in braces, without what stands around them."""
    return _filled(sentence, lambda run: "{{" + " | ".join((run.text.strip(), *run.forms)) + "}}")


def _filled(sentence: Sentence, fill: object) -> str:
    begin, end = sentence.start, sentence.start + len(sentence.text)
    parts: list[str] = []
    for at, run in sentence.passage.starts:
        if at >= end or at + len(run.flat) <= begin:
            continue
        if run.kind == "reference":
            assert callable(fill)
            parts.append(str(fill(run)))
        else:
            parts.append(run.text[max(0, begin - at) : end - at])
    return _SPACES.sub(" ", "".join(parts)).strip()


def sentence_at(reading: Reading, spot: Spot) -> Sentence | None:
    """The sentence of the prose in which a place lies; None for a place outside it, or in a block."""
    at = (spot.line, spot.column)
    best: Sentence | None = None
    for passage in reading.story.passages:
        if passage.block is not None or not passage.runs:
            continue
        last = passage.spot_at(max(0, len(passage.flat) - 1))
        if not (passage.spot.line, 1) <= at <= (last.line, max(last.column, 1_000_000)):
            continue
        for sentence in passage.sentences():
            start = sentence.spot(len(sentence.text) - len(sentence.text.lstrip()))
            if best is None or (start.line, start.column) <= at:
                best = sentence
    return best


def block_at(reading: Reading, spot: Spot) -> BlockUse | None:
    """The block in which a line lies: the last one that begins above it, where no prose stands between."""
    before = [use for use in reading.story.blocks if use.spot.line <= spot.line]
    if not before:
        return None
    use = max(before, key=lambda each: each.spot.line)
    between = (passage.spot.line for passage in reading.story.passages if passage.block is None)
    return None if any(use.spot.line < line <= spot.line for line in between) else use


def printed_sha256(reading: Reading) -> str:
    """The hash of a story and of what it prints: another word, or another number, makes another."""
    printed = sorted({(use.text, " | ".join(use.forms), use.words or _shown(reading, use)) for use in uses(reading)})
    text = reading.case.story.read_bytes()
    return digest({"story": sha256_bytes(text), "printed": [list(each) for each in printed]})


def _shown(reading: Reading, use: Use) -> str:
    """What stands for something that a block shows whole: what the record says, or what the finding found."""
    if reading.case.has_finding(use.reference.owner):
        finding = reading.case.finding(use.reference.owner)
        return digest([finding.result, {name: one.to_json() for name, one in finding.estimates.items()}])
    record = reading.case.records.get(use.reference.owner)
    return "" if record is None else record.sha256()
