"""What lights_trend answers and refuses, on series whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from monthly_series import ask, growing, looks, series

from dateline.core.identity import canonical
from dateline.core.when import When
from dateline.methods.catalogue import card
from dateline.methods.lights_splice.join import SPLICE


def codes(notes: object) -> list[str]:
    """The codes of notes."""
    return [note.code for note in notes]


def test_growth_is_told_with_its_interval() -> None:
    """Ten years of 4 % growth: a rise whose interval holds 4 %, in per cent and in nW a year, in a whole sentence."""
    outcome = ask(series(growing(10, 4.0)))
    assert outcome.result == "rise"
    change = outcome.estimates["per_cent_per_year"]
    assert change.contains(4.0)
    assert change.unit == "% year-1"
    assert outcome.estimates["slope"].unit == "nW cm-2 sr-1 year-1"
    assert outcome.statement.en.startswith("Night-time light at place-0 rose by 4")
    assert outcome.statement.en.endswith("in 2013 to 2022; the place was seen well enough in 120 of 120 months.")


def test_a_fall_is_told_as_an_amount() -> None:
    """A fall of 5 % a year reads "fell by 5", with bounds the right way round and no double minus."""
    outcome = ask(series(growing(10, -5.0)))
    assert outcome.result == "fall"
    assert "fell by" in outcome.statement.en
    assert "−" not in outcome.statement.en


def test_no_growth_is_no_trend_found() -> None:
    """Without growth the answer is "no trend found", and the interval says what is still possible."""
    outcome = ask(series(growing(10, 0.0, seed=3)))
    assert outcome.result == "no trend found"
    assert outcome.estimates["per_cent_per_year"].contains(0.0)


def test_gaps_are_left_out_and_counted() -> None:
    """Monsoon months unseen from the fifth year on: no fall appears, and the rows say "not observed"."""
    means = growing(10, 0.0, seed=3)
    unseen = np.array([year >= 5 and month in {5, 6, 7, 8} for year in range(10) for month in range(12)])
    means[unseen] = np.nan
    outcome = ask(series(means))
    assert outcome.result == "no trend found"
    assert outcome.values["used"] == 100
    states = {row["when"]: row["state"] for row in outcome.rows}
    assert states["2019-07"] == "not observed"
    assert states["2013-07"] == "used"


def test_few_nights_are_left_out() -> None:
    """Looks made of one night each do not count, and no number is printed."""
    outcome = ask(series(growing(10, 4.0), nights=1.0))
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == ["too-few-looks"]
    assert outcome.estimates == {}


def test_a_step_is_dated() -> None:
    """A doubling in May 2018 is dated to a few months around it, and the set is a When of a finding."""
    means = growing(10, 0.0, noise=0.1, seed=5)
    means[64:] *= 2
    outcome = ask(series(means), draws=199)
    broken = outcome.values["break"]
    assert broken["answer"] == "found"
    assert len(broken["sets"]) == 1
    start, end = broken["sets"][0]
    assert start <= When.month(2018, 5).earliest <= end
    assert (end - start).days < 200
    assert outcome.estimates["step"].contains(100)
    assert outcome.result == "rise"
    assert "with a step up of" in outcome.statement.en
    assert canonical(outcome.values)


def test_faint_places_cannot_be_told() -> None:
    """A place that shows half a nanowatt has no trend here, whatever its numbers do."""
    outcome = ask(series(growing(10, 6.0) / 15))
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == ["below-floor"]


def test_places_that_are_mostly_zero_cannot_be_told() -> None:
    """Exact zeros in most looks are the product's floor, not a flat trend."""
    means = growing(10, 4.0)
    means[:70] = 0.0
    assert codes(ask(series(means)).reasons) == ["below-floor"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"platform": "NOAA-20"}, "platform-splice"),
        ({"collection": "1"}, "mixed-collections"),
        ({"product": "DMSP-OLS", "unit": "digital number"}, "sensor-break"),
        ({"product": "VNP46A4"}, "mixed-products"),
    ],
)
def test_two_instruments_are_refused_with_the_size_of_the_jump(changes: dict[str, str], code: str) -> None:
    """A series whose second half is of another satellite, collection, sensor or product has no slope."""
    means = growing(10, 0.0)
    means[60:] *= 0.836
    made = (*looks(60), *looks(120, **changes)[60:])
    outcome = ask(series(means, made))
    assert outcome.result == "refused"
    assert codes(outcome.reasons) == [code]
    assert "a factor of 0." in outcome.statement.en
    assert outcome.estimates == {}
    assert outcome.needed


