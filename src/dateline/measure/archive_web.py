"""Single answers taken out of web archives of a case, as items of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from dateline.core.errors import InputError, UsageError
from dateline.evidence.capture import name_of
from dateline.evidence.handin.unpack import ZipTree
from dateline.evidence.intake import Form, take_stream
from dateline.evidence.item import Item
from dateline.evidence.provenance import Derivation
from dateline.evidence.webarchive.check import captures, is_web_archive, is_zip
from dateline.evidence.webarchive.payload import payload
from dateline.evidence.webarchive.report import Capture
from dateline.measure.archive import Archive, Kept


def take_out(
    archive: Archive, item: Item, url: str, form: Form, *, name: str | None = None, again: bool = False
) -> Kept:
    """Takes one answer out of a web archive of the case, as an item of its own, derived from it.

    The last good answer for the address is taken; its transfer and content codings are undone. Raises UsageError
    (code "no-capture"), InputError ("web-archive" for an item that is none).
    """
    if item.sha256 is None or not is_web_archive(item.name, item.media_type or ""):
        raise InputError(
            "This item is no web archive.",
            saw=f"{item.id}: {item.media_type}",
            do="Name a WACZ or WARC that is in the case.",
            code="web-archive",
        )
    path = archive.store.path(item.sha256)
    capture = _chosen(captures(path, name=item.name), url, item)
    how = f"the answer of {capture.at}, status {capture.status}, as recorded in item {item.id}"
    command = f"dateline archive {item.id} --take {url} (content and transfer codings undone)"
    derived = Derivation(parents=(item.id,), command=command)
    form = replace(form, id=form.id, url=capture.url, how=how, inside=item.id, derived=derived)
    with _body(path, capture) as body:
        called = name or name_of(capture.url, capture.media_type)
        taken = take_stream(body, name=called, store=archive.store, promise="as it was sent")
    return archive.keep(taken, form, again=again)


def _chosen(found: Iterator[Capture], url: str, item: Item) -> Capture:
    best: Capture | None = None
    for capture in found:
        if capture.url == url and (best is None or _is_good(capture) or not _is_good(best)):
            best = capture
    if best is None:
        raise UsageError(
            "The web archive has no answer for this address.",
            saw=url,
            do=f"Look with `dateline archive {item.id} --list`; the address must be spelled as there.",
            code="no-capture",
        )
    return best


def _is_good(capture: Capture) -> bool:
    return capture.status is None or 200 <= capture.status < 300


@contextmanager
def _body(path: Path, capture: Capture) -> Iterator[BinaryIO]:
    with path.open("rb") as stream:
        if is_zip(stream):
            with ZipTree(stream, path.name).open(capture.file) as warc, payload(warc, capture.offset) as body:
                yield body
        else:
            with payload(stream, capture.offset) as body:
                yield body
