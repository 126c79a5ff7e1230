"""Writes the pages of docs/ that are made from the code: `python -m tests.docs.pages`."""

from __future__ import annotations

from pathlib import Path

from dateline.methods import catalogue
from dateline.methods.page import markdown

DOCS = Path(__file__).parents[2] / "docs"


def write() -> None:
    """One page a method, from its card."""
    folder = DOCS / "methods"
    folder.mkdir(exist_ok=True)
    for card in catalogue.cards().values():
        (folder / f"{card.id}.md").write_text(markdown(card), encoding="utf-8")


if __name__ == "__main__":
    write()
