"""The check of all seals of a case, offline: signatures, trees, order, replies, files; what differs and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.chain import FOLDER as CUSTODY
from dateline.evidence.chain import Difference, chains, first_difference
from dateline.evidence.seal.certificates import Trust, joined, kept, own_trust, read_kept, sorted_out
from dateline.evidence.seal.checkpoint import Checkpoint, VerifierKey, check_note, parse_checkpoint, parse_note
from dateline.evidence.seal.coverage import Cursors, first_fault, follows, leaves, stored_lines
from dateline.evidence.seal.entered import Entered, entered, files_of, strays
from dateline.evidence.seal.keys import published, read_key
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
    logs,
    places,
    read_file,
    read_record,
)
from dateline.evidence.seal.report import Fault, Report, SealCheck, TokenCheck
from dateline.evidence.seal.timestamp import Stamp, check_reply
from dateline.evidence.seal.witness import Witnessed, of_seal
from dateline.evidence.stub import parse_stub


@dataclass(frozen=True, slots=True)
class _Texts:
    """Record (None unless it can be used), signers and bytes of a checkpoint."""

    record: Record | None
    by: tuple[VerifierKey, ...]
    unknown: int
    data: bytes


@dataclass(slots=True)
class _Desk:
    """What one check works with, and the faults that it has found so far."""

    case: Path
    now: datetime
    trust: Trust
    keys: tuple[VerifierKey, ...]
    told: dict[str, Entered]
    faults: list[Fault]

    def note(self, file: str, error: InputError) -> None:
        """Enters an error as a fault of a file."""
        self.faults.append(Fault(file, error.code, f"{error.what} {error.saw}"))


def check_seals(case: Path, *, now: datetime, own: Trust | None = None) -> Report:
    """Checks every seal of a case; opens no connection, and raises nothing for what is wrong: it is in the report.

    now: the moment from which certificates are judged. own: roots that whoever checks declares (those of the user's
    data folder unless given); the case's come second. Time grows with the number of lines and seals; memory does not
    grow with the lines.
    """
    desk = _desk(case, now, own)
    seals = [seal for log in logs(case) for seal in _check_log(desk, log)]
    known = {fault.file for fault in desk.faults}
    _check_files(desk, known)
    seals = _with_aged(desk, seals)
    covered = _covered(seals)
    counts = [_counted(path, covered.get(name, 0)) for name, path in chains(case).items()]
    unentered = [path.relative_to(case).as_posix() for log in logs(case) for path in files_of(case, log)]
    return Report(
        tuple(seals),
        tuple(desk.faults),
        tuple(dict.fromkeys(file for file in unentered if file not in desk.told)),
        sum(counted.lines for counted in counts),
        sum(covered.values()),
        sum(counted.withheld for counted in counts),
        sum(counted.withheld_sealed for counted in counts),
    )


def case_trust(case: Path) -> tuple[Trust, list[tuple[str, InputError]]]:
    """What the case itself declares, and the files of it that cannot be used."""
    found, bad = [], []
    for path in kept(case):
        try:
            found.append(read_kept(path))
        except InputError as error:
            bad.append((path.relative_to(case).as_posix(), error))
    return sorted_out(found, "case"), bad


def _desk(case: Path, now: datetime, own: Trust | None) -> _Desk:
    declared, bad = case_trust(case)
    keys = []
    for path in published(case):
        try:
            keys.append(read_key(path))
        except InputError as error:
            bad.append((path.relative_to(case).as_posix(), error))
    trust = joined(own_trust() if own is None else own, declared)
    desk = _Desk(case, now, trust, tuple(keys), entered(case), [])
    for file, fault in bad:
        desk.note(file, fault)
    return desk


def _check_log(desk: _Desk, log: str) -> Iterator[SealCheck]:
    """The seals of a log in order. After one that is missing or broken the tree of the later ones is not known."""
    tree, cursors = Frontier(), Cursors(desk.case)
    before: tuple[Record, str] | None = None
    whole, expected = True, 1
    for place in places(desk.case, log):
        if place.number != expected:
            missing = Place(desk.case, log, expected).inside
            text = f"there is a seal {place.number}, and none from {expected} to {place.number - 1}"
            desk.faults.append(Fault(missing, "seal-missing", text))
            whole = False
        expected = place.number + 1
        texts = _check_texts(desk, place, before, whole)
        whole = texts.record is not None and whole and _check_tree(desk, place, texts.record, tree, cursors)
        yield _seal_check(desk, place, texts, sound=whole and bool(texts.by))
        before = None if texts.record is None else (texts.record, sha256_bytes(texts.data))
    # A log whose last seals were dropped whole is found by the custody lines that name them: see _check_files.


def _check_texts(desk: _Desk, place: Place, before: tuple[Record, str] | None, whole: bool) -> _Texts:
    """Record and checkpoint of a seal, each by itself, against each other, and after the seal before."""
    record, data = None, b""
    try:
        record = read_record(place)
    except InputError as error:
        desk.note(f"{place.inside}/{RECORD}", error)
    try:
        data = read_file(place.folder / CHECKPOINT)
        note = parse_note(data)
        checkpoint = parse_checkpoint(note.text)
        signed = check_note(note, [key for key in desk.keys if key.name == checkpoint.origin])
    except InputError as error:
        desk.note(f"{place.inside}/{CHECKPOINT}", error)
        return _Texts(None, (), 0, data)
    if not signed.by:
        text = f"no key in {FOLDER}/keys signed it"
        desk.faults.append(Fault(f"{place.inside}/{CHECKPOINT}", "seal-unsigned", text))
    why = None if record is None else _mismatch(place, record, checkpoint)
    if record is not None and why is None and whole:
        why = _disorder(record, before)
    if why:
        desk.faults.append(Fault(f"{place.inside}/{RECORD}", "seal-order", why))
        return _Texts(None, signed.by, signed.unknown, data)
    return _Texts(record, signed.by, signed.unknown, data)


def _mismatch(place: Place, record: Record, checkpoint: Checkpoint) -> str | None:
    """Why record and checkpoint do not belong together; None when they do."""
    said = (checkpoint.origin, checkpoint.size, checkpoint.root.hex(), checkpoint.extensions)
    if said != (record.origin, record.size, record.root, (extension(read_file(place.folder / RECORD)),)):
        return "the checkpoint beside it was signed over another record"
    return None


def _disorder(record: Record, before: tuple[Record, str] | None) -> str | None:
    """Why a record does not follow the seal before; None when it does."""
    if record.before != (None if before is None else before[1]):
        return "it follows another checkpoint than the one before it"
    return follows(record, None if before is None else before[0])


def _check_tree(desk: _Desk, place: Place, record: Record, tree: Frontier, cursors: Cursors) -> bool:
    """Whether the custody lines of today have the seal's root; the first line that differs becomes a fault."""
    for leaf in leaves(cursors, record):
        tree.append(leaf)
    if tree.size == record.size and tree.root().hex() == record.root and first_fault(cursors, record) is None:
        return True
    fault = _located(desk, record) or first_fault(cursors, record)
    if fault is None:
        text = "the custody lines have another root than was sealed, and none of them can be told to be the one"
        desk.faults.append(Fault(f"{place.inside}/{CHECKPOINT}", "seal-root", text))
    else:
        text = f"expected {fault.expected}; found {fault.found} (under {place.inside})"
        desk.faults.append(Fault(f"{CUSTODY}/{fault.chain}.jsonl:{fault.line}", f"custody-{fault.code}", text))
    return False


