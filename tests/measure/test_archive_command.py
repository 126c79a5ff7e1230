"""`dateline archive`: what is said on the command line becomes items, claims and log; refusals have their words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.evidence.web_archives import PAGES, members, wacz, warc, zipped
from tests.measure.archive_desk import JPEG, Desk, desk
from tests.services.process import running

from dateline.evidence.chain import Event, chains
from dateline.evidence.custody import Custody, chain_name
from dateline.evidence.item import Item, Status
from dateline.ledger.case import Case

__all__ = ["desk"]


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    with running("tests.services.web") as url:
        yield url


def error(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_a_file(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes in the store, a record, an entry whose hashes cover both; said in one line."""
    assert desk.archive(desk.source("Photo 1.jpg"), "--how", "a reader, by mail", "--embargo", "2030-01-01") == 0
    ((name, item),) = desk.items().items()
    (entry,) = desk.log()
    assert capsys.readouterr().out.startswith(f"kept      {name}: Photo 1.jpg, 103 bytes, image/jpeg")
    assert (item.by, item.origin.how, str(item.embargo)) == ("mk", "a reader, by mail", "2030-01-01")
    assert (entry.event, entry.subject, entry.sha256, entry.meta_sha256) == (
        Event.COLLECTED, name, item.sha256, item.record_sha256(),
    )  # fmt: skip
    assert desk.stored() == {item.sha256}


