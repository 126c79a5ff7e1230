"""Months and days written by hand, whose change at an event is known without computing it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from dateline.core.when import When
from dateline.imagery.tables import F8, Look, ZonalSeries
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.event_study.listing import Listed, Registration

FIRST = 2013
COUNT: dict[str, Any] = {"product": "declared", "layer": "count", "unit": "trains", "platform": "clerk"}
LIGHT: dict[str, Any] = {
    "product": "VNP46A3",
    "layer": "AllAngle_Composite_Snow_Free",
    "unit": "nW cm-2 sr-1",
    "collection": "2",
    "platform": "Suomi-NPP",
}


def made(values: F8, whens: list[When], fields: dict[str, Any], names: tuple[str, ...] = ()) -> ZonalSeries:
    """(T, P) values, one pixel a place; NaN is a gap."""
    weight = np.zeros((*values.shape, 8))
    weight[:, :, 0], weight[:, :, 6] = np.isfinite(values), ~np.isfinite(values)
    unknown = np.full(values.shape, np.nan)
    places = values.shape[1]
    return ZonalSeries(
        places=names or tuple(f"place-{index}" for index in range(places)),
        looks=tuple(Look(when=when, **fields) for when in whens),
        total=values,
        area_total=unknown,
        weight=weight,
        lit=unknown,
        nights=unknown,
        size=np.ones(places),
        area=np.ones(places),
    )


def months(values: F8, *, names: tuple[str, ...] = (), **changes: Any) -> ZonalSeries:
    """Consecutive months from January 2013; values: (T,) or (T, P)."""
    table = values[:, None] if values.ndim == 1 else values
    whens = [When.month(FIRST + at // 12, at % 12 + 1) for at in range(len(table))]
    return made(table, whens, COUNT | changes, names)


def days(values: F8, **changes: Any) -> ZonalSeries:
    """Consecutive days from 1 January 2013; values: (T,)."""
    whens = [When.on(date(FIRST, 1, 1) + timedelta(days=at)) for at in range(len(values))]
    return made(values[:, None], whens, COUNT | changes)


def usual(
    count: int = 84, *, step: float = 0.0, at: int = 48, seed: int = 0, level: float = 50.0, phi: float = 0.3
) -> F8:
    """(count,) a level, a season, noise of about one that is partly carried over, and a step from one look on."""
    rng = np.random.default_rng(seed)
    white, found = rng.standard_normal(count), np.zeros(count)
    for index in range(count):
        found[index] = white[index] + (phi * found[index - 1] if index else 0.0)
    time = np.arange(count)
    return level + found + 2 * np.sin(time * np.pi / 6) + step * (time >= at)


def month_of(step: int) -> str:
    """The month of one look, in EDTF."""
    return f"{FIRST + step // 12}-{step % 12 + 1:02}"


def ask(
    series: ZonalSeries,
    *events: Listed,
    dates: str | None = None,
    beside: ZonalSeries | None = None,
    registration: Registration | None = None,
    **parameters: Any,
) -> Outcome:
    """The method's answer."""
    roles: dict[str, tuple[Any, ...]] = {"series": (series,), "events": events}
    if beside is not None:
        roles["control_series"] = (beside,)
    if registration is not None:
        roles["registration"] = (registration,)
    given = {"draws": 199, "dates": dates} | parameters
    return load("event_study")(Inputs(roles), Parameters.of(card("event_study"), given), rng=np.random.default_rng(1))


def event(step: int, name: str = "strike", last: int | None = None) -> Listed:
    """An event in one month, or in a run of months."""
    end = step if last is None else last
    return Listed(id=name, title=name, when=When.from_edtf(f"{month_of(step)}/{month_of(end)}"))


def codes(notes: Any) -> list[str]:
    """The codes of notes."""
    return [note.code for note in notes]
