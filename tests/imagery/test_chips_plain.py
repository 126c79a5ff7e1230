"""Plain image files become chips: what they show, when, from which side; and what they are not is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from chip_files import CORNER, speckle, write_bands

from dateline.core import InputError, Refusal, State, UsageError
from dateline.core.errors import DatelineError
from dateline.imagery.chips import acquisitions, cut, group_by_track, series
from dateline.imagery.readers import mark
from dateline.imagery.readers.acquisition import Told
from dateline.imagery.readers.stamps import band_in, baseline_in, moment_in, orbit_in, without_band
from dateline.imagery.resample import bounds_of
from dateline.imagery.sensor import sensors

SHAPE = (40, 60)
NAMES = {
    "20240204T232812_VV.tif": datetime(2024, 2, 4, 23, 28, 12, tzinfo=UTC),
    "x_2024-02-04T23:28:12+09:00.tif": datetime(2024, 2, 4, 14, 28, 12, tzinfo=UTC),
    "S1A_IW_GRDH_1SDV_20221026T205127_20221026T205156_045618_05745F_791A.SAFE": datetime(
        2022, 10, 26, 20, 51, 27, tzinfo=UTC
    ),
    "T52SCE_20220514T020701_B02_10m.jp2": datetime(2022, 5, 14, 2, 7, 1, tzinfo=UTC),
    "2022-05-14_B02.tif": datetime(2022, 5, 14, 12, tzinfo=UTC),
}


@pytest.mark.parametrize(("name", "at"), NAMES.items())
def test_names_tell_the_moment(name: str, at: datetime) -> None:
    """Stamps of products and exports are read as UTC unless they name a zone; a plain day says that it is one."""
    found = moment_in(name)
    assert found is not None
    assert found.at == at
    assert found.day_only == (name == "2022-05-14_B02.tif")


def test_names_tell_orbit_baseline_and_band() -> None:
    """Sentinel-1's relative orbit follows from the absolute one; the sample's manifest says 46 for 45618."""
    assert orbit_in("S1A_IW_GRDH_1SDV_20221026T205127_20221026T205156_045618_05745F_791A.SAFE") == 46
    assert orbit_in("S2A_MSIL2A_20220514T020701_N0400_R046_T52SCE_20220514T065103.SAFE") == 46
    assert orbit_in("OPERA_L2_RTC-S1_T018-038454-IW2_20240123T232836Z_20240124T070527Z_S1A_30_v1.0") == 18
    assert orbit_in("2024-01-01_VV.tif") is None
    assert baseline_in("S2A_MSIL2A_20220514T020701_N0400_R046_T52SCE") == "04"
    assert baseline_in("S2A_MSIL2A_20210514T020701_N0300_R046_T52SCE") == "03"
    known = (sensors()["sentinel2_l2a"], sensors()["radar_declared"])
    assert band_in("T52SCE_20220514T020701_B8A_20m", known) == "B8A"
    assert band_in("SVV_2024", known) is None
    assert band_in("B2", known) == "B02"
    assert without_band("T52SCE_20220514T020701_B8A_20m", "B8A") == without_band(
        "T52SCE_20220514T020701_B02_10m", "B02"
    )


def _tagged(tmp_path: Path, name: str, seed: int = 1, **tags: str) -> Path:
    told = {f"DATELINE_{key.upper()}": text for key, text in tags.items()}
    return write_bands(tmp_path / name, speckle((2, *SHAPE), seed), names=("VV", "VH"), tags=told)


def test_tags_tell_time_orbit_side_and_quantity(tmp_path: Path) -> None:
    """What DATELINE_ tags say stands on the chip; values are untouched, the pixel is measured on the ground."""
    path = _tagged(
        tmp_path, "one.tif", sensor="sentinel1_rtc", time="2031-01-05T01:30:00+00:00", orbit="44",
        direction="ascending", quantity="gamma0", heading="348.5", prf="1717.1",
    )  # fmt: skip
    chip = cut(acquisitions([path])[0])
    assert chip.at == datetime(2031, 1, 5, 1, 30, tzinfo=UTC)
    assert (chip.sensor, chip.quantity, chip.bands) == ("sentinel1_rtc", "gamma0", ("VV", "VH"))
    assert chip.radar is not None
    assert (chip.radar.relative_orbit, chip.radar.direction) == (44, "ascending")
    assert (chip.radar.heading, chip.radar.prf, chip.radar.incidence) == (348.5, 1717.1, None)
    assert np.array_equal(chip.values, speckle((2, *SHAPE)))
    assert (chip.states == State.OBSERVED).all()
    assert chip.pixel == pytest.approx((10.0, 10.0), rel=5e-4)


def test_a_table_beside_the_images_tells_times(tmp_path: Path) -> None:
    """Images without a time in name or tags take it from times.csv; without one the error says all three ways."""
    write_bands(tmp_path / "a_VV.tif", speckle(SHAPE))
    with pytest.raises(InputError) as error:
        acquisitions([tmp_path])
    assert error.value.code == "no-date"
    assert "times.csv" in error.value.do
    (tmp_path / "times.csv").write_text(
        "file,time,orbit,direction,product\na_VV.tif,2024-02-04T23:28:12Z,61,desc,sigma0\n"
    )
    (found,) = acquisitions([tmp_path])
    assert found.about.at == datetime(2024, 2, 4, 23, 28, 12, tzinfo=UTC)
    assert found.about.quantity == "sigma0"
    assert found.about.radar is not None
    assert (found.about.radar.relative_orbit, found.about.radar.direction) == (61, "descending")


def test_bands_in_files_of_one_moment_are_one_acquisition(tmp_path: Path) -> None:
    """VV and VH of one pass lie in two files; two passes stay two, in order of time, whatever the names' order."""
    for stamp, seed in (("20240210T232812", 3), ("20240204T232812", 1)):
        for band in ("VV", "VH"):
            write_bands(tmp_path / f"{stamp}_{band}.tif", speckle(SHAPE, seed))
    found = acquisitions([tmp_path])
    assert [one.about.at.day for one in found] == [4, 10]
    assert [one.bands for one in found] == [("VH", "VV")] * 2


