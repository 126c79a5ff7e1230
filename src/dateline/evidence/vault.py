"""Sensitive fields (who uploaded it, the exact point, a real name) in one encrypted file outside the case and git.

The case keeps a salted commitment in place of the value: SHA-256(salt || value). It gives nothing away, and whoever
is later shown salt and value can check that they are the ones meant on the day.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import platformdirs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from dateline.core.errors import InputError
from dateline.core.identity import canonical_json, is_id
from dateline.evidence.atomic import write_atomic
from dateline.evidence.lock import exclusive

COST = 1 << 17
"""scrypt's N; with r = 8 and p = 1 one guess costs 128 MiB (OWASP Password Storage Cheat Sheet)."""

_COSTS = range(1 << 10, (1 << 20) + 1)
"""What we accept in a file: a forged one must not make us ask for all memory."""

_SALT = 32
"""Length of every salt [bytes]."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment: salt and value. Shown to whoever may check it, and to nobody else."""

    salt: bytes
    value: str

    def __repr__(self) -> str:
        return "Opening(…)"

    def commitment(self) -> str:
        """SHA-256(salt || value in UTF-8), hex."""
        return hashlib.sha256(self.salt + self.value.encode()).hexdigest()


class Vault:
    """The sensitive fields of one case, by name ("claims/C041.uploader"). Build it with open_vault()."""

    __slots__ = ("_case_id", "_cost", "_key", "_path", "_salt")

    def __init__(self, path: Path, case_id: str, passphrase: str, *, cost: int) -> None:
        self._path, self._case_id = path, case_id
        with exclusive(path.with_suffix(".lock")):
            old = _header(path) if path.is_file() else None
            self._cost: int = cost if old is None else old["n"]
            self._salt: str = _text(secrets.token_bytes(_SALT)) if old is None else old["salt"]
            self._key = _derive(passphrase, salt=_bytes(self._salt), cost=self._cost)
            if old is None:
                self._save({})
        self._load()

    def __repr__(self) -> str:
        return f"Vault({self._case_id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A vault is not copied or sent to another process: it has a key.")

    @property
    def path(self) -> Path:
        """Where the encrypted file lies."""
        return self._path

    def put(self, field: str, value: str) -> str:
        """Keeps a value and gives its commitment, the only thing that may go into the case.

        A new salt each time: the same value twice cannot be told from two values.
        """
        opening = Opening(secrets.token_bytes(_SALT), value)
        with exclusive(self._path.with_suffix(".lock")):
            self._save(self._load() | {field: opening})
        return opening.commitment()

    def get(self, field: str) -> str:
        """The value. Raises InputError (code "vault-field") when there is none of this name."""
        return self.opening(field).value

    def commitment(self, field: str) -> str:
        """The commitment of a value. Raises InputError (code "vault-field")."""
        return self.opening(field).commitment()

    def opening(self, field: str) -> Opening:
        """Salt and value, to show to somebody who may check the commitment. Raises InputError (code "vault-field")."""
        found = self._load().get(field)
        if found is None:
            raise InputError(
                "The vault has no such field.",
                saw=repr(field),
                do="It was never put in, or was forgotten on purpose; the commitment in the case stays.",
                code="vault-field",
            )
        return found

    def fields(self) -> tuple[str, ...]:
        """The names of all fields, in order."""
        return tuple(sorted(self._load()))

    def forget(self, field: str) -> None:
        """Removes a value and its salt: the commitment in the case can then never be opened again.

        What a disk or a backup kept of the old file we cannot reach. Raises InputError (code "vault-field").
        """
        self.opening(field)
        with exclusive(self._path.with_suffix(".lock")):
            self._save({name: opening for name, opening in self._load().items() if name != field})

    def _load(self) -> dict[str, Opening]:
        header = _header(self._path)
        sealed = {"nonce": header.pop("nonce"), "sealed": header.pop("sealed")}
        try:
            plain = ChaCha20Poly1305(self._key).decrypt(
                _bytes(sealed["nonce"]), _bytes(sealed["sealed"]), self._bound(header)
            )
        except (InvalidTag, ValueError):
            raise _locked(self._path) from None  # nothing of what was tried may show in a trace
        return {name: Opening(_bytes(salt), value) for name, (salt, value) in json.loads(plain).items()}

    def _save(self, openings: dict[str, Opening]) -> None:
        header = {"schema": 1, "kdf": "scrypt", "n": self._cost, "r": 8, "p": 1, "salt": self._salt}
        header |= {"cipher": "ChaCha20-Poly1305"}
        plain = json.dumps({name: (_text(opening.salt), opening.value) for name, opening in openings.items()})
        nonce = secrets.token_bytes(12)
        sealed = ChaCha20Poly1305(self._key).encrypt(nonce, plain.encode(), self._bound(header))
        whole = header | {"nonce": _text(nonce), "sealed": _text(sealed)}
        write_atomic(self._path, canonical_json(whole) + b"\n", mode=0o600)

    def _bound(self, header: dict[str, Any]) -> bytes:
        """What the seal covers beside the values: its own settings and the case, so that vaults cannot be swapped."""
        return canonical_json(header | {"case": self._case_id})


