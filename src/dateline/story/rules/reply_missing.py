"""An answer that came and is not in the story."""

from __future__ import annotations

from dateline.ledger.verbatim import is_said, words
from dateline.story.fault import Faults, Level, Rule
from dateline.story.parties import parties
from dateline.story.quotes import quoted_spans
from dateline.story.reading import Reading
from dateline.story.rules.right_of_reply import replies_of

RULE = Rule(
    code="reply-missing",
    name="an answer that is not in the story",
    level=Level.BLOCK,
    why="Who was asked and answered is heard on the page, not only in our files.",
    do="Print it: {{REPLY.answer}}, or quote words of it.",
)
LEAST = 3
"""Fewer words between quotation marks may be anybody's."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds answers of the parties that are named which the story neither refers to nor quotes."""
    printed = {ref.owner for text, _ in reading.reference_texts() if (ref := reading.found(text)) is not None}
    quoted = [passage.flat[a + 1 : b] for passage in reading.story.passages for a, b in quoted_spans(passage.flat)]
    for source, spot in parties(reading).items():
        for reply in replies_of(reading, reading.case.sources[source]):
            if reply.answer is None or reply.outcome != "answered" or reply.id in printed | reading.off_record:
                continue
            texts = [text for text in (reply.answer, reply.translation) if text is not None]
            least = min(LEAST, *(len(words(text)) for text in texts))
            if not any(len(words(one)) >= least and is_said(one, text) for one in quoted for text in texts):
                faults.add(spot, f"{source} answered ({reply.id}), and nothing of it is here", _do(reply.id))


def _do(reply: str) -> str:
    return f"Print it: {{{{{reply}.answer}}}}, or quote words of it."
