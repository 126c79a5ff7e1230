"""Embeds in a real browser: in a sandbox on somebody else's page, without a script; drawings alone; the twin."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from windows import opened

from dateline.ledger.case import Case
from dateline.story.build import build_site
from dateline.story.samples import sample_case

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

BLOCKS = ("before_after", "series", "picture", "statements", "timeline", "drawing", "ranked")
HOST = """<!doctype html><title>A newspaper</title>
<iframe sandbox="allow-scripts" src="site/embed/{name}" width="{width}" height="60" title="figure"></iframe>
<script>
const told = [];
addEventListener("message", (event) => {{
  told.push(event.data);
  document.querySelector("iframe").height = event.data.height;
}});
</script>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site with its twin."""
    root = sample_case(tmp_path_factory.mktemp("embeds") / "halm", BLOCKS)
    build_site(Case.load(root), root / "site", largest=1000)
    return root / "site"


@pytest.mark.parametrize("width", [320, 700])
def test_in_a_sandbox_it_draws_and_tells_its_height(browser: Any, site: Path, width: int) -> None:
    """Every embed: one small message with its height, after which nothing is cut; no request but itself; no error."""
    for embed in sorted((site / "embed").iterdir()):
        host = site.parent / "host.html"
        host.write_text(HOST.format(name=embed.name, width=width), encoding="utf-8")
        page, asked, said = opened(browser, host)
        page.wait_for_function("told.length > 0")
        told = page.evaluate("told.map((one) => JSON.stringify(one))")
        assert all(len(one) < 1000 for one in told)
        assert page.evaluate("told[0].dateline") == "height"
        assert page.evaluate("told[0].figure") == embed.stem
        frame = page.frames[1]
        frame.wait_for_function("innerHeight >= document.documentElement.getBoundingClientRect().height")
        assert frame.evaluate("document.documentElement.scrollWidth") <= width
        assert frame.evaluate("document.querySelector('figure').getBoundingClientRect().height") > 80
        assert frame.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
        assert [url for url in asked if not url.startswith("data:")] == [host.as_uri(), embed.as_uri()]
        assert said == []
        page.context.close()


def test_when_a_table_opens_the_frame_grows(browser: Any, site: Path) -> None:
    """The height is told again when it changes, and not otherwise."""
    host = site.parent / "host.html"
    host.write_text(HOST.format(name="series-lights-arden.html", width=700), encoding="utf-8")
    page, _, _ = opened(browser, host)
    page.wait_for_function("told.length > 0")
    first = page.evaluate("told.at(-1).height")
    page.frames[1].locator("details.data summary").click()
    page.wait_for_function(f"told.at(-1).height > {first}")
    heights = page.evaluate("told.map((one) => one.height)")
    assert all(one != other for one, other in pairwise(heights))
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_complete_without_a_script(browser: Any, site: Path, scheme: str) -> None:
    """Caption, table and credit are text, in the reader's own light."""
    page, _, said = opened(
        browser, site / "embed/series-lights-arden.html", java_script_enabled=False, color_scheme=scheme
    )
    text = page.locator("body").text_content()
    for words in ("The line stops where a month gave too few clear nights", "too few nights", "15.0", "simulated"):
        assert words in text
    assert said == []
    page.context.close()


@pytest.mark.parametrize("width", [390, 900])
def test_letters_of_an_embed_are_at_least_12_px(browser: Any, site: Path, width: int) -> None:
    """On a phone, too, as shown."""
    for embed in sorted((site / "embed").iterdir()):
        page, _, _ = opened(browser, embed, viewport={"width": width, "height": 700})
        small = page.evaluate(
            """[...document.querySelectorAll("body *")].filter((one) => {
                const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
                const box = one.getBoundingClientRect();
                if (!words || !box.width || one.closest("script, style, title, desc, .vh, .hash")) return false;
                const scale = one.ownerSVGElement ? one.getScreenCTM().a : 1;
                return parseFloat(getComputedStyle(one).fontSize) * scale < 11.9;
            }).map((one) => one.tagName + " " + one.textContent.trim().slice(0, 30))"""
        )
        assert small == []
        page.context.close()


def test_a_drawing_alone_shows_the_colours_of_the_page(browser: Any, site: Path) -> None:
    """Opened by itself the SVG has its line in the design's colour, and nothing black that is not so on the page."""
    page, asked, said = opened(browser, site / "figure/series-lights-arden.svg")
    assert said == []
    assert len(asked) == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.line')).stroke") == "rgb(122, 47, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('.outer')).fill") == "rgb(239, 217, 191)"
    assert page.evaluate("getComputedStyle(document.querySelector('.cursor')).visibility") == "hidden"
    page.context.close()


def test_the_twin_opens_from_disk(browser: Any, site: Path) -> None:
    """Pictures come from beside it and from nowhere else; the hash check goes on for what the page carries."""
    page, asked, said = opened(browser, site / "folder/index.html")
    page.evaluate("document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })")
    page.wait_for_function("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    here = (site / "folder").as_uri()
    assert all(url.startswith(f"{here}/") for url in asked)
    assert len(asked) > 2
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.locator("#check-hashes").click()
    page.wait_for_function("document.getElementById('check-said').textContent !== ''")
    results = page.evaluate("[...document.querySelectorAll('[data-check]')].map((one) => one.className)")
    assert results
    assert set(results) == {"match"}
    assert said == []
    page.context.close()
