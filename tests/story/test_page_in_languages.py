"""The page in Ukrainian, Russian and Korean: every word of the interface is its language's, and says so in markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.story.catalogue import checks
from dateline.story.check import check, read_story, reading_of
from dateline.story.fault import Level
from dateline.story.language import language, languages
from dateline.story.numbers import find_numbers
from dateline.story.page import Drawings
from dateline.story.render import render
from dateline.story.rules.unread_language import silent_in

OTHERS = [code for code in languages() if code != "en"]
SPOKEN = ("alt", "title", "aria-label", "aria-valuetext", "placeholder", "data-words", "data-read", "data-match")
VOID = {"meta", "img", "input", "br", "hr", "wbr", "link", "col"}
_FILES = re.compile(r"[\w.-]+\.(?:csv|geojson|jsonl?|tif|jpg)|\{\w+\}|\b[0-9a-f]{16}\b|SIM-\w+")
"""Names of files and images, hashes, and holes that the page's script fills."""


class _Seen(HTMLParser):
    """The texts and spoken attributes of a page that are not marked as English.

    Left out: codes and hashes, and lists that repeat words of the page's own text (data-ko).
    """

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        above = self.languages[-1][1] if self.languages else ""
        code = "en" if tag == "code" or "data-ko" in given else given.get("lang") or above
        if tag not in VOID:
            self.languages.append((tag, code))
        if code != "en":
            self.texts += [value for name in SPOKEN if (value := given.get(name))]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.languages.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.languages and self.languages.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.languages and self.languages[-1][1] != "en" and self.languages[-1][0] not in {"script", "style"}:
            self.texts.append(data)


def seen(page: str) -> list[str]:
    parser = _Seen()
    parser.feed(page)
    return parser.texts


@cache
def _told(root: Path) -> str:
    """Every letter that the writer and the records wrote, of the case."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.toml"))]
    return " ".join("\n".join([*texts, (root / "story.md").read_text(encoding="utf-8")]).split()).casefold()


@pytest.fixture(scope="module")
def page_in(ground: Path, sample_page: Path) -> Callable[[str], str]:
    """The sample story in a language, rendered once each."""
    case = Case.load(ground)
    reading = reading_of(case, read_story(case))
    made = {"en": sample_page.read_text(encoding="utf-8")}
    drawn: Drawings = {}

    def rendered(code: str) -> str:
        if code not in made:
            made[code] = render(replace(reading, language=language(code), _resolved={}), drawn=drawn).decode()
        return made[code]

    return rendered


def english(texts: list[str], told: str) -> Iterator[str]:
    """Words in Latin letters that neither the case nor the table of the language has."""
    for text in texts:
        for word in re.findall(r"[A-Za-z][A-Za-z’'-]{2,}", _FILES.sub("", text)):
            if word.casefold() not in told:
                yield f"{word}: {' '.join(text.split())[:60]}"


@pytest.mark.parametrize("code", OTHERS)
def test_no_word_of_the_interface_is_left_in_english(ground: Path, page_in: Callable[[str], str], code: str) -> None:
    """Every word in Latin letters outside what is marked as English was written by the writer or in a record.

    What findings say keeps its language, and is marked, so that a screen reader speaks it rightly.
    """
    page = page_in(code)
    statement = Case.load(ground).finding("lights-quarry").statement
    assert statement is not None
    assert f'<html lang="{code}" dir="ltr">' in page
    assert f'<span lang="en">{statement.en[:30]}' in page
    told = _told(ground) + "nW SHA-256 UTC CSV JSON WebP image webp application json svg xml".casefold()
    names = " ".join([*(path.name for path in ground.rglob("*")), "Chart room", "anna", "middle"]).casefold()
    assert sorted(set(english(seen(page), told + names))) == []


def test_a_page_in_english_marks_nothing(page_in: Callable[[str], str]) -> None:
    """There the page's own language says it; only words of people and their translations carry theirs."""
    page = page_in("en")
    assert page.count('lang="en"') == 1 + page.count('blockquote lang="en"') + page.count('<p lang="en"')


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("uk", ["26 лютого 2024", "березень 2024", "між вереснем і груднем 2022", "між 5 вересня і 31 грудня 2022",
                "після 26 серпня 2023 і не пізніше ніж 30 серпня 2023", "орієнтовно серпень 2023", "2023"]),
        ("ru", ["26 февраля 2024", "март 2024", "между сентябрём и декабрём 2022", "между 5 сентября и 31 декабря 2022",
                "после 26 августа 2023 и не позднее 30 августа 2023", "ориентировочно август 2023", "2023"]),
        ("ko", ["2024년 2월 26일", "2024년 3월", "2022년 9월에서 12월 사이", "2022년 9월 5일에서 12월 31일 사이",
                "2023년 8월 26일보다 늦고 2023년 8월 30일까지", "대략 2023년 8월", "2023년"]),
    ],
)  # fmt: skip
def test_times_are_told_in_the_right_case(code: str, words: list[str]) -> None:
    """Days with the month in the genitive, a month alone in the nominative, after "between" in the instrumental."""
    times = [
        When.on(date(2024, 2, 26)), When.month(2024, 3), When.between(date(2022, 9, 1), date(2022, 12, 31)),
        When.between(date(2022, 9, 5), date(2022, 12, 31)), When.bracket(date(2023, 8, 26), date(2023, 8, 30)),
        When.from_edtf("2023-08~"), When.year(2023),
    ]  # fmt: skip
    assert [language(code).when(time) for time in times] == words


