"""Exports of auto-archiver and ATLOS: what they say of each file is read, and one bad row stops nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.web_archives import zipped

from dateline.evidence.handin import atlos, auto_archiver
from dateline.evidence.handin.export import Elsewhere, Handed, Listing, Problem, agrees, digests_in
from dateline.evidence.handin.unpack import ZipTree

VIDEO = b"\x00\x00\x00\x18ftypmp42" + b"v" * 100
SAID = f"SHA-256:{hashlib.sha256(VIDEO).hexdigest()}"
URL = "https://example.org/post/1"


def tree(files: dict[str, bytes]) -> ZipTree:
    return ZipTree(io.BytesIO(zipped(files)), "export.zip")


def medium(name: str = "media/clip.mp4", said: str | None = SAID, **more: Any) -> dict[str, Any]:
    properties = ({"hash": said} if said else {}) | more
    return {"filename": f"/tmp/x/{name}", "key": name, "urls": [], "properties": properties, "_mimetype": "video/mp4"}


def database(*rows: tuple[str, str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([("status", "metadata", "media"), *rows])
    return out.getvalue().encode()


METADATA = f"{{'_processed_at': datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), 'url': '{URL}'}}"


def test_the_csv_of_auto_archiver() -> None:
    """Rows in Python's own spelling, dates in them and all: file, address and hash are found; the list is kept."""
    found = tree({"db.csv": database(("ok: success", METADATA, repr([medium()]))), "media/clip.mp4": VIDEO})
    assert auto_archiver.recognises(found)
    assert list(auto_archiver.steps(found)) == [
        Listing("db.csv"),
        Handed("db.csv:2", "media/clip.mp4", URL, frozenset({SAID})),
    ]


def test_nested_media_and_unhashed_ones() -> None:
    """A thumbnail among a video's properties is a file too; a medium without a hash is handed over without one."""
    inner = medium("thumb.jpg", said=None)
    files = {"db.csv": database(("ok", METADATA, repr([medium(thumbnails=[inner])]))), "a/media/clip.mp4": VIDEO}
    handed = list(auto_archiver.steps(tree(files | {"a/thumb.jpg": b"\xff\xd8\xff"})))
    assert [(one.path, bool(one.said)) for one in handed if isinstance(one, Handed)] == [
        ("a/media/clip.mp4", True),
        ("a/thumb.jpg", False),
    ]


def test_bad_rows_are_named_with_file_and_line_and_stop_nothing() -> None:
    """Code instead of data, half a dictionary, a file that is not there: each a problem, the good row stays."""
    rows = [
        ("ok", "__import__('os').system('id')", "[]"),
        ("ok", "{'url': ", "[]"),
        ("ok", METADATA, repr([medium("other.mp4")])),
        ("ok", METADATA, repr([medium()])),
        ("no archiver", METADATA, "[]"),
        ("ok", METADATA, "((((" * 5000),
    ]
    steps = list(auto_archiver.steps(tree({"db.csv": database(*rows), "media/clip.mp4": VIDEO})))
    assert [one.at for one in steps if isinstance(one, Problem)] == ["db.csv:2", "db.csv:3", "db.csv:4", "db.csv:7"]
    assert [one.path for one in steps if isinstance(one, Handed)] == ["media/clip.mp4"]
    assert [one for one in steps if isinstance(one, Elsewhere)] == [Elsewhere("db.csv:6", URL)]


def test_json_and_sheet_and_report() -> None:
    """The same facts from its JSON (whole, list, lines), a sheet's CSV and an HTML report."""
    entry = {"status": "ok: success", "metadata": {"url": URL}, "media": [medium()]}
    for text in (json.dumps(entry), json.dumps([entry]), json.dumps(entry) + "\nno json\n" + json.dumps(entry)):
        steps = list(auto_archiver.steps(tree({"r.jsonl": text.encode(), "media/clip.mp4": VIDEO})))
        assert {one.said for one in steps if isinstance(one, Handed)} == {frozenset({SAID})}
    report = (
        f"<html><head><title>{URL}</title></head><body><table class='content'><tr><th>about</th></tr><tr><td><ul><li>"
        f"<b>key:</b> media/clip.mp4</li><li><b>hash:</b> {SAID}</li></ul></td><td><a href='media/clip.mp4'>open</a>"
        "<a href='https://lens.google.com/uploadbyurl?url=media/clip.mp4'>search</a></td></tr></table>"
        "<p>Made with <a href='https://github.com/bellingcat/auto-archiver'>bellingcat/auto-archiver</a></p></body>"
    ).encode()
    files = {"report.html": report, "media/clip.mp4": VIDEO}
    assert list(auto_archiver.steps(tree(files)))[1:] == [
        Handed("report.html, row 1", "media/clip.mp4", URL, frozenset({SAID}))
    ]
    said = f"SHA-256:{hashlib.sha256(report).hexdigest()}"
    sheet = (
        f"Link,Archive status,Archive location,Hash\n{URL},ok,./local/report.html,{said}\n{URL}2,failed,,\n".encode()
    )
    steps = list(auto_archiver.steps(tree(files | {"sheet.csv": sheet})))
    assert Handed("sheet.csv:2", "report.html", URL, frozenset({said})) in steps
    assert Elsewhere("sheet.csv:3", f"{URL}2") in steps


