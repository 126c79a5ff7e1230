"""What somebody says, printed as if it were so."""

from __future__ import annotations

from dateline.story.document import Passage, Run, Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="claim-as-fact",
    name="a claim told as fact",
    level=Level.BLOCK,
    why="Nobody here measured it. Without the name of whoever says so, the figure becomes ours.",
    do="Say who says so in the same paragraph, before it: {{CLAIM.speaker}} said …",
)
TOLD = frozenset({"quantity", "period", "statement"})
"""Fields of a claim that are its content."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds each printed content of a claim in a paragraph that has named nobody who says so by the end of its sentence.

    Titles, cells and the fields of blocks are left to the eye: the speaker stands below, beside, or in the block.
    """
    for passage in reading.story.passages:
        if passage.block is None and passage.role in {"paragraph", "item"}:
            _look(reading, passage, faults)
        elif reading.standing_of(passage) == "measured" and passage.role.endswith(".text"):
            _measured(reading, passage, faults)


def _measured(reading: Reading, passage: Passage, faults: Faults) -> None:
    """A row that says it was measured here and rests on what others say alone."""
    rests = [found for text in reading.shown_by(passage) if (found := reading.found(text)) is not None]
    if rests and all(one.owner_kind in {"claim", "source", "reply"} for one in rests):
        saw = f'standing = "measured", resting on {", ".join(one.owner for one in rests)}'
        faults.add(passage.spot, saw, 'Write standing = "attributed", or name the finding under rests.')


def _look(reading: Reading, passage: Passage, faults: Faults) -> None:
    named = False
    for sentence in passage.sentences():
        named = named or _says_who(reading, sentence)
        if not named:
            for run in sentence.references:
                if _is_content(reading, run):
                    faults.add(run.spot, f"{{{{{run.text}}}}}, and nobody who says so")


def _is_content(reading: Reading, run: Run) -> bool:
    reference = reading.found(run.text)
    return reference is not None and reference.owner_kind == "claim" and reference.path.split(".")[0] in TOLD


def _says_who(reading: Reading, sentence: Sentence) -> bool:
    """Whether it names a speaker, or says in words that somebody says so."""
    found = [reading.found(run.text) for run in sentence.references]
    speakers = any(
        one is not None and (one.owner_kind == "source" or one.path.split(".")[0] == "speaker") for one in found
    )
    return speakers or any(not hit.negated for hit in hits(reading.language, "attributed", sentence.text))
