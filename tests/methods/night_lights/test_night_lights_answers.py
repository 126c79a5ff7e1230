"""The answers: ratio, margins, floor, yardsticks, families, and how they are told."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from light_tables import ask, change, codes, look, months, sums, table, town, with_history

from dateline.core.errors import InputError, UsageError
from dateline.core.estimate import Estimate
from dateline.core.identity import canonical_json
from dateline.imagery.tables import Pair
from dateline.ledger.finding import Finding, PlaceAnswer, Statement

A, B = look("2021-03"), look("2024-03")
QUIET = [1.0, 1.04, 0.97, 1.02, 1.0, 0.98, 1.03, 1.0]


def test_the_ratio_is_that_of_the_sums_on_common_pixels() -> None:
    """What only one look saw counts on neither side."""
    before, after = town(), 1.5 * town()
    before[0, 0] = np.nan
    after[0, :, 0] = np.nan
    after[0, 5, 5] = 100.0
    outcome = ask(sums(np.stack([before, after]), [A, B]))
    common = 23 * 23
    assert outcome.estimates["ratio"].best == pytest.approx((15 * (common - 1) + 100) / (10 * common))
    assert outcome.estimates["difference"].best == pytest.approx(5 * (common - 1) + 90)
    assert outcome.estimates["difference_by_area"].unit == "nW cm-2 sr-1 km2"
    assert outcome.estimates["difference_by_area"].best == pytest.approx((5 * (common - 1) + 90) * 0.463 * 0.335)


def test_the_two_margins_are_told_apart() -> None:
    """Twice the lit area at the same brightness; and the same area at twice the brightness."""
    small = np.full((1, 24, 24), 0.1)
    small[0, :6] = 10.0
    large = small.copy()
    large[0, 6:12] = 10.0
    for after, lit, bright in ((large, 2.0, 1.0), (np.where(small > 1, 20.0, small), 1.0, 2.0)):
        margins = ask(sums(np.stack([small, after]), [A, B])).values["margins"]
        assert margins["lit_pixels"]["ratio"] == pytest.approx(lit)
        assert margins["lit_in_both"]["ratio"] == pytest.approx(bright)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.2, 5.0), st.floats(0.5, 20.0))
def test_turning_time_round_turns_the_answer_round(ratio: float, radiance: float) -> None:
    """Property: B against A has the reciprocal ratio and interval of A against B."""
    before, after = town(12, 5 + radiance), town(12, (5 + radiance) * ratio)
    there = ask(sums(np.stack([before, after]), [A, B])).estimates["ratio"]
    back = ask(sums(np.stack([after, before]), [A, B])).estimates["ratio"]
    assert back.best == pytest.approx(1 / there.best)
    assert there.low is not None
    assert back.high == pytest.approx(1 / there.low)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 100.0))
def test_the_unit_of_light_does_not_matter_to_the_ratio(scale: float) -> None:
    """Property: multiplying both periods by a number changes neither ratio nor interval."""
    one = months(1.3, 6)
    fields = ("sum_a", "sum_b", "both_a", "both_b")
    other = replace(one, **{name: getattr(one, name) * scale for name in fields})
    first, second = (ask(given).estimates["ratio"] for given in (one, other))
    assert (first.best, first.low, first.high) == pytest.approx((second.best, second.low, second.high))


def test_the_answer_is_the_same_twice() -> None:
    """Chance is an argument: the same seed gives the same bytes."""
    rng = np.random.default_rng(1)
    given = sums(np.stack([town() * rng.lognormal(0, 0.3, (1, 24, 24)) for _ in range(2)]), [A, B])
    one, other = (canonical_json({"v": ask(given).values, "e": ask(given).estimates}) for _ in range(2))
    assert one == other


def test_a_rise_across_the_floor_is_not_called() -> None:
    """A dark plain of 0.45 that becomes 0.55 prints as light from nothing; the floor decides, so it cannot be told."""
    before, after = np.full((1, 24, 24), 0.45), np.full((1, 24, 24), 0.55)
    before[0, :3], after[0, :3] = 0.6, 0.7
    outcome = ask(sums(np.stack([before, after]), [A, B]))
    assert outcome.estimates["ratio"].best > 5
    assert outcome.result == "cannot tell"
    assert outcome.reasons[-1].code in {"floor-sensitive", "near-floor"}
    assert outcome.values["floor"]["ratio"][2] < 1.3


def test_a_change_near_the_detection_limit_is_not_called() -> None:
    """A fifth more of 0.9 nW in every month: within what the product's own stability allows."""
    faint = months(1.2, 12)
    fields = ("sum_a", "sum_b", "both_a", "both_b")
    outcome = ask(replace(faint, **{name: getattr(faint, name) * 0.09 for name in fields}))
    assert outcome.result == "cannot tell"
    assert outcome.reasons[-1].code == "near-floor"


