"""Signs that nobody sees inside a word, and letters of another alphabet that look like its own."""

from __future__ import annotations

import re

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="hidden-signs",
    name="a word with a sign in it that nobody sees",
    level=Level.BLOCK,
    why="A soft hyphen, a joiner, or a Cyrillic “e” in a Latin word looks like nothing on the page, and no search and "
    "no other rule finds the word.",
    do="Type the word again. Where it must be so, say why: [[word: reason]].",
)
_UNSEEN = re.compile("(?<=\\w)[\u00ad\u200b\u2060\ufeff](?=\\w)")
_MIXED = re.compile("[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]|[A-Za-z]{2}[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυ]")
_WORD = re.compile("[\\w\u00ad\u200b\u2060\ufeff]*")


def find(reading: Reading, faults: Faults) -> None:
    """Adds each word with such a sign."""
    for passage in reading.story.passages:
        text = passage.flat
        for pattern, what in ((_UNSEEN, "a sign that is not seen"), (_MIXED, "letters of two alphabets")):
            for match in pattern.finditer(text):
                start = match.start()
                while start and _WORD.fullmatch(text[start - 1]):
                    start -= 1
                word = _WORD.match(text, start)
                faults.add(passage.spot_at(start), f"{word[0] if word else match[0]!a}: {what}")
