"""A map in a real browser: zoomed by keys and buttons, whole without a script, on a phone, names apart."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import pytest

from dateline.ledger.case import Case
from dateline.story.build import build
from dateline.story.samples import sample_case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PHONE = {"width": 390, "height": 844}
RASON = Path(__file__).resolve().parents[2] / "examples/rason"
REAL = """+++
title = "A map"
+++

:::map
title = "Ports"
alt = "A map of ports and towns on the Sea of Japan."
places = ["najin", "dunay", "vladivostok", "ussuriysk", "sergeyevka", "sergeyevka-east", "chongjin", "tumangang",
  "vostochny", "near-1", "near-2", "near-3", "near-4", "near-5", "near-6", "near-7", "near-8", "near-9"]
zoom = true
:::
"""
NEAR = (
    'schema = 1\nid = "near-{n}"\nrole = "port"\nlocated_by = "a test"\n\n[names]\nen = "Pier number {n}"\n\n[where]\n'
)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample map, on invented ground."""
    folder = tmp_path_factory.mktemp("map")
    return build(Case.load(sample_case(folder / "halm", ["map"])), folder / "site")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A map of real places, some of them in one harbour."""
    folder = tmp_path_factory.mktemp("real")
    for name in ("case.toml", "places"):
        whole = RASON / name
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, folder / name)
    for n in range(1, 10):
        where = f"lon = {130.29 + n % 3 * 0.012}\nlat = {42.226 + n // 3 * 0.012}\n"
        (folder / f"places/near-{n}.toml").write_text(NEAR.format(n=n) + where, encoding="utf-8")
    (folder / "story.md").write_text(REAL, encoding="utf-8")
    return build(Case.load(folder), folder / "site")


def opened(browser: Any, path: Path, **options: Any) -> tuple[Any, list[str]]:
    """The page in a window of its own, and whatever it asked for or complained of."""
    page = browser.new_context(**options).new_page()
    noted: list[str] = []
    page.on("request", lambda request: noted.append(request.url))
    page.on("console", lambda message: noted.append(message.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.goto(path.as_uri())
    return page, noted


def boxes(page: Any, selector: str) -> list[dict[str, float]]:
    """Where texts stand on the screen, of those that are seen."""
    found: list[dict[str, float]] = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
            .filter((one) => one.getBoundingClientRect().width && getComputedStyle(one).visibility === "visible")
            .map((one) => ({...one.getBoundingClientRect().toJSON(), text: one.textContent}))""",
        selector,
    )
    return found


def touching(found: list[dict[str, float]]) -> list[str]:
    return [
        f"{one['text']} and {other['text']}"
        for one, other in itertools.combinations(found, 2)
        if one["left"] < other["right"] and other["left"] < one["right"]
        and one["top"] + 4 < other["bottom"] and other["top"] + 4 < one["bottom"]
    ]  # fmt: skip


@pytest.mark.parametrize("width", [390, 1280])
def test_names_as_the_browser_draws_them_stay_apart(browser: Any, invented: Path, real: Path, width: int) -> None:
    """With this machine's font no name lies on another or on a mark, none leaves the map, letters are 12 px."""
    for path in (invented, real):
        page, noted = opened(browser, path, viewport={"width": width, "height": 900})
        names = boxes(page, ".mp .mp-label text, .mp .mp-land-name, .mp .mp-ticks text")
        assert len(names) > 8
        assert touching(names) == []
        assert min(left["left"] for left in names) >= boxes(page, ".mp > .mp-frame")[0]["left"]
        size = page.evaluate(
            """Math.min(...[...document.querySelectorAll(".mp text")].filter((one) => one.getBoundingClientRect().width)
                .map((one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a))"""
        )
        assert size >= 11.9
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert noted == [path.as_uri()]
        page.context.close()


def test_the_map_is_zoomed_by_keyboard(browser: Any, real: Path) -> None:
    """The button starts it; plus, arrows and Escape move it; names keep their size; numbered ones get their names."""
    page, noted = opened(browser, real, viewport={"width": 1280, "height": 900})
    stage = page.locator(".mp-stage")
    move = stage.locator("svg.wide .mp-move")
    before = boxes(page, ".mp-label text")[0]["height"]
    numbers = len(boxes(page, ".mp-number"))
    assert numbers > 0
    assert boxes(page, ".mp-late") == []
    page.locator(".mp-start").focus()
    page.keyboard.press("Enter")
    assert page.locator(".mp-tools output").inner_text() == "Shown 2 times as large"
    assert page.evaluate("document.activeElement.dataset.by") == "1.6"
    for key in ("+", "+", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowDown", "+", "+"):
        page.keyboard.press(key)
    there = move.get_attribute("transform")
    assert "scale(11.1" in there
    assert abs(boxes(page, ".mp-label text")[0]["height"] - before) < 0.5
    assert "km" in page.locator("svg.wide .mp-bar text").inner_html()
    page.keyboard.press("ArrowRight")
    assert move.get_attribute("transform") != there
    page.keyboard.press("Escape")
    assert move.get_attribute("transform") == "translate(0 0) scale(1)"
    assert page.locator("svg.wide .mp-bar text").inner_html().startswith("100")
    assert page.locator(".mp-start").evaluate("one => one === document.activeElement")
    assert noted == [real.as_uri()]
    page.context.close()


def test_names_appear_where_zooming_makes_room(browser: Any, real: Path) -> None:
    """Piers that were numbers on the whole map are named near by, and still no name lies on another."""
    page, _ = opened(browser, real, viewport={"width": 1280, "height": 900})
    page.locator(".mp-start").click()
    svg = page.locator("svg.wide")
    for _ in range(5):
        box = svg.bounding_box()
        mark = boxes(page, ".mp-number")[0]
        page.mouse.move(mark["left"], mark["top"])
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3, steps=3)
        page.mouse.up()
        page.keyboard.press("+")
    late = boxes(page, ".mp-late.on text")
    assert late
    assert touching(late) == []
    page.context.close()


def test_it_is_whole_without_a_script_and_on_paper(browser: Any, real: Path) -> None:
    """No dead button; map, numbers with their names, table, scale and borders' view are all there."""
    page, _ = opened(browser, real, java_script_enabled=False, viewport=PHONE)
    assert not page.locator(".mp-tools").is_visible()
    assert page.locator("svg.narrow").is_visible()
    assert "Borders as Ukraine sees them" in page.locator("svg.narrow").text_content()
    assert "Pier number" in page.locator(".events.mp-phone").inner_text()
    page.emulate_media(media="print")
    assert not page.locator(".mp-tools").is_visible()
    page.context.close()


def test_a_phone_can_press_every_button(browser: Any, real: Path) -> None:
    """Each is 44 px high, has words, and tells nothing to people who do not see it but what it does."""
    page, _ = opened(browser, real, viewport=PHONE, has_touch=True)
    page.locator(".mp-start").tap()
    for button in page.locator(".mp-more button").all():
        assert button.bounding_box()["height"] >= 44
        assert len(button.inner_text()) > 3
    page.locator(".mp-more button").nth(2).tap()
    assert page.locator(".mp-start").is_visible()
    assert page.locator(".mp-more").is_hidden()
    page.context.close()
