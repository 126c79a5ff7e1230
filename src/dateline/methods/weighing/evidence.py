"""The rows of a matrix, each traced back to who knows: claims by their chains, all else by what it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding
from dateline.ledger.head import Share
from dateline.ledger.items import ItemRecord
from dateline.ledger.matrix import Matrix, Row
from dateline.ledger.media_item import MediaItem
from dateline.ledger.source import Source
from dateline.methods.origins.facts import Facts, facts_of, methods_in
from dateline.methods.origins.roots import UNKNOWN, UNKNOWN_WORDS, Resting, canonical, is_known, resting_on
from dateline.methods.origins.shares import Merge, leaning_roots, merges_of


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that the rows go back to, by id."""

    claims: Mapping[str, Claim]
    """Those of the rows, and those that they, or findings, go back to."""
    sources: Mapping[str, Source]
    items: Mapping[str, ItemRecord]
    media: Mapping[str, MediaItem]
    findings: Mapping[str, Finding]
    sharing: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One row: what it is, the utterance or picture that it repeats, what it rests on."""

    key: str
    row: Row
    label: str
    resting: Resting
    methods: frozenset[str] = frozenset()
    """How what it says is known; where the row itself does not tell, how its origins know anything."""
    materials: frozenset[str] = frozenset()
    """Items and sensors that it was made from; of a claim the items in which it can be read."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of a matrix, what is known of their roots, and what may be one."""

    pieces: tuple[Piece, ...]
    facts: Mapping[str, Facts]
    merges: tuple[Merge, ...]


def evidence_of(matrix: Matrix, ground: Ground) -> Evidence:
    """Traces each row. The order of rows is kept, and no matter to what is counted.

    Raises Refusal `circular-chain`.
    """
    read = (claim for finding in ground.findings.values() for claim in _inputs(finding, ground)[1])
    needed = sorted({row.claim for row in matrix.rows if row.claim is not None} | set(read))
    resting = resting_on((ground.claims[name] for name in needed), ground.claims, ground.sources)
    pieces = tuple(_piece(row, ground, resting) for row in matrix.rows)
    stated = [
        (root, piece.row.origin) for piece in pieces if piece.row.origin is not None for root in piece.resting.needs
    ]
    facts = facts_of((ground.claims[name] for name in sorted(resting)), ground.sources, stated)
    for piece in pieces:
        for root in piece.resting.needs:
            facts.setdefault(root, Facts(root))
        if piece.row.finding is not None:
            _add_finding(facts, piece, ground.findings[piece.row.finding])
    pieces = tuple(replace(piece, methods=_methods(piece, ground, facts)) for piece in pieces)
    claims = [piece.resting for piece in pieces if piece.row.claim is not None]
    merges = (*merges_of(facts, leaning_roots(claims), ground.sharing), *_made_of_one(pieces), *_calculated(pieces))
    return Evidence(pieces, facts, merges)


def _piece(row: Row, ground: Ground, resting: Mapping[str, Resting]) -> Piece:
    match row.about:
        case ("claim", name):
            claim = ground.claims[name]
            read_in = {*claim.evidence, *(link.evidence for link in claim.chain if link.evidence is not None)}
            return Piece(f"claim {name}", row, claim.statement, resting[name], materials=frozenset(read_in))
        case ("finding", name):
            return _of_finding(row, name, ground, resting)
        case ("item", name):
            needs, label = _root_of(row, f"item {name}", ground), ground.items[name].item.name
            return Piece(f"item {name}", row, label, Resting(f"item {name}", needs), materials=_back(name, ground))
        case ("media", name):
            first = _first_copy(name, ground)
            made_of = [_back(item, ground) for item in ground.media[name].items]
            found = Resting(f"media {first}", _root_of(row, f"media {first}", ground))
            return Piece(f"media {name}", row, ground.media[name].title, found, materials=frozenset().union(*made_of))
    text = row.text or ""
    read_in = {page.evidence for page in row.sources if page.evidence is not None}
    found = Resting(f"text {text}", _root_of(row, _publishers(row) or f"text {text}", ground))
    return Piece(f"text {text}", row, text, found, materials=frozenset(read_in))


