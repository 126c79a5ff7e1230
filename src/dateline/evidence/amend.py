"""Changing what a case says of an item, in the open: a reason and a line in the log for every correction and hiding."""

from __future__ import annotations

from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import is_id, sha256_file
from dateline.evidence.chain import Event, chains
from dateline.evidence.custody import Appended, Custody
from dateline.evidence.history import Logged, history
from dateline.evidence.item import FOLDER as ITEMS
from dateline.evidence.item import Item


def read_item(case: Path, name: str) -> Item:
    """An item of a case. Raises UsageError (code "item") when there is none; RecordError for a record that is none."""
    path = case / ITEMS / f"{name}.toml"
    if not is_id(name) or not path.is_file():
        raise UsageError(
            "The case has no item of this id.",
            saw=repr(name[:80]),
            do=f"The items are the files of {ITEMS}; an id is a file's name without .toml.",
            code="item",
        )
    return Item.read(path)


def correct(custody: Custody, name: str, *, why: str) -> Appended:
    """Enters an item's record as it stands now, after somebody changed it, with the reason and both hashes.

    A record that was never entered is entered as collected, late. Raises UsageError "item", "why" (no reason given),
    "item-unchanged"; RecordError for a record that is none.
    """
    item, reason = read_item(custody.case, name), reason_given(why)
    logged = history(custody.case).items.get(name)
    if logged is None:
        return custody.log(Event.COLLECTED, item, note=f"entered late: {reason}")
    if _is_same(custody.case, item, logged):
        raise UsageError(
            "The record is what the log says; there is nothing to correct.",
            saw=f"{ITEMS}/{name}.toml, entered at {logged.where}",
            do="Change the record first, then enter the correction with its reason.",
            code="item-unchanged",
        )
    return custody.log(Event.CORRECTED, item, was=logged.meta_sha256, note=reason)


def hide(custody: Custody, name: str, *, why: str) -> Appended:
    """Takes an item out of pages and packages to come; its record and bytes stay. Raises as correct() does."""
    return custody.log(Event.HIDDEN, read_item(custody.case, name), note=reason_given(why))


def show(custody: Custody, name: str, *, why: str) -> Appended:
    """Undoes hide(), with a reason. Raises UsageError "item", "why", "item-shown" (it is not hidden)."""
    item, reason = read_item(custody.case, name), reason_given(why)
    if name not in hidden(custody.case):
        raise UsageError("The item is not hidden.", saw=name, do="There is nothing to undo.", code="item-shown")
    return custody.log(Event.SHOWN, item, note=reason)


def hidden(case: Path) -> frozenset[str]:
    """The items that pages and packages leave out. Raises nothing for a broken log: what it says still counts."""
    words = (b'"event":"hidden"', b'"event":"shown"')
    if not any(_mentions(path, words) for path in chains(case).values()):
        return frozenset()
    return frozenset(history(case).hidden)


def _mentions(path: Path, words: tuple[bytes, ...]) -> bool:
    with path.open("rb") as stream:
        return any(word in line for line in stream for word in words)


def _is_same(case: Path, item: Item, logged: Logged) -> bool:
    if item.record_sha256() != logged.meta_sha256:
        return False
    return logged.file_sha256 in {None, sha256_file(case / ITEMS / f"{item.id}.toml")}


def reason_given(why: str) -> str:
    """The reason itself, without blanks around it. Raises InputError (code "why") when there is none."""
    if not why.strip():
        raise InputError(
            "Nothing in the log is changed without a reason.",
            saw="an empty one",
            do="Say why in a sentence that a stranger will understand in ten years.",
            code="why",
        )
    return why.strip()
