"""event_study on real series: a typhoon, a pandemic, a tobacco law, and series whose meaning nobody states."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from event_months import ask, codes

from dateline.core.when import When
from dateline.imagery.readers.table import LongForm, read_table
from dateline.imagery.tables import ZonalSeries
from dateline.methods.contract import Outcome
from dateline.methods.event_study.controls import simplex_weights
from dateline.methods.event_study.listing import Listed

HAIYAN = "lights/haiyan_daily"
STUDIES = "casefile/eventstudy"
LANDFALL = Listed(id="landfall", title="landfall of Haiyan", when=When.on(date(2013, 11, 8)))
MONTH_AFTER = {"before": 30, "lag_first": 1, "lag_last": 30}


def _nights(samples: Path) -> ZonalSeries:
    form = LongForm(
        date="date",
        value="DNB_mean",
        unit="nW cm-2 sr-1",
        product="VNP46A2",
        layer="DNB_BRDF-Corrected_NTL",
        place="location",
        valid="DNB_valid_px",
        total="Total_px",
        where={"extent": "5x5"},
    )
    return read_table(samples / HAIYAN / "table_sx_poi_patch_daily_metrics_long.csv", form)


def _column(samples: Path, file: str, date_column: str, value: str, unit: str = "1") -> ZonalSeries:
    form = LongForm(date=date_column, value=value, unit=unit, product="declared", name=value, platform="as given")
    return read_table(samples / STUDIES / file, form)


@pytest.mark.parametrize("place", ["Tacloban_City", "Ormoc_City"])
def test_the_light_of_leyte_falls_around_the_landfall(samples: Path, place: str) -> None:
    """Observed nights fall beside the dated landfall; the looks between which it lies are named, not the day itself."""
    outcome = ask(_nights(samples), LANDFALL, place_asked=place, what="night-time light", **MONTH_AFTER)
    assert outcome.result == "fall"
    assert outcome.values["smaller_at"] == outcome.values["other_dates"] >= 40
    assert outcome.statement.args["beside"].startswith("around landfall of Haiyan (8 November 2013), between the looks")
    assert "not-pre-registered" in codes(outcome.caveats)


def test_tacloban_lost_the_light_that_the_outage_method_measures(samples: Path) -> None:
    """The interval holds the fall from 15.0 to 1.9 of good days that the samples' source prints."""
    outcome = ask(_nights(samples), LANDFALL, place_asked="Tacloban_City", **MONTH_AFTER)
    change = outcome.estimates["change"]
    assert change.contains(1.9 - 15.0)
    assert "between the looks of 1 November 2013 and 9 November 2013" in outcome.statement.en


def test_a_forest_shows_no_change_and_what_it_could_have_shown(samples: Path) -> None:
    """Where there was no light there is no fall; what it could have shown is printed."""
    outcome = ask(_nights(samples), LANDFALL, place_asked="Central_Leyte_Forest", **MONTH_AFTER)
    assert outcome.result == "no change beyond its usual"
    assert outcome.values["smallest_detectable"] > 1


def test_the_filled_layer_is_refused(samples: Path) -> None:
    """The gap-filled values of the same table are refused before anything is computed."""
    form = LongForm(
        date="date", value="Gap_mean", unit="nW cm-2 sr-1", product="VNP46A2", layer="Gap_Filled", place="location",
        where={"extent": "5x5"},
    )  # fmt: skip
    series = read_table(samples / HAIYAN / "table_sx_poi_patch_daily_metrics_long.csv", form)
    assert codes(ask(series, LANDFALL, place_asked="Tacloban_City", **MONTH_AFTER).reasons) == ["gap-filled"]


@pytest.fixture(scope="module")
def load(samples: Path) -> Outcome:
    """Twelve years of the grid's load at 01:00 against the landfalls of Haiyan and, a year later, Hagupit."""
    form = LongForm(date="Date", value="Grid_1AM_MW", unit="MW", product="declared", name="grid")
    series = read_table(samples / HAIYAN / "table_sx_ngcp_1am_load_samar_leyte_2012_2024.csv", form)
    hagupit = Listed(id="hagupit", title="landfall of Hagupit", when=When.on(date(2014, 12, 6)))
    return ask(series, LANDFALL, hagupit, what="load of the grid", draws=199, **MONTH_AFTER)


def test_the_load_of_the_grid_falls_with_haiyan(load: Outcome) -> None:
    """137 MW on the 7th and 0 on the 9th: a fall larger than at any of 400 other dates in twelve years."""
    answer = load.places["landfall"]
    assert answer.result == "fall"
    assert answer.estimates["change"].unit == "MW"
    assert -160 < answer.estimates["change"].best < -90
    assert answer.values["smaller_at"] == answer.values["other_dates"] == 400


def test_a_storm_that_cut_the_load_for_days_is_no_step_of_a_month(load: Outcome) -> None:
    """Hagupit stands in the answer beside it: no change of the month's level that this grid does not often make."""
    answer = load.places["hagupit"]
    assert answer.result == "no change beyond its usual"
    assert answer.values["smallest_detectable"] > 20
    assert load.result == "mixed"


