"""Sentinel-2 L2A: reflectance with the right offset, clouds as clouds; metadata and pixels must agree."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chip_files import write_bands

from dateline.core import InputError, State
from dateline.imagery.chips import acquisitions, cut
from dateline.imagery.readers.acquisition import Told

SHAPE = (60, 60)
NAME = "S2A_MSIL2A_20220514T020701_N0400_R103_T52SDD_20220514T065103.SAFE"
METADATA = """<n1:Level-2A_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-2A.xsd">
<n1:General_Info><Product_Info><PRODUCT_START_TIME>2022-05-14T02:07:01.024Z</PRODUCT_START_TIME>
<PROCESSING_BASELINE>04.00</PROCESSING_BASELINE><Datatake><SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME></Datatake>
</Product_Info><Product_Image_Characteristics><QUANTIFICATION_VALUES_LIST>
<BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE></QUANTIFICATION_VALUES_LIST>
{offsets}</Product_Image_Characteristics></n1:General_Info></n1:Level-2A_User_Product>"""


def numbers(*, offset: int = 1000) -> Any:
    """DN of a harbour: water at 0.02, land at 0.3, an unseen corner."""
    dn = np.full(SHAPE, 200, np.uint16)
    dn[:, 40:] = 3000
    dn += np.random.default_rng(1).integers(0, 60, SHAPE).astype(np.uint16) + np.uint16(offset)
    dn[:6, :6] = 0
    return dn


def classes() -> Any:
    """SCL at 20 m: water, land, a cloud, its shadow, snow."""
    codes = np.full((30, 30), 6, np.uint8)
    codes[:, 20:] = 5
    codes[25:, :5], codes[25:, 5:8], codes[25:, 8:10], codes[:3, :3] = 9, 3, 11, 0
    return codes


def safe(folder: Path, metadata: str) -> Path:
    """A product in its real form with B02, B08 (10 m), B11 and SCL (20 m) as lossless JPEG 2000."""
    inside = folder / NAME / "GRANULE" / "L2A_T52SDD" / "IMG_DATA"
    for name in ("R10m", "R20m"):
        (inside / name).mkdir(parents=True)
    (folder / NAME / "manifest.safe").write_text("<x/>")
    (folder / NAME / "MTD_MSIL2A.xml").write_text(metadata)
    lossless = {"driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES", "YCBCR420": "NO"}
    for band, array, size in (("B02", numbers(), 10), ("B08", numbers(), 10), ("B11", numbers()[::2, ::2], 20),
                              ("SCL", classes(), 20)):  # fmt: skip
        name = inside / f"R{size}m" / f"T52SDD_20220514T020701_{band}_{size}m.jp2"
        write_bands(name, array, pixel=size, **lossless)
    return folder / NAME


WITH_OFFSET = METADATA.format(
    offsets="<BOA_ADD_OFFSET_VALUES_LIST>"
    + "".join(f'<BOA_ADD_OFFSET band_id="{i}">-1000</BOA_ADD_OFFSET>' for i in range(13))
    + "</BOA_ADD_OFFSET_VALUES_LIST>"
)


def test_a_product_gives_reflectance_and_states(tmp_path: Path) -> None:
    """Offset and divisor are the metadata's; 20 m bands come to 10 m; clouds, shadow, snow and no data are states."""
    (found,) = acquisitions([safe(tmp_path, WITH_OFFSET)])
    chip = cut(found)
    assert chip.bands == ("B02", "B08", "B11")
    assert chip.at == datetime(2022, 5, 14, 2, 7, 1, tzinfo=UTC)
    assert (chip.platform, chip.quantity) == ("Sentinel-2A", "reflectance")
    expected = (numbers().astype(float) - 1000) / 10000
    clear = chip.states == State.OBSERVED
    assert np.allclose(chip.band("B08")[clear], expected[clear], atol=1e-5)
    assert (chip.states[50:, :10] == State.CLOUD).all()
    assert (chip.states[50:, 10:16] == State.CLOUD).all()
    assert (chip.states[50:, 16:20] == State.SNOW).all()
    assert (chip.states[:6, :6] == State.NOT_OBSERVED).all()
    assert float(np.nanmedian(chip.band("B11")[20:40, 5:30])) == pytest.approx(0.023, abs=0.002)


