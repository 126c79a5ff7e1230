"""What a case can say to a draft: its subjects with their numbers, times, places, words, and who spoke them.

Nothing that was told off the record is in it, no name of anybody who is not to be named, and nothing measured from a
sensitive place: what does not stand in here cannot be found out by trying.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Literal

from dateline.core.when import When
from dateline.ledger.agreed import off_record, speaker_of, unnamed
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding, PlaceAnswer
from dateline.ledger.naming import name_pattern
from dateline.ledger.secrets import Secrets, secrets_of
from dateline.story.compare import Known, known_numbers, times_by_subject
from dateline.story.draft.words import counted_in, stems
from dateline.story.language import Language
from dateline.story.numbers import find_numbers
from dateline.story.rules.quote_differs import verbatim

_KEPT = ("id", "owner", "sort", "texts", "speakers", "places", "verbatim", "below", "nameless")
CAPITALS = {
    "BY": "Minsk", "CN": "Beijing", "DE": "Berlin", "FR": "Paris", "GB": "London", "IN": "New Delhi", "IR": "Tehran",
    "JP": "Tokyo", "KP": "Pyongyang", "KR": "Seoul", "PL": "Warsaw", "RU": "Moscow", "TR": "Ankara", "UA": "Kyiv",
    "US": "Washington",
}  # fmt: skip
"""Capitals that newsrooms write for the government that sits there, by the state's code."""
_SAYS = (
    r"\s+(?:\w+ly\s+|has\s+|had\s+)?(?:said|says|put|puts|spoke|denied|denies|claimed|claims|answered|announced|"
    r"estimated|estimates|told|wrote|insisted|insists|rejected|accused|reported|maintains|maintained)\b"
)
LEAST_NAME = 3
"""Shorter names are in too many sentences to say what one is about."""
NOT_SHOWN = "not shown here: a name or words that were given in confidence"
Sort = Literal["finding", "claim", "event", "reply", "media"]


@dataclass(frozen=True)
class Subject:
    """Something that a sentence can speak of: a finding, one place of it, a claim, an event, a reply, a recording."""

    id: str
    """As references call it: FINDING, FINDING.places.PLACE, CLAIM …"""
    owner: str
    sort: Sort
    texts: tuple[str, ...]
    """Our words for it: statement, question, title; they say what it is about, and what it counts."""
    speakers: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    verbatim: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()
    times: tuple[When, ...] = ()
    below: frozenset[str] = frozenset()
    """Ids of the records that a finding was computed from."""
    nameless: bool = False
    """Whether somebody said it who is not to be named."""

    @cached_property
    def stems(self) -> frozenset[str]:
        """What it is about."""
        return frozenset(stem for text in self.texts for stem in stems(text))

    @cached_property
    def told(self) -> tuple[float, ...]:
        """Numbers that stand in its texts and in words that were said."""
        numbers = (number for text in (*self.texts, *self.verbatim) for number in find_numbers(text))
        return tuple(number.value for number in numbers if number.value is not None and number.sort != "date")

    def shares(self, words: frozenset[str]) -> float:
        """The part of what it is about that a sentence with these stems speaks of [0 to 1]."""
        return len(self.stems & words) / len(self.stems) if self.stems else 0.0


