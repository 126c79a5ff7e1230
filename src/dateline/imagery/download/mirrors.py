"""Other addresses for services: a mirror, an institute's copy, a stand-in. A file that the user names, or none."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dateline.core.errors import InputError

ENVIRONMENT = "DATELINE_MIRRORS"
"""The environment variable that names the file."""


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Addresses in place of those on the cards, by service and name; `tokens` by kind of account.

    `private` allows addresses inside the own network. Logins go to these addresses too: who writes the file says so.
    """

    endpoints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    private: bool = False


def of_user() -> Mirrors:
    """What the file says that DATELINE_MIRRORS names; nothing without one. Raises InputError (code `mirrors`)."""
    named = os.environ.get(ENVIRONMENT)
    return read(Path(named)) if named else Mirrors()


def read(path: Path) -> Mirrors:
    """Reads a file of mirrors: `private = true`, `[services.ID]`, `[tokens]`. Raises InputError (code `mirrors`)."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        services = {str(name): _addresses(table) for name, table in told.get("services", {}).items()}
        return Mirrors(services, _addresses(told.get("tokens", {})), told.get("private", False) is True)
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(
            "The file of mirrors cannot be used.",
            saw=f"{path}: {str(error).splitlines()[0]}",
            do='Write `private = true` if they are in your own network, and [services.cmr] search = "https://…".',
            code="mirrors",
        ) from error


def _addresses(table: Any) -> dict[str, str]:
    if not all(isinstance(value, str) for value in table.values()):
        raise ValueError("an address is a text")
    return {str(name): value.rstrip("/") for name, value in table.items()}
