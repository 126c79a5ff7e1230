"""What outage answers and refuses, on nights whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly_series import FIRST, ask, nights, town

from dateline.core.errors import UsageError
from dateline.core.identity import canonical
from dateline.core.when import When

DARK_FROM, DARK_TO = 120, 150


def dark_town(left: float = 0.05, seed: int = 0) -> np.ndarray:
    """A town that keeps 5 % of its light for thirty nights."""
    means = town(seed=seed)
    means[DARK_FROM:DARK_TO] *= left
    return means


def test_an_outage_has_an_onset_a_depth_and_a_return() -> None:
    """The brackets lie between observed nights and hold the truth; the depth's interval does too."""
    means = dark_town()
    outcome = ask(nights(means))
    assert outcome.result == "outage"
    seen = np.flatnonzero(np.isfinite(means[:, 0]))
    start, end = outcome.values["onset"]["sets"][0]
    assert start < FIRST + timedelta(days=DARK_FROM) <= end
    assert {start, end} <= {FIRST + timedelta(days=int(at)) for at in seen}
    assert outcome.values["onset"]["after"] is True
    assert outcome.values["last_normal"] == start
    back = outcome.values["return"]
    assert back["answer"] == "confirmed"
    assert back["sets"][0][0] < FIRST + timedelta(days=DARK_TO) <= back["sets"][0][1]
    assert outcome.estimates["depth"].contains(0.05)
    assert outcome.estimates["depth"].unit == "1"
    assert "It was back after" in outcome.statement.en
    assert canonical(outcome.values)
    assert canonical(list(outcome.rows))


def test_a_return_is_never_claimed_without_nights() -> None:
    """A record that ends in the dark says "not confirmed" and names the last night."""
    outcome = ask(nights(dark_town()[:DARK_TO]))
    assert outcome.values["return"] == {"kind": "when", "answer": "not confirmed", "sets": []}
    assert "its return was not confirmed" in outcome.statement.en


def test_two_hazy_nights_are_no_outage() -> None:
    """Fewer dark nights in a row than confirmations are listed as standing alone."""
    means = town(cloudy=0.0)
    means[150:152] *= 0.2
    outcome = ask(nights(means))
    assert outcome.result == "no outage found"
    assert outcome.values["single_dark"] == [FIRST + timedelta(days=150), FIRST + timedelta(days=151)]
    assert "up to 1 day apart" in outcome.statement.en


def test_a_hazy_night_before_the_onset_widens_the_bracket() -> None:
    """Half-dark haze on the night before a real outage does not pull the onset forward."""
    means = town(cloudy=0.0)
    means[119] = 4.5
    means[120:150] *= 0.02
    start, end = ask(nights(means)).values["onset"]["sets"][0]
    assert start < FIRST + timedelta(days=120) <= end


def test_a_cloudy_onset_gives_a_wide_bracket() -> None:
    """Ten unseen nights around the onset are ten nights of bracket, never a guess inside them."""
    means = dark_town()
    means[115:125] = np.nan
    means[114] = means[125] = 10.0
    means[125] = 0.4
    start, end = ask(nights(means)).values["onset"]["sets"][0]
    assert (start, end) == (FIRST + timedelta(days=114), FIRST + timedelta(days=125))


def test_the_gap_filled_layer_stands_beside_and_is_not_measured() -> None:
    """A filled layer that hides the outage changes nothing but what is said about it."""
    means = dark_town()
    hidden = np.full_like(means, 9.5)
    outcome = ask(nights(means, filled=hidden))
    assert outcome.result == "outage"
    assert outcome.values["gap_filled"] == {"ratio": 1.0, "onset": None, "answer": "no outage found"}
    assert "gap-filled-beside" in [note.code for note in outcome.reasons]
    row = next(row for row in outcome.rows if row["state"] == "not observed")
    assert row["value"] is None
    assert row["gap_filled"] == pytest.approx(9.5)


def test_filled_values_are_refused_as_observations() -> None:
    """The gap-filled layer offered as the series is refused with its reason."""
    outcome = ask(nights(dark_town(), layer="Gap_Filled_DNB_BRDF-Corrected_NTL"))
    assert outcome.result == "refused"
    assert outcome.reasons[0].code == "gap-filled"


def test_a_load_record_agrees_or_disagrees_in_date() -> None:
    """A grid that falls on the same nights agrees; one that falls a month later is a caveat."""
    grid = np.full((200, 1), 140.0) + np.arange(200)[:, None] % 7
    same, later = grid.copy(), grid.copy()
    same[DARK_FROM:DARK_TO] = 0
    later[DARK_TO:] = 0
    agreeing = ask(nights(dark_town()), nights(same, size=1, unit="MW", product="declared"))
    assert agreeing.values["load"]["agreement"] == "agrees in date"
    differing = ask(nights(dark_town()), nights(later, size=1, unit="MW", product="declared"))
    assert differing.values["load"]["agreement"] == "disagrees in date"
    assert "load-differs" in [note.code for note in differing.caveats]