def open_vault(case: Path, case_id: str, passphrase: str, *, folder: Path | None = None, cost: int = COST) -> Vault:
    """The vault of a case, in the user's data folder (or `folder`), new or as it stands.

    `cost` is scrypt's N for a new vault; an old one has its own. Raises InputError: "vault-locked" (wrong passphrase,
    or the file was changed), "vault-place" (it would lie in the case or in the case's git), "vault-passphrase" (none),
    "vault-case" (an id that names no file).
    """
    if not is_id(case_id):
        raise InputError(
            "A vault is named after the case's id.",
            saw=repr(case_id[:80]),
            do="Give the case an id of letters, digits, dot, dash and underscore.",
            code="vault-case",
        )
    if not passphrase.strip():
        raise InputError(
            "A vault needs a passphrase.",
            saw="an empty one",
            do="Choose several words that nobody can guess, and keep them where the desk can find them.",
            code="vault-passphrase",
        )
    path = (folder or platformdirs.user_data_path("dateline") / "vaults") / f"{case_id}.vault"
    _check_outside(path, case)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Vault(path, case_id, passphrase, cost=cost)


def _check_outside(path: Path, case: Path) -> None:
    place, root = path.resolve(), case.resolve()
    shared = next((parent for parent in (root, *root.parents) if (parent / ".git").exists()), root)
    for folder in (root, shared):
        if place.is_relative_to(folder):
            raise InputError(
                "A vault never lies inside a case, or in the git repository of one.",
                saw=f"{place} lies in {folder}",
                do="Leave it in your user data folder, or name a folder that is shared with nobody.",
                code="vault-place",
            )


def _derive(passphrase: str, *, salt: bytes, cost: int) -> bytes:
    """The key: scrypt (Percival and Josefsson 2016, RFC 7914) of the passphrase in one Unicode spelling."""
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(unicodedata.normalize("NFC", passphrase).encode())


def _header(path: Path) -> dict[str, Any]:
    """The outer JSON of a vault file, checked before any work is done with it."""
    try:
        whole = json.loads(path.read_bytes())
        keys = {"schema", "kdf", "n", "r", "p", "salt", "cipher", "nonce", "sealed"}
        good = set(whole) == keys and type(whole["n"]) is int and whole["n"] in _COSTS and whole["n"].bit_count() == 1
        if good and len(_bytes(whole["salt"])) == _SALT:
            return dict(whole)
    except (OSError, ValueError, TypeError, AttributeError):
        raise _locked(path) from None
    raise _locked(path)


def _locked(path: Path) -> InputError:
    return InputError(
        "The vault does not open.",
        saw=f"{path.name}: wrong passphrase, another case's vault, or a file that was changed",
        do="Type the passphrase again; if it is surely right, take the file from a backup.",
        code="vault-locked",
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
