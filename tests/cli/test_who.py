"""Who does it: --by, else DATELINE_BY; nobody is guessed; the same for every command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest
import typer
from tests.evidence.filled_case import collect_one, custody_of
from typer.testing import CliRunner, Result

from dateline.cli.app import app
from dateline.core.errors import UsageError
from dateline.evidence.chain import chains, read_chain
from dateline.evidence.item import Item
from dateline.evidence.store import default_store
from dateline.ledger.head import Person
from dateline.ledger.skeleton import new_case

COMMANDS = {
    "seal": ("seal", "--no-authority"),
    "hide": ("hide", "one", "--why", "asked"),
    "correct": ("correct", "one", "--why", "a slip"),
    "expunge": ("expunge", "one", "--why", "the law", "--yes"),
    "redact": ("redact", "one", "origin.url", "--why", "asked"),
    "export": ("export", "prov", "--out", "OUT"),
    "archive": ("archive", "FILE"),
}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with two people and one item whose record was edited, of a user of its own."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)
    monkeypatch.setenv("DATELINE_PASSPHRASE", "a long one for this test")
    monkeypatch.delenv("DATELINE_BY", raising=False)
    people = (Person(id="olena", role="editor"), Person(id="mk", role="reporter"))
    folder = new_case(tmp_path / "harbour", title="A", question="B", worldview="iso", people=people)
    collect_one(folder, default_store(), "one", b"bytes")
    path = folder / "evidence/items/one.toml"
    path.write_text(path.read_text().replace("desk", "dusk"))
    (tmp_path / "file.txt").write_text("news")
    return folder


def dateline(case: Path, name: str, *more: str) -> Result:
    words = {"OUT": str(case.parent / "out.json"), "FILE": str(case.parent / "file.txt")}
    told = [words.get(word, word) for word in COMMANDS[name]]
    return CliRunner().invoke(app, [*told, *more, "--case", str(case)])


def actors(case: Path) -> set[str]:
    """Who wrote into the log, besides who filled the case."""
    found = {(entry.actor, path.stem.split(".")[0]) for path in chains(case).values() for entry in read_chain(path)}
    assert all(actor.replace(" ", "-") == name or actor == custody_of(case).actor for actor, name in found)
    return {actor for actor, _ in found} - {custody_of(case).actor}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_option_comes_before_the_environment(case: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a blank in it makes a chain like any other."""
    monkeypatch.setenv("DATELINE_BY", "Anna B")
    assert dateline(case, name).exit_code == 0
    assert actors(case) == {"Anna B"}
    monkeypatch.setenv("DATELINE_BY", "nobody")
    assert dateline(case, "archive", "--again", "--by", "fox").exit_code == 0
    assert actors(case) == {"Anna B", "fox"}


@pytest.mark.parametrize("name", COMMANDS)
def test_where_nobody_is_named_nothing_is_done(case: Path, name: str) -> None:
    """One error for all, in three parts; the record, the log and the store are as they were."""
    path = case / "case.toml"
    path.write_text(re.sub(r"(?ms)^people *= *\[.*?^\]$", "", path.read_text()))
    before = {file: file.read_bytes() for file in case.rglob("*") if file.is_file()}
    error = dateline(case, name).exception
    assert isinstance(error, UsageError)
    assert error.code == "no-person"
    made = {file for file in case.rglob("*") if file.is_file() and ".dateline" not in file.parts}
    assert {file: file.read_bytes() for file in made} == before
    item = Item.read(case / "evidence/items/one.toml")
    assert item.content is not None
    assert default_store().find(item.content) is not None


def test_every_command_that_asks_who_asks_alike() -> None:
    """The same option with the same words and environment variable, never required."""
    asked = dict(_options(typer.main.get_command(app), ""))
    assert {*COMMANDS, "import", "imagery get"} <= set(asked)
    assert {(tuple(o.opts), o.envvar, o.required, o.help) for o in asked.values()} == {
        (("--by",), "DATELINE_BY", False, next(iter(asked.values())).help)
    }


def _options(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    for one in command.params:
        if one.name == "by":
            yield name, one
    for below, each in getattr(command, "commands", {}).items():
        yield from _options(each, f"{name} {below}".strip())
