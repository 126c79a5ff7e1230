"""Single acts of a count in a real browser: undo, move, remove, cannot tell, what is hidden, and bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.app.count.count_desk import (
    DOTS,
    READY,
    TIMEOUT,
    begin,
    count_tiles,
    counted_by,
    lines_of,
    submit,
    wait_saved,
)

from dateline.app.screens.count.plan import Plan
from dateline.ledger.case import Case
from dateline.ledger.observed import standing

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def press(page: Any, *keys: str) -> None:
    for name in keys:
        page.keyboard.press(name)


def test_every_act_is_a_line_and_can_be_undone(browser: Any, opened: Any, desk: Path) -> None:
    """Marks are withdrawn and superseded, never edited; undo brings each back; cannot tell is never nothing; others'
    marks and the result stay hidden until everything is done and submitted.
    """
    counted_by(desk, "ben", DOTS, plan=Plan(side=128, blind=True), size=(300, 200))
    page = opened.page(browser, "/count/", who="ana")
    begin(page)
    press(page, "Enter", "ArrowRight", "ArrowRight", "ArrowRight", "Enter", "ArrowDown", "ArrowDown", "Enter")
    wait_saved(page, 3)
    press(page, "v", "ArrowRight", "Enter")  # moved
    press(page, "Delete")  # and removed
    wait_saved(page, 2)
    press(page, "u", "u", "Control+z")  # back, back to its place, and the third mark undone
    wait_saved(page, 2)
    stand = [mark for mark in standing(Case.load(desk).observations).values() if mark.by == "ana"]
    assert len(stand) == 2
    states = [line["state"] for line in lines_of(desk, "ana")]
    assert states.count("withdrawn") == 2
    assert len([line for line in lines_of(desk, "ana") if line.get("supersedes")]) == 4

    press(page, "x")  # marks are on this tile: cannot tell is refused
    assert not page.locator("#cannot-dialog").is_visible()
    press(page, "n", "x")
    page.keyboard.type("cloud over the yard")
    press(page, "Enter")
    press(page, "s")
    assert "2 of 4 tiles are not done" in page.inner_text("#submit-words")
    assert not page.locator("#submit-dialog [value=submit]").is_visible()
    press(page, "Escape")
    for hidden in ("/count/result?item=crowd&question=people", "/count/state?item=crowd&question=people"):
        other = page.context.new_page()
        other.goto(opened.base + hidden)
        assert "hidden" in other.inner_text("body")
        assert "ben" not in other.inner_text("main" if "result" in hidden else "body")
        other.close()
    press(page, "n", "n")
    submit(page)
    assert "ben" in page.inner_text("#people")
    (unclear,) = [line for line in lines_of(desk, "ana") if line["state"] == "not_discernible"]
    assert unclear["reason"] == "cloud over the yard"
    assert "not_discernible" not in page.inner_text("#finding") or "not counted as none" in page.inner_text("#finding")


@pytest.mark.slow
def test_a_second_count_is_not_independent(browser: Any, opened: Any, desk: Path) -> None:
    """After submission a count of one's own replaces the first; the server does not believe that it is blind."""
    page = opened.page(browser, "/count/", who="ana")
    begin(page, side="256")
    count_tiles(page, DOTS[:5])
    submit(page)
    assert "One person marked 5" in page.inner_text("#finding") or "5" in page.inner_text("#people td:nth-child(2)")
    page.goto(opened.base + "/count/?item=crowd&question=people")
    assert page.input_value("#side") == "256"
    begin(page, question="")
    count_tiles(page, DOTS[:7])
    submit(page)
    assert page.inner_text("#people tbody td:nth-child(2)") == "7"
    assert page.inner_text("#people tbody td:nth-child(5)") == "no"


@pytest.mark.slow
@pytest.mark.parametrize("question", ["أشخاص واقفون", "人 😀", "<img src=x onerror=alert(1)>{{ 7*7 }}"])
def test_questions_in_any_script(browser: Any, opened: Any, desk: Path, question: str) -> None:
    """What is counted may be written from right to left, in signs, or look like markup: it stays text."""
    counted_by(desk, "fox", DOTS, plan=Plan(side=128), size=(300, 200), question=question)
    page = opened.page(browser, "/count/")
    page.click("table .go")
    page.wait_for_selector(READY, timeout=TIMEOUT)
    assert question in page.inner_text("#finding .sentence")
    assert page.locator("#main img").count() == 0
    page.click("#keep .main")
    page.wait_for_url("**kept=**", timeout=TIMEOUT)
    (kept,) = Case.load(desk).measures.values()
    assert kept.parameters["what"] == question


@pytest.mark.slow
def test_what_cannot_be_counted_is_said(browser: Any, open_app: Any, desk: Path) -> None:
    """No name, no bytes, no picture, no question, somebody else's sitting: each is said in three parts."""
    running = open_app(desk)
    page = running.page(browser, "/count/")
    assert "no-person" in page.inner_text("main")
    page = running.page(browser, "/count/", who="ana")

    def post(**form: str) -> str:
        return page.evaluate(
            """form => fetch('/count/begin', { method: 'POST', body: new URLSearchParams(form) })
                .then((one) => one.text())""",
            form,
        )

    assert "no-item" in post(item="nothing", question="people")
    assert "question" in post(item="crowd", question="   ")
    assert "number" in post(item="crowd", question="people", side="12.5")
    assert "tiles" in post(item="crowd", question="people", side="3")
    page.goto(running.base + "/count/at/count-whole-20261122-0123abcd-ben?item=crowd&question=people")
    assert "somebody else's" in page.inner_text("main")
    for stored in (desk.parent / "data").rglob("*"):
        if stored.is_file() and stored.stat().st_size == (desk.parent / "crowd.png").stat().st_size:
            stored.unlink()
    for view in (desk / ".dateline" / "view").rglob("crowd.png"):
        view.unlink()
    assert "missing-bytes" in post(item="crowd", question="people")