@dataclass(frozen=True)
class Dossier:
    """A case laid open for a draft, in the draft's language."""

    case: Case
    language: Language
    subjects: Mapping[str, Subject]
    parts: Mapping[str, tuple[Finding, Finding | PlaceAnswer]]
    """The answer of each subject that is one, with its finding."""
    names: Mapping[str, frozenset[str]]
    """Names of places and speakers, folded, and the subjects that they stand for."""
    speakers: tuple[tuple[re.Pattern[str], str], ...]
    """How each source that may be named is called, and its id."""
    secrets: Secrets
    _nouns: dict[str, frozenset[str]] = field(default_factory=dict)

    def claim(self, name: str) -> Claim | None:
        """A claim by its id."""
        return self.case.claims.get(name)

    def about(self, text: str) -> frozenset[str]:
        """The subjects that a sentence names, by places and speakers; a longer name hides a shorter one inside it."""
        told = fold(text)
        there = [name for name in self.names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told)]
        kept = [name for name in there if not any(name != other and name in other for other in there)]
        named = {subject for name in kept for subject in self.names[name]}
        spoken = self.speaking(text)
        return frozenset(named | {one.id for one in self.subjects.values() if one.speakers & spoken})

    def speaking(self, text: str) -> frozenset[str]:
        """The sources that a text names."""
        told = text.replace("'", "’")
        return frozenset(source for pattern, source in self.speakers if pattern.search(told))

    def near(self, words: frozenset[str], least: float = 0.34) -> tuple[Subject, ...]:
        """Subjects of which a sentence with these stems speaks without naming them, the nearest first."""
        found = [one for one in self.subjects.values() if len(one.stems & words) > 1 and one.shares(words) >= least]
        return tuple(sorted(found, key=lambda one: (-one.shares(words), one.id)))

    def nouns(self, known: Known) -> frozenset[str]:
        """What a claim's number counts: its unit, and what any claim with that unit calls it beside its number."""
        if known.unit not in self._nouns:
            found = set(stems(known.unit)) | ({known.unit.casefold()[:5]} if known.unit else set())
            for one in self.subjects.values():
                for each in one.known if one.sort == "claim" else ():
                    if each.unit == known.unit:
                        found |= {stem for text in one.texts for stem in counted_in(text, each.value)}
            self._nouns[known.unit] = frozenset(found)
        return self._nouns[known.unit]

    def called(self, subject: Subject) -> str:
        """Who says it, as far as that may be told; "" for what nobody said."""
        claim = self.claim(subject.owner)
        name = speaker_of(claim, self.case.records, self.language.code) if claim is not None else None
        return name or ""

    def shown(self, text: str) -> str:
        """A text as the sheet may print it."""
        return NOT_SHOWN if any(self.secrets.in_text(text)) else text


def fold(text: str) -> str:
    """A text as names are looked for in it: small letters, one kind of apostrophe."""
    return text.casefold().replace("'", "’").replace("ʼ", "’")


def dossier(case: Case, language: Language) -> Dossier:
    """The case laid open."""
    secrets = secrets_of(case.records)
    parts = dict(_parts(case))
    subjects = {one.id: one for one in (*_findings(case, parts), *_records(case))}
    known, times = known_numbers(case, language), times_by_subject(case)
    for name, one in subjects.items():
        subjects[name] = Subject(
            **{key: getattr(one, key) for key in _KEPT},
            known=tuple(each for each in known if each.subject == name),
            times=tuple(when for owner, when in times if owner == one.owner),
        )  # fmt: skip
    return Dossier(case, language, subjects, parts, _names(case, parts), tuple(_speakers(case)), secrets)


def hidden_places(case: Case) -> frozenset[str]:
    """Ids of the places that answer to nothing."""
    return frozenset(name for name, place in case.places.items() if place.is_sensitive)


def _parts(case: Case) -> Iterator[tuple[str, tuple[Finding, Finding | PlaceAnswer]]]:
    """The answers of findings that may be told: none that was measured from, or to, a sensitive place."""
    hidden = hidden_places(case)
    away = off_record(case.records)
    for owner in case.finding_ids():
        finding = case.finding(owner)
        below = {ref.id for ref in finding.inputs}
        if below & (hidden | away) or any(note.code == "exact-position" for note in finding.caveats):
            continue
        yield owner, (finding, finding)
        for place, answer in finding.places.items():
            if place not in hidden:
                yield f"{owner}.places.{place}", (finding, answer)


def _findings(case: Case, parts: Mapping[str, tuple[Finding, Finding | PlaceAnswer]]) -> Iterator[Subject]:
    for name, (finding, part) in parts.items():
        refs = frozenset(ref.id for ref in finding.inputs)
        places = refs & frozenset(case.places)
        if part is not finding:
            places = frozenset({name.rpartition(".places.")[2]})
        elif not places:
            places = frozenset(_asked_of(case, finding))
        texts = (finding.question, *(note.text for note in (*part.reasons, *part.caveats)), *finding.needed)
        yield Subject(name, finding.id, "finding", (finding.question,), places=places, verbatim=texts[1:], below=refs)


def _asked_of(case: Case, finding: Finding) -> Iterator[str]:
    """The places that a finding's question names, where it was computed from none."""
    for place in case.places.values():
        patterns = (name_pattern(name) for name in place.names.values())
        if not place.is_sensitive and any(one is not None and one.search(finding.question) for one in patterns):
            yield place.id


