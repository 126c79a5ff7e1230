"""Words that say more than the finding: a change where none was found, the wrong way, or a collapse of a tenth."""

from __future__ import annotations

from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import Hit, hits
from dateline.story.reading import CANNOT_TELL, NO_CHANGE, REFUSED, Answer, Reading

RULE = Rule(
    code="stronger-words",
    name="words stronger than the finding",
    level=Level.BLOCK,
    why="“Grew” beside “cannot tell” is a claim of ours with a false footnote.",
    do="Say what the finding says: its {{FINDING.statement}} is safe to print.",
    reads=("rise", "fall"),
)
RISES = frozenset({"increase", "rise"})
FALLS = frozenset({"decrease", "fall", "outage"})
NEITHER = frozenset({CANNOT_TELL, REFUSED, NO_CHANGE, "no trend found", "no outage found", "mixed"})
"""Results of the methods that carry no word of change."""
STRONG = 50.0
"""From this change on a fall may be called a collapse and a rise a surge [per cent]."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds verbs of change that the sentence's own findings do not carry."""
    for sentence in reading.story.sentences():
        answers = [answer for _, answer in reading.answers(sentence)]
        if answers and not reading.quotes_claim(sentence):
            _look(reading, sentence, answers, faults)


def _look(reading: Reading, sentence: Sentence, answers: list[Answer], faults: Faults) -> None:
    results = {answer.result for answer in answers}
    sizes = [size for answer in answers if (size := _change(answer)) is not None]
    for direction, says_so, says_other in (("rise", RISES, FALLS), ("fall", FALLS, RISES)):
        for hit in hits(reading.language, direction, sentence.text):
            if results & says_so or hit.negated:
                continue
            if results & says_other:
                _add(faults, sentence, hit, answers, f"{hit.words!r} beside {_told(answers)}: the other direction")
            elif results & NEITHER:
                _add(faults, sentence, hit, answers, f"{hit.words!r} beside {_told(answers)}")
        for hit in hits(reading.language, f"strong_{direction}", sentence.text):
            if results & says_so and sizes and max(sizes) < STRONG and not hit.negated:
                saw = f"{hit.words!r} for a change of {max(sizes):.0f} %"
                faults.add(sentence.spot(hit.start), saw, f"Keep such words for changes of {STRONG:.0f} % and more.")


def _add(faults: Faults, sentence: Sentence, hit: Hit, answers: list[Answer], saw: str) -> None:
    names = ", ".join(sorted({f"{{{{{answer.finding.id}.statement}}}}" for answer in answers}))
    faults.add(sentence.spot(hit.start), saw, f"Say what the finding says; {names} is safe to print.")


def _told(answers: list[Answer]) -> str:
    return " and ".join(sorted({f"{answer.finding.id}: {answer.result}" for answer in answers}))


def _change(answer: Answer) -> float | None:
    """The size of the largest change among its ratios [per cent]."""
    ratios = [estimate for name, estimate in answer.estimates.items() if estimate.unit == "1" and "ratio" in name]
    return max((abs(estimate.as_change().best) for estimate in ratios), default=None)
