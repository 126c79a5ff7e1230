"""A second witness without an authority: OpenTimestamps (Todd 2016) commits a hash to a block of the Bitcoin chain.

Needs the extra `witness`. Fresh stamps are pending: a calendar promises to commit, and that proves nothing yet. Once
committed, the path to the block and the block's header (80 bytes) lie in the case, and both are checked offline: a
header bears its own proof of work, which nobody makes for a forgery.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from dateline.core.errors import InputError
from dateline.evidence.chain import spelled
from dateline.evidence.door.client import Door
from dateline.evidence.door.request import Request
from dateline.evidence.seal.entered import is_beside
from dateline.evidence.seal.record import Place, read_file

if TYPE_CHECKING:
    from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

CALENDARS = (
    "https://a.pool.opentimestamps.org",
    "https://b.pool.opentimestamps.org",
    "https://finney.calendar.eternitywall.com",
)
"""Who is asked to commit our hash; one that answers is enough."""

KNOWN = (
    "https://alice.btc.calendar.opentimestamps.org",
    "https://bob.btc.calendar.opentimestamps.org",
    "https://finney.calendar.eternitywall.com",
    "https://btc.calendar.catallaxy.com",
)
"""Calendars that a stamp may name: no other address in a file makes us open a connection."""

EXPLORER = "https://blockstream.info/api"
"""Where block headers are fetched; a forged one fails its proof of work."""

HEADER = 80
"""Length of a block header [bytes]."""

EASIEST = 1 << 186
"""A header must show more work than 2^70 hashes: every block since 2017 does (target at most this)."""

MOST = 10_000
"""A calendar's answer is shorter than this [bytes]."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a stamp is worth. anchored: committed by a block, seen by `at`. pending: a promise, no proof."""

    state: Literal["anchored", "pending", "bad", "unchecked"]
    code: str
    text: str
    height: int | None = None
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


def stamp(data: bytes, door: Door, *, calendars: tuple[str, ...] = CALENDARS) -> bytes:
    """An .ots file over SHA-256(data), pending. The calendars see a hash of that hash and a random number.

    Raises InputError: "witness-missing" without the extra, "witness-silent" when no calendar answers.
    """
    _check_installed()
    from opentimestamps.core.op import OpAppend, OpSHA256
    from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

    whole = Timestamp(hashlib.sha256(data).digest())
    hidden = whole.ops.add(OpAppend(secrets.token_bytes(16))).ops.add(OpSHA256())
    errors = []
    for calendar in calendars:
        request = Request(f"{calendar}/digest", "POST", _HEADERS, hidden.msg)
        try:
            hidden.merge(_timestamp(door.ask(request, most=MOST, attempts=2).body, hidden.msg))
        except InputError as error:
            errors.append(f"{calendar}: {error.what}")
    if len(errors) == len(calendars):
        raise InputError(
            "No calendar of OpenTimestamps answered.",
            saw="; ".join(errors),
            do="Seal without --witness, and try `dateline seal --again --witness` later.",
            code="witness-silent",
        )
    return _written(DetachedTimestampFile(OpSHA256(), whole))


def upgrade(raw: bytes, door: Door, *, known: tuple[str, ...] = KNOWN) -> bytes:
    """The same stamp with what its calendars have committed by now; the same bytes when there is nothing new."""
    _check_installed()
    from opentimestamps.core.notary import PendingAttestation

    file = _read(raw)
    for node in list(_nodes(file.timestamp)):
        for attestation in list(node.attestations):
            if isinstance(attestation, PendingAttestation) and attestation.uri in known:
                request = Request(f"{attestation.uri}/timestamp/{node.msg.hex()}", headers=_HEADERS)
                try:
                    node.merge(_timestamp(door.ask(request, most=MOST, attempts=1).body, node.msg))
                except InputError:
                    continue  # not committed yet, or silent: it stays pending
    return _written(file)


def heights(raw: bytes) -> tuple[int, ...]:
    """The heights of the blocks that a stamp says it is committed by, lowest first."""
    return tuple(sorted(height for height, _ in _commitments(_read(raw))))


def fetch_header(height: int, door: Door, *, explorer: str = EXPLORER, easiest: int = EASIEST) -> bytes:
    """The header of a block, 80 bytes. Raises InputError: of the door, or "witness-header" for what is none."""
    name = door.ask(Request(f"{explorer}/block-height/{height}"), most=MOST).body.decode("ascii", errors="replace")
    text = door.ask(Request(f"{explorer}/block/{name.strip()[:64]}/header"), most=MOST).body
    try:
        header = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        header = b""
    why = _doubt(header, easiest)
    if why:
        raise _bad_header(height, why)
    return header