def _records(case: Case) -> Iterator[Subject]:
    away, nobody = off_record(case.records), unnamed(case.records)
    hidden = hidden_places(case)
    for name, claim in case.claims.items():
        if name not in away:
            who = frozenset({claim.speaker} - nobody)
            where = frozenset(claim.places) - hidden
            said = tuple(verbatim(claim))
            yield Subject(name, name, "claim", (claim.statement,), who, where, said, nameless=claim.speaker in nobody)
    for name, event in case.events.items():
        if name not in away:
            yield Subject(name, name, "event", (event.title,), places=frozenset(event.places) - hidden)
    for name, reply in case.replies.items():
        if name not in away:
            texts = tuple(text for text in (reply.question,) if text)
            yield Subject(
                name, name, "reply", texts, frozenset({reply.party} - nobody), verbatim=tuple(verbatim(reply))
            )
    for name, media in case.media.items():
        if name not in away:
            spoke = frozenset({row.speaker for row in media.transcript if row.speaker})
            texts = tuple(text for text in (media.title, media.said_to_show) if text)
            said = tuple(_heard(media)) + ((media.caption.text,) if media.caption else ())
            where, known = frozenset(media.places) - hidden, spoke - nobody
            yield Subject(name, name, "media", texts, known, where, said, nameless=bool(spoke & nobody))


def _heard(media: object) -> Iterator[str]:
    """Words of a recording, turn by turn, without the stretches that are off the record."""
    from dateline.ledger.terms import OFF

    rows = [row for row in getattr(media, "transcript", ()) if row.terms != OFF]
    for _, turn in groupby(rows, key=lambda row: (row.speaker, row.voice)):
        told = list(turn)
        yield " ".join(row.original for row in told)
        yield " ".join(row.translation for row in told if row.translation)


def _names(case: Case, parts: Mapping[str, tuple[Finding, Finding | PlaceAnswer]]) -> dict[str, frozenset[str]]:
    """Names of places, and the findings on them."""
    names: list[tuple[str, str]] = []
    for subject, (finding, part) in parts.items():
        if part is not finding:
            names += [(name, subject) for name in names_of(case, subject.rpartition(".places.")[2])]
        else:
            places = [ref.id for ref in finding.inputs if ref.kind == "place"]
            names += [(name, subject) for name in names_of(case, places[0])] if len(places) == 1 else []
        told = part.statement.args.get("place") if part.statement is not None else None
        names += [(str(told), subject)] if told else []
    found: dict[str, set[str]] = {}
    for name, subject in names:
        if len(name) >= LEAST_NAME:
            found.setdefault(fold(name), set()).add(subject)
    return {name: frozenset(subjects) for name, subjects in found.items()}


def names_of(case: Case, place: str) -> tuple[str, ...]:
    """How a place is called: its names, and the parts of one such as "Najin (Rason), port"."""
    record = case.places.get(place)
    if record is None:
        return (place.replace("-", " "),)
    return tuple(dict.fromkeys(part for name in record.names.values() for part in spellings(name)))


def spellings(name: str) -> Iterator[str]:
    """A name whole, without "the", and its parts before and in brackets."""
    yield name
    bare = re.sub(r"^the\s+", "", name)
    parts = [bare, *re.split(r"\s*[(),]\s*", bare)]
    yield from (part for part in parts if len(part) >= LEAST_NAME and part[:1].isupper())


def _speakers(case: Case) -> Iterator[tuple[re.Pattern[str], str]]:
    """Patterns of the names of sources that may be named: whole, without "the", by last words that are theirs alone."""
    nobody = unnamed(case.records)
    for name, source in case.sources.items():
        if name not in nobody and source.type in {"government", "military"} and source.state in CAPITALS:
            yield re.compile(rf"\b{CAPITALS[source.state]}(?={_SAYS})"), name
    called = {name: [one for text in source.names.values() for one in _calls(text)]
              for name, source in case.sources.items() if name not in nobody}  # fmt: skip
    for name, texts in called.items():
        others = {text for other, told in called.items() if other != name for text in told}
        for text in dict.fromkeys(texts):
            pattern = name_pattern(text.replace("'", "’")) if text not in others else None
            if pattern is not None:
                yield pattern, name


def _calls(name: str) -> Iterator[str]:
    bare = re.sub(r"^[Tt]he\s+", "", name)
    yield bare
    inside = re.search(r"\(([^()]{2,})\)", bare)
    short = re.sub(r"\s*\([^()]*\)", "", bare)
    yield from (inside[1], short) if inside is not None and inside[1][0].isupper() else ()
    words = short.split()
    if "and" in words:
        words = words[:1]
    for size in range(2, len(words)):
        tail = " ".join(words[-size:])
        if tail[0].isupper():
            yield tail
    head = re.split("[’']s$", words[0])[0]
    if len(head) > 2 and head.upper() == head:
        yield head
    pair = " ".join(words[:2])
    if len(words) > 2 and all(
        word[0].isupper() and not word.endswith(("’s", "'s")) and len(word) > 2 for word in words[:2]
    ):
        yield pair
