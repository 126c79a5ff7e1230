"""WACZ packages: every good sample is accepted, every bad one refused with its reason."""

from __future__ import annotations

import base64
import gzip
import io
import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tests.evidence.web_archives import digest, members, package, wacz, warc, zipped

from dateline.core.errors import InputError
from dateline.evidence.webarchive.signature import Grade
from dateline.evidence.webarchive.wacz import captures, check_wacz


def check(data: bytes, **more: Any) -> Any:
    return check_wacz(io.BytesIO(data), name="a.wacz", **more)


def faults(data: bytes) -> str:
    try:
        return "; ".join(check(data).faults)
    except InputError as error:
        return error.saw


SAMPLES = {
    "valid_example_1": "",
    "valid_example_2": "",
    "valid_signed_example_1": "",
    "invalid_example_1": "indexes/index.cdx.gz is listed and not there",
    "invalid_signed_example_1": "its chain ends at CN=(STAGING) Pretend Pear X1",
}


@pytest.mark.samples
@pytest.mark.parametrize(("name", "reason"), SAMPLES.items())
def test_the_real_ones(samples: Path, name: str, reason: str) -> None:
    """Real archives: the good are sound, the bad are named with what is wrong (py-wacz is wrong on two of them)."""
    found = faults((samples / f"casefile/wacz/{name}.wacz").read_bytes())
    assert (reason in found) if reason else (found == "")


@pytest.mark.samples
def test_a_domains_signature_says_who_and_when(samples: Path) -> None:
    """Grade, domain and time stamp of a real signature, in words that claim no more."""
    signed = check((samples / "casefile/wacz/valid_signed_example_1.wacz").read_bytes()).signed
    assert signed.grade is Grade.DOMAIN
    assert signed.signer == "btrix-sign-test.webrecorder.net"
    assert f"{signed.stamped:%Y-%m-%dT%H:%M:%SZ}" == "2022-01-18T19:00:12Z"
    assert "not that the page is true" in signed.words()


@pytest.mark.samples
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hash": "sha256:" + "0" * 64}, "for another datapackage.json"),
        ({"signature": base64.b64encode(b"0" * 70).decode()}, "does not fit the key"),
        ({"signature": "!"}, "not base64"),
        ({"domain": "example.org"}, "the certificate is for btrix-sign-test.webrecorder.net"),
        ({"created": "2022-01-18T20:00:12Z"}, "but stamped at 2022-01-18 19:00"),
        ({"created": "yesterday"}, "no date"),
        ({"timeSignature": "AAAA"}, "time stamp is not good"),
        ({"timeSignature": None}, "without a time stamp"),
        ({"domainCert": "none"}, "cannot be read"),
        ({"domainCert": None}, "without a key or a certificate"),
        ({"timestampCert": "domain"}, "nobody vouches for its time stamp"),
    ],
)
def test_a_signature_that_was_touched(samples: Path, change: dict[str, str | None], reason: str) -> None:
    """Each part of a real signature, changed or taken out, is noticed and named."""
    with zipfile.ZipFile(samples / "casefile/wacz/valid_signed_example_1.wacz") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(files["datapackage-digest.json"])
    for key, value in change.items():
        said["signedData"][key] = said["signedData"]["domainCert"] if value == "domain" else value
        if value is None:
            del said["signedData"][key]
    files["datapackage-digest.json"] = json.dumps(said).encode()
    assert reason in faults(zipped(files))


@pytest.mark.samples
def test_who_vouches_is_an_argument(samples: Path) -> None:
    """Without a list of authorities nobody vouches for a domain, however good the signature."""
    data = (samples / "casefile/wacz/valid_signed_example_1.wacz").read_bytes()
    assert "nobody vouches for btrix-sign-test" in "; ".join(check(data, roots=[]).faults)


