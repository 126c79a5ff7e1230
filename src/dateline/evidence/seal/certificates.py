"""Certificates of authorities: from the one that signed to a root that somebody declared.

A root is never taken from a token, only from a folder of declared roots: the case's (its makers say so) or the
user's own. Validity is judged at the moment that the token states (RFC 3161, section 4; RFC 5280, section 6).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

import platformdirs
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.atomic import write_atomic
from dateline.evidence.seal.record import FOLDER, LONGEST

ROOTS = f"{FOLDER}/roots"
CHAINS = f"{FOLDER}/chains"

LONGEST_CHAIN = 8

Certificate = x509.Certificate

Kind = TypeVar("Kind", bound=x509.ExtensionType)

_KNOWN = {
    "2.5.29.14": "subject key identifier",
    "2.5.29.15": "key usage",
    "2.5.29.17": "alternative names",
    "2.5.29.18": "issuer's alternative names",
    "2.5.29.19": "basic constraints",
    "2.5.29.31": "revocation lists",
    "2.5.29.32": "policies",
    "2.5.29.35": "authority key identifier",
    "2.5.29.37": "extended key usage",
}
"""Extensions that we read, or that do not limit what a certificate may do; a critical one beside these is refused."""


_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    CryptographyDeprecationWarning,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for certificates that it cannot read."""


@dataclass(frozen=True, slots=True)
class Root:
    """A declared root certificate, and who declared it."""

    certificate: Certificate
    declared: Literal["case", "user"]


@dataclass(frozen=True, slots=True)
class Trust:
    """What tokens are checked with: declared roots, and other certificates that nobody has to trust."""

    roots: tuple[Root, ...] = ()
    others: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """The way from the signer's certificate upwards. `root` is the declared one at its end, or None."""

    path: tuple[Certificate, ...]
    root: Root | None


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 of its DER bytes, hex."""
    return sha256_bytes(der_of(certificate))


def der_of(certificate: Certificate) -> bytes:
    """Its bytes."""
    return certificate.public_bytes(Encoding.DER)


def is_own_issuer(certificate: Certificate) -> bool:
    """Whether it names and signs itself: what roots do."""
    return certificate.subject == certificate.issuer and has_issued(certificate, certificate)


def load(data: bytes, name: str) -> list[Certificate]:
    """The certificates in a file, PEM (one or several) or DER, read to the end. Raises InputError ("certificate")."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", CryptographyDeprecationWarning)  # what the library only still tolerates
            return _read_whole(data)
    except _UNREADABLE as error:
        raise InputError(
            "This file does not hold a certificate.",
            saw=f"{name}: {str(error).partition(chr(10))[0][:120]}",
            do="Get the authority's root certificate from its own site again, as PEM or DER.",
            code="certificate",
        ) from None


def _read_whole(data: bytes) -> list[Certificate]:
    pem = data.lstrip().startswith(b"-----")
    found = x509.load_pem_x509_certificates(data) if pem else [x509.load_der_x509_certificate(data)]
    for each in found:  # the library reads names, keys and extensions only when they are asked for
        _ = (each.subject, each.issuer, each.not_valid_before_utc, each.not_valid_after_utc, each.extensions)
        each.public_key()
    return found


def own_trust() -> Trust:
    """The roots that the user declares for all cases: files in the user's data folder."""
    folder = platformdirs.user_data_path("dateline") / "seal-roots"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [each for path in files for each in load(path.read_bytes()[:LONGEST], path.name)]
    return sorted_out(found, "user")


def sorted_out(certificates: Iterable[Certificate], declared: Literal["case", "user"]) -> Trust:
    """Roots are those that sign themselves; the others help to reach them."""
    found = tuple(certificates)
    roots = tuple(Root(each, declared) for each in found if is_own_issuer(each))
    return Trust(roots, tuple(each for each in found if not is_own_issuer(each)))


def joined(*trusts: Trust) -> Trust:
    """All of them; the first to declare a root is named."""
    return Trust(
        tuple(root for trust in trusts for root in trust.roots),
        tuple(other for trust in trusts for other in trust.others),
    )


def keep(case: Path, certificate: Certificate) -> Path:
    """Where a certificate lies in a case, written if it was not there: among roots if it signs itself."""
    folder = ROOTS if is_own_issuer(certificate) else CHAINS
    path = case / folder / f"{fingerprint(certificate)}.pem"
    if not path.exists():
        write_atomic(path, certificate.public_bytes(Encoding.PEM))
    return path