def _estimate(best: float, low: float | None, high: float | None, unit: str) -> Estimate:
    return Estimate(best=best, low=low, high=high, unit=unit, level=0.9, n=9, how="count")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("uk", ["42\u00a0% (від 27 до 60; рівень довіри 90\u00a0%)", "щонайменше 34\u00a0дні (рівень довіри 90\u00a0%)",
                "1,42 (від 1,27 до 1,60; рівень довіри 90\u00a0%)", "від 5 до 21\u00a0дня", "1234", "12\u00a0345,6"]),
        ("ru", ["42\u00a0% (от 27 до 60; уровень доверия 90\u00a0%)",
                "как минимум 34\u00a0дня (уровень доверия 90\u00a0%)",
                "1,42 (от 1,27 до 1,60; уровень доверия 90\u00a0%)", "от 5 до 21\u00a0дня", "1234", "12\u00a0345,6"]),
        ("ko", ["42%(90% 구간 27~60)", "34일 이상(신뢰 수준 90%)", "1.42(90% 구간 1.27~1.60)",
                "5~21일", "1,234", "12,345.6"]),
    ],
)  # fmt: skip
def test_numbers_and_units_are_written_as_in_print(code: str, words: list[str]) -> None:
    """Decimal comma, no-break spaces from five digits on, and units that agree with the number before them."""
    spoken = language(code)
    estimates = [_estimate(42, 27, 60, "%"), _estimate(34, 34, None, "day"), _estimate(1.42, 1.27, 1.6, "1")]
    assert [spoken.estimate(one) for one in estimates] == words[:3]
    assert [spoken.interval("5", "21", "day"), spoken.count(1234), spoken.count(12345.6, 1)] == words[3:]


def test_check_says_which_rules_do_not_read_the_language(own: Path) -> None:
    """A note, not a block, names the rules whose words this language does not have; in English there is none."""
    story = own / "story.md"
    story.write_text(story.read_text(encoding="utf-8").replace("+++\n", '+++\nlanguage = "uk"\n', 1), "utf-8")
    (fault,) = [one for one in check(Case.load(own)).faults if one.rule.code == "unread-language"]
    assert fault.rule.level is Level.NOTE
    assert {"stronger-words", "cause", "bare-verified", "distance-differs"} <= set(re.findall(r"[\w-]+", fault.saw))


def test_in_english_every_rule_reads() -> None:
    """Every vocabulary that a rule names is there; another language is silent in each rule of whose it has none."""
    assert silent_in(language("en")) == ()
    korean = language("ko").vocabulary
    silent = {one.rule.code for one in checks() if one.rule.reads and not any(map(korean, one.rule.reads))}
    assert set(silent_in(language("ko"))) == silent
    assert {"vague-words", "vague-source", "analysis-unsigned"}.isdisjoint(silent)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Це було 26 лютого 2024 року.", [("26 лютого 2024", "date")]),
        ("За березень 2024 прийшло ٤٢ судна.", [("березень 2024", "date"), ("٤٢", "number")]),
        ("В 2024 году пришло 12\u00a0345 судов.", [("2024", "date"), ("12\u00a0345", "number")]),
        ("2024년 2월 26일에 300명이 왔다.", [("2024년 2월 26일", "date"), ("300명이", "number")]),
        ("2024년에 3만 명이 5G로 봤다.", [("2024", "date"), ("3만", "number")]),
    ],
)
def test_typed_numbers_and_dates_of_other_languages_are_read(text: str, found: list[tuple[str, str]]) -> None:
    """Digits of any script count, also with a Korean counter right behind them; months are read as they decline."""
    assert [(number.text, number.sort) for number in find_numbers(text)] == found
