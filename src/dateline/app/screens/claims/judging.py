"""What people do with a claim: rate it, sign it off, relate it to another. Each gives the claim as it would be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dateline.app.screens.claims.words import CREDIBILITY, RELATIONS, RELIABILITY
from dateline.core.errors import UsageError
from dateline.ledger.claim import Assessment, Claim
from dateline.ledger.review import reviewed

LONGEST = 20_000
"""Letters of a reason."""


def rated(claim: Claim, told: Mapping[str, str], *, by: str, day: date) -> Claim:
    """The claim with this rating, in place of an earlier one. Raises UsageError `no-grade`, `no-reason`."""
    source, information = told.get("source_reliability", ""), told.get("info_credibility", "")
    if source not in RELIABILITY or information not in map(str, CREDIBILITY):
        raise UsageError(
            "A rating has two grades, and they are never averaged.",
            saw=f"source {source[:20]!r}, information {information[:20]!r}",
            do="Choose A to F for the source and 1 to 6 for the information; F and 6 say that it cannot be judged.",
            code="no-grade",
        )
    why = _reason(told)
    if not why:
        raise UsageError(
            "A rating needs a reason.",
            saw="no reason",
            do="Write why: what the source knew, what else says so.",
            code="no-reason",
        )
    grades: dict[str, Any] = {"source_reliability": source, "info_credibility": int(information)}
    return claim.model_copy(update={"assessment": Assessment(**grades, by=by, date=day, why=why)})


def signed(claim: Claim, told: Mapping[str, str], *, by: str, day: date) -> Claim:
    """The claim with this person's sign-off. Raises UsageError `no-answer`, `no-reason`; Refusal as `reviewed`."""
    answer = told.get("agrees", "")
    if answer not in {"yes", "no"}:
        raise UsageError("A sign-off says yes or no.", saw=repr(answer[:20]), do="Choose one.", code="no-answer")
    return reviewed(claim, by=by, day=day, agrees=answer == "yes", why=_reason(told) or None)


def _reason(told: Mapping[str, str]) -> str:
    why = told.get("why", "").strip().replace("\r\n", "\n")
    if len(why) > LONGEST:
        raise UsageError(
            "This reason is too long.", saw=f"{len(why):,} letters", do=f"Write at most {LONGEST:,}.", code="too-long"
        )
    return why


def related(claim: Claim, how: str, other: str, *, remove: bool = False) -> Claim:
    """The claim with a relation to another one, or without it. Raises UsageError `no-relation`."""
    if how not in RELATIONS:
        raise UsageError(
            "Claims are related in four ways.", saw=repr(how[:40]), do=f"Choose {', '.join(RELATIONS)}.",
            code="no-relation",
        )  # fmt: skip
    if how == "retells":
        return claim.model_copy(update={how: None if remove else other})
    names = tuple(name for name in getattr(claim, how) if name != other)
    return claim.model_copy(update={how: names if remove else (*names, other)})
