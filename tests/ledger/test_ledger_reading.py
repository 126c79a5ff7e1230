"""One file becomes one record or a list of faults; nothing that a file can contain makes the program fall over."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dateline.core.errors import RecordError, RecordFault
from dateline.ledger.observation import Observation
from dateline.ledger.place import Place
from dateline.ledger.reading import LARGEST, load_record, read_lines, read_record
from dateline.ledger.source import Source

GOOD = 'id = "kcna"\ntype = "wire"\n[names]\nen = "KCNA"\n'


def read(folder: Path, data: bytes, name: str = "kcna") -> tuple[Source | None, tuple[RecordFault, ...]]:
    """Reads bytes as sources/NAME.toml."""
    path = folder / "sources" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    found = read_record(path, Source, root=folder)
    return found.record, found.faults


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()])
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path, data: bytes) -> None:
    """Files from Windows editors are read as what they are."""
    record, faults = read(tmp_path, data)
    assert faults == ()
    assert record == read(tmp_path, GOOD.encode())[0]


HOSTILE = {
    "utf-16": (GOOD.encode("utf-16"), 1, "UTF-16"),
    "binary": (b'id = "k\0"\n', 1, "UTF-16, or a binary file"),
    "latin-1": (b'id = "kcna"\ntype = "wire"\n[names]\nen = "Cor\xe9e"\n', 4, "the byte 0xe9"),
    "conflict": (b'id = "kcna"\n<<<<<<< HEAD\ntype = "wire"\n=======\ntype = "ngo"\n>>>>>>> b\n', 2, "merge conflict"),
    "twice": (b'id = "kcna"\ntype = "wire"\nid = "b"\n', 3, 'id = "b"'),
    "no value": (b'id = "kcna"\ntype =\n', 2, "type ="),
    "open string": (b'id = "kcna"\ntype = "wire\n', 2, "wire"),
    "open list": (b'id = "kcna"\nmember_of = [\n"a",\n', 3, '"a",'),
    "no such day": (b'id = "kcna"\ndate = 2024-02-30\n', 2, "2024-02-30"),
    "deep": (b"id = " + b"[" * 20_000, None, "not TOML"),
    "long number": (b"id = " + b"9" * 5_000, None, "not TOML"),
    "html": (b"<!DOCTYPE html><html><title>Login</title></html>", 1, "DOCTYPE"),
    "empty": (b"", 1, "nothing"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_record_gives_a_fault_with_its_line(tmp_path: Path, name: str) -> None:
    """Hostile input: each is one fault that names the file, the line and what was found; nothing raises."""
    data, line, found = HOSTILE[name]
    record, faults = read(tmp_path, data)
    assert record is None
    assert faults[0].file == "sources/kcna.toml"
    assert faults[0].line == line
    assert found in faults[0].found


def test_an_unknown_key_in_a_list_is_told_with_the_nearest(tmp_path: Path) -> None:
    """At any depth, whether the list is written as tables or in one line."""
    for text in (
        'sources = [{ulr = "x"}]\n',
        '[[sources]]\nulr = "x"\n',
        "[[sources]]\npublished = {earlist = 2024-01-01}\n",
    ):
        (fault,) = read(tmp_path, ("names.en = 'K'\n" + GOOD.partition("[names]")[0] + text).encode())[1][:1]
        assert fault.key in {"sources.0.ulr", "sources.0.published.earlist"}
        assert fault.line == 3 + text.count("\n")
        assert fault.valid in {"did you mean url?", "did you mean earliest?"}


def test_a_record_that_lies_outside_the_case_is_refused(tmp_path: Path) -> None:
    """A link out of the case could publish a file that nobody meant to be read."""
    outside = tmp_path / "outside.toml"
    outside.write_text(GOOD)
    root = tmp_path / "case"
    (root / "sources").mkdir(parents=True)
    link = root / "sources" / "kcna.toml"
    link.symlink_to(outside)
    assert "a link to" in read_record(link, Source, root=root).faults[0].found
    link.unlink()
    link.symlink_to(link)
    assert read_record(link, Source, root=root).faults[0].valid == "a file that can be read"
    link.unlink()
    os.mkfifo(link)
    assert read_record(link, Source, root=root).faults[0].found == "no plain file"


def test_a_link_within_the_case_and_a_link_to_the_case_are_fine(tmp_path: Path) -> None:
    """Only what leads out is refused."""
    root = tmp_path / "case"
    (root / "sources").mkdir(parents=True)
    (root / "kcna.toml").write_text(GOOD)
    (root / "sources" / "kcna.toml").symlink_to(root / "kcna.toml")
    door = tmp_path / "door"
    door.symlink_to(root)
    assert read_record(door / "sources" / "kcna.toml", Source, root=door).faults == ()


def test_a_file_far_too_large_is_not_read(tmp_path: Path) -> None:
    """A record is written by people; a sparse giant is refused by its size alone."""
    path = tmp_path / "sources" / "kcna.toml"
    path.parent.mkdir()
    with path.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    assert "bytes" in read_record(path, Source, root=tmp_path).faults[0].found


@pytest.mark.parametrize("name", ["..", "a b", "naïve", "x" * 129, "-x", "a/b", "a\nb", "CON\u202e"])
def test_an_absurd_id_is_a_fault(tmp_path: Path, name: str) -> None:
    """Ids become file names, addresses and parts of sentences: letters, digits, dot, dash, underscore."""
    text = GOOD.replace('"kcna"', repr(name).replace("'", '"').replace("\\u202e", "\u202e"))
    record, faults = read(tmp_path, text.encode())
    assert record is None
    assert [(fault.line, fault.key) for fault in faults] == [(1, "id")]
    assert "letters, digits" in faults[0].valid


def test_the_file_is_named_after_the_id(tmp_path: Path) -> None:
    """Otherwise two files could claim one id, and nobody would find either."""
    _, faults = read(tmp_path, GOOD.encode(), name="other")
    assert [(fault.line, fault.found, fault.valid) for fault in faults] == [
        (1, "'kcna'", "'other', as the file is named")
    ]


def test_load_record_raises_every_fault_of_the_file(tmp_path: Path) -> None:
    """The single-file reader gives the same faults as an error in three parts."""
    path = tmp_path / "sources" / "kcna.toml"
    path.parent.mkdir()
    path.write_text('id = "kcna"\ntype = "wires"\nstate = 5\n')
    with pytest.raises(RecordError) as caught:
        load_record(path, Source, root=tmp_path)
    assert [fault.key for fault in caught.value.faults] == ["type", "state", "names"]
    assert "did you mean wire?" in caught.value.saw


@pytest.mark.parametrize(
    ("content", "valid"),
    [
        ("{", "a GeoJSON Point, Polygon or MultiPolygon"),
        ('{"type": "LineString", "coordinates": []}', "a GeoJSON Point, Polygon or MultiPolygon"),
        ('{"type": "Point", "coordinates": [500, 0]}', "a GeoJSON Point, Polygon or MultiPolygon"),
        ('{"type": "Point", "coordinates": [NaN, 0]}', "a GeoJSON Point, Polygon or MultiPolygon"),
        ("[]", "a GeoJSON Point, Polygon or MultiPolygon"),
        ('{"type": "FeatureCollection", "features": []}', "a GeoJSON Point, Polygon or MultiPolygon"),
        (
            '{"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "EPSG:3857"}}}',
            "longitude and latitude (WGS 84)",
        ),
    ],
)
def test_a_shape_that_is_none_is_a_fault_of_the_place(tmp_path: Path, content: str, valid: str) -> None:
    """Broken or foreign GeoJSON is told at the key that names the file."""
    (tmp_path / "p.geojson").write_text(content)
    assert place_fault(tmp_path, "p.geojson").valid.startswith(valid)


AREAS = [
    {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 0]]]}}
    for x in (0, 5)
]
TWO = json.dumps({"type": "FeatureCollection", "features": AREAS})


@pytest.mark.parametrize(
    ("content", "bounds"),
    [
        ('{"type": "Point", "coordinates": [130, 42]}', (130, 42, 130, 42)),
        (TWO, (0, 0, 6, 1)),
    ],
)
def test_a_shape_may_be_a_point_or_several_areas(
    tmp_path: Path, content: str, bounds: tuple[float, float, float, float]
) -> None:
    """All areas of a collection are one place."""
    (tmp_path / "p.geojson").write_text(content)
    path = tmp_path / "places" / "p.toml"
    path.parent.mkdir()
    path.write_text('id = "p"\nrole = "port"\n[names]\nen = "P"\n[where]\ngeojson = "p.geojson"\n')
    assert load_record(path, Place, root=tmp_path).where.bounds() == bounds


def test_a_giant_shape_is_not_read(tmp_path: Path) -> None:
    """By its size alone."""
    with (tmp_path / "big.geojson").open("wb") as stream:
        stream.truncate(65 << 20)
    assert "at most" in place_fault(tmp_path, "big.geojson").valid


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("type = true", "true"),
        ("type = {}", "a table"),
        ("type = [1, 2]", "a list of 2"),
        ("type = 2024-01-02", "2024-01-02"),
        ('type = "' + "x" * 200 + '"', "'" + "x" * 68 + "…"),
    ],
)
def test_what_was_found_is_shown_as_it_stands_in_the_file(tmp_path: Path, line: str, found: str) -> None:
    """In TOML's words, and never longer than a line."""
    _, faults = read(tmp_path, GOOD.replace('type = "wire"', line).encode())
    assert [(fault.line, fault.found) for fault in faults] == [(2, found)]


