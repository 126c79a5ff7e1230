"""Getting what a question lacks, from the command line: only when told to, with its size said first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from dateline.cli.imagery_asked import of_setup
from dateline.cli.imagery_words import bytes_bar, say

if TYPE_CHECKING:
    from dateline.measure.request import Request


def may_fetch(request: Request, *, quiet: bool) -> bool:
    """Asks at the terminal whether the granules may be downloaded; no without a terminal, or without a login."""
    from dateline.measure.gather.download import lacking
    from dateline.measure.gather.missing import CATALOGUES, amount

    needed = lacking(request)
    if quiet or not sys.stdin.isatty() or not needed or of_setup(None).credential(CATALOGUES[0]) is None:
        return False
    count = f"{len(needed)} file{'s' if len(needed) != 1 else ''}"
    return typer.confirm(f"Not here yet: {count}, {amount(needed)}. Download from NASA now?", err=True)


def fetch_for(request: Request, *, history: bool, quiet: bool) -> None:
    """Downloads what a question lacks. What cannot be had is named on stderr; the method then says what it does.

    Raises InputError `login-missing`, `login-expired`, and what the catalogues raise.
    """
    from dateline.measure.gather.download import fetch_granules, home_of, lacking
    from dateline.measure.gather.missing import amount

    needed = lacking(request, history=history)
    if not needed:
        return
    setup = of_setup(None)
    print(f"NASA will learn {setup.card('cmr').shows}.", file=sys.stderr)
    print(f"Getting {len(needed)} files, {amount(needed)}.", file=sys.stderr)
    with bytes_bar(len(needed), None, quiet=quiet) as tell:
        fetched = fetch_granules(needed, home_of(request), setup=setup, tell=tell)
    say((*fetched.notes, *fetched.failures()))
