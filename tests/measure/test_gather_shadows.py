"""Files of shadows: columns, times told from the first, what is simulated, and what is no such file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dateline.core.errors import DatelineError
from dateline.core.where import Where
from dateline.measure.ask import prepare, request_of_flags
from dateline.measure.gather.shadows import ground
from dateline.measure.request import Site, silent
from dateline.methods.catalogue import card
from dateline.methods.sun_shadow.asked import Told


def told(path: Path, **parameters: str) -> Told:
    request = request_of_flags(
        card("sun_shadow"), roles={"shadows": str(path)}, named={}, parameters={"zone": "UTC", **parameters}
    )
    return prepare(request).load(silent).inputs.one("shadows", Told)


def test_times_of_rows_become_seconds_after_the_first(tmp_path: Path) -> None:
    """Offsets of each row count; one object keeps its name; a marked file is simulated."""
    path = tmp_path / "two.json"
    rows = [
        {"id": "a", "length": "2 m", "object": "post", "time": "2024-10-18T09:40+10:00"},
        {"id": "b", "length": "150 cm", "object": "post", "time": "2024-10-18T01:10Z"},
    ]
    path.write_text(json.dumps({"simulated": True, "shadows": rows}))
    found = told(path)
    assert [one.after for one in found.shadows] == [0.0, 5400.0]
    assert [one.length for one in found.shadows] == [2.0, 1.5]
    assert found.simulated
    assert found.clock.second == 34_800


@pytest.mark.parametrize(("text", "code"), [
    ("", "shadow-file"), ("id,ratio\n", "shadow-file"), ("id,ratio,weird\na,1,2\n", "shadow-column"),
    ("id,ratio\na,1,2\n", "shadow-column"), ("id,ratio,time\na,1,10:30\n", "naive-time"),
    ("id,ratio,time,zone\na,1,,\nb,2,10:30,UTC\n", "shadow-time"), ("id,ratio\na,0\n", "shadow-ratio"),
    ("id,ratio\n" + "a,1\n" * 51, "shadow-file"), ("\0\0", "shadow-file"),
])  # fmt: skip
def test_files_that_are_refused(tmp_path: Path, text: str, code: str) -> None:
    """Each fault has its name."""
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(DatelineError) as caught:
        told(path)
    assert caught.value.code == code


def test_a_place_is_looked_at_from_its_edges() -> None:
    """A point with a radius has nine spots, an area a grid with its corners, all of them in it."""
    point = Site(id="a", name="A", where=Where.point(lon=132, lat=44, radius=5000), sha256="")
    assert len(ground(point, None).spots) == 9
    square = ((130.0, 43.0), (132.0, 43.0), (132.0, 44.0), (130.0, 44.0), (130.0, 43.0))
    area = ground(Site(id="b", name="B", where=Where.area([[square]]), sha256=""), None)
    assert 20 < len(area.spots) < 80
    assert all(130 <= lon <= 132 and 43 <= lat <= 44 for lon, lat in area.spots)
    assert area.gap > 10_000
