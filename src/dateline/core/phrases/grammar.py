"""From tokens to a phrase: which words say something of the same date, and how the dates are connected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dateline.core.errors import UsageError
from dateline.core.lexicon import Token
from dateline.core.phrases.phrase import Phrase, Point
from dateline.core.phrases.tokens import lexicon, tokenise

_BOUNDS = {
    "as_of": "until",
    "no_later": "until",
    "to": "by",
    "by": "by",
    "before": "before",
    "after": "after",
    "no_earlier": "no_earlier",
    "around": "around",
    "earlier": "earlier",
    "later": "later",
}
_MARKERS = {"from", "to", "as_of", "no_later", "no_earlier", "before", "after", "around", "by", "night"}
"""Korean puts these after the date: they are moved before it."""
_BETWEEN = {"and", "or", "comma", "dash"}
"""What stands between two dates, or two numbers of one."""


def parse(phrase: str, code: str) -> Phrase:
    """The structure of a phrase in one language. Raises UsageError (code `phrase`), and names the words it stops at."""
    tokens = list(tokenise(phrase, code))
    future = any(token.kind == "future" for token in tokens)
    tokens = [token for token in tokens if token.kind != "future"]
    if lexicon(code).order == "after":
        tokens = _before(_counted_alike(tokens, phrase))
    _check_months(tokens, phrase)
    tokens = _numbers(_punctuation(tokens))
    return replace(_Reader(tokens, phrase).phrase(), future=future)


def _check_months(tokens: Sequence[Token], phrase: str) -> None:
    """ "Feb-24", as spreadsheets write it, is a day to some and a month of 2024 to others. Raises UsageError."""
    kinds = [token.kind for token in tokens]
    dashed = [at for at in range(len(kinds)) if kinds[at : at + 3] == ["month", "dash", "int"]]
    if any(kinds[at + 3 : at + 4] != ["month"] for at in dashed):  # "28 September - 2 October" is a range
        raise unread(phrase, "the number after the dash may be a day or a year")


def _counted_alike(tokens: Sequence[Token], phrase: str) -> list[Token]:
    """ "8~10월", "8, 9월", "10월 8~13일": a bare number counts what the next one counts. Raises UsageError."""
    counted = list(tokens)
    for at in range(len(counted) - 1, -1, -1):
        after = [token.kind for token in counted[at + 1 : at + 3]]
        if counted[at].kind != "int" or after[:1] == ["unit"]:
            continue
        kind = after[1] if after[:1] and after[0] in _BETWEEN and after[1:] else ""
        if kind not in {"month", "quarter", "day"}:
            raise unread(phrase, f"{counted[at].text!r} counts nothing: write 8월, 8일")
        if not 1 <= int(counted[at].value) <= {"month": 12, "quarter": 4, "day": 31}[kind]:
            raise unread(phrase, f"there is no {kind} {counted[at].text}")
        counted[at] = Token(kind, counted[at].value, counted[at].text)
    return counted


def _before(tokens: Sequence[Token]) -> list[Token]:
    """Words that follow their date, moved before it: 8월 부터 10월 까지 becomes from 8월 to 10월."""
    moved: list[Token] = []
    start, marked = 0, False
    for token in tokens:
        if token.kind == "between":
            moved.insert(0, token)
        elif token.kind in _MARKERS:
            moved.insert(start, token)
            start, marked = start + 1, True
        else:
            if marked or token.kind in _BETWEEN:
                start, marked = len(moved) + (token.kind in _BETWEEN), False
            moved.append(token)
    return moved


def _punctuation(tokens: Sequence[Token]) -> list[Token]:
    """Commas that only divide a date from its year or weekday go; a dash is "to", or part of "mid-August"."""
    kept: list[Token] = []
    for position, token in enumerate(tokens):
        before = kept[-1].kind if kept else ""
        after = tokens[position + 1].kind if position + 1 < len(tokens) else ""
        if token.kind == "comma" and (after in {"year", "and", "or", "relative", "to", ""} or before == ""):
            continue
        if (
            token.kind == "comma"
            and after != before
            and (before == "weekday" or (before, after) == ("relative", "weekday"))
        ):
            continue
        if token.kind == "dash" and (before == "part" or not before or not after):
            continue
        kept.append(Token("to", token.value, token.text) if token.kind == "dash" else token)
    return kept


def _numbers(tokens: Sequence[Token]) -> list[Token]:
    """A number before a unit counts it ("two months"); any other is a day of the month."""
    kept = []
    for position, token in enumerate(tokens):
        after = tokens[position + 1].kind if position + 1 < len(tokens) else ""
        if token.kind == "number" and after != "unit":
            continue  # "a Wednesday", "one October": says nothing of the date
        if token.kind in {"int", "day", "year"}:
            kind = token.kind if token.kind != "int" else "number" if after == "unit" else "day"
            digits = "".join(sign for sign in token.value if sign.isdigit())
            kept.append(Token(kind, digits, token.text))
        else:
            kept.append(token)
    return kept


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[Token], phrase: str) -> None:
        self._tokens, self._at, self._phrase = list(tokens), 0, phrase

    def phrase(self) -> Phrase:
        """All of it, or an error."""
        found = self._phrase_at()
        if self._at < len(self._tokens):
            raise self._stop()
        return found

    def _phrase_at(self) -> Phrase:
        night = self._take("night") or self._take("night_to")
        if self._take("from"):
            return self._from(night)
        if self._take("between"):
            first = self._point()
            if not (self._take("and") or self._take("to")):
                raise self._stop()
            return Phrase(form="range", points=(first, self._point()), night=night)
        for kind, modifier in _BOUNDS.items():
            if self._take(kind):
                return self._bounded(modifier)
        return self._connected(night)

    def _from(self, night: str | None) -> Phrase:
        first = self._point()
        if self._take("to"):
            return Phrase(form="range", points=(first, self._point()), night=night)
        return Phrase(form="single", points=(first,), modifier="since")

    def _bounded(self, modifier: str) -> Phrase:
        inner = self._connected(None)
        if inner.form not in {"single", "range"} or inner.modifier:
            raise self._stop()
        return replace(inner, modifier=modifier)

    def _connected(self, night: str | None) -> Phrase:
        points = [self._point()]
        night = night or self._take("night")  # "Friday night"
        said = points[0].slots()
        counted = "unit" in said and bool(said & {"number", "vague"}) and said <= {"unit", "number", "vague"}
        if counted and (side := self._take("before") or self._take("after")):
            return Phrase(form="offset", points=(points[0], self._point()), side=side)
        if self._take("to") or (night and self._take("as_of")):  # "в ночь с 4 на 5 января"
            return Phrase(form="range", points=(points[0], self._point()), night=night)
        form = "all of"
        while self._peek() in {"comma", "and", "or"}:
            form = "one of" if self._tokens[self._at].kind == "or" else form
            self._at += 1
            points.append(self._point())
        return Phrase(form=form if points[1:] else "single", points=tuple(points), night=night)

    def _point(self) -> Point:
        """Everything that can be said of one date, until a slot would be filled twice or another word comes."""
        said: dict[str, Any] = {}
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "unknown":
                said["event"] = f"{said.get('event', '')} {token.text}".strip()
            elif token.kind not in _SLOTS or token.kind in said:
                break
            else:
                said[token.kind] = _SLOTS[token.kind](token.value)
            self._at += 1
        point = Point(**said)
        if point.is_empty():
            raise self._stop()
        return point

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _take(self, kind: str) -> str | None:
        if self._peek() != kind:
            return None
        self._at += 1
        return kind

    def _stop(self) -> UsageError:
        rest = " ".join(token.text for token in self._tokens[self._at :])
        return unread(self._phrase, f"stopped at {rest!r}" if rest else "something is missing at its end")


def unread(phrase: str, why: str) -> UsageError:
    """The error for a phrase that says no date that we can read."""
    return UsageError(
        "Cannot read this phrase as a date.",
        saw=f"{phrase!r}: {why}",
        do="Give only the words of the date ('late August', 'since September 2023'), or write the dates: "
        "2023-08-21/2023-08-31.",
        code="phrase",
    )


def _relative(value: str) -> tuple[str, int]:
    unit, _, offset = value.partition(" ")
    return unit, int(offset)


def _pair(value: str) -> tuple[int, int]:
    first = int(value[:4])
    second = "".join(sign for sign in value[4:] if sign.isdigit())
    return first, int(second) if len(second) == 4 else first // 100 * 100 + int(second)


def _true(_: str) -> bool:
    return True


_SLOTS: dict[str, Any] = {
    "date": str,
    "numeric": str,
    "year": int,
    "pair": _pair,
    "month": int,
    "day": int,
    "weekday": int,
    "season": str,
    "quarter": int,
    "half": int,
    "part": str,
    "which": str,
    "relative": _relative,
    "number": int,
    "vague": str,
    "unit": str,
    "recent": _true,
    "back": _true,
    "ago": _true,
    "weekend": _true,
}
