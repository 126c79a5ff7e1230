"""Black Marble tiles are read as they are: checked against bare h5py, on tiles of all products and collections."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from dateline.core import InputError, State
from dateline.imagery.catalog.black_marble import parse_name
from dateline.imagery.open import open_image
from dateline.imagery.readers.black_marble import SIMULATED_ATTRIBUTE, BlackMarbleTile
from dateline.imagery.readers.mark import WORD, corner
from dateline.simulate.black_marble import write_tile
from dateline.simulate.world import COAST_TILE, Window, invented_coast

WINDOW = Window.around(COAST_TILE, lon=-122.9, lat=-47.6, size=96)
WHOLE = slice(None)
ROWS, COLUMNS = WINDOW.rows, WINDOW.columns
AREA = ROWS, COLUMNS
PRODUCTS = [f"{name}46A{level}" for name in ("VNP", "VJ1") for level in "1234"]
SNOW_FREE = "AllAngle_Composite_Snow_Free"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """One tile of each product and collection."""
    folder = tmp_path_factory.mktemp("tiles")
    world = invented_coast()
    return {
        (product, collection): write_tile(folder, world, product, date(2021, 3, 15), WINDOW, collection=collection)
        for product in PRODUCTS
        for collection in "12"
    }


def opened(path: Path, **declared: Any) -> BlackMarbleTile:
    """The one image of a tile."""
    (image,) = open_image(path, **declared)
    assert isinstance(image, BlackMarbleTile)
    return image


def bare(path: Path, image: BlackMarbleTile, layer: str) -> tuple[Any, dict[str, Any]]:
    """A window and the attributes of a layer, by h5py alone."""
    with h5py.File(path) as file:
        dataset = file[image.group][layer]
        return dataset[AREA], {name: np.asarray(value).ravel()[0] for name, value in dataset.attrs.items()}


@pytest.mark.parametrize("collection", ["1", "2"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_every_layer_is_what_h5py_reads(shelf: dict[tuple[str, str], Path], product: str, collection: str) -> None:
    """Oracle: scale times number plus offset, NaN where the number is the file's fill, for all layers."""
    path = shelf[product, collection]
    image = opened(path)
    assert set(image.layers()) == {layer.name for layer in image.sensor.layers_of(collection)}
    for layer in image.layers():
        raw, attributes = bare(path, image, layer)
        offset = attributes.get("add_offset", attributes.get("offset", 0.0))
        wanted = raw.astype(np.float64) * attributes.get("scale_factor", 1.0) + offset
        wanted[raw == raw.dtype.type(attributes["_FillValue"])] = np.nan
        pixels = image.read(layer, *AREA)
        assert pixels.values.dtype == np.float32
        assert pixels.states.dtype == np.uint8
        np.testing.assert_allclose(pixels.values, wanted, rtol=2e-6, atol=1e-6)
        np.testing.assert_array_equal(image.raw(layer, *AREA), raw)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_scene_tells_product_time_place_and_satellite(shelf: dict[tuple[str, str], Path], product: str) -> None:
    """Time from the name, grid from the tile number, satellite as the file has it; simulated says so."""
    scene = opened(shelf[product, "2"]).scene
    assert (scene.product, scene.collection) == (product, "2")
    assert scene.platform == ("Suomi-NPP" if product.startswith("VNP") else "NOAA-20")
    assert scene.when.edtf() == {"1": "2021-03-15", "2": "2021-03-15", "3": "2021-03", "4": "2021"}[product[-1]]
    assert scene.geobox.shape == (2400, 2400)
    assert scene.geobox.extent.boundingbox.bbox == pytest.approx((-130, -50, -120, -40))
    assert scene.geobox.crs == "EPSG:4326"
    assert scene.simulated
    assert scene.produced == "2026001000000"
    assert product in scene.attribution


def test_the_grid_is_not_the_files_lon_and_lat(shelf: dict[tuple[str, str], Path]) -> None:
    """The lon array holds pixels' corners: as centres it would move everything by half a pixel."""
    image = opened(shelf["VNP46A3", "2"])
    with h5py.File(image.scene.path) as file:
        first = file[image.group]["lon"][0]
    affine = image.scene.geobox.affine
    assert (affine.c, affine.f) == pytest.approx((first, -40))


