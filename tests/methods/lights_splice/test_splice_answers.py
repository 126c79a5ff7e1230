"""What lights_splice answers and refuses, and what its joint series are worth, where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.core.identity import canonical
from dateline.core.when import When
from dateline.imagery.tables import F8, Look, ZonalSeries
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.lights_splice.calibrate import calibrate, common_ratio, inflation, joint_ratio
from dateline.methods.lights_splice.join import SPLICE, join

NPP: dict[str, Any] = {
    "product": "VNP46A3",
    "layer": "AllAngle_Composite_Snow_Free",
    "unit": "nW cm-2 sr-1",
    "collection": "2",
    "platform": "Suomi-NPP",
}
J1 = NPP | {"product": "VJ146A3", "platform": "NOAA-20"}


def months(means: F8, first: int, made: dict[str, Any], **changes: Any) -> ZonalSeries:
    """(T, P) means of consecutive months from January of a year; NaN is a month that saw nothing."""
    count, places = means.shape
    weight = np.zeros((count, places, 8))
    weight[:, :, 0] = np.where(np.isfinite(means), 30.0, 0.0)
    weight[:, :, 6] = 30.0 - weight[:, :, 0]
    looks = tuple(Look(when=When.month(first + at // 12, at % 12 + 1), **(made | changes)) for at in range(count))
    return ZonalSeries(
        places=tuple(f"place-{index}" for index in range(places)),
        looks=looks,
        total=means * 30,
        area_total=means * 6,
        weight=weight,
        lit=weight[:, :, 0],
        nights=np.full(means.shape, 10.0),
        size=np.full(places, 30.0),
        area=np.full(places, 6.0),
    )


def two(
    factor: float = 0.84, *, years: int = 8, common: int = 4, places: int = 1, noise: float = 0.06, growth: float = 0.0
) -> tuple[ZonalSeries, ZonalSeries]:
    """One light, seen from 2012 by the first and, over the last `common` years and four more, by the second."""
    rng = np.random.default_rng(7)
    count = 12 * (years + 4)
    time = np.arange(count)[:, None]
    light = 10 * np.exp(0.2 * np.sin(time * np.pi / 6) + np.log1p(growth) * time / 12) * np.ones((1, places))
    first = light * np.exp(noise * rng.standard_normal(light.shape))
    second = factor * light * np.exp(noise * rng.standard_normal(light.shape))
    start = years - common
    return months(first[: 12 * years], 2012, NPP), months(second[12 * start :], 2012 + start, J1)


def ask(first: ZonalSeries, second: ZonalSeries, **parameters: Any) -> Outcome:
    """The method's answer."""
    return load("lights_splice")(
        Inputs({"first": (first,), "second": (second,)}),
        Parameters.of(card("lights_splice"), parameters),
        rng=np.random.default_rng(1),
    )


def codes(notes: Any) -> list[str]:
    """The codes of notes."""
    return [note.code for note in notes]


def test_the_factor_is_found_on_the_overlap() -> None:
    """Four common years: the factor's interval holds the truth, and the sentence says from which to which."""
    outcome = ask(*two(0.84))
    assert outcome.result == "calibrated"
    factor = outcome.estimates["factor"]
    assert factor.contains(0.84)
    assert factor.high - factor.low < 0.06
    assert outcome.estimates["ratio"] == factor
    assert "NOAA-20 shows 0.8" in outcome.statement.en
    assert "48 months" in outcome.statement.en
    assert canonical(outcome.values)
    assert canonical(list(outcome.rows))


def test_without_overlap_it_is_refused() -> None:
    """No common month: no factor, whatever the two show."""
    first, second = two(common=0)
    outcome = ask(first, second)
    assert outcome.result == "refused"
    assert codes(outcome.reasons) == ["no-overlap"]
    assert outcome.estimates == {}
    assert "2018-01" in outcome.needed[0]


