"""What a claim's words say: the number, on which side it is open, how far the deed is, which states are named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from dateline.core.amounts.numbers import ANY, values
from dateline.core.quantity import Quantity
from dateline.ledger.claim import Claim

Side = Literal["above", "below", "point", "range"]
Status = Literal["planned", "under_way", "done"]
STATUSES: tuple[Status, ...] = ("planned", "under_way", "done")

DENIALS = frozenset({"denies", "denies_part", "denies_proof", "declines"})
"""Stances that do not say how far a deed is."""

_ABOUT = re.compile(r"(?i)\b(?:about|around|some|roughly|approx\w*|circa|ca|estimated|nearly|almost)\b|~")
_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9}
_SCALE = re.compile(r"(?i)[\s-]*(hundred|thousand|million|billion|mn|bn|k|m)\b")


@cache
def _words() -> Mapping[str, object]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def side(quantity: Quantity) -> Side:
    """On which side the words leave a quantity open: above ("more than"), below ("up to"), none (a point, a range)."""
    if quantity.high is None:
        return "above"
    if quantity.low is None:
        return "below"
    return "point" if quantity.low == quantity.high else "range"


def figure(quantity: Quantity) -> float:
    """The number that the words name; of a range its middle."""
    known = [bound for bound in (quantity.low, quantity.high) if bound is not None]
    return sum(known) / len(known)


def is_about(claim: Claim) -> bool:
    """Whether the words make a number approximate."""
    hedged = claim.hedge is not None and claim.hedge.sort == "approximate"
    return hedged or (claim.quantity is not None and _ABOUT.search(claim.quantity.text) is not None)


def numbers_in(text: str) -> set[float]:
    """Every number in digits that a text may mean: "3 million", "10,000"."""
    found: set[float] = set()
    for match in ANY.finditer(text):
        word = _SCALE.match(text, match.end())
        scale = 1.0 if word is None else _SCALES[word[1].lower()]
        found |= {value * scale for value in values(match[0], scaled=scale > 1, comma="thousands")}
    return found


def status_of(claim: Claim) -> tuple[Status | None, bool]:
    """How far the deed is, and whether that was read from the words of the statement; None where they don't tell."""
    if claim.status is not None:
        return claim.status, False
    if claim.stance == "predicts":
        return "planned", False
    if claim.stance in DENIALS:
        return None, True
    found: set[Status] = {name for name in STATUSES if _patterns("status")[name].search(claim.statement)}
    if "under_way" in found and "done" not in found:
        return "under_way", True
    return (found.pop(), True) if len(found) == 1 else (None, True)


def deed_of(text: str) -> str | None:
    """What happened to the things: sent, fired, examined …; None where the words tell none, or several."""
    found = {deed for deed, pattern in _patterns("deed").items() if pattern.search(text)}
    return found.pop() if len(found) == 1 else None


def tells_capacity(text: str) -> bool:
    """Whether the words say that something would fit, and not that it was sent."""
    return any(pattern.search(text) for pattern in _patterns("capacity").values())


@cache
def _patterns(table: str) -> Mapping[str, re.Pattern[str]]:
    told = _words()[table]
    assert isinstance(told, dict)
    flags = re.RegexFlag(0) if table == "states" else re.IGNORECASE
    return {name: _any(list(patterns), flags) for name, patterns in told.items()}


def _any(patterns: list[str], flags: re.RegexFlag) -> re.Pattern[str]:
    ordered = sorted(patterns, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(ordered) + r")(?!\w)", flags)


def states_in(text: str) -> dict[str, str]:
    """The states that a text names, by code, with the words that stand for each."""
    return {code: match[0] for code, pattern in _patterns("states").items() if (match := pattern.search(text))}


def says_so(text: str) -> dict[str, str]:
    """The states that a text names as the ones who say it: "the USA said", "according to Seoul"."""
    found: dict[str, str] = {}
    for code, pattern in _patterns("states").items():
        for match in pattern.finditer(text):
            after, before = text[match.end() : match.end() + 30], text[: match.start()]
            if _sayer().match(after) or re.search(r"(?i)according to (?:the )?$", before):
                found[code] = match[0]
    return found


@cache
def _sayer() -> re.Pattern[str]:
    told = _words()["says"]
    assert isinstance(told, list)
    return re.compile(rf"(?:\s+\w+)?\s+(?:{'|'.join(told)})\b")
