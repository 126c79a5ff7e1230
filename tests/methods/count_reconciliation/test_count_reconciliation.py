"""Published counts of one port: denominators, one window of days, and what lies beside the numbers."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pytest

from dateline.core.errors import Refusal
from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.ledger.claim import Claim, Origin
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.count_reconciliation.same_window import Seen, chances
from dateline.methods.count_reconciliation.told import told_of

WINDOW = When.between(date(2021, 8, 26), date(2022, 2, 12))
"""171 days, as long as the published one; an invented port."""


def claim(name: str, house: str, amount: int, unit: str, **more: Any) -> Claim:
    """One count. at_least: a lower bound. feed, method: of its origin."""
    high = None if more.pop("at_least", False) else amount
    quantity = Quantity(text=str(amount), low=amount, high=high, unit=unit, kind=Kind.COUNT)
    key, method = more.pop("key", house), more.pop("method", "own_imagery_analysis")
    origin = Origin(key=key, method=method, raw_material=more.pop("feed", None))
    told = {"statement": "Ships at the quay", "said": When.on(date(2022, 3, 1)), "period": WINDOW, "places": ("quay",)}
    return Claim(id=name, speaker=house, stance="observes", quantity=quantity, origin=origin, **{**told, **more})


HIDDEN = claim("A", "alpha", 34, "days with ships")
KNOWN = claim("B", "beta", 49, "days with ships", utterance="u")
LOOKED = claim("B-n", "beta", 109, "observed days", utterance="u", statement="Images of 109 days")


def ask(*claims: Claim, **parameters: Any) -> Outcome:
    given = Parameters.of(card("count_reconciliation"), {"longest_stay": 3, **parameters})
    return load("count_reconciliation")(Inputs({"claims": claims}), given, rng=np.random.default_rng(1))


def published(days: int) -> tuple[Claim, ...]:
    """The hidden denominator, had it been published."""
    looked = claim("A-n", "alpha", days, "observed days", statement="Images", utterance="v")
    return (HIDDEN.model_copy(update={"utterance": "v"}), looked, KNOWN, LOOKED)


def test_a_denominator_that_was_not_published_is_named_and_not_filled_in() -> None:
    """34 days against 49 of 109: equal if about 75 were looked at; every number of days with what it would mean."""
    found = ask(HIDDEN, KNOWN, LOOKED)
    assert found.result == "compatible only if"
    assert "how many days were looked at was not published" in found.statement.en
    assert "about 75" in found.statement.en
    assert found.values["unpublished"] == ["A"]
    assert "denominator-unpublished" in {note.code for note in found.caveats}
    (pair,) = found.values["pairs"]
    assert pair["equal_at_days"] == pytest.approx(34 * 109 / 49)
    assert (pair["agree_if_independent"]["min"], pair["agree_if_independent"]["max"]) == (56, 109)
    assert pair["no_window_holds_both_beyond"] == 156
    rows = {row["days_looked_at"]: row for row in found.rows if row["code"] == "if-looked-at"}
    assert round(rows[109]["p_if_days_independent"], 2) == 0.05
    assert rows[130]["p_if_days_independent"] <= 0.003
    assert (rows[60]["ship_days_low"], rows[60]["ship_days"], rows[60]["ship_days_high"]) == (79, 97, 114)
    assert rows[170]["says"] == "impossible"


def test_34_of_75_agrees_with_49_of_109() -> None:
    """As samples of one window, even for days drawn at random."""
    found = ask(*published(75))
    assert found.result == "compatible"
    (pair,) = found.values["pairs"]
    assert pair["says"] == "agree"
    assert pair["p_if_days_at_random"] > 0.9


@pytest.mark.parametrize("days", [130, 140])
def test_34_of_130_conflicts_only_if_days_are_independent(days: int) -> None:
    """Under 0.003 for independent days; where ships stay it cannot be told, and the sentence says from when."""
    found = ask(*published(days), longest_stay=14)
    assert found.result == "cannot tell"
    (pair,) = found.values["pairs"]
    assert pair["p_if_days_independent"] <= 0.003
    assert 2 <= pair["stay_needed_days"] <= 14
    assert "only if the days looked at are as good as independent" in found.statement.en
    by_stay = [one["p"] for one in pair["p_if_runs_by_mean_stay"]]
    assert by_stay[0] < 0.01
    assert by_stay[-1] > 0.05
    assert "independent-days" in {note.code for note in found.caveats}


def test_no_window_holds_34_of_160_beside_49_of_109() -> None:
    """49 days with ships do not fit a window in which 126 of 171 days were empty."""
    found = ask(*published(160))
    assert found.result == "contradicts"
    assert "no window of 171 days holds both" in found.statement.en


def test_random_days_by_enumeration() -> None:
    """The greatest chance over all numbers of ship-days, by drawing every set of days of a small window."""
    one, other, window = Seen(1, 4), Seen(3, 4), 7
    gap = 0.5
    best = 0.0
    for total in range(3, 5):
        counts = [sum(day < total for day in days) for days in combinations(range(window), 4)]
        far = sum(abs(a - b) / 4 >= gap - 1e-9 for a in counts for b in counts)
        best = max(best, far / comb(window, 4) ** 2)
    made = chances(one, other, window, (1.0,), np.random.default_rng(1))
    assert made.random == pytest.approx(best)
    assert made.is_possible


def test_a_house_that_saw_none_has_no_equal_denominator() -> None:
    """No question mark stands in for a number: 34 days against none of 109, and none against none."""
    none = claim("B", "beta", 0, "days with ships", utterance="u")
    assert "No number of days gives it the rate" in ask(HIDDEN, none, LOOKED).statement.en
    both = ask(claim("A", "alpha", 0, "days with ships"), none, LOOKED)
    assert "Neither saw ships" in both.statement.en
    assert both.values["pairs"][0]["equal_at_days"] is None


def test_no_denominator_at_all_cannot_tell() -> None:
    """Two counts of days and no days looked at."""
    found = ask(HIDDEN, KNOWN)
    assert found.result == "cannot tell"
    assert len(found.needed) == 3


def test_days_that_became_movements_are_named_and_left_out() -> None:
    """49 days with ships, retold as 49 vessel movements."""
    retold = claim("R", "paper", 49, "trip", key="beta", method="retelling", retells="B")
    found = ask(KNOWN, LOOKED, retold, claim("V", "beta", 60, "visit", at_least=True))
    flags = {row["code"]: row.get("why", "") for row in found.rows}
    assert "days with ships (B) became trips (R)" in flags["unit-changed"]
    assert "trips-and-visits" not in flags


def test_one_source_with_two_numbers() -> None:
    """At least five and at least four trips of one report; 5 and 4 exactly cannot both be."""
    words = {"statement": "Ships made round trips"}
    five, four = (claim(str(n), "gamma", n, "trip", at_least=True, **words) for n in (5, 4))
    assert "The weaker follows" in next(row["why"] for row in ask(five, four).rows if row["code"] == "same-source")
    five, four = (claim(str(n), "gamma", n, "trip", **words) for n in (5, 4))
    assert ask(five, four).result == "contradicts"


def test_parts_visits_and_trips_beside_days() -> None:
    """One ship's trips among all; visits on days; visits that short stays would hide; how fast one ship can be."""
    alone = claim("P", "gamma", 11, "trip", at_least=True, statement="The first ship alone made trips")
    every = claim("T", "delta", 32, "trip", at_least=True)
    visits = claim("V", "beta", 25, "visit", at_least=True, utterance="u")
    found = ask(KNOWN, LOOKED, HIDDEN, alone, every, visits, round_trip=4)
    flags = {row["code"]: row.get("why", "") for row in found.rows}
    assert "leaves" not in flags["part-of-whole"]  # at least 11 may be 30: nothing is known of the others
    assert "at most 2.0 days on average" in flags["visits-on-days"]
    assert "about 39 if each touched 1, 29 if each touched 2, 26" in flags["visits-missed"]
    assert "with several at once neither bound stands" in flags["visits-on-days"]
    assert "at most 42 round trips at 4 days each, or 85 single legs" in flags["round-trips"]
    assert ask(alone, every, round_trip=20).result != "contradicts"  # 11 single legs fit where 8 round trips do
    assert ask(alone, every, round_trip=40).result == "contradicts"
    exactly = claim("P", "gamma", 11, "trip", statement="The first ship alone made trips")
    told = {row["code"]: row.get("why", "") for row in ask(exactly, every).rows}
    assert "leaves 21 or more to the others" in told["part-of-whole"]


