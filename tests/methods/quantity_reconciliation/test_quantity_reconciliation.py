"""Amounts beside each other: the samples' pairs, rising curves against brute force, conversions, voyages."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dateline.core.errors import Refusal
from dateline.core.quantity import Kind as Sort
from dateline.core.quantity import Quantity
from dateline.core.when import When
from dateline.ledger.claim import Claim, Hedge, Link, Origin, Proposition
from dateline.ledger.claims_csv import read_claims
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.quantity_reconciliation.capacity import Range, could_carry, load_needed, stack
from dateline.methods.quantity_reconciliation.convert import conversion, declared, implied
from dateline.methods.quantity_reconciliation.curve import bounds, feasible, smallest_clashes
from dateline.methods.quantity_reconciliation.figure import Figure, figure_of
from dateline.methods.quantity_reconciliation.relate import Kind, Rules, relate

METHOD = "quantity_reconciliation"
DAY = date(2024, 1, 1)


def ask(claims: tuple[Claim, ...], **parameters: Any) -> Outcome:
    given_ = Parameters.of(card(METHOD), parameters)
    return load(METHOD)(Inputs({"claims": claims}), given_, rng=np.random.default_rng(1))


def total(name: str, low: float | None, high: float | None, start: int | None, end: int, **more: Any) -> Claim:
    """A claim of a total between two days after the first."""
    first = None if start is None else DAY + timedelta(days=start)
    last = DAY + timedelta(days=end)
    amount = {"text": f"{low} to {high}", "unit": "container", "kind": Sort.CUMULATIVE, **more.pop("amount", {})}
    told = {"speaker": "s", "stance": "asserts", "statement": "Boxes", "said": When.on(last), **more}
    return Claim(id=name, period=When.between(first, last), quantity=Quantity(low=low, high=high, **amount), **told)


def figure(*args: Any, **more: Any) -> Figure:
    found = figure_of(total(*args, **more), band=0.0)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def real(samples: Path) -> dict[str, Claim]:
    data = (samples / "casefile" / "claims_dprk_russia.csv").read_bytes()
    return {one.id: one for one in read_claims(data, file="c.csv", units={"exports"}).checked().claims}


OURS = {
    "same_origin": {Kind.SAME},
    "contradicts": {Kind.CONTRADICTS},
    "compatible": {Kind.COMPATIBLE, Kind.COMPATIBLE_IF},
    "compatible_unknown_independence": {Kind.UNKNOWN},
    "same_utterance_drift": {Kind.DRIFT},
    "conversion": {Kind.CONVERSION},
    "number_reuse_suspected": {Kind.REUSE},
    "not_contradiction": {Kind.NOT_COMPARABLE},
    "distortion": {Kind.DISTORTION},
}
NOT_IN_THE_TABLE = {("C015", "C020")}
"""One of the two distances stands in the page and not in the record: no program can know it from the record."""


def test_the_samples_pairs(real: dict[str, Claim], samples: Path) -> None:
    """Fifteen of the sixteen relations that a person judged; the last one's amount is not in the record."""
    with (samples / "casefile" / "claims_pairs_examples.csv").open(encoding="utf-8") as lines:
        pairs = list(csv.DictReader(lines))
    assert len(pairs) == 16
    for pair in pairs:
        ids = pair["claim_a"], pair["claim_b"]
        found = relate(real[ids[0]], real[ids[1]], known=real)
        if ids in NOT_IN_THE_TABLE:
            assert (found.kind, found.code) == (Kind.NOT_COMPARABLE, "no-amount")
        else:
            assert found.kind in OURS[pair["relation"]], (ids, found)


def test_the_sixteenth_pair_once_the_amount_is_recorded(real: dict[str, Claim]) -> None:
    """290 km and about 200 km of one depot contradict each other."""
    amount = Quantity(text="290 km", low=290, high=290, unit="kilometre", kind=Sort.COUNT)
    assert relate(real["C015"].model_copy(update={"quantity": amount}), real["C020"]).kind is Kind.CONTRADICTS


