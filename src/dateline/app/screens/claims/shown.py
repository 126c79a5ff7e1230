"""One claim in plain words: who said what when, citing whom, how much, how sure, and what rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dateline.app.screens.claims.curtain import KEPT, Curtain
from dateline.app.screens.claims.words import (
    BACK,
    CREDIBILITY,
    HEDGES,
    KINDS,
    RELATIONS,
    RELIABILITY,
    STANCES,
    when_words,
)
from dateline.app.screens.claims.words import bounds as bounds_of
from dateline.core.errors import DatelineError
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.review import first_person
from dateline.ledger.trace import dependents

MOST = 100
"""Things of one sort that a page lists."""


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the page: what it is, and its lines."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A link of the chain back to who knows. claim: id of the claim that is passed on here."""

    who: str
    how: str
    read: bool
    end: bool
    claim: str | None


@dataclass(frozen=True, slots=True)
class Related:
    """A relation to another claim: `how` is the key; ours says that it stands in this record."""

    how: str
    words: str
    claim: str
    statement: str
    speaker: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Resting:
    """Something that rests on the claim."""

    kind: str
    id: str
    through: str
    title: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A line of the story that names the claim, or something that rests on it."""

    number: int
    text: str
    names: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A sign-off: whether it is of the text as it stands, and whether it counts."""

    by: str
    date: str
    agrees: bool
    why: str
    is_current: bool
    discounted: str | None


def rows(claim: Claim, curtain: Curtain) -> tuple[Said, ...]:
    """What the record says, but for what the curtain covers."""
    away = claim.id in curtain.away and not curtain.lifted
    found = [*_who(claim, curtain), *([] if away else _what(claim, curtain)), *_knowing(claim, curtain)]
    return tuple(Said(name, lines) for name, told in found if (lines := tuple(line for line in told if line)))


def _who(claim: Claim, curtain: Curtain) -> Iterator[tuple[str, list[str]]]:
    source = curtain.case.sources[claim.speaker]
    state = f", {source.state}" if source.state and not curtain.covers(claim) else ""
    yield "Speaker", [f"{curtain.speaker(claim)} ({source.type.replace('_', ' ')}{state})"]
    terms = curtain.terms(claim)
    if not terms.may_name:
        embargo = f"; not to be used before {terms.embargo.isoformat()}" if terms.embargo else ""
        yield "Terms", [terms.are.replace("_", " ") + embargo]
    yield "Said", [*when_words(claim.said), _covered(claim, curtain, claim.said_basis, "how we know when: ")]


def _covered(claim: Claim, curtain: Curtain, text: str | None, before: str = "") -> str:
    """A text about where it comes from, which may betray who spoke."""
    if not text:
        return ""
    return f"{before}{KEPT if curtain.covers(claim) else curtain.text(text)}"


def _what(claim: Claim, curtain: Curtain) -> Iterator[tuple[str, list[str]]]:
    yield "Stance", [STANCES.get(claim.stance, claim.stance)]
    if claim.status is not None:
        yield "Status", [claim.status.replace("_", " ")]
    if claim.proposition is not None:
        one = claim.proposition
        yield (
            "Who does what",
            [curtain.text(" · ".join(filter(None, (one.subject, one.relation, one.object, one.thing))))],
        )
    if claim.quantity is not None:
        amount = claim.quantity
        kind = f"{amount.kind.value}: {KINDS[amount.kind.value]}"
        yield "How much", [f"words: “{curtain.text(amount.text)}”", bounds_of(amount), kind]
    if claim.period is not None:
        yield "About the time", [curtain.text(line) for line in when_words(claim.period)]
    if claim.hedge is not None:
        scale = f", on the scale {claim.hedge.scale}" if claim.hedge.scale else ""
        yield "Hedge", [f"“{curtain.text(claim.hedge.text)}”: {claim.hedge.sort}, {HEDGES[claim.hedge.sort]}{scale}"]
    if claim.places:
        places = curtain.case.places
        yield "Places", [", ".join(places[name].name() if name in places else name for name in claim.places)]


