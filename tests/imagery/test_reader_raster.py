"""Plain GeoTIFFs are read as what they are: the two composites of Puerto Rico, Earth Engine exports, bad files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from dateline.core import InputError, Refusal, State, UsageError, When
from dateline.imagery.open import open_image
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.readers.raster_image import UNSTATED

WHOLE = slice(None)
GRID = Affine(1 / 240, 0, -130, 0, -1 / 240, -40)


def write(path: Path, bands: dict[str, Any], **profile: Any) -> Path:
    """A GeoTIFF with described bands."""
    first = next(iter(bands.values()))
    settings = {"driver": "GTiff", "dtype": first.dtype, "crs": "EPSG:4326", "transform": GRID, **profile}
    with rasterio.open(path, "w", height=first.shape[0], width=first.shape[1], count=len(bands), **settings) as file:
        for index, (name, band) in enumerate(bands.items(), start=1):
            file.write(band, index)
            if name:
                file.set_band_description(index, name)
    return path


def one(path: Path, product: str | None = None, **declared: Any) -> OpenedImage:
    """The only image of a file."""
    (image,) = open_image(path, product, **declared)
    return image


def codes(image: OpenedImage) -> set[str]:
    """The codes of an image's notes."""
    return {code for code, _ in image.notes}


@pytest.fixture
def light() -> Any:
    """A small field of light."""
    return np.random.default_rng(3).uniform(0.5, 40, (12, 16)).astype(np.float32)


@pytest.mark.samples
def test_puerto_rico_before_and_after_maria(samples: Path) -> None:
    """Truth of the samples: over 47,386 common pixels the sum of October is 0.399 of September's."""
    folder = samples / "lights/puerto_rico_maria_2017"
    before, after = (one(folder / f"VNP46A3_2017_{month}.tif") for month in ("09", "10"))
    a, b = (image.read(image.default_layer, WHOLE, WHOLE) for image in (before, after))
    common = (a.states <= State.FLOOR) & (b.states <= State.FLOOR)
    sums = [float(pixels.values[common].sum(dtype=np.float64)) for pixels in (a, b)]
    assert common.sum() == 47_386
    assert sums == pytest.approx([175_680, 70_085], abs=1)
    assert sums[1] / sums[0] == pytest.approx(0.399, abs=0.0005)
    zero = [(pixels.states[common] == State.FLOOR).mean() for pixels in (a, b)]
    assert zero == pytest.approx([0.41, 0.62], abs=0.01)


@pytest.mark.samples
def test_puerto_rico_says_what_its_files_leave_open(samples: Path) -> None:
    """Product and month from the name; collection and layer stay unknown; NaN is not called sea."""
    image = one(samples / "lights/puerto_rico_maria_2017/VNP46A3_2017_09.tif")
    assert (image.scene.product, image.scene.when.edtf()) == ("VNP46A3", "2017-09")
    assert image.scene.collection is None
    assert image.unit(image.default_layer) == "nW cm-2 sr-1"
    assert image.layers() == (UNSTATED,)
    assert codes(image) == {"layer-unstated", "collection-unknown", "nan-unexplained"}
    states = image.read(image.default_layer, WHOLE, WHOLE).states
    assert (states == State.NOT_OBSERVED).mean() == pytest.approx(0.52, abs=0.005)
    assert not (states == State.OUTSIDE).any()


@pytest.mark.samples
def test_puerto_rico_equals_rasterio(samples: Path) -> None:
    """Oracle: rasterio's own pixels, in a window."""
    path = samples / "lights/puerto_rico_maria_2017/VNP46A3_2017_10.tif"
    with rasterio.open(path) as file:
        wanted = file.read(1)[40:90, 100:300]
    pixels = one(path).read(UNSTATED, slice(40, 90), slice(100, 300))
    np.testing.assert_array_equal(pixels.values, wanted)
    assert pixels.nights is None


def test_whoever_asks_for_a_layer_declares_it(tmp_path: Path, light: Any) -> None:
    """A file that does not name its layer is read under the name that it is asked by, with the note."""
    path = write(tmp_path / "VJ146A3_2021-07.tif", {"": light})
    image = one(path)
    np.testing.assert_array_equal(image.read("NearNadir_Composite_Snow_Free", WHOLE, WHOLE).values, light)
    assert "layer-unstated" in codes(image)
    declared = one(path, layer="OffNadir_Composite_Snow_Free")
    assert declared.layers() == ("OffNadir_Composite_Snow_Free",)
    assert "layer-unstated" not in codes(declared)