def test_relations_do_not_know_ids_or_order(real: dict[str, Claim]) -> None:
    """The same answer under other ids, and whichever comes first."""
    chance = random.Random(3)
    ids = {name: f"Z{chance.random()}".replace(".", "") for name in real}
    renamed = {ids[name]: _renamed(one, ids) for name, one in real.items()}
    for one, other in chance.sample(list(combinations(sorted(real), 2)), 400):
        there = relate(real[one], real[other], known=real)
        back = relate(renamed[ids[other]], renamed[ids[one]], known=renamed)
        assert (there.kind, there.code) == (back.kind, back.code)
        assert there == relate(real[other], real[one], known=real)


def _renamed(one: Claim, ids: dict[str, str]) -> Claim:
    chain = tuple(link.model_copy(update={"claim": ids[link.claim]}) if link.claim else link for link in one.chain)
    return one.model_copy(update={"id": ids[one.id], "retells": one.retells and ids[one.retells], "chain": chain})


def test_the_smallest_clashing_set_of_the_real_containers(real: dict[str, Claim]) -> None:
    """Washington's more than 10,000 and Seoul's about 6,700 three days later: these two, and nothing else."""
    outcome = ask(tuple(real.values()))
    assert outcome.result == "contradicts"
    group = next(one for one in outcome.values["groups"] if one["unit"] == "container")
    assert group["clashes"] == [["C041", "C043"]]
    assert "“more than 10,000” (C041, by 23 February 2024) and “around 6,700” (C043, by 26 February 2024)" in (
        outcome.statement.en
    )
    codes = {note.code for note in (*outcome.reasons, *outcome.caveats)}
    assert {"number-reuse", "conversion", "voyages", "about-band", "open-window", "capacity-as-delivery"} <= codes
    flagged = next(note.text for note in outcome.caveats if note.code == "capacity-as-delivery")
    assert flagged == "What would fit is told as what was sent: C046, C067, C079."


def test_the_factors_that_the_real_conversions_imply(real: dict[str, Claim]) -> None:
    """46 kilograms a round; 400 to 500 rounds a container of the larger sort, once over 600."""
    found = {(one["base"], one["result"]): one["factors"] for one in ask(tuple(real.values())).values["conversions"]}
    assert found["C057", "C058"] == pytest.approx([74_000 / 1.6e6])
    most = {pair: factors[-1] for pair, factors in found.items() if pair[1] not in {"C058", "C046", "C067"}}
    assert most == pytest.approx(
        {("C030", "C031"): 500, ("C032", "C033"): 400, ("C043", "C045"): 3e6 / 6700, ("C054", "C055"): 500,
         ("C062", "C063"): 5.2e6 / 11_000, ("C065", "C066"): 6e6 / 13_000, ("C077", "C079"): 8e6 / 13_000}
    )  # fmt: skip
    one = conversion(real["C057"], real["C058"])
    assert one is not None
    assert one.told() == "46.2 kilograms a round"


ENDS = st.integers(0, 12)
AMOUNTS = st.integers(0, 6)


@st.composite
def figures(draw: st.DrawFn) -> list[Figure]:
    """A few totals in small whole numbers over windows of a fortnight."""
    made = []
    for index in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(ENDS), draw(ENDS)))
        low, high = draw(st.none() | AMOUNTS), draw(st.none() | AMOUNTS)
        assume(low is not None or high is not None)
        if low is not None and high is not None:
            low, high = sorted((low, high))
        strict = {"low_open": low is not None and high is None and draw(st.booleans())}
        made.append(figure(f"K{index}", low, high, draw(st.sampled_from([start, start, None])), end, amount=strict))
    return made


def _fits(some: list[Figure]) -> bool:
    """By trying every rising whole-number count at the ends of the windows; bounds are whole, so is a solution.

    "More than 3" is tried as 3 and a bit: in halves.
    """
    days = sorted({day for one in some for day in (one.start, one.end + timedelta(days=1)) if day is not None})
    return _place(some, days, 0, 0, {})


def _place(some: list[Figure], days: list[date], index: int, at_least: int, counts: dict[date, int]) -> bool:
    """Counts in quarters, so that four strict bounds find room."""
    for one in some:
        end = one.end + timedelta(days=1)
        if end in counts and (one.start is None or one.start in counts):
            between = (counts[end] - (0 if one.start is None else counts[one.start])) / 8
            if not one.quantity.admits(between):
                return False
    if index == len(days):
        return True
    most = 8 * 14
    steps = {at_least, *(range(at_least, most, 8)), *(range(at_least + 1, most, 8))}
    return any(_place(some, days, index + 1, step, {**counts, days[index]: step}) for step in sorted(steps))


