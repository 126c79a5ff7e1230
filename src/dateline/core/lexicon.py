"""Words of a language as tokens: patterns in a TOML file, the longest match wins; a new language is a new file."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


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


def languages(folder: str) -> tuple[str, ...]:
    """The languages that a folder has words for, by code, English first."""
    codes = sorted(
        entry.name.removesuffix(".toml") for entry in files(folder).iterdir() if entry.name.endswith(".toml")
    )
    return tuple(sorted(codes, key=lambda code: code != "en"))


@cache
def load(folder: str, code: str) -> Lexicon:
    """The words of one language, from a folder of the package. Under [word] a value is its own kind."""
    text = (files(folder) / f"{code}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(unicodedata.normalize("NFC", text))
    return Lexicon(code, table["name"], table["order"], tuple(_patterns(table)))


def _patterns(table: dict[str, Any]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    edges = (r"(?<!\w)", r"(?!\w)") if table["order"] == "before" else ("", "")
    for kind, values in table.items():
        for value, words in values.items() if isinstance(values, dict) else ():
            for word in words:
                bare = word.startswith(("\\", "-", "~"))  # a sign, as in "1,000+", needs no edge of a word
                pattern = re.compile(word if bare else f"{edges[0]}(?:{word}){edges[1]}")
                yield (value, value, pattern) if kind == "word" else (kind, value, pattern)


def tokens(text: str, words: Lexicon, numeric: Iterable[tuple[str, re.Pattern[str]]]) -> tuple[Token, ...]:
    """The tokens of a tidy text; `numeric` are patterns that every language shares. Other words are `unknown`."""
    position, found = 0, []
    shared = tuple(numeric)
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token = _longest(text, position, words, shared)
        found.append(token)
        position += len(token.text)
    return tuple(found)


def _longest(text: str, position: int, words: Lexicon, shared: Iterable[tuple[str, re.Pattern[str]]]) -> Token:
    best = Token("unknown", "", "")
    for kind, value, pattern in words.patterns:
        match = pattern.match(text, position)
        if match and len(match[0]) > len(best.text):
            best = Token(kind, value, match[0])
    for kind, pattern in shared:
        match = pattern.match(text, position)
        if match and len(match[0]) > len(best.text):
            best = Token(kind, match[0], match[0])
    if best.text:
        return best
    word = re.compile(r"[^\s,]+|,").match(text, position)
    assert word is not None  # position is at something that is no space
    return Token("unknown", word[0], word[0])
