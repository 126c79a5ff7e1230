"""The second witness: pending is no proof, a block's header is checked by its own work, nothing is asked unasked."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from dateline.core import FixedClock, InputError
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.seal import witness
from dateline.evidence.seal.certificates import Trust
from dateline.evidence.seal.check import check_seals
from dateline.evidence.seal.make import bear_witness, seal
from dateline.evidence.seal.record import CHECKPOINT

core = pytest.importorskip("opentimestamps.core.timestamp")

DATA = b"a checkpoint\n"
NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)
EASY = 1 << 248
"""A target that a test can reach."""

GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3"
    "888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)
"""The header of block 0 of the Bitcoin chain."""


def mined(root: bytes, when: datetime = NOON) -> bytes:
    """A header with this Merkle root and an easy proof of work."""
    bits = 0x207FFFFF - 0x01000000  # far easier than any block
    for nonce in range(1 << 20):
        header = struct.pack("<I32s32sIII", 1, b"\0" * 32, root, int(when.timestamp()), bits, nonce)
        target = 0x7FFFFF << 8 * ((bits >> 24) - 3)
        if int.from_bytes(hashlib.sha256(hashlib.sha256(header).digest()).digest(), "little") <= target:
            return header
    raise AssertionError("no luck")


class Net:
    """A door with calendars and an explorer behind it; counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.seen: bytes = b""
        self.committed = False
        self.header = b""

    def ask(self, request, **_):
        self.asked.append(request.url)
        if request.url.endswith("/digest"):
            if "silent" in request.url:
                raise InputError("The server cannot be reached.", saw="", do="")
            self.seen = request.body
            return SimpleNamespace(body=self._answer(pending=True))
        if "/timestamp/" in request.url:
            if not self.committed:
                raise InputError("The server refused.", saw="404", do="")
            return SimpleNamespace(body=self._answer(pending=False))
        if "/block-height/" in request.url:
            return SimpleNamespace(body=b"00" * 32)
        return SimpleNamespace(body=self.header.hex().encode())

    def _answer(self, *, pending: bool) -> bytes:
        from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
        from opentimestamps.core.serialize import BytesSerializationContext

        stamp = core.Timestamp(self.seen)
        stamp.attestations.add(PendingAttestation(witness.KNOWN[0]) if pending else BitcoinBlockHeaderAttestation(800))
        if not pending:
            self.header = mined(self.seen)
        context = BytesSerializationContext()
        stamp.serialize(context)
        return context.getbytes()


def test_a_fresh_stamp_is_pending_and_that_is_no_proof() -> None:
    """The calendars see a hash of the hash and a random number, never the hash itself."""
    net = Net()
    raw = witness.stamp(DATA, net, calendars=("https://silent", "https://a"))
    found = witness.check(raw, DATA, {})
    assert (found.state, found.code) == ("pending", "witness-pending")
    assert "no proof yet" in found.text
    assert net.seen != hashlib.sha256(DATA).digest()
    assert witness.check(raw, b"other", {}).code == "witness-digest"
    with pytest.raises(InputError) as caught:
        witness.stamp(DATA, net, calendars=("https://silent",))
    assert caught.value.code == "witness-silent"


def test_a_committed_stamp_is_anchored_by_the_stored_header_alone() -> None:
    """Height and time; a header with another root, too little work or a wrong length is refused."""
    net = Net()
    raw = witness.stamp(DATA, net, calendars=("https://a",))
    assert witness.upgrade(raw, net) == raw
    net.committed = True
    new = witness.upgrade(raw, net)
    assert witness.heights(new) == (800,)
    assert witness.check(new, DATA, {}).code == "witness-headerless"
    found = witness.check(new, DATA, {800: net.header}, easiest=EASY)
    assert (found.state, found.height, found.at) == ("anchored", 800, NOON)
    assert witness.fetch_header(800, net, easiest=EASY) == net.header
    for bad in (mined(b"r" * 32), net.header[:-1], net.header[:-1] + b"\xff", b""):
        assert witness.check(new, DATA, {800: bad}, easiest=EASY).code == "witness-header"
    assert "too little work" in witness.check(new, DATA, {800: net.header}).text
    with pytest.raises(InputError) as caught:
        witness.fetch_header(800, net)
    assert caught.value.code == "witness-header"


def test_the_work_of_a_real_header_is_understood() -> None:
    """Block 0: right work for its day, far too little for ours; one bit changed and its work is wrong."""
    assert witness._doubt(GENESIS, 1 << 224) == ""
    assert witness._doubt(GENESIS, witness.EASIEST) == "it shows too little work"
    assert witness._doubt(GENESIS[:-1] + b"\x7d", 1 << 224) == "its proof of work is wrong"


def test_a_calendar_that_a_file_names_is_asked_only_if_it_is_known() -> None:
    """A stamp from somebody else must not make us open a connection to them."""
    net = Net()
    raw = witness.stamp(DATA, net, calendars=("https://a",))
    net.asked.clear()
    witness.upgrade(raw, net, known=("https://other",))
    assert net.asked == []


def test_what_is_no_stamp_is_refused_and_a_missing_package_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never an exception from a check; how to install it."""
    raw = witness.stamp(DATA, Net(), calendars=("https://a",))
    for cut in range(len(raw)):
        assert witness.check(raw[:cut], DATA, {}).state in {"bad", "pending"}
    assert witness.check(raw + b"x", DATA, {}).state == "bad"
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    found = witness.check(raw, DATA, {})
    assert (found.state, found.code) == ("unchecked", "witness-missing")
    assert "pip install 'dateline[witness]'" in found.text
    with pytest.raises(InputError, match="not installed"):
        witness.stamp(DATA, Net())


def test_a_seal_keeps_the_pending_and_the_committed_stamp(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is replaced; both, and the header, are entered and checked with the seal."""
    monkeypatch.setattr(witness, "EASIEST", EASY)
    monkeypatch.setattr(witness.check, "__kwdefaults__", {"easiest": EASY})
    monkeypatch.setattr(witness.fetch_header, "__kwdefaults__", {"explorer": witness.EXPLORER, "easiest": EASY})
    log = Custody(case, "mk.1", "mk", FixedClock(NOON))
    log.append(Event.COLLECTED, "E-0001")
    done = seal(log)
    assert done is not None
    net = Net()
    assert bear_witness(log, done.place, net).state == "pending"
    report = check_seals(case, now=NOON, own=Trust())
    assert report.ok
    assert any("no proof yet" in text for text in report.not_proven())
    assert report.seals[0].proven() is None
    net.committed = True
    assert bear_witness(log, done.place, net).state == "anchored"
    report = check_seals(case, now=NOON, own=Trust())
    assert report.ok, report.faults
    assert report.unentered == ()
    assert "committed by Bitcoin block 800" in report.proven()[0]
    assert sorted(path.name for path in done.place.folder.iterdir()) == [
        "block-800.header",
        CHECKPOINT,
        "checkpoint.800.ots",
        "checkpoint.ots",
        "seal.toml",
    ]
    (done.place.folder / "block-800.header").write_bytes(GENESIS)
    assert {fault.code for fault in check_seals(case, now=NOON, own=Trust()).faults} >= {"witness-header"}
