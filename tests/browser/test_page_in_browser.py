"""The built page in a real browser: from disk, with no request, on a phone, by keyboard, without a script, locked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from windows import opened

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page_file(sample_page: Path) -> Path:
    """The sample story, built."""
    return sample_page


def test_it_opens_from_disk_and_asks_nobody(browser: Any, page_file: Path) -> None:
    """One request, for the file itself; nothing on the console; the policy names no way out."""
    page, asked, said = opened(browser, page_file)
    page.wait_for_timeout(200)
    assert asked == [page_file.as_uri()]
    assert said == []
    page.context.close()


@pytest.mark.parametrize("width", [320, 390, 760, 1280, 1920])
def test_nothing_sticks_out_sideways(browser: Any, page_file: Path, width: int) -> None:
    """From a small phone to a wide screen, with every entry open, the page does not scroll sideways."""
    page, _, _ = opened(browser, page_file, viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_letters_on_a_phone_are_at_least_12_px(browser: Any, page_file: Path) -> None:
    """Charts, maps and legends too: the size as shown, not as drawn."""
    page, _, _ = opened(browser, page_file, viewport=PHONE)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    small = page.evaluate(
        """[...document.querySelectorAll("body *")].filter((one) => {
            const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            const box = one.getBoundingClientRect();
            if (!words || !box.width || one.closest("script, style, title, desc, .vh, .skip")) return false;
            const scale = one.ownerSVGElement ? one.getScreenCTM().a : 1;
            return parseFloat(getComputedStyle(one).fontSize) * scale < 11.9;
        }).map((one) => one.tagName + "." + one.className.toString() + " " + one.textContent.trim().slice(0, 30))"""
    )
    assert [one for one in small if "hash" not in one.lower() and "WBR" not in one] == []
    page.context.close()


def test_things_to_press_are_big_enough(browser: Any, page_file: Path) -> None:
    """Buttons, sliders and entries are at least 44 px high on a phone."""
    page, _, _ = opened(browser, page_file, viewport=PHONE)
    sizes = page.evaluate(
        "[...document.querySelectorAll('button, input, .drawer > summary')]"
        ".map((one) => one.offsetHeight).filter((height) => height)"
    )
    assert len(sizes) > 5
    assert min(sizes) >= 44
    page.context.close()


def test_all_numbers_are_there_without_a_script(browser: Any, page_file: Path) -> None:
    """With JavaScript off every reference, both pictures and every table are there; the swipe's handle is not."""
    page, _, _ = opened(browser, page_file, java_script_enabled=False)
    text = page.locator("body").inner_text()
    html = page_file.read_text(encoding="utf-8")
    for words in re.findall(r'<a class="ref" [^>]*>([^<]+)</a>', html):
        assert words.replace("&#39;", "'") in text
    boxes = [page.locator(f"#picture-1{side}").bounding_box() for side in "ab"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1, "both sides stand beside each other"
    assert not page.locator(".slider").is_visible()
    assert not page.locator(".check").is_visible()
    page.context.close()


def test_the_swipe_works_by_keyboard(browser: Any, page_file: Path) -> None:
    """Arrow keys move the cut, and say in words where it stands."""
    page, _, _ = opened(browser, page_file)
    slider = page.locator(".slider input")
    slider.focus()
    before = page.locator(".stage").evaluate("one => one.style.getPropertyValue('--cut')")
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    after = page.locator(".stage").evaluate("one => one.style.getPropertyValue('--cut')")
    assert (before, after) == ("50%", "40%")
    assert slider.get_attribute("aria-valuetext") == "March 2022 left of 40 per cent, March 2024 right of it"
    page.context.close()


def test_a_chart_can_be_read_by_keyboard(browser: Any, page_file: Path) -> None:
    """The arrow keys go from look to look and say the value, or that there is none."""
    page, _, _ = opened(browser, page_file)
    page.locator("svg.chart.wide").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".series output").inner_text().startswith("January 2021: ")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".series output").inner_text() == "March 2021: too few nights"
    page.context.close()


