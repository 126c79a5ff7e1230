"""Sensitive fields (who uploaded it, the exact point, a real name) in one encrypted file outside the case and git.

The file is an age file (age-encryption.org/v1) with plain JSON in it: in ten years the ordinary `age` tool still opens
it, with the passphrase or with the key file of anybody on the desk. The case keeps a salted commitment in place of the
value: SHA-256(salt || value). It gives nothing away, and whoever is later shown salt and value can check that they
are the ones meant on the day.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import platformdirs
import pyrage

from dateline.core.errors import InputError
from dateline.core.identity import is_id
from dateline.evidence.atomic import create_beside, settle, sync_folder, write_atomic
from dateline.evidence.lock import exclusive

_SALT = 32
"""Length of every salt [bytes]."""

_LARGEST_KEY = 65_536
"""A key file above this size [bytes] is something else."""

_HEADER = b"age-encryption.org/v1\n"


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

    def to_json(self) -> dict[str, str]:
        """Salt as hex, and the value."""
        return {"salt": self.salt.hex(), "value": self.value}


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Words that several people know. One Unicode spelling (NFC), so that every keyboard types the same."""

    words: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.words.strip():
            raise InputError(
                "A vault needs a passphrase.",
                saw="an empty one",
                do="Choose several words that nobody can guess, and keep them where the desk can find them.",
                code="vault-passphrase",
            )

    def encrypt(self, plain: bytes, _people: Mapping[str, str]) -> bytes:
        """An age file that these words open (scrypt recipient; its cost is set to about a second by the library)."""
        return bytes(pyrage.passphrase.encrypt(plain, unicodedata.normalize("NFC", self.words)))

    def decrypt(self, sealed: bytes) -> bytes:
        """What is in an age file. Raises pyrage.DecryptError."""
        return bytes(pyrage.passphrase.decrypt(sealed, unicodedata.normalize("NFC", self.words)))


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret keys of one person, read from key files (read_keys())."""

    secret: tuple[Any, ...] = field(repr=False)

    def public(self) -> tuple[str, ...]:
        """Their public halves, as far as they can be told from them (an OpenSSH key's lies in its .pub file)."""
        return tuple(str(key.to_public()) for key in self.secret if hasattr(key, "to_public"))

    def encrypt(self, plain: bytes, people: Mapping[str, str]) -> bytes:
        """An age file that each of these people opens with a key file of their own."""
        return bytes(pyrage.encrypt(plain, [_recipient(name, key) for name, key in people.items()]))

    def decrypt(self, sealed: bytes) -> bytes:
        """What is in an age file. Raises pyrage.DecryptError."""
        return bytes(pyrage.decrypt(sealed, list(self.secret)))


Key = Passphrase | Keys
"""What opens a vault."""


@dataclass(frozen=True, slots=True)
class _Inside:
    """What the age file contains."""

    people: Mapping[str, str]
    fields: Mapping[str, Opening]


class Vault:
    """The sensitive fields of one case, by name ("claims/C041.toml#original.text"). Build it with open_vault()."""

    __slots__ = ("_case_id", "_key", "_path", "_seen")

    def __init__(self, path: Path, case_id: str, key: Key, *, people: Mapping[str, str]) -> None:
        self._path, self._case_id, self._key = path, case_id, key
        self._seen: tuple[bytes, _Inside] | None = None
        with exclusive(path.with_suffix(".lock")):
            if not path.is_file():
                self._save(_Inside(_checked(people, key), {}))
        self._load()

    def __repr__(self) -> str:
        return f"Vault({self._case_id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A vault is not copied or sent to another process: it has a key.")

    @property
    def path(self) -> Path:
        """Where the encrypted file lies."""
        return self._path

    def people(self) -> Mapping[str, str]:
        """Who can open it: public key by name. Nobody by name where it opens with a passphrase."""
        return self._load().people

    def put(self, name: str, value: str) -> str:
        """Keeps a value and gives its commitment, the only thing that may go into the case.

        A new salt each time: the same value twice cannot be told from two values.
        """
        return self.put_all({name: value})[name]

    def put_all(self, values: Mapping[str, str]) -> dict[str, str]:
        """Keeps several values at once, all or none, and gives their commitments."""
        openings = {name: Opening(secrets.token_bytes(_SALT), value) for name, value in values.items()}
        with exclusive(self._path.with_suffix(".lock")):
            inside = self._load()
            self._save(_Inside(inside.people, {**inside.fields, **openings}))
        return {name: opening.commitment() for name, opening in openings.items()}

    def get(self, name: str) -> str:
        """The value. Raises InputError (code "vault-field") when there is none of this name."""
        return self.opening(name).value

    def commitment(self, name: str) -> str:
        """The commitment of a value. Raises InputError (code "vault-field")."""
        return self.opening(name).commitment()

    def opening(self, name: str) -> Opening:
        """Salt and value, to show to somebody who may check the commitment. Raises InputError (code "vault-field")."""
        found = self._load().fields.get(name)
        if found is None:
            raise InputError(
                "The vault has no such field.",
                saw=repr(name),
                do="It was never put in, or was forgotten on purpose; the commitment in the case stays.",
                code="vault-field",
            )
        return found

    def fields(self) -> tuple[str, ...]:
        """The names of all fields, in order."""
        return tuple(sorted(self._load().fields))

    def forget(self, name: str) -> None:
        """Removes a value and its salt: the commitment in the case can then never be opened again.

        What a disk or a backup kept of the old file we cannot reach. Raises InputError (code "vault-field").
        """
        self.opening(name)
        with exclusive(self._path.with_suffix(".lock")):
            inside = self._load()
            self._save(_Inside(inside.people, {at: kept for at, kept in inside.fields.items() if at != name}))

    def relock(self, key: Key, people: Mapping[str, str]) -> None:
        """Encrypts everything anew: to these people (name → public key) or, with a passphrase, to nobody by name.

        `key` must open the result, so that nobody locks themselves out. Whoever is left out cannot open the new file;
        what they saw, and old copies that they kept, we cannot reach. Raises InputError: "vault-people", "recipient".
        """
        people = _checked(people, key)
        with exclusive(self._path.with_suffix(".lock")):
            inside = self._load()
            self._key = key
            self._save(_Inside(people, inside.fields))

    def _load(self) -> _Inside:
        sealed = _read(self._path)
        if self._seen is None or self._seen[0] != sealed:
            self._seen = (sealed, self._opened(sealed))
        return self._seen[1]

    def _opened(self, sealed: bytes) -> _Inside:
        by_passphrase = sealed[len(_HEADER) :].startswith(b"-> scrypt ")
        if sealed.startswith(_HEADER) and by_passphrase != isinstance(self._key, Passphrase):
            raise _locked(self._path, "it opens with a passphrase" if by_passphrase else "it opens with a key file")
        try:
            told = json.loads(self._key.decrypt(sealed))
            if told["schema"] != 1 or told["case"] != self._case_id:
                raise ValueError
            fields = {name: Opening(bytes.fromhex(at["salt"]), at["value"]) for name, at in told["fields"].items()}
            return _Inside(MappingProxyType(told["people"]), MappingProxyType(fields))
        except (pyrage.DecryptError, ValueError, KeyError, TypeError, AttributeError):
            raise _locked(self._path) from None  # nothing of what was tried may show in a trace

    def _save(self, inside: _Inside) -> None:
        told = {
            "schema": 1,
            "case": self._case_id,  # so that vaults cannot be swapped
            "people": dict(inside.people),
            "fields": {name: opening.to_json() for name, opening in inside.fields.items()},
        }
        sealed = self._key.encrypt(json.dumps(told, ensure_ascii=False, indent=1).encode(), inside.people)
        write_atomic(self._path, sealed, mode=0o600)
        self._seen = (sealed, inside)


