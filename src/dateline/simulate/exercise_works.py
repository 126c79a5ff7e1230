"""The exercise's field works: images of an invented base before and after digging, and what one could say of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.core.state import State
from dateline.evidence.atomic import write_atomic
from dateline.imagery.chip import Chip
from dateline.ledger.site_look import Answer, SiteLook
from dateline.ledger.site_look_files import write_site_looks
from dateline.simulate import exercise_trial, harbour
from dateline.simulate.exercise_picture import png
from dateline.simulate.fieldworks import Look, Template, in_pixels, layout, planted, seen
from dateline.simulate.harbour_world import CRS

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

SEED = 2
SIDE, PIXEL = 672, 0.5
"""Side of a fine image [px], and its pixel [m]."""
CORNER = (502_400.0, 4_686_300.0)
"""North-west corner in the grid of the coast [m]: near 47.98 S 122.97 W, open ocean."""
WIDTH, CONTRAST = 1.5, 0.25
"""Of the trenches: width [m], and by how much they are darker than their ground [1]."""
WORKS = Template(family="zigzag", leg=16.0, step=6.0, turn=0.9, spacing=30.0, lines=4, width=WIDTH)
STEPS = 3
"""Decimals of a pixel: ten bits, as sensors send them."""
DUG = (datetime(2024, 10, 5, 6, tzinfo=UTC), datetime(2024, 10, 20, 6, tzinfo=UTC))
"""When the first two trenches were dug, and when the others: the truth."""
PEOPLE = ("mk", "ab")
"""Who looked."""
COARSE = 24
"""Fine pixels on a side of a coarse one: too coarse for a trench."""
AROUND = 108
"""Side of a coarse image [px]."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One image. fine: of the fine sensor, else of the coarse one. cloudy: nothing of it can be seen."""

    at: datetime
    fine: bool
    cloudy: bool = False

    @property
    def name(self) -> str:
        """What the image is called."""
        return f"SIMULATED-{'fine' if self.fine else 'coarse'}-{self.at:%Y%m%dT%H%M}"

    @property
    def lines(self) -> int:
        """How many of the four trenches are there."""
        return sum(self.at >= dug for dug in DUG) * 2


PASSES = (
    Pass(datetime(2024, 7, 30, 19, 2, tzinfo=UTC), fine=True),
    Pass(datetime(2024, 9, 3, 19, 10, tzinfo=UTC), fine=True),
    Pass(datetime(2024, 9, 28, 18, 57, tzinfo=UTC), fine=True),
    Pass(datetime(2024, 10, 2, 19, 31, tzinfo=UTC), fine=False),
    Pass(datetime(2024, 10, 4, 19, 4, tzinfo=UTC), fine=True, cloudy=True),
    Pass(datetime(2024, 10, 7, 19, 33, tzinfo=UTC), fine=False),
    Pass(datetime(2024, 10, 9, 18, 55, tzinfo=UTC), fine=True),
    Pass(datetime(2024, 11, 1, 19, 6, tzinfo=UTC), fine=True),
)


@cache
def trenches() -> tuple[F8, ...]:
    """The four trenches, each as (n, 2) columns and rows of a fine image [px]."""
    rng = np.random.default_rng(SEED)
    return in_pixels(layout(WORKS, rng, jitter=0.08, length=120.0), (SIDE, SIDE), PIXEL, rng)


def length(count: int) -> float:
    """Of the first trenches together [m]."""
    return PIXEL * sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in trenches()[:count])


@cache
def _bare() -> F4:
    """The ground without works: fields, a track, fine texture [share of the brightest]."""
    rng = np.random.default_rng(SEED + 1)
    rough = sum(
        weight * layer / layer.std()
        for weight, size in ((0.03, 40), (0.02, 8), (0.02, 1))
        for layer in [ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), size)]
    )
    rows, columns = np.mgrid[:SIDE, :SIDE]
    track = np.exp(-(((columns - 60 - 0.25 * rows - 12 * np.sin(rows / 60)) / 5) ** 2))
    made: F4 = np.asarray(0.35 + rough + 0.12 * track, np.float32)
    return made


@cache
def fine(one: Pass) -> Chip:
    """One pass as a fine image."""
    rng = np.random.default_rng([SEED, int(one.at.timestamp())])
    dug = planted(_bare(), trenches()[: one.lines], width=WIDTH / PIXEL, contrast=CONTRAST)
    values = seen(dug, Look(shift=0.2, gain=0.05, field=0.04, season=0.2), rng)
    if one.cloudy:
        values = np.float32(0.75) + np.float32(0.03) * ndimage.gaussian_filter(
            rng.standard_normal(values.shape), 12
        ).astype(np.float32)
    return Chip(
        id=one.name,
        at=one.at,
        sensor="optical_declared",
        platform="SIMULATED",
        bands=("pan",),
        quantity="relative",
        values=np.round(values, STEPS)[None],
        states=np.full(values.shape, State.CLOUD if one.cloudy else State.OBSERVED, np.uint8),
        geobox=GeoBox(values.shape, Affine(PIXEL, 0, CORNER[0], 0, -PIXEL, CORNER[1]), CRS),
        pixel=(PIXEL, PIXEL),
        simulated=True,
    )


