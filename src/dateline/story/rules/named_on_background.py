"""The name of somebody beside words that they did not give their name to."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.ledger.agreed import standing
from dateline.ledger.claim import Claim
from dateline.ledger.naming import name_pattern
from dateline.ledger.source import Source
from dateline.story.document import Passage
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="named-on-background",
    name="a name beside words told on background",
    level=Level.BLOCK,
    why="Whoever speaks on background, or not for attribution, can lose work, freedom or life by a name.",
    do="Write {{CLAIM.speaker}}: it prints how they may be described, or asks for the words that were agreed on.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds names of people who are named nowhere, and names beside what was told without them."""
    for passage in reading.story.passages:
        for owner, what, at in reading.secrets.in_text(passage.whole):
            if what == "name" and owner not in reading.off_record:
                faults.add(passage.spot_at(at), f"the name of {owner}, who is not to be named")
        for source, claim in _nameless(reading, passage):
            _beside(passage, source, claim, reading, faults)


def _nameless(reading: Reading, passage: Passage) -> Iterator[tuple[Source, Claim]]:
    """The claims of a passage that were told without a name, with speakers who are named elsewhere."""
    records = reading.case.records
    for run in passage.runs:
        found = reading.found(run.text) if run.kind == "reference" else None
        claim = records.get(found.owner) if found is not None else None
        source = records.get(claim.speaker) if isinstance(claim, Claim) else None
        if not isinstance(claim, Claim) or not isinstance(source, Source) or source.type == "anonymous":
            continue
        if standing(source, records).may_name and not standing(claim, records).may_name:
            yield source, claim


def _beside(passage: Passage, source: Source, claim: Claim, reading: Reading, faults: Faults) -> None:
    for name in source.names.values():
        pattern = name_pattern(name)
        for match in pattern.finditer(passage.whole) if pattern is not None else ():
            faults.add(passage.spot_at(match.start()), f"the name of {source.id} beside {claim.id}, told without it")
    for run in passage.runs:
        found = reading.found(run.text) if run.kind == "reference" else None
        owner = reading.case.records.get(found.owner) if found is not None else None
        names_it = owner is source or (
            isinstance(owner, Claim)
            and owner.speaker == source.id
            and found is not None
            and found.sort == "name"
            and standing(owner, reading.case.records).may_name
        )
        if names_it:
            faults.add(run.spot, f"{{{{{run.text}}}}} names {source.id} beside {claim.id}, told without the name")
