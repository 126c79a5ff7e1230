"""Tables that others measured become the same noun as our own: with the truths of the samples."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from dateline.core import InputError, Refusal, State, UsageError
from dateline.imagery.readers.sheet import number, text_of, when_of
from dateline.imagery.readers.table import (
    GAP_FILLED,
    LongForm,
    TimeColumn,
    WideForm,
    read_columns,
    read_table,
    years,
)
from dateline.imagery.tables import ZonalSeries

NW = "nW cm-2 sr-1"
PLAIN = LongForm(date="date", place="place", value="light", unit=NW, product="VNP46A2")


def at(series: ZonalSeries, day: str, place: str) -> tuple[int, int]:
    """The indices of a day and a place."""
    days = [look.when.edtf() for look in series.looks]
    return days.index(day), series.places.index(place)


@pytest.mark.samples
def test_tacloban_goes_dark_in_what_was_observed(samples: Path) -> None:
    """5 x 5 pixels: observed 19.2, 0.43, 0.44 on 1, 9, 10 November 2013; the filled column says 2.58 and 7.2."""
    form = LongForm(
        date="date",
        place="location",
        value="DNB_mean",
        valid="DNB_valid_px",
        total="Total_px",
        filled="Gap_mean",
        where={"extent": "5x5"},
        unit=NW,
        product="VNP46A2",
    )
    series = read_table(samples / "lights/haiyan_daily/table_sx_poi_patch_daily_metrics_long.csv", form)
    assert len(series.places) == 10
    assert (series.size == 25).all()
    seen = [series.mean()[at(series, f"2013-11-{day}", "Tacloban_City")] for day in ("01", "09", "10")]
    assert seen == pytest.approx([19.2, 0.43, 0.44], abs=0.006)
    filled = [series.other[GAP_FILLED][at(series, f"2013-11-{d}", "Tacloban_City")] / 25 for d in ("10", "14")]
    assert filled == pytest.approx([2.58, 7.24], abs=0.006)
    assert series.seen_share()[at(series, "2013-11-10", "Tacloban_City")] == pytest.approx(0.68)
    np.testing.assert_allclose(series.weight.sum(axis=2), np.broadcast_to(series.size, series.total.shape))


@pytest.mark.samples
def test_days_without_rows_are_absent(samples: Path) -> None:
    """3,644 days are listed of 4,730: the rest are no looks, and no zeros; 56 % of them were half unseen."""
    form = LongForm(
        date="date",
        name="Samar-Leyte",
        value="NTL_mean",
        valid="Valid_px",
        share="Valid_pct",
        unit=NW,
        product="VNP46A2",
    )
    series = read_table(samples / "lights/haiyan_daily/daily_dnb_brdf_spatial_completeness_2012_2024.csv", form)
    assert len(series.looks) == 3_644
    assert series.places == ("Samar-Leyte",)
    assert (series.seen_share() < 0.5).mean() == pytest.approx(0.56, abs=0.005)


@pytest.mark.samples
def test_the_grids_load_is_read_with_its_unit(samples: Path) -> None:
    """The outside truth: 137, 85, 0 megawatts on 7, 8, 9 November 2013. That zero is a measured zero."""
    form = LongForm(date="Date", value="Grid_1AM_MW", name="grid", unit="MW", product="grid load")
    series = read_table(samples / "lights/haiyan_daily/table_sx_ngcp_1am_load_samar_leyte_2012_2024.csv", form)
    load = [series.mean()[at(series, f"2013-11-0{day}", "grid")] for day in (7, 8, 9)]
    assert load == [137, 85, 0]
    assert {look.unit for look in series.looks} == {"MW"}


@pytest.mark.samples
def test_north_koreas_cells_show_their_pedestal(samples: Path) -> None:
    """2016 is masked (median 0), 2019 is not (median 0.224, minimum 0.186): the profiles say so; so do the ports."""
    folder = samples / "lights/north_korea"
    columns = [
        TimeColumn(column=f"NL{year - 2000}mean", when=str(year), product="VNL_annual", unit=NW)
        for year in (2019, 2016)
    ]
    series = read_table(folder / "NK_gird_NL_mean.xlsx", WideForm(place="gridid", times=columns, cells=True))
    assert len(series.places) == 32_578
    assert [look.when.edtf() for look in series.looks] == ["2016", "2019"]
    masked, open_ = series.profiles
    assert (masked.quantiles[2], open_.quantiles[2]) == pytest.approx((0.0, 0.224), abs=0.0005)
    assert open_.minimum == pytest.approx(0.186, abs=0.0005)
    assert masked.zero_share > 0.9 > open_.zero_share == 0
    distance = read_columns(folder / "NK_gird_distance.xlsx", "gridid", ["Distance_port"])
    metres = np.array([distance[place]["Distance_port"] for place in series.places])
    near, far = metres < 5_000, metres >= 50_000
    assert series.total[:, near].mean(axis=1) == pytest.approx([0.294, 0.624], abs=0.0006)
    assert series.total[:, far].mean(axis=1) == pytest.approx([0.006, 0.241], abs=0.0006)


@pytest.mark.samples
def test_north_koreas_counties_change_their_sensor(samples: Path) -> None:
    """Sums of the county means are 99.1 in 2013 (DMSP) and 294.1 in 2014 (VIIRS): two products, two units."""
    times = years("HM{}", 1992, 2013, product="DMSP-OLS", unit="digital number")
    times += years("HM{}", 2014, 2018, product="VNL_annual", unit=NW)
    path = samples / "lights/north_korea/NKData_ver210108.xlsx"
    series = read_table(path, WideForm(place="county_code", times=times))
    assert len(series.places) == 178
    assert series.total.sum(axis=1)[[21, 22]] == pytest.approx([99.1, 294.1], abs=0.05)
    assert [look.product for look in series.looks[21:23]] == ["DMSP-OLS", "VNL_annual"]
    formulas = WideForm(
        place="county_code", times=[TimeColumn(column="KDDsqurban19_16", when="2019", product="x", unit="1")]
    )
    with_formulas = read_table(path, formulas)
    assert with_formulas.looks[0].notes[0][0] == "formula"
    assert np.isnan(with_formulas.total).all()


def csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file."""
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_of_the_world(tmp_path: Path, separator: str, encoding: str) -> None:
    """The same table in any common dress gives the same series."""
    rows = [("date", "place", "light"), ("2013-11-02", "Köln", "0.5"), ("20131101", "Köln", "7.25")]
    text = "\r\n".join(separator.join(row) for row in rows) + "\r\n"
    series = read_table(csv(tmp_path / "t.csv", text, encoding), PLAIN)
    assert series.places == ("Köln",)
    assert series.total[:, 0].tolist() == [7.25, 0.5]
    assert [look.when.edtf() for look in series.looks] == ["2013-11-01", "2013-11-02"]


