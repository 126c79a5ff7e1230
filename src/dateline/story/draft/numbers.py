"""The numbers of a draft against the case: the value, its unit, its bound, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dateline.core.quantity import Quantity
from dateline.places.told_distance import ToldDistance, bound_before
from dateline.story.compare import Known
from dateline.story.draft.dates import is_of
from dateline.story.draft.dossier import Subject
from dateline.story.draft.rules import BOUND, BOUND_IN_TITLE, SPEAKER, UNIT
from dateline.story.draft.sentence import Told
from dateline.story.draft.words import nouns_after, stems, unit_named, unit_of
from dateline.story.numbers import Number, find_numbers
from dateline.story.rules.bare_number import RULE as BARE
from dateline.story.rules.number_differs import RULE as DIFFERS
from dateline.story.rules.untraced_number import RULE as UNTRACED

SMALL = 12
"""Up to this value equal digits mean nothing."""
MOST_OF = 0.5
"""From this share of its words on a sentence speaks of a claim without naming who made it."""
_PER = re.compile(r"-\d")
"""A unit that is so many per something else: km-2, which no "14 crates" is in."""
_POINTS = re.compile(r"points?$", re.IGNORECASE)
_WORDS = {"more": "more than, at least", "less": "at most, up to, nearly", "about": "about"}
_EXACT = "exact"
_RESERVED = "Write what the record says, or give the sentence to whoever says it."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A number with what stands around it."""

    number: Number
    text: str
    nouns: frozenset[str]
    unit: tuple[str, float, str] | None


def check_numbers(told: Told, distances: Sequence[ToldDistance]) -> None:
    """A line for each number that is no date and belongs to no distance between places."""
    for number in told.numbers:
        inside = any(each.start <= number.start < each.end for each in distances)
        if number.sort != "date" and not inside and not _is_quoted(told, number):
            asked = _Asked(number, told.text, nouns_after(told.text, number), unit_of(told.text, number))
            _check(told, asked)


def _is_quoted(told: Told, number: Number) -> bool:
    """Numbers in quotations are compared with the whole quotation, word by word."""
    return any(start < number.start < end for start, end in told.quoted)


def _check(told: Told, asked: _Asked) -> None:
    own = [known for name in sorted(told.about) for known in _known(told, name)]
    agreeing = [known for known in own if _agrees(asked, known) and _counts(told, asked, known)]
    if agreeing:
        _matches(told, asked, agreeing)
        return
    if _in_words(told, asked, (told.dossier.subjects[name] for name in sorted(told.about))) or _is_hour(told, asked):
        return
    beside = list(_beside(told))
    weak = [
        known
        for one in beside
        for known in one.known
        if one.sort != "claim" and _agrees_well(asked, known) and _counts(told, asked, known)
    ]
    if weak:
        _matches(told, asked, weak)
        return
    others = _others(told, asked)
    if others:
        _of_others(told, asked, others, own)
    elif not _in_words(told, asked, beside):
        _disagrees(told, asked, own)


def _is_hour(told: Told, asked: _Asked) -> bool:
    """Adds a match where the own sentence of a finding names that hour of the day."""
    for name, (finding, part) in told.dossier.parts.items() if ":" in asked.number.text else ():
        statement = part.statement or finding.statement
        if statement is not None and asked.number.text in statement.en:
            told.add((asked.number.start, "number", asked.number.text), "matches", f"{name}: in its sentence")
            return True
    return False


def _known(told: Told, name: str) -> tuple[Known, ...]:
    subject = told.dossier.subjects.get(name)
    return subject.known if subject is not None else ()


def _beside(told: Told) -> Iterator[Subject]:
    """Subjects that the sentence does not name: near it by their words, or findings on claims that it tells.

    A place of a finding is never one: a number of it belongs to whoever names it.
    """
    yield from (one for one in told.dossier.near(told.stems) if ".places." not in one.id)
    claims = (told.found | told.before | told.about) & set(told.dossier.case.claims)
    for one in told.dossier.subjects.values():
        if one.sort == "finding" and one.below & claims:
            yield one


def _agrees(asked: _Asked, known: Known) -> bool:
    """Whether the value is the record's, in the record's unit or converted; per cents with per cents only."""
    if asked.number.sort == "percent" and not known.percent and not known.unit.startswith("%"):
        return False
    if asked.number.agrees(known.value) or _is_printed(asked, known):
        return True
    own, theirs = asked.unit, unit_named(known.unit)
    if own is None or theirs is None or own[0] != theirs[0] or own[1] == theirs[1] or asked.number.value is None:
        return False
    scale = own[1] / theirs[1]
    value, half = asked.number.value * scale, 0.5 * 10.0**-asked.number.decimals * scale
    return abs(value - known.value) <= max(half, 0.01 * abs(known.value))


