"""Simulated paired sums with known truth, and the figures of `night_lights` for `make proof`.

The noise is that of a real monthly cube (Mumbai, EOG VIIRS, 2012-2022, about 14 clear nights a month), measured as the
scatter of same-month log ratios: single pixels 30 % (of which neighbours share 0.6, pixels 4 apart 0.15), 10 % shared
by all pixels of a place in one month, 8 % shared by all months of a year.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from dateline.core.when import When
from dateline.imagery.tables import Look, Pair, PairedSums

FLOOR = 0.5
RING = 1
"""Pixels of dim land around the lit square."""
YEAR_A, YEAR_B = 2019, 2022


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One cell of the regime table. Noise as standard deviation of the log ratio of two looks."""

    side: int = 6
    """Lit pixels a side: 3 is a small port (9), 20 a city (400)."""
    months: int = 12
    years: int = 1
    """Years on each side; months are those of each year."""
    history: int = 0
    """Pairs of consecutive years before A."""
    nights: float = 14.0
    unseen: float = 0.1
    """Share of the looks' corners that a cloud bank takes away."""
    pixel: float = 0.30
    month: float = 0.10
    year: float = 0.08
    varied: bool = False
    """Whether month and year noise differ from place to place (scaled inverse chi-square with 4 degrees)."""
    shared_year: float = 0.0
    """Further year noise that all places share."""
    growth: tuple[float, ...] = (1.0,)
    """True ratios; places take them in turn."""
    patchy: float = 0.0
    """Standard deviation of the pixels' own log growth around the place's."""
    median: float = 8.0
    """Typical brightness of a lit pixel [nW cm-2 sr-1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """Paired sums and the ratio that is true of each place."""

    sums: PairedSums
    truth: np.ndarray


def simulate(regime: Regime, places: int, rng: np.random.Generator) -> Simulated:
    """Places of one kind, each with its own noise, seen in all the looks that the regime needs."""
    years_a = [YEAR_A + step for step in range(regime.years)]
    years_b = [YEAR_A + regime.years + 2 + step for step in range(regime.years)]
    years_h = [YEAR_A - step for step in range(regime.history, 0, -1)]
    years = [*years_h, *years_a, *years_b]
    calendar = [1 + (2 + step) % 12 for step in range(regime.months)]
    light_a, light_b = _true_light(regime, places, rng)
    truth = light_b.sum(axis=(1, 2)) / light_a.sum(axis=(1, 2))
    month_sd, year_sd = (_own(sd, regime, places, rng) / np.sqrt(2) for sd in (regime.month, regime.year))
    looks, values, seen = [], [], []
    for year in years:
        light = light_b if year in years_b else light_a
        common = rng.normal(size=places) * year_sd + rng.normal() * regime.shared_year / np.sqrt(2)
        for month in calendar:
            looks.append(_look(year, month))
            shared = common + rng.normal(size=places) * month_sd * np.sqrt(14 / regime.nights)
            values.append(_seen_light(light, shared, regime, rng))
            seen.append(_seen(light.shape, regime.unseen, rng))
    pairs = [
        Pair(kind="change", a=_at(years, ya, calendar, m), b=_at(years, yb, calendar, m))
        for ya, yb in zip(years_a, years_b, strict=True)
        for m in range(len(calendar))
    ]
    chain = [*years_h, years_a[0]] if years_h else []
    pairs += [
        Pair(kind="history", a=_at(years, ya, calendar, m), b=_at(years, yb, calendar, m))
        for ya, yb in itertools.pairwise(chain)
        for m in range(len(calendar))
    ]
    sums = paired(np.array(values), np.array(seen), looks, pairs, nights=regime.nights)
    return Simulated(sums=sums, truth=truth)


def paired(values: np.ndarray, seen: np.ndarray, looks: list[Look], pairs: list[Pair], *, nights: float) -> PairedSums:
    """Paired sums of (looks, places, rows, columns) of radiance, cells of one pixel, floored like Collection 2."""
    _, places, height, width = values.shape
    flat, ok = values.reshape(len(values), -1), seen.reshape(len(seen), -1)
    a, b = ([pair.a for pair in pairs], [pair.b for pair in pairs])
    both = ok[a] & ok[b]
    weight = both.astype(float)
    one, two = flat[a], flat[b]
    lit_a, lit_b = (both & (value >= FLOOR) for value in (one, two))
    rows, columns = np.indices((height, width))
    lost = np.zeros((len(pairs), places, 8))
    lost[:, :, 4] = (~both).reshape(len(pairs), places, -1).sum(axis=2)
    zeros = np.zeros((len(pairs), places))
    return PairedSums(
        places=tuple(f"place-{index:04d}" for index in range(places)),
        looks=tuple(looks),
        pairs=tuple(pairs),
        cell_place=np.repeat(np.arange(places), height * width).astype(np.int32),
        cell_row=np.tile(rows.ravel(), places).astype(np.int32),
        cell_column=np.tile(columns.ravel(), places).astype(np.int32),
        sum_a=np.where(lit_a, one, 0.0),
        sum_b=np.where(lit_b, two, 0.0),
        weight=weight,
        lit_a=lit_a.astype(float),
        lit_b=lit_b.astype(float),
        both_a=np.where(lit_a & lit_b, one, 0.0),
        both_b=np.where(lit_a & lit_b, two, 0.0),
        lost=lost,
        snow_a=zeros,
        snow_b=zeros,
        nights_a=zeros + nights,
        nights_b=zeros + nights,
        size=np.full(places, float(height * width)),
        area=np.full(places, height * width * 0.155),
        pixel_km=np.tile([0.463, 0.335], (places, 1)),
        grain=np.ones(places, dtype=np.int32),
    )


def _look(year: int, month: int) -> Look:
    return Look(
        when=When.month(year, month),
        product="VNP46A3",
        layer="AllAngle_Composite_Snow_Free",
        unit="nW cm-2 sr-1",
        collection="2",
        platform="Suomi-NPP",
        simulated=True,
    )


def _at(years: list[int], year: int, calendar: list[int], month: int) -> int:
    return years.index(year) * len(calendar) + month


def _own(sd: float, regime: Regime, places: int, rng: np.random.Generator) -> np.ndarray:
    if not regime.varied:
        return np.full(places, sd)
    return sd * np.sqrt(4 / rng.chisquare(4, size=places))


def _true_light(regime: Regime, places: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    wide = regime.side + 2 * RING
    light = rng.uniform(0.1, 0.45, size=(places, wide, wide))
    inner = slice(RING, RING + regime.side)
    lit = regime.median * np.exp(rng.normal(0, 0.9, size=(places, regime.side, regime.side)))
    light[:, inner, inner] = np.maximum(lit, 1.0)
    growth = np.resize(np.array(regime.growth), places)[:, None, None]
    own = np.exp(rng.normal(0, regime.patchy, size=light.shape)) if regime.patchy else 1.0
    grown = light.copy()
    grown[:, inner, inner] = (light * growth * own)[:, inner, inner]
    return light, grown


def _seen_light(light: np.ndarray, shared: np.ndarray, regime: Regime, rng: np.random.Generator) -> np.ndarray:
    fine = rng.normal(size=light.shape)
    near = gaussian_filter(rng.normal(size=light.shape), (0, 0.8, 0.8), mode="wrap")
    far = gaussian_filter(rng.normal(size=light.shape), (0, 4, 4), mode="nearest")
    field = 0.5 * fine + 0.73 * near / near.std() + 0.47 * far / max(far.std(), 1e-9)
    scale = regime.pixel / np.sqrt(2) * np.sqrt(14 / regime.nights)
    noisy = light * np.exp(shared[:, None, None] + scale * field - scale**2 / 2)
    return noisy + rng.normal(0, 0.07, size=light.shape)


def _seen(shape: tuple[int, ...], share: float, rng: np.random.Generator) -> np.ndarray:
    seen = np.ones(shape, dtype=bool)
    height, width = shape[1:]
    for place in np.flatnonzero(rng.random(shape[0]) < 2 * share):
        rows, columns = rng.integers(1, height), rng.integers(1, width)
        seen[place, :rows, :columns] = False
    return seen
