"""`dateline export claimreview`: our assessments of claims as schema.org ClaimReview (JSON-LD), for search engines.

schema.org/ClaimReview. Only claims with an assessment go. The rating is words: the grade of the information on the
Admiralty scale (1 to 6), with that of the source (A to F) beside it. There is no ratingValue: a single number for how
true something is would be invented. Whoever publishes it adds the address of the page (`url`).
"""

from __future__ import annotations

from typing import Any

from dateline.core.identity import pretty_json
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.claim import Assessment, Claim
from dateline.ledger.claims_columns import Lost
from dateline.ledger.exports.bundle import Bundle

CREDIBILITY = {
    1: "Confirmed by other sources", 2: "Probably true", 3: "Possibly true", 4: "Doubtful", 5: "Improbable",
    6: "Truth cannot be judged",
}  # fmt: skip
RELIABILITY = {
    "A": "completely reliable", "B": "usually reliable", "C": "fairly reliable", "D": "not usually reliable",
    "E": "unreliable", "F": "reliability cannot be judged",
}  # fmt: skip
"""The Admiralty scale (NATO AJP-2.1)."""

UNJUDGED = "no assessment: a review without a judgement would say nothing"
_PEOPLE = frozenset({"person", "anonymous"})


def bundle(case: Case) -> Bundle:
    """One ClaimReview for each claim that somebody assessed."""
    reviews, without, lost = [], {}, []
    for claim in case.claims.values():
        if claim.assessment is None:
            without[claim.id] = UNJUDGED
            continue
        reviews.append(_review(claim, claim.assessment, case))
        if _day(claim.said) is None:
            lost.append(Lost(claim.id, "said", claim.said.spoken(), "no date: datePublished is one day"))
    told = {"@context": "https://schema.org", "@graph": reviews}
    return Bundle(files={"claims.jsonld": pretty_json(told).encode()}, without=without, lost=lost)


def _review(claim: Claim, judged: Assessment, case: Case) -> dict[str, Any]:
    grade = f"{judged.source_reliability}{judged.info_credibility}"
    words = f"{CREDIBILITY[judged.info_credibility]}; the source is {RELIABILITY[judged.source_reliability]} ({grade})"
    return {
        "@type": "ClaimReview",
        "identifier": claim.id,
        "claimReviewed": claim.statement,
        "datePublished": judged.date.isoformat(),
        "author": {"@type": "Person", "name": judged.by},
        "inLanguage": case.head.languages[0],
        "reviewRating": {"@type": "Rating", "alternateName": words, "ratingExplanation": judged.why},
        "itemReviewed": _claim(claim, case),
    }


def _claim(claim: Claim, case: Case) -> dict[str, Any]:
    speaker = case.sources[claim.speaker]
    sort = "Person" if speaker.type in _PEOPLE else "Organization"
    told: dict[str, Any] = {"@type": "Claim", "author": {"@type": sort, "name": speaker.name(case.head.languages[0])}}
    day = _day(claim.said)
    if day is not None:
        told["datePublished"] = day
    pages = [
        {"@type": "CreativeWork", "url": page.url, **({"name": page.title} if page.title else {})}
        for page in claim.sources
        if page.url
    ]
    if pages:
        told["appearance"] = pages
    if claim.original is not None:
        told["text"] = claim.original.text
        told["inLanguage"] = claim.original.language
    return told


def _day(when: When) -> str | None:
    """The one day or instant that it is, if it is one."""
    if when.earliest is None or when.earliest != when.latest or when.approximate:
        return None
    return when.earliest.isoformat()
