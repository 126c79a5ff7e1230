"""Every folder of real radar, optical and ship samples opens as what it is, and its published traps are met."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dateline.core import Refusal, State
from dateline.core.errors import DatelineError
from dateline.imagery.chips import acquisitions, group_by_track, series
from dateline.imagery.readers.acquisition import Told

pytestmark = pytest.mark.samples


@pytest.mark.parametrize(("folder", "zeros"), [("california_292318-IW2", 31), ("california_292319-IW2", 0)])
def test_radar_chips_of_california(samples: Path, folder: str, zeros: int) -> None:
    """21 dates of gamma0 on one grid of 30 m; the exact zeros are below the floor and not the sea's value."""
    made = series(acquisitions([samples / "radar" / folder], Told(product="gamma0")))
    assert len(made.chips) == 21
    assert made.notes == ()
    assert {chip.values.shape for chip in made.chips} == {(2, 100, 100)}
    assert all(chip.day_only and chip.quantity == "gamma0" for chip in made.chips)
    assert made.chips[0].pixel == pytest.approx((29.99, 29.99), abs=0.02)
    assert sum(int((chip.values == 0).sum()) for chip in made.chips) == zeros
    assert all((chip.states == State.FLOOR)[(chip.values == 0).any(axis=0)].all() for chip in made.chips)
    assert [len(chips) for _, chips in group_by_track(made.chips)] == [21]


def test_change_metric_of_chile_is_no_backscatter(samples: Path) -> None:
    """METRIC and DIST-STATUS are refused as backscatter; declared as numbers they open; empty passes saw nothing."""
    folder = samples / "radar" / "chile_fire_2024"
    for kind in ("METRIC", "DIST-STATUS"):
        with pytest.raises(Refusal) as error:
            acquisitions(sorted(folder.glob(f"*_{kind}.tif")))
        assert error.value.code == "not-backscatter"
    chips = series(acquisitions(sorted(folder.glob("*_METRIC.tif")), Told(product="index"))).chips
    assert len(chips) == 10
    empty = [chip.at.strftime("%m-%d") for chip in chips if (chip.states == State.NOT_OBSERVED).all()]
    assert empty == ["01-28", "02-09", "02-21"]
    shares = {chip.at.strftime("%m-%d"): float((chip.values > 3.5).mean()) for chip in chips}
    assert shares["02-02"] == pytest.approx(0.0, abs=5e-4)
    assert shares["02-04"] == pytest.approx(0.327, abs=5e-4)
    tracks = {track.relative_orbit: {chip.at.hour for chip in group} for track, group in group_by_track(chips)}
    assert tracks == {18: {23}, 91: {23}, 156: {10}}


def test_codes_of_chile_keep_their_no_data(samples: Path) -> None:
    """255 in a file of codes is no data, and whole passes of it are looks that saw nothing."""
    files = sorted((samples / "radar" / "chile_fire_2024").glob("*_DIST-STATUS.tif"))
    chips = series(acquisitions(files, Told(product="index"))).chips
    unseen = [chip for chip in chips if (chip.states == State.NOT_OBSERVED).all()]
    assert [chip.at.day for chip in unseen] == [28, 9, 21]
    assert all(np.nanmax(chip.values) < 255 for chip in chips if chip not in unseen)


@pytest.mark.parametrize(
    ("folder", "shape", "width"),
    [("sen2ships_busan", (5, 699, 1042), 8.18), ("sen2ships_cartagena", (5, 1226, 747), 9.84)],
)
def test_web_mercator_pixels_get_their_ground_size(
    samples: Path, folder: str, shape: tuple[int, ...], width: float
) -> None:
    """A pixel called 10 m is 8.18 m at Busan and 9.84 m at Cartagena; reflectance by the declared sixteen bits."""
    (chip,) = series(acquisitions([samples / "ships" / folder], Told(product="reflectance_u16"))).chips
    assert chip.values.shape == shape
    assert chip.pixel[1] == pytest.approx(width, abs=0.02)
    assert chip.pixel[0] == pytest.approx(width, rel=0.01)
    assert chip.bands == ("B02", "B03", "B04", "B08", "B11")
    assert chip.quantity == "reflectance"
    assert np.nanmax(chip.values) == pytest.approx(1.0)
    assert "web-mercator" in dict(chip.notes)
    assert (chip.states <= State.FLOOR).all()
    (plain,) = series(acquisitions([samples / "ships" / folder])).chips
    assert plain.quantity == "relative"


def test_the_optical_series_keeps_clouds_and_what_is_not_valid(samples: Path) -> None:
    """68 looks on 10 m pixels: clouds are clouds though NDVI has a number there; 32 have under 10 % of them."""
    made = series(acquisitions([samples / "optical" / "s2_series_68"]))
    assert len(made.chips) == 68
    assert made.chips[0].values.shape == (1, 101, 100)
    assert made.chips[0].pixel == pytest.approx((10.0, 10.0), abs=0.01)
    assert made.chips[0].at.isoformat() == "2015-07-11T10:00:08+00:00"
    assert sum(float((chip.states == State.CLOUD).mean()) < 0.1 for chip in made.chips) == 32
    valid = np.load(samples / "optical" / "s2_series_68" / "mask_IS_VALID.npy")[..., 0]
    for chip, seen in zip(made.chips, valid, strict=True):
        assert ((chip.states == State.OBSERVED) <= (seen > 0)).all()


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("optical/joplin_before_after", "picture-bytes"),
        ("optical/north_korea_sites", "picture-bytes"),
        ("ships/s1_slc_subset", "no-crs"),
        ("ships/s1_grd_annotation", "no-measurement"),
    ],
)
def test_what_cannot_be_measured_is_refused(samples: Path, folder: str, code: str) -> None:
    """Picture bytes, an SLC cut without a position, and a product without its pixels: each has its own answer."""
    with pytest.raises(DatelineError) as error:
        acquisitions([samples / folder])
    assert error.value.code == code