def test_light_comes_with_its_looks_and_states(shelf: dict[tuple[str, str], Path]) -> None:
    """Nights are the Num layer; few looks, floor and fill are states that follow from it and the value."""
    path = shelf["VNP46A3", "2"]
    image = opened(path)
    pixels = image.read(SNOW_FREE, *AREA)
    looks, _ = bare(path, image, f"{SNOW_FREE}_Num")
    quality, _ = bare(path, image, f"{SNOW_FREE}_Quality")
    assert pixels.nights is not None
    np.testing.assert_array_equal(pixels.nights, looks)
    seen = pixels.states <= State.FLOOR
    np.testing.assert_array_equal(seen, np.isfinite(pixels.values) & (looks > 3) & (quality != 2))
    np.testing.assert_array_equal(pixels.states == State.FLOOR, seen & (pixels.values < 0.5))
    assert (pixels.values[pixels.states == State.OBSERVED] >= 0.5).all()


def test_the_minimum_of_nights_is_the_callers(shelf: dict[tuple[str, str], Path]) -> None:
    """With a higher minimum fewer pixels are seen; the sensor's own is 4."""
    path = shelf["VNP46A3", "2"]
    few, many = ((opened(path, minimum_nights=n).read(SNOW_FREE, *AREA).states == State.TOO_FEW).sum() for n in (1, 12))
    assert opened(path).minimum_nights == 4
    assert few == 0 < many


def test_snow_layers_are_never_seen_as_plain_light(shelf: dict[tuple[str, str], Path]) -> None:
    """All light over snow is in the state `snow`: it can be twice what it is."""
    image = opened(shelf["VNP46A4", "2"])
    pixels = image.read("AllAngle_Composite_Snow_Covered", *AREA)
    assert np.isfinite(pixels.values).any()
    assert (pixels.states[np.isfinite(pixels.values)] >= State.SNOW).all()


def test_outside_the_written_part_nothing_was_observed(shelf: dict[tuple[str, str], Path]) -> None:
    """Fill is "not observed", and not called sea where no mask says so."""
    for product in PRODUCTS:
        image = opened(shelf[product, "2"])
        pixels = image.read(image.default_layer, slice(0, 50), slice(0, 50))
        assert (pixels.states == State.NOT_OBSERVED).all()
        assert np.isnan(pixels.values).all()


def test_sea_is_outside_only_where_the_mask_says_sea(shelf: dict[tuple[str, str], Path]) -> None:
    """Pixels without light over sea water are outside; the same over land are not observed."""
    path = shelf["VNP46A3", "2"]
    image = opened(path)
    pixels = image.read(SNOW_FREE, *AREA)
    water, _ = bare(path, image, "Land_Water_Mask")
    np.testing.assert_array_equal(pixels.states == State.OUTSIDE, np.isnan(pixels.values) & (water == 3))


def test_any_window_is_that_part_of_the_whole(shelf: dict[tuple[str, str], Path]) -> None:
    """A window equals the same window cut from the whole tile."""
    for product in ("VNP46A2", "VJ146A3"):
        image = opened(shelf[product, "2"])
        whole = image.read(image.default_layer, WHOLE, WHOLE)
        part = image.read(image.default_layer, slice(ROWS.start + 7, ROWS.stop - 3), slice(COLUMNS.start, None))
        cut = slice(ROWS.start + 7, ROWS.stop - 3), slice(COLUMNS.start, None)
        np.testing.assert_array_equal(part.values, whole.values[cut])
        np.testing.assert_array_equal(part.states, whole.states[cut])


