"""What is embargoed, hidden, withheld, redacted or sensitive stays; and what is left can still be checked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from package_case import CLOCK, NOON, add, custody, find, lay, lay_case, packed, send, tree

from dateline.core import DatelineError, InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.amend import hide
from dateline.evidence.chain import Entry, Event, chains, first_difference, read_whole
from dateline.evidence.item import Item, Status
from dateline.evidence.package.contents import contents
from dateline.evidence.package.read import import_case
from dateline.evidence.provenance import Capture, Derivation, Image
from dateline.evidence.seal.check import check_seals
from dateline.evidence.seal.coverage import read_lines
from dateline.evidence.seal.make import seal
from dateline.evidence.store import Store
from dateline.evidence.stub import Stub, parse_stub
from dateline.evidence.vault import new_key, open_vault, read_keys
from dateline.ledger.case import Case
from dateline.measure.package import told
from dateline.measure.redact import withhold_fields

SECRET = "memo of an unnamed ministry"


@pytest.fixture
def root(tmp_path: Path, store: Store) -> Path:
    """The case, with three items that are kept back for three reasons, and lines of others between theirs."""
    root = lay_case(tmp_path / "rason", store)
    embargoed = add(root, store, "soon", SECRET.encode(), name=f"{SECRET} 1.pdf", embargo=date(2024, 3, 3))
    add(root, store, "hid", f"{SECRET} 2".encode(), name=f"{SECRET} 2.pdf")
    custody(root).append(Event.HIDDEN, "hid", note="a mistake of ours")
    add(root, store, "kept", f"{SECRET} 3".encode(), name=f"{SECRET} 3.pdf", status=Status.WITHHELD, why="a source")
    custody(root).append(Event.ACCESSED, "image", note=f"beside {embargoed.name}")
    custody(root).append(Event.ACCESSED, "image", note="again")
    return root


def test_items_that_are_kept_back_go_as_stubs(root: Path, store: Store, tmp_path: Path) -> None:
    """No bytes, no name, no hash (but of one that is openly withheld), no address; said with the reason; and the case
    that comes back can be read."""
    made = send(root, tmp_path / "bag", store)
    told = {name: why for name, why in made.without.items() if name in {"soon", "hid", "kept"}}
    assert told == {"soon": "embargo", "hid": "hidden", "kept": "withheld"}
    everything = b"\n".join(tree(tmp_path / "bag").values())
    assert SECRET.encode() not in everything
    items = {name: Item.read(root / f"evidence/items/{name}.toml") for name in told}
    for name, item in items.items():
        assert item.content is not None
        assert f"example.org/{name}".encode() not in everything
        assert (item.content.encode() in everything) is (name == "kept")
    import_case(tmp_path / "bag", tmp_path / "again", store=store, accept=Case.load)
    again = Case.load(tmp_path / "again").items
    assert [(again[name].name, again[name].status) for name in told] == [("withheld", Status.ELSEWHERE)] * 3
    assert again["soon"].why == "kept back by those who made this package: embargo"


def test_an_embargo_that_is_over_keeps_nothing_back(tmp_path: Path, store: Store) -> None:
    """On its day the item goes."""
    root = lay_case(tmp_path / "rason", store)
    add(root, store, "soon", b"x", embargo=NOON)
    assert packed(root).kept_back == {}


def test_what_was_made_from_an_item_that_stays_stays_with_it(tmp_path: Path, store: Store) -> None:
    """At any remove, whatever the reason; and the hash of a derived one is told nowhere."""
    root = lay_case(tmp_path / "rason", store)
    for first, more in (("soon", {"embargo": date(2024, 3, 3)}), ("kept", {"status": Status.WITHHELD, "why": "faces"})):
        add(root, store, first, first.encode(), **more)
        add(root, store, f"{first}-2", f"{first}2".encode(), derived=Derivation(parents=(first,), command="mask"))
        add(
            root, store, f"{first}-3", f"{first}3".encode(), derived=Derivation(parents=(f"{first}-2",), command="crop")
        )
    assert packed(root).kept_back == {
        "soon": "embargo", "soon-2": "embargo", "soon-3": "embargo",
        "kept": "withheld", "kept-2": "withheld", "kept-3": "withheld",
    }  # fmt: skip
    hide(custody(root), "image", why="a mistake of ours")
    assert {name: why for name, why in packed(root).kept_back.items() if why == "hidden"} == {
        "image": "hidden", "crop": "hidden"
    }  # fmt: skip
    send(root, tmp_path / "bag", store)
    everything = b"\n".join(tree(tmp_path / "bag").values())
    for name in ("crop", "kept-2"):
        assert str(Item.read(root / f"evidence/items/{name}.toml").content).encode() not in everything


MEDIA = 'id = "{0}"\ntitle = "What {0} shows"\ntype = "photo"\nitems = ["{1}"]\n'


def test_what_records_say_of_an_item_that_stays_stays_too(root: Path, store: Store, tmp_path: Path) -> None:
    """Media, marks on it, and findings that rest on those; named with the reason. Another record's mention still leads
    to a record of that id, and the rest goes."""
    mark = '{{"id": "{0}", "by": "mk", "at": "2024-11-01T10:00:00Z", "item": "{1}", '
    mark += '"state": "present", "reason": "N-{0}"}}\n'
    lay(root, {
        "media/m1.toml": MEDIA.format("m1", "soon"),
        "media/m2.toml": MEDIA.format("m2", "hid"),
        "media/m3.toml": MEDIA.format("m3", "page") + 'copy_of = "m2"\n',
        "observations/mk/3.jsonl": mark.format("mk-3", "soon") + mark.format("mk-4", "image"),
        "observations/mk/4.jsonl": mark.format("mk-5", "kept"),
    })  # fmt: skip
    find(root, "marked", inputs=[{"kind": "record", "id": "mk-3", "sha256": "00" * 32}])
    custody(root).append(Event.FROZEN, "media/m1.toml", note="FROZEN")
    made = send(root, tmp_path / "bag", store)
    case = tmp_path / "bag/data/case"
    assert not (case / "media/m1.toml").exists()
    assert not (case / "observations/mk/4.jsonl").exists()
    assert not (case / "findings/marked.json").exists()
    everything = b"\n".join(tree(tmp_path / "bag").values())
    for secret in (b"What m1", b"What m2", b"N-mk-3", b"N-mk-5", b"FROZEN"):
        assert secret not in everything
    assert made.without["media/m1.toml"] == "is about soon, which is kept back"
    assert made.without["media/m2.toml"] == "is about hid, which is kept back"
    assert made.without["observations/mk/4.jsonl"] == "is about kept, which is kept back"
    assert made.without["findings/marked.json"] == "rests on mk-3, which is kept back"
    import_case(tmp_path / "bag", tmp_path / "again", store=store, accept=Case.load)
    again = Case.load(tmp_path / "again")
    assert (again.media["m2"].title, again.media["m3"].title) == ("withheld", "What m3 shows")
    assert set(again.observations) == {"mk-1", "mk-4"}


def test_nothing_of_a_case_under_embargo_goes_unless_it_is_said(tmp_path: Path, store: Store) -> None:
    """Until its moment; the refusal says until when, and what to say."""
    root = lay_case(tmp_path / "rason", store)
    head = (root / "case.toml").read_text()
    lay(root, {"case.toml": head + "embargo = 2024-03-02T12:00:01Z\n"})
    with pytest.raises(InputError) as error:
        packed(root)
    assert (error.value.code, "2024-03-02T12:00:01" in error.value.saw) == ("embargo", True)
    assert "--under-embargo" in error.value.do
    assert contents(root, told(Case.load(root)), clock=CLOCK, under_embargo=True).files
    lay(root, {"case.toml": head + "embargo = 2024-03-02T12:00:00Z\n"})
    assert packed(root).files


@pytest.mark.parametrize("kind", ["bag", "stac"])
def test_an_image_cut_to_a_sensitive_place_stays(tmp_path: Path, store: Store, kind: str) -> None:
    """A window of it, or bounds finer than its position may be told, and what was made of that; a wide image, and a
    small one elsewhere, go."""
    root = lay_case(tmp_path / "rason", store)
    house = 'id = "house"\nrole = "witness"\npublish_precision = 20000\n[names]\nen = "A house"\n'
    lay(root, {"places/house.toml": house + "[where]\nlon = 130.31\nlat = 42.31\n"})
    for name, bounds in {
        "near": (130.3, 42.3, 130.32, 42.32), "slim": (129.0, 42.305, 131.0, 42.315), "far": (10.3, 42.3, 10.32, 42.32),
    }.items():  # fmt: skip
        add(root, store, name, name.encode(), image=Image(start=NOON, end=NOON, bounds=bounds))
    asked: dict[str, Any] = {
        "url": "https://example.org/w",
        "final_url": "https://example.org/w",
        "status": 200,
        "at": NOON,
    }
    asked |= {"parameters": {"place": "house", "window": "column 1, row 2, 3 x 4 pixels"}}
    cut = Capture(**asked, tool="dateline 0")
    add(root, store, "cut", b"cut", capture=cut, image=Image(start=NOON, end=NOON))
    add(root, store, "cut-2", b"cut2", derived=Derivation(parents=("cut",), command="crop"))
    made = send(root, tmp_path / "out", store, kind)
    stays = {name for name, why in made.without.items() if why == "sensitive place"}
    assert stays == {"near", "slim", "cut", "cut-2"}
    everything = b"\n".join(tree(tmp_path / "out").values())
    assert b"130.32" not in everything
    assert b"42.315" not in everything
    assert b"10.32" in everything


def test_withheld_lines_keep_the_chain_and_the_seals_whole(root: Path, store: Store, tmp_path: Path) -> None:
    """Oracle: the check of seals finds them as sound over the package, leaf by leaf, as over the case."""
    assert seal(custody(root, "fox")) is not None
    here = check_seals(root, now=NOON)
    send(root, tmp_path / "bag", store)
    case = tmp_path / "bag/data/case"
    assert _difference(case) is None
    ours, theirs = ([each.leaf for path in chains(at).values() for each in read_lines(path)] for at in (root, case))
    assert ours == theirs
    there = check_seals(case, now=NOON)
    assert [one.sound for one in there.seals] == [one.sound for one in here.seals] == [True]
    stubs = [line.stub for path in chains(case).values() for line in read_whole(path) if line.stub is not None]
    assert len(stubs) == 5  # three collected, one hidden, one whose note gives a name away
    notes = b"".join(path.read_bytes() for path in chains(case).values())
    assert b"again" in notes
    assert b"beside" not in notes


def _difference(case: Path) -> str | None:
    """The chain that first differs."""
    return next((found.chain for path in chains(case).values() if (found := first_difference(path))), None)


def test_a_withheld_line_can_be_opened_to_one_person(root: Path, store: Store, tmp_path: Path) -> None:
    """Shown the line, anybody finds its hash and leaf in the package; a line with another salt is not it."""
    send(root, tmp_path / "bag", store)
    pairs = [
        (ours, theirs)
        for name, path in chains(root).items()
        for ours, theirs in zip(read_whole(path), read_whole(chains(tmp_path / "bag/data/case")[name]), strict=True)
        if theirs.stub is not None
    ]
    assert pairs
    for ours, theirs in pairs:
        assert theirs.stub == Stub.of(ours.stored, chain="mk.0a1b2c3d", seq=ours.number - 1)
        assert theirs.sha256 == sha256_bytes(ours.stored)


@pytest.mark.parametrize("fault", ["sha256", "leaf", "seq", "drop", "insert", "swap", "torn", "spelling"])
def test_a_change_in_a_chain_with_stubs_is_found(root: Path, store: Store, tmp_path: Path, fault: str) -> None:
    """By the next line where there is one that is not withheld, by the tree under the seal otherwise."""
    seal(custody(root, "fox"))
    send(root, tmp_path / "bag", store)
    case = tmp_path / "bag/data/case"
    path = case / "evidence/custody/mk.0a1b2c3d.jsonl"
    lines = path.read_bytes().splitlines()
    at = next(n for n, line in enumerate(lines[:-1]) if parse_stub(line) and not parse_stub(lines[n + 1]))
    told = json.loads(lines[at])
    match fault:
        case "drop":
            del lines[at]
        case "insert":
            lines.insert(at, lines[at])
        case "swap":
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
        case "spelling":
            lines[at] = lines[at].replace(b'":', b'": ')
        case "torn":
            lines[-1] = lines[-1][:-5]
        case _:
            told[fault] = told[fault] + 1 if fault == "seq" else "00" * 32
            lines[at] = json.dumps(told, separators=(",", ":")).encode()
    path.write_bytes(b"\n".join(lines) + (b"" if fault == "torn" else b"\n"))
    sound = [one.sound for one in check_seals(case, now=NOON).seals]
    assert not all(sound)
    assert _difference(case) == "mk.0a1b2c3d"


_STUB = Stub("mk", 0, "ab" * 32, "cd" * 32).line()


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"null", b"{}", b'{"withheld":true}', b'{,"withheld":true}', b'[1,"withheld":true}', b"\xff",
        b"[" * 9999 + b',"withheld":true}', _STUB.replace(b"true", b"1"), _STUB.replace(b"ab", b"AB"),
        _STUB.replace(b'"seq":0', b'"seq":false'), _STUB.replace(b'"mk"', b"7"),
        _STUB[:-1] + b',"x":1,"withheld":true}',
    ],
)  # fmt: skip
def test_what_is_no_stub_is_none(line: bytes) -> None:
    """Any other line is not taken for one."""
    assert parse_stub(line) is None


def test_a_finding_that_rests_on_something_kept_back_stays_too(root: Path, store: Store, tmp_path: Path) -> None:
    """Its hash would betray the item; its files stay with it; one that rests on others goes."""
    content = Item.read(root / "evidence/items/soon.toml").content
    artifact = {"role": "series", "path": "secret.csv", "sha256": "00" * 32, "media_type": "text/csv"}
    find(root, "secret", inputs=[{"kind": "item", "id": "soon", "sha256": content}], artifacts=[artifact])
    lay(root, {"findings/secret.csv": "1,2,3\n"})
    made = send(root, tmp_path / "bag", store)
    names = {name for name in tree(tmp_path / "bag/data/case") if name.startswith("findings/")}
    assert names == {"findings/lights.json"}
    assert made.without["findings/secret.json"] == "rests on soon, which is kept back"


def test_a_text_that_names_what_is_kept_back_makes_no_package(root: Path, store: Store, tmp_path: Path) -> None:
    """The writer is told where, by the item's id and without its name."""
    lay(root, {"story.md": f'+++\ntitle = "T"\n+++\n\nAs "{SECRET} 1.pdf" shows.\n'})
    with pytest.raises(InputError) as error:
        send(root, tmp_path / "bag", store)
    assert error.value.code == "kept-back-named"
    assert error.value.saw == "story.md:5 (soon)"
    assert not (tmp_path / "bag").exists()


