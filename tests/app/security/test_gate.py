"""The door of the app: every way in but its own is closed, and every answer carries the policy."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.app.security.asked import HOST, OWN, PORT, Asking, asked, asking, routes

from dateline.app import gate, server
from dateline.app.entry import signed, unsigned
from dateline.app.gate import ALWAYS, LARGE, SMALL, Door, loopback_names
from dateline.app.wire import busy
from dateline.cli.app import run
from dateline.measure.archive import archive_file

pytestmark = pytest.mark.enable_socket  # asyncio wakes itself through a pair of sockets; nothing leaves the process


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One case with the picture `crowd` for all tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("gate")
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        root = folder / "case"
        assert run(["new", str(root), "--title", "A case on the desk", "--question", "How many?"]) == 0
        Image.new("RGB", (300, 200)).save(folder / "crowd.png")
        archive_file(root, folder / "crowd.png", item="crowd", by="desk", licence="own", publish="yes")
        yield root


@pytest.fixture
def ask(desk: Path) -> Asking:
    """The app on that case, with a browser that came in."""
    return asking(desk)


@pytest.mark.parametrize(
    "host",
    [f"attacker.example:{PORT}", f"127.0.0.1.nip.io:{PORT}", "127.0.0.1", "localhost", f"localhost.:{PORT}", "", None,
     f"127.0.0.1:{PORT + 1}", f"127.0.0.2:{PORT}", f"0.0.0.0:{PORT}", f"2130706433:{PORT}", f"{HOST}@evil.example",
     f"{HOST},evil.example", [HOST, HOST], [HOST, f"evil.example:{PORT}"]],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(ask: Asking, host: Any) -> None:
    """DNS rebinding: the address is ours and the cookie may be; the name in the request is not."""
    assert ask("GET", "/home/", host=host).status == 421


def test_names_of_this_machine_are_answered(ask: Asking) -> None:
    """All that a browser may call this machine, in capital letters too."""
    for host in (HOST, f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"):
        assert ask("GET", "/home/", host=host).status == 200


def test_whoever_listens_everywhere_answers_to_numbers_only() -> None:
    """A name that leads here can be anybody's; the address that the connection reached cannot."""
    door = Door(names=loopback_names(PORT), port=PORT, everywhere=True)
    assert door.answers_to(f"192.168.1.5:{PORT}", "192.168.1.5")
    assert door.answers_to(f"192.168.1.5:{PORT}", "::ffff:192.168.1.5")
    assert door.answers_to(f"[fe80::1]:{PORT}", "fe80::1%eth0")
    assert not door.answers_to(f"192.168.1.5:{PORT}", "192.168.1.6")
    assert not door.answers_to(f"desk.attacker.example:{PORT}", "192.168.1.5")
    assert not Door(names=loopback_names(PORT), port=PORT).answers_to(f"192.168.1.5:{PORT}", "192.168.1.5")


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", None, f"https://{HOST}", f"http://127.0.0.1:{PORT + 1}",
     "http://127.0.0.1", f"http://localhost:{PORT}", [OWN, "null"], ""],
)  # fmt: skip
def test_what_writes_must_come_from_our_own_page(ask: Asking, origin: Any) -> None:
    """Another origin, none, or a null one (a sandboxed frame, a file): nothing is written."""
    assert ask("POST", "/who", origin=origin, content_type="application/x-www-form-urlencoded").status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", ["same-origin", "cross-site"]])
def test_other_sites_cannot_ask_at_all(ask: Asking, site: Any) -> None:
    """Links, pictures, scripts and frames of other pages, also of other ports of this machine."""
    assert ask("GET", "/pictures/crowd.json", sec_fetch_site=site).status == 403


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "HEAD"])
def test_other_methods_do_nothing(ask: Asking, method: str) -> None:
    """A preflight gets no permission, a TRACE no echo."""
    answer = ask(method, "/api/observations", origin="http://evil.example")
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert ask(method, "/api/observations", origin=OWN, content_type="application/json").status in {200, 405}


