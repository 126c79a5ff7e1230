"""What an answer of `copies` says of one media item: which items were there before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dateline.ledger.finding import Finding


def earlier_in(findings: Iterable[Finding], media: str) -> tuple[str, ...]:
    """Ids of the items, or names of the files, of which `copies` found that they are earlier copies of this item."""
    return tuple(dict.fromkeys(name for finding in findings for name in _earlier(finding, media)))


def _earlier(finding: Finding, media: str) -> Iterator[str]:
    rows = finding.values.get("recycled", ()) if finding.method == "copies" else ()
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, Mapping) and row.get("media") == media:
            yield str(row.get("earlier_media") or row.get("earlier"))