def test_a_window_costs_only_its_own_blocks(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """With a broken block elsewhere in the file the window still reads: only its own blocks are touched."""
    path = Path(shutil.copy(shelf["VNP46A3", "2"], tmp_path))
    image = opened(path)
    with h5py.File(path, "r+") as file:
        dataset = file[image.group][SNOW_FREE]
        dataset.id.write_direct_chunk((0, 0), b"not a zlib stream")
    assert np.isfinite(image.read(SNOW_FREE, *AREA).values).any()
    assert image.block(SNOW_FREE) == (240, 240)
    with pytest.raises(InputError) as caught:
        image.read(SNOW_FREE, slice(0, 10), slice(0, 10))
    assert caught.value.code == "truncated"


def changed(path: Path, folder: Path, name: str | None = None, **attributes: Any) -> Path:
    """A copy with other root attributes, and maybe another name."""
    copy = Path(shutil.copy(path, folder / (name or path.name)))
    with h5py.File(copy, "r+") as file:
        for key, value in attributes.items():
            if value is None:
                del file.attrs[key]
            else:
                file.attrs[key] = value
    return copy


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("HorizontalTileNumber", b"31", "tile-mismatch"),
        ("VerticalTileNumber", b"04", "tile-mismatch"),
        ("ShortName", b"VJ146A3", "product-mismatch"),
        ("VersionID", b"001", "collection-mismatch"),
        ("PlatformShortName", b"JPSS-1", "platform-mismatch"),
    ],
)
def test_a_name_that_contradicts_the_file_is_refused(
    shelf: dict[tuple[str, str], Path], tmp_path: Path, attribute: str, value: bytes, code: str
) -> None:
    """A wrong tile is a wrong place: name and attributes must agree."""
    path = changed(shelf["VNP46A3", "2"], tmp_path, **{attribute: value})
    with pytest.raises(InputError) as caught:
        open_image(path)
    assert caught.value.code == code