def test_a_product_in_a_zip_is_the_same(tmp_path: Path) -> None:
    """NAME.SAFE.zip is read where it lies."""
    root = safe(tmp_path, WITH_OFFSET)
    packed = tmp_path / f"{NAME}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, f"{NAME}/{path.relative_to(root)}")
    one, other = (cut(acquisitions([path])[0]) for path in (root, packed))
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert np.array_equal(one.states, other.states)


def test_before_baseline_four_nothing_is_subtracted(tmp_path: Path) -> None:
    """Metadata without offsets is of an older baseline: the number over 10000 is the reflectance."""
    (found,) = acquisitions([safe(tmp_path, METADATA.format(offsets=""))])
    water = cut(found).band("B08")[20:40, 5:30]
    assert float(np.median(water)) == pytest.approx(0.123, abs=0.002)


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (METADATA.format(offsets='<BOA_ADD_OFFSET band_id="x">1</BOA_ADD_OFFSET>'), "xml"),
        (METADATA.format(offsets='<BOA_ADD_OFFSET band_id="1">many</BOA_ADD_OFFSET>'), "xml"),
        (METADATA.format(offsets="").replace(">10000<", ">0<"), "xml"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + METADATA.format(offsets="&b;"), "xml"),
        ("<cut", "xml"),
    ],
)
def test_metadata_with_faults_is_named(tmp_path: Path, metadata: str, code: str) -> None:
    """Numbers that are none, a divisor of zero, entities, cut files."""
    with pytest.raises(InputError) as error:
        acquisitions([safe(tmp_path, metadata)])
    assert error.value.code == code


def cogs(folder: Path, *, offset: int, day: str = "20220514") -> Path:
    """The same image as an open catalogue stores it: one COG a band, the date in the folder's name."""
    home = folder / f"S2A_52SDD_{day}_0_L2A"
    home.mkdir()
    for band in ("B02", "B08"):
        write_bands(home / f"{band}.tif", numbers(offset=offset), nodata=0)
    write_bands(home / "SCL.tif", classes(), pixel=20)
    return home


@pytest.mark.parametrize(
    ("offset", "day", "note", "water"),
    [
        (1000, "20220514", None, 0.023),
        (0, "20220514", "offset-applied", 0.023),
        (0, "20210514", None, 0.023),
        (1000, "20210514", "offset-suspected", 0.123),
    ],
)
def test_the_offset_is_checked_against_dark_pixels(
    tmp_path: Path, *, offset: int, day: str, note: str | None, water: float
) -> None:
    """Catalogues say falsely whether the thousand was subtracted: the water decides, and the note says that it did."""
    chip = cut(acquisitions([cogs(tmp_path, offset=offset, day=day)])[0])
    assert float(np.nanmedian(chip.band("B08")[20:40, 5:30])) == pytest.approx(water, abs=0.002)
    told = [code for code, _ in chip.notes if code.startswith("offset")]
    assert told == ([] if note is None else [note])
    assert chip.states[55, 2] == State.CLOUD
    assert chip.day_only


def test_a_declared_baseline_that_the_pixels_contradict_is_refused(tmp_path: Path) -> None:
    """Who declares baseline 04 for numbers without the thousand would get negative water."""
    home = cogs(tmp_path, offset=0)
    with pytest.raises(InputError) as error:
        cut(acquisitions([home], Told(collection="04"))[0])
    assert error.value.code == "offset"
    chip = cut(acquisitions([home], Told(collection="03"))[0])
    assert float(np.nanmedian(chip.band("B08")[20:40, 5:30])) == pytest.approx(0.023, abs=0.002)


def test_a_level_1c_product_is_not_taken_for_reflectance_of_the_ground(tmp_path: Path) -> None:
    """A folder with a Sentinel-2 manifest and no L2A metadata is refused with what to give instead."""
    root = safe(tmp_path, WITH_OFFSET)
    (root / "MTD_MSIL2A.xml").rename(root / "MTD_MSIL1C.xml")
    with pytest.raises(InputError) as error:
        acquisitions([root])
    assert error.value.code == "not-l2a"
