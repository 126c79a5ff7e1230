"""Seals of a case: made whole or not at all, checked offline, every fault located, nothing claimed too much."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from local_authority import LocalAuthority

from dateline.core import FixedClock, InputError
from dateline.evidence.chain import Event, first_difference
from dateline.evidence.custody import Custody
from dateline.evidence.door.client import Door
from dateline.evidence.seal import make
from dateline.evidence.seal.authority import Answered, Authority
from dateline.evidence.seal.certificates import Trust, sorted_out
from dateline.evidence.seal.check import check_seals
from dateline.evidence.seal.checkpoint import parse_checkpoint, parse_note
from dateline.evidence.seal.coverage import stored_lines
from dateline.evidence.seal.make import Sealed, seal, stamp, trust_certificates
from dateline.evidence.seal.merkle import is_consistent, leaf_hash, root
from dateline.evidence.seal.proof import Proof, check_proof, prove
from dateline.evidence.seal.record import CHECKPOINT, FOLDER, read_record
from dateline.evidence.seal.report import Report
from dateline.evidence.seal.timestamp import check_reply
from dateline.evidence.stub import Stub

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)
FIRST_URL, SECOND_URL = "https://one.example/tsr", "https://two.example/tsr"


@pytest.fixture
def mk(case: Path) -> Custody:
    return Custody(case, "mk.a1b2c3d4", "mk", FixedClock(NOON), "dateline 0.1.0")


@pytest.fixture
def olena(case: Path) -> Custody:
    return Custody(case, "olena.ffff0000", "Олена", FixedClock(NOON))


@pytest.fixture(scope="module")
def authorities() -> tuple[LocalAuthority, LocalAuthority]:
    return LocalAuthority("One", at=NOON), LocalAuthority("Two", at=NOON + timedelta(seconds=3))


@contextmanager
def answering(monkeypatch: pytest.MonkeyPatch, *known: LocalAuthority, down: str | None = None) -> Iterator[None]:
    """Authorities that answer without a connection."""

    def ask(authority: Authority, data: bytes, _door: object, trust: Trust, *, now: datetime) -> Answered:
        if down is not None and down in authority.url:
            return Answered(authority, None, None, "http-status: The server refused.")
        local = known[0] if authority.url == FIRST_URL else known[1]
        import hashlib

        raw = local.token(hashlib.sha256(data).digest(), 7)
        return Answered(authority, raw, check_reply(raw, data, trust, now=now, nonce=7))

    with monkeypatch.context() as patch:
        patch.setattr(make, "ask", ask)
        yield


def filled(custody: Custody, count: int, *, start: int = 0) -> None:
    for number in range(start, start + count):
        custody.append(Event.COLLECTED, f"E-{number:04}", sha256=f"{number:064x}", meta_sha256=f"{number + 1:064x}")


def made(custody: Custody) -> Sealed:
    done = seal(custody)
    assert done is not None
    return done


def stamped(monkeypatch: pytest.MonkeyPatch, custody: Custody, known: tuple[LocalAuthority, ...]) -> Sealed:
    """A seal with the replies of two authorities whose roots the case declares."""
    trust_certificates(custody, [each.root for each in known])
    done = made(custody)
    asked = (Authority(FIRST_URL, "one.example"), Authority(SECOND_URL, "two.example"))
    with answering(monkeypatch, *known):
        answers = list(stamp(custody, done.place, asked, Door(), Trust()))
    assert all(answer.raw is not None for answer in answers)
    return done


def checked(case: Path, *, now: datetime = NOON, own: Trust | None = None) -> Report:
    return check_seals(case, now=now, own=Trust() if own is None else own)


def test_a_seal_covers_every_line_of_every_chain_and_later_ones_only_add(mk: Custody, olena: Custody) -> None:
    """Leaves are the stored lines in seal order: chains by name, then what came since; each tree extends the last."""
    filled(mk, 3)
    filled(olena, 2)
    first = made(mk)
    filled(olena, 2, start=2)
    filled(mk, 2, start=3)
    second = made(mk)
    lines = {each.who: list(stored_lines(each.path)) for each in (mk, olena)}
    one, two = first.record.entries(), second.record.entries()
    order = [line for who in sorted(lines) for line in lines[who][: one[who]]]
    assert parse_checkpoint(parse_note((first.place.folder / CHECKPOINT).read_bytes()).text).root == root(
        map(leaf_hash, order)
    )
    order += [line for who in sorted(lines) for line in lines[who][one[who] : two[who]]]
    assert bytes.fromhex(second.record.root) == root(map(leaf_hash, order))
    hashes = [leaf_hash(line) for line in order]
    from dateline.evidence.seal.merkle import consistency_proof

    sizes = first.record.size, second.record.size
    assert is_consistent(
        old=sizes[0],
        old_root=bytes.fromhex(first.record.root),
        new=sizes[1],
        new_root=bytes.fromhex(second.record.root),
        proof=consistency_proof(*sizes, hashes),
    )
    assert read_record(second.place) == second.record


def test_two_people_seal_the_same_chains_without_getting_in_each_others_way(mk: Custody, olena: Custody) -> None:
    """Each has a log of their own; both check, and what one seals the other seals too."""
    filled(mk, 3)
    filled(olena, 3)
    made(mk)
    made(olena)
    filled(mk, 1, start=3)
    made(mk)
    report = checked(mk.case)
    assert report.ok, report.faults
    assert [(each.log, each.number, each.sound) for each in report.seals] == [
        (mk.who, 1, True),
        (mk.who, 2, True),
        (olena.who, 1, True),
    ]


def test_words_say_what_is_proven_and_no_more(
    mk: Custody, monkeypatch: pytest.MonkeyPatch, authorities: tuple[LocalAuthority, LocalAuthority]
) -> None:
    """With two authorities, with none, with lines after the seal; never that anything is authentic."""
    filled(mk, 3)
    made(mk)
    alone = checked(mk.case)
    assert "only the word of who sealed" in alone.proven()[0]
    assert any("stands no authority" in text for text in alone.not_proven())
    filled(mk, 1, start=3)
    stamped(monkeypatch, mk, authorities)
    filled(mk, 5, start=4)
    report = checked(mk.case)
    assert report.ok, report.faults
    [text] = report.proven()
    assert "existed at or before 2024-03-02T12:00:04.000Z, say two authorities (CN=One signer; CN=Two signer)" in text
    assert "roots that only the case declares" in text
    assert "have not changed since" in text
    after = report.lines - report.sealed
    assert any(f"Nothing is proven of {after} lines" in said for said in report.not_proven())
    assert "authentic" not in json.dumps(report.to_json())
    mine = sorted_out([each.root for each in authorities], "user")
    assert "only the case declares" not in checked(mk.case, own=mine).proven()[0]


def test_a_silent_authority_is_named_and_can_be_asked_again(
    mk: Custody, monkeypatch: pytest.MonkeyPatch, authorities: tuple[LocalAuthority, LocalAuthority]
) -> None:
    """The seal stands; one reply is missing and said; asked again, only that one is asked."""
    filled(mk, 2)
    trust_certificates(mk, [each.root for each in authorities])
    done = made(mk)
    asked = (Authority(FIRST_URL, "one.example"), Authority(SECOND_URL, "two.example"))
    with answering(monkeypatch, *authorities, down="one.example"):
        answers = list(stamp(mk, done.place, asked, Door(), Trust()))
    assert [answer.error for answer in answers] == ["http-status: The server refused.", None]
    report = checked(mk.case)
    assert report.ok
    assert any("one authority only" in said for said in report.not_proven())
    with answering(monkeypatch, *authorities):
        answers = list(stamp(mk, done.place, asked, Door(), Trust()))
    assert [answer.authority.name for answer in answers] == ["one.example"]
    assert "say two authorities" in checked(mk.case).proven()[0]


def test_a_root_of_the_users_own_that_a_reply_leads_to_goes_into_the_case(
    mk: Custody, monkeypatch: pytest.MonkeyPatch, authorities: tuple[LocalAuthority, LocalAuthority]
) -> None:
    """So that whoever gets the case can check it; one whose root nobody declares is kept and said."""
    filled(mk, 2)
    done = made(mk)
    asked = (Authority(FIRST_URL, "one.example"), Authority(SECOND_URL, "two.example"))
    with answering(monkeypatch, *authorities):
        list(stamp(mk, done.place, asked, Door(), sorted_out([authorities[0].root], "user")))
    report = checked(mk.case)
    assert report.ok
    assert [token.stamp.code for token in report.seals[0].tokens] == ["token-good", "token-root"]
    assert any("two.example.tsr does not count: token-root" in said for said in report.not_proven())


def test_an_aged_reply_counts_under_a_later_living_one(mk: Custody, monkeypatch: pytest.MonkeyPatch) -> None:
    """When an authority's certificates have ended, a later seal carries its reply on."""
    old = LocalAuthority("Old", at=NOON, middle_until=NOON + timedelta(days=100))
    new = LocalAuthority("New", at=NOON + timedelta(days=50))
    late = NOON + timedelta(days=1000)
    filled(mk, 2)
    stamped(monkeypatch, mk, (old, old))
    assert not any(token.counts for token in checked(mk.case, now=late).seals[0].tokens)
    filled(mk, 2, start=2)
    stamped(monkeypatch, mk, (new, new))
    report = checked(mk.case, now=late)
    assert report.ok, report.faults
    assert all(token.counts and token.stamp.state == "aged" for token in report.seals[0].tokens)


