"""Who signed a WACZ (WACZ Signing and Verification 0.1.0, Webrecorder 2022), in three grades, and when."""

from __future__ import annotations

import base64
import binascii
import itertools
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

FREE_TSA = "a6379e7cecc05faa3cbf076013d745e327bbbaa38c0b9af22469d4701d18aabc"
"""SHA-256 of the root certificate of freetsa.org, the authority that Webrecorder's signers use."""

TOLERANCE = timedelta(minutes=10)
"""So far the time that the signer wrote may be from the time stamp's (section "Verification", step 6)."""

Certificates = Sequence[x509.Certificate]


class Grade(StrEnum):
    """What a signature says about who made the archive."""

    UNSIGNED = "unsigned"
    ANONYMOUS = "anonymous key"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that is right: its grade, who signed, and when a time-stamping authority saw it."""

    grade: Grade
    signer: str | None = None
    software: str | None = None
    created: datetime | None = None
    stamped: datetime | None = None
    authority: str | None = None

    def words(self) -> str:
        """The grade in a sentence, and what it does not say."""
        if self.grade is Grade.UNSIGNED:
            return "unsigned: nothing says who made it, and whoever had it could have made it anew"
        if self.grade is Grade.ANONYMOUS:
            return (
                f"signed with a key that nobody vouches for ({self.signer}): unchanged since, "
                "if you know from elsewhere whose key it is"
            )
        return (
            f"signed by whoever ran {self.signer} on {self.created:%Y-%m-%d %H:%M} UTC, "
            f"time stamp of {self.authority} at {self.stamped:%Y-%m-%d %H:%M:%S} UTC; "
            "it says who packed it, not that the page is true"
        )


class Wrong(Exception):
    """A signature that is there and not right; its text says why. A step inside this package, never seen outside."""


def check_signature(signed: Mapping[str, Any], *, sha256: str, roots: Certificates) -> Signed:
    """What the `signedData` of a datapackage-digest.json says. `sha256`: the hash of datapackage.json, with prefix.

    `roots` are the certificates of authorities that may vouch for domains and times. Raises Wrong.
    """
    if signed.get("hash") != sha256:
        raise Wrong("the signature is for another datapackage.json")
    if "domainCert" in signed:
        return _domain(signed, roots)
    if "publicKey" in signed:
        return _anonymous(signed)
    raise Wrong("a signature without a key or a certificate")


def trusted_roots() -> Certificates:
    """The certificates that Mozilla trusts to vouch for domains, as the package certifi has them."""
    import certifi

    with warnings.catch_warnings():  # some roots in the list bend RFC 5280
        warnings.simplefilter("ignore")
        with open(certifi.where(), "rb") as stream:  # noqa: PTH123 - a plain name from another package
            return x509.load_pem_x509_certificates(stream.read())


def _anonymous(signed: Mapping[str, Any]) -> Signed:
    raw = _decoded(signed, "publicKey")
    try:
        key = load_pem_public_key(raw) if raw.startswith(b"-----") else load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Wrong("a public key that cannot be read") from error
    _check(key, _decoded(signed, "signature"), str(signed["hash"]))
    print_ = hashes.Hash(hashes.SHA256())
    print_.update(raw)
    name = f"SHA-256 of the key {print_.finalize().hex()[:16]}…"
    return Signed(Grade.ANONYMOUS, name, _text(signed, "software"), _moment(signed))


def _domain(signed: Mapping[str, Any], roots: Certificates) -> Signed:
    chain = _chain(signed, "domainCert")
    _check(chain[0].public_key(), _decoded(signed, "signature"), str(signed["hash"]))
    domain, created = _text(signed, "domain") or "", _moment(signed)
    stamped, authority = _stamp(signed, roots)
    if abs(stamped - created) > TOLERANCE:
        raise Wrong(f"signed at {created:%Y-%m-%d %H:%M}, as it says, but stamped at {stamped:%Y-%m-%d %H:%M} UTC")
    _check_chain(chain, domain, stamped, roots)
    return Signed(Grade.DOMAIN, domain, _text(signed, "software"), created, stamped, authority)


def _check_chain(chain: Certificates, domain: str, at: datetime, roots: Certificates) -> None:
    """Whether an authority vouched for the key as the domain's at that time (RFC 5280, as browsers read it)."""
    from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

    try:
        policy = PolicyBuilder().store(Store(list(roots))).time(at.replace(tzinfo=None))
        policy.build_server_verifier(x509.DNSName(domain)).verify(chain[0], list(chain[1:]))
    except (VerificationError, ValueError) as error:
        leaf = chain[0]
        end = chain[-1].issuer.rfc4514_string()
        if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
            why = f"the certificate was valid from {leaf.not_valid_before_utc} to {leaf.not_valid_after_utc}"
        elif domain not in _names(leaf):
            why = f"the certificate is for {', '.join(_names(leaf)) or 'no domain'}"
        else:
            why = f"its chain ends at {end}, which no list of trusted authorities has"
        raise Wrong(f"nobody vouches for {domain or 'the signer'} on {at:%Y-%m-%d}: {why}") from error


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return names.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        return []