def _root_of(row: Row, unknown: str, ground: Ground) -> frozenset[str]:
    """Who knows, where the row says so; otherwise nobody is named."""
    if row.origin is not None and row.origin.key.casefold() not in UNKNOWN_WORDS:
        return frozenset({canonical(row.origin.key, ground.sources)})
    return frozenset({UNKNOWN + unknown})


def _publishers(row: Row) -> str:
    return " ".join(sorted({page.source for page in row.sources if page.source is not None}))


def _of_finding(row: Row, name: str, ground: Ground, resting: Mapping[str, Resting]) -> Piece:
    """Our own measurement is an origin; what was only worked out from claims rests on who knows those."""
    made_of, claims = _inputs(ground.findings[name], ground)
    roots = frozenset(root for claim in claims for root in resting[claim].needs)
    own = f"finding {name}".casefold()
    needs, leans = (frozenset({own}), roots) if made_of or not roots else (roots, frozenset[str]())
    rests = Resting(f"finding {name}", needs, leans)
    return Piece(f"finding {name}", row, ground.findings[name].statement.en, rests, materials=made_of)


def _inputs(finding: Finding, ground: Ground) -> tuple[frozenset[str], set[str]]:
    """Items with all that they were made from, sensors, and claims: of the finding and of those that it reads."""
    made_of, claims, seen, waiting = frozenset[str](), set[str](), {finding.id}, [finding]
    while waiting:
        for ref in waiting.pop().inputs:
            if ref.kind == "finding" and ref.id in ground.findings and ref.id not in seen:
                seen.add(ref.id)
                waiting.append(ground.findings[ref.id])
            elif ref.kind == "item":
                made_of |= _back(ref.id, ground)
            elif ref.kind in {"sensor", "observations"}:
                made_of |= {f"{ref.kind} {ref.id}"}
            elif ref.id in ground.claims:
                claims.add(ref.id)
    return made_of, claims


def _back(name: str, ground: Ground) -> frozenset[str]:
    """An item, and every item that it was made from or taken out of."""
    found, waiting = {name}, [name]
    while waiting:
        record = ground.items.get(waiting.pop())
        if record is None:
            continue
        derived, inside = record.item.derived, record.item.origin.inside
        above = {*(derived.parents if derived is not None else ()), *((inside,) if inside is not None else ())}
        waiting += sorted(above - found)
        found |= above
    return frozenset(found)


def _first_copy(name: str, ground: Ground) -> str:
    while (earlier := ground.media[name].copy_of) is not None and earlier in ground.media:
        name = earlier
    return name


def _add_finding(facts: dict[str, Facts], piece: Piece, finding: Finding) -> None:
    for root in piece.resting.needs:
        if root == piece.key.casefold():
            facts[root].name = f"our measurement {finding.id}"
            facts[root].methods.add(finding.method)


def _methods(piece: Piece, ground: Ground, facts: Mapping[str, Facts]) -> frozenset[str]:
    said = ground.claims.get(piece.resting.utterance) if piece.row.claim is not None else None
    origin = said.origin if said is not None else piece.row.origin
    own = methods_in(origin) if origin is not None else frozenset[str]()
    return own or frozenset(method for root in piece.resting.needs for method in facts[root].methods)


def _made_of_one(pieces: Sequence[Piece]) -> Iterator[Merge]:
    """Things made from one file or by one sensor may be one; a file adds nothing to a claim that is read in it."""
    for material in sorted({each for piece in pieces for each in piece.materials}):
        there = [piece for piece in pieces if material in piece.materials]
        made = _known(piece for piece in there if piece.row.claim is None and piece.row.text is None)
        said = _known(piece for piece in there if piece.row.claim is not None or piece.row.text is not None)
        why = f"both from {material}"
        if len(made) > 1:
            yield Merge("same-file", made, why)
        for root in sorted(made - said) if said else ():
            yield Merge("same-file", frozenset({root, *said}), why, hub=root)


def _known(pieces: Iterable[Piece]) -> frozenset[str]:
    return frozenset(root for piece in pieces for root in piece.resting.needs if is_known(root))


def _calculated(pieces: Sequence[Piece]) -> Iterator[Merge]:
    """A finding that also rests on claims adds nothing to who knows those."""
    for piece in pieces:
        if piece.row.finding is not None and piece.resting.leans:
            (own,) = piece.resting.needs
            why = f"finding {piece.row.finding} was made with what they said"
            yield Merge("leans-on", frozenset({own, *piece.resting.leans}), why, hub=own)
