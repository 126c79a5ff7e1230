"""The letters of pictures: Noto Sans (OFL-1.1), installed with the program, so that it looks the same everywhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

CARRIER, SANS, SLANTED = "manimgx_fonts", "NotoSans[wght].ttf", "NotoSans-Italic[wght].ttf"
FAMILY = "Noto Sans"
_NOWHERE = "\ufffe"
"""No letter: what a font draws for it, it draws for all that it does not have."""


def sans() -> Path:
    """The file of Noto Sans: Latin, Cyrillic and Greek letters whole."""
    return _folder() / SANS


def fonts_for(text: str) -> tuple[Path, ...]:
    """The files that a text needs: Noto Sans, and after it one for each letter that it does not have."""
    chosen = [SANS]
    for letter in _seen(text):
        if not any(has(name, letter) for name in chosen):
            chosen += [name for name in _others() if has(name, letter)][:1]
    return tuple(_folder() / name for name in chosen)


def lacking(text: str) -> str:
    """The letters of a text that none of the files has."""
    return "".join(letter for letter in _seen(text) if not any(has(name, letter) for name in (SANS, *_others())))


@cache
def has(name: str, letter: str) -> bool:
    """Whether a file draws a letter as anything but the sign for a letter that it does not have."""
    font = _loaded(name)
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NOWHERE))


def _seen(text: str) -> Sequence[str]:
    """Each letter once, in order, less what is never drawn: breaks, marks of direction, choices of a variant."""
    return [
        letter
        for letter in dict.fromkeys(text)
        if letter != " " and unicodedata.category(letter) not in {"Cc", "Cf"} and not "\ufe00" <= letter <= "\ufe0f"
    ]


@cache
def _others() -> tuple[str, ...]:
    found = (one.name for one in _folder().glob("*.ttf"))
    return tuple(sorted(name for name in found if name not in {SANS, SLANTED}))


@cache
def _loaded(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_folder() / name, 40, layout_engine=ImageFont.Layout.BASIC)


@cache
def _folder() -> Path:
    return Path(str(files(CARRIER)))
