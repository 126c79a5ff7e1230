"""Whether a sentence says which axis it speaks of, and where a media item of the case stands on one."""

from __future__ import annotations

import re

from dateline.core.errors import DatelineError
from dateline.ledger.media_item import MediaItem
from dateline.ledger.verification import LADDERS, Axis
from dateline.story.document import Sentence
from dateline.story.language import Language
from dateline.story.phrases import hits
from dateline.story.quotes import quoted_spans
from dateline.story.reading import Reading

_STOP = re.compile(r"[.;:!?—]|,\s+(?:and|but|while|yet|which|who)\b|\bbut\b")
_BACK = re.compile(r"[.;:!?—,]|\bbut\b|\band\b")
_ASKED = re.compile(r"\b(?:that|whether|where|when|what|who|whom)\b", re.IGNORECASE)


def names_axis(language: Language, text: str, start: int, end: int) -> bool:
    """Whether the words from start to end are told of an axis: "location verified", "verified to have been filmed in".

    "The video, filmed in Sergeyevka, was verified" names none: what was verified is left open.
    """
    after = _STOP.split(text[end:])[0]
    if any(hits(language, "axis_clauses", after)):
        return True
    before = _BACK.split(text[:start])[-1]
    if any(hits(language, "axis_nouns", before)):
        return True
    asked = _ASKED.search(before)
    if asked is None:
        return False
    told = before[asked.start() :]
    return asked[0].lower() in {"where", "when", "what", "who", "whom"} or any(
        any(hits(language, vocabulary, told)) for vocabulary in ("axis_clauses", "shows")
    )


def in_others_words(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Whether a place of a sentence lies between quotation marks that the sentence gives to somebody."""
    return reading.quotes_claim(sentence) and any(start < at < end for start, end in quoted_spans(sentence.text))


def position_of(reading: Reading, media: MediaItem, axis: Axis) -> str:
    """Where an item stands on an axis: the lowest of the findings that measure it and of the record's last step.

    On the first rung where nothing measures it, or only what is stale: a step down after that is in no finding yet.
    """
    ladder, found = LADDERS[axis], []
    for measure in reading.case.measures.values():
        if measure.method != "four_axes" or measure.id in reading.stale:
            continue
        if any(media.id in one.media for one in measure.inputs.get("media", ())):
            try:
                told = reading.case.finding(measure.id).values.get(axis, {})
            except DatelineError:  # not measured yet, or broken: nothing carries it
                continue
            found.append(str(told.get("position", ladder[0])))
    steps = media.steps(axis)
    if not found:
        return ladder[0]
    return min((*found, *(step.state for step in steps[-1:])), key=lambda state: _height(ladder, state))


def _height(ladder: tuple[str, ...], state: str) -> int:
    """The rung of a state; below all of them where the axis ended against the item."""
    return ladder.index(state) if state in ladder else -1
