"""The block `shadow`: the measured angles, every stretch that fits, and no pixel that nobody marked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dateline.core.errors import InputError
from dateline.core.identity import digest, sha256_file
from dateline.evidence.item import Item
from dateline.evidence.store import default_store
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.story.blocks.shadow.draw import FOOT, GROUND, WIDTH, plan, side, strip
from dateline.story.blocks.shadow.spans import zone_of
from dateline.story.build import build_site
from dateline.story.catalogue import block
from dateline.story.check import reading_of
from dateline.story.page import Page
from dateline.story.parse import parse
from dateline.story.reading import Reading
from dateline.story.render import block_html, render

BLOCK = ':::shadow\ntitle = "A shadow"\nfinding = "shadow-quay"\nalt = "what it shows"\n:::\n'
FRONT = '+++\ntitle = "A title"\n+++\n\n'
PICTURE = (
    '\n[picture]\nitem = "quay-photo"\nsensor = "drawing"\nprovider = "desk"\ndate = "2024-03-09"\n'
    'licence = "CC0-1.0"\nalt = "a quay"\n'
)


def html_of(reading: Reading) -> str:
    """The block alone."""
    (use,) = reading.story.blocks
    assert use.model is not None
    return str(block_html(Page(reading), "shadow", use.model))


def change(root: Path, **said: Any) -> None:
    """Another answer under the same name."""
    path = root / "findings/shadow-quay.json"
    finding = Finding.model_validate({**json.loads(path.read_text(encoding="utf-8")), **said}).sealed()
    path.write_text(finding.pretty(), encoding="utf-8")


def test_both_halves_of_the_day_stand_in_every_drawing(read: Callable[[str], Reading]) -> None:
    """The morning and the afternoon that fit are bars and words, wide and narrow, and in the table."""
    html = html_of(read(BLOCK))
    for words in ("07:53 to 08:26", "15:27 to 16:00"):
        assert html.count(f">{words}</text>") == 2
        assert f'<th scope="row">{words}</th>' in html
    assert html.count('class="sh-bar" x=') == 4
    assert "slope of the ground unknown" in html
    assert "30° (90\u00a0% interval 28 to 33)" in html
    assert "simulated" in html


def test_the_page_embed_and_still_carry_it(tmp_path: Path, own: Path) -> None:
    """The sample goes through the whole build: a drawing, the finding's chart by hash, an embed, two CSV files."""
    (own / "story.md").write_text(FRONT + BLOCK, encoding="utf-8")
    built = {file.name: file.data for file in build_site(Case.load(own), tmp_path / "site").files}
    chart = sha256_file(own / "findings/shadow-quay/SIMULATED_sun.svg")
    assert chart in built["index.html"].decode()
    still = built["figure/shadow-quay.svg"].decode()
    assert "SIMULATED" in still
    assert 'class="sh-bar"' in still
    assert "embed/shadow-quay.html" in built
    assert built["index.html"].decode().count('class="download"') == 2


def test_no_pixel_is_drawn_that_the_finding_was_not_measured_from(own: Path) -> None:
    """With a picture the block draws lines only where they are those of the finding, by hash; else it says so."""
    photo = BLOCK.removesuffix(":::\n") + PICTURE + ":::\n"
    _archive(own)
    html = html_of(reading_of(Case.load(own), parse(FRONT + photo)))
    assert "sh-drawn" not in html
    assert "not drawn on this picture" in html
    marks = _mark(own)
    refs = [{"kind": "observations", "id": "ana", "sha256": digest(marks), "role": "shadows"}]
    change(own, inputs=refs)
    html = html_of(reading_of(Case.load(own), parse(FRONT + photo)))
    assert html.count('class="sh-drawn"') == 2
    assert "not drawn on this picture" not in html
    change(own, inputs=[{**refs[0], "sha256": "0" * 64}])
    assert "sh-drawn" not in html_of(reading_of(Case.load(own), parse(FRONT + photo)))


