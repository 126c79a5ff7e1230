"""Nights written by hand, whose outage is known without computing it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from dateline.core.when import When
from dateline.imagery.tables import F8, Look, ZonalSeries
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

FIRST = date(2013, 1, 1)
NIGHTLY: dict[str, Any] = {
    "product": "VNP46A2",
    "layer": "DNB_BRDF-Corrected_NTL",
    "unit": "nW cm-2 sr-1",
    "collection": "2",
    "platform": "Suomi-NPP",
}


def nights(
    means: F8, *, size: float = 25.0, share: float = 1.0, filled: F8 | None = None, **changes: Any
) -> ZonalSeries:
    """(T, P) means of consecutive nights from 1 January 2013 at places of `size` pixels; NaN is a cloudy night."""
    count, places = means.shape
    seen = np.where(np.isfinite(means), share * size, 0)
    weight = np.zeros((count, places, 8))
    weight[:, :, 0], weight[:, :, 4] = seen, size - seen
    looks = tuple(Look(when=When.on(FIRST + timedelta(days=at)), **(NIGHTLY | changes)) for at in range(count))
    return ZonalSeries(
        places=tuple(f"place-{index}" for index in range(places)),
        looks=looks,
        total=np.where(seen > 0, means * seen, np.nan),
        area_total=means,
        weight=weight,
        lit=seen,
        nights=np.full(means.shape, np.nan),
        size=np.full(places, size),
        area=np.full(places, size * 0.2),
        other={} if filled is None else {"Gap_Filled_DNB_BRDF-Corrected_NTL": filled * size},
    )


def town(count: int = 200, *, level: float = 10.0, cloudy: float = 0.5, seed: int = 0) -> F8:
    """(count, 1) nights of a lit town; half of them cloudy, 20 % of noise."""
    rng = np.random.default_rng(seed)
    means = level * np.exp(0.2 * rng.standard_normal((count, 1)))
    means[rng.random(count) < cloudy] = np.nan
    return means


def ask(given: ZonalSeries, load_record: ZonalSeries | None = None, **parameters: Any) -> Outcome:
    """The method's answer."""
    roles: dict[str, tuple[ZonalSeries, ...]] = {"series": (given,)}
    if load_record is not None:
        roles["load"] = (load_record,)
    return load("outage")(Inputs(roles), Parameters.of(card("outage"), parameters), rng=np.random.default_rng(1))
