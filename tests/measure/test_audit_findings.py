"""What an audit says of findings: changed by hand, files gone, inputs replaced or expunged."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest
from tests.evidence.filled_case import NOON, collect_one, custody_of

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.audit import Row
from dateline.evidence.chain import Event
from dateline.evidence.expunge import expunge
from dateline.evidence.item import Item
from dateline.evidence.store import Store
from dateline.ledger.case import Case
from dateline.ledger.finding import Artifact, Finding, InputRef, Statement
from dateline.ledger.skeleton import new_case
from dateline.measure.audit import audit_case, bytes_to_read, find_bytes
from dateline.measure.keep import keep
from dateline.measure.proven import Tally
from dateline.methods.contract import Produced


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)
    return Store(tmp_path / "data" / "dateline" / "store")


@pytest.fixture
def case(tmp_path: Path, store: Store) -> Path:
    """A case with one item and a finding that rests on it, with one file."""
    folder = new_case(tmp_path / "case", title="A", question="B", worldview="iso")
    item = collect_one(folder, store, "one", b"bytes")
    table = Produced(role="series", name="light/series.csv", media_type="text/csv", data=b"a,b\n1,2\n")
    finding = Finding(
        id="light",
        method="night_lights",
        method_version="1",
        question="Does it grow?",
        result="increase",
        statement=Statement(key="night_lights.increase", en="It grew."),
        artifacts=[Artifact(role="series", path=table.name, sha256=sha256_bytes(table.data), media_type="text/csv")],
        inputs=[InputRef(kind="item", id="one", sha256=str(item.content))],
        input_key="k",
    )
    keep(folder / "findings", finding.sealed(), (table,))
    return folder


def told(case: Path, *, quick: bool = True) -> list[Row]:
    rows = list(audit_case(case, now=NOON, quick=quick))
    return [row for row in rows if row.kind not in {"seals", "bytes", "record"} and row.state != "same"]


@pytest.mark.parametrize(
    ("told", "saw"),
    [
        ('"estimates": {"growth": {"best": 1.0}}', "estimates.growth: Value error, an estimate without 'low'"),
        ('"estimates": {"growth": {"best": "x", "low": [], "high": 1, "unit": "", "level": 1, "n": 1, "how": ""}}',
         "estimates.growth: Value error, an estimate that is none"),
        ('"estimates": {"growth": 3}', "estimates.growth: Input should be"),
        ('"values": {"x": NaN}', "an unknown is null with a reason"),
        ('"values": {"x": 1e999}', "an unknown is null with a reason"),
        ('"values": {"x": "\\ud800"}', "surrogates not allowed"),
        ('"values": {"x": ' + "[" * 9999 + "]" * 9999 + "}", "recursion"),
    ],
)  # fmt: skip
def test_a_finding_that_cannot_be_read_is_told_in_three_parts(case: Path, told: str, saw: str) -> None:
    """By reading it, by the whole case, by an audit: never another error, and the key at fault is named."""
    path = case / "findings" / "light.json"
    key = told.partition(":")[0]
    path.write_text(path.read_text().replace(f"{key}: {{}}", told))
    for read in (lambda: Finding.read(path), lambda: Case.load(case).findings()):
        with pytest.raises(InputError) as error:
            read()
        assert error.value.code == "finding"
        assert saw in error.value.saw
    (row,) = [row for row in audit_case(case, now=NOON, quick=True) if row.state == "different"]
    assert (row.code, saw in row.found) == ("finding-unreadable", True)


def test_a_finding_that_was_not_touched_is_the_same(case: Path) -> None:
    """Itself, its files, its inputs; only the whole audit asks which measure made it."""
    assert told(case) == []
    (row,) = told(case, quick=False)
    assert (row.code, row.expected) == ("no-measure", "measures/light.toml")


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("It grew.", "It shrank.", "findings/light.json: finding-changed"),
        ('  "caveats"', ' "caveats"', "findings/light.json:10: finding-respelled"),
        ('"id": "light",', '"id": "light"', "findings/light.json:13: finding-unreadable"),
    ],
)
def test_a_finding_changed_by_hand_is_found(case: Path, old: str, new: str, at: str) -> None:
    """What it says, how it is spelled, whether it is one."""
    path = case / "findings" / "light.json"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    (row,) = told(case)
    assert (row.state, f"{row.where}: {row.code}") == ("different", at)


def test_the_files_of_a_finding_are_looked_at(case: Path) -> None:
    """Changed, then gone."""
    path = case / "findings" / "light" / "series.csv"
    path.write_bytes(b"a,b\n1,3\n")
    assert [(row.where, row.code) for row in told(case)] == [("findings/light/series.csv", "artifact-changed")]
    path.unlink()
    assert [(row.where, row.code) for row in told(case)] == [("findings/light/series.csv", "artifact-missing")]


def test_a_finding_whose_input_was_expunged_cannot_be_computed_again(case: Path, store: Store) -> None:
    """Stale, and the line of the log that says why."""
    expunge(custody_of(case, "legal"), "one", why="order 7/24", store=store)
    (row,) = told(case)
    assert (row.state, row.code) == ("stale", "input-expunged")
    assert "evidence/custody/legal.a1b2c3d4.jsonl:1" in row.found
    assert "cannot be computed again" in row.found


def test_a_finding_whose_input_has_other_bytes_now_is_stale(case: Path, store: Store) -> None:
    """The item was corrected to other bytes: the number stands for the old ones."""
    other = collect_one(case, store, "two", b"other")
    record = case / "evidence" / "items" / "one.toml"
    record.write_text(record.read_text().replace(sha256_bytes(b"bytes"), str(other.content)))
    custody_of(case).log(Event.CORRECTED, Item.read(record), note="by a program from before this was refused")
    assert [(row.state, row.code) for row in told(case)] == [("stale", "input-changed")]


def test_bytes_are_found_in_the_store_and_their_size_is_known(case: Path, store: Store) -> None:
    """For the progress bar; and nowhere else when nobody has them."""
    find = find_bytes()
    assert bytes_to_read(case, find) == 5
    assert find(sha256_bytes(b"bytes")) == store.find(sha256_bytes(b"bytes"))
    assert find("0" * 64) is None


def test_the_tally_counts_and_speaks() -> None:
    """One is, many are; differences and stale findings are not good; absence and notes are."""
    tally = Tally(quick=True)
    for row in (
        Row("custody mk", "same"),
        Row("bytes of a", "same"),
        Row("bytes of b", "same"),
        Row("bytes of c", "not here"),
        Row("custody mk", "note", code="clock"),
        Row("seals", "same", found="Seal 1 stands."),
    ):
        tally.add(row)
    assert tally.is_good
    assert list(tally.proven()) == [
        "1 custody log is whole: each line fits the one before it; whoever may write here could have rewritten every "
        "line that no seal covers.",
        "2 files are there and of the right size.",
        "Seal 1 stands.",
    ]
    assert "1 file is not on this machine: nothing is said of them." in list(tally.unproven())
    tally.add(Row("seal mk 1", "same"))
    assert "no line under a sound seal was changed, moved or taken out" in next(tally.proven())
    tally.add(Row("finding light", "stale"))
    assert not tally.is_good
    assert tally.to_json()["bytes"] == {"not here": 1, "same": 2}
