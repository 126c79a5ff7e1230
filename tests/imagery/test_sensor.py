"""A sensor is one TOML file: what the files say is checked against NASA's own dumps, and each fault is named."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from dateline.core import InputError, State, UsageError
from dateline.core.identity import sha256_file
from dateline.imagery import sensor as sensor_module
from dateline.imagery.sensor import read_sensor, sensor_for, sensors

HOME = Path(sensor_module.__file__).parent / "sensors"
SMALL = """
schema = 1
id = "lamp"
title = "Lamp"
instrument = "eye"
reader = "raster"
unit = "lux"
period = "day"
resolution = "one lamp"
default_layer = "light"
licence = "own"
attribution = "own"
citation = "none"
[products.LAMP1]
[collections.1]
[[layers]]
name = "light"
role = "value"
dtype = "float32"
"""


def test_every_file_in_the_folder_is_found_by_itself() -> None:
    """Discovery reads the folder: one file, one sensor, with the hash of its bytes."""
    assert {path.stem for path in HOME.glob("*.toml")} == set(sensors())
    for name, sensor in sensors().items():
        assert sensor.sha256 == sha256_file(HOME / f"{name}.toml")


def test_a_new_sensor_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in a folder of sensors makes its product known, and nothing else is touched."""
    (tmp_path / "lamp.toml").write_text(SMALL)
    monkeypatch.setattr(sensor_module, "_homes", lambda: [HOME, tmp_path])
    sensors.cache_clear()
    try:
        assert sensor_for("LAMP1").unit == "lux"
    finally:
        sensors.cache_clear()


@pytest.mark.parametrize("product", [f"{name}46A{level}" for name in ("VNP", "VJ1") for level in "1234"])
def test_black_marble_products_are_described_in_both_collections(product: str) -> None:
    """All eight products know their satellite, their default layer's unit and 26 or 7 layers a collection."""
    sensor = sensor_for(product)
    assert sensor.products[product].platform == ("Suomi-NPP" if product.startswith("VNP") else "NOAA-20")
    count = {"1": 26, "2": 7, "3": 26, "4": 26}[product[-1]]
    assert [len(sensor.layers_of(name)) for name in "12"] == [count, count]
    assert sensor.layer(sensor.default_layer, "2").unit == "nW cm-2 sr-1"


def test_the_floor_belongs_to_the_composites() -> None:
    """Composites print zero below 0.5 nW in both collections; single nights have no floor."""
    assert sensor_for("VNP46A3").floor("2") == 0.5
    assert sensor_for("VNP46A4").floor(None) == 0.5
    assert sensor_for("VNP46A2").floor("2") is None


def test_an_unknown_product_is_answered_with_the_known_ones() -> None:
    """The error lists what can be asked for."""
    with pytest.raises(UsageError) as caught:
        sensor_for("VNP46A9")
    assert caught.value.code == "product"
    assert "VJ146A3" in caught.value.do


def test_an_unknown_layer_is_answered_with_the_known_ones() -> None:
    """A layer is chosen by name, never by number; a wrong name lists the right ones."""
    with pytest.raises(UsageError) as caught:
        sensor_for("VNP46A3").layer("0", "2")
    assert "AllAngle_Composite_Snow_Free" in caught.value.do


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ('role = "value"', "role"),
        ('dtype = "float32"', "dtype"),
        ('default_layer = "light"', "default_layer"),
        ("schema = 1", "schema"),
    ],
)
def test_a_broken_sensor_file_names_its_fault(tmp_path: Path, change: str, found: str) -> None:
    """A missing or wrong key is named; nothing is guessed."""
    path = tmp_path / "lamp.toml"
    path.write_text(SMALL.replace(change, change.split("=", maxsplit=1)[0] + '= "wrong"'))
    with pytest.raises(InputError) as caught:
        read_sensor(path)
    assert caught.value.code == "sensor-file"
    assert found in caught.value.saw


def test_a_layer_that_leans_on_a_missing_one_is_a_fault(tmp_path: Path) -> None:
    """A count layer that is not described cannot be read; the file says so when it is loaded."""
    path = tmp_path / "lamp.toml"
    path.write_text(SMALL + 'count = "looks"\n')
    with pytest.raises(InputError, match="cannot be used") as caught:
        read_sensor(path)
    assert "looks" in caught.value.saw


def test_text_that_is_no_toml_is_a_fault(tmp_path: Path) -> None:
    """A file that is not TOML is answered in three parts, not with a traceback."""
    path = tmp_path / "lamp.toml"
    path.write_text("light: 3")
    with pytest.raises(InputError):
        read_sensor(path)


def test_states_are_read_by_their_names() -> None:
    """Quality flag 2 of a composite is `filled`; flag 1 of a night counts under a clear sky only."""
    assert sensor_for("VNP46A3").collection("2").flags["_Quality"].values[2] is State.FILLED
    assert sensor_for("VNP46A2").collection("2").flags["Mandatory_Quality_Flag"].clear_only == (1,)


TYPES = {"float": "float32", "ushort": "uint16", "ubyte": "uint8", "short": "int16"}


@pytest.mark.samples
@pytest.mark.parametrize("product", ["VNP46A1", "VNP46A2", "VNP46A3"])
def test_fills_and_scales_are_those_of_nasas_dumps(samples: Path, product: str) -> None:
    """Oracle: the CDL dumps of real Collection 2 files in NASA's User Guide."""
    guide = (samples / "reference/Black-Marble_Collection2.0_User_Guide_2024.txt").read_text()
    dump = re.split(r"Appendix [A-D]: Metadata", guide)[int(product[-1]) + 4]  # after the four in the contents
    checked = 0
    for layer in sensor_for(product).layers_of("2"):
        name = re.escape(layer.name)
        if kind := re.search(rf"(\w+) {name}\(phony_dim_0", dump):
            assert TYPES[kind[1]] == layer.dtype
        if fill := re.search(rf"\s{name}:_FillValue = (-?[\d.]+)", dump):
            assert float(fill[1]) == pytest.approx(layer.fill)
            checked += 1
        if scale := re.search(rf"\s{name}:scale_factor = ([\d.]+)", dump):
            assert float(scale[1]) == pytest.approx(layer.scale)
        if offset := re.search(rf"\s{name}:(?:add_)?offset = (-?[\d.]+)", dump):
            assert float(offset[1]) == pytest.approx(layer.offset)
    assert checked >= 7


def test_the_float_fill_is_not_the_double_fill() -> None:
    """The trap that the readers must avoid: the double −999.9 equals no float32."""
    assert np.float32(-999.9) != np.float64(-999.9)
