"""Images in memory, for tests of what is done with images."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from odc.geo.geobox import GeoBox
from shapely.geometry import mapping

from dateline.core import State, When, Where
from dateline.imagery.scene import Pixels, Scene

LAYER = "light"


@dataclass(frozen=True)
class FakeImage:
    """An image made of arrays; it remembers which windows were read."""

    scene: Scene
    data: dict[str, Pixels]
    notes: tuple[tuple[str, str], ...] = ()
    reads: list[tuple[str, slice, slice]] = field(default_factory=list)

    def layers(self) -> tuple[str, ...]:
        return tuple(self.data)

    def unit(self, layer: str) -> str:
        return "nW cm-2 sr-1"

    def read(self, layer: str, rows: slice, columns: slice) -> Pixels:
        self.reads.append((layer, rows, columns))
        whole = self.data[layer]
        nights = None if whole.nights is None else whole.nights[rows, columns]
        return Pixels(whole.values[rows, columns], whole.states[rows, columns], nights)


def grid(rows=12, columns=16, *, west=130.0, north=43.0, pixel=1 / 240, crs="EPSG:4326"):
    """A north-up grid; by default of 15 arc seconds near Rason."""
    return GeoBox((rows, columns), Affine(pixel, 0, west, 0, -pixel, north), crs)


def random_pixels(rng, shape, *, nights=True):
    """Values with every state among them, NaN where there is none."""
    states = rng.choice(np.arange(8), shape, p=[0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]).astype(np.uint8)
    values = rng.gamma(2, 3, shape).astype(np.float32)
    values[states == State.FLOOR] = 0
    values[states >= State.CLOUD] = np.nan
    counts = rng.integers(0, 30, shape).astype(np.uint16) if nights else None
    return Pixels(values, states, counts)


def image(
    pixels,
    geobox,
    *,
    when=None,
    product="VNP46A3",
    platform="S-NPP",
    produced=None,
    simulated=False,
    name="tile.h5",
    identity=None,
    notes=(),
    **layers,
):
    """A fake image of one main layer and perhaps others."""
    scene = Scene(
        id=identity or name,
        product=product,
        collection="2",
        platform=platform,
        when=when or When.month(2022, 3),
        geobox=geobox,
        path=Path("/nowhere") / name,
        licence="none",
        attribution="nobody",
        simulated=simulated,
        produced=produced,
    )
    return FakeImage(scene, {LAYER: pixels, **layers}, notes)


def month(index):
    """The index-th month after December 2021."""
    return When.month(2022 + index // 12, index % 12 + 1)


def no_digest(path):
    """Stands for a file's SHA-256 where there is no file."""
    return "0" * 64


def box(west, south, east, north):
    """A rectangle as an area."""
    return Where.area([[[(west, south), (east, south), (east, north), (west, north), (west, south)]]])


def dense(strips, places, shape):
    """The strips as an array of shares, (places, rows, columns)."""
    shares = np.zeros((places, *shape))
    for place, row, start, stop, share in zip(
        strips.place, strips.row, strips.start, strips.stop, strips.share, strict=True
    ):
        shares[place, row, start:stop] += share
    return shares


def area_of(shape):
    """A shapely polygon as an area."""
    return Where.from_json(mapping(shape))


def blob(seed, *, corners=40, holes=True):
    """A star-shaped polygon in degrees around the default grid, with a hole."""
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    x, y = 130 + rng.uniform(0.01, 0.05), 43 - rng.uniform(0.01, 0.04)
    reach = rng.uniform(0.003, 0.02, corners)
    ring = np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)])
    hole = np.column_stack([x + 0.002 * np.cos(turn), y + 0.002 * np.sin(turn)])
    shape = shapely.Polygon(ring, [hole[::-1]] if holes else [])
    return shape if shape.is_valid else shapely.make_valid(shape)
