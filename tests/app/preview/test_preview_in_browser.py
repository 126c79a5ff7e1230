"""`dateline build --watch` in a process of its own: what it prints, who may look, what is shown, how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from dateline.story.samples import sample_case

pytestmark = pytest.mark.enable_socket

PATIENCE = 120_000
"""[ms]"""


class Preview:
    """The command, read line by line."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "dateline", "build", "--watch", "--no-browser", "--case", str(root)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.address = self.until("preview of ").rpartition(" ")[2].strip()
        self.base = self.address.partition("/enter")[0]

    def until(self, start: str) -> str:
        """The next line that starts so. A process that ends before fails the test."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(start):
                return line
        raise AssertionError(f"it ended before it said {start!r}")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A short story."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return sample_case(tmp_path / "halm", ("number",))


@pytest.fixture
def preview(root: Path) -> Iterator[Preview]:
    """The preview of it; killed at the end if it did not end."""
    started = Preview(root)
    yield started
    started.process.kill()
    started.process.communicate()


def asked(opener: urllib.request.OpenerDirector, url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body."""
    try:
        with opener.open(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_it_goes_on_and_ends_cleanly(preview: Preview, root: Path) -> None:
    """A fault is printed with its line, the mended page is built, Ctrl+C is no failure, the last good page stays."""
    preview.until("built site/index.html")
    good = (root / "site/index.html").read_bytes()
    story = (root / "story.md").read_text(encoding="utf-8")
    (root / "story.md").write_text(story + "\nIt grew by 42 per cent.\n", encoding="utf-8")
    assert preview.until("story.md:").startswith(f"story.md:{len(story.splitlines()) + 2}:12: untraced-number")
    assert (root / "site/index.html").read_bytes() == good
    finding = root / "findings/lights-arden.json"
    kept = finding.read_bytes()
    finding.unlink()
    preview.until("events/")
    finding.write_bytes(kept)
    (root / "story.md").write_text(story, encoding="utf-8")
    preview.until("built site/index.html")
    preview.process.send_signal(signal.SIGINT)
    preview.until("preview ended")
    assert preview.process.wait() == 0
    assert (root / "site/index.html").read_bytes() == good


def test_only_who_has_the_address_may_look(preview: Preview, root: Path) -> None:
    """No answer without the secret, under another name, or to another page; the page is served as it was written."""
    preview.until("built site/index.html")
    stranger = urllib.request.build_opener()
    assert asked(stranger, f"{preview.base}/page")[0] == 401
    assert asked(stranger, f"{preview.base}/state")[0] == 401
    guest = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    assert asked(guest, preview.address)[0] == 200
    status, page = asked(guest, f"{preview.base}/page")
    assert (status, page) == (200, (root / "site/index.html").read_bytes())
    assert json.loads(asked(guest, f"{preview.base}/state")[1])["stopped"] == 0
    assert asked(guest, f"{preview.base}/page", Host="evil.example")[0] == 421
    assert asked(guest, f"{preview.base}/page", Origin="http://evil.example")[0] == 403
    assert asked(guest, f"{preview.base}/serving.py")[0] == 404
    assert asked(guest, f"{preview.base}/..%2fgate.py")[0] == 404
    if os.name == "posix":
        preview.process.send_signal(signal.SIGTERM)
        preview.process.wait()


@pytest.mark.browser
def test_the_browser_shows_each_save(browser: Any, preview: Preview, root: Path) -> None:
    """The page comes by itself, then the list of what stops it, then the page again, where the reader was."""
    preview.until("built site/index.html")
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(preview.address)
    assert "token" not in page.url
    frame = page.frame_locator("#page")
    story = (root / "story.md").read_text(encoding="utf-8")
    frame.locator("h1").wait_for()
    frame.locator(".drawer > summary").first.click()
    (root / "story.md").write_text(story + "\n<b>It</b> grew by 42 per cent.\n", encoding="utf-8")
    frame.locator("h1", has_text="1 thing stops the page").wait_for()
    frame.locator("li", has_text="untraced-number").wait_for()
    (root / "story.md").write_text(story + "\nA new last line.\n", encoding="utf-8")
    frame.locator("p", has_text="A new last line.").wait_for()
    page.locator("#said", has_text="Up to date").wait_for()
    (root / "story.md").write_text(story + "\nA newer last line.\n", encoding="utf-8")
    frame.locator(".drawer > summary").first.click()
    frame.locator("p", has_text="A newer last line.").wait_for()
    assert said == []
    preview.process.send_signal(signal.SIGINT)
    page.locator("#said", has_text="The preview has ended.").wait_for()
    page.context.close()
