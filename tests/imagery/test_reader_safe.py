"""A Sentinel-1 GRD product becomes sigma nought on a map: radiometry and geometry against independent evaluation."""

from __future__ import annotations

import re
import shutil
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window as Reach
from scipy.interpolate import RectBivariateSpline, interpn

from dateline.core import InputError, State
from dateline.imagery.chips import acquisitions, cut, series
from dateline.imagery.coverage import Window
from dateline.imagery.readers.product_xml import parse
from dateline.imagery.readers.safe import pass_of

pytestmark = pytest.mark.samples

NAME = "S1A_IW_GRDH_1SDV_20221026T205127_20221026T205156_045618_05745F_791A.SAFE"
STEM = "s1a-iw-grd-vh-20221026t205127-20221026t205156-045618-05745f-002"
LINES, PIXELS = 19_497, 25_117
TOP, LEFT, SIZE = 10_240, 8_192, 768
"""The part of the image that has pixels: it crosses from IW1 into IW2 at pixel 8456."""


def amplitude(line: np.ndarray, pixel: np.ndarray) -> np.ndarray:
    """Amplitudes [1]: a slope, so that a shift by a pixel would show."""
    return np.rint(60 + 0.1 * (line - TOP) + 0.2 * (pixel - LEFT)).astype(np.uint16)


def build(folder: Path, samples: Path, *, zero: bool = False) -> Path:
    """The product in its real form: annotation as published, a full-size image with pixels in one part only."""
    source, root = samples / "ships" / "s1_grd_annotation", folder / NAME
    (root / "annotation" / "calibration").mkdir(parents=True)
    (root / "measurement").mkdir()
    shutil.copy(source / "manifest.safe", root)
    shutil.copy(source / f"{STEM}.xml", root / "annotation")
    for kind in ("calibration", "noise"):
        shutil.copy(source / f"{kind}-{STEM}.xml", root / "annotation" / "calibration")
    line, pixel = np.mgrid[TOP : TOP + SIZE, LEFT : LEFT + SIZE]
    values = amplitude(line, pixel)
    values[:80, :80] = 0 if zero else 5  # 5 squared is below the noise
    profile = {"driver": "GTiff", "height": LINES, "width": PIXELS, "count": 1, "dtype": "uint16", "tiled": True,
               "blockxsize": 256, "blockysize": 256, "compress": "deflate", "SPARSE_OK": "TRUE"}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(root / "measurement" / f"{STEM}.tiff", "w", **profile) as file:
            file.write(values, 1, window=Reach(LEFT, TOP, SIZE, SIZE))
    return root