@pytest.mark.parametrize(
    "cookie",
    ["", "dateline-8600=", "dateline-8600=wrong", "dateline-8601={0}", "x-dateline-8600={0}",
     "dateline-8600={0}x", "dateline-8600=é"],
)  # fmt: skip
def test_without_its_secret_nobody_is_in(ask: Asking, cookie: str) -> None:
    """No cookie, a wrong one, the one of a server on another port."""
    answer = ask("GET", "/home/", cookie=cookie.format(ask.cookie.partition("=")[2]))
    assert answer.status == 401
    assert "A case on the desk" not in answer.body.decode()


def test_cookies_of_other_programs_do_not_lock_anybody_out(ask: Asking) -> None:
    """Cookies know no ports: another program's odd ones, or a false one of our name, stand before ours."""
    assert ask("GET", "/home/", cookie=f'a={{"b": 1}}; [x]=y; {ask.door.cookie}=false; {ask.cookie}; c').status == 200


def test_the_secret_leaves_the_address_and_is_not_what_is_kept(ask: Asking) -> None:
    """The cookie is another secret: who sees one has not the other. No script reads it, no other site sends it."""
    secret = ask.door.entries.secret
    answer = ask("GET", "/enter", query=f"token={secret}", cookie="")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert secret not in str(answer.headers) + answer.body.decode()
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    for query in ("", "token=", "token=x", f"token=x&token={secret}", f"Token={secret}"):
        assert ask("GET", "/enter", query=query).status == 401
    assert ask("HEAD", "/enter", query=f"token={secret}").status == 401


def test_a_body_is_a_form_or_json(ask: Asking) -> None:
    """text/plain is what a foreign form can send that reads as JSON: it is not read."""
    marks = json.dumps({"sitting": "s", "marks": []}).encode()
    for kind in ("text/plain", "text/plain;application/json", None, "application/csp-report"):
        assert ask("POST", "/api/observations", body=marks, content_type=kind, content_length="9").status == 415
    assert ask("POST", "/api/observations", body=marks, content_length=str(len(marks))).status == 400


