"""EOG's night lights: the counts beside the light decide what was seen."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from dateline.core import State
from dateline.imagery.open import open_image
from dateline.imagery.readers.opened import OpenedImage

WHOLE = slice(None)
STEM = "SVDNB_npp_20140701-20140731_75N060E_vcmcfg_v10_c201502121156"
LIGHT = np.array([[0.0, 0.0, 5.0, 3.0, -0.4]], np.float32)
LOOKS = np.array([[0, 9, 9, 2, 9]], np.uint16)


def write(path: Path, band: Any) -> Path:
    """A GeoTIFF half a pixel off Black Marble's grid, as EOG's are; without a no-data value."""
    grid = Affine(1 / 240, 0, 60 - 1 / 480, 0, -1 / 240, 75 + 1 / 480)
    with rasterio.open(
        path, "w", driver="GTiff", height=1, width=5, count=1, dtype=band.dtype, crs="EPSG:4326", transform=grid
    ) as file:
        file.write(band, 1)
    return path


def one(path: Path, **declared: Any) -> OpenedImage:
    """The only image of a file."""
    (image,) = open_image(path, **declared)
    return image


def states(image: OpenedImage) -> list[State]:
    """The states of its default layer."""
    return [State(code) for code in image.read(image.default_layer, WHOLE, WHOLE).states[0]]


def test_zero_looks_are_not_darkness(tmp_path: Path) -> None:
    """With the counts beside: zero where nobody looked is not observed; zero where somebody looked is a value."""
    path = write(tmp_path / f"{STEM}.avg_rade9h.tif", LIGHT)
    write(tmp_path / f"{STEM}.cf_cvg.tif", LOOKS)
    image = one(path)
    assert states(image) == [State.NOT_OBSERVED, State.OBSERVED, State.OBSERVED, State.TOO_FEW, State.OBSERVED]
    pixels = image.read(image.default_layer, WHOLE, WHOLE)
    assert np.isnan(pixels.values[0, 0])
    assert pixels.values[0, 4] == np.float32(-0.4)
    np.testing.assert_array_equal(pixels.nights, LOOKS)


def test_without_counts_exact_zeros_are_not_observed(tmp_path: Path) -> None:
    """EOG prints zero where nothing was seen and nowhere else; the missing counts are noted."""
    image = one(write(tmp_path / f"{STEM}.avg_rade9h.tif", LIGHT))
    assert states(image)[:3] == [State.NOT_OBSERVED, State.NOT_OBSERVED, State.OBSERVED]
    codes = {code for code, _ in image.notes}
    assert "counts-missing" in codes
    assert "zeros-undeclared" not in codes


def test_masked_zeros_are_the_floor(tmp_path: Path) -> None:
    """In a masked layer zero is background that was set to zero, and the layer says it is masked."""
    path = write(tmp_path / f"{STEM}.avg_rade9h.masked.tif", LIGHT)
    write(tmp_path / f"{STEM}.cf_cvg.tif", LOOKS)
    image = one(path)
    assert image.layers()[0] == "avg_rade9h.masked"
    assert states(image)[:2] == [State.NOT_OBSERVED, State.FLOOR]
    assert "background-masked" in {code for code, _ in image.notes}


@pytest.mark.parametrize(
    ("name", "product", "when", "collection"),
    [
        (f"{STEM}.avg_rade9h.tif", "VNL_monthly", "2014-07", "vcmcfg"),
        ("SVDNB_npp_20160101-20160131_global_vcmslcfg_v10_c2017.avg_rade9h.tif", "VNL_monthly", "2016-01", "vcmslcfg"),
        ("SVDNB_npp_20150101-20151231_75N060E_vcm-orm-ntl_v10_c2017.avg_rade9.tif", "VNL_annual", "2015", "v10"),
        ("VNL_v21_npp_2013_global_vcmcfg_c202205302300.average.dat.tif", "VNL_annual", "2013", "v21"),
        (
            "VNL_v21_npp_201204-201212_global_vcmcfg_c202205302300.median.tif",
            "VNL_annual",
            "2012-04-01/2012-12-31",
            "v21",
        ),
        ("VNL_v22_npp-j01_2022_global_vcmslcfg_c2023.average_masked.dat.tif", "VNL_annual", "2022", "v22"),
    ],
)
def test_names_tell_product_time_and_version(
    tmp_path: Path, name: str, product: str, when: str, collection: str
) -> None:
    """vcmcfg and vcmslcfg, v2.1 and v2.2 are different collections: a guard can keep them apart."""
    image = one(write(tmp_path / name, LIGHT))
    assert (image.scene.product, image.scene.when.edtf(), image.scene.collection) == (product, when, collection)
    assert image.default_layer in name


def test_gzipped_files_are_read_with_their_gzipped_counts(tmp_path: Path) -> None:
    """.tif.gz is read as it was downloaded; unpacking is advised."""
    for layer, band in (("avg_rade9h", LIGHT), ("cf_cvg", LOOKS)):
        plain = write(tmp_path / f"{STEM}.{layer}.tif", band)
        plain.with_name(f"{plain.name}.gz").write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
    image = one(tmp_path / f"{STEM}.avg_rade9h.tif.gz")
    assert states(image)[0] is State.NOT_OBSERVED
    assert states(image)[3] is State.TOO_FEW
    assert {"gzipped", "stray-light-excluded"} <= {code for code, _ in image.notes}
