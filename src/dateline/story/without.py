"""A story without what is not on this machine: passages that need it are left out, and the page says so."""

from __future__ import annotations

import re
from collections.abc import Collection

_BLOCK = re.compile(r"^:::(\w+)\n.*?^:::$", re.M | re.S)
_ROW = re.compile(r"^\[\[row\]\]\n(?:(?!^\[\[row\]\]|^:::).*\n)*", re.M)
_PARAGRAPH = re.compile(r"(?:^(?!:::)(?!#).+\n?)+", re.M)
_REFERENCE = re.compile(r"\{\{\s*([A-Za-z0-9_-]+)[^{}]*\}\}")


def without(text: str, lacking: Collection[str]) -> str:
    """The story's text with everything taken out that names one of these findings or items. Lines keep their numbers.

    Blocks go whole, tables of statements lose their rows, prose loses its paragraphs, a title its number.
    """
    if not lacking:
        return text
    _, fence, rest = text.partition("+++\n")
    front, second, body = rest.partition("+++\n")
    if not (fence and second):
        return text
    front = _REFERENCE.sub(lambda match: "…" if match[1] in lacking else match[0], front)
    body = _BLOCK.sub(lambda match: _block(match[0], lacking), body)
    body = _PARAGRAPH.sub(lambda match: _blank(match[0]) if _names_reference(match[0], lacking) else match[0], body)
    return f"{fence}{front}{second}{_note(lacking)}{body}"


def _note(lacking: Collection[str]) -> str:
    """One paragraph in place of the empty line after the front matter."""
    names = ", ".join(f"`{name}`" for name in sorted(lacking))
    return f"*Left out of this build, because the real files are not on this machine: {names}.*\n"


def _block(block: str, lacking: Collection[str]) -> str:
    if block.startswith(":::statements"):
        return _ROW.sub(lambda match: _blank(match[0]) if _names(match[0], lacking) else match[0], block)
    if block.startswith(":::refusal"):
        for name in lacking:
            block = re.sub(rf'"{re.escape(name)}",?\s*', "", block)
        return _blank(block) if re.search(r"findings = \[\s*\]", block) else block
    return _blank(block) if _names(block, lacking) else block


def _names(text: str, lacking: Collection[str]) -> bool:
    return _names_reference(text, lacking) or any(
        re.search(rf'"{re.escape(name)}(?:\.[^"]*)?"', text) for name in lacking
    )


def _names_reference(text: str, lacking: Collection[str]) -> bool:
    return any(match[1] in lacking for match in _REFERENCE.finditer(text))


def _blank(text: str) -> str:
    return "\n" * text.count("\n")
