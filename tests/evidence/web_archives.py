"""Makes WARC files (with warcio, so that another program wrote them) and WACZ packages for the tests."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGES = {"https://example.org/": b"<html>one</html>", "https://example.org/two.jpg": b"\xff\xd8\xff" + b"2" * 5000}


def warc(pages: Mapping[str, bytes] = PAGES, *, packed: bool = True, chunked: bool = False) -> bytes:
    """A WARC with one response a page."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for url, body in pages.items():
        headers = [("Content-Type", "image/jpeg" if url.endswith(".jpg") else "text/html; charset=utf-8")]
        sent = body
        if chunked:
            headers.append(("Transfer-Encoding", "chunked"))
            sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(sent),
            http_headers=http,
            warc_headers_dict={"WARC-Date": "2024-01-02T03:04:05Z"},
        )
        writer.write_record(record)
        record.raw_stream.close()
    return out.getvalue()


def offsets(data: bytes) -> list[tuple[int, str]]:
    """Offset and address of each record of a packed WARC, as warcio tells them."""
    from warcio.archiveiterator import ArchiveIterator

    iterator = ArchiveIterator(io.BytesIO(data))
    return [(iterator.get_record_offset(), record.rec_headers["WARC-Target-URI"]) for record in iterator]


SOUND = warc()
"""One that stays the same: every other has record ids of its own."""


def members(data: bytes = SOUND) -> dict[str, bytes]:
    """The files of a sound WACZ, its lists not yet among them."""
    entries = [
        f"org,example)/ 20240102030405 {json.dumps({'url': url, 'filename': 'a.warc.gz', 'offset': str(at)})}"
        for at, url in offsets(data)
    ]
    page = {"url": "https://example.org/", "ts": "2024-01-02T03:04:05Z"}
    pages = f"{json.dumps({'format': 'json-pages-1.0', 'id': 'pages'})}\n{json.dumps(page)}\n"
    return {
        "archive/a.warc.gz": data,
        "indexes/index.cdx.gz": gzip.compress("\n".join(entries).encode() + b"\n", mtime=0),
        "pages/pages.jsonl": pages.encode(),
    }


def package(files: Mapping[str, bytes], **more: Any) -> bytes:
    """The datapackage.json of these files."""
    listed = [
        {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{_sha256(data)}", "bytes": len(data)}
        for path, data in files.items()
    ]
    told = {"profile": "data-package", "resources": listed, "wacz_version": "1.1.1", "created": "2024-01-02T03:04:05Z"}
    return json.dumps(told | more).encode()


def digest(package_json: bytes, **more: Any) -> bytes:
    """The datapackage-digest.json of a datapackage.json."""
    return json.dumps({"path": "datapackage.json", "hash": f"sha256:{_sha256(package_json)}"} | more).encode()


def wacz(files: Mapping[str, bytes] | None = None, **instead: bytes | None) -> bytes:
    """A WACZ of these files with its lists. `instead` replaces (None: leaves out) datapackage and digest."""
    files = members() if files is None else files
    listed = instead.get("datapackage") or package(files)
    whole = dict(files) | {"datapackage.json": listed}
    said = instead.get("digest", digest(listed))
    return zipped(whole | ({"datapackage-digest.json": said} if said is not None else {}))


def zipped(files: Mapping[str, bytes], *, packed: bool = False) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED if packed else None)
    return out.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
