"""A page of another origin, in a real browser that is in: it can read, write, embed and load nothing of ours."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dateline.ledger.case import Case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


class Page(BaseHTTPRequestHandler):
    """A page of somebody else, of another port of this machine."""

    def do_GET(self) -> None:
        """Any address: the same page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>other</title><body>other</body>")

    def log_message(self, *_: Any) -> None:
        """Silent."""


@pytest.fixture
def foreign() -> Iterator[str]:
    """The address of that page."""
    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


TRY = """async (base) => {
  const loads = (name, attributes) => new Promise((done) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.onload = () => done("loaded");
    made.onerror = () => done("refused");
    document.body.append(made);
  });
  const asks = (path, options) => fetch(base + path, { credentials: "include", ...options }).then(
    (answer) => (answer.type === "opaque" ? "opaque" : String(answer.status)), () => "refused");
  const one = { id: "s-1", at: "2024-01-01T00:00:00Z", item: "crowd", state: "present" };
  const body = JSON.stringify({ sitting: "s", marks: [one] });
  const method = "POST";
  const told = {
    read: await asks("/home/", {}),
    picture: await loads("img", { src: base + "/pictures/crowd/0/0/0.webp" }),
    script: await loads("script", { src: base + "/static/shell.js", type: "module" }),
    classic: await loads("script", { src: base + "/api/observations" }),
    style: await loads("link", { rel: "stylesheet", href: base + "/static/shell.css" }),
    write: await asks("/api/observations", { method, body, headers: { "Content-Type": "application/json" } }),
    simple: await asks("/api/observations", { method, mode: "no-cors", body }),
  };
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: base + "/who", target: "frame" });
  form.innerHTML = '<input name="name" value="rival">';
  const frame = Object.assign(document.createElement("iframe"), { name: "frame" });
  document.body.append(frame, form);
  await new Promise((done) => { frame.onload = done; form.submit(); });
  const inside = Object.assign(document.createElement("iframe"), { src: base + "/home/" });
  await new Promise((done) => { inside.onload = done; document.body.append(inside); });
  try {
    told.frame = inside.contentDocument ? "read" : "closed";
  } catch {
    told.frame = "closed";
  }
  return told;
}"""


def test_another_page_gets_nothing(browser: Any, opened: Any, foreign: str) -> None:
    """Of another port of this machine, with the cookie in the browser; the same from a name with another host."""
    ours = opened.page(browser, "/home/", who="ana")
    page = ours.context.new_page()
    for address in (foreign, foreign.replace("127.0.0.1", "localhost")):
        page.goto(address)
        told = page.evaluate(TRY, opened.base)
        assert told.pop("simple") in {"opaque", "refused"}
        assert told.pop("frame") == "closed"
        assert set(told.values()) == {"refused"}, told
        frames = [frame for frame in page.frames if frame.url.startswith(opened.base)]
        assert not [frame for frame in frames if "A case on the desk" in frame.content()]
    assert not list((opened.root / "observations").glob("*/*.jsonl"))
    ours.reload()
    assert ours.get_attribute("body", "data-who") == "ana"
    page.goto(foreign)
    page.evaluate("(base) => { location.href = base + '/home/'; }", opened.base)
    page.wait_for_url(opened.base + "/home/")
    assert "another page" in page.inner_text("body")
    assert "A case on the desk" not in page.inner_text("body")


EVIL = '</script><script>window.evil=1</script><img src=x onerror="window.evil=1">"\'><svg onload=window.evil=1>{{7*7}}'

NAMED = "<img src=x onerror=window.evil=1>.png"
"""The same as the name of a file."""


