"""Two people bracket a trench in a real browser, by keyboard alone; nothing in the blind pass tells a date."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dateline.ledger.case import Case
from dateline.ledger.observed import standing

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
LONG = 60_000
"""How long a step may take [ms]: slow machines are no failure."""


def reach(page: Any, selector: str) -> None:
    """Moves the focus there by Tab alone."""
    for _ in range(90):
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def ask(page: Any, kind: str) -> None:
    """From anywhere to the first image of a pass, by keys: dated or blind."""
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_selector("#place", timeout=LONG)
    reach(page, "#place")
    page.keyboard.type("The field")
    reach(page, "#question")
    page.keyboard.type("Is the trench there?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#offer-title", timeout=LONG)
    reach(page, "input[name=narrow]")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    reach(page, f"button[value={kind}]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#picture[data-drawn]", timeout=LONG)


def answer(page: Any, keys: str, *, at: int) -> None:
    """One answer by its keys; 3 and 4 open the dialog of reasons first."""
    page.wait_for_selector("#picture[data-drawn]", timeout=LONG)
    for one in keys:
        page.keyboard.press(one)
        if one in "34":
            page.wait_for_selector("#why[open]", timeout=LONG)
    page.wait_for_function(
        "at => document.querySelectorAll('.br-chip .br-state svg').length === at", arg=at, timeout=LONG
    )


def saved(page: Any) -> None:
    """Waits until the server has everything."""
    page.wait_for_function("() => document.querySelector('#saved').textContent === 'all saved'", timeout=LONG)


def finish(page: Any) -> None:
    """Ends the pass by keys, and waits for the bracket."""
    page.keyboard.press("e")
    page.wait_for_selector("#ending[open]", timeout=LONG)
    page.keyboard.press("Enter")
    page.wait_for_url("**/bracket/result**", timeout=LONG)
    page.wait_for_selector("#live .answer", timeout=LONG)


def listen(page: Any, heard: list[str]) -> Callable[[], None]:
    """Keeps all that comes to a page: addresses, heads, bodies as text. Gives what stops it."""

    def keep(response: Any) -> None:
        body = response.body() if response.status == 200 else b""
        heard.append(f"{response.url}\n{json.dumps(response.headers)}\n{body.decode('latin-1')}")

    page.on("response", keep)
    return lambda: page.remove_listener("response", keep)


def betrays(case: Case) -> re.Pattern[str]:
    """Every word that would tell which image this is, or when it was taken."""
    words: set[str] = set()
    for item in case.items.values():
        assert item.image is not None
        assert item.image.start is not None
        start = item.image.start
        words |= {item.name, Path(item.name).stem, str(item.content), f'"{item.id}"', f"/{item.id}", f">{item.id}<"}
        words |= {f"{start:%Y-%m-%d}", f"{start:%Y%m%d}", f"{start.day} {start:%B}", str(item.image.sensor)}
    return re.compile("|".join(map(re.escape, sorted(words))))


def asked_on_the_side(page: Any, base: str, field: Path) -> list[str]:
    """What the server says in a blind pass to whoever asks for more: thumbnails, the bracket, the list of images, the
    result, and an image whose bytes are gone."""
    passed = page.url.rstrip("/")
    told = page.request.get(f"{passed}/images").json()["images"]
    one = f"{passed}/{told[0]['image']}"
    query = "place=field&question=Is+the+trench+there%3F"
    refused = [f"{one}/thumbnail.webp", f"{passed}/answer", f"{base}/bracket/result?{query}", f"{passed}/plum/about"]
    refused += [f"{base}/bracket/result/answer?{query}", f"{base}/bracket/result/looks.jsonl?{query}"]
    answers = [page.request.get(address) for address in refused]
    assert {answer.status for answer in answers} == {400}
    open_ = [
        page.request.get(address) for address in (f"{base}/bracket/?{query}", f"{base}/bracket/", f"{passed}/images")
    ]
    (field.parent / "data").rename(field.parent / "away")
    gone = [page.request.get(f"{one}/{part}") for part in ("about", "0/0/0.webp")]
    (field.parent / "away").rename(field.parent / "data")
    assert {answer.status for answer in gone} == {400}
    return [answer.text() for answer in (*answers[:3], *answers[4:], *open_, *gone)]


def test_two_people_bracket_by_keyboard_and_the_blind_pass_tells_no_date(
    browser: Any, open_app: Any, field: Path
) -> None:
    """Start to finish without a mouse: Ana by date, Ben without; then the table, the bracket and a kept measure."""
    app = open_app(field, "--by", "ana")
    ana = app.page(browser)
    ask(ana, "dated")
    for at, keys in enumerate(("2", "3r", "4c", "1"), 1):
        answer(ana, keys, at=at)
        if at < 4:
            ana.keyboard.press("ArrowRight")
    saved(ana)
    ana.wait_for_selector("#live .br-bracket", timeout=LONG)
    ana.wait_for_function("() => document.querySelector('#live').dataset.looks === '4'", timeout=LONG)
    said = ana.inner_text("#live .br-bracket")
    assert said.startswith("Absent until 2024-09-28 09:10 UTC, present from 2024-10-12 10:20 UTC")
    finish(ana)
    assert ana.inner_text("#live .br-bracket") == said

    ben = app.page(browser, who="ben")
    ben.goto(app.base + "/bracket/?place=field&question=Is+the+trench+there%3F")
    reach(ben, "button[value=blind]")
    heard: list[str] = []
    stop = listen(ben, heard)
    ben.keyboard.press("Enter")
    ben.wait_for_selector("#picture[data-drawn]", timeout=LONG)
    for at in range(1, 5):
        answer(ben, "1", at=at)
        ben.keyboard.press("ArrowRight" if at < 4 else "+")
    saved(ben)
    ben.keyboard.press("?")
    ben.keyboard.press("Escape")
    stop()
    pattern = betrays(Case.load(field))
    heard += asked_on_the_side(ben, app.base, field)
    assert len(heard) > 15
    assert sum("/looks" in one for one in heard) >= 1
    for one in [*heard, ben.content(), ben.title(), ben.url]:
        assert not pattern.search(one), pattern.search(one)
    finish(ben)
    words = ben.inner_text("main")
    assert "ben, dates hidden" in words
    assert "ana absent; ben (dates hidden) present" in words
    assert "ana obscured: cloud" in words
    reach(ben, "form[action='/bracket/keep'] button")
    ben.keyboard.press("Enter")
    ben.wait_for_url("**kept=field-since**", timeout=LONG)

    case = Case.load(field)
    looks = standing(case.observations).values()
    assert case.measures["field-since"].inputs["looks"][0].observations == ("ana", "ben")
    assert {(mark.by, mark.date_hidden) for mark in looks} == {("ana", False), ("ben", True)}
    assert all(mark.independent and mark.zoom for mark in looks)
    assert len(looks) == 8


def test_looks_survive_a_reload_and_the_death_of_the_server(browser: Any, open_app: Any, field: Path) -> None:
    """What was answered while the server was dead is sent when it lives again; a reload shows every answer."""
    app = open_app(field, "--by", "ana")
    page = app.page(browser)
    ask(page, "dated")
    answer(page, "2", at=1)
    saved(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#picture[data-drawn]", timeout=LONG)
    app.kill()
    answer(page, "1", at=2)
    page.wait_for_function("() => !document.querySelector('#connection').hidden", timeout=LONG)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#picture .trouble", timeout=LONG)
    page.keyboard.press("1")  # of an image that nobody sees: no answer
    app.start()
    address = page.url
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(app.address, timeout=LONG)
    page.goto(address, timeout=LONG)
    page.wait_for_function("() => document.querySelectorAll('.br-chip .br-state svg').length === 2", timeout=LONG)
    saved(page)
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('.br-chip .br-state svg').length === 2", timeout=LONG)
    marks = standing(Case.load(field).observations).values()
    assert {(mark.item, mark.state) for mark in marks} == {("plum", "absent"), ("pear", "present")}
