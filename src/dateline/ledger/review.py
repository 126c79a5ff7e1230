"""Where a claim stands with its second person: signed, disagreed with, signed for an earlier text, or nothing yet."""

from __future__ import annotations

from datetime import date
from typing import Literal

from dateline.core.errors import Refusal, UsageError
from dateline.ledger.claim import Claim, Review
from dateline.ledger.second_person import same_person

ReviewState = Literal["none", "signed", "disagreed", "stale"]
"""None: nobody else has read it. Stale: whoever signed did so for an earlier text of the record."""


def review_state(claim: Claim) -> ReviewState:
    """Where the sign-off of a claim stands. Somebody's later word replaces their earlier one on the same text.

    A sign-off by whoever rated or wrote the claim does not count, whoever put it into the file. Pure.
    """
    counted = [review for review in claim.reviews if first_person(claim, review.by) is None]
    current: list[Review] = []
    for review in counted:
        if review.of == claim.sha256():
            current = [*(one for one in current if not same_person(one.by, review.by)), review]
    if not current:
        return "stale" if counted else "none"
    return "signed" if all(review.agrees for review in current) else "disagreed"


def first_person(claim: Claim, who: str) -> str | None:
    """What this person did on the claim so that they are no second person to it; None for somebody else."""
    if claim.assessment is not None and same_person(who, claim.assessment.by):
        return f"rated by {claim.assessment.by}"
    return f"written by {claim.written_by}" if same_person(who, claim.written_by) else None


def reviewed(claim: Claim, *, by: str, day: date, agrees: bool, why: str | None = None) -> Claim:
    """The claim with one more sign-off, of what it says now.

    Raises Refusal `not-rated` while nobody has answered for it by a rating, `same-person` for whoever rated or wrote
    it, under any spelling; UsageError `no-reason` for a disagreement without a reason.
    """
    if claim.assessment is None:
        raise Refusal(
            f"{claim.id} is not rated yet, so there is nothing that a second person could sign.",
            saw="no assessment",
            do="Rate it first; then somebody else signs.",
            code="not-rated",
        )
    did = first_person(claim, by)
    if did is not None:
        raise Refusal(
            f"The second person of {claim.id} must be somebody else.",
            saw=f"{did}; you are {by}",
            do="Ask another person to read it and to sign under their own name.",
            code="same-person",
        )
    if not agrees and not why:
        raise UsageError(
            "Whoever disagrees says why.", saw="no reason", do="Write what is wrong with it.", code="no-reason"
        )
    review = Review(by=by, date=day, agrees=agrees, why=why, of=claim.sha256())
    return claim.model_copy(update={"reviews": (*claim.reviews, review)})