def test_a_total_blackout_is_below_the_floor_and_never_a_fall_by_all() -> None:
    """No pixel above the floor after: at most what the floor could hide, open below, and no 100 per cent."""
    outcome = ask(sums(np.stack([town(), 0.01 * town()]), [A, B]))
    ratio = outcome.estimates["ratio"]
    assert outcome.result == "decrease"
    assert (ratio.best, ratio.low) == (pytest.approx(0.05), None)
    assert ratio.high is not None
    assert 0.05 < ratio.high < 0.08
    assert outcome.statement.key == "night_lights.gone-dark"
    assert "fell below the product's floor" in outcome.statement.en
    assert f"at least {math.floor(100 * (1 - ratio.high))} % less" in outcome.statement.en
    assert "100 %" not in outcome.statement.en
    assert outcome.estimates["difference"].low is None
    canonical_json(outcome.values)


def test_light_from_nothing_has_no_ratio_but_an_answer() -> None:
    """A town where all was dark: an increase, with the least factor that the floor allows and no best value."""
    outcome = ask(sums(np.stack([0.01 * town(), town()]), [A, B]))
    assert outcome.result == "increase"
    assert outcome.statement.key == "night_lights.lit-up"
    assert "ratio" not in outcome.estimates
    assert outcome.values["light"] == {"before": 0.0, "after": pytest.approx(5760.0)}
    canonical_json(outcome.values)


def test_dark_on_both_sides_cannot_be_told() -> None:
    """Nothing above the floor at either time."""
    outcome = ask(sums(np.stack([0.01 * town(), 0.02 * town()]), [A, B]))
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == {"few-lit-pixels"}
    canonical_json(outcome.values)


def test_a_change_beyond_its_own_years_is_called_and_one_within_is_not() -> None:
    """Quiet years: 30 % is called. Restless years: the same 30 % is ordinary."""
    quiet = ask(with_history(1.3, QUIET))
    assert quiet.result == "increase"
    assert "above-own-spread" in codes(quiet.reasons)
    assert quiet.values["own_spread"]["pairs_of_years"] == 7
    restless = ask(with_history(1.3, [1.0, 1.5, 0.9, 1.4, 0.8, 1.3, 1.0, 1.4]))
    assert restless.result in {"no change found", "cannot tell"}


def test_no_change_is_found_only_where_a_large_one_is_excluded() -> None:
    """Twelve steady months: no change found. Four wild months: cannot tell."""
    assert ask(months(1.01, 12)).result == "no change found"
    wild = ask(months(1.01, 4, jitter=0.9))
    assert wild.result == "cannot tell"
    assert wild.reasons[-1].code == "interval-wide"


def region(ratios: list[float], *, side: int = 6, count: int = 12) -> object:
    """Places of 36 pixels over twelve months with these ratios."""
    rng = np.random.default_rng(4)
    looks, values = [], []
    for month in range(1, count + 1):
        for year, factor in ((2021, np.ones(len(ratios))), (2024, np.array(ratios))):
            looks.append(look(f"{year}-{month:02d}"))
            noise = np.exp(rng.normal(0, 0.05, len(ratios)))
            values.append(town(side, places=len(ratios)) * (factor * noise)[:, None, None])
    return sums(np.stack(values), looks, change(count), names=[f"p{i}" for i in range(len(ratios))])


def test_controls_that_fell_as_much_take_the_call_back() -> None:
    """A fall of 30 % among controls that fell by 30 % is not the place's own; among steady ones it is."""
    given = region([0.7, 0.7, 0.72, 0.69, 0.71, 1.0, 1.01, 0.99, 1.0])
    alike = ask(given, controls=("p1", "p2", "p3", "p4"))
    steady = ask(given, controls=("p5", "p6", "p7", "p8"))
    assert alike.places["p0"].result == "no change found"
    assert codes(alike.places["p0"].reasons) >= {"within-controls"}
    assert steady.places["p0"].result == "decrease"
    assert steady.places["p0"].estimates["ratio_to_controls"].best == pytest.approx(0.7, abs=0.05)
    assert [row["place"] for row in steady.values["control_places"]] == ["p5", "p6", "p7", "p8"]