def test_a_number_opens_its_working(browser: Any, page_file: Path) -> None:
    """Following an underlined number opens the entry of its finding."""
    page, _, _ = opened(browser, page_file)
    drawer = page.locator("#how-lights-arden")
    assert not drawer.is_visible()
    page.locator('article p a[data-finding="lights-arden"]').first.press("Enter")
    drawer.wait_for(state="visible")
    assert "Limits" in drawer.inner_text()
    page.context.close()


def test_the_hash_check_finds_an_altered_picture(browser: Any, page_file: Path, tmp_path: Path) -> None:
    """Every file matches in the page as built; one changed byte of a picture and one of a finding are found."""
    page, _, _ = opened(browser, page_file)
    page.locator("#check-hashes").click()
    page.locator("#check-said:not(:empty)").wait_for()
    assert page.locator("#check-said").inner_text().startswith("All ")
    html = page_file.read_text(encoding="utf-8")
    at = html.index("base64,", html.index('id="picture-1a"')) + 400
    other = "A" if html[at] != "A" else "B"
    altered = html[:at] + other + html[at + 1 :]
    altered = altered.replace('"best":1.42', '"best":1.43', 1)
    (tmp_path / "altered.html").write_text(altered, encoding="utf-8")
    page.goto((tmp_path / "altered.html").as_uri())
    page.locator("#check-hashes").click()
    page.locator("#check-said:not(:empty)").wait_for()
    assert page.locator("#check-said").inner_text().startswith("2 files DIFFER")
    page.context.close()


def test_an_altered_script_does_not_run(browser: Any, page_file: Path, tmp_path: Path) -> None:
    """One letter changed in the script, or a script put into the text: neither runs."""
    html = page_file.read_text(encoding="utf-8")
    altered = html.replace('root.classList.add("js");', 'root.classList.add("js"); document.title = "owned";')
    altered = altered.replace("</article>", "<script>document.title = 'owned'</script></article>")
    altered = altered.replace("</article>", '<img src="x" onerror="document.title = \'owned\'"></article>')
    assert altered != html
    (tmp_path / "altered.html").write_text(altered, encoding="utf-8")
    page, _, said = opened(browser, tmp_path / "altered.html")
    page.wait_for_timeout(200)
    assert page.title() != "owned"
    assert not page.evaluate("document.documentElement.classList.contains('js')")
    assert any("Content Security Policy" in words for words in said)
    page.context.close()


def test_it_is_whole_on_paper(browser: Any, page_file: Path) -> None:
    """In print both sides stand beside each other, every entry and table is open, and no control is left."""
    page, _, _ = opened(browser, page_file, viewport={"width": 720, "height": 1000})
    page.emulate_media(media="print")
    boxes = [page.locator(f"#picture-1{side}").bounding_box() for side in "ab"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1
    assert page.locator("#how-lights-arden .said").is_visible()
    assert page.locator("details.data tbody tr").first.is_visible()
    for control in (".slider", ".check", ".skip"):
        assert not page.locator(control).first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()


def test_everything_for_a_screen_reader_has_a_name(browser: Any, page_file: Path) -> None:
    """Every picture has alt text, every chart a title and description, every control a label, ids are unique."""
    page, _, _ = opened(browser, page_file)
    nameless = page.evaluate(
        """[
            ...[...document.images].filter((one) => !one.alt.trim()),
            ...[...document.querySelectorAll("svg:not([aria-hidden]):not([aria-label])")].filter(
                (one) => !one.getAttribute("aria-labelledby")?.split(" ").every((id) => document.getElementById(id))),
            ...[...document.querySelectorAll("button, input")].filter(
                (one) => !(one.labels?.length || one.textContent.trim())),
            ...[...document.querySelectorAll("a")].filter((one) => !(one.textContent.trim() || one.ariaLabel)),
        ].map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((one) => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    page.context.close()
