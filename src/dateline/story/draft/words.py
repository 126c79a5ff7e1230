"""Words of a sentence by their stems: what it speaks of, what is counted in it, in which unit."""

from __future__ import annotations

import re

from dateline.story.numbers import Number, find_numbers

STEM = 5
_WORD = re.compile(r"[^\W\d_][\w’'-]*|\d{4}")
_EMPTY = frozenset({
    "that", "this", "these", "those", "with", "from", "have", "been", "were", "they", "them", "their", "there", "about",
    "more", "than", "least", "most", "many", "much", "some", "said", "says", "into", "over", "what", "which", "when",
    "where", "while", "will", "would", "could", "also", "such", "only", "other", "then", "after", "before", "between",
    "under", "near", "nearly", "around", "roughly", "approximately", "since", "until", "during", "each", "both", "does",
    "did", "all", "and", "the", "for", "are", "was", "has", "had", "its", "his", "her", "our", "can", "one", "not",
    "how",     "far", "any", "but", "who", "whom", "according", "very", "just", "still", "against",
})  # fmt: skip
_STOPS = frozenset({
    "of", "from", "to", "in", "at", "on", "by", "for", "with", "since", "until", "and", "or", "that", "which", "who",
    "were", "was", "is", "are", "had", "has", "have", "be", "been", "could", "can", "may", "would", "will", "between",
    "under", "over", "than", "as", "into", "but", "went", "came", "per", "the", "a", "an",
})  # fmt: skip
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(
        ("t", "tonne", "tonnes", "ton", "tons", "metric ton", "metric tons", "metric tonnes"), ("mass", 1.0)
    ),
    **dict.fromkeys(("kt", "kiloton", "kilotons", "kilotonne", "kilotonnes"), ("mass", 1e3)),
    **dict.fromkeys(("mt", "megaton", "megatons", "megatonne", "megatonnes"), ("mass", 1e6)),
    **dict.fromkeys(("kg", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"), ("mass", 1e-3)),
    **dict.fromkeys(("km", "kms", "kilometre", "kilometres", "kilometer", "kilometers"), ("length", 1e3)),
    **dict.fromkeys(("mi", "mile", "miles"), ("length", 1609.344)),
    **dict.fromkeys(("nautical mile", "nautical miles"), ("length", 1852.0)),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), ("length", 1.0)),
    **dict.fromkeys(("ft", "foot", "feet"), ("length", 0.3048)),
    **dict.fromkeys(("cm", "centimetre", "centimetres", "centimeter", "centimeters"), ("length", 1e-2)),
    **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeter", "millimeters"), ("length", 1e-3)),
    **dict.fromkeys(("kw", "kilowatt", "kilowatts"), ("power", 1e3)),
    **dict.fromkeys(("mw", "megawatt", "megawatts"), ("power", 1e6)),
    **dict.fromkeys(("gw", "gigawatt", "gigawatts"), ("power", 1e9)),
    **dict.fromkeys(("day", "days"), ("time", 1.0)),
    **dict.fromkeys(("week", "weeks"), ("time", 7.0)),
    **dict.fromkeys(("month", "months"), ("time", 30.4)),
    **dict.fromkeys(("year", "years"), ("time", 365.25)),
}
_UNIT = re.compile(
    rf"[\s\u00a0\u202f-]?(?P<unit>{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})\b", re.IGNORECASE
)
_TAIL = re.compile(r"[^\W\d_]+$")
AFTER = 4
"""So many words behind a number may say what it counts."""


def stems(text: str) -> frozenset[str]:
    """The stems of the words that say what a text is about; years count."""
    found = (word.casefold().split("’")[0].split("'")[0] for word in _WORD.findall(text))
    return frozenset(word[:STEM] for word in found if len(word) > 3 and word not in _EMPTY)


def nouns_after(text: str, number: Number) -> frozenset[str]:
    """The stems of what a number counts: the words right behind it, up to a preposition, a verb, or a comma."""
    clause = re.split(r"[.;:,()–—]\s|[()\[\]]", text[number.end : number.end + 80])[0]
    found: list[str] = []
    for word in _WORD.findall(clause)[: AFTER + 2]:
        lower = word.casefold().split("’")[0]
        if lower in _STOPS:
            if found or lower not in {"of", "the"}:
                break
        elif len(lower) > 2:
            found.append(lower[:STEM])
    return frozenset(found[:AFTER])


def unit_of(text: str, number: Number) -> tuple[str, float, str] | None:
    """The dimension of a number's unit, its size in the dimension's own, and its word; None for a bare count."""
    own = _TAIL.search(number.text)
    if own is not None and own[0].casefold() in _UNITS:
        return (*_UNITS[own[0].casefold()], own[0])
    found = _UNIT.match(text, number.end)
    return None if found is None else (*_UNITS[found["unit"].casefold()], found["unit"])


def unit_named(unit: str) -> tuple[str, float] | None:
    """The dimension and size of a record's unit."""
    return _UNITS.get(unit.casefold())


def counted_in(text: str, value: float) -> frozenset[str]:
    """What a text says that a value counts, in stems; nothing where the value does not stand in it."""
    return frozenset(
        stem for number in find_numbers(text) if number.sort != "date" and number.agrees(value)
        for stem in nouns_after(text, number)
    )  # fmt: skip