def test_script_in_every_field_is_text(browser: Any, opened: Any) -> None:
    """Titles, questions, names, notes and files that are script: every screen shows them as text, and runs nothing."""
    root: Path = opened.root
    case = root / "case.toml"
    told = case.read_text().replace("A case on the desk", "X").replace("How many?", "Y")
    evil = json.dumps(EVIL, ensure_ascii=False)
    case.write_text(told.replace('"X"', evil).replace('"Y"', evil))
    for folder, name, text in (
        (
            "places",
            "p",
            f'role = "port"\nnote = {evil}\n[names]\nen = {evil}\n[where]\nlon = 1.0\nlat = 2.0\nradius = 9.0\n',
        ),
        ("sources", "s", f'type = "outlet"\nnote = {evil}\n[names]\nen = {evil}\n'),
        ("media", "m", f'title = {evil}\ntype = "photo"\nitems = ["crowd"]\nnote = {evil}\nsaid_to_show = {evil}\n'),
    ):
        (root / folder).mkdir(exist_ok=True)
        (root / folder / f"{name}.toml").write_text(f'schema = 1\nid = "{name}"\n{text}')
    item = root / "evidence" / "items" / "crowd.toml"
    item.write_text(
        item.read_text()
        .replace('name = "own"', f"name = {evil}")
        .replace('name = "crowd.png"', f"name = {json.dumps(NAMED)}")
    )
    (root / "claims").mkdir(exist_ok=True)
    (root / "claims" / "c.toml").write_text(
        f'schema = 1\nid = "c"\nspeaker = "s"\nsaid = "2024-02-01"\nsaid_basis = {evil}\nstance = "asserts"\n'
        f'statement = {evil}\nnote = {evil}\nhedge = {{text = {evil}, class = "flat"}}\n'
        f'origin = {{key = {evil}}}\n[original]\ntext = {evil}\nlanguage = "en"\n'
        f'[assessment]\nsource_reliability = "B"\ninfo_credibility = 2\nby = {evil}\ndate = 2024-02-02\nwhy = {evil}\n'
    )
    (root / "measures").mkdir(exist_ok=True)
    (root / "measures" / "d.toml").write_text(
        f'schema = 1\nid = "d"\nmethod = "distance"\nquestion = {evil}\nnote = {evil}\n[inputs]\n'
        'places = {places = ["p"]}\nreferences = {places = ["p"]}\n'
    )
    sitting = "count-20240301-eve-aaaa1111"
    mark = {"schema": 1, "id": f"{sitting}-1", "by": "eve", "at": "2024-03-01T00:00:00Z", "item": "crowd",
            "sitting": sitting, "place": "p", "question": EVIL, "state": "obscured", "reason": EVIL, "tile": EVIL,
            "submitted": True}  # fmt: skip
    (root / "observations" / "eve").mkdir(parents=True)
    (root / "observations" / "eve" / f"{sitting}.jsonl").write_text(json.dumps(mark) + "\n")
    assert len(Case.load(root).records) == 7  # all of it is well-formed: what follows are no pages of errors
    page = opened.page(browser, "/home/")
    page.wait_for_load_state()
    page.fill(".who input[name=name]", EVIL[:80])
    page.click(".who button")
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    links = page.eval_on_selector_all(
        "nav[aria-label=Screens] a", "(all) => all.map((one) => one.getAttribute('href'))"
    )
    for path in [
        *links,
        "/mask/crowd/",
        "/mask/%3Cscript%3E/",
        "/claims/record/c",
        "/claims/item/crowd",
        "/claims/?q=%3C/script%3E%3Cimg%20src=x%20onerror=window.evil=1%3E",
        *(
            f"/{one}/?item=crowd&place=p&first=crowd&question={quote(EVIL)}"
            for one in ("count", "match", "compare", "port", "bracket")
        ),
        f"/count/result?item=crowd&question={quote(EVIL)}",
        "/port/answer?place=p",
        "/bracket/result?place=p",
        "/archive",
        "/archive/place?made=%3Cimg%20src=x%20onerror=window.evil=1%3E",
        "/archive/kept/crowd",
        "/home/open/unsigned",
        "/nothing/%3Cimg%20src=x%20onerror=alert(1)%3E",
        "/home/?x=%3Csvg%3E",
    ]:
        page.goto(opened.base + path)
        page.wait_for_load_state()
        assert page.evaluate("() => window.evil") is None, path
        assert page.locator("svg[onload], img[onerror]").count() == 0, path
        assert "49}" not in page.content().replace("{{7*7}}", ""), path
    assert not broken, broken
    page.goto(opened.base + "/mask/")
    assert "<img src=x onerror" in page.inner_text(".home")


def raw(address: tuple[str, int], data: bytes) -> bytes:
    """What the server answers to bytes as they are."""
    with socket.create_connection(address, timeout=30) as connection:
        found = b""
        with suppress(ConnectionError):  # the server may close while bytes of ours are on their way
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                found += part
        return found


def test_bytes_that_are_no_request_are_refused(opened: Any) -> None:
    """Two hosts, two lengths, length and chunks, a folded header, a foreign target, an upgrade, a head without end."""
    port = int(opened.base.rpartition(":")[2])
    address = ("127.0.0.1", port)
    host = f"Host: 127.0.0.1:{port}\r\n"
    for request, status in (
        (f"GET / HTTP/1.1\r\n{host}{host}\r\n", b" 400 "),
        (f"GET / HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n", b" 400 "),
        ("GET / HTTP/1.1\r\n\r\n", b" 400 "),
        ("GET / HTTP/1.0\r\n\r\n", b" 421 "),
        (f"GET http://evil.example/ HTTP/1.1\r\n{host}\r\n", b" 401 "),
        ("GET http://127.0.0.1/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", b" 421 "),
        (f"POST / HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", b" 400 "),
        (f"POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked, identity\r\n\r\n", b" 501 "),
        (f"GET / HTTP/1.1\r\n{host}X : y\r\n\r\n", b" 400 "),
        (
            f"GET / HTTP/1.1\r\n{host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n",
            b" 401 ",
        ),
        (f"GET / HTTP/1.1\r\n{host}X: {'y' * 200_000}\r\n\r\n", b" 431 "),
    ):
        found = raw(address, request.encode())
        first = found.partition(b"\r\n")[0]
        assert status in first or b" 400 " in first or (not first and len(request) > 100_000), (request[:80], first)
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asked.request("GET", "/home/")
    assert asked.getresponse().status == 401
    asked.close()


def test_a_head_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then would keep a place that others need: the connection ends; a whole request is answered."""
    import uvicorn

    from dateline.app import wire

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=wire.InTime, ws="none", lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    with socket.create_connection(listening.getsockname(), timeout=30) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert slow.recv(100) == b""
    with socket.create_connection(listening.getsockname(), timeout=30) as good:
        good.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert good.recv(100).startswith(b"HTTP/1.1 200")
        good.sendall(b"GET / HT")
        with suppress(ConnectionError):
            while good.recv(100):
                pass
    server.should_exit = True
    thread.join(60)
    listening.close()
    assert not thread.is_alive()
