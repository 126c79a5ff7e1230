"""The key that a person seals with on one machine: private in the user's data folder, public in the case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from dateline.core.errors import InputError
from dateline.evidence.atomic import write_atomic
from dateline.evidence.lock import exclusive
from dateline.evidence.seal.checkpoint import Checkpoint, Note, Signature, VerifierKey, parse_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FOLDER = "evidence/seals/keys"
"""Where the public keys of a case lie, one line a file."""

_SEED = 32
"""Length of a private key [bytes]."""


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key under a name. It shows itself nowhere."""

    key: VerifierKey
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Signer({self.key.name!r})"

    def sign(self, checkpoint: Checkpoint) -> Note:
        """The checkpoint as a note with one signature."""
        text = checkpoint.text()
        return Note(text, (Signature(self.key.name, self.key.key_id, self.private.sign(text.encode())),))


def signer(who: str, name: str, *, folder: Path | None = None) -> Signer:
    """The key of a person on this machine, made at first use, under the name of a log.

    `who` is the name of the custody chain; `folder` is the user's data folder unless given. Raises InputError
    ("seal-private-key") for a file that is not a key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    place = (folder or platformdirs.user_data_path("dateline") / "seal-keys") / f"{who}.ed25519"
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(place.with_suffix(".lock")):
        if not place.exists():
            write_atomic(place, Ed25519PrivateKey.generate().private_bytes_raw(), mode=0o600)
        seed = place.read_bytes()
    if len(seed) != _SEED:
        raise InputError(
            "The private key for seals is not a key.",
            saw=f"{place.name}: {len(seed)} bytes; an Ed25519 key has {_SEED}",
            do="Take it from a backup, or move it away: a new key is then made and its public part enters the case.",
            code="seal-private-key",
        )
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(VerifierKey(name, private.public_key().public_bytes_raw()), private)


def key_path(case: Path, key: VerifierKey) -> Path:
    """The file of a public key in a case."""
    return case / FOLDER / f"{key.key_id.hex()}.vkey"


def publish(case: Path, key: VerifierKey) -> Path | None:
    """Writes a public key into a case and gives its path; None when it is there already."""
    path = key_path(case, key)
    if path.exists():
        return None
    write_atomic(path, f"{key.text()}\n".encode())
    return path


def read_key(path: Path) -> VerifierKey:
    """A public key of a case. Raises InputError ("seal-key") for one that is changed or under another's name."""
    data = path.read_bytes()[:10_000].decode("utf-8", errors="replace")
    key = parse_key(data.removesuffix("\n"))
    if data != f"{key.text()}\n" or path.stem != key.key_id.hex():
        raise InputError(
            "A public key for seals is not as it was written.",
            saw=f"{path.name}: key {key.key_id.hex()}",
            do="Take the file from git's history or a colleague's copy.",
            code="seal-key",
        )
    return key


def published(case: Path) -> list[Path]:
    """The files of all public keys of a case, in order of name."""
    return sorted((case / FOLDER).glob("*.vkey"))
