"""Finding a name in a text: whole words, in the case in which names are written, with the endings that it takes."""

from __future__ import annotations

import re
from functools import lru_cache

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_LAST_VOWEL = re.compile(r"(?<=[\u0400-\u04ff]{3})[аеёиоуыэюяйьіїє]$")
SHORTEST = 2
"""A name of one sign is in too many texts to be one."""


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


def _word(word: str) -> str:
    if _CYRILLIC.search(word) and len(word) > 3:
        return re.escape(_LAST_VOWEL.sub("", word)) + r"\w{0,3}"
    return re.escape(word) + (r"[\uac00-\ud7af]{0,3}" if _HANGUL.search(word) else "")
