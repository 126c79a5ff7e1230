"""Real claims fit the records: 89 dated, attributed statements of the samples."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dateline.core.errors import UsageError
from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.citation import Citation
from dateline.ledger.claim import Claim, Hedge, Link, Origin
from dateline.ledger.index import Index
from dateline.ledger.skeleton import new_case
from dateline.ledger.source import Source
from dateline.ledger.trace import dependents, resolve, trace
from dateline.ledger.write import write_new


def amount(row: dict[str, str]) -> Quantity | None:
    """The quantity of a row, where its words have a bound."""
    low, high = (float(row[name]) if row[name] else None for name in ("qty_low", "qty_high"))
    if low is None and high is None:
        return None
    bound = row["qty_bound"]
    kind = Kind.CAPACITY if bound == "capacity" else Kind.CUMULATIVE
    is_open = bound == "more_than" and low is not None
    return Quantity(
        text=row["qty_text"] or row["qty_low"], low=low, high=high, low_open=is_open, unit=row["unit"] or "1", kind=kind
    )


def period(row: dict[str, str]) -> When | None:
    """The period of a row; None for the seasons and sets of EDTF, which the core does not read (yet)."""
    try:
        return When.from_edtf(row["period_edtf"]) if row["period_edtf"] else None
    except UsageError:
        return None


def claim(row: dict[str, str]) -> Claim:
    """A row of the samples as a record."""
    steps = [step.strip() for step in row["citation_chain"].split(">")]
    return Claim(
        id=row["claim_id"],
        speaker=row["origin_key"].lower(),
        said=When.from_edtf(row["date_said"]),
        said_basis=row["date_basis"] or None,
        stance=row["stance"],  # checked by the model
        statement=row["statement"],
        hedge=Hedge(text=row["hedge"], sort="flat") if row["hedge"] else None,
        quantity=amount(row),
        origin=Origin(key=row["origin_key"], method=row["origin_basis"]),
        period=period(row),
        retells=row["retells"] or None,
        chain=tuple(Link(who=who, how="cites") for who in dict.fromkeys(steps) if who),
        sources=(Citation(title=row["reported_in"], url=row["url"]),),
    )


@pytest.fixture(scope="module")
def ledger(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The samples' claims written as a case and loaded again."""
    table = (samples / "casefile" / "claims_dprk_russia.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = list(csv.DictReader(table))
    root = new_case(tmp_path_factory.mktemp("samples") / "dprk", title="t", question="q", worldview="iso")
    head = root / "case.toml"
    head.write_text(head.read_text(encoding="utf-8") + 'units = ["exports"]\n', encoding="utf-8")
    for key in sorted({row["origin_key"] for row in rows}):
        write_new(root, Source(id=key.lower(), type="other", names={"en": key}))
    for row in rows:
        write_new(root, claim(row))
    return Case.load(root)


def test_all_real_claims_fit(ledger: Case) -> None:
    """None of the 89 is lost or bent on the way through the files."""
    assert len(ledger.claims) == 89
    said = resolve(ledger, "C041.quantity").value
    assert (said.text, said.low, said.low_open, said.unit) == ("more than 10,000", 10_000, True, "containers")
    assert resolve(ledger, "C041.period").value.edtf() == "2023-09-01/2024-02-23"
    assert sum(claim.period is not None for claim in ledger.claims.values()) >= 70
    assert sum(claim.quantity is not None for claim in ledger.claims.values()) >= 65


def test_what_falls_without_one_origin(ledger: Case) -> None:
    """The samples' own truth: the retelling C042 rests on C041, and 22 claims on US intelligence."""
    fallen = {item.id for item in dependents(ledger, "us-gov-intel")}
    named = {claim.id for claim in ledger.claims.values() if claim.speaker == "us-gov-intel"}
    assert len(named) == 22
    assert named <= fallen
    assert "C041" in {node.id for node in trace(ledger, "C042").walk()}


def test_real_words_are_found(ledger: Case) -> None:
    """The index answers in words of the reports."""
    with Index.of(ledger) as index:
        assert {"C041", "C042"} <= {hit.id for hit in index.find("containers", kind="claim")}
