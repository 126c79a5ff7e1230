"""The masked copy: made by the same functions as `dateline mask`, so that the same boxes give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from dateline.core.errors import UsageError
from dateline.evidence.item import Item
from dateline.ledger.case import Case
from dateline.measure.archive import Archive
from dateline.measure.files import item_path
from dateline.measure.masked import Made, make, read_box, write
from dateline.measure.masked import keep as keep_made
from dateline.media.mask import Box

WORDS = {"faces": "faces", "plates": "number plates", "name_tags": "name tags"}
ENDINGS = (".jpg", ".png")
MOST_BOXES = 500
OWN = ".dateline"
"""The program's own folder of the case: what is made lies there for a moment, on the case's own disk."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants masked: boxes on the upright picture [px], what they cover, the new file's ending."""

    boxes: tuple[Box, ...]
    what: tuple[str, ...]
    ending: str = ".jpg"

    @classmethod
    def read(cls, form: Mapping[str, object], what: list[str]) -> Asked:
        """From the form: boxes one a line. Raises UsageError `box`, `no-boxes`."""
        lines = [line for line in str(form.get("boxes", "")).splitlines() if line.strip()]
        if not 0 < len(lines) <= MOST_BOXES:
            raise UsageError(
                "Nothing is to be masked yet." if not lines else "These are too many boxes.",
                saw=f"{len(lines)} boxes",
                do=f"Draw 1 to {MOST_BOXES}, or write left,top,width,height, one box a line.",
                code="no-boxes",
            )
        ending = str(form.get("ending", ENDINGS[0]))
        return cls(tuple(map(read_box, lines)), tuple(what), ending if ending in ENDINGS else ENDINGS[0])

    def name(self, item: Item) -> str:
        """What the copy is called."""
        return f"{Path(item.name).stem[:80]}-masked{self.ending}"


def masked(case: Case, item: Item, asked: Asked) -> Made:
    """The copy in memory. Raises UsageError `box`, `mask-what`, and what measure.masked.make() raises."""
    return make(item_path(case, item.id), asked.boxes, asked.what, name=item.id, out=asked.name(item), sound=False)


def keep(case: Case, item: Item, asked: Asked, *, by: str) -> Item:
    """Makes the copy, takes it into the case as derived from its parent, and gives its item."""
    made = masked(case, item, asked)
    (case.root / OWN).mkdir(exist_ok=True)
    with TemporaryDirectory(dir=case.root / OWN) as folder, Archive(case.root, by=by) as archive:
        out = Path(folder) / asked.name(item)
        write(made, out)
        return keep_made(archive, item, made, out).item
