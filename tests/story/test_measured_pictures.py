"""Measured images drawn for the page: true shape, true scale bar, labels where the places are, unseen never dark."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dateline.core.errors import InputError
from dateline.core.where import Where
from dateline.ledger.case import Case
from dateline.story.check import examine, reading_of
from dateline.story.fault import Report
from dateline.story.parse import parse
from dateline.story.picture_spec import Stretch
from dateline.story.raster import draw, is_measured
from dateline.story.samples import GROUND

SCENE = GROUND / "pictures" / "VNP46A3_2024_03_simulated.tif"
STRETCH = Stretch(low=0.5, high=60)


def dots(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as opened:
        return np.asarray(opened.convert("RGB")).astype(int)


def test_degrees_are_drawn_as_ground() -> None:
    """At 42 degrees a degree of longitude is cos(42°) of one of latitude, and so is the picture."""
    drawn = draw(SCENE, STRETCH)
    assert drawn.width / drawn.height == pytest.approx(150 / 90 * math.cos(math.radians(42.3075)), rel=0.01)


def test_the_scale_bar_is_that_of_the_ellipsoid() -> None:
    """150 pixels of 15 arc-seconds at 42.3 S are 51.5 km wide (pyproj's geodesic is the oracle of the method used)."""
    drawn = draw(SCENE, STRETCH)
    assert drawn.placed is not None
    radius = 6378137 / math.sqrt(1 - 0.00669438 * math.sin(math.radians(42.3075)) ** 2)
    east_west = radius * math.cos(math.radians(42.3075)) * math.radians(150 / 240)
    assert drawn.placed.width_m == pytest.approx(east_west, rel=1e-4)


def test_a_window_and_its_labels_stand_where_the_places_are() -> None:
    """A label in the middle of a window stands in the middle of its picture; one outside is not drawn."""
    inside, outside = Where.point(lon=12.4, lat=-42.3), Where.point(lon=20, lat=0)
    drawn = draw(SCENE, STRETCH, window=(12.3, -42.4, 12.5, -42.2), labels=[("in", inside), ("out", outside)])
    assert drawn.placed is not None
    ((name, x, y),) = drawn.placed.labels
    assert name == "in"
    assert (x / drawn.width, y / drawn.height) == pytest.approx((0.5, 0.5), abs=0.02)


def test_a_window_off_the_image_is_refused() -> None:
    """Three parts, and the keys to mend."""
    with pytest.raises(InputError) as error:
        draw(SCENE, STRETCH, window=(0, 0, 1, 1))
    assert "window" in error.value.do


def test_pictures_and_measurements_are_told_apart() -> None:
    """By their first bytes, not by their names."""
    assert is_measured(SCENE)
    assert not is_measured(GROUND / "pictures" / "quay_simulated.jpg")


def test_pictures_that_findings_drew_need_one_scale(own: Path) -> None:
    """A before and an after whose findings drew them on scales of their own are refused; on one scale they pass."""
    for name, high in (("arden", 60), ("coast", 30)):
        path = own / "findings" / f"lights-{name}.json"
        finding = json.loads(path.read_text(encoding="utf-8"))
        finding["values"]["map"] = {
            "map_before": {"unit": "nW cm-2 sr-1", "stops": [[0.5, "#000000"], [high, "#ffffff"]]}
        }
        path.write_text(json.dumps(finding), encoding="utf-8")

    def codes(after: str) -> set[str]:
        told = '\nartifact = "map_before"\nalt = "Map of night light with a few towns."\n'
        body = ':::before_after\ntitle = "A"\ncaption = "B"\n\n[before]\nfinding = "lights-arden"' + told
        body += f'\n[after]\nfinding = "{after}"{told}:::\n'
        return {
            fault.rule.code
            for fault in examine(reading_of(Case.load(own), parse('+++\ntitle = "T"\n+++\n\n' + body))).faults
        }

    assert "unlike-stretch" in codes("lights-coast")
    assert "unlike-stretch" not in codes("lights-arden")


@pytest.mark.samples
def test_puerto_rico_is_drawn_with_its_sea_hatched(samples: Path) -> None:
    """The share of the picture that is hatched is the share of pixels without a value, and San Juan is bright."""
    path = samples / "lights/puerto_rico_maria_2017/VNP46A3_2017_09.tif"
    drawn = draw(path, STRETCH, labels=[("San Juan", Where.point(lon=-66.06, lat=18.43))])
    assert drawn.placed is not None
    picture = dots(drawn.data)
    grey = (np.ptp(picture, axis=2) < 20) & (picture.min(axis=2) > 150)
    assert grey.mean() == pytest.approx(0.52, abs=0.02)
    ((_, x, y),) = drawn.placed.labels
    around = picture[int(y) - 8 : int(y) + 8, int(x) - 8 : int(x) + 8]
    assert around.max() > 220


NO_ITEM = """item = "nosuch"
sensor = "s"
provider = "p"
date = "2024-03"
licence = "CC0-1.0"
alt = "A quay seen from above."
"""
BODIES = {
    "before_after": f':::before_after\ntitle = "A"\ncaption = "B"\n[before]\n{NO_ITEM}[after]\n{NO_ITEM}:::',
    "scroll_story": f':::scroll_story\ntitle = "A"\n[[pictures]]\nname = "one"\n{NO_ITEM}'
    '[[steps]]\ntext = "B"\npicture = "one"\n:::',
}


@pytest.mark.parametrize("block", BODIES)
def test_an_item_that_is_not_there_is_a_fault_with_its_line(examined: Callable[..., Report], block: str) -> None:
    """The rules that look at pictures do not end the program over a slip of the finger."""
    found = examined(BODIES[block]).faults
    assert any(one.rule.code == "unknown-reference" and "nosuch" in one.saw for one in found), found
