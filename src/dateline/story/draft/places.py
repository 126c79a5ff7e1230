"""The places that a draft names against those of the case: the same in another spelling, another one, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dateline.core import Where
from dateline.ledger.case import Case
from dateline.ledger.naming import name_pattern
from dateline.places.candidate import matching_spelling
from dateline.places.distance_check import Lookup
from dateline.places.geodesy import distance
from dateline.places.named import NamedPlace
from dateline.places.names import folded
from dateline.places.told_distance import ToldDistance
from dateline.story.draft.dates import is_of
from dateline.story.draft.dossier import Dossier, Subject, fold, hidden_places, names_of
from dateline.story.draft.rules import NAMESAKE, OTHER_PLACE, UNTRACED_PLACE
from dateline.story.draft.sentence import Told
from dateline.story.elsewhere import names_of_places, unheard_of, words_of
from dateline.story.rules.place_differs import RULE as PLACE

_CAPITALS = re.compile(r"[^\W\d_a-zа-яіїєґё][\w’'ʼ-]+(?:[ \u00a0][^\W\d_a-zа-яіїєґё][\w’'ʼ-]+){0,3}")
"""Names as they are written with capitals, or in a script that has none."""
_AT = re.compile(
    r"\b(?:in|at|near|from|to|around|outside|between|and|of|off|towards?|via|through|reached|left)\s+(?:the\s+)?"
    r"(?:(?:port|city|town|village|region|island|base|coast)\s+(?:of|at|in)\s+)?$"
)
SAME = 5000.0
"""[m] A town's middle and its port, or two gazetteers' points of one place, lie no farther apart."""
WIDE = 20_000.0
"""[m] What reaches farther is a region or a country: another place in it is not the same."""
HALF, MOST = 0.5, 0.75
"""From which share of its words on a sentence speaks of a claim: of one of its speaker's, of one of anybody's."""
TELL = "Write the place of the record; where both are meant, name both."
ACTORS = frozenset({"country"})
"""Places that also act: a sentence on one port may name any of them."""


@dataclass(frozen=True, slots=True)
class Named:
    """A place name where it stands, and the places of the case that it may mean."""

    start: int
    end: int
    text: str
    places: frozenset[str]


@dataclass(frozen=True)
class Atlas:
    """The places of a case that answer to their names, and a gazetteer for all others."""

    dossier: Dossier
    beyond: Lookup | None
    own: tuple[NamedPlace, ...]
    spoken: str
    """Everything that the case says in words."""

    def find(self, text: str) -> tuple[Named, ...]:
        """Every name of a place of the case in a text, the longest first where one stands inside another."""
        found = [*self._whole(text), *self._spelled(text)]
        found.sort(key=lambda one: (one.start - one.end, one.start))
        kept: list[Named] = []
        for one in found:
            same = next((each for each in kept if (each.start, each.end) == (one.start, one.end)), None)
            if same is not None:
                kept[kept.index(same)] = Named(one.start, one.end, one.text, one.places | same.places)
            elif not any(each.start < one.end and one.start < each.end for each in kept):
                kept.append(one)
        return tuple(sorted(kept, key=lambda one: one.start))

    def _whole(self, text: str) -> Iterator[Named]:
        for place in self.own:
            for name in place.names:
                pattern = name_pattern(name)
                for match in pattern.finditer(text) if pattern is not None else ():
                    yield Named(match.start(), match.end(), match[0], frozenset({place.id}))

    def _spelled(self, text: str) -> Iterator[Named]:
        for match in _CAPITALS.finditer(text):
            words = list(re.finditer(r"[^ \u00a0]+", match[0]))
            for first in range(len(words)):
                for last in range(len(words), first, -1):
                    start, end = match.start() + words[first].start(), match.start() + words[last - 1].end()
                    name = re.sub("[’']s?$", "", text[start:end])
                    places = self._meant(name)
                    if places:
                        yield Named(start, start + len(name), name, places)

    def _meant(self, name: str) -> frozenset[str]:
        return frozenset(_places_called(self.own, name)) if len(folded(name)) > 3 else frozenset()

    def outside(self, text: str, named: Sequence[Named]) -> Iterator[Named]:
        """Names behind a word of place that a gazetteer knows and the case does not."""
        if self.beyond is None:
            return
        for match in _CAPITALS.finditer(text):
            name = re.sub("[’']s?$", "", match[0])
            taken = any(one.start < match.end() and match.start() < one.end for one in named)
            if taken or not _AT.search(text[: match.start()]) or self.dossier.speaking(match[0]):
                continue
            spelled = [candidate.where for candidate in self.beyond(name) if candidate.kind in {"spelled", "sounding"}]
            if spelled:
                here = (
                    place.id
                    for place in self.own
                    if place.origin == "case" and any(_is_same(place.where, where) for where in spelled)
                )
                yield Named(match.start(), match.start() + len(name), name, frozenset(here))


def _is_same(one: Where, other: Where) -> bool:
    """Whether a gazetteer's place lies where a place of the case does: the same place under another name."""
    if one.is_area or other.is_area or (one.radius or 0.0) > WIDE:
        return False
    return distance(one, other).best * 1000 <= (one.radius or 0.0) + SAME


