"""Which services there are, whether a login for each is here and still good; never what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dateline.core.errors import DatelineError, InputError
from dateline.evidence.door.client import check_status
from dateline.evidence.door.request import Request
from dateline.imagery.catalog import catalogue
from dateline.imagery.catalog.login_page import is_login_page
from dateline.imagery.download import credentials
from dateline.imagery.download.session import Setup, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One service's login: `state` in a word, `found` where it lies, `do` what to do about it."""

    service: str
    title: str
    state: str
    found: str | None = None
    do: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "service": self.service,
            "title": self.title,
            "state": self.state,
            "found": self.found,
            "do": self.do,
        }


def standings(setup: Setup, *, online: bool) -> tuple[Standing, ...]:
    """Every service: whether it needs a login, where one was found; with `online` tried with one small request."""
    return tuple(_standing(setup, name, online=online) for name in catalogue.cards())


def _standing(setup: Setup, name: str, *, online: bool) -> Standing:
    card = setup.card(name)
    if card.login is None:
        return Standing(service=name, title=card.title, state="no login needed")
    try:
        found = setup.credential(name)
        if found is None:
            do = credentials.advice(card.login)
            return Standing(service=name, title=card.title, state="no login found", do=do)
        ends = found.runs_out()
        if ends is not None and ends <= setup.clock.now():
            state, do = f"ran out on {ends:%Y-%m-%d}", credentials.advice(card.login)
            return Standing(service=name, title=card.title, state=state, found=found.found, do=do)
        state = "login found" + ("" if ends is None else f", good until {ends:%Y-%m-%d}")
        if online:
            state = _tried(setup, name)
        return Standing(service=name, title=card.title, state=state, found=found.found)
    except DatelineError as error:
        return Standing(service=name, title=card.title, state=f"does not work: {error.what} {error.saw}", do=error.do)


def _tried(setup: Setup, name: str) -> str:
    """Asks for something small that only a login opens; where a card names nothing, for a token."""
    card = setup.card(name)
    assert card.login is not None
    with opened(setup, [name], logged_in=True) as session:
        if card.login.probe is None:
            return "login works: a token was given"
        endpoints = {**card.endpoints, **setup.mirrors.endpoints.get(name, {})}
        with session.door.open(Request(card.login.probe.format_map(endpoints)), most=5_000_000) as answer:
            check_status(answer.url, answer.status, answer.headers, now=answer.at)
            first = next(answer.pieces(), b"")
    if is_login_page(first[:4096], media_type=answer.header("content-type"), url=answer.url):
        raise InputError(
            "The service sends its login page.",
            saw=f"{card.title}: status {answer.status}, a web page",
            do=credentials.advice(card.login),
            code="login-refused",
        )
    return "login works"
