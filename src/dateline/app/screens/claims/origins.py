"""How many independent origins some claims have: asked live, in the way a case's measure asks it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dateline.app.asking import measure_of
from dateline.core.errors import UsageError
from dateline.ledger.case import Case, unknown
from dateline.ledger.measure import Measure

METHOD = "independent_origins"
MOST = 500
"""Claims in one question."""
LIVE = "origins-live"


def named(text: str) -> tuple[str, ...]:
    """Ids in a text, each once, in the order in which they stand there."""
    return tuple(dict.fromkeys(re.findall(r"[^\s,;]+", text)))


def question(case: Case, supporting: Sequence[str], contradicting: Sequence[str], *, name: str = LIVE) -> Measure:
    """The measure that asks it. Raises UsageError `reference` for an unknown claim, `no-claims`, `measure`."""
    for one in (*supporting, *contradicting):
        if one not in case.claims:
            raise unknown(one[:80], case.claims, case=case)
    if not 0 < len(supporting) + len(contradicting) <= MOST or not supporting:
        raise UsageError(
            "Choose the claims that say it.", saw=f"{len(supporting)} claims", do=f"Choose 1 to {MOST}.",
            code="no-claims",
        )  # fmt: skip
    inputs = {"supporting": {"claims": list(supporting)}}
    if contradicting:
        inputs["contradicting"] = {"claims": list(contradicting)}
    return measure_of(name, METHOD, inputs=inputs)