def kept(case: Path) -> list[Path]:
    """The files of all certificates in a case, in order."""
    return [path for folder in (CHAINS, ROOTS) for path in sorted((case / folder).glob("*.pem"))]


def read_kept(path: Path) -> Certificate:
    """A certificate of a case. Raises InputError ("certificate") unless it is exactly as it was written."""
    data = path.read_bytes()[:LONGEST]
    found = load(data, path.name)
    if len(found) == 1 and data == found[0].public_bytes(Encoding.PEM) and path.stem == fingerprint(found[0]):
        return found[0]
    raise InputError(
        "A certificate in the case is not the one that was kept.",
        saw=f"{path.parent.name}/{path.name}",
        do="Take the file from git's history or a colleague's copy.",
        code="certificate",
    )


def authority_chain(root: str | None, trust: Trust) -> tuple[Certificate, ...]:
    """The certificates that a case must keep so that others reach a root: it, and those that nobody has to trust."""
    roots = [each.certificate for each in trust.roots if fingerprint(each.certificate) == root]
    below, waiting = list(roots), list(roots)
    while waiting:
        issuer = waiting.pop()
        issued = [each for each in trust.others if each not in below and has_issued(issuer, each)]
        below.extend(issued)
        waiting.extend(issued)
    return tuple(below)


def reach(signer: Certificate, bag: tuple[Certificate, ...], trust: Trust, at: datetime) -> Chain:
    """The way from a signer's certificate to a declared root, or, without one, as far up as certificates are here.

    Every step is checked at the moment `at`: signature, validity, that the issuer may issue, path length.
    """
    declared = {der_of(root.certificate): root for root in reversed(trust.roots)}
    pool = tuple({der_of(each): each for each in (*bag, *trust.others)}.values())
    roots = tuple(root.certificate for root in trust.roots)
    longest: tuple[Certificate, ...] = (signer,)
    waiting = [longest]
    while waiting:
        path = waiting.pop()
        longest = max(longest, path, key=len)
        root = declared.get(der_of(path[-1]))
        if root is not None:
            return Chain(path, root)
        if len(path) < LONGEST_CHAIN:
            nexts = [each for each in (*pool, *roots) if each not in path and may_issue(each, path, at)]
            waiting.extend((*path, each) for each in nexts)
    return Chain(longest, None)


def may_issue(issuer: Certificate, path: tuple[Certificate, ...], at: datetime) -> bool:
    """Whether a certificate issued the last one of a path, and was allowed to, at a moment (RFC 5280, section 6.1)."""
    if not has_issued(issuer, path[-1]) or not is_valid_at(issuer, at) or unknown_critical(issuer):
        return False
    basic = _extension(issuer, x509.BasicConstraints)
    usage = _extension(issuer, x509.KeyUsage)
    purposes = _extension(issuer, x509.ExtendedKeyUsage)
    allowed = {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    below = len(path) - 1  # certificates of issuers between this one and the signer
    return (
        basic is not None
        and basic.ca
        and (basic.path_length is None or below <= basic.path_length)
        and (usage is None or usage.key_cert_sign)
        and (purposes is None or bool(allowed & set(purposes)))
    )


def is_valid_at(certificate: Certificate, at: datetime) -> bool:
    """Whether a moment lies in its time of validity."""
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def unknown_critical(certificate: Certificate) -> str | None:
    """A critical extension that we do not read, by its number; None without one."""
    names = (each.oid.dotted_string for each in certificate.extensions if each.critical)
    return next((name for name in names if name not in _KNOWN), None)


def stamps_time(certificate: Certificate) -> bool:
    """Whether its one purpose is to stamp time, and that is critical (RFC 3161, section 2.3)."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return found.critical and list(found.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def strays(signer: Certificate, bag: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """Certificates in a token that are neither the signer's nor of its issuers: somebody put them there."""
    reached, waiting = {der_of(signer)}, [signer]
    while waiting:
        below = waiting.pop()
        for each in bag:
            if der_of(each) not in reached and has_issued(each, below):
                reached.add(der_of(each))
                waiting.append(each)
    return tuple(each for each in bag if der_of(each) not in reached)


def called(certificate: Certificate) -> str:
    """Its name in one line."""
    return certificate.subject.rfc4514_string() or "(no name)"


def has_issued(issuer: Certificate, below: Certificate) -> bool:
    """Whether names match and the signature under `below` is of the issuer's key."""
    try:
        below.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _extension(certificate: Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