@settings(max_examples=80, deadline=None)
@given(some=figures())
def test_feasible_is_what_trying_everything_finds(some: list[Figure]) -> None:
    """Oracle: every rising count at the ends of the windows, tried one by one."""
    assume(len({day for one in some for day in (one.start, one.end)}) <= 6)
    assert feasible(some) == _fits(some)


@settings(max_examples=100, deadline=None)
@given(some=figures(), chance=st.randoms())
def test_clashing_sets_are_minimal(some: list[Figure], chance: random.Random) -> None:
    """A named set cannot be true; without any one of its members it can. Order is no matter."""
    sets, shown = smallest_clashes(some)
    assert shown
    assert bool(sets) != feasible(some)
    by_id = {one.id: one for one in some}
    for ids in sets:
        assert not feasible([by_id[name] for name in ids])
        for gone in ids:
            assert feasible([by_id[name] for name in ids if name != gone])
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert smallest_clashes(shuffled) == (sets, shown)


@settings(max_examples=100, deadline=None)
@given(some=figures())
def test_bounds_never_invert_and_rise(some: list[Figure]) -> None:
    """What a count can be by a day never falls from day to day, and its least is not above its most."""
    found = bounds(some)
    assert bool(found) == feasible(some)
    for one in found:
        assert one.high is None or one.low <= one.high
    assert [one.low for one in found] == sorted(one.low for one in found)


def test_many_figures_are_thinned_out() -> None:
    """Past what can be tried, one set is named that fits when any one goes; that it may not be smallest is said."""
    fine = [figure(f"K{index:02}", 0.1 * index, None, 0, index) for index in range(40)]
    rising = [figure(f"R{index}", 10.0, None, 10 * index, 10 * index + 9) for index in range(5)]
    cap = figure("Z", None, 45.0, 0, 60)
    sets, shown = smallest_clashes([*fine[:39], *rising, cap])
    assert not shown
    assert set(sets[0]) == {"Z", *(one.id for one in rising)}


def test_two_phrasings_of_one_figure_intersect() -> None:
    """ "Nearly 500" and "more than 480" on one day leave 480 to 500."""
    stock = {"kind": Sort.COUNT, "unit": "troop"}
    one = total("A", None, 500, 5, 5, amount={**stock, "text": "nearly 500"})
    other = total("B", 480, None, 5, 5, amount={**stock, "text": "more than 480", "low_open": True})
    found = relate(one, other)
    assert (found.kind, found.why) == (Kind.COMPATIBLE, "Both allow 480 to 500.")
    lower = total("C", None, 470, 5, 5, amount={**stock, "text": "at most 470"})
    assert relate(other, lower).kind is Kind.CONTRADICTS


KP = Proposition(subject="KP", relation="sends", thing="arms")


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ({"amount": {"kind": Sort.CAPACITY}}, {}, "sorts-differ"),
        ({"amount": {"kind": Sort.PLAN}}, {}, "sorts-differ"),
        ({"amount": {"kind": Sort.RATE}}, {}, "sorts-differ"),
        ({"amount": {"kind": Sort.COUNT}}, {}, "sorts-differ"),
        ({"amount": {"unit": "round"}}, {}, "units-differ"),
        ({"amount": {"unit": "ship"}}, {"amount": {"unit": "trip"}}, "units-differ"),
        ({"status": "under_way"}, {"status": "done"}, "status-differs"),
        ({"statement": "boxes fired"}, {"statement": "boxes sent"}, "deeds-differ"),
        ({"proposition": KP}, {"proposition": KP.model_copy(update={"thing": "food"})}, "things-differ"),
        ({"places": ("a",)}, {"places": ("b",)}, "places-differ"),
        ({"stance": "denies_proof"}, {}, "denial-not-linked"),
    ],
)
def test_what_does_not_count_the_same_is_not_compared(one: dict[str, Any], other: dict[str, Any], code: str) -> None:
    """Ten and twenty of different things contradict nothing; the reason is named."""
    found = relate(total("A", 10, 10, 0, 9, **one), total("B", 20, 20, 0, 9, **other))
    assert (found.kind, found.code) == (Kind.NOT_COMPARABLE, code)


