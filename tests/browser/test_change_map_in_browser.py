"""A change map in a real browser: a tall one fits the window, its labels lie on it and can be read on any screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dateline.ledger.case import Case
from dateline.story.check import reading_of
from dateline.story.parse import parse
from dateline.story.render import render
from dateline.story.samples import sample_case, sample_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two maps: the sample, and a window three times as high as wide."""
    folder = tmp_path_factory.mktemp("change")
    tall = sample_of("change_map").replace("[12.1, -42.47, 12.69, -42.14]", "[12.28, -42.47, 12.42, -42.14]")
    tall = tall.replace('stable = ["brill", "corrin", "dunmere", "eskerry"]', 'assumed = "a test"')
    body = f'+++\ntitle = "T"\n+++\n\n{sample_of("change_map")}\n{tall}'
    page = folder / "index.html"
    page.write_bytes(render(reading_of(Case.load(sample_case(folder / "halm")), parse(body))))
    return page


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_maps_fit_and_their_words_can_be_read(
    browser: Any, page_file: Path, width: int, height: int, scheme: str
) -> None:
    """No map is higher than the window or wider than its column, overlays cover their pictures, letters are 12 px."""
    page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    shots = page.evaluate(
        """[...document.querySelectorAll(".change-map .shot")].map((shot) => {
            const image = shot.querySelector("img").getBoundingClientRect();
            const over = [...shot.querySelectorAll(".over")].find((one) => one.getBoundingClientRect().width);
            const box = over.getBoundingClientRect(), scale = over.getScreenCTM().a;
            const size = parseFloat(getComputedStyle(over).fontSize) * scale;
            return {image: [image.width, image.height], over: [box.width, box.height], size};
        })"""
    )
    legends = page.evaluate(
        """[...document.querySelectorAll(".change-scale text")].map(
            (one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
    assert len(shots) == 2
    for shot in shots:
        assert 100 < shot["image"][0] <= width
        assert shot["image"][1] <= height
        assert shot["over"] == pytest.approx(shot["image"], abs=2)
        assert shot["size"] >= 11.9
    assert min(legends) >= 11.9
    assert said == []