def _located(desk: _Desk, record: Record) -> Difference | None:
    """The first difference inside a chain that the seal covers, where a chain breaks by itself."""
    paths = chains(desk.case)
    for covered in record.chain:
        difference = first_difference(paths[covered.name]) if covered.name in paths else None
        if difference is not None and difference.line <= covered.entries:
            return difference
    return None


def _seal_check(desk: _Desk, place: Place, texts: _Texts, *, sound: bool) -> SealCheck:
    tokens = tuple(_token_check(desk, path, texts.data) for path in place.tokens())
    for token in tokens:
        if token.stamp.state == "bad":
            desk.faults.append(Fault(f"{place.inside}/{token.file}", token.stamp.code, token.stamp.text))
    by = tuple(key.fingerprint() for key in texts.by)
    witness = _witness_check(desk, place, texts.data)
    return SealCheck(place.log, place.number, texts.record, by, texts.unknown, tokens, witness, sound)


def _token_check(desk: _Desk, path: Path, data: bytes) -> TokenCheck:
    try:
        stamp = check_reply(read_file(path), data, desk.trust, now=desk.now)
    except InputError as error:
        stamp = Stamp("bad", "token-unreadable", error.saw)
    return TokenCheck(path.name, stamp, stamp.state == "good")


def _witness_check(desk: _Desk, place: Place, data: bytes) -> Witnessed | None:
    if not any(place.folder.glob("*.ots")):
        return None
    try:
        found = of_seal(place, data)
    except InputError as error:
        found = Witnessed("bad", "witness-unreadable", error.saw)
    if found.state == "bad":
        file = WITNESS if found.height is None else f"block-{found.height}.header"
        desk.faults.append(Fault(f"{place.inside}/{file}", found.code, found.text))
    return found


