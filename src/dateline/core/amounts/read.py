"""Reads an amount as it was said: every reading that its words allow, each with its rule; or a refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from dateline.core import lexicon as lexicons
from dateline.core.amounts.numbers import ANY, values
from dateline.core.amounts.units import unit_of
from dateline.core.errors import UsageError
from dateline.core.lexicon import Token
from dateline.core.quantity import Kind, Quantity

BAND = 0.10
""" "About" is this share more or less. Houses differ; the rule is printed with every reading."""

_WORDS = "dateline.core.amounts.words"
_COMMA = {"en": "thousands", "ko": "thousands", "ru": "decimal", "uk": "decimal"}
_SIGNS = {"unknown", "digits", "dash", "percent"}
"""What belongs to no language."""
_SHARED = (("digits", ANY), ("dash", re.compile(r"-")), ("percent", re.compile(r"%")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read an amount. `quantity` keeps the words; `rule` says how they were read."""

    quantity: Quantity
    rule: str
    language: str

    def to_json(self) -> dict[str, Any]:
        """The quantity, the rule, the language."""
        return {**self.quantity.to_json(), "rule": self.rule, "language": self.language}


def languages() -> tuple[str, ...]:
    """The languages that there are words of amounts for, English first."""
    return lexicons.languages(_WORDS)


def read(
    phrase: str, *, unit: str | None = None, kind: Kind = Kind.COUNT, language: str | None = None
) -> tuple[Reading, ...]:
    """Every reading of an amount: "more than 10,000 containers", "nearly 500", "от 300 до 400", "3만 2천".

    Without `unit` the words after the number say it. Contradictory words ("as many as more than"), alternatives
    ("3 million or 500,000") and doubtful digits ("1.500") give several. Raises UsageError (codes `amount`, `unit`,
    `language`).
    """
    if language is not None and language not in languages():
        raise UsageError(
            "There are no words for this language.",
            saw=repr(language),
            do=f"Take {', '.join(languages())}.",
            code="language",
        )
    refused: UsageError | None = None
    for code in (language,) if language else _spoken(phrase):
        try:
            found = tuple(_readings(phrase, code, unit, kind))
        except UsageError as error:
            refused = refused or error
            continue
        if not found:
            raise _unread(phrase, "its bounds are in the wrong order")
        different = {
            (one.quantity.low, one.quantity.high, one.quantity.low_open, one.quantity.high_open): one
            for one in reversed(found)
        }
        return tuple(sorted(different.values(), key=lambda one: (one.quantity.low or 0, one.quantity.high or 0)))
    assert refused is not None
    raise refused


def _spoken(phrase: str) -> tuple[str, ...]:
    """The languages that know most of its words: what one of them refuses, another must not read by its digits."""
    known = {code: sum(token.kind not in _SIGNS for token in _tokens(phrase, code)) for code in languages()}
    return tuple(code for code in known if known[code] == max(known.values()))


