"""One item's proof, to give away alone: the custody line, its way up the tree, the checkpoint and its replies.

Whoever has it needs nothing else of the case to check that the line was under the seal, and when that was.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import Field, Strict, ValidationError

from dateline.core.errors import InputError
from dateline.evidence.chain import chains, parse, spelled
from dateline.evidence.part import Part, Sha256, Told
from dateline.evidence.seal.certificates import Trust, joined, kept, load, read_kept, sorted_out
from dateline.evidence.seal.checkpoint import Checkpoint, check_note, decode, parse_checkpoint, parse_key, parse_note
from dateline.evidence.seal.coverage import Cursors, leaves, stored_lines
from dateline.evidence.seal.keys import published, read_key
from dateline.evidence.seal.merkle import inclusion_proof, is_included, leaf_hash
from dateline.evidence.seal.record import CHECKPOINT, Place, Record, logs, places, read_file, read_record
from dateline.evidence.seal.report import authorities_say, seen_by
from dateline.evidence.seal.timestamp import Stamp, check_reply


class Proof(Part):
    """The proof of one custody line. Replies and certificates are base64 of DER."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    item: Told
    line: Told = Field(description="the stored line, without its line feed")
    seal: Told = Field(description="where the seal lies in the case")
    index: int = Field(ge=0, description="of the line in the tree, from 0")
    size: int = Field(ge=1)
    path: Annotated[tuple[Sha256, ...], Strict(False)] = ()
    checkpoint: Told
    keys: Annotated[tuple[Told, ...], Strict(False)] = ()
    tokens: Annotated[dict[str, str], Strict(False)] = Field(default_factory=dict)
    certificates: Annotated[tuple[str, ...], Strict(False)] = Field(default=(), description="that the case declares")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return self.model_dump(by_alias=True, mode="json")

    @classmethod
    def of(cls, data: Any) -> Proof:
        """From JSON that was read. Raises InputError (code "proof")."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise _bad(str(error).splitlines()[0]) from None


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof proves: the line, the fingerprints of the keys that signed, and what its replies are worth."""

    line: str
    keys: tuple[str, ...]
    tokens: dict[str, Stamp]

    def text(self) -> str:
        """In a sentence."""
        under = f"The line is under the checkpoint signed with key {', '.join(key[:16] for key in self.keys)}…"
        good = [stamp for stamp in self.tokens.values() if stamp.state == "good"]
        at = seen_by(good)
        if at is None:
            return f"{under}; no declared authority says since when."
        return f"{under}, and existed at or before {spelled(at)}, {authorities_say(good)}."


@dataclass(frozen=True, slots=True)
class _Found:
    """A line under a seal: its seal, its place in the tree, its bytes."""

    place: Place
    record: Record
    chain: str
    seq: int
    line: bytes


def prove(case: Path, item: str) -> Proof:
    """The proof of the earliest sealed line that says of an item (or a path) what the newest one says.

    Of several logs the one with most replies is taken. Raises InputError: "proof-none" when no sealed line is about
    it, "proof" when the lines are not those that were sealed, and what reading the seals raises.
    """
    lines = list(_about(case, item))
    found = next((each for line in _same(lines) if (each := _first_seal(case, *line))), None)
    if found is None:
        raise InputError(
            "No seal covers a line about this.",
            saw=f"{item}: {len(lines)} lines in the custody log, none under a seal",
            do="Check the id; if it is right, `dateline seal` covers it.",
            code="proof-none",
        )
    index = _index(case, found)
    path = inclusion_proof(index, found.record.size, _leaves(case, found))
    proof = Proof(
        item=item,
        line=found.line.decode(),
        seal=found.place.inside,
        index=index,
        size=found.record.size,
        path=tuple(step.hex() for step in path),
        checkpoint=read_file(found.place.folder / CHECKPOINT).decode(),
        keys=tuple(key.text() for key in map(read_key, published(case)) if key.name == found.record.origin),
        tokens={token.name: _text(read_file(token)) for token in found.place.tokens()},
        certificates=tuple(_text(read_kept(each).public_bytes(Encoding.DER)) for each in kept(case)),
    )
    _check_line(proof, parse_checkpoint(parse_note(proof.checkpoint.encode()).text))
    return proof


