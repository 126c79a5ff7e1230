"""Distances and directions as English prose tells them: how far, which way, from what, by road or not.

"98 kilometres north of Vladivostok", "about 200 km from the Ukrainian border", "10 miles outside Ussuriysk",
"Hirnyk and Selydove are 12 km apart". What is measured from there is for others to find out: the names before it in
the sentence are given, the nearest first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DIRECTIONS = {
    name: 22.5 * index
    for index, name in enumerate(
        ("north", "north-north-east", "north-east", "east-north-east", "east", "east-south-east", "south-east",
         "south-south-east", "south", "south-south-west", "south-west", "west-south-west", "west", "west-north-west",
         "north-west", "north-north-west")
    )
}  # fmt: skip
"""[degrees] clockwise from north."""

_KM = {"km": 1.0, "kilometre": 1.0, "mile": 1.609344, "mi": 1.609344, "metre": 0.001, "m": 0.001, "nautical": 1.852}
_TEENS = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: number for number, word in enumerate(_TEENS, 1)} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_CALENDAR = (
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|"
    "September|October|November|December"
)
_POINT = "(?:north|south|east|west)"
_LETTERS = "[NSEW]{1,3}(?=\\s+(?:of|from)\\b)"
WAY = rf"(?:{_POINT}(?:[-\s]?{_POINT}){{0,2}}(?:ern|wards?)?|{_LETTERS})"
_NAME = r"(?:(?:St|Ste|Mt|Ft)\.\s)?[^\W\d_a-zа-яіїєґё][\w’'ʼ-]{0,60}"
_NEXT = rf"(?:(?:of|de|al|on)\s+)?(?!(?:{_CALENDAR})\b){_NAME}"
NAMES = rf"(?:the\s+)?(?:{_NAME})(?:\s+{_NEXT}){{0,6}}"
_WRITTEN = rf"(?:(?i:{'|'.join(_TENS)})(?:[-\s](?i:{'|'.join(_TEENS[:9])}))?|(?i:{'|'.join(reversed(_TEENS))}))\b"
_NUMBER = (
    r"(?:(?<![\w$€£¥])(?<!\d[.,])"
    r"(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3}){1,3}(?![,.]?\d)|\d+[.,]\d{1,2}(?![.,]?\d)|\d+(?:\.\d+)?)|"
    rf"(?<!half )(?<!\bof )(?:\b{_WRITTEN}|\b(?:an?|one)\s+hundred\b|\ban?(?=\s+(?:kilomet|mile\b))))"
)
_MORE = (
    "more than", "over", "at least", "no less than", "not less than", "upwards of", "well over", "further than",
    "farther than",
)  # fmt: skip
_LITTLE_MORE = (
    "just over",
    "just more than",
    "a little over",
    "a little more than",
    "slightly over",
    "slightly more than",
)
_LITTLE_LESS = (
    "nearly", "almost", "just under", "a little under", "a little less than", "slightly under", "slightly less than",
    "just short of",
)  # fmt: skip
_LESS = (
    "less than", "fewer than", "under", "within", "up to", "at most", "no more than", "not more than", "as far as",
    "as much as",
)  # fmt: skip
_ABOUT = ("about", "around", "roughly", "some", "approximately", "approx.", "circa", "close to")
_BOUNDS = {
    **dict.fromkeys((*_MORE, *_LITTLE_MORE, "greater than", "in excess of", "above", "no fewer than"), "more"),
    **dict.fromkeys((*_LITTLE_LESS, *_LESS, "as many as", "at the most", "a maximum of", "below", "close to"), "less"),
    **dict.fromkeys((*(word for word in _ABOUT if word != "close to"), "an estimated", "estimated"), "about"),
}  # fmt: skip
_BOUND = re.compile(
    "(?<![\\w-])(?P<words>"
    + "|".join(re.escape(words).replace(r"\ ", r"\s+") for words in sorted(_BOUNDS, key=len, reverse=True))
    + r")\s+(?:the\s+|an?\s+|as\s+)?$",
    re.IGNORECASE,
)
_HEDGES = sorted((*_MORE, *_LITTLE_MORE, *_LITTLE_LESS, *_LESS, *_ABOUT), key=len, reverse=True)
_HEDGE = "|".join(re.escape(words).replace(r"\ ", r"\s+") for words in _HEDGES)
_UNIT = r"(?i:kms?|kilomet(?:re|er)s?|nautical\s+miles?|miles?|mi|met(?:re|er)s?)|m"
_AMOUNT = (
    rf"(?:(?P<hedge>(?i:{_HEDGE}))\s+)?(?P<between>(?i:between)\s+)?(?P<low>{_NUMBER})"
    rf"(?:(?:[\s-]?(?P<low_unit>{_UNIT}))?\s?(?(between)and|(?:-|–|to|or))\s?(?P<high>{_NUMBER}))?[\s\u00a0\u202f-]?"
    rf"(?:(?P<way_of>road|rail)\s)?(?P<unit>{_UNIT})\b\.?(?:\s+or\s+(?P<or_so>so|more)\b)?"
    rf"(?:\s?\([^()]{{1,60}}\)|,?\s+or\s+(?:about\s+)?{_NUMBER}\s?(?:{_UNIT})\b)?"
)
_BY = (
    r"by\s+(?:road|rail|car|train|sea|ship|boat|bus|land|highway|motorway|river|air)|on\s+foot|as\s+the\s+crow\s+flies|"
    r"in\s+a\s+straight\s+line"
)
_MODE = rf"(?:[\s,]+(?P<mode>{_BY}|(?:drive|journey|ride|trip|trek|walk|march|hike|voyage)\b),?)?"
_ROUTE = re.compile(
    r"^\W*(?P<by>By\s+(?:road|rail|car|train|sea|ship|boat|bus|land))\b|\b(?P<of>driving|road|rail|walking)\s+distance\b"
)
_STATE = r"[A-Z]\w+(?:\s[A-Z]\w+)?"
_FEATURE = (
    rf"(?:the\s+)?(?:(?P<pair>{_STATE}[-–]{_STATE})\s+border|"
    rf"(?P<state>{_STATE})(?:’s|'s)?\s+(?:state\s+)?border(?:\s+with\s+(?P<and_with>{_STATE}))?|"
    rf"border\s+between\s+(?P<this>{_STATE})\s+and\s+(?P<that>{_STATE})|"
    rf"border\s+(?:with|of)\s+(?P<with>{_STATE})|"
    r"(?P<front>front(?:\s?lines?)?|lines?\s+of\s+contact|contact\s+lines?))\b"
)
_SORT = (
    r"(?:(?:the|its|a)\s+(?:(?!(?:to|and|of|in|from)\b)[\w’'-]+\s+){0,3}?(?:city|town|village|settlement|port|capital|hub|"
    r"base|station|centre|center|outskirts|suburbs|edge|coast)\s+(?:of\s+)?)?(?:central\s+|downtown\s+)?"
)
"""What may stand before the name from which a distance is told: "the Pacific port city of", "the outskirts of"."""
_THING = (
    r"(?:\s+(?:regional|region|oblast|province|district|krai|state|border|airport|airfield|air\s?base|naval|military|base|"
    r"nuclear|power|plant|railway|station|reservoir|dam|bridge|positions|lines|troops|forces|front|pocket)\b)"
)
"""What makes a thing of its own of the name before it: "the Donetsk regional border" is not Donetsk."""
_FROM = re.compile(
    rf"{_AMOUNT}{_MODE}(?:\s+(?:to\s+the\s+)?(?:due\s+)?(?P<way>{WAY}))?(?:\s+(?:away|inland))?"
    rf"{_MODE.replace('<mode>', '<mode_after>')}"
    rf"\s+(?:of|from|outside(?:\s+of)?|off|beyond|behind)\s+(?:{_FEATURE}|{_SORT}(?P<reference>{NAMES}{_THING}{{0,3}}))"
    rf"{_MODE.replace('<mode>', '<mode_last>')}",
    re.UNICODE,
)
_ONE = rf"(?P<one>{_NAME}(?:\s{_NEXT}){{0,6}})"
_OTHER = rf"(?P<other>{_NAME}(?:\s{_NEXT}){{0,6}})"
_PAIRS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_ONE}\s+and\s+{_OTHER}\s+(?:are|lie|were)\s+(?:separated\s+by\s+)?{_AMOUNT}{_MODE}(?:\s+apart)?",
        rf"[Ff]rom\s+{_ONE}\s+to\s+{_OTHER}\s+(?:is|was|are|it\s+is)\s+{_AMOUNT}{_MODE}",
        rf"[Bb]etween\s+{_ONE}\s+and\s+{_OTHER}\s+(?:is|was)\s+{_AMOUNT}{_MODE}",
    )
)
_SPLIT = re.compile(r"(?<=[a-z])(?=(?:north|south|east|west))|[-\s]+")
_SUFFIX = re.compile(r"(?:ern|wards?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDistance:
    """One distance in a text: where it stands, its words, its bounds [km], and from what it is told.

    low and high allow for the rounding of the printed number and for its hedge; high is None for "more than".
    direction: seen from the reference [degrees], None where none is told; `points` is how many of the 8 or 16 points
    of the compass the word belongs to. reference: a name, or None where it is a border (`border`, of that state) or the
    front; `border_with` is the state on its other side. subjects: the names that may be what lies there, the likeliest
    first; `is_beside` says that the first stands right beside the distance, so that it can mean nothing else. mode: "by
    road", where it is told.
    """

    start: int
    end: int
    text: str
    value: float
    low: float
    high: float | None
    unit: str
    direction: float | None = None
    way: str | None = None
    reference: str | None = None
    border: str | None = None
    border_with: str | None = None
    is_front: bool = False
    subjects: tuple[str, ...] = ()
    is_beside: bool = True
    mode: str | None = None


def bound_before(text: str) -> tuple[str, str] | None:
    """The words of bound with which a text ends, before a number, and their sort: "more", "less" or "about".

    "as many as more than 6 million" is "more": the words right before the number say what it is.
    """
    found = _BOUND.search(text)
    return None if found is None else (found["words"], _BOUNDS[re.sub(r"\s+", " ", found["words"].lower())])


def find_distances(text: str) -> tuple[ToldDistance, ...]:
    """Every distance between places that a sentence of English prose tells, in order."""
    found = [*_pairs(text), *_from_places(text)]
    return tuple(sorted(found, key=lambda told: told.start))


def _from_places(text: str) -> Iterator[ToldDistance]:
    before: list[re.Match[str]] = []
    for match in _FROM.finditer(text):
        if match["unit"] == "m" and not (match["reference"] and match["way"]):
            continue  # "540m from Russia" is money
        value, low, high = _bounds(match)
        way = direction_of(match["way"]) if match["way"] else None
        border, other = _border(match)
        subjects, is_beside = around(text, match, before)
        yield ToldDistance(
            start=match.start(), end=match.end(), text=match[0].rstrip(","), value=value, low=low, high=high,
            unit=match["unit"], direction=None if way is None else DIRECTIONS[way], way=way,
            reference=reference_name(match["reference"]) if match["reference"] else None,
            border=border, border_with=other, is_front=match["front"] is not None,
            subjects=subjects, is_beside=is_beside, mode=_mode(match, text),
        )  # fmt: skip
        before.append(match)


def _border(match: re.Match[str]) -> tuple[str | None, str | None]:
    """Whose border, and with whom where that is told."""
    if match["pair"]:
        one, other = re.split("[-–]", match["pair"], maxsplit=1)
        return one, other
    return match["state"] or match["this"] or match["with"], match["and_with"] or match["that"]


def _pairs(text: str) -> Iterator[ToldDistance]:
    for pattern in _PAIRS:
        for match in pattern.finditer(text):
            value, low, high = _bounds(match)
            yield ToldDistance(
                start=match.start(), end=match.end(), text=match[0], value=value, low=low, high=high,
                unit=match["unit"], reference=_bare(match["one"]), subjects=(match["other"],),
                mode=_mode(match, text),
            )  # fmt: skip


def direction_of(words: str) -> str | None:
    """A direction's standard name: "northeast", "north eastern", "NE", "north-eastwards" are north-east; else None."""
    if words.isupper():
        return next(
            (name for name in DIRECTIONS if "".join(part[0] for part in name.split("-")) == words.lower()), None
        )
    parts = [_SUFFIX.sub("", part) for part in _SPLIT.split(words.lower().strip()) if part]
    name = "-".join(part for part in parts if part not in {"ern", "ward", "wards", ""})
    return name if name in DIRECTIONS else None