def test_fewer_than_three_controls_are_shown_and_not_used() -> None:
    """Two controls have no spread worth the name."""
    outcome = ask(region([1.3, 1.0, 1.0]), controls=("p1", "p2"))
    assert "few-controls" in codes(outcome.caveats)
    assert outcome.values["controls"] is None
    assert len(outcome.values["control_places"]) == 2


def test_many_places_are_one_family() -> None:
    """Ranked from the greatest rise to the greatest fall, each with its q; the total is no member."""
    outcome = ask(region([1.0] * 10 + [1.6, 0.5]))
    ranking = outcome.values["ranking"]
    assert [ranking[0]["place"], ranking[-1]["place"]] == ["p10", "p11"]
    assert outcome.values["called"]["increase"] == 1
    assert outcome.values["called"]["decrease"] == 1
    assert all(row["q"] >= row["p"] - 1e-12 for row in ranking)
    assert outcome.values["q"] is None
    assert outcome.values["shares"]["up"]["best"] == pytest.approx(1 / 12)
    assert "the 12 places together" in outcome.statement.en


def test_groups_are_set_against_the_first() -> None:
    """Ports at 1.5 against towns at 1.0: the contrast is 1.5 with an interval that holds it."""
    outcome = ask(
        region([1.5, 1.45, 1.55, 1.5, 1.0, 1.05, 0.95, 1.0]),
        groups=({"ports": ("p0", "p1", "p2", "p3"), "towns": ("p4", "p5", "p6", "p7")},),
    )
    contrast = outcome.estimates["contrast_with_towns"]
    assert contrast.contains(1.5)
    assert not contrast.contains(1.2)
    assert outcome.values["shares_by_group"]["ports"]["up"]["best"] == 1.0


def test_totals_are_given_with_and_without_disputed_ground() -> None:
    """Leaving out the place that doubled changes the total."""
    outcome = ask(region([1.0, 1.0, 2.0]), disputed=("p2",))
    assert outcome.estimates["ratio"].best == pytest.approx(4 / 3, rel=0.05)
    assert outcome.estimates["ratio_without_disputed"].best == pytest.approx(1.0, rel=0.05)


def test_names_that_were_not_measured_are_a_usage_error() -> None:
    """A control that is not among the places, or nothing but controls, is said at once."""
    with pytest.raises(UsageError, match="was not measured"):
        ask(months(1.0, 4), controls=("elsewhere",))
    with pytest.raises(UsageError, match="All places are controls"):
        ask(months(1.0, 4), controls=("p0",))
    with pytest.raises(InputError, match="nothing to compare"):
        ask(replace(months(1.0, 1), pairs=(Pair(kind="history", a=0, b=1),)))


def calibration(ratio: Estimate | None) -> Finding:
    """A finding of lights_splice with this ratio of NOAA-20 over Suomi-NPP."""
    return Finding(
        schema=1,
        id="joint",
        method="lights_splice",
        method_version="1",
        question="",
        result="calibrated",
        statement=Statement(key="x", en="x", args={"first": "Suomi-NPP", "second": "NOAA-20"}),
        estimates={} if ratio is None else {"ratio": ratio},
        places={"p0": PlaceAnswer(result="calibrated", estimates={} if ratio is None else {"factor": ratio})},
        input_key="0",
    )


JOINT = Estimate(best=0.84, low=0.80, high=0.882, unit="1", level=0.9, n=24, how="overlap")


def spliced(ratio: float, *, turned: bool = False):
    """Twelve months of a town on one satellite before and the other after."""
    given = months(ratio, 12)
    other = {"product": "VJ146A3", "platform": "NOAA-20"}
    looks = [replace(one, **other) if (index % 2 == 0) is turned else one for index, one in enumerate(given.looks)]
    return replace(given, looks=tuple(looks))


