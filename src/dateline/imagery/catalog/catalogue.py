"""Which services there are: found by reading cards in a folder, imported only when they are asked something."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import cast

from dateline.core.errors import UsageError
from dateline.imagery.catalog.card import Card, read_card
from dateline.imagery.catalog.service import Build, Service

ENTRY_POINT_GROUP = "dateline.services"
"""Another package joins with an entry point whose value names a package of cards and modules of the same shape."""

OWN = Path(__file__).parent / "services"


@cache
def cards() -> dict[str, Card]:
    """The cards of all services by id, ours and those of installed packages, in alphabetical order."""
    return dict(sorted((path.stem, read_card(path)) for path in _paths()))


def service(id: str, endpoints: Mapping[str, str] | None = None) -> Service:  # noqa: A002 - the word of the card
    """A service, ready to be asked. `endpoints` replaces addresses of its card by name (a mirror, a test's stand-in).

    Raises UsageError (codes `service`, `endpoint`).
    """
    paths = {path.stem: path for path in _paths()}
    if id not in paths:
        raise UsageError(
            "There is no such service.", saw=repr(id), do=f"Choose from {', '.join(sorted(paths))}.", code="service"
        )
    card = cards()[id]
    if unknown := sorted(set(endpoints or {}) - set(card.endpoints)):
        raise UsageError(
            f"The service {id} has no endpoint of this name.",
            saw=", ".join(unknown),
            do=f"Choose from {', '.join(sorted(card.endpoints))}.",
            code="endpoint",
        )
    known = {name: address.rstrip("/") for name, address in {**card.endpoints, **(endpoints or {})}.items()}
    return cast(Build, _module(paths[id]).build)(card, known)


def services_for(collection: str) -> tuple[Card, ...]:
    """The cards of the services that have a collection."""
    return tuple(card for card in cards().values() if collection in card.collections)


def _module(card: Path) -> ModuleType:
    if card.parent == OWN:
        return importlib.import_module(f"dateline.imagery.catalog.services.{card.stem}")
    name = f"dateline_service_{card.stem}"
    spec = importlib.util.spec_from_file_location(name, card.with_suffix(".py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _paths() -> list[Path]:
    homes = [OWN]
    for point in entry_points(group=ENTRY_POINT_GROUP):
        spec = importlib.util.find_spec(point.value)
        if spec is not None and spec.submodule_search_locations:
            homes.extend(Path(place) for place in spec.submodule_search_locations)
    return [path for home in homes for path in sorted(home.glob("*.toml"))]