def tolerance(way: str) -> float:
    """How far a direction's word reaches on either side [degrees]: 22.5, or 11.25 for one of three parts."""
    return 11.25 if way.count("-") == 2 else 22.5


def _bounds(match: re.Match[str]) -> tuple[float, float, float | None]:
    """The printed number [km] and what it can stand for: half its last digit, a tenth with "about", half-open."""
    scale = _KM[_unit(match["unit"])]
    written = [_digits(match[key]) for key in ("low", "high") if match[key]]
    low, last = _number(written[0]), _number(written[-1])
    if match["low_unit"]:
        low *= _KM[_unit(match["low_unit"])] / scale
    hedge = re.sub(r"\s+", " ", match["hedge"] or "").lower()
    if match["or_so"]:
        hedge = "about" if match["or_so"] == "so" else "at least"
    is_rough = hedge in _ABOUT or match["low"][:2].lower() in {"a ", "a", "an"}
    half = max(_half_step(written[-1]), 0.1 * last if is_rough else 0.0)
    value = scale * (low + last) / 2
    if hedge in _MORE:
        return value, scale * low, None
    if hedge in _LITTLE_MORE:
        return value, scale * low, scale * last * 1.15
    if hedge in _LITTLE_LESS:
        return value, scale * low * 0.85, scale * (last + half)
    if hedge in _LESS:
        return value, 0.0, scale * (last + half)
    return value, scale * max(0.0, low - half), scale * (last + half)


