"""Time-stamp tokens: every good one is accepted, every bad one refused with its own reason; nothing is trusted that
nobody declared."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from local_authority import FAULTS, LocalAuthority
from rfc3161_client import VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from dateline.core import InputError
from dateline.evidence.seal import der
from dateline.evidence.seal.certificates import Trust, load, sorted_out, unknown_critical
from dateline.evidence.seal.timestamp import check_reply

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DATA = b"a checkpoint\n"

CODES = {
    "status": "token-status",
    "digest": "token-digest",
    "nonce": "token-nonce",
    "content": "token-tampered",
    "signature": "token-tampered",
    "chainless": "token-chainless",
    "injected": "token-injected",
    "binding": "token-binding",
    "no-purpose": "token-purpose",
    "not-critical": "token-purpose",
    "two-purposes": "token-purpose",
    "outside": "token-outside",
    "sha1": "token-algorithm",
    "two-signers": "token-unreadable",
    "no-attributes": "token-unreadable",
    "garbage": "token-unreadable",
}

SAMPLES = [
    ("identrust__issue-104", "good", "token-good"),
    ("sigstage__response-sha256", "good", "token-good"),
    ("sigstage__response-sha384", "good", "token-good"),
    ("sigstage__response-sha512", "good", "token-good"),
    ("test_tsa__response", "good", "token-good"),
    ("sigstage__response-invalid-signature", "bad", "token-tampered"),
    ("sigstage__response-no-embedded-cert", "unknown", "token-chainless"),
    ("sigstore.mock__response-expired", "aged", "token-expired"),
    ("test_tsa__other_response", "unknown", "token-foreign"),
    ("test_tsa__response-injected-certs", "bad", "token-injected"),
]


def trusting(authority: LocalAuthority) -> Trust:
    return sorted_out([authority.root], "user")


def digest() -> bytes:
    return hashlib.sha256(DATA).digest()


def sample(samples: Path, name: str) -> tuple[bytes, bytes, Trust]:
    """Reply, stamped bytes, and the chain that lies beside it; the chain's signer only where it needs one."""
    folder = samples / "verification" / "timestamps" / "rfc3161"
    family = name.partition("__")[0]
    found = load((folder / f"{family}__ts_chain.pem").read_bytes(), family)
    trust = sorted_out(found, "user")
    if family != "sigstore.mock":
        trust = replace(trust, others=tuple(each for each in trust.others if each is not found[0]))
    data = (folder / "sigstore.mock__payload").read_bytes() if family == "sigstore.mock" else b"hello"
    return (folder / f"{name}.tsr").read_bytes(), data, trust


@pytest.mark.samples
@pytest.mark.parametrize(("name", "state", "code"), SAMPLES)
def test_real_replies_are_judged_as_they_are(samples: Path, name: str, state: str, code: str) -> None:
    """Good ones of three authorities, in four hash functions and RSA and ECDSA; each bad one with its reason."""
    raw, data, trust = sample(samples, name)
    stamp = check_reply(raw, data, trust, now=NOW)
    assert (stamp.state, stamp.code) == (state, code), stamp
    assert check_reply(raw, data + b".", trust, now=NOW).code == "token-digest"


@pytest.mark.samples
def test_a_real_reply_without_a_chain_is_good_once_the_chain_is_given(samples: Path) -> None:
    """The signer's certificate may come from the case; it binds itself to it by hash."""
    raw, data, _ = sample(samples, "sigstage__response-no-embedded-cert")
    folder = samples / "verification" / "timestamps" / "rfc3161"
    whole = sorted_out(load((folder / "sigstage__ts_chain.pem").read_bytes(), "chain"), "user")
    assert check_reply(raw, data, whole, now=NOW).state == "good"


@pytest.mark.samples
def test_every_good_real_reply_is_of_an_unknown_root_to_who_declares_none(samples: Path) -> None:
    """What is in the token itself is never trusted."""
    for name, state, _ in SAMPLES:
        raw, data, _ = sample(samples, name)
        if state == "good":
            assert check_reply(raw, data, Trust(), now=NOW).code == "token-root"


@pytest.mark.samples
def test_no_flipped_byte_of_a_real_reply_passes_that_the_library_refuses(samples: Path) -> None:
    """Each byte of a token changed: where we say good, OpenSSL (through rfc3161-client) says so too."""
    raw, data, trust = sample(samples, "test_tsa__response")
    builder = VerifierBuilder(
        roots=[root.certificate for root in trust.roots], intermediates=list(trust.others)
    ).build()
    accepted, refused = 0, []
    for at in range(len(raw)):
        bad = raw[:at] + bytes([raw[at] ^ 0x41]) + raw[at + 1 :]
        if check_reply(bad, data, trust, now=NOW).state != "good":
            continue
        accepted += 1
        try:
            assert builder.verify_message(decode_timestamp_response(bad), data)
        except (ValueError, VerificationError) as error:
            refused.append((at, raw[at], str(error)))
    assert not refused, refused
    assert accepted < 30


def test_a_reply_of_our_own_authority_is_good_and_says_when_and_by_whom() -> None:
    """ECDSA and RSA signers, certificates unsorted as openssl sends them; the library agrees once they are sorted."""
    for as_rsa in (False, True):
        authority = LocalAuthority(rsa_key=as_rsa, at=NOW)
        raw = authority.token(digest(), 12345)
        stamp = check_reply(raw, DATA, trusting(authority), now=NOW, nonce=12345)
        assert (stamp.state, stamp.at, stamp.accuracy) == ("good", NOW, timedelta(seconds=1))
        assert stamp.authority == "CN=Test signer"
        assert stamp.declared == "user"
        alone = LocalAuthority(rsa_key=as_rsa, at=NOW, in_bag=("signer",))
        verifier = VerifierBuilder(roots=[alone.root], intermediates=[alone.certificates["middle"]]).build()
        assert verifier.verify_message(decode_timestamp_response(alone.token(digest(), 5)), DATA)


