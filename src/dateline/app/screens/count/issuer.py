"""The issuer's own marks on its picture, from an archived file, to be drawn beside ours."""

from __future__ import annotations

from dateline.ledger.case import Case
from dateline.measure.files import item_path
from dateline.measure.gather.marks_files import read_marks


def issuer_points(case: Case, item: str | None) -> list[tuple[float, float]]:
    """Columns and rows [px]; none where no file is named, or its marks are on the ground and not on the picture.

    What is wrong with the file is not said here: the method's answer says it, with each line.
    """
    if item is None or item not in case.items:
        return []
    told = read_marks(item_path(case, item), columns={}, crs=None, checked=False)
    return [row.point for row in told.rows if row.point is not None] if told.crs is None else []