def test_a_sound_one_of_our_own_making() -> None:
    """Records, files, index and pages are counted; it is unsigned, and that is said."""
    report = check(wacz())
    assert report.faults == ()
    assert (report.records, report.responses, report.files, report.entries, report.pages) == (2, 2, 3, 2, 1)
    assert report.signed.grade is Grade.UNSIGNED
    assert [one.url for one in captures(io.BytesIO(wacz()), name="a")] == [
        "https://example.org/",
        "https://example.org/two.jpg",
    ]


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
@pytest.mark.parametrize("browser", [True, False])
def test_an_anonymous_key(curve: ec.EllipticCurve, browser: bool) -> None:
    """A signature by a key alone is right or wrong, in the spelling of browsers too, and vouches for nobody."""
    key = ec.generate_private_key(curve)
    listed = package(members())
    hash_ = json.loads(digest(listed))["hash"]
    signature = key.sign(hash_.encode(), ec.ECDSA(hashes.SHA256()))
    if browser:
        size = (curve.key_size + 7) // 8
        signature = b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    said = {
        "hash": hash_,
        "created": "2024-01-02T03:04:05Z",
        "signature": base64.b64encode(signature).decode(),
        "publicKey": base64.b64encode(public).decode(),
    }
    good = check(wacz(digest=digest(listed, signedData=said)))
    assert good.faults == ()
    assert good.signed.grade is Grade.ANONYMOUS
    assert "nobody vouches for" in good.signed.words()
    said["signature"] = base64.b64encode(signature[:-1] + bytes([signature[-1] ^ 1])).decode()
    assert "does not fit the key" in faults(wacz(digest=digest(listed, signedData=said)))


def _without(name: str) -> bytes:
    return wacz({path: data for path, data in members().items() if path != name})


def _cdx(**change: Any) -> bytes:
    files = members()
    line = {"url": "https://example.org/", "filename": "a.warc.gz", "offset": "0"} | change
    files["indexes/index.cdx.gz"] = gzip.compress(f"org,example)/ 20240102 {json.dumps(line)}\n".encode())
    return wacz(files)


BAD = {
    "a file changed": (wacz(members() | {"pages/pages.jsonl": b"{}"}, datapackage=package(members())), "its hash is"),
    "a file more": (wacz(members() | {"archive/b.txt": b"x"}, datapackage=package(members())), "there and not listed"),
    "a file less": (wacz({"archive/a.warc.gz": warc()}, datapackage=package(members())), "listed and not there"),
    "a size": (wacz(datapackage=package(members()).replace(b'"bytes": ', b'"bytes": 1')), "listed are"),
    "an unknown hash": (wacz(datapackage=package(members()).replace(b"sha256:", b"crc32:")), "not known"),
    "no list": (zipped(members()), "datapackage.json is missing"),
    "a list that is none": (wacz(datapackage=b"[]"), "no JSON object"),
    "a list of nothing": (wacz(datapackage=b'{"resources": []}'), "lists no files"),
    "no version": (wacz(datapackage=package(members(), wacz_version=None)), "wacz_version"),
    "the list changed": (wacz(digest=digest(b"other")), "datapackage-digest.json says"),
    "no hash of the list": (wacz(digest=b'{"path": "datapackage.json"}'), "has no hash"),
    "no index": (_without("indexes/index.cdx.gz"), "there is no index"),
    "no WARC": (_without("archive/a.warc.gz"), "no WARC file"),
    "an index beside the record": (_cdx(offset="7"), "no record begins at byte 7"),
    "an index to nowhere": (_cdx(filename="b.warc.gz"), "no record begins"),
    "an index about another page": (_cdx(url="https://example.org/other"), "about another address"),
    "an index that is none": (_cdx(offset="a"), "cannot be read"),
    "a page without time": (wacz(members() | {"pages/pages.jsonl": b'{"url": "a"}\n'}), "pages.jsonl, line 1"),
    "a WARC cut off": (wacz(members() | {"archive/a.warc.gz": warc()[:-9]}), "cut off"),
    "a WARC of other bytes": (wacz(members() | {"archive/a.warc.gz": gzip.compress(b"hello\n")}), "no WARC record"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_a_bad_one_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    """Whatever is missing, added, changed or pointing elsewhere has its own words."""
    assert reason in faults(data)


def test_every_flipped_bit_is_found() -> None:
    """A bit changed anywhere in a WACZ is noticed, or changes no content: what zip readers ignore."""
    data = wacz()
    contents = _contents(data)
    missed = 0
    for at, bit in itertools.product(range(len(data)), range(8)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << bit
        if not faults(bytes(flipped)):
            missed += 1
            assert _contents(bytes(flipped)) == contents, (at, bit)
    assert missed < 0.15 * 8 * len(data)


def _contents(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
