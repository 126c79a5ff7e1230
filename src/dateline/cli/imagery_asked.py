"""What `dateline imagery` is asked for: places, periods, services; and whether they may be told."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dateline.core.errors import UsageError

if TYPE_CHECKING:
    from dateline.imagery.catalog.service import Ask
    from dateline.imagery.download.plan import Plan
    from dateline.imagery.download.session import Setup
    from dateline.measure.request import Site


def sites_of(names: Sequence[str] | None, bounds: str | None, radius: float, case: Path | None) -> list[Site]:
    """The places asked for: of the case by id, by name or position, or a box."""
    from dateline.measure.places import site_named
    from dateline.measure.request import site_of

    sites = [] if bounds is None else [_boxed(bounds)]
    if case is not None and names:
        from dateline.ledger.case import Case

        loaded = Case.load(case)
        sites += [site_of(loaded, name) if name in loaded.places else site_named(name, radius) for name in names]
    else:
        sites += [site_named(name, radius) for name in names or ()]
    if not sites:
        raise UsageError("Say where.", saw="no --place and no --bounds", do="Give one of them.", code="no-area")
    return sites


def _boxed(text: str) -> Site:
    from dateline.core.where import Where
    from dateline.measure.request import Site

    try:
        west, south, east, north = (float(part) for part in text.split(","))
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        where = Where.area([[ring]])
    except ValueError:
        raise UsageError(
            "--bounds is west,south,east,north.",
            saw=repr(text),
            do="Four numbers in degrees, with commas.",
            code="bounds",
        ) from None
    return Site(id="bounds", name=text, where=where, sha256="")


def where_of(sites: Sequence[Site]) -> Any:
    """The one place whose pixels are cut out, and whose sky is looked at; None for several."""
    return sites[0].where if len(sites) == 1 else None


def ask_of(
    services: Sequence[str],
    collections: Sequence[str] | None,
    periods: Sequence[str],
    sites: Sequence[Site],
    *,
    cloud: float | None,
    coarse: float | None,
    most: int,
) -> Ask:
    from dateline.core.when import When
    from dateline.imagery.catalog.service import Ask
    from dateline.imagery.extent import bounds_around

    if not collections:
        known = {name: ", ".join(of_setup(None).card(name).collections) for name in services}
        raise UsageError(
            "Say which collection.",
            saw="no --collection",
            do="; ".join(f"{name} has {names}" for name, names in known.items()),
            code="collection",
        )
    return Ask(
        collections=tuple(collections),
        periods=tuple(When.from_edtf(text) for text in periods),
        areas=tuple(bounds_around(site.where) for site in sites),
        grain=grain_of(coarse, sensitive=any(site.sensitive for site in sites)),
        cloud=cloud,
        most=most,
    )


def grain_of(coarse: float | None, *, sensitive: bool = False) -> float | None:
    """The step of the grid that hides the place [deg]. A sensitive place is never shown more exactly than 100 km."""
    if sensitive:
        return max(coarse or 0.0, 100.0) / 111.195
    return None if coarse is None else coarse / 111.195


def consent(setup: Setup, services: Sequence[str], ask: Ask, *, yes: bool) -> None:
    """Says what a search shows, and asks; only then a service is asked."""
    for name in services:
        card = setup.card(name)
        print(f"{card.title} will learn {card.shows}.", file=sys.stderr)
    exact = "" if ask.grain is not None else " `--coarse KM` hides the exact place,"
    hint = "" if setup.proxy is not None else f"{exact} `--proxy URL` our address."
    if hint:
        print(f"({hint.strip()})", file=sys.stderr)
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "Nobody was asked whether this may be shown.",
            saw="no --yes, and no terminal to ask at",
            do="Add --yes if it may.",
            code="consent",
        )
    if not typer.confirm("Go on?", err=True):
        raise typer.Exit(1)


def of_setup(proxy: str | None) -> Setup:
    from dateline.imagery.download import mirrors
    from dateline.imagery.download.session import Setup

    return Setup(mirrors=mirrors.of_user(), proxy=proxy)


def check_disk(planned: Plan, folder: Path) -> None:
    """Raises InputError (code `disk-full`) before anything is fetched that would not fit."""
    import shutil

    from dateline.core.errors import InputError

    standing = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    free, size = shutil.disk_usage(standing).free, planned.size()
    if size is not None and size > free:
        raise InputError(
            "These images do not fit on the disk.",
            saw=f"{size / 1e6:,.0f} MB to come, {free / 1e6:,.0f} MB free in {standing}",
            do="Free space, fetch fewer, or say --to FOLDER on another disk.",
            code="disk-full",
        )
