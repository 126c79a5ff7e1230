"""Real files: a blackout, a pedestal, a change of sensor, and years in which nothing struck."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import pytest
import rasterio
from light_tables import ask, codes, look, sums, table

from dateline.imagery.tables import Pair, PairedSums
from dateline.methods import lights_guards as guards

pytestmark = pytest.mark.samples


def _maria(samples: Path) -> np.ndarray:
    folder = samples / "lights" / "puerto_rico_maria_2017"
    layers = []
    for month in ("09", "10"):
        with rasterio.open(folder / f"VNP46A3_2017_{month}.tif") as file:
            layers.append(file.read(1).astype(float))
    return np.stack(layers)[:, None]


def test_puerto_rico_falls_to_two_fifths(samples: Path) -> None:
    """September to October 2017: 0.40 of the light on the common pixels, a decrease, with what is unknown said."""
    looks = [look(f"2017-{month}", collection=None, platform=None) for month in ("09", "10")]
    outcome = ask(sums(_maria(samples), looks, nights=np.nan), {"event": "2017-09-20"})
    ratio = outcome.estimates["ratio"]
    assert ratio.best == pytest.approx(0.399, abs=0.001)
    assert outcome.result == "decrease"
    assert ratio.high is not None
    assert ratio.high < 0.7
    assert outcome.values["floor"]["floor_share"]["before"] == pytest.approx(0.413, abs=0.001)
    assert outcome.values["floor"]["floor_share"]["after"] == pytest.approx(0.621, abs=0.001)
    told = {"one-pair-no-history", "collection-unknown", "platform-unknown", "mixed-month", "unseen-pixels"}
    assert told | {"different-months", "nights-unknown"} <= codes(outcome.caveats)
    within = outcome.values["within_picture"]
    assert [part["block"] for part in within] == [4, 8, 16]
    assert within[0]["low"] > within[2]["low"]


def test_the_fall_of_puerto_rico_is_no_pedestal(samples: Path) -> None:
    """Zeros rise from 41 % to 62 % in a floored product: a real fall."""
    a, b = _maria(samples)[:, 0]
    common = np.isfinite(a) & np.isfinite(b)
    before, after = guards.profile_of(a[common]), guards.profile_of(b[common])
    assert before.zero_share == pytest.approx(0.41, abs=0.01)
    assert after.zero_share == pytest.approx(0.62, abs=0.01)
    assert guards.pedestal(before, after, floor=0.5) is None
    assert guards.pedestal(after, before, floor=0.5) is None


def _columns(path: Path, names: list[str], sheet: int = 0) -> np.ndarray:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = book.worksheets[sheet].iter_rows(values_only=True)
    header = list(next(rows))
    at = [header.index(name) for name in names]
    numbers = [[row[i] if isinstance(row[i], (int, float)) else np.nan for i in at] for row in rows]
    book.close()
    return np.array(numbers, dtype=float).T


def test_the_cells_of_north_korea_are_refused_for_their_pedestal(samples: Path) -> None:
    """2016 masked, 2019 not: refused with the reason, not "brightened everywhere"."""
    before, after = _columns(samples / "lights" / "north_korea" / "NK_gird_NL_mean.xlsx", ["NL16mean", "NL19mean"])
    looks = [look(year, product="radiance", layer="mean", collection=None, platform=None) for year in ("2016", "2019")]
    outcome = ask(table(before, after, looks))
    assert outcome.result == "refused"
    assert codes(outcome.reasons) == {"pedestal"}
    assert "background" in outcome.statement.en
    assert not outcome.estimates


@pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning")  # a drop-down list in the sheet
def test_the_counties_of_north_korea_change_their_sensor(samples: Path) -> None:
    """2013 to 2014: DMSP to VIIRS, a sensor break and no rise."""
    before, after = _columns(samples / "lights" / "north_korea" / "NKData_ver210108.xlsx", ["HM2013", "HM2014"])
    looks = [
        look("2013", product="DMSP-OLS", layer="HM", unit="digital number", collection=None, platform=None),
        look("2014", product="VNL_annual", layer="HM", collection=None, platform=None),
    ]
    outcome = ask(table(before, after, looks))
    assert outcome.result == "refused"
    assert codes(outcome.reasons) == {"sensor-break"}


def _mumbai_squares(samples: Path, side: int, before: int, history: int) -> PairedSums:
    """Squares of Mumbai in December to April, one year against the next, after a history."""
    folder = samples / "lights" / "mumbai_monthly"
    with h5py.File(folder / "mumbai_radiance.nc") as file, h5py.File(folder / "mumbai_clouds.nc") as clouds:
        radiance, times = file["unnamed"][...].astype(float), file["time"][...].astype(int)
        nights = next(clouds[name][...] for name in clouds if clouds[name].ndim == 3)
    month = (np.datetime64("1900-01-01") + times).astype("datetime64[M]").astype(str)
    names, first = np.unique(month, return_index=True)
    radiance, nights = radiance[first], nights[first]
    radiance[nights < 4] = np.nan
    years = range(before - history, before + 2)
    wanted = [f"{year}-{calendar:02d}" for year in years for calendar in (1, 2, 3, 4, 12)]
    frames = radiance[[names.tolist().index(name) for name in wanted]]
    corners = [(y, x) for y in range(0, 101 - side + 1, side) for x in range(0, 48 - side + 1, side)]
    squares = np.stack([frames[:, y : y + side, x : x + side] for y, x in corners], axis=1)
    lit = np.nanmean(squares, axis=(0, 2, 3)) > 3
    pairs = [Pair(kind="change", a=5 * history + m, b=5 * history + 5 + m) for m in range(5)]
    pairs += [Pair(kind="history", a=5 * year + m, b=5 * year + 5 + m) for year in range(history) for m in range(5)]
    return sums(squares[:, lit], [look(name, product="VNL_monthly") for name in wanted], pairs)


def test_ordinary_years_are_seldom_called(samples: Path) -> None:
    """Placebo: squares of Mumbai from one winter to the next, 2018 to 2021, are called in a fifth or less of cases.

    Nothing struck the city, but its light grows by 2 % a year and 2020 was no ordinary year, so some calls are true.
    """
    found: Counter[str] = Counter()
    for before in (2018, 2019, 2020):
        outcome = ask(_mumbai_squares(samples, 12, before, 5))
        found.update(answer.result for answer in outcome.places.values())
    assert found.total() > 80
    assert found["increase"] + found["decrease"] <= 0.2 * found.total()