def test_a_year_of_overlap_is_too_little() -> None:
    """Twelve common months are not twenty-four; the difference they show is printed."""
    outcome = ask(*two(0.7, common=1))
    assert codes(outcome.reasons) == ["too-few-common"]
    assert "less light in sum than Suomi-NPP" in outcome.statement.en


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": "digital number"}, "units-differ"),
        ({"collection": "1"}, "mixed-collections"),
        ({"product": "VJ146A4"}, "mixed-products"),
        ({"layer": "NearNadir_Composite_Snow_Free"}, "mixed-products"),
        ({"product": "VNP46A3", "platform": "Suomi-NPP"}, "same-satellite"),
    ],
)
def test_what_is_never_joined(changes: dict[str, str], code: str) -> None:
    """Other units, collections, composites or layers, and a satellite with itself."""
    first, second = two()
    other = replace(second, looks=tuple(replace(look, **changes) for look in second.looks))
    assert codes(ask(first, other).reasons) == [code]


def test_other_outlines_are_refused() -> None:
    """Two outlines of one name but different size are not one place."""
    first, second = two()
    assert codes(ask(first, replace(second, size=second.size * 2)).reasons) == ["places-differ"]


def test_a_factor_that_drifts_cannot_be_used() -> None:
    """A second satellite that loses 4 % a year against the first has no one factor."""
    first, second = two(common=6)
    fading = np.exp(-0.04 * np.arange(len(second.looks)) / 12)[:, None]
    outcome = ask(first, replace(second, total=second.total * fading))
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == ["factor-drifts"]


def test_an_uncertain_factor_cannot_be_used() -> None:
    """A third of noise a month leaves a factor too wide to be of use."""
    outcome = ask(*two(common=2, noise=0.6))
    assert codes(outcome.reasons) == ["factor-wide"]
    assert outcome.estimates["factor"].n == 24
    assert outcome.needed


def test_a_faint_place_has_no_factor() -> None:
    """Under the detection limit the ratio is the floor's."""
    first, second = two()
    assert codes(ask(*(replace(one, total=one.total / 40) for one in (first, second))).reasons) == ["below-floor"]


def test_looks_unlike_the_overlap_are_said() -> None:
    """Earlier looks three times as bright as any of the overlap carry a caveat."""
    first, second = two()
    bright = np.where(np.arange(len(first.looks)) < 12, 3.0, 1.0)[:, None]
    assert "outside-overlap" in codes(ask(replace(first, total=first.total * bright), second).caveats)


def test_seasons_have_factors_of_their_own_where_they_differ() -> None:
    """A factor that swings by 15 % with the season is told by quarter, and each holds its truth."""
    first, second = two(common=8, noise=0.04)
    month = np.arange(len(second.looks)) % 12
    swing = np.exp(0.15 * np.cos(month * np.pi / 6))[:, None]
    outcome = ask(first, replace(second, total=second.total * swing))
    quarters = outcome.values["quarters"]
    assert quarters["December to February"] == pytest.approx(0.84 * np.exp(0.15 * 0.91), rel=0.04)
    assert quarters["June to August"] == pytest.approx(0.84 * np.exp(-0.15 * 0.91), rel=0.04)


def test_several_places_share_a_factor_for_one_more() -> None:
    """Five places: each its own factor, and over all the factor that one more may have, no narrower than any mean."""
    outcome = ask(*two(places=5))
    assert outcome.result == "calibrated"
    assert len(outcome.places) == 5
    assert outcome.estimates["ratio"].contains(0.84)
    assert outcome.statement.en.startswith("At 5 of 5 places")


def test_places_that_differ_widen_the_common_factor() -> None:
    """Places whose factors scatter by 20 % say little about the next one."""
    rng = np.random.default_rng(1)
    time = np.arange(48)
    made = []
    for factor in (0.7, 0.8, 0.9, 1.0, 1.1):
        first = np.exp(0.05 * rng.standard_normal(48))
        made.append(calibrate(first, factor * first * np.exp(0.05 * rng.standard_normal(48)), time, time % 12 + 1))
    ratio = common_ratio(made, level=0.9)
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low < 0.7
    assert ratio.high > 1.1


