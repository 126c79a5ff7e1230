"""Time slider, scroll story and video in a real browser: by keyboard, on a phone, on paper, without a script."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dateline.evidence.item import Item
from dateline.ledger.case import Case
from dateline.story.build import build
from dateline.story.check import read_story, reading_of
from dateline.story.render import render
from dateline.story.samples import sample_case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three samples on one page."""
    folder = tmp_path_factory.mktemp("time")
    case = Case.load(sample_case(folder / "halm", ["time_slider", "scroll_story", "video"]))
    (folder / "index.html").write_bytes(render(reading_of(case, read_story(case))))
    return folder / "index.html"


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens a page in a window of its own; what the console says is collected in `said`."""
    contexts: list[Any] = []

    def one(path: Path, **options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield one
    for context in contexts:
        context.close()


def until(page: Any, true: str) -> None:
    """Waits for something to become true: the page's policy forbids the browser's own way of waiting."""
    for _ in range(400):
        if page.evaluate(true):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never came true: {true}")


def test_the_slider_goes_from_stop_to_stop_by_keyboard(opened: Any, page_file: Path) -> None:
    """Arrows stop at clouds and gaps too, Home and End at the ends; each stop is said with its date and state."""
    page = opened(page_file)
    slider = page.locator(".ts input[type=range]")
    slider.focus()
    told = []
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        told.append(slider.get_attribute("aria-valuetext"))
    assert told[1].startswith("7 September 2023: not observed: cloud. No usable image between")
    assert told[4].startswith("between 12 September and 23 September 2023: no image here")
    assert told[5] == "24 September 2023: seen: nothing alongside"
    assert page.locator(".ts-stop:visible").count() == 1
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext").startswith("3 September 2023")
    page.keyboard.press("End")
    assert page.locator(".ts-buttons button").nth(1).is_disabled()
    assert page.locator(".ts [role=status]").text_content() == ""
    page.locator(".ts-buttons button").nth(0).click()
    assert page.locator(".ts [role=status]").text_content() == told[4], "what a button shows is said, too"
    assert page.said == []


def test_the_slider_is_dragged_to_the_nearest_time(opened: Any, page_file: Path) -> None:
    """Where nobody has an image the pointer finds the gap, not the image before or after it."""
    page = opened(page_file)
    slider = page.locator(".ts input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    assert page.locator(".ts-stop.gap").is_visible()
    page.mouse.click(box["x"] + box["width"] * 0.98, box["y"] + box["height"] / 2)
    assert page.locator(".ts-when:visible").inner_text() == "24 September 2023"


def test_play_starts_when_asked_and_not_where_less_motion_is_wanted(opened: Any, page_file: Path) -> None:
    """Nothing moves by itself; where less motion is asked for there is no button."""
    page = opened(page_file)
    page.locator(".ts-play").click()
    assert page.locator(".ts-play").inner_text() == "Pause"
    page.locator(".ts-play").click()
    assert page.locator(".ts-play").inner_text() == "Play"
    calm = opened(page_file, reduced_motion="reduce")
    assert not calm.locator(".ts-play").is_visible()
    assert calm.locator(".ss-frame").first.evaluate("(one) => getComputedStyle(one).transitionDuration") == "0s"


@pytest.mark.parametrize("how", ["script off", "print"])
def test_all_images_steps_and_stills_are_there_at_once(opened: Any, page_file: Path, how: str) -> None:
    """Without a script and on paper: every image with its date, every step with its picture; no control is left."""
    page = opened(page_file, java_script_enabled=how != "script off", viewport=DESK)
    if how == "print":
        page.emulate_media(media="print")
    assert page.locator(".ts-stop:visible").count() == 7
    assert page.locator(".ts-control").is_hidden()
    assert page.locator(".ss-step:visible").count() == 4
    assert page.locator(".ss-frame img:visible").count() == 2
    first, second = (page.locator(".ss-frame").nth(at).bounding_box() for at in (0, 1))
    assert first["y"] + first["height"] <= second["y"] + 1
    assert page.locator(".vid-stills img:visible").count() == 3


def test_the_picture_stays_while_steps_go_by(opened: Any, page_file: Path) -> None:
    """On a wide screen the picture of the step in the middle stands, with its ring alone; nothing scrolls by itself."""
    page = opened(page_file, viewport=DESK, reduced_motion="reduce")
    seen = []
    for at in range(4):
        page.locator(".ss-step").nth(at).evaluate("(one) => one.scrollIntoView({block: 'center', behavior: 'instant'})")
        until(page, f"document.querySelectorAll('.ss-step')[{at}].classList.contains('now')")
        frame = page.locator(".ss-frame.now")
        box = frame.bounding_box()
        assert box["y"] >= -1
        assert box["y"] + box["height"] <= DESK["height"] + 1
        rings = frame.locator(".over.wide .ss-ring.now text").all_text_contents()
        seen.append((frame.locator(".ss-date").inner_text(), rings))
    assert seen == [("March 2022", []), ("March 2022", ["1"]), ("March 2024", ["2"]), ("March 2024", ["3"])]
    assert page.said == []


def test_on_a_phone_nothing_sticks_out_and_all_can_be_read_and_pressed(opened: Any, page_file: Path) -> None:
    """390 px: no sideways scroll, letters of 12 px, targets of 44."""
    page = opened(page_file, viewport=PHONE)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    low = page.evaluate(
        "[...document.querySelectorAll('.ts button, .ts input, figure summary')].filter((one) => one.offsetHeight < 44)"
        ".map((one) => one.outerHTML.slice(0, 80))"
    )
    assert low == []
    small = page.evaluate(
        """[...document.querySelectorAll("figure *")].filter((one) => {
            const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            if (!words || !one.getBoundingClientRect().width || one.closest(".vh, title, desc")) return false;
            return parseFloat(getComputedStyle(one).fontSize) * (one.ownerSVGElement ? one.getScreenCTM().a : 1) < 11.9;
        }).map((one) => one.textContent.slice(0, 40))"""
    )
    assert small == []


def test_right_to_left_the_axis_still_runs_to_the_right(opened: Any, page_file: Path) -> None:
    """Later is on the right and under the right arrow, whichever way letters run."""
    page = opened(page_file)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".ts input").focus()
    left = page.locator(".ts-ends span").nth(0).bounding_box()["x"]
    assert left < page.locator(".ts-ends span").nth(1).bounding_box()["x"]
    page.keyboard.press("ArrowRight")
    assert page.locator(".ts-when:visible").inner_text() == "6 September 2023"


def test_a_clip_stands_on_the_page_and_starts_for_nobody(
    opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With embed and a licence that allows it: no autoplay, muted, captions of the transcript, stills of the clip
    itself, bytes that the reader can check, and an embed whose policy lets it play."""
    av = pytest.importorskip("av")
    clip = tmp_path / "clip_simulated.mp4"
    with av.open(str(clip), "w", format="mp4") as made:
        made.metadata["title"] = "filmed by Nobody"
        stream = made.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for n in range(20):
            picture = np.full((90, 160, 3), 12 * n, np.uint8)
            made.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        made.mux(stream.encode())
    root = sample_case(tmp_path / "halm", ["video"])
    _with_clip(root, clip)
    monkeypatch.setattr("dateline.measure.files.item_path", lambda _case, _name: clip)
    built = build(Case.load(root), tmp_path / "site")
    page = opened(built, viewport=DESK)
    video = page.locator("video")
    until(page, "document.querySelector('video').readyState >= 1")
    assert video.evaluate("(one) => [one.paused, one.muted, one.controls, one.autoplay]") == [True, True, True, False]
    assert video.evaluate("(one) => Math.round(one.duration)") == 4
    until(page, "document.querySelector('video').textTracks[0].cues?.length === 1")
    assert video.evaluate("(one) => one.textTracks[0].cues[0].text") == "Look, crates."
    assert b"Nobody" not in built.read_bytes()
    page.locator("#check-hashes").click()
    until(page, "document.getElementById('check-said').textContent")
    assert page.locator(".differ").count() == 0
    assert page.said == []
    (alone,) = (tmp_path / "site/embed").glob("*.html")
    assert "media-src data:" in alone.read_text(encoding="utf-8")


