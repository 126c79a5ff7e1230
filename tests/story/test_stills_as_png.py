"""Drawings as PNG: the same bytes in another process, no letter an empty box, nothing from outside, no name twice."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dateline.ledger.case import Case
from dateline.story import letters
from dateline.story.build import build_site
from dateline.story.card import Said, lacking
from dateline.story.rasterise import rasterise, why_not
from dateline.story.samples import sample_case, sample_of

GROUND = "#fdfcf8"


def _svg(inside: str, size: str = 'width="120" height="60"') -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>'
        f"<style>text{{font-family:Arial,sans-serif}}</style>{inside}</svg>"
    )


def _text(words: str) -> str:
    return _svg(f'<text x="8" y="40" font-size="24">{words}</text>')


def _ink(picture: Image.Image) -> int:
    return sum(picture.convert("L").histogram()[:128])


def test_each_drawing_has_its_png_with_its_words(tmp_path: Path) -> None:
    """Twice the size of the SVG, on paper, with title, alt text, credit and mark where picture desks look."""
    root = sample_case(tmp_path / "halm", ["front", "drawing"])
    files = {one.name: one.data for one in build_site(Case.load(root)).files}
    names = {name for name in files if name.startswith("figure/")}
    assert names == {
        f"figure/{name}.{end}" for name in ("front-arden", "drawing-shadow-quay") for end in ("svg", "png")
    }
    with Image.open(io.BytesIO(files["figure/front-arden.png"])) as picture:
        told: dict[Any, Any] = dict(picture.info)
        assert picture.convert("RGB").getpixel((1, 1)) == (0xFD, 0xFC, 0xF8)
        width = float(files["figure/front-arden.svg"].decode().partition(' width="')[2].partition('"')[0])
        assert picture.width == 2 * width
    assert told["Description"]
    assert "SIMULATED" in told["Author"]
    assert "XML:com.adobe.xmp" in told


def test_two_figures_never_take_one_file(tmp_path: Path) -> None:
    """The second picture of a figure and the first of a figure that shows the same have names of their own."""
    root = sample_case(tmp_path / "halm", ["before_after"])
    story = root / "story.md"
    text = story.read_text(encoding="utf-8")
    again = sample_of("before_after").replace('title = "', 'title = "Again: ', 1)
    story.write_text(f"{text}\n{again}", encoding="utf-8")
    names = [one.name for one in build_site(Case.load(root)).files if one.name.startswith("figure/")]
    assert len(names) == len(set(names)) == 4


@pytest.mark.parametrize("words", ["é Ž ½ ° ² − × …", "Їжак Ґанок", "Ώρα", "بندر", "נמל", "→ ↑", "नमस्ते", "🚢"])
def test_scripts_and_signs_are_drawn(words: str) -> None:
    """Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, arrows and emoji, each from the file that has it."""
    assert why_not(_text(words)) == ""
    assert _ink(rasterise(_text(words), GROUND)) > 50


def test_arabic_joins_its_letters() -> None:
    """A word is no row of letters by themselves."""
    joined, apart = (_ink(rasterise(_text(words), GROUND)) for words in ("بب", "ب\u200cب"))
    assert joined != apart


def test_a_letter_that_no_font_has_is_never_an_empty_box() -> None:
    """Hangul has no PNG, and why is said; what is not drawn (a title, a mark of direction) does not matter."""
    assert why_not(_text("청진 port")) == "the fonts have no 청 진"
    assert why_not(_svg("<title>청진</title><text>\u200eport\u200f</text>")) == ""
    bomb = f'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{_text("&b;")}'
    assert why_not(bomb) == "it declares entities, which may unfold without end"
    assert why_not("<svg") == "it is no well-formed SVG"


def test_weight_and_slant_are_the_drawing_s(tmp_path: Path) -> None:
    """Bold letters are bolder, by the font's own axis."""
    plain = _svg('<text x="8" y="40" font-size="24">mmm</text>')
    bold = plain.replace("<text ", '<text font-weight="700" ')
    assert _ink(rasterise(bold, GROUND)) > _ink(rasterise(plain, GROUND)) * 1.1


def test_nothing_from_outside_is_read(tmp_path: Path) -> None:
    """A file of this machine, an address and a drawing within are not drawn; a WebP that it carries is."""
    red, data = Image.new("RGB", (40, 40), "red"), io.BytesIO()
    red.save(tmp_path / "secret.png")
    red.save(data, "WEBP", lossless=True)
    carried = "data:image/webp;base64," + base64.b64encode(data.getvalue()).decode()
    nested = base64.b64encode(_svg(f'<image href="{tmp_path}/secret.png" width="40" height="40"/>').encode()).decode()
    for address, colour in (
        (f"{tmp_path}/secret.png", (0xFD, 0xFC, 0xF8)),
        (f"file://{tmp_path}/secret.png", (0xFD, 0xFC, 0xF8)),
        (f"data:image/svg+xml;base64,{nested}", (0xFD, 0xFC, 0xF8)),
        (carried, (255, 0, 0)),
    ):
        for name in ("href", "xlink:href"):
            drawn = rasterise(_svg(f'<image {name}="{address}" width="40" height="40"/>'), GROUND)
            assert drawn.getpixel((20, 20)) == colour


def test_a_huge_drawing_stays_a_picture() -> None:
    """No side is longer than 8,000 px, whatever the drawing says of itself."""
    assert max(rasterise(_svg("", 'width="100000" height="50"'), GROUND).size) <= 8000
    assert max(rasterise(_svg("", 'viewBox="0 0 90000 30"'), GROUND).size) <= 8000


def test_another_process_draws_the_same_bytes() -> None:
    """Pixel by pixel, whatever order its sets have."""
    svg = _text("Ždár بندر → 🚢")
    code = (
        "import sys, hashlib; from dateline.story.rasterise import rasterise; "
        "print(hashlib.sha256(rasterise(sys.argv[1], sys.argv[2]).tobytes()).hexdigest())"
    )
    other = {**os.environ, "PYTHONHASHSEED": "4711", "LANG": "C"}
    ran = subprocess.run(
        [sys.executable, "-c", code, svg, GROUND], check=True, env=other, capture_output=True, text=True
    )
    assert ran.stdout.strip() == hashlib.sha256(rasterise(svg, GROUND).tobytes()).hexdigest()


@pytest.mark.parametrize(
    ("title", "left"),
    [("Café Čchŏngjin", ""), ("e\u0301", ""), ("Причалы Їжа", ""), ("Λιμάνι", ""), ("청진", "청진"), ("בית", "בית"),
     ("بندر", "بندر"), ("न", "न"), ("a 🚢", "🚢")],
)  # fmt: skip
def test_a_card_writes_only_what_it_writes_right(title: str, left: str) -> None:
    """Letters that stand side by side; none that join, stack or run from right to left."""
    assert lacking(Said("", "", title, "", "")) == left
    assert letters.sans().is_file()
