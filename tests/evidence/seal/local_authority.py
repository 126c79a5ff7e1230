"""An authority of our own for tests: certificates and RFC 3161 replies, right or with one fault each.

`python -m tests.evidence.seal.local_authority NAME [FAULT]` serves it: POST / answers a query, GET /root.pem gives the
root. Written with `cryptography` and a DER writer of its own, so that the reader under test is not tested by itself.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FAULTS = (
    "status",
    "digest",
    "nonce",
    "content",
    "signature",
    "chainless",
    "injected",
    "binding",
    "no-purpose",
    "not-critical",
    "two-purposes",
    "outside",
    "sha1",
    "two-signers",
    "no-attributes",
    "garbage",
)

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else b""
    if not length:
        digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + length + content


def number(value: int) -> bytes:
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for value in (40 * first + second, *rest):
        digits = bytes([value & 0x7F])
        while value := value >> 7:
            digits = bytes([0x80 | value & 0x7F]) + digits
        content += digits
    return tlv(6, content)


def algorithm(dotted: str) -> bytes:
    return tlv(0x30, oid(dotted), tlv(5))


SHA256 = algorithm("2.16.840.1.101.3.4.2.1")
SHA1 = algorithm("1.3.14.3.2.26")


@dataclass
class LocalAuthority:
    """Root, one authority below it, one signer. `rsa_key`: an RSA signer; `intermediate`: in the bag or not."""

    name: str = "Test"
    rsa_key: bool = False
    in_bag: tuple[str, ...] = ("signer", "middle")
    signer_until: datetime = END
    middle_until: datetime = END
    middle_is_ca: bool = True
    at: datetime | None = None
    serial: int = 0
    keys: dict[str, object] = field(default_factory=dict)
    certificates: dict[str, x509.Certificate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.certificate("root", None, ca=True)
        self.certificate("middle", "root", ca=self.middle_is_ca, until=self.middle_until)
        self.certificate("signer", "middle", until=self.signer_until, purposes=[ExtendedKeyUsageOID.TIME_STAMPING])

    @property
    def root(self) -> x509.Certificate:
        return self.certificates["root"]

    def certificate(self, name, issuer, *, ca=False, until=END, purposes=(), critical=True, called=None):
        """Makes a certificate, keeps it and its key by name, and gives it."""
        as_rsa = self.rsa_key and name == "signer"
        key = rsa.generate_private_key(65537, 2048) if as_rsa else ec.generate_private_key(ec.SECP256R1())
        self.keys[name] = key
        above = name if issuer is None else issuer
        self.serial += 1
        builder = (
            x509.CertificateBuilder()
            .subject_name(self._name(called or name))
            .issuer_name(self._name(above) if above not in self.certificates else self.certificates[above].subject)
            .public_key(key.public_key())
            .serial_number(self.serial)
            .not_valid_before(BEGIN)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=critical)
        made = builder.sign(self.keys[above], hashes.SHA256())
        self.certificates[name] = made
        return made

    def _name(self, part: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{self.name} {part}")])

    def reply(self, query: bytes, fault: str | None = None) -> bytes:
        """The reply to a query (DER), or one with a fault."""
        digest, nonce = _asked(query)
        return self.token(digest, nonce, fault)

    def token(self, digest: bytes, nonce: int | None, fault: str | None = None) -> bytes:
        if fault == "garbage":
            return b"<html>log in</html>"
        if fault == "status":
            return tlv(0x30, tlv(0x30, number(2), tlv(0x30, tlv(0x0C, b"too busy"))))
        signer, key = self._signer(fault)
        digest = hashlib.sha256(b"other").digest() if fault == "digest" else digest
        imprint = tlv(0x30, SHA1 if fault == "sha1" else SHA256, tlv(4, digest[:20] if fault == "sha1" else digest))
        at = self.at or datetime.now(UTC)
        at = END + timedelta(days=1) if fault == "outside" else at
        said = [number(1), oid("1.2.3.4"), imprint, number(7), tlv(0x18, f"{at:%Y%m%d%H%M%S}Z".encode())]
        said.append(tlv(0x30, number(1)))  # accuracy: one second
        if nonce is not None:
            said.append(number(nonce + 1 if fault == "nonce" else nonce))
        content = tlv(0x30, *said)
        attributes = self._attributes(content, signer, fault)
        signed = tlv(0x31, *attributes)
        if isinstance(key, rsa.RSAPrivateKey):
            how, signature = "1.2.840.113549.1.1.1", key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            how, signature = "1.2.840.10045.4.3.2", key.sign(signed, ec.ECDSA(hashes.SHA256()))
        if fault == "signature":
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        if fault == "content":
            content = content.replace(b"Z", b"Y", 1) if b"Z" in content else content
            content = tlv(0x30, *said[:3], number(8), *said[4:])
        issuer = tlv(0x30, signer.issuer.public_bytes(), number(signer.serial_number))
        parts = [number(1), issuer, SHA256]
        parts += [] if fault == "no-attributes" else [tlv(0xA0, *attributes)]
        info = tlv(0x30, *parts, tlv(0x30, oid(how)), tlv(4, signature))
        infos = [info, info] if fault == "two-signers" else [info]
        bag = self._bag(signer, fault)
        inside = tlv(0x30, oid("1.2.840.113549.1.9.16.1.4"), tlv(0xA0, tlv(4, content)))
        data = tlv(0x30, number(3), tlv(0x31, SHA256), inside, *bag, tlv(0x31, *infos))
        whole = tlv(0x30, oid("1.2.840.113549.1.7.2"), tlv(0xA0, data))
        return tlv(0x30, tlv(0x30, number(0)), whole)

    def _signer(self, fault):
        stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
        if fault == "no-purpose":
            made = self.certificate("odd", "middle")
        elif fault == "not-critical":
            made = self.certificate("odd", "middle", purposes=stamping, critical=False)
        elif fault == "two-purposes":
            made = self.certificate("odd", "middle", purposes=[*stamping, ExtendedKeyUsageOID.CODE_SIGNING])
        else:
            return self.certificates["signer"], self.keys["signer"]
        return made, self.keys["odd"]

    def _attributes(self, content, signer, fault):
        named = _der(self.root) if fault == "binding" else _der(signer)
        bound = tlv(0x30, tlv(0x30, tlv(0x30, tlv(4, hashlib.sha256(named).digest()))))
        return [
            tlv(0x30, oid("1.2.840.113549.1.9.3"), tlv(0x31, oid("1.2.840.113549.1.9.16.1.4"))),
            tlv(0x30, oid("1.2.840.113549.1.9.4"), tlv(0x31, tlv(4, hashlib.sha256(content).digest()))),
            tlv(0x30, oid("1.2.840.113549.1.9.16.2.47"), tlv(0x31, bound)),
        ]

    def _bag(self, signer, fault):
        if fault == "chainless" or not self.in_bag:
            return []
        found = [signer if name == "signer" else self.certificates[name] for name in self.in_bag]
        if fault == "injected":
            found.append(LocalAuthority("Evil").root)
        return [tlv(0xA0, *sorted((_der(each) for each in found), reverse=True))]  # unsorted, as openssl sends them


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _asked(query: bytes) -> tuple[bytes, int]:
    """Digest and nonce of a query, by the library."""
    from rfc3161_client._rust import parse_timestamp_request

    asked = parse_timestamp_request(query)
    assert asked.cert_req
    return asked.message_imprint.message, asked.nonce


def serve(name: str, fault: str | None) -> None:
    authority = LocalAuthority(name)

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            self._send(authority.root.public_bytes(serialization.Encoding.PEM), "application/x-pem-file")

        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if fault == "down":
                self.send_error(404)
                return
            self._send(authority.reply(query, fault), "application/timestamp-reply")

        def _send(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdout.close()
    server.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