def _is_printed(asked: _Asked, known: Known) -> bool:
    """Whether the number is what the page prints for the known one: no more digits than its interval carries."""
    return _is_as_printed(asked.number, known)


def _is_as_printed(number: Number, known: Known) -> bool:
    value = number.value
    if value is None:
        return False
    printed = (each.value for each in find_numbers(known.printed) if each.value is not None)
    return any(abs(abs(each) - abs(value)) <= 1e-9 * max(1.0, abs(value)) for each in printed)


def _agrees_well(asked: _Asked, known: Known) -> bool:
    """The same for a number that the sentence does not name: a small one must count what its reference says, too."""
    if abs(known.value) <= SMALL and asked.number.sort == "number":
        return bool(asked.nouns & stems(re.sub(r"[._-]", " ", known.reference))) and _agrees(asked, known)
    return _agrees(asked, known)


def _counts(told: Told, asked: _Asked, known: Known) -> bool:
    """Whether a number can count what a known one counts; a number of a finding, or one without a noun, always can."""
    if known.subject not in told.dossier.case.claims or not asked.nouns:
        return not (asked.nouns and _PER.search(known.unit) and asked.unit is None)
    return bool(asked.nouns & told.dossier.nouns(known)) or asked.unit is not None


def _matches(told: Told, asked: _Asked, agreeing: list[Known]) -> None:
    """The value is the case's: its unit, its bound and its interval may still not be."""
    agreeing = sorted(agreeing, key=lambda one: one.subject not in told.found)
    same = [one for one in agreeing if (one.subject in told.found) == (agreeing[0].subject in told.found)]
    best = next((one for one in same if one.reference.endswith((".quantity", ".best"))), same[0])
    fits = [one for one in agreeing if _bound_fault(told, asked, one) is None]
    known = best if best in fits or not fits else fits[0]
    told.found |= {one.subject for one in agreeing if one.subject in told.dossier.case.claims}
    told.found |= set() if known.reference.endswith((".level", ".n")) else {known.subject}
    against = f"{known.reference}: {known.printed}"
    wrong_unit = _unit_fault(asked, known)
    fault = None if fits else _bound_fault(told, asked, known)
    bound = bound_before(told.text[: asked.number.start])
    what, at = asked.number.text, asked.number.start
    if bound is not None:
        at = told.text.rindex(bound[0], 0, at)
        what = told.text[at : asked.number.end]
    if wrong_unit is not None:
        told.add((asked.number.start, "number", asked.number.text), "differs", f"{against}; {wrong_unit}", UNIT)
    elif fault is not None and told.is_heading:
        told.add((at, "hedge", what), "unknown", f"{against}; {fault}", BOUND_IN_TITLE)
    elif fault is not None:
        told.add((at, "hedge", what), "differs", f"{against}; {fault}", BOUND)
    else:
        told.add((at, "number", what), "matches", against)
        if (bare := _bare(told, known)) is not None:
            do = "Say the interval in the same paragraph."
            told.add((at, "hedge", f"{what} without its interval"), "unknown", bare, BARE, do)


def _unit_fault(asked: _Asked, known: Known) -> str | None:
    if known.percent and asked.number.sort == "percent" and _POINTS.search(asked.number.text):
        return None if "point" in known.unit else "a change in per cent, not in percentage points"
    own, theirs = asked.unit, unit_named(known.unit)
    is_count = theirs is None and known.unit and known.reference.endswith(".quantity")
    if own is not None and is_count and own[2].casefold().removesuffix("s") not in known.unit.casefold():
        return f"{known.unit} are counted, not {own[2]}"
    if own is None or theirs is None or own[0] != theirs[0] or own[1] == theirs[1]:
        return None
    same_digits = asked.number.agrees(known.value) or _is_as_printed(asked.number, known)
    return f"in {known.unit}, not in {own[2]}" if same_digits else None


