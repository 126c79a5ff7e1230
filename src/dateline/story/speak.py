"""What a reference prints: its value in words of the page's language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.ledger.agreed import Standing, called
from dateline.ledger.finding import Finding, PlaceAnswer, Statement
from dateline.ledger.record import Record
from dateline.ledger.reference import Reference
from dateline.ledger.source import Source
from dateline.methods import catalogue
from dateline.story.chart import day_of
from dateline.story.language import Language
from dateline.story.reading import Answer

Forms = tuple[str, ...]


def speak(reference: Reference, answer: Answer | None, language: Language, forms: Forms = ()) -> str:
    """The words that a reference prints.

    forms: "size" drops the sign, "bare" the interval, "year" and "month" cut a date, "text" gives a claim's own words.
    Raises UsageError (code "reference") for a value that has no words, and for the size of a change whose direction
    is open.
    """
    value = reference.value
    match reference.sort:
        case "estimate":
            return _estimate(reference, value, language, forms)
        case "number" | "interval":
            return _part(reference, answer, language, forms)
        case "count":
            return language.count(value)
        case "level":
            return language.level(value)
        case "result":
            return language.result(value)
        case "when":
            return _when(value, language, forms)
        case "quantity":
            return str(value.text)
        case "finding":
            return statement(value, language)
        case "text" if reference.path.endswith("statement.en") and answer is not None:
            return statement(answer.part, language)
        case "record":
            return _record(reference, value, language)
        case "value":
            return _value(reference, value, language, forms)
    return str(value)


def statement(part: Finding | PlaceAnswer, language: Language) -> str:
    """The sentence of an answer in the page's language, from the method's card; in English where there is none."""
    return "" if part.statement is None else speak_statement(part.statement, language)


def speak_statement(said: Statement, language: Language) -> str:
    """A sentence kept as key and arguments, in the page's language; in English where there is none."""
    other = _translated(said, language.code) if language.code != "en" else None
    return said.en if other is None else other


def _translated(said: Statement, code: str) -> str | None:
    method, _, key = said.key.partition(".")
    card = catalogue.cards().get(method)
    template = card.front.statements.get(key, {}).get(code) if card is not None else None
    try:
        return template.format(**said.args) if template is not None else None
    except (KeyError, IndexError):
        return None


def _estimate(reference: Reference, estimate: Estimate, language: Language, forms: Forms) -> str:
    if "size" in forms:
        estimate = _sized(reference, estimate)
    return language.parts(estimate)[0] if "bare" in forms else language.estimate(estimate)


def _sized(reference: Reference, estimate: Estimate) -> Estimate:
    """The size of a change whose whole interval lies on one side of zero."""
    if estimate.low is not None and estimate.low >= 0:
        return estimate
    if estimate.high is None or estimate.high > 0:
        raise _unprintable(reference, "its interval holds rise and fall", "Print it with its sign: leave `| size` out.")
    low = None if estimate.low is None else -estimate.low
    return replace(estimate, best=-estimate.best, low=-estimate.high, high=low)


def _part(reference: Reference, answer: Answer | None, language: Language, forms: Forms) -> str:
    """One bound, the best value or both bounds, with the digits that the whole estimate carries."""
    assert answer is not None
    estimate = _whole(reference, answer)
    if "size" in forms:
        estimate = _sized(reference, estimate)
    best, low, high = (None if text is None else language.digits(text) for text in estimate.spoken())
    last = reference.path.rsplit(".", 1)[-1]
    if last == "interval":
        return language.interval(low, high, estimate.unit)
    text = {"best": best, "low": low, "high": high}[last]
    if text is None:
        raise _unprintable(reference, "that side of the interval is open", "Print .interval: it names the open side.")
    return language.with_unit(text, estimate.unit)


def _whole(reference: Reference, answer: Answer) -> Estimate:
    path = reference.path
    name = max((name for name in answer.estimates if f"estimates.{name}." in f"{path}."), key=len)
    estimate = answer.estimates[name]
    return estimate.as_change() if path.rsplit(".", 2)[-2] == "change" and estimate.unit == "1" else estimate


def _when(when: When, language: Language, forms: Forms) -> str:
    first = when.earliest or when.latest
    if first is not None and "year" in forms:
        return language.year(day_of(first))
    if first is not None and "month" in forms:
        return language.month(first)
    if when.text is not None and ("text" in forms or when.earliest != when.latest):
        return when.text
    return language.when(when)


def _record(reference: Reference, record: Record, language: Language) -> str:
    if isinstance(record, Source):
        called_so = called(record, Standing(), language.code)
        if called_so is None:
            saw = f"{record.id} is not to be named"
            raise _unprintable(reference, saw, "Take it out, or write described_as into its terms, if that was agreed.")
        return called_so
    name = getattr(record, "name", None)
    return str(name(language.code)) if callable(name) else record.title_text()


def _value(reference: Reference, value: Any, language: Language, forms: Forms) -> str:
    """A value of a finding's own: a number, a text, a time as sets of days, a range."""
    match value:
        case bool() | None:
            pass
        case int() | float():
            return language.count(value, 0 if float(value).is_integer() else 2)
        case str():
            return value
        case {"kind": "when", "sets": [*sets]}:
            times = [When.from_edtf("/".join(day or ".." for day in pair)) for pair in sets]
            return language.word("when.or").join(_when(time, language, forms) for time in times)
        case {"kind": "range", "min": low, "max": high}:
            return language.interval(language.count(low), language.count(high))
        case {"key": str(), "args": _, "en": str()}:
            return speak_statement(Statement.model_validate(value), language)
        case {"earliest": _, "latest": _}:
            return _when(When.from_json(value), language, forms)
    raise _unprintable(
        reference, f"a value that has no words: {value!r}"[:90], "Print a part of it that is a number or a text."
    )


def _unprintable(reference: Reference, saw: str, do: str) -> UsageError:
    return UsageError(f"{reference.text} cannot be printed.", saw=saw, do=do, code="reference")
