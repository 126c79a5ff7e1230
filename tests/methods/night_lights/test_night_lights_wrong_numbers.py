"""Numbers that would mislead: what must not be calibrated, called, printed or counted twice."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from light_tables import ask, change, codes, look, months, sums, table, town, with_history
from test_night_lights_answers import JOINT, calibration, region, spliced

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import canonical_json
from dateline.imagery.tables import PairedSums, Profile
from dateline.ledger.finding import Finding
from dateline.methods.night_lights.survey import floor_of

A, B = look("2021-03"), look("2024-03")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "night_lights"}, "no calibration"),
        ({"result": "cannot tell"}, "no calibration"),
        ({"statement": {"key": "x", "en": "x", "args": {"first": "Suomi-NPP", "second": "NOAA-21"}}}, "other satel"),
    ],
)
def test_only_a_calibration_of_these_two_satellites_is_taken(changes: dict[str, object], message: str) -> None:
    """Another method's finding, one that could not be made, and one of other satellites are errors."""
    finding = Finding.model_validate({**calibration(JOINT).model_dump(by_alias=True), **changes})
    with pytest.raises(InputError, match=message) as caught:
        ask(spliced(0.84), calibration=(finding,))
    assert caught.value.code == "calibration"


def test_a_calibration_is_not_applied_to_one_satellite() -> None:
    """Both periods from one satellite: there is nothing to calibrate, and no number is bent."""
    with pytest.raises(UsageError, match="nothing to calibrate") as caught:
        ask(months(1.0, 12), calibration=(calibration(JOINT),))
    assert caught.value.code == "calibration"


def test_a_place_has_its_own_factor_and_others_the_common_one() -> None:
    """The factor of the place itself is used where the finding has one, else that of all places."""
    own = replace(JOINT, best=0.7, low=0.66, high=0.74)
    finding = calibration(JOINT)
    finding = finding.model_copy(
        update={"places": {"p0": finding.places["p0"].model_copy(update={"estimates": {"factor": own}})}}
    )
    assert ask(spliced(0.7), calibration=(finding,)).estimates["ratio"].best == pytest.approx(1.0, abs=0.01)
    elsewhere = replace(spliced(0.84), places=("elsewhere",))
    assert ask(elsewhere, calibration=(finding,)).estimates["ratio"].best == pytest.approx(1.0, abs=0.01)


def test_a_fall_smaller_than_that_of_the_controls_is_not_more_than_theirs() -> None:
    """A fall of 40 % among controls that fell by 78 % is a rise beside them: it cannot be told, with its own reason."""
    outcome = ask(region([0.6, 0.22, 0.21, 0.23, 0.22]), controls=("p1", "p2", "p3", "p4"))
    assert outcome.result == "cannot tell"
    assert outcome.reasons[-1].code == "controls-changed-more"
    assert outcome.needed
    assert outcome.values["p"] == 1.0


def test_a_rise_smaller_than_the_usual_one_is_not_more_than_usual() -> None:
    """A place that grew by half every year and now by a fifth: it cannot be told, with its own reason."""
    outcome = ask(with_history(1.2, [1.5**year for year in range(8)]))
    assert outcome.result == "cannot tell"
    assert outcome.reasons[-1].code == "usual-years-changed-more"
    assert outcome.needed


def stopped_places() -> list[tuple[str, PairedSums]]:
    """Places that are stopped before they can be compared, with the reason of each."""
    lit, hidden, spot = town(), town(), np.full((1, 24, 24), 0.2)
    hidden[:, 2:] = np.nan
    spot[0, 3, 3:5] = 30.0
    return [
        ("smaller-than-pixel", sums(np.stack([town(1), 2 * town(1)]), [A, B], size=np.array([0.3]))),
        ("seen-share-low", sums(np.stack([lit, hidden]), [A, B])),
        ("too-few-nights", sums(np.stack([lit, 2 * lit]), [A, B], nights=2.0)),
        ("few-lit-pixels", sums(np.stack([spot, 2 * spot]), [A, B])),
    ]


