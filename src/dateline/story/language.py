"""How the page speaks: interface words, numbers, dates and intervals of one language, all from one TOML table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.core.when import Moment, When

FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True)
class Language:
    """One language of the interface. English stands in for a word that a table does not have yet."""

    code: str
    table: Mapping[str, Any]

    def word(self, key: str, /, **args: object) -> str:
        """An interface word or phrase by its dotted key, filled with arguments."""
        found = _look(self.table, key)
        if found is None:
            found = _look(language("en").table, key)
        if found is None:
            raise KeyError(f"words/en.toml has no {key}")
        return str(found).format(**args)

    def has(self, key: str) -> bool:
        """Whether there is a word for this key."""
        return _look(self.table, key) is not None or _look(language("en").table, key) is not None

    def vocabulary(self, name: str) -> tuple[str, ...]:
        """Words that a rule looks for. A language whose table has none is not checked by that rule."""
        return tuple(self.table.get("vocabulary", {}).get(name, ()))

    @property
    def direction(self) -> str:
        """ltr or rtl."""
        return str(self.table["direction"])

    def result(self, result: str) -> str:
        """A finding's result in words; a method's own result that no table knows is printed as it is."""
        key = "result." + result.replace(" ", "_")
        return self.word(key) if self.has(key) else result

    def digits(self, text: str) -> str:
        """A number in English spelling (1,234.5) in this language's."""
        numbers = self.table["number"]
        marks = {",": numbers["group"], ".": numbers["decimal"]}
        return "".join(marks.get(sign, sign) for sign in text)

    def count(self, value: float, decimals: int = 0) -> str:
        """A plain number with the language's separators and a typographic minus."""
        return self.digits(f"{value:,.{decimals}f}".replace("-", "−"))

    def with_unit(self, text: str, unit: str) -> str:
        """A number with its unit: "40 %", "12 nW/cm²/sr", and nothing for a ratio."""
        if unit == "1":
            return text
        if unit == "%":
            return str(self.table["number"]["percent"]).format(n=text)
        return f"{text}\u00a0{self.unit(unit)}"

    def unit(self, unit: str) -> str:
        """A unit as readers know it."""
        units: Mapping[str, str] = self.table.get("units", {})
        return units.get(unit, unit)

    def interval(self, low: str | None, high: str | None) -> str:
        """Two bounds in words; an open side is named and never printed as a number."""
        if low is None and high is None:
            return self.word("interval.unknown")
        if low is None:
            return self.word("interval.at_most", high=high)
        if high is None:
            return self.word("interval.at_least", low=low)
        return self.word("interval.between", low=low, high=high)

    def level(self, level: float) -> str:
        """A level of confidence: 90 %."""
        return self.with_unit(self.digits(f"{100 * level:g}"), "%")

    def parts(self, estimate: Estimate) -> tuple[str, str]:
        """The best value with its unit, and the interval in words, with no more digits than the interval carries."""
        best, low, high = (None if text is None else self.digits(text) for text in estimate.spoken())
        assert best is not None
        if estimate.is_bound:
            return self.with_unit(self.interval(low, high), estimate.unit), self.interval(low, high)
        return self.with_unit(best, estimate.unit), self.interval(low, high)

    def estimate(self, estimate: Estimate) -> str:
        """Best and interval in one phrase: "40 % (90 % interval 25 to 58)"; of a bound "at least 25 (90 % level)"."""
        best, interval = self.parts(estimate)
        if estimate.is_bound:
            return self.word("interval.one_sided", interval=best, level=self.level(estimate.level))
        return self.word("interval.phrase", best=best, level=self.level(estimate.level), interval=interval)

    def when(self, when: When) -> str:
        """An interval of time in words, day precision."""
        first, last = _day(when.earliest), _day(when.latest)
        about = self.word("when.about") if when.approximate else ""
        return about + self._when(when, first, last)

    def _when(self, when: When, first: date | None, last: date | None) -> str:
        if first is None and last is None:
            return self.word("when.unknown")
        if first is None or last is None:
            key = "by" if first is None else "after" if when.after else "from"
            return self.word(f"when.{key}", day=self.day(last or first))
        if when.after and not isinstance(when.earliest, datetime) and first < last:
            return self.word("when.bracket", after=self.day(first), by=self.day(last))
        if first == last:
            return self.day(first)
        if When.between(first, last) == When.month(first.year, first.month):
            return self.month(first)
        if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
            return str(first.year)
        if first.day == 1 and last == When.month(last.year, last.month).latest:
            opening = self.table["months"][first.month - 1] if first.year == last.year else self.month(first)
            return self.word("when.months", first=opening, last=self.month(last))
        if first.year == last.year:
            months = self.table["months"]
            return self.word("when.between_in_year", d=first.day, m=months[first.month - 1], last=self.day(last))
        return self.word("when.between", first=self.day(first), last=self.day(last))

    def day(self, day: date | None) -> str:
        """A day: 2 November 2013."""
        assert day is not None
        return self.word("when.day", d=day.day, m=self.table["months"][day.month - 1], y=day.year)

    def month(self, day: date) -> str:
        """A month: November 2013."""
        names = self.table.get("months_alone", self.table["months"])
        return self.word("when.month", m=names[day.month - 1], y=day.year)


def _day(moment: Moment | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def _look(table: Mapping[str, Any], key: str) -> Any:
    found: Any = table
    for step in key.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found


def languages() -> tuple[str, ...]:
    """The languages that the page's interface speaks."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def language(code: str) -> Language:
    """One language. Raises UsageError (code "language") naming those there are."""
    path = FOLDER / f"{code}.toml"
    if code not in languages():
        raise UsageError(
            f"The page's interface does not speak {code!r} yet.",
            saw=repr(code),
            do=f"Choose from {', '.join(languages())}; one TOML table in story/words makes another.",
            code="language",
        )
    return Language(code, tomllib.loads(path.read_text(encoding="utf-8")))
