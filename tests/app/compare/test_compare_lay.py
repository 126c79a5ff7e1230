"""How the second image is laid on the first: by the ground, by pixels, by points; and what the certificate says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine
from PIL import Image

from dateline.app.desk import Desk
from dateline.app.pictures.picture import open_picture, own_stretch
from dateline.app.screens.compare.lay import fit, lay_out, numbers, read_lay, words_of
from dateline.app.screens.compare.overlay import read_over, tile_over
from dateline.app.screens.compare.pages import fitted
from dateline.app.screens.compare.pairs import pair_of
from dateline.app.screens.compare.registration import registered
from dateline.core.errors import DatelineError
from dateline.measure.archive import archive_file


def town(side: int = 400, seed: int = 1) -> Any:
    """(side, side, 3) bytes with roofs and roads, for registration to find."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(70, 95, (side, side, 3), dtype=np.uint8)
    for _ in range(side):
        x, y, w, h = rng.integers(0, side - 30), rng.integers(0, side - 30), *rng.integers(5, 28, 2)
        pixels[y : y + h, x : x + w] = rng.integers(60, 240, 3)
    return pixels


def write_tiff(path: Path, pixels: Any, transform: Affine, crs: str = "EPSG:32652") -> Path:
    """Pixels (rows, columns, 3) as a GeoTIFF."""
    import rasterio

    rows, columns = pixels.shape[:2]
    told = {"width": columns, "height": rows, "count": 3, "dtype": "uint8", "crs": crs, "transform": transform}
    with rasterio.open(path, "w", driver="GTiff", **told) as file:
        file.write(np.moveaxis(pixels, -1, 0))
    return path


def put(root: Path, path: Path, item: str) -> None:
    """Archives a file under an id."""
    archive_file(root, path, item=item, by="desk", licence="own", publish="yes")


def test_a_known_shift_is_found_with_its_sign(desk: Path) -> None:
    """An image rolled by 7 rows and -4 columns shows the ground 7 px lower and 4 px further left, to 0.3 px."""
    pixels = town()
    for name, moved in (("before", pixels), ("after", np.roll(pixels, (7, -4), (0, 1)))):
        path = desk.parent / f"{name}.png"
        Image.fromarray(moved).save(path)
        put(desk, path, name)
    told = registered(pair_of(Desk(desk, 0), "before", "after"))
    assert told["shift_px"] == pytest.approx([7, -4], abs=0.3)
    assert numbers(read_lay(",".join(map(str, told["lay"]))))[2::3] == pytest.approx([-4, 7], abs=1.5)
    assert "px lower" in told["words"]
    assert "px further left" in told["words"]
    assert told["residual_m"] is None, "without a pixel size nothing is said in metres"


def test_images_of_two_grids_lie_on_each_other(tmp_path: Path) -> None:
    """The second, at half the pixel size and in another place, is drawn in the first's pixels; beyond it is clear."""
    fine = town(400)
    coarse = fine.reshape(200, 2, 200, 2, 3).mean(axis=(1, 3)).astype(np.uint8)
    first = open_picture(write_tiff(tmp_path / "a.tif", coarse, Affine(2, 0, 400_000, 0, -2, 4_700_000)))
    second = open_picture(write_tiff(tmp_path / "b.tif", fine[100:], Affine(1, 0, 400_000, 0, -1, 4_699_900)))
    laid = lay_out(first, second, (2.0, 1.0))
    assert laid.how == "ground"
    values, seen = read_over(laid, Affine.identity(), (0, 0), (200, 200), 0)
    assert not seen[:49].any()
    assert seen[51:].all()
    inner = np.moveaxis(values, 0, -1)[60:190, 10:190].astype(float)
    assert np.abs(inner - coarse[60:190, 10:190]).mean() < 6
    points = np.array([[10.0, 60.0], [199.0, 120.5]])
    np.testing.assert_allclose(laid.to_first(laid.to_second(points)), points, atol=1e-6)
    np.testing.assert_allclose(laid.to_second(points), points * 2 - [0, 100], atol=1e-6)


