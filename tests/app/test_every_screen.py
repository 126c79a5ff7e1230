"""Every folder of app/screens is a screen, whole: this file finds a new one by itself."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from dateline.app.screen import SCREENS, screens

HERE = Path(__file__).parents[2]
FOLDERS = sorted(path.name for path in SCREENS.iterdir() if path.is_dir() and not path.name.startswith("__"))
LONG = 30_000


def test_each_folder_is_one_screen_of_its_name() -> None:
    """Id is the folder's name; keys, orders and titles are nobody else's; it says what it is for in a line."""
    found = screens()
    assert sorted(one.id for one in found) == FOLDERS
    for name in ("key", "order", "title"):
        assert len({getattr(one, name) for one in found}) == len(found), name
    for one in found:
        assert re.fullmatch(r"[a-z]", one.key), one.id
        assert one.order > 0
        assert one.title[:1].isupper(), one.id
        assert 20 <= len(one.about) <= 120, one.id
        assert not one.about.endswith("."), one.id


@pytest.mark.parametrize("name", FOLDERS)
def test_a_screen_is_in_the_docs_and_imports_no_other(name: str) -> None:
    """The page of the app tells of it by its title; its modules stand on the shell alone."""
    title = next(one.title for one in screens() if one.id == name)
    assert f"**{title}**" in (HERE / "docs/app.md").read_text(encoding="utf-8")
    for path in (SCREENS / name).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("dateline.app.screens."):
                assert str(node.module).split(".")[3] == name, path
    for path in (SCREENS / name).glob("*.js"):
        for other in re.findall(r'from "/screens/(\w+)/', path.read_text(encoding="utf-8")):
            assert other == name, path


@pytest.mark.parametrize("name", FOLDERS)
def test_what_writes_is_posted(name: str) -> None:
    """Each address takes one method; whatever keeps, begins or ends something is a POST, which the gate guards."""
    (one,) = (one for one in screens() if one.id == name)
    for route in one.routes:
        assert isinstance(route, Route)
        methods = set(route.methods or ()) - {"HEAD"}
        assert methods in ({"GET"}, {"POST"}), route.path
        if re.search(r"/(keep|end|measure|build|sign|rate|relate)$", route.path) and methods == {"GET"}:
            assert any(other.path == route.path and "POST" in other.methods for other in one.routes), route.path


@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.parametrize("example", [None, pytest.param("rason", marks=pytest.mark.slow)])
def test_each_opens_on_an_empty_and_on_a_full_case(
    browser: Any, open_app: Callable[..., Any], desk: Path, monkeypatch: pytest.MonkeyPatch, example: str | None
) -> None:
    """With a title and one first heading, without an error of a script, of the policy or of a file."""
    monkeypatch.delenv("DATELINE_SAMPLES", raising=False)
    root = desk
    if example is not None:
        root = desk.parent / example
        shutil.copytree(HERE / "examples" / example, root)
    running = open_app(root, "--by", "fox")
    page, base = running.page(browser, "/home/"), running.base
    told: list[str] = []

    def say(line: Any) -> None:
        if line.type == "error" and "Failed to load resource" not in line.text:
            told.append(f"{page.url}: {line.text}")

    def came(sent: Any) -> None:
        if sent.status >= 400 and "/pictures/" not in sent.url:  # bytes that are not on this machine are said so
            told.append(f"{sent.url}: {sent.status}")

    page.on("console", say)
    page.on("response", came)
    for one in screens():
        assert page.goto(f"{base}/{one.id}/", timeout=LONG).status == 200, one.id
        page.wait_for_load_state("networkidle", timeout=LONG)
        assert page.title().startswith(one.title), page.title()
        assert page.locator("h1").count() == 1, one.id
        assert page.get_attribute("[data-go][aria-current=page]", "data-go") == one.key
        unnamed = page.evaluate(
            """() => ['button', 'input:not([type=hidden])', 'select', 'textarea']
                .flatMap((name) => [...document.querySelectorAll(`main ${name}`)])
                .filter((one) => one.offsetParent && !(one.labels?.length || one.innerText?.trim() || one.ariaLabel
                    || one.getAttribute('aria-labelledby'))).map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert unnamed == [], one.id
    assert told == []