def test_many_seals_with_doubts_are_counted_and_not_told_one_by_one(mk: Custody) -> None:
    """The newest in words, the others by number; all of them in the JSON."""
    for number in range(6):
        filled(mk, 1, start=number)
        made(mk)
    report = checked(mk.case)
    assert len(report.not_proven()) < 6
    assert any("doubts about 5 earlier seals" in text for text in report.not_proven())
    assert len(report.to_json()["seals"]) == 6


def test_nothing_new_makes_no_seal_and_no_line_no_case(mk: Custody) -> None:
    """A seal's own entries are no news; a case without lines is refused."""
    with pytest.raises(InputError) as caught:
        seal(mk)
    assert caught.value.code == "seal-empty"
    filled(mk, 1)
    made(mk)
    assert seal(mk) is None
    filled(mk, 1, start=1)
    assert made(mk).record.number == 2


def test_nothing_is_sealed_on_top_of_what_was_changed(mk: Custody) -> None:
    """A rewritten line under the last seal, and a line that does not follow: refused, with the line."""
    filled(mk, 5)
    made(mk)
    filled(mk, 2, start=5)
    good = mk.path.read_bytes()
    mk.path.write_bytes(good.replace(b"E-0001", b"E-0009"))
    with pytest.raises(InputError) as caught:
        seal(mk)
    assert caught.value.code == "seal-broken"
    last = good.splitlines(keepends=True)
    mk.path.write_bytes(b"".join([*last[:-2], last[-1]]))
    with pytest.raises(InputError) as caught:
        seal(mk)
    assert caught.value.code == "custody-broken"