def test_bodies_end_at_the_limit(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said beforehand, said falsely, or not said at all (chunked): nothing beyond the limit is read."""
    for told in (str(SMALL + 1), "9" * 30, "-1", "1e3"):
        assert ask("POST", "/api/observations", content_length=told).status == 413
    part = b" " * (1 << 20)
    for headers in ({}, {"content_length": "10"}):
        assert ask("POST", "/api/observations", body=[part] * 5, **headers).status == 413
    form = "application/x-www-form-urlencoded"
    assert ask("POST", "/who", body=[b"name=" + part] * 5, content_type=form).status in {400, 413}
    assert gate.limit(gate.UPLOADS) == LARGE
    monkeypatch.setattr(gate, "PATIENCE", 0.01)
    assert asyncio.run(_slow(ask)) == 408


async def _slow(ask: Asking) -> int:
    found: list[int] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(30)
        return {}

    async def send(message: dict[str, Any]) -> None:
        found.append(message.get("status", 0))

    headers = [(b"host", HOST.encode()), (b"origin", OWN.encode()), (b"cookie", ask.cookie.encode()),
               (b"content-type", b"application/json"), (b"content-length", b"100")]  # fmt: skip
    scope = {"type": "http", "method": "POST", "path": "/api/observations", "query_string": b"", "headers": headers,
             "root_path": "", "server": ("127.0.0.1", PORT)}  # fmt: skip
    await ask.app(scope, receive, send)
    return found[0]


@pytest.mark.parametrize(
    "path",
    ["/static/../gate.py", "/static/..", "/static/../../case.toml", "/static//etc/passwd", "/static/..\\gate.py",
     "/static/shell.js\x00", "/static/\x00", "/static/.", "/static/tokens.toml", "/static/shell.html.j2",
     "/screens/../gate.py", "/screens/home/../__init__.py", "/screens/home/__init__.py", "/screens/../static/shell.js",
     "/screens/home/page.html.j2", "/pictures/../case.toml", "/pictures/../../case.toml.json", "/pictures/.json",
     "/pictures/..%2f..%2fcase.toml/0/0/0.webp", "/mask/../", "/mask/..%2f/picture.json", "http://evil.example/home/",
     "//evil.example/", "/case.toml", "/evidence/items/crowd.toml", "/.dateline/"],
)  # fmt: skip
def test_no_path_leads_out(ask: Asking, path: str) -> None:
    """Only files of ours by their plain names, and images of the case by their ids."""
    answer = ask("GET", path)
    assert answer.status in {400, 404, 307}
    assert b"schema" not in answer.body
    assert b"Traceback" not in answer.body


def test_a_link_in_the_folder_of_static_files_or_observations_leads_nowhere(ask: Asking, desk: Path) -> None:
    """A case folder that somebody sent may hold links: nothing is written through them."""
    outside = desk.parent / "outside"
    outside.mkdir()
    (desk / "observations" / "fox").symlink_to(outside)
    mark = {"id": "s-1", "at": "2024-01-01T00:00:00Z", "item": "crowd", "state": "present"}
    answer = ask("POST", "/api/observations", body=json.dumps({"sitting": "s", "marks": [mark]}).encode())
    assert answer.status == 400
    assert not list(outside.iterdir())
    (desk / "observations" / "fox").unlink()


def test_every_answer_carries_the_policy(ask: Asking) -> None:
    """Pages, scripts, tiles, redirects, refusals, errors, not-modified: nothing runs, frames, sniffs or is kept."""
    etag = ask("GET", "/static/shell.js").headers["etag"]
    asked = [
        ask("GET", "/home/"), ask("GET", "/"), ask("GET", "/static/shell.js"), ask("GET", "/pictures/crowd/0/0/0.webp"),
        ask("GET", "/static/shell.js", if_none_match=etag), ask("GET", "/nothing"), ask("GET", "/home/", cookie=""),
        ask("GET", "/home/", host="x"), ask("POST", "/who", origin="null"), ask("POST", "/api/observations", body=b"{"),
        ask("GET", "/enter", query="token=x"),
    ]  # fmt: skip
    assert [one.status for one in asked] == [200, 303, 200, 200, 304, 404, 401, 421, 403, 400, 401]
    policy = {name.lower(): value for name, value in ALWAYS.items() if name != "Cache-Control"}
    for answer in asked:
        assert policy.items() <= answer.headers.items()
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


def test_errors_tell_neither_machine_nor_code(ask: Asking, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed, without a traceback, the words of the failure or the folder in which the case lies."""
    from dateline.app.screens import home

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"the name of a source, in {desk}")

    monkeypatch.setattr(server.observing, "read_mine", fail)
    for path in ("/nothing/x", "/pictures/crowdd.json", "/mask/nobody/", "/api/observations/others"):
        text = (
            ask("GET", path, accept="text/html").body.decode()
            + ask("GET", path, accept="application/json").body.decode()
        )
        assert str(desk.parent) not in text
        assert "Traceback" not in text
    assert home is not None


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil", "/\t/evil.example",
     "javascript:alert(1)", " //evil.example", "/\r\nSet-Cookie: a=b", "", "evil"],
)  # fmt: skip
def test_setting_a_name_leads_to_a_page_of_ours(ask: Asking, back: str) -> None:
    """No open redirect, no header made of an address."""
    from urllib.parse import urlencode, urljoin

    body = urlencode({"name": "ana", "back": back}).encode()
    answer = ask(
        "POST", "/who", body=body, content_type="application/x-www-form-urlencoded", content_length=str(len(body))
    )
    assert answer.status == 303
    assert urljoin(OWN + "/home/", answer.headers["location"]).startswith(OWN + "/")
    assert not {"\r", "\n", "\t"} & set(answer.headers["location"])


@pytest.mark.parametrize("name", ["", " ", "a" * 81, "a\u202eb", "a\u200bb", "a\x00", "...", "\ud7ff\ue000"])
def test_names_that_cannot_be_seen_are_refused(ask: Asking, name: str) -> None:
    """Direction marks, zero-width and control signs would make two people look like one."""
    from urllib.parse import urlencode

    body = urlencode({"name": name}).encode()
    kind = "application/x-www-form-urlencoded"
    assert ask("POST", "/who", body=body, content_type=kind, content_length=str(len(body))).status == 400