def _bound_fault(told: Told, asked: _Asked, known: Known) -> str | None:
    """What is wrong with the words before the number, None where they say what the record says."""
    if known.reference.endswith((".level", ".n")):
        return None
    claim = told.dossier.claim(known.subject)
    wanted = _of_claim(claim.quantity, claim.statement, known.value) if claim is not None else None
    wanted = wanted or _of_finding(told, known)
    if not wanted:
        return None
    bound = bound_before(told.text[: asked.number.start])
    said = bound[1] if bound is not None else _behind(told.text[asked.number.end :]) or _EXACT
    if said in wanted or (said == "about" and _EXACT in wanted) or _is_range(told, asked):
        return None
    words = next(iter(sorted(wanted - {_EXACT})), None)
    if said == _EXACT:
        return f"the draft leaves out its bound ({_WORDS.get(words or '', '')})"
    return f"“{bound[0] if bound else said}” is another bound than the record's"


def _behind(text: str) -> str | None:
    """A bound told behind the number: "10,000 or more", "at 500 at least"."""
    found = re.match(
        r"[^.;:,]{0,24}?\b(?:(or more|at least|plus)|(or fewer|or less|at most)|(or so|or thereabouts))\b", text
    )
    if found is None:
        return "more" if text.startswith("+") else None
    return "more" if found[1] else "less" if found[2] else "about"


def _is_range(told: Told, asked: _Asked) -> bool:
    """Whether the number is one end of a told range: "11,000 to 12,000"."""
    before, after = told.text[: asked.number.start], told.text[asked.number.end :]
    return bool(re.search(r"\d\S*\s*(?:to|and|–|-)\s*$", before) or re.match(r"\s*(?:to|and|–|-)\s*\d", after))


def _of_claim(quantity: Quantity | None, statement: str, value: float) -> frozenset[str]:
    """The bounds under which a claim gives a value: as the quantity's ends say, in its words, and in the statement."""
    found: set[str] = set()
    if quantity is not None and value in {quantity.low, quantity.high}:
        if quantity.high is None:
            found.add("more")
        elif quantity.low is None:
            found.add("less")
        elif quantity.low != quantity.high:
            found |= {_EXACT, "more" if value == quantity.low else "less"}
        else:
            found |= _bounds_in(quantity.text, value) or {_EXACT}
        several = sum(number.sort != "date" for number in find_numbers(quantity.text)) > 1
        found |= _bounds_in(quantity.text, value) - (set() if several else {_EXACT})
    told = _bounds_in(statement, value)
    return frozenset(found | (told - {_EXACT} if found else told))


def _bounds_in(text: str, value: float) -> set[str]:
    """The bounds before each place where a value stands in a text."""
    at = [number.start for number in find_numbers(text) if number.agrees(value)]
    bounds = (bound_before(text[:start]) for start in at)
    return {_EXACT if bound is None else bound[1] for bound in bounds}


def _of_finding(told: Told, known: Known) -> frozenset[str]:
    """The bound of a one-sided estimate; the best value of any other stands without one."""
    finding = told.dossier.parts.get(known.subject)
    if finding is None:
        return frozenset()
    for name, estimate in finding[1].estimates.items():
        if f".{name}." in f"{known.reference}." and estimate.is_bound:
            return frozenset({"more" if estimate.high is None else "less"})
        if f".{name}." in f"{known.reference}." and known.reference.endswith(".best"):
            return frozenset({_EXACT})
    return frozenset()


def _bare(told: Told, known: Known) -> str | None:
    """The interval of a best value that the paragraph does not tell."""
    if not known.reference.endswith(".best") or told.is_heading:
        return None
    stem = known.reference.removesuffix("best")
    ends = [each for each in _known(told, known.subject) if each.reference in {f"{stem}low", f"{stem}high"}]
    written = [number for number in find_numbers(told.sentence.passage.flat) if number.sort != "date"]
    shown = [end for end in ends if any(number.agrees(end.value) or _is_as_printed(number, end) for number in written)]
    return f"its interval: {' to '.join(end.printed for end in ends)}" if ends and not shown else None


def _in_words(told: Told, asked: _Asked, subjects: Iterable[Subject]) -> bool:
    """Adds a match where a subject's own words have the number beside what it counts."""
    for one in subjects:
        if any(asked.number.agrees(value) for value in one.told) and (asked.number.value or 0) > 0:
            texts = [
                text
                for text in (*one.texts, *one.verbatim)
                if any(n.agrees(asked.number.value or 0) for n in find_numbers(text))
            ]
            if _same_noun(asked, texts):
                told.found.add(one.id)
                told.add((asked.number.start, "number", asked.number.text), "matches", f"{one.id}: in its words")
                return True
    return False


def _same_noun(asked: _Asked, texts: list[str]) -> bool:
    found = [
        nouns_after(text, each) for text in texts for each in find_numbers(text) if each.agrees(asked.number.value or 0)
    ]
    return not asked.nouns or any(not nouns or nouns & asked.nouns for nouns in found)