def test_no_seal_takes_the_number_of_one_that_is_gone(mk: Custody, tmp_path: Path) -> None:
    """The custody log names it: it must come back first."""
    filled(mk, 2)
    made(mk)
    filled(mk, 2, start=2)
    last = made(mk).place
    shutil.move(last.folder, tmp_path / "away")
    filled(mk, 1, start=4)
    with pytest.raises(InputError, match="000002/checkpoint") as caught:
        seal(mk)
    assert caught.value.code == "seal-broken"
    shutil.move(tmp_path / "away", last.folder)
    assert made(mk).record.number == 3


def test_a_lost_private_key_is_replaced_and_said(mk: Custody, user: Path) -> None:
    """Old seals stay good by the old key; that there are two keys is said to whoever checks."""
    filled(mk, 1)
    made(mk)
    shutil.rmtree(user / "data" / "dateline" / "seal-keys")
    filled(mk, 1, start=1)
    made(mk)
    report = checked(mk.case)
    assert report.ok, report.faults
    assert any("signed with 2 keys" in text for text in report.not_proven())


def test_a_chain_rewritten_from_the_start_with_all_its_hashes_is_found(mk: Custody, olena: Custody) -> None:
    """Who rewrites a whole chain so that it fits again is caught by the seal, at the first line that tells."""
    filled(mk, 4)
    filled(olena, 3)
    made(olena)
    mk.path.unlink()
    filled(mk, 3)
    filled(mk, 1, start=9)
    report = checked(mk.case)
    [fault] = report.faults
    assert (fault.file, fault.code) == (f"evidence/custody/{mk.who}.jsonl:4", "custody-changed")
    assert report.proven() == ()
    mk.path.unlink()
    [fault] = checked(mk.case).faults
    assert (fault.file, fault.code) == (f"evidence/custody/{mk.who}.jsonl:1", "custody-missing")


