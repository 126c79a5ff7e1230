"""A case goes out as a bag and comes back as the same case; other people's programs find it valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bagit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from package_case import FILES, OPEN, add, lay, lay_case, send, tree
from rocrate.rocrate import ROCrate

from dateline.core import InputError, UsageError
from dateline.evidence.item import Licence, Permission
from dateline.evidence.package.layout import portable
from dateline.evidence.package.read import Imported, import_case
from dateline.evidence.store import Store
from dateline.ledger.case import Case


def take(bag: Path, into: Path, store: Store) -> Imported:
    """Imports a bag as the command does."""
    return import_case(bag, into, store=store, accept=lambda folder: Case.load(folder).findings())


@pytest.fixture
def root(tmp_path: Path, store: Store) -> Path:
    """The case that leaves the house."""
    return lay_case(tmp_path / "rason", store)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Store:
    """The store of a colleague."""
    return Store(tmp_path / "elsewhere")


def test_bagit_finds_the_bag_valid(root: Path, store: Store, tmp_path: Path) -> None:
    """Oracle: the Library of Congress's bagit, complete and valid, with the version, date and count that it reads."""
    made = send(root, tmp_path / "bag", store)
    bag = bagit.Bag(str(tmp_path / "bag"))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["Bagging-Date"] == "2024-03-02"
    assert bag.info["Payload-Oxum"] == f"{made.bytes}.{made.files}"
    assert set(bag.algorithms) == {"sha256"}


def test_rocrate_reads_the_crate(root: Path, store: Store, tmp_path: Path) -> None:
    """Oracle: ro-crate-py finds the files with hash, size, type and licence, the custody as actions, the finding."""
    send(root, tmp_path / "bag", store)
    crate = ROCrate(str(tmp_path / "bag" / "data"))
    assert crate.metadata["conformsTo"] == "https://w3id.org/ro/crate/1.2"
    assert crate.root_dataset["name"] == "What the port shows"
    image = crate.get("bytes/image/VNP46A3.tif")
    assert image.type == "File"
    assert (image["contentSize"], image["encodingFormat"], image["license"]["name"]) == (
        "11",
        "image/tiff",
        "CC-BY-4.0",
    )
    assert crate.get("bytes/crop/crop.bin")["isBasedOn"] == [image]
    assert crate.get("#item-unsaid").type == "CreativeWork"
    assert "licence to share: unknown" in crate.get("#item-unsaid")["abstract"]
    collected = crate.get("#custody-mk.0a1b2c3d-1")
    assert (collected.type, collected["result"], collected["agent"]["name"]) == ("CreateAction", image, "mk")
    finding = crate.get("#finding-lights")
    assert finding["instrument"]["version"] == "1"
    assert finding["object"] == [image]
    assert finding["result"].id == "case/findings/lights.json"
    names = {path.relative_to(tmp_path / "bag" / "data").as_posix() for path in (tmp_path / "bag/data").rglob("*.toml")}
    assert names <= {part.id for part in crate.root_dataset["hasPart"]}


