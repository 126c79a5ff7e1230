"""What a time-stamp token proves (RFC 3161, 2001; RFC 5816, 2010), judged offline.

A good token proves that an authority saw the SHA-256 of these bytes at the stated moment. What a token is not good
for is said with a code:

    token-unreadable  not a reply in DER, or a part is missing
    token-status      the authority refused
    token-digest      it is for other bytes
    token-nonce       it answers another request
    token-tampered    content and signature do not belong together
    token-binding     it binds itself to another certificate than the one that signed
    token-injected    certificates that are not of its chain were put into it
    token-purpose     the signer may not stamp time
    token-outside     signed outside the certificate's time of validity
    token-chain       a certificate above the signer's was not valid then, or may not issue
    token-chainless   the signer's certificate is not here
    token-foreign     a namesake of a declared authority
    token-root        no declared root above it
    token-expired     good then; its authority's certificates have ended since
    token-algorithm   hashes or signatures that we do not take, or cannot check
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from dateline.core.errors import InputError
from dateline.evidence.chain import spelled
from dateline.evidence.seal import der
from dateline.evidence.seal.certificates import (
    Certificate,
    Chain,
    Trust,
    called,
    der_of,
    fingerprint,
    has_issued,
    is_valid_at,
    load,
    reach,
    stamps_time,
    strays,
    unknown_critical,
)
from dateline.evidence.seal.token import Signer, Token, parse_reply

State = Literal["good", "aged", "unknown", "bad"]

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""What content and signatures may be hashed with; SHA-1 only ever names a certificate (RFC 2634)."""