@lru_cache(maxsize=4096)
def _places_called(own: tuple[NamedPlace, ...], name: str) -> tuple[str, ...]:
    return tuple(place.id for place in own if matching_spelling(place, name) is not None)


def atlas(dossier: Dossier, beyond: Lookup | None) -> Atlas:
    """The places of the case by their spellings. Sensitive places are not among them."""
    case, hidden = dossier.case, hidden_places(dossier.case)
    own = []
    for name, place in case.places.items():
        if name not in hidden:
            names = tuple(text for text in names_of(case, name) if len(text) > 2)
            own.append(
                NamedPlace(
                    id=name, name=place.name(dossier.language.code), where=place.where, origin="case", names=names
                )
            )
    measured = {place for one in dossier.subjects.values() if one.sort == "finding" for place in one.places}
    nameless = ((name, Where.point(lon=0.0, lat=0.0)) for name in sorted(measured - set(case.places) - hidden))
    own += [
        NamedPlace(id=name, name=name, where=where, origin="finding", names=(name.replace("-", " ").title(),))
        for name, where in nameless
    ]
    return Atlas(dossier, beyond, tuple(own), words_of(case, dossier.language.table["months"]))


def check_places(told: Told, known: Atlas, distances: Sequence[ToldDistance]) -> None:
    """A line for each place name outside quotations."""
    found = [one for one in known.find(told.text) if not _is_in(told, known, one)]
    beyond = [one for one in known.outside(told.text, found) if not _is_in(told, known, one)]
    found = sorted([*found, *(one for one in beyond if one.places)], key=lambda one: one.start)
    there = frozenset(place for one in found for place in one.places)
    meant = [told.dossier.subjects[name] for name in sorted(_spoken_of(told))]
    wanted = frozenset(place for one in meant for place in _places_of(known, one))
    seen: set[str] = set()
    for one in found:
        if one.text in seen:
            continue
        seen.add(one.text)
        in_distance = any(each.start <= one.start < each.end for each in distances)
        _check(told, one, _Meant(there, wanted), in_distance=in_distance)
    _unheard(told, known)
    for one in beyond:
        if one.text not in seen:
            seen.add(one.text)
            _outside(told, one, meant)


def _unheard(told: Told, known: Atlas) -> None:
    """A place that the case has never heard of, where what the sentence tells lies in one that it does not name."""
    dossier = told.dossier
    if not (names := unheard_of(known.spoken, told.text)) or told.is_question:
        return
    for subject in (dossier.subjects[name] for name in sorted(told.found)):
        own = tuple(_stands_in(dossier, subject))
        if own and not any(fold(each) in fold(told.sentence.passage.flat) for each in own):
            for at, name in names:
                told.add((at, "place", name), "differs", f"{subject.id} speaks of {own[0]}", PLACE, TELL)
            return


def _stands_in(dossier: Dossier, subject: Subject) -> Iterator[str]:
    """Where a finding's own sentence says that it is; the places that an event's title names."""
    if subject.id in dossier.parts:
        finding, part = dossier.parts[subject.id]
        statement = part.statement or finding.statement
        yield from (str(place) for place in [statement.args.get("place")] if place)
    elif subject.sort == "event":
        yield from (name for text in subject.texts for _, name in names_of_places(text))


def _outside(told: Told, one: Named, meant: Sequence[Subject]) -> None:
    """A place that is none of the case's: what the sentence tells may name it all the same."""
    named = next((each for each in meant if one.text in " ".join((*each.texts, *each.verbatim))), None)
    if named is not None:
        told.add((one.start, "place", one.text), "matches", f"{named.id}: in its words")
    else:
        told.add((one.start, "place", one.text), "unknown", "the case has no place of this name", UNTRACED_PLACE)


def _is_in(told: Told, known: Atlas, one: Named) -> bool:
    """Whether a name stands in a quotation or in a date, or is part of the name of somebody who speaks."""
    if any(start < one.start < end for start, end in told.quoted):
        return True
    if any(each.sort == "date" and each.start <= one.start < each.end for each in told.numbers):
        return True
    text = told.text.replace("'", "’")
    spans = (match.span() for pattern, _ in known.dossier.speakers for match in pattern.finditer(text))
    return any(start <= one.start and one.end <= end and (start, end) != (one.start, one.end) for start, end in spans)