def test_every_reference_in_the_crate_leads_somewhere(root: Path, store: Store, tmp_path: Path) -> None:
    """Property: each @id that an entity names is described in the graph, and no entity is described twice."""
    send(root, tmp_path / "bag", store)
    graph = json.loads((tmp_path / "bag/data/ro-crate-metadata.json").read_bytes())["@graph"]
    known = [entity["@id"] for entity in graph]
    assert len(known) == len(set(known))

    def named(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {value["@id"]} if set(value) == {"@id"} else set().union(*map(named, value.values()))
        return set().union(*map(named, value)) if isinstance(value, list) else set()

    used = set().union(*(named([value for key, value in one.items() if key != "conformsTo"]) for one in graph))
    assert used <= set(known)


@pytest.mark.parametrize("zipped", [False, True])
def test_what_comes_back_is_the_same_case(
    root: Path, store: Store, elsewhere: Store, tmp_path: Path, zipped: bool
) -> None:
    """Records to the byte, bytes in the colleague's store, notes that are no part of the case left at home; and the
    bag that the colleague makes of it is the same bag."""
    made = send(root, tmp_path / "bag", store, zipped=zipped)
    assert made.path.name == ("bag.zip" if zipped else "bag")
    done = take(made.path, tmp_path / "again", elsewhere)
    ours = {name: data for name, data in tree(root).items() if name != "notes.txt"}
    assert tree(tmp_path / "again") == ours
    assert done.manifest_sha256 == made.sha256
    assert done.items == 4
    for item in Case.load(tmp_path / "again").items.values():
        for sha256 in [leaf.sha256 for leaf in item.tree] or [item.content]:
            assert (sha256 in elsewhere) is (item.id != "unsaid")
    again = send(tmp_path / "again", tmp_path / "bag2", elsewhere, zipped=zipped)
    assert again.sha256 == made.sha256
    if not zipped:
        assert tree(tmp_path / "bag2") == tree(tmp_path / "bag")


def test_the_same_zip_twice_is_the_same_bytes(root: Path, store: Store, tmp_path: Path) -> None:
    """No clock of the disk and no order of the folder gets into it."""
    for name in ("a", "b"):
        send(root, tmp_path / name / "bag.zip", store, zipped=True)
    assert (tmp_path / "a/bag.zip").read_bytes() == (tmp_path / "b/bag.zip").read_bytes()


@pytest.mark.parametrize(
    ("sharing", "there"),
    [
        ("none", set()),
        ("shareable", {"image", "page", "crop", "safe"}),
        ("all", {"image", "page", "crop", "safe", "unsaid"}),
    ],
)
def test_bytes_go_only_where_the_licence_says_so(
    root: Path, store: Store, tmp_path: Path, sharing: Any, there: set[str]
) -> None:
    """Unknown is not a yes; what stays is said with its reason; all of them only when asked for."""
    add(root, store, "no", b"not to be shared", licence=Licence(name="press", share=Permission(allowed="no")))
    made = send(root, tmp_path / "bag", store, sharing=sharing)
    folder = tmp_path / "bag/data/bytes"
    found = {path.name for path in folder.iterdir()} if folder.exists() else set()
    assert found == (there | {"no"} if sharing == "all" else there)
    if sharing == "shareable":
        assert made.without == {"no": "licence to share: no", "unsaid": "licence to share: unknown"}


def test_nothing_of_the_case_or_the_store_is_moved_or_changed(root: Path, store: Store, tmp_path: Path) -> None:
    """bagit itself moves people's files in place; ours reads."""
    before = tree(root), tree(store.root)
    send(root, tmp_path / "bag", store)
    assert (tree(root), tree(store.root)) == before


def test_damaged_bytes_in_the_store_make_no_package(root: Path, store: Store, tmp_path: Path) -> None:
    """Found while they are copied; nothing is left beside."""
    sha256 = Case.load(root).items["image"].content
    assert sha256 is not None
    place = store.path(sha256)
    place.chmod(0o600)
    place.write_bytes(b"damaged bytes")
    with pytest.raises(InputError) as error:
        send(root, tmp_path / "out" / "bag", store)
    assert error.value.code == "changed-bytes"
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_is_overwritten(root: Path, store: Store, elsewhere: Store, tmp_path: Path) -> None:
    """Neither by a package nor by a case that is taken in; an empty folder may take a case."""
    send(root, tmp_path / "bag", store)
    with pytest.raises(InputError) as error:
        send(root, tmp_path / "bag", store)
    assert error.value.code == "out-exists"
    lay(tmp_path / "full", {"a": "b"})
    with pytest.raises(UsageError) as usage:
        take(tmp_path / "bag", tmp_path / "full", elsewhere)
    assert usage.value.code == "not-empty"
    (tmp_path / "empty").mkdir()
    assert take(tmp_path / "bag", tmp_path / "empty", elsewhere).files == 16


def test_broken_custody_makes_no_package(root: Path, store: Store, tmp_path: Path) -> None:
    """A log that was changed is not given out as if it were whole."""
    path = root / "evidence/custody/mk.0a1b2c3d.jsonl"
    path.write_bytes(path.read_bytes().replace(b"collected", b"corrected", 1))
    with pytest.raises(InputError) as error:
        send(root, tmp_path / "bag", store)
    assert error.value.code == "custody-broken"


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/\\" + TURNING), min_size=1, max_size=40
).filter(lambda name: name not in {".", ".."} and name.strip() and "simulated" not in name.casefold())


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, max_size=4), data=st.binary(max_size=300), note=st.text(max_size=60), zipped=st.booleans())
def test_any_case_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: bytes, note: str, zipped: bool
) -> None:
    """Property: whatever the names of files, the bytes and the comments, out and in and out again is the same bag."""
    place = tmp_path_factory.mktemp("case")
    here, there = Store(place / "here"), Store(place / "there")
    comment = "".join(letter for letter in note if letter.isprintable())
    root = lay(place / "case", FILES | {"sources/us.toml": f"# {comment}\n" + FILES["sources/us.toml"]})
    for name in {"page": "page.html", "image": "image.tif"} | {f"item-{n}": name for n, name in enumerate(names)}:
        told = {f"item-{n}": each for n, each in enumerate(names)}.get(name, name)
        add(root, here, name, data + name.encode(), name=told, licence=OPEN)
    made = send(root, place / "bag", here, zipped=zipped)
    take(made.path, place / "again", there)
    ours = {name: bytes_ for name, bytes_ in tree(root).items() if name != "notes.txt"}
    assert tree(place / "again") == ours
    assert send(place / "again", place / "bag2", there, zipped=zipped).sha256 == made.sha256


@given(st.lists(NAMES, max_size=6, unique=True))
def test_a_portable_name_opens_everywhere_and_two_stay_two(names: list[str]) -> None:
    """Property: plain letters, no device, no dot at the end, short; different names stay different."""
    made = [portable(name) for name in names]
    for name in made:
        assert name.isascii()
        assert len(name) <= 100
        assert not set(name) & set('<>:"|?*%\\/')
        assert name.rstrip(". ") == name
        assert name.split(".", maxsplit=1)[0].upper() not in {"CON", "NUL", "COM1", "LPT9"}
    assert len(set(made)) == len(names)