@pytest.fixture
def sealed_case(
    mk: Custody, olena: Custody, monkeypatch: pytest.MonkeyPatch, authorities: tuple[LocalAuthority, LocalAuthority]
) -> Path:
    """Two logs, three seals with two replies each, lines after them."""
    filled(mk, 6)
    filled(olena, 4)
    stamped(monkeypatch, mk, authorities)
    filled(olena, 3, start=4)
    stamped(monkeypatch, olena, authorities)
    filled(mk, 3, start=6)
    stamped(monkeypatch, mk, authorities)
    filled(mk, 2, start=9)
    assert checked(mk.case).ok
    return mk.case


@pytest.mark.parametrize("flips", [100, pytest.param(2000, marks=pytest.mark.slow)])
def test_any_flipped_byte_of_any_file_of_seals_is_found_in_that_file(sealed_case: Path, flips: int) -> None:
    """Records, checkpoints, replies, keys, roots: random flips, each found and located; 0 false alarms."""
    random = Random(flips)
    files = [path for path in sorted((sealed_case / FOLDER).rglob("*")) if path.is_file()]
    for _ in range(flips):
        path = random.choice(files)
        good = path.read_bytes()
        at = random.randrange(len(good))
        path.write_bytes(good[:at] + bytes([good[at] ^ 1 << random.randrange(8)]) + good[at + 1 :])
        report = checked(sealed_case)
        inside = path.relative_to(sealed_case).as_posix()
        assert any(fault.file == inside for fault in report.faults), (inside, at, report.faults)
        path.write_bytes(good)
    assert checked(sealed_case).ok