def _digits(written: str) -> str:
    """A number in digits: "ninety-eight" is 98, "a hundred" 100, "a" 1, "77,7" 77.7."""
    if written[0].isdigit():
        return re.sub(r"^(\d+),(\d{1,2})$", r"\1.\2", written)
    words = re.split(r"[-\s]+", written.lower())
    if words[-1] == "hundred":
        return "100"
    return str(sum(_WORDS.get(word, 1) for word in words))


def _half_step(written: str) -> float:
    """Half of the last digit that is not a trailing zero, and no more than a twentieth: 98 is 97.5 to 98.5."""
    value = _number(written)
    decimals = len(written.partition(".")[2])
    if decimals or value == 0:
        return 0.5 * 10.0**-decimals
    digits = re.sub(r"\D", "", written)
    zeros = len(digits) - len(digits.rstrip("0"))
    return min(0.5 * 10.0**zeros, max(0.05 * value, 0.5))


def _number(written: str) -> float:
    return float(re.sub(r"[,\s\u00a0\u202f]", "", written))


def _unit(word: str) -> str:
    word = word.lower()
    if word.startswith("nautical"):
        return "nautical"
    if word.startswith("kilomet"):
        return "kilometre"
    if word.startswith("met"):
        return "metre"
    return word.removesuffix("s")


