"""The design's tokens: colours in light and dark, fonts, and how far two colours stand apart."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

Rgb = tuple[int, int, int]


@cache
def table() -> dict[str, Any]:
    """tokens.toml."""
    return tomllib.loads((Path(__file__).parent / "tokens.toml").read_text(encoding="utf-8"))


def rgb(colour: str) -> Rgb:
    """#rrggbb as three numbers from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hexadecimal(colour: Rgb) -> str:
    """Three numbers as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, W3C 2023, "relative luminance")."""
    linear = [part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, W3C 2023, "contrast ratio")."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def css() -> str:
    """The tokens as CSS custom properties: light, dark where the reader asks for it, and light on paper."""

    def block(mode: str) -> str:
        return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in table()["colour"][mode].items())

    fonts = "".join(f"--{name}:{value};" for name, value in table()["font"].items())
    return (
        f":root{{color-scheme:light dark;{fonts}{block('light')}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{block('dark')}}}}}\n"
    )
