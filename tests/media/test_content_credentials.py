"""Content credentials: four facts apart, and not one packet to anybody."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from dateline.evidence.media_type import media_type
from dateline.media.credentials import OFFLINE, read_credentials
from dateline.media.facts import Credentials

DATA, SIGNATURE = "assertion.dataHash.mismatch", "claimSignature.mismatch"
EXPECTED: dict[str, tuple[str, bool | None, str | None]] = {
    "A_no_manifest.jpg": ("none", None, None),
    "C.jpg": ("present", True, None),
    "CA.jpg": ("present", True, None),
    "CACAE-uri-CA.jpg": ("present", True, None),
    "XCA.jpg": ("present", False, DATA),
    "E-sig-CA.jpg": ("present", False, SIGNATURE),
    "CIE-sig-CA.jpg": ("present", False, f"ingredient: {SIGNATURE}"),
    "cloud.jpg": ("remote", None, None),
    "video1.mp4": ("present", True, None),
}
"""As the samples' notes say."""


def read(data: bytes, kind: str = "image/jpeg", *, anchors: str | None = None) -> Credentials:
    """The credentials of bytes."""
    return read_credentials(io.BytesIO(data), kind, len(data), anchors=anchors)


@pytest.mark.parametrize("name", EXPECTED)
def test_samples_give_their_stated_states(samples: Path, name: str) -> None:
    """Present, intact and the fault of each sample are those that the samples' notes state; trust is not checked."""
    path = samples / "verification/c2pa" / name
    told = read(path.read_bytes(), media_type(path))
    manifest, intact, fault = EXPECTED[name]
    assert (told.manifest, told.intact, told.trusted) == (manifest, intact, None)
    assert fault is None or fault in told.faults


def test_a_remote_manifest_is_named_by_its_host_alone(samples: Path) -> None:
    """Where it lies is told without the address, which would tell the server who looks."""
    told = read((samples / "verification/c2pa/cloud.jpg").read_bytes())
    assert told.remote == "cai-manifests.adobe.com"
    assert "manifests/adobe-urn" not in json.dumps([told.why, told.remote])


def test_the_signers_claim_is_told_as_a_claim(samples: Path) -> None:
    """Who signed, when, with what, and what was done, verbatim."""
    told = read((samples / "verification/c2pa/CA.jpg").read_bytes())
    assert told.issuer == "C2PA Test Signing Cert / C2PA Signer"
    assert told.signed == "2024-08-06T21:53:37+00:00"
    assert told.actions == ("c2pa.opened", "c2pa.color_adjustments")
    assert told.ingredients == ("A.jpg",)


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, by: str, its: ec.EllipticCurvePrivateKey, *, ca: bool
) -> str:
    """A certificate in PEM: an authority's, or one for signing."""

    def named(one: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(kind, one) for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)])

    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                           "encipher_only", "decipher_only"), False)  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by))
        .public_key(key.public_key())
        .serial_number(1 if ca else 2)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(its.public_key()), critical=False)
    )
    if not ca:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
    return made.sign(its, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


class Desk:
    """A signer with an authority of its own."""

    def __init__(self) -> None:
        root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self.authority = certificate("Desk authority", root, "Desk authority", root, ca=True)
        signing = certificate("Camera 1", own, "Desk authority", root, ca=False)
        secret = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = (signing + self.authority).encode()
        self.info = c2pa.C2paSignerInfo(alg=c2pa.C2paSigningAlg.ES256, sign_cert=chain, private_key=secret, ta_url=None)

    def sign(self, remote: str | None = None) -> tuple[bytes, bytes]:
        """A signed picture and its manifest; with `remote` the picture only points to where that lies."""
        source, signed = io.BytesIO(), io.BytesIO()
        Image.linear_gradient("L").convert("RGB").save(source, "JPEG")
        source.seek(0)
        action = {
            "action": "c2pa.created",
            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        }
        manifest = {
            "claim_generator_info": [{"name": "test", "version": "1"}],
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
        }
        builder = c2pa.Builder(manifest)
        if remote:
            builder.set_remote_url(remote)
            builder.set_no_embed()
        made = builder.sign(c2pa.Signer.from_info(self.info), "image/jpeg", source, signed)
        return signed.getvalue(), bytes(made)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """One signer for all tests."""
    return Desk()


def test_trust_is_a_fact_of_its_own(desk: Desk) -> None:
    """The same intact file: not checked without a list, trusted by the authority's, not trusted by another's."""
    data, _ = desk.sign()
    assert read(data).trusted is None
    assert read(data, anchors=desk.authority).trusted is True
    other = read(data, anchors=Desk().authority)
    assert (other.intact, other.trusted) == (True, False)


def test_one_changed_byte_breaks_it_and_trust_stays_apart(desk: Desk) -> None:
    """Of a file that was changed after signing the signer is still known, and the bytes do not fit."""
    data = bytearray(desk.sign()[0])
    data[-20] ^= 1
    told = read(bytes(data), anchors=desk.authority)
    assert (told.manifest, told.intact, told.trusted) == ("present", False, True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str], dict[str, bytes]]]:
    """A server on this machine: its address, what was asked of it, and what it answers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    asked: list[str] = []
    answers: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answers.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=lambda: serving.serve_forever(poll_interval=0.02), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}", asked, answers
        serving.shutdown()
        thread.join()


def test_the_librarys_own_network_code_is_locked(desk: Desk, server: tuple[str, list[str], dict[str, bytes]]) -> None:
    """A file that points to a manifest on a server makes no request, though the same library would ask by itself.

    The library's sockets are not Python's: no guard of the tests sees them, so a server listens.
    """
    address, asked, answers = server
    data, manifest = desk.sign(f"{address}/manifest.c2pa")
    answers["/manifest.c2pa"] = manifest
    told = read(data)
    assert (told.manifest, told.remote, told.intact) == ("remote", "127.0.0.1", None)
    assert asked == []
    with c2pa.Reader("image/jpeg", io.BytesIO(data)) as unlocked:  # the control: without our settings it asks
        assert unlocked.get_validation_state() == "Valid"
    assert asked == ["/manifest.c2pa"]


def test_each_of_the_two_locks_is_enough(desk: Desk, server: tuple[str, list[str], dict[str, bytes]]) -> None:
    """Fetching is switched off, and no host is allowed: if one setting is renamed, the other still keeps it shut."""
    address, asked, _ = server
    data, _ = desk.sign(f"{address}/manifest.c2pa")
    for part in OFFLINE:
        context = c2pa.Context.from_dict({part: OFFLINE[part]})
        with pytest.raises(c2pa.C2paError):
            c2pa.Reader("image/jpeg", io.BytesIO(data), context=context)
    assert asked == []


def test_broken_and_foreign_files_are_told_apart(samples: Path) -> None:
    """A cut file is unreadable or without credentials; a kind that is not read says so."""
    data = (samples / "verification/c2pa/C.jpg").read_bytes()
    assert read(data[:9000]).manifest in {"unreadable", "none"}
    assert read(b"\x00" * 40).manifest in {"unreadable", "none"}
    assert read(data, "video/webm").manifest == "not looked for"
