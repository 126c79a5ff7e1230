"""dateline: measure, weigh and publish what imagery and open sources show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dateline._version import __version__

if TYPE_CHECKING:
    from dateline.ledger.case import Case
    from dateline.ledger.finding import Finding
    from dateline.story.plot import Plot
__all__ = ["__version__", "open", "plot", "run"]


def open(folder: Path | str = ".") -> Case:  # noqa: A001 - dateline.open("rason") says what it does
    """A case from its folder: case.finding("lights-port") is a finding, which shows itself in a notebook.

    Raises DatelineError in three parts for a folder that is no case.
    """
    from dateline.ledger.case import Case

    return Case.load(Path(folder))


def plot(finding: Finding, block: str | None = None, *, show_sensitive: bool = False) -> Plot:
    """The figure of a finding as a page would draw it: shows itself in a notebook, and .save("figure.svg") keeps it.

    block: which of the page's figures ("series", "ranked", …); the fitting one without. Raises UsageError (code
    "plot") for a finding that has no figure, Refusal (code "sensitive") where it says what no page may print.
    """
    from dateline.story.plot import plot as draw

    return draw(finding, block, show_sensitive=show_sensitive)


def run(method: str, *, save: Path | str | None = None, **given: Any) -> Finding:
    """One method on files or on places, without a case; the same as `dateline run METHOD`.

    given: the method's inputs by role (paths, periods such as "2022-03", names under place= or control=), its
    parameters, and product, layer, collection, counts, columns, folders, radius_km, near, seed. save: a folder for
    the finding and its maps. Raises DatelineError in three parts.
    """
    from dateline.measure.python import run as run_method

    return run_method(method, save=None if save is None else Path(save), given=given)