def test_every_fault_that_the_table_names_is_one_that_the_authority_can_make() -> None:
    """No reason is left untested."""
    assert set(CODES) == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_own_reason(fault: str) -> None:
    """One thing wrong, one code; and never good."""
    authority = LocalAuthority(at=NOW)
    raw = authority.token(digest(), 99, fault)
    stamp = check_reply(raw, DATA, trusting(authority), now=NOW, nonce=99)
    assert stamp.code == CODES[fault], stamp
    assert stamp.state != "good"


def test_a_root_that_is_in_the_token_or_bears_a_known_name_is_not_trusted() -> None:
    """Unknown is said as such; a namesake too; so is an authority that may not issue, or whose time was over."""
    authority, namesake = LocalAuthority(at=NOW), LocalAuthority(at=NOW, in_bag=("signer", "middle", "root"))
    raw = namesake.token(digest(), 1)
    assert check_reply(raw, DATA, Trust(), now=NOW).code == "token-root"
    assert check_reply(raw, DATA, trusting(authority), now=NOW).code == "token-foreign"
    for bad in (
        LocalAuthority(at=NOW, middle_is_ca=False),
        LocalAuthority(at=NOW, middle_until=NOW - timedelta(days=1)),
    ):
        stamp = check_reply(bad.token(digest(), 1), DATA, trusting(bad), now=NOW)
        assert (stamp.state, stamp.code) == ("bad", "token-chain"), stamp


def test_a_token_outlives_its_signer_but_ages_with_its_authority() -> None:
    """Signers change every year; when the certificates above have ended, nobody could disown it any more."""
    authority = LocalAuthority(at=NOW, signer_until=NOW + timedelta(days=1), middle_until=NOW + timedelta(days=300))
    raw = authority.token(digest(), 1)
    states = [check_reply(raw, DATA, trusting(authority), now=NOW + timedelta(days=d)).state for d in (0, 100, 400)]
    assert states == ["good", "good", "aged"]


def test_openssl_replies_are_read(tmp_path: Path) -> None:
    """A reply made by `openssl ts`, whose certificates are unsorted (strict readers see nothing in it)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("NO OPENSSL: install it; that a reply of another program is read is not checked here")
    authority = LocalAuthority(rsa_key=True)
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    key = authority.keys["signer"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    for name in ("signer", "middle", "root"):
        (tmp_path / f"{name}.pem").write_bytes(authority.certificates[name].public_bytes(Encoding.PEM))
    chain = (tmp_path / "middle.pem").read_bytes() + (tmp_path / "root.pem").read_bytes()
    (tmp_path / "chain.pem").write_bytes(chain)
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "ts.cnf").write_text(
        "[tsa]\ndefault_tsa=a\n[a]\nserial=serial\nsigner_cert=signer.pem\ncerts=chain.pem\nsigner_key=key.pem\n"
        "signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\ness_cert_id_chain=yes\n"
        "ess_cert_id_alg=sha256\n"
    )
    for command in (
        "ts -query -data data -sha256 -cert -out query",
        "ts -reply -queryfile query -config ts.cnf -out reply",
    ):
        subprocess.run([openssl, *command.split()], cwd=tmp_path, check=True, capture_output=True)
    raw = (tmp_path / "reply").read_bytes()
    assert check_reply(raw, DATA, trusting(authority), now=datetime.now(UTC)).state == "good"
    ours = tmp_path / "ours"
    ours.write_bytes(authority.token(digest(), None))
    checked = "ts -verify -data data -in ours -CAfile root.pem -untrusted middle.pem"
    subprocess.run([openssl, *checked.split()], cwd=tmp_path, check=True, capture_output=True)


def test_a_cut_reply_is_unreadable_and_never_an_exception() -> None:
    """Whatever the length, and with bytes after the end."""
    authority = LocalAuthority(at=NOW)
    raw = authority.token(digest(), 1)
    for cut in range(len(raw)):
        assert check_reply(raw[:cut], DATA, trusting(authority), now=NOW).code == "token-unreadable"
    assert check_reply(raw + raw[:1], DATA, trusting(authority), now=NOW).code == "token-unreadable"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",  # indefinite length
        b"\x30\x81\x05\x02\x01\x01\x02\x01",  # a long form where the short one does
        b"\x1f\x81\x01\x00",  # a tag of several bytes
        b"\x30\x85\x01\x00\x00\x00\x00",
        b"\x30\x05\x02\x01",
    ],
)
def test_der_has_one_spelling(data: bytes) -> None:
    """Everything else is refused."""
    with pytest.raises(der.Malformed):
        der.read(data, "it").parts()


def test_a_file_without_a_certificate_is_said() -> None:
    """PEM or DER, or an error in three parts."""
    with pytest.raises(InputError) as caught:
        load(b"no certificate", "root.pem")
    assert caught.value.code == "certificate"


def test_a_critical_extension_that_we_do_not_read_is_named() -> None:
    """A limit that one cannot read must not be passed over (RFC 5280, section 4.2)."""
    authority = LocalAuthority()
    assert unknown_critical(authority.root) is None
    oid = x509.ObjectIdentifier("1.2.3.4.5")
    from cryptography.hazmat.primitives import hashes

    odd = (
        x509.CertificateBuilder()
        .subject_name(authority.root.subject)
        .issuer_name(authority.root.subject)
        .public_key(authority.root.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.UnrecognizedExtension(oid, b"\x05\x00"), critical=True)
        .sign(authority.keys["root"], hashes.SHA256())
    )
    assert unknown_critical(odd) == "1.2.3.4.5"
