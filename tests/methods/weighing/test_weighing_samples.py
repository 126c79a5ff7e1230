"""The real claims of the samples: what the ships between Rajin and Dunai carried, and how little the rows add."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from matrix_ground import POLICY, against, matrix, remaining, row, weighed

from dateline.ledger.claim import Claim
from dateline.ledger.claims_csv import read_claims
from dateline.ledger.source import Source
from dateline.methods.contract import Outcome

RIVALS = ("munitions", "other", "nothing")
RATED = {
    "C004": "===",  # a denial would be heard either way
    "C014": "+--", "C015": "++-", "C016": "++-", "C018": "++-", "C019": "++-", "C021": "+--", "C022": "++-",
    "C023": "===", "C025": "++-", "C027": "+--", "C030": "+--", "C031": "===", "C041": "+=-", "C042": "+--",
    "C043": "==-", "C048": "++-",
}  # fmt: skip
"""Our ratings, for this test: munitions, something else, nothing."""


Real = tuple[dict[str, Claim], tuple[Source, ...]]


@pytest.fixture(scope="module")
def real(samples: Path) -> Real:
    data = (samples / "casefile" / "claims_dprk_russia.csv").read_bytes()
    read = read_claims(data, file="c.csv", units={"exports"}).checked()
    return {claim.id: claim for claim in read.claims}, read.sources


def asked(real: Real, rated: dict[str, str], **more: Any) -> Outcome:
    claims, sources = real
    rows = [row(name, marks, RIVALS) for name, marks in rated.items()]
    roles = {"background": claims.values(), "speakers": sources, "sharing": POLICY, **more}
    return weighed(matrix(*rows, explanations=RIVALS), [claims[name] for name in rated], **roles)


@pytest.fixture(scope="module")
def outcome(real: Real) -> Outcome:
    return asked(real, RATED)


def test_seventeen_rows_are_four_to_nine_origins(outcome: Outcome) -> None:
    """The collapse: 17 rows, 15 acts of saying, four to nine origins; only two at least speak against nothing."""
    values = outcome.values
    assert (values["rows"], values["sayings"]) == (17, 15)
    assert (values["origins"]["min"], values["origins"]["max"]) == (4, 9)
    assert against(outcome) == {"munitions": (0, 0), "other": (2, 4), "nothing": (2, 7)}
    assert (outcome.result, remaining(outcome)) == ("one remains", ["munitions"])
    assert outcome.statement.en == (
        "Of three explanations only “text of munitions” has no origin against it; against “text of other” two to four "
        "origins and against “text of nothing” two to seven origins. The 17 rows of evidence go back to four to nine "
        "independent origins."
    )


def test_rows_of_one_origin_are_named(outcome: Outcome) -> None:
    """US intelligence stands behind five rows; C019 and C042 are retellings; C031 is a capacity."""
    told = [note.text for note in outcome.reasons]
    assert "Retellings and copies, which add nothing: C019 of C018 and C042 of C041." in told
    assert "US-GOV-INTEL stands behind five rows, and counts once: C014, C015, C016, C041 and C042." in told
    assert "A capacity says what could be carried, not what was: C031." in [note.text for note in outcome.caveats]
    groups = {group["origin"]: len(group["rows"]) for group in outcome.values["matrix"]}
    assert groups == {
        "CSIS-BP, NKPRO, RUSI-OSIA and VOA": 6,
        "DPRK-GOV": 1,
        "ROK-MND-DIA-JCS, ROK-NIS and US-GOV-INTEL": 9,
        "RU-GOV": 1,
    }


def test_what_stands_without_us_intelligence(outcome: Outcome) -> None:
    """Stands without it, and without any one origin; falls without all intelligence that may be shared."""
    told = {(each["without"], each["name"]): each["sentence"] for each in outcome.rows}
    assert told["origin", "US-GOV-INTEL"] == "Stands without US-GOV-INTEL: still only “text of munitions” remains."
    assert all(each["stands"] for each in outcome.rows if each["without"] in {"origin", "state"})
    assert told["method", "intelligence"] == (
        "Stands without anything by intelligence: still only “text of munitions” remains."
    )
    services = "ROK-MND-DIA-JCS and ROK-NIS and US-GOV-INTEL"
    assert told["group", services] == f"Falls without {services}: then it cannot be told."


def test_a_retelling_more_is_no_evidence_more(real: Real, outcome: Outcome) -> None:
    """Every retelling that the samples have of a rated claim, rated against all: the same counts."""
    retold = {one.id: "---" for one in real[0].values() if one.retells in RATED and one.id not in RATED}
    more = asked(real, RATED | retold)
    assert retold
    assert (more.result, against(more)) == (outcome.result, against(outcome))


def test_without_the_policy_more_origins_stand_apart(real: Real, outcome: Outcome) -> None:
    """Sharing is declared data: without it the least number is larger, the greatest the same."""
    apart = asked(real, RATED, sharing=())
    assert apart.values["origins"]["min"] > outcome.values["origins"]["min"]
    assert apart.values["origins"]["max"] == outcome.values["origins"]["max"]
    assert json.dumps(apart.values)