def _stamp(signed: Mapping[str, Any], roots: Certificates) -> tuple[datetime, str]:
    """Time and authority of the RFC 3161 stamp over the signature's text."""
    import rfc3161_client

    if "timeSignature" not in signed or "timestampCert" not in signed:
        raise Wrong("a domain's signature without a time stamp")
    chain = _chain(signed, "timestampCert")
    anchors = [root for root in chain[-1:] if root.fingerprint(hashes.SHA256()).hex() == FREE_TSA] or list(roots)
    try:
        response = rfc3161_client.decode_timestamp_response(_decoded(signed, "timeSignature"))
        builder = rfc3161_client.VerifierBuilder(tsa_certificate=chain[0], intermediates=list(chain[1:]), roots=anchors)
        _check_issued(chain, anchors)
        builder.build().verify_message(response, str(signed["signature"]).encode())
        return response.tst_info.gen_time.astimezone(UTC), _authority(chain[0])
    except (rfc3161_client.VerificationError, ValueError) as error:
        raise Wrong(f"its time stamp is not good ({str(error)[:120]})") from error


def _check_issued(chain: Certificates, anchors: Certificates) -> None:
    """Each certificate of the stamp's chain is signed by the next, and the last is, or is signed by, an anchor."""
    for child, parent in itertools.pairwise(chain):
        _issued(child, parent)
    if chain[-1] in anchors:
        return
    parents = [root for root in anchors if root.subject == chain[-1].issuer]
    if not parents:
        raise Wrong(f"nobody vouches for its time stamp: {chain[-1].issuer.rfc4514_string()} is on no list")
    _issued(chain[-1], parents[0])


def _issued(child: x509.Certificate, parent: x509.Certificate) -> None:
    """Whether an authority (and not just anybody with a certificate) signed this one."""
    try:
        child.verify_directly_issued_by(parent)
        may = parent.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
        raise Wrong("the chain of the time stamp's certificates is broken") from error
    if not may:
        raise Wrong(f"{parent.subject.rfc4514_string()} may not vouch for others")


def _authority(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _check(key: object, signature: bytes, text: str) -> None:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Wrong("a key of a kind that the format does not use (it uses ECDSA)")
    for algorithm in (hashes.SHA256(), hashes.SHA384()):
        for form in _forms(signature):
            try:
                return key.verify(form, text.encode(), ec.ECDSA(algorithm))
            except InvalidSignature:
                continue
    raise Wrong("the signature does not fit the key: text or signature were changed")


def _forms(signature: bytes) -> list[bytes]:
    """The signature in DER, and as browsers write it: two numbers side by side (WebCrypto, IEEE P1363)."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    half = len(signature) // 2
    pair = encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    return [signature, pair]


def _chain(signed: Mapping[str, Any], key: str) -> Certificates:
    try:
        return x509.load_pem_x509_certificates((_text(signed, key) or "").encode())
    except ValueError as error:
        raise Wrong(f"certificates that cannot be read ({key})") from error


def _decoded(signed: Mapping[str, Any], key: str) -> bytes:
    text = _text(signed, key) or ""
    if text.startswith("-----"):
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong(f"{key} is not base64") from error


def _text(signed: Mapping[str, Any], key: str) -> str | None:
    value = signed.get(key)
    return value if isinstance(value, str) else None


def _moment(signed: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(signed, "created") or "")
    except ValueError as error:
        raise Wrong("no date on which it was signed") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
