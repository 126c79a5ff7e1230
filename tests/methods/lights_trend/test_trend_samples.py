"""lights_trend on real data: a sensor break that a table hides, and a monsoon that is no collapse."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import h5py
import numpy as np
import pytest
from monthly_series import ask

from dateline.core.when import When
from dateline.imagery.readers.table import WideForm, read_table, years
from dateline.imagery.tables import Look, ZonalSeries

COUNTIES = "lights/north_korea/NKData_ver210108.xlsx"


@pytest.fixture(scope="module")
def mumbai(samples: Path) -> ZonalSeries:
    """The cube as one place: cells without a cloud-free look are not observed, whatever number stands there."""
    folder = samples / "lights/mumbai_monthly"
    with h5py.File(folder / "mumbai_radiance.nc") as light, h5py.File(folder / "mumbai_clouds.nc") as clouds:
        values = light["unnamed"][:].reshape(131, -1).astype(float)
        counts = clouds["unnamed"][:].reshape(131, -1).astype(float)
        days = [date(1900, 1, 1) + timedelta(days=float(day)) for day in light["time"][:]]
    seen = counts > 0
    weight = np.zeros((131, 1, 8))
    weight[:, 0, 0], weight[:, 0, 6] = seen.sum(axis=1), (~seen).sum(axis=1)
    total = np.where(seen, values, 0).sum(axis=1)[:, None]
    looks = tuple(
        Look(when=When.month(day.year, day.month), product="VNL_monthly", layer="avg_rade9h", unit="nW cm-2 sr-1")
        for day in days
    )
    size = np.array([float(seen.shape[1])])
    return ZonalSeries(
        places=("mumbai",),
        looks=looks,
        total=total,
        area_total=total,
        weight=weight,
        lit=weight[:, :, 0],
        nights=(np.where(seen, counts, 0).sum(axis=1) / seen.sum(axis=1))[:, None],
        size=size,
        area=size,
    )


def test_the_counties_declared_break_is_refused(samples: Path) -> None:
    """HM1992 to HM2013 are DMSP, HM2014 on VIIRS: refused, with the sums 99.1 and 294.1 on either side."""
    times = (
        *years("HM{}", 1992, 2013, product="DMSP-OLS", unit="digital number"),
        *years("HM{}", 2014, 2018, product="radiance", unit="nW cm-2 sr-1"),
    )
    outcome = ask(read_table(samples / COUNTIES, WideForm(place="county_code", times=times)))
    assert outcome.result == "refused"
    assert outcome.reasons[0].code == "sensor-break"
    assert "99.1 in 2013 and 294.1 in 2014" in outcome.statement.en


def test_the_counties_undeclared_break_is_found(samples: Path) -> None:
    """Offered as one harmonised series, the same table betrays the sensor by all counties moving at once."""
    times = years("HM{}", 1992, 2018, product="radiance", unit="nW cm-2 sr-1")
    outcome = ask(read_table(samples / COUNTIES, WideForm(place="county_code", times=times)))
    assert outcome.result == "cannot tell"
    assert outcome.reasons[0].code == "sensor-break-suspected"
    assert "99.1 in 2013 and 294.1 in 2014" in outcome.statement.en


def test_mumbais_julys_are_not_observed(mumbai: ZonalSeries) -> None:
    """No July counts: 94 and 96 % unseen in 2018 and 2022, one to three nights in the others."""
    julys = {row["when"]: row["state"] for row in ask(mumbai).rows if row["when"].endswith("-07")}
    assert set(julys.values()) <= {"not observed", "too few nights"}
    assert julys["2018-07"] == julys["2022-07"] == "not observed"


def test_mumbais_monsoon_is_no_collapse(mumbai: ZonalSeries) -> None:
    """No fall, no break; November 2012 came twice and counts once; taking unseen cells for dark would change it all."""
    outcome = ask(mumbai)
    codes = [note.code for note in outcome.caveats]
    assert outcome.result in {"rise", "no trend found"}
    assert outcome.values["break"]["answer"] == "no break found"
    assert outcome.values["looks"] == 130
    assert "doubled-frame" in codes
    assert "seasons-missing" in codes
    slope = outcome.estimates["per_cent_per_year"]
    bare = ask(mumbai, nights=0, seen_share=0.05).estimates["per_cent_per_year"]
    assert slope.contains(bare.best)