def test_undeclared_backscatter_is_relative_and_says_so(tmp_path: Path) -> None:
    """A plain VV file is read, but nobody said whether it is sigma or gamma nought: levels are relative."""
    path = write_bands(tmp_path / "20240204T232812_VV.tif", speckle(SHAPE))
    assert cut(acquisitions([path])[0]).quantity == "relative"
    assert "quantity-undeclared" in dict(cut(acquisitions([path])[0]).notes)
    assert cut(acquisitions([path], Told(product="gamma0"))[0]).quantity == "gamma0"


def test_whole_numbers_are_uncalibrated_amplitudes_with_zero_for_nothing(tmp_path: Path) -> None:
    """An uncalibrated GRD export: squares of amplitudes, relative only even if declared; 0 is no data, never sea."""
    numbers = np.full(SHAPE, 30, np.uint16)
    numbers[:, :10] = 0
    path = write_bands(tmp_path / "20240204T232812_VV.tif", numbers)
    chip = cut(acquisitions([path], Told(product="sigma0"))[0])
    assert chip.quantity == "relative"
    assert "uncalibrated" in dict(chip.notes)
    assert (chip.states[:, :10] == State.NOT_OBSERVED).all()
    assert np.isnan(chip.values[0, :, :10]).all()
    assert (chip.values[0, :, 10:] == 900).all()


def test_zero_blocks_are_no_data_and_single_zeros_are_below_the_floor(tmp_path: Path) -> None:
    """An undeclared border of zeros is not observed; a lone zero in the sea was seen, below what numbers can say."""
    power = speckle(SHAPE)
    power[5, 5] = 0
    power[:, -6:] = 0
    chip = cut(acquisitions([write_bands(tmp_path / "20240204T232812_VV.tif", power)])[0])
    assert chip.states[5, 5] == State.FLOOR
    assert chip.values[0, 5, 5] == 0
    assert (chip.states[:, -6:] == State.NOT_OBSERVED).all()
    assert np.isnan(chip.values[0, :, -6:]).all()
    assert (chip.states == State.OBSERVED).sum() == SHAPE[0] * (SHAPE[1] - 6) - 1
    assert "zeros-as-nodata" in dict(chip.notes)


