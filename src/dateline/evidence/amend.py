"""Changing what a case says of an item, in the open: a reason and a line in the log for every correction and hiding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import is_id, sha256_file
from dateline.evidence.chain import Event, chains
from dateline.evidence.custody import Appended, Custody
from dateline.evidence.history import history
from dateline.evidence.item import FOLDER as ITEMS
from dateline.evidence.item import Item, Status
from dateline.evidence.last_words import Logged


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
    "item-unchanged", "item-bytes" (it names other bytes than those that were entered); RecordError for a record that
    is none.
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
    _check_bytes(item, logged)
    return custody.log(Event.CORRECTED, item, was=logged.meta_sha256, note=reason)


def hide(custody: Custody, name: str, *, why: str) -> Appended:
    """Takes an item out of pages and packages to come; its record and bytes stay. Raises as correct() does."""
    return custody.log(Event.HIDDEN, read_item(custody.case, name), note=reason_given(why))


def show(custody: Custody, name: str, *, why: str) -> Appended:
    """Undoes every hide() that is not undone yet, a line for each; gives the last line.

    `was` is the hash of the line that is undone, so that no clock decides which came later. Raises UsageError "item",
    "why", "item-shown" (it is not hidden).
    """
    item, reason = read_item(custody.case, name), reason_given(why)
    hidings = history(custody.case).hidings.get(name, ())
    if not hidings:
        raise UsageError("The item is not hidden.", saw=name, do="There is nothing to undo.", code="item-shown")
    done = [custody.log(Event.SHOWN, item, was=sha256, note=reason) for sha256 in hidings]
    return replace(done[-1], mended=next((one.mended for one in done if one.mended is not None), None))


def hidden(case: Path) -> frozenset[str]:
    """The items that somebody hid. Raises nothing for a broken log: what it says still counts."""
    if not any(_mentions(path, b'"event":"hidden"') for path in chains(case).values()):
        return frozenset()
    return frozenset(history(case).hidden)


def away(case: Path, items: Mapping[str, Item]) -> dict[str, str]:
    """The items that no page shows, with the reason: hidden, withheld, or made from one that is."""
    first = {name: "withheld" for name, item in items.items() if item.status is Status.WITHHELD}
    return kept_from(items, first | {name: "hidden" for name in hidden(case) if name in items})


def kept_from(items: Mapping[str, Item], first: Mapping[str, str]) -> dict[str, str]:
    """`first`, and what was made from any of these, or taken out of it, at any remove, with the reason of that one."""
    found = dict(first)
    while more := {
        name: next(found[origin] for origin in _origins(item) if origin in found)
        for name, item in items.items()
        if name not in found and not found.keys().isdisjoint(_origins(item))
    }:
        found |= more
    return found


def _origins(item: Item) -> tuple[str, ...]:
    """What an item was made from or taken out of."""
    parents = item.derived.parents if item.derived is not None else ()
    return parents if item.origin.inside is None else (*parents, item.origin.inside)


def _check_bytes(item: Item, logged: Logged) -> None:
    """Raises UsageError (code "item-bytes") when a record names other bytes than those that were entered."""
    if logged.content is not None and item.content != logged.content:
        raise UsageError(
            "The record names other bytes than those that were archived: that is no correction.",
            saw=f"SHA-256 {item.content or 'of nothing'}; entered at {logged.where}: {logged.content}",
            do="Put the hash back, and archive the other bytes as an item of their own; hide this one if it is wrong.",
            code="item-bytes",
        )


def _mentions(path: Path, word: bytes) -> bool:
    with path.open("rb") as stream:
        return any(word in line for line in stream)


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
