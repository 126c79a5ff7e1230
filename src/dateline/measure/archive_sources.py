"""What somebody names, taken into a case: files, folders, addresses, web archives, exports of other archivers."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dateline.core.errors import DatelineError, InputError, UsageError
from dateline.evidence.capture import shown
from dateline.evidence.intake import Form
from dateline.evidence.store import check_readable
from dateline.measure.archive import TOOL, Archive, Kept
from dateline.measure.archive_export import export_of, from_export, hint_of

if TYPE_CHECKING:
    from dateline.evidence.door.client import Door

_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]*://|(mailto|data|javascript|about|file|gopher|view-source):")
_STOPS = {"store-write", "custody-broken", "custody-long", "link-out", "system"}
"""After these nothing more can be taken in, whatever it is."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was not taken in, and why; the rest goes on."""

    source: str
    error: DatelineError

    def __str__(self) -> str:
        return f"{self.source}: {self.error.what} ({self.error.saw})"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that people should know, and that stops nothing."""

    text: str


Step = Kept | Trouble | Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How to take it in.

    `each`: every file of a folder is an item of its own; `as_file`: a zip stays shut. `door` is asked for when the
    first address comes.
    """

    form: Form
    door: Callable[[], Door]
    name: str | None = None
    again: bool = False
    each: bool = False
    as_file: bool = False
    expect: str | None = None
    most: int | None = None
    gone: bool = False
    tell: Tell = field(default=lambda _share: None)


def is_address(source: str) -> bool:
    """Whether somebody means an address and not a file: https://… and also what is refused, file:// or mailto:."""
    return _ADDRESS.match(source) is not None


def archive_sources(archive: Archive, sources: list[str], ask: Ask) -> Iterator[Step]:
    """Takes in each source in turn; what fails does not stop the others, save a full disk or a broken log."""
    total = sum(size for named in sources for _, size in _jobs(named, ask))
    done = 0
    for source, size in (job for named in sources for job in _jobs(named, ask)):
        try:
            yield from _one(archive, source, ask)
        except DatelineError as error:
            if error.code in _STOPS:
                raise
            yield Trouble(shown(source) if is_address(source) else source, error)
        except OSError as error:
            if error.errno in _FULL:
                raise
            yield Trouble(source, _unreadable(source, error))
        done += size
        ask.tell(min(1.0, done / total))


def _jobs(source: str, ask: Ask) -> Iterator[tuple[str, int]]:
    """The things to take in, and how much of the work each is [bytes, about]."""
    path = Path(source)
    if is_address(source) or not _is_folder(path):
        yield source, 4096 + (0 if is_address(source) else _size(path))
    elif not ask.each:
        yield source, 4096 + sum(_size(file) for file in _files(path))
    else:
        for file in _files(path):
            yield str(file), 4096 + _size(file)


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder and every link, in order; only one folder's names are in memory."""
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]  # noqa: PTH114, PTH118
        folders.sort()
        for name in sorted(files + links):
            yield Path(place, name)


def _unreadable(source: str, error: OSError) -> InputError:
    return InputError(
        "It cannot be read.",
        saw=f"{source}: {error.strerror or error}",
        do="Check the name and whether you may read it.",
        code="not-a-file",
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # said when its turn comes
        return 0


def _one(archive: Archive, source: str, ask: Ask) -> Iterator[Step]:
    if is_address(source):
        yield _address(archive, source, ask)
        return
    path = Path(source)
    if ask.each and path.is_symlink():
        raise InputError(
            "This is a link.",
            saw=f"{path.name} leads to {path.readlink()}",
            do="Give the file that it leads to, by itself.",
            code="link",
        )
    if not path.is_dir():
        check_readable(path)
    export = None if ask.as_file else export_of(path)
    if export is not None:
        for step in from_export(archive, export, ask.form, again=ask.again):
            yield step if isinstance(step, Kept) else _told(step)
        return
    yield archive.file(path, ask.form, name=ask.name, again=ask.again)
    if not ask.as_file and (hint := hint_of(path)) is not None:
        yield Remark(hint)


def _told(step: tuple[str, str] | str) -> Step:
    if isinstance(step, str):
        return Remark(step)
    at, what = step
    return Trouble(at, InputError(what, saw=at, do="Ask whoever made the export.", code="export"))


def _address(archive: Archive, url: str, ask: Ask) -> Kept:
    from dateline.evidence.capture import MOST, Wanted, fetch

    if ask.form.url is not None:
        raise UsageError("--url is for a file.", saw=shown(url), do="Leave it out: the address is known.", code="usage")
    wanted = Wanted(url=url, tool=TOOL, expect=ask.expect, name=ask.name, most=ask.most or MOST, gone=ask.gone)
    fetched = fetch(wanted, ask.door(), store=archive.store, clock=archive.clock)
    form = replace(ask.form, url=fetched.capture.url, capture=fetched.capture)
    kept = archive.keep(fetched.taken, form, again=ask.again)
    return replace(kept, notes=(*fetched.notes, *kept.notes))