def open_vault(
    case: Path, case_id: str, key: Key, *, people: Mapping[str, str] = MappingProxyType({}), folder: Path | None = None
) -> Vault:
    """The vault of a case, in the user's data folder (or `folder`), new or as it stands.

    `people` (name → public key) are those who can open a new vault beside a passphrase; `key` must be one of theirs.
    Raises InputError: "vault-locked" (wrong passphrase or key, another case's, or the file was changed), "vault-place"
    (it would lie in the case or in the case's git), "vault-case" (an id that names no file), "vault-people".
    """
    path = vault_path(case_id, folder=folder)
    check_outside(path, case)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Vault(path, case_id, key, people=people)


def vault_path(case_id: str, *, folder: Path | None = None) -> Path:
    """Where the vault of a case lies, whether or not there is one. Raises InputError (code "vault-case")."""
    if not is_id(case_id):
        raise InputError(
            "A vault is named after the case's id.",
            saw=repr(case_id[:80]),
            do="Give the case an id of letters, digits, dot, dash and underscore.",
            code="vault-case",
        )
    return (folder or platformdirs.user_data_path("dateline") / "vaults") / f"{case_id}.age"


def check_outside(path: Path, case: Path) -> Path:
    """The path itself, if it lies neither in the case nor in its git. Raises InputError (code "vault-place")."""
    place, root = path.resolve(), case.resolve()
    shared = next((parent for parent in (root, *root.parents) if (parent / ".git").exists()), root)
    for folder in (root, shared):
        if place.is_relative_to(folder):
            raise InputError(
                "Secrets never lie inside a case, or in the git repository of one.",
                saw=f"{place} lies in {folder}",
                do="Leave it in your user data folder, or name a folder that is shared with nobody.",
                code="vault-place",
            )
    return path


