"""What somebody says, told as proved."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.ledger.claim import Claim
from dateline.story.axis_words import in_others_words
from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading
from dateline.story.rules.claim_as_fact import TOLD

RULE = Rule(
    code="claim-stronger",
    name="a claim told as proved",
    level=Level.BLOCK,
    why="“Confirmed that”, “proved”, “revealed” lend our word to somebody's claim: a reader takes it for shown.",
    do="Write “said”, “estimated”, “according to”, as strongly as they did and no more.",
    reads=("proved",),
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds words of proof in sentences that tell a claim whose own words have none."""
    for sentence in reading.story.sentences():
        claims = tuple(_claims(reading, sentence))
        for hit in hits(reading.language, "proved", sentence.text) if claims else ():
            own = any(any(hits(reading.language, "proved", text)) for claim in claims for text in _words(claim))
            if not hit.negated and not own and not in_others_words(reading, sentence, hit.start):
                faults.add(sentence.spot(hit.start), f"{hit.words!r} of {claims[0].id}, which {claims[0].stance}")


def _claims(reading: Reading, sentence: Sentence) -> Iterator[Claim]:
    """The claims of which a sentence prints what they say."""
    for run in sentence.references:
        found = reading.found(run.text)
        if found is None or found.owner not in reading.case.claims:
            continue
        if found.path.split(".")[0] in TOLD:
            yield reading.case.claims[found.owner]


def _words(claim: Claim) -> Iterator[str]:
    """The claim in our words and in the speaker's."""
    yield claim.statement
    if claim.hedge is not None:
        yield claim.hedge.text
    if claim.original is not None:
        yield from (text for text in (claim.original.text, claim.original.translation) if text)
