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
    """What a unit, or a word for one, measures; amounts of different dimensions cannot be compared.

    None for a unit of a case's own.
    """
    entry = _table().get(unit) or next((one for one in _table().values() if one[1].fullmatch(unit.casefold())), None)
    return None if entry is None else entry[0]


def unit_of(words: str) -> str:
    """The unit that words stand for. Raises UsageError (code `unit`), and names the nearest known ones."""
    text = words.casefold().strip(" .,;")
    found = {name: match.end() for name, (_, pattern) in _table().items() if (match := pattern.match(text))}
    if text in _table():
        return text
    if found:
        return _of_people(text, max(found, key=lambda name: found[name]))
    near = get_close_matches(text, known(), n=3, cutoff=0.5) or known()[:6]
    raise UsageError(
        "This unit is not known.",
        saw=repr(words),
        do=f'Use one of the units ({", ".join(near)}, …), or name it in case.toml: units = ["…"].',
        code="unit",
    )


def _of_people(text: str, unit: str) -> str:
    """ "3,000 troops killed" counts the killed: they are kept apart. Raises UsageError (code `unit`) where mixed."""
    fates = [
        name
        for name, (measured, pattern) in _table().items()
        if measured in _FATES and re.search(rf"(?<!\w){pattern.pattern}", text)
    ]
    if not fates or (dimension(unit) != "people" and dimension(unit) not in _FATES):
        return unit
    if len(fates) > 1:
        raise UsageError(
            "These words count the killed and the wounded together.",
            saw=repr(text),
            do='Give the unit: "casualty" for both, or one claim for each.',
            code="unit",
        )
    return fates[0]


_FATES = {"killed", "wounded", "casualties"}
"""Kept apart: "3,000 soldiers" who fight and 3,000 who are dead are not one number."""