def test_deaths_rise_in_the_month_of_the_lockdown_and_at_no_other_listed_date(samples: Path) -> None:
    """England and Wales, 197 months: of four listed dates only March 2020 is called, and April is the better date."""
    series = _column(samples, "causalpy/deaths_and_temps_england_wales.csv", "date", "deaths", "deaths")
    listed = [Listed(id=when, title=when, when=When.from_edtf(when)) for when in ("2010-03", "2013-06", "2016-02")]
    lockdown = Listed(id="lockdown", title="first lockdown", when=When.on(date(2020, 3, 23)))
    outcome = ask(series, *listed, lockdown, lag_last=5)
    assert {name for name, answer in outcome.places.items() if answer.result == "rise"} == {"lockdown"}
    assert outcome.places["lockdown"].estimates["change"].contains(9000)
    assert "around first lockdown (23 March 2020), best dated from April 2020 on" in str(
        outcome.places["lockdown"].statement
    )


def _side_by_side(samples: Path, file: str, when: str, unit: str) -> ZonalSeries:
    """A table of one column a place."""
    with (samples / STUDIES / file).open(encoding="utf-8-sig", newline="") as stream:
        names = tuple(next(csv.reader(stream))[1:])
    tables = [_column(samples, file, when, name, unit) for name in names]
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(table, name) for table in tables], axis=1)
        for name in ("total", "area_total", "weight", "lit", "nights")
    }
    unknown = np.full(len(names), np.nan)
    return replace(tables[0], places=names, size=np.ones(len(names)), area=unknown, **arrays)


def test_the_weights_of_californias_double_are_those_of_the_literature(samples: Path) -> None:
    """The five states of Abadie's synthetic California (2010, table 2) carry most of ours, few others anything."""
    states = _side_by_side(samples, "causalpy/california_prop99.csv", "Year", "packs")
    california = states.places.index("California")
    before = states.total[:19]
    weights = simplex_weights(before[:, california], np.delete(before, california, axis=1))
    named = dict(zip([name for name in states.places if name != "California"], weights, strict=True))
    assert sum(named[name] for name in ("Utah", "Nevada", "Montana", "Colorado", "Connecticut")) > 0.6
    assert sum(weight > 0.01 for weight in named.values()) < 10


def test_thirty_one_years_are_too_few_other_dates(samples: Path) -> None:
    """California's law of 1989 on yearly sales: 17 other dates where 19 are needed. It says so, and what would do."""
    states = _side_by_side(samples, "causalpy/california_prop99.csv", "Year", "packs")
    law = Listed(id="prop99", title="Proposition 99 in force", when=When.year(1989))
    outcome = ask(states, law, place_asked="California", controls="all", before=6)
    assert codes(outcome.reasons) == ["too-few-placebos"]
    assert len(outcome.values["control_weights"]) == 38
    weighed = ask(states, law, place_asked="California", controls="all", against="synthetic")
    assert codes(weighed.reasons) == ["few-looks-before"]


@pytest.mark.parametrize("against", ["mean", "synthetic"])
def test_the_lift_of_the_geo_experiment(samples: Path, against: str) -> None:
    """Denmark rises from January 2022 on beside six countries; asked a week later, the true week is named."""
    countries = _side_by_side(samples, "causalpy/geolift.csv", "time", "sales")
    asked: dict[str, Any] = {"place_asked": "Denmark", "controls": "all", "against": against, "before": 26}
    outcome = ask(countries, dates="lift = 2022-01-02", lag_last=25, **asked)
    assert outcome.result == "rise"
    assert outcome.estimates["change"].contains(0.24)
    assert "rises in the same week as lift" in outcome.statement.en
    assert outcome.values["p_places"] == pytest.approx(1 / 7)
    later = ask(countries, dates="lift = 2022-01-09", lag_last=25, **asked)
    assert "around lift (9 January 2022), best dated from 2 January 2022 on" in later.statement.en


@pytest.mark.parametrize(
    ("file", "when", "value"),
    [
        ("tfcausalimpact/google_data.csv", "date", "y"),
        ("tfcausalimpact/comparison_data.csv", "DATE", "CHANGED"),
        ("tfcausalimpact/basque.csv", "date", "Basque"),
        ("causalpy/geolift.csv", "time", "Denmark"),
        ("causalpy/GDP_in_dollars_billions.csv", "Time", "UK"),
    ],
)
def test_series_by_day_week_quarter_and_year_are_read_as_numbers(
    samples: Path, file: str, when: str, value: str
) -> None:
    """Each gets a grid of its own steps and an answer with every p-value between 0 and 1."""
    series = _column(samples, file, when, value)
    middle = series.looks[len(series.looks) * 2 // 3].when
    outcome = ask(series, Listed(id="middle", title="a date in the middle", when=middle), before=8, lag_last=7)
    assert outcome.result != "refused"
    names = {"google_data.csv": "day", "comparison_data.csv": "day", "basque.csv": "year", "geolift.csv": "week"}
    assert outcome.values["noise"]["step"] == names.get(Path(file).name, "quarter")
    if "p" in outcome.values:
        assert 0 < outcome.values["p"] <= 1
