"""Whom a story names: people, firms and states, by reference, as the subject of a claim, or by name in its prose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dateline.ledger.agreed import unnamed
from dateline.ledger.claim import Claim
from dateline.ledger.naming import name_pattern, surnames
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.story.fault import Spot
from dateline.story.reading import Reading

STATES = frozenset({"government", "intelligence", "military", "party", "international"})
"""Sources that speak for a state or a public body; a breach of their right is a note."""
_HEARD_WHEN_NAMED = frozenset({"person", "company"}) | STATES
"""To name an outlet or a think tank as the one who reports is no charge; to name it as the one who did something is."""


def parties(reading: Reading) -> Mapping[str, Spot]:
    """Ids of the sources that the story names and who may answer, with the first place, in order of the text.

    Who has no name, or is not to be named, is not named.
    """
    hidden = unnamed(reading.case.records)
    found: dict[str, Spot] = {}
    for source, spot in (*_referred(reading), *_in_prose(reading)):
        if source.type != "anonymous" and source.id not in hidden:
            known = found.get(source.id)
            if known is None or (spot.line, spot.column) < (known.line, known.column):
                found[source.id] = spot
    return dict(sorted(found.items(), key=lambda one: (one[1].line, one[1].column, one[0])))


def _referred(reading: Reading) -> Iterator[tuple[Source, Spot]]:
    """Sources that a reference prints: itself, the speaker of a claim, or the one that the claim is about."""
    by_name = _by_name(reading)
    records = reading.case.records
    for text, spot in reading.reference_texts():
        reference = reading.found(text)
        record = records.get(reference.owner) if reference is not None else None
        for source, is_subject in _of(record, records, by_name):
            if is_subject or source.type in _HEARD_WHEN_NAMED:
                yield source, spot


def _of(
    record: Record | None, records: Mapping[str, Record], by_name: Mapping[str, Source]
) -> Iterator[tuple[Source, bool]]:
    """Sources of a record, each with whether the record says something about it."""
    match record:
        case Source():
            yield record, False
        case Reply():
            party = records[record.party]
            if isinstance(party, Source):
                yield party, False
        case Claim():
            speaker = records[record.speaker]
            if isinstance(speaker, Source):
                yield speaker, False
            told = record.proposition
            for word in (told.subject, told.object) if told is not None else ():
                if word is not None and word.casefold() in by_name:
                    yield by_name[word.casefold()], True


def _by_name(reading: Reading) -> Mapping[str, Source]:
    return {
        name.casefold(): source
        for source in reading.case.sources.values()
        for name in (source.id, *source.names.values())
    }


def _in_prose(reading: Reading) -> Iterator[tuple[Source, Spot]]:
    """People and firms whose names stand in the text, in any language that the record has."""
    sources = reading.case.sources.values()
    for source in sources:
        if source.type not in _HEARD_WHEN_NAMED:
            continue
        others = [name for one in sources if one.id != source.id for name in one.names.values()]
        alone = surnames(source.names.values(), others) if source.type == "person" else ()
        for name in (*source.names.values(), *alone):
            pattern = name_pattern(name)
            for passage in reading.story.passages if pattern is not None else ():
                match = pattern.search(passage.flat) if pattern is not None else None
                if match is not None:
                    yield source, passage.spot_at(match.start())
