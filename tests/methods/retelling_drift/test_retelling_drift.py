"""What changes in the retelling: the samples' drifts by type, and one example of every type there is."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import Refusal
from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.ledger.claim import Claim, Hedge, Origin, Proposition
from dateline.ledger.claims_csv import read_claims
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.retelling_drift.diff import FIELDS, compare
from dateline.methods.retelling_drift.told import numbers_in, says_so, status_of

METHOD = "retelling_drift"


def ask(retellings: tuple[Claim, ...], pairs: str | None = None, background: tuple[Claim, ...] = ()) -> Outcome:
    parameters = Parameters.of(card(METHOD), {"pairs": pairs})
    return load(METHOD)(
        Inputs({"retellings": retellings, "background": background}), parameters, rng=np.random.default_rng(1)
    )


def quantity(text: str = "ten", low: float | None = 10, high: float | None = 10, **more: Any) -> Quantity:
    return Quantity(text=text, low=low, high=high, **{"unit": "container", "kind": Kind.CUMULATIVE, **more})


def claim(name: str = "A", **more: Any) -> Claim:
    told = {"speaker": "s", "stance": "asserts", "statement": "Boxes", "said": When.on(date(2024, 2, 26)), **more}
    return Claim(id=name, **told)


def types(original: Claim, retelling: Claim) -> list[str]:
    return [drift.type for drift in compare(original, retelling).drifts]


@pytest.fixture(scope="module")
def real(samples: Path) -> dict[str, Claim]:
    data = (samples / "casefile" / "claims_dprk_russia.csv").read_bytes()
    return {one.id: one for one in read_claims(data, file="c.csv", units={"exports"}).checked().claims}


@pytest.mark.parametrize(
    ("original", "retelling", "expected"),
    [
        ("C041", "C042", {"place-name-corrupted"}),
        ("C027", "C051", {"origin-swapped", "more-than-lost", "window-start-moved"}),
        ("C043", "C044", {"window-start-moved"}),
        ("C028", "C029", {"ten-to-dozen"}),
        ("C080", "C085", {"number", "window-end-moved"}),
        ("C045", "C046", {"capacity-as-delivery"}),
        ("C066", "C067", {"capacity-as-delivery", "window-start-moved"}),
        ("C057", "C059", {"route-changed"}),
        ("C077", "C078", {"window-start-moved"}),
    ],
)
def test_real_drifts_are_found_and_typed(
    real: dict[str, Claim], original: str, retelling: str, expected: set[str]
) -> None:
    """Those that a person found on real pages, each with both wordings."""
    found = compare(real[original], real[retelling])
    assert expected <= {drift.type for drift in found.drifts}
    assert all(drift.was and drift.becomes for drift in found.drifts)


def test_the_samples_drifting_pairs_drift(real: dict[str, Claim], samples: Path) -> None:
    """Every pair that the samples call a drift or a distortion changes the meaning, and a confirmation does not."""
    with (samples / "casefile" / "claims_pairs_examples.csv").open(encoding="utf-8") as lines:
        pairs = list(csv.DictReader(lines))
    for pair in pairs:
        found = compare(real[pair["claim_a"]], real[pair["claim_b"]])
        if pair["relation"] in {"same_utterance_drift", "distortion"}:
            assert found.changed()
        if pair["relation"] == "same_origin":
            assert not found.drifts


def test_a_swapped_origin_names_both(real: dict[str, Claim]) -> None:
    """The page said the USA; it was South Korea's service."""
    drift = next(one for one in compare(real["C027"], real["C051"]).drifts if one.field == "origin")
    assert (drift.was, drift.becomes, drift.severity) == ("ROK-NIS (KR)", "USA", "changes the meaning")


def test_the_whole_ledger(real: dict[str, Claim]) -> None:
    """All twelve retellings of the samples: eleven drift, one does not, one is dated before its original."""
    outcome = ask(tuple(real.values()))
    assert outcome.result == "drift"
    assert len(outcome.values["pairs"]) == 12
    clean = [pair for pair in outcome.values["pairs"] if not pair["drifts"]]
    assert [pair["retelling"] for pair in clean] == ["C002"]
    assert clean[0]["statement"]["en"].startswith("C002 retells C001: no drift found in the fields that both state")
    assert "not stated by both: period, place, direction" in clean[0]["statement"]["en"]
    early = [note.text for note in outcome.caveats if note.code == "retelling-is-earlier"]
    assert early
    assert "C050" in early[0]