def test_the_name_may_tell_the_layer(tmp_path: Path, light: Any) -> None:
    """blackmarbler's names carry the layer and the month."""
    image = one(write(tmp_path / "VNP46A3_NearNadir_Composite_Snow_Free_qflag_t2017_09.tif", {"t2017_09": light}))
    assert image.layers() == ("NearNadir_Composite_Snow_Free",)
    assert image.default_layer == "NearNadir_Composite_Snow_Free"
    assert image.scene.when.edtf() == "2017-09"


def test_an_earth_engine_export_reads_as_what_it_is(tmp_path: Path) -> None:
    """The renamed hyphen, the asset's collection, and the quality bands at work as in NASA's own file."""
    night = np.array([[20.0, 20.0, 0.4, 20.0, np.nan]])
    clear, cloudy, sea = 1 << 1 | 3 << 4, 1 << 1 | 3 << 4 | 3 << 6, 3 << 1 | 3 << 4
    bands = {
        "DNB_BRDF_Corrected_NTL": night,
        "Gap_Filled_DNB_BRDF_Corrected_NTL": np.array([[20.0, 20.0, 18.0, 20.0, 9.0]]),
        "Mandatory_Quality_Flag": np.array([[0.0, 0.0, 1.0, 2.0, 255.0]]),
        "Snow_Flag": np.array([[0.0, 1.0, 0.0, 0.0, 0.0]]),
        "QF_Cloud_Mask": np.array([[clear, clear, clear, cloudy, sea]], float),
    }
    image = one(write(tmp_path / "NASA_VIIRS_002_VNP46A2_2013_11_08.tif", bands))
    assert image.scene.collection == "2"
    assert image.scene.when.edtf() == "2013-11-08"
    assert image.default_layer == "DNB_BRDF-Corrected_NTL"
    assert "Gap_Filled_DNB_BRDF-Corrected_NTL" in image.layers()
    pixels = image.read(image.default_layer, WHOLE, WHOLE)
    states = [State(code) for code in pixels.states[0]]
    assert states == [State.OBSERVED, State.SNOW, State.OBSERVED, State.NOT_OBSERVED, State.OUTSIDE]
    filled = image.read("Gap_Filled_DNB_BRDF-Corrected_NTL", WHOLE, WHOLE).states[0]
    assert [State(code) for code in filled] == [State.OBSERVED, State.SNOW, *[State.FILLED] * 3]


def test_counts_among_the_bands_are_heeded(tmp_path: Path, light: Any) -> None:
    """A _Num band beside the light makes few looks visible."""
    name = "AllAngle_Composite_Snow_Free"
    looks = np.full(light.shape, 9, np.float32)
    looks[0, 0] = 2
    image = one(write(tmp_path / "VNP46A3_2021_07.tif", {name: light, f"{name}_Num": looks}))
    pixels = image.read(name, WHOLE, WHOLE)
    assert pixels.nights is not None
    assert pixels.states[0, 0] == State.TOO_FEW
    assert (pixels.states == State.OBSERVED).sum() == light.size - 1


def test_undeclared_zeros_are_pointed_out(tmp_path: Path, light: Any) -> None:
    """No no-data value and exact zeros: the file leaves open whether it was dark; it is said, not decided."""
    light[3, 3] = 0
    image = one(write(tmp_path / "VNP46A2_2021-07-01.tif", {"": light}))
    assert "zeros-undeclared" in codes(image)
    declared = one(write(tmp_path / "VNP46A2_2021-07-02.tif", {"": light}, nodata=0))
    assert "zeros-undeclared" not in codes(declared)
    assert declared.read(UNSTATED, WHOLE, WHOLE).states[3, 3] == State.NOT_OBSERVED


def test_a_declared_product_is_believed(tmp_path: Path, light: Any) -> None:
    """Any raster can be declared to be radiance, with its time."""
    path = write(tmp_path / "lights.tif", {"": light}, nodata=-1)
    image = one(path, "radiance", when=When.month(2020, 5))
    assert image.scene.product == "radiance"
    assert (image.read(image.default_layer, WHOLE, WHOLE).states == State.OBSERVED).all()


@pytest.mark.parametrize(
    ("name", "code"),
    [("lights_2021-07.tif", "product"), ("VNP46A3_lights.tif", "no-date"), ("VNP46A3_2021-13.tif", "no-date")],
)
def test_what_the_name_does_not_tell_is_asked(tmp_path: Path, light: Any, name: str, code: str) -> None:
    """Neither product nor time is guessed; the known products are listed."""
    path = write(tmp_path / name, {"": light})
    with pytest.raises((UsageError, InputError)) as caught:
        one(path)
    assert caught.value.code == code


