"""A time-stamp token as it is written: reply and TSTInfo (RFC 3161, 2001), in signed data (CMS, RFC 5652, 2009).

Only reading: what a token is worth is said in timestamp.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dateline.evidence.seal import der
from dateline.evidence.seal.der import CONTEXT_0, CONTEXT_1, INTEGER, OCTETS, OID, SEQUENCE, SET, Element, Fields

HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "1.3.14.3.2.26": "sha1",
}
"""Names of hash functions by their object identifiers."""

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"


@dataclass(frozen=True, slots=True)
class Info:
    """What the authority says: these bytes had this hash at this moment."""

    digest_name: str
    digest: bytes
    serial: int
    at: datetime
    accuracy: timedelta | None
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Bound:
    """The certificate that the signer binds itself to (ESSCertID, RFC 2634; v2, RFC 5816)."""

    digest_name: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, by issuer (DER) and serial number, and what exactly."""

    issuer: bytes
    serial: int
    digest_name: str
    content_digest: bytes
    bound: Bound
    signed: bytes
    algorithm: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Token:
    """A token in parts. `certificates` (DER) are in the bag beside the signature: nothing vouches for that bag."""

    info: Info
    content: bytes
    certificates: tuple[bytes, ...]
    signer: Signer


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: its status (0 and 1 are yes), what the authority said beside it, and the token."""

    status: int
    said: str
    token: Token | None


def parse_reply(data: bytes) -> Reply:
    """A reply, whole. Raises der.Malformed."""
    fields = Fields(der.read(data, "the reply"), "the reply")
    status = fields.take(SEQUENCE).parts()
    if not status or status[0].tag != INTEGER:
        raise der.Malformed("the reply has no status")
    texts = [text.content for part in status[1:] if part.tag == SEQUENCE for text in part.parts()]
    said = "; ".join(text.decode("utf-8", errors="replace") for text in texts)
    token = fields.maybe(SEQUENCE)
    fields.end()
    return Reply(der.integer(status[0]), said[:200], None if token is None else _token(token))


def _token(element: Element) -> Token:
    """ContentInfo, SignedData (RFC 5652, sections 3 and 5.1)."""
    outer = Fields(element, "the token")
    if der.oid(outer.take(OID)) != _SIGNED_DATA:
        raise der.Malformed("the token is not signed data")
    inner = Fields(outer.take(CONTEXT_0), "the token", tag=CONTEXT_0)
    outer.end()
    fields = Fields(inner.take(SEQUENCE), "the signed data")
    if der.integer(fields.take(INTEGER)) != 3:
        raise der.Malformed("the signed data is of another version than 3")
    names = {_hash_name(each) for each in fields.take(SET).parts()}
    content = _content(fields.take(SEQUENCE))
    bag = fields.maybe(CONTEXT_0)
    fields.maybe(CONTEXT_1)
    signers = fields.take(SET).parts()
    fields.end()
    if len(signers) != 1:
        raise der.Malformed(f"the token has {len(signers)} signers, not one")
    signer = _signer(signers[0])
    if signer.digest_name not in names:
        raise der.Malformed("the signer's hash function is not among those that the token names")
    certificates = () if bag is None else tuple(part.whole for part in bag.parts())
    return Token(_info(content), content, certificates, signer)


def _content(element: Element) -> bytes:
    fields = Fields(element, "the content")
    if der.oid(fields.take(OID)) != _TST_INFO:
        raise der.Malformed("the content is not a time-stamp")
    inside = Fields(fields.take(CONTEXT_0), "the content", tag=CONTEXT_0)
    return inside.take(OCTETS).content


def _info(content: bytes) -> Info:
    """TSTInfo (RFC 3161, section 2.4.2)."""
    fields = Fields(der.read(content, "the time-stamp"), "the time-stamp")
    if der.integer(fields.take(INTEGER)) != 1:
        raise der.Malformed("the time-stamp is of another version than 1")
    fields.take(OID)
    imprint = Fields(fields.take(SEQUENCE), "the imprint")
    name = _hash_name(imprint.take(SEQUENCE))
    digest = imprint.take(OCTETS).content
    serial = der.integer(fields.take(INTEGER))
    at = der.moment(fields.take(der.TIME))
    accuracy = fields.maybe(SEQUENCE)
    fields.maybe(0x01)  # ordering
    nonce = fields.maybe(INTEGER)
    fields.maybe(CONTEXT_0)  # the authority's own name: its certificate says it better
    fields.maybe(CONTEXT_1)  # extensions: none is defined
    fields.end()
    return Info(
        name,
        digest,
        serial,
        at,
        None if accuracy is None else _accuracy(accuracy),
        None if nonce is None else der.integer(nonce),
    )


def _accuracy(element: Element) -> timedelta:
    units = {INTEGER: "seconds", 0x80: "milliseconds", 0x81: "microseconds"}
    parts = {units[part.tag]: der.integer(part) for part in element.parts() if part.tag in units}
    return timedelta(**parts)


def _signer(element: Element) -> Signer:
    """SignerInfo (RFC 5652, section 5.3), with the attributes that RFC 3161 and RFC 5816 demand."""
    fields = Fields(element, "the signer")
    if der.integer(fields.take(INTEGER)) != 1:
        raise der.Malformed("the signer is of another version than 1")
    name = Fields(fields.take(SEQUENCE), "the signer's name")
    issuer, serial = name.take(SEQUENCE).whole, der.integer(name.take(INTEGER))
    digest_name = _hash_name(fields.take(SEQUENCE))
    attributes = fields.take(CONTEXT_0)
    algorithm = der.oid(Fields(fields.take(SEQUENCE), "the signature's algorithm").take(OID))
    signature = fields.take(OCTETS).content
    fields.maybe(CONTEXT_1)  # unsigned attributes: nobody vouches for them
    fields.end()
    values = _attributes(attributes)
    if der.oid(_one(values, _CONTENT_TYPE)) != _TST_INFO:
        raise der.Malformed("the signer signed something else than a time-stamp")
    signed = bytes([SET]) + attributes.whole[1:]  # the signature is over the attributes as a set (section 5.4)
    content_digest = _one(values, _MESSAGE_DIGEST).content
    return Signer(issuer, serial, digest_name, content_digest, _bound(values), signed, algorithm, signature)


def _attributes(element: Element) -> dict[str, Element]:
    """The signed attributes, each with its one value."""
    found: dict[str, Element] = {}
    for part in element.parts():
        fields = Fields(part, "an attribute")
        name, values = der.oid(fields.take(OID)), fields.take(SET).parts()
        if name in found or len(values) != 1:
            raise der.Malformed(f"the attribute {name} is there twice")
        found[name] = values[0]
    return found


def _one(values: dict[str, Element], name: str) -> Element:
    if name not in values:
        raise der.Malformed(f"the signed attribute {name} is missing")
    return values[name]


def _bound(values: dict[str, Element]) -> Bound:
    """The first certificate of the signing-certificate attribute: the signer's (RFC 5816, section 2.2.1)."""
    second = values.get(_SIGNING_CERTIFICATE_V2)
    element = _one(values, _SIGNING_CERTIFICATE) if second is None else second
    listed = Fields(Fields(element, "the signing certificate").take(SEQUENCE), "the signing certificate")
    fields = Fields(listed.take(SEQUENCE), "the signing certificate")
    if second is None:
        return Bound("sha1", fields.take(OCTETS).content)
    algorithm = fields.maybe(SEQUENCE)
    return Bound("sha256" if algorithm is None else _hash_name(algorithm), fields.take(OCTETS).content)


def _hash_name(algorithm: Element) -> str:
    name = der.oid(Fields(algorithm, "a hash function").take(OID))
    if name not in HASHES:
        raise der.Malformed(f"the hash function {name} is not known")
    return HASHES[name]
