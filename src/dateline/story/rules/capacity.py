"""What could fit, or was planned, told as what came."""

from __future__ import annotations

from dateline.core.quantity import Kind
from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="capacity",
    name="a capacity or a plan told as a deed",
    level=Level.BLOCK,
    why="Containers could hold eight million shells; nobody said that they did. A plan is not a delivery.",
    do="Keep the claim's own words: “could hold”, “room for”, “planned to send”.",
    reads=("delivered",),
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds words of delivery in sentences that print a capacity or a plan and say neither that it is one."""
    for sentence in reading.story.sentences():
        kinds = {kind for kind in _kinds(reading, sentence) if kind in {Kind.CAPACITY, Kind.PLAN}}
        words = {kind: any(True for _ in hits(reading.language, kind.value, sentence.text)) for kind in kinds}
        for kind in sorted(kind for kind, said in words.items() if not said):
            for hit in hits(reading.language, "delivered", sentence.text):
                if not hit.negated:
                    faults.add(sentence.spot(hit.start), f"{hit.words!r} beside a quantity of kind {kind.value}")


def _kinds(reading: Reading, sentence: Sentence) -> set[Kind]:
    """Of the quantities of claims that the sentence prints."""
    found = (reading.found(run.text) for run in sentence.references)
    claims = (
        reading.case.claims.get(one.owner)
        for one in found
        if one is not None and one.owner_kind == "claim" and one.path.split(".")[0] == "quantity"
    )
    return {claim.quantity.kind for claim in claims if claim is not None and claim.quantity is not None}
