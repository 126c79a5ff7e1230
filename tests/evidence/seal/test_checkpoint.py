"""Checkpoints and signed notes: the bytes of the C2SP formats, read strictly, signed by keys that stay private."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import InputError
from dateline.evidence.seal.checkpoint import (
    Checkpoint,
    Note,
    Signature,
    check_note,
    parse_checkpoint,
    parse_key,
    parse_note,
)
from dateline.evidence.seal.keys import publish, read_key, signer

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
"""The example in the documentation of golang.org/x/mod/sumdb/note."""

SPEC = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
).encode()
"""The example in c2sp.org/tlog-checkpoint."""


def test_a_note_of_the_go_implementation_checks() -> None:
    """Its key id, its signature, its bytes again; a changed text does not."""
    key = parse_key(GO_KEY)
    note = parse_note(GO_NOTE)
    assert key.text() == GO_KEY
    assert note.data() == GO_NOTE
    assert check_note(note, [key]).by == (key,)
    with pytest.raises(InputError, match="not of this text") as caught:
        check_note(Note(note.text.replace("answer", "solution"), note.signatures), [key])
    assert caught.value.code == "seal-signature"


def test_the_checkpoint_of_the_specification_is_read_and_written_alike() -> None:
    """Origin, size, root; the same bytes again; its signer is unknown to us and counted."""
    note = parse_note(SPEC)
    checkpoint = parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size, len(checkpoint.root)) == ("example.com/behind-the-sofa", 20852163, 32)
    assert checkpoint.text() == note.text
    assert note.data() == SPEC
    signed = check_note(note, [parse_key(GO_KEY)])
    assert (signed.by, signed.unknown) == ((), 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SPEC[:-1],
        SPEC.replace(b"\n\n", b"\n"),
        SPEC.replace(b"sofa\n2", b"sofa\r\n2"),
        SPEC.replace(b"\xe2\x80\x94 ", b"-- "),
        SPEC.replace(b" Az3g", b"  Az3g"),
        SPEC.replace(b"AYQ8=", b"AYQ8"),
        SPEC.replace(b"AYQ8=", b"AYQ9="),
        SPEC.replace(b"Az3grl", b"Az3g\xff"),
        SPEC + b"\n",
        SPEC + b"more\n",
        "text\n\n\u2014 name AAAA\n".encode(),
        b"x" * 1_000_001,
        SPEC.rstrip() + b"\n" + SPEC.split(b"\n\n")[1] * 100,
    ],
)
def test_what_is_not_a_signed_note_is_refused(data: bytes) -> None:
    """No line feed, no blank line, carriage returns, another dash, base64 in another spelling, too much."""
    with pytest.raises(InputError) as caught:
        parse_note(data)
    assert caught.value.code == "note"


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\nAAAA\n",
        "a\n-1\nAAAA\n",
        "a\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "a\n1\n" + "A" * 43 + "=\n\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    """Too few lines, a size with zeros or a sign, a root of another length, empty lines."""
    with pytest.raises(InputError) as caught:
        parse_checkpoint(text)
    assert caught.value.code == "note"


@given(
    st.from_regex(r"[a-z0-9./-]{1,40}", fullmatch=True),
    st.integers(0, 10**18),
    st.binary(min_size=32, max_size=32),
    st.lists(st.from_regex(r"[ -~]{1,30}", fullmatch=True), max_size=3),
)
def test_every_checkpoint_comes_back_as_it_was(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    """Write, sign, read: the same."""
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    note = Note(checkpoint.text(), (Signature("x", b"1234", b"s" * 64),))
    assert parse_note(note.data()) == note
    assert parse_checkpoint(note.text) == checkpoint


def test_any_flipped_bit_of_a_note_is_found(tmp_path: Path) -> None:
    """Refused, another signer, or a signature that does not fit: never the same note signed by the same key."""
    me = signer("mk.1", "dateline/mk.1/abc", folder=tmp_path)
    data = me.sign(Checkpoint("dateline/mk.1/abc", 3, b"r" * 32, ("seal sha256:00",))).data()
    assert check_note(parse_note(data), [me.key]).by == (me.key,)
    for at in range(len(data)):
        for bit in range(8):
            bad = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
            with suppress(InputError):
                assert check_note(parse_note(bad), [me.key]).by == ()


def test_a_key_is_made_once_for_its_owner_alone_and_never_shows(tmp_path: Path) -> None:
    """0600, the same key again, another for another person, nothing of it in a repr; a broken file is said."""
    first, again = signer("mk.1", "a", folder=tmp_path), signer("mk.1", "b", folder=tmp_path)
    file = tmp_path / "mk.1.ed25519"
    assert first.key.public == again.key.public != signer("mk.2", "a", folder=tmp_path).key.public
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().hex() not in repr(first) + repr(vars(type(first)))
    file.write_bytes(b"short")
    with pytest.raises(InputError) as caught:
        signer("mk.1", "a", folder=tmp_path)
    assert caught.value.code == "seal-private-key"


def test_a_published_key_is_one_line_and_any_flipped_bit_of_it_is_found(tmp_path: Path, case: Path) -> None:
    """NAME+ID+KEY under its own id; the id is a hash of name and key."""
    key = signer("mk.1", "dateline/mk.1/abc", folder=tmp_path).key
    path = publish(case, key)
    assert path is not None
    assert publish(case, key) is None
    data = path.read_bytes()
    assert read_key(path) == key == parse_key(data.decode().strip())
    for at in range(len(data)):
        for bit in range(8):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
            with pytest.raises(InputError) as caught:
                read_key(path)
            assert caught.value.code == "seal-key"
