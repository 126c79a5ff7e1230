"""What was agreed of each record, by all the terms that bear on it: the strictest counts.

A claim stands under its own terms, its speaker's, and those of the recording in which it is heard. An event that only
rests on claims off the record is off the record itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dateline.ledger.claim import Claim, Original
from dateline.ledger.event import Event
from dateline.ledger.media_item import MediaItem
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.ledger.terms import OFF, OPEN, Agreed, Terms, strictest
from dateline.ledger.transcript import within
from dateline.ledger.verbatim import is_heard

Records = Mapping[str, Record]


@dataclass(frozen=True, slots=True)
class Standing:
    """Under which terms something may be used: how closed they are, the description agreed on, until when not."""

    are: Agreed = OPEN
    described_as: str | None = None
    embargo: datetime | None = None

    @property
    def may_name(self) -> bool:
        """Whether the name of whoever speaks may stand beside it."""
        return self.are == OPEN

    @property
    def is_off(self) -> bool:
        """Whether nothing of it may be used."""
        return self.are == OFF


def standing(record: Record, records: Records) -> Standing:
    """The terms of a record among the records of its case, by id."""
    terms = list(_terms(record, records))
    embargoes = [one.embargo for one in terms if one.embargo is not None]
    return Standing(
        are=strictest([*(one.are for one in terms), *_of_stretches(record, records), *_of_claims(record, records)]),
        described_as=next((one.described_as for one in terms if one.described_as is not None), None),
        embargo=max(embargoes, default=None),
    )


def off_record(records: Records) -> frozenset[str]:
    """Ids of everything that may not be used at all."""
    return frozenset(name for name, record in records.items() if standing(record, records).is_off)


def unnamed(records: Records) -> frozenset[str]:
    """Ids of the sources whose names are printed nowhere.

    An official without a name is called by a description already: that may be printed on background.
    """
    sources = (record for record in records.values() if isinstance(record, Source) and record.terms is not None)
    return frozenset(
        one.id
        for one in sources
        if one.terms is not None
        and one.terms.are != OPEN
        and not (one.type == "anonymous" and one.terms.are == "background")
    )


def speaker_of(claim: Claim, records: Records, language: str) -> str | None:
    """How the speaker of a claim may be called in a language: name, agreed description, or None: not at all."""
    source = records.get(claim.speaker)
    if not isinstance(source, Source):
        return None
    return called(source, standing(claim, records), language)


def called(source: Source, terms: Standing, language: str) -> str | None:
    """How a source may be called under these terms and its own; None: not at all."""
    own = source.terms.are if source.terms is not None else OPEN
    are = strictest([terms.are, own])
    if are == OPEN:
        return source.name(language)
    if are != "background":
        return None
    described = terms.described_as or (source.terms.described_as if source.terms is not None else None)
    return described or (source.name(language) if source.type == "anonymous" else None)


def _terms(record: Record, records: Records) -> Iterator[Terms]:
    """The terms that bear on a record, its own first."""
    own = record.terms if isinstance(record, Claim | Source | MediaItem) else None
    others: Iterable[str | None] = ()
    if isinstance(record, Claim):
        others = (record.speaker, record.original.media if record.original is not None else None)
    elif isinstance(record, Reply):
        others = (record.party,)
    if own is not None:
        yield own
    for name in others:
        other = records.get(name) if name is not None else None
        if isinstance(other, Source | MediaItem) and other.terms is not None:
            yield other.terms


def _of_stretches(record: Record, records: Records) -> Iterator[Agreed]:
    """What was agreed of the stretches of a recording in which the words of a claim are heard."""
    original = record.original if isinstance(record, Claim) else None
    media = records.get(original.media) if original is not None and original.media is not None else None
    if original is None or not isinstance(media, MediaItem):
        return
    for row in within(media.transcript, original.start, original.end):
        if row.terms is not None and (_is_placed(original) or is_heard(original.text, row.original)):
            yield row.terms


def _is_placed(original: Original) -> bool:
    return original.start is not None or original.end is not None


def _of_claims(record: Record, records: Records) -> Iterator[Agreed]:
    """Off the record, where an event rests on nothing but claims that are."""
    if not isinstance(record, Event) or not record.claims or record.findings or record.sources:
        return
    claims = [records.get(name) for name in record.claims]
    if all(isinstance(claim, Claim) and standing(claim, records).is_off for claim in claims):
        yield OFF