_RSA = {
    "1.2.840.113549.1.1.1": None,  # rsaEncryption: the hash is the signer's digest algorithm
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA = {"1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512"}
_ED25519 = "1.3.101.112"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one reply is worth. `at` is the authority's moment; None where nothing can be read.

    good: it proves its moment. aged: it did, and its certificates have ended since. unknown: nothing is wrong with
    it, and nobody declared a root above it, or what it needs is not here. bad: it is not what it should be.
    """

    state: State
    code: str
    text: str
    at: datetime | None = None
    authority: str | None = None
    root: str | None = None
    declared: Literal["case", "user"] | None = None
    accuracy: timedelta | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


class _No(Exception):
    """Why a token is not good."""

    def __init__(self, state: State, code: str, text: str) -> None:
        self.state, self.code, self.text = state, code, text


def check_reply(raw: bytes, data: bytes, trust: Trust, *, now: datetime, nonce: int | None = None) -> Stamp:
    """What an authority's reply proves about the bytes `data`, with what is declared, seen from the moment `now`.

    nonce is that of the request, where it is at hand. Never raises: the reason is the Stamp's code.
    """
    try:
        token = _granted(raw)
    except _No as no:
        return Stamp(no.state, no.code, no.text)
    try:
        _check_content(token, data, nonce)
        bag = _bag(token)
        pool = (*bag, *trust.others, *(root.certificate for root in trust.roots))
        signer = _signing(token.signer, pool)
        _check_bag(signer, bag)
        _check_signature(token, signer)
        _check_signer(signer, token)
        chain = reach(signer, bag, trust, token.info.at)
        _check_root(chain, pool)
    except _No as no:
        return Stamp(no.state, no.code, no.text, at=token.info.at)
    return _worth(token, chain, now)


def authority_certificates(raw: bytes) -> tuple[Certificate, ...]:
    """The certificates in a reply's bag, to show to people; nothing vouches for them. Empty for what is no reply."""
    try:
        return _bag(_granted(raw))
    except _No:
        return ()


def _granted(raw: bytes) -> Token:
    try:
        reply = parse_reply(raw)
    except (der.Malformed, OverflowError) as error:
        raise _No("bad", "token-unreadable", str(error)) from None
    if reply.status not in {0, 1} or reply.token is None:
        raise _No("bad", "token-status", f"status {reply.status}{': ' + reply.said if reply.said else ''}")
    return reply.token


def _check_content(token: Token, data: bytes, nonce: int | None) -> None:
    info, signer = token.info, token.signer
    if info.digest_name not in _HASHES or signer.digest_name not in _HASHES:
        raise _No("bad", "token-algorithm", f"hashed with {info.digest_name} and {signer.digest_name}")
    if not hmac.compare_digest(hashlib.new(info.digest_name, data).digest(), info.digest):
        raise _No("bad", "token-digest", f"it is for other bytes, whose {info.digest_name} is {info.digest.hex()}")
    if nonce is not None and info.nonce != nonce:
        raise _No("bad", "token-nonce", "it answers another request than ours")
    if not hmac.compare_digest(hashlib.new(signer.digest_name, token.content).digest(), signer.content_digest):
        raise _No("bad", "token-tampered", "the content is not the one that was signed")


def _bag(token: Token) -> tuple[Certificate, ...]:
    try:
        return tuple(load(each, "the token")[0] for each in token.certificates)
    except InputError as error:
        raise _No("bad", "token-unreadable", f"a certificate in it: {error.saw}") from None


def _signing(signer: Signer, candidates: tuple[Certificate, ...]) -> Certificate:
    """The certificate that the signer names by issuer and serial number, and binds itself to by hash."""
    named = [each for each in candidates if _issuer_and_serial(each) == (signer.issuer, signer.serial)]
    if not named:
        raise _No("unknown", "token-chainless", "the certificate of its signer is not in it, and not in the case")
    for each in named:
        if hashlib.new(signer.bound.digest_name, der_of(each)).digest() == signer.bound.digest:
            return each
    raise _No("bad", "token-binding", f"it binds itself to another certificate than that of {called(named[0])}")


def _check_bag(signer: Certificate, bag: tuple[Certificate, ...]) -> None:
    others = strays(signer, bag)
    if others:
        names = "; ".join(called(each) for each in others)
        raise _No("bad", "token-injected", f"certificates that are not of its chain were put into it: {names[:200]}")


def _check_signature(token: Token, certificate: Certificate) -> None:
    signer, key = token.signer, certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and signer.algorithm in _RSA:
            name = _RSA[signer.algorithm] or signer.digest_name
            key.verify(signer.signature, signer.signed, padding.PKCS1v15(), _HASHES[name]())
        elif isinstance(key, ec.EllipticCurvePublicKey) and signer.algorithm in _ECDSA:
            key.verify(signer.signature, signer.signed, ec.ECDSA(_HASHES[_ECDSA[signer.algorithm]]()))
        elif isinstance(key, ed25519.Ed25519PublicKey) and signer.algorithm == _ED25519:
            key.verify(signer.signature, signer.signed)
        else:
            raise _No("unknown", "token-algorithm", f"signed with {signer.algorithm}, which we cannot check")
    except InvalidSignature:
        raise _No("bad", "token-tampered", "the signature is not of this content") from None
    except UnsupportedAlgorithm as error:
        raise _No("unknown", "token-algorithm", str(error)) from None


def _check_signer(certificate: Certificate, token: Token) -> None:
    unread = unknown_critical(certificate)
    if not stamps_time(certificate) or unread:
        why = f"the extension {unread}" if unread else "its purpose is not to stamp time, alone and critical"
        raise _No("bad", "token-purpose", f"the certificate of {called(certificate)}: {why}")
    if not is_valid_at(certificate, token.info.at):
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        valid = f"valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}"
        raise _No("bad", "token-outside", f"signed on {token.info.at:%Y-%m-%d}; its certificate is {valid}")


def _check_root(chain: Chain, pool: tuple[Certificate, ...]) -> None:
    """Why a chain reaches no declared root: one above it was not allowed, is a namesake, or is not here."""
    if chain.root is not None:
        return
    top = chain.path[-1]
    namesakes = [each for each in pool if each.subject == top.issuer and each not in chain.path]
    if any(has_issued(each, top) for each in namesakes):
        what = f"{called(namesakes[0])}, above {called(top)}, was not valid then, or may not issue certificates"
        raise _No("bad", "token-chain", what)
    if namesakes:
        what = "issued it: another authority, or a renewed certificate that nobody declared"
        raise _No("unknown", "token-foreign", f"{called(top)} names {called(namesakes[0])}, which has not {what}")
    what = f"{called(top)} (SHA-256 {fingerprint(top)})"
    raise _No("unknown", "token-root", f"no declared root above it; as far as certificates are here it leads to {what}")


def _worth(token: Token, chain: Chain, now: datetime) -> Stamp:
    """A signer's certificate is changed every year or so and that harms nothing: its authority can still disown it.

    Once the authority's own certificates have ended nobody can, and the token alone is not enough any more.
    """
    assert chain.root is not None
    signer, *issuers = chain.path
    until = min(each.not_valid_after_utc for each in issuers or [signer])
    name = called(signer)
    aged = now > until
    text = f"{name} saw these bytes at {spelled(token.info.at)}"
    if aged:
        text += f"; its authority's certificates ended on {until:%Y-%m-%d}: it counts only under a later, living token"
    elif now > signer.not_valid_after_utc:
        text += f" (its own certificate ended on {signer.not_valid_after_utc:%Y-%m-%d}; its authority's are valid)"
    return Stamp(
        "aged" if aged else "good",
        "token-expired" if aged else "token-good",
        text,
        at=token.info.at,
        authority=name,
        root=fingerprint(chain.root.certificate),
        declared=chain.root.declared,
        accuracy=token.info.accuracy,
    )


def _issuer_and_serial(certificate: Certificate) -> tuple[bytes, int]:
    """As the certificate's own bytes write them: names have more than one spelling."""
    parts = der.read(certificate.tbs_certificate_bytes, "a certificate").parts()
    parts = parts[1:] if parts[0].tag == der.CONTEXT_0 else parts
    return parts[2].whole, der.integer(parts[0])
