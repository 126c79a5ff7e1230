"""A small case of claims: a ministry, a paper that repeats it, and somebody who is not named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dateline.cli.app import run

CLAIM = {
    "C001": {
        "speaker": "Port Authority", "said": "2024-02-23", "statement": "More than 1,000 containers came in",
        "stance": "asserts", "origin": "port-authority", "quantity": "more than 1,000 containers",
        "quantity_kind": "cumulative", "sources": "Port news https://example.org/a [published 2024-02-23]",
    },
    "C002": {
        "speaker": "Daily Paper", "said": "2024-02-24", "statement": "The port took in over a thousand containers",
        "stance": "asserts", "retells": "C001", "origin": "port-authority",
    },
    "C003": {
        "speaker": "zed-doe", "said": "2024-02-25", "statement": "The crane broke twice in that week of February",
        "stance": "observes", "origin": "zed-doe", "note": "met at the pier",
    },
}  # fmt: skip
SOURCES = (
    ("Port Authority", "government", ()),
    ("Daily Paper", "outlet", ()),
    ("Zed Doe", "person", (("terms", "off_the_record"), ("agreed_by", "mk"), ("agreed_on", "2024-02-25"))),
)


def put_records(root: Path) -> None:
    """Three sources and three claims, as the command line writes them."""
    for name, kind, more in SOURCES:
        pairs = [("name", name), ("type", kind), *more]
        assert run(["add", "source", "--case", str(root), *(f"--set={key}={text}" for key, text in pairs)]) == 0
    for name, told in CLAIM.items():
        pairs = [("id", name), *told.items()]
        assert run(["add", "claim", "--case", str(root), *(f"--set={key}={text}" for key, text in pairs)]) == 0


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records, written once."""
    root = tmp_path_factory.mktemp("claims") / "case"
    assert run(["new", str(root), "--title", "A case of claims", "--question", "Who says so?"]) == 0
    put_records(root)
    return root


@pytest.fixture
def claims(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the case for one test, with a store of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("DATELINE_BY", raising=False)
    return Path(shutil.copytree(written, tmp_path / "case"))
