"""What a number rests on, down to the bytes; and what rests on a source, an item or a place."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from dateline.core.identity import canonical
from dateline.ledger.case import Case, circular, unknown
from dateline.ledger.finding import Finding, InputRef
from dateline.ledger.record import Kind, Record
from dateline.ledger.reference import Reference, resolve

__all__ = ["Dependent", "Reference", "Trace", "dependents", "resolve", "trace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One node of the tree below a number.

    `kind` is "value" for the number itself, otherwise that of the record, or "observations" or "sensor". `role` is the
    key or input role through which the node above rests on it. `sha256` is the hash that a finding recorded when it was
    computed, or, where no finding did, that of the record now. `present` says whether the case has it.
    """

    kind: str
    id: str
    label: str
    role: str = ""
    path: str = ""
    sha256: str | None = None
    present: bool = True
    children: tuple[Trace, ...] = ()

    def walk(self) -> Iterator[Trace]:
        """This node and all below it, top down."""
        yield self
        for child in self.children:
            yield from child.walk()

    def to_json(self) -> dict[str, Any]:
        """The tree as plain JSON."""
        return {
            "kind": self.kind,
            "id": self.id,
            "label": self.label,
            "role": self.role,
            "path": self.path,
            "sha256": self.sha256,
            "present": self.present,
            "children": [child.to_json() for child in self.children],
        }


def trace(case: Case, reference: str) -> Trace:
    """Number, finding, method and inputs, evidence: the tree below what a reference of the story asks for.

    Raises UsageError (code "reference") with the nearest names, InputError when findings feed each other in a circle.
    """
    found = resolve(case, reference)
    below = _below(case, found.owner, found.owner_kind, role="", above=())
    if not found.path:
        return below
    return Trace(
        kind="value", id=found.owner, label=_spoken(found), path=found.path, sha256=below.sha256, children=(below,)
    )


def _spoken(found: Reference) -> str:
    value = found.value.spoken() if found.sort == "when" else canonical(found.value)
    return f"{found.text.strip()} = {value}"


def _below(case: Case, name: str, kind: Kind, *, role: str, above: tuple[str, ...]) -> Trace:
    if kind == "place" and above:  # what is measured there is ground: it does not rest on what it is taken for
        return _ground(case, name, role=role, above=above)
    if kind == "media" and above:  # what was found on a picture does not rest on the axes that cite it
        return _pictured(case, name, role=role, above=above)
    if name in above:
        raise circular([*above[above.index(name) :], name])
    if kind == "finding":
        return _of_finding(case, case.finding(name), role=role, above=(*above, name))
    record = case.records[name]
    children = tuple(
        _named(case, ref.id, role=ref.key, above=(*above, name))
        for ref in record.refs()
        if not _sideways(record, ref.key)
    )
    return Trace(
        kind=record.kind, id=name, label=record.title_text(), role=role, sha256=record.sha256(), children=children
    )


def _ground(case: Case, name: str, *, role: str, above: tuple[str, ...]) -> Trace:
    """A place below something else, with what its position rests on."""
    record = case.records[name]
    own = (ref for ref in record.refs() if not ref.key.startswith("identification."))
    children = tuple(
        _named(case, ref.id, role=ref.key, above=(*above, name)) for ref in own if ref.id not in (*above, name)
    )
    return Trace(kind="place", id=name, label=record.title_text(), role=role, sha256=record.sha256(), children=children)


def _pictured(case: Case, name: str, *, role: str, above: tuple[str, ...]) -> Trace:
    """A media item below something else, with what it rests on; a second time in one line alone."""
    record = case.records[name]
    own = () if name in above else (ref for ref in record.refs() if ref.id not in above)
    children = tuple(_named(case, ref.id, role=ref.key, above=(*above, name)) for ref in own)
    return Trace(kind="media", id=name, label=record.title_text(), role=role, sha256=record.sha256(), children=children)


def _sideways(record: Record, key: str) -> bool:
    """Relations that a claim has to others without resting on them: it stands whatever becomes of those."""
    return record.kind == "claim" and key.partition(".")[0] in {"supersedes", "denies", "qualifies"}


def _named(case: Case, name: str, *, role: str, above: tuple[str, ...]) -> Trace:
    """A record or, where only a measure or a finding has that id, the finding; a measure without one is not present."""
    record = case.records.get(name)
    if record is not None and record.kind != "measure":
        return _below(case, name, record.kind, role=role, above=above)
    if case.has_finding(name):
        return _below(case, name, "finding", role=role, above=above)
    return Trace(kind="finding", id=name, label="not measured yet", role=role, present=False)


def _of_finding(case: Case, finding: Finding, *, role: str, above: tuple[str, ...]) -> Trace:
    label = f"{finding.method} {finding.method_version}: {finding.result}"
    children = tuple(_of_input(case, ref, above) for ref in finding.inputs)
    return Trace(kind="finding", id=finding.id, label=label, role=role, sha256=finding.input_key, children=children)


def _of_input(case: Case, ref: InputRef, above: tuple[str, ...]) -> Trace:
    known = ref.id in case.records or case.has_finding(ref.id)
    if ref.kind in {"sensor", "observations"} or not known:
        present = ref.kind == "sensor" or any(mark.by == ref.id for mark in case.observations.values())
        return Trace(kind=ref.kind, id=ref.id, label=ref.id, role=ref.role, sha256=ref.sha256, present=present)
    return replace(_named(case, ref.id, role=ref.role, above=above), sha256=ref.sha256)


@dataclass(frozen=True, slots=True)
class Dependent:
    """Something that rests on something else: through which key or role, and by which way down."""

    kind: Kind
    id: str
    through: str
    way: tuple[str, ...]
    """Ids from the thing asked about up to this one, both included."""


def dependents(case: Case, name: str) -> tuple[Dependent, ...]:
    """Everything that rests, directly or through others, on a source, item, place, claim or finding; nearest first.

    What is named here is touched when that thing falls; whether it still stands on its other evidence is a judgement.
    Raises UsageError with the nearest ids.
    """
    if name not in case.records and not case.has_finding(name):
        raise unknown(name, {*case.records, *case.finding_ids()}, case=case)
    upward = _upward(case)
    found: dict[str, Dependent] = {}
    todo: deque[tuple[str, tuple[str, ...]]] = deque([(name, (name,))])
    while todo:
        below, way = todo.popleft()
        for kind, above, through in sorted(upward.get(below, ())):
            if above not in found and above != name:
                found[above] = Dependent(kind, above, through, (*way, above))
                todo.append((above, (*way, above)))
    return tuple(found.values())


def _upward(case: Case) -> dict[str, list[tuple[Kind, str, str]]]:
    """For each id the records and findings that name it. A measure's finding stands for the measure."""
    edges: dict[str, list[tuple[Kind, str, str]]] = {}
    for record in case.records.values():
        kind: Kind = "finding" if record.kind == "measure" else record.kind
        for ref in record.refs():
            if not _sideways(record, ref.key):
                edges.setdefault(ref.id, []).append((kind, record.id, ref.key))
    for name, finding in case.findings().items():
        for given in finding.inputs:
            edges.setdefault(given.id, []).append(("finding", name, given.role or given.kind))
    return edges
