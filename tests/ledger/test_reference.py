"""What a story may ask for by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dateline.core.errors import InputError, UsageError
from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.trace import resolve


@pytest.mark.parametrize(
    ("reference", "sort", "value", "path"),
    [
        ("lights.ratio.best", "number", 1.4, "estimates.ratio.best"),
        ("lights.ratio.low", "number", 1.25, "estimates.ratio.low"),
        ("lights.ratio.high", "number", 1.58, "estimates.ratio.high"),
        ("lights.ratio.interval", "interval", (1.25, 1.58), "estimates.ratio.interval"),
        ("lights.ratio.level", "level", 0.9, "estimates.ratio.level"),
        ("lights.ratio.n", "count", 24, "estimates.ratio.n"),
        ("lights.sum.high", "number", None, "estimates.sum.high"),
        ("lights.sum.interval", "interval", (70, None), "estimates.sum.interval"),
        ("lights.places.najin.ratio.best", "number", 2.0, "places.najin.estimates.ratio.best"),
        ("lights.places.najin.result", "result", "increase", "places.najin.result"),
        ("lights.result", "result", "increase", "result"),
        ("lights.statement", "text", "Light grew by 40 %.", "statement.en"),
        ("lights.question", "text", "Did it grow?", "question"),
        ("lights.method", "text", "night_lights", "method"),
        ("lights.values.share", "value", {"up": 0.75, "down": 0.25}, "values.share"),
        ("lights.values.share.up", "value", 0.75, "values.share.up"),
        ("lights.values.months.2", "value", 4, "values.months.1"),
        ("lights.reasons.above-own-spread", "text", "The change is above its own spread.", "reasons.above-own-spread"),
        ("C041.speaker", "name", "US State Department", "speaker"),
        ("C041.hedge", "text", "has delivered", "hedge.text"),
        (" C042.said ", "when", When.from_edtf("2024-02-24"), "said"),
        ("factsheet.when", "when", When.from_edtf("2024-02-23"), "when"),
        ("factsheet.title", "text", "The State Department publishes a fact sheet", "title"),
        ("clip.title", "text", "Soldiers at a base", "title"),
        ("najin.name", "name", "Najin", "names"),
        ("us-intel.name", "name", "US intelligence", "names"),
    ],
)  # fmt: skip
def test_every_form_of_the_grammar(rason: Path, reference: str, sort: str, value: Any, path: str) -> None:
    """Each reference gives its value, its sort and where in the owner's JSON it stands."""
    found = resolve(Case.load(rason), reference)
    assert (found.sort, found.value, found.path, found.owner) == (sort, value, path, reference.strip().split(".")[0])


def test_an_estimate_and_its_change(rason: Path) -> None:
    """A ratio can be told as a change, with all its parts; a sum cannot."""
    case = Case.load(rason)
    ratio = resolve(case, "lights.ratio")
    assert isinstance(ratio.value, Estimate)
    assert (ratio.sort, ratio.unit, ratio.owner_kind) == ("estimate", "1", "finding")
    change = resolve(case, "lights.ratio.change")
    assert (change.sort, change.unit, change.path) == ("estimate", "%", "estimates.ratio.change")
    assert change.value.best == pytest.approx(40)
    assert resolve(case, "lights.places.najin.ratio.change.low").value == pytest.approx(50)
    assert resolve(case, "lights.sum.best").unit == "nW cm-2 sr-1"
    with pytest.raises(UsageError, match="Only a ratio"):
        resolve(case, "lights.sum.change")
    with pytest.raises(UsageError):
        resolve(case, "lights.ratio.change.change")


def test_what_a_claim_says(rason: Path) -> None:
    """Quantity and period are the core's nouns, with their words."""
    case = Case.load(rason)
    assert resolve(case, "C041.quantity").value.text == "more than 10,000"
    assert resolve(case, "C041.quantity").unit == "container"
    assert resolve(case, "C041.period").value.text == "since September 2023"
    assert resolve(case, "C041").value is case.claims["C041"]
    assert resolve(case, "lights").value is case.finding("lights")


def test_names_come_in_the_language_of_the_page(rason: Path) -> None:
    """Where a name is missing in a language, English stands in."""
    case = Case.load(rason)
    assert resolve(case, "najin.name", language="ko").value == "나진"
    assert resolve(case, "C041.speaker", language="ko").value == "미 국무부"
    assert resolve(case, "rason.name", language="ko").value == "Rason"


@pytest.mark.parametrize(
    ("reference", "do"),
    [
        ("light.ratio", "did you mean lights?"),
        ("", "one of C041"),
        ("lights.ration", "did you mean ratio?"),
        ("lights.ratio.bset", "did you mean best?"),
        ("lights.ratio.best.low", "Write lights.estimates.ratio.best alone"),
        ("lights.ratio.", "one of best"),
        ("lights.places", "one of najin"),
        ("lights.places.najing.ratio", "did you mean najin?"),
        ("lights.places.najin", "ratio"),
        ("lights.values", "one of months, share"),
        ("lights.values.share.upp", "did you mean up?"),
        ("lights.values.months.0", "one of 1, 2"),
        ("lights.values.months.1.x", "Write lights.values.months.0 alone"),
        ("lights.reasons.abov-own-spread", "did you mean above-own-spread?"),
        ("C041.quantiy", "did you mean quantity?"),
        ("C042.quantity", "Add `quantity` to claims/C042.toml"),
        ("ask.answer", "Add `answer` to replies/ask.toml"),
    ],
)
def test_an_unknown_reference_is_told_with_the_nearest(rason: Path, reference: str, do: str) -> None:
    """Usage errors in three parts, at the level at which the reference goes wrong."""
    with pytest.raises(UsageError) as caught:
        resolve(Case.load(rason), reference)
    assert caught.value.code == "reference"
    assert do in caught.value.do


def test_a_measure_without_a_finding_says_how_to_get_one(rason: Path) -> None:
    """The reference is right; the number is not there yet."""
    (rason / "findings" / "lights.json").unlink()
    with pytest.raises(InputError, match="no finding yet"):
        resolve(Case.load(rason), "lights.ratio.best")
