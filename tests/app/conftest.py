"""A case on a desk, the app in a process of its own that can be killed, and a browser that works in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dateline.cli.app import run
from dateline.measure.archive import archive_file

DOTS = ((40, 30), (90, 60), (150, 40), (200, 120), (60, 160), (250, 180), (130, 110), (280, 60), (20, 100), (220, 30))
"""Where the picture `crowd` has something to count: column and row [px]."""


def crowd(size: tuple[int, int] = (300, 200), dots: tuple[tuple[int, int], ...] = DOTS, seed: int = 1) -> Image.Image:
    """A grey picture with bright dots."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(70, 90, (size[1], size[0], 3), dtype=np.uint8)
    for x, y in dots:
        pixels[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3] = 230
    return Image.fromarray(pixels)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small case with one picture, `crowd` (300 by 200 px, ten dots), in a store of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("DATELINE_BY", raising=False)
    root = tmp_path / "case"
    assert run(["new", str(root), "--title", "A case on the desk", "--question", "How many?"]) == 0
    put(root, "crowd", crowd())
    return root


def put(root: Path, name: str, picture: Image.Image, suffix: str = ".png", **options: Any) -> Path:
    """Archives a picture under an id. Needs the store of the case in the environment."""
    path = root.parent / f"{name}{suffix}"
    picture.save(path)
    archive_file(root, path, item=name, by="desk", licence="own", publish="yes", **options)
    return path


@dataclass
class Running:
    """The app in its own process."""

    root: Path
    options: tuple[str, ...] = ()
    process: Any = None
    address: str = ""
    _pages: list[Any] = field(default_factory=list)

    def start(self) -> Running:
        """Starts the app, or starts it again; gives itself when it can be asked."""
        command = [sys.executable, "-m", "dateline", "open", str(self.root), "--no-browser", "--json", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = []
        while "}\n" not in lines:  # the last line of what is printed
            lines.append(self.process.stdout.readline())
            assert lines[-1], "".join(lines) + self.process.stderr.read()
        told = json.loads("".join(lines))
        assert "address" in told, told
        self.address = told["address"]
        return self

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        return self.address.partition("/enter")[0]

    def kill(self) -> None:
        """As a crash does: nothing is finished."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def page(self, browser: Any, path: str = "/", *, who: str | None = None, **options: Any) -> Any:
        """A new browser context that came in by the printed address, on a screen; errors of scripts fail the test."""
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(self.address)
        if who is not None:
            page.fill(".who input[name=name]", who)
            page.click(".who button")
        page.goto(self.base + path)
        self._pages.append(page)
        return page

    def stop(self) -> None:
        """Ends the app and its pages. Raises what scripts raised in them."""
        errors = [error for page in self._pages for error in page.errors]
        for page in self._pages:
            page.context.close()
        if self.process.poll() is None:
            self.kill()
        assert not errors, errors


@pytest.fixture
def opened(desk: Path) -> Iterator[Running]:
    """The app, open on `desk`, as fox."""
    running = Running(desk, ("--by", "fox")).start()
    yield running
    running.stop()


@pytest.fixture
def open_app() -> Iterator[Callable[..., Running]]:
    """Opens the app on any case: open_app(root, "--by", "fox")."""
    made: list[Running] = []

    def open_it(root: Path, *options: str) -> Running:
        made.append(Running(root, options).start())
        return made[-1]

    yield open_it
    for running in made:
        running.stop()
