"""Simulated shadows of a known instant, day and place, and the figures of `sun_shadow` for `make proof`.

A post leans by a degree (one standard deviation) in any direction, the ground rises along the shadow by a slope
measured to 0.5, the end of the shadow is read anywhere within the blur of the sun's disc, its length
to 5 %, its direction to 2 degrees; the clock is off by a minute. Shadows are made by the geometry itself, not by the
straight lines that the method propagates. The sun is the method's own engine: its error is shown elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from dateline.media import sun
from dateline.media.shadow import Shadow, ratio_of
from dateline.methods.sun_shadow.clues import Air, Case, case_of
from dateline.methods.sun_shadow.cutoff import cuts
from dateline.methods.sun_shadow.line import STEP, through
from dateline.methods.sun_shadow.surface import everywhere, surface

LATITUDES = (-33.9, 1.3, 43.8, 59.9)
SEASONS = ((2024, 3, 20), (2024, 6, 21), (2024, 10, 18), (2024, 12, 21))
HOURS = (-4.0, -2.0, 0.0, 3.0)
"""[h] From the sun's highest stand."""
WAYS = ("length", "direction", "both")
LON = 131.95
BARE = Shadow(id="post", azimuth_sigma=2.0, slope=0.0, slope_sigma=0.5, tilt_sigma=1.0)


def noon(day: tuple[int, int, int], lat: float) -> float:
    """The instant [s] of the sun's highest stand."""
    at = datetime(*day, tzinfo=UTC).timestamp() - LON * 240 + np.arange(8, 16, 1 / 120) * 3600
    return float(at[np.argmax(sun.positions(at, LON, lat).elevation)])


def measured(way: str, at: float, spot: tuple[float, float], rng: np.random.Generator, kind: Shadow = BARE) -> Shadow:
    """A shadow of an instant [s] at (lon, lat) as somebody may have measured it; elevation must be above 3 degrees."""
    sky = sun.positions(at, *spot)
    elevation = float(sky.elevation + sun.refraction(sky.elevation))
    tip = elevation + rng.uniform(-kind.penumbra, kind.penumbra)
    tilt, aside = rng.normal(0, kind.tilt_sigma, 2)
    slope = float(np.clip((kind.slope or 0) + rng.normal(0, kind.slope_sigma), 1 - elevation, 40))
    ratio = float(ratio_of(np.array([tip]), slope=slope, tilt=tilt)[0]) * (1 + kind.sigma * rng.normal())
    swung = np.degrees(np.arctan(np.tan(np.radians(elevation)) * np.tan(np.radians(aside))))
    azimuth = (float(sky.azimuth) + 180 + swung + rng.normal(0, kind.azimuth_sigma)) % 360
    return replace(
        kind, ratio=max(ratio, 0.01) if way != "direction" else None, azimuth=azimuth if way != "length" else None
    )


def of_hours(
    way: str, lat: float, day: tuple[int, int, int], hour: float, *, runs: int, seed: int
) -> dict[str, Any] | None:
    """Share of sets that hold the instant and their median width [minutes]; None unless the sun stands at 8 to 75.

    The cut is the method's, computed once for all runs over the whole day (it does not depend on what was measured).
    """
    rng = np.random.default_rng(seed)
    true = noon(day, lat) + 3600 * hour
    if not 8 <= float(sun.positions(true, LON, lat).elevation) <= 75:
        return None
    at = np.arange(true - 3600 * hour - 43_200, true - 3600 * hour + 43_200, STEP)
    case = case_of([measured(way, true, (LON, lat), rng)], Air(), north=True)
    said = case.said(case.look(at, LON, lat))
    here = int(np.searchsorted(at, true))
    window = np.abs(np.arange(at.size) - here) <= 8
    cut = cuts(case, said, np.where(window & said.possible, 0.0, 1e6), level=0.95, rng=rng, draws=4000)
    held, widths = 0, []
    for _ in range(runs):
        one = case_of([measured(way, true, (LON, lat), rng)], Air(), north=True)
        cost = one.fit(said).cost
        inside = cost - cost.min() <= cut
        own = float(np.interp(true, at[here - 1 : here + 2], (cost - cost.min() - cut)[here - 1 : here + 2]))
        held += own <= 0
        widths.append(inside.sum() * STEP / 60)
    return {"covers": held / runs, "minutes": float(np.median(widths))}


def of_answers(lat: float, runs: int, seed: int) -> dict[str, Any]:
    """The same through the whole of `through`, at random hours of random days, both clues: covers, median minutes."""
    rng = np.random.default_rng(seed)
    held, widths = 0, []
    for _ in range(runs):
        day = SEASONS[rng.integers(len(SEASONS))]
        top = noon(day, lat)
        true = top + rng.uniform(-5, 5) * 3600
        while not 8 <= float(sun.positions(true, LON, lat).elevation) <= 75:
            true = top + rng.uniform(-5, 5) * 3600
        case = case_of([measured("both", true, (LON, lat), rng)], Air(), north=True)
        line = through(case, np.arange(top - 43_200, top + 43_200, STEP), [(LON, lat)], level=0.95, rng=rng)
        assert line is not None
        held += any(a <= true <= b for a, b in line.spans)
        widths.append(line.width / 60)
    return {"covers": held / runs, "minutes": float(np.median(widths))}