@pytest.mark.parametrize(("code", "given"), stopped_places(), ids=[code for code, _ in stopped_places()])
def test_a_place_that_was_not_compared_has_no_ratio_anywhere(code: str, given: PairedSums) -> None:
    """Neither an estimate, nor a light, a margin or a p-value of a place that was stopped."""
    outcome = ask(given)
    assert codes(outcome.reasons) == {code}
    assert not outcome.estimates
    assert not outcome.places["p0"].estimates
    assert outcome.values["light"] == {"before": None, "after": None}
    assert outcome.values["margins"]["lit_pixels"]["ratio"] is None
    assert outcome.values["p"] is None


def test_a_ranking_leaves_the_ratio_of_a_stopped_place_open_and_puts_it_last() -> None:
    """The smallest place doubled, but it is smaller than a pixel: last, with no ratio and no difference."""
    given = region([1.0, 2.0, 1.1])
    last = ask(replace(given, size=np.array([36.0, 0.3, 36.0]))).values["ranking"][-1]
    assert (last["place"], last["ratio"], last["difference"], last["p"]) == ("p1", None, None, None)


def test_a_place_that_went_dark_is_counted_among_those_that_fell() -> None:
    """Below the floor counts with the least fall that the floor allows; it does not drop out of the shares."""
    outcome = ask(sums(np.stack([town(places=2), town(places=2) * np.array([0.01, 1.0])[:, None, None]]), [A, B]))
    assert outcome.values["shares"]["places"] == 2
    assert outcome.values["shares"]["down"]["best"] == 0.5
    dark = next(row for row in outcome.values["ranking"] if row["place"] == "p0")
    assert (dark["ratio"], dark["low"]) == (pytest.approx(0.05), None)


@pytest.mark.parametrize("after", [-0.2, 0.0])
def test_values_at_or_under_the_background_have_no_ratio(after: float) -> None:
    """A product without a floor whose values add up to nothing or less: it cannot be told."""
    looks = [
        look(month, product="VNL_monthly", layer="avg_rade9h", collection=None) for month in ("2021-03", "2024-03")
    ]
    given = sums(np.stack([town(), town()]), looks)
    outcome = ask(replace(given, sum_b=np.full_like(given.sum_b, after)))
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == {"background"}
    assert not outcome.estimates
    canonical_json(outcome.values)


def test_without_a_floor_darkness_has_no_bound() -> None:
    """`floor` 0 and one dark side: nothing bounds the ratio, and nothing breaks."""
    outcome = ask(sums(np.stack([town(), 0.01 * town()]), [A, B]), {"floor": 0.0})
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == {"background"}


def test_the_floor_is_that_of_the_product_unless_it_is_given() -> None:
    """Collection 2 prints zero below 0.5; digital numbers have no floor in nanowatts; the parameter overrides."""
    assert floor_of(A) == (0.5, True)
    assert floor_of(look("2005", product="DMSP-OLS", unit="digital number")) == (0.0, False)
    assert floor_of(look("2021-03", product="VNL_monthly", layer="avg_rade9h")) == (0.5, False)
    assert floor_of(look("2021-03", product="somebody's table")) == (0.5, True)
    given = months(1.3, 12)
    assert ask(given).values["floor"]["worth"] == [0.0, 0.25, 0.5]
    assert ask(given, {"floor": 2.0}).values["floor"]["worth"] == [0.0, 1.0, 2.0]


def test_digital_numbers_are_not_held_to_a_floor_in_nanowatts() -> None:
    """A change of DMSP values is called without a word about nanowatts, and said to be digital numbers."""
    dmsp = {"product": "DMSP-OLS", "unit": "digital number", "layer": "stable"}
    looks = [look(f"{year}", **dmsp) for year in (2005, 2009)]
    outcome = ask(sums(np.stack([town(24, 1.0), town(24, 1.5)]), looks))
    assert outcome.result == "increase"
    assert "digital-numbers" in codes(outcome.caveats)
    assert not any("nW" in note.text for note in outcome.reasons)


def copied(given: PairedSums, source: int, target: int) -> PairedSums:
    """One place with the very pixels of another."""
    fields = {}
    for name in ("sum_a", "sum_b", "weight", "lit_a", "lit_b", "both_a", "both_b"):
        values = getattr(given, name).copy()
        values[:, given.cell_place == target] = values[:, given.cell_place == source]
        fields[name] = values
    return replace(given, **fields)