def test_a_renamed_tile_is_known_by_its_attributes(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """Product, collection, tile and month come from the attributes where the name was lost."""
    scene = opened(changed(shelf["VJ146A3", "2"], tmp_path, "night lights.h5")).scene
    assert (scene.product, scene.collection, scene.when.edtf()) == ("VJ146A3", "2", "2021-03")
    assert scene.simulated
    assert scene.produced is None


def test_a_renamed_tile_without_attributes_is_asked_about(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """Without name and attributes the tile could be anywhere: no guess."""
    path = changed(shelf["VNP46A3", "2"], tmp_path, "lights.h5", HorizontalTileNumber=None)
    with pytest.raises(InputError) as caught:
        open_image(path)
    assert caught.value.code == "no-tile"


def test_noaa_20_composites_are_asked_which_satellites_made_them(
    shelf: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    """DNB_Platform 3 is NOAA-20 and NOAA-21 together: another instrument mix than the product's name suggests."""
    path = Path(shutil.copy(shelf["VJ146A3", "2"], tmp_path))
    image = opened(path)
    with h5py.File(path, "r+") as file:
        file[image.group]["DNB_Platform"][AREA] = 3
    again = opened(path)
    assert again.scene.platform == "NOAA-20 and NOAA-21"
    assert again.platforms(*AREA) == ("NOAA-20 and NOAA-21",)
    assert again.platforms(slice(0, 9), slice(0, 9)) == ()


@pytest.mark.parametrize("bad", [np.array([0.0]), np.array([np.nan]), np.array([1.0, 2.0]), b">= 0.0 \n"])
def test_a_senseless_scale_gives_way_to_the_table(shelf: dict[tuple[str, str], Path], tmp_path: Path, bad: Any) -> None:
    """The file's attributes win only where they are sane."""
    path = Path(shutil.copy(shelf["VNP46A3", "1"], tmp_path))
    image = opened(path)
    wanted = image.read(SNOW_FREE, *AREA).values
    with h5py.File(path, "r+") as file:
        file[image.group][SNOW_FREE].attrs["scale_factor"] = bad
    np.testing.assert_array_equal(image.read(SNOW_FREE, *AREA).values, wanted)


def test_a_sane_scale_in_the_file_wins(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """Forcing a table's scale on a file that says otherwise makes silent ten-fold errors."""
    path = Path(shutil.copy(shelf["VNP46A3", "1"], tmp_path))
    image = opened(path)
    wanted = image.read(SNOW_FREE, *AREA).values
    with h5py.File(path, "r+") as file:
        file[image.group][SNOW_FREE].attrs["scale_factor"] = np.array([0.2])
    np.testing.assert_allclose(image.read(SNOW_FREE, *AREA).values, wanted * 2, rtol=1e-6)


def test_brightness_temperature_carries_its_offset(shelf: dict[tuple[str, str], Path]) -> None:
    """add_offset of A1 is heeded: 270 kelvins, not 67."""
    values = opened(shelf["VNP46A1", "2"]).read("BrightnessTemperature_M12", *AREA).values
    assert np.nanmedian(values) == pytest.approx(270, abs=0.01)


def test_fills_are_heeded_even_when_the_file_forgets_them(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """The old fill 65535 and a fill written as a double both leave no −999.9 in the light."""
    path = Path(shutil.copy(shelf["VNP46A2", "2"], tmp_path))
    image = opened(path)
    wanted = image.read(image.default_layer, *AREA).values
    for fill in (np.array([-999.9]), np.array([65535.0]), b"none"):
        with h5py.File(path, "r+") as file:
            file[image.group][image.default_layer].attrs["_FillValue"] = fill
        np.testing.assert_array_equal(image.read(image.default_layer, *AREA).values, wanted)


def test_a_layer_that_the_file_lacks_is_named(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """A missing layer is an error; missing companions only leave their state unsaid."""
    path = Path(shutil.copy(shelf["VNP46A3", "2"], tmp_path))
    image = opened(path)
    with h5py.File(path, "r+") as file:
        del file[image.group]["OffNadir_Composite_Snow_Free"]
        del file[image.group][f"{SNOW_FREE}_Num"]
    with pytest.raises(InputError) as caught:
        image.read("OffNadir_Composite_Snow_Free", *AREA)
    assert caught.value.code == "layer-missing"
    pixels = image.read(SNOW_FREE, *AREA)
    assert pixels.nights is None
    assert (pixels.states == State.OBSERVED).any()


def test_a_tile_of_another_size_is_refused(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """A cut piece in a tile's clothes would land in the wrong place."""
    path = Path(shutil.copy(shelf["VNP46A2", "2"], tmp_path))
    group = opened(path).group
    with h5py.File(path, "r+") as file:
        del file[group]["Snow_Flag"]
        file[group]["Snow_Flag"] = np.zeros((1200, 2400), np.uint8)
    with pytest.raises(InputError) as caught:
        open_image(path)
    assert caught.value.code == "tile-size"


def test_a_truncated_tile_is_said_to_be_truncated(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """Half a download gives one sentence with what to do, not a traceback of HDF5."""
    path = tmp_path / shelf["VNP46A3", "2"].name
    path.write_bytes(shelf["VNP46A3", "2"].read_bytes()[:100_000])
    with pytest.raises(InputError) as caught:
        open_image(path)
    assert caught.value.code == "truncated"


def test_an_hdf5_file_without_a_grid_is_not_a_tile(tmp_path: Path) -> None:
    """Any other HDF5 under a granule's name is answered with what it lacks."""
    path = tmp_path / "VNP46A3.A2021060.h05v13.002.2026001000000.h5"
    with h5py.File(path, "w") as file:
        file.create_group("HDFEOS/GRIDS/Other/Data Fields")
    with pytest.raises(InputError) as caught:
        open_image(path)
    assert caught.value.code == "no-grid"


def test_a_stripped_mark_is_found_in_the_pixels(shelf: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    """Renamed and with its attribute removed, a simulated tile still says SIMULATED: reading it fails."""
    source = shelf["VNP46A3", "2"]
    path = changed(source, tmp_path, source.name.replace(".simulated", ""), **{SIMULATED_ATTRIBUTE: None})
    image = opened(path)
    assert not image.scene.simulated
    assert parse_name(path.name) is not None
    rows, columns = corner((2400, 2400))
    for window in ((WHOLE, WHOLE), (rows, columns), (slice(2000, None), slice(2300, 2400))):
        with pytest.raises(InputError) as caught:
            image.read(SNOW_FREE, *window)
        assert caught.value.code == "simulated-unmarked"
    assert WORD.sum() > 100