@pytest.mark.parametrize("name", ["../p.geojson", "/etc/hostname", "absent.geojson", "."])
def test_a_shape_is_a_file_of_the_case(tmp_path: Path, name: str) -> None:
    """A shape's path cannot climb out of the case."""
    assert "case" in place_fault(tmp_path, name).valid


def place_fault(root: Path, shape: str) -> RecordFault:
    """The one fault of a place with this shape file."""
    path = root / "places" / "p.toml"
    path.parent.mkdir()
    path.write_text(f'id = "p"\nrole = "port"\n[names]\nen = "P"\n[where]\ngeojson = "{shape}"\n')
    (fault,) = read_record(path, Place, root=root).faults
    assert (fault.line, fault.key) == (6, "where.geojson")
    return fault


def test_every_broken_line_of_a_file_of_observations_is_named(tmp_path: Path) -> None:
    """JSON lines: no JSON, no object, NaN, a torn last line, a newer schema; each with its line, the good ones kept."""
    good = '{"id": "a", "by": "mk", "at": "2024-11-01T10:00:00Z", "item": "E", "state": "absent"}'
    rows = [good, "{", "[1]", good.replace('"absent"', "NaN"), "", good.replace('"id"', '"schema": 2, "id"'), good[:40]]
    path = tmp_path / "observations" / "mk" / "a.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("\r\n".join(rows))
    reads = read_lines(path, Observation, root=tmp_path)
    assert [read.record is not None for read in reads] == [True, False, False, False, False, False]
    assert [fault.line for read in reads for fault in read.faults] == [2, 3, 4, 6, 7]
    path.write_bytes(b"\xff\xfe")
    assert "UTF-16" in read_lines(path, Observation, root=tmp_path)[0].faults[0].found
