"""Texts with marks in square brackets: `Yonhap https://… [published 2024-02-23] [read]`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_MARK = re.compile(r"\s*\[\s*([a-z_]+)(?:\s+([^\[\]]*?))?\s*\]")


class Wrong(Exception):
    """A text that cannot be read: what was found, and what would be valid. A step inside this package."""

    def __init__(self, found: str, valid: str) -> None:
        super().__init__(found)
        self.found = found
        self.valid = valid


def opened(text: str, words: Collection[str]) -> tuple[str, dict[str, str]]:
    """The text without its marks, and the marks; brackets that begin with another word belong to the text.

    Raises Wrong for a mark that stands there twice.
    """
    marks: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        if match[1] not in words:
            return match[0]
        if match[1] in marks:
            raise Wrong(f"[{match[1]} …] twice", "each mark once")
        marks[match[1]] = match[2] or ""
        return ""

    return _MARK.sub(take, text).strip(), marks


def bracketed(text: str, marks: Mapping[str, str], flags: Iterable[str] = ()) -> str:
    """The inverse: the text, then its marks."""
    tail = [*(f"[{key} {value}]" for key, value in marks.items()), *(f"[{flag}]" for flag in flags)]
    return " ".join([*([text] if text else []), *tail])
