"""The Match screen, done by somebody who has only a keyboard, while the server dies once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.app.match.test_match_methods import FOCAL, from_file, photo, rows, same

from dateline.app.asking import ask_live
from dateline.app.screens.match.bench import bench_of
from dateline.app.screens.match.camera import camera_measure
from dateline.ledger.case import Case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
LONG = 60_000
"""[ms] A wait that a slow machine needs as well."""


def tab_to(page: Any, name: str, *, most: int = 80) -> None:
    """Goes to an element with the tabulator."""
    for _ in range(most):
        if page.evaluate("() => document.activeElement?.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def cross_to(page: Any, column: float, row: float) -> None:
    """Moves the cross with the arrows, as the screen reader tells where it is."""
    page.keyboard.press("Shift+ArrowRight")
    for _ in range(400):
        found = re.match(r"column (\d+), row (\d+)", page.inner_text("#announce"))
        assert found
        right, down = round(column) - int(found[1]), round(row) - int(found[2])
        if not right and not down:
            return
        far = max(abs(right), abs(down)) > 30
        if abs(right) >= abs(down):
            page.keyboard.press(("" if far else "Shift+") + ("ArrowRight" if right > 0 else "ArrowLeft"))
        else:
            page.keyboard.press(("" if far else "Shift+") + ("ArrowDown" if down > 0 else "ArrowUp"))
    raise AssertionError("the cross does not get there")


def ready(page: Any) -> None:
    """Waits until the bench can be worked on."""
    page.wait_for_function("() => document.body.dataset.ready === 'yes'", timeout=LONG)


def pairs(page: Any, number: int) -> None:
    """Waits until so many pairs are saved and shown."""
    page.wait_for_function(
        "number => document.querySelectorAll('#pairs tbody tr').length === number", arg=number, timeout=LONG
    )


def add(page: Any, row: dict[str, Any], number: int) -> None:
    """One pair: a cross on the photo, pasted coordinates, a name, Enter."""
    cross_to(page, row["x"], row["y"])
    page.keyboard.press("Enter")
    page.keyboard.press("p")
    page.wait_for_function("() => document.activeElement.id === 'pair-text'", timeout=LONG)
    page.keyboard.type(f"{row['lat']:.7f} N, {row['lon']:.7f} E")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(row["name"])
    page.keyboard.press("Enter")
    pairs(page, number)


@pytest.mark.slow
def test_by_keyboard_alone_from_pairs_to_a_kept_camera(opened: Any, desk: Path, browser: Any) -> None:
    """Four pairs, a killed server, a reload, the lens, the answer on both pictures, the measure: all by keys."""
    photo(desk)
    given = rows()
    page = opened.page(browser, "/match/?item=photo", who="ana")
    ready(page)
    for number, row in enumerate(given[:3], 1):
        add(page, row, number)
    assert re.fullmatch(r"about \d+\.\d° N, \d+\.\d° E", page.inner_text("#pairs tbody small"))
    opened.kill()
    cross_to(page, given[3]["x"], given[3]["y"])
    page.keyboard.press("Delete")  # nothing is chosen: nothing happens
    opened.start()
    again = opened.page(browser, "/match/?item=photo", who="ana")
    ready(again)
    pairs(again, 3)
    again.keyboard.press("F6")
    again.wait_for_function("() => document.activeElement.id === 'ground'", timeout=LONG)
    again.keyboard.press("F6")
    for number, row in enumerate(given[3:], 4):
        add(again, row, number)
    tab_to(again, "lens-kind")
    again.keyboard.press("ArrowDown")
    again.keyboard.press("ArrowDown")
    tab_to(again, "lens-value")
    again.keyboard.type(str(FOCAL))
    again.keyboard.press("Tab")
    again.wait_for_selector("#camera dl", timeout=LONG)
    shown = again.inner_text("#camera .sentence")
    case = Case.load(desk)
    live = ask_live(case, camera_measure(bench_of(case, "ana", "photo"), {"f_px": FOCAL}))
    assert shown == live.statement.en
    (log,) = (desk / "observations/ana").glob("match-*.jsonl")
    same(live, from_file(log, f_px=FOCAL))
    again.focus("[data-keep=camera] input")
    again.keyboard.press("Enter")
    again.wait_for_selector("[data-kept=camera] .answer", timeout=LONG)
    assert (desk / "measures/camera-photo.toml").is_file()
    assert "48." not in again.url


def test_a_line_is_drawn_and_withdrawn_by_keys(opened: Any, desk: Path, browser: Any) -> None:
    """A shadow across the view: foot, top, tip; why it measures nothing without a lens stands beside it."""
    photo(desk)
    page = opened.page(browser, "/match/?item=photo", who="ana")
    ready(page)
    page.keyboard.press("3")
    for column, row in ((400, 900), (400, 600), (1000, 900)):
        cross_to(page, column, row)
        page.keyboard.press("Enter")
    page.wait_for_selector("#drawings li", timeout=LONG)
    assert "perspective" in page.inner_text("#drawings li")
    page.focus("#drawings li button")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('#drawings li')", timeout=LONG)