def test_zeros_of_a_decibel_file_are_no_bright_ships(tmp_path: Path) -> None:
    """A border of 0 in decibels would be the brightest thing in the scene: it is no data. Dark noise stays seen."""
    decibel = 10 * np.log10(speckle(SHAPE))
    decibel[:, -6:] = 0
    path = write_bands(tmp_path / "20240204T232812_VV.tif", decibel)
    chip = cut(acquisitions([path], Told(product="sigma0_db"))[0])
    assert (chip.states[:, -6:] == State.NOT_OBSERVED).all()
    assert np.nanmax(chip.values) < 0.2
    power = speckle(SHAPE)
    power[:8, :8] = -1e-4
    chip = cut(acquisitions([write_bands(tmp_path / "20240216T232812_VV.tif", power)])[0])
    assert (chip.states[:8, :8] == State.FLOOR).all()
    assert dict(chip.notes)["negative-power"] == "VV: 64 pixels below 0 were set to 0."


def test_an_undeclared_fill_number_is_no_value(tmp_path: Path) -> None:
    """-32768 without a nodata tag is no backscatter, and no sign of decibels either."""
    power = speckle(SHAPE)
    power[:20] = -32768
    chip = cut(acquisitions([write_bands(tmp_path / "20240204T232812_VV.tif", power)])[0])
    assert (chip.states[:20] == State.NOT_OBSERVED).all()
    assert "fill-undeclared" in dict(chip.notes)


def test_decibels_are_told_from_power_both_ways(tmp_path: Path) -> None:
    """Decibels given as power are refused with the flag that mends it; declared they convert; power is no decibel."""
    power = speckle(SHAPE)
    linear = write_bands(tmp_path / "20240204T232812_VV.tif", power)
    (tmp_path / "db").mkdir()
    decibel = write_bands(tmp_path / "db" / "20240204T232812_VV.tif", 10 * np.log10(power))
    for path, product in ((decibel, None), (decibel, "sigma0"), (linear, "sigma0_db")):
        with pytest.raises(InputError) as error:
            cut(acquisitions([path], Told(product=product))[0])
        assert error.value.code == "decibel"
    assert "sigma0_db" in error.value.do or "sigma0" in error.value.do
    chip = cut(acquisitions([decibel], Told(product="sigma0_db"))[0])
    assert np.allclose(chip.values[0], power, rtol=1e-5)


def test_numbers_far_too_high_are_not_calibrated(tmp_path: Path) -> None:
    """Amplitudes stored as float and declared as sigma nought are refused."""
    path = write_bands(tmp_path / "20240204T232812_VV.tif", speckle(SHAPE) * 1e6)
    with pytest.raises(InputError) as error:
        cut(acquisitions([path], Told(product="sigma0"))[0])
    assert error.value.code == "not-calibrated"


def test_bounds_cut_whole_pixels_and_beyond_the_image_is_outside(tmp_path: Path) -> None:
    """A place half off the image: what lies beyond is OUTSIDE, the rest is the file's own pixels."""
    (found,) = acquisitions([write_bands(tmp_path / "20240204T232812_VV.tif", speckle(SHAPE))])
    west, south, east, north = bounds_of(found.grid)
    chip = cut(found, (east - (east - west) / 2, south, east + (east - west) / 2, north))
    assert chip.values.shape[2] == pytest.approx(SHAPE[1], abs=2)
    half = (chip.states == State.OUTSIDE).mean()
    assert half == pytest.approx(0.5, abs=0.04)
    seen = chip.values[0][chip.states == State.OBSERVED]
    assert np.isin(seen, speckle(SHAPE)).all()


