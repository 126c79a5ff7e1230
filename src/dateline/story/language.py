"""How the page speaks: interface words, numbers, dates and intervals of one language, all from one TOML table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dateline.core.errors import UsageError
from dateline.core.estimate import Estimate
from dateline.core.plural import category
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

    def owns(self, key: str) -> bool:
        """Whether this language's own table has a word for this key."""
        return _look(self.table, key) is not None

    def plural(self, key: str, n: int) -> str:
        """A phrase with a count, in the form that CLDR's plural rules give the number in this language.

        The forms stand beside each other as KEY_one, KEY_few, KEY_many. KEY_many stands in for every form that a
        table does not have: English has one and many, Korean many alone.
        """
        if not self.owns(f"{key}_many") and self.code != "en":
            return language("en").plural(key, n)
        own = f"{key}_{category(n, self.code)}"
        return self.word(own if self.owns(own) else f"{key}_many", n=self.count(n))

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
        """A number in English spelling (1,234.5) in this language's.

        Short numbers stay ungrouped where the table says from how many digits on one groups. Between letters that run
        from right to left a sign would change sides: there the number is isolated (Unicode UAX 9).
        """
        numbers = self.table["number"]
        if sum(map(str.isdecimal, text.split(".", maxsplit=1)[0])) < numbers.get("group_from", 4):
            text = text.replace(",", "")
        marks = {",": numbers["group"], ".": numbers["decimal"]}
        told = "".join(marks.get(sign, sign) for sign in text)
        return f"\u2066{told}\u2069" if self.direction == "rtl" and not told[:1].isdecimal() else told

    def count(self, value: float, decimals: int = 0) -> str:
        """A plain number with the language's separators and a typographic minus."""
        return self.digits(f"{value:,.{decimals}f}".replace("-", "−"))

    def short(self, value: float, digits: int = 6) -> str:
        """A number with as many significant digits as it needs and no more: 2.5, 30."""
        return self.digits(f"{value:,.{digits}g}".replace("-", "−"))

    def with_unit(self, text: str, unit: str, *, spanned: bool = False) -> str:
        """A number with its unit: "40 %", "12 nW/cm²/sr", and nothing for a ratio.

        spanned: the text is the words of two bounds ("25 to 58"), after which some languages decline the unit.
        """
        if unit == "1":
            return text
        if unit == "%":
            return str(self.table["number"]["percent"]).format(n=text)
        told = self._units.get(unit, unit)
        if not isinstance(told, str):
            told = self._declined(told, text, spanned=spanned)
        return told.format(n=text) if "{n}" in told else f"{text}\u00a0{told}"

    def unit(self, unit: str) -> str:
        """A unit as readers know it, where it stands alone."""
        told = self._units.get(unit, unit)
        return told.replace("{n}", "").strip() if isinstance(told, str) else told["alone"]

    @property
    def _units(self) -> Mapping[str, str | Mapping[str, str]]:
        units: Mapping[str, str | Mapping[str, str]] = self.table.get("units", {})
        return units

    def _declined(self, forms: Mapping[str, str], text: str, *, spanned: bool) -> str:
        """The form of a unit that the last number of a text asks for."""
        numbers = self.table["number"]
        plain = text.replace(numbers["group"], "").replace(numbers["decimal"], ".")
        found = re.findall(r"\d+(?:\.\d+)?", plain)
        form = category(float(found[-1]), self.code) if found else "many"
        if spanned:
            return forms["of_one" if form in {"one", "other"} else "of_many"]
        return forms[form]

    def interval(self, low: str | None, high: str | None, unit: str = "1") -> str:
        """Two bounds in words, with their unit; an open side is named and never printed as a number."""
        if low is None and high is None:
            return self.word("interval.unknown")
        if low is None:
            return self.word("interval.at_most", high=self.with_unit(high or "", unit))
        if high is None:
            return self.word("interval.at_least", low=self.with_unit(low, unit))
        return self.with_unit(self.word("interval.between", low=low, high=high), unit, spanned=True)

    def level(self, level: float) -> str:
        """A level of confidence: 90 %."""
        return self.with_unit(self.digits(f"{100 * level:g}"), "%")

    def parts(self, estimate: Estimate) -> tuple[str, str]:
        """The best value with its unit, and the interval in words, with no more digits than the interval carries."""
        best, low, high = (None if text is None else self.digits(text) for text in estimate.spoken())
        assert best is not None
        if estimate.is_bound:
            return self.interval(low, high, estimate.unit), self.interval(low, high)
        return self.with_unit(best, estimate.unit), self.interval(low, high)

    def estimate(self, estimate: Estimate) -> str:
        """Best and interval in one phrase: "40 % (90 % interval 25 to 58)"; of a bound "at least 25 (90 % level)"."""
        best, interval = self.parts(estimate)
        if estimate.is_bound:
            return self.word("interval.one_sided", interval=best, level=self.level(estimate.level))
        return self.word("interval.phrase", best=best, level=self.level(estimate.level), interval=interval)

    def when(self, when: When) -> str:
        """An interval of time in words, day precision."""
        told = self._when(when, _day(when.earliest), _day(when.latest))
        return self.word("when.about", when=told) if when.approximate else told

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
            return self.year(first)
        return self._between(first, last)

    def _between(self, first: date, last: date) -> str:
        """Between two days or two months; of one year it is said once."""
        months = first.day == 1 and last == When.month(last.year, last.month).latest
        tell: Callable[[date], str] = (lambda day: self.month(day, "months_between")) if months else self.day
        key = "when.months" if months else "when.between"
        if first.year != last.year:
            return self.word(key, first=tell(first), last=tell(last))
        short: Callable[[date], str] = self._month_name if months else self._day_in_year
        return self.word(
            f"{key}_in_year", first=tell(first), last=tell(last), first_short=short(first), last_short=short(last)
        )

    def day(self, day: date | None) -> str:
        """A day: 2 November 2013."""
        assert day is not None
        return self.word("when.day", d=day.day, m=self.table["months"][day.month - 1], y=day.year)

    def month(self, day: date, form: str = "months_alone") -> str:
        """A month: November 2013. form: the list of names, where a language declines them ("months_between")."""
        return self.word("when.month", m=self._month_name(day, form), y=day.year)

    def year(self, day: date) -> str:
        """A year."""
        return self.word("when.year", y=day.year)

    def _day_in_year(self, day: date) -> str:
        return self.word("when.day_in_year", d=day.day, m=self.table["months"][day.month - 1])

    def _month_name(self, day: date, form: str = "months_between") -> str:
        names: Sequence[str] = self.table.get(form, self.table["months"])
        return names[day.month - 1]

    def month_tick(self, day: date) -> str:
        """A month on an axis, which the years stand beside: Nov."""
        return str(self.table["months_short"][day.month - 1])

    def month_year_tick(self, day: date) -> str:
        """A month with its year, in few letters: Nov 2013."""
        return self.word("when.month_tick", m=self.month_tick(day), y=day.year)

    def day_tick(self, day: date) -> str:
        """A day on an axis: 2 Nov."""
        return self.word("when.day_tick", d=day.day, m=self.month_tick(day))


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
