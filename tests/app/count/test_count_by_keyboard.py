"""The count from start to finish by the keyboard alone, and its number beside the method's on the same marks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.app.count.count_desk import DOTS, TIMEOUT, begin, count_tiles, lines_of, submit

from dateline.cli.app import run

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


def test_two_people_count_by_keyboard_and_the_method_says_the_same(
    browser: Any, opened: Any, desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two blind counts, tile by tile, give what `dateline run counting` gives on the files of their marks."""
    for who, dots in (("ana", DOTS[:7]), ("ben", DOTS[1:8])):
        page = opened.page(browser, "/count/", who=who)
        begin(page)
        count_tiles(page, dots)
        submit(page)
    result = page.locator("#finding").get_attribute("data-result")
    assert result == "counted, not checked"
    assert page.locator("[data-count=both]").inner_text() == "6"
    assert page.locator("[data-count=mine]").inner_text() == "1"
    assert page.locator("[data-count=theirs]").inner_text() == "1"

    marks = [str(path) for path in sorted((desk / "observations").glob("*/*.jsonl"))]
    capsys.readouterr()
    picture = str(desk.parent / "crowd.png")
    assert run(["run", "counting", "--marks", *marks, "--image", picture, "--what", "people", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    page.focus("#keep .main")
    page.keyboard.press("Enter")
    page.wait_for_url("**kept=**", timeout=TIMEOUT)
    kept = page.url.rpartition("kept=")[2]
    assert run(["measure", kept, "--case", str(desk), "--by", "ana"]) == 0
    finding = json.loads((desk / "findings" / f"{kept}.json").read_text())
    assert finding["estimates"] == told["estimates"]
    assert finding["statement"]["en"] == page.locator("#finding .sentence").inner_text()
    assert all(
        line["zoom"] > 0 and line["area"] and line["tile"] for line in lines_of(desk, "ana") if line.get("points")
    )
