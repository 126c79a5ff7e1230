"""What counts as a number in prose: a written grammar, so that `check` and writers mean the same thing.

Counts: digits of any script with signs, decimals, thousands, percent, scale words and units ("1,200", "40 %", "1.2
million", "40km"); fractions ("2/3", "½", "two-thirds", "half"); number words from two up, and "zero" ("three", "a
hundred", "twenty-one"); multiples ("doubled", "twice", "tenfold"); vague amounts ("dozens", "hundreds of"); dates and
years, which are a kind of their own because the case's records can vouch for them. Of other languages: digits of any
script, with what Korean writes right behind them (300명, 3만), and dates in Ukrainian, Russian and Korean; not words.

Doesn't count: names with digits (VNP46A3, T-72, Sentinel-2, 5G), labels (Figure 2, Resolution 2375, Pier 1), ordinals
(the 38th parallel, second), and "one" where it is a pronoun.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dateline.core.when import When
from dateline.story.language import language

Sort = Literal["number", "percent", "multiple", "vague", "date"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text: where, its words, its sort, and what it means as far as that can be said.

    `value` is None for vague amounts and dates. `decimals` is how many digits stand behind the point, negative for
    scale words: "1.2 million" is 1,200,000 with -5. `when` is the interval of a date.
    """

    start: int
    end: int
    text: str
    sort: Sort
    value: float | None = None
    decimals: int = 0
    when: When | None = None

    def agrees(self, value: float) -> bool:
        """Whether a computed value, rounded as this number is, gives this number; the sign may be in the words."""
        if self.value is None:
            return False
        return abs(abs(value) - abs(self.value)) <= 0.5 * 10.0**-self.decimals * (1 + 1e-9)


_MONTHS = {name.casefold(): index for index, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): index for index, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
for _table in (language(code).table for code in ("ru", "uk")):
    for _names in (_table["months"], _table["months_alone"]):
        _MONTHS |= {name: index for index, name in enumerate(_names, 1)}
_ANY = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<month>{_ANY})\b\.?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_DATES = (
    re.compile(rf"(?<!\w){_YEAR}년\s?(?P<m>\d{{1,2}})월(?:\s?(?P<day>\d{{1,2}})일)?"),
    re.compile(rf"\b{_YEAR}-(?P<m>\d\d)(?:-(?P<day>\d\d))?\b(?!-)"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR}\b)?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+{_YEAR}\b)?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH},?\s+{_YEAR}\b", re.IGNORECASE),
    re.compile(
        rf"\b{_MONTH}(?=\s*(?:(?P<set>against|than|versus)|and|or|to|through|until|[–-])\s*(?P<then>{_ANY})\.?\s+{_YEAR}\b)",
        re.IGNORECASE,
    ),
)
_YEAR_CUE = re.compile(
    r"(?:\b(?:in|since|by|from|until|till|of|during|before|after|between|and|to|through|early|mid|late|year|spring|"
    r"summer|autumn|winter|fall|pre|post|than|for|end|start|or)[\s-]+|[(–/-]\s*)$",
    re.IGNORECASE,
)
_BARE_YEAR = re.compile(rf"(?<![\d\w]){_YEAR}(?P<decade>s)?(?:(?=년)|(?![\d\w%]|[,.]\d))")
_YEAR_THEN = re.compile(
    r"년|\s+(?:рок|год)|\s+[рг]\.|\s?[–/-]\s?(?:1[5-9]|20)?\d\d\b|\s+(?:was|is|saw|began|brought|had|ended|and)\b|['’]s\b"
)

_LABEL = re.compile(
    r"\b(?:Figures?|Figs?\.|Tables?|Sections?|Chapters?|Pages?|Nos?\.|Articles?|Resolutions?|Routes?|Highway|Piers?|"
    r"Berths?|Flight|Level|Collections?|Bands?|Channel|Phase|Part|Appendix|Building|Unit|Group|Brigade)\s+\d+\w*"
)
_NAME = re.compile(r"(?<!\w)[^\W\d_][\w.]{0,60}\d[\w-]*|\b[A-Z][\w.]{0,60}-\d[\w-]*")
_NOT_NAMES = re.compile(r"(?:mid|early|late|pre|post|under|over|non|sub|some|about)-", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])")
"""An hour of the day is one number without a value: 15:40."""
_ORDINAL = re.compile(r"\b(?P<digits>\d+)(?:st|nd|rd|th)\b(?P<amount>\s+(?:percentile|quantile))?", re.IGNORECASE)

