"""From a number down to the bytes, and from a source up to everything that rests on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dateline.core.errors import InputError, UsageError
from dateline.ledger.case import Case
from dateline.ledger.trace import dependents, trace


def test_a_number_leads_to_its_bytes(rason: Path) -> None:
    """Number, finding with method and version, each input with the hash that the finding recorded, the place's own."""
    tree = trace(Case.load(rason), "lights.ratio.best")
    assert [(node.kind, node.id, node.role) for node in tree.walk()] == [
        ("value", "lights", ""),
        ("finding", "lights", ""),
        ("item", "E-0191", "lights"),
        ("place", "najin", "places"),
        ("place", "rason", "within"),
        ("sensor", "VNP46A3", ""),
    ]
    number, finding, item, *_ = tree.walk()
    assert (number.label, number.path) == ("lights.ratio.best = 1.4", "estimates.ratio.best")
    assert finding.label == "night_lights 1: increase"
    assert (item.label, item.sha256, item.present) == ("factsheet.html", "ab" * 32, True)
    assert json.loads(json.dumps(tree.to_json()))["children"][0]["id"] == "lights"


def test_findings_lead_on_to_findings(rason: Path) -> None:
    """A joint finding's tree contains that of the finding it was fed."""
    tree = trace(Case.load(rason), "joint.ratio")
    assert [node.id for node in tree.walk()] == ["joint", "joint", "lights", "E-0191", "najin", "rason", "VNP46A3"]


def test_a_claims_word_leads_to_its_speaker_and_evidence(rason: Path) -> None:
    """What is retold rests on what it retells, a speaker on what it depends on."""
    tree = trace(Case.load(rason), "C042.said")
    assert [(node.role, node.id) for node in tree.walk()] == [
        ("", "C042"), ("", "C042"),
        ("speaker", "us-state"), ("depends_on.0", "us-intel"),
        ("retells", "C041"), ("speaker", "us-state"), ("depends_on.0", "us-intel"),
        ("places.0", "najin"), ("within", "rason"),
        ("chain.0.evidence", "E-0191"), ("chain.1.source", "us-state"), ("depends_on.0", "us-intel"),
    ]  # fmt: skip
    assert tree.label == "C042.said = 24 February 2024"


def test_what_is_not_there_is_said_to_be_missing(rason: Path) -> None:
    """An input that left the case, observations, and a measure that was never computed."""
    path = rason / "findings" / "lights.json"
    data = json.loads(path.read_text())
    data["inputs"] = [
        {"kind": "item", "id": "E-0999", "sha256": "aa" * 32},
        {"kind": "observations", "id": "mk", "sha256": "bb" * 32},
        {"kind": "observations", "id": "fox", "sha256": "cc" * 32},
    ]
    path.write_text(json.dumps(data))
    tree = trace(Case.load(rason), "lights")
    assert [(node.id, node.present) for node in tree.children] == [("E-0999", False), ("mk", True), ("fox", False)]
    path.unlink()
    (node,) = trace(Case.load(rason), "joint").children
    assert (node.id, node.label, node.present) == ("lights", "not measured yet", False)


def test_findings_in_a_circle_are_named_and_not_followed(rason: Path) -> None:
    """No recursion without end on files that were written by hand."""
    path = rason / "findings" / "lights.json"
    path.write_text(path.read_text().replace('"kind": "item", "id": "E-0191"', '"kind": "finding", "id": "joint"'))
    with pytest.raises(InputError) as caught:
        trace(Case.load(rason), "lights.ratio")
    assert caught.value.saw == "lights → joint → lights"
    assert caught.value.code == "circular"


def test_what_rests_on_a_source(rason: Path) -> None:
    """Through its members, its claims, their retellings and events, nearest first, with the way up."""
    found = {item.id: item for item in dependents(Case.load(rason), "us-intel")}
    assert list(found) == ["us-state", "C041", "C042", "ask", "factsheet"]
    assert found["us-state"].through == "depends_on.0"
    assert found["factsheet"].way == ("us-intel", "us-state", "C041", "factsheet")


def test_what_rests_on_an_item_and_a_place(rason: Path) -> None:
    """Findings by their recorded inputs, measures by their selectors, observations, claims that show it as evidence."""
    case = Case.load(rason)
    assert {item.id for item in dependents(case, "E-0191")} == {
        "C041",
        "C042",
        "ask",
        "factsheet",
        "joint",
        "lights",
        "mk-1",
    }
    assert {item.id for item in dependents(case, "rason")} >= {"najin", "lights", "joint", "mk-1", "C041"}
    assert [item.id for item in dependents(case, "lights")] == ["joint"]
    assert dependents(case, "joint") == ()


def test_a_denial_stands_when_the_denied_claim_falls(rason: Path) -> None:
    """To deny, to qualify or to supersede is not to rest on."""
    path = rason / "claims" / "C042.toml"
    path.write_text(path.read_text().replace('retells = "C041"', 'denies = ["C041"]'))
    assert {item.id for item in dependents(Case.load(rason), "C041")} == {"ask", "factsheet"}


def test_an_unknown_id_is_told_with_the_nearest(rason: Path) -> None:
    """Both ways."""
    case = Case.load(rason)
    with pytest.raises(UsageError) as caught:
        dependents(case, "us-intell")
    assert "did you mean us-intel?" in caught.value.do
    with pytest.raises(UsageError):
        trace(case, "C0411.quantity")