def test_any_dropped_cut_swapped_or_added_file_of_seals_is_found(sealed_case: Path) -> None:
    """Every file dropped, cut short, or put in the place of another of its kind; strangers among them."""
    files = [path for path in sorted((sealed_case / FOLDER).rglob("*")) if path.is_file()]
    for path in files:
        good = path.read_bytes()
        inside = path.relative_to(sealed_case).as_posix()
        others = [other for other in files if other.suffix == path.suffix and other.read_bytes() != good]
        for bad in (None, b"", good[: len(good) // 2], good + b"\n", *(other.read_bytes() for other in others[:2])):
            path.unlink() if bad is None else path.write_bytes(bad)
            assert any(fault.file == inside for fault in checked(sealed_case).faults), (inside, bad)
            path.write_bytes(good)
    stray = files[0].parent / "notes.txt"
    stray.write_text("hello")
    assert [fault.code for fault in checked(sealed_case).faults] == ["seal-stray"]


def test_whole_seals_dropped_from_the_middle_or_the_end_are_found(sealed_case: Path, tmp_path: Path) -> None:
    """A gap in the numbers, and the custody lines that name what is gone."""
    logs = sealed_case / FOLDER / "logs"
    for folder in ("mk.a1b2c3d4/000001", "mk.a1b2c3d4/000002", "olena.ffff0000"):
        shutil.move(logs / folder, tmp_path / "away")
        report = checked(sealed_case)
        assert any(fault.code == "seal-missing" and folder in fault.file for fault in report.faults), folder
        shutil.move(tmp_path / "away", logs / folder)
    assert checked(sealed_case).ok


@pytest.mark.parametrize("faults", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_any_fault_in_a_sealed_line_is_found_at_its_line(sealed_case: Path, faults: int) -> None:
    """Flip, drop, insert, double, swap, cut off: seeded faults under seals, also in the last line of one."""
    random = Random(faults)
    report = checked(sealed_case)
    covered = {each.log: each.record.entries() for each in report.seals if each.record is not None}
    most = {who: max(entries.get(who, 0) for entries in covered.values()) for who in covered}
    for _ in range(faults):
        who = random.choice(sorted(most))
        path = sealed_case / f"evidence/custody/{who}.jsonl"
        good = path.read_bytes()
        lines = good.splitlines(keepends=True)
        line = random.randrange(most[who])
        kind = random.choice(["flip", "drop", "insert", "double", "swap", "cut"])
        some = lines.copy()
        if kind == "flip":
            at = random.randrange(len(lines[line]))
            some[line] = lines[line][:at] + bytes([lines[line][at] ^ 1]) + lines[line][at + 1 :]
        elif kind == "drop":
            del some[line]
        elif kind == "insert":
            some.insert(line, b"{}\n")
        elif kind == "double":
            some.insert(line, some[line])
        elif kind == "swap":
            some[line : line + 2] = some[line : line + 2][::-1]
        else:
            some = some[:line]
        if some == lines:  # the last line has no other to change places with
            continue
        path.write_bytes(b"".join(some))
        named = [fault for fault in checked(sealed_case).faults if fault.file.startswith(f"evidence/custody/{who}")]
        difference = first_difference(path)  # what comes after the last sealed line is the chain's own to find
        at = int(named[0].file.rpartition(":")[2]) if named else 0 if difference is None else difference.line
        assert line <= at <= line + 2, (kind, line, named, difference)
        path.write_bytes(good)


def test_a_copy_elsewhere_checks_too(sealed_case: Path, tmp_path: Path) -> None:
    """Nothing depends on where the folder lies, nor on the user's own keys and roots."""
    shutil.copytree(sealed_case, tmp_path / "elsewhere" / "copy")
    shutil.rmtree(tmp_path / "home")
    report = checked(tmp_path / "elsewhere" / "copy")
    assert report.ok, report.faults
    assert len(report.proven()) == 2


def test_a_package_may_give_only_the_hashes_of_a_line(sealed_case: Path) -> None:
    """The tree is made of leaf hashes: a withheld line is as good as one that is here."""
    for path in (sealed_case / "evidence/custody").glob("*.jsonl"):
        stubs = [Stub.of(line, chain=path.stem, seq=seq) for seq, line in enumerate(stored_lines(path))]
        path.write_bytes(b"".join(stub.line() + b"\n" for stub in stubs))
    report = checked(sealed_case)
    assert [fault for fault in report.faults if "custody" in fault.file] == []
    assert all(each.sound for each in report.seals)
    assert report.withheld == report.lines
    assert report.proven()[-1].endswith("are withheld by whoever made the package; they are still under the seal.")


def test_what_a_killed_run_left_is_swept_and_entered_by_the_next(mk: Custody, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a folder is never a seal; a whole one without its entry is entered later; the check is calm about both."""
    filled(mk, 3)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            seal(mk)
    left = mk.case / FOLDER / "logs" / mk.who
    assert [path.suffix for path in left.iterdir()] == [".part"]
    assert checked(mk.case).seals == ()
    assert checked(mk.case).ok
    with monkeypatch.context() as patch:
        real, calls = make.enter, []

        def enter(custody: Custody) -> tuple[str, ...]:
            calls.append(custody)
            if any((mk.case / FOLDER / "logs" / mk.who).glob("[0-9]*")):
                raise KeyboardInterrupt
            return real(custody)

        patch.setattr(make, "enter", enter)
        with pytest.raises(KeyboardInterrupt):
            seal(mk)
    report = checked(mk.case)
    assert report.ok
    assert report.unentered == (f"{FOLDER}/logs/{mk.who}/000001/checkpoint",)
    assert seal(mk) is None
    assert checked(mk.case).unentered == ()
    assert [path.name for path in left.iterdir()] == ["000001"]


def test_one_item_can_be_proven_alone(
    mk: Custody, monkeypatch: pytest.MonkeyPatch, authorities: tuple[LocalAuthority, LocalAuthority]
) -> None:
    """The proof travels as JSON and needs nothing else; another line, another checkpoint or a step less fails."""
    filled(mk, 9)
    stamped(monkeypatch, mk, authorities)
    filled(mk, 3, start=9)
    stamped(monkeypatch, mk, authorities)
    for item in ("E-0000", "E-0007", "E-0010"):
        proof = Proof.of(json.loads(json.dumps(prove(mk.case, item).to_json())))
        proven = check_proof(proof, now=NOON)
        assert json.loads(proven.line)["subject"] == item
        assert [each.state for each in proven.tokens.values()] == ["good", "good"]
        assert "say two authorities (CN=One signer; CN=Two signer)" in proven.text()
        for bad in (
            {"line": proof.line.replace(item, "E-0099")},
            {"index": proof.index + 1},
            {"path": proof.path[:-1]},
            {"size": proof.size + 1},
            {"keys": ()},
        ):
            with pytest.raises(InputError) as caught:
                check_proof(proof.model_copy(update=bad), now=NOON)
            assert caught.value.code == "proof"
    with pytest.raises(InputError) as caught:
        prove(mk.case, "E-0400")
    assert caught.value.code == "proof-none"
    with pytest.raises(InputError):
        Proof.of({"schema": 1})


def test_the_proof_of_an_item_is_of_the_earliest_line_that_still_says_what_the_newest_says(mk: Custody) -> None:
    """Accessed later: the first line. Corrected: the corrected one."""
    filled(mk, 2)
    made(mk)
    mk.append(Event.ACCESSED, "E-0000", sha256=f"{0:064x}", meta_sha256=f"{1:064x}")
    mk.append(Event.CORRECTED, "E-0001", sha256=f"{1:064x}", meta_sha256="f" * 64, note="place")
    made(mk)
    assert json.loads(prove(mk.case, "E-0000").line)["event"] == "collected"
    assert json.loads(prove(mk.case, "E-0001").line)["event"] == "corrected"


def test_links_out_of_the_case_are_not_followed(mk: Custody, tmp_path: Path) -> None:
    """Seals are never written somewhere else."""
    filled(mk, 1)
    (tmp_path / "outside").mkdir()
    (mk.case / "evidence" / "seals").symlink_to(tmp_path / "outside")
    with pytest.raises(InputError) as caught:
        seal(mk)
    assert caught.value.code == "link-out"


def test_a_seal_with_another_persons_clock_is_still_theirs(mk: Custody) -> None:
    """A clock that goes backwards harms no seal: order is in the tree, not in the times."""
    filled(mk, 1)
    made(mk)
    earlier = replace(mk, clock=FixedClock(NOON - timedelta(days=300)))
    filled(earlier, 1, start=1)
    assert made(earlier).record.at < "2024"
    assert checked(mk.case).ok
