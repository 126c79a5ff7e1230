"""Each guard of the card fires where it must and stays silent where it must not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from light_tables import ask, change, codes, look, months, sums, table, town

from dateline.core.when import When
from dateline.imagery.tables import Profile
from dateline.methods import lights_guards as guards
from dateline.methods.night_lights.report import card

A, B = look("2021-03"), look("2024-03")


def refused_with(*looks, **roles):
    """The codes with which two lit months of these looks are refused."""
    outcome = ask(sums(np.stack([town(), 2 * town()]), looks), **roles)
    assert outcome.result == "refused"
    assert not outcome.estimates
    assert outcome.needed
    return codes(outcome.reasons)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("picture-bytes", A, look("2024-03", unit="1")),
        ("sensor-break", look("2013-03", product="DMSP-OLS", unit="digital number"), B),
        ("mixed-products", look("2021-03", product="VNP46A4"), B),
        ("mixed-products", look("2021-03", layer="AllAngle_Composite_Snow_Free"), B),
        ("mixed-products", look("2021-03", product="VNL_monthly"), B),
        ("mixed-collections", look("2021-03", collection="1"), B),
        ("platform-splice", A, look("2024-03", product="VJ146A3", platform="NOAA-20")),
        ("different-months", look("2021-03"), look("2024-05")),
        ("different-months", look("2021-12"), look("2024-03")),
    ],
)
def test_what_cannot_be_compared_is_refused(code, before, after) -> None:
    """A comparison that would mislead gets a code and no number."""
    assert code in refused_with(before, after)


def test_two_satellites_of_one_family_are_no_mixed_product() -> None:
    """VNP46A3 and VJ146A3 are the same product from two satellites: the splice is named, nothing else."""
    assert refused_with(A, look("2024-03", product="VJ146A3", platform="NOAA-20")) == {"platform-splice"}


def test_a_table_without_known_product_is_taken_by_its_name() -> None:
    """A product that no sensor file knows is its own family."""
    assert guards.family(look("2021-03", product="somebody's table")) == "somebody's table"


def profile(zero_share: float, minimum: float, *quantiles: float) -> Profile:
    """A profile of a thousand pixels."""
    five = quantiles
    assert len(five) == 5
    return Profile(
        n=1000, zero_share=zero_share, minimum=minimum, smallest_positive=max(minimum, 0.002), quantiles=five
    )


MASKED = profile(0.946, 0.0, 0.0, 0.0, 0.0, 0.0, 0.008)
BARE = profile(0.0, 0.186, 0.203, 0.214, 0.224, 0.243, 0.331)
DARK_FLOORED = profile(0.62, 0.0, 0.0, 0.0, 0.0, 0.7, 8.5)
LIT_FLOORED = profile(0.41, 0.0, 0.0, 0.0, 0.8, 3.6, 18.1)
CITY_FLOORED = profile(0.0, 0.6, 1.2, 4.0, 11.0, 25.0, 60.0)
CITY_OUT = profile(0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9)
DIM_TOWN_FLOORED = profile(0.0, 0.51, 0.55, 0.62, 0.7, 0.9, 1.3)
CITY_BARE = profile(0.0, 0.18, 1.2, 4.0, 11.0, 25.0, 60.0)
BLACKOUT_BARE = profile(0.0, 0.16, 0.19, 0.2, 0.21, 0.23, 0.3)


def test_a_pedestal_is_found_whichever_side_is_masked() -> None:
    """Masked before and bare after, and the other way round."""
    for sides in ((MASKED, BARE), (BARE, MASKED)):
        note = guards.pedestal(*sides, floor=0.5)
        assert note is not None
        assert note.code == "pedestal"
    negative = replace(BARE, minimum=-0.1)
    assert guards.pedestal(MASKED, negative, floor=0.5) is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LIT_FLOORED, DARK_FLOORED),
        (DARK_FLOORED, LIT_FLOORED),
        (CITY_FLOORED, CITY_OUT),
        (CITY_OUT, CITY_FLOORED),
        (DIM_TOWN_FLOORED, CITY_OUT),
        (CITY_BARE, BLACKOUT_BARE),
        (BLACKOUT_BARE, CITY_BARE),
        (CITY_OUT, CITY_BARE),
    ],
    ids=["fall", "rise", "blackout", "return", "dim town out", "bare blackout", "bare return", "lit up, bare"],
)
def test_a_true_change_is_no_pedestal(before: Profile, after: Profile) -> None:
    """Falls, rises and blackouts, with and without a floor, pass: only a thin bare layer is a pedestal."""
    assert guards.pedestal(before, after, floor=0.5) is None


def test_a_pedestal_in_a_table_is_refused() -> None:
    """Values alone show it: most cells 0 before, none under 0.19 after."""
    rng = np.random.default_rng(0)
    before = np.where(rng.random(400) < 0.9, 0.0, rng.lognormal(0, 1, 400))
    series = table(
        before, before + rng.uniform(0.19, 0.24, 400), [look("2016", product="x"), look("2019", product="x")]
    )
    outcome = ask(series)
    assert outcome.result == "refused"
    assert codes(outcome.reasons) == {"pedestal"}


def test_a_table_with_an_empty_month_is_no_crash_and_no_darkness() -> None:
    """Sixty places of which none was seen after: nothing to profile, and none of them is called dark."""
    series = table(np.full(60, 8.0), np.full(60, np.nan), [look("2016"), look("2019")])
    outcome = ask(series)
    assert outcome.result == "cannot tell"
    assert {answer.result for answer in outcome.places.values()} == {"cannot tell"}
    assert codes(outcome.reasons) == {"seen-share-low"}


def test_dmsp_against_dmsp_is_allowed_and_said() -> None:
    """Digital numbers of one family can be compared; that they are no radiance is said."""
    looks = [look(year, product="DMSP-OLS", unit="digital number", layer="stable") for year in ("2005", "2009")]
    outcome = ask(sums(np.stack([town(), 2 * town()]), looks))
    assert outcome.result == "increase"
    assert "digital-numbers" in codes(outcome.caveats)


def test_nothing_known_has_no_profile_and_no_date_has_no_month() -> None:
    """What is unknown is an error here, not a number."""
    with pytest.raises(ValueError, match="at least one known value"):
        guards.profile_of(np.array([np.nan]))
    with pytest.raises(ValueError, match="first day"):
        guards.month_index(When.between(None, None))


def test_unknowns_are_said() -> None:
    """Unknown collection, satellite and nights are caveats, and no values are made up for them."""
    vague = [replace(one, collection=None, platform=None) for one in (A, B)]
    outcome = ask(sums(np.stack([town(), 2 * town()]), vague, nights=np.nan))
    assert {"collection-unknown", "platform-unknown", "nights-unknown"} <= codes(outcome.caveats)
    assert outcome.values["nights"] is None


def test_simulated_input_and_notes_of_readers_travel() -> None:
    """What the reader noticed and that the input is simulated stand beside the answer."""
    noted = replace(A, simulated=True, notes=(("doubled-frame", "2021-03 occurs twice, equal."),))
    caveats = ask(sums(np.stack([town(), town()]), [noted, B])).caveats
    assert {"simulated", "doubled-frame"} <= codes(caveats)


def test_an_event_inside_a_month_is_named_and_one_outside_is_not() -> None:
    """The storm of 20 September lies in September; that of 2 November in neither month."""
    values = np.stack([town(), 0.4 * town()])
    table_ = sums(values, [look("2017-09"), look("2017-10")])
    inside = [note for note in ask(table_, {"event": "2017-09-20"}).caveats if note.code == "mixed-month"]
    assert "20 September 2017" in inside[0].text
    assert "September 2017" in inside[0].text
    assert "mixed-month" not in codes(ask(table_, {"event": "2017-11-02"}).caveats)
    assert "mixed-month" in codes(ask(table_).caveats)
    assert "mixed-month" not in codes(ask(sums(values, [A, B])).caveats)


def test_neighbouring_months_answer_with_a_caveat() -> None:
    """One month apart is told, two are refused."""
    outcome = ask(sums(np.stack([town(), 0.4 * town()]), [look("2017-09"), look("2017-10")]))
    assert outcome.result == "decrease"
    assert "different-months" in codes(outcome.caveats)


def test_snow_is_said_when_it_differs() -> None:
    """Snow on a tenth of the place before and none after."""
    assert "snow-unequal" in codes(ask(sums(np.stack([town(), town()]), [A, B], snow=57.6)).caveats)
    assert "snow-unequal" not in codes(ask(sums(np.stack([town(), town()]), [A, B])).caveats)


def test_snow_that_took_the_pixels_is_said() -> None:
    """A third of the pixels lost to snow."""
    half = town()
    half[:, :8] = np.nan
    given = sums(np.stack([half, town()]), [A, B])
    lost = np.zeros_like(given.lost)
    lost[:, :, 3] = given.lost[:, :, 6]
    assert "snow-lost" in codes(ask(replace(given, lost=lost)).caveats)


def test_northern_summer_nights_are_too_short() -> None:
    """June at 50 degrees is told; June at 43 and March at 50 are not."""
    at_50 = np.array([[0.463, 0.463 * np.cos(np.radians(50))]])
    for months_, pixel, expected in (
        (("2021-06", "2024-06"), at_50, True),
        (("2021-06", "2024-06"), None, False),
        (("2021-03", "2024-03"), at_50, False),
    ):
        given = sums(np.stack([town(), town()]), [look(month) for month in months_])
        given = given if pixel is None else replace(given, pixel_km=pixel)
        assert ("short-nights" in codes(ask(given).caveats)) is expected


def test_the_latitude_is_read_from_the_pixel() -> None:
    """A pixel half as wide as high lies at 60 degrees; one on a metric grid tells nothing."""
    assert guards.latitude_of(np.array([0.46, 0.23])) == pytest.approx(60, abs=0.1)
    assert guards.latitude_of(np.array([0.5, 0.5])) is None


def test_a_place_smaller_than_a_pixel_is_refused() -> None:
    """A third of a pixel has no light of its own."""
    given = sums(np.stack([town(1), town(1)]), [A, B], size=np.array([0.3]))
    outcome = ask(given)
    assert outcome.result == "refused"
    assert codes(outcome.reasons) == {"smaller-than-pixel"}


def test_months_hardly_seen_are_left_out_and_none_left_cannot_be_told() -> None:
    """Unseen is not dark: a month seen on a tenth of the place is dropped; with no other, the answer is cannot tell."""
    hidden = town()
    hidden[:, 2:] = np.nan
    only = ask(sums(np.stack([town(), hidden]), [A, B]))
    assert only.result == "cannot tell"
    assert codes(only.reasons) == {"seen-share-low"}
    values = np.stack([town(), town(), town(), hidden])
    looks = [A, B, look("2021-04"), look("2024-04")]
    outcome = ask(sums(values, looks, change(2)))
    assert outcome.estimates["ratio"].best == pytest.approx(1.0)
    assert outcome.values["pairs_dropped"] == 1
    dropped = next(note for note in outcome.caveats if note.code == "months-dropped")
    assert "March" in dropped.text
    assert "April" not in dropped.text


def test_sea_inside_the_outline_is_not_held_against_it() -> None:
    """What lies outside the images or is masked away does not lower the share that was seen."""
    coast = town()
    coast[:, 6:] = np.nan
    given = sums(np.stack([coast, coast]), [A, B])
    lost = np.zeros_like(given.lost)
    lost[:, :, 7] = given.lost[:, :, 6]
    outcome = ask(replace(given, lost=lost))
    assert outcome.values["seen_share"] == pytest.approx(1.0)
    assert "unseen-pixels" in codes(outcome.caveats)


def test_few_nights_cannot_tell() -> None:
    """Two nights a month are no month."""
    outcome = ask(sums(np.stack([town(), 2 * town()]), [A, B], nights=2.0))
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == {"too-few-nights"}


def test_few_lit_pixels_cannot_tell() -> None:
    """Two lit pixels in the dark."""
    dark = np.full((1, 24, 24), 0.2)
    spot = dark.copy()
    spot[0, 3, 3:5] = 30.0
    outcome = ask(sums(np.stack([spot, 2 * spot]), [A, B]))
    assert codes(outcome.reasons) == {"few-lit-pixels"}


def test_a_port_in_one_pair_of_months_gets_a_ratio_without_bounds() -> None:
    """Nine pixels, one pair, no history: nothing measures the noise, and no interval is invented."""
    outcome = ask(sums(np.stack([town(3), 2 * town(3)]), [A, B]))
    ratio = outcome.estimates["ratio"]
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == {"few-blocks"}
    assert (ratio.best, ratio.low, ratio.high) == (pytest.approx(2.0), None, None)
    assert outcome.needed


def test_a_port_in_twelve_months_can_be_called() -> None:
    """The same nine pixels over twelve months answer, and blooming is said."""
    outcome = ask(months(2.0, 12, side=3))
    assert outcome.result == "increase"
    assert {"border-bloom", "no-history"} <= codes(outcome.caveats)


def test_every_code_that_this_method_can_say_stands_on_the_card() -> None:
    """The card lists each guard found in the code, and the code knows each guard on the card."""
    import re
    from pathlib import Path

    folder = card().folder
    text = "".join(path.read_text() for path in [*folder.glob("*.py"), folder.parent / "lights_guards.py"])
    said = set(re.findall(r'(?:code=|_note\(\s*)"([a-z-]+)"', text))
    reasons = {"interval-excludes-one", "interval-includes-one", "floor-survived"}
    reasons |= {"above-own-spread", "beyond-controls", "among-many", "no-common-months", "place", "calibration"}
    listed = {guard.code for guard in card().front.guards}
    assert said - reasons <= listed
    assert listed - said <= {"doubled-frame"}
    assert isinstance(folder, Path)


def test_an_event_that_is_no_date_is_refused_with_words() -> None:
    """The parameter is read as EDTF; anything else is a usage error."""
    from dateline.core.errors import UsageError

    with pytest.raises(UsageError):
        ask(months(1.0, 4), {"event": "the storm"})
    assert When.from_edtf("2017-09-20").days() == 1
