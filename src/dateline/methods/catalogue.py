"""Which methods there are: found by reading folders, imported only when they run."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from dateline.core.errors import UsageError
from dateline.methods.card import Card, read_card
from dateline.methods.contract import Run

ENTRY_POINT_GROUP = "dateline.methods"
"""Another package joins with an entry point whose value names a package of folders of the same shape."""


@cache
def cards() -> dict[str, Card]:
    """All cards by method name, ours and those of installed packages, in alphabetical order."""
    found = {card.id: card for folder in _homes() for card in _cards_in(folder)}
    return dict(sorted(found.items()))


def card(method: str) -> Card:
    """The card of one method; raises UsageError naming the methods there are."""
    known = cards()
    if method not in known:
        raise UsageError(
            f"There is no method {method!r}.",
            saw=repr(method),
            do=f"Choose from {', '.join(known)}.",
            code="method",
        )
    return known[method]


def load(method: str) -> Run:
    """Imports a method and returns its run()."""
    folder = card(method).folder
    own = Path(__file__).parent
    if folder.parent == own:
        module = importlib.import_module(f"dateline.methods.{folder.name}")
    else:
        spec = importlib.util.spec_from_file_location(f"dateline_method_{folder.name}", folder / "__init__.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return cast(Run, module.run)


def _homes() -> list[Path]:
    homes = [Path(__file__).parent]
    for point in entry_points(group=ENTRY_POINT_GROUP):
        spec = importlib.util.find_spec(point.value)
        if spec is not None and spec.submodule_search_locations:
            homes.extend(Path(place) for place in spec.submodule_search_locations)
    return homes


def _cards_in(home: Path) -> list[Card]:
    return [read_card(path) for path in sorted(home.glob("*/card.md"))]