def test_decimal_commas_are_decimals(tmp_path: Path) -> None:
    """0,365 in a table with semicolons is a third, not 365."""
    series = read_table(csv(tmp_path / "t.csv", "date;place;light\n2013-11-01;A;0,365\n"), PLAIN)
    assert series.total[0, 0] == pytest.approx(0.365)


def test_korean_letters_need_their_encoding_said(tmp_path: Path) -> None:
    """An encoding that is declared is used; the hash of the bytes goes along."""
    path = csv(tmp_path / "t.csv", "date,place,light\n2013-11-01,평양,3\n", "cp949")
    series = read_table(path, PLAIN, encoding="cp949")
    assert series.places == ("평양",)
    assert len(series.looks[0].files[0][1]) == 64


def test_nothing_is_not_zero(tmp_path: Path) -> None:
    """Empty cells, NA, −999.9 and zero valid pixels are not observed; a measured zero is a zero."""
    text = "date,place,light,px,all\n"
    text += "".join(
        f"2013-11-0{i},A,{cell}\n" for i, cell in enumerate(("0,4,9", ",4,9", "NA,4,9", "-999.9,4,9", "5,0,9"), 1)
    )
    form = LongForm(date="date", place="place", value="light", valid="px", total="all", unit=NW, product="VNP46A2")
    series = read_table(csv(tmp_path / "t.csv", text), form)
    assert series.total[0, 0] == 0
    assert np.isnan(series.total[1:, 0]).all()
    assert series.weight[:, 0, State.OBSERVED].tolist() == [4, 0, 0, 0, 0]
    assert series.weight[:, 0, State.NOT_OBSERVED].tolist() == [5, 9, 9, 9, 9]


