"""Making seals: the tree grown, the checkpoint signed, a whole seal in one rename; tokens beside it as they come.

Whatever moment the program dies at, there is no seal or a whole one. What it had no time to enter in the custody log
is entered by the next run.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.atomic import sync_folder, write_atomic
from dateline.evidence.chain import Event, chains, spelled
from dateline.evidence.custody import Custody
from dateline.evidence.door.client import Door
from dateline.evidence.lock import exclusive
from dateline.evidence.names import check_inside
from dateline.evidence.seal import witness
from dateline.evidence.seal.authority import Answered, Authority, ask
from dateline.evidence.seal.certificates import Certificate, Trust, authority_chain, keep
from dateline.evidence.seal.checkpoint import Checkpoint
from dateline.evidence.seal.coverage import Cursors, covered_now, first_fault, follows, leaves, stored_lines
from dateline.evidence.seal.entered import Entered, entered, files_of
from dateline.evidence.seal.keys import publish, signer
from dateline.evidence.seal.merkle import Frontier
from dateline.evidence.seal.record import (
    CHECKPOINT,
    FOLDER,
    LOGS,
    RECORD,
    WITNESS,
    Place,
    Record,
    extension,
    places,
    read_file,
    read_record,
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal that was made: where it lies, its record, how many lines are new under it, and its key's fingerprint."""

    place: Place
    record: Record
    lines: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Log:
    """A log as it stands: its last seal (None before the first), and the tree rebuilt from the custody lines."""

    last: tuple[Place, Record] | None
    tree: Frontier


def seal(custody: Custody, *, keys: Path | None = None) -> Sealed | None:
    """Seals all lines that came since this person's last seal on this machine; None when there is nothing new.

    Opens no connection. `keys` is the folder of private keys, unless it is the user's own. Raises InputError:
    "seal-broken" when the last seal is gone or lines under it are not what was sealed, "custody-broken" at a line that
    does not fit, "seal-empty" for a case without a custody log.
    """
    check_inside(custody.case / FOLDER, custody.case)
    with exclusive(_lock_of(custody)):
        _sweep(custody)
        enter(custody)
        log = _grown(custody.case, custody.who)
        _check_last(custody, log)
        if not _has_news(custody.case, log.last):
            if log.last is None:
                raise _empty(custody.case)
            return None
        return _next(custody, log, keys)


def trust_certificates(custody: Custody, certificates: Iterable[Certificate]) -> tuple[Path, ...]:
    """Keeps certificates in the case, where everybody who checks it finds them, and enters them in the custody log."""
    check_inside(custody.case / FOLDER, custody.case)
    with exclusive(_lock_of(custody)):
        found = tuple(keep(custody.case, each) for each in certificates)
        enter(custody)
    return found


def stamp(
    custody: Custody, place: Place, authorities: Iterable[Authority], door: Door, trust: Trust
) -> Iterator[Answered]:
    """Asks authorities that have not answered for this seal yet, in order, and keeps their replies as they came.

    A failure of one is in its answer, and stops nothing. Roots from outside the case that a reply leads to are
    kept in the case.
    """
    data = read_file(place.folder / CHECKPOINT)
    for authority in authorities:
        path = place.folder / f"{authority.name}.tsr"
        if path.exists():
            continue
        answered = ask(authority, data, door, trust, now=custody.clock.now())
        if answered.raw is not None:
            with exclusive(_lock_of(custody)):
                _write_new(path, answered.raw)
                for each in authority_chain(None if answered.stamp is None else answered.stamp.root, trust):
                    keep(custody.case, each)
                enter(custody)
        yield answered


def bear_witness(custody: Custody, place: Place, door: Door) -> witness.Witnessed:
    """Stamps a seal's checkpoint with OpenTimestamps, or looks whether an old stamp is committed by now.

    Nothing is replaced: the committed stamp and the block's header lie beside the pending one. Raises InputError:
    "witness-missing", "witness-silent", "witness-header", and the door's.
    """
    data = read_file(place.folder / CHECKPOINT)
    path = place.folder / WITNESS
    new = _committed(place, door) if path.exists() else {path: witness.stamp(data, door)}
    with exclusive(_lock_of(custody)):
        for file, raw in new.items():
            _write_new(file, raw)
        enter(custody)
    return witness.of_seal(place, data)


def enter(custody: Custody) -> tuple[str, ...]:
    """Enters files of this log, and keys and certificates, that no custody line names yet. Gives their paths.

    A file that a line names with another hash is left alone: that is a finding of the check, not ours to mend.
    """
    known: dict[str, Entered] = entered(custody.case)
    new = []
    for path in files_of(custody.case, custody.who):
        subject = path.relative_to(custody.case).as_posix()
        if subject not in known:
            custody.append(Event.SEALED, subject, sha256=sha256_bytes(read_file(path)))
            new.append(subject)
    return tuple(new)


