"""Old records brought forward: one function for each step from a version of a kind to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Step = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the plain data of a record of one version and returns that of the next; it may not lose anything."""

STEPS: dict[tuple[str, int], Step] = {}
"""(kind, version it starts from) -> step. Empty while every kind is at its first version."""


def version_of(data: dict[str, Any]) -> int | None:
    """The version that a record says it has; 1 when it says nothing, None when what it says is no version."""
    version = data.get("schema", 1)
    return version if isinstance(version, int) and not isinstance(version, bool) and version >= 1 else None


def migrated(kind: str, data: dict[str, Any], *, to: int, steps: dict[tuple[str, int], Step] = STEPS) -> dict[str, Any]:
    """The same record at version `to`. Raises LookupError when a step is missing."""
    version = version_of(data)
    while version is not None and version < to:
        data = {**steps[kind, version](dict(data)), "schema": version + 1}
        version += 1
    return data
