"""Series written by hand, whose trend is known without computing it."""

from __future__ import annotations

from typing import Any

import numpy as np

from dateline.core.when import When
from dateline.imagery.tables import F8, Look, ZonalSeries
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

MONTHLY: dict[str, Any] = {
    "product": "VNP46A3",
    "layer": "AllAngle_Composite_Snow_Free",
    "unit": "nW cm-2 sr-1",
    "collection": "2",
    "platform": "Suomi-NPP",
}


def looks(count: int, *, first: int = 2013, step: str = "month", **changes: Any) -> tuple[Look, ...]:
    """Consecutive months (or years) of one product; any field can be changed."""
    fields = MONTHLY | changes
    if step == "year":
        return tuple(Look(when=When.year(first + at), **fields) for at in range(count))
    return tuple(Look(when=When.month(first + at // 12, at % 12 + 1), **fields) for at in range(count))


def series(means: F8, made: tuple[Look, ...] | None = None, *, nights: float = 12.0, size: float = 20.0) -> ZonalSeries:
    """(T, P) means of wholly seen places of `size` pixels; NaN is a look that saw nothing."""
    count, places = means.shape
    seen = np.isfinite(means)
    weight = np.zeros((count, places, 8))
    weight[:, :, 0] = np.where(seen, size, 0)
    weight[:, :, 6] = np.where(seen, 0, size)
    return ZonalSeries(
        places=tuple(f"place-{index}" for index in range(places)),
        looks=looks(count) if made is None else made,
        total=means * size,
        area_total=means * size,
        weight=weight,
        lit=weight[:, :, 0],
        nights=np.where(seen, nights, np.nan),
        size=np.full(places, size),
        area=np.full(places, size * 0.2),
    )


def growing(years: int, per_cent: float, *, places: int = 1, noise: float = 0.05, seed: int = 0) -> F8:
    """(T, P) monthly means that grow by a known percentage a year, with season and independent noise."""
    rng = np.random.default_rng(seed)
    time = np.arange(12 * years)[:, None]
    log = np.log(10) + np.log1p(per_cent / 100) * time / 12 + 0.3 * np.sin(time * np.pi / 6)
    return np.exp(log + noise * rng.standard_normal((12 * years, places)))


def ask(given: ZonalSeries, **parameters: Any) -> Outcome:
    """The method's answer."""
    run = load("lights_trend")
    return run(
        Inputs({"series": (given,)}),
        Parameters.of(card("lights_trend"), {"draws": 99} | parameters),
        rng=np.random.default_rng(1),
    )
