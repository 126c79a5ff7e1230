"""Fast clicks, crashes of the tab and of the server, two people, two servers: no mark is lost and none is doubled."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error
from tests.app.count.count_desk import READY, TIMEOUT, begin, clicks, lines_of, points_of, saved, wait_saved

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def whole(running: Any, browser: Any, who: str) -> Any:
    """A page on which the whole picture is counted at once."""
    page = running.page(browser, "/count/", who=who)
    begin(page, mode="whole")
    return page


def test_two_hundred_fast_clicks_are_two_hundred_marks(browser: Any, opened: Any, desk: Path) -> None:
    """200 clicks as fast as a browser takes them, and 200 in one go: each is a line on the disk, and there after a
    reload.
    """
    page = whole(opened, browser, "ana")
    box = page.locator("#picture").bounding_box()
    for index in range(200):
        page.mouse.click(box["x"] + 60 + 3.5 * (index % 200), box["y"] + 200 + 7 * (index % 17))
    wait_saved(page, 200)
    clicks(page, 200)
    wait_saved(page, 400)
    assert len(points_of(desk, "ana")) == 400
    assert all(len(line["points"]) == 1 and line["zoom"] > 0 for line in points_of(desk, "ana"))
    page.reload()
    page.wait_for_selector(READY, timeout=TIMEOUT)
    assert saved(page) == (400, 0)


@pytest.mark.slow
def test_clicks_while_the_server_is_dead_are_saved_when_it_lives(browser: Any, opened: Any, desk: Path) -> None:
    """The server is killed between clicks and started again: marks made meanwhile wait, and are sent once."""
    page = whole(opened, browser, "ana")
    clicks(page, 50)
    opened.kill()
    clicks(page, 70)
    assert page.locator("#connection").is_visible() or saved(page)[1] > 0
    opened.start()
    other = page.context.new_page()
    other.goto(opened.address)  # the new start has a new secret: the person opens the printed address
    other.close()
    wait_saved(page, 120)
    found = points_of(desk, "ana")
    assert len(found) == len({line["id"] for line in found}) == 120


@pytest.mark.slow
def test_the_tab_dies_in_the_midst(browser: Any, opened: Any, desk: Path) -> None:
    """A crashed tab loses nothing that it had marked, not even what the server had never heard of."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(opened.address)
    page.goto(opened.base + "/count/")
    begin(page, mode="whole")
    address = page.url
    page.route("**/api/observations", lambda route: route.abort())
    clicks(page, 40)
    assert saved(page)[1] == 40
    with suppress(Error):
        page.goto("chrome://crash")
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector(READY, timeout=TIMEOUT)
    wait_saved(again, 40)
    assert len(points_of(desk, "fox")) == 40
    context.close()


@pytest.mark.slow
def test_two_people_at_once_on_one_server_and_on_two(browser: Any, opened: Any, open_app: Any, desk: Path) -> None:
    """Two people mark at the same time, on one server and on two that serve one case: each keeps all of theirs."""
    second = open_app(desk, "--by", "hare")
    assert second.base != opened.base
    pages = {
        "ana": whole(opened, browser, "ana"),
        "ben": whole(opened, browser, "ben"),
        "cat": whole(second, browser, "cat"),
    }
    for _ in range(3):
        for page in pages.values():
            clicks(page, 20)
    for who, page in pages.items():
        wait_saved(page, 60)
        assert len(points_of(desk, who)) == 60
        assert {line["by"] for line in lines_of(desk, who)} == {who}


@pytest.mark.slow
def test_a_second_tab_of_one_person_waits(browser: Any, opened: Any, desk: Path) -> None:
    """Two tabs on one sitting would not know of each other's marks: the second says so, and can take over."""
    page = whole(opened, browser, "ana")
    clicks(page, 3)
    wait_saved(page, 3)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#taken button", timeout=TIMEOUT)
    clicks(other, 5)
    assert len(points_of(desk, "ana")) == 3
    other.click("#taken button")
    page.wait_for_selector("#taken button", timeout=TIMEOUT)
    other.wait_for_selector(READY, timeout=TIMEOUT)
    clicks(other, 5)
    wait_saved(other, 8)
    clicks(page, 2)
    assert len(points_of(desk, "ana")) == 8
