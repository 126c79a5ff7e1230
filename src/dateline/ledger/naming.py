"""Finding a name in a text: whole words, in the case in which names are written, with the endings that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_LAST_VOWEL = re.compile(r"(?<=[\u0400-\u04ff]{3})[аеёиоуыэюяйьіїє]$")
SHORTEST = 2
"""A name of one sign is in too many texts to be one."""

LEAST_SURNAME = 4
"""A surname of fewer signs (Kim, Lee) is many people's."""


@lru_cache(maxsize=8192)
def name_pattern(name: str) -> re.Pattern[str] | None:
    """What finds a name in a text, or None for a name that is too short to be told from other words.

    Russian and Ukrainian names take endings, Korean ones particles: up to three letters may stand behind each word.
    """
    words = name.split()
    if sum(map(len, words)) < SHORTEST:
        return None
    body = r"\s+".join(map(_word, words))
    pattern = re.compile(rf"(?<!\w){body}(?!\w)")
    return pattern if name == name.upper() else re.compile(rf"(?<!\w)(?:{body}|{re.escape(name.upper())})(?!\w)")


def surnames(names: Iterable[str], others: Iterable[str]) -> Iterator[str]:
    """The last words of a person's names, by which texts call them; not those that somebody else's name has, too.

    Names of one word (Korean ones, among others) are whole already. Under LEAST_SURNAME signs a word may be any other.
    """
    shared = {word for name in others for word in name.split()}
    for name in names:
        *first, last = name.split() or [""]
        if first and len(last) >= LEAST_SURNAME and last[0].isupper() and last not in shared:
            yield last


def _word(word: str) -> str:
    if _CYRILLIC.search(word) and len(word) > 3:
        return re.escape(_LAST_VOWEL.sub("", word)) + r"\w{0,3}"
    return re.escape(word) + (r"[\uac00-\ud7af]{0,3}" if _HANGUL.search(word) else "")