def check_proof(proof: Proof, *, now: datetime, trust: Trust | None = None, keys: Sequence[str] = ()) -> Proven:
    """Checks a proof by itself. `keys` are verifier keys known from elsewhere; without them the proof's own are taken.

    trust: the roots that whoever checks declares; the proof's own come second. Raises InputError: "proof" (the line
    is not under the checkpoint, or no key signed it), "note", "seal-signature", "seal-key", "certificate".
    """
    data = proof.checkpoint.encode()
    note = parse_note(data)
    checkpoint = parse_checkpoint(note.text)
    known = [parse_key(key) for key in (keys or proof.keys)]
    signed = check_note(note, [key for key in known if key.name == checkpoint.origin])
    if not signed.by:
        raise _bad("no known key signed the checkpoint")
    _check_line(proof, checkpoint)
    declared = sorted_out([each for text in proof.certificates for each in load(_data(text), "the proof")], "case")
    whole = declared if trust is None else joined(trust, declared)
    stamps = {name: check_reply(_data(text), data, whole, now=now) for name, text in proof.tokens.items()}
    return Proven(proof.line, tuple(key.fingerprint() for key in signed.by), stamps)


def _check_line(proof: Proof, checkpoint: Checkpoint) -> None:
    path = [bytes.fromhex(step) for step in proof.path]
    leaf = leaf_hash(proof.line.encode())
    same_size = proof.size == checkpoint.size
    if not same_size or not is_included(leaf, index=proof.index, size=proof.size, proof=path, root=checkpoint.root):
        raise _bad(f"the line is not leaf {proof.index} of the tree that was signed")


def _about(case: Path, item: str) -> Iterator[tuple[str, int, bytes]]:
    """The lines about a subject, in order of chain: name, number, bytes."""
    told = item.encode()
    for name, path in chains(case).items():
        for number, stored in enumerate(stored_lines(path)):
            if told in stored:
                entry = parse(stored)
                if entry is not None and entry.subject == item:
                    yield name, number, stored


def _same(lines: list[tuple[str, int, bytes]]) -> list[tuple[str, int, bytes]]:
    """Those that say the hashes that the newest says, earliest first."""
    entries = {line: parse(line[2]) for line in lines}
    told = [
        (entry, line) for line, entry in entries.items() if entry is not None and (entry.sha256 or entry.meta_sha256)
    ]
    told.sort(key=lambda each: each[0].at)
    newest = told[-1][0] if told else None
    return [
        line
        for entry, line in told
        if newest is not None and (entry.sha256, entry.meta_sha256) == (newest.sha256, newest.meta_sha256)
    ]


def _first_seal(case: Path, chain: str, seq: int, line: bytes) -> _Found | None:
    """The first seal of each log that covers a line; of these, the one with most replies."""
    found = []
    for log in logs(case):
        for place in places(case, log):
            record = read_record(place)
            if record.entries().get(chain, 0) > seq:
                found.append(_Found(place, record, chain, seq, line))
                break
    return max(found, key=lambda each: len(each.place.tokens()), default=None)


def _records(case: Path, found: _Found) -> Iterator[Record]:
    for place in places(case, found.place.log):
        if place.number <= found.place.number:
            yield read_record(place)


def _leaves(case: Path, found: _Found) -> Iterator[bytes]:
    cursors = Cursors(case)
    for record in _records(case, found):
        yield from leaves(cursors, record)


def _index(case: Path, found: _Found) -> int:
    """Where a line stands in the tree: in seal order."""
    at = 0
    for record in _records(case, found):
        for covered in record.chain:
            if covered.name == found.chain and covered.before <= found.seq < covered.entries:
                return at + found.seq - covered.before
            at += covered.entries - covered.before
    raise AssertionError("the seal covers the line")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _data(text: str) -> bytes:
    data = decode(text)
    if data is None:
        raise _bad("bytes that are not base64")
    return data


def _bad(why: str) -> InputError:
    return InputError(
        "The proof does not prove its line.",
        saw=why,
        do="Ask for the proof again: `dateline seal --prove ITEM` writes it.",
        code="proof",
    )
