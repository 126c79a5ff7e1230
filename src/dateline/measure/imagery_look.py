"""The login-free first look at a place's nights: pictures fetched, greys read as ranges, loudly no measurement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.core.where import Where
from dateline.imagery.catalog.colormap import Colormap, read_colormap
from dateline.imagery.catalog.mercator import MapTile
from dateline.imagery.catalog.service import Ask, Found, Offer
from dateline.imagery.catalog.services.gibs import tile_of
from dateline.imagery.download.look import FOLDER, Look, look
from dateline.imagery.download.session import Session
from dateline.imagery.download.work import Errand, Failed, Fetcher, Got, Tell, fetch_all
from dateline.imagery.extent import bounds_around

SERVICE = "gibs"
MOST_NIGHTS = 62
"""A first look is at most two months of nights."""

LAYERS = (
    ("VIIRS_NOAA20_GapFilled_BRDF_Corrected_DayNightBand_Radiance", date(2018, 1, 5)),
    ("VIIRS_SNPP_GapFilled_BRDF_Corrected_DayNightBand_Radiance", date(2012, 1, 19)),
)
"""The layers and since when they are: one satellite for all of a period."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The nights, from which value on the picture is saturated [nW cm-2 sr-1], what it is of, what was lost."""

    looks: tuple[Look, ...]
    saturation: float | None
    layer: str
    attribution: str | None
    warnings: tuple[str, ...]
    failures: tuple[str, ...]
    complete: bool


def layer_for(period: When) -> str:
    """The layer that has all of a period: of the newer satellite where it flew already."""
    first = period.earliest
    day = first if isinstance(first, date) else None
    return next((name for name, start in LAYERS if day is not None and day >= start), LAYERS[-1][0])


def look_at(session: Session, where: Where, period: When, folder: Path, *, tell: Tell, grain: float | None) -> Looked:
    """Fetches the tiles of a place for each night of a period, and reads them.

    Raises InputError (code `no-nights`) when the service has no picture of the period, and what its search raises.
    """
    layer = layer_for(period)
    ask = Ask(
        collections=(layer,), periods=(period,), areas=(bounds_around(where),), grain=grain, most=MOST_NIGHTS
    )  # fmt: skip
    found, _ = session.search(SERVICE, ask)
    if not found.offers:
        raise InputError(
            "There is no picture of these nights.",
            saw=f"{layer}, {period.edtf()}",
            do="Ask for another period; pictures come a day or two after the night.",
            code="no-nights",
        )
    home = folder / FOLDER
    fetcher = Fetcher(session.door, session.services, tell, session.clock)
    results = fetch_all(fetcher, _errands(found, home))
    paths = {result.errand.name: result.errand.target for result in results if isinstance(result, Got)}
    colours = _colours(found.offers[0], home, paths)
    nights = [(offer, _tiles(offer, home, paths)) for offer in found.offers]
    return Looked(
        tuple(look(offer.start.date(), tiles, colours, where) for offer, tiles in nights if _is_whole(offer, tiles)),
        colours.saturation,
        layer,
        found.offers[0].attribution,
        tuple(doubt.text for doubt in found.offers[0].doubts),
        tuple(f"{one.errand.name}: {one.error.what} {one.error.saw}" for one in results if isinstance(one, Failed)),
        found.complete,
    )


def _errands(found: Found, home: Path) -> list[Errand]:
    """All tiles, and the colour map once."""
    tiles = [Errand(offer, asset, home) for offer in found.offers for asset in offer.assets if tile_of(asset)]
    colours = [Errand(found.offers[0], asset, home) for asset in found.offers[0].assets if not tile_of(asset)]
    return [*colours, *tiles]


def _colours(offer: Offer, home: Path, paths: dict[str, Path]) -> Colormap:
    errand = next(Errand(offer, asset, home) for asset in offer.assets if not tile_of(asset))
    if errand.name not in paths:
        raise InputError(
            "The colour map could not be had; without it the greys say nothing.",
            saw=errand.asset.url,
            do="Try again later.",
            code="colormap",
        )
    return read_colormap(paths[errand.name].read_bytes())


def _is_whole(offer: Offer, tiles: dict[MapTile, Path]) -> bool:
    """Whether no tile of a night is lacking: half a place is not looked at as if it were all of it."""
    return len(tiles) == sum(tile_of(asset) is not None for asset in offer.assets)


def _tiles(offer: Offer, home: Path, paths: dict[str, Path]) -> dict[MapTile, Path]:
    named = [(tile_of(asset), Errand(offer, asset, home).name) for asset in offer.assets]
    return {tile: paths[name] for tile, name in named if tile is not None and name in paths}
