""" "Shows", of a picture that has not been confirmed to show it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.ledger.media_item import MediaItem
from dateline.story.axis_words import in_others_words, position_of
from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import Hit, hits
from dateline.story.reading import Reading

RULE = Rule(
    code="depiction",
    name="“shows” above what was confirmed",
    level=Level.BLOCK,
    why="A place can be confirmed and what is in the picture not. “Shows” claims the second.",
    do="Print {{MEDIA.depiction}}, or say who says that it shows it.",
    reads=("shows", "shown_in"),
)
HALF = 0.5
"""From this share of the words of what an item is said to show on, a sentence speaks of that."""
_WORD = re.compile(r"\w{4,}")
_STEM = 5
_IN = re.compile(r"^\W*(?:in|on)\s+(?:the|this|that|one|another|a)\s+(?:[\w-]+\s+){0,3}[\w-]+,?\s(?=\w)", re.IGNORECASE)
_IT = re.compile(r"^\W*(?:it|this|these|they)(?:\s+\w+ly)?\W*$", re.IGNORECASE)
"""A sentence that begins with a word for what stands in the one before."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds "shows" and its like, said flatly, of an item that the sentence refers to or plainly speaks of."""
    under = [one for one in reading.case.media.values() if position_of(reading, one, "depiction") != "confirmed"]
    for sentence in reading.story.sentences() if under else ():
        if sentence.text.rstrip().endswith("?") or sentence.passage.block == "statements":
            continue  # a question, or a sentence that is laid out to be judged
        referred = {name for run in sentence.references if (name := _item(reading, run.text)) is not None}
        referred |= _drawn(reading, sentence)
        for hit in _flat(reading, sentence):
            about = [one for one in under if one.id in referred or _speaks_of(reading, sentence, hit, one)]
            if about:
                stands = position_of(reading, about[0], "depiction")
                faults.add(sentence.spot(hit.start), f"{hit.words!r} of {about[0].id}, whose depiction is {stands}")


def _flat(reading: Reading, sentence: Sentence) -> Iterator[Hit]:
    """Words of showing that are neither denied, nor hedged, nor said to be somebody's."""
    text = sentence.text
    if any(hits(reading.language, "attributed", text)):
        return
    passive = [*hits(reading.language, "shown_in", text), *_within(reading, text)]
    for hit in (*hits(reading.language, "shows", text), *passive):
        clause = re.split(r"[;:,—]", text[: hit.start])[-1]
        doubts = [
            doubt for doubt in hits(reading.language, "hedged", clause) if doubt.words != "can" or hit not in passive
        ]
        hedged = bool(doubts) or _left_open(reading, text, hit)
        if not hit.negated and not hedged and not in_others_words(reading, sentence, hit.start):
            yield hit


def _within(reading: Reading, text: str) -> Iterator[Hit]:
    """ "In the video," with which a sentence begins: what follows is said to be in it."""
    begun = _IN.match(text)
    thing = begun and next(hits(reading.language, "media_things", begun[0]), None)
    if begun is not None and thing:
        yield Hit(0, begun[0], any(hits(reading.language, "negation", text)))


def _left_open(reading: Reading, text: str, hit: Hit) -> bool:
    """Whether "that it shows …" is the subject of a denial: "… could not be verified"."""
    that = re.search(r"\b(?:that|whether)\b", text[: hit.start], re.IGNORECASE)
    return that is not None and any(hits(reading.language, "negation", text[hit.start :]))


def _drawn(reading: Reading, sentence: Sentence) -> set[str]:
    """The clip that a :::video block is of, where its title or caption speaks of a clip."""
    use = reading.block_of(sentence.passage)
    is_of = use is not None and use.name == "video" and sentence.passage.role in {"title", "caption"}
    speaks = is_of and any(hits(reading.language, "media_things", sentence.text))
    return {str(getattr(use.model, "media", ""))} if use is not None and speaks else set()


def _item(reading: Reading, text: str) -> str | None:
    """The media item that a reference is to, itself or through the finding on its axes."""
    found = reading.found(text)
    if found is None:
        return None
    if found.owner in reading.case.media:
        return found.owner
    measure = reading.case.measures.get(found.owner)
    if measure is None or measure.method != "four_axes":
        return None
    return next((name for one in measure.inputs.get("media", ()) for name in one.media), None)


def _speaks_of(reading: Reading, sentence: Sentence, hit: Hit, media: MediaItem) -> bool:
    """Whether a sentence that names no record says that a picture shows what this item is said to show.

    A picture before "shows", or "it"; after "can be seen in".
    """
    text = sentence.text
    passive = any(hits(reading.language, "shown_in", hit.words)) or hit.start == 0
    things = any(hits(reading.language, "media_things", text if passive else text[: hit.start]))
    if media.said_to_show is None or not (things or (not passive and _IT.search(text[: hit.start]))):
        return False
    said = {word[:_STEM].casefold() for word in _WORD.findall(media.said_to_show)}
    told = {word[:_STEM].casefold() for word in _WORD.findall(text)}
    return bool(said) and len(said & told) / len(said) >= HALF