def new_key(path: Path) -> str:
    """Makes a key file as `age-keygen` does, readable by its owner only, and gives the public key for colleagues.

    Raises InputError (code "key-exists"): a key is never overwritten.
    """
    made = pyrage.x25519.Identity.generate()
    public = str(made.to_public())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary, stream = create_beside(path.parent, mode=0o600)
    try:
        with stream:
            stream.write(f"# public key: {public}\n{made}\n".encode())
            settle(stream)
        path.hardlink_to(temporary)  # unlike a rename it fails when there is one already
    except FileExistsError:
        raise InputError(
            "There is a file of this name already; a key is never overwritten.",
            saw=path.name,
            do="Use that key, or name another file.",
            code="key-exists",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return public


def read_keys(path: Path) -> Keys:
    """The secret keys in a key file: of `age-keygen`, of new_key(), or an OpenSSH one (ed25519, rsa; not encrypted).

    Raises InputError (code "key-file") which never shows a line of the file.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST_KEY else b""
        if data.startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----"):
            return Keys((pyrage.ssh.Identity.from_buffer(data),))
        lines = [line.strip() for line in data.decode("ascii").splitlines()]
        keys = tuple(pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#"))
        if keys:
            return Keys(keys)
        what = "no key in it"
    except pyrage.IdentityError:
        what = "a line in it is no key, or the key is encrypted itself"
    except (OSError, ValueError) as error:
        what = error.strerror or "it cannot be read" if isinstance(error, OSError) else "it is no text file"
    raise InputError(
        "This is not a key file.",
        saw=f"{path.name}: {what}",
        do="Give the file that `age-keygen` or `dateline vault new-key` made, or an OpenSSH key without passphrase.",
        code="key-file",
    ) from None


def _checked(people: Mapping[str, str], key: Key) -> Mapping[str, str]:
    """The people, if their keys are keys and `key` is one of theirs."""
    if isinstance(key, Passphrase):
        if people:
            raise _people("people and a passphrase", "Choose: a passphrase that all know, or a key for each of them.")
        return people
    if not people:
        raise _people("nobody", "Name at least yourself: dateline vault add NAME PUBLIC-KEY.")
    try:
        key.decrypt(key.encrypt(b"", people))
    except pyrage.DecryptError:
        raise _people("nobody among them has your key", "Name yourself too, with your public key.") from None
    return people


def _people(saw: str, do: str) -> InputError:
    return InputError("A vault must open for whoever locks it.", saw=saw, do=do, code="vault-people")


def _recipient(name: str, key: str) -> Any:
    try:
        return pyrage.ssh.Recipient.from_str(key) if key.startswith("ssh-") else pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        told = "a SECRET key: keep it to yourself" if key.upper().startswith("AGE-SECRET") else repr(key[:100])
        raise InputError(
            f"The public key of {name} is none.",
            saw=told,
            do="Give the public key: one line that begins with age1, ssh-ed25519 or ssh-rsa.",
            code="recipient",
        ) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise _locked(path, "it cannot be read") from None


def _locked(
    path: Path, what: str = "wrong passphrase or key, another case's vault, or a file that was changed"
) -> InputError:
    return InputError(
        "The vault does not open.",
        saw=f"{path.name}: {what}",
        do="Try again with the right one; if it is surely right, take the file from a backup.",
        code="vault-locked",
    )
