"""What may not stand in anything that leaves the house: names that were not to be printed, words off the record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dateline.ledger.agreed import Records, off_record, unnamed
from dateline.ledger.claim import Claim
from dateline.ledger.media_item import MediaItem
from dateline.ledger.naming import name_pattern, surnames
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.ledger.terms import OFF
from dateline.ledger.verbatim import words

LONG, SHORT = 6, 3
"""So many words in a row are somebody's words and no chance; whole statements of as few as SHORT words are, too."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Names by pattern, and runs of words, each with the id of the record that they would betray."""

    names: Mapping[re.Pattern[str], str]
    runs: Mapping[tuple[str, ...], str]

    def in_text(self, text: str) -> Iterator[tuple[str, str, int]]:
        """What a text betrays: the record's id, "name" or "words", and where, for names, it stands. Never the words."""
        for pattern, owner in self.names.items():
            for match in pattern.finditer(text):
                yield owner, "name", match.start()
        if not self.runs:
            return
        told = words(text)
        for size in sorted({len(run) for run in self.runs}):
            there = {told[at : at + size] for at in range(len(told) - size + 1)}
            for owner in sorted({owner for run, owner in self.runs.items() if run in there}):
                yield owner, "words", 0


def secrets_of(records: Records) -> Secrets:
    """The secrets of a case's records, by id."""
    names: dict[re.Pattern[str], str] = {}
    for owner in sorted(unnamed(records)):
        source = records[owner]
        for name in _called(source, records) if isinstance(source, Source) else ():
            pattern = name_pattern(name)
            if pattern is not None:
                names[pattern] = owner
    runs: dict[tuple[str, ...], str] = {}
    away = off_record(records)
    for owner, record in sorted(records.items()):
        for text, is_ours in _texts(record, off=owner in away):
            told = words(text)
            size = len(told) if is_ours else min(LONG, len(told))
            if size >= SHORT:
                runs |= {told[at : at + size]: owner for at in range(len(told) - size + 1)}
    return Secrets(names, runs)


def _called(source: Source, records: Records) -> Iterator[str]:
    """The names of a source; of a person the surname alone, too, by which a text would go on calling them."""
    yield from source.names.values()
    if source.type == "person":
        others = (one for one in records.values() if isinstance(one, Source) and one.id != source.id)
        yield from surnames(source.names.values(), (name for one in others for name in one.names.values()))


def _texts(record: object, *, off: bool) -> Iterator[tuple[str, bool]]:
    """The words of a record that are off the record; and whether they are ours, which only count as a whole.

    Others may say the same on the record: a few of our own words that come back are no trace.
    """
    told: list[str | None] = []
    match record:
        case Claim() if off:
            yield record.statement, True
            told += [record.original.text, record.original.translation] if record.original is not None else []
        case Reply() if off:
            told += [record.answer, record.translation]
        case MediaItem():
            for row in record.transcript:
                told += [row.original, row.translation] if off or row.terms == OFF else []
    yield from ((text, False) for text in told if text)
