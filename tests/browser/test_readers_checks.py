"""What a reader can check in a real browser: a source taken away, data saved, a page on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def opened(browser: Any, sample_page: Path) -> Iterator[Any]:
    """Opens the page in a window of its own."""
    contexts: list[Any] = []

    def one(**options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.goto(sample_page.as_uri())
        return page

    yield one
    for context in contexts:
        context.close()


def test_a_source_is_taken_away_by_keyboard_and_put_back(opened: Any) -> None:
    """The arrow key chooses, the text is marked as the list says, Next goes to the first mark, Put it back clears."""
    page = opened()
    page.locator("#ko-choice").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#ko-bar").wait_for(state="visible")
    chosen = page.locator("#ko-choice").input_value()
    listed = page.evaluate(
        """(id) => [...document.querySelectorAll(`#${id} [data-ko]`)].flatMap(
            (one) => one.dataset.at.split(" ").map((at) => `${at} ${one.dataset.ko}`)).sort()""",
        chosen,
    )
    marked = page.evaluate(
        """[...document.querySelectorAll(".ref.falls, .ref.loses, figure.falls, figure.loses")].map(
            (one) => `${one.id} ${one.classList.contains("falls") ? "falls" : "loses"}`).sort()"""
    )
    assert marked == listed
    assert "fall" in page.locator("#ko-said").inner_text()
    page.locator("#ko-next").press("Enter")
    focused = page.evaluate("document.activeElement.id + ' ' + document.activeElement.className")
    assert " falls" in focused or " loses" in focused
    assert page.locator(".ref.falls .ko-mark").first.text_content() == " (falls) "
    page.locator("#ko-back").press("Enter")
    assert page.locator(".ref.falls, .ref.loses, figure.falls, figure.loses, .ko-mark").count() == 0
    assert page.evaluate("document.activeElement.id") == "ko-choice"


def test_without_a_script_the_lists_say_the_same(opened: Any) -> None:
    """No control that does nothing; each list opens and each entry leads to its place in the text."""
    page = opened(java_script_enabled=False)
    assert not page.locator("#ko-choice").is_visible()
    assert not page.locator(".save").first.is_visible()
    page.locator(".ko-sort > summary").first.press("Enter")
    page.locator(".ko > summary").first.press("Enter")
    link = page.locator(".ko [data-ko=falls]").first
    assert link.is_visible()
    link.press("Enter")
    assert page.url.endswith(link.get_attribute("href") or "-")


@pytest.mark.parametrize("script", [True, False])
def test_a_figure_s_numbers_are_saved(opened: Any, script: bool) -> None:
    """The file comes from the page itself, with a script and without one."""
    page = opened(java_script_enabled=script)
    link = page.locator("figure.series a.download").first
    with page.expect_download() as coming:
        link.press("Enter")
    assert coming.value.suggested_filename.endswith(".csv")
    text = Path(coming.value.path()).read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "nW/cm²/sr" in text


def test_a_finding_is_saved_letter_by_letter(opened: Any) -> None:
    """The JSON that is saved is the data block whose hash the page prints."""
    page = opened()
    page.locator(".drawer > summary").first.press("Enter")
    button = page.locator("[data-save]").first
    with page.expect_download() as coming:
        button.press("Enter")
    carried = page.locator(f"[id='{button.get_attribute('data-save')}']").text_content()
    assert Path(coming.value.path()).read_text(encoding="utf-8") == carried


@pytest.mark.parametrize("open_all", [False, True])
def test_nothing_is_cut_on_a_phone(opened: Any, open_all: bool) -> None:
    """What is wider than the screen lies in a box that scrolls and that the keyboard reaches; targets are 44 px."""
    page = opened(viewport=PHONE)
    if open_all:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    cut = page.evaluate(
        """[...document.querySelectorAll("main *")].filter((one) => {
            const box = one.getBoundingClientRect();
            if (!box.width || box.right <= innerWidth + 1 || one.closest(".vh, svg")) return false;
            const around = one.closest(".scroll, .tall, pre");
            return !around || (around.tabIndex !== 0 && around.tagName !== "PRE");
        }).map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert cut == []
    low = page.evaluate(
        """[...document.querySelectorAll("button, select, input, summary, a.download")].filter(
            (one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert low == []
    assert page.evaluate("document.documentElement.scrollHeight") < 25_000 or open_all


def test_on_paper_every_box_is_whole(opened: Any) -> None:
    """Boxes that scroll on a phone do not on paper, folded entries are open, captions stand, controls do not."""
    page = opened(viewport={"width": 720, "height": 1000})
    page.emulate_media(media="print")
    cut = page.evaluate(
        """[...document.querySelectorAll(".scroll, .tall")].filter(
            (one) => one.scrollHeight > one.clientHeight + 2 || getComputedStyle(one).overflowY === "auto").length"""
    )
    assert cut == 0
    hidden = page.evaluate(
        """[...document.querySelectorAll("figcaption, .caption, .drawer-in > p, .sts li, .drawer-in td")].filter(
            (one) => !one.closest(".save, .back") && !one.matches(".save, .back") && !one.checkVisibility())
            .map((one) => one.textContent.trim().slice(0, 40))"""
    )
    assert hidden == []
    for control in (".ko-control", ".download", ".save"):
        assert not page.locator(control).first.is_visible()
