"""A place in a sentence whose findings and claims speak of another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial

from dateline.core.errors import DatelineError
from dateline.ledger.finding import Finding
from dateline.ledger.naming import name_pattern
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.ledger.trace import trace
from dateline.story.change_words import answers_of
from dateline.story.document import Run, Sentence
from dateline.story.elsewhere import unheard_of, words_of
from dateline.story.fault import Faults, Level, Rule, Spot
from dateline.story.reading import Reading

RULE = Rule(
    code="place-differs",
    name="a place that what the sentence prints does not speak of",
    level=Level.BLOCK,
    why="A number that was measured in one town and is told of the next is wrong in every digit, and looks traced.",
    do="Name the place of the finding or claim; or tell the two in sentences of their own.",
)
_SPEAKS = frozenset({"finding", "claim", "event"})
LEAST_NAME = 4
"""A shorter name may be any other word."""
WIDE = frozenset({"country", "sea", "border"})
"""Places of these roles are named for what surrounds a thing: nobody takes a country for the place of a number."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds names of the case's places, beside references to what speaks of places, and of none that is named.

    Only where the sentence prints something of the ground: with nothing of it there is nothing to differ from.
    """
    places = reading.case.places
    grounds_of = cache(partial(_grounds, reading))
    spoken = words_of(reading.case, reading.language.table["months"])
    for sentence in reading.story.sentences():
        _beyond(reading, sentence, spoken, faults)
        _crossed(reading, sentence, faults)
        named = [one for one in _named(reading, sentence) if one[0].role not in WIDE]
        about = {owner: grounds_of(owner) for owner in _owners(reading, sentence)} if named else {}
        if not named or not any(about.values()):
            continue
        grounds = frozenset().union(*about.values())
        told = "\n".join(_words(reading, owner) for owner in about)
        for place, spot in named:
            if not _is_of(place.id, grounds, places) and not _is_told(place, told):
                others = ", ".join(places[name].name(reading.language.code) for name in sorted(grounds)[:3])
                faults.add(spot, f"{place.name(reading.language.code)}, where {', '.join(about)} speaks of {others}")


def _beyond(reading: Reading, sentence: Sentence, spoken: str, faults: Faults) -> None:
    """A place that the case has never heard of, told of a finding whose own place the sentence does not name."""
    for answer in answers_of(reading, sentence):
        statement = answer.part.statement or answer.finding.statement
        own = str(statement.args.get("place", "")) if statement is not None else ""
        if not own or own in sentence.text or any(True for _ in _named(reading, sentence)):
            continue
        for at, name in unheard_of(spoken, sentence.text):
            faults.add(sentence.spot(at), f"{name}, where {answer.finding.id} speaks of {own}")


def _crossed(reading: Reading, sentence: Sentence, faults: Faults) -> None:
    """Places that are listed first, and then their numbers in another order: "in A and B: {{B}} and {{A}}"."""
    told: list[tuple[bool, str, Run]] = []
    for run in sentence.references:
        answer, found = reading.answer(run.text), reading.found(run.text)
        if answer is not None and answer.place is not None:
            told.append((True, answer.place, run))
        elif found is not None and found.owner_kind == "place":
            told.append((False, found.owner, run))
    names = [place for is_number, place, _ in told if not is_number]
    numbers = [place for is_number, place, _ in told if is_number]
    in_turn = [is_number for is_number, _, _ in told] == [False] * len(names) + [True] * len(numbers)
    if in_turn and len(names) > 1 and names != numbers and sorted(names) == sorted(numbers):
        run = told[len(names)][2]
        faults.add(run.spot, f"{{{{{run.text}}}}} first, where {reading.case.places[names[0]].name()} is named first")


def _named(reading: Reading, sentence: Sentence) -> Iterator[tuple[Place, Spot]]:
    """The places that a sentence names, by reference or by name."""
    for run in sentence.references:
        found = reading.found(run.text)
        record = reading.case.records.get(found.owner) if found is not None else None
        if isinstance(record, Place):
            yield record, run.spot
    for place in reading.case.places.values():
        for name in dict.fromkeys(place.names.values()):
            pattern = name_pattern(name) if len(name) >= LEAST_NAME else None
            if pattern is not None and (match := pattern.search(sentence.text)):
                yield place, sentence.spot(match.start())
                break


def _owners(reading: Reading, sentence: Sentence) -> tuple[str, ...]:
    """The findings, claims and events of which the sentence, or its block, prints something."""
    texts = (*(run.text for run in sentence.references), *reading.shown_by(sentence.passage))
    found = (reading.found(text) for text in texts)
    return tuple(dict.fromkeys(one.owner for one in found if one is not None and one.owner_kind in _SPEAKS))


def _grounds(reading: Reading, owner: str) -> frozenset[str]:
    """The places of the case under a finding or record, those of what it rests on too."""
    names: set[str] = set()
    for each in _below(reading, owner):
        names.update(getattr(each, "places", ()))
        if isinstance(each, Finding):
            names.update(ref.id for ref in each.inputs if ref.kind == "place")
    told = _words(reading, owner)
    names.update(place.id for place in reading.case.places.values() if place.role not in WIDE and _is_told(place, told))
    return frozenset(names & set(reading.case.places))


def _below(reading: Reading, owner: str) -> Iterator[Record | Finding]:
    for node in trace(reading.case, owner).walk():
        if node.kind == "finding":
            try:
                yield reading.case.finding(node.id)
            except DatelineError:
                continue
        elif node.id in reading.case.records:
            yield reading.case.records[node.id]


def _words(reading: Reading, owner: str) -> str:
    """What a finding or record says in words: whatever it names may be named beside it."""
    told: list[str] = []
    for each in _below(reading, owner):
        if isinstance(each, Finding):
            told += [each.question, each.statement.en if each.statement else ""]
        else:
            told.append(each.title_text())
            told += list(getattr(each, "names", {}).values())
    return "\n".join(told)


def _is_of(place: str, grounds: frozenset[str], places: Mapping[str, Place]) -> bool:
    """Whether a place is one of these, lies in one, or holds one."""
    mine = set(_up(place, places))
    return bool(mine & grounds) or any(place in _up(name, places) for name in grounds)


def _up(place: str | None, places: Mapping[str, Place]) -> Iterator[str]:
    while place is not None and place in places:
        yield place
        place = places[place].within


def _is_told(place: Place, told: str) -> bool:
    return any((pattern := _pattern(name)) is not None and pattern.search(told) for name in place.names.values())


_pattern = cache(name_pattern)
