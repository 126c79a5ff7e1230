"""Evidence items and their records."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dateline.core import InputError, RecordError
from dateline.core.identity import canonical_json, sha256_bytes
from dateline.evidence.item import Item, Leaf, Licence, Permission, Status, Use
from dateline.evidence.provenance import Derivation, Origin

TREE = (
    Leaf(path="S1A.SAFE/manifest.safe", sha256="b" * 64, bytes=10),
    Leaf(path="S1A.SAFE/measurement/iw-vv.tiff", sha256="c" * 64, bytes=20),
)
FOLDER: dict[str, Any] = {"sha256": None, "tree": TREE, "bytes": 30, "media_type": "inode/directory"}


def test_an_item_survives_its_toml(item: Item, fields: dict[str, Any], case: Path) -> None:
    """Files, folders, derived and withheld items come back from evidence/items/ID.toml as they were."""
    derived = Derivation(parents=("a", "b"), command="gdal_translate -of COG a b")
    licence = Licence(name="CC BY 4.0", publish=Permission(allowed="yes", text="with credit"))
    for name, changes in {
        "plain": {},
        "folder": FOLDER,
        "derived": {"derived": derived, "licence": licence, "attribution": "NASA", "embargo": date(2024, 5, 1)},
        "withheld": {"status": Status.WITHHELD, "why": "shows a witness", "embargo": datetime(2024, 5, 1, tzinfo=UTC)},
        "elsewhere": {"status": Status.ELSEWHERE, "why": "not bought", "sha256": None, "bytes": None},
        "emoji": {"name": "📷 사진.jpg", "simulated": True},
    }.items():
        original = Item(**(fields | changes | {"id": name}))
        path = original.write(case)
        assert path == case / "evidence" / "items" / f"{name}.toml"
        assert Item.read(path) == original
        assert Item.read(path).to_toml() == original.to_toml() == path.read_text(encoding="utf-8")


def test_the_record_is_in_canonical_order_and_says_nothing_unknown(item: Item) -> None:
    """The keys stand in the order of the fields; what nobody knows is absent."""
    data = tomllib.loads(item.to_toml())
    assert list(data) == ["schema", *(key for key in Item.model_fields if key in data)]
    assert "embargo" not in data
    assert "url" not in data["licence"]


def test_writing_the_same_item_again_leaves_the_file_alone(item: Item, case: Path) -> None:
    """A person's comments survive; another item of the same id is refused."""
    path = item.write(case)
    commented = "# seen by two of us\n" + path.read_text()
    path.write_text(commented)
    item.write(case)
    assert path.read_text() == commented
    with pytest.raises(InputError) as error:
        item.model_copy(update={"by": "somebody else"}).write(case)
    assert error.value.code == "item-exists"


def test_an_item_is_not_written_through_a_link_out_of_the_case(item: Item, case: Path, tmp_path: Path) -> None:
    """A case from somebody else cannot make us write elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (case / "evidence").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError) as error:
        item.write(case)
    assert error.value.code == "link-out"
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "../x"}, "no path"),
        ({"name": "../../etc/passwd"}, "contains a path"),
        ({"origin": {"file": "/home/olena/a.tif"}}, "contains a path"),
        ({"origin": {"url": "https://user:secret@example.org/a"}}, "carries a login"),
        ({"sha256": "A" * 64}, "pattern"),
        ({"tree": TREE}, "not both"),
        ({"sha256": None}, "are needed"),
        ({"bytes": None}, "are needed"),
        ({"collected": None}, "are needed"),
        ({"collected": datetime(2024, 3, 2)}, "timezone"),  # noqa: DTZ001 what is refused
        ({"status": "withheld"}, "why is needed"),
        ({"status": "elsewhere"}, "why is needed"),
        ({"status": "lost"}, "have"),
        ({"name": "VNP46A3.simulated.h5"}, "simulated = true is needed"),
        ({"origin": {"file": "Simulated_port.tif"}}, "simulated = true is needed"),
        (FOLDER | {"bytes": 31}, "sum"),
        (FOLDER | {"tree": (*TREE, Leaf(path="s1a.safe/Manifest.safe", sha256="b" * 64, bytes=0))}, "one name"),
        ({"licence": {"name": "MIT", "publish": {"allowed": "maybe"}}}, "unknown"),
        ({"licence": {"name": " "}}, "some words"),
        ({"surprise": 1}, "Extra inputs"),
        ({"schema": 2}, "less than or equal to 1"),
    ],
)
def test_a_record_that_is_wrong_is_refused(fields: dict[str, Any], changes: dict[str, Any], words: str) -> None:
    """Traversal, logins in addresses, folders of their owners, halves and unknown keys never become an item."""
    with pytest.raises(ValidationError, match=words):
        Item(**(fields | changes))


def test_traversal_in_a_tree_is_refused() -> None:
    """A folder's files stay in the folder."""
    with pytest.raises(ValidationError, match="names no file"):
        Leaf(path="a/../../b", sha256="b" * 64, bytes=0)