def test_two_files_of_one_name_are_told_apart_by_their_folders() -> None:
    """The longest common end decides; where nothing decides, it is a problem and not a guess."""
    twice = {"a/one/clip.mp4": VIDEO, "b/two/clip.mp4": b"other"}
    for key, found in {"x/two/clip.mp4": "b/two/clip.mp4", "clip.mp4": None}.items():
        files = {"db.csv": database(("ok", METADATA, repr([medium(key) | {"filename": "clip.mp4"}])))} | twice
        handed = [one.path for one in auto_archiver.steps(tree(files)) if isinstance(one, Handed)]
        assert handed == ([found] if found else [])


def _atlos(artifacts: list[dict[str, Any]] | None) -> dict[str, bytes]:
    material = {"source_url": URL, "scoped_id": 1} | ({"artifacts": artifacts} if artifacts is not None else {})
    home = "atlos-export-2024-01-02/CIV-1"
    return {
        f"{home}/CIV-1-1/media_CIV-1-1.mp4": VIDEO,
        f"{home}/CIV-1-1/metadata.json": json.dumps(material).encode(),
        f"{home}/metadata.json": b"{}",
        f"{home}/updates.json": b"[]",
    }


def test_the_full_export_of_atlos() -> None:
    """Files, hashes by kind, and every list as it is; versions of ATLOS that export no hashes are read too."""
    sha256 = hashlib.sha256(VIDEO).hexdigest()
    files = _atlos([{"type": "media", "file_hash_sha256": sha256}, {"type": "wacz", "file_hash_sha256": "0" * 64}])
    found = tree(files)
    assert atlos.recognises(found)
    steps = list(atlos.steps(found))
    listing = "atlos-export-2024-01-02/CIV-1/CIV-1-1/metadata.json"
    assert (
        Handed(listing, listing.replace("metadata.json", "media_CIV-1-1.mp4"), URL, frozenset({SAID}), "as media")
        in steps
    )
    assert [one for one in steps if isinstance(one, Problem)] == [
        Problem(listing, "it lists 1 of kind wacz; the export has 0")
    ]
    assert sum(isinstance(one, Listing) for one in steps) == 3
    assert not next(one for one in atlos.steps(tree(_atlos(None))) if isinstance(one, Handed)).said


def test_the_incidents_of_atlos_have_addresses_only() -> None:
    """The CSV is a list of its own; its addresses are named and nothing is fetched."""
    rows = (
        f"slug,project,inserted_at,updated_at,latitude,longitude,source_1,source_2\nCIV-1,P,a,b,1,2,{URL},\n,P,,,,,,\n"
    )
    found = tree({"atlos-export-2024-01-02.csv": rows.encode()})
    assert atlos.recognises(found)
    assert [type(one) for one in atlos.steps(found)] == [Listing, Elsewhere, Problem]


def test_hashes_of_both_kinds() -> None:
    """SHA-256 and SHA3-512 as auto-archiver writes them; what is shorter or of another kind is no hash."""
    sha3 = f"SHA3-512:{hashlib.sha3_512(VIDEO).hexdigest()}"
    sha256 = hashlib.sha256(VIDEO).hexdigest()
    for said in (SAID, sha3):
        assert agrees(digests_in(said), sha256, io.BytesIO(VIDEO))
    assert not agrees(digests_in(sha3), sha256, io.BytesIO(b"other"))
    assert digests_in("SHA-256:abc MD5:" + "0" * 64) == frozenset()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["db.csv", "r.json", "x.html", "s.csv", "A/A-1/metadata.json"]))
def test_any_list_is_read_or_named(data: bytes, name: str) -> None:
    """Hostile: whatever a list is made of, steps come out and no exception."""
    heads = {
        "db.csv": b"status,metadata,media\n",
        "r.json": b'{"media":1,"status":2}\n',
        "s.csv": b"link,archive status\n",
    }
    found = tree({name: heads.get(name, b"bellingcat/auto-archiver") + data})
    list(auto_archiver.steps(found))
    list(atlos.steps(found))


@pytest.mark.parametrize("module", [atlos, auto_archiver])
def test_other_folders_are_not_taken_for_exports(module: Any, tmp_path: Path) -> None:
    """A SAFE folder, a plain CSV, a plain web page."""
    found = tree({"S1A.SAFE/manifest.safe": b"<x/>", "a.csv": b"a,b\n", "p.html": b"<html>", "q.json": b"{}"})
    assert not module.recognises(found)
