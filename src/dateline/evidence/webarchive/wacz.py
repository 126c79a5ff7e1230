"""WACZ packages (WACZ 1.1.1, Webrecorder 2021): every hash, every record, the index, the pages and the signature."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from dateline.core.errors import InputError
from dateline.evidence.handin.unpack import ZipTree
from dateline.evidence.webarchive.digest import Digest, digest_of, read_digest
from dateline.evidence.webarchive.report import Capture, Gathered, Report
from dateline.evidence.webarchive.signature import Certificates, Grade, Signed, Wrong, check_signature, trusted_roots
from dateline.evidence.webarchive.warc import Record, records

PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
LISTED = 50_000_000
"""A list of files longer than this is not one [bytes]."""

_WARC = (".warc", ".warc.gz")


def check_wacz(stream: BinaryIO, *, name: str, roots: Certificates | None = None) -> Report:
    """Reads a WACZ to its end and says what is in it and what is wrong with it.

    `roots` may vouch for who signed it; by default Mozilla's list. Raises InputError ("zip", "zip-bomb", "link",
    "name") when it cannot be read as a zip at all; what is wrong inside is in the report's faults.
    """
    tree = ZipTree(stream, name)
    seen = Gathered()
    package = _json(tree, PACKAGE, seen)
    if package is not None:
        _check_resources(tree, package, seen)
    signed = _check_digest(tree, seen, roots)
    if not seen.faults:  # what lies in files whose hashes are wrong need not be looked at
        for path in _warcs(tree):
            seen.read(path, _whole_records(tree, path))
        seen.sort()
        _check_index(tree, seen)
        _check_pages(tree, seen)
    return seen.report("WACZ", signed)


def captures(stream: BinaryIO, *, name: str) -> Iterator[Capture]:
    """Every answer of a server that a WACZ has, in the order of its files. Raises InputError ("zip", "warc")."""
    tree = ZipTree(stream, name)
    for path in _warcs(tree):
        for record in _whole_records(tree, path):
            if (capture := Capture.of(path, record)) is not None:
                yield capture


def _warcs(tree: ZipTree) -> list[str]:
    return [path for path in tree.paths() if path.startswith("archive/") and path.endswith(_WARC)]


def _whole_records(tree: ZipTree, path: str) -> Iterator[Record]:
    with tree.open(path) as warc:
        yield from records(warc, name=path)


def _json(tree: ZipTree, path: str, seen: Gathered) -> dict[str, Any] | None:
    if path not in tree.paths():
        seen.fault(f"{path} is missing")
        return None
    try:
        found = json.loads(tree.read(path, most=LISTED))
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    seen.fault(f"{path} is no JSON object")
    return None


def _check_resources(tree: ZipTree, package: Mapping[str, Any], seen: Gathered) -> None:
    """Every file that is listed is there with the hash and size that are listed; every file that is there is listed."""
    listed = package.get("resources")
    if not isinstance(listed, list) or not listed:
        seen.fault(f"{PACKAGE} lists no files")
        return
    if not isinstance(package.get("wacz_version"), str):
        seen.fault(f"{PACKAGE} does not say that it is a WACZ (wacz_version)")
    paths = set(tree.paths())
    told = set()
    for entry in listed:
        path = entry.get("path") if isinstance(entry, dict) else None
        if not isinstance(path, str):
            seen.fault(f"{PACKAGE} lists a file without a path")
        elif path not in paths:
            seen.fault(f"{path} is listed and not there")
        else:
            told.add(path)
            _check_resource(tree, path, entry, seen)
    for path in sorted(paths - told - {PACKAGE, DIGEST}):
        seen.fault(f"{path} is there and not listed: nothing says that it belongs to it")
    if not _warcs(tree):
        seen.fault("there is no WARC file in archive/")


def _check_resource(tree: ZipTree, path: str, entry: Mapping[str, Any], seen: Gathered) -> None:
    said, size = _said(entry)
    if said is None:
        seen.fault(f"{path}: its hash is missing, or of a kind that is not known")
        return
    try:
        with tree.open(path) as stream:
            found, length = digest_of(stream, said)
    except InputError as error:
        seen.fault(error.saw)
        return
    if found != said.value:
        seen.fault(f"{path}: its hash is {Digest(said.algorithm, found)}, listed is {said}")
    elif size is not None and size != length:
        seen.fault(f"{path}: it has {length:,} bytes, listed are {size:,}")
    else:
        seen.files += 1


def _said(entry: Mapping[str, Any]) -> tuple[Digest | None, int | None]:
    """The listed hash and size: `hash` and `bytes` (1.1.1), or within `stats` with `hashing` beside it (1.0.0)."""
    stats = entry.get("stats")
    old: Mapping[str, Any] = stats if isinstance(stats, dict) else {}
    text = entry.get("hash") or (f"{entry.get('hashing')}:{old.get('hash')}" if old else "")
    size = entry.get("bytes", old.get("bytes"))
    return read_digest(str(text)), size if isinstance(size, int) else None


def _check_digest(tree: ZipTree, seen: Gathered, roots: Certificates | None) -> Signed:
    """What datapackage-digest.json says of datapackage.json, and who signed it."""
    unsigned = Signed(Grade.UNSIGNED)
    if DIGEST not in tree.paths():
        seen.note(f"no {DIGEST}: nothing covers the list of hashes itself")
        return unsigned
    digest = _json(tree, DIGEST, seen)
    if digest is None or PACKAGE not in tree.paths():
        return unsigned
    said = read_digest(str(digest.get("hash")))
    if said is None or digest.get("path") != PACKAGE:
        seen.fault(f"{DIGEST} has no hash of {PACKAGE}")
        return unsigned
    with tree.open(PACKAGE) as stream:
        found, _ = digest_of(stream, said)
    if found != said.value:
        seen.fault(f"{PACKAGE}: its hash is {Digest(said.algorithm, found)}, {DIGEST} says {said}")
    signed = digest.get("signedData")
    if not isinstance(signed, dict):
        return unsigned
    try:
        return check_signature(signed, sha256=str(digest["hash"]), roots=trusted_roots() if roots is None else roots)
    except Wrong as wrong:
        seen.fault(f"the signature is not good: {wrong}")
        return unsigned


def _check_index(tree: ZipTree, seen: Gathered) -> None:
    """Every entry of the index points to a record that is there and is about the same address."""
    found = False
    for path in tree.paths():
        if path.startswith("indexes/") and path.endswith((".cdx.gz", ".cdxj.gz", ".cdx", ".cdxj")):
            found = True
            try:
                for number, line in enumerate(_lines(tree, path), 1):
                    _check_entry(line, path, number, seen)
            except (OSError, EOFError, ValueError, TypeError, AttributeError, RecursionError, zlib.error) as error:
                seen.fault(f"{path} cannot be read ({error})")
    if not found:
        seen.fault("there is no index (indexes/*.cdx)")


def _lines(tree: ZipTree, path: str) -> Iterator[str]:
    with tree.open(path) as raw:
        stream: Any = gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw
        size = 0
        while line := _one_line(stream):
            size += len(line)
            if size > 1 << 26 and size > 200 * tree.size(path):
                raise ValueError("it unpacks to far more than an index would")
            if line.strip() and not line.startswith((b"!", b" CDX")):
                yield line.decode("utf-8", errors="replace")


def _one_line(stream: Any) -> bytes:
    line: bytes = stream.readline(1 << 20)
    if len(line) >= 1 << 20:
        raise ValueError("a line of over a million bytes")
    return line


def _check_entry(line: str, path: str, number: int, seen: Gathered) -> None:
    """One line of CDXJ: searchable address, time, JSON. Other kinds of index are not compared."""
    start = line.find("{")
    if start < 0:
        seen.note(f"{path} is not CDXJ; it was not compared with the records")
        return
    entry = json.loads(line[start:])
    file, offset, url = f"archive/{entry.get('filename')}", int(entry.get("offset", -1)), str(entry.get("url"))
    if not seen.has_record(file, offset):
        seen.fault(f"{path}, line {number}: no record begins at byte {offset:,} of {file}")
    elif not seen.is_about(file, offset, url):
        seen.fault(f"{path}, line {number}: the record there is about another address than {url[:120]}")
    seen.entries += 1


def _check_pages(tree: ZipTree, seen: Gathered) -> None:
    """pages/pages.jsonl is JSON lines, each after the first with an address and a time."""
    if "pages/pages.jsonl" not in tree.paths():
        seen.note("no list of pages (pages/pages.jsonl)")
        return
    with tree.open("pages/pages.jsonl") as stream:
        number = 0
        while line := stream.readline(1 << 24):
            number += 1
            try:
                page = json.loads(line)
                if "format" not in page:
                    seen.page(str(page["url"]), datetime.fromisoformat(str(page["ts"])))
            except (ValueError, KeyError, TypeError) as error:
                seen.fault(f"pages/pages.jsonl, line {number}: no page with an address and a time ({error})")
                return