def test_everything_wrong_with_a_record_is_told_at_once(item: Item, case: Path) -> None:
    """File, key, what was found and what is valid, for every fault."""
    path = item.write(case)
    path.write_text(path.read_text().replace("71157", "-1").replace('by = "mk"', "by = 3"))
    with pytest.raises(RecordError) as error:
        Item.read(path)
    assert {fault.key for fault in error.value.faults} == {"bytes", "by"}
    assert "evidence/items/maria-2017-09.toml" in error.value.saw


@pytest.mark.parametrize("text", [b"id = ", b"\xff\xfe"])
def test_a_file_that_is_no_record_is_named(case: Path, text: bytes) -> None:
    """Broken TOML and other encodings are faults of the file."""
    path = case / "evidence" / "items" / "a.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    with pytest.raises(RecordError, match="the file"):
        Item.read(path)


def test_a_record_that_lacks_keys_or_has_another_name_is_named(item: Item, case: Path) -> None:
    """A missing key is "nothing"; an id that is not the file's name is a fault."""
    path = item.write(case)
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("by")))
    with pytest.raises(RecordError, match="by: found nothing"):
        Item.read(path)
    path = path.with_name("other.toml")
    path.write_text(item.to_toml())
    with pytest.raises(RecordError, match="maria-2017-09"):
        Item.read(path)


def test_the_time_of_collection_is_utc_whatever_the_zone(fields: dict[str, Any]) -> None:
    """A time in Seoul is written in UTC."""
    seoul = datetime(2024, 3, 2, 21, tzinfo=timezone(timedelta(hours=9)))
    item = Item(**(fields | {"collected": seoul}))
    assert "collected = 2024-03-02T12:00:00Z" in item.to_toml()


def test_a_licence_answers_for_each_use_and_says_unknown_by_default() -> None:
    """View, publish, embed and share are four questions; silence is not a yes."""
    licence = Licence(name="Planet", view=Permission(allowed="yes"), share=Permission(allowed="no", text="EULA 3.1"))
    assert [licence.permits(use) for use in Use] == ["yes", "unknown", "unknown", "no"]


def test_the_content_of_a_folder_is_one_hash_whatever_the_order(fields: dict[str, Any]) -> None:
    """SHA-256 of the canonical list of path, hash and size; recomputed here by hand."""
    one, turned = Item(**(fields | FOLDER)), Item(**(fields | FOLDER | {"tree": TREE[::-1]}))
    by_hand = sha256_bytes(canonical_json([[leaf.path, leaf.sha256, leaf.bytes] for leaf in TREE]))
    assert one.content == turned.content == by_hand
    assert Item(**fields).content == "a" * 64
    assert Item(**(fields | {"status": "elsewhere", "why": "seen", "sha256": None})).content is None


def test_any_change_of_the_record_changes_its_hash(item: Item) -> None:
    """The custody log covers what the record says, and not only the bytes."""
    changed = [
        item.model_copy(update={"by": "ok"}),
        item.model_copy(update={"collected": datetime(2024, 3, 2, 13, tzinfo=UTC)}),
        item.model_copy(update={"origin": Origin(url="https://example.org/b.tif")}),
        item.model_copy(update={"licence": Licence(name="MIT", view=Permission(allowed="yes"))}),
    ]
    assert len({item.record_sha256(), *(other.record_sha256() for other in changed)}) == 5
