"""What an export is made of: files, what did not go with the reason, and what the other form cannot carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dateline.core.where import Where
from dateline.evidence.package.kinds import Made
from dateline.evidence.package.parcel import parcel
from dateline.evidence.redact import coarsened
from dateline.ledger.claims_columns import Lost
from dateline.ledger.place import Place
from dateline.ledger.sheets.table import csv_text

LOST = "lost.csv"
"""The report of what the other form cannot carry, beside the files."""

FINEST = 1_000.0
"""[m] A sensitive place is never told more finely, as in packages: findings carry a hash of it that is no finer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The bytes of each file by name; records that did not go, with the reason; and what became of fields that did."""

    files: Mapping[str, bytes]
    without: Mapping[str, str] = field(default_factory=dict)
    lost: Sequence[Lost] = ()


def write(out: Path, bundle: Bundle) -> Made:
    """Writes a new folder, whole or not at all, with lost.csv where there is a loss.

    Raises InputError (code "out-exists").
    """
    files = dict(bundle.files)
    if bundle.lost:
        rows = [(one.claim, one.where, one.was, one.becomes) for one in bundle.lost]
        files[LOST] = csv_text(("record", "field", "was", "becomes"), rows).encode()
    with parcel(out, zipped=False) as made:
        written = [made.write(name, [data]) for name, data in sorted(files.items())]
    main = [one for one in written if one.path != LOST]
    return Made(
        path=out,
        files=len(written),
        bytes=sum(one.bytes for one in written),
        sha256=main[0].sha256 if len(main) == 1 else None,
        without=bundle.without,
    )


def public_where(place: Place) -> Where | None:
    """The position as it may be printed: coarse for a sensitive place, None where nobody said how coarse."""
    if not place.is_sensitive:
        return place.where
    if place.publish_precision is None:
        return None
    where = place.where
    corners = [point for polygon in where.polygons for ring in polygon for point in ring] or [where.bounds()[:2]]
    lon, lat, radius = coarsened(corners, step=max(place.publish_precision, FINEST), radius=where.radius)
    return Where.point(lon=lon, lat=lat, radius=radius)


KEPT_BACK = "sensitive, and nobody said how coarsely it may be told (publish_precision)"