def _mode(match: re.Match[str], text: str) -> str | None:
    """How the way is told to go, beside the distance or for the whole sentence: "by road", "as a drive"."""
    told = match.groupdict()
    words = told["mode"] or told.get("mode_after") or told.get("mode_last")
    if words is not None:
        words = re.sub(r"\s+", " ", words.lower())
        return words if " " in words else f"as a {words}"
    if told["way_of"]:
        return f"by {told['way_of']}"
    route = _ROUTE.search(text)
    return None if route is None else re.sub(r"\s+", " ", (route["by"] or "by road").lower())


_ANY_NAME = re.compile(rf"{_NAME}(?:[ \u00a0](?:of[ ]|de[ ]|on[ ])?(?!(?:{_CALENDAR})\b){_NAME}){{0,6}}")
_NO_NAMES = frozenset(
    {"a", "about", "above", "after", "all", "an", "and", "as", "at", "before", "below", "between", "both", "but", "by",
     "during",
     "each", "for", "from", "he", "here", "his", "however", "if", "in", "into", "is", "it", "its", "just", "less",
     "located", "more", "near", "nearby", "no", "now", "of", "on", "once", "one", "only", "our", "out", "over", "she",
     "since", "some", "that", "the", "their", "then", "there", "these", "they", "this", "those", "though", "to",
     "two", "under", "until", "up", "we", "what", "when", "where", "which", "while", "who", "with", "within",
     *_CALENDAR.lower().split("|")}
)  # fmt: skip
"""Words that begin a sentence with a capital and name no place."""
_LIES = re.compile(rf"^[\s,]*(?:lies|lay|is|was|stands|stood|sits|sat)\s+{_SORT}(?P<name>{NAMES})")
_COMMA = re.compile(rf"^,\s+(?P<name>{NAMES})")
_WHICH = re.compile(r"^\W*(?:which|itself)\b")
_BESIDE = re.compile(
    rf"(?:[\s,()“”\"‘–—-]|’(?!s)|'(?!s)|\b(?:which|that|it|is|was|are|were|lies|lay|lying|sits|stands|located|situated|a|an|the|"
    rf"city|town|village|settlement|port|base|only|just|still|also|and|at|place|being|itself|far|as|now|today|on|small|"
    rf"large|{_CALENDAR})\b)*"
)
"""What may stand between a place's name and the distance that is told of it and of nothing else."""
_BACK = 500
"""How many letters before a distance names are looked for: nothing farther is what it is told of."""