def test_a_calibrated_splice_takes_the_platforms_ratio_out_and_adds_its_error() -> None:
    """16 % less light on the second satellite, calibrated: no change remains, and the interval is wider."""
    outcome = ask(spliced(0.84), calibration=(calibration(JOINT),))
    ratio, alone = outcome.estimates["ratio"], ask(months(0.84, 12)).estimates["ratio"]
    assert outcome.result == "no change found"
    assert ratio.best == pytest.approx(1.0, abs=0.01)
    assert ratio.low is not None
    assert alone.low is not None
    assert math.log(ratio.best / ratio.low) > math.log(alone.best / alone.low)


def test_a_calibration_is_turned_round_when_the_satellites_are() -> None:
    """The second satellite before and the first after: the factor is divided, not multiplied."""
    outcome = ask(spliced(1 / 0.84, turned=True), calibration=(calibration(JOINT),))
    assert outcome.estimates["ratio"].best == pytest.approx(1.0, abs=0.01)


def test_a_calibration_that_cannot_do_is_refused() -> None:
    """Without a ratio there is nothing to calibrate with; with two satellites on one side it does not apply."""
    with pytest.raises(InputError, match="no ratio"):
        ask(spliced(0.84), calibration=(calibration(None),))
    looks = list(spliced(0.84).looks)
    looks[0] = replace(looks[0], product="VJ146A3", platform="NOAA-20")
    outcome = ask(replace(spliced(0.84), looks=tuple(looks)), calibration=(calibration(JOINT),))
    assert codes(outcome.reasons) == {"platform-splice"}


def test_a_table_speaks_of_its_places_without_blocks_of_its_own() -> None:
    """One pair of a table: each place is a single value, so places cannot be told; the contrast of groups can."""
    rng = np.random.default_rng(0)
    before = rng.uniform(5, 20, 60)
    after = before * np.where(np.arange(60) < 20, 1.5, 1.0) * np.exp(rng.normal(0, 0.05, 60))
    series = table(before, after, [look("2016"), look("2019")])
    groups = {"ports": tuple(series.places[:20]), "others": tuple(series.places[20:])}
    series = replace(series, size=series.size * 40, weight=series.weight * 40, total=series.total * 40, lit=series.lit)
    outcome = ask(series, groups=(groups,))
    assert outcome.places["cell-0"].result == "cannot tell"
    assert outcome.estimates["contrast_with_others"].contains(1.5)
    assert "nights-unknown" in codes(outcome.caveats)


def test_rows_tell_every_pair_and_whether_it_was_used() -> None:
    """One row a place and pair, with unknowns as None."""
    outcome = ask(with_history(1.0, QUIET))
    assert len(outcome.rows) == 3 * 8
    assert {row["kind"] for row in outcome.rows} == {"change", "history"}
    assert all(row["used"] for row in outcome.rows)
    canonical_json(outcome.rows)


def test_the_sentence_speaks_of_light_only() -> None:
    """No sentence of the card names what light may stand for."""
    from dateline.methods.night_lights.report import card

    forbidden = ("econom", "activit", "people", "population", "power", "electric", "income", "output", "gdp")
    for templates in card().front.statements.values():
        assert not any(word in templates["en"].lower() for word in forbidden)


def test_the_sentence_carries_the_interval_and_the_periods() -> None:
    """The number, its interval, its level and both periods stand in the sentence."""
    text = ask(months(1.4, 12)).statement.en
    assert "grew by 40 %" in text
    assert "(90 % interval" in text
    assert "January 2024 to December 2024 (12 months) against January 2021 to December 2021 (12 months)" in text


def test_a_very_large_family_answers_for_its_extremes() -> None:
    """Of 600 cells the 50 that rose and the 50 that fell the most are answered one by one; all are counted."""
    rng = np.random.default_rng(1)
    before = rng.uniform(5, 20, 600)
    outcome = ask(table(before, before * np.linspace(0.5, 2.0, 600), [look("2016"), look("2019")]))
    assert len(outcome.places) == len(outcome.values["ranking"]) == 100
    assert sum(outcome.values["called"].values()) == 600
    assert len(outcome.rows) == 600
    assert outcome.values["ranking"][0]["place"] == "cell-599"


def test_two_pairs_of_years_are_a_short_history() -> None:
    """A band from two pairs of years is given, and that it is wide for that reason is said."""
    outcome = ask(with_history(1.3, [1.0, 1.02, 1.0]))
    assert outcome.values["own_spread"]["pairs_of_years"] == 2
    assert {"short-history", "no-history"} <= codes(outcome.caveats)
