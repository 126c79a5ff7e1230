"""Logins: looked for in the environment, netrc and the keyring; never printed, logged, or written into a case."""

from __future__ import annotations

import base64
import binascii
import json
import netrc
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

from dateline.core.errors import InputError
from dateline.evidence.door.client import Door
from dateline.evidence.door.request import Request
from dateline.imagery.catalog.card import Login

TOKEN = "token"  # noqa: S105 - a user name
"""The user name under which netrc and keyring keep a token rather than a password."""


class Secret:
    """Text that does not show: not in a repr, a message, a log, a pickle. reveal() is for the one who sends it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not written down.")


_EXCHANGES: Mapping[str, str] = {
    "earthdata": "https://urs.earthdata.nasa.gov/api/users/find_or_create_token",
    "copernicus": "https://identity.dataspace.copernicus.eu/auth/realms/CDSE/protocol/openid-connect/token",
}
"""Where a user and a password become a token, by kind of account."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A login as it was found: a token, or a user and a password. `found` says where, never what."""

    found: str
    secret: Secret
    user: str | None = field(default=None, repr=False)

    def runs_out(self) -> datetime | None:
        """When a token says that it ends (the `exp` of a JSON Web Token, RFC 7519, 2015, 4.1.4); None: it doesn't."""
        parts = self.secret.reveal().split(".")
        if self.user is not None or len(parts) != 3:
            return None
        try:
            said = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
            return datetime.fromtimestamp(float(said["exp"]), UTC)
        except (binascii.Error, ValueError, KeyError, TypeError, OverflowError, OSError):
            return None


Keyring = Callable[[str], tuple[str, str] | None]
"""User name and password that a keyring has for a machine; None when it has none, is locked or is missing."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look for logins."""

    environment: Mapping[str, str] = field(repr=False)
    netrc: Path | None
    keyring: Keyring = field(repr=False)


def of_user() -> Sources:
    """This user's environment, netrc (NETRC, else ~/.netrc) and keyring."""
    named = os.environ.get("NETRC")
    path = Path(named).expanduser() if named else Path.home() / ".netrc"
    return Sources(os.environ, path if path.is_file() else None, system_keyring)


def find(account: Login, sources: Sources) -> Credential | None:
    """The first login found: environment (token, then user and password), netrc, keyring.

    Raises InputError: `login-malformed` for a secret that no header can carry, `netrc` for a file that cannot be read.
    """
    values = {name: sources.environment.get(name, "").strip() for name in account.environment}
    first, *both = account.environment
    if values[first]:
        return _credential(f"environment, {first}", TOKEN, values[first])
    if len(both) == 2 and all(values[name] for name in both):
        return _credential(f"environment, {both[0]} and {both[1]}", values[both[0]], values[both[1]])
    kept = _in_netrc(sources.netrc, account.issuer)
    if kept is not None:
        return _credential(f"netrc, machine {account.issuer}", *kept)
    kept = sources.keyring(account.issuer)
    return None if kept is None else _credential(f"keyring, {account.issuer}", *kept)


def advice(account: Login) -> str:
    """What to do to have a login, in words."""
    return (
        f"{account.title}: get one at {account.register}. Then set {account.environment[0]}, or write a line "
        f"`machine {account.issuer} login NAME password PASSWORD` into ~/.netrc (NAME is {TOKEN!r} for a token), "
        f"or run `keyring set {account.issuer} {TOKEN}`."
    )


def token_of(account: Login, credential: Credential, door: Door, *, at: str | None = None) -> Secret:
    """The token to send: the credential itself, or what the service gives for the password.

    `at` is asked in place of the service's own address for tokens. Raises InputError: `token` for an answer without
    one, and all of Door.ask().
    """
    if credential.user is None:
        return credential.secret
    reply = door.ask(_exchange(account.kind, at or _EXCHANGES[account.kind], credential.user, credential.secret))
    answer = reply.json()
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not _sendable(token):
        raise InputError(
            f"{account.title} gave no token for this login.",
            saw=f"status {reply.status} from {account.issuer}",
            do=advice(account),
            code="token",
        )
    return Secret(token)


def system_keyring(machine: str) -> tuple[str, str] | None:
    """The system's keyring, asked when needed and imported only then."""
    try:
        import keyring

        if token := keyring.get_password(machine, TOKEN):
            return TOKEN, token
        found = keyring.get_credential(machine, None)
    except Exception:  # plug-ins of others: a keyring that is locked, missing or broken is just no keyring
        return None
    return None if found is None else (found.username, found.password)


def _exchange(kind: str, url: str, user: str, password: Secret) -> Request:
    """The request for a token: a form (OAuth 2.0 password grant, RFC 6749, 2012, 4.3), or Basic (RFC 7617, 2015)."""
    if kind == "copernicus":
        form = {"grant_type": "password", "client_id": "cdse-public", "username": user, "password": password.reveal()}
        header = (("Content-Type", "application/x-www-form-urlencoded"),)
        return Request(url, "POST", header, urlencode(form).encode())
    both = base64.b64encode(f"{user}:{password.reveal()}".encode()).decode()
    return Request(url, "POST", (("Authorization", f"Basic {both}"),), b"")


def _credential(found: str, user: str, secret: str) -> Credential:
    if user == TOKEN and not _sendable(secret):
        raise InputError(
            "This token cannot be sent.",
            saw=f"{found}: {len(secret)} characters, with spaces or letters outside ASCII among them",
            do="Copy the token again, in one piece.",
            code="login-malformed",
        )
    return Credential(found, Secret(secret), None if user == TOKEN else user)


def _sendable(token: str) -> bool:
    return re.fullmatch(r"[\x21-\x7e]+", token) is not None


def _in_netrc(path: Path | None, machine: str) -> tuple[str, str] | None:
    if path is None:
        return None
    try:
        found = netrc.netrc(str(path)).hosts.get(machine)  # not authenticators(): `default` is for other services
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)  # its message may quote a password
        raise InputError(
            "The netrc file cannot be read.",
            saw=f"{path.name}" + (f", line {line}" if line else "") + f": {type(error).__name__}",
            do="Mend that line: machine HOST login NAME password PASSWORD.",
            code="netrc",
        ) from None
    return None if found is None or not found[0] or not found[2] else (found[0], found[2])
