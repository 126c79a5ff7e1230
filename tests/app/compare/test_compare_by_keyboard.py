"""Two dates are compared with the keyboard alone, and a shift by hand is kept with who found it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from dateline.evidence.item import Item
from dateline.evidence.store import default_store
from dateline.measure.archive import archive_file

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.fixture
def site(desk: Path) -> Path:
    """The case with a before and an after of one site: the second shows the ground 7 px lower, 4 px further left."""
    rng = np.random.default_rng(1)
    before = rng.integers(70, 95, (400, 600, 3), dtype=np.uint8)
    for _ in range(400):
        x, y, w, h = rng.integers(0, 570), rng.integers(0, 370), *rng.integers(5, 28, 2)
        before[y : y + h, x : x + w] = rng.integers(60, 240, 3)
    for name, pixels in (("before", before), ("after", np.roll(before, (7, -4), (0, 1)))):
        path = desk.parent / f"{name}.png"
        Image.fromarray(pixels).save(path)
        archive_file(desk, path, item=name, by="desk", licence="CC BY 4.0", publish="yes")
    return desk


def ready(page: Any) -> None:
    """Waits until the pair is shown and its certificate is there."""
    page.wait_for_selector("body[data-ready=yes]", timeout=30_000)
    page.wait_for_selector("#certificate[data-state]", timeout=60_000)


def marks(case: Path) -> list[dict[str, Any]]:
    """All lines that anybody wrote."""
    files = sorted((case / "observations").rglob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def test_start_to_finish_by_keyboard(site: Path, browser: Any, open_app: Any) -> None:
    """Choose, swipe, blink, side by side, shift by hand, save; after a reload the shift is laid, with who and when."""
    app = open_app(site, "--by", "fox")
    page = app.page(browser, "/compare/")
    page.focus("select[name=first]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    ready(page)
    expect(page.locator("#certificate-words")).to_contain_text("px lower and")
    expect(page.locator("#certificate")).to_contain_text("7.0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#divider")).to_have_value("54")
    page.keyboard.press("b")
    expect(page.locator("[data-mode=blink]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("s")
    expect(page.locator("#two canvas")).to_be_visible()
    page.keyboard.press("w")
    page.keyboard.press("n")
    for _ in range(7):
        page.keyboard.press("ArrowUp")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#status")).to_contain_text("7.00 px lower and 4.00 px further left")
    page.keyboard.press("v")
    expect(page.locator("#status")).to_contain_text("The shift is saved", timeout=20_000)
    page.reload()
    ready(page)
    expect(page.locator("#lays")).to_contain_text("By hand: fox")
    expect(page.locator("#lays input:checked + span")).to_contain_text("7.00 px lower and 4.00 px further left")
    expect(page.locator("#beside")).to_contain_text("differ by 0.")
    (shift, end) = marks(site)
    assert (shift["item"], shift["other"], shift["state"]) == ("before", "after", "present")
    (match,) = shift["matches"]
    assert (match["other_x"] - match["x"], match["other_y"] - match["y"]) == (-4, 7)
    assert end["submitted"]


def test_a_second_shift_replaces_ones_own_and_no_one_elses(site: Path, browser: Any, open_app: Any) -> None:
    """Points matched by keys give a shift; saving again supersedes one's own; another person's stays beside it."""
    app = open_app(site)
    for who in ("ana", "ana", "ben"):
        page = app.page(browser, "/compare/?first=before&second=after", who=who)
        ready(page)
        page.keyboard.press("m")
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text("2.00 px lower", timeout=20_000)
        page.keyboard.press("v")
        expect(page.locator("#status")).to_contain_text("The shift is saved", timeout=20_000)
    expect(page.locator("#lays")).to_contain_text("By hand: ana")
    expect(page.locator("#lays")).to_contain_text("By hand: ben")
    lines = sorted((mark for mark in marks(site) if mark.get("matches")), key=lambda mark: str(mark["at"]))
    assert [mark.get("supersedes") for mark in lines] == [None, lines[0]["id"], None]


def test_with_reduced_motion_nothing_blinks_by_itself(site: Path, browser: Any, open_app: Any) -> None:
    """Each press of the key shows the other image."""
    app = open_app(site, "--by", "fox")
    page = app.page(browser, "/compare/?first=before&second=after", reduced_motion="reduce")
    ready(page)
    for name in ("before", "after", "before"):
        page.keyboard.press("b")
        expect(page.locator("#one-caption")).to_have_text(
            f"{'First' if name == 'before' else 'Second'}: {name}, undated"
        )


def test_an_image_that_is_not_here_says_so(site: Path, browser: Any, open_app: Any) -> None:
    """In the list, and in three parts where it is asked for."""
    content = Item.read(site / "evidence" / "items" / "after.toml").content
    assert content is not None
    default_store().path(content).unlink()
    app = open_app(site, "--by", "fox")
    page = app.page(browser, "/compare/")
    expect(page.locator(".cmp-list")).to_contain_text("Not on this machine")
    page = app.page(browser, "/compare/?first=before&second=after")
    expect(page.locator("main")).to_contain_text("not on this machine")
    expect(page.locator("main")).to_contain_text("What to do")
