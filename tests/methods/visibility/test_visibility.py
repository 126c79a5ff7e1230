"""The visibility test: its detection is the true one of the same detector, and it refuses what cannot be tested."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from scipy import ndimage

from dateline.core.where import Where
from dateline.imagery import visibility
from dateline.imagery.chip import Chip
from dateline.imagery.visibility import copies, difference, plant
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

FINE = 0.5
BLUR = 1.2


def ground(rng: np.random.Generator, size: int = 720) -> np.ndarray:
    """Texture of several scales, spread about 0.02 [reflectance]."""
    made = np.full((size, size), 0.2)
    for step, weight in ((4, 0.012), (16, 0.012), (60, 0.01)):
        coarse = rng.standard_normal((size // step + 2,) * 2)
        made += weight * ndimage.zoom(coarse, step, order=1)[:size, :size]
    return made


def blurred(scene: np.ndarray, factor: int) -> np.ndarray:
    """The scene over pixels of factor * FINE, after a Gaussian response."""
    soft = ndimage.gaussian_filter(scene, BLUR * factor / 2.3548)
    rows, columns = (length // factor for length in scene.shape)
    cut = soft[: rows * factor, : columns * factor]
    made: np.ndarray = cut.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    return made


def seen_by(scene: np.ndarray, factor: int, rng: np.random.Generator) -> np.ndarray:
    """What a sensor with pixels of factor * FINE sees, with noise."""
    image = blurred(scene, factor)
    return image + rng.normal(0, 0.002, image.shape)


def thing(length: int = 24, width: int = 6) -> np.ndarray:
    """A trench with spoil, 12 m by 3 m: dark and bright [reflectance]."""
    made = np.full((width, length), 0.05)
    made[: width // 3] = -0.03
    return 2 * made


def true_share(factor: int, rng: np.random.Generator, scenes: int = 5, each: int = 30) -> float:
    """How often the same detector finds a thing that stood on the ground itself before the coarse sensor looked.

    The detector knows the thing's form; it is the one of `plant`, on scenes of their own.
    """
    stamp, body = np.zeros((80, 80)), thing()
    stamp[28 : 28 + body.shape[0], 28 : 28 + body.shape[1]] = body
    made = copies(stamp, (FINE, FINE), (factor * FINE,) * 2, blur=BLUR)
    template = visibility._mean_copy(made)
    half = [max(copy.shape[axis] for copy in made) // 2 + 1 for axis in (0, 1)]
    found = []
    for _ in range(scenes):
        empty = seen_by(ground(rng, 100 * factor), factor, rng)
        response = visibility._response(empty - visibility._ground(empty, half), template)
        threshold = np.quantile(ndimage.maximum_filter(response, size=3), 0.99)
        for _ in range(each):
            block = rng.integers(6, empty.shape[0] - 6 - 240 // factor, 2)
            row, column = rng.integers(100, 130, 2)
            patch = np.zeros((240 // factor * factor,) * 2)
            patch[row : row + body.shape[0], column : column + body.shape[1]] = body
            image = empty.copy()
            size = 240 // factor
            image[block[0] : block[0] + size, block[1] : block[1] + size] += blurred(patch, factor)
            offsets = zip(block, (row, column), body.shape, strict=True)
            middle = [int(first + (at + size / 2) / factor) for first, at, size in offsets]
            response = visibility._response(image - visibility._ground(image, half), template)
            near = tuple(slice(at - 1, at + 2) for at in middle)
            found.append(response[near].max() > threshold)
    return float(np.mean(found))


def chip(name: str, values: np.ndarray, pixel: float, **more: Any) -> Chip:
    """An image of the invented place, its upper left corner at a fixed point."""
    grid = GeoBox(values.shape, Affine(pixel, 0, 500_000, 0, -pixel, 4_500_600), "EPSG:32652")
    told = {"id": name, "at": datetime(2024, 10, 1, 2, tzinfo=UTC), "sensor": "optical_declared", "bands": ("B04",)}
    made = {"quantity": "reflectance", "pixel": (pixel, pixel), "geobox": grid, "simulated": True}
    states = np.zeros(values.shape, np.uint8)
    return Chip(values=values[None].astype(np.float32), states=states, **{**told, **made, **more})


def ask(high: Chip, early: Chip, rows: slice, columns: slice, **parameters: Any) -> Outcome:
    """The method's answer for a thing in these pixels of the finer image."""
    way = Transformer.from_crs("EPSG:32652", "EPSG:4326", always_xy=True)
    a, _, c, _, e, f = tuple(high.geobox.affine)[:6]
    corners = [
        (columns.start, rows.start),
        (columns.stop, rows.start),
        (columns.stop, rows.stop),
        (columns.start, rows.stop),
    ]
    ring = [way.transform(a * x + c, e * y + f) for x, y in (*corners, corners[0])]
    thing = {"thing": Where(polygons=((tuple(ring),),))}
    inputs = Inputs({"high": (high,), "early": (early,), "thing": (thing,)})
    given = Parameters.of(card("visibility"), parameters)
    return load("visibility")(inputs, given, rng=np.random.default_rng(1))


