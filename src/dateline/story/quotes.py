"""Quotations in a story: what stands between quotation marks, and whose words the sentence says that they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dateline.core.errors import DatelineError
from dateline.ledger.claim import Claim
from dateline.ledger.media_item import MediaItem
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.transcript import within
from dateline.story.document import FILLER, REFERENCE, Passage
from dateline.story.fault import Spot
from dateline.story.reading import Reading
from dateline.story.speak import speak


@dataclass(frozen=True, slots=True)
class Quote:
    """Words between quotation marks with references printed, where they stand, and the records they are given to."""

    text: str
    spot: Spot
    records: tuple[Record, ...]


_MARKS = dict.fromkeys('“„«”"', '”“»"') | {"‘": "’", "‚": "‘’", "‹": "›", "'": "'", "「": "」", "『": "』"}
"""What opens a quotation, and what may close it."""
_APOSTROPHES = "’'"


def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans between quotation marks of any kind: another's words. A ’ or ' before a letter is an apostrophe."""
    spans, start, ends = [], -1, ""
    for at, sign in enumerate(text):
        is_inside = sign in _APOSTROPHES and text[at + 1 : at + 2].isalpha()
        if start < 0 and (sign != "'" or (is_inside and not text[at - 1 : at].isalnum())):
            ends = _MARKS.get(sign, "")
            start = at if ends else -1
        elif start >= 0 and sign in ends and not is_inside:
            spans.append((start, at))
            start = -1
    return tuple(spans)


def quotes(reading: Reading) -> Iterator[Quote]:
    """Every quotation in sentences that refer to claims, recordings or replies. What the writer let pass is none."""
    for passage in reading.story.passages:
        for start, end in quoted_spans(passage.flat):
            inside = passage.flat[start + 1 : end]
            records = tuple(_given_to(reading, passage, start, end))
            if records and inside.strip() and FILLER not in inside:
                yield Quote(_printed(reading, passage, start + 1, end), passage.spot_at(start + 1), records)
    yield from _of_interviews(reading)
    yield from _set_apart(reading)


def _set_apart(reading: Reading) -> Iterator[Quote]:
    """What is typed in a :::quote block, against the words of the record, or of that stretch of it."""
    for use in reading.story.blocks:
        record = reading.case.records.get(getattr(use.model, "of", "")) if use.name == "quote" else None
        if isinstance(record, MediaItem):
            rows = within(record.transcript, getattr(use.model, "start", None), getattr(use.model, "end", None))
            record = record.model_copy(update={"transcript": tuple(rows)})
        for key in ("words", "translation") if isinstance(record, Claim | Reply | MediaItem) else ():
            text = getattr(use.model, key)
            if record is not None and text.strip():
                yield Quote(text, Spot(use.lines.get((key,), use.spot.line)), (record,))


def _of_interviews(reading: Reading) -> Iterator[Quote]:
    """Quotations in the title and caption of an interview are words of its recording."""
    for use in reading.story.blocks:
        media = reading.case.media.get(getattr(use.model, "media", "")) if use.name == "interview" else None
        for text in (getattr(use.model, "title", ""), getattr(use.model, "caption", "")) if media is not None else ():
            for start, end in quoted_spans(text):
                if media is not None and text[start + 1 : end].strip() and "{{" not in text[start:end]:
                    yield Quote(text[start + 1 : end], use.spot, (media,))


def _given_to(reading: Reading, passage: Passage, start: int, end: int) -> Iterator[Record]:
    """The records that the sentences refer to in which the quotation begins, goes on and ends."""
    seen: set[str] = set()
    for sentence in passage.sentences():
        if sentence.start >= end or sentence.start + len(sentence.text) <= start:
            continue
        for run in sentence.references:
            found = reading.found(run.text)
            record = reading.case.records.get(found.owner) if found is not None else None
            if isinstance(record, Claim | Reply | MediaItem) and record.id not in seen:
                seen.add(record.id)
                yield record


def _printed(reading: Reading, passage: Passage, start: int, end: int) -> str:
    """The flat text from start to end with what its references print."""
    runs = {at: run for at, run in passage.starts if run.kind == "reference"}
    words = []
    for at in range(start, end):
        sign = passage.flat[at]
        run = runs.get(at) if sign == REFERENCE else None
        found = reading.found(run.text) if run is not None else None
        if run is not None and found is not None:
            try:
                sign = speak(found, reading.answer(run.text), reading.language, run.forms)
            except DatelineError:  # another rule says what is wrong with it
                sign = "…"
        words.append("…" if sign == REFERENCE else sign)
    return "".join(words)
