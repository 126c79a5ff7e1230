"""Paired sums written by hand: a few places of a few pixels, whose answer is known without computing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dateline.core.when import When
from dateline.imagery.tables import Look, Pair, PairedSums, ZonalSeries
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.night_lights import run
from dateline.methods.night_lights.report import card

FLOOR = 0.5


def look(when: str, **changes: Any) -> Look:
    """A look of a month of Black Marble; any field can be changed."""
    fields: dict[str, Any] = {
        "product": "VNP46A3",
        "layer": "NearNadir_Composite_Snow_Free",
        "unit": "nW cm-2 sr-1",
        "collection": "2",
        "platform": "Suomi-NPP",
    }
    return Look(when=When.from_edtf(when), **(fields | changes))


def change(pairs: int) -> tuple[Pair, ...]:
    """Pairs of the looks 0 and 1, 2 and 3, and so on."""
    return tuple(Pair(kind="change", a=2 * index, b=2 * index + 1) for index in range(pairs))


def sums(
    values: np.ndarray,
    looks: Sequence[Look],
    pairs: Sequence[Pair] = change(1),
    *,
    names: Sequence[str] = (),
    nights: float = 10.0,
    snow: float = 0.0,
    **fields: Any,
) -> PairedSums:
    """Paired sums of radiances (looks, places, rows, columns), NaN where not seen; cells of one pixel."""
    _, places, height, width = values.shape
    flat = np.asarray(values, dtype=float).reshape(len(values), -1)
    a, b = flat[[pair.a for pair in pairs]], flat[[pair.b for pair in pairs]]
    both = np.isfinite(a) & np.isfinite(b)
    lit_a, lit_b = both & (a >= FLOOR), both & (b >= FLOOR)
    rows, columns = np.indices((height, width))
    lost = np.zeros((len(pairs), places, 8))
    lost[:, :, 6] = (~both).reshape(len(pairs), places, -1).sum(axis=2)
    zeros = np.zeros((len(pairs), places))
    parts: dict[str, Any] = {
        "places": tuple(names) or tuple(f"p{index}" for index in range(places)),
        "looks": tuple(looks),
        "pairs": tuple(pairs),
        "cell_place": np.repeat(np.arange(places), height * width).astype(np.int32),
        "cell_row": np.tile(rows.ravel(), places).astype(np.int32),
        "cell_column": np.tile(columns.ravel(), places).astype(np.int32),
        "sum_a": np.where(lit_a, a, 0.0),
        "sum_b": np.where(lit_b, b, 0.0),
        "weight": both.astype(float),
        "lit_a": lit_a.astype(float),
        "lit_b": lit_b.astype(float),
        "both_a": np.where(lit_a & lit_b, a, 0.0),
        "both_b": np.where(lit_a & lit_b, b, 0.0),
        "lost": lost,
        "snow_a": zeros + snow,
        "snow_b": zeros,
        "nights_a": zeros + nights,
        "nights_b": zeros + nights,
        "size": np.full(places, float(height * width)),
        "area": np.full(places, height * width * 0.155),
        "pixel_km": np.tile([0.463, 0.335], (places, 1)),
        "grain": np.ones(places, dtype=np.int32),
    }
    return PairedSums(**(parts | fields))


def town(side: int = 24, radiance: float = 10.0, *, places: int = 1) -> np.ndarray:
    """Places evenly lit: (places, side, side) [nW cm-2 sr-1]."""
    return np.full((places, side, side), radiance)


def months(ratio: float, count: int, *, jitter: float = 0.02, places: int = 1, side: int = 6) -> PairedSums:
    """`count` months of 2021 and 2024 whose ratios scatter evenly around `ratio` by a factor of `jitter`."""
    factors = ratio * np.exp(jitter * np.linspace(-1, 1, count))
    values = np.stack([town(side, places=places) * factor for each in factors for factor in (1.0, each)])
    looks = [look(f"{year}-{month:02d}") for month in range(1, count + 1) for year in (2021, 2024)]
    return sums(values, looks, change(count))


def with_history(ratio: float, years: Sequence[float], *, months_a_year: int = 3, side: int = 6) -> PairedSums:
    """A change of `ratio` after years whose levels stood at `years` (the last of them is the year before)."""
    levels = [*years, years[-1] * ratio]
    wobble = 1 + 0.01 * np.cos(np.arange(months_a_year * len(levels)) * 2.4)
    values = np.stack(
        [town(side) * level * wobble[index] for index, level in enumerate(np.repeat(levels, months_a_year))]
    )
    looks = [look(f"{2010 + y}-{m:02d}") for y in range(len(levels)) for m in range(1, months_a_year + 1)]
    last = len(levels) - 1

    def at(year: int, month: int) -> int:
        return year * months_a_year + month

    pairs = [Pair(kind="change", a=at(last - 1, m), b=at(last, m)) for m in range(months_a_year)]
    pairs += [Pair(kind="history", a=at(y, m), b=at(y + 1, m)) for y in range(last - 1) for m in range(months_a_year)]
    return sums(values, looks, pairs)


def table(before: np.ndarray, after: np.ndarray, looks: Sequence[Look]) -> ZonalSeries:
    """A table of values measured by somebody else: one value a place at two times; each place one seen pixel.

    Whether that pixel is lit is not said.
    """
    total = np.stack([before, after]).astype(float)
    weight = np.zeros((*total.shape, 8))
    weight[:, :, 0] = np.isfinite(total)
    return ZonalSeries(
        places=tuple(f"cell-{index}" for index in range(total.shape[1])),
        looks=tuple(looks),
        total=total,
        area_total=total,
        weight=weight,
        lit=np.full(total.shape, np.nan),
        nights=np.full(total.shape, np.nan),
        size=np.ones(total.shape[1]),
        area=np.ones(total.shape[1]),
    )


def ask(given: PairedSums | ZonalSeries, parameters: dict[str, Any] | None = None, **roles: tuple[Any, ...]) -> Outcome:
    """The method's answer, with a fixed seed."""
    role = "pairs" if isinstance(given, PairedSums) else "table"
    inputs = Inputs({role: (given,), **roles})
    return run(inputs, Parameters.of(card(), parameters or {}), rng=np.random.default_rng(7))


def codes(notes: Sequence[Any]) -> set[str]:
    """The codes of notes."""
    return {note.code for note in notes}
