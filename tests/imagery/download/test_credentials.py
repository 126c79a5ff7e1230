"""Logins are found where people keep them, sent where they belong, and shown nowhere."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.services.process import running

from dateline.core.clock import FixedClock
from dateline.core.errors import InputError
from dateline.evidence.door.client import Door
from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog import catalogue
from dateline.imagery.catalog.card import Login
from dateline.imagery.download import credentials, mirrors
from dateline.imagery.download.credentials import Credential, Secret, Sources, find, token_of
from dateline.imagery.download.logins import standings
from dateline.imagery.download.mirrors import Mirrors
from dateline.imagery.download.session import Setup, hosts_of, opened

SECRET = "s3cr3t-t0ken"


def account(name: str = "cmr") -> Login:
    login = catalogue.cards()[name].login
    assert login is not None
    return login


def sources(
    environment: Mapping[str, str] | None = None, netrc: Path | None = None, kept: tuple[str, str] | None = None
) -> Sources:
    return Sources(environment or {}, netrc, lambda _machine: kept)


def netrc_file(folder: Path, text: str) -> Path:
    path = folder / "netrc"
    path.write_text(text)
    return path


def test_the_environment_comes_first_then_netrc_then_the_keyring(tmp_path: Path) -> None:
    """The first one found is taken, and it says where it was found."""
    file = netrc_file(tmp_path, "machine urs.earthdata.nasa.gov login ana password pw1\n")
    everywhere = sources({"EARTHDATA_TOKEN": f" {SECRET}\n"}, file, ("token", "other"))
    found = find(account(), everywhere)
    assert found is not None
    assert (found.found, found.secret.reveal(), found.user) == ("environment, EARTHDATA_TOKEN", SECRET, None)
    found = find(account(), sources({}, file, ("token", "other")))
    assert found is not None
    assert (found.user, found.secret.reveal()) == ("ana", "pw1")
    found = find(account(), sources({}, None, ("token", "other")))
    assert found is not None
    assert found.found == "keyring, urs.earthdata.nasa.gov"
    assert find(account(), sources()) is None


def test_netrcs_default_and_other_hosts_are_not_used(tmp_path: Path) -> None:
    """A password for another service is never sent to this one."""
    file = netrc_file(tmp_path, "machine example.org login a password b\ndefault login c password d\n")
    assert find(account(), sources({}, file)) is None


def test_a_token_may_lie_in_netrc(tmp_path: Path) -> None:
    """`login token` says that the password is a token."""
    file = netrc_file(tmp_path, f"machine urs.earthdata.nasa.gov login token password {SECRET}\n")
    found = find(account(), sources({}, file))
    assert found is not None
    assert found.user is None


def test_a_broken_netrc_is_named_without_its_words(tmp_path: Path) -> None:
    """The parser's message may quote a password; ours gives the line."""
    file = netrc_file(tmp_path, f"machine urs.earthdata.nasa.gov login ana pasword {SECRET}\n")
    with pytest.raises(InputError) as caught:
        find(account(), sources({}, file))
    assert caught.value.code == "netrc"
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "café"])
def test_a_token_that_no_header_can_carry_is_refused_unseen(token: str) -> None:
    """Spaces, line breaks and other letters: refused without printing it."""
    with pytest.raises(InputError) as caught:
        find(account(), sources({"EARTHDATA_TOKEN": token}))
    assert caught.value.code == "login-malformed"
    assert token not in str(caught.value)