def test_a_denial_contradicts_what_it_is_linked_to() -> None:
    """And nothing else: "no proof" is no denial."""
    said = total("A", 10, 10, 0, 9)
    assert relate(said, total("B", 0, 0, 0, 9, stance="denies", denies=("A",))).code == "denial"
    with_ = "North Korea sent Russia boxes"
    none = {"stance": "denies", "statement": "North Korea never sent Russia anything"}
    assert relate(total("A", 1, 1, 0, 9, statement=with_), total("B", 0, 0, None, 20, **none)).code == "blanket-denial"
    later = relate(total("A", 1, 1, 30, 39, statement=with_), total("B", 0, 0, None, 20, **none))
    assert later.code == "denial-not-linked"


def test_a_number_under_another_window_is_an_alarm() -> None:
    """13,000 since 2022 and 13,000 since 2023; "hundreds" is nobody's number."""
    assert relate(total("A", 13_000, None, -500, 9), total("B", 13_000, None, -100, 9)).kind is Kind.REUSE
    vague = {"amount": {"text": "hundreds"}}
    found = relate(total("A", 200, None, -500, 9, **vague), total("B", 200, None, -100, 9, **vague))
    assert found.kind is Kind.COMPATIBLE


def test_declared_factors_connect_units() -> None:
    """Rounds beside containers: which factor would make both true, and whether it was declared."""
    rounds = total("B", 1e6, 1e6, 0, 9, amount={"unit": "round"})
    rules = Rules(factors=declared("round/container=400..500"))
    inside = relate(total("A", 2200, 2200, 0, 9), rounds, rules=rules)
    assert (inside.kind, inside.code) == (Kind.COMPATIBLE_IF, "factor-inside")
    assert inside.why == "Only if a container stands for 455 rounds; declared: 400 to 500 rounds a container."
    assert relate(total("A", 1000, 1000, 0, 9), rounds, rules=rules).code == "factor-outside"
    assert relate(total("A", 1000, 1000, 200, 209), rounds, rules=rules).code == "units-differ"
    for wrong in ("round=3", "round/container=x", "round/container=5..4", "/=1"):
        with pytest.raises(Refusal, match="no conversion"):
            declared(wrong)


POSITIVE = st.floats(0.01, 1e6)


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_an_implied_factor_covers_every_pair(a: float, b: float, c: float, d: float) -> None:
    """Interval division: each amount of the one over each of the other lies between the bounds."""
    (low, high), (other_low, other_high) = sorted((a, b)), sorted((c, d))
    one = Quantity(text="x", low=low, high=high, unit="container", kind=Sort.CUMULATIVE)
    other = Quantity(text="y", low=other_low, high=other_high, unit="round", kind=Sort.CUMULATIVE)
    least, most = implied(one, other)
    assert least is not None
    assert most is not None
    assert least <= other_low / low <= most * (1 + 1e-12)
    assert least * (1 - 1e-12) <= other_high / high <= most


def test_voyages_and_capacity() -> None:
    """At least 32 trips of 200 to 300 containers: 6,400 or more; more than 10,000 over exactly 27 needs 371 on each."""
    trips = Quantity(text="at least 32", low=32, high=None, unit="trip", kind=Sort.CUMULATIVE)
    ship = Range(200, 300, "container", "a register")
    could = could_carry(trips, ship)
    assert (could.low, could.high, could.kind) == (6400, None, Sort.CAPACITY)
    exact = Quantity(text="27", low=27, high=27, unit="trip", kind=Sort.CUMULATIVE)
    claimed = Quantity(text="more than 10,000", low=10_000, high=None, unit="container", kind=Sort.CUMULATIVE)
    assert load_needed(claimed, exact) == (pytest.approx(370.37, abs=0.01), None)
    assert load_needed(claimed, trips) == (None, None)


