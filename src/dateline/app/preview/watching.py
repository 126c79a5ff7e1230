"""What has changed in a case since the last look: by time and size of its files, without a busy loop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

Stamps = Mapping[str, tuple[int, int]]
"""Each file with its time of change [ns] and its size [bytes]."""

LEFT_OUT = frozenset({"site", "published"})
"""Folders of a case that a build writes, or that never change."""
PAUSE = 0.4
"""Between two looks [s]."""
SHARE = 10
"""A look that takes long is followed by a pause so many times as long: a big folder costs no more of the processor."""


def stamps(root: Path, others: Iterable[Path] = ()) -> Stamps:
    """Every file of a case, and of some folders beside it, save hidden ones and what a build writes.

    What goes while it is looked at is not there: that is a change like any other.
    """
    found: dict[str, tuple[int, int]] = {}
    waiting = [(root, LEFT_OUT), *((folder, frozenset[str]()) for folder in others)]
    while waiting:
        folder, left_out = waiting.pop()
        for entry in _entries(folder):
            if entry.name.startswith(".") or entry.name in left_out:
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), frozenset()))
                else:
                    told = entry.stat()
                    found[entry.path] = (told.st_mtime_ns, told.st_size)
            except OSError:
                continue
    return found


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def changes(
    look: Callable[[], Stamps],
    wait: Callable[[float], bool],
    seconds: Callable[[], float] = time.monotonic,
) -> Iterator[frozenset[str]]:
    """The files that changed, once at the start (all of them) and then each time that nothing changes any more.

    look: what there is now. wait: pauses [s] and tells whether to end. A change is told when two looks one after the
    other are the same: an editor that writes in several steps is waited for. What changes while the caller works on
    the last change is found at the next look.
    """
    known = look()
    yield frozenset(known)
    before, pause = known, PAUSE
    while not wait(pause):
        started = seconds()
        now = look()
        pause = max(PAUSE, SHARE * (seconds() - started))
        if now == before and now != known:
            changed = frozenset(name for name in {*known, *now} if known.get(name) != now.get(name))
            known = now
            yield changed
        before = now
