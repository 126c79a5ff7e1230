"""Small numbers and counts in the words of a newsroom."""

from __future__ import annotations

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(value: int) -> str:
    """One to nine in words, larger in digits."""
    return _WORDS[value] if 0 <= value < len(_WORDS) else f"{value:,}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """ "one statement", "12 statements"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def origins(low: int, high: int) -> str:
    """ "one independent origin", "two to five independent origins", "at most one independent origin"."""
    if low == high:
        return plural(low, "independent origin")
    if low == 0:
        return f"at most {plural(high, 'independent origin')}"
    return f"{number(low)} to {plural(high, 'independent origin')}"
