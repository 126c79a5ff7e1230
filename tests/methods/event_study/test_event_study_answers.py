"""What event_study answers and refuses, on series whose truth is known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from event_months import LIGHT, ask, codes, days, event, made, month_of, months, usual

from dateline.core.errors import UsageError
from dateline.core.identity import canonical
from dateline.core.when import When
from dateline.methods.catalogue import card
from dateline.methods.contract import Outcome
from dateline.methods.event_study.listing import Listed

CAUSE = re.compile(r"\b(because of|caus\w+|led to|leads to|due to|result(ed|s) in|triggered)\b", re.IGNORECASE)
BIG = 8.0
"""A step that no noise of one makes."""


def test_a_rise_is_told_with_its_interval_and_the_other_dates() -> None:
    """A step of eight in the month of the event: a rise, by about eight, larger than at every other date."""
    outcome = ask(months(usual(step=BIG)), event(48), what="the number of trains")
    assert outcome.result == "rise"
    change = outcome.estimates["change"]
    assert change.contains(BIG)
    assert change.unit == "trains"
    assert change.level == 0.95
    others = outcome.values["other_dates"]
    assert outcome.values["smaller_at"] == others >= 40
    assert outcome.statement.en.startswith(
        "At place-0, the number of trains rises in the same month as strike (January 2017), by "
    )
    assert f"a larger step than at {others} of {others} other dates" in outcome.statement.en
    assert outcome.statement.key == "event_study.rise"


def test_a_fall_is_told_as_an_amount() -> None:
    """A fall of eight reads "falls …, by 8", with bounds the right way round and no double minus."""
    outcome = ask(months(usual(step=-BIG)), event(48))
    assert outcome.result == "fall"
    assert outcome.estimates["change"].contains(-BIG)
    assert "−" not in outcome.statement.en
    assert "falls in the same month as" in outcome.statement.en


def test_no_change_prints_the_smallest_that_would_have_shown() -> None:
    """Without a step: no change beyond its usual, and a step of about two noise deviations could have passed unseen."""
    outcome = ask(months(usual(seed=3)), event(48))
    assert outcome.result == "no change beyond its usual"
    assert outcome.estimates["change"].contains(0.0)
    smallest = outcome.values["smallest_detectable"]
    assert 1.0 < smallest < 4.0
    assert f"of less than {smallest:.1f} trains could have passed unseen" in outcome.statement.en


def test_every_listed_event_is_answered() -> None:
    """Five listed events, one of them real: five answers, and only that one is called; the list is one family."""
    listed = [event(step, f"e{step}") for step in (14, 28, 42, 56, 70)]
    outcome = ask(months(usual(step=BIG, at=42)), *listed)
    assert list(outcome.places) == [one.id for one in listed]
    results = {name: answer.result for name, answer in outcome.places.items()}
    assert results.pop("e42") == "rise"
    assert set(results.values()) == {"no change beyond its usual"}
    assert outcome.result == "mixed"
    assert outcome.statement.args["total"] == "5"
    assert outcome.statement.args["up"] == "1"
    assert outcome.places["e14"].values["p"] >= outcome.places["e14"].values["p_alone"]
    assert {"p", "q", "p_dates", "p_alone"} <= set(outcome.places["e42"].values)


def test_what_the_list_cannot_tell_is_listed_too() -> None:
    """An event without an end and one off the series stand in the answer with their reasons, beside the others."""
    open_ended = Listed(id="open", title="talks", when=When.between(date(2015, 1, 1), None))
    away = Listed(id="away", title="flood", when=When.year(2030))
    outcome = ask(months(usual(step=BIG)), event(48), open_ended, away)
    assert outcome.places["strike"].result == "rise"
    assert codes(outcome.places["open"].reasons) == ["event-open"]
    assert codes(outcome.places["away"].reasons) == ["event-outside"]
    assert outcome.statement.args["unknown"] == "2"
    assert len(outcome.needed) == 2


def test_only_events_off_the_series() -> None:
    """Then nothing is computed, and the single answer says why."""
    outcome = ask(months(usual()), Listed(id="away", title="flood", when=When.year(2030)))
    assert outcome.result == "cannot tell"
    assert outcome.rows == ()


def test_a_window_is_scanned_and_costs_something() -> None:
    """An event known to half a year finds the step inside it; the price is a larger smallest detectable change."""
    vague = ask(months(usual(step=BIG, at=50)), event(47, last=52))
    assert vague.result == "rise"
    assert "rises within the time given for strike (between 1 December 2016 and 31 May 2017)" in vague.statement.en
    assert vague.values["scanned"] == 6
    sharp_step, vague_step = (
        np.mean([ask(months(usual(seed=seed)), one).values["smallest_detectable"] for seed in range(6)])
        for one in (event(50), event(47, last=52))
    )
    assert vague_step > sharp_step
    assert vague.values["onset"]["earliest"] == "2017-03-01"


def test_events_too_close_share_one_answer() -> None:
    """Two events two months apart cannot be told apart: one scan over both, the same answer, and it is said."""
    outcome = ask(months(usual(step=BIG)), event(48, "strike"), event(50, "flood"))
    assert {answer.result for answer in outcome.places.values()} == {"rise"}
    for answer in outcome.places.values():
        assert codes(answer.caveats) == ["events-close"]
        assert answer.values["scanned"] == 3


def test_one_events_change_does_not_count_for_the_next() -> None:
    """A step at the first event is not told of the second one, ten months later."""
    outcome = ask(months(usual(step=BIG, at=40, seed=1)), event(40, "strike"), event(50, "flood"))
    assert outcome.places["strike"].result == "rise"
    assert outcome.places["flood"].result == "no change beyond its usual"


def test_a_change_close_by_is_not_the_events() -> None:
    """A step two months before the event: not "in the same month as" it; the date at which it lies is named.

    Five months before, the event itself shows nothing.
    """
    outcome = ask(months(usual(step=BIG, at=46, seed=1)), event(48))
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == ["dated-otherwise"]
    assert "from November 2016 on" in outcome.reasons[0].text
    assert ask(months(usual(step=BIG, at=43)), event(48)).result == "no change beyond its usual"


def test_a_change_one_step_early_is_not_said_to_be_in_the_same_month() -> None:
    """What cannot be told from a change at the event is called, "around" it, and the date that fits best is named."""
    outcome = ask(months(usual(step=BIG, at=47)), event(48))
    assert outcome.result == "rise"
    assert "rises around strike (January 2017), best dated from December 2016 on, by" in outcome.statement.en


def test_gaps_stay_gaps() -> None:
    """With no look in the month of the event and the one before, the two looks around are named; rows keep the gaps."""
    values = usual(step=BIG)
    values[[20, 47, 48]] = np.nan
    outcome = ask(months(values), event(48))
    assert "rises around strike (January 2017), between the looks of November 2016 and February 2017" in (
        outcome.statement.en
    )
    rows = {row["when"]: row for row in outcome.rows}
    assert rows["2014-09"]["value"] is None
    assert rows["2014-09"]["state"] == "not observed"
    assert rows["2017-01"]["date"] == "strike"
    assert rows["2015-06"]["date"] == "other date"
    assert rows["2017-02"]["change"] is None
    assert abs(rows["2015-06"]["change"]) < 3
    assert outcome.values["looks"] == 81


def test_too_few_looks_beside_the_event() -> None:
    """Two looks before and nothing after: cannot tell, with the number that is needed."""
    values = usual()
    values[36:46] = np.nan
    outcome = ask(months(values), event(48))
    assert codes(outcome.reasons) == ["too-few-looks"]
    assert "2 looks count in the 12 months before" in outcome.reasons[0].text


def test_a_short_series_says_what_it_would_need() -> None:
    """Two years with one event leave too few other dates: cannot tell, and how many more months would settle it."""
    outcome = ask(months(usual(26)), event(13), season="none")
    assert outcome.result == "cannot tell"
    assert codes(outcome.reasons) == ["too-few-placebos"]
    assert "19 are needed" in outcome.reasons[0].text
    assert re.search(r"About \d+ more months", outcome.needed[0])
    assert codes(ask(months(usual(12)), event(6)).reasons) == ["too-few-looks"]
    assert codes(ask(months(usual(5)), event(3)).reasons) == ["too-few-looks"]


def test_a_series_that_does_not_move_tells_nothing() -> None:
    """A constant with a step has no noise to compare with: cannot tell, not infinitely significant."""
    outcome = ask(months(np.where(np.arange(84) < 48, 1.0, 2.0)), event(48))
    assert codes(outcome.reasons) == ["no-spread"]


def test_per_cent_where_ratios_are_asked_for() -> None:
    """A doubling on a multiplicative series is 100 %; zeros refuse a ratio."""
    values = np.exp(usual(level=0.0, step=0.0, seed=2) / 10) * np.where(np.arange(84) >= 48, 2.0, 1.0)
    outcome = ask(months(values), event(48), scale="ratio")
    assert outcome.estimates["change"].unit == "%"
    assert outcome.estimates["change"].contains(100)
    values[7] = 0.0
    refused = ask(months(values), event(48), scale="ratio")
    assert refused.result == "refused"
    assert codes(refused.reasons) == ["zeros"]


def test_a_kink_is_told_as_a_slope() -> None:
    """A series that begins to climb by one a month turns upward by twelve a year."""
    values = usual() + np.maximum(np.arange(84) - 48, 0.0)
    outcome = ask(months(values), event(48), statistic="slope")
    assert outcome.result == "rise"
    assert outcome.estimates["change"].unit == "trains year-1"
    assert outcome.estimates["change"].contains(12)
    assert outcome.statement.key == "event_study.turn-up"


def test_a_trend_is_not_a_step_and_does_not_hide_one() -> None:
    """A steady climb shows nothing at the event; a step on top of it is told in full."""
    climb = 0.3 * np.arange(84)
    assert ask(months(usual(seed=3) + climb), event(48)).result == "no change beyond its usual"
    outcome = ask(months(usual(step=BIG) + climb), event(48))
    assert outcome.result == "rise"
    assert outcome.estimates["change"].contains(BIG)


def test_days_are_days() -> None:
    """A daily series says "on the same day", with no season where a year is all there is, and says so."""
    outcome = ask(days(usual(200, step=BIG, at=100)), dates="parade = 2013-04-11", before=30, lag_last=29)
    assert outcome.result == "rise"
    assert "rises on the same day as parade (11 April 2013)" in outcome.statement.en
    assert "season-unchecked" in codes(outcome.caveats)
    assert "mixed-look" not in codes(outcome.caveats)


def test_controls_take_out_what_happened_everywhere() -> None:
    """A rise shared by all six places is none beside controls; without controls it is one, with a caveat."""
    shared = np.stack([usual(step=BIG, seed=seed) for seed in range(6)], axis=1)
    alone = ask(months(shared), event(48), place_asked="place-0")
    assert alone.result == "rise"
    assert "no-controls" in codes(alone.caveats)
    beside = ask(months(shared), event(48), place_asked="place-0", controls="all")
    assert beside.result == "no change beyond its usual"
    assert "few-controls" in codes(beside.caveats)
    assert sum(beside.values["control_weights"].values()) == pytest.approx(1)


@pytest.mark.parametrize("against", ["mean", "synthetic"])
def test_a_rise_of_one_place_stands_out_of_its_controls(against: str) -> None:
    """A step at one place only is told, in size, and ranks first among the places."""
    values = np.stack([usual(step=BIG if seed == 0 else 0.0, seed=seed) for seed in range(6)], axis=1)
    outcome = ask(months(values), event(48), place_asked="place-0", controls="all", against=against)
    assert outcome.result == "rise"
    assert outcome.estimates["change"].contains(BIG)
    assert outcome.values["p_places"] == pytest.approx(1 / 6)
    assert "At 0 of 5 control places" in outcome.reasons[1].text


def test_controls_that_moved_at_the_same_date_stop_the_call() -> None:
    """One control falls while the place rises: half of the controls changed as much, so nothing is told."""
    values = np.stack([usual(step=step, seed=seed) for seed, step in enumerate((BIG, -BIG, 0.0))], axis=1)
    outcome = ask(months(values), event(48), place_asked="place-0", controls="all")
    assert codes(outcome.reasons) == ["controls-moved-too"]


def test_controls_from_another_table() -> None:
    """A second table serves; one that misses looks is left out and named; other units are refused."""
    other = np.stack([usual(step=BIG, seed=seed) for seed in (8, 6)], axis=1)
    other[::3, 1] = np.nan
    beside = months(other, names=("north", "south"))
    outcome = ask(months(usual(step=BIG)), event(48), beside=beside)
    assert outcome.result == "no change beyond its usual"
    assert outcome.values["control_weights"] == {"north": 1.0}
    assert "controls-dropped" in codes(outcome.caveats)
    refused = ask(months(usual()), event(48), beside=months(other, names=("north", "south"), unit="t"))
    assert codes(refused.reasons) == ["controls-differ"]
    with pytest.raises(UsageError, match="name of a place"):
        ask(months(usual()), event(48), beside=months(other))


def test_few_looks_before_do_not_weigh_many_controls() -> None:
    """A synthetic control of six places wants eighteen looks before the first event."""
    values = np.stack([usual(seed=seed) for seed in range(7)], axis=1)
    outcome = ask(months(values), event(15), place_asked="place-0", controls="all", against="synthetic")
    assert codes(outcome.reasons) == ["few-looks-before"]


def _looks(**changes: Any) -> list[dict[str, Any]]:
    """Fields of 84 looks, the second half of them changed."""
    return [LIGHT if at < 40 else LIGHT | changes for at in range(84)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product": "DMSP-OLS", "unit": "digital number"}, "sensor-break"),
        ({"layer": "NearNadir_Composite_Snow_Free"}, "mixed-products"),
        ({"collection": "1"}, "mixed-collections"),
        ({"platform": "NOAA-20"}, "platform-splice"),
        ({"layer": "Gap_Filled_DNB_BRDF-Corrected_NTL"}, "gap-filled"),
    ],
)
def test_looks_that_do_not_belong_together_are_refused(changes: dict[str, Any], code: str) -> None:
    """No value is carried across a change of sensor, product, collection or satellite, nor out of a filled layer."""
    series = months(usual(step=BIG), **LIGHT)
    looks = tuple(replace(look, **fields) for look, fields in zip(series.looks, _looks(**changes), strict=True))
    outcome = ask(replace(series, looks=looks), event(48))
    assert outcome.result == "refused"
    assert codes(outcome.reasons) == [code]
    assert outcome.needed


def test_looks_of_no_rhythm_are_refused() -> None:
    """Spans of ten days are neither months nor days."""
    whens = [When.between(date(2013, 1 + at, 1), date(2013, 1 + at, 10)) for at in range(12)]
    series = made(usual(12)[:, None], whens, LIGHT)
    assert codes(ask(series, event(6)).reasons) == ["not-periodic"]


def test_doubled_days() -> None:
    """A day given twice with the same value counts once; with two values it is refused."""
    series = days(usual(200, step=BIG, at=100))
    looks = (*series.looks[:9], series.looks[8], *series.looks[10:])
    asked: dict[str, Any] = {"dates": "parade = 2013-04-11", "before": 30, "lag_last": 29}
    assert codes(ask(replace(series, looks=looks), **asked).reasons) == ["doubled-frame-differs"]
    same = series.total.copy()
    same[9] = same[8]
    outcome = ask(replace(series, looks=looks, total=same), **asked)
    assert "doubled-frame" in codes(outcome.caveats)
    assert outcome.values["looks"] == 199


def test_a_simulated_series_is_never_tested_against_a_real_event() -> None:
    """Refused with a code; with invented events it is an exercise, and says so."""
    series = months(usual(step=BIG), simulated=True)
    refused = ask(series, event(48))
    assert refused.result == "refused"
    assert codes(refused.reasons) == ["simulated-real"]
    assert refused.estimates == {}
    exercise = ask(series, replace(event(48), invented=True))
    assert exercise.result == "rise"
    assert "simulated" in codes(exercise.caveats)
    assert ask(series, dates="strike = 2017-01", invented=True).result == "rise"
    mixed = ask(series, replace(event(48), invented=True), dates="flood = 2015-01")
    assert codes(mixed.reasons) == ["simulated-real"]


def test_no_sentence_tells_a_cause() -> None:
    """No template of the card has a word of cause, nor has any sentence, reason or caveat of the answers."""
    assert not any(CAUSE.search(statement["en"]) for statement in card("event_study").front.statements.values())
    outcomes: list[Outcome] = [
        ask(months(usual(step=step)), event(48), event(20, "flood")) for step in (BIG, -BIG, 0.0, 2.0)
    ]
    for outcome in outcomes:
        told = [outcome.statement.en, *(note.text for note in (*outcome.reasons, *outcome.caveats))]
        told += [answer.statement.en for answer in outcome.places.values() if answer.statement]
        assert not CAUSE.search(" ".join(told))


@pytest.mark.parametrize("name", ["blackout caused by the strike", "rise due to the talks", "what led to the war"])
def test_names_bring_no_cause_along(name: str) -> None:
    """A title goes into the sentence, so it may not tell a cause either; nor may the name of the measure."""
    with pytest.raises(UsageError) as error:
        ask(months(usual()), Listed(id="x", title=name, when=When.month(2017, 1)))
    assert error.value.code == "causal-words"
    with pytest.raises(UsageError):
        ask(months(usual()), event(48), what="light because of trade")


def test_the_rung_below_a_call() -> None:
    """Among the dates it ranks first, chance makes it too often: "larger than at N of M other dates, but"."""
    outcome = ask(months(usual(step=1.4, seed=18)), event(48))
    assert outcome.result == "larger than at other dates"
    assert outcome.values["p_dates"] <= 0.05 < outcome.values["p"]
    assert "but a series that moves like this one shows it by chance too often to count" in outcome.statement.en
    assert "rises" not in outcome.statement.en


def test_the_same_seed_gives_the_same_answer_whatever_the_order() -> None:
    """Shuffled looks and a shuffled list change nothing; the answer is plain JSON."""
    series, listed = months(usual(step=BIG)), [event(48), event(20, "flood")]
    order = np.random.default_rng(5).permutation(84)
    shuffled = replace(
        series,
        looks=tuple(series.looks[index] for index in order),
        **{name: getattr(series, name)[order] for name in ("total", "area_total", "weight", "lit", "nights")},
    )
    first, second = ask(series, *listed), ask(shuffled, *reversed(listed))
    assert canonical(first.values) == canonical(second.values)
    assert first.statement == second.statement
    assert list(first.places) == list(second.places)
    assert canonical([dict(row) for row in first.rows]) == canonical([dict(row) for row in second.rows])


def test_what_was_asked_for_must_make_sense() -> None:
    """No event, two of one id, an unknown place or control, windows shorter than their looks: each says what to do."""
    series = months(usual())
    two = months(np.stack([usual(), usual(seed=2)], axis=1))
    for code, call in {
        "events": lambda: ask(series),
        "place": lambda: ask(two, event(48)),
        "controls": lambda: ask(two, event(48), place_asked="place-0", controls="nowhere"),
        "lag": lambda: ask(series, event(48), lag_last=1),
    }.items():
        with pytest.raises(UsageError) as error:
            call()
        assert error.value.code == code
    with pytest.raises(UsageError, match="id of its own"):
        ask(series, event(48), event(50))


def test_a_lag_leaves_the_mixed_look_out() -> None:
    """With lag_first = 1 the event's own month counts on neither side, and the caveat about it goes."""
    values = usual(step=BIG, at=49)
    values[48] = 500.0
    outcome = ask(months(values), event(48), lag_first=1, lag_last=12)
    assert outcome.estimates["change"].contains(BIG)
    assert "mixed-look" not in codes(outcome.caveats)
    assert f"between the looks of December 2016 and {When.from_edtf(month_of(49)).spoken()}" in outcome.statement.en