@pytest.fixture(scope="module")
def product(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One product for all tests that do not change it."""
    return build(tmp_path_factory.mktemp("safe"), samples)


@pytest.fixture
def altered(product: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the product in which a file was changed by a pattern, or removed."""

    def make(name: str, pattern: str | None = None, by: str = "") -> Path:
        root = tmp_path / NAME
        shutil.copytree(product, root)
        path = root / name
        if pattern is None:
            path.unlink()
        else:
            text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
            assert count
            path.write_text(text, encoding="utf-8")
        return root

    return make


@dataclass(frozen=True)
class Oracle:
    """The published tables, evaluated point by point by scipy."""

    root: Path

    def vectors(self, kind: str, tag: str, name: str) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
        """Lines, pixels and values of one list of vectors."""
        tree = ElementTree.parse(self.root / "annotation" / "calibration" / f"{kind}-{STEM}.xml")
        found = list(tree.iter(tag))
        numbers = lambda one, path: np.array(one.findtext(path).split(), dtype=float)  # noqa: E731
        lines = np.array([float(one.findtext("line")) for one in found])
        return lines, [numbers(one, "pixel") for one in found], [numbers(one, name) for one in found]

    def sigma0(self, line: float, pixel: float) -> float:
        """(DN^2 - noise) / A^2 at one position of the image."""
        lines, pixels, values = self.vectors("calibration", "calibrationVector", "sigmaNought")
        a = interpn((lines, pixels[0]), np.array(values), [(line, pixel)], method="linear")[0]
        lines, pixels, values = self.vectors("noise", "noiseRangeVector", "noiseRangeLut")
        across = [np.interp(pixel, p, v) for p, v in zip(pixels, values, strict=True)]
        noise = np.interp(line, lines, across)
        tree = ElementTree.parse(self.root / "annotation" / "calibration" / f"noise-{STEM}.xml")
        for block in tree.iter("noiseAzimuthVector"):
            edge = {key: int(block.findtext(key)) for key in
                    ("firstAzimuthLine", "lastAzimuthLine", "firstRangeSample", "lastRangeSample")}  # fmt: skip
            if edge["firstAzimuthLine"] <= line <= edge["lastAzimuthLine"] and (
                edge["firstRangeSample"] <= pixel <= edge["lastRangeSample"]
            ):
                known = [np.array(block.findtext(key).split(), dtype=float) for key in ("line", "noiseAzimuthLut")]
                noise *= np.interp(line, *known)
        dn = 60 + 0.1 * (line - TOP) + 0.2 * (pixel - LEFT)
        return float((dn**2 - noise) / a**2)

    def place(self, line: float, pixel: float) -> tuple[float, float]:
        """Longitude and latitude of a position of the image, forward through the tie points."""
        points = list(ElementTree.parse(self.root / "annotation" / f"{STEM}.xml").iter("geolocationGridPoint"))
        lines = sorted({int(one.findtext("line")) for one in points})
        pixels = sorted({int(one.findtext("pixel")) for one in points})
        fields = [np.array([float(one.findtext(key)) for one in points]) for key in ("longitude", "latitude")]
        lon, lat = (
            RectBivariateSpline(lines, pixels, one.reshape(len(lines), len(pixels)))(line, pixel)[0, 0]
            for one in fields
        )
        return float(lon), float(lat)


def around(root: Path, line: float, pixel: float, reach: float = 0.01) -> tuple[float, float, float, float]:
    """Bounds around a position of the image [degrees]."""
    lon, lat = Oracle(root).place(line, pixel)
    return lon - reach, lat - reach, lon + reach, lat + reach


def test_sigma_nought_is_the_formula_at_the_right_place(product: Path) -> None:
    """Oracle: tables evaluated by scipy, positions forward through the tie points: under 0.5 % at every point tried.

    The points lie in both swaths. Whole amplitudes round by up to 0.5, which is 1 % of the power at 100.
    """
    oracle = Oracle(product)
    (found,) = acquisitions([product])
    chip = cut(found, around(product, TOP + 400, LEFT + 400))
    to_map = Transformer.from_crs("EPSG:4326", chip.geobox.crs.to_wkt(), always_xy=True)
    tried = 0
    for line, pixel in ((TOP + 380, LEFT + 330), (TOP + 380, LEFT + 460), (TOP + 440, LEFT + 350)):
        column, row = ~chip.geobox.affine @ to_map.transform(*oracle.place(line, pixel))
        window = chip.values[0][int(row) - 1 : int(row) + 2, int(column) - 1 : int(column) + 2]
        here = [oracle.sigma0(line + dl, pixel + dp) for dl in (-1, 0, 1) for dp in (-1, 0, 1)]
        assert window.shape == (3, 3)
        assert float(window.mean()) == pytest.approx(float(np.mean(here)), rel=0.01)
        tried += 1
    assert tried == 3
    assert chip.quantity == "sigma0"
    assert chip.bands == ("VH",)
    assert chip.pixel == pytest.approx((10.0, 10.0), rel=1e-3)


def test_the_pass_is_told_by_annotation_and_manifest(product: Path) -> None:
    """Orbit, side, PRF of the swath, speed, slant range and incidence at the place, each as the product has it."""
    (found,) = acquisitions([product])
    assert found.about.platform == "Sentinel-1A"
    near, far = (cut(found, around(product, TOP + 300, LEFT + step, 0.004)).radar for step in (100, 600))
    assert near is not None
    assert far is not None
    assert (near.relative_orbit, near.direction, near.looks) == (46, "descending", 4.4)
    assert near.prf == pytest.approx(1717.13, abs=0.01)
    assert far.prf == pytest.approx(1451.63, abs=0.01)
    assert near.heading == pytest.approx(191.99, abs=0.01)
    assert near.speed == pytest.approx(7590, abs=15)
    assert near.incidence == pytest.approx(36.3, abs=0.5)
    assert near.slant_range == pytest.approx(845_000, abs=5_000)
    assert near.wavelength == pytest.approx(0.0554657, abs=1e-6)
    assert cut(found, around(product, TOP, LEFT, 0.004)).at == datetime(2022, 10, 26, 20, 51, 42, tzinfo=UTC)


def test_the_prf_of_a_single_swath_is_its_own(samples: Path) -> None:
    """An SLC annotation is of one swath: 1685.82 Hz for IW3 in the sample."""
    (path,) = (samples / "ships" / "s1_slc_subset").glob("*.xml")
    assert pass_of(parse(path.read_bytes(), path.name), path.name, 100, 100).prf == pytest.approx(1685.82, abs=0.01)


def test_below_the_noise_is_zero_counted_and_below_the_floor(product: Path) -> None:
    """Where DN squared is under the noise the value is 0, the pixel is below the floor, and the note counts them."""
    (found,) = acquisitions([product])
    chip = cut(found, around(product, TOP + 40, LEFT + 40, 0.002))
    assert (chip.states == State.FLOOR).sum() > 500
    assert (chip.values[0][chip.states == State.FLOOR] == 0).all()
    text = dict(chip.notes)["noise-clipped"]
    assert int(re.findall(r"\d+", text)[0]) > 500


def test_what_the_image_does_not_show_is_not_observed_or_outside(product: Path) -> None:
    """Stored zeros are no data; a place off the frame is outside: neither is dark sea."""
    (found,) = acquisitions([product])
    unseen = cut(found, around(product, 4_000, 4_000, 0.003))
    assert (unseen.states == State.NOT_OBSERVED).all()
    assert np.isnan(unseen.values).all()
    west, south, east, north = around(product, 0, 12_000, 0.003)
    off = cut(found, (west, south + 0.2, east, north + 0.2))
    assert (off.states == State.OUTSIDE).all()


def test_folder_and_zip_give_the_same_chip(product: Path, tmp_path: Path) -> None:
    """The same product as NAME.SAFE.zip is read without being unpacked, and the two count as one pass."""
    packed = tmp_path / f"{NAME}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(product.rglob("*")):
            archive.write(path, f"{NAME}/{path.relative_to(product)}")
    bounds = around(product, TOP + 300, LEFT + 300, 0.003)
    one, other = (cut(acquisitions([path])[0], bounds) for path in (product, packed))
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert one.id == other.id == NAME.removesuffix(".SAFE")
    both = series(acquisitions([product, packed]), bounds)
    assert len(both.chips) == 1
    assert [code for code, _ in both.notes] == ["doubled-pass"]


def test_without_calibration_levels_are_relative(altered: Callable[..., Path]) -> None:
    """A product whose calibration file is missing is read as DN squared, relative only, and says so."""
    root = altered(f"annotation/calibration/calibration-{STEM}.xml")
    (found,) = acquisitions([root])
    chip = cut(found, around(root, TOP + 300, LEFT + 300, 0.002))
    assert chip.quantity == "relative"
    assert "uncalibrated" in dict(chip.notes)
    assert float(np.median(chip.values)) == pytest.approx((60 + 30 + 60) ** 2, rel=0.05)


def test_older_processors_left_noise_along_the_borders(product: Path) -> None:
    """Before IPF 2.90 the outer 500 m are no data; later ones were set to zero by the processor itself."""
    (found,) = acquisitions([product])
    for version, lost in (((2, 84), 50), ((3, 52), 0)):
        corner = np.ones((100, 100))
        replace(found, version=version)._drop_borders(corner, Window(slice(0, 100), slice(PIXELS - 100, PIXELS)))
        assert np.isnan(corner).sum() == 100 * 100 - (100 - lost) ** 2


def test_a_whole_scene_is_too_much_for_one_chip(product: Path) -> None:
    """Without a place the answer is to name one, before any pixel is read."""
    with pytest.raises(InputError) as error:
        cut(acquisitions([product])[0])
    assert error.value.code == "chip-too-large"


def test_noise_that_was_subtracted_before_is_not_subtracted_again(product: Path, altered: Callable[..., Path]) -> None:
    """thermalNoiseCorrectionPerformed = true: sigma nought is DN squared over A squared."""
    tag = "thermalNoiseCorrectionPerformed"
    root = altered(f"annotation/{STEM}.xml", rf"<{tag}>false</{tag}>", f"<{tag}>true</{tag}>")
    bounds = around(product, TOP + 300, LEFT + 300, 0.002)
    with_noise, without = (cut(acquisitions([path])[0], bounds) for path in (root, product))
    assert (with_noise.values > without.values).all()
    assert "noise-clipped" not in dict(with_noise.notes)


def test_the_older_form_of_noise_is_read(product: Path, altered: Callable[..., Path]) -> None:
    """One noiseVectorList without a factor along the track (before IPF 2.9) gives the range noise alone."""
    name = f"annotation/calibration/noise-{STEM}.xml"
    root = altered(name, r"<noiseAzimuthVectorList.*</noiseAzimuthVectorList>", "")
    text = (root / name).read_text(encoding="utf-8")
    for new, old in (("noiseRangeVectorList", "noiseVectorList"), ("noiseRangeVector", "noiseVector"),
                     ("noiseRangeLut", "noiseLut")):  # fmt: skip
        text = re.sub(rf"(</?){new}\b", rf"\g<1>{old}", text)
    (root / name).write_text(text, encoding="utf-8")
    bounds = around(product, TOP + 300, LEFT + 300, 0.002)
    older, newer = (cut(acquisitions([path])[0], bounds) for path in (root, product))
    assert np.allclose(older.values, newer.values, rtol=0.2)
    assert not np.allclose(older.values, newer.values, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "pattern", "by", "code"),
    [
        ("manifest.safe", r"<xfdu:XFDU", '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><xfdu:XFDU', "xml"),
        (f"annotation/{STEM}.xml", r"</product>.*", "", "xml"),
        (f"annotation/{STEM}.xml", r"<polarisation>VH", "<polarisation>VV", "band-mismatch"),
        (f"annotation/{STEM}.xml", r"<numberOfLines>19497", "<numberOfLines>600", "image-size"),
        (f"annotation/{STEM}.xml", r"<latitude>[^<]*", "<latitude>nan", "xml"),
        ("manifest.safe", r"productType>GRD<", "productType>SLC<", "not-grd"),
        (f"annotation/calibration/calibration-{STEM}.xml", r"(<sigmaNought[^>]*>)\S+", r"\g<1>0.0", "xml"),
        (f"annotation/calibration/noise-{STEM}.xml", r"(<noiseRangeLut[^>]*>)\S+ ", r"\g<1>", "xml"),
        (f"measurement/{STEM}.tiff", None, "", "no-measurement"),
    ],
)
def test_each_fault_of_a_product_is_named(
    altered: Callable[..., Path], product: Path, *, name: str, pattern: str | None, by: str, code: str
) -> None:
    """Entities, cut XML, renamed polarisations, cut images, tables that are none: each has its code."""
    root = altered(name, pattern, by)
    with pytest.raises(InputError) as error:
        cut(acquisitions([root])[0], around(product, TOP + 300, LEFT + 300, 0.002))
    assert error.value.code == code


def test_a_zip_cut_short_is_damaged(tmp_path: Path) -> None:
    """A download that broke off is told so."""
    path = tmp_path / f"{NAME}.zip"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 500)
    with pytest.raises(InputError) as error:
        acquisitions([path])
    assert error.value.code == "truncated"
