"""The page in other scripts, in a real browser: nothing sticks out; right-to-left text leaves charts as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dateline.ledger.case import Case
from dateline.story.check import read_story, reading_of
from dateline.story.language import Language, language
from dateline.story.page import Drawings
from dateline.story.render import render
from dateline.story.samples import sample_case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ENGLISH = language("en").table
ARABIC = Language(
    "ar",
    {
        "direction": "rtl",
        **{key: ENGLISH[key] for key in ("months", "months_short", "number", "units")},
        "page": {"how_title": "كيف نعرف ذلك", "evidence_title": "الأدلة", "as_of": "حتى {day}", "figure": "الشكل {n}",
                 "simulated_mark": "محاكاة", "finding_many": "{n} نتائج", "data": "الأرقام وراء هذا الشكل"},
        "before_after": {"before": "قبل", "after": "بعد", "no_data": "غير مرئي"},
        "interval": {"between": "{low} إلى {high}", "phrase": "{best} (فترة {level}: {interval})"},
        "result": {"increase": "زيادة", "decrease": "نقصان", "cannot_tell": "لا يمكن القول", "refused": "مرفوض"},
    },
)  # fmt: skip
"""A language for this test alone: a few words, from right to left; for the others English stands in."""

TEXTS = """(svg) => [...svg.querySelectorAll("text")].map((text) => {
    const one = text.getBoundingClientRect(), all = svg.getBoundingClientRect();
    return [text.textContent, Math.round(one.left - all.left), Math.round(one.right - all.left)];
})"""
CHARTS = "svg.chart, svg.br, svg.fr, svg.tl-axis, svg.legend, .cam svg, svg.number-bar"
STICKS_OUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((one) => {
    if (one.closest(".scroll, .vh, svg, .stage, pre, select") || one.matches(".vh, .skip")) return false;
    const box = one.getBoundingClientRect();
    return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1);
}).map((one) => one.tagName + "." + one.className + " " + one.textContent.trim().slice(0, 40))"""


@pytest.fixture(scope="module")
def page_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The sample story in a language, rendered once each."""
    folder = tmp_path_factory.mktemp("languages")
    case = Case.load(sample_case(folder / "halm"))
    reading = reading_of(case, read_story(case))
    drawn: Drawings = {}

    def rendered(code: str) -> Path:
        path = folder / f"{code}.html"
        if not path.is_file():
            spoken = ARABIC if code == "ar" else language(code)
            path.write_bytes(render(replace(reading, language=spoken, _resolved={}), drawn=drawn))
        return path

    return rendered


def opened(browser: Any, path: Path, viewport: dict[str, int]) -> Any:
    page = browser.new_context(viewport=viewport).new_page()
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("code", ["uk", "ko", "ar"])
def test_nothing_sticks_out_on_a_phone(browser: Any, page_in: Callable[[str], Path], code: str) -> None:
    """No sideways scroll at 390 px with every drawer open, and no box that begins or ends off the screen."""
    page = opened(browser, page_in(code), PHONE)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(STICKS_OUT) == []
    page.context.close()


@pytest.mark.parametrize("code", ["uk"])
def test_words_of_charts_stay_inside_them(browser: Any, page_in: Callable[[str], Path], code: str) -> None:
    """Longer names of months and units are not cut at the edge of a drawing, on either size; the page prints."""
    for viewport in (DESK, PHONE):
        page = opened(browser, page_in(code), viewport)
        for chart in page.query_selector_all(CHARTS):
            width = chart.evaluate("(svg) => svg.getBoundingClientRect().width")
            cut = [text for text, left, right in chart.evaluate(TEXTS) if right and (left < -4 or right > width + 4)]
            assert cut == []
        assert page.pdf(format="A4").startswith(b"%PDF")
        page.context.close()


def test_right_to_left_leaves_charts_as_they_are(browser: Any, page_in: Callable[[str], Path]) -> None:
    """The same words stand at the same places of every drawing: time runs on from left to right, and so do scales."""
    for viewport in (DESK, PHONE):
        placed = []
        for code in ("en", "ar"):
            page = opened(browser, page_in(code), viewport)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            placed.append([chart.evaluate(TEXTS) for chart in page.query_selector_all(CHARTS)])
            page.context.close()
        english, arabic = placed
        assert len(english) == len(arabic) > 6
        moved = [
            (one, two)
            for ours, theirs in zip(english, arabic, strict=True)
            for one, two in zip(ours, theirs, strict=True)
            if one[0] == two[0] and max(abs(one[1] - two[1]), abs(one[2] - two[2])) > 1
        ]
        assert moved == []


def test_the_swipe_of_a_page_from_right_to_left(browser: Any, page_in: Callable[[str], Path]) -> None:
    """The earlier picture stays on the left, its tag too, and the arrow keys move the cut as they point."""
    page = opened(browser, page_in("ar"), DESK)
    tags = [page.locator(f".stage .{side} .tag").first.bounding_box() for side in ("before", "after")]
    assert tags[0]["x"] + tags[0]["width"] <= tags[1]["x"] + 1
    slider = page.locator(".slider input").first
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    assert page.locator(".stage").first.evaluate("one => one.style.getPropertyValue('--cut')") == "40%"
    page.context.close()


def test_numbers_and_hashes_stay_as_they_are_written(browser: Any, page_in: Callable[[str], Path]) -> None:
    """Between letters from right to left a minus stands left of its digits, and a hash begins at the left."""
    page = opened(browser, page_in("ar"), DESK)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    turned = page.evaluate(
        """() => {
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), wrong = [];
        let seen = 0;
        const at = (node, index) => {
            const range = document.createRange();
            range.setStart(node, index); range.setEnd(node, index + 1);
            return range.getBoundingClientRect();
        };
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            if (node.parentElement.closest("script, style, svg, .vh")) continue;
            for (const found of node.textContent.matchAll(/−\\d/g)) {
                const sign = at(node, found.index), digit = at(node, found.index + 1);
                if (!sign.width || Math.abs(sign.top - digit.top) > 4) continue;
                seen += 1;
                if (sign.left > digit.left) wrong.push(node.textContent);
            }
        }
        return [seen, wrong];
    }"""
    )
    assert turned[0] > 5
    assert turned[1] == []
    ways = page.evaluate("[...document.querySelectorAll('.hash')].map((one) => getComputedStyle(one).direction)")
    assert set(ways) == {"ltr"}
    page.context.close()
