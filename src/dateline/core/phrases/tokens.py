"""Words of a phrase as tokens that are the same in every language; the words themselves lie in words/*.toml."""

from __future__ import annotations

import re
import unicodedata

from dateline.core import lexicon as lexicons
from dateline.core.lexicon import Lexicon, Token

WORDS = "dateline.core.phrases.words"


def languages() -> tuple[str, ...]:
    """The languages that there are words of dates for, by code, English first."""
    return lexicons.languages(WORDS)


def lexicon(code: str) -> Lexicon:
    """The words of dates of one language."""
    return lexicons.load(WORDS, code)


_NUMERIC = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("date", r"\d{4}-\d{2}-\d{2}(?!\d)"),
        ("numeric", r"\d{1,2}[./]\d{1,2}[./]\d{4}(?!\d)"),
        ("pair", r"\d{4} ?[-/] ?(?:\d{4}|\d{2})(?![\d-])"),
        ("year", r"(?:1\d|2\d)\d{2}(?:년|(?!\d))"),
        ("day", r"\d{1,2}일(?! ?(?:간|전|동안))"),
        ("int", r"\d{1,3}(?:st|nd|rd|th|-?(?:го|ого|му|е|й|м))?(?!\d)"),
        ("comma", r"[,·ㆍ・]"),
        ("dash", r"-"),
    )
)


def tidy(phrase: str) -> str:
    """One spelling for what looks alike: case, dashes, quotes, spaces; no full stops but in numeric dates."""
    text = unicodedata.normalize("NFC", phrase).casefold().strip()
    text = re.sub(r"[‐‑‒–—−~〜～∼]", "-", text)
    text = re.sub(r"[\"“”«»「」()\[\]]", " ", text)
    text = re.sub(r"(?<=\D)\.|\.(?=\s|$|,)", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def tokenise(phrase: str, code: str) -> tuple[Token, ...]:
    """The tokens of a phrase; words that the language does not have are of kind `unknown`."""
    found = lexicons.tokens(tidy(phrase), lexicon(code), _NUMERIC)
    return tuple(token for token in found if token.kind != "skip")
