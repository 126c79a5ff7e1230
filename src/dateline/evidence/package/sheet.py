"""`dateline export sheet`: a printable page for each item: address, capture, collector, hash, custody, what is proven.

What the Berkeley Protocol on Digital Open Source Investigations asks to be kept of each item (OHCHR and UC Berkeley
2022, chapter VI C), as one HTML file that needs nothing else and prints on A4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dateline.core.errors import UsageError
from dateline.evidence.chain import FOLDER as CUSTODY
from dateline.evidence.chain import Entry
from dateline.evidence.item import Item, Status, Use
from dateline.evidence.package.contents import source, stored
from dateline.evidence.package.kinds import Made, Order
from dateline.evidence.package.parcel import parcel
from dateline.evidence.seal.check import check_seals

OPTIONS = frozenset({"items"})

_SHOWN_HEADERS = 40
_ABSENT = "not recorded"


@dataclass(frozen=True, slots=True)
class _Case:
    """What the sheets of a case share: read once, however many sheets there are."""

    order: Order
    lines: Mapping[str, list[Entry]]
    working: Mapping[str, list[str]]
    """Ids of the items made from an item."""
    inside: Mapping[str, list[str]]
    """Ids of the items taken out of an item."""
    covered: Mapping[str, list[tuple[int, str]]]
    """For each chain: how many of its lines which sound seal covers, the earliest seal first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what, what is known of it."""

    name: str
    value: str


def export(order: Order) -> Made:
    """Writes a folder with ITEM.html for each item that is asked for, or for all. Raises UsageError ("reference")."""
    found = order.contents
    unknown = [name for name in order.items if name not in found.items]
    if unknown:
        raise UsageError(
            "The case has no such item.", saw=", ".join(unknown), do="Give ids of evidence/items.", code="reference"
        )
    wanted = order.items or tuple(found.items)
    case = _case(order, wanted)
    with parcel(order.out, zipped=False) as made:
        written = []
        for done, name in enumerate(wanted, 1):
            written.append(made.write(f"{name}.html", [_page(case, found.items[name]).encode()]))
            order.progress(done / len(wanted))
    kept = {name: why for name, why in found.kept_back.items() if name in case.lines}
    total = sum(file.bytes for file in written)
    return Made(path=order.out, files=len(written), bytes=total, without=MappingProxyType(kept))


def _case(order: Order, wanted: Iterable[str]) -> _Case:
    lines: dict[str, list[Entry]] = {name: [] for name in wanted}
    for entry in order.contents.entries():
        if entry.subject in lines:
            lines[entry.subject].append(entry)
    working: dict[str, list[str]] = {}
    inside: dict[str, list[str]] = {}
    for item in order.contents.items.values():
        for parent in item.derived.parents if item.derived else ():
            working.setdefault(parent, []).append(item.id)
        if item.origin.inside is not None:
            inside.setdefault(item.origin.inside, []).append(item.id)
    return _Case(order, lines, working, inside, _covered(order.contents.root, order.clock.now()))


def _page(case: _Case, item: Item) -> str:
    order, lines = case.order, case.lines[item.id]
    return str(
        _template().render(
            item=item,
            case=order.contents.told,
            made=f"{order.clock.now():%Y-%m-%d %H:%M} UTC",
            tool=order.tool,
            groups={
                "Where it came from": list(_origin(item)),
                "How it was captured": list(_capture(item)),
                "The bytes": list(_bytes(case, item)),
                "What may be done with it": list(_licence(item)),
            },
            withheld=[Row(path, f"withheld (commitment {sha256})") for path, sha256 in (item.withheld or {}).items()],
            headers=item.capture.headers[:_SHOWN_HEADERS] if item.capture else (),
            lines=sorted(lines, key=lambda entry: (entry.at, entry.chain, entry.seq)),
            custody=CUSTODY,
            proven=list(_proven(order, item, lines, case.covered)),
            unproven=list(_unproven(order, item)),
        )
    )


def _row(name: str, item: Item, path: str, value: str | None) -> Row:
    """What is known of a field: its value, or that it is withheld, or that nobody wrote it down."""
    above = (at for at in item.withheld or {} if path == at or path.startswith(f"{at}."))
    at = next(above, None)
    return Row(name, f"withheld (commitment {(item.withheld or {})[at]})" if at is not None else value or _ABSENT)


def _origin(item: Item) -> Iterator[Row]:
    origin, capture = item.origin, item.capture
    collected = f"{item.collected:%Y-%m-%d %H:%M:%S}" if item.collected else None
    yield _row("Address (URL)", item, "origin.url", origin.url or (capture.url if capture else None))
    yield _row("File as it was given", item, "origin.file", origin.file)
    yield _row("Context", item, "origin.how", origin.how)
    yield _row("Issued by", item, "origin.issuer", origin.issuer)
    yield _row("Given out through", item, "origin.channel", origin.channel)
    yield _row("Taken out of", item, "origin.inside", origin.inside)
    yield _row("Collected by", item, "by", item.by)
    yield _row("Collected at (UTC)", item, "collected", collected)


def _capture(item: Item) -> Iterator[Row]:
    capture = item.capture
    if capture is None:
        yield _row("Capture", item, "capture", "not fetched by this program: handed in as a file")
        return
    yield _row(
        "Address as answered",
        item,
        "capture.final_url",
        f"{capture.final_url} (status {capture.status or 'not known'})",
    )
    for hop in capture.redirects:
        yield Row("Redirect", f"{hop.url} → {hop.to} (status {hop.status})")
    yield Row("Answered at (UTC)", f"{capture.at:%Y-%m-%d %H:%M:%S}")
    yield Row("Route", "through a proxy" if capture.proxy else "direct, from the collector's own connection")
    yield _row("Network address that answered", item, "capture.address", capture.address)
    yield Row("Tool and version", capture.tool)
    yield Row("Parameters", ", ".join(f"{key} = {value}" for key, value in capture.parameters.items()) or "none")
    if capture.tls is not None:
        valid = f"valid {capture.tls.not_before:%Y-%m-%d} to {capture.tls.not_after:%Y-%m-%d}"
        yield Row("Certificate shown", f"{capture.tls.subject}, by {capture.tls.issuer}, {valid}")
        yield Row("Certificate SHA-256", capture.tls.sha256)


def _bytes(case: _Case, item: Item) -> Iterator[Row]:
    yield _row("SHA-256" if not item.tree else "SHA-256 of the list of its files", item, "sha256", item.content)
    size = None if item.bytes is None else f"{item.bytes:,} bytes"
    yield Row("Size and type", ", ".join(filter(None, (size, item.media_type))) or _ABSENT)
    yield Row("Evidentiary copy", _copy(case.order, item))
    yield Row("Working copies (derived items)", ", ".join(case.working.get(item.id, ())) or "none recorded")
    if item.derived:
        yield Row("Made from", f"{', '.join(item.derived.parents)}, by: {item.derived.command}")
    yield Row("Embedded media taken out", ", ".join(case.inside.get(item.id, ())) or "none recorded")
    page = item.media_type in {"text/html", "application/xhtml+xml", "application/warc", "application/wacz"}
    yield Row("Page source", "is this item" if page else "not part of this item")


def _copy(order: Order, item: Item) -> str:
    if item.status is not Status.HAVE:
        return f"{item.status.value}: {item.why or 'no reason recorded'}"
    here = _here(order, item)
    return "in the store, unchanging, read only" if here else "not on the machine that printed this"


def _here(order: Order, item: Item) -> bool:
    hashes = [leaf.sha256 for leaf in item.tree] or [item.content or ""]
    return item.status is Status.HAVE and all(sha256 and source(sha256, order.store) for sha256 in hashes)


def _licence(item: Item) -> Iterator[Row]:
    yield Row("Licence", item.licence.name + (f" ({item.licence.url})" if item.licence.url else ""))
    yield Row("Allowed", ", ".join(f"{use.value}: {item.licence.permits(use)}" for use in Use))
    yield _row("Credit", item, "attribution", item.attribution)


def _proven(
    order: Order, item: Item, lines: list[Entry], covered: Mapping[str, list[tuple[int, str]]]
) -> Iterator[str]:
    if lines:
        count, since = "one line" if len(lines) == 1 else f"{len(lines)} lines", min(entry.at for entry in lines)[:10]
        yield (
            f"The custody log binds {count} about this item, the first of {since}, to all lines before; it was read "
            "again for this page, and each line fits the one before it."
        )
        seals = {(entry.chain, entry.seq): _seal_of(entry, covered) for entry in lines}
        if not all(seals.values()):
            yield "Whoever may write there could have rewritten every line that no seal covers."
        for (chain, seq), seal in seals.items():
            if seal is not None:
                yield f"Line {seq + 1} of {chain} is covered by {seal}: it was not changed, moved or taken out since."
        if lines[-1].meta_sha256 == item.record_sha256():
            yield "This page prints the record of the item whose hash stands in that log."
    if item.content and _here(order, item):
        for sha256 in [leaf.sha256 for leaf in item.tree] or [item.content]:
            for _ in stored(sha256, order.store):
                pass
        yield "The bytes were read again for this page: their SHA-256 is the one above."


def _seal_of(entry: Entry, covered: Mapping[str, list[tuple[int, str]]]) -> str | None:
    """The earliest sound seal over a line."""
    return next((seal for entries, seal in covered.get(entry.chain, ()) if entry.seq < entries), None)


def _unproven(order: Order, item: Item) -> Iterator[str]:
    yield "That what it shows or says is true, or that it is what others say it is."
    yield "Who made it, and when, before it was collected; and that the collector was shown what everybody is shown."
    yield "The times above beyond the word of the machine that wrote them, unless a seal with outside time covers them."
    yield "The signatures and outside times of seals: “dateline audit” checks them, on any machine, without a network."
    if item.content is not None and not _here(order, item):
        yield "That the bytes are still the same: they were not at hand for this page."


def _covered(root: Path, now: datetime) -> Mapping[str, list[tuple[int, str]]]:
    """Which sound seals cover how many lines of which chain; one that is at fault covers nothing."""
    found: dict[str, list[tuple[int, str]]] = {}
    for seal in check_seals(root, now=now).seals:
        if seal.sound and seal.record is not None:
            name = f"seal {seal.number} of {seal.log}, {seal.record.at}"
            for covered in seal.record.chain:
                found.setdefault(covered.name, []).append((covered.entries, name))
    return found


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("sheet.html.j2")