def test_the_joint_series_has_one_scale_and_carries_its_error() -> None:
    """Brought over, the two agree; every brought-over value has a variance, the second's own have none."""
    first, second = two(0.84)
    time = np.arange(48)
    factor = calibrate(first.mean()[48:, 0], second.mean()[:48, 0], time, time % 12 + 1)
    joined = join(first, second, {"place-0": factor})
    series = joined.series
    assert len(series.looks) == 12 * 12
    assert {look.platform for look in series.looks} == {"NOAA-20"}
    assert series.looks[0].when == When.month(2012, 1)
    assert series.mean()[:48].mean() == pytest.approx(0.84 * first.mean()[:48].mean(), rel=0.03)
    assert series.mean()[48:, 0] == pytest.approx(second.mean()[:, 0])
    assert np.all(joined.log_variance[:48] == pytest.approx(factor.error**2))
    assert np.all(joined.log_variance[48:] == 0)
    assert series.other[SPLICE] ** 2 == pytest.approx(joined.log_variance)
    assert np.isnan(series.lit[:48]).all()
    assert joined.spread[0] == pytest.approx(factor.spread / np.sqrt(2))


def test_a_place_without_a_factor_is_not_brought_over() -> None:
    """Its earlier looks become unseen, never uncalibrated numbers."""
    first, second = two(places=2)
    time = np.arange(48)
    factor = calibrate(first.mean()[48:, 0], second.mean()[:48, 0], time, time % 12 + 1)
    series = join(first, second, {"place-0": factor}).series
    assert np.isfinite(series.mean()[:48, 0]).all()
    assert np.isnan(series.mean()[:48, 1]).all()
    assert np.isfinite(series.mean()[48:, 1]).all()


def test_a_trend_over_the_joint_holds_the_truth_and_the_bare_splice_is_refused() -> None:
    """3 % growth a year through two satellites of which the second shows 16 % less."""
    first, second = two(0.84, growth=0.03)
    trend, parameters = load("lights_trend"), Parameters.of(card("lights_trend"), {"draws": 99})
    both = Inputs({"series": (first,), "later": (second,)})
    joint = trend(both, parameters, rng=np.random.default_rng(1))
    assert joint.result == "rise"
    assert joint.estimates["per_cent_per_year"].contains(3.0)
    assert {"spliced", "brought-over"} <= set(codes(joint.caveats))
    cut = months(first.mean()[:48], 2012, NPP)
    arrays = {
        name: np.concatenate([getattr(cut, name), getattr(second, name)])
        for name in ("total", "area_total", "weight", "lit", "nights")
    }
    bare = replace(cut, looks=cut.looks + second.looks, **arrays)
    refused = trend(Inputs({"series": (bare,)}), parameters, rng=np.random.default_rng(1))
    assert refused.result == "refused"
    assert codes(refused.reasons) == ["platform-splice"]
    apart = Inputs({"series": (cut,), "later": (second,)})
    assert codes(trend(apart, parameters, rng=np.random.default_rng(1)).reasons) == ["no-overlap"]


def test_places_must_be_the_same_to_join() -> None:
    """Joining other places is a programming error and says so."""
    first, second = two()
    with pytest.raises(ValueError, match="different places"):
        join(first, replace(second, places=("elsewhere",)), {})


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.3, 3.0))
def test_neither_satellite_is_the_truth(seed: int, factor: float) -> None:
    """Swapping the two inverts the factor; scaling one scales it; the interval is as wide either way."""
    rng = np.random.default_rng(seed)
    time = np.arange(36)
    light = np.exp(0.3 * rng.standard_normal(36))
    one, other = (light * np.exp(0.1 * rng.standard_normal(36)) for _ in range(2))
    forth = calibrate(one, factor * other, time, time % 12 + 1)
    back = calibrate(factor * other, one, time, time % 12 + 1)
    assert forth.log == pytest.approx(-back.log, abs=1e-9)
    assert forth.error == pytest.approx(back.error, rel=1e-9)
    plain = calibrate(one, other, time, time % 12 + 1)
    assert forth.log == pytest.approx(plain.log + np.log(factor), abs=1e-9)


def test_the_joint_ratio_takes_the_factor_out() -> None:
    """Without noise the joint ratio is the change of the light, exactly."""
    time = np.arange(36)
    light = np.exp(np.sin(time))
    factor = calibrate(light, 0.8 * light, time, time % 12 + 1)
    ratio = joint_ratio(np.full(3, 5.0), np.full(3, 0.8 * 7.0), factor, level=0.9, month=4)
    assert ratio.best == pytest.approx(1.4)
    assert inflation(10, 0.0) == 1.0
