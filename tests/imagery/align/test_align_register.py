"""Registration: known shifts come out, unrelated images are refused, and the certificate tells how well it fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.core.errors import Refusal
from dateline.core.state import State
from dateline.imagery.align.certificate import blocks_claim, closure, relief_lean
from dateline.imagery.align.planes import collar_of, without_collar
from dateline.imagery.align.register import aligned, masked_correlation, register
from dateline.imagery.align.ties import ties
from dateline.imagery.chip import Chip
from dateline.imagery.resample import true_pixel

PIXEL = 2.0


def chip(values: np.ndarray, name: str, grid: GeoBox | None = None, bands: tuple[str, ...] = ("pan",)) -> Chip:
    values = np.asarray(values, np.float32).reshape(len(bands), *values.shape[-2:])
    grid = grid or GeoBox(values.shape[1:], Affine(PIXEL, 0, 500_000, 0, -PIXEL, 4_000_000), "EPSG:32652")
    return Chip(
        id=name,
        at=datetime(2020, 1, 1, tzinfo=UTC),
        sensor="optical_declared",
        bands=bands,
        quantity="relative",
        values=values,
        states=np.zeros(values.shape[1:], np.uint8),
        geobox=grid,
        pixel=true_pixel(grid),
    )


def ground(seed: int, side: int) -> np.ndarray:
    """Blocks and texture on a fine grid."""
    rng = np.random.default_rng(seed)
    blocks = ndimage.gaussian_filter(rng.normal(size=(side, side)), 6) > 0
    return 80.0 + 60 * blocks + 200 * ndimage.gaussian_filter(rng.normal(size=(side, side)), 3)


def view(fine: np.ndarray, rows: int, columns: int, side: int, factor: int = 4) -> np.ndarray:
    """The ground averaged `factor` times, from a corner that is moved by dots."""
    top, left = 6 * factor + rows, 6 * factor + columns
    part = fine[top : top + factor * side, left : left + factor * side]
    return part.reshape(side, factor, side, factor).mean(axis=(1, 3))


def aerial(samples: Path) -> np.ndarray:
    import rasterio

    with rasterio.open(samples / "sites" / "spacenet_roads" / "road_mask_input.tif") as raster:
        return raster.read(1).astype(np.float32)


def town(samples: Path) -> np.ndarray:
    import rasterio

    with rasterio.open(samples / "optical" / "joplin_before_after" / "pre_tile_337-10160.tif") as raster:
        return raster.read(1).astype(np.float32)


@pytest.mark.samples
def test_known_shifts_of_a_real_image_come_out(samples: Path) -> None:
    """To 0.02 px clean and 0.05 px with 30 % of the scene replaced, no worse than a known library at its finest."""
    from skimage.registration import phase_cross_correlation

    fine, other = aerial(samples), town(samples)
    rng = np.random.default_rng(3)
    left, replaced, library = [], [], []
    for _ in range(4):
        rows, columns = (rng.integers(1, 17, 2) * rng.choice([-1, 1], 2)).tolist()
        first, second = view(fine, 0, 0, 300), view(fine, rows, columns, 300)
        truth = np.array([-rows / 4, -columns / 4])
        left.append(register(chip(first, "a"), chip(second, "b"), thorough=False).shift - truth)
        library.append(-phase_cross_correlation(first, second, upsample_factor=100)[0] - truth)
        top, edge = rng.integers(0, 300 - 164, 2)
        second = second.copy()
        second[top : top + 164, edge : edge + 164] = other[:164, :164] * 2
        replaced.append(register(chip(first, "a"), chip(second, "b"), thorough=False).shift - truth)
    clean, hard, theirs = (float(np.sqrt(np.mean(np.square(one)))) for one in (left, replaced, library))
    assert clean <= 0.02
    assert hard <= 0.05
    assert theirs < 0.5  # the same sign and the same truth


@pytest.mark.samples
def test_joplins_two_systems_are_registered(samples: Path) -> None:
    """Before and after a tornado, in metres and in degrees: a certificate, and the black edge is no data."""
    import rasterio

    chips = []
    for name in ("pre_tile_337-10160", "post_tile_31500-5137"):
        with rasterio.open(samples / "optical" / "joplin_before_after" / f"{name}.tif") as raster:
            side = 600 if name.startswith("pre") else raster.width
            grid = GeoBox((side, side), raster.transform, raster.crs)
            chips.append(chip(raster.read()[:, :side, :side], name, grid, ("red", "green", "blue")))
    found = register(chips[0], chips[1])
    assert found.tie_points >= 6
    assert found.ce90 < 0.6
    assert np.hypot(*found.shift_m) < 3
    assert found.forward_backward is not None
    assert found.forward_backward < 0.5
    assert found.relief is None
    assert "look-angle-unknown" in [code for code, _ in found.reasons]
    laid = aligned(chips[1], found, chips[0].geobox)
    assert laid.geobox == chips[0].geobox
    assert laid.states[-1, -1] == State.OUTSIDE


def test_unrelated_ground_is_refused() -> None:
    """Nothing in common is said, never a shift."""
    with pytest.raises(Refusal) as stop:
        register(chip(view(ground(1, 1100), 0, 0, 256), "a"), chip(view(ground(2, 1100), 0, 0, 256), "b"))
    assert stop.value.code == "too-little-in-common"


@pytest.mark.samples
def test_other_places_in_the_same_frame_are_refused(samples: Path) -> None:
    """Four real sites put on one grid: no pair of them registers."""
    from PIL import Image

    tiles = ("6094_14031", "6214_13915", "6251_13993", "6309_13872")
    folder = samples / "optical" / "north_korea_sites"
    planes = [np.asarray(Image.open(folder / f"{tile}_2018.png").convert("L"), float) for tile in tiles]
    for i, first in enumerate(planes):
        for second in planes[i + 1 :]:
            with pytest.raises(Refusal):
                register(chip(first, "a"), chip(second, "b"))


def test_refusals_have_their_codes() -> None:
    """Copies, other ground, no georeference."""
    here = chip(view(ground(1, 700), 0, 0, 140), "a")
    grid = here.geobox
    far = GeoBox(grid.shape, Affine.translation(90_000, 0) @ grid.affine, grid.crs)
    cases = {
        "identical-bytes": replace(here, id="b"),
        "no-overlap": replace(here, values=here.values + 1, geobox=far),
        "no-georeference": replace(here, values=here.values + 1, geobox=GeoBox(grid.shape, grid.affine, None)),
    }
    for code, other in cases.items():
        with pytest.raises(Refusal) as stop:
            register(here, other)
        assert stop.value.code == code


def test_another_resolution_and_system_is_registered_on_the_ground() -> None:
    """A sharper image in another zone's metres: the shift comes out in metres of the ground."""
    from pyproj import Transformer

    fine = ground(5, 1300)
    coarse = chip(view(fine, 0, 0, 256), "coarse")
    x, y = Transformer.from_crs("EPSG:32652", "EPSG:3857", always_xy=True).transform(500_256, 3_999_744)
    scale = 1 / np.cos(np.radians(36.14))
    size = PIXEL / 2 * scale
    grid = GeoBox((512, 512), Affine(size, 0, x - 256 * size + 3 * scale, 0, -size, y + 256 * size), "EPSG:3857")
    sharp = chip(view(fine, 12, 12, 512, factor=2), "sharp", grid)  # 12 dots: the corner of the coarse view
    found = register(coarse, sharp)
    assert found.shift_m[0] == pytest.approx(0, abs=1.0)
    assert found.shift_m[1] == pytest.approx(3, abs=1.0)