def test_the_same_bytes_again(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Recognised whatever their name: nothing is written; --again makes a second record with another provenance."""
    desk.archive(desk.source("a.jpg"))
    assert desk.archive(desk.source("other.jpg")) == 0
    assert "had it as a-" in capsys.readouterr().out
    assert (len(desk.items()), len(desk.log())) == (1, 1)
    assert desk.archive(desk.source("a.jpg"), "--again", "--how", "from a second reader") == 0
    assert len(desk.items()) == 2
    assert len({item.sha256 for item in desk.items().values()}) == 1


def test_many_at_once_and_one_of_them_bad(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The good are kept, the bad is named at the end, and the exit code says that not all was done."""
    bad = desk.source("login.jpg", b"<html>Log in</html>")
    assert desk.archive(desk.source("a.jpg"), bad, "/no/such/file", desk.source("b.txt", b"hello"), "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in told["items"]] == ["a.jpg", "b.txt"]
    assert [problem["code"] for problem in told["problems"]] == ["login-page", "not-a-file"]
    assert desk.archive(bad) == 1
    assert "error (login-page)" in error(capsys)


def test_a_folder_is_one_item_and_each_makes_many(desk: Desk) -> None:
    """A SAFE folder is one item with its tree; --each takes its files one by one, and goes on where it stopped."""
    desk.source("S1A.SAFE/manifest.safe", b"<x/>")
    desk.source("S1A.SAFE/measurement/a.tiff", b"II*\x00data")
    assert desk.archive(desk.sources / "S1A.SAFE") == 0
    (item,) = desk.items().values()
    assert [leaf.path for leaf in item.tree] == ["manifest.safe", "measurement/a.tiff"]
    assert desk.archive(desk.sources / "S1A.SAFE", "--each") == 0
    assert desk.archive(desk.sources / "S1A.SAFE") == 0
    assert len(desk.items()) == 3


def test_derived_files_keep_parent_and_command(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Logged as derived; a parent that is not there, or a command without one, is refused."""
    desk.archive(desk.source("a.jpg"))
    (parent,) = desk.items()
    made = desk.source("crop.jpg", JPEG + b"crop")
    assert desk.archive(made, "--parent", parent, "--command", "gm crop a.jpg") == 0
    assert [entry.event for entry in desk.log()] == [Event.COLLECTED, Event.DERIVED]
    other = desk.source("c.jpg", JPEG + b"c")
    assert desk.archive(other, "--parent", "nobody", "--command", "x") in {1, 2}
    assert "no item nobody" in error(capsys)
    assert desk.archive(other, "--command", "x") == 2
    assert len(desk.items()) == 2


def test_licence_by_use_and_forms(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A form gives the usual licence and credit and asks for its facts; what is said wins."""
    image = desk.source("p.jpg")
    assert desk.archive(image, "--form", "planet") == 2
    assert "nothing about scene, start" in error(capsys)
    facts = ("--form", "planet", "--scene", "20231001_x", "--start", "2023-10-01", "--bounds", "130.2,42.2,130.4,42.4")
    assert desk.archive(image, *facts, "--publish", "yes", "--cloud", "0.2", "--resolution", "3") == 0
    (item,) = desk.items().values()
    assert (item.licence.publish.allowed, item.licence.share.allowed) == ("yes", "no")
    assert item.attribution == "Image © 2023 Planet Labs PBC"
    assert item.image is not None
    assert item.image.bounds == (130.2, 42.2, 130.4, 42.4)
    wayback = ("--form", "esri-wayback", "--released", "2023-08-31", "--start", "2021-05-01")
    assert desk.archive(desk.source("w.jpg", JPEG + b"w"), *wayback) == 2
    assert "capture-date" in error(capsys)
    assert desk.archive(desk.source("w.jpg", JPEG + b"w"), *wayback, "--date-from", "SRC_DATE of the layer") == 0
    assert any("SRC_DATE" in (one.origin.how or "") for one in desk.items().values())


@pytest.mark.parametrize(
    "arguments",
    [("--start", "2023-10-01T02:00"), ("--start", "soon"), ("--bounds", "1,2,3"), ("--cloud", "30"), ("--embargo", "x"),
     ("--publish", "maybe"), ("--bounds", "9,9,1,1"), ("--proxy", "gopher://x"), ("--form", "nasa"),
     ("--id", "a/b"), ("--licence", " "), ("--url", "https://mk:SECRET@example.org/"), ("--name", "a/b")],
)  # fmt: skip
def test_facts_that_cannot_be_understood(
    desk: Desk, arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage: exit 2, nothing is kept, and no secret shows."""
    source = "https://example.org/" if arguments[0] == "--proxy" else desk.source("a.jpg")
    assert desk.archive(source, *arguments, "--yes") == (1 if arguments[0] == "--name" else 2)
    told = error(capsys)
    assert "bug" not in told
    assert "SECRET" not in told
    assert desk.items() == {}


def test_a_handouts_labels_are_its_issuers_claims(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """One claim a label by the issuer, who becomes a source; the case loads; twice is once."""
    arguments = ("--handout", "--issuer", "US Department of Defense", "--channel", "press briefing, 2023-10-13",
                 "--label", "arrow marking a ship: 'Angara'", "--label", "box: 'containers'")  # fmt: skip
    for _ in range(2):
        assert desk.archive(desk.source("handout.jpg"), *arguments) == 0
    case = Case.load(desk.case)
    (item,) = case.items.values()
    assert (item.origin.issuer, item.origin.channel) == ("US Department of Defense", "press briefing, 2023-10-13")
    assert [claim.statement for claim in case.claims.values()] == [
        "arrow marking a ship: 'Angara'",
        "box: 'containers'",
    ]
    assert {claim.speaker for claim in case.claims.values()} == {"us-department-of-defense"}
    assert {claim.evidence for claim in case.claims.values()} == {(item.id,)}
    assert case.observations == {}
    assert desk.archive(desk.source("h2.jpg", JPEG + b"2"), "--issuer", "MoD", "--label", "x") == 2
    assert "handout-said" in error(capsys)
    assert desk.archive(desk.source("h2.jpg", JPEG + b"2"), "--label", "x") == 2


def test_an_image_that_we_do_not_have(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Not bought, or seen and not stored: an item without bytes, once, in the log."""
    told = ("--seen", "--where", "Planet Explorer", "--on", "2024-01-02", "--scene", "20240101_sky", "--text", "a ship")
    for _ in range(2):
        assert desk.archive(*told, "--sensor", "SkySat", "--start", "2024-01-01T02:00:00Z") == 0
    (item,) = desk.items().values()
    assert (item.status, item.sighting and item.sighting.state, item.image and item.image.sensor) == (
        Status.ELSEWHERE, "seen", "SkySat",
    )  # fmt: skip
    assert len(desk.log()) == 1
    assert desk.archive("--not-bought", "--where", "catalogue") == 2
    assert "sighting-name" in error(capsys)
    assert desk.archive("--seen") == 2
    assert desk.archive() == 2
    assert desk.archive("--not-bought", "--where", "the catalogue", "--name", "WV3-1") == 0
    Case.load(desk.case)


def test_an_address(desk: Desk, web: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Says first what a fetch shows; asks, or wants --yes; private addresses need --private; no secret is kept."""
    assert desk.archive(f"{web}/picture.jpg", "--private") == 2
    told = error(capsys)
    assert "this machine's network address" in told
    assert "needs-yes" in told
    assert desk.archive(f"{web}/picture.jpg", "--yes") == 1
    assert "private-address" in error(capsys)
    assert desk.archive(f"{web}/picture.jpg", f"{web}/expired.jpg", f"{web}/page", "--private", "--yes") == 1
    said = capsys.readouterr()
    assert "2 kept, 0 known already, 1 not kept" in said.out
    assert "archive a WACZ" in said.out
    assert "SECRET" not in "".join(
        path.read_text() for path in desk.case.rglob("*") if path.suffix in {".toml", ".jsonl"}
    )
    assert desk.archive("file:///etc/passwd", "--yes") == 1
    assert "error (address)" in error(capsys)


def test_no_secret_of_an_address_is_printed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a login nor a key, in the notice, the troubles or the JSON; a proxy's login neither."""
    addresses = ("https://mk:SECRET@127.0.0.1/", "http://127.0.0.1:1/a?token=SECRET&id=1", "http://mk:SECRET@[::1/")
    for more in ((), ("--json",), ("--proxy", "http://mk:SECRET@127.0.0.1:1")):
        assert desk.archive(*addresses, "--yes", *more) == 1
        told = capsys.readouterr()
        assert "SECRET" not in told.out + told.err
        assert "127.0.0.1:1/a?token=&id=1" in told.out


def test_the_record_of_an_address(desk: Desk, web: str) -> None:
    """It says how the bytes came, is read again as it was written, and its hash is in the log."""
    assert desk.archive(f"{web}/picture.jpg", f"{web}/page", "--private", "--yes") == 0
    items = {item.name: item for item in desk.items().values()}
    assert set(items) == {"picture.jpg", "page.html"}
    capture = items["picture.jpg"].capture
    assert capture is not None
    assert items["picture.jpg"].origin.url == f"{web}/picture.jpg" == capture.url
    assert {entry.meta_sha256 for entry in desk.log()} == {item.record_sha256() for item in items.values()}
    Case.load(desk.case)


def test_web_archives(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A sound one is kept with what was found in it; a bad one is not; one answer comes out as a derived item."""
    good = desk.source("a.wacz", wacz())
    assert desk.archive(good, desk.source("bad.wacz", wacz(members(warc()), datapackage=b"{}"))) == 1
    ((name, item),) = desk.items().items()
    assert item.media_type == "application/wacz"
    assert desk.log()[0].note is not None
    assert len(desk.stored()) == 1
    assert "2 records whole; unsigned" in (desk.log()[0].note or "")
    assert desk.archive(name, "--take", "https://example.org/two.jpg") == 0
    taken = next(one for one in desk.items().values() if one.derived)
    assert (taken.origin.inside, taken.media_type, taken.name) == (name, "image/jpeg", "two.jpg")
    assert taken.sha256 == hashlib.sha256(PAGES["https://example.org/two.jpg"]).hexdigest()
    assert desk.archive(name, "--take", "https://example.org/none") == 2
    capsys.readouterr()
    assert desk.archive(good, "--list", "--json") == 0
    assert [one["url"] for one in json.loads(capsys.readouterr().out)["captures"]] == list(PAGES)
    assert desk.archive(name, "--list") == 0
    assert "unsigned" in capsys.readouterr().out
    Case.load(desk.case)


@pytest.mark.parametrize(("name", "packed"), [("b.warc.gz", True), ("b.warc", False)])
def test_plain_warcs(desk: Desk, name: str, packed: bool) -> None:
    """Kept when whole, refused when cut, and opened in the same way."""
    data = warc(packed=packed)
    assert desk.archive(desk.source(f"cut-{name}", data[:-100])) == 1
    assert desk.archive(desk.source(name, data), "--take", "https://example.org/") == 0
    assert {item.media_type for item in desk.items().values()} >= {"text/html"}
    assert len(desk.items()) == 2


def _export(**wrong: bytes) -> dict[str, bytes]:
    files = {
        "media/a.mp4": b"\x00\x00\x00\x18ftypmp42a",
        "media/b.mp4": b"\x00\x00\x00\x18ftypmp42b",
        "media/c.jpg": JPEG,
    }
    media: list[dict[str, Any]] = []
    for path, data in files.items():
        properties = {} if path.endswith(".jpg") else {"hash": f"SHA-256:{hashlib.sha256(data).hexdigest()}"}
        media.append({"filename": path, "key": path, "urls": [], "properties": properties})
    row = {"status": "ok", "metadata": {"url": "https://example.org/post"}, "media": media}
    return files | {"results.json": json.dumps([row, {"nothing": 1}]).encode()} | wrong


@pytest.mark.parametrize("as_zip", [True, False])
def test_an_export_of_auto_archiver(desk: Desk, as_zip: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file an item with its address; a hash that differs refuses that file and no other; unhashed ones named."""
    files = _export(**{"media/b.mp4": b"\x00\x00\x00\x18ftypmp42 other"})
    source = desk.source("export.zip", zipped(files)) if as_zip else desk.sources / "export"
    if not as_zip:
        for path, data in files.items():
            desk.source(f"export/{path}", data)
    assert desk.archive(source) == 1
    said = capsys.readouterr().out
    assert "3 kept, 0 known already, 2 not kept" in said
    assert "the list says SHA-256:" in said
    assert "results.json, entry 2: a row without metadata" in said
    assert "media/c.jpg has no hash in their list" in said
    items = {item.name: item for item in desk.items().values()}
    assert set(items) == {"results.json", "a.mp4", "c.jpg"}
    assert items["a.mp4"].origin.url == "https://example.org/post"
    assert items["a.mp4"].origin.inside == items["results.json"].id
    assert "hash as listed" in (items["a.mp4"].origin.how or "")
    assert hashlib.sha256(files["media/b.mp4"]).hexdigest() not in desk.stored()


def test_lists_without_their_media(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A list of ATLOS has addresses only, which are named; one of auto-archiver is kept, with a word on its folder."""
    columns = "slug,project,inserted_at,updated_at,latitude,longitude,source_1"
    atlos = desk.source("atlos.csv", f"{columns}\nCIV-1,P,,,,,https://example.org/post\n".encode())
    assert desk.archive(atlos, desk.source("db.csv", b"status,metadata,media\n")) == 0
    said = capsys.readouterr().out
    assert "only the address, no bytes: https://example.org/post" in said
    assert "name the folder or zip" in said
    assert {item.name for item in desk.items().values()} == {"atlos.csv", "db.csv"}


def test_a_bad_web_archive_in_an_export_is_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A WACZ among the media is read to its end like any other."""
    row = {"status": "ok", "metadata": {}, "media": [{"filename": "a.wacz", "key": "a.wacz", "properties": {}}]}
    files = {"results.json": json.dumps(row).encode(), "a.wacz": wacz(datapackage=b"{}")}
    assert desk.archive(desk.source("export.zip", zipped(files))) == 1
    assert "This WACZ is not sound" in capsys.readouterr().out
    assert len(desk.stored()) == 1


@pytest.mark.parametrize("name", ["../a", "/etc/a"])
def test_exports_that_climb_out(desk: Desk, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A zip with a path out of it is refused whole; it can be kept shut."""
    source = desk.source("export.zip", zipped(_export(**{name: b"x"})))
    assert desk.archive(source) == 1
    assert "error (name)" in error(capsys)
    assert desk.items() == {}
    assert desk.archive(source, "--as-file") == 0
    assert [item.media_type for item in desk.items().values()] == ["application/zip"]


def test_bytes_that_the_law_removed_do_not_come_back(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """An item expunged from this case is not archived again by accident."""
    source = desk.source("a.jpg")
    desk.archive(source)
    ((name, item),) = desk.items().items()
    desk.store.remove(item.sha256 or "")
    tomb = item.model_copy(update={"status": Status.WITHHELD, "why": "expunged: court order"})
    path = desk.case / f"evidence/items/{name}.toml"
    path.write_text(tomb.to_toml())
    from dateline.core import SystemClock

    Custody(case=desk.case, who=chain_name("mk"), actor="mk", clock=SystemClock()).log(Event.EXPUNGED, Item.read(path))
    assert desk.archive(source) == 1
    assert "error (expunged)" in error(capsys)
    assert desk.stored() == set()


def test_who_and_where(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody must be named; a folder that is no case is said to be none; a name in any script is a person's."""
    monkeypatch.delenv("DATELINE_BY")
    assert desk.archive(desk.source("a.jpg")) == 2
    assert "no-person" in error(capsys)
    assert desk.archive(desk.source("a.jpg"), "--by", "Мария К.") == 0
    assert desk.log()[0].actor == "Мария К."
    head = desk.case / "case.toml"
    head.write_text(head.read_text() + '\n[[people]]\nid = "kim"\nrole = "reporter"\n')
    assert desk.archive(desk.source("b.jpg", JPEG + b"b")) == 2  # the case's people are not guessed among
    assert {entry.actor for entry in desk.log()} == {"Мария К."}


def test_a_torn_line_that_was_mended_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, beside what was kept; the log says so too."""
    assert desk.archive(desk.source("a.jpg")) == 0
    (path,) = chains(desk.case).values()
    path.write_bytes(path.read_bytes() + b'{"torn')
    capsys.readouterr()
    assert desk.archive(desk.source("b.jpg", JPEG + b"b")) == 0
    assert "note: A torn last line of 6 bytes" in capsys.readouterr().err
    assert [entry.event for entry in desk.log()] == [Event.COLLECTED, Event.CORRECTED, Event.COLLECTED]


def test_a_broken_record_elsewhere_does_not_stop_archiving(desk: Desk) -> None:
    """Only the head of the case is read: one more costs the same in a case of ten and of 100,000."""
    (desk.case / "claims/broken.toml").write_text("nonsense")
    (desk.case / "evidence/items/broken.toml").write_bytes(b"\xff\xfe")
    assert desk.archive(desk.source("a.jpg")) == 0


def test_an_item_that_is_no_web_archive(desk: Desk) -> None:
    """--take from an item that is no web archive is refused."""
    desk.archive(desk.source("a.jpg"))
    (name,) = desk.items()
    assert desk.archive(name, "--take", "https://example.org/") == 1


def test_names_that_look_like_addresses_and_links(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A colon in a name makes no address; a link is followed where it is named, and refused where it is found."""
    assert desk.archive(desk.source("IMG-12:30.jpg")) == 0
    (desk.sources / "folder").mkdir()
    (desk.sources / "folder/link.txt").symlink_to("/etc/hostname")
    assert desk.archive(desk.sources / "folder", "--each") == 1
    assert "error (link)" in error(capsys)
    assert desk.archive(desk.sources / "folder") == 1
    (desk.sources / "named.jpg").symlink_to(desk.source("real.jpg", JPEG + b"real"))
    assert desk.archive(desk.sources / "named.jpg") == 0
    assert {item.name for item in desk.items().values()} == {"IMG-12:30.jpg", "named.jpg"}