def _knowing(claim: Claim, curtain: Curtain) -> Iterator[tuple[str, list[str]]]:
    if claim.origin is not None:
        one = claim.origin
        told = [one.key, *(filter(None, (one.state, one.method, one.raw_material)))]
        yield "Origin", [_covered(claim, curtain, " · ".join(told))]
    if claim.utterance is not None:
        yield "Act of saying", [_covered(claim, curtain, claim.utterance)]
    if claim.note is not None:
        yield "Note", [_covered(claim, curtain, claim.note)]


def words(claim: Claim, curtain: Curtain) -> list[Said]:
    """The words themselves and their translation, each with whose work it is."""
    one = claim.original
    if one is None or (claim.id in curtain.away and not curtain.lifted):
        return []
    found = [Said(f"In {one.language}", (curtain.text(one.text),))]
    if one.translation is not None:
        agrees = {True: ", who agrees", False: ", who does not agree", None: ""}[one.agrees]
        by = f"translated by {one.translator}" if one.translator else "translated by nobody who is named"
        second = f"; read by {one.second_linguist}{agrees}" if one.second_linguist else "; no second linguist"
        found.append(Said("Translation", (curtain.text(one.translation), by + second)))
    return found


def chain(claim: Claim, curtain: Curtain) -> tuple[Step, ...]:
    """From what we have back to who knows; nothing of it where it could betray who spoke."""
    if curtain.covers(claim):
        return ()
    return tuple(
        Step(curtain.text(one.who), curtain.text(one.how), one.read, one.end, one.claim) for one in claim.chain
    )


def relations(claim: Claim, curtain: Curtain) -> tuple[Related, ...]:
    """The claims that this one names, and those that name it."""
    found = [
        Related(how, RELATIONS[how], name, curtain.statement(other), curtain.speaker(other), ours=True)
        for how in RELATIONS
        for name in _names(claim, how)
        if (other := curtain.case.claims.get(name)) is not None
    ]
    for other in curtain.case.claims.values():
        found += [
            Related(how, BACK[how], other.id, curtain.statement(other), curtain.speaker(other), ours=False)
            for how in RELATIONS
            if claim.id in _names(other, how)
        ]
    return tuple(found[:MOST])


def _names(claim: Claim, how: str) -> tuple[str, ...]:
    told = getattr(claim, how)
    return told if isinstance(told, tuple) else (told,) if told else ()


def resting(case: Case, claim: Claim, curtain: Curtain) -> tuple[tuple[Resting, ...], str]:
    """Everything that rests on the claim; and what kept it from being told, if anything did."""
    try:
        found = dependents(case, claim.id)
    except DatelineError as error:
        return (), f"{error.what} {error.do}"
    return tuple(Resting(one.kind, one.id, one.through, _title(case, one.id, curtain)) for one in found[:MOST]), ""


def _title(case: Case, name: str, curtain: Curtain) -> str:
    record = case.records.get(name)
    if isinstance(record, Claim):
        return curtain.statement(record)
    return "" if record is None or name in curtain.away else curtain.text(record.title_text())


def story_lines(case: Case, names: list[str]) -> tuple[StoryLine, ...]:
    """The lines of the story that name one of these. The first of the names stands for the claim itself."""
    if not case.story.is_file():
        return ()
    any_of = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    lines = case.story.read_text(encoding="utf-8", errors="replace").splitlines()
    found = ((number, line, any_of.findall(line)) for number, line in enumerate(lines, 1))
    return tuple(
        StoryLine(number, line.strip()[:400], ", ".join(dict.fromkeys(hits))) for number, line, hits in found if hits
    )[:MOST]


def rating(claim: Claim, curtain: Curtain) -> Said | None:
    """The rating in the words of its scales."""
    one = claim.assessment
    if one is None:
        return None
    source = f"Source {one.source_reliability}: {RELIABILITY[one.source_reliability]}"
    information = f"Information {one.info_credibility}: {CREDIBILITY[one.info_credibility]}"
    return Said(f"by {one.by} on {one.date.isoformat()}", (source, information, curtain.text(one.why)))


def signatures(claim: Claim, curtain: Curtain) -> tuple[Signature, ...]:
    """The sign-offs in the order in which they came."""
    now = claim.sha256() if claim.reviews else ""
    return tuple(
        Signature(
            by=one.by,
            date=one.date.isoformat(),
            agrees=one.agrees,
            why=curtain.text(one.why),
            is_current=one.of == now,
            discounted=first_person(claim, one.by),
        )
        for one in claim.reviews
    )