def test_a_locked_or_missing_keyring_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a plug-in of others raises: there is just no login in it."""
    import keyring

    def locked(*_: object) -> None:
        raise keyring.errors.KeyringLocked

    monkeypatch.setattr(keyring, "get_password", locked)
    assert credentials.system_keyring("urs.earthdata.nasa.gov") is None


def test_a_secret_does_not_show() -> None:
    """Not in a repr, a format, a message, a pickle; not in that of what has it."""
    secret = Secret(SECRET)
    login = Credential("environment", secret, "ana")
    shown = f"{secret} {secret!r} {login!r} {secret:>20} {sources({'EARTHDATA_TOKEN': SECRET})!r}"
    assert SECRET not in shown
    assert "ana" not in repr(login)
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_token_says_when_it_ends() -> None:
    """The `exp` of a JSON Web Token; anything else says nothing."""
    body = base64.urlsafe_b64encode(json.dumps({"exp": 1_700_000_000}).encode()).decode().rstrip("=")
    assert Credential("", Secret(f"a.{body}.c")).runs_out() == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    for odd in ("abc", "a.b.c", "a.e30.c", f"a.{base64.urlsafe_b64encode(b'[1]').decode()}.c"):
        assert Credential("", Secret(odd)).runs_out() is None


class Desk:
    """Answers one request, and remembers it."""

    def __init__(self, reply: Reply) -> None:
        self.reply, self.asked = reply, []

    def ask(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.reply


@pytest.mark.parametrize(("name", "sent"), [("cmr", "header"), ("copernicus", "form")])
def test_a_password_becomes_a_token_as_each_service_wants_it(name: str, sent: str) -> None:
    """Earthdata: Basic in a header; Copernicus: a form with grant_type=password. Only https addresses of the issuer."""
    desk = Desk(Reply("https://x", 200, (), json.dumps({"access_token": SECRET}).encode()))
    token = token_of(account(name), Credential("netrc", Secret("pw"), "ana"), desk)
    (request,) = desk.asked
    assert token.reveal() == SECRET
    assert request.url.startswith(f"https://{account(name).issuer}/")
    if sent == "form":
        assert b"grant_type=password" in (request.body or b"")
        assert b"password=pw" in (request.body or b"")
    else:
        assert dict(request.headers)["Authorization"] == "Basic " + base64.b64encode(b"ana:pw").decode()


@pytest.mark.parametrize("body", [b"{}", b'{"access_token": 5}', b'{"access_token": "a b"}', b"[]"])
def test_an_answer_without_a_token_is_an_error_without_its_words(body: bytes) -> None:
    """What else the service sends is not printed: it may quote the login."""
    desk = Desk(Reply("https://x", 200, (), body))
    with pytest.raises(InputError) as caught:
        token_of(account(), Credential("netrc", Secret("pw"), "ana"), desk)
    assert caught.value.code == "token"
    assert "pw" not in str(caught.value).replace("password PASSWORD", "")


def test_a_missing_or_old_login_stops_before_anything_is_asked() -> None:
    """login-missing says how to get one; login-expired says since when."""
    with pytest.raises(InputError) as caught, opened(Setup(sources=sources()), ["cmr"], logged_in=True):
        pass
    assert caught.value.code == "login-missing"
    assert "EARTHDATA_TOKEN" in caught.value.do
    body = base64.urlsafe_b64encode(b'{"exp": 1700000000}').decode().rstrip("=")
    setup = Setup(
        sources=sources({"EARTHDATA_TOKEN": f"a.{body}.c"}), clock=FixedClock(datetime(2024, 1, 1, tzinfo=UTC))
    )
    with pytest.raises(InputError) as caught, opened(setup, ["cmr"], logged_in=True):
        pass
    assert caught.value.code == "login-expired"
    assert "2023-11-14" in caught.value.saw


def test_a_login_goes_to_its_own_hosts_and_their_mirrors_only() -> None:
    """Nobody else on the way gets it."""
    card = catalogue.cards()["cmr"]
    assert set(hosts_of(card, Mirrors())) == set(account().hosts)
    mirrored = Mirrors({"cmr": {"archive": "https://mirror.example/archive"}})
    assert set(hosts_of(card, mirrored)) == {*account().hosts, "mirror.example:443"}


def test_a_file_of_mirrors_is_read_or_refused(tmp_path: Path) -> None:
    """Addresses by service; what is not that is named."""
    good = tmp_path / "mirrors.toml"
    good.write_text(
        'private = true\n[services.cmr]\nsearch = "http://127.0.0.1:1/s/"\n[tokens]\nearthdata = "http://x"\n'
    )
    assert mirrors.read(good) == Mirrors({"cmr": {"search": "http://127.0.0.1:1/s"}}, {"earthdata": "http://x"}, True)
    for text in ("services = 3", "[services.cmr]\nsearch = 1", "not toml ="):
        good.write_text(text)
        with pytest.raises(InputError, match="mirrors"):
            mirrors.read(good)


@pytest.fixture(scope="module")
def nasa() -> Iterator[str]:
    with running("tests.services.nasa") as url:
        yield url


def at(url: str, token: str | None) -> Setup:
    """A setup whose NASA is the stand-in."""
    there = Mirrors({"cmr": {"search": f"{url}/search", "archive": f"{url}/archive"}}, private=True)
    return Setup(sources=sources({"EARTHDATA_TOKEN": token} if token else {}), mirrors=there)


def test_doctor_tells_a_good_login_from_a_bad_one_and_from_none(nasa: str) -> None:
    """Online, with one small request; where it was found, never what it is."""
    states = {}
    for token in ("letmein", SECRET, None):
        found = {each.service: each for each in standings(at(nasa, token), online=True) if each.service == "cmr"}
        states[token] = found["cmr"]
        assert SECRET not in repr(found)
    assert states["letmein"].state == "login works"
    assert states["letmein"].found == "environment, EARTHDATA_TOKEN"
    assert states[SECRET].state.startswith("does not work")
    assert states[None].state == "no login found"
    assert "urs.earthdata.nasa.gov" in (states[None].do or "")


def test_doctor_asks_nobody_unless_told_to() -> None:
    """Without --online no door is opened: an address that nobody answers changes nothing."""
    states = {each.service: each.state for each in standings(at("http://127.0.0.1:9", "x"), online=False)}
    assert states["cmr"] == "login found"
    assert states["gibs"] == "no login needed"


def test_a_bearer_token_reaches_the_door_only(nasa: str) -> None:
    """The session's repr and its door's have no token."""
    with opened(at(nasa, SECRET), ["cmr"], logged_in=True) as session:
        assert isinstance(session.door, Door)
        assert SECRET not in f"{session!r} {session.door!r}"
