"""Runs the full simulations of every method and writes their figures to docs/proof.md: `make proof`."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
METHODS = tuple(sorted(path.stem.removeprefix("proof_") for path in Path(__file__).parent.glob("proof_*.py")))
HEAD = """# Proof

How often the intervals cover a truth that is known, and how often a method sees a change that is not there. Made by
`make proof` from seeded simulations; `make test` runs a quick part of each. The noise in them and where its size comes
from stand in the docstrings of `tests/coverage/proof_*.py` and on the methods' pages.
"""


def main(wanted: Iterable[str]) -> None:
    """Runs the simulations of these methods, all by default; a section of the page is replaced when it is done."""
    page = ROOT / "docs" / "proof.md"
    sections = _sections(page)
    for method in tuple(wanted) or METHODS:
        started = time.monotonic()
        print(f"proof: {method} …", flush=True)
        rows = importlib.import_module(f"tests.coverage.proof_{method}").figures()
        sections[method] = "\n\n".join(table(group) for group in _alike(rows))
        _write(page, sections)
        print(f"proof: {method}, {len(rows)} rows in {time.monotonic() - started:.0f} s", flush=True)


def table(rows: list[Mapping[str, Any]]) -> str:
    """Rows with the same keys as a Markdown table; shares to three decimals."""
    keys = list(rows[0])
    lines = ["| " + " | ".join(key.replace("_", " ") for key in keys) + " |", "|" + " --- |" * len(keys)]
    lines += ["| " + " | ".join(_cell(row[key]) for key in keys) + " |" for row in rows]
    return "\n".join(lines)


def _alike(rows: list[dict[str, Any]]) -> list[list[Mapping[str, Any]]]:
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _sections(page: Path) -> dict[str, str]:
    if not page.is_file():
        return {}
    chunks = page.read_text(encoding="utf-8").split("\n## ")[1:]
    return {name.strip(): body.strip() for name, _, body in (chunk.partition("\n") for chunk in chunks)}


def _write(page: Path, sections: Mapping[str, str]) -> None:
    parts = [f"\n## {method}\n\n{sections[method]}\n" for method in METHODS if method in sections]
    page.write_text(HEAD + "".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
