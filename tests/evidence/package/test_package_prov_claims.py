"""Who said what after whom, as W3C PROV: the prov library reads it, and every end of every relation is there."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from package_case import find, lay, lay_case, send
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAssociation,
    ProvAttribution,
    ProvDelegation,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvRecord,
    ProvUsage,
)

from dateline.evidence.store import Store
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.claims_csv import read_claims
from dateline.ledger.skeleton import new_case
from dateline.ledger.together import write_together

CLAIM = 'id = "{id}"\nspeaker = "paper"\nsaid = {said}\nstance = "asserts"\nstatement = "It was shipped"\n{more}\n'


def document(root: Path, store: Store, out: Path) -> ProvDocument:
    """The export, as the prov library reads it."""
    send(root, out, store, "prov")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own parser of dates
        return ProvDocument.deserialize(content=(out / "provenance.json").read_text(encoding="utf-8"), format="json")


def parents(claim: Claim) -> set[str]:
    """The claims that one repeats or passes on."""
    return {name for name in (claim.retells, *(link.claim for link in claim.chain)) if name is not None}


def pairs(told: ProvDocument, kind: type[ProvRecord]) -> set[tuple[str, str]]:
    """The two ends of every relation of a kind, without the prefix and with plain slashes."""
    ends = ([str(value) for _, value in one.formal_attributes[:2]] for one in told.get_records(kind))
    return {
        (one.replace("case:", "").replace("%2F", "/"), two.replace("case:", "").replace("%2F", "/"))
        for one, two in ends
    }


@pytest.fixture
def root(tmp_path: Path, store: Store) -> Path:
    """A statement of a ministry read in an archived page, a paper that repeats it, and a count of both."""
    root = lay_case(tmp_path / "rason", store)
    lay(
        root,
        {
            "sources/paper.toml": 'id = "paper"\ntype = "outlet"\nmember_of = ["house"]\n[names]\nen = "A paper"\n',
            "sources/house.toml": 'id = "house"\ntype = "company"\n[names]\nen = "Its publisher"\n',
            "claims/C2.toml": CLAIM.format(id="C2", said="2024-02-24", more='retells = "C1"\nutterance = "issue-7"'),
            "claims/C3.toml": CLAIM.format(
                id="C3",
                said='"2024-02"',
                more='utterance = "issue-7"\nchain = [{who = "us", how = "quotes", claim = "C1"}]',
            ),
        },
    )
    find(root, "origins", inputs=[{"kind": "record", "id": name, "sha256": "00" * 32} for name in ("C1", "C2")])
    return root


def test_claims_are_said_by_their_speakers_and_derived_from_what_they_repeat(
    root: Path, store: Store, tmp_path: Path
) -> None:
    """Two claims of one issue are one act of saying; retelling and chain lead to the first; it was read in an item."""
    told = document(root, store, tmp_path / "out")

    assert {
        ("claim/C2", "utterance/issue-7"),
        ("claim/C3", "utterance/issue-7"),
        ("claim/C1", "utterance/C1"),
    } <= pairs(told, ProvGeneration)
    assert {("utterance/issue-7", "source/paper"), ("utterance/C1", "source/us")} <= pairs(told, ProvAssociation)
    assert pairs(told, ProvAttribution) == {
        (f"claim/C{n}", f"source/{s}") for n, s in ((1, "us"), (2, "paper"), (3, "paper"))
    }
    assert {("claim/C2", "claim/C1"), ("claim/C3", "claim/C1"), ("claim/C1", "item/page")} <= pairs(
        told, ProvDerivation
    )
    assert pairs(told, ProvDelegation) == {("source/paper", "source/house")}


def test_a_finding_was_generated_by_a_measurement_that_used_the_claims(
    root: Path, store: Store, tmp_path: Path
) -> None:
    """As for images: what was counted stands behind the number."""
    told = document(root, store, tmp_path / "out")

    assert {
        ("measure/origins", "claim/C1"),
        ("measure/origins", "claim/C2"),
        ("measure/lights", "item/image"),
    } <= pairs(told, ProvUsage)
    assert ("finding/origins", "measure/origins") in pairs(told, ProvGeneration)


def test_the_samples_claims_are_whole_in_prov(samples: Path, store: Store, tmp_path: Path) -> None:
    """All 89 claims with their speakers; every end of every relation is a node that says what it is."""
    root = new_case(tmp_path / "c", title="T", question="Q?", worldview="iso")
    read = read_claims(
        (samples / "casefile/claims_dprk_russia.csv").read_bytes(), file="claims.csv", units={"exports"}
    ).checked()
    head = root / "case.toml"
    head.write_text(head.read_text(encoding="utf-8") + 'units = ["exports"]\n', encoding="utf-8")
    write_together(root, [*read.sources, *read.claims])
    told = document(root, store, tmp_path / "out")

    assert len(list(told.get_records(ProvEntity))) == len(Case.load(root).claims) == 89
    nodes = {str(one.identifier) for kind in (ProvEntity, ProvActivity, ProvAgent) for one in told.get_records(kind)}
    relations = [one for one in told.get_records() if one.is_relation()]
    assert {str(value) for one in relations for _, value in one.formal_attributes if value is not None} <= nodes
    passed_on = {(claim.id, name) for claim in read.claims for name in parents(claim)}
    assert pairs(told, ProvDerivation) == {(f"claim/{one}", f"claim/{two}") for one, two in passed_on}