def test_controls_on_the_same_ground_are_one_witness() -> None:
    """Three controls of which two are the same ground are two: shown, not used, and said."""
    given = copied(region([0.7, 1.0, 1.01, 0.99]), 2, 3)
    outcome = ask(given, controls=("p1", "p2", "p3"))
    assert {"controls-overlap", "few-controls"} <= codes(outcome.caveats)
    assert outcome.values["controls"] is None
    assert len(outcome.values["control_places"]) == 3
    itself = ask(copied(region([0.7, 1.0, 1.01, 0.99, 1.0]), 0, 4), controls=("p1", "p2", "p3", "p4"))
    assert "controls-overlap" in codes(itself.caveats)
    assert itself.values["controls"]["places"] == 3


def test_places_on_the_same_ground_are_said_beside_the_total() -> None:
    """Two places of equal pixels, or more pixels in the places than the images have; not places that lie apart."""
    apart = region([1.0, 1.1, 1.2])
    assert "places-overlap" not in codes(ask(apart).caveats)
    assert "places-overlap" in codes(ask(copied(apart, 0, 2)).caveats)
    for pixels, expected in ((107, True), (108, False)):
        extent = Profile(n=pixels, zero_share=0.0, minimum=1.0, smallest_positive=1.0, quantiles=(1.0, 2, 3, 4, 5))
        given = replace(apart, profiles=((extent, extent),) * len(apart.pairs))
        assert ("places-overlap" in codes(ask(given).caveats)) is expected


def test_a_table_never_speaks_of_pixels_that_it_does_not_know() -> None:
    """No NaN in a sentence and no 0 for unknown: a table's place has few blocks, and what was not tested is said."""
    outcome = ask(table(np.array([8.0, 5.0]), np.array([16.0, 5.0]), [look("2016"), look("2019")]))
    place = outcome.places["cell-0"]
    assert codes(place.reasons) == {"few-blocks"}
    assert place.estimates["ratio"].best == pytest.approx(2.0)
    assert "lit-unknown" in codes(place.caveats)
    assert place.values["margins"]["lit_in_both"] == {"before": None, "after": None, "ratio": None}
    assert place.values["floor"]["floor_share"] == {"before": None, "after": None}
    told = json.dumps([place.model_dump(), outcome.statement.en, outcome.values], default=str).lower()
    assert "nan" not in told


def test_a_table_over_many_months_can_be_called() -> None:
    """Twelve months of a table measure their own noise; the floor is not said to have been tested."""
    rng = np.random.default_rng(2)
    values = np.stack([np.array([level * rng.lognormal(0, 0.03)]) for _ in range(12) for level in (8.0, 12.0)])
    base = table(values[0], values[1], [A, B])
    looks = tuple(look(f"{year}-{month:02d}") for month in range(1, 13) for year in (2021, 2024))
    unknown, weight = np.full(values.shape, np.nan), np.zeros((*values.shape, 8))
    weight[:, :, 0] = 1.0
    many = replace(base, looks=looks, total=values, area_total=values, weight=weight, lit=unknown, nights=unknown)
    outcome = ask(many, table_pairs=change(12))
    assert outcome.result == "increase"
    assert "floor-survived" not in codes(outcome.reasons)
    assert "nan" not in json.dumps([note.text for note in (*outcome.reasons, *outcome.caveats)])


def test_a_contrast_has_a_key_that_a_story_can_name() -> None:
    """Names with spaces and other scripts become keys of a-z, 0-9 and hyphens; the names stand in the values."""
    groups = {
        "ports": ("p0", "p1"),
        "Matched towns (25 km)": ("p2", "p3"),
        "matched towns 25 km": ("p4", "p5"),
        "도시": ("p6", "p7"),
    }
    outcome = ask(region([1.5, 1.45, 1.0, 1.05, 0.95, 1.0, 1.02, 1.01]), groups=(groups,))
    keys = [f"contrast_with_{slug}" for slug in ("matched-towns-25-km", "matched-towns-25-km-2", "group")]
    assert {key for key in outcome.estimates if key.startswith("contrast")} == set(keys)
    assert [(one["against"], one["estimate"]) for one in outcome.values["contrasts"]] == list(
        zip(list(groups)[1:], keys, strict=True)
    )
