"""An audit of a case that came out of a package: what was withheld is told, and what was changed since is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from package_case import CLOCK, NOON, add, custody, lay_case, packed, send

from dateline.core import InputError
from dateline.evidence.audit import Row
from dateline.evidence.chain import Event, Line, chains, heads, leaves, read_chain, read_whole
from dateline.evidence.custody import Custody
from dateline.evidence.package.read import import_case
from dateline.evidence.seal.check import check_seals
from dateline.evidence.seal.make import seal
from dateline.evidence.store import Store
from dateline.evidence.stub import parse_stub
from dateline.evidence.vault import new_key, open_vault, read_keys
from dateline.ledger.case import Case
from dateline.measure.audit import audit_case
from dateline.measure.proven import Tally
from dateline.measure.redact import withhold_fields

LOG = "evidence/custody/mk.0a1b2c3d.jsonl"


@pytest.fixture
def case(tmp_path: Path, store: Store) -> Path:
    """A case out of a package, sealed by whoever made it, with an item kept back and a field of another withheld."""
    root = lay_case(tmp_path / "rason", store)
    add(root, store, "hid", b"a mistake", name="memo.pdf")
    custody(root).append(Event.HIDDEN, "hid", note="a mistake of ours")
    public = new_key(tmp_path / "key")
    withhold_fields(
        Case.load(root), "image", ["origin.url"], by="mk", why="names a witness", coarse=None, clock=CLOCK,
        tool="dateline 0", vault=lambda: open_vault(root, "rason", read_keys(tmp_path / "key"), people={"mk": public}),
    )  # fmt: skip
    seal(custody(root, "fox"))
    (root / "findings/lights.json").unlink()
    (root / "measures/lights.toml").unlink()
    send(root, tmp_path / "bag", store)
    import_case(tmp_path / "bag", tmp_path / "again", store=store, accept=Case.load)
    return tmp_path / "again"


def audited(case: Path, store: Store) -> tuple[Tally, list[Row]]:
    """The sentences of an audit, and the rows that are not the same."""
    tally, told = Tally(), []
    for row in audit_case(case, now=NOON, find=store.find):
        tally.add(row)
        told += [row] if row.state != "same" and row.kind != "seals" else []
    return tally, told


def test_what_was_withheld_is_told_and_is_no_difference(case: Path, store: Store) -> None:
    """Good; the withheld lines as notes of their chains, the record of the kept-back item as one, and the sentence."""
    tally, told = audited(case, store)
    assert tally.is_good, told
    notes = {(row.what, row.state): row.found for row in told if row.code == "withheld"}
    withheld = {path.stem: _stubs(path) for path in chains(case).values() if _stubs(path)}
    count = sum(map(len, withheld.values()))
    assert count >= 3
    for name, numbers in withheld.items():
        assert notes[f"custody {name}", "note"].startswith(f"{len(numbers)} line")
    assert notes["record of hid", "note"].startswith("kept back by those who made this package: hidden")
    assert len(notes) == len(withheld) + 1
    still = f"{count} lines are withheld by whoever made the package; they are still under the seal."
    assert still in tally.proven()
    assert any("what they said is not here" in sentence for sentence in tally.unproven())


def _stubs(path: Path) -> list[int]:
    return [line.number for line in read_whole(path) if line.stub is not None]


def test_a_case_with_nothing_withheld_does_not_speak_of_it(tmp_path: Path, store: Store) -> None:
    """Neither in rows nor in sentences; a record like a package's that no line names is not logged."""
    root = lay_case(tmp_path / "rason", store)
    tally, told = audited(root, store)
    assert "withheld" not in " ".join([*tally.proven(), *tally.unproven(), *map(str, told)])
    add(root, store, "hid", b"x")
    custody(root).append(Event.HIDDEN, "hid", note="why")
    (root / "evidence/items/extra.toml").write_text(packed(root).items["hid"].to_toml().replace('"hid"', '"extra"'))
    assert [row.what for row in audited(root, store)[1] if row.code == "not-logged"] == ["record of extra"]


@pytest.mark.parametrize("byte", range(0, 300, 13))
def test_a_flipped_byte_of_a_stub_is_found_at_its_line(case: Path, store: Store, byte: int) -> None:
    """Wherever it is, seal or no seal."""
    at = _stubs(case / LOG)[-1]
    _change(case, lambda lines: [_flipped(line, byte) if n == at else line for n, line in enumerate(lines, 1)])
    assert f"{LOG}:{at}" in {row.where for row in audited(case, store)[1] if row.state == "different"}