def coarse(one: Pass) -> F8:
    """(rows, columns) one pass as the coarse sensor sees it: means of COARSE x COARSE fine pixels."""
    whole = fine(one).values[0][: SIDE // COARSE * COARSE, : SIDE // COARSE * COARSE]
    made: F8 = whole.reshape(SIDE // COARSE, COARSE, SIDE // COARSE, COARSE).mean(axis=(1, 3), dtype=np.float64)
    return made


def coarse_chip(one: Pass) -> Chip:
    """One pass as an image of the coarse sensor with the ground around the base, for the visibility test."""
    rng = np.random.default_rng([SEED, COARSE, int(one.at.timestamp())])
    seen_here = coarse(one)
    wide = ndimage.gaussian_filter(rng.standard_normal((AROUND, AROUND)), 1)
    wide = seen_here.mean() + seen_here.std() * wide / wide.std()
    edge = (AROUND - len(seen_here)) // 2
    wide[edge : edge + len(seen_here), edge : edge + len(seen_here)] = seen_here
    values = np.round(wide, STEPS).astype(np.float32)
    side = PIXEL * COARSE
    west, north = CORNER[0] - edge * side, CORNER[1] + edge * side
    return Chip(
        id=one.name,
        at=one.at,
        sensor="optical_declared",
        platform="SIMULATED",
        bands=("pan",),
        quantity="relative",
        values=values[None],
        states=np.full(values.shape, State.OBSERVED, np.uint8),
        geobox=GeoBox(values.shape, Affine(side, 0, west, 0, -side, north), CRS),
        pixel=(side, side),
        simulated=True,
    )


def looks() -> tuple[SiteLook, ...]:
    """What two people said of each image, blind: right on fine ones; “absent” of coarse ones, which show nothing."""
    made = []
    for one in PASSES:
        answer: Answer = "obscured" if one.cloudy else "present" if one.fine and one.lines else "absent"
        made += [
            SiteLook(
                image=one.name,
                start=one.at,
                end=one.at,
                sensor=f"{'fine' if one.fine else 'coarse'} optical, simulated",
                gsd=PIXEL if one.fine else PIXEL * COARSE,
                answer=answer,
                by=who,
                independent=True,
                date_hidden=True,
                reason="cloud" if one.cloudy else None,
                simulated=True,
            )
            for who in PEOPLE
        ]
    return tuple(made)


def write(folder: Path) -> int:
    """Writes what is not there yet: fine/*.tif of what can be seen, coarse/*.tif, pictures/*.png and _texts()."""
    written = 0
    for one in PASSES:
        clear = one.fine and not one.cloudy
        if clear and not (folder / "fine" / f"{one.name}.simulated.tif").exists():
            written += len(harbour.write(folder / "fine", [fine(one)]))
        path = folder / "pictures" / f"{one.name}.png"
        if not path.exists():
            values = np.asarray(fine(one).values[0], np.float64) if one.fine else coarse(one)
            write_atomic(
                path, png(values, low=0.15, high=0.6 if not one.cloudy else 0.8, zoom=1 if one.fine else COARSE)
            )
            written += 1
        if not one.fine and not (folder / "coarse" / f"{one.name}.simulated.tif").exists():
            written += len(harbour.write(folder / "coarse", [coarse_chip(one)]))
    for name, text in _texts().items():
        if not (folder / name).exists():
            write_atomic(folder / name, text.encode())
            written += 1
    return written


def _texts() -> dict[str, str]:
    """What people said, what they found blind, the outline of the first trench, and the works of the other site."""
    first = trenches()[0] * (PIXEL, -PIXEL) + CORNER
    shown = [
        (one.name, "fine" if one.fine else "coarse", PIXEL if one.fine else PIXEL * COARSE)
        for one in (PASSES[2], PASSES[3])
    ]
    return {
        "SIMULATED_looks.jsonl": write_site_looks(looks()),
        "SIMULATED_blind_tests.csv": exercise_trial.blind_tests(shown, PEOPLE),
        "SIMULATED_trench.geojson": exercise_trial.outline(first, 2 * WIDTH),
        f"SIMULATED_lines_{exercise_trial.OTHER}.geojson": exercise_trial.other_works(WORKS),
    }
