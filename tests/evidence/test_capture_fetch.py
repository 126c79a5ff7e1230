"""Addresses: what is kept are the bytes as answered, with how they were answered; no secret, no login page."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.services.process import running

from dateline.core import FixedClock
from dateline.core.errors import InputError
from dateline.evidence.capture import Fetched, Wanted, fetch, kept_headers, name_of, without_keys
from dateline.evidence.door.answer import Patience
from dateline.evidence.door.client import Door
from dateline.evidence.pieces import Pieces
from dateline.evidence.store import Store

TOOL = "dateline 1"


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """A stand-in for the open web, in its own process."""
    with running("tests.services.web") as url:
        yield url


@pytest.fixture
def get(web: str, store: Store, clock: FixedClock) -> Iterator[Any]:
    """Fetches a path of the stand-in."""
    with Door(private=True, patience=Patience(read=2.0, total=0.5)) as door:

        def fetch_path(path: str, **more: Any) -> Fetched:
            return fetch(
                Wanted(url=web + path, tool=TOOL, **more), door, store=store, clock=clock, sleep=lambda _seconds: None
            )

        yield fetch_path


def stored(store: Store) -> list[Path]:
    return [path for path in (store.root / "objects").rglob("*") if path.is_file()]


def test_a_picture(get: Any, web: str, store: Store) -> None:
    """Bytes, type, name, and the whole of how they came; a cookie is there by name only."""
    fetched = get("/picture.jpg")
    capture = fetched.capture
    assert (fetched.taken.name, fetched.taken.kind, fetched.taken.sha256) == (
        "picture.jpg",
        "image/jpeg",
        stored(store)[0].parent.name + stored(store)[0].name,
    )
    assert (capture.url, capture.final_url, capture.status) == (f"{web}/picture.jpg", f"{web}/picture.jpg", 200)
    assert capture.address == "127.0.0.1"
    assert ("Set-Cookie", "") in capture.headers
    assert "SECRET" not in capture.model_dump_json()
    assert capture.tool.startswith("dateline")
    assert capture.parameters["most_bytes"] == 2_000_000_000


def test_our_own_address_is_not_written_down(get: Any) -> None:
    """Some servers send it back in a header."""
    headers = get("/echo.jpg").capture.headers
    assert ("X-Client-IP", "") in headers
    assert ("ETag", '"1"') in headers


def test_a_page_is_kept_as_given_and_said_to_be(get: Any) -> None:
    """Nothing is rendered, and that is said."""
    fetched = get("/page")
    assert fetched.taken.kind == "text/html"
    assert fetched.taken.name == "page.html"
    assert "archive a WACZ" in fetched.notes[0]


def test_redirects_are_written_down(get: Any, web: str) -> None:
    """Each hop; keys in an address by name only."""
    capture = get("/moved").capture
    assert [(hop.url, hop.status, hop.to) for hop in capture.redirects] == [(f"{web}/moved", 302, f"{web}/page")]
    capture = get("/far").capture
    assert capture.final_url == f"{web}/picture.jpg?token=&size=big"
    assert "SECRET" not in capture.model_dump_json()


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/expired.jpg", {}),
        ("/clip.mp4", {}),
        ("/page", {"expect": "image/jpeg"}),
        ("/page", {"expect": ".jpg"}),
        ("/members", {}),
        ("/wall", {}),
    ],
)
def test_a_login_page_is_never_saved_as_data(get: Any, store: Store, path: str, more: dict[str, str]) -> None:
    """A web page where the ending, or --expect, promised something else; and where one is led to a login."""
    with pytest.raises(InputError) as raised:
        get(path, **more)
    assert raised.value.code == "login-page"
    assert stored(store) == []


def test_who_wants_the_page_itself_gets_it(get: Any) -> None:
    """--expect text/html: the login page is what is wanted. One with a password field of its own is said to have it.

    Without that being said it is refused, though nobody was led to it.
    """
    assert get("/members", expect="text/html").taken.kind == "text/html"
    assert any("password" in note for note in get("/front", expect="text/html").notes)
    with pytest.raises(InputError, match="--expect text/html") as raised:
        get("/front")
    assert raised.value.code == "login-page"


@pytest.mark.parametrize(
    ("path", "more", "code"),
    [
        ("/loop", {}, "redirects"),
        ("/always-busy", {}, "http-status"),
        ("/gone", {}, "http-status"),
        ("/empty.jpg", {}, "empty-file"),
        ("/short.jpg", {}, "truncated"),
        ("/drip", {}, "too-slow"),
        ("/flood", {"most": 300_000}, "too-big"),
        ("/picture.jpg", {"most": 10}, "too-big"),
        ("/picture.jpg", {"expect": "video/*"}, "not-expected"),
        ("/file", {}, "address"),
    ],
)
def test_servers_that_disappoint(get: Any, store: Store, path: str, more: dict[str, Any], code: str) -> None:
    """Each with its own word, within its limits, and nothing half in the store."""
    with pytest.raises(InputError) as raised:
        get(path, **more)
    assert raised.value.code == code
    assert not list((store.root / "waiting").iterdir()) if (store.root / "waiting").exists() else True
    if code != "not-expected":
        assert stored(store) == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.org/1",
        "https://mk:SECRET@example.org/",
        "javascript:alert(1)",
        "data:,a",
    ],
)
def test_addresses_that_are_not_asked(store: Store, clock: FixedClock, url: str) -> None:
    """Other schemes, and a login in the address, whose words do not show in the error."""
    with Door() as door, pytest.raises(InputError) as raised:
        fetch(Wanted(url=url, tool=TOOL), door, store=store, clock=clock)
    assert raised.value.code == "address"
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://[::1]/", "http://0x7f.1/", "http://169.254.169.254/", "http://10.0.0.8/"]
)
def test_private_addresses_are_refused_unless_allowed(store: Store, clock: FixedClock, url: str) -> None:
    """In every spelling, before anything is sent."""
    with Door() as door, pytest.raises(InputError) as raised:
        fetch(Wanted(url=url, tool=TOOL), door, store=store, clock=clock)
    assert raised.value.code == "private-address"


def test_a_name_in_another_script(web: str, store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """An internationalised host goes out in its ASCII form and is written down as it was asked."""
    asked = []
    monkeypatch.setattr(
        "dateline.evidence.door.connect.addresses", lambda host, port, *, private: asked.append(host) or ("127.0.0.1",)
    )
    url = f"http://пример.example:{web.rpartition(':')[2]}/picture.jpg"
    with Door() as door:
        assert fetch(Wanted(url=url, tool=TOOL), door, store=store, clock=clock).capture.url == url
    assert asked == ["xn--e1afmkfd.example"]


def test_a_busy_server_is_asked_again_and_a_gone_page_kept_on_demand(get: Any) -> None:
    """429 twice, then the picture; a 404 page as proof that the page is gone."""
    assert get("/busy/0").capture.status == 200
    assert get("/gone", gone=True).capture.status == 404


def test_packed_answers_are_kept_as_sent(get: Any, store: Store) -> None:
    """A server that packs although it was asked not to: its bytes, and a note."""
    fetched = get("/packed")
    assert fetched.taken.kind == "application/gzip"
    assert any("packed" in note for note in fetched.notes)
    with store.open(fetched.taken.sha256) as stream:
        assert gzip.decompress(stream.read()).startswith(b"<!doctype html>")


def test_names_from_servers(get: Any) -> None:
    """A name in a header is used when it is one, and never leads anywhere."""
    assert get("/named").taken.name == "press photo.jpg"
    assert get("/evil").taken.name == "evil"
    assert name_of("https://example.org/", "text/html") == "example.org.html"
    assert name_of("https://example.org/%2e%2e%2f", "image/jpeg") == "example.org.jpg"


def test_keys_in_addresses() -> None:
    """What lets others in is blanked; all else stays letter for letter."""
    assert without_keys("https://a.org/x?id=1&q=a%20b") == "https://a.org/x?id=1&q=a%20b"
    assert without_keys("https://a.org/x?X-Amz-Signature=S&id=1&api_key=K&access_token=T&monkey=m") == (
        "https://a.org/x?X-Amz-Signature=&id=1&api_key=&access_token=&monkey=m"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://a.org/cb#access_token=SECRET",
        "https://a.org/cb?code=SECRET&state=1",
        "https://a.org/v.m3u8?jwt=SECRET;hdnts=SECRET&hmac=SECRET",
        "https://a.org/f?Policy=SECRET&Expires=SECRET&Signature=SECRET&Key-Pair-Id=K",
        "https://a.org/page;jsessionid=SECRET?id=1",
        "https://me:SECRET@a.org/",
        "https://a.org/login?next=https%3A%2F%2Fb.org%2F%3Ftoken%3DSECRET",
        "https://a.org/?" + "u=http://b/?" * 2_000 + "token=SECRET",
    ],
)
def test_no_secret_of_an_address_is_recorded(url: str) -> None:
    """Wherever it stands: fragment, query, path, login, an address in the address; bare or inside any header."""
    assert "SECRET" not in without_keys(url)
    headers = (("Link", f'<{url}>; rel="next"'), ("Refresh", f"0;url={url}"), ("X-Where", f"see {url} now"))
    assert "SECRET" not in str(kept_headers(headers))


def test_headers_of_logins_and_of_our_own_address_are_names_only() -> None:
    """By pattern, so that the next vendor's is covered; others stay letter for letter."""
    names = ("X-Auth-Token", "X-Azure-ClientIP", "Fastly-Client-IP", "X-Api-Key", "X-XSRF-TOKEN", "WWW-Authenticate")
    assert {value for _, value in kept_headers([(name, "SECRET") for name in names])} == {""}
    plain = (("ETag", '"a#b"'), ("Author", "Ana"), ("Link", "</a.css?v=3>; rel=preload"), ("Server", "x/1; #2"))
    assert kept_headers(plain) == plain


def test_pieces_as_a_stream() -> None:
    """Looked at first or not, read in any sizes, the bytes are the same and come once; empty pieces end nothing."""
    for size in (1, 3, 100):
        stream = Pieces(iter([b"ab", b"", b"cdef", b"g"]))
        assert (stream.peek(3), stream.peek(2), stream.peek(5)) == (b"abc", b"ab", b"abcde")
        assert b"".join(iter(lambda stream=stream, size=size: stream.read(size), b"")) == b"abcdefg"
    assert Pieces(iter([b"x"])).peek(9) == b"x"
