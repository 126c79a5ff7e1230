"""Words of a phrase as tokens that are the same in every language; the words themselves lie in words/*.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

WORDS = files("dateline.core.phrases") / "words"


@dataclass(frozen=True, slots=True)
class Token:
    """One unit of a phrase: what kind it is, what it says, and the words that it was."""

    kind: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a language. `order` says whether connecting words stand before or after what they connect."""

    code: str
    name: str
    order: str
    patterns: tuple[tuple[str, str, re.Pattern[str]], ...]


def languages() -> tuple[str, ...]:
    """The languages that there are words for, by code, English first."""
    codes = sorted(entry.name.removesuffix(".toml") for entry in WORDS.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(codes, key=lambda code: code != "en"))


@cache
def lexicon(code: str) -> Lexicon:
    """The words of one language."""
    table = tomllib.loads(unicodedata.normalize("NFC", (WORDS / f"{code}.toml").read_text(encoding="utf-8")))
    return Lexicon(code, table["name"], table["order"], tuple(_patterns(table)))


def _patterns(table: dict[str, Any]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    whole = table["order"] == "before"
    for kind, values in table.items():
        if not isinstance(values, dict):
            continue
        for value, words in values.items():
            for word in words:
                edge = (r"(?<!\w)", r"(?!\w)") if whole else ("", "")
                pattern = re.compile(f"{edge[0]}(?:{word}){edge[1]}")
                yield (value, value, pattern) if kind == "word" else (kind, value, pattern)


_NUMERIC = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("date", r"\d{4}-\d{2}-\d{2}(?!\d)"),
        ("numeric", r"\d{1,2}[./]\d{1,2}[./]\d{4}(?!\d)"),
        ("pair", r"\d{4} ?[-/] ?(?:\d{4}|\d{2})(?![\d-])"),
        ("year", r"(?:1\d|2\d)\d{2}(?:년|(?!\d))"),
        ("day", r"\d{1,2}일(?! ?(?:간|전|동안))"),
        ("int", r"\d{1,3}(?:st|nd|rd|th|-?(?:го|ого|му|е|й|м))?(?!\d)"),
        ("comma", r","),
        ("dash", r"-"),
    )
)


def tidy(phrase: str) -> str:
    """One spelling for what looks alike: case, dashes, quotes, spaces; no full stops but in numeric dates."""
    text = unicodedata.normalize("NFC", phrase).casefold().strip()
    text = re.sub(r"[‐‑‒–—−~〜～]", "-", text)
    text = re.sub(r"[\"“”«»「」()\[\]]", " ", text)
    text = re.sub(r"(?<=\D)\.|\.(?=\s|$|,)", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def tokenise(phrase: str, code: str) -> tuple[Token, ...]:
    """The tokens of a phrase; words that the language does not have are of kind `unknown`."""
    text, position, found = tidy(phrase), 0, []
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        token = _longest(text, position, lexicon(code))
        found.append(token)
        position += len(token.text)
    return tuple(token for token in found if token.kind != "skip")


def _longest(text: str, position: int, words: Lexicon) -> Token:
    best = Token("unknown", "", "")
    for kind, value, pattern in words.patterns:
        match = pattern.match(text, position)
        if match and len(match[0]) > len(best.text):
            best = Token(kind, value, match[0])
    for kind, pattern in _NUMERIC:
        match = pattern.match(text, position)
        if match and len(match[0]) > len(best.text):
            best = Token(kind, match[0], match[0])
    if best.text:
        return best
    word = re.compile(r"[^\s,]+").match(text, position)
    assert word is not None  # position is at something that is no space, and a comma is a token of its own
    return Token("unknown", word[0], word[0])