def test_a_stack_on_a_quay() -> None:
    """Printed size of a twenty-foot container (ISO 668): a hectare, half filled, three high, takes about 1,016."""
    found = stack(Range(10_000, 10_000, "m²", "image"), Range(3, 3, "tier", "shadow"), Range(0.5, 0.5, "1", "image"))
    assert found.low == pytest.approx(1015.6, abs=0.1)
    assert found.low == found.high
    with pytest.raises(ValueError, match="share"):
        stack(Range(1, 1, "m²", "x"), Range(1, 1, "tier", "x"), Range(0.5, 1.5, "1", "x"))
    with pytest.raises(ValueError, match="out of order"):
        Range(3, 2, "tier", "x")


def test_ships_that_could_not_have_carried_it_are_a_condition() -> None:
    """Seen trips are not all trips: too few of them contradict nothing, and are said."""
    trips = total("A", 10, 10, 0, 30, amount={"unit": "trip", "text": "ten"})
    cargo = total("B", 9_000, None, 0, 30, amount={"text": "over 9,000"})
    outcome = ask((trips, cargo), ship_low=200, ship_high=300, ship_source="a register")
    assert outcome.result == "compatible only if"
    assert "More trips or larger ships" in outcome.statement.en
    assert outcome.values["voyages"][0]["relation"] == "could not carry"


def test_about_is_a_band_that_is_said() -> None:
    """About 100 and 109 are compatible at ten in a hundred, and not at one."""
    about = total("A", 100, 100, 0, 9, hedge=Hedge(text="about", sort="approximate"), amount={"text": "about 100"})
    exact = total("B", 109, 109, 0, 9, amount={"text": "109"})
    ten = ask((about, exact))
    assert (ten.result, ten.statement.en) == (
        "compatible",
        "What can be compared can all be true (one pair): 109 containers by 10 January 2024.",
    )
    assert "about-band" in {note.code for note in ten.caveats}
    assert ask((about, exact), about=0.01).result == "contradicts"


def test_three_that_clash_only_together() -> None:
    """Each two fit; all three do not. The set is named whole."""
    parts = [total("A", 6, None, 0, 9), total("B", 6, None, 10, 19), total("C", None, 10, 0, 19)]
    outcome = ask(tuple(parts))
    assert outcome.result == "contradicts"
    assert outcome.values["groups"][0]["clashes"] == [["A", "B", "C"]]
    assert "clashing-set" in {note.code for note in outcome.reasons}


@pytest.mark.parametrize(
    ("claims", "parameters", "code"),
    [
        ((), {}, "too-few"),
        (tuple(total(f"K{index}", 1, 1, 0, 9) for index in range(151)), {}, "too-many"),
        ((total("A", 1, 1, 0, 9), total("B", 1, 1, 0, 9)), {"ship_low": 5}, "ship-capacity"),
        ((total("A", 1, 1, 0, 9), total("B", 1, 1, 0, 9)), {"conversions": "5"}, "conversion"),
    ],
)
def test_misuse_is_refused(claims: tuple[Claim, ...], parameters: dict[str, Any], code: str) -> None:
    """Too few or too many claims, half a parameter."""
    with pytest.raises(Refusal) as refusal:
        ask(claims, **parameters)
    assert refusal.value.code == code


def test_cannot_tell_says_what_is_needed() -> None:
    """A plan beside a count."""
    outcome = ask((total("A", 1, 1, 0, 9), total("B", 1, 1, 0, 9, amount={"kind": Sort.PLAN})))
    assert outcome.result == "cannot tell"
    assert outcome.needed
    assert "sorts differ." in outcome.statement.en


def test_a_calculation_needs_its_link() -> None:
    """Only a link of a chain makes a conversion; equal ratios are a coincidence."""
    base = total("A", 100, 100, 0, 9)
    linked = {"chain": (Link(who="A", how="from", claim="A", end=True),), "stance": "computes"}
    rounds = total(
        "B", 5000, 5000, 0, 9, amount={"unit": "round"}, **linked, origin=Origin(key="x", method="conversion")
    )
    found = relate(base, rounds)
    assert (found.kind, found.why) == (Kind.CONVERSION, "B is A, calculated. Implied: 50 rounds a container.")
    assert relate(base, total("B", 5000, 5000, 0, 9, amount={"unit": "round"})).kind is Kind.NOT_COMPARABLE
