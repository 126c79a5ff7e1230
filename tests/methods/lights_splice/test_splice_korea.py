"""South Korea 2025 from two satellites: one common year is no calibration, and the difference is printed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from dateline.core.when import When
from dateline.imagery.tables import Look, ZonalSeries
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters


def _year(samples: Path, product: str, platform: str) -> ZonalSeries:
    text = (samples / "lights/korea_2025/black-marble-korea-stats_cut.json").read_text(encoding="utf-8")
    data = json.loads(text)
    stats = data["sensor_stats"]
    size = max(one["positive_pixel_count"] for one in stats.values())
    lit = stats[product]["positive_pixel_count"]
    weight = np.zeros((1, 1, 8))
    weight[0, 0, :2] = lit, size - lit
    total = np.array([[lit * stats[product]["mean_radiance"]]])
    look = Look(
        when=When.year(2025),
        product=product,
        layer=data["radiance_layer"],
        unit="nW cm-2 sr-1",
        collection="2",
        platform=platform,
    )
    return ZonalSeries(
        places=("republic-of-korea",),
        looks=(look,),
        total=total,
        area_total=total,
        weight=weight,
        lit=np.array([[float(lit)]]),
        nights=np.full((1, 1), np.nan),
        size=np.array([float(size)]),
        area=np.array([np.nan]),
    )


def _splice(samples: Path) -> Outcome:
    inputs = Inputs(
        {
            "first": (_year(samples, "VNP46A4", "Suomi-NPP"),),
            "second": (_year(samples, "VJ146A4", "NOAA-20"),),
        }
    )
    return load("lights_splice")(inputs, Parameters.of(card("lights_splice"), {}), rng=np.random.default_rng(1))


def test_one_common_year_is_refused_and_the_difference_is_printed(samples: Path) -> None:
    """S-NPP and NOAA-20 differ by 16.4 % in sum and 21.5 % in lit pixels in the same year: not to be joined as is."""
    outcome = _splice(samples)
    assert outcome.result == "refused"
    assert [note.code for note in outcome.reasons] == ["too-few-common"]
    assert "NOAA-20 shows 16.4 % less light in sum than Suomi-NPP" in outcome.statement.en
    assert "21.5 % fewer lit pixels" in outcome.statement.en
    assert outcome.estimates == {}


def test_a_trend_over_both_satellites_is_refused(samples: Path) -> None:
    """The same two years put one after the other without calibration are refused as a splice of platforms."""
    first, second = _year(samples, "VNP46A4", "Suomi-NPP"), _year(samples, "VJ146A4", "NOAA-20")
    later = Look(
        **{**{name: getattr(second.looks[0], name) for name in Look.__dataclass_fields__}, "when": When.year(2026)}
    )
    both = ZonalSeries(
        places=first.places,
        looks=(first.looks[0], later),
        total=np.vstack([first.total, second.total]),
        area_total=np.vstack([first.total, second.total]),
        weight=np.concatenate([first.weight, second.weight]),
        lit=np.vstack([first.lit, second.lit]),
        nights=np.vstack([first.nights, second.nights]),
        size=first.size,
        area=first.area,
    )
    outcome = load("lights_trend")(
        Inputs({"series": (both,)}), Parameters.of(card("lights_trend"), {}), rng=np.random.default_rng(1)
    )
    assert outcome.result == "refused"
    assert outcome.reasons[0].code == "platform-splice"
    assert "a factor of 0.84" in outcome.statement.en
