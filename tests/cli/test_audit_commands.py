"""`audit`, `hide`, `correct`, `expunge` as people type them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import platformdirs
import pytest
import typer
from tests.evidence.filled_case import collect_one, custody_of
from typer.testing import CliRunner, Result

from dateline.cli import audit, expunge, hide
from dateline.evidence.amend import hidden
from dateline.evidence.chain import read_chain
from dateline.evidence.store import default_store
from dateline.ledger.skeleton import new_case

app = typer.Typer()
for command in (audit.audit, hide.hide, hide.correct, expunge.expunge):
    app.command()(command)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with one item, of a user of its own."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)
    folder = new_case(tmp_path / "harbour", title="A", question="B", worldview="iso")
    collect_one(folder, default_store(), "one", b"bytes")
    return folder


def dateline(case: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, [*arguments, "--case", str(case)], input=typed)


def test_audit_says_what_is_proven_and_what_is_not(case: Path) -> None:
    """Exit 0, the counts in sentences, and what no audit can say."""
    done = dateline(case, "audit")
    assert done.exit_code == 0
    for sentence in (
        "1 item record is what the log says was written.",
        "1 file is read again, and byte for byte what was archived.",
        "Nothing is proven of 1 line that no sound seal covers.",
        "does not say that what they show is true",
    ):
        assert sentence in done.stdout


def test_audit_fails_on_a_difference_and_names_it(case: Path) -> None:
    """Exit 1; the line in words and in JSON."""
    path = case / "evidence" / "items" / "one.toml"
    path.write_text(path.read_text().replace("desk", "dusk"))
    done = dateline(case, "audit")
    assert done.exit_code == 1
    assert "different  record of one: evidence/items/one.toml:13: record-changed: expected " in done.stdout
    told = json.loads(dateline(case, "audit", "--json", "--quick").stdout)
    assert told["good"] is False
    assert told["rows"][0]["where"] == "evidence/items/one.toml:13"
    assert told["counts"]["record"] == {"different": 1}
    assert dateline(case, "correct", "one", "--why", "a slip", "--by", "M. K.").exit_code == 0
    assert dateline(case, "audit").exit_code == 0


def test_records_that_cannot_be_read_are_told_as_rows(case: Path) -> None:
    """A broken claim stops a build; an audit names it beside the rest."""
    (case / "claims" / "C001.toml").write_text("schema = ")
    done = dateline(case, "audit")
    assert done.exit_code == 1
    assert "claims/C001.toml" in done.stdout
    assert "1 file is read again" in done.stdout


def test_a_mended_line_is_told(case: Path) -> None:
    """Whoever writes next after a crash hears that a torn line was cut off."""
    path = custody_of(case).path
    hide_it = ("hide", "one", "--why", "asked", "--by", "mk")
    assert dateline(case, *hide_it).exit_code == 0
    (chain,) = (one for one in path.parent.iterdir() if one != path)
    chain.write_bytes(chain.read_bytes() + b'{"torn')
    done = dateline(case, *hide_it)
    assert "A torn last line of 6 bytes" in done.stderr
    assert "Somebody's last command was killed" in done.stderr
    assert [entry.event for entry in read_chain(chain)] == ["hidden", "corrected", "hidden"]


def test_hiding_and_showing_say_where_it_is_entered(case: Path) -> None:
    """The line of the log, in words and in JSON."""
    done = dateline(case, "hide", "one", "--why", "asked", "--by", "mk")
    assert done.stdout.startswith("one: hidden, entered in evidence/custody/mk.")
    assert hidden(case) == {"one"}
    told = json.loads(dateline(case, "hide", "one", "--undo", "--why", "may", "--by", "mk", "--json").stdout)
    assert (told["event"], told["line"]) == ("shown", 2)
    assert hidden(case) == frozenset()


def test_expunge_asks_for_the_id_and_says_what_it_cannot_reach(case: Path) -> None:
    """Another word than the id removes nothing; the id removes the bytes; --yes does not ask."""
    order = ("expunge", "one", "--why", "order 7/24", "--by", "legal")
    refused = dateline(case, *order, typed="yes\n")
    assert refused.exit_code == 1
    assert "nothing was removed" in refused.stderr
    done = dateline(case, *order, typed="one\n")
    assert done.exit_code == 0
    assert "1 file (5 bytes) removed from this machine's store" in done.stdout
    for place in ("git's history", "backups", "colleagues", "published"):
        assert place in done.stdout
    assert dateline(case, "audit").exit_code == 0
    collect_one(case, default_store(), "two", b"more")
    told = json.loads(dateline(case, "expunge", "two", "--why", "w", "--by", "legal", "--yes", "--json").stdout)
    assert (told["item"], told["files"], told["bytes"]) == ("two", 1, 4)
    assert default_store().add(io.BytesIO(b"more")).new