def test_a_picture_that_was_stored_lying_stands_upright_with_its_lines(own: Path) -> None:
    """A phone stores a portrait lying and says so: the page turns it, and the lines that were measured with it."""
    photo = own / "pictures/quay_simulated.jpg"
    with Image.open(photo) as stored:
        lying, exif = stored.copy(), Image.Exif()
    exif[0x0112] = 6
    lying.save(photo, exif=exif)
    _archive(own)
    change(own, inputs=[{"kind": "observations", "id": "ana", "sha256": digest(_mark(own)), "role": "shadows"}])
    html = html_of(reading_of(Case.load(own), parse(FRONT + BLOCK.removesuffix(":::\n") + PICTURE + ":::\n")))
    width, height = lying.height, lying.width
    assert f'width="{width}" height="{height}"' in html
    ends = re.search(r'sh-drawn" x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', html)
    assert ends is not None
    assert [float(end) for end in ends.groups()] == [width - 200, 40, width - 80, 40]


def _archive(root: Path) -> None:
    """The sample's drawn quay as an item of the case."""
    photo = root / "pictures/quay_simulated.jpg"
    item = Item.read(root / "evidence/items/light-2022.toml").model_copy(
        update={
            "id": "quay-photo", "name": photo.name, "sha256": sha256_file(photo), "bytes": photo.stat().st_size,
            "media_type": "image/jpeg",
        }
    )  # fmt: skip
    (root / "evidence/items/quay-photo.toml").write_text(item.to_toml(), encoding="utf-8")
    default_store().add(photo)


def _mark(root: Path) -> list[str]:
    """A pole and its shadow, drawn by one person on that item; the hashes of the marks."""
    folder = root / "observations/ana"
    folder.mkdir(parents=True)
    said = {
        "schema": 1, "id": "m1", "by": "ana", "at": "2024-03-10T10:00:00Z", "item": "quay-photo", "state": "present",
        "lines": [[[40, 200], [40, 80]], [[40, 200], [160, 210]]], "line_names": ["object", "shadow"],
    }  # fmt: skip
    (folder / "marks.jsonl").write_text(json.dumps(said) + "\n")
    return [mark.sha256() for mark in Case.load(root).observations.values()]


def test_days_stand_on_the_time_that_was_asked(own: Path) -> None:
    """A finding of days is drawn on the year that was asked for, with its days in words."""
    sets = [["2024-02-20", "2024-02-24"], ["2024-10-18", "2024-10-22"]]
    parameters = {"date": "2024", "time": "15:40", "zone": "-08:00", "level": 0.9}
    change(own, result="days", values={"days": {"kind": "when", "sets": sets}}, parameters=parameters)
    html = html_of(reading_of(Case.load(own), parse(FRONT + BLOCK)))
    assert html.count(">between 20 and 24 February 2024</text>") == 2 or html.count("24 February 2024</text>") == 2
    assert "22 October 2024" in html


def test_a_stated_hour_is_a_line_and_a_direction_a_wedge(own: Path) -> None:
    """What was stated is marked as stated; a measured direction is drawn from above with its interval."""
    path = own / "findings/shadow-quay.json"
    told = {**json.loads(path.read_text())["parameters"], "time": "15:40", "azimuth": 40, "azimuth_sigma": 3}
    change(own, parameters=told)
    html = html_of(reading_of(Case.load(own), parse(FRONT + BLOCK)))
    assert "stated: 15:40" in html
    assert "40° ± 4.9°" in html
    for told, said in (({"azimuth": 359.97}, "0° ± 4.9°"), ({"azimuth": 10, "azimuth_sigma": 150}, None)):
        change(own, parameters={**json.loads(path.read_text())["parameters"], **told})
        html = html_of(reading_of(Case.load(own), parse(FRONT + BLOCK)))
        assert (f">{said}<" in html) if said else ("sh-plan" not in html), "north is 0; any direction is none"