def around(text: str, match: re.Match[str], before: Sequence[re.Match[str]]) -> tuple[tuple[str, ...], bool]:
    """Names that may be what lies there, the likeliest first, and whether the first stands right beside the distance.

    "… lies NAME" right after it, else those before it, the nearest first; last one after a comma: "98 km north of
    Vladivostok, Ussuriysk …". What an earlier distance of the sentence is told from lies elsewhere: "12 km from
    Selydove and 15 km from Kurakhove" tells both of one place.
    """
    if after := _LIES.match(text[match.end() :]):
        return (_bare(after["name"]),), True
    past = [one for one in before[-9:] if not _WHICH.match(text[one.end() : match.start()])]
    spans = [one.span() for one in past]
    found = [
        (_bare(one[0]), one.end())
        for one in _ANY_NAME.finditer(text, max(0, match.start() - _BACK), match.start())
        if not any(start <= one.start() < end for start, end in spans)
    ][::-1]
    found = [(name, end) for name, end in found if len(name) > 1]
    is_beside = bool(found) and _BESIDE.fullmatch(_between(text, found[0][1], match.start(), spans)) is not None
    names = [name for name, _ in found]
    if apposed := _COMMA.match(text[match.end() :]):
        names.append(_bare(apposed["name"]))
    return tuple(dict.fromkeys(name for name in names if len(name) > 1)), is_beside


def _between(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    """The text from a name to a distance, without the distances told between them."""
    for first, last in reversed(spans):
        if start <= first and last <= end:
            text, end = text[:first] + text[last:], end - (last - first)
    return text[start:end]


def reference_name(name: str) -> str:
    """A name without the genitive before it: "Russia's Vladivostok" is Vladivostok."""
    return re.sub(r"^.+?[’']s\s+(?=\S)", "", _bare(name))


def _bare(name: str) -> str:
    """A name without what begins a sentence, without descriptor and genitive: "In the Port of Vostochny" is Vostochny.

    Empty where nothing is left.
    """
    words = name.split()
    while words and words[0].lower() in _NO_NAMES:
        words.pop(0)
    name = " ".join(words)
    name = re.sub(r"^(?:Port|City|Town|Village|Base|Station)\s+of\s+", "", name)
    return re.sub(r"[’']s$", "", name)


def kilometres(value: float) -> str:
    """A distance for a sentence: 78 km, 4.6 km, 900 m."""
    if value < 0.95:
        return f"{round(value * 1000, -1 - int(math.log10(max(value * 100, 1)))):,.0f} m"
    return f"{value:,.0f} km" if value >= 9.95 else f"{value:.1f} km"