_SCALES_IN_PLURAL = {"2000": 1e3, "2000000": 1e6}
"""Vague plurals whose words, after a number, are its scale."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """One number and the words that bound it."""

    values: tuple[float, ...]
    bounds: frozenset[str]
    plural: bool = False


def _readings(phrase: str, code: str, unit: str | None, kind: Kind) -> Iterator[Reading]:
    tokens = _tokens(phrase, code)
    reader = _Reader(_noun_last(tokens) if code == "ko" else tokens, phrase, code)
    form, amounts = reader.amounts()
    amounts = (*amounts[:-1], reader.completed(amounts[-1]))
    if kind is not Kind.RATE and reader.is_rate():
        raise _unread(phrase, "its words say how many in a time: that is a rate")
    told = unit_of(reader.rest()) if reader.rest() and reader.rest() != unit else unit
    if told is None:
        raise UsageError(
            "The amount has no unit.",
            saw=repr(phrase),
            do='Say of what: "more than 10,000 containers", or give the unit by itself.',
            code="unit",
        )
    if unit is not None and told != unit:
        raise _unread(phrase, f"counts {told}, not {unit}")
    for low, low_open, high, high_open, rule in _bounds(form, amounts):
        quantity = Quantity(
            text=phrase, low=low, high=high, low_open=low_open, high_open=high_open, unit=told, kind=kind
        )
        yield Reading(quantity=quantity, rule=rule, language=code)


def _tokens(phrase: str, code: str) -> list[Token]:
    text = unicodedata.normalize("NFC", phrase).casefold().strip()
    text = re.sub(r"[‐‑‒–—−]", "-", text)
    text = re.sub(r"(?<=\D)\.(?=\s|$)", " ", text)
    return list(lexicons.tokens(text, lexicons.load(_WORDS, code), _SHARED))


def _noun_last(tokens: list[Token]) -> list[Token]:
    """A Korean noun stands before its number as well as after it: 컨테이너 2천 개."""
    count = next((at for at, token in enumerate(tokens) if token.kind != "unknown"), len(tokens))
    return [*tokens[count:], *tokens[:count]]


class _Reader:
    """Reads the tokens of an amount from left to right; what is left after the number names the unit."""

    def __init__(self, tokens: Sequence[Token], phrase: str, code: str) -> None:
        self._tokens, self._at, self._phrase, self._code = list(tokens), 0, phrase, code

    def amounts(self) -> tuple[str, tuple[_Amount, ...]]:
        """How many amounts, and how they are connected: single, range, alternatives."""
        if self._take("between") or self._take("from"):
            first = self._amount()
            if not (self._take("and") or self._take("to") or self._take("dash") or self._upto_before_number()):
                raise self._stop()
            return "range", self._scaled_alike(first, self._amount())
        first = self._amount()
        if self._take("to") or self._dash_before_number() or self._upto_before_number():
            return "range", self._scaled_alike(first, self._amount())
        found = [first]
        while self._take("or"):
            found.append(self._amount())
        return ("alternatives" if found[1:] else "single"), tuple(found)

    def completed(self, amount: _Amount) -> _Amount:
        """With the bounds that stand after the unit ("10,000 containers or more"); another number is too much.

        Raises UsageError (code `amount`).
        """
        rest = self._tokens[self._at :]
        if len(rest) > 1 and rest[-1].kind == "bound" and rest[-1].value in {"least", "most", "about"}:
            rest[-1] = Token("after", rest[-1].value, rest[-1].text)  # "500 containers at most"
        if any(token.kind in {"digits", "plural", "bound", "scale", "percent"} for token in rest[1:]):
            raise self._stop()
        self._tokens[self._at :] = [token for token in rest if token.kind != "after"]
        late = {token.value for token in rest if token.kind == "after"}
        return _Amount(amount.values, amount.bounds | late, amount.plural)

    def is_rate(self) -> bool:
        """Whether a time stands after the unit: "three ships a week"."""
        return any(token.kind == "per" for token in self._tokens[self._at :])

    def rest(self) -> str:
        """The words after the amount, without a Korean counter before its noun."""
        while self._peek() == "counter":
            self._at += 1
        return " ".join(token.text for token in self._tokens[self._at :])

    def _amount(self) -> _Amount:
        bounds = self._take_all("bound")
        plural = self._take_value("plural")
        if plural is not None:
            scale = self._scales()
            return _Amount((float(plural) * scale,), frozenset(bounds), plural=True)
        number = self._number()
        bounds += self._take_all("after")
        return _Amount(number, frozenset(bounds))

    def _number(self) -> tuple[float, ...]:
        if self._code == "ko":
            return (self._korean(),)
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        if token is None or token.kind not in {"number", "digits"}:
            raise self._stop()
        self._at += 1
        if self._peek() == "dash" and self._peek(1) == "scale":
            self._at += 1
        scaled = self._peek() == "scale" or self._is_plural_scale()
        scale = self._scales() * self._plural_scale()
        if token.kind == "number":
            return (float(token.value) * scale,)
        return tuple(value * scale for value in values(token.value, scaled=scaled, comma=_COMMA[self._code]))

    def _scales(self) -> float:
        scale = 1.0
        while (value := self._take_value("scale")) is not None:
            scale *= float(value)
        return scale

    def _is_plural_scale(self) -> bool:
        return self._peek() == "plural" and self._tokens[self._at].value in _SCALES_IN_PLURAL

    def _plural_scale(self) -> float:
        """After a number "тисячі" is no vague plural but the thousand itself: "дві тисячі"."""
        if not self._is_plural_scale():
            return 1.0
        self._at += 1
        return _SCALES_IN_PLURAL[self._tokens[self._at - 1].value]

    def _korean(self) -> float:
        """1만3천: within each ten thousand, thousands and hundreds add up."""
        total = part = 0.0
        last: float | None = None
        began = self._at
        while self._peek() in {"digits", "scale"}:
            token = self._tokens[self._at]
            self._at += 1
            if token.kind == "digits":
                last = values(token.value, scaled=self._peek() == "scale", comma="thousands")[0]
            elif float(token.value) < 10_000:
                part, last = part + (1.0 if last is None else last) * float(token.value), None
            else:
                group = part + (last or 0.0) or 1.0
                total, part, last = total + group * float(token.value), 0.0, None
        if self._at == began:
            raise self._stop()
        return total + part + (last or 0.0)

    def _scaled_alike(self, first: _Amount, second: _Amount) -> tuple[_Amount, ...]:
        """ "10 to 12 thousand": the first takes the scale of the second where it would be absurdly small."""
        low, high = first.values[0], second.values[0]
        for scale in (1e9, 1e6, 1e3):
            if high >= scale and low < 1000 and low * scale <= high and high / scale < 1000:
                return _Amount(tuple(value * scale for value in first.values), first.bounds), second
        return first, second

    def _dash_before_number(self) -> bool:
        if self._peek() == "dash" and self._peek(1) in {"digits", "number"}:
            self._at += 1
            return True
        return False

    def _upto_before_number(self) -> bool:
        """Russian and Ukrainian "до" is "up to" before a number, and "to" between two."""
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        if token is not None and token.text == "до" and self._peek(1) in {"digits", "number"}:
            self._at += 1
            return True
        return False

    def _take_all(self, kind: str) -> list[str]:
        found = []
        while (value := self._take_value(kind)) is not None:
            found.append(value)
        return found

    def _take_value(self, kind: str) -> str | None:
        if self._peek() != kind:
            return None
        self._at += 1
        return self._tokens[self._at - 1].value

    def _take(self, kind: str) -> bool:
        return self._take_value(kind) is not None

    def _peek(self, ahead: int = 0) -> str:
        return self._tokens[self._at + ahead].kind if self._at + ahead < len(self._tokens) else ""

    def _stop(self) -> UsageError:
        rest = self.rest()
        return _unread(self._phrase, f"not one number at {rest!r}" if rest else "no number in it")


_Bounds = tuple[float | None, bool, float | None, bool, str]


def _bounds(form: str, amounts: Sequence[_Amount]) -> Iterator[_Bounds]:
    if form == "range":
        for low, high in product(amounts[0].values, amounts[1].values):
            if low <= high:
                yield _ranged(low, high, amounts[0].bounds, amounts[1].bounds)
        return
    for amount in amounts:
        for value in amount.values:
            yield from _bounded(amount, value)


def _ranged(low: float, high: float, first: frozenset[str], last: frozenset[str]) -> _Bounds:
    """ "More than 11 to 12 thousand" is open above; "from at least 300 to at most 400" says no more than its ends."""
    words = first | last
    upward = bool(last & {"above", "least"}) or (bool(first & {"above", "least"}) and not last & {"below", "most"})
    downward = not upward and bool(words & {"below", "most"}) and not first & {"above", "least"}
    share = BAND if "about" in words else 0.0
    rule = "range" if not share else f"range, ±{BAND:.0%}"
    low, high = low - share * low, high + share * high
    if upward:
        return low, "above" in words and not share, None, False, f"{rule}; at least"
    if downward:
        return None, False, high, "below" in words and not share, f"{rule}; at most"
    return low, False, high, False, rule


def _bounded(amount: _Amount, value: float) -> Iterator[_Bounds]:
    """The bounds that words make of a number; contradictory words give one reading each."""
    words = amount.bounds
    upward, downward = words & {"above", "least"}, words & {"below", "most"}
    band = BAND * abs(value) if "about" in words else 0.0
    doubt = "; contradictory words" if upward and downward else ""
    if amount.plural and not downward:
        yield value, False, None, False, "vague plural"
        return
    if upward:
        above = "above" in words and not band
        yield value - band, above, None, False, ("more than" if above else "at least") + doubt
    if downward:
        below = "below" in words
        yield None, False, value + band, below, ("less than" if below else "at most") + doubt
    if not upward and not downward:
        yield value - band, False, value + band, False, f"about, ±{BAND:.0%}" if band else "as said"


def _unread(phrase: str, why: str) -> UsageError:
    return UsageError(
        "Cannot read this as an amount.",
        saw=f"{phrase!r}: {why}",
        do='Give the words of the amount: "more than 10,000 containers", "nearly 500", "11,000 to 12,000 troops".',
        code="amount",
    )
