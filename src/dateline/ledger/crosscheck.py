"""What only shows when all records lie side by side: doubled ids, names that nothing answers to, loops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dateline.core.errors import RecordFault
from dateline.ledger.agreed import standing
from dateline.ledger.claim import Claim
from dateline.ledger.faults import offer
from dateline.ledger.media_item import MediaItem
from dateline.ledger.observation import Observation
from dateline.ledger.reading import Read
from dateline.ledger.record import Kind, Record, Ref
from dateline.ledger.transcript import spoken, within
from dateline.ledger.verbatim import difference, is_said

AnyRead = Read[Any]
Filed = tuple[AnyRead, Record]
"""A record, and the reading that knows on which line its keys stand."""


def crosscheck(filed: Sequence[Filed], *, findings: Iterable[str], broken: Iterable[str]) -> list[RecordFault]:
    """Every fault between records. `findings` are ids of findings on disk; `broken` ids of files already at fault.

    A reference to a broken record is not reported a second time.
    """
    kinds: dict[str, set[Kind]] = {}
    for _, record in filed:
        kinds.setdefault(record.id, set()).add(record.kind)
    for name in (*findings, *(record.id for _, record in filed if record.kind == "measure")):
        kinds.setdefault(name, set()).add("finding")
    silent = set(broken)
    return [
        *_doubled(filed),
        *_dotted(filed),
        *(fault for read, record in filed for ref in record.refs() for fault in _missing(read, ref, kinds, silent)),
        *_loops(filed),
        *_unheard(filed),
        *_of_others(filed),
    ]


def _doubled(filed: Sequence[Filed]) -> Iterator[RecordFault]:
    first: dict[str, Filed] = {}
    for read, record in filed:
        other, twin = first.setdefault(record.id.lower(), (read, record))
        if twin is not record:
            line = "" if other.line is None else f":{other.line}"
            it = "it" if twin.id == record.id else twin.id
            found = f"{record.id!r}, and {it} stands in {other.file}{line} too"
            yield read.fault("id", found, "an id that no other record has")


def _dotted(filed: Sequence[Filed]) -> Iterator[RecordFault]:
    known = {record.id for _, record in filed}
    for read, record in filed:
        if record.kind == "item":  # named after its file, which has dots
            continue
        steps = record.id.split(".")
        for above in (".".join(steps[:count]) for count in range(1, len(steps))):
            if above in known:
                valid = "an id without this dot: in a story it would ask for a part of the other"
                yield read.fault("id", f"{record.id!r} beside {above!r}", valid)


def _missing(read: AnyRead, ref: Ref, kinds: Mapping[str, set[Kind]], silent: set[str]) -> Iterator[RecordFault]:
    found = kinds.get(ref.id, set())
    if found & set(ref.kinds) or ref.id in silent:
        return
    wanted = f"the id of {' or '.join(map(_a, ref.kinds))}"
    known = [name for name, of in kinds.items() if of & set(ref.kinds)]
    if found:
        yield read.fault(ref.key, f"{ref.id!r}, which is {' and '.join(map(_a, sorted(found)))}", wanted)
    else:
        yield read.fault(ref.key, f"{ref.id!r}, which is not there", f"{wanted}: {offer(ref.id, known)}")


def _unheard(filed: Sequence[Filed]) -> Iterator[RecordFault]:
    """Words quoted from a recording that its transcript does not have in that stretch."""
    quoting = [(read, record) for read, record in filed if isinstance(record, Claim) and record.original is not None]
    quoting = [(read, claim) for read, claim in quoting if claim.original is not None and claim.original.media]
    records = {record.id: record for _, record in filed} if quoting else {}
    for read, claim in quoting:
        original = claim.original
        media = records.get(original.media) if original is not None and original.media is not None else None
        if original is None or not isinstance(media, MediaItem) or not media.transcript:
            continue  # what is not written down yet cannot be compared
        heard = " ".join(row.original for row in within(media.transcript, original.start, original.end))
        if is_said(original.text, heard):
            continue
        stretch = spoken(original.start, original.end)
        differs = "" if standing(claim, records).is_off else f": {difference(original.text, heard)}"
        found = f"words of {claim.id} that are not heard in {media.id}, {stretch}{differs}"
        yield read.fault("original.text", found, f"the words of the transcript in media/{media.id}.toml, {stretch}")


def _of_others(filed: Sequence[Filed]) -> Iterator[RecordFault]:
    """Observations that take back what somebody else saw: no program writes them."""
    marks = {record.id: record for _, record in filed if isinstance(record, Observation)}
    for read, record in filed:
        before = marks.get(record.supersedes or "") if isinstance(record, Observation) else None
        if isinstance(record, Observation) and before is not None and before.by != record.by:
            yield read.fault("supersedes", f"{before.id!r}, which {before.by} saw", f"an observation by {record.by}")


def _a(kind: Kind) -> str:
    words = {"media": "a media item", "item": "an evidence item", "event": "an event", "observation": "an observation"}
    return words.get(kind, f"a {kind}")


def _loops(filed: Sequence[Filed]) -> Iterator[RecordFault]:
    of = {(record.kind, record.id): read for read, record in filed}
    edges = {(record.kind, record.id): _chain(record) for _, record in filed}
    for loop in cycles({node: list(ways) for node, ways in edges.items()}):
        start = loop.index(min(loop))
        nodes = [*loop[start:], *loop[: start + 1]]
        told = " → ".join(name for _, name in nodes)
        key = edges[nodes[0]][nodes[1]]
        valid = "a chain that ends; take out one of these references"
        yield of[nodes[0]].fault(key, f"a circular reference: {told}", valid)


def _chain(record: Record) -> dict[tuple[Kind, str], str]:
    """The next steps of the chains that a record is part of, each with its key. A finding stands for its measure."""
    steps = ((ref.kinds[0], ref) for ref in record.refs() if ref.chain)
    return {("measure" if kind == "finding" else kind, ref.id): ref.key for kind, ref in steps}


def cycles(edges: Mapping[Any, Sequence[Any]]) -> Iterator[list[Any]]:
    """One loop for each edge that closes one; its nodes in order. Without recursion, for chains can be long."""
    done: set[Any] = set()
    for root in sorted(edges):
        path: list[Any] = []
        standing: dict[Any, int] = {}
        todo: list[tuple[Any, bool]] = [(root, True)]
        while todo:
            node, entering = todo.pop()
            if not entering:
                path.pop()
                del standing[node]
                done.add(node)
            elif node in standing:
                yield path[standing[node] :]
            elif node not in done and node in edges:
                standing[node] = len(path)
                path.append(node)
                todo.append((node, False))
                todo.extend((following, True) for following in sorted(edges[node], reverse=True))
