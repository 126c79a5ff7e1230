"""Finding words and phrases in a sentence, and whether the sentence denies them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dateline.story.language import Language


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
    """Whether a negation, or a "whether", stands before this place within the same clause."""
    negations = language.vocabulary("negation")
    clause = re.split(r"[;:—]|,\s+(?:but|and|while|yet)\b|\bbut\b", text[:at])[-1]
    return bool(negations) and _pattern(negations).search(clause) is not None


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
