"""Coming in: the printed secret, the secret that is used once, and a secret of its own for every browser that came in.

The address that a browser is started with stands in the list of processes, where every other person on the machine can
read it. So it holds a secret that opens once, and not for long; the printed one opens until the program ends. Neither
is what a browser keeps. See docs/decisions/0013-coming-in.md.
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from dateline.core.identity import sha256_bytes
from dateline.evidence.atomic import write_atomic

LIVES = 180.0
"""How long the secret of the started browser opens [s]."""
MOST = 256
"""Browsers that are in at a time; the first one goes when one more comes."""


def _fresh() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True)
class Entries:
    """Which browsers are in. `secret` is printed; `once` is given to the browser that the program starts."""

    secret: str = field(default_factory=_fresh)
    once: str = field(default_factory=_fresh)
    seconds: Callable[[], float] = time.monotonic
    _since: float | None = None
    _by_once: str | None = None
    _in: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._since = self.seconds()

    def come_in(self, given: str) -> str | None:
        """A secret of its own for a browser that shows the printed one, or the other one for the first time.

        The other one a second time: two had it, and one of them should not have. Nobody of them is in any more.
        """
        if _same(given, self.secret):
            return self._let_in()
        if not _same(given, self.once):
            return None
        if self._by_once is not None:
            self._in.pop(_key(self._by_once), None)
            return None
        if self.seconds() - (self._since or 0.0) > LIVES:
            return None
        self._by_once = self._let_in()
        return self._by_once

    def was_used(self, given: str) -> bool:
        """Whether this is the secret that opens once, and it did."""
        return self._by_once is not None and _same(given, self.once)

    def knows(self, given: str) -> bool:
        """Whether a browser with this secret is in."""
        return _key(given) in self._in

    def _let_in(self) -> str:
        made = _fresh()
        self._in[_key(made)] = None
        if len(self._in) > MOST:
            del self._in[next(iter(self._in))]
        return made


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())


def _key(given: str) -> str:
    """What is looked up: of a hash, so that the time it takes tells nothing about the secret."""
    return sha256_bytes(given.encode(errors="replace"))


def lasting_key() -> bytes:
    """32 bytes of this user that outlast the program: who works in a browser is signed with them.

    Other programs on other ports of this machine can set cookies for ours: without a signature they could choose in
    whose name marks are made. Where the file cannot be kept the key is good for this start.
    """
    path = platformdirs.user_data_path("dateline") / "app-key"
    with suppress(OSError):
        if not path.is_file():
            write_atomic(path, secrets.token_bytes(32), mode=0o600)
        found = path.read_bytes()
        if len(found) == 32 and _is_private(path):
            return found
    return secrets.token_bytes(32)


def _is_private(path: Path) -> bool:
    return os.name != "posix" or path.stat().st_mode & 0o077 == 0


def signed(value: str, key: bytes) -> str:
    """A value with its signature: "VALUE.HEX"."""
    return f"{value}.{hmac.new(key, value.encode(), 'sha256').hexdigest()[:32]}"


def unsigned(given: str, key: bytes) -> str | None:
    """The value, where its signature is ours."""
    value, dot, _ = given.rpartition(".")
    return value if dot and _same(given, signed(value, key)) else None