def check(raw: bytes, data: bytes, headers: Mapping[int, bytes], *, easiest: int = EASIEST) -> Witnessed:
    """What a stamp proves about SHA-256(data), with block headers by height, offline.

    easiest is the highest target that a header may have.
    """
    try:
        _check_installed()
        file = _read(raw)
    except InputError as error:
        state: Literal["bad", "unchecked"] = "unchecked" if error.code == "witness-missing" else "bad"
        return Witnessed(state, error.code, f"{error.what} {error.do if state == 'unchecked' else error.saw}")
    if file.file_digest != hashlib.sha256(data).digest() or file.file_hash_op.TAG_NAME != "sha256":
        return Witnessed("bad", "witness-digest", "it is for other bytes")
    found = sorted(_commitments(file))
    for height, digest in found:
        header = headers.get(height)
        if header is None:
            continue
        why = _doubt(header, easiest) or ("" if header[36:68] == digest else "its Merkle root is another one")
        if why:
            return Witnessed("bad", "witness-header", f"the header of block {height}: {why}", height)
        at = datetime.fromtimestamp(struct.unpack("<I", header[68:72])[0], UTC)
        text = f"committed by Bitcoin block {height}, whose header says {spelled(at)} (good to about two hours)"
        return Witnessed("anchored", "witness-anchored", text, height, at)
    if found:
        text = f"said to be committed by block {found[0][0]}, whose header is not here: no proof yet"
        return Witnessed("pending", "witness-headerless", text, found[0][0])
    return Witnessed("pending", "witness-pending", "a calendar has promised to commit it: no proof yet")


def of_seal(place: Place, data: bytes) -> Witnessed:
    """What the stamps in the folder of a seal are worth together: the first bad one, or the best.

    Raises InputError (code "seal-file").
    """
    headers = {int(path.stem[6:]): read_file(path) for path in place.folder.glob("block-*.header") if is_beside(path)}
    found = [check(read_file(path), data, headers) for path in sorted(place.folder.glob("*.ots"))]
    order = ("bad", "anchored", "pending", "unchecked")
    return min(found, key=lambda each: order.index(each.state))


def _check_installed() -> None:
    from importlib.util import find_spec

    if find_spec("opentimestamps") is None:
        raise InputError(
            "The second witness needs a package that is not installed.",
            saw="no package opentimestamps",
            do="Install it with: pip install 'dateline[witness]'",
            code="witness-missing",
        )


_HEADERS = (("Accept", "application/vnd.opentimestamps.v1"),)


def _timestamp(body: bytes, message: bytes) -> Timestamp:
    from opentimestamps.core.serialize import BytesDeserializationContext, DeserializationError
    from opentimestamps.core.timestamp import Timestamp

    try:
        return Timestamp.deserialize(BytesDeserializationContext(body), message)
    except (DeserializationError, ValueError) as error:
        raise _unreadable(error) from None


def _read(raw: bytes) -> DetachedTimestampFile:
    from opentimestamps.core.serialize import DeserializationError, StreamDeserializationContext
    from opentimestamps.core.timestamp import DetachedTimestampFile

    try:
        file = DetachedTimestampFile.deserialize(StreamDeserializationContext(io.BytesIO(raw)))
    except (DeserializationError, ValueError) as error:
        raise _unreadable(error) from None
    return file


def _written(file: DetachedTimestampFile) -> bytes:
    from opentimestamps.core.serialize import BytesSerializationContext

    context = BytesSerializationContext()
    file.serialize(context)
    data: bytes = context.getbytes()
    return data


def _nodes(timestamp: Timestamp) -> list[Timestamp]:
    """A timestamp and all that its operations lead to."""
    found, waiting = [], [timestamp]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.ops.values())
    return found


def _commitments(file: DetachedTimestampFile) -> list[tuple[int, bytes]]:
    """Heights of Bitcoin blocks, and the Merkle root that each must have."""
    from opentimestamps.core.notary import BitcoinBlockHeaderAttestation

    return [
        (attestation.height, message)
        for message, attestation in file.timestamp.all_attestations()
        if isinstance(attestation, BitcoinBlockHeaderAttestation)
    ]


def _doubt(header: bytes, easiest: int) -> str:
    """Why a header is none that somebody mined; empty when it is (Nakamoto 2008, section 4)."""
    if len(header) != HEADER:
        return f"{len(header)} bytes; a header has {HEADER}"
    bits = struct.unpack("<I", header[72:76])[0]
    target = (bits & 0x7FFFFF) << 8 * max(0, (bits >> 24) - 3)
    found = int.from_bytes(hashlib.sha256(hashlib.sha256(header).digest()).digest(), "little")
    if target > easiest:
        return "it shows too little work"
    return "" if found <= target else "its proof of work is wrong"


def _unreadable(error: Exception) -> InputError:
    return InputError(
        "This is not an OpenTimestamps file.",
        saw=f"{type(error).__name__}: {str(error)[:120]}",
        do="Take it from git's history or a colleague's copy, or stamp the seal again.",
        code="witness-unreadable",
    )


def _bad_header(height: int, why: str) -> InputError:
    return InputError(
        "What came is not the header of a block.",
        saw=f"block {height}: {why}",
        do="Try again later, or with another explorer.",
        code="witness-header",
    )
