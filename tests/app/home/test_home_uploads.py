"""Files sent over the wire: too large, cut off, twice, two at once; nothing half is ever kept."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dateline.ledger.case import Case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
LINE = "----dateline"


def form(name: str, data: bytes, **texts: str) -> bytes:
    """A form with one file, as a browser sends it."""
    parts = [
        f'--{LINE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n' for key, text in texts.items()
    ]
    head = f'--{LINE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "".join(parts).encode() + head.encode() + data + f"\r\n--{LINE}--\r\n".encode()


class Client:
    """A program that came in by the printed address."""

    def __init__(self, opened: Any) -> None:
        self.host = opened.base.removeprefix("http://")
        self.cookie = ""
        self.cookie = self.ask("GET", opened.address.removeprefix(opened.base))[2].partition(";")[0]

    def heads(self) -> dict[str, str]:
        """What a page of the app says with a form."""
        return {
            "Cookie": self.cookie, "Origin": f"http://{self.host}", "Accept": "application/json",
            "Content-Type": f"multipart/form-data; boundary={LINE}",
        }  # fmt: skip

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any, str]:
        """Status, answer, and the cookie that was set."""
        line = http.client.HTTPConnection(self.host, timeout=60)
        try:
            line.request(method, path, body, self.heads() | more.pop("headers", {}), **more)
            answer = line.getresponse()
            text = answer.read().decode()
            told = json.loads(text) if "json" in answer.headers.get("content-type", "") else text
            return answer.status, told, answer.headers.get("set-cookie", "")
        finally:
            line.close()

    def send(self, name: str, data: bytes, **texts: str) -> tuple[int, Any]:
        """Sends a file."""
        return self.ask("POST", "/archive", form(name, data, **texts))[:2]


def picture(seed: int, tmp_path: Path) -> bytes:
    """A picture like no other."""
    path = tmp_path / f"{seed}.png"
    Image.new("RGB", (30 + seed, 20), (seed, 90, 90)).save(path)
    return path.read_bytes()


def left(root: Path) -> list[Path]:
    """What lies in the folder of uploads."""
    return sorted((root / ".dateline/uploads").rglob("*"))


def test_uploads(opened: Any, desk: Path, tmp_path: Path) -> None:
    """Kept with its facts, known when it comes again, refused when it is not what it says; half a one leaves nothing"""
    client = Client(opened)
    status, told = client.send("../../C:\\x\\порт.png", picture(1, tmp_path), taken="2023-10-01", publish="yes")
    assert (status, told["new"], told["name"], told["picture"]) == (200, True, "порт.png", True)
    again = client.send("other.png", picture(1, tmp_path))[1]
    assert (again["new"], again["item"]) == (False, told["item"])
    image = Case.load(desk).items[told["item"]].image
    assert image is not None
    assert image.start is not None
    assert image.start.isoformat() == "2023-10-01T00:00:00+00:00"

    for name, data, code in (
        ("x.jpg", b"<!doctype html><html></html>", "login-page"),
        ("x.png", b"", "empty-file"),
        ("", b"abc", "no-file"),
        ("\u202e", b"abc", "file-name"),
        ("simulated.png", picture(9, tmp_path), "simulated-evidence"),
    ):
        status, wrong = client.send(name, data)
        assert (status, wrong["error"]["code"]) == (400, code)
    assert client.send("x.png", picture(2, tmp_path), taken="03/04/2023")[1]["error"]["code"] == "several-readings"
    assert client.ask("POST", "/archive", form("x.png", b"abc")[:-20])[1]["error"]["code"] == "form"
    assert client.ask("POST", "/archive", b"", headers={"Content-Type": "multipart/form-data"})[0] == 400
    assert client.ask("POST", "/archive", form("x.png", b"a"), headers={"Origin": "http://evil.example"})[0] == 403
    assert client.ask("POST", "/archive", b"", headers={"Content-Length": str(600 << 20)})[0] == 413

    cut_off(client)
    both = [picture(seed, tmp_path) for seed in (3, 4)]
    at_once = [threading.Thread(target=client.send, args=(f"{one}.png", both[one])) for one in (0, 1)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    names = {item.name for item in Case.load(desk).items.values()}
    assert names == {"crowd.png", "порт.png", "0.png", "1.png"}
    end = time.monotonic() + 30
    while left(desk):
        assert time.monotonic() < end, left(desk)
        time.sleep(0.05)


def cut_off(client: Client) -> None:
    """Sends half a file and goes."""
    host, _, port = client.host.partition(":")
    heads = {"Host": client.host, "Content-Length": "1000000"} | client.heads()
    with socket.create_connection((host, int(port)), timeout=30) as line:
        told = "".join(f"{name}: {value}\r\n" for name, value in heads.items())
        line.sendall(f"POST /archive HTTP/1.1\r\n{told}\r\n".encode() + form("half.png", bytes(300_000))[:-20])


@pytest.mark.slow
def test_a_body_that_grows_past_the_limit(opened: Any, desk: Path) -> None:
    """Chunked, without a length: cut off at the limit, and nothing of it stays."""
    client = Client(opened)
    start = form("x.png", b"")[: -len(f"\r\n--{LINE}--\r\n")]
    pieces = (piece for piece in [start, *[bytes(1 << 20)] * 520])
    try:
        status = client.ask("POST", "/archive", pieces, encode_chunked=True)[0]
    except (ConnectionError, http.client.HTTPException):  # the server has hung up while we were still sending
        status = 413
    assert status == 413
    assert left(desk) == []
    assert set(Case.load(desk).items) == {"crowd"}
