"""The Mask screen in a real browser: what is kept is what the command makes of the same boxes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dateline.cli.app import run
from dateline.ledger.case import Case
from dateline.measure.files import item_path

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def press(page: Any, *keys: str) -> None:
    """One key after the other."""
    for key in keys:
        page.keyboard.press(key)


def test_a_box_by_keyboard_gives_the_bytes_of_the_command(browser: Any, opened: Any, tmp_path: Path) -> None:
    """Two corners with the arrow keys, what it covers, the copy looked at, kept: an item derived from its parent."""
    page = opened.page(browser, "/mask/crowd/")
    page.wait_for_selector("#picture[data-ready]")
    page.focus("#picture")
    press(page, "ArrowLeft", "ArrowUp", "Enter")
    for _ in range(8):
        press(page, "ArrowRight", "ArrowDown")
    press(page, "Enter", "1", "3")
    box = page.input_value("#boxes")
    assert box.count(",") == 3
    press(page, "p")
    page.wait_for_selector("#copy:not([hidden])")
    assert page.evaluate("document.getElementById('copy-picture').naturalWidth") == 300
    press(page, "p", "s")
    page.wait_for_url("**/?kept=*")
    assert "Publish that one" in page.inner_text(".answer")
    case = Case.load(opened.root)
    made = next(one for one in case.items.values() if one.derived)
    assert made.derived is not None
    assert (made.derived.parents, made.by) == (("crowd",), "fox")
    out = tmp_path / "by-command.jpg"
    flags = ["--box", box, "--what", "faces", "--what", "name_tags"]
    assert run(["mask", str(item_path(case, "crowd")), "-o", str(out), *flags]) == 0
    assert out.read_bytes() == item_path(case, made.id).read_bytes()


def test_boxes_by_mouse_lie_where_they_are_drawn(browser: Any, opened: Any) -> None:
    """A drag to the middle of the picture ends there; a line that is no box is told by its number."""
    page = opened.page(browser, "/mask/crowd/")
    page.wait_for_selector("#picture[data-ready]")
    frame = page.locator("#picture").bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(middle[0] - 90, middle[1] - 60)
    page.mouse.down()
    page.mouse.move(middle[0] - 30, middle[1] - 20, steps=4)
    page.mouse.move(*middle, steps=4)
    page.mouse.up()
    page.wait_for_function("() => document.getElementById('boxes').value")
    x, y, width, height = map(int, page.input_value("#boxes").split(","))
    assert max(abs(x + width - 150), abs(y + height - 100)) <= 2
    assert abs(width / height - 1.5) < 0.15
    page.fill("#boxes", "1,2,3\n4,5,6,7")
    assert page.inner_text("#count") == "1 box; no box in line 1"
    page.click("#keep")
    page.wait_for_function("() => document.getElementById('said').textContent")
    assert "box" in page.inner_text("#said")