def _others(told: Told, asked: _Asked) -> list[Known]:
    """Numbers of claims that the sentence does not name, which agree and count the same; the nearest by words first."""
    if not asked.nouns:
        return []
    claims = [one for one in told.dossier.subjects.values() if one.sort == "claim" and one.id not in told.about]
    found = [
        (_is_retold(told, one), -one.shares(told.stems), known) for one in claims for known in one.known
        if _agrees(asked, known) and asked.nouns & told.dossier.nouns(known)
    ]  # fmt: skip
    return [known for _, _, known in sorted(found, key=lambda one: (one[0], one[1], one[2].reference))]


def _is_retold(told: Told, subject: Subject) -> bool:
    claim = told.dossier.claim(subject.id)
    return claim is not None and claim.retells is not None


def _of_others(told: Told, asked: _Asked, others: list[Known], own: list[Known]) -> None:
    """A number that somebody else gave: wrong where the sentence gives it to a speaker who did not."""
    ours = [known for known in own if known.subject in told.dossier.case.claims]
    ours = [known for known in ours if asked.nouns & told.dossier.nouns(known)]
    known = others[0]
    is_told = any(one.subject in told.before or _passes_on(told, one) for one in others)
    if told.speakers and not is_told and not told.is_question:
        subject = told.dossier.subjects[known.subject]
        whose = told.dossier.called(subject) or "somebody else"
        beside = f"; theirs is {ours[0].reference}: {ours[0].printed}" if ours else ""
        told.found.add(known.subject)
        told.add(
            (asked.number.start, "number", asked.number.text), "differs",
            f"{known.reference}: {known.printed}, which {whose} said{beside}", SPEAKER,
        )  # fmt: skip
        return
    _matches(told, asked, [one for one in others if one.subject in told.before] or others)


def _passes_on(told: Told, known: Known) -> bool:
    """Whether somebody whom the sentence names stands in the claim's chain: they may say it, too."""
    claim = told.dossier.claim(known.subject)
    if claim is None or claim.retells is not None:
        return False
    return bool(told.speakers & {link.source for link in claim.chain})


def _of_day(told: Told, near: list[Known]) -> list[Known]:
    """Those that are of a date in the sentence: who named the day meant them, however near another's number is."""
    days = [number for number in told.numbers if number.sort == "date"]
    return [one for one in near if any(is_of(told.dossier.subjects[one.subject], day) for day in days)]


def _disagrees(told: Told, asked: _Asked, own: list[Known]) -> None:
    """A number that nothing agrees with: it differs from what counts the same, or nobody has vouched for it."""
    near = [known for known in own if _same_thing(told, asked, known)]
    if not near:
        near = [
            known for one in told.dossier.near(told.stems, MOST_OF) if one.sort == "claim" for known in one.known
            if asked.nouns & told.dossier.nouns(known)
        ][:1]  # fmt: skip
    if near and asked.number.value is not None and asked.number.sort != "vague":
        best = [one for one in near if one.reference.endswith((".best", ".quantity"))] or near
        size = abs(asked.number.value)
        known = min(_of_day(told, best) or best, key=lambda one: abs(abs(one.value) - size))
        told.found.add(known.subject)
        told.add(
            (asked.number.start, "number", asked.number.text),
            "differs",
            f"{known.reference}: {known.printed}",
            DIFFERS,
            _RESERVED,
        )
        return
    known_as = (known for one in told.dossier.subjects.values() for known in one.known)
    same = next((known for known in known_as if asked.number.agrees(known.value)), None)
    against = ""
    if same is not None and abs(asked.number.value or 0) > SMALL:
        against = f"the same digits stand in {same.reference}: {same.printed}, but the sentence does not name it"
    do = "Trace it to a record of the case, and name in the sentence what it is of; or take it out."
    told.add((asked.number.start, "number", asked.number.text), "unknown", against, UNTRACED, do)


def _same_thing(told: Told, asked: _Asked, known: Known) -> bool:
    """Whether a number that differs from a known one was meant to be it."""
    if known.reference.endswith((".level", ".n")):
        return False
    if known.subject in told.dossier.case.claims:
        return bool(asked.nouns & told.dossier.nouns(known)) or (not asked.nouns and not asked.unit)
    if asked.number.sort == "percent":
        return known.percent
    theirs = unit_named(known.unit)
    if asked.unit is not None:
        return theirs is not None and theirs[0] == asked.unit[0]
    return (asked.number.sort == "multiple" and known.unit == "1") or (
        not asked.nouns and known.percent and "%" in told.text
    )
