"""A sitting with some services: the door with the logins of their hosts, and what they replied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from dateline.core.clock import Clock, SystemClock
from dateline.core.errors import InputError
from dateline.evidence.door.address import origin_of
from dateline.evidence.door.client import Door, Patience
from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog import catalogue
from dateline.imagery.catalog.card import Card, Login
from dateline.imagery.catalog.service import Ask, Found, Service, drive
from dateline.imagery.download import credentials
from dateline.imagery.download.credentials import Credential, Secret, Sources
from dateline.imagery.download.mirrors import Mirrors

PATIENCE = Patience(total=3600.0)
"""A granule of 30 MB may take its time on a slow line; the slowest speed still holds."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply of a catalogue, as evidence keeps it: what was asked, when, what came."""

    service: str
    request: Request
    reply: Reply
    at: datetime


@dataclass(frozen=True, slots=True)
class Setup:
    """Where logins and mirrors are looked for, and how the network is reached."""

    sources: Sources = field(default_factory=credentials.of_user)
    mirrors: Mirrors = field(default_factory=Mirrors)
    proxy: str | None = field(default=None, repr=False)
    patience: Patience = PATIENCE
    clock: Clock = field(default_factory=SystemClock)

    def card(self, name: str) -> Card:
        """The card of a service. Raises UsageError (code `service`)."""
        return self.service(name).card

    def service(self, name: str) -> Service:
        """A service at its mirror, if it has one. Raises UsageError (codes `service`, `endpoint`)."""
        return catalogue.service(name, self.mirrors.endpoints.get(name))

    def credential(self, name: str) -> Credential | None:
        """The login for a service, where it needs one and one is found."""
        login = self.card(name).login
        return None if login is None else credentials.find(login, self.sources)


@dataclass(slots=True)
class Session:
    """An open door and the services that are asked through it. `heard` grows with every reply to a search."""

    door: Door
    services: dict[str, Service]
    clock: Clock
    heard: list[Heard] = field(default_factory=list)

    def search(self, name: str, ask: Ask) -> tuple[Found, tuple[Heard, ...]]:
        """What a service has, and its replies in order (Offer.page counts them).

        Raises what its search() and Door.ask() raise.
        """
        replies: list[Heard] = []

        def answer(request: Request) -> Reply:
            reply = self.door.ask(request)
            replies.append(Heard(name, request, reply, self.clock.now()))
            return reply

        found = drive(self.services[name].search(ask), answer)
        self.heard += replies
        return found, tuple(replies)


@contextmanager
def opened(setup: Setup, names: Iterable[str], *, logged_in: bool) -> Iterator[Session]:
    """The services with these names, ready to be asked; with `logged_in` also for what needs a login.

    Raises InputError: `login-missing`, `login-expired`, and what credentials.find() and token_of() raise.
    """
    services = {name: setup.service(name) for name in dict.fromkeys(names)}
    headers: dict[str, str] = {}
    if logged_in:
        for service in services.values():
            if service.card.login is not None:
                token = _token(setup, service.card.login)
                headers |= {host: f"Bearer {token.reveal()}" for host in hosts_of(service.card, setup.mirrors)}
    with _door(setup, headers) as door:
        yield Session(door, services, setup.clock)


def hosts_of(card: Card, mirrors: Mirrors) -> tuple[str, ...]:
    """The hosts that may see a service's login: those on its card, and its mirrors'."""
    assert card.login is not None
    return (*card.login.hosts, *dict.fromkeys(map(origin_of, mirrors.endpoints.get(card.id, {}).values())))


def _token(setup: Setup, login: Login) -> Secret:
    found = credentials.find(login, setup.sources)
    if found is None:
        raise InputError(
            f"This needs a {login.title}, and none was found.",
            saw=f"nothing in {', '.join(login.environment)}, netrc or the keyring for {login.issuer}",
            do=credentials.advice(login),
            code="login-missing",
        )
    ends = found.runs_out()
    if ends is not None and ends <= setup.clock.now():
        raise InputError(
            f"The {login.title} token has run out.",
            saw=f"{found.found}: it ended on {ends:%Y-%m-%d %H:%M} UTC",
            do=credentials.advice(login),
            code="login-expired",
        )
    with _door(setup, {}) as door:
        return credentials.token_of(login, found, door, at=setup.mirrors.tokens.get(login.kind))


def _door(setup: Setup, headers: Mapping[str, str]) -> Door:
    return Door(
        private=setup.mirrors.private, proxy=setup.proxy, logins=headers, patience=setup.patience, clock=setup.clock
    )