def test_who_looks_is_signed(ask: Asking) -> None:
    """A page of another port can set cookies for this machine; it cannot make marks in somebody's name."""
    from urllib.parse import urlencode

    form = urlencode({"name": "ana; Path=/x\r\nX: y", "back": "/"}).encode()
    said = ask("POST", "/who", body=form, content_type="application/x-www-form-urlencoded").headers["set-cookie"]
    assert not {"\r", "\n"} & set(said)
    assert said.count(";") == 3
    form = urlencode({"name": "Ольга; b"}).encode()
    made = ask("POST", "/who", body=form, content_type="application/x-www-form-urlencoded").headers["set-cookie"]
    assert made.count(";") == 3
    page = ask("GET", "/home/", cookie=f"{ask.cookie}; {made.partition(';')[0]}").body.decode()
    assert 'data-who="Ольга; b"' in page
    forged = ask("GET", "/home/", cookie=f"{ask.cookie}; dateline-{PORT}-who=rival").body.decode()
    assert 'data-who="fox"' in forged
    assert unsigned(signed("a.b", b"k"), b"k") == "a.b"
    assert unsigned(signed("a.b", b"k"), b"l") is None


def test_a_possible_twin_is_named_at_the_top(ask: Asking, desk: Path) -> None:
    """Two spellings of one name: whoever works decides, and the program does not guess."""
    (desk / "observations" / "a-berg").mkdir(parents=True)
    from dateline.app.desk import twins

    assert twins(desk, "A. Berg") == ("a-berg",)
    assert twins(desk, "a berg") == ()
    assert twins(desk, "fox") == ()


def test_nothing_but_http_gets_in(ask: Asking) -> None:
    """A socket of the web kind would pass by Origin and policy: there is none."""
    sent: list[Any] = []

    async def never(*_: Any) -> Any:
        sent.append(_)

    asyncio.run(ask.app({"type": "websocket", "path": "/", "headers": []}, never, never))
    assert sent == []


def test_a_covered_value_is_told_to_who_asks(ask: Asking, desk: Path) -> None:
    """Any field of any record, by a request that no other page can make; unknown ones are told as such."""
    (desk / "places").mkdir(exist_ok=True)
    (desk / "places" / "hide.toml").write_text(
        'schema = 1\nid = "hide"\nrole = "witness"\n[names]\nen = "A flat"\n'
        "[where]\nlon = 12.5\nlat = 41.25\nradius = 20.0\n"
    )

    def told(record: str, field: str) -> Any:
        return json.loads(
            ask("POST", "/api/uncover", body=json.dumps({"record": record, "field": field}).encode()).body
        )

    assert told("hide", "where")["text"] == "lon: 12.5; lat: 41.25; radius: 20.0"
    assert told("hide", "where.lat")["text"] == "41.25"
    assert told("hide", "nothing")["error"]["code"] == "no-field"
    assert told("nobody", "where")["error"]["code"] == "no-record"
    assert ask("GET", "/api/uncover").status == 405


def test_every_address_that_writes_asks_where_a_request_comes_from(ask: Asking, desk: Path) -> None:
    """Of every screen: another origin, none, and the one kind of body that another page could send."""
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    written = [path for path, methods in routes(server._routes()) if "POST" in methods]
    assert len(written) > 25
    for path in written:
        filled = re.sub(r"\{\w+(:\w+)?\}", "crowd", path)
        assert ask("POST", filled, body=b"{}", origin="http://evil.example").status == 403, path
        assert ask("POST", filled, body=b"{}", origin=None).status == 403, path
        assert ask("POST", filled, body=b"{}", sec_fetch_site="cross-site").status == 403, path
        assert ask("POST", filled, body=b"{}", content_type="text/plain", content_length="2").status == 415, path
        assert ask("POST", filled, body=b"{}", host="evil.example").status == 421, path
    assert {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()} == before


def test_a_server_without_a_place_left_says_so_under_the_policy() -> None:
    """Its own answers carry the same headers as every other."""
    found = asyncio.run(asked(busy, {}, []))
    assert found.status == 503
    assert found.headers | {name.lower(): value for name, value in ALWAYS.items()} == found.headers