_POWERS = frozenset("십백천만억조十百千万萬億亿兆")
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "bn": 9, "mn": 6, "m": 6, "k": 3}
_PERCENT = r"%|per\s?cent\b|percentage\s+points?\b"
_NUMERAL = re.compile(
    r"(?P<sign>(?<![\w\d])[-−–+±])?(?P<digits>\d{1,3}(?:[,\u00a0\u202f\u2009 ]\d{3})+(?!\d)|\d+)(?P<part>[.·]\d+)?"
    r"(?:/(?P<below>\d+)\b)?"
    rf"(?P<tail>[\s\u00a0\u202f]?(?:{_PERCENT})|[\s\u00a0-](?:hundred|thousand|million|billion|trillion|bn|mn)\b"
    r"|[- ]?fold\b|(?:bn|mn|k)\b|[^\W\d_][\w-]*)?",
    re.IGNORECASE,
)
_UNITS = re.compile(r"km|m|cm|mm|kg|g|t|ha|[MkG]?W|TWh|nW|h|s|x|px|k|[bmt]n|am|pm|min|hrs?|sec|ft|mi|[kM]t")
_COUNTER = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Korean, Chinese and Japanese write what is counted, or a power of ten, right behind the digits: 300명, 3만 명."""
_IDEOGRAPHS = re.compile(
    r"(?<![\u3040-\u30ff\u3400-\u9fff])[〇零一二两三四五六七八九十百千万萬億亿兆]{2,}(?![\u3400-\u9fff])"
)
"""Numbers in Chinese signs, outside words of them: 三百."""
_FRACTION_SIGN = re.compile("[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]")

_SMALL = {
    word: value
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
    )
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_BIG = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_PARTS |= {"ninth": 9, "tenth": 10, "hundredth": 100}
_WORD = "|".join((*_SMALL, *_TENS, *_BIG, "dozen"))
_CARDINAL = re.compile(
    rf"\b(?:an?\s+(?=hundred|thousand|million|billion|dozen))?(?:{_WORD})\b(?:[\s-]+(?:and\s+)?(?:{_WORD})\b)*"
    rf"(?P<percent>[\s-]+(?:{_PERCENT}))?",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"\b(?P<above>an?|{'|'.join(_SMALL)})[\s-](?P<below>(?:{'|'.join(_PARTS)})s?)\b(?=[\s-]+(?:of|more|less|as|the|again)\b"
    r"|\s*[.,;:)!?]|$|\s+[a-z]+er\b)",
    re.IGNORECASE,
)
_BY_PART = re.compile(
    rf"(?<=\bby\s)(?P<above>an?|{'|'.join(_SMALL)})[\s-](?P<below>(?:{'|'.join(_PARTS)})s?)\b", re.IGNORECASE
)
"""By how much something changed, whatever follows: "fell by a fifth last year"."""
_HALF = re.compile(r"\bhalf\b(?!-?(?:way|time|hearted|brother|sister|life|baked))", re.IGNORECASE)
_MULTIPLE = re.compile(
    r"\b(?P<double>doubled|doubling|doubles|twice|double\s+(?:the|that|its|their|what|in)\b|two-?fold)"
    r"|\b(?P<half>halved|halving|halves)\b"
    r"|\b(?P<triple>tripled?|tripling|triples|trebled?|trebling|thrice)\b"
    r"|\b(?P<four>quadrupled?|quadrupling)\b|\b(?:three|four|five|six|ten|hundred|thousand|many)-?fold\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:dozens|hundreds|thousands|millions|billions|trillions|scores(?=\s+of)|a\s+(?:couple|score)\s+of)\b",
    re.IGNORECASE,
)
_PRONOUN_ONE = re.compile(r"^one$", re.IGNORECASE)
_ONE_COUNTS = re.compile(r"\s+(?:in|out\s+of)\s+(?:\d|" + _WORD + ")", re.IGNORECASE)


LONGEST = 24
"""More number words in a row are no number that anybody said."""


def find_numbers(text: str) -> tuple[Number, ...]:
    """Every number in a text, in order, none inside another."""
    taken = bytearray(len(text))
    found: list[Number] = []
    for number in _candidates(text):
        start, end = number if isinstance(number, tuple) else (number.start, number.end)
        if 1 in taken[start:end]:
            continue
        taken[start:end] = b"\1" * (end - start)
        if isinstance(number, Number):
            found.append(number)
    return tuple(sorted(found, key=lambda number: number.start))


def _candidates(text: str) -> Iterator[Number | tuple[int, int]]:
    """Numbers, and spans that look like numbers and are none; what comes first wins its span."""
    for pattern in _DATES:
        yield from (date_ for match in pattern.finditer(text) if (date_ := _date(match)))
    yield from (match.span() for match in _LABEL.finditer(text))
    yield from (match.span() for match in _NAME.finditer(text) if not _NOT_NAMES.match(match[0]))
    for match in _CLOCK.finditer(text):
        yield Number(*match.span(), match[0], "number")
    yield from (_ordinal(match) for match in _ORDINAL.finditer(text))
    yield from _years(text)
    for match in _NUMERAL.finditer(text):
        yield _numeral(match)
    for match in _IDEOGRAPHS.finditer(text):
        yield Number(*match.span(), match[0], "number")
    for match in _FRACTION_SIGN.finditer(text):
        yield Number(*match.span(), match[0], "number", unicodedata.numeric(match[0]), 2)
    for match in _MULTIPLE.finditer(text):
        yield _multiple(match)
    for match in _VAGUE.finditer(text):
        yield Number(*match.span(), match[0], "vague")
    for match in (*_PART.finditer(text), *_BY_PART.finditer(text)):
        yield _part(match)
    for match in _CARDINAL.finditer(text):
        yield _cardinal(match, text)
    for match in _HALF.finditer(text):
        yield Number(*match.span(), match[0], "number", 0.5, 1)


def _date(match: re.Match[str]) -> Number | None:
    """A date with month; a lower-case word that looks like a month ("may", "march") is none."""
    parts = match.groupdict()
    month = int(parts["m"]) if parts.get("m") else _MONTHS.get((parts.get("month") or "").casefold().rstrip("."), 0)
    year, day = parts.get("year"), parts.get("day")
    if not 1 <= month <= 12 or _is_a_word(parts.get("month") or ""):
        return None
    if parts.get("then") and not parts["set"] and _MONTHS[parts["then"].casefold()] < month:
        return None  # "between November and March 2019": of the year before, or a slip; the second date is read
    try:
        when = _span(int(year) if year else None, month, int(day) if day else None)
    except ValueError:  # 31 June: no date, so its digits are read as plain numbers
        return None
    return Number(*match.span(), match[0], "date", when=when)


def _is_a_word(month: str) -> bool:
    """Whether a month is written as English writes other words; Russian and Ukrainian write months small."""
    return month.isascii() and month.islower()


def _span(year: int | None, month: int, day: int | None) -> When | None:
    if year is None:
        date(2000, month, day or 1)
        return None
    return When.on(date(year, month, day)) if day else When.month(year, month)


def _years(text: str) -> Iterator[Number]:
    for match in _BARE_YEAR.finditer(text):
        told = match["decade"] or _YEAR_THEN.match(text, match.end()) or _YEAR_CUE.search(text, 0, match.start())
        if not told:
            continue
        year = int(match["year"])
        last = year + 9 if match["decade"] else year
        when = When.between(date(year, 1, 1), date(last, 12, 31))
        yield Number(*match.span(), match[0], "date", when=when)


def _ordinal(match: re.Match[str]) -> Number | tuple[int, int]:
    """An order is no amount: the 38th parallel. A percentile is."""
    if match["amount"]:
        return Number(*match.span("digits"), match["digits"], "number", float(match["digits"]))
    return match.span()


def _numeral(match: re.Match[str]) -> Number | tuple[int, int]:
    written = (match["tail"] or "").strip("- \u00a0\u202f")
    tail = written.casefold()
    if (
        tail
        and not re.fullmatch(f"(?:{_PERCENT})|fold", tail)
        and tail not in _SCALES
        and not _UNITS.fullmatch(written)
        and not _COUNTER.match(written)
    ):
        return match.span()  # a name that begins with a digit: 5G, 2S19
    digits = re.sub(r"[,\u00a0\u202f\u2009 ]", "", match["digits"])
    decimals = len(match["part"]) - 1 if match["part"] else 0
    if _COUNTER.match(written) and written[0] in _POWERS:
        return Number(*match.span(), match[0], "number")
    value = float(unicodedata.normalize("NFKC", digits + (match["part"] or "").replace("·", ".")))
    if match["below"]:
        below = float(match["below"])
        return Number(*match.span(), match[0], "number", value / below if below else None, 2)
    if (match["sign"] or "") in {"-", "−", "–"}:
        value = -value
    power = _SCALES.get(tail, 0) if tail != "m" else 0
    sort: Sort = "multiple" if tail == "fold" else "percent" if re.fullmatch(_PERCENT, tail) else "number"
    return Number(*match.span(), match[0], sort, value * 10.0**power, decimals - power)


def _multiple(match: re.Match[str]) -> Number:
    groups = {"double": 2.0, "half": 0.5, "triple": 3.0, "four": 4.0}
    value = next((value for name, value in groups.items() if match[name]), None)
    return Number(*match.span(), match[0], "multiple", value, 1)


def _part(match: re.Match[str]) -> Number:
    below = match["below"].casefold()
    parts = _PARTS.get(below) or _PARTS[below.removesuffix("s")]
    above = _SMALL.get(match["above"].casefold(), 1)
    return Number(*match.span(), match[0], "number", above / parts, 2)


def _cardinal(match: re.Match[str], text: str) -> Number | tuple[int, int]:
    if _PRONOUN_ONE.match(match[0]) and not _ONE_COUNTS.match(text, match.end()):
        return match.span()
    words = re.sub(rf"[\s-]+(?:{_PERCENT})$", "", match[0].casefold())
    told = re.findall(r"[a-z]+", words)
    value = float(_spoken(told)) if len(told) <= LONGEST else None
    return Number(*match.span(), match[0], "percent" if match["percent"] else "number", value)


def _spoken(words: list[str]) -> int:
    """The value of number words: ["two", "hundred", "and", "five"] is 205."""
    total = current = 0
    for word in words:
        if word in _SMALL or word in _TENS:
            current += _SMALL.get(word, _TENS.get(word, 0))
        elif word == "dozen":
            current = max(current, 1) * 12
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _BIG:
            total, current = total + max(current, 1) * _BIG[word], 0
    return total + current
