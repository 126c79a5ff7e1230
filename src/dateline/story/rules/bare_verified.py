""" "Verified", and nobody says what."""

from __future__ import annotations

import re

from dateline.story.axis_words import in_others_words, names_axis
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="bare-verified",
    name="“verified” without saying what",
    level=Level.BLOCK,
    why="A video can be well placed and show nobody that we know. “Verified” alone lets a reader believe all of it.",
    do="Say which: “verified to have been filmed in …”, “its date was verified”, “verified as showing …”; or print "
    "{{MEDIA.location}}, {{MEDIA.time}}, {{MEDIA.authenticity}}, {{MEDIA.depiction}}.",
    reads=("verified",),
)
NEAR = 40
"""So many signs around the word may say that it is a hash or an account that was verified."""


_TOLD = re.compile(r"\s+(?:that|against)\b", re.IGNORECASE)


def find(reading: Reading, faults: Faults) -> None:
    """Adds each "verified" or "unverified" whose clause names none of the four axes."""
    for sentence in reading.story.sentences():
        text = sentence.text
        independent = [(hit.start, hit.start + len(hit.words)) for hit in hits(reading.language, "independently", text)]
        for hit in hits(reading.language, "verified", text):
            end = hit.start + len(hit.words)
            around = text[max(0, hit.start - NEAR) : end + NEAR]
            if (
                not any(start <= hit.start < stop for start, stop in independent)
                and not names_axis(reading.language, text, hit.start, end)
                and not any(hits(reading.language, "not_media", around))
                and not in_others_words(reading, sentence, hit.start)
                and not _of_something_else(reading, text, end)
            ):
                faults.add(sentence.spot(hit.start), repr(hit.words))


def _of_something_else(reading: Reading, text: str, end: int) -> bool:
    """Whether the sentence says what was verified, and no picture is in it: "verified that the gate was open"."""
    return _TOLD.match(text, end) is not None and not any(hits(reading.language, "media_things", text))
