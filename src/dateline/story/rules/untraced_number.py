"""A number in prose that no finding, claim or record carries."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.story.compare import Compared, compare, known_numbers
from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.numbers import Number, find_numbers
from dateline.story.quotes import quoted_spans
from dateline.story.reading import Reading

RULE = Rule(
    code="untraced-number",
    name="a number without a trace",
    level=Level.BLOCK,
    why="A reader can follow every number on the page to its method and its files; one typed by hand leads nowhere and "
    "stays behind when the finding moves.",
    do="Write a reference such as {{FINDING.ESTIMATE.change}}, or say why it may stand: [[two: counted in the text]].",
)


def typed_numbers(reading: Reading) -> Iterator[tuple[Sentence, Number, Compared]]:
    """Every typed number that is no date, with how it stands to what its sentence refers to."""
    known = known_numbers(reading.case, reading.language)
    for sentence in reading.story.sentences():
        about = {subject for run in sentence.references if (subject := reading.subject(run.text)) is not None}
        quoted = quoted_spans(sentence.text)
        said = _said(reading, sentence)
        for number in find_numbers(sentence.text):
            in_quote = any(start <= number.start < end for start, end in quoted)
            if number.sort != "date" and not (in_quote and number.text in said):
                yield sentence, number, compare(number, known, about=about)


def _said(reading: Reading, sentence: Sentence) -> str:
    """The words of the claims that the sentence refers to: numbers quoted from them are traced by the claim."""
    owners = {found.owner for run in sentence.references if (found := reading.found(run.text)) is not None}
    claims = [claim for name, claim in reading.case.claims.items() if name in owners]
    texts = [claim.statement for claim in claims]
    texts += [claim.quantity.text for claim in claims if claim.quantity is not None]
    for original in (claim.original for claim in claims):
        texts += [original.text, original.translation or ""] if original is not None else []
    texts += [reply.answer or "" for name, reply in reading.case.replies.items() if name in owners]
    return "\n".join(texts)


def find(reading: Reading, faults: Faults) -> None:
    """Adds every typed number that does not contradict its sentence's own finding."""
    for sentence, number, compared in typed_numbers(reading):
        if compared.outcome == "differs":
            continue
        known = compared.known
        do = None
        if known is not None and compared.outcome == "matches":
            do = f"Write {{{{{known.reference}}}}}, which prints {known.printed}."
        elif known is not None and abs(number.value or 0) > 12:
            do = f"If this is {{{{{known.reference}}}}}, write that. {RULE.do}"
        faults.add(sentence.spot(number.start), repr(number.text), do)