def _committed(place: Place, door: Door) -> dict[Path, bytes]:
    """The committed stamp and the header of its block, where there is one by now."""
    if any(place.folder.glob("block-*.header")):
        return {}
    new = witness.upgrade(read_file(place.folder / WITNESS), door)
    return {
        file: raw
        for height in witness.heights(new)[:1]
        for file, raw in (
            (place.folder / f"checkpoint.{height}.ots", new),
            (place.folder / f"block-{height}.header", witness.fetch_header(height, door)),
        )
    }


def _write_new(path: Path, data: bytes) -> None:
    """Files of seals are never replaced: another run may have been quicker."""
    if not path.exists():
        write_atomic(path, data)


def _check_last(custody: Custody, log: _Log) -> None:
    """The next number is free: no custody line names a seal that is gone."""
    number = 1 if log.last is None else log.last[1].number + 1
    gone = f"{Place(custody.case, custody.who, number).inside}/{CHECKPOINT}"
    if gone in entered(custody.case):
        raise _broken(f"the custody log names {gone}, and it is not there")


def _next(custody: Custody, log: _Log, keys: Path | None) -> Sealed:
    before = None if log.last is None else log.last[1]
    number = 1 if before is None else before.number + 1
    origin = f"dateline/{custody.who}/{secrets.token_hex(8)}" if before is None else before.origin
    key = signer(custody.who, origin, folder=keys)
    if publish(custody.case, key.key) is not None:
        enter(custody)
    old_size = log.tree.size
    chain = covered_now(custody.case, before, log.tree.append)
    record = Record(
        origin=origin,
        number=number,
        at=spelled(custody.clock.now()),
        by=custody.actor,
        tool=custody.tool,
        before=None if log.last is None else sha256_bytes(read_file(log.last[0].folder / CHECKPOINT)),
        size=log.tree.size,
        root=log.tree.root().hex(),
        chain=chain,
    )
    data = record.data()
    note = key.sign(Checkpoint(origin, record.size, log.tree.root(), (extension(data),)))
    place = Place(custody.case, custody.who, number)
    _write(place, data, note.data())
    enter(custody)
    return Sealed(place, record, record.size - old_size, key.key.fingerprint())


def _write(place: Place, record: bytes, checkpoint: bytes) -> None:
    """The whole folder of a seal appears at once."""
    part = place.folder.parent / f".{secrets.token_hex(8)}.part"
    write_atomic(part / RECORD, record)
    write_atomic(part / CHECKPOINT, checkpoint)
    part.rename(place.folder)
    sync_folder(place.folder.parent)


def _sweep(custody: Custody) -> None:
    """What a killed run left half made; nobody else writes here while we have the lock."""
    folder = custody.case / LOGS / custody.who
    for left in folder.glob(".*.part"):
        shutil.rmtree(left)
    for left in folder.glob("[0-9]*/.*.part"):
        left.unlink()


def _grown(case: Path, who: str) -> _Log:
    """The log with its tree rebuilt from the custody lines. Raises InputError ("seal-broken")."""
    tree, cursors, last = Frontier(), Cursors(case), None
    for place in places(case, who):
        record = read_record(place)
        why = follows(record, None if last is None else last[1])
        if why:
            raise _broken(f"{place.inside}: {why}")
        for leaf in leaves(cursors, record):
            tree.append(leaf)
        fault = first_fault(cursors, record)
        if fault or tree.root().hex() != record.root:
            raise _broken(str(fault or f"{place.inside}: a line under it was changed"))
        last = (place, record)
    return _Log(last, tree)


def _has_news(case: Path, last: tuple[Place, Record] | None) -> bool:
    """Whether there is a line that no seal covers and that says more than that a seal was made."""
    done = {} if last is None else last[1].entries()
    told = f'"event":"{Event.SEALED.value}"'.encode()
    for name, path in chains(case).items():
        for number, stored in enumerate(stored_lines(path)):
            if number >= done.get(name, 0) and told not in stored:
                return True
    return False


def _lock_of(custody: Custody) -> Path:
    """Outside the case, so that no lock is ever committed."""
    name = hashlib.sha256(bytes((custody.case / LOGS / custody.who).resolve())).hexdigest()[:32]
    return platformdirs.user_data_path("dateline") / "locks" / f"{name}.lock"


def _empty(case: Path) -> InputError:
    return InputError(
        "There is nothing to seal.",
        saw=f"no line in the custody log of {case.name}",
        do="Archive something first: `dateline archive`.",
        code="seal-empty",
    )


def _broken(saw: str) -> InputError:
    return InputError(
        "The custody log is not what was sealed; nothing new is sealed on top of it.",
        saw=saw,
        do="Run `dateline audit`, take the files from git's history or a colleague's copy, and find out what changed.",
        code="seal-broken",
    )