def test_an_image_that_misses_the_place_is_wholly_outside(tmp_path: Path) -> None:
    """A berth outside the footprint is no error of the image: it is a look that did not see it."""
    (found,) = acquisitions([write_bands(tmp_path / "20240204T232812_VV.tif", speckle(SHAPE))])
    chip = cut(found, (130.3, 42.2, 130.31, 42.21))
    assert (chip.states == State.OUTSIDE).all()


def test_shifted_grids_are_moved_by_whole_pixels_and_others_are_resampled(tmp_path: Path) -> None:
    """One grid for all: three pixels over moves exactly; half a pixel over is read between neighbours, and noted."""
    scene = speckle((60, 80))
    write_bands(tmp_path / "20240101T000000_VV.tif", scene[:40, :60])
    write_bands(tmp_path / "20240113T000000_VV.tif", scene[3:43, 5:65], corner=(CORNER[0] + 50, CORNER[1] - 30))
    write_bands(tmp_path / "20240125T000000_VV.tif", scene[:40, :60], corner=(CORNER[0] + 5, CORNER[1]))
    first, second, third = series(acquisitions([tmp_path])).chips
    assert first.geobox == second.geobox == third.geobox
    both = np.isfinite(first.values[0]) & np.isfinite(second.values[0])
    assert both.sum() == 37 * 55
    assert np.array_equal(first.values[0][both], second.values[0][both])
    assert "resampled" in dict(third.notes)
    expected = (scene[:40, :59] + scene[:40, 1:60]) / 2
    top, left = np.argwhere(np.isfinite(first.values[0])).min(axis=0)
    assert np.allclose(third.values[0, top : top + 40, left + 1 : left + 60], expected, rtol=1e-5)
    assert "resampled" not in dict(second.notes)


def test_degrees_become_a_metric_grid(tmp_path: Path) -> None:
    """An image in degrees is brought to UTM with square pixels of its own size, states by nearest."""
    power = speckle(SHAPE)
    power[:, :20] = np.nan
    path = write_bands(
        tmp_path / "20240204T232812_VV.tif", power, crs="EPSG:4326", corner=(130.3, 42.2), pixel=1e-4, nodata=np.nan
    )
    chip = cut(acquisitions([path])[0])
    assert chip.geobox.crs.epsg == 32652
    assert chip.pixel == pytest.approx((8.25, 8.25), rel=0.01)
    assert "from-degrees" in dict(chip.notes)
    assert np.nanmean(chip.values) == pytest.approx(np.nanmean(power), rel=0.05)


def test_the_same_pass_counts_once(tmp_path: Path) -> None:
    """The same bytes under another date, and a second file of the same pass, are named and dropped."""
    write_bands(tmp_path / "20240101T000000_VV.tif", speckle(SHAPE))
    (tmp_path / "20240113T000000_VV.tif").write_bytes((tmp_path / "20240101T000000_VV.tif").read_bytes())
    cropped = speckle(SHAPE, 2)
    cropped[:30] = np.nan
    write_bands(tmp_path / "20240125T000000_VV.tif", speckle(SHAPE, 2), nodata=np.nan)
    write_bands(tmp_path / "20240125T000025_VV.tif", cropped, nodata=np.nan)
    found = series(acquisitions([tmp_path]))
    assert [code for code, _ in found.notes] == ["doubled-file", "doubled-pass"]
    assert len(found.chips) == 2
    assert found.chips[1].id == "20240125T000000"


def test_a_copy_of_one_band_does_not_drop_the_image_of_two(tmp_path: Path) -> None:
    """Of one pass the image with both polarisations is kept, whatever the names are."""
    for number, band in enumerate(("VV", "VH")):
        write_bands(tmp_path / f"20240125T000000_{band}.tif", speckle(SHAPE, number))
    (tmp_path / "20240125T000000_VV_copy.tif").write_bytes((tmp_path / "20240125T000000_VV.tif").read_bytes())
    found = series(acquisitions([tmp_path]))
    assert [chip.bands for chip in found.chips] == [("VH", "VV")]
    assert [code for code, _ in found.notes] == ["doubled-pass"]