def test_picture_bytes_are_not_radiance(tmp_path: Path) -> None:
    """Refused as RGB and as grey bytes, whatever the name promises."""
    grey = np.full((4, 4), 200, np.uint8)
    for name, bands in (
        ("VNP46A3_2021-07.tif", {"a": grey, "b": grey, "c": grey}),
        ("VNP46A2_2021-07-01.tif", {"": grey}),
    ):
        with pytest.raises(Refusal) as caught:
            one(write(tmp_path / name, bands))
        assert caught.value.code == "picture-bytes"


def test_dmsp_bytes_are_digital_numbers(tmp_path: Path) -> None:
    """DMSP is stored in bytes lawfully; its unit is not radiance."""
    image = one(write(tmp_path / "F182010.v4d_web.stable_lights.avg_vis.tif", {"": np.full((4, 4), 63, np.uint8)}))
    assert (image.scene.product, image.scene.when.edtf()) == ("DMSP-OLS", "2010")
    assert image.unit(image.default_layer) == "digital number"


def test_whole_numbers_need_a_known_collection(tmp_path: Path) -> None:
    """uint16 is Collection 1 in steps of 0.1 or it is unknown: never ten times too much in silence."""
    numbers = np.full((4, 4), 305, np.uint16)
    path = write(tmp_path / "VNP46A3_2017_09.tif", {"": numbers})
    with pytest.raises(InputError) as caught:
        one(path)
    assert caught.value.code == "scale-unknown"
    known = one(path, collection="1", layer="NearNadir_Composite_Snow_Free")
    assert known.read(known.default_layer, WHOLE, WHOLE).values == pytest.approx(30.5)


@pytest.mark.parametrize("profile", [{"crs": None}, {"crs": None, "transform": Affine.identity()}])
def test_a_file_without_a_place_on_earth_is_refused(tmp_path: Path, light: Any, profile: dict[str, Any]) -> None:
    """No coordinate system: the answer says what to do; a declared one is noted."""
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning) if "transform" in profile else _nothing():
        path = write(tmp_path / "VNP46A3_2021-07.tif", {"": light}, **profile)
    with pytest.raises(InputError) as caught:
        one(path)
    assert caught.value.code == "no-crs"
    if "transform" not in profile:
        image = one(path, crs="EPSG:4326")
        assert "crs-declared" in codes(image)
        assert image.scene.geobox.crs == "EPSG:4326"


class _nothing:  # noqa: N801  stands in for a context manager
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def test_nameless_bands_are_not_guessed_at(tmp_path: Path, light: Any) -> None:
    """Layer by number is how people read snow for light."""
    with pytest.raises(InputError) as caught:
        one(write(tmp_path / "VNP46A3_2021-07.tif", {"": light, "b2": light}))
    assert caught.value.code == "bands-unnamed"


def test_a_layer_that_the_export_lacks_is_named(tmp_path: Path, light: Any) -> None:
    """The error lists what there is."""
    image = one(write(tmp_path / "VNP46A3_2021-07.tif", {"AllAngle_Composite_Snow_Free": light}))
    with pytest.raises(InputError) as caught:
        image.read("NearNadir_Composite_Snow_Free", WHOLE, WHOLE)
    assert caught.value.code == "layer-missing"
    assert image.block("AllAngle_Composite_Snow_Free")[1] == light.shape[1]


def test_counts_on_another_grid_are_refused(tmp_path: Path, light: Any) -> None:
    """Looks that belong to other pixels would excuse the wrong ones."""
    path = write(tmp_path / "lights.tif", {"": light})
    counts = write(tmp_path / "counts.tif", {"": light[:6]})
    with pytest.raises(InputError) as caught:
        one(path, "VNL_monthly", when=When.month(2020, 5), counts=counts)
    assert caught.value.code == "counts-grid"


def test_a_truncated_tiff_is_said_to_be_truncated(tmp_path: Path, light: Any) -> None:
    """Opening or reading half a TIFF gives our own error."""
    path = write(tmp_path / "VNP46A3_2021-07.tif", {"": np.tile(light, (40, 40))})
    path.write_bytes(path.read_bytes()[:40_000])
    with pytest.raises(InputError) as caught:
        one(path).read(UNSTATED, WHOLE, WHOLE)
    assert caught.value.code == "truncated"


def test_a_simulated_export_is_known_by_name_or_tag(tmp_path: Path, light: Any) -> None:
    """What was cut from a simulated tile stays simulated."""
    assert one(write(tmp_path / "VNP46A3_2021-07.simulated.tif", {"": light})).scene.simulated
    path = write(tmp_path / "VNP46A3_2021-08.tif", {"": light})
    assert not one(path).scene.simulated
    with rasterio.open(path, "r+") as file:
        file.update_tags(dateline_simulated="true")
    assert one(path).scene.simulated
