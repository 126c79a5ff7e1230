"""Words that show how sure a speaker sounds, found in a text and offered; a person decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MOST = 8
WORDS: Mapping[str, tuple[str, ...]] = {
    "approximate": (
        "about", "around", "roughly", "approximately", "some", "nearly", "almost", "circa",
        "около", "примерно", "приблизительно", "почти", "близько", "приблизно", "майже", "약", "대략", "거의",
    ),
    "bounded": (
        "more than", "over", "at least", "up to", "as many as", "no more than", "no fewer than", "fewer than",
        "less than", "under", "более", "больше", "не менее", "до", "понад", "більше", "не менше", "щонайменше",
        "이상", "이하", "초과", "미만", "최대", "최소",
    ),
    "estimative": (
        "almost certainly", "highly likely", "very likely", "likely", "probably", "possibly", "perhaps", "apparently",
        "appears to", "appear to", "seems to", "unlikely", "believes", "believe", "assesses", "suspects", "suggests",
        "вероятно", "возможно", "по-видимому", "ймовірно", "можливо", "мабуть",
        "추정", "가능성", "것으로 보인다", "것으로 보이며",
    ),
    "conditional": (
        "could", "might", "may", "would", "can", "enough for", "capable of", "if", "could hold", "able to",
        "могли бы", "мог бы", "может", "міг би", "могли б", "може", "수 있는", "수 있다",
    ),
    "attributed": (
        "reportedly", "allegedly", "according to", "is said to", "are said to", "по данным", "якобы", "за даними",
        "нібито", "알려졌다", "전해졌다",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hedged:
    """Words as they stand in the text, and of which sort they are."""

    text: str
    sort: str


def hedges_in(text: str) -> tuple[Hedged, ...]:
    """Hedging words of a text (en, ru, uk, ko), longest first where they overlap, in the order of the text."""
    taken: list[tuple[int, int, Hedged]] = []
    lower = text[:20_000]
    for sort, words in sorted(_ALL, key=lambda one: -len(one[1].pattern)):
        for match in words.finditer(lower):
            if all(match.end() <= start or match.start() >= end for start, end, _ in taken):
                taken.append((match.start(), match.end(), Hedged(match[0], sort)))
            if len(taken) >= 4 * MOST:
                break
    found = dict.fromkeys(hedged for _, _, hedged in sorted(taken, key=lambda one: one[:2]))
    return tuple(found)[:MOST]


def _pattern(word: str) -> re.Pattern[str]:
    is_korean = "\uac00" <= word[0] <= "\ud7a3"  # particles follow without a space
    after = "" if is_korean and len(word) > 1 else r"(?!\w)"
    before = "" if is_korean and len(word) > 1 else r"(?<!\w)"
    return re.compile(f"{before}{re.escape(word)}{after}", re.IGNORECASE)


_ALL = [(sort, _pattern(word)) for sort, words in WORDS.items() for word in words]
