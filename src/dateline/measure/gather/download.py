"""The granules that a question lacks: which, how big, from whom, with which login; and getting them when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.imagery.catalog.black_marble import Key, Wanted, parse_name, period
from dateline.imagery.catalog.service import Ask, Found, Offer
from dateline.imagery.download.plan import plan
from dateline.imagery.download.session import Session, Setup, opened
from dateline.imagery.download.work import Failed, Fetcher, Result, Tell, fetch_all
from dateline.imagery.extent import bounds_around
from dateline.measure.gather.missing import CATALOGUES
from dateline.measure.request import Request

_INSIDE = 0.1
"""So far inside its tile [deg] a tile is asked for, so that its neighbours are not."""


def lacking(request: Request, *, history: bool = False) -> tuple[Wanted, ...]:
    """The granules of a question's periods that are not here, each once; those of its history only if asked for."""
    from dateline.measure.gather.images import plan_of

    bounds = [bounds_around(site.where) for site in request.sites(*request.roles)]
    found: dict[Key, Wanted] = {}
    for role, selections in request.roles.items():
        for selection in selections:
            if selection.period is None or selection.files or (role == "history" and not history):
                continue
            found |= {wanted.key: wanted for wanted in plan_of(selection, bounds).of("needed")}
    return tuple(found[key] for key in sorted(found))


def home_of(request: Request) -> Path:
    """Where this question looks for granules, and so where they are put."""
    folders = (folder for given in request.roles.values() for selection in given for folder in selection.folders)
    found = next(folders, None)
    if found is None:
        raise UsageError(
            "There is no folder to put granules in.", saw="a question without --from", do="Add --from FOLDER."
        )
    return found


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of the granules that were wanted: by file, and those that no catalogue has."""

    results: tuple[Result, ...]
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def failures(self) -> tuple[str, ...]:
        """What could not be had, and why, in words."""
        lost = [result for result in self.results if isinstance(result, Failed)]
        named = [f"{result.errand.name}: {result.error.what} {result.error.saw}" for result in lost]
        return (*named, *(f"{pattern}: the catalogue has no such file" for pattern in self.absent))


def fetch_granules(
    needed: Sequence[Wanted],
    folder: Path,
    *,
    setup: Setup,
    tell: Tell = lambda _more: None,
    workers: int = 3,
) -> Fetched:
    """Looks the granules up and fetches them into a folder; nothing but what is named, the newest version of each.

    Raises InputError: `login-missing`, `login-expired`, and what the catalogues raise when none can be reached.
    """
    if not needed:
        return Fetched(())
    with opened(setup, CATALOGUES, logged_in=True) as session:
        found = search(session, needed)
        offers = wanted_of(found.offers, needed)
        errands = plan(offers, folder).lacking()
        fetcher = Fetcher(session.door, session.services, tell, setup.clock)
        results = fetch_all(fetcher, errands, workers=workers)
    known = {granule.key for offer in offers if (granule := parse_name(offer.name)) is not None}
    absent = tuple(wanted.pattern for wanted in needed if wanted.key not in known)
    return Fetched(results, absent, found.notes)


def search(session: Session, needed: Sequence[Wanted]) -> Found:
    """What the catalogue has of these granules; the next catalogue is asked when one cannot answer."""
    ask = ask_for(needed)
    for name in CATALOGUES[:-1]:
        try:
            return session.search(name, ask)[0]
        except InputError as error:
            note = f"{name} could not be asked ({error.what})"
            found, _ = session.search(CATALOGUES[-1], ask)
            return replace(found, notes=(*found.notes, note))
    raise AssertionError("there is more than one catalogue")


def ask_for(needed: Sequence[Wanted]) -> Ask:
    """The question for these granules: their products, their periods and no others between, their tiles."""
    keys = [wanted.key for wanted in needed]
    areas = []
    for tile in sorted({key.tile for key in keys}):
        west, south, east, north = tile.bounds
        areas.append((west + _INSIDE, south + _INSIDE, east - _INSIDE, north - _INSIDE))
    return Ask(
        collections=tuple(sorted({key.product for key in keys})),
        periods=tuple(period(*pair) for pair in sorted({(key.product, key.day) for key in keys})),
        areas=tuple(areas),
    )


def wanted_of(offers: Sequence[Offer], needed: Sequence[Wanted]) -> tuple[Offer, ...]:
    """The offers that are among the wanted granules."""
    keys = {wanted.key for wanted in needed}
    return tuple(offer for offer in offers if (granule := parse_name(offer.name)) is not None and granule.key in keys)