def test_empty_passes_are_kept_as_looks_that_saw_nothing(tmp_path: Path) -> None:
    """Two passes without a value have the same bytes and are still two passes, not observed."""
    empty = np.full(SHAPE, np.nan, np.float32)
    for stamp in ("20240101T000000", "20240113T000000"):
        write_bands(tmp_path / f"{stamp}_VV.tif", empty, nodata=np.nan)
    found = series(acquisitions([tmp_path]))
    assert len(found.chips) == 2
    assert all((chip.states == State.NOT_OBSERVED).all() for chip in found.chips)


def test_tracks_are_kept_apart(tmp_path: Path) -> None:
    """Orbits and directions make tracks; where no orbit is told the time of day does, and says that it did."""
    for day, hour, orbit in ((1, 10, "18"), (13, 10, "18"), (5, 23, "91")):
        _tagged(tmp_path, f"{day}.tif", day, sensor="sigma0", time=f"2024-01-{day:02}T{hour}:04:30Z", orbit=orbit)
    groups = group_by_track(series(acquisitions([tmp_path])).chips)
    assert [(track.relative_orbit, len(chips), track.by_time) for track, chips in groups] == [
        (18, 2, False),
        (91, 1, False),
    ]
    (tmp_path / "plain").mkdir()
    for stamp in ("20240101T100430", "20240113T100428", "20240105T232836"):
        write_bands(tmp_path / "plain" / f"{stamp}_VV.tif", speckle(SHAPE, int(stamp[7])))
    groups = group_by_track(series(acquisitions([tmp_path / "plain"])).chips)
    assert [(len(chips), track.by_time) for track, chips in groups] == [(2, True), (1, True)]


def test_images_that_lack_a_band_are_told(tmp_path: Path) -> None:
    """One pass with VV alone beside a pass with both: each keeps what it has, and the note counts them."""
    for stamp, bands in (("20240101T000000", ("VV", "VH")), ("20240113T000000", ("VV",))):
        for band in bands:
            write_bands(tmp_path / f"{stamp}_{band}.tif", speckle(SHAPE, len(bands)))
    found = series(acquisitions([tmp_path]))
    assert dict(found.notes)["bands-differ"] == "Of 2 images 1 lack VH."
    with pytest.raises(UsageError):
        found.chips[1].band("VH")


def test_simulated_is_told_by_name_tags_or_pixels(tmp_path: Path) -> None:
    """A simulated image that was renamed and lost its tags still says so in its south-east corner."""
    power = speckle((80, 80))
    rows, columns = mark.corner(power.shape)
    power[rows, columns] = np.where(mark.WORD, mark.LIGHT, np.nan)
    path = write_bands(tmp_path / "20240101T000000_VV.tif", power, nodata=np.nan)
    assert acquisitions([path])[0].about.simulated
    assert _tagged(tmp_path, "x.tif", time="2024-01-01T00:00:00Z").is_file()
    assert not acquisitions([tmp_path / "x.tif"])[0].about.simulated
    assert acquisitions([write_bands(tmp_path / "20240101T000000_VH.simulated.tif", speckle(SHAPE))])[0].about.simulated


