"""The door asks public addresses only, follows redirects by our rules, and stops in time. No secret leaves by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.services.process import running

from dateline.core.errors import InputError
from dateline.evidence.door.address import check_name, is_public, origin_of, split
from dateline.evidence.door.answer import Patience
from dateline.evidence.door.client import Door, pause, retry_after
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Reply, Request, post_json
from dateline.evidence.door.stream import https


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """A stand-in server in its own process."""
    with running("tests.services.plain") as url:
        yield url


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/a",
        "a",
        "",
        "http://",
        "https://name:secret@example.org/",
        "https://name:secret@[::1/",
        "ftp://name:secret@example.org/",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/\nHost: other",
        "https://" + "a" * 300 + ".org/",
        "https://example.org/" + "a" * 9000,
    ],
)
def test_only_plain_http_addresses_are_asked(url: str) -> None:
    """A file, another protocol, a login in the address, a malformed host: refused before anything is opened."""
    with pytest.raises(InputError) as caught, Door() as door, door.open(Request(url)):
        pass
    assert caught.value.code == "address"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://example.org/a", "file:///etc/passwd", "ftp://example.org/a", "a"])
def test_samples_come_over_https_only(url: str) -> None:
    """The small stream for samples opens https and nothing else."""
    with pytest.raises(InputError) as caught, https(url):
        pass
    assert caught.value.code == "address"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "a.localhost",
        "printer.local",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "[::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_no_spelling_of_a_private_address_is_asked(host: str) -> None:
    """Loopback, private, link-local (cloud metadata), shared and multicast addresses; by name too."""
    with pytest.raises(InputError) as caught, Door() as door, door.open(Request(f"http://{host}/")):
        pass
    assert caught.value.code == "private-address"


def test_a_name_that_leads_inside_is_refused_where_it_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name may resolve to a private address (DNS rebinding): what is connected to is what was checked."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("10.1.2.3", 80))])
    with pytest.raises(InputError) as caught, Door() as door, door.open(Request("http://news.example/")):
        pass
    assert caught.value.code == "private-address"
    assert "10.1.2.3" in caught.value.saw


def test_a_redirect_into_the_house_is_refused(plain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule holds for every step, not only for the address that was given."""
    monkeypatch.setattr("dateline.evidence.door.connect.addresses", lambda *_a, **_k: ("127.0.0.1",))
    port = plain.rpartition(":")[2]
    with pytest.raises(InputError) as caught, Door() as door:
        door.ask(Request(f"http://news.example:{port}/to?http://169.254.169.254/latest"))
    assert caught.value.code == "private-address"


