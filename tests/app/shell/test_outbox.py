"""Marks in a real browser: whatever is killed, closed, full or renamed, none is lost and none is somebody else's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

BOX = """async (sitting) => {
  const { Outbox } = await import("/static/shell.js");
  window.box = new Outbox(sitting);
  window.mark = (at, more) => window.box.add({ item: "crowd", state: "present", points: [[at % 300, 5]], ...more });
}"""
SITTING = "count-20240501-ana-00000001"


def begin(page: Any, sitting: str = SITTING) -> Any:
    """A page with an outbox of a sitting."""
    page.evaluate(BOX, sitting)
    return page


def written(root: Path, who: str = "ana") -> list[str]:
    """Ids on the disk."""
    files = sorted((root / "observations" / who).glob("*.jsonl"))
    return [json.loads(line)["id"] for path in files for line in path.read_text().splitlines()]


def settled(page: Any, *, timeout: int = 60_000) -> None:
    """Waits until nothing waits."""
    page.wait_for_function("() => window.box.waiting.length === 0 && !window.box.flying", timeout=timeout)


def test_200_marks_outlive_a_killed_server(browser: Any, opened: Any) -> None:
    """Killed in the middle and started again with another secret: words on screen, all sent after coming in again."""
    page = begin(opened.page(browser, "/home/", who="ana"))
    page.evaluate("for (let at = 0; at < 120; at += 1) window.mark(at)")
    opened.kill()
    page.evaluate("for (let at = 120; at < 200; at += 1) window.mark(at)")
    page.wait_for_function("() => document.getElementById('connection').textContent.includes('does not answer')")
    opened.options = (*opened.options, "--port", opened.base.rpartition(":")[2])
    opened.start()
    page.wait_for_function(
        "() => document.getElementById('connection').textContent.includes('Open the address')", timeout=60_000
    )
    other = page.context.new_page()
    other.goto(opened.address)
    other.close()
    settled(page)
    assert len(written(opened.root)) == len(set(written(opened.root))) == 200
    assert page.inner_text("#connection") == ""


def test_two_tabs_of_one_sitting_and_a_crash(browser: Any, opened: Any) -> None:
    """Each keeps its own; both crash before anything was sent; the next page of any screen sends what waits."""
    first = begin(opened.page(browser, "/home/", who="ana"))
    second = first.context.new_page()
    second.goto(opened.base + "/mask/")
    begin(second)
    first.context.route("**/api/observations", lambda route: route.abort())
    for page, start in ((first, 0), (second, 100)):
        page.evaluate("(start) => { for (let at = start; at < start + 20; at += 1) window.mark(at); }", start)
    first.close()
    second.close()
    assert written(opened.root) == []
    context = opened._pages[0].context
    context.unroute("**/api/observations")
    third = context.new_page()
    third.goto(opened.base + "/home/")
    third.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('dateline:'))")
    assert len(set(written(opened.root))) == 40


def test_one_bad_mark_stops_no_other_and_stays_in_sight(browser: Any, opened: Any) -> None:
    """Among 30 one lies outside the picture: 29 are saved; the one is shown, kept over a reload, until dropped."""
    page = begin(opened.page(browser, "/home/", who="ana"))
    page.context.route("**/api/observations", lambda route: route.abort())
    page.evaluate("for (let at = 0; at < 30; at += 1) window.mark(at, at === 13 ? { points: [[9999, 5]] } : {})")
    page.context.unroute("**/api/observations")
    settled(page)
    assert len(written(opened.root)) == 29
    assert "lies outside its picture" in page.inner_text("#refused")
    page.reload()
    page.wait_for_selector("#refused:not([hidden])")
    assert "1 mark could not be saved" in page.inner_text("#refused")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#refused button:has-text('Drop')")
    page.wait_for_selector("#refused", state="hidden")


def test_what_cannot_be_kept_is_not_marked(browser: Any, opened: Any) -> None:
    """Storage full or denied: it is said at once, and the mark is not made; those before it are safe."""
    page = begin(opened.page(browser, "/home/", who="ana"))
    page.evaluate("window.mark(1)")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    assert (
        page.evaluate("(() => { try { window.mark(2); return 'made'; } catch (error) { return error.code; } })()")
        == "storage"
    )
    assert "cannot keep the mark" in page.inner_text("#connection")
    settled(page)
    assert len(written(opened.root)) == 1


def test_a_page_of_one_person_marks_in_nobody_elses_name(browser: Any, opened: Any) -> None:
    """The name is changed in another tab: what the first page marks waits, and goes out under its own name."""
    page = begin(opened.page(browser, "/home/", who="ana"))
    other = page.context.new_page()
    other.goto(opened.base + "/home/")
    other.fill(".who input[name=name]", "ben")
    other.click(".who button")
    other.wait_for_selector("body[data-who=ben]")
    page.evaluate("window.mark(1)")
    page.wait_for_function("() => document.getElementById('connection').textContent.includes('somebody else')")
    other.reload()
    other.wait_for_function("() => document.getElementById('connection').textContent.includes('by ana wait')")
    other.fill(".who input[name=name]", "ana")
    other.click(".who button")
    settled(page)
    assert len(set(written(opened.root))) == 1
    assert not (opened.root / "observations" / "ben").exists()


def test_a_covered_value_is_in_no_page_until_it_is_asked_for(browser: Any, opened: Any) -> None:
    """By keyboard: the button fetches it, another covers it again. Graphic pictures and films are veiled and silent."""
    (opened.root / "places" / "flat.toml").parent.mkdir(exist_ok=True)
    (opened.root / "places" / "flat.toml").write_text(
        'schema = 1\nid = "flat"\nrole = "witness"\n[names]\nen = "A flat"\n'
        "[where]\nlon = 12.5\nlat = 41.25\nradius = 9.0\n"
    )
    page = opened.page(browser, "/home/", who="ana")
    page.evaluate("""async () => {
      const { covered, element } = await import("/static/shell.js");
      document.getElementById("main").append(covered("flat", "where", "Position"),
        element("img", { class: "veiled", id: "shot", src: "/pictures/crowd/thumbnail.webp" }),
        element("video", { class: "veiled", id: "film", controls: true, autoplay: true }));
    }""")
    assert "41.25" not in page.content()
    page.focus(".covered .uncover")
    page.keyboard.press("Enter")
    page.wait_for_selector(".uncovered")
    assert "lat: 41.25" in page.inner_text(".covered")
    page.keyboard.press("Enter")
    page.wait_for_selector(".covered .uncover")
    assert "41.25" not in page.content()
    assert "blur" in page.evaluate("getComputedStyle(document.getElementById('shot')).filter")
    film = "(({ muted, autoplay, controls }) => [muted, autoplay, controls])(document.getElementById('film'))"
    assert page.evaluate(film) == [True, False, False]
    page.locator("#film + .unveil").press("Enter")
    assert page.evaluate(film) == [True, False, True]
    page.locator("#shot + .unveil").press("Enter")
    assert page.evaluate("getComputedStyle(document.getElementById('shot')).filter") == "none"