def later(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A finer image that shows the thing, and its pixels."""
    values = ground(rng)[:200, :200] + rng.normal(0, 0.002, (200, 200))
    values[80:86, 80:104] += thing()
    mask = np.zeros((200, 200), bool)
    mask[80:86, 80:104] = True
    return values, mask


@pytest.mark.parametrize("factor", [4, 6, 8])
def test_the_recovered_share_is_the_true_detection(factor: int) -> None:
    """Over four pairs of images within a tenth of how often the same detector finds things that really stood there.

    One cut differs from another by the ground that shows through it, so that a single test may be off by more.
    """
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(4):
        values, mask = later(rng)
        made = copies(difference(values, mask), (FINE, FINE), (factor * FINE,) * 2, blur=BLUR)
        found = plant(seen_by(ground(rng, 100 * factor), factor, rng), made, false_alarm=0.01, trials=60, rng=rng)
        assert found is not None
        shares.append(found.share)
    assert abs(np.mean(shares) - true_share(factor, rng)) < 0.1


def test_nothing_of_the_thing_is_lost_between_grids() -> None:
    """What a copy adds in all is what the thing adds, whatever the pixel and the position between pixels."""
    values, mask = later(np.random.default_rng(1))
    added = difference(values, mask)
    for pixel in (0.7, 2.0, 3.3, 10.0):
        for copy in copies(added, (FINE, FINE), (pixel, pixel), blur=BLUR):
            assert copy.sum() * pixel**2 == pytest.approx(added.sum() * FINE**2, rel=0.1)


def test_a_fine_image_would_have_shown_it_and_a_coarse_one_not() -> None:
    """The method's own words, estimate and values for `bracketing`; both sides of the cliff."""
    rng = np.random.default_rng(2)
    values, _ = later(rng)
    high = chip("later", values, FINE)
    for factor, result in ((4, "visible"), (20, "not visible")):
        early = chip("earlier", seen_by(ground(rng), factor, rng), factor * FINE)
        outcome = ask(high, early, slice(80, 86), slice(80, 104))
        assert outcome.result == result
        tested = outcome.values["tested"]["earlier"]
        estimate = outcome.estimates["detection"]
        assert tested["detection"] == estimate.best
        assert estimate.n == 200
        assert tested["gsd"] == factor * FINE
        assert "simulated" in {note.code for note in outcome.caveats}


def test_images_without_a_common_unit_are_matched_by_spread() -> None:
    """Numbers ten times as large give nearly the same answer, with a caveat."""
    rng = np.random.default_rng(2)
    values, _ = later(rng)
    image = seen_by(ground(rng), 4, rng)
    high = chip("later", values, FINE, quantity="relative")
    outcome = ask(high, chip("earlier", 10 * image + 3, 4 * FINE, quantity="relative"), slice(80, 86), slice(80, 104))
    assert outcome.result == "visible"
    assert "gain-estimated" in {note.code for note in outcome.caveats}


def test_what_cannot_be_tested_is_refused_or_not_told() -> None:
    """A finer earlier image, an outline of two pixels, another band; an earlier image without a seen pixel."""
    rng = np.random.default_rng(2)
    values, _ = later(rng)
    image = seen_by(ground(rng), 4, rng)
    high, early = chip("later", values, FINE), chip("earlier", image, 4 * FINE)
    place = slice(80, 86), slice(80, 104)
    assert ask(chip("later", values, 4.0), chip("earlier", image, 1.0), *place).reasons[0].code == "not-finer"
    assert ask(high, early, slice(80, 81), slice(80, 82)).reasons[0].code == "thing-too-small"
    assert ask(high, early, *place, band="B09").reasons[0].code == "no-band"
    nothing = chip("earlier", np.full(image.shape, np.nan), 4 * FINE)
    outcome = ask(high, nothing, *place)
    assert (outcome.result, outcome.reasons[0].code) == ("cannot tell", "nothing-to-test")