def test_shared_feeds_docks_and_windows_are_said() -> None:
    """Whose images, which docks, which window."""
    other = claim("A", "alpha", 34, "days with ships", feed="Planet images", places=("pier-2",))
    feed = Origin(key="beta", raw_material="Planet Labs")
    codes = {note.code for note in ask(other, KNOWN.model_copy(update={"origin": feed}), LOOKED).caveats}
    assert {"shared-feed", "docks-differ"} <= codes
    assert {"feed-unpublished", "docks-unsaid"} <= {note.code for note in ask(HIDDEN, KNOWN, LOOKED).caveats}
    late = When.between(date(2021, 9, 20), date(2022, 2, 12))
    found = ask(HIDDEN.model_copy(update={"period": late}), KNOWN, LOOKED)
    assert "windows-differ" in {note.code for note in found.caveats}
    assert found.values["pairs"][0]["window"]["days"] == 146


def test_misuse_is_refused() -> None:
    """One count, too many, a window that cannot be, more days looked at than the window has."""
    boxes = claim("C", "alpha", 5, "container")
    cases: list[tuple[tuple[Claim, ...], dict[str, Any], str]] = [
        ((HIDDEN, boxes), {}, "too-few"),
        (tuple(claim(str(n), "h", n, "visit") for n in range(61)), {}, "too-many"),
        ((HIDDEN, KNOWN), {"first_day": "soon"}, "window"),
        ((HIDDEN, KNOWN), {"first_day": "2022-02-01", "last_day": "2022-01-01"}, "window"),
        ((HIDDEN, KNOWN, LOOKED), {"first_day": "2022-01-01", "last_day": "2022-02-01"}, "window"),
        (published(20), {}, "window"),
    ]
    for claims, parameters, code in cases:
        with pytest.raises(Refusal) as caught:
            ask(*claims, **parameters)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("unit", "statement", "sort"),
    [
        ("days with ships", "", "ship-days"),
        ("observed days", "", "observed days"),
        ("day", "Vessels lay there on 49 days", "ship-days"),
        ("day", "Images showed the port on 109 days", "observed days"),
        ("visit", "", "visits"),
        ("vessel movements", "", "trips"),
        ("container", "", None),
    ],
)
def test_what_a_count_counts(unit: str, statement: str, sort: str | None) -> None:
    """By its unit; mere days by the words."""
    told = told_of(claim("C", "alpha", 5, unit, statement=statement or "At the quay"), {})
    assert (None if told is None else told.sort) == sort
