"""The page about cases shows what is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dateline.ledger.case import MODELS, Case
from dateline.ledger.write import rewrite

PAGE = Path(__file__).parents[2] / "docs" / "case.md"
BLOCK = re.compile(r"^```\w+\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PIER = {"type": "Polygon", "coordinates": [[[130.29, 42.22], [130.3, 42.22], [130.3, 42.23], [130.29, 42.22]]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's examples as files."""
    for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "pier-1.geojson").write_text(json.dumps(PIER))
    return tmp_path


def test_the_examples_of_the_page_are_one_sound_case(folder: Path) -> None:
    """Every example parses, refers to the others, and there is one of every kind of record."""
    case = Case.load(folder)
    assert {record.kind for record in case.records.values()} == {model.kind for model in MODELS} | {
        "observation",
        "item",
    }
    assert case.head.embargo is not None


def test_the_examples_stand_in_canonical_order(folder: Path) -> None:
    """What people copy is what the program would write."""
    for name in Case.load(folder).files:
        if name.endswith(".toml"):
            assert not rewrite(folder / name, root=folder), name
