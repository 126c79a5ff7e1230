"""Simulated seas with ships of known length, and the figures of `vessel_detection` for `make proof`.

Radar: gamma speckle of 4.4 looks on K texture, 10 m pixels; ships of lengths that are not those of the method's own
trials, brighter or fainter than it assumes. How often an interval holds the length, how often a plain sea shows a
vessel, and how often one of 100 m is found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import rasterio
from odc.geo.geobox import GeoBox

from dateline.imagery.chip import Chip, Pass
from dateline.methods import vessel_detection
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.vessel_detection.inject import Form, hull
from dateline.methods.vessel_detection.radar import CROSS_RATIO, cross_section

GRID = GeoBox((260, 260), rasterio.Affine(10, 0, 500_000, 0, -10, 4_000_000), "EPSG:32652")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sea:
    """texture: shape of the K law. rise: ships' brightness over what the method assumes [dB]. slender: length/beam."""

    texture: float = 10.0
    rise: float = 0.0
    slender: float = 6.5
    uneven: float = 2 / 3


SEAS = {
    "as assumed": Sea(),
    "rough sea": Sea(texture=2.0),
    "ships 6 dB fainter": Sea(rise=-6.0),
    "ships 6 dB brighter": Sea(rise=6.0),
    "broad ships, even": Sea(slender=5.0, uneven=0.3),
}


def scene(sea: Sea, lengths: list[float], rng: np.random.Generator) -> tuple[Chip, list[tuple[float, float]]]:
    """A sea with these ships on a lattice, and where they lie (row, column)."""
    shape = GRID.shape
    texture = rng.gamma(sea.texture, 1 / sea.texture, shape)
    places = [(45.0 + 85 * (n // 3) + rng.random(), 45.0 + 85 * (n % 3) + rng.random()) for n in range(len(lengths))]
    bands = []
    swing = 10 ** (rng.normal(0, 3, len(lengths)) / 10)
    shares = [
        hull(
            (length, length / sea.slender, rng.uniform(0, 180)),
            shape,
            at,
            (10.0, 10.0),
            Form(22.0, sea.uneven),
            rng=rng,
        )
        for length, at in zip(lengths, places, strict=True)
    ]
    for level, ratio in ((10**-1.6, 1.0), (10**-2.4, CROSS_RATIO)):
        values = level * texture * rng.gamma(4.4, 1 / 4.4, shape)
        for length, share, own in zip(lengths, shares, swing, strict=True):
            power = cross_section(length) * own * ratio * 10 ** (sea.rise / 10) / 100
            values = values + power * share * rng.gamma(4.4, 1 / 4.4, shape)
        bands.append(values)
    return Chip(
        id="SIMULATED", at=datetime(2024, 5, 1, tzinfo=UTC), sensor="sentinel1_grd", bands=("VV", "VH"),
        quantity="sigma0", values=np.stack(bands).astype(np.float32), states=np.zeros(shape, np.uint8), geobox=GRID,
        pixel=(10.0, 10.0), radar=Pass(looks=4.4), simulated=True,
    ), places  # fmt: skip


def ask(chip: Chip, seed: int, targets: int = 60) -> Outcome:
    """The method on one image."""
    given = Parameters.of(vessel_detection.CARD, {"targets": targets})
    return vessel_detection.run(Inputs({"images": (chip,)}), given, rng=np.random.default_rng(seed))


def lengths_held(sea: Sea, runs: int, seed: int) -> dict[str, Any]:
    """Nine ships of 50 to 280 m a scene: found, interval holds the length, and the interval's middle half-width."""
    rng = np.random.default_rng(seed)
    found = held = ships = 0
    widths = []
    for number in range(runs):
        lengths = rng.uniform(50, 280, 9).tolist()
        chip, places = scene(sea, lengths, rng)
        rows = [row for row in ask(chip, number).rows if row["seen"] == "ships"]
        for length, (row, column) in zip(lengths, places, strict=True):
            ships += 1
            near = [one for one in rows if _apart(one, row, column) < length / 2 + 20]
            if near and near[0]["length"] is not None:
                one = max(near, key=lambda each: each["length"])
                found += 1
                held += one["length_low"] <= length <= one["length_high"]
                widths.append((one["length_high"] - one["length_low"]) / 2)
    return {"found": found / ships, "length held": held / max(found, 1), "half width m": float(np.median(widths))}


def _apart(one: dict[str, Any], row: float, column: float) -> float:
    """Metres between a row of the answer and a place in the image."""
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32652", always_xy=True).transform(one["lon"], one["lat"])
    wanted = GRID.affine @ (column + 0.5, row + 0.5)
    return float(np.hypot(x - wanted[0], y - wanted[1]))


def false_alarms(sea: Sea, runs: int, seed: int) -> dict[str, Any]:
    """Vessels on seas without any, a scene of 6.8 km2; and how often the bound that is told is kept."""
    rng = np.random.default_rng(seed)
    false, area, told = 0, 0.0, []
    for number in range(runs):
        chip, _ = scene(replace(sea), [], rng)
        outcome = ask(chip, number, targets=0)
        false += outcome.values["vessels"]
        area += sum(outcome.values["water_km2"])
        told.append(outcome.estimates["false_alarms"].high or 0)
    return {"false a km2": false / area, "told at most": float(np.mean(told))}


def figures(runs: int = 40) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    return [
        {
            "what": "vessels",
            "sea": name,
            "runs": runs,
            **lengths_held(sea, runs, 10 + i),
            **false_alarms(sea, runs, 50 + i),
        }
        for i, (name, sea) in enumerate(SEAS.items())
    ]
