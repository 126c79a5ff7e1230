"""Where each key of a TOML file stands: for error messages with line numbers, and for putting keys in order.

The parsers at hand (tomllib, tomlkit) do not say on which line a key is. This scanner reads text that tomllib has
already accepted, so it only has to find things, never to judge them.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Keys from the root; the tables of an array and the values of a list by their index."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_PLAIN = re.compile(r"[^,\]}\n#]*")
_STRINGS = (
    re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One key = value, or one [header]: its keys without indexes, and where its text begins and ends."""

    keys: tuple[str, ...]
    header: bool
    start: int
    end: int


@dataclass(slots=True)
class _Scanner:
    text: str
    at: int = 0
    found: dict[Path, int] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    counts: dict[Path, int] = field(default_factory=dict)

    def scan(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            start = self.at
            if self.text[start] == "[":
                keys, table = self._header()
            else:
                keys = self._pair(table)
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end + 1
            self.statements.append(Statement(keys, self.text[start] == "[", start, self.at))
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return match.group()

    def _header(self) -> tuple[tuple[str, ...], Path]:
        start = self.at
        double = self.text.startswith("[[", start)
        self.at += 2 if double else 1
        keys = self._keys()
        above = self._indexed(keys[:-1])
        path = (*above, keys[-1])
        for depth in range(1, len(path) + 1):
            self._note(path[:depth], start)
        if double:
            index = self.counts.get(path, -1) + 1
            self.counts[path] = index
            path = (*path, index)
            self._note(path, start)
        return keys, path

    def _indexed(self, keys: tuple[str, ...]) -> Path:
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def _pair(self, table: Path) -> tuple[str, ...]:
        start = self.at
        keys = self._keys()
        for depth in range(1, len(keys) + 1):
            self._note(table + keys[:depth], start)
        self._skip(_SPACE)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(table + keys)
        return keys

    def _keys(self) -> tuple[str, ...]:
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            quoted = self._string()
            keys.append(self._skip(_BARE) if quoted is None else tomllib.loads(f"key = {quoted}")["key"])
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(keys)
            self.at += 1

    def _string(self) -> str | None:
        if self.text[self.at : self.at + 1] not in {'"', "'"}:
            return None
        match = next(found for pattern in _STRINGS if (found := pattern.match(self.text, self.at)))
        self.at = match.end()
        return match.group()

    def _value(self, path: Path) -> None:
        if self._string() is not None:
            return
        opening = self.text[self.at]
        if opening not in "[{":
            self._skip(_PLAIN)
            return
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while self.text[self.at] not in "]}":
            if opening == "[":
                self._note((*path, index), self.at)
                self._value((*path, index))
                index += 1
            else:
                self._pair(path)
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _note(self, path: Path, at: int) -> None:
        self.found.setdefault(path, at)


def key_lines(text: str) -> dict[Path, int]:
    """The line (from 1) on which each key, table and list value of valid TOML stands."""
    scanner = _Scanner(text)
    scanner.scan()
    breaks = [index for index, character in enumerate(text) if character == "\n"]
    return {path: bisect_right(breaks, at - 1) + 1 for path, at in scanner.found.items()}


def statements(text: str) -> tuple[Statement, ...]:
    """The statements of valid TOML in the order of the text."""
    scanner = _Scanner(text)
    scanner.scan()
    return tuple(scanner.statements)


def as_written(lines: Mapping[Path, int], path: Path) -> Path:
    """A path without the indexes that nobody wrote: a model may see a list where the text has a single value."""
    written: Path = ()
    for step in path:
        if not isinstance(step, int) or (*written, step) in lines:
            written = (*written, step)
    return written


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest table around it; 1 when all of it is missing."""
    known = as_written(lines, path)
    while known and known not in lines:
        known = known[:-1]
    return lines.get(known, 1)
