"""Simulated paired sums with known truth, and the figures of `night_lights` for `make proof`.

The noise is that of a real monthly cube (Mumbai, EOG VIIRS, 2012-2022, about 14 clear nights a month), measured as the
scatter of same-month log ratios: single pixels 30 % (of which neighbours share 0.6, pixels 4 apart 0.15), 10 % shared
by all pixels of a place in one month, 8 % shared by all months of a year.
"""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from dateline.core.when import When
from dateline.imagery.tables import Look, Pair, PairedSums
from dateline.methods.contract import Parameters
from dateline.methods.night_lights.call import call_place
from dateline.methods.night_lights.family import as_family
from dateline.methods.night_lights.place import Measured, measure_place
from dateline.methods.night_lights.report import card
from dateline.methods.night_lights.sums import cut, pairs_of
from dateline.methods.night_lights.survey import settings_of

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
    """Paired months a year, 1 to 12; always the same ones."""
    years: int = 1
    """Years on each side."""
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


RUNS = 1000
CHUNK = 100
GROWTHS = (0.5, 0.7, 1.0, 1.4, 2.0)
SETTINGS = settings_of(Parameters.of(card(), {}))

_DESIGNS = (  # months, years, history
    (1, 1, 5),
    (1, 1, 8),
    (3, 1, 5),
    (4, 1, 0),
    (6, 1, 0),
    (6, 1, 5),
    (12, 1, 0),
    (12, 1, 3),
    (12, 1, 5),
    (12, 1, 8),
    (12, 3, 0),
    (12, 3, 5),
)
REGIMES: dict[str, Regime] = {
    f"{side * side} px, {months} x {years} months, {history} years before": Regime(
        side=side, months=months, years=years, history=history, varied=history < 5
    )
    for side in (3, 6, 20)
    for months, years, history in _DESIGNS
} | {
    "400 px, 1 x 1 months, 0 years before": Regime(side=20, months=1, varied=True),
    "36 px, 12 x 1 months, 5 years before, noise halved": Regime(history=5, month=0.05, year=0.04, pixel=0.15),
    "36 px, 12 x 1 months, 5 years before, noise doubled": Regime(history=5, month=0.2, year=0.16, pixel=0.45),
    "36 px, 12 x 1 months, 5 years before, 5 nights": Regime(history=5, nights=5),
    "36 px, 12 x 1 months, 5 years before, dim (2 nW)": Regime(history=5, median=2.0),
    "36 px, 12 x 1 months, 5 years before, uneven growth": Regime(history=5, patchy=0.5),
    "36 px, 12 x 1 months, 5 years before, 30 % unseen": Regime(history=5, unseen=0.3),
}
"""The regime over which the card states its coverage. Without history month and year noise vary between places."""


def measured(regime: Regime, runs: int, seed: int) -> tuple[list[Measured], np.ndarray]:
    """Independent places of a regime, measured, and their true log ratios."""
    rng = np.random.default_rng(seed)
    places, truth = [], []
    for start in range(0, runs, CHUNK):
        world = simulate(regime, min(CHUNK, runs - start), rng)
        pairs = pairs_of(world.sums)
        places += [measure_place(cut(world.sums, [i], pairs), SETTINGS, rng) for i in range(len(world.sums.places))]
        truth.append(np.log(world.truth))
    return places, np.concatenate(truth)


def covered(places: list[Measured], truth: np.ndarray) -> dict[str, float]:
    """Share of the 90 % intervals that hold the true ratio, of those that were given, and their median half-width."""
    bounds = [place.interval(SETTINGS.level, SETTINGS.floor) for place in places]
    given = [(low, high, true) for (low, high), true in zip(bounds, truth, strict=True) if low is not None]
    inside = sum(low <= true <= (high if high is not None else np.inf) for low, high, true in given)
    widths = [(high - low) / 2 for low, high, _ in given if high is not None and np.isfinite(low)]
    return {
        "given": len(given) / len(places),
        "covered": inside / max(len(given), 1),
        "factor": float(np.exp(np.median(widths))) if widths else np.nan,
    }


def answers(places: list[Measured]) -> dict[str, float]:
    """Share of each answer among places that are each asked about alone."""
    results = [call_place(place, SETTINGS).result for place in places]
    names = ("increase", "decrease", "no change found", "cannot tell")
    return {name: results.count(name) / len(places) for name in names}


def cell(regime: Regime, runs: int, seed: int) -> dict[str, float | None]:
    """One cell of the regime table: `runs` places that changed by GROWTHS in turn, and `runs` that did not change."""
    places, truth = measured(replace(regime, growth=GROWTHS), runs, seed)
    still, nothing = measured(regime, runs, seed + 1)
    null, grown = answers(still), answers(places[GROWTHS.index(1.4) :: len(GROWTHS)])
    return {
        **covered(places, truth),
        "covered, no change": covered(still, nothing)["covered"],
        # where growth is uneven by pixel the place as a whole does change
        "false calls": None if regime.patchy else null["increase"] + null["decrease"],
        "cannot tell, no change": null["cannot tell"],
        "called, +40 %": grown["increase"],
    }


def discoveries(regime: Regime, families: int, seed: int, *, changed: int = 40, of: int = 200) -> dict[str, float]:
    """Over families of 200 places of which some changed by a half: mean share of false calls among the calls made."""
    rng = np.random.default_rng(seed)
    growth = (*[1.5, 0.5] * (changed // 2), *[1.0] * (of - changed))
    false, found = [], []
    for _ in range(families):
        world = simulate(replace(regime, growth=growth), of, rng)
        pairs = pairs_of(world.sums)
        places = as_family([measure_place(cut(world.sums, [i], pairs), SETTINGS, rng) for i in range(of)], SETTINGS)
        called = [call_place(place, SETTINGS).result in {"increase", "decrease"} for place in places]
        false.append(sum(called[changed:]) / max(sum(called), 1))
        found.append(sum(called[:changed]) / changed)
    spread = float(np.std(false, ddof=1) / np.sqrt(families)) if families > 1 else np.nan
    return {"false": float(np.mean(false)), "error": spread, "found": float(np.mean(found))}


FAMILIES = {
    "36 px, 12 months, 5 years before": Regime(history=5),
    "36 px, 12 months, 8 years before": Regime(history=8),
    "36 px, 12 months, no history": Regime(varied=True),
    "36 px, 12 months, 8 years before, years shared by all places": Regime(history=8, shared_year=0.05),
    "400 px, 1 month, no history": Regime(side=20, months=1, varied=True),
}


def figures(runs: int = RUNS, families: int = 50) -> list[dict[str, Any]]:
    """All figures of the proof, one row each: coverage, false calls and power by regime, then false discoveries."""
    rows: list[dict[str, Any]] = []
    for number, (name, regime) in enumerate(REGIMES.items()):
        rows.append({"what": "interval", "regime": name, "runs": runs, **cell(regime, runs, 1000 + 2 * number)})
    for number, (name, regime) in enumerate(FAMILIES.items()):
        rows.append(
            {"what": "family of 200", "regime": name, "runs": families, **discoveries(regime, families, 4000 + number)}
        )
    return rows


def markdown(rows: list[dict[str, Any]]) -> str:
    """The figures as Markdown tables, one for each kind of row."""
    parts = []
    for kind in dict.fromkeys(row["what"] for row in rows):
        chosen = [row for row in rows if row["what"] == kind]
        names = [name for name in chosen[0] if name != "what"]
        lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
        lines += [f"| {' | '.join(_cell(row[name]) for name in names)} |" for row in chosen]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.stdout.write(markdown(figures()))
