"""Where the bytes of a case's selectors lie: the evidence store, the samples, or a folder of the case."""

from __future__ import annotations

import shutil
from pathlib import Path

from dateline.core.errors import InputError
from dateline.evidence import samples
from dateline.evidence.item import Item, Status
from dateline.evidence.store import default_store
from dateline.ledger.case import Case
from dateline.ledger.measure import Selector

VIEW = Path(".dateline") / "view"
"""Named copies of stored bytes, for readers that need a file's name; can be deleted at any time."""


def item_path(case: Case, name: str) -> Path:
    """A readable file with the item's own name and bytes.

    Looks in the evidence store, then among the samples (by hash). Raises InputError (code `missing-bytes`).
    """
    item = case.items[name]
    if item.content is None or item.status is Status.ELSEWHERE:
        raise _missing(item, f"status {item.status}: {item.why}")
    store = default_store()
    if item.content in store:
        return _named(case, store.path(item.content), item)
    sample = next((each for each in samples.registry().values() if each.sha256 == item.content), None)
    found = samples.find(sample.path) if sample is not None else None
    if found is None:
        raise _missing(item, f"SHA-256 {item.content[:12]}… is neither in the store nor among the samples here")
    return found


def _named(case: Case, stored: Path, item: Item) -> Path:
    folder = case.root / VIEW / item.id
    folder.mkdir(parents=True, exist_ok=True)
    if folder.resolve() != case.root.resolve() / VIEW / item.id:  # a link there would lead our writing elsewhere
        raise InputError(
            "The program's own folder of the case leads elsewhere.",
            saw=f"a link at {(VIEW / item.id).as_posix()} or above it",
            do="Delete the folder .dateline of the case: all in it is made again.",
            code="outside-case",
        )
    for other in folder.iterdir():  # .aux.xml, .tfw, .ovr: planted there they would change what the file says
        if other.name != item.name:
            _remove(other)
    path = folder / item.name
    if not _is_the_item(path, stored, item):
        _remove(path)
        try:
            path.hardlink_to(stored)
        except OSError:  # another file system: a copy does as well
            shutil.copyfile(stored, path)
    return path


def _is_the_item(path: Path, stored: Path, item: Item) -> bool:
    """Whether a named copy has the item's bytes: a case that somebody sent brings its own `.dateline` along."""
    from dateline.measure.gather.images import digest

    if not path.is_file() or path.is_symlink() or path.stat().st_size != item.bytes:
        return False
    return path.samefile(stored) or digest(path) == item.content


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _missing(item: Item, saw: str) -> InputError:
    return InputError(
        f"The bytes of item {item.id} ({item.name}) are not on this machine.",
        saw=saw,
        do="`dateline archive FILE` if you have the file; `dateline samples` lists where the samples come from; "
        "DATELINE_SAMPLES names a folder that holds them.",
        code="missing-bytes",
    )


def inside(case: Case, path: str) -> Path:
    """A path of the case. Raises InputError (code `outside-case`) when it leads out of the case's folder."""
    full = (case.root / path).resolve()
    if not full.is_relative_to(case.root.resolve()):
        raise InputError(
            "A measure may only name files of its own case.",
            saw=path,
            do="Archive the file (`dateline archive FILE`) and give the item's id.",
            code="outside-case",
        )
    return full


def case_files(case: Case, selector: Selector) -> tuple[Path, ...]:
    """The files that a selector names by item or by pattern, in a stable order."""
    if selector.table is not None:
        return ()
    found = [item_path(case, name) for name in selector.items]
    home = inside(case, selector.folder or ".")
    for pattern in selector.files:
        inside(case, f"{selector.folder or '.'}/{pattern}")
        matches = sorted(home.glob(pattern))
        if not matches:
            raise InputError(
                "A measure names files that are not there.",
                saw=f"{selector.folder or '.'}/{pattern}",
                do="Check the pattern, or build the files first.",
                code="no-files",
            )
        found.extend(matches)
    return tuple(found)


def case_folder(case: Case, selector: Selector) -> tuple[Path, ...]:
    """The folder of granules that a selector names, unless it names files in it."""
    if selector.folder is None or selector.files:
        return ()
    return (inside(case, selector.folder),)


def case_table(case: Case, selector: Selector) -> Path | None:
    """The table that a selector names: an item's id, or a file of the case."""
    return None if selector.table is None else _item_or_file(case, selector.table)


def case_counts(case: Case, selector: Selector) -> Path | None:
    """The file of counts that a selector names: an item's id, or a file of the case."""
    return None if selector.counts is None else _item_or_file(case, selector.counts)


def _item_or_file(case: Case, name: str) -> Path:
    return item_path(case, name) if name in case.items else inside(case, name)
