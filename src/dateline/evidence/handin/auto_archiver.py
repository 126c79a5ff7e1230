"""Exports of Bellingcat's auto-archiver: the CSV of its csv_db, its JSON, a sheet's CSV, its HTML reports.

Formats as its source has them (versions 0.6 to 1.1, 2023-2026): core/metadata.py, core/media.py, modules/csv_db,
modules/gsheet_feeder_db, modules/hash_enricher, modules/html_formatter. It keeps a file unhashed when its hash
enricher is off or its algorithm unknown, and says so nowhere; we say so.
"""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from dateline.core.errors import InputError
from dateline.evidence.handin.export import Elsewhere, Handed, Listing, Places, Problem, Step, digests_in
from dateline.evidence.handin.unpack import Tree

LONGEST = 20_000_000
"""A list or a report longer than this is not one [bytes]."""

_MARK = "bellingcat/auto-archiver"
_DATABASE = {"status", "metadata", "media"}


def recognises(tree: Tree) -> bool:
    """Whether a folder or zip is such an export."""
    return any(_kind(tree, path) for path in tree.paths())


def steps(tree: Tree) -> Iterator[Step]:
    """Its files, row by row, with what the rows say. Nothing that a row says wrong stops the rest."""
    kinds = {path: kind for path in tree.paths() if (kind := _kind(tree, path))}
    places = Places(tree)
    has_rows = any(kind in {"database", "json"} for kind in kinds.values())
    for path, kind in kinds.items():
        if kind == "report" and has_rows:
            continue  # the rows name the reports among their media
        try:
            yield Listing(path)
            yield from _READERS[kind](_text(tree, path), path, places)
        except (InputError, csv.Error) as error:
            yield Problem(path, error.saw if isinstance(error, InputError) else str(error))


def _kind(tree: Tree, path: str) -> str | None:
    end = path.rpartition(".")[2].lower()
    if end not in {"csv", "json", "jsonl", "html"} or tree.size(path) > LONGEST:
        return None
    with tree.open(path) as stream:
        head = stream.read(1 << 16)
        if end == "html":
            return "report" if _MARK.encode() in head + stream.read() else None
    text = head.decode("utf-8-sig", errors="replace")
    if end == "csv":
        columns = {name.strip().lower() for name in next(csv.reader([text.partition("\n")[0]]), [])}
        return "database" if columns >= _DATABASE else "sheet" if columns >= {"link", "archive status"} else None
    return "json" if '"media"' in text and '"status"' in text else None


def _text(tree: Tree, path: str) -> str:
    with tree.open(path) as stream:
        return stream.read().decode("utf-8-sig", errors="replace")


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(LONGEST)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for row in reader:
        yield reader.line_num, {(key or "").strip().lower(): value or "" for key, value in row.items() if key}


def _database(text: str, path: str, places: Places) -> Iterator[Step]:
    """The CSV of csv_db: `metadata` and `media` are Python's own spelling of dictionaries."""
    for line, row in _rows(text):
        at = f"{path}:{line}"
        try:
            metadata, media = _literal(row.get("metadata", "")), _literal(row.get("media", ""))
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            yield Problem(at, f"a row that cannot be read ({str(error)[:80]})")
            continue
        yield from _entry({"status": row.get("status"), "metadata": metadata, "media": media}, at, places)


def _json(text: str, path: str, places: Places) -> Iterator[Step]:
    """One result, a list of them, or one a line."""
    try:
        found = json.loads(text)
        for number, entry in enumerate(found if isinstance(found, list) else [found], 1):
            yield from _entry(entry, f"{path}, entry {number}", places)
    except (ValueError, RecursionError):
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    yield from _entry(json.loads(line), f"{path}:{number}", places)
                except (ValueError, RecursionError) as error:
                    yield Problem(f"{path}:{number}", f"no JSON ({error})")


def _entry(entry: Any, at: str, places: Places) -> Iterator[Step]:
    """One archived post: its address and its media."""
    metadata = entry.get("metadata") if isinstance(entry, Mapping) else None
    media = entry.get("media") if isinstance(entry, Mapping) else None
    if not isinstance(metadata, Mapping) or not isinstance(media, Sequence) or isinstance(media, str):
        yield Problem(at, "a row without metadata and media")
        return
    url = metadata.get("url")
    url = url if isinstance(url, str) else None
    if not media and url is not None:
        yield Elsewhere(at, url)
    for one in media:
        yield from _medium(one, url, at, places)


