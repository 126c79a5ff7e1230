"""Black Marble granules as offers: one for each product, tile and time, the newest production stamp of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dateline.core.errors import InputError
from dateline.imagery.catalog.black_marble import Bounds, Granule, Tile, parse_name, period, tiles_for
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.footprint import from_bounds
from dateline.imagery.catalog.service import Ask, Asset, Found, Offer, Span, joined, span_of
from dateline.imagery.sensor import sensor_for

HDF5 = b"\x89HDF\r\n\x1a\n"
"""The signature of HDF5 (HDF5 File Format Specification 3.0, III.A)."""

_INSET = 0.05


@dataclass(frozen=True, slots=True)
class Listed:
    """One file that a service listed: its asset, and on which page."""

    asset: Asset
    page: int


def tiles_of(ask: Ask) -> tuple[Tile, ...]:
    """The tiles that the areas touch. A tile is 10 degrees wide: asking by tile tells little about the place."""
    return tuple(sorted({tile for area in ask.areas for tile in tiles_for(area)}))


def inside(tile: Tile) -> Bounds:
    """A tile's bounds [deg], drawn in a little: with its exact edges all its neighbours answer too."""
    west, south, east, north = tile.bounds
    return (west + _INSET, south + _INSET, east - _INSET, north - _INSET)


def read(name: str) -> Granule | None:
    """A granule's name of today's collection; None for everything else."""
    try:
        granule = parse_name(name)
    except InputError:
        return None
    return granule if granule is not None and granule.key.collection == "2" else None


def choose(card: Card, ask: Ask, listed: Iterable[Listed], *, requests: int, notes: tuple[str, ...] = ()) -> Found:
    """The newest version of each granule that was asked for, by time and tile; the rest is counted."""
    tiles, spans = set(tiles_of(ask)), ask.spans
    kept: dict[object, tuple[Granule, Listed]] = {}
    older = outside = unreadable = 0
    for file in listed:
        granule = read(file.asset.name)
        if granule is None:
            unreadable += 1
        elif not _asked(granule, ask, tiles, spans):
            outside += 1
        elif (standing := kept.get(granule.key)) is None:
            kept[granule.key] = (granule, file)
        elif granule.stamp == standing[0].stamp:
            continue  # the same file on two pages, or for two spans of one month
        else:
            older += 1
            if granule.stamp > standing[0].stamp:
                kept[granule.key] = (granule, file)
    offers = sorted((_offer(card, *pair) for pair in kept.values()), key=lambda offer: (offer.start, offer.name))
    more = ("more was found than was asked for at most",) if len(offers) > ask.most else ()
    return Found(
        offers=tuple(offers[: ask.most]),
        older=older,
        outside=outside,
        unreadable=unreadable,
        complete=not (notes or more),
        notes=(*notes, *more),
        requests=requests,
    )


def _asked(granule: Granule, ask: Ask, tiles: set[Tile], spans: tuple[Span, ...]) -> bool:
    key = granule.key
    if key.product not in ask.collections or key.tile not in tiles or granule.near_real_time:
        return False
    return any(_meet(span_of(period(key.product, key.day)), span) for span in spans)


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def spans_of(product: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans to ask for: whole days, months or years, as the product comes; none between them."""
    widened = []
    for span in spans:
        first, last = span.start.date(), (span.end - timedelta(microseconds=1)).date()
        widened.append(Span(span_of(period(product, first)).start, span_of(period(product, last)).end))
    return joined(widened)


def _offer(card: Card, granule: Granule, file: Listed) -> Offer:
    key, span = granule.key, span_of(granule.when)
    collection = card.collections[key.product]
    sensor = sensor_for(key.product)
    asset = replace(file.asset, media_type=file.asset.media_type or "application/x-hdf5", begins=(HDF5,))
    return Offer(
        service=card.id,
        collection=key.product,
        id=granule.name.removesuffix(".h5"),
        name=granule.name,
        start=span.start,
        end=span.end,
        footprint=from_bounds(*key.tile.bounds),
        sensor=sensor.id,
        platform=sensor.products[key.product].platform,
        instrument=sensor.instrument,
        resolution=collection.resolution,
        tile=str(key.tile),
        made=_made(granule.stamp),
        baseline=f"{int(key.collection):03d}",
        assets=(asset,),
        licence=card.licences[collection.licence],
        attribution=card.attributions[collection.licence].format(year=key.day.year, product=key.product),
        page=file.page,
    )


def _made(stamp: str) -> datetime | None:
    """The production time of a stamp, YYYYDDDHHMMSS."""
    try:
        return datetime.strptime(stamp, "%Y%j%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
