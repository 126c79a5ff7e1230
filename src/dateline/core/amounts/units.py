"""Units of claimed amounts: the words that stand for each, in every language, and which can be compared."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from dateline.core.errors import UsageError


@cache
def _table() -> dict[str, tuple[str, re.Pattern[str]]]:
    text = (files("dateline.core.amounts") / "units.toml").read_text(encoding="utf-8")
    return {
        name: (entry["dimension"], re.compile("(?:" + "|".join(entry["words"]) + r")(?!\w)"))
        for name, entry in tomllib.loads(text).items()
    }


def known() -> tuple[str, ...]:
    """The units that the program knows by itself."""
    return tuple(_table())


def dimension(unit: str) -> str | None:
    """What a unit measures; amounts of different dimensions cannot be compared. None for a unit of a case's own."""
    entry = _table().get(unit)
    return None if entry is None else entry[0]


def unit_of(words: str) -> str:
    """The unit that words stand for. Raises UsageError (code `unit`), and names the nearest known ones."""
    text = words.casefold().strip(" .,;")
    found = {name: match.end() for name, (_, pattern) in _table().items() if (match := pattern.match(text))}
    if text in _table():
        return text
    if found:
        return max(found, key=lambda name: found[name])
    near = get_close_matches(text, known(), n=3, cutoff=0.5) or known()[:6]
    raise UsageError(
        "This unit is not known.",
        saw=repr(words),
        do=f'Use one of the units ({", ".join(near)}, …), or name it in case.toml: units = ["…"].',
        code="unit",
    )
