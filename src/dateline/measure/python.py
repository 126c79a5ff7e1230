"""`dateline.run`: the same request as on the command line, from keyword arguments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dateline.core.errors import UsageError
from dateline.ledger.finding import Finding
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.keep import keep
from dateline.methods import catalogue

READING = ("product", "layer", "collection", "counts", "crs", "columns", "folders", "radius_km", "near", "seed")
NAMED = {"place": "places", "control": "controls"}


def run(method: str, *, save: Path | None, given: Mapping[str, Any]) -> Finding:
    """Asks a method. Raises UsageError for a keyword that is neither input, parameter nor reading option."""
    card = catalogue.card(method)
    named = {name: role for name, role in NAMED.items() if role in card.front.inputs}
    known = {*card.front.inputs, *card.front.parameters, *READING, *named}
    unknown = sorted(set(given) - known)
    if unknown:
        raise UsageError(
            f"{method} does not take {', '.join(unknown)}.",
            saw=", ".join(unknown),
            do=f"Choose from {', '.join(sorted(known))}.",
            code="parameter",
        )
    options = {name: given[name] for name in READING if name in given}
    if "folders" in options:
        options["folders"] = tuple(Path(folder) for folder in options["folders"])
    request = request_of_flags(
        card,
        roles={name: given[name] for name in card.front.inputs if name in given},
        named={role: _several(given[name]) for name, role in named.items() if name in given},
        parameters={name: given[name] for name in card.front.parameters if name in given},
        **options,
    )
    finding, files = ask(request)
    if save is not None:
        keep(save, finding, files)
    return finding


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
