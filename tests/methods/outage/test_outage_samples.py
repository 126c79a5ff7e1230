"""outage on typhoon Haiyan: ten places of Samar and Leyte, November 2013."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from nightly_series import ask

from dateline.imagery.readers.table import LongForm, read_table
from dateline.imagery.tables import ZonalSeries
from dateline.methods.contract import Outcome

FOLDER = "lights/haiyan_daily"


def _nights(samples: Path, extent: str) -> ZonalSeries:
    form = LongForm(
        date="date",
        value="DNB_mean",
        unit="nW cm-2 sr-1",
        product="VNP46A2",
        layer="DNB_BRDF-Corrected_NTL",
        place="location",
        valid="DNB_valid_px",
        total="Total_px",
        filled="Gap_mean",
        where={"extent": extent},
    )
    return read_table(samples / FOLDER / "table_sx_poi_patch_daily_metrics_long.csv", form)


@pytest.fixture(scope="module")
def haiyan(samples: Path) -> Outcome:
    """All ten places at 5 x 5 pixels, with the load of the grid."""
    load = LongForm(date="Date", value="Grid_1AM_MW", unit="MW", product="declared", name="grid")
    grid = read_table(samples / FOLDER / "table_sx_ngcp_1am_load_samar_leyte_2012_2024.csv", load)
    return ask(_nights(samples, "5x5"), grid)


def test_tacloban_went_out_between_the_first_and_the_ninth(haiyan: Outcome) -> None:
    """The onset lies in (2013-11-01, 2013-11-09], the last and first observed nights around landfall on the 8th."""
    tacloban = haiyan.places["Tacloban_City"]
    assert tacloban.result == "outage"
    assert tacloban.values["onset"]["sets"] == [[date(2013, 11, 1), date(2013, 11, 9)]]
    assert tacloban.values["onset"]["after"] is True
    assert tacloban.values["last_normal"] == date(2013, 11, 1)
    assert tacloban.values["first_dark"] == date(2013, 11, 9)
    assert tacloban.values["return"]["answer"] == "not confirmed"
    assert tacloban.statement is not None
    assert "went out after 1 November 2013 and by 9 November 2013" in tacloban.statement.en


def test_tacloban_lost_nine_tenths_of_its_light(haiyan: Outcome) -> None:
    """The depth agrees with the published −94 % of medians (0.06) and −87 % of good days (1.9 of 15.0)."""
    depth = haiyan.places["Tacloban_City"].estimates["depth"]
    assert 0.05 < depth.best < 0.15
    assert depth.contains(0.06)
    assert depth.contains(1.9 / 15.0)


def test_the_gap_filled_answer_stands_beside(haiyan: Outcome) -> None:
    """Where 0.44 was seen on the 10th and 0.29 on the 14th, the filled layer says 2.58 and 7.24."""
    rows = {row["when"]: row for row in haiyan.rows if row["place"] == "Tacloban_City"}
    assert rows["2013-11-10"]["value"] == pytest.approx(0.440, abs=0.001)
    assert rows["2013-11-10"]["gap_filled"] == pytest.approx(2.58, abs=0.005)
    assert rows["2013-11-14"]["gap_filled"] == pytest.approx(7.24, abs=0.005)
    assert rows["2013-11-05"]["state"] == "not observed"
    assert rows["2013-11-05"]["value"] is None
    tacloban = haiyan.places["Tacloban_City"]
    assert tacloban.values["gap_filled"]["ratio"] > 3 * tacloban.estimates["depth"].best


def test_the_grids_load_agrees_in_date(haiyan: Outcome) -> None:
    """137 MW on the 7th, 85 on the 8th, 0 on the 9th: the load falls inside the light's bracket."""
    load = haiyan.places["Tacloban_City"].values["load"]
    assert load["agreement"] == "agrees in date"
    assert load["sets"] == [[date(2013, 11, 7), date(2013, 11, 9)]]
    rows = {row["when"]: row["load"] for row in haiyan.rows if row["place"] == "Tacloban_City"}
    assert [rows[f"2013-11-0{day}"] for day in (7, 8, 9)] == [137, 85, 0]


def test_each_of_the_ten_places_gets_a_sane_answer(haiyan: Outcome) -> None:
    """Four towns went out around the 8th; what was never lit, or hardly seen before, cannot be told."""
    went_out = {place for place, answer in haiyan.places.items() if answer.result == "outage"}
    assert went_out == {"Tacloban_City", "Palo", "Ormoc_City", "Baybay_City"}
    for place in went_out:
        start, end = haiyan.places[place].values["onset"]["sets"][0]
        assert start < date(2013, 11, 8) <= end
        assert (end - start).days <= 10
    others = {place: answer for place, answer in haiyan.places.items() if place not in went_out}
    assert {answer.result for answer in others.values()} == {"cannot tell"}
    codes = {place: answer.reasons[0].code for place, answer in others.items()}
    dark = {"Alang_Alang", "Central_Leyte_Forest", "Mt_Nacolod_Upland", "Samar_Forest_Reserve"}
    assert {place for place, code in codes.items() if code == "below-floor"} == dark
    assert haiyan.places["Guiuan"].values["judged"] < haiyan.places["Guiuan"].values["observed"]


def test_smaller_outlines_agree_and_single_pixels_cannot_be_told(samples: Path) -> None:
    """3 x 3 pixels give the same onset at Tacloban; one pixel is too little for any answer."""
    nine = ask(_nights(samples, "3x3")).places["Tacloban_City"]
    assert nine.values["onset"]["sets"] == [[date(2013, 11, 1), date(2013, 11, 9)]]
    one = ask(_nights(samples, "1x1"))
    assert {answer.result for answer in one.places.values()} == {"cannot tell"}
