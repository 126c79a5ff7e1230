"""A true date of something else beside what somebody said."""

from __future__ import annotations

import re

from dateline.core.when import When
from dateline.ledger.claim import Claim
from dateline.story.compare import is_known_time, known_times, times_by_subject
from dateline.story.document import REFERENCE, Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.numbers import Number, find_numbers
from dateline.story.phrases import hits
from dateline.story.quotes import quoted_spans
from dateline.story.reading import Reading

RULE = Rule(
    code="date-differs",
    name="a date of something else",
    level=Level.BLOCK,
    why="A true date beside the wrong statement is a false one, and no search for the date finds it.",
    do="Write the date of what the sentence tells, or name what the date belongs to.",
)
_ON = re.compile(rf"(?:\s+\w+){{0,2}}?\s+on\s+{REFERENCE}")


def find(reading: Reading, faults: Faults) -> None:
    """Adds dates, typed or of an event, in sentences on a claim to which they do not belong, nor to what else is named.

    A date that the case does not know at all is another rule's.
    """
    everything = known_times(reading.case)
    for sentence in reading.story.sentences():
        claims = _claims(reading, sentence)
        if not claims:
            continue
        own = _times(reading, sentence, claims)
        quoted = quoted_spans(sentence.text)
        for number in find_numbers(sentence.text):
            outside = not any(start < number.start < end for start, end in quoted)
            if outside and _is_of_others(number, own, everything) and not _in_words(number, claims):
                do = f"{RULE.do} {{{{{claims[0].id}.said}}}} prints when it was said."
                faults.add(sentence.spot(number.start), f"{number.text!r} is no date of {_listed(claims)}", do)
        _said_on(reading, sentence, claims, faults)


def _claims(reading: Reading, sentence: Sentence) -> list[Claim]:
    owners = (found.owner for run in sentence.references if (found := reading.found(run.text)) is not None)
    return [reading.case.claims[name] for name in dict.fromkeys(owners) if name in reading.case.claims]


def _times(reading: Reading, sentence: Sentence, claims: list[Claim]) -> list[When]:
    """The times of what the sentence refers to, of its claims' events and pages, and of what their speakers tell."""
    named = (reading.found(run.text) for run in sentence.references)
    owners = {one.owner for one in named if one is not None}
    names = {claim.id for claim in claims}
    owners |= {event.id for event in reading.case.events.values() if names & set(event.claims)}
    found = [when for owner, when in times_by_subject(reading.case) if owner in owners]
    speakers = {claim.speaker for claim in claims}
    found += [one.period for one in reading.case.claims.values() if one.speaker in speakers and one.period is not None]
    return found + [page.published for claim in claims for page in claim.sources if page.published is not None]


def _is_of_others(number: Number, own: list[When], everything: tuple[When, ...]) -> bool:
    when = number.when
    if number.sort != "date" or when is None:
        return False
    return is_known_time(when, everything) and not is_known_time(when, own)


def _in_words(number: Number, claims: list[Claim]) -> bool:
    """Whether a claim, in our words or in its speaker's, names that date."""
    texts = [claim.statement for claim in claims]
    texts += [claim.quantity.text for claim in claims if claim.quantity is not None]
    texts += [claim.period.text for claim in claims if claim.period is not None and claim.period.text]
    for original in (claim.original for claim in claims if claim.original is not None):
        texts += [original.text, original.translation or ""]
    return any(number.text.casefold() in text.casefold() for text in texts)


def _said_on(reading: Reading, sentence: Sentence, claims: list[Claim], faults: Faults) -> None:
    """ "Said on" before the date of an event that the claims are no part of."""
    for hit in hits(reading.language, "attributed", sentence.text):
        match = _ON.match(sentence.text, hit.start + len(hit.words))
        run = sentence.reference_at(match.end() - 1) if match is not None else None
        found = reading.found(run.text) if run is not None else None
        event = reading.case.events.get(found.owner) if found is not None else None
        if run is not None and event is not None and not {claim.id for claim in claims} & set(event.claims):
            faults.add(run.spot, f"{{{{{run.text}}}}} is no date of {_listed(claims)}")


def _listed(claims: list[Claim]) -> str:
    return " or ".join(claim.id for claim in claims)