def _check_files(desk: _Desk, known: set[str]) -> None:
    """Every file that a custody line names is there and is the same; nothing else lies among them."""
    for file, told in desk.told.items():
        where = f"{CUSTODY}/{told.chain}.jsonl:{told.seq + 1}"
        try:
            found = sha256_bytes(read_file(desk.case / file))
        except InputError as error:
            desk.faults.append(Fault(file, "seal-missing", f"{where} names it; {error.saw}"))
            continue
        if found != told.sha256 and file not in known:
            text = f"its SHA-256 is {found[:16]}…; {where} names it with {told.sha256[:16]}…"
            desk.faults.append(Fault(file, "seal-changed", text))
    for path in strays(desk.case):
        desk.faults.append(Fault(path.relative_to(desk.case).as_posix(), "seal-stray", "it is no file of a seal"))


def _with_aged(desk: _Desk, seals: list[SealCheck]) -> list[SealCheck]:
    """Counts an aged reply where a later sound seal with a good one covers the line that names it."""
    return [replace(seal, tokens=tuple(_renewed(desk, seal, token, seals) for token in seal.tokens)) for seal in seals]


def _renewed(desk: _Desk, seal: SealCheck, token: TokenCheck, seals: list[SealCheck]) -> TokenCheck:
    told = desk.told.get(f"{LOGS}/{seal.log}/{seal.number:06}/{token.file}")
    if token.stamp.state != "aged" or told is None:
        return token
    living = [each for each in seals if each.sound and any(other.stamp.state == "good" for other in each.tokens)]
    covers = any(each.record is not None and each.record.entries().get(told.chain, 0) > told.seq for each in living)
    return replace(token, counts=covers)


@dataclass(slots=True)
class _Counted:
    """How many lines a chain has, how many of them are withheld, and how many of these are under a sound seal."""

    lines: int = 0
    withheld: int = 0
    withheld_sealed: int = 0


def _counted(path: Path, covered: int) -> _Counted:
    found = _Counted()
    for stored in stored_lines(path):
        found.lines += 1
        if parse_stub(stored) is not None:
            found.withheld += 1
            found.withheld_sealed += found.lines <= covered
    return found


def _covered(seals: list[SealCheck]) -> dict[str, int]:
    """How many lines of each chain are under a sound seal of any log."""
    most: dict[str, int] = {}
    for seal in seals:
        if seal.sound and seal.record is not None:
            for name, entries in seal.record.entries().items():
                most[name] = max(most.get(name, 0), entries)
    return most