def test_an_undeclared_jump_of_all_places_is_suspected() -> None:
    """Thirty places that triple together: cannot tell where the looks name no satellite, else a caveat."""
    means = growing(8, 0.0, places=30, noise=0.2)
    means[50:] *= 3
    nameless = ask(series(means, looks(96, platform=None, collection=None)))
    assert nameless.result == "cannot tell"
    assert codes(nameless.reasons) == ["sensor-break-suspected"]
    assert "March 2017" in nameless.statement.en
    named = ask(series(means), draws=99)
    assert named.result == "rise"
    assert "common-jump" in codes(named.caveats)


def test_places_that_grow_apart_are_no_sensor_break() -> None:
    """Half of the places tripling is a change on the ground."""
    means = growing(8, 0.0, places=10, noise=0.2)
    means[50:, :5] *= 3
    outcome = ask(series(means, looks(96, platform=None, collection=None)))
    assert outcome.result == "mixed"
    assert outcome.values["counts"]["rise"] == 5


def test_a_month_that_comes_twice() -> None:
    """Equal doubles are dropped with a note; different ones are refused."""
    means = growing(10, 4.0)
    made = looks(120)
    doubled = series(np.vstack([means, means[30:31]]), (*made, made[30]))
    outcome = ask(doubled)
    assert outcome.result == "rise"
    assert "doubled-frame" in codes(outcome.caveats)
    assert outcome.values["looks"] == 120
    other = series(np.vstack([means, 2 * means[30:31]]), (*made, made[30]))
    assert codes(ask(other).reasons) == ["doubled-frame-differs"]


def test_nights_are_refused() -> None:
    """Single nights are not months: the other method is named."""
    nights = (When.on(look.when.latest) for look in looks(120) if look.when.latest)
    made = tuple(replace(look, when=night) for look, night in zip(looks(120), nights, strict=True))
    outcome = ask(series(growing(10, 4.0), made))
    assert codes(outcome.reasons) == ["not-periodic"]
    assert "outage" in outcome.needed[0]


def test_a_cube_dated_to_first_days_is_read_as_months() -> None:
    """Looks dated to the first of each month are months, and the reader is told so."""
    made = tuple(replace(look, when=When.on(look.when.earliest)) for look in looks(120))
    outcome = ask(series(growing(10, 4.0), made))
    assert outcome.result == "rise"
    assert "first-days" in codes(outcome.caveats)


def test_a_place_smaller_than_a_pixel_is_refused() -> None:
    """Light of less than one pixel cannot be told from its neighbours'."""
    assert codes(ask(series(growing(10, 4.0), size=0.4)).reasons) == ["smaller-than-pixel"]


def test_more_clear_nights_are_said() -> None:
    """Where the number of nights rises over the years the reader is told so."""
    given = series(growing(10, 4.0))
    more = replace(given, nights=(5 + np.arange(120) / 10)[:, None])
    assert "uneven-nights" in codes(ask(more).caveats)


def test_simulated_input_is_said() -> None:
    """A simulated look marks the answer."""
    assert "simulated" in codes(ask(series(growing(10, 4.0), looks(120, simulated=True))).caveats)


def test_a_joined_series_carries_its_calibration_into_the_interval() -> None:
    """The same numbers with looks brought over at 10 % uncertainty have a wider interval and a larger p."""
    means = growing(10, 2.0)
    plain = series(means)
    error = np.where(np.arange(120) < 60, 0.10, 0.0)[:, None]
    sure, unsure = ask(plain), ask(replace(plain, other={SPLICE: error}))
    narrow, wide = (one.estimates["per_cent_per_year"] for one in (sure, unsure))
    assert narrow.low is not None
    assert wide.low is not None
    assert wide.low < narrow.low - 0.5
    amounts = [one.estimates["slope"] for one in (sure, unsure)]
    assert amounts[1].high - amounts[1].low > 1.3 * (amounts[0].high - amounts[0].low)
    assert unsure.values["p"] > sure.values["p"]
    assert "spliced" in codes(unsure.caveats)


def test_every_code_and_result_is_on_the_card() -> None:
    """No answer surprises the card's reader."""
    front = card("lights_trend").front
    assert {"rise", "fall", "no trend found", "mixed", "cannot tell", "refused"} == {one.id for one in front.results}