def _spoken_of(told: Told) -> frozenset[str]:
    """The claims and recordings that the sentence tells by their numbers or words; else those nearest by words."""
    sorts = {name for name in told.found if told.dossier.subjects[name].sort in {"claim", "media", "event"}}
    if sorts:
        return frozenset(sorts)
    near = [one for one in told.dossier.near(told.stems, HALF) if one.sort in {"claim", "event"}]
    own = [one for one in near if one.speakers & told.speakers or one.shares(told.stems) >= MOST]
    return frozenset(one.id for one in own if one.shares(told.stems) >= own[0].shares(told.stems) - 0.05)


def _places_of(known: Atlas, subject: Subject) -> Iterator[str]:
    """The places that a subject speaks of: those of its record, and those that its words name."""
    yield from subject.places
    for text in (*subject.texts, *subject.verbatim):
        yield from (place for one in known.find(text) for place in one.places)


@dataclass(frozen=True, slots=True)
class _Meant:
    """The places that a sentence names, and those of which the records speak that it tells."""

    there: frozenset[str]
    wanted: frozenset[str]


def _check(told: Told, one: Named, expected: _Meant, *, in_distance: bool) -> None:
    case, there, wanted = told.dossier.case, expected.there, expected.wanted
    meant = one.places & wanted
    if meant or all(_is_around(case, place, wanted) for place in one.places):
        told.add((one.start, "place", one.text), "matches", _listed(case, meant or one.places))
    elif _number_of_another(told, one, there):
        against = f"the number beside it is of {_listed(case, _number_of_another(told, one, there))}"
        told.add((one.start, "place", one.text), "differs", against, PLACE, TELL)
    elif (dated := _date_of_another(told, one, there)) and not in_distance:
        against = f"the date beside it is of {_listed(case, dated)}"
        told.add((one.start, "place", one.text), "differs", against, PLACE, TELL)
    elif wanted and not wanted <= there and not in_distance:
        missing = wanted - there
        against = f"{_listed(case, one.places)}; the record speaks of {_listed(case, missing)}"
        told.add((one.start, "place", one.text), "differs", against, PLACE, TELL)
    elif len(one.places) > 1:
        against = f"the case has {len(one.places)} places of this name: {_listed(case, one.places)}"
        told.add((one.start, "place", one.text), "unknown", against, NAMESAKE)
    elif wanted and not in_distance:
        against = f"{_listed(case, one.places)}; the record speaks of {_listed(case, wanted)}"
        told.add((one.start, "place", one.text), "unknown", against, OTHER_PLACE)
    else:
        told.add((one.start, "place", one.text), "matches", _listed(case, one.places))


def _is_around(case: Case, place: str, wanted: frozenset[str]) -> bool:
    """Whether a place holds one that is spoken of, lies in it, or is a country, which may be said of anything."""
    record = case.places.get(place)
    return (record is not None and record.role in ACTORS) or any(
        place in _within(case, other) or other in _within(case, place) for other in wanted
    )


def _within(case: Case, place: str) -> tuple[str, ...]:
    """The places around a place, by its record."""
    found: list[str] = []
    while place in case.places and (around := case.places[place].within) is not None and around not in found:
        found.append(around)
        place = around
    return tuple(found)


def _number_of_another(told: Told, one: Named, there: frozenset[str]) -> frozenset[str]:
    """The places of a finding whose number the sentence tells of this one, which has another in the same finding."""
    found: set[str] = set()
    per_cents = [number for number in told.numbers if number.sort == "percent"]
    for name in told.dossier.subjects if per_cents else ():
        owner, _, place = name.partition(".places.")
        if place and not place.startswith(tuple(one.places)) and place not in there:
            own = [told.dossier.subjects.get(f"{owner}.places.{each}") for each in one.places]
            theirs = told.dossier.subjects[name].known
            for number in per_cents:
                agrees = any(k.percent and k.reference.endswith(".best") and number.agrees(k.value) for k in theirs)
                ours = any(number.agrees(k.value) for mine in own if mine for k in mine.known if k.percent)
                if agrees and any(own) and not ours:
                    found.add(place)
    return frozenset(found)


def _date_of_another(told: Told, one: Named, there: frozenset[str]) -> frozenset[str]:
    """The places of the findings, all elsewhere, to which alone a day that the sentence tells belongs."""
    case = told.dossier.case
    for number in told.numbers:
        when = number.when
        if when is None or number.sort != "date" or when.earliest != when.latest:
            continue
        owners = [each for each in told.dossier.subjects.values() if is_of(each, number)]
        places = frozenset(place for each in owners for place in each.places)
        if not places or any(each.sort in {"claim", "reply"} for each in owners) or places & there:
            continue
        if not all(_is_around(case, place, places) for place in one.places):
            return places
    return frozenset()


def _listed(case: Case, places: frozenset[str]) -> str:
    names = [f"{case.places[name].name()} ({name})" if name in case.places else name for name in sorted(places)]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