def test_a_sensitive_place_goes_as_coarsely_as_its_record_says(tmp_path: Path, store: Store) -> None:
    """Its position, outline, quay, notes, marks on images and the log's hashes of its record stay; nobody's word, no
    package."""
    root = lay_case(tmp_path / "rason", store)
    house = (
        'id = "house"\nrole = "witness"\nlocated_by = "from the balcony"\nnote = "opposite the bakery"\n'
        'publish_precision = 20000\n[names]\nen = "A house"\n[where]\ngeojson = "shapes/house.geojson"\n'
    )
    ring = [[130.291, 42.231], [130.292, 42.231], [130.292, 42.232], [130.291, 42.231]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    mark = '{"id": "mk-2", "by": "mk", "at": "2024-11-01T10:00:00Z", "item": "image", "place": "house", '
    lay(root, {
        "places/house.toml": house, "shapes/house.geojson": json.dumps(shape),
        "observations/mk/2.jsonl": mark + '"state": "present", "points": [[77.25, 20.5]]}\n',
    })  # fmt: skip
    record = Case.load(root).places["house"]
    custody(root).append(Event.FROZEN, "places/house.toml", meta_sha256=record.sha256())
    send(root, tmp_path / "bag", store)
    everything = b"\n".join(tree(tmp_path / "bag").values())
    for secret in (b"130.29", b"42.23", b"balcony", b"bakery", b"77.25", record.sha256().encode()):
        found = [n for n, data in tree(tmp_path / "bag").items() if secret in data and b"najin" not in data]
        assert found == [], secret
    assert b"A house" in everything
    import_case(tmp_path / "bag", tmp_path / "again", store=store, accept=Case.load)
    again = Case.load(tmp_path / "again")
    where = again.places["house"].where
    assert where.radius == 20_000
    assert set(again.observations) == {"mk-1"}
    send(tmp_path / "again", tmp_path / "bag2", store)
    assert tree(tmp_path / "bag2") == tree(tmp_path / "bag")
    lay(root, {"places/house.toml": house.replace("publish_precision = 20000\n", "")})
    with pytest.raises(DatelineError) as error:
        packed(root)
    assert error.value.code == "sensitive-place"


def test_nothing_in_a_package_lets_a_withheld_field_be_guessed(tmp_path: Path, store: Store) -> None:
    """Hashes of the record as it was stay: in the log, and in findings made before; the reason is said. A guesser
    who has all of the record but the field, and the right guess, finds its hash nowhere."""
    root = lay_case(tmp_path / "rason", store)
    before, guess = Case.load(root).claims["C1"].sha256(), Case.load(root).items["page"].record_sha256()
    custody(root).append(Event.FROZEN, "claims/C1.toml", meta_sha256=before)
    find(root, "old", inputs=[{"kind": "record", "id": "C1", "sha256": before}])
    _withhold(root, tmp_path, "C1", "original.text", "note")
    _withhold(root, tmp_path, "page", "origin.url")
    made = send(root, tmp_path / "bag", store)
    everything = b"\n".join(tree(tmp_path / "bag").values())
    for secret in (before, guess, "the clerk", "by a clerk", "example.org/page"):
        assert secret.encode() not in everything
    assert b"names a witness" in everything
    assert made.without["findings/old.json"].startswith("made before a field of C1 was withheld")
    import_case(tmp_path / "bag", tmp_path / "again", store=store, accept=Case.load)
    claim, item = Case.load(tmp_path / "again").claims["C1"], Case.load(tmp_path / "again").items["page"]
    assert claim.withheld == Case.load(root).claims["C1"].withheld
    assert item == Case.load(root).items["page"]


def _withhold(root: Path, tmp_path: Path, record: str, *paths: str) -> None:
    key = tmp_path / "key"
    public = read_keys(key).public()[0] if key.exists() else new_key(key)
    withhold_fields(
        Case.load(root), record, paths, by="mk", why="names a witness", coarse=None, clock=CLOCK, tool="dateline 0",
        vault=lambda: open_vault(root, "rason", read_keys(key), people={"mk": public}),
    )  # fmt: skip


def test_lines_without_salt_that_are_withheld_are_counted(tmp_path: Path, store: Store) -> None:
    """Lines from before there were salts can be guessed by who has the file: people are told how many there are."""
    root = lay_case(tmp_path / "rason", store)
    add(root, store, "soon", b"x", embargo=date(2024, 3, 3))
    assert packed(root).guessable == 0
    path = root / "evidence/custody/old.jsonl"
    told: dict[str, Any] = {"at": "2024-03-02T12:00:00.000Z", "event": Event.ACCESSED, "subject": "soon", "actor": "mk"}
    entry = Entry(chain="old", seq=0, prev="0" * 64, **told)
    path.write_bytes(entry.line() + b"\n")
    assert packed(root).guessable == 1


def test_private_files_stay_out(tmp_path: Path, store: Store) -> None:
    """Vault, .dateline, site, git, notes beside and in the folders of records: only what a case is made of goes."""
    root = lay_case(tmp_path / "rason", store)
    private = (
        "site/index.html", ".dateline/view/x", ".git/config", "claims/todo.md", "contacts.csv", ".env",
        "evidence/items/.x.toml", "evidence/custody/x.jsonl~", "findings/draft.txt", "rason.age",
        "observations/mk/notes.md",
    )  # fmt: skip
    lay(root, dict.fromkeys(private, "PRIVATE"))
    send(root, tmp_path / "bag", store, sharing="all")
    assert b"PRIVATE" not in b"".join(tree(tmp_path / "bag").values())


def test_landmarks_stay_and_the_marks_beside_them_go(tmp_path: Path, store: Store) -> None:
    """A picture's points found on a map tell where the camera stood; counted points of the same file tell nothing."""
    root = lay_case(tmp_path / "rason", store)
    found = '"matches": [{"x": 10, "y": 20, "lon": 130.30491, "lat": 42.23991}]'
    line = (
        '{"id": "mk-2", "by": "mk", "at": "2024-11-01T10:05:00Z", "item": "image", "state": "present", ' + found + "}"
    )
    with (root / "observations/mk/2024.jsonl").open("a") as log:
        log.write(line + "\n")
    send(root, tmp_path / "bag", store)
    everything = b"\n".join(tree(tmp_path / "bag").values())
    assert b"130.30491" not in everything
    assert b"mk-1" in everything


def test_landmarks_stay_with_every_line_that_names_them(tmp_path: Path, store: Store) -> None:
    """A pair that was moved and taken back, and a photo matched with an image from above: none of it goes, and what
    goes is a case that can be read."""
    root = lay_case(tmp_path / "rason", store)
    mark = '{{"id": "{0}", "by": "mk", "at": "2024-11-01T10:00:00Z", "item": "{1}", {2}}}\n'
    pair = '"state": "present", "matches": [{"x": 1, "y": 2, "lon": 130.25, "lat": 42.25, "name": "crane"}]'
    lay(root, {"observations/mk/2.jsonl": "".join((
        mark.format("mk-2", "page", pair),
        mark.format("mk-3", "page", pair.replace("crane", "mast") + ', "supersedes": "mk-2"'),
        mark.format("mk-4", "page", '"state": "withdrawn", "supersedes": "mk-3"'),
        mark.format("mk-5", "page", '"state": "present", "other": "image", '
                    '"matches": [{"x": 1, "y": 2, "other_x": 77.25, "other_y": 9, "name": "pier"}]'),
        mark.format("mk-6", "image", '"state": "absent"'),
    ))})  # fmt: skip
    send(root, tmp_path / "bag", store)
    everything = b"\n".join(tree(tmp_path / "bag").values())
    assert [word for word in (b"130.25", b"crane", b"mast", b"pier", b"77.25") if word in everything] == []
    import_case(tmp_path / "bag", tmp_path / "again", store=store, accept=Case.load)
    assert set(Case.load(tmp_path / "again").observations) == {"mk-1", "mk-6"}
