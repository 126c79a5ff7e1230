"""What a user declares may fill gaps in a file; it may not contradict the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from dateline.core import InputError, State, UsageError, When
from dateline.imagery.open import open_image
from dateline.imagery.readers import naming
from dateline.imagery.sensor import sensor_for

NAME = "VNP46A3_2017_09.tif"


def tile(folder: Path, values: np.ndarray, name: str = NAME) -> Path:
    """A small GeoTIFF of radiance."""
    grid = {"height": 4, "width": 4, "transform": Affine(1 / 240, 0, 130, 0, -1 / 240, 42), "crs": "EPSG:4326"}
    with rasterio.open(folder / name, "w", driver="GTiff", count=1, dtype="float32", **grid) as file:
        file.write(values.astype("float32"), 1)
    return folder / name


@pytest.mark.parametrize(
    ("declared", "code"),
    [({"product": "VJ146A3"}, "product-mismatch"), ({"crs": "EPSG:3857"}, "crs"), ({"crs": "garbage"}, "crs")],
)
def test_a_declaration_that_the_file_contradicts_is_refused(tmp_path: Path, declared: dict, code: str) -> None:
    """Another product than the name's, another coordinate system than the file's, one that does not exist."""
    with pytest.raises(UsageError) as caught:
        open_image(tile(tmp_path, np.ones((4, 4))), **declared)
    assert caught.value.code == code


def test_a_product_before_its_satellite_flew_is_refused() -> None:
    """NOAA-20 saw nothing in 2012."""
    with pytest.raises(InputError) as caught:
        naming.check_lived("a", When.on(date(2012, 1, 1)), sensor_for("VJ146A3"), "VJ146A3")
    assert caught.value.code == "outside-record"


def test_an_infinite_pixel_has_no_value(tmp_path: Path) -> None:
    """Infinity is no radiance: the pixel was not observed, and its neighbours were."""
    values = np.full((4, 4), 3.0)
    values[0, 0] = np.inf
    (image,) = open_image(tile(tmp_path, values))
    pixels = image.read(image.default_layer, slice(0, 4), slice(0, 4))
    assert pixels.states[0, 0] == State.NOT_OBSERVED
    assert np.isnan(pixels.values[0, 0])
    assert pixels.states[1, 1] == State.OBSERVED