def test_controls_that_fall_too_stop_the_answer() -> None:
    """Three places dimming together is haze or moon until shown otherwise; controls that stay are no obstacle."""
    together = np.hstack([dark_town(0.3), dark_town(0.4, seed=1), dark_town(0.4, seed=2)])
    stopped = ask(nights(together), controls="place-1, place-2")
    assert stopped.result == "cannot tell"
    assert stopped.reasons[0].code == "controls-fell-too"
    apart = np.hstack([dark_town(0.3), town(seed=1), town(seed=2)])
    told = ask(nights(apart), controls="place-1,place-2")
    assert told.result == "outage"
    assert set(told.places) == {"place-0"}
    assert set(told.values["controls"]) == {"place-1", "place-2"}
    assert "no-controls" not in [note.code for note in told.caveats]


def test_a_fall_of_every_year_stops_the_answer() -> None:
    """The same fall a year earlier is the season."""
    means = town(600, cloudy=0.3)
    for year in (0, 365):
        means[120 + year : 160 + year] *= 0.3
    outcome = ask(nights(means), first_day="2014-04-01")
    assert outcome.result == "cannot tell"
    assert outcome.reasons[0].code == "season"


@pytest.mark.parametrize(
    ("means", "code"),
    [
        (dark_town() / 20, "below-floor"),
        (np.where(np.arange(200)[:, None] % 20 == 0, 10.0, np.nan), "too-few-nights"),
        (town(cloudy=0) * np.where(np.arange(200)[:, None] % 3 == 0, 0.2, 1.0), "baseline-unsteady"),
    ],
)
def test_what_cannot_be_told(means: np.ndarray, code: str) -> None:
    """Places that were never lit, hardly seen, or unsteady before: cannot tell, with what would settle it."""
    outcome = ask(nights(means))
    assert outcome.result == "cannot tell"
    assert outcome.reasons[0].code == code
    assert outcome.needed
    assert outcome.estimates == {}


def test_small_places_cannot_be_told() -> None:
    """Two pixels are less than the sensor's footprint wanders over."""
    assert ask(nights(dark_town(), size=2)).reasons[0].code == "few-pixels"


def test_a_night_seen_in_part_is_not_observed() -> None:
    """Nights that saw a fifth of the place do not count, bright or dark."""
    assert ask(nights(dark_town(), share=0.2)).reasons[0].code == "too-few-nights"


def test_months_are_refused() -> None:
    """Composites drop short outages by design: the other method is named."""
    series = nights(dark_town())
    monthly = replace(series, looks=tuple(replace(look, when=When.month(2013, 5)) for look in series.looks))
    outcome = ask(monthly)
    assert outcome.reasons[0].code == "not-nightly"
    assert "lights_trend" in outcome.needed[0]


def test_a_night_that_comes_twice_with_two_values_is_refused() -> None:
    """Two values of one night cannot both be right."""
    series = nights(town(cloudy=0))
    looks = (*series.looks[:50], series.looks[49], *series.looks[51:])
    assert ask(replace(series, looks=looks)).reasons[0].code == "doubled-night"


@pytest.mark.parametrize("parameters", [{"first_day": "last May"}, {"controls": "nowhere"}, {"controls": "place-0"}])
def test_impossible_requests_say_what_is_possible(parameters: dict[str, str]) -> None:
    """A day that is none, a control that was not measured, and nothing left to judge."""
    with pytest.raises(UsageError):
        ask(nights(town()), **parameters)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 50.0))
def test_the_unit_does_not_matter(seed: int, factor: float) -> None:
    """Brackets and depth are the same in any unit, as long as the place stays above the floor."""
    means = dark_town(seed=seed % 50)
    one, two = ask(nights(means), floor=0), ask(nights(means * factor), floor=0)
    assert one.result == two.result
    assert one.values["onset"] == two.values["onset"]
    assert one.estimates["depth"].best == pytest.approx(two.estimates["depth"].best)


def test_several_places_are_counted() -> None:
    """One dark, four lit: the family's sentence counts them, and says that many places were searched."""
    means = np.hstack([dark_town(), *(town(seed=seed) for seed in range(1, 5))])
    outcome = ask(nights(means))
    assert outcome.result == "outage"
    assert outcome.statement.en == (
        "Of 5 places, the light went out at 1; at 4 no outage was found, and at 0 nothing could be told."
    )
    assert "many-places" in [note.code for note in outcome.caveats]
    assert all(isinstance(answer.values["observed"], int) for answer in outcome.places.values())


def test_simulated_nights_are_said() -> None:
    """A simulated look marks the answer."""
    assert "simulated" in [note.code for note in ask(nights(dark_town(), simulated=True)).caveats]
