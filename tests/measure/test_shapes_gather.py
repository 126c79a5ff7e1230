"""Lines from files and findings: metres around their middle, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod

from dateline.core.errors import InputError
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.gather.shapes import read_pattern, simulated
from dateline.methods import catalogue


def written(path: Path, lines: list[list[list[float]]], **properties: Any) -> Path:
    features = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": properties}
        for line in lines
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def zigzag(lon: float, lat: float, legs: int = 24, step: float = 1e-4) -> list[list[float]]:
    return [[lon + step * number, lat + step * (number % 2)] for number in range(legs)]


def test_lengths_are_those_on_the_ellipsoid(tmp_path: Path) -> None:
    """The local projection keeps geodesic lengths to a part in a thousand, far north too."""
    line = zigzag(40.0, 69.0)
    found = read_pattern(written(tmp_path / "a.geojson", [line], width_m=1.7), "A")
    lon, lat = np.array(line).T
    assert found.length == pytest.approx(Geod(ellps="WGS84").line_length(lon, lat), rel=1e-3)
    assert found.lines[0].width == 1.7
    assert not found.simulated


def test_flags_of_lines_are_read(tmp_path: Path) -> None:
    """One-sided lines are left out; simulated ones mark the pattern, and so does a file's name."""
    line = zigzag(40.0, 50.0)
    assert read_pattern(written(tmp_path / "a.geojson", [line], simulated=True), "A").simulated
    with pytest.raises(InputError, match="no lines"):
        read_pattern(written(tmp_path / "b.geojson", [line], one_sided=True), "B")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type": "LineString", "coordinates": [[1, 2]]}',
        '{"type": "LineString", "coordinates": [[500000, 4000000], [500100, 4000000]]}',
        '{"type": "LineString", "coordinates": [[1, 2], [30, 2]]}',
        '{"type": "LineString", "coordinates": [[1, null], [3, 4]]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null}]}',
        '{"crs": {"properties": {"name": "EPSG:32652"}}, "type": "LineString", "coordinates": [[1, 2], [1, 2.001]]}',
        "not json",
    ],
)
def test_what_holds_no_lines_is_refused(tmp_path: Path, text: str) -> None:
    """Points, metres, another reference system, several sites in one, broken files: named, and no traceback."""
    path = tmp_path / "x.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_pattern(path, "X")
    assert raised.value.code == "shapes"


def test_simulated_layouts_are_marked_and_the_same_for_a_seed() -> None:
    """Twins come in the order of their templates, and nothing of them lies anywhere."""
    one, again = simulated(20, seed=3, length=300), simulated(20, seed=3, length=300)
    kinds = {role: [pattern.name.split("(")[1] for pattern in given] for role, given in one.items()}
    assert kinds["made"][-len(kinds["twins"]) :] == kinds["twins"]
    assert set(kinds["made"][: -len(kinds["twins"])]) <= {"wandering)"}
    assert all(p.simulated and p.middle is None for p in one["made"])
    np.testing.assert_array_equal(one["made"][2].lines[0].points, again["made"][2].lines[0].points)


def test_two_files_are_compared_from_flags(tmp_path: Path) -> None:
    """A finding with its inputs by hash; files of another kind stay out of it."""
    first = written(tmp_path / "north.geojson", [zigzag(40.0, 50.0), zigzag(40.0, 50.001)])
    second = written(tmp_path / "south.geojson", [zigzag(41.0, 49.0), zigzag(41.0, 49.001)])
    card = catalogue.card("pattern_match")
    request = request_of_flags(
        card, roles={"first": str(first), "second": str(second)}, named={}, parameters={"made": "40"}
    )
    finding, _ = ask(request)
    assert finding.result == "more alike"
    assert sorted(ref.role for ref in finding.inputs) == ["first", "second"]
    assert not finding.simulated
    assert "north" in finding.statement.en
