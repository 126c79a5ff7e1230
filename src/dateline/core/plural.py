"""Which form of a word a number takes: Unicode CLDR's plural categories for whole numbers and decimals.

Unicode CLDR 46, Language Plural Rules: cldr.unicode.org/index/cldr-spec/plural-rules.
"""

from __future__ import annotations

from typing import Literal

Category = Literal["one", "few", "many", "other"]
CATEGORIES: tuple[Category, ...] = ("one", "few", "many", "other")

_NONE = frozenset({"ko", "ja", "zh", "vi", "th", "id"})
"""Languages whose words have one form for every number."""

USED: dict[str, tuple[Category, ...]] = {
    "en": ("one", "other"),
    "ru": ("one", "few", "many", "other"),
    "uk": ("one", "few", "many", "other"),
    "ko": ("other",),
}
"""The categories that a language has, of those languages whose rules are known here."""


def category(number: float, language: str) -> Category:
    """The category of a number [1] in a language; a language that is not known counts as English does.

    "1 container, 2 containers"; "1 контейнер, 2 контейнера, 5 контейнеров, 1,5 контейнера".
    """
    code = language.partition("-")[0].lower()
    size = abs(number)
    if code in _NONE:
        return "other"
    if code in {"ru", "uk", "be"}:
        return _slavic(int(size)) if float(size).is_integer() else "other"
    return "one" if size == 1 else "other"


def _slavic(size: int) -> Category:
    """Russian, Ukrainian, Belarusian: by the last digit, but for 11 to 14."""
    tens, ones = size % 100, size % 10
    if ones == 1 and tens != 11:
        return "one"
    if ones in {2, 3, 4} and tens not in {12, 13, 14}:
        return "few"
    return "many"
