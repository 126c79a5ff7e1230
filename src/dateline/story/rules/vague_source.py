"""Sources say, reportedly, experts believe: somebody says it, and the reader is not told who."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.quotes import quoted_spans
from dateline.story.reading import Reading

RULE = Rule(
    code="vague-source",
    name="said by nobody in particular",
    level=Level.SIGN_OFF,
    why="Behind “sources say”, “reportedly” and “it is understood” stand one person, ten, or a page that copied "
    "another. The reader cannot weigh them, and nobody can ask them.",
    do="Name who says it: {{CLAIM.speaker}} said on {{CLAIM.said}}; on background as was agreed, {{CLAIM.speaker}} "
    "prints how they may be described. Where nobody can be named, say why.",
    reads=("vague_source",),
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds phrases that give a sentence to somebody unnamed, where it refers to no claim, reply or speaker."""
    for sentence in reading.story.sentences():
        if reading.quotes_claim(sentence):
            continue
        quoted = quoted_spans(sentence.text)
        for hit in hits(reading.language, "vague_source", sentence.text):
            if not any(start < hit.start < end for start, end in quoted):
                faults.add(sentence.spot(hit.start), repr(hit.words))
