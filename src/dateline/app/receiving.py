"""What a browser says that somebody saw becomes observations on the disk, or is refused with the reason."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from dateline import __version__
from dateline.app.desk import Desk
from dateline.core.errors import DatelineError, InputError, RecordError, UsageError
from dateline.evidence.item import Item
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import FOLDER, append, log_path, read
from dateline.ledger.observed import has_ended
from dateline.measure.files import item_path

GIVEN = frozenset(Observation.model_fields) - {"schema_", "by", "tool", "image_sha256", "withheld"}
"""What the browser may say; who looked, at which bytes and with what tool is for the server to say."""
MOST = 2_000
"""Marks in one request."""
AHEAD = timedelta(minutes=10)
"""How far a browser's clock may be ahead of ours."""


class Later(InputError):
    """These marks cannot be written now; nothing is wrong with them, and the browser keeps them and asks again."""


def save_marks(desk: Desk, who: str, told: Any) -> dict[str, Any]:
    """Writes what a browser tells: {sitting, marks}. Raises UsageError, RecordError for what is wrong with the marks,
    Later for what is wrong with the case or the disk."""
    if not isinstance(told, dict) or not isinstance(told.get("marks"), list) or not 0 < len(told["marks"]) <= MOST:
        raise UsageError(
            "This is no list of marks.",
            saw=type(told).__name__,
            do=f"Send {{sitting, marks}}, 1 to {MOST:,} marks.",
            code="marks",
        )
    sitting = str(told.get("sitting", ""))
    marks = keep_marks(desk, who, sitting, [_made(desk, who, sitting, mark) for mark in told["marks"]])
    return {"saved": [mark.id for mark in marks], "independent": all(mark.independent for mark in marks)}


def keep_marks(desk: Desk, who: str, sitting: str, given: Sequence[Observation]) -> list[Observation]:
    """Appends marks of made() and gives them as they lie on the disk. Raises as save_marks()."""
    try:
        written = Written.read(desk.root, who, sitting)
        marks = list(_in_order(given, written))
        for mark in marks:
            _check_chain(mark, marks, written, desk)
        append(desk.root, who, sitting, marks)
    except OSError as error:
        raise _not_now(error.strerror or type(error).__name__) from error
    except InputError as error:
        raise _not_now(error.saw) if error.code in NOT_NOW else error from error
    return marks


NOT_NOW = frozenset({"not-saved", "locked"})


def _not_now(saw: str) -> Later:
    return Later(
        "The marks could not be written to the disk.",
        saw=saw,
        do="Make room, or see that the case's folder may be written to. Nothing is lost: the browser keeps them.",
        code="not-saved",
    )


def made(desk: Desk, who: str, sitting: str, told: Any) -> Observation:
    """One observation as it will be written, whatever the browser says of who, with what and when others were seen.

    Raises what _made() raises.
    """
    mark = _made(desk, who, sitting, told)
    return next(_in_order([mark], Written.read(desk.root, who, sitting)))


def _made(desk: Desk, who: str, sitting: str, told: Any) -> Observation:
    """One observation as the browser tells it, with what is for the server to say.

    Raises RecordError; UsageError `no-item` for an unknown image, `mark` for one that cannot be this sitting's or lies
    outside its picture; Later where the case cannot be read.
    """
    given = {key: value for key, value in _table(told).items() if key in GIVEN and value is not None}
    try:
        json.dumps(given, allow_nan=False)
    except ValueError as error:
        raise _refused("has a number that is none", str(error)) from error
    item = _item(desk, str(given.get("item")))
    whole = {
        **given,
        "by": who,
        "sitting": sitting,
        "tool": f"dateline {__version__}, app",
        **({} if item.content is None else {"image_sha256": item.content}),
    }
    mark = read(whole, file=f"{FOLDER}/{who}/{sitting}.jsonl")
    if not mark.id.startswith(f"{sitting}-"):
        raise _refused("is not named after its sitting", f"{mark.id} in {sitting}")
    if mark.at > desk.clock.now() + AHEAD:
        raise _refused("was made in the future", f"{mark.at:%Y-%m-%d %H:%M} UTC; set this computer's clock")
    _check_inside(mark, desk)
    return mark


def _table(told: Any) -> dict[str, Any]:
    return dict(told) if isinstance(told, dict) else {}


