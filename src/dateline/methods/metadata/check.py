"""One check of a file against itself: what was compared, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Came = Literal["contradiction", "sign", "agrees", "not possible"]
"""A contradiction: two things in the file that cannot both be true. A sign: what handling leaves, innocent or not."""


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check. code: of the check, and of the note it makes."""

    code: str
    came: Came
    text: str


def agrees(code: str, text: str) -> Check:
    """Two things were compared, and they agree."""
    return Check(code, "agrees", text)


def contradicts(code: str, text: str) -> Check:
    """Two things were compared, and cannot both be true."""
    return Check(code, "contradiction", text)


def sign(code: str, text: str) -> Check:
    """Something that handling leaves behind."""
    return Check(code, "sign", text)


def not_possible(code: str, text: str) -> Check:
    """The check could not be made."""
    return Check(code, "not possible", text)
