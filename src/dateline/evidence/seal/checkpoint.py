"""Checkpoints: the size and root of a tree as a text that is signed (C2SP tlog-checkpoint and signed-note, 2024).

dateline/mk.a1b2c3d4/5f0c…                      the log
130                                             its size
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    its root
seal sha256:9a3f…                               the hash of the seal's record

— dateline/mk.a1b2c3d4/5f0c… Az3grlgtzPICa5OS…  name, and base64(key id || signature)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dateline.core.errors import InputError
from dateline.evidence.seal.merkle import SIZE

ED25519 = 0x01
"""The signature type of Ed25519 in key ids and verifier keys."""

LONGEST = 1_000_000
"""A note longer than this is not read [bytes]."""

MOST_SIGNATURES = 100

_DASH = "\u2014 "
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log. `extensions` are further lines; readers that do not know them pass them over."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """What is signed, its last line feed included."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode("ascii"), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the name and id of a key, and what it signed with."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Its line in a note, with the line feed."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    def data(self) -> bytes:
        """The bytes of the note: text, blank line, signatures."""
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode()


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public part of an Ed25519 key and its name, as the case keeps it: NAME+ID+BASE64."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x01 || public key), the first 4 bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    def text(self) -> str:
        """The key in one line, without a line feed (C2SP signed-note, verifier keys)."""
        key = base64.b64encode(bytes([ED25519]) + self.public).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def fingerprint(self) -> str:
        """SHA-256 of the public key, hex: what people compare over the phone."""
        return hashlib.sha256(self.public).hexdigest()

    def signed(self, note: Note, signature: Signature) -> bool:
        """Whether it made this signature under this note."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature.signature, note.text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a note: the keys that we know and that did; how many signatures are by keys that we do not know."""

    by: tuple[VerifierKey, ...]
    unknown: int


def check_note(note: Note, keys: Iterable[VerifierKey]) -> Signed:
    """Which of the keys signed a note. Raises InputError ("seal-signature") when a signature in the name of one is bad.

    A note of which no known key is a signer is not an error: `by` is then empty.
    """
    known = {(key.name, key.key_id): key for key in keys}
    by: dict[VerifierKey, None] = {}
    unknown = 0
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            unknown += 1
        elif key.signed(note, signature):
            by[key] = None
        else:
            raise InputError(
                "A signature under the checkpoint is not of this text.",
                saw=f"the signature of key {key.key_id.hex()}, {key.name}",
                do="Take the file from git's history or a colleague's copy, and find out who or what changed it.",
                code="seal-signature",
            )
    return Signed(tuple(by), unknown)


def parse_note(data: bytes) -> Note:
    """A signed note, read strictly. Raises InputError (code "note") with what is wrong with it."""
    if len(data) > LONGEST:
        raise _bad(f"{len(data):,} bytes; a note has at most {LONGEST:,}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad(f"not UTF-8 at byte {error.start}") from None
    if any(sign < " " and sign != "\n" for sign in whole):
        raise _bad("a control character")
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not text or not below.endswith("\n"):
        raise _bad("no blank line between a text and signatures, or no line feed at the end")
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise _bad(f"{len(lines)} signatures; at most {MOST_SIGNATURES}")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in the text of a note. Raises InputError (code "note")."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not text.endswith("\n") or not all(lines):
        raise _bad("fewer than three lines, or an empty one; origin, size and root are needed")
    if not _DECIMAL.fullmatch(lines[1]):
        raise _bad(f"the size {lines[1][:40]!r}")
    root = decode(lines[2])
    if root is None or len(root) != SIZE:
        raise _bad(f"the root {lines[2][:60]!r}")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def parse_key(text: str) -> VerifierKey:
    """A verifier key in one line. Raises InputError (code "seal-key")."""
    name, _, rest = text.partition("+")
    number, _, key = rest.partition("+")
    data = decode(key)
    if data is not None and len(data) == 1 + 32 and data[0] == ED25519 and _NAME.fullmatch(name):
        found = VerifierKey(name, data[1:])
        if found.key_id.hex() == number:
            return found
    raise InputError(
        "This is not a verifier key.",
        saw=repr(text[:120]),
        do="Take the file from git's history or a colleague's copy; it is one line NAME+ID+KEY for Ed25519.",
        code="seal-key",
    )


def decode(text: str) -> bytes | None:
    """Standard base64 in its one spelling (RFC 4648, section 4), or None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode("ascii") == text else None


def _signature(line: str) -> Signature:
    name, _, said = line.removeprefix(_DASH).partition(" ")
    data = decode(said)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or data is None or len(data) < 5:
        raise _bad(f"the signature line {line[:80]!r}")
    return Signature(name, data[:4], data[4:])


def _bad(why: str) -> InputError:
    return InputError(
        "This is not a signed checkpoint.",
        saw=why,
        do="Take the file from git's history or a colleague's copy, and find out who or what changed it.",
        code="note",
    )