def _item(desk: Desk, name: str) -> Item:
    """The image of this id. A case that somebody's edit has broken is asked for what it last said."""
    found = desk.known().items.get(name)
    if found is None:
        try:
            found = desk.case().items.get(name)
        except RecordError as error:
            raise Later(
                "The case cannot be read just now, so a new image is not known.",
                saw=f"{len(error.faults)} faults in its records",
                do="Mend them; marks on images that were known go on. Nothing is lost: the browser keeps these.",
                code="case-broken",
            ) from error
    if found is None:
        raise UsageError(
            "These marks are on an image that the case does not have.",
            saw=repr(name)[:80],
            do="Reload the page; archive the image first.",
            code="no-item",
        )
    return found


def _refused(what: str, saw: str) -> UsageError:
    return UsageError(f"A mark {what}.", saw=saw[:200], do="It is kept in this browser; make it again.", code="mark")


def _check_inside(mark: Observation, desk: Desk) -> None:
    """Every position must lie in its picture, where the size of that can be told."""
    here = [*mark.points, *(point for line in mark.lines for point in line), *((one.x, one.y) for one in mark.matches)]
    there = [(one.other_x, one.other_y) for one in mark.matches if one.other_x is not None and one.other_y is not None]
    for positions, item in ((here, mark.item), (there, mark.other)):
        size = _size(desk, item) if positions and item is not None else None
        for x, y in positions:
            if size is not None and not (0 <= x <= size[0] and 0 <= y <= size[1]):
                raise _refused("lies outside its picture", f"{x:g}, {y:g} in {size[0]} x {size[1]} pixels")


def _size(desk: Desk, item: str) -> tuple[int, int] | None:
    """Width and height of a picture [px]; None where it is no picture, or its bytes are not here."""
    content = desk.known().items[item].content if item in desk.known().items else None
    if content is None:
        return None
    if content not in _SIZES:
        try:
            with warnings.catch_warnings(), Image.open(item_path(desk.known(), item)) as opened:
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # only its head is read
                _SIZES[content] = opened.size
        except (DatelineError, OSError, Image.DecompressionBombError):
            return None
    return _SIZES[content]


_SIZES: dict[str, tuple[int, int]] = {}
"""By the hash of the bytes, which never change: 200 clicks open a picture once."""


@dataclass(frozen=True, slots=True)
class Written:
    """What this person has on the disk already. lines: raw, by id, of all sittings; ends: that ended sittings."""

    lines: Mapping[str, bytes]
    ends: Sequence[Observation]

    @classmethod
    def read(cls, root: Path, who: str, sitting: str) -> Written:
        """Reads the person's files. Only lines that end a sitting are parsed: this runs at every click."""
        log_path(root, who, sitting)  # refuses names that lead out
        lines: dict[str, bytes] = {}
        ends: list[Observation] = []
        for path in sorted((root / FOLDER / who).glob("*.jsonl")):
            for line in path.read_bytes().split(b"\n"):
                found = _ID.search(line)
                if found:
                    lines[found[1].decode(errors="replace")] = line
                if b'"submitted":true' in line.replace(b" ", b""):
                    ends += filter(None, [_parsed(line)])
        return cls(lines, ends)


_ID = re.compile(rb'"id":\s*"([^"]+)"')


def _parsed(line: bytes) -> Observation | None:
    """A line, or None for one that a crash cut off."""
    try:
        return Observation.model_validate(json.loads(line))
    except ValueError:
        return None


def _in_order(marks: Iterable[Observation], written: Written) -> Iterator[Observation]:
    """Each mark as it is, or was, written: what came after the end of a sitting saw others' marks.

    A mark whose answer was lost comes once more: it is the one on the disk, whatever ended since.
    """
    ends = list(written.ends)
    for mark in marks:
        there = _parsed(written.lines[mark.id]) if mark.id in written.lines else None
        if there is not None and _told(there) == _told(mark):
            yield there
        elif mark.independent and has_ended(ends, by=mark.by, item=mark.item, question=mark.question):
            yield mark.model_copy(update={"independent": False})
        else:
            yield mark
        if mark.submitted:
            ends.append(mark)


def _told(mark: Observation) -> dict[str, Any]:
    """What the browser said, without what the server adds by the state of things."""
    return mark.model_dump(exclude={"independent", "tool", "image_sha256"})


def _check_chain(mark: Observation, batch: Sequence[Observation], written: Written, desk: Desk) -> None:
    """What it replaces must be this person's own, and its id nobody else's."""
    known = desk.known().records.get(mark.id)
    if known is not None and not (isinstance(known, Observation) and known.by == mark.by):
        raise _refused("bears the id of another record", mark.id)
    before = mark.supersedes
    if before is None or before in written.lines or any(one.id == before for one in batch):
        return
    raise _refused("replaces one that is not this person's", before)
