"""The figures of a camera, of a front and of a finding's own drawing: what they draw, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.story.blocks.camera.plan import WIDTH, Mark, draw_marks, draw_plan
from dateline.story.check import read_story, reading_of
from dateline.story.render import render
from dateline.story.samples import sample_case


def mark(number: int, x: float, shift: float, *, used: bool = True) -> Mark:
    return Mark(number=number, x=x, y=100.0, shift=shift, used=used)


def test_arrows_are_stretched_alike_and_stay_in_the_picture() -> None:
    """The longest arrow of a used landmark is about a tenth of the panel; a blunder does not shrink the others."""
    drawn = draw_marks([mark(1, 500, 4.0), mark(2, 990, 2.0), mark(3, 10, -9000.0, used=False)], (1000, 750))
    (_, x, _, end, _), (_, near, _, edge, _), _ = drawn.arrows
    assert 0.06 * WIDTH < end - x < 0.12 * WIDTH
    assert near < edge <= WIDTH
    assert drawn.height == 270
    assert draw_marks([mark(1, 500, 0.0)], (1000, 750)).times == 1


def _point(number: int, lon: float, lat: float, *, used: bool) -> dict[str, object]:
    told = {"role": "landmark", "number": number, "used": used}
    return {"geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": told}


def test_the_map_keeps_shapes_and_leaves_out_what_was_left_out() -> None:
    """A square on the ground at 60 degrees north is a square on the map; a blundered landmark does not widen it."""
    ring = [[10.0, 60.0], [10.02, 60.0], [10.02, 60.01], [10.0, 60.01], [10.0, 60.0]]
    region = {"geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {"role": "camera"}}
    plan = draw_plan([region, _point(1, 10.01, 60.005, used=True), _point(4, -30.0, 10.0, used=False)])
    corners = [tuple(map(float, pair.split(","))) for pair in plan.regions[0].strip("MZ").split("L")]
    (left, low), (right, _), (_, high) = corners[:3]
    assert right - left == pytest.approx(low - high, rel=0.01)
    assert right - left > 0.8 * WIDTH
    assert [name for name, _, _ in plan.spots] == ["1"]
    assert plan.bar_metres == 200


@pytest.mark.parametrize(
    ("name", "finding", "code"),
    [("camera", "lights-arden", "camera"), ("front", "lights-arden", "front"), ("drawing", "camera-quay", "picture")],
)
def test_another_methods_finding_is_refused(tmp_path: Path, name: str, finding: str, code: str) -> None:
    """The error names the finding and what the block takes."""
    folder = sample_case(tmp_path / "case", [name])
    story = folder / "story.md"
    own = {"camera": "camera-quay", "front": "front-arden", "drawing": "shadow-quay"}[name]
    story.write_text(story.read_text(encoding="utf-8").replace(own, finding), encoding="utf-8")
    case = Case.load(folder)
    with pytest.raises(InputError) as caught:
        render(reading_of(case, read_story(case)))
    assert caught.value.code == code


def test_a_drawing_is_embedded_as_a_picture(tmp_path: Path) -> None:
    """SVG of a finding stands in an img, where nothing in it runs or loads."""
    case = Case.load(sample_case(tmp_path / "case", ["drawing"]))
    page = render(reading_of(case, read_story(case))).decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert "<polyline" not in page