def _flipped(line: bytes, at: int) -> bytes:
    at %= len(line)
    return line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]


def _change(case: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = case / LOG
    path.write_bytes(b"".join(line + b"\n" for line in change(path.read_bytes().splitlines())))


def test_a_stub_that_is_dropped_or_moved_is_found_at_its_line(case: Path, store: Store) -> None:
    """Each of them, also those beside others."""
    whole = (case / LOG).read_bytes()
    for at in _stubs(case / LOG):
        for change in (
            lambda lines, at=at: lines[: at - 1] + lines[at:],
            lambda lines, at=at: [*lines[: at - 2], lines[at - 1], lines[at - 2], *lines[at:]],
        ):
            _change(case, change)
            found = [row for row in audited(case, store)[1] if row.state == "different"]
            assert {f"{LOG}:{at}", f"{LOG}:{at - 1}"} & {row.where for row in found}
            (case / LOG).write_bytes(whole)


def test_a_stub_that_was_made_up_breaks_the_seal(case: Path, store: Store) -> None:
    """With its own check right and its number, beside another stub: only the tree over all lines shows it."""

    def made_up(line: bytes) -> bytes:
        stub = parse_stub(line)
        return line if stub is None else type(stub)(stub.chain, stub.seq, stub.sha256, "ab" * 32).line()

    _change(case, lambda lines: [made_up(line) for line in lines])
    assert {row.code for row in audited(case, store)[1] if row.state == "different"} == {"seal-root"}


def test_a_record_of_a_kept_back_item_that_was_edited_is_not_logged(case: Path, store: Store) -> None:
    """Only the very record that the package made for it goes without a line."""
    path = case / "evidence/items/hid.toml"
    path.write_text(path.read_text().replace('by = "withheld"', 'by = "mk"'))
    assert [(row.what, row.code) for row in audited(case, store)[1] if row.state == "different"] == [
        ("record of hid", "not-logged")
    ]


def test_work_goes_on_after_a_withheld_line(case: Path, store: Store) -> None:
    """Entries after a last line that is withheld, a torn one mended; a seal over all of them; good in an audit."""
    _change(case, lambda lines: lines[: _stubs(case / LOG)[-1]])
    path = case / LOG
    log = Custody(case, "mk.0a1b2c3d", "mk", CLOCK)
    before = heads(case)["mk.0a1b2c3d"]
    path.write_bytes(path.read_bytes()[:-1])
    appended = log.append(Event.ACCESSED, "page")
    assert appended.mended is not None
    assert appended.mended.kept
    first, second = list(read_chain(path))[-2:]
    assert (first.prev, first.seq, second.seq) == (before.sha256, before.entries, before.entries + 1)
    path.write_bytes(path.read_bytes() + b'{"torn')
    assert log.append(Event.ACCESSED, "page").mended is not None
    assert [leaf.line is None for leaf in leaves(case) if leaf.chain == log.who].count(True) == len(_stubs(path))
    seal(custody(case, "own"))
    report = check_seals(case, now=NOON)
    assert [one.sound for one in report.seals if one.log.startswith("own")] == [True]


def test_a_torn_stub_that_is_not_whole_is_cut_off(case: Path) -> None:
    """As an entry is."""
    _change(case, lambda lines: lines[: _stubs(case / LOG)[-1]])
    path = case / LOG
    path.write_bytes(path.read_bytes()[:-20])
    mended = Custody(case, "mk.0a1b2c3d", "mk", CLOCK).append(Event.ACCESSED, "page").mended
    assert mended is not None
    assert not mended.kept


def test_a_chain_does_not_go_on_after_a_stub_of_another(case: Path) -> None:
    """The same refusal as for an entry of another chain."""
    other = case / "evidence/custody/other.jsonl"
    other.write_bytes((case / LOG).read_bytes().splitlines(keepends=True)[_stubs(case / LOG)[-1] - 1])
    with pytest.raises(InputError) as error:
        Custody(case, "other", "mk", CLOCK).append(Event.ACCESSED, "page")
    assert error.value.code == "custody-broken"


def test_lines_that_are_there_are_numbered_as_those_withheld(case: Path) -> None:
    """One numbering for both, without gaps."""
    lines: list[Line] = list(read_whole(case / LOG))
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
