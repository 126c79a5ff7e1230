"""The published JSON Schemas, and the way for records of older versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dateline.ledger import migrate, reading
from dateline.ledger.claim import Claim
from dateline.ledger.migrate import migrated, version_of
from dateline.ledger.reading import read_record
from dateline.ledger.schema import schemas, write_schemas

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas"


def test_the_published_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    """Golden: after a change of a record, write them again with dateline.ledger.schema.write_schemas(docs/schemas)."""
    write_schemas(tmp_path)
    fresh = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.iterdir()} == fresh


def test_every_kind_has_a_schema_that_forbids_unknown_keys() -> None:
    """An editor that checks against them finds typing errors as they are made."""
    made = schemas()
    assert set(made) == {
        "case", "place", "source", "claim", "event", "media", "reply", "matrix", "measure", "observation", "item",
        "finding",
    }  # fmt: skip
    for schema in made.values():
        assert schema["additionalProperties"] is False
        assert "schema" in schema["properties"]
        json.dumps(schema)


def test_an_older_record_is_brought_forward_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Synthetic: had claims been at version 3, one of version 1 would pass two steps; the file is not touched."""

    def speaker_from_who(data: dict[str, Any]) -> dict[str, Any]:
        return {**{key: value for key, value in data.items() if key != "who"}, "speaker": data["who"]}

    def stance_required(data: dict[str, Any]) -> dict[str, Any]:
        return {"stance": "asserts", **data}

    monkeypatch.setattr(Claim, "current_schema", 3)
    monkeypatch.setitem(migrate.STEPS, ("claim", 1), speaker_from_who)
    monkeypatch.setitem(migrate.STEPS, ("claim", 2), stance_required)
    path = tmp_path / "claims" / "C1.toml"
    path.parent.mkdir()
    path.write_text('id = "C1"\nwho = "us"\nsaid = 2024-02-23\nstatement = "x"\n')
    before = path.read_bytes()
    read = read_record(path, Claim, root=tmp_path)
    assert read.faults == ()
    assert read.record is not None
    assert (read.record.speaker, read.record.stance, read.record.schema_) == ("us", "asserts", 3)
    assert path.read_bytes() == before


def test_versions() -> None:
    """A record without a version is of the first; a version that is none is no version; a missing step is an error."""
    assert [version_of({"schema": value}) for value in (1, 7, 0, -1, True, "1", None)] == [1, 7] + [None] * 5
    assert version_of({}) == 1
    assert migrated("claim", {"schema": 2}, to=2) == {"schema": 2}
    with pytest.raises(LookupError):
        migrated("claim", {"schema": 1}, to=2)
    assert reading.validated({"id": "x", "schema": 9}, Claim, file="f")[1][0].key == "schema"