def _with_clip(root: Path, clip: Path) -> None:
    """Makes a file an item of the sample's clip, and its stills and bytes those of that file."""
    data = clip.read_bytes()
    told = {
        "id": "clip", "name": clip.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
        "media_type": "video/mp4", "collected": datetime(2024, 1, 1, tzinfo=UTC), "by": "mk", "origin": {},
        "simulated": True, "attribution": "dateline exercise",
        "licence": {"name": "CC0-1.0", "embed": {"allowed": "yes"}, "publish": {"allowed": "yes"}},
    }  # fmt: skip
    Item.model_validate(told).write(root)
    record, story = root / "media/quay-clip.toml", root / "story.md"
    heard = 'items = ["clip"]\ntranscript = [{start = 1, end = 2.5, voice = "a voice", original = "Look, crates."}]\n'
    text = record.read_text(encoding="utf-8").replace("posted =", heard + "posted =", 1)
    record.write_text(text, encoding="utf-8")
    text = story.read_text(encoding="utf-8").replace('finding = "axes', 'item = "clip"\nembed = true\nfinding = "axes')
    for n, at in enumerate(("00:00:02", "00:00:09.500", "00:00:21"), 1):
        text = text.replace(f'file = "pictures/clip_{n}_simulated.jpg"\n', "").replace(f'"{at}"', f"{n}")
    story.write_text(text, encoding="utf-8")
