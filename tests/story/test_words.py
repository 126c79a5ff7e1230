"""The interface words: every one that the page asks for is in the English table, and every other table fits it."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import dateline.story
from dateline.core.plural import USED
from dateline.story.language import Language, language, languages

HOME = Path(dateline.story.__file__).parent
FORMS = re.compile(r"_(?:one|few|many)$")
NOT_WORDS = {"number", "units", "vocabulary"}
"""What is no list of phrases: how numbers are written, units (below), and words for rules."""


def leaves(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and above + key not in NOT_WORDS:
            yield from leaves(value, f"{above}{key}.")
        elif isinstance(value, str):
            yield above + key, value


def holes(text: str) -> set[str]:
    """What a phrase is filled with; an end of a stretch of time may come without its year, at either end."""
    return {name.removesuffix("_short") for _, name, _, _ in string.Formatter().parse(text) if name}


def counted(words: Mapping[str, str]) -> set[str]:
    """The keys of phrases with a count, without their forms: those that have a form for many."""
    return {key.removesuffix("_many") for key in words if key.endswith("_many")}


def test_every_word_that_is_asked_for_is_there() -> None:
    """A key that code or templates name in full is in the English table."""
    texts = [path.read_text(encoding="utf-8") for path in HOME.rglob("*") if path.suffix in {".py", ".j2"}]
    asked = {key for text in texts for key in re.findall(r'word\(\s*"([\w.]+\w)"[,)]', text)}
    plurals = {key for text in texts for key in re.findall(r'plural\(\s*"([\w.]+\w)"[,)]', text)}
    assert len(asked) > 60
    assert [key for key in sorted(asked) if not language("en").has(key)] == []
    assert [key for key in sorted(plurals) if not language("en").has(f"{key}_many")] == []


@pytest.mark.parametrize("code", languages())
def test_every_table_has_every_word_with_the_same_holes(code: str) -> None:
    """Nothing is left in English, nothing is there that nobody asks for, and phrases are filled with the same things.

    Of a phrase with a count a table has one form for each of CLDR's categories for whole numbers.
    """
    english, own = dict(leaves(language("en").table)), dict(leaves(language(code).table))
    groups = counted(english)
    plain = {key for key in english if FORMS.sub("", key) not in groups}
    wanted = [form for form in USED[code] if form in {"one", "few", "many"}] or ["many"]
    wanted = list(dict.fromkeys([*wanted, "many"]))
    assert set(own) == plain | {f"{key}_{form}" for key in groups for form in wanted}
    for key, text in own.items():
        like = english[key] if key in english else english[FORMS.sub("_many", key)]
        assert holes(text) == holes(like), key


@pytest.mark.parametrize("code", languages())
def test_every_table_says_how_numbers_months_and_units_are_written(code: str) -> None:
    """Twelve months in every list, every unit that English explains, and of one that declines every form."""
    table = language(code).table
    assert all(len(names) == 12 for key, names in table.items() if key.startswith("months"))
    assert {"decimal", "group", "percent"} <= set(table["number"])
    assert set(language("en").table["units"]) <= set(table["units"])
    for unit, told in table["units"].items():
        if isinstance(told, Mapping):
            assert set(told) == {"alone", "of_one", "of_many", *USED[code]}, unit


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_no_english_is_left_in_a_table(code: str) -> None:
    """Latin letters in a table of another script are names of standards and formats, and units."""
    latin = {word for _, text in leaves(language(code).table) for word in re.findall(r"[A-Za-z]{2,}", _bare(text))}
    assert latin <= {"SHA", "ISO", "UTC", "CSV", "JSON", "GeoJSON", "Esc", "km", "ltr"}


def _bare(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)


def test_korean_uses_no_particle_that_depends_on_the_word_before() -> None:
    """After a hole stands no particle whose form asks how the filled word ends."""
    turns = re.compile(r"\}[”’)]?(?:은|는|을|를|과|와|으로|로|이다|이라|이며|이고|가)(?![가-힣])")
    assert [text for _, text in leaves(language("ko").table) if turns.search(text) and not _after_counter(text)] == []
    assert [text for _, text in leaves(language("ko").table) if re.search(r"[(（](?:으|이|은|을|과)[)）]", text)] == []


def _after_counter(text: str) -> bool:
    """After a day or a counter, whose last letter is known."""
    return re.search(r"\{(?:first|last|first_short|last_short)\}에서", text) is not None


@pytest.mark.parametrize(
    ("code", "n", "words"),
    [
        ("en", 1, "1 finding"), ("en", 2, "2 findings"), ("en", 0, "0 findings"),
        ("uk", 1, "1 висновок"), ("uk", 3, "3 висновки"), ("uk", 11, "11 висновків"), ("uk", 21, "21 висновок"),
        ("ru", 22, "22 вывода"), ("ru", 12, "12 выводов"), ("ru", 12345, "12\u00a0345 выводов"),
        ("ko", 1, "측정 결과 1건"), ("ko", 1234, "측정 결과 1,234건"),
    ],
)  # fmt: skip
def test_counts_take_the_form_of_their_number(code: str, n: int, words: str) -> None:
    """CLDR's plural categories (46, cardinal rules)."""
    assert language(code).plural("page.finding", n) == words


def test_a_table_without_a_counted_phrase_speaks_english_by_english_rules() -> None:
    """Twenty-one is "one" in Ukrainian; an English phrase that stands in is not told so."""
    half = Language("uk", {"direction": "ltr", "number": language("uk").table["number"]})
    assert half.plural("page.finding", 21) == "21 findings"