Q = quantity
ABOUT = Hedge(text="about", sort="approximate")
P = When.between


@pytest.mark.parametrize(
    ("original", "retelling", "expected"),
    [
        ({"quantity": Q("5,000", 5e3, 5e3)}, {"quantity": Q("50,000", 5e4, 5e4)}, ["factor-of-ten"]),
        ({"quantity": Q("5,000", 5e3, 5e3)}, {"quantity": Q("5,001", 5001, 5001)}, ["number"]),
        ({"quantity": Q("5,000", 5e3, 5e3), "statement": "5,000 now, 3 million later"},
         {"quantity": Q("3 million", 3e6, 3e6)}, ["another-figure"]),
        ({"quantity": Q("about ten"), "hedge": ABOUT}, {"quantity": Q("a dozen", 12, 12)},
         ["ten-to-dozen", "about-lost"]),
        ({"quantity": Q("at least 10", 10, None)}, {"quantity": Q("up to 10", None, 10)}, ["bound-flipped"]),
        ({"quantity": Q("up to 10", None, 10)}, {"quantity": Q("10")}, ["up-to-lost"]),
        ({"quantity": Q("10")}, {"quantity": Q("over 10", 10, None, low_open=True)}, ["bound-added"]),
        ({"quantity": Q("over 10", 10, None, low_open=True)}, {"quantity": Q("at least 10", 10, None)},
         ["more-than-or-at-least"]),
        ({"quantity": Q()}, {"quantity": Q(unit="round")}, ["unit"]),
        ({"quantity": Q(unit="troop")}, {"quantity": Q(unit="person")}, ["unit"]),
        ({"quantity": Q(kind=Kind.PLAN)}, {"quantity": Q()}, ["planned-as-done"]),
        ({"quantity": Q(kind=Kind.RATE)}, {"quantity": Q()}, ["kind-of-number"]),
        ({"quantity": Q(kind=Kind.COUNT)}, {"quantity": Q()}, []),
        ({"period": P(date(2023, 9, 1), date(2023, 12, 1))}, {"period": P(date(2022, 9, 1), date(2023, 12, 1))},
         ["year-wrong"]),
        ({"period": P(date(2023, 9, 1), date(2023, 12, 1))}, {"period": P(None, date(2023, 12, 1))}, ["since-lost"]),
        ({"period": P(date(2023, 9, 1), date(2023, 12, 1))}, {"period": P(date(2024, 5, 1), date(2024, 5, 2))},
         ["date-after-page", "window-start-moved", "window-end-moved"]),
        ({"period": P(date(2023, 9, 1), date(2024, 2, 26))},
         {"period": P(date(2023, 9, 1), date(2024, 2, 27)), "said": When.on(date(2024, 2, 27))}, []),
        ({"places": ("najin",)}, {"places": ("najin", "sonbong")}, []),
        ({"places": ("najin",)}, {"places": ("sonbong",)}, ["place"]),
        ({"note": "place: Sergeyevka"}, {"note": "place: Sergeevka"}, ["transliteration"]),
        ({"note": "place: Kraskino"}, {"note": "place: Krakino"}, ["place-name-corrupted"]),
        ({"note": "place: Rajin - Dunai"}, {"note": "place: Rajin"}, []),
        ({"note": "place: Rajin"}, {"note": "place: Busan"}, ["place"]),
        ({"proposition": Proposition(subject="KP", relation="sends", object="RU")},
         {"proposition": Proposition(subject="RU", relation="sends", object="KP")}, ["direction-reversed"]),
        ({"statement": "went from Russia to North Korea"}, {"statement": "went from North Korea to Russia"},
         ["direction-reversed"]),
        ({"origin": Origin(key="x", state="KR")}, {"origin": Origin(key="y", state="US")}, ["origin-swapped"]),
        ({"origin": Origin(key="x", state="KR")}, {"origin": Origin(key="y")}, ["credited-to-another"]),
        ({"origin": Origin(key="x", state="KR")}, {"statement": "according to Washington, boxes"}, ["origin-swapped"]),
        ({"origin": Origin(key="us-state", state="US")}, {"origin": Origin(key="us-white-house", state="US")},
         ["credited-to-another"]),
        ({"origin": Origin(key="x")}, {"origin": Origin(key="unknown")}, []),
        ({"status": "planned"}, {"status": "done"}, ["planned-as-done"]),
        ({"stance": "suggests"}, {"stance": "asserts"}, ["hedge-lost"]),
        ({"stance": "denies"}, {"stance": "asserts"}, ["stance-reversed"]),
        ({"stance": "asserts"}, {"stance": "estimates"}, []),
    ],
)  # fmt: skip
def test_every_type_of_drift(original: dict[str, Any], retelling: dict[str, Any], expected: list[str]) -> None:
    """One pair for each, which gives this type and no other."""
    assert types(claim("A", **original), claim("B", retells="A", **retelling)) == expected


