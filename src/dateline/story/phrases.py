"""Finding words and phrases in a sentence, and whether the sentence denies them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dateline.story.language import Language

FARTHEST = 400
"""So many signs before a word a denial may stand."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a vocabulary where it stands, and whether a negation stands before it in its clause."""

    start: int
    words: str
    negated: bool


def hits(language: Language, vocabulary: str, text: str) -> Iterator[Hit]:
    """Every phrase of a vocabulary in a text. A language without that vocabulary gives none."""
    words = language.vocabulary(vocabulary)
    if not words:
        return
    for match in _pattern(words).finditer(text):
        yield Hit(match.start(), match[0], is_negated(language, text, match.start()))


def is_negated(language: Language, text: str, at: int) -> bool:
    """Whether a negation, or a "whether", stands before this place within the same clause.

    What stands between two commas is passed over ("a port that does not exist,"); behind a single comma a new thought
    begins, unless it only goes on with the next verb of a list ("did not rise, fall"). Russian and Ukrainian set a
    comma before every "that": there a denial reaches over it.
    """
    negations = language.vocabulary("negation")
    if not negations:
        return False
    clause = _CLAUSES.split(text[max(0, at - FARTHEST) : at])[-1]
    if language.code != "en" or _OPEN.search(clause):
        return _pattern(negations).search(clause) is not None
    before, _, last = _ASIDE.sub(" ", clause).rpartition(",")
    own = before + last if _GOES_ON.search(last) or not last.strip() else last
    return _pattern(negations).search(own) is not None


_CLAUSES = re.compile(r"[;:—]|,\s+(?:but|and|while|yet)\b|\bbut\b")
_OPEN = re.compile(r"\b(?:whether|if)\b", re.IGNORECASE)
_ASIDE = re.compile(r",[^,]*,")
_GOES_ON = re.compile(r"\b(?:or|nor)\b", re.IGNORECASE)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_spelled, longest_first))})(?!\w)", re.IGNORECASE)


def _spelled(words: str) -> str:
    """A phrase with any spaces, hyphens and apostrophes that print alike."""
    text = re.escape(words).replace(r"\ ", r"\s+").replace(r"\-", "[-\u2010\u2011]")
    return re.sub("['’]", "['’ʼ]", text)