def of_days(lat: float, hour: float, runs: int, seed: int, way: str = "length") -> dict[str, Any]:
    """Share of sets of days that hold the day, drawn from all of 2024, and their median size [days]."""
    rng = np.random.default_rng(seed)
    at = datetime(2024, 1, 1, tzinfo=UTC).timestamp() - LON * 240 + 43_200 + hour * 3600 + 86_400.0 * np.arange(366)
    height = sun.positions(at, LON, lat).elevation
    up = np.flatnonzero((height >= 8) & (height <= 75))
    held, sizes = 0, []
    for _ in range(runs):
        true = float(at[rng.choice(up)])
        case = case_of([measured(way, true + rng.normal(0, 60), (LON, lat), rng)], Air(), north=True, clock=60.0)
        line = through(case, at, [(LON, lat)], level=0.95, rng=rng, days=True)
        assert line is not None
        held += any(a <= true <= b for a, b in line.spans)
        sizes.append(sum((b - a) / 86_400 + 1 for a, b in line.spans))
    return {"covers": held / runs, "days": float(np.median(sizes))}


def of_places(way: str, runs: int, seed: int, level: float = 0.95) -> dict[str, Any]:
    """Share of areas that hold the place, drawn from the Earth under a sun of 8 to 75, and median size [1000 km2]."""
    rng = np.random.default_rng(seed)
    held, sizes = 0, []
    while len(sizes) < runs:
        at = datetime(2024, 1, 1, tzinfo=UTC).timestamp() + rng.uniform(0, 366 * 86_400)
        spot = (float(rng.uniform(-180, 180)), float(np.degrees(np.arcsin(rng.uniform(-1, 1)))))
        elevation = float(sun.positions(at, *spot).elevation)
        if not 8 <= elevation <= 75:
            continue
        case = case_of([measured(way, at + rng.normal(0, 60), spot, rng)], Air(), north=True, clock=60.0)
        found = surface(case, everywhere(at), levels=(0.5, level), finest=0.25)
        assert found is not None
        column, row = int((spot[0] + 180) / found.step), int((spot[1] + 90) / found.step)
        mine = (found.column == column) & (found.row == row)
        held += bool((found.cost[mine] <= found.limits[level]).any())
        sizes.append(found.km2(level) / 1000)
    return {"covers": held / runs, "thousand_km2": float(np.median(sizes))}


def pair(rng: np.random.Generator, true: float, spot: tuple[float, float]) -> Case:
    """Two shadows of one post of unknown height, three hours apart."""
    kind = replace(BARE, tilt_sigma=0.2, slope_sigma=0.2)
    made = [measured("length", true + late, spot, rng, kind) for late in (0.0, 10_800.0)]
    bare = [
        replace(one, ratio=None, length=2 * (one.ratio or 0), after=late)
        for one, late in zip(made, (0.0, 10_800.0), strict=True)
    ]
    return case_of(bare, Air(), north=True)


def of_pairs(runs: int, seed: int) -> dict[str, Any]:
    """Sets of the first instant from two shadows of one object of unknown height: covers, median minutes."""
    rng = np.random.default_rng(seed)
    held, widths = 0, []
    top = noon((2024, 10, 18), 43.8)
    for _ in range(runs):
        true = top + rng.uniform(-4, 1) * 3600
        line = through(pair(rng, true, (LON, 43.8)), np.arange(top - 43_200, top + 43_200, STEP), [(LON, 43.8)],
                       level=0.95, rng=rng)  # fmt: skip
        assert line is not None
        held += any(a <= true <= b for a, b in line.spans)
        widths.append(line.width / 60)
    return {"covers": held / runs, "minutes": float(np.median(widths))}


def figures(runs: int = 1500) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    rows: list[dict[str, Any]] = []
    for way in WAYS:
        for lat in LATITUDES:
            made = [
                of_hours(way, lat, day, hour, runs=runs // 3, seed=100 * i + j)
                for i, day in enumerate(SEASONS)
                for j, hour in enumerate(HOURS)
            ]
            found = [one for one in made if one is not None]
            rows.append({
                "what": "hours", "from": way, "latitude": lat, "cells": len(found), "runs": runs // 3 * len(found),
                "covers": float(np.mean([one["covers"] for one in found])),
                "least_cell": min(one["covers"] for one in found), "most_cell": max(one["covers"] for one in found),
                "median_minutes": float(np.median([one["minutes"] for one in found])),
            })  # fmt: skip
    rows += [{"what": "hours, whole answers", "latitude": lat, "runs": runs // 5, **of_answers(lat, runs // 5, 7)}
             for lat in LATITUDES]  # fmt: skip
    rows.append({"what": "hours, two shadows, height unknown", "latitude": 43.8, "runs": runs // 5,
                 **of_pairs(runs // 5, 8)})  # fmt: skip
    rows += [{"what": "days", "latitude": lat, "hour": hour, "runs": runs // 5, **of_days(lat, hour, runs // 5, 9)}
             for lat in (1.3, 43.8, 59.9) for hour in (0.0, -3.0)]  # fmt: skip
    rows += [{"what": "places", "from": way, "runs": runs // 3, **of_places(way, runs // 3, 10)} for way in WAYS]
    return rows
