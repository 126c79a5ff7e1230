"""Light told as something else: the economy, power, people, trade."""

from __future__ import annotations

import re

from dateline.story.change_words import answers_of
from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="proxy",
    name="a proxy told as the thing",
    level=Level.BLOCK,
    why="A sensor sees light. Lamps are replaced, shaded, left on; that light follows wealth or power elsewhere is "
    "no measurement here, and “correlates with” tells it all the same.",
    do="Stay with the light, or give the sentence to somebody who says it: refer to the claim.",
    reads=("proxy_things",),
    rests_in_analysis=True,
)
LIGHT = re.compile(r"light|lit\b|outage|radiance", re.IGNORECASE)
"""Methods whose name says that they measure light."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds sentences on a finding of light that name something else as what it shows."""
    for sentence in reading.story.sentences():
        methods = {answer.finding.method for answer in answers_of(reading, sentence)}
        if any(LIGHT.search(method) for method in methods) and not reading.quotes_claim(sentence):
            _look(reading, sentence, faults)


def _look(reading: Reading, sentence: Sentence, faults: Faults) -> None:
    things = [hit for hit in hits(reading.language, "proxy_things", sentence.text) if not hit.negated]
    links = [hit for hit in hits(reading.language, "proxy_links", sentence.text) if not hit.negated]
    for hit in things:
        with_link = f" with {links[0].words!r}" if links else ""
        faults.add(sentence.spot(hit.start), f"{hit.words!r}{with_link} beside a finding of light")
