"""The page on paper: nothing lost, nothing cut, every entry open, each method's card once, and few sheets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PAPER = {"width": 680, "height": 900}
"""[px] A4 less its margins, at 96 px an inch."""
SHEETS_OF_AN_ENTRY = 0.6
SHEETS_OF_A_FIGURE = 1.0
SHEETS_OF_THE_REST = 10
"""What the page of the sample takes at most; a card an entry took three times as many."""


@pytest.fixture(scope="module")
def page_file(sample_page: Path) -> Path:
    """The sample story with every block, built."""
    return sample_page


@pytest.fixture(scope="module")
def paper(browser: Any, page_file: Path) -> Any:
    """The page without a script, as a printer sees it."""
    page = browser.new_context(viewport=PAPER, java_script_enabled=False).new_page()
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    return page


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("\u00ad", "")


def test_paper_holds_every_number_and_caption(paper: Any, page_file: Path) -> None:
    """What is underlined, every caption, title and source line, every number of a table: as text, nothing folded."""
    told = _squeezed(paper.locator("body").inner_text())
    html = page_file.read_text(encoding="utf-8")
    refs = paper.locator("a.ref").all_text_contents()
    cells = "figure td:not(:has(*)), figure th:not(:has(*)), .how td:not(:has(*))"
    captions = paper.locator(f".caption, .fig-title, .source, {cells}").all_text_contents()
    assert len(refs) == len(re.findall(r'<a class="ref', html)) > 30
    assert len(captions) > 50
    assert [one for one in (*refs, *captions) if _squeezed(one) not in told] == []


def test_every_entry_is_open_on_paper(paper: Any) -> None:
    """Each finding's sentence, each statement and each method is printed, however deep it is folded on a screen."""
    hidden = paper.evaluate(
        """[...document.querySelectorAll(".drawer-in")].filter((one) => !one.checkVisibility() ||
            one.getBoundingClientRect().height === 0).map((one) => one.id)"""
    )
    assert hidden == []
    assert paper.locator(".drawer-in").count() > 20


def test_nothing_is_cut_on_paper(paper: Any) -> None:
    """No table, hash or address is wider than the sheet; both sides of a pair stand beside each other."""
    wide = paper.evaluate(
        """[...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && !one.closest("svg, .vh")
            && one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => one.tagName + "." + one.className + " " + one.textContent.trim().slice(0, 40))"""
    )
    assert wide == []
    boxes = [paper.locator(f"#picture-1{side}").bounding_box() for side in "ab"]
    assert boxes[0]["y"] == pytest.approx(boxes[1]["y"], abs=2)
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1


def test_the_card_of_a_method_is_printed_once(page_file: Path) -> None:
    """Entries lead to it by a link that is there; no prose of a card stands twice."""
    html = page_file.read_text(encoding="utf-8")
    ids = re.findall(r'id="(method-[^"]+)"', html)
    assert ids
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#(method-[^"]+)"', html)) == set(ids)
    cards = re.findall(r'<div class="drawer-in" id="method-.*?</div>\n</details>', html, re.DOTALL)
    for paragraph in {one for card in cards for one in re.findall(r"<p>(.{80,}?)</p>", card)}:
        assert html.count(paragraph) == 1, paragraph[:80]


def test_the_sheets_are_few_and_numbered(browser: Any, page_file: Path) -> None:
    """As PDF: at most so many sheets; the running foot names the story, and the simulated mark stands on each."""
    page = browser.new_context().new_page()
    page.goto(page_file.as_uri())
    data: bytes = page.pdf(prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", data))
    entries = page.locator(".drawer-in").count()
    figures = page.locator("main figure[id^=figure-]").count()
    print(f"\n{sheets} sheets, {entries} entries, {figures} figures, {len(data) / 1e6:.1f} MB")
    assert 5 < sheets <= SHEETS_OF_THE_REST + SHEETS_OF_A_FIGURE * figures + SHEETS_OF_AN_ENTRY * entries
    style = page.locator("style").first.text_content()
    assert '@bottom-right{content:counter(page) " / " counter(pages)}' in style
    assert '@top-left{content:"SIMULATED"}' in style
    page.context.close()


def test_a_method_is_one_click_from_its_finding(browser: Any, page_file: Path) -> None:
    """By keyboard: a number, its entry, its method with its limits."""
    page = browser.new_context().new_page()
    page.goto(page_file.as_uri())
    page.locator('article p a[data-finding="lights-arden"]').first.press("Enter")
    page.locator("#how-lights-arden .about-link").press("Enter")
    card = page.locator("[id^=method-]:visible")
    card.first.wait_for()
    assert "Limits" in card.first.inner_text()
    page.context.close()
