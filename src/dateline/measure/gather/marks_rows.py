"""Marks as rows, from whatever file they came in: checked one by one, then put together by person and tile."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dateline.core.errors import RecordFault
from dateline.ledger.marks import Marks

COLUMNS: Mapping[str, str] = {
    "image": "the picture's name; the file's own name where it is left out",
    "tile": "the part of it that was looked at; empty: all of it",
    "by": "who marked; the file where it is empty",
    "kind": "person or detector; a row with a score is a detector's",
    "x": "column from the left edge [px]; empty, with y: looked at, nothing there",
    "y": "row from the upper edge [px]",
    "x1": "left edge of a box [px], with y1, x2, y2; its middle is the mark",
    "y1": "upper edge of a box [px]",
    "x2": "right edge of a box [px]",
    "y2": "lower edge of a box [px]",
    "score": "of a detector, 0 to 1",
    "checked": "yes: corrected against a closer look",
    "independent": "yes: made without having seen anybody else's",
    "count": "how many, where they were not marked one by one; NA: did not count",
    "area_x": "left edge of the part that was looked at [px]",
    "area_y": "upper edge of it [px]",
    "area_width": "[px]",
    "area_height": "[px]",
    "width": "of the picture [px]",
    "height": "of the picture [px]",
    "sha256": "of the picture's bytes",
    "simulated": "yes: made by a computer",
    "ref": "id of the observation or item behind it",
}
"""Every column of a table of marks, key of a GeoJSON feature's properties, and what stands in it. `cov.NAME` adds a
covariate: contrast, size, shadow, crowding."""
COVARIATE = "cov."
FLAGS = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}
NOTHING = {"", "na", "n/a", "nan", "none", "null"}
AREA = ("area_x", "area_y", "area_width", "area_height")
BOX = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mark, or "looked at and nothing there" (no point), with where it stands in which file."""

    file: str
    line: int | None
    image: str
    by: str
    kind: Literal["person", "detector"]
    tile: str | None = None
    point: tuple[float, float] | None = None
    score: float | None = None
    checked: bool = False
    independent: bool = False
    count: int | None = None
    skipped: bool = False
    area: tuple[float, float, float, float] | None = None
    size: tuple[float, float] | None = None
    sha256: str | None = None
    simulated: bool = False
    ref: str | None = None
    covariates: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class Cells:
    """The cells of one row while it is read, and what is wrong with them."""

    file: str
    line: int | None
    cells: Mapping[str, Any]
    faults: list[RecordFault] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A cell as text; empty for none."""
        value = self.cells.get(name)
        return "" if value is None else str(value).strip()

    def fault(self, name: str, valid: str, found: str | None = None) -> None:
        """Adds one."""
        self.faults.append(RecordFault(self.file, self.line, name, found or repr(self.text(name)), valid))

    def number(self, name: str, low: float = -math.inf, high: float = math.inf) -> float | None:
        """A cell as a number within bounds; None for nothing (and for a fault)."""
        text = self.text(name)
        if text.lower() in NOTHING:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or not low <= value <= high:
            within = "a number" if low == -math.inf else f"a number from {low:g}" + (
                "" if high == math.inf else f" to {high:g}")  # fmt: skip
            self.fault(name, within)
            return None
        return value

    def flag(self, name: str) -> bool:
        """A cell as yes or no."""
        text = self.text(name).lower()
        if text not in FLAGS:
            self.fault(name, "yes, or nothing")
        return FLAGS.get(text, False)


def row_of(cells: Cells, *, by: str, simulated: bool, checked: bool) -> Row | None:
    """One row from its cells; None with faults in them. by: who marked where the row does not say."""
    area = _area(cells)
    point, score = _point(cells), cells.number("score", 0, 1)
    kind = cells.text("kind").lower() or ("person" if score is None else "detector")
    if kind not in {"person", "detector"}:
        cells.fault("kind", "person or detector")
    if kind == "person" and score is not None:
        cells.fault("score", "no score: it is a detector's", f"a score of {score:g} on a person's mark")
    width, height = cells.number("width", 1), cells.number("height", 1)
    count = _count(cells, point)
    covariates = tuple(
        (name.removeprefix(COVARIATE), value)
        for name in sorted(cells.cells)
        if name.startswith(COVARIATE) and (value := cells.number(name)) is not None
    )
    made = {name: cells.flag(name) for name in ("checked", "independent", "simulated")}
    if cells.faults:
        return None
    return Row(
        file=cells.file,
        line=cells.line,
        image=cells.text("image") or cells.file,
        by=cells.text("by") or by,
        kind="detector" if kind == "detector" else "person",
        tile=cells.text("tile") or None,
        point=point,
        score=score,
        checked=made["checked"] or checked,
        independent=made["independent"],
        count=count,
        skipped=count is None and "count" in cells.cells and point is None,
        area=area,
        size=None if width is None or height is None else (width, height),
        sha256=cells.text("sha256") or None,
        simulated=simulated or made["simulated"],
        ref=cells.text("ref") or None,
        covariates=covariates,
    )


def _area(cells: Cells) -> tuple[float, float, float, float] | None:
    if not any(cells.text(name) for name in AREA):
        return None
    x, y, width, height = (cells.number(name) for name in AREA)
    if x is None or y is None or width is None or height is None:
        cells.fault(AREA[0], ", ".join(AREA) + " together", "a part of them")
        return None
    if min(width, height) <= 0:
        cells.fault("area_width", "a width and a height above 0")
    return x, y, width, height


def _count(cells: Cells, point: tuple[float, float] | None) -> int | None:
    count = cells.number("count", 0)
    if count is not None and (count != int(count) or point is not None):
        cells.fault("count", "a whole number, on a row without a position")
    return None if count is None else int(count)


def _point(cells: Cells) -> tuple[float, float] | None:
    boxed = [name for name in BOX if cells.text(name)]
    if boxed:
        corners = [cells.number(name) for name in BOX]
        if None in corners:
            cells.fault(BOX[0], ", ".join(BOX) + " together", ", ".join(boxed))
            return None
        x1, y1, x2, y2 = (float(value or 0) for value in corners)
        if x2 < x1 or y2 < y1:
            cells.fault("x2", "a box whose right and lower edges lie behind its left and upper ones")
        return (x1 + x2) / 2, (y1 + y2) / 2
    x, y = cells.number("x"), cells.number("y")
    if (x is None) != (y is None) and not cells.faults:
        cells.fault(
            "x", "x and y, or neither: looked at, nothing there", f"x {cells.text('x')!r}, y {cells.text('y')!r}"
        )
        return None
    return None if x is None or y is None else (x, y)


def together(rows: Iterable[Row]) -> tuple[list[Marks], list[RecordFault]]:
    """Rows put together by person, image, tile and area; and what does not go together.

    A row without a count among counts ("NA") says that this person did not count there: it makes no Marks.
    """
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if not row.skipped:
            groups[row.by, row.kind, row.image, row.tile, row.area].append(row)
    made: list[Marks] = []
    faults: list[RecordFault] = []
    for group in groups.values():
        wrong = list(_apart(group))
        faults += wrong
        if not wrong:
            made.append(_marks(group))
    return made, faults


def _apart(group: Sequence[Row]) -> Iterable[RecordFault]:
    """What is wrong with rows of one person on one tile."""
    marked = [row for row in group if row.point is not None]
    names = {tuple(name for name, _ in row.covariates) for row in marked}
    odd = [row for row in marked if (row.score is None) != (marked[0].score is None)]
    for row in odd[:1]:
        yield RecordFault(row.file, row.line, "score", "a score on some marks only", "a score on each, or on none")
    if len(names) > 1:
        yield RecordFault(
            group[0].file, group[0].line, "cov.", "covariates on some marks only", "the same on each mark"
        )
    if sum(row.count is not None for row in group) > 1 or (marked and any(row.count is not None for row in group)):
        row = next(row for row in group if row.count is not None)
        found = f"another number or marks of {row.by} on {row.image}"
        yield RecordFault(row.file, row.line, "count", found, "one number a person and tile, or marks")
    if len({row.sha256 for row in group if row.sha256}) > 1:
        found = f"{row.by} on {row.image}: two contents" if (row := group[0]) else ""
        yield RecordFault(row.file, row.line, "sha256", found, "one picture under one name")


def _marks(group: Sequence[Row]) -> Marks:
    first, marked = group[0], [row for row in group if row.point is not None]
    names = [name for name, _ in marked[0].covariates] if marked else []
    columns = [dict(row.covariates) for row in marked]
    return Marks(
        by=first.by,
        kind=first.kind,
        image=first.image,
        tile=first.tile,
        area=first.area,
        points=tuple(row.point for row in marked if row.point is not None),
        scores=tuple(row.score for row in marked if row.score is not None),
        covariates=tuple((name, tuple(column[name] for column in columns)) for name in names),
        checked=all(row.checked for row in group),
        independent=all(row.independent for row in group),
        simulated=any(row.simulated for row in group),
        ref=first.ref,
        count=next((row.count for row in group if row.count is not None), None),
        sha256=next((row.sha256 for row in group if row.sha256), None),
    )