def _medium(medium: Any, url: str | None, at: str, places: Places) -> Iterator[Step]:
    """A medium, and the media (thumbnails, screenshots) among its properties."""
    if not isinstance(medium, Mapping):
        yield Problem(at, f"a medium that cannot be read: {str(medium)[:80]}")
        return
    urls = medium.get("urls")
    names = [medium.get("key") or medium.get("_key"), *(urls if isinstance(urls, list) else []), medium.get("filename")]
    spelt = [name for name in names if isinstance(name, str) and name]
    properties = medium.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    found = places.find(spelt)
    if found is None:
        yield Problem(at, f"{(spelt or ['a medium without a name'])[0][:120]} is not in the export, or not only once")
    else:
        yield Handed(at, found, url, digests_in(str(properties.get("hash", ""))), _note(entry=medium))
    for value in properties.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping) and "filename" in inner:
                yield from _medium(inner, url, at, places)


def _note(entry: Mapping[str, Any]) -> str | None:
    name = entry.get("properties", {}).get("id") if isinstance(entry.get("properties"), Mapping) else None
    return f"as {name}" if isinstance(name, str) and name.strip() else None


def _sheet(text: str, path: str, places: Places) -> Iterator[Step]:
    """A sheet's CSV: a post a row, its report under `archive location`, the report's hash under `hash`."""
    for line, row in _rows(text):
        url, location = row.get("link", "").strip() or None, row.get("archive location", "").strip()
        found = places.find([location]) if location else None
        if found is not None:
            yield Handed(f"{path}:{line}", found, url, digests_in(row.get("hash", "")))
        elif location:
            yield Problem(f"{path}:{line}", f"{location[:120]} is not in the export, or not only once")
        elif url is not None:
            yield Elsewhere(f"{path}:{line}", url)


def _report(text: str, path: str, places: Places) -> Iterator[Step]:
    """An HTML report: a medium a table row, its hash and its links in it."""
    page = _Page()
    page.feed(text)
    page.close()
    for number, (said, links) in enumerate(page.rows, 1):
        at = f"{path}, row {number}"
        local = dict.fromkeys(found for link in links if (found := places.find([link])) is not None and found != path)
        if not local and links:
            yield Problem(at, f"{links[0][:120]} is not in the export, or not only once")
        for found in local:
            yield Handed(at, found, page.url, digests_in(said))


class _Page(HTMLParser):
    """The rows of tables in a report: their text, and what they link to or show."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, list[str]]] = []
        self.url: str | None = None
        self._text: list[str] = []
        self._links: list[str] | None = None
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._text, self._links = [], []
        self._in_title = tag == "title"
        link = given.get("href") if tag == "a" else given.get("src") if tag in {"img", "video", "source"} else None
        if link and self._links is not None and "reverse" not in link and not _is_search(link):
            self._links.append(link)

    def handle_data(self, data: str) -> None:
        if self._in_title and data.strip().startswith(("http://", "https://")):
            self.url = data.strip()
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        if tag == "tr" and self._links is not None:
            text = " ".join(self._text)
            if self._links and ("key:" in text or digests_in(text) or "type:" in text):
                self.rows.append((text, self._links))
            self._links = None


def _is_search(link: str) -> bool:
    """Whether a link leads to a search for the picture, which the reports offer beside each."""
    return any(name in link for name in ("searchbyimage", "uploadbyurl", "yandex.ru", "tineye.com", "bing.com/images"))


_READERS = {"database": _database, "json": _json, "sheet": _sheet, "report": _report}


def _literal(text: str) -> Any:
    """A Python literal, with `datetime.datetime(…)` and the like kept as text. Raises ValueError, SyntaxError."""
    if not text.strip():
        return None
    return _value(ast.parse(text.strip(), mode="eval").body)


def _value(node: ast.AST) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return [_value(element) for element in elements]
        case ast.Dict(keys=keys, values=values):
            return {_value(key): _value(value) for key, value in zip(keys, values, strict=True) if key is not None}
        case ast.Call(keywords=keywords, func=ast.Name(id="Media")):
            return {word.arg: _value(word.value) for word in keywords}
        case ast.Call() | ast.UnaryOp() | ast.Attribute():
            return ast.unparse(node)
    raise ValueError(f"not a value: {ast.unparse(node)[:60]}")