@given(st.sampled_from(["number", "text"]), st.integers(1, 10**7), st.booleans())
def test_a_faithful_copy_has_no_drift(kind: str, number: int, is_open: bool) -> None:
    """Whatever a claim says, saying the same is no drift, and each field is the same or not stated."""
    told = (
        {"quantity": Q(f"over {number}", number, None, low_open=is_open)} if kind == "number" else {"note": "place: X"}
    )
    found = compare(claim("A", **told), claim("B", retells="A", **told))
    assert found.drifts == ()
    assert sorted((*found.same, *found.unstated)) == sorted(FIELDS)


def test_what_is_not_stated_is_said() -> None:
    """No drift in what both state; the rest is named as not stated."""
    outcome = ask((claim("B", retells="A", quantity=Q()),), background=(claim("A", quantity=Q(), note="place: Rajin"),))
    assert outcome.result == "no drift found"
    assert "Not stated by both: period, place" in outcome.statement.en


def test_a_chain_is_compared_with_its_beginning() -> None:
    """The retelling of a retelling is laid beside the first words."""
    first, second = claim("A", quantity=Q("over 10", 10, None)), claim("B", retells="A", quantity=Q("10"))
    outcome = ask((claim("C", retells="B", quantity=Q("10")),), background=(first, second))
    assert [(row["original"], row["type"]) for row in outcome.rows] == [("A", "more-than-lost")]


def test_pairs_may_be_named() -> None:
    """Without a link on the record."""
    both = (claim("A", quantity=Q()), claim("B", quantity=Q("11", 11, 11)))
    assert [row["type"] for row in ask(both, pairs="B=A").rows] == ["number"]


@pytest.mark.parametrize(
    ("claims", "pairs", "code"),
    [
        ((claim("A"),), None, "no-pair"),
        ((claim("A", retells="Z"),), None, "no-pair"),
        ((claim("A"),), "A-B", "no-pair"),
        ((claim("A", retells="B"), claim("B", retells="C"), claim("C", retells="B")), None, "circular-chain"),
    ],
)
def test_misuse_is_refused(claims: tuple[Claim, ...], pairs: str | None, code: str) -> None:
    """No pair, a pair that cannot be read, a chain without a beginning."""
    with pytest.raises(Refusal) as refusal:
        ask(claims, pairs)
    assert refusal.value.code == code


def test_nothing_in_common_cannot_be_told() -> None:
    """Two claims that share no field but the stance."""
    assert ask((claim("B", retells="A"), claim("A"))).result == "cannot tell"


def test_words_are_read() -> None:
    """Numbers with their scale, sayers beside a verb of saying, how far a deed is."""
    assert numbers_in("over 3 million or 500,000, and 10 ships") == {3e6, 5e5, 10}
    assert says_so("the USA said that Russia sent ships") == {"US": "USA"}
    assert says_so("according to Seoul, troops") == {"KR": "Seoul"}
    assert says_so("US arms in Ukraine") == {}
    statements = {
        "troops training in Russia": "under_way",
        "they were sent": "done",
        "3,000 sent; 10,000 expected": None,
    }
    assert {text: status_of(claim(statement=text))[0] for text in statements} == statements
    assert status_of(claim(stance="predicts", statement="they were sent"))[0] == "planned"