def test_sums_and_nights_are_read_as_such(tmp_path: Path) -> None:
    """A column of sums stays a sum; looks come along; a place without a row that day was not observed."""
    text = "date,place,light,px,nights\n2020-01,A,30,10,7\n2020-02,A,20,10,4\n2020-02,B,8,4,3\n"
    form = LongForm(
        date="date", place="place", value="light", valid="px", nights="nights", is_sum=True, unit=NW, product="VNP46A3"
    )
    series = read_table(csv(tmp_path / "t.csv", text), form)
    assert series.total[:, 0].tolist() == [30, 20]
    assert series.mean()[1].tolist() == [2, 2]
    assert np.isnan(series.total[0, 1])
    assert series.weight[0, 1, State.NOT_OBSERVED] == 4
    assert series.nights[:, 0].tolist() == [7, 4]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("date,place,lite\n2013-11-01,A,1\n", "table-column"),
        ("date,place,light\n2013-11-01,A,bright\n", "table-number"),
        ("date,place,light\n03/04/2013,A,1\n", "table-date"),
        ("oneword\nanother\n", "table-format"),
        ("<!DOCTYPE html><html>, log in</html>", "table-format"),
        ("date,place,light\n", "table-empty"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(tmp_path: Path, text: str, code: str) -> None:
    """Each fault has its own code and names line or column."""
    with pytest.raises(InputError) as caught:
        read_table(csv(tmp_path / "t.csv", text), PLAIN)
    assert caught.value.code == code
    assert caught.value.do


def test_a_date_in_another_order_can_be_declared(tmp_path: Path) -> None:
    """03/04/2013 is refused without its form and read with it."""
    form = LongForm(date="date", place="place", value="light", unit=NW, product="VNP46A2", date_form="%d/%m/%Y")
    series = read_table(csv(tmp_path / "t.csv", "date,place,light\n03/04/2013,A,1\n"), form)
    assert series.looks[0].when.edtf() == "2013-04-03"


def test_doubled_rows_are_dropped_if_equal_and_refused_if_not(tmp_path: Path) -> None:
    """Two values for one place and day are a question, not an average."""
    series = read_table(csv(tmp_path / "a.csv", "date,place,light\n2013-11-01,A,1\n2013-11-01,A,1\n"), PLAIN)
    assert series.looks[0].notes[0][0] == "doubled-row"
    with pytest.raises(Refusal) as caught:
        read_table(csv(tmp_path / "b.csv", "date,place,light\n2013-11-01,A,1\n2013-11-01,A,2\n"), PLAIN)
    assert caught.value.code == "doubled-row"


def test_workbooks_that_are_none_are_refused(tmp_path: Path) -> None:
    """A renamed text file, a missing file and a missing sheet each have their answer."""
    form = WideForm(place="place", times=years("Y{}", 2013, 2013, product="x", unit=NW), sheet="Data")
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty.xlsx")
    for name, code in (("fake.xlsx", "table-format"), ("none.xlsx", "no-file"), ("empty.xlsx", "table-sheet")):
        if name == "fake.xlsx":
            (tmp_path / name).write_text("a,b\n1,2\n")
        with pytest.raises(InputError) as caught:
            read_table(tmp_path / name, form)
        assert caught.value.code == code


def test_formulas_are_no_values(tmp_path: Path) -> None:
    """What a formula comes to is another program's answer: not observed here, and noted."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["place", "Y2013", "Y2014"], ["A", 3, "=B2*2"], [None, None, None], ["B", None, 4.5]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    series = read_table(
        tmp_path / "t.xlsx", WideForm(place="place", times=years("Y{}", 2013, 2014, product="x", unit=NW))
    )
    np.testing.assert_array_equal(series.total, [[3, np.nan], [np.nan, 4.5]])
    assert [len(look.notes) for look in series.looks] == [0, 1]


def test_two_columns_of_one_time_are_refused(tmp_path: Path) -> None:
    """A series has one value a time."""
    columns = [TimeColumn(column=name, when="2013", product="x", unit=NW) for name in ("a", "b")]
    with pytest.raises(UsageError):
        read_table(csv(tmp_path / "t.csv", "place,a,b\nA,1,2\n"), WideForm(place="place", times=columns))


def test_cells_are_read_one_way_only() -> None:
    """Numbers, names and dates from spreadsheets and text."""
    assert number("1,5", decimal=",") == 1.5
    assert number(float("inf")) is None
    assert number(True) is None
    assert text_of(24.0) == "24"
    assert text_of(None) == ""
    assert when_of(datetime(2013, 11, 8, 3), None).edtf() == "2013-11-08"  # noqa: DTZ001
    assert when_of(date(2013, 11, 8), None).edtf() == "2013-11-08"
    assert when_of("2013-11-08T01:00:00Z", None).edtf() == "2013-11-08"
    assert when_of(2013, None).edtf() == "2013"
    assert when_of("2013-11", None).edtf() == "2013-11"
    with pytest.raises(ValueError, match="one way only"):
        when_of("Nov 8", None)