def test_a_map_of_places_and_what_other_evidence_leaves(own: Path) -> None:
    """Where on Earth it fits is the finding's own map, widened in km; the capture time stands beside it."""
    told = json.loads((own / "findings/shadow-quay.json").read_text(encoding="utf-8"))
    other = told | {"id": "when-quay", "method": "capture_time", "statement": {"key": "x", "en": "Taken before noon."}}
    (own / "findings/when-quay.json").write_text(Finding.model_validate(other).sealed().pretty(), encoding="utf-8")
    chart = {**told["artifacts"][0], "role": "locus_map"}
    change(own, result="places", values={"km2": {"0.9": 5e5}, "budget": {"measured lengths": 40.2}}, artifacts=[chart])
    both = BLOCK.replace("alt =", 'capture = "when-quay"\nalt =')
    html = html_of(reading_of(Case.load(own), parse(FRONT + both)))
    assert "± 40.2 km" in html
    assert "Taken before noon." in html
    assert re.search(r'<img id="shadow-chart-1" class="sh-chart"[^>]* alt="[^"]+"', html)
    assert 'class="sh-strip' not in html
    with pytest.raises(InputError):
        html_of(reading_of(Case.load(own), parse(FRONT + both.replace("when-quay", "lights-arden"))))


@pytest.mark.parametrize("name", ["lights-arden", "camera-quay"])
def test_other_findings_are_refused(name: str, read: Callable[[str], Reading]) -> None:
    """A finding of another method is no shadow."""
    with pytest.raises(InputError) as refused:
        html_of(read(BLOCK.replace("shadow-quay", name)))
    assert refused.value.code == "shadow"


def test_what_a_finding_says_is_text(own: Path) -> None:
    """Markup in a finding's words stays text on the page."""
    budget = {"<script>alert(1)</script>": 3.0}
    values = {**json.loads((own / "findings/shadow-quay.json").read_text())["values"], "budget": budget}
    change(own, values=values)
    html = html_of(reading_of(Case.load(own), parse(FRONT + BLOCK)))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_it_speaks_every_language(own: Path) -> None:
    """Words of the drawing in each language of the page."""
    for code, said in (("uk", "Висота сонця"), ("ru", "Высота солнца"), ("ko", "해의 높이")):
        story = parse(f'+++\ntitle = "A title"\nlanguage = "{code}"\n+++\n\n{BLOCK}')
        assert said in render(reading_of(Case.load(own), story)).decode()


@given(best=st.floats(0, 90), spread=st.floats(0, 60))
def test_the_side_view_stays_inside_its_frame(best: float, spread: float) -> None:
    """Whatever the sun's height, the object, the ray's foot and the fan lie on the drawing; a high sun's is short."""
    drawn = side(best, max(0.0, best - spread), min(90.0, best + spread))
    assert 0 <= drawn.top < GROUND
    assert FOOT <= drawn.tip <= WIDTH
    assert side(best, None, None).clipped


def test_plan_and_strip() -> None:
    """North is up and east is right; a bar's words stand on the side that has room."""
    assert plan(90, 5).tip[0] > WIDTH / 2
    assert plan(0, 5).tip[1] < 105
    assert "0 1 1" in plan(0, 120).wedge
    made = strip("wide", 100, at=lambda v: v, spans=[(5, 10, "a"), (80, 80.1, "b")], ticks=[(0, "0")])
    assert [bar.anchor for bar in made.bars] == ["start", "end"]
    assert made.bars[1].width == 3
    assert len({bar.y for bar in strip("wide", 9, at=float, spans=[(1, 2, "x")] * 7, ticks=[]).bars}) == 1


def test_zones_are_read_as_findings_name_them() -> None:
    """Offsets and IANA names; anything else is no zone and no hour is guessed."""
    assert all(zone_of(name) is not None for name in ("UTC", "-08:00", "Asia/Vladivostok"))
    assert zone_of("somewhere") is None
    assert zone_of("../x") is None


def test_model_is_strict() -> None:
    """Unknown keys are errors."""
    with pytest.raises(ValueError, match="extra"):
        block("shadow").model.model_validate({"title": "a", "finding": "b", "alt": "c", "other": "d"})