def test_images_without_common_ground_are_not_laid(tmp_path: Path) -> None:
    """They are refused to be overlaid, with the reason."""
    first = open_picture(write_tiff(tmp_path / "a.tif", town(64), Affine(2, 0, 400_000, 0, -2, 4_700_000)))
    second = open_picture(write_tiff(tmp_path / "b.tif", town(64), Affine(2, 0, 500_000, 0, -2, 4_700_000)))
    laid = lay_out(first, second, (2.0, 2.0))
    assert laid.how == "apart"
    assert "not show the same ground" in laid.words


def test_a_shift_moves_the_tile_exactly(tmp_path: Path) -> None:
    """A lay of (5, -3) shows at each pixel what the second has 5 px further right and 3 px higher."""
    pixels = town(300)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    picture = open_picture(tmp_path / "a.png")
    laid = lay_out(picture, picture, (None, None))
    tile = tile_over(laid, Affine.translation(5, -3), own_stretch(picture), (0, 0, 0))
    assert tile is not None
    np.testing.assert_array_equal(tile[3:, :250, :3], pixels[: 256 - 3, 5:255])
    assert (tile[:3, :, 3] == 0).all()


def test_pixels_of_another_size_are_scaled() -> None:
    """Without a place on Earth, pixel sizes scale the second; unknown sizes of another shape do not, and say so."""

    class Plain:
        size, ground = (400, 200), None

    class Other(Plain):
        size = (300, 300)

    plain: Any = Plain()
    other: Any = Other()
    assert lay_out(plain, other, (1.0, 0.5)).scale == 2.0
    laid = lay_out(plain, other, (None, None))
    assert laid.scale == 1.0
    assert "shapes differ" in laid.words


def test_points_give_the_map_that_moved_them() -> None:
    """One point a shift, two or three a turn and a scale, four an affine map; the residual of what is over."""
    truth = Affine.translation(4, -2) @ Affine.rotation(2) @ Affine.scale(1.01)
    here = np.array([[0.0, 0], [500, 20], [30, 400], [480, 430], [250, 200]])
    there = np.array([truth @ (x, y) for x, y in here])
    for count in (2, 3, 4, 5):
        assert numbers(fit(here[:count], there[:count]).lay) == pytest.approx(numbers(truth), abs=1e-6)
    assert numbers(fit(here[:1], here[:1] + np.array([3, 7])).lay) == [1, 0, 3, 0, 1, 7]
    assert fit(here[:2], there[:2]).residual is None
    assert fit(here, there).residual == pytest.approx(0, abs=1e-6)
    for wrong in (here[:0], np.array([[1.0, 1], [1, 1]]), np.array([[0.0, 0], [1, 1], [2, 2], [3, 3]])):
        with pytest.raises(DatelineError) as caught:
            fit(wrong, wrong)
        assert caught.value.code == "matches"


def test_words_say_where_the_ground_is_shown() -> None:
    """Down and right are positive; metres where the size of a pixel is known."""
    assert "2.00 px lower and 3.00 px further right" in words_of(Affine.translation(3, 2), (0, 0), None)
    assert "(5.00 m)" in words_of(Affine.translation(-3, -4), (0, 0), 1.0)
    assert "where the first does" in words_of(Affine.identity(), (9, 9), 1.0)


@pytest.mark.parametrize("given", [None, "x", [], [[1, 2, 3]], [[1, 2, 3, float("nan")]], [["a", 1, 2, 3]], {"a": 1}])
def test_points_that_are_none_are_refused(desk: Path, given: Any) -> None:
    """Whatever a browser sends in their place."""
    path = desk.parent / "other.png"
    Image.fromarray(town(64)).save(path)
    put(desk, path, "other")
    with pytest.raises(DatelineError) as caught:
        fitted(pair_of(Desk(desk, 0), "crowd", "other"), given)
    assert caught.value.code == "matches"
    for asked in ("1,2", "1,0,0,0,1,inf", "0,0,0,0,0,0", "a,b,c,d,e,f"):
        with pytest.raises(DatelineError):
            read_lay(asked)
