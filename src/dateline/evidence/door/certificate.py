"""The certificate that a server showed, as the record of a capture keeps it."""

from __future__ import annotations

import hashlib

import httpcore2

from dateline.evidence.provenance import Certificate


def shown(stream: httpcore2.NetworkStream | None) -> Certificate | None:
    """The server's certificate of a connection; None for one without TLS."""
    secured = None if stream is None else stream.get_extra_info("ssl_object")
    der = None if secured is None else secured.getpeercert(binary_form=True)
    return None if not der else read(der)


def read(der: bytes) -> Certificate:
    """A certificate from its DER bytes."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found = x509.load_der_x509_certificate(der)
    return Certificate(
        sha256=hashlib.sha256(der).hexdigest(),
        subject=found.subject.rfc4514_string() or "(no name)",
        issuer=found.issuer.rfc4514_string() or "(no name)",
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        pem=found.public_bytes(Encoding.PEM).decode("ascii"),
    )