def _faults(tmp_path: Path) -> dict[str, tuple[Path, Told, str, type[DatelineError]]]:
    def at(name: str) -> Path:
        folder = tmp_path / f"f{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return folder / name

    stamp = "20240101T000000"
    pointer = at("20240101T000000_VV.tif")
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    cut_short = write_bands(at(f"{stamp}_VV.tif"), speckle((200, 200)))
    cut_short.write_bytes(cut_short.read_bytes()[:60_000])
    page = at(f"{stamp}_VV.tif")
    page.write_text("<!DOCTYPE html><html>login</html>")
    plain = Told()
    codes = write_bands(at("20240101T000000_DIST-STATUS.tif"), np.zeros(SHAPE, np.uint8), nodata=255)
    return {
        "lfs": (pointer, plain, "lfs-pointer", InputError),
        "truncated": (cut_short, plain, "truncated", InputError),
        "page": (page, plain, "login-page", InputError),
        "metric": (write_bands(at(f"{stamp}_METRIC.tif"), speckle(SHAPE)), plain, "not-backscatter", Refusal),
        "codes": (codes, plain, "not-backscatter", Refusal),
        "bytes": (write_bands(at(f"{stamp}_B02.tif"), np.ones(SHAPE, np.uint8)), plain, "picture-bytes", Refusal),
        "polarisation": (
            write_bands(at(f"{stamp}_VV.tif"), speckle(SHAPE), names=("VH",)), plain, "band-mismatch", InputError),
        "unnamed": (write_bands(at(f"{stamp}.tif"), speckle((2, *SHAPE))), Told(product="sigma0"), "band-unknown",
                    InputError),
        "nowhere": (write_bands(at(f"{stamp}_VV.tif"), speckle(SHAPE), crs=None), plain, "no-crs", InputError),
        "product": (write_bands(at(f"{stamp}_VV.tif"), speckle(SHAPE)), Told(product="sigma1"), "product", UsageError),
        "light": (write_bands(at(f"{stamp}_VV.tif"), speckle(SHAPE)), Told(product="VNP46A3"), "product", UsageError),
        "time": (write_bands(at("VV.tif"), speckle(SHAPE), tags={"DATELINE_TIME": "noon"}), plain, "time", InputError),
        "quantity": (write_bands(at(f"{stamp}_VV.tif"), speckle(SHAPE), tags={"DATELINE_QUANTITY": "dB"}), plain,
                     "quantity", InputError),
        "contradicted": (
            write_bands(at(f"{stamp}_VV.tif"), speckle(SHAPE), tags={"DATELINE_QUANTITY": "gamma0"}),
            Told(product="sigma0"), "product-mismatch", UsageError),
        "absent": (tmp_path / "none.tif", plain, "no-file", InputError),
    }  # fmt: skip


FAULTS = (
    "lfs", "truncated", "page", "metric", "codes", "bytes", "polarisation", "unnamed", "nowhere", "product", "time",
    "light", "quantity", "contradicted", "absent",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(tmp_path: Path, fault: str) -> None:
    """Every kind of file that is not what it should be has its own code and says what to do."""
    path, told, code, kind = _faults(tmp_path)[fault]
    with pytest.raises(kind) as error:
        cut(acquisitions([path], told)[0])
    assert error.value.code == code
    assert error.value.do


def test_mixed_products_are_refused(tmp_path: Path) -> None:
    """Sigma nought beside gamma nought, and a change metric beside backscatter, are no series."""
    _tagged(tmp_path, "a.tif", 1, sensor="sigma0", time="2024-01-01T00:00:00Z")
    _tagged(tmp_path, "b.tif", 2, sensor="gamma0", time="2024-01-13T00:00:00Z")
    with pytest.raises(Refusal) as error:
        series(acquisitions([tmp_path]))
    assert error.value.code == "mixed-products"


def test_two_files_of_one_band_and_moment_are_an_error(tmp_path: Path) -> None:
    """Two different VV images of one moment cannot both be right."""
    write_bands(tmp_path / "20240101T000000_VV.tif", speckle(SHAPE))
    write_bands(tmp_path / "20240101T000000__VV.tiff", speckle(SHAPE, 2))
    with pytest.raises(InputError) as error:
        acquisitions([tmp_path / "20240101T000000_VV.tif", tmp_path / "20240101T000000__VV.tiff"])
    assert error.value.code == "doubled-band"


def test_radar_is_no_image_of_light(tmp_path: Path) -> None:
    """The readers of night lights refuse a product that is cut into chips, even when it is declared."""
    from dateline.imagery.open import open_image

    path = write_bands(tmp_path / "2024-01-01_VV.tif", speckle(SHAPE))
    with pytest.raises(UsageError) as error:
        open_image(path, "gamma0")
    assert error.value.code == "product"
