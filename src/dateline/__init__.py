"""dateline: measure, weigh and publish what imagery and open sources show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dateline._version import __version__

if TYPE_CHECKING:
    from dateline.ledger.finding import Finding
__all__ = ["__version__", "run"]


def run(method: str, *, save: Path | str | None = None, **given: Any) -> Finding:
    """One method on files or on places, without a case; the same as `dateline run METHOD`.

    given: the method's inputs by role (paths, periods such as "2022-03", names under place= or control=), its
    parameters, and product, layer, collection, counts, columns, folders, radius_km, near, seed. save: a folder for
    the finding and its maps. Raises DatelineError in three parts.
    """
    from dateline.measure.python import run as run_method

    return run_method(method, save=None if save is None else Path(save), given=given)