def test_public_addresses_are_public() -> None:
    """The rule lets through what it should."""
    from ipaddress import ip_address

    assert all(is_public(ip_address(text)) for text in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"))
    check_name("https://cmr.earthdata.nasa.gov/search", private=False)
    assert origin_of("https://Example.ORG/a") == "example.org:443"
    assert origin_of("https://bücher.example/") == "xn--bcher-kva.example:443"
    assert split("http://[2606:4700::1111]:80/").port == 80


def test_an_answer_says_who_answered_and_how_it_got_there(plain: str) -> None:
    """Redirects, the address that answered, headers and the time are kept for the record."""
    with Door(private=True) as door, door.open(Request(f"{plain}/to?/bytes/300000")) as answer:
        body = b"".join(answer.pieces())
    assert (answer.status, len(body)) == (200, 300_000)
    assert answer.url.endswith("/bytes/300000")
    assert [(hop.status, hop.to) for hop in answer.hops] == [(302, f"{plain}/bytes/300000")]
    assert answer.address == "127.0.0.1"
    assert answer.header("CONTENT-LENGTH") == "300000"
    assert answer.tls is None
    assert not answer.proxy


def test_bytes_come_as_they_are(plain: str) -> None:
    """No compression is asked for, no cookie sent, and the program says its name."""
    with Door(private=True) as door:
        text = door.ask(Request(f"{plain}/echo/ä%C3%A4?q=ü")).body.decode()
    assert text.startswith("GET /echo/%C3%A4%C3%A4?q=%C3%BC\n")
    assert "Accept-Encoding: identity" in text
    assert "dateline/" in text
    assert "Cookie" not in text


def test_a_circle_of_redirects_ends(plain: str) -> None:
    """Addresses that lead to each other are named, not followed for ever."""
    with pytest.raises(InputError) as caught, Door(private=True) as door:
        door.ask(Request(f"{plain}/loop"))
    assert caught.value.code == "redirects"


def test_a_login_goes_to_its_host_only(plain: str) -> None:
    """After a redirect to another host the login stays behind; it never shows in the door's own words."""
    host = plain.removeprefix("http://")
    other = plain.replace("127.0.0.1", "localhost")
    with Door(private=True, logins={host: "Bearer top-secret"}) as door:
        assert "Authorization: Bearer top-secret" in door.ask(Request(f"{plain}/echo")).body.decode()
        assert "top-secret" not in door.ask(Request(f"{other}/echo")).body.decode()
        assert "top-secret" not in door.ask(Request(f"{plain}/to?{other}/echo")).body.decode()
        assert "top-secret" not in repr(door)
    with Door(private=True) as door:
        own = Request(f"{plain}/to?{other}/echo", headers=(("Authorization", "Bearer top-secret"), ("X-Plain", "1")))
        text = door.ask(own).body.decode()
    assert "top-secret" not in text
    assert "X-Plain: 1" in text


def test_a_busy_server_is_asked_again_as_it_asks_for(plain: str) -> None:
    """429 with Retry-After: wait so long, ask again, and have one answer."""
    began = datetime.now(UTC)
    with Door(private=True) as door:
        assert door.ask(Request(f"{plain}/busy/2")).json() == {}
    assert (datetime.now(UTC) - began).total_seconds() >= 2.0


def test_a_refusal_stays_a_refusal(plain: str) -> None:
    """404 is not asked again, and says what it means."""
    with pytest.raises(Unavailable) as caught, Door(private=True) as door:
        door.ask(Request(f"{plain}/status/404?token=top-secret"))
    assert (caught.value.code, caught.value.again) == ("http-status", False)
    assert "top-secret" not in str(caught.value)


def test_too_much_is_stopped(plain: str) -> None:
    """A body over the limit is refused by its promise, before it is read."""
    with pytest.raises(InputError) as caught, Door(private=True) as door:
        door.ask(Request(f"{plain}/bytes/5000"), most=4999)
    assert caught.value.code == "too-big"


def test_a_cut_answer_is_not_an_answer(plain: str) -> None:
    """Fewer bytes than promised are an error that another try may mend."""
    with (
        pytest.raises(Unavailable) as caught,
        Door(private=True) as door,
        door.open(Request(f"{plain}/short")) as answer,
    ):
        list(answer.pieces())
    assert (caught.value.code, caught.value.again) == ("truncated", True)


def test_a_slow_drip_is_stopped(plain: str) -> None:
    """A server that sends a byte now and then does not keep the program for ever."""
    patience = Patience(total=0.5)
    with (
        pytest.raises(Unavailable) as caught,
        Door(private=True, patience=patience) as door,
        door.open(Request(f"{plain}/slow")) as answer,
    ):
        list(answer.pieces())
    assert caught.value.code == "too-slow"


def test_nobody_there_is_said_plainly() -> None:
    """A closed port: three parts, and worth another try."""
    with pytest.raises(Unavailable) as caught, Door(private=True) as door:
        door.ask(Request("http://127.0.0.1:9/"), attempts=1)
    assert (caught.value.code, caught.value.again) == ("unreachable", True)


def test_a_post_becomes_a_get_where_browsers_make_it_one(plain: str) -> None:
    """303 and 302 after POST: the answer lies behind a GET; 307 keeps the body."""
    with Door(private=True) as door:
        assert door.ask(post_json(f"{plain}/to/303?/echo", {"a": 1})).body.startswith(b"GET /echo")
        assert door.ask(post_json(f"{plain}/to/307?/echo", {"a": 1})).body.startswith(b"POST /echo")


def test_a_body_is_never_sent_on_to_another_host(plain: str) -> None:
    """A password in a form stays with the server that it was meant for, whatever that server asks for."""
    other = plain.replace("127.0.0.1", "localhost")
    with pytest.raises(InputError) as caught, Door(private=True) as door:
        door.ask(post_json(f"{plain}/to/307?{other}/echo", {"password": "top-secret"}))
    assert caught.value.code == "redirects"


@pytest.mark.parametrize("host", ["１２７.0.0.1", "127。0。0。1", "ⓛocalhost", "localhoſt", "[fec0::1]"])
def test_no_disguise_of_a_private_name_passes_a_proxy(host: str) -> None:
    """What IDNA makes of a name is what is judged."""
    with pytest.raises(InputError) as caught:
        check_name(f"http://{host}/", private=False)
    assert caught.value.code in {"private-address", "address"}


def test_waits_are_read_in_both_spellings() -> None:
    """Seconds or a date; nonsense is no wait."""
    now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    assert retry_after("7", now=now) == 7.0
    assert retry_after("Sun, 22 Nov 2026 06:00:30 GMT", now=now) == 30.0
    assert retry_after("Sun, 22 Nov 2026 05:00:30 GMT", now=now) == 0.0
    assert retry_after("soon", now=now) is None
    assert [pause(attempt) for attempt in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 30.0]


def test_a_web_page_is_no_json() -> None:
    """A login page in place of a reply is named as such."""
    with pytest.raises(InputError) as caught:
        Reply("https://a.example/?token=x", 200, (("Content-Type", "text/html"),), b"<html>").json()
    assert caught.value.code == "not-json"
    assert "token" not in str(caught.value)
