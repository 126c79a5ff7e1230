"""From two images to a built page by keyboard alone; the built page cannot reach the app; a broken case comes back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dateline.ledger.case import Case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
TIMEOUT = 60_000
MEASURE = """schema = 1
id = "far"
method = "distance"
question = "How far?"
[inputs]
places = { places = ["east-pier"] }
references = { places = ["west-pier"] }
"""
STORY = """+++
title = "A distance"
standfirst = "How far it is."
byline = "The desk"
+++

From {{west-pier.name}} to {{east-pier.name}} it is {{far.distance}}.
"""
ASKING = """async ([base, paths]) => Promise.all(paths.map((path) =>
  fetch(base + path, { credentials: "include" }).then((answer) => answer.status, () => "refused")))"""


def type_in(page: Any, name: str, text: str) -> None:
    """Fills a field as somebody types."""
    page.focus(f"main [name={name}]")
    page.keyboard.type(text)


def add_place(page: Any, name: str, position: str) -> None:
    """A place by its form."""
    page.keyboard.press("p")
    page.wait_for_url("**/archive/place", timeout=TIMEOUT)
    type_in(page, "name", name)
    type_in(page, "position", position)
    page.keyboard.press("Enter")
    page.wait_for_url("**/archive/place?made=*", timeout=TIMEOUT)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/home/", timeout=TIMEOUT)


def test_two_images_to_a_page(browser: Any, opened: Any, desk: Path, tmp_path: Path) -> None:
    """Two images with their dates, two places, a measure, the story's faults, the page: no mouse, no terminal."""
    files = []
    for number in (1, 2):
        files.append(tmp_path / f"pier-{number}.png")
        Image.new("RGB", (60, 40 + number), (number, 80, 80)).save(files[-1])
    page = opened.page(browser, "/home/")
    page.keyboard.press("a")
    page.wait_for_url("**/archive", timeout=TIMEOUT)
    choosers: list[Any] = []

    def chosen(chooser: Any) -> None:
        choosers.append(chooser)

    page.on("filechooser", chosen)
    deadline = time.monotonic() + TIMEOUT / 1000
    while not choosers and time.monotonic() < deadline:  # a browser on a busy machine may swallow the key
        page.focus("#file")
        page.keyboard.press("Space")
        page.wait_for_timeout(1000)
    choosers[0].set_files(files)
    for number, phrase, read in ((0, "2023-10-01", "2023-10-01"), (1, "late August 2023", "2023-08-21")):
        page.focus(f"#taken-{number}")
        page.keyboard.type(phrase)
        page.wait_for_selector(f"#queue li:nth-child({number + 1}) .readings:has-text('{read}')", timeout=TIMEOUT)
    page.keyboard.press("Enter")
    page.wait_for_selector("#next a", timeout=TIMEOUT)
    assert page.inner_text("#progress") == "2 taken in, 0 refused"
    assert "first=" in page.get_attribute("#next a:has-text('Compare')", "href")
    starts = {item.name: item.image.start.date().isoformat() for item in Case.load(desk).items.values() if item.image}
    assert starts == {"pier-1.png": "2023-10-01", "pier-2.png": "2023-08-21"}

    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/home/", timeout=TIMEOUT)
    add_place(page, "West pier", "42.2333 N, 130.3000 E")
    add_place(page, "East pier", "42.2 N, 131.1 E")
    (desk / "measures").mkdir(exist_ok=True)
    (desk / "measures/far.toml").write_text(MEASURE)
    (desk / "story.md").write_text(STORY + "\nIt was 7 km.\n")
    page.wait_for_selector("#story .faults.block:has-text('line 9')", timeout=TIMEOUT)
    page.keyboard.press("m")
    page.wait_for_selector("#job-line:has-text('Measured: 1 computed')", timeout=TIMEOUT)
    page.wait_for_selector("#measures .measured", timeout=TIMEOUT)
    page.keyboard.press("b")
    page.wait_for_selector("#job-line:has-text('The page was not built')", timeout=TIMEOUT)
    (desk / "story.md").write_text(STORY)
    page.wait_for_selector("#story:has-text('0 faults stop')", timeout=TIMEOUT)
    page.keyboard.press("b")
    page.wait_for_selector("#open", timeout=TIMEOUT)
    with page.context.expect_page() as shown:
        page.keyboard.press("o")
    site = shown.value
    site.wait_for_load_state()
    assert "A distance" in site.inner_text("h1")
    assert site.evaluate("() => origin") == "null"
    paths = ["/home/state", "/api/observations", "/archive", "/home/site/"]
    assert site.evaluate(ASKING, [opened.base, paths]) == ["refused"] * len(paths)
    assert not site.evaluate("() => { try { return document.cookie } catch (error) { return '' } }")


def test_a_broken_edit(browser: Any, opened: Any, desk: Path) -> None:
    """Every fault with file and line while it lasts; the case as soon as it is mended, without a reload by hand."""
    (desk / "places").mkdir(exist_ok=True)
    page = opened.page(browser, "/home/")
    bad = desk / "places/port.toml"
    bad.write_text('schema = 1\nid = "port"\nrole = "harbour"\n[names]\nen = "<b>Port</b>"\n[where]\nlon = 300\n')
    page.wait_for_selector(".trouble:has-text('places/port.toml, line 3')", timeout=TIMEOUT)
    bad.unlink()
    page.wait_for_selector(".counts", timeout=TIMEOUT)
    assert page.inner_text("h1") == "A case on the desk"
