"""Typed numbers against the case: matches a finding or record, differs from the one it speaks of, or unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.ledger.agreed import off_record
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, PlaceAnswer
from dateline.story.language import Language
from dateline.story.numbers import Number

Outcome = Literal["matches", "differs", "unknown"]


@dataclass(frozen=True, slots=True)
class Known:
    """A number that the case can vouch for: the reference that prints it, its value, and how it is printed."""

    reference: str
    subject: str
    """What it is a number of: a finding, one place of a finding (FINDING.places.PLACE), a claim."""
    value: float
    percent: bool
    printed: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """How a typed number stands to the case, and to which known number."""

    outcome: Outcome
    known: Known | None = None


def known_numbers(case: Case, language: Language) -> tuple[Known, ...]:
    """Every number of the case's findings and claims, under each reference that prints it.

    A claim off the record vouches for nothing: to say which of its numbers stands in a text would tell it.
    """
    found: list[Known] = []
    for name in case.finding_ids():
        finding = case.finding(name)
        found += _of_answer(name, finding, language)
        for place, answer in finding.places.items():
            found += _of_answer(f"{name}.places.{place}", answer, language)
    away = off_record(case.records)
    for name, claim in case.claims.items():
        quantity = claim.quantity
        if quantity is not None and name not in away:
            found += [
                Known(f"{name}.quantity", name, bound, quantity.unit == "%", quantity.text, quantity.unit)
                for bound in (quantity.low, quantity.high)
                if bound is not None
            ]
    return tuple(found)


def _of_answer(at: str, answer: Finding | PlaceAnswer, language: Language) -> Iterator[Known]:
    for name, estimate in answer.estimates.items():
        yield from _of_estimate(at, f"{at}.{name}", estimate, language)
        if estimate.unit == "1":
            yield from _of_estimate(at, f"{at}.{name}.change", estimate.as_change(), language)
        yield Known(f"{at}.{name}.level", at, 100 * estimate.level, True, language.level(estimate.level))
        yield Known(f"{at}.{name}.n", at, estimate.n, False, language.count(estimate.n))
    for name, value in answer.values.items():
        yield from _of_value(at, f"{at}.values.{name}", value, language)


def _of_estimate(subject: str, at: str, estimate: Estimate, language: Language) -> Iterator[Known]:
    for part in ("best", "low", "high"):
        value = getattr(estimate, part)
        if value is not None:
            said = language.with_unit(
                language.digits(dict(zip(("best", "low", "high"), estimate.spoken(), strict=True))[part] or ""),
                estimate.unit,
            )
            yield Known(f"{at}.{part}", subject, value, estimate.unit == "%", said, estimate.unit)


def _of_value(subject: str, at: str, value: Any, language: Language) -> Iterator[Known]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _of_value(subject, f"{at}.{name}", inner, language)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        decimals = 0 if float(value).is_integer() else 2
        yield Known(at, subject, float(value), False, language.count(value, decimals))


def compare(number: Number, known: Collection[Known], *, about: Collection[str]) -> Compared:
    """A typed number against known ones. `about` holds the subjects that its sentence speaks of.

    A number that agrees with what the sentence speaks of matches; one that agrees only with something else is unknown
    here, because equal digits are no trace; one that disagrees with its own finding differs.
    """
    near = [each for each in known if each.subject in about and _same_sort(number, each)]
    agreeing = next((each for each in near if number.agrees(each.value)), None)
    if agreeing is not None:
        return Compared("matches", agreeing)
    if near and number.value is not None and number.sort in {"percent", "number", "multiple"}:
        best = [each for each in near if each.reference.endswith((".best", ".quantity"))] or near
        size = abs(number.value)
        return Compared("differs", min(best, key=lambda each: abs(abs(each.value) - size)))
    elsewhere = next((each for each in known if _same_sort(number, each) and number.agrees(each.value)), None)
    return Compared("unknown", elsewhere)


def _same_sort(number: Number, known: Known) -> bool:
    """A per cent is compared with per cents only; a bare number may be the bound of a per cent."""
    return known.percent if number.sort == "percent" else True


def known_times(case: Case) -> tuple[When, ...]:
    """The times that the case's records and findings speak of."""
    return tuple(when for _, when in times_by_subject(case))


def times_by_subject(case: Case) -> tuple[tuple[str, When], ...]:
    """The same, each with the record or finding that speaks of it; a measure's are its finding's."""
    away = off_record(case.records)
    found = [(name, event.when) for name, event in case.events.items() if name not in away]
    for name, claim in case.claims.items():
        found += [(name, when) for when in (claim.said, claim.period) if when is not None and name not in away]
    for name, reply in case.replies.items():
        told = (reply.asked, reply.deadline, reply.answered)
        found += [(name, when) for when in told if when is not None and name not in away]
    for name, media in case.media.items():
        found += [(name, when) for when in (media.taken, media.posted) if when is not None and name not in away]
    for name in case.finding_ids():
        finding = case.finding(name)
        own = [finding.values, finding.parameters, finding.statement.args, finding.series and finding.series.rows]
        found += [(name, when) for when in _times_in(own)]
        for answer in finding.places.values():
            found += [(name, when) for when in _times_in([answer.values, answer.statement and answer.statement.args])]
    for name, measure in case.measures.items():
        found += [(name, when) for when in _times_in([measure.parameters])]
        periods = (each.period for group in measure.inputs.values() for each in group)
        found += [(name, when) for when in periods if when is not None]
    return tuple(found)


def _times_in(value: Any) -> Iterator[When]:
    match value:
        case dict():
            for inner in value.values():
                yield from _times_in(inner)
        case list() | tuple():
            for inner in value:
                yield from _times_in(inner)
        case str() if value[:4].isdigit() and 4 <= len(value) <= 24 and (len(value) == 4 or value[4] in "-/~"):
            try:
                yield When.from_edtf(value)
            except UsageError:  # digits that only look like a date
                return


def is_known_time(when: When, known: Collection[When]) -> bool:
    """Whether a typed date is one that the case speaks of: it holds an end of a known time, or is that time."""
    return any(_holds(when, moment) for each in known for moment in (each.earliest, each.latest) if moment is not None)


def _holds(when: When, moment: date | datetime) -> bool:
    day = moment.date() if isinstance(moment, datetime) else moment
    first, last = when.earliest, when.latest
    return isinstance(first, date) and isinstance(last, date) and first <= day <= last