def test_aligned_lies_on_the_reference() -> None:
    """After alignment what is left is a few hundredths of a pixel, and resampling kept the values."""
    fine = ground(4, 900)
    first, second = (chip(view(fine, *move, 200), name) for move, name in (((0, 0), "a"), ((5, -7), "b")))
    certificate = register(first, second)
    assert certificate.shift == pytest.approx((-1.25, 1.75), abs=0.03)
    laid = aligned(second, certificate)
    assert register(first, laid, thorough=False).shift == pytest.approx((0, 0), abs=0.03)
    inner = np.s_[0, 10:-10, 10:-10]
    assert np.corrcoef(first.values[inner].ravel(), laid.values[inner].ravel())[0, 1] > 0.99


def test_triangle_closes_and_small_shares_block_figures() -> None:
    """s_AB + s_BC - s_AC is near nothing; a residual over half a pixel blocks a figure."""
    fine = ground(6, 900)
    a, b, c = (chip(view(fine, *move, 200), name) for move, name in (((0, 0), "a"), ((3, 2), "b"), ((-2, 5), "c")))
    ab, bc, ac = register(a, b), register(b, c), register(a, c)
    assert closure(ab, bc, ac) < 0.05 * PIXEL
    assert not blocks_claim(ab, 10.0)
    assert blocks_claim(ab, 1.0)
    assert blocks_claim(replace(ab, ce90=0.51 * PIXEL), 10.0)
    assert set(ab.to_json()) >= {"shift_m", "tie_points", "ce90_m", "injected_shift_error_px", "relief_lean_m"}


def test_relief_lean_is_geometry() -> None:
    """5 m at 20 degrees leans 1.8 m; opposite looks add up; an unknown angle gives no number."""
    assert relief_lean(5.0, ((20.0, 90.0), (0.0, 0.0))) == pytest.approx(1.82, abs=0.01)
    assert relief_lean(5.0, ((20.0, 90.0), (20.0, 270.0))) == pytest.approx(3.64, abs=0.01)
    assert relief_lean(5.0, (None, (20.0, 0.0))) is None


def test_black_at_the_border_is_no_data_and_black_inside_is() -> None:
    """A collar touches the border; a black roof does not."""
    values = np.full((60, 60), 90.0)
    values[:, :12] = 0
    values[30:36, 40:46] = 0
    collar = collar_of(chip(values, "a"))
    assert collar[:, :12].all()
    assert not collar[30:36, 40:46].any()
    assert (without_collar(chip(values, "a")).states[:, :12] == State.OUTSIDE).all()


def test_masked_correlation_is_numpys_correlation() -> None:
    """At a displacement: the correlation of what both show there (oracle: numpy.corrcoef)."""
    rng = np.random.default_rng(8)
    first, second = (rng.normal(size=(20, 24)).astype(np.float32) for _ in range(2))
    known = rng.random((20, 24)) > 0.2
    made = masked_correlation(first, known, second, np.ones_like(known))
    rows, columns = 3, -2
    both = known[:-rows, -columns:]
    expected = np.corrcoef(first[:-rows, -columns:][both], second[rows:, :columns][both])[0, 1]
    assert made[rows + 19, columns + 23] == pytest.approx(expected, abs=1e-4)


def test_ties_of_a_large_offset_are_found() -> None:
    """Grids that are wrong by a third of the image are no obstacle: the offset is looked for."""
    fine = ground(9, 1500)
    first, second = (chip(view(fine, *move, 300), name) for move, name in (((0, 0), "a"), ((200, 120), "b")))
    assert register(first, second, thorough=False).shift == pytest.approx((-50, -30), abs=0.1)
    assert len(ties(first.values[0], first.values[0])) == 16
