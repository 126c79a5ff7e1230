"""Words that say more than the finding: a change where none was found, or a collapse of a tenth."""

from __future__ import annotations

from dateline.story.change_words import FALLS, NEITHER, RISES, answers_of, changes, safe_statements, told
from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Answer, Reading

RULE = Rule(
    code="stronger-words",
    name="words stronger than the finding",
    level=Level.BLOCK,
    why="“Grew” beside “cannot tell” is a claim of ours with a false footnote.",
    do="Say what the finding says: its {{FINDING.statement}} is safe to print.",
    reads=("rise", "fall"),
    rests_in_analysis=True,
)
STRONG = 50.0
"""From this change on a fall may be called a collapse and a rise a surge [per cent]."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds verbs of change that the sentence's own findings do not carry, and those that are too strong for them."""
    for sentence in reading.story.sentences():
        for change in changes(reading, sentence):
            if change.is_carried or change.is_other_way or not (change.results & NEITHER or change.is_bound):
                continue
            do = f"Say what the finding says; {safe_statements(change.answers)} is safe to print."
            faults.add(sentence.spot(change.hit.start), f"{change.hit.words!r} beside {told(change.answers)}", do)
        if not reading.quotes_claim(sentence):
            _too_strong(reading, sentence, faults)


def _too_strong(reading: Reading, sentence: Sentence, faults: Faults) -> None:
    answers = answers_of(reading, sentence)
    results = {answer.result for answer in answers}
    sizes = [size for answer in answers if (size := _change(answer)) is not None]
    for direction, says_so in (("rise", RISES), ("fall", FALLS)):
        for hit in hits(reading.language, f"strong_{direction}", sentence.text):
            if results & says_so and sizes and max(sizes) < STRONG and not hit.negated:
                saw = f"{hit.words!r} for a change of {max(sizes):.0f} %"
                faults.add(sentence.spot(hit.start), saw, f"Keep such words for changes of {STRONG:.0f} % and more.")


def _change(answer: Answer) -> float | None:
    """The size of the largest change among its ratios [per cent]."""
    ratios = [estimate for name, estimate in answer.estimates.items() if estimate.unit == "1" and "ratio" in name]
    return max((abs(estimate.as_change().best) for estimate in ratios), default=None)
