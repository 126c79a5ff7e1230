"""The interface words: every one that the page asks for is in the English table, and every other table fits it."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import dateline.story
from dateline.story.language import language, languages

HOME = Path(dateline.story.__file__).parent


def leaves(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{above}{key}.")
        elif isinstance(value, str):
            yield above + key, value


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_word_that_is_asked_for_is_there() -> None:
    """A key that code or templates name in full is in the English table."""
    texts = [path.read_text(encoding="utf-8") for path in HOME.rglob("*") if path.suffix in {".py", ".j2"}]
    asked = {key for text in texts for key in re.findall(r'word\(\s*"([\w.]+\w)"[,)]', text)}
    assert len(asked) > 60
    assert [key for key in sorted(asked) if not language("en").has(key)] == []


@pytest.mark.parametrize("code", languages())
def test_a_table_has_no_word_and_no_hole_that_english_lacks(code: str) -> None:
    """A translated phrase is filled with the same arguments as the English one."""
    english = dict(leaves(language("en").table))
    for key, text in leaves(language(code).table):
        assert key in english, f"{code}: {key}"
        assert holes(text) <= holes(english[key]), f"{code}: {key}"
    assert len(language(code).table["months"]) == 12
