"""The store: bytes that never change, named by their own hash, kept once for all cases of a user."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import platformdirs

from dateline.core.errors import InputError
from dateline.core.identity import pieces, sha256_file
from dateline.evidence.atomic import settle, sync_folder
from dateline.evidence.item import Item, Leaf
from dateline.evidence.names import check_relative
from dateline.evidence.waiting import claim, sweep

_SHA256 = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store took in: the hash under which it lies, its size, and whether it was new."""

    sha256: str
    bytes: int
    new: bool


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of files named by the SHA-256 of their bytes: objects/ab/cdef….

    A file takes its name only when all its bytes lie on the disk, so that a crash, a full disk or a second writer
    never leaves half of one under a name. Files are read-only.
    """

    root: Path

    def add(self, source: Path | BinaryIO) -> Stored:
        """Takes in a file or an open binary stream, piece by piece: its size does not matter.

        The same bytes again change nothing. Raises InputError: "not-a-file" (a folder, a pipe, a device),
        "changed-while-read" (somebody is still writing it), "store-write" (disk full, no permission).
        """
        if isinstance(source, Path):
            with _opened(source) as stream:
                return self._add(stream)
        return self._add(source)

    def add_folder(self, folder: Path) -> tuple[Leaf, ...]:
        """Takes in every file of a folder (a SAFE product) and gives its tree, in order of path.

        Raises InputError as add() does, "link" for a link anywhere in it (it may lead out of the folder), "name" for
        a name that no other machine would take, "not-a-file" when nothing is in it.
        """
        leaves = []
        for path in _files(folder):
            name = check_relative(path.relative_to(folder).as_posix())
            stored = self.add(path)
            leaves.append(Leaf(path=name, sha256=stored.sha256, bytes=stored.bytes))
        if not leaves:
            raise _not_a_file(folder, "an empty folder")
        return tuple(sorted(leaves, key=lambda leaf: leaf.path))

    def __contains__(self, sha256: str) -> bool:
        """Whether the store has these bytes."""
        return self.find(sha256) is not None

    def find(self, sha256: str) -> Path | None:
        """The file with these bytes, for reading only; None where there is none."""
        place = self._place(sha256)
        return place if place.is_file() else None

    def path(self, sha256: str) -> Path:
        """The file with these bytes, for reading only. Raises InputError (code "not-in-store")."""
        place = self.find(sha256)
        if place is None:
            raise InputError(
                "The store does not have these bytes.",
                saw=f"no file with SHA-256 {sha256[:16]}… in {self.root}",
                do="Archive the file on this machine, or copy the store of the machine that has it.",
                code="not-in-store",
            )
        return place

    def open(self, sha256: str) -> BinaryIO:
        """The bytes as a stream. Raises InputError (code "not-in-store")."""
        return self.path(sha256).open("rb")

    def check(self, sha256: str) -> None:
        """Reads the bytes again. Raises InputError: "changed-bytes" when they are not those of the name any more."""
        place = self.path(sha256)
        found = sha256_file(place)
        if found != sha256:
            raise InputError(
                "Bytes in the store have changed.",
                saw=f"{place} now has SHA-256 {found[:16]}…, {place.stat().st_size} bytes",
                do="Delete this file and archive the original again; suspect the disk. Findings made from it are void.",
                code="changed-bytes",
            )

    def view(self, items: Iterable[Item], folder: Path) -> Path:
        """A new read-only folder in which the items have their product names: readers of SAFE and HDF5 need names.

        Files are hard links into the store, or copies where the disk has no links; never symbolic links. Gives the
        folder. Raises InputError: "view-exists", "view-name" (two items of one name), "not-in-store".
        """
        wanted = _names(items)
        if folder.exists() or folder.is_symlink():
            raise InputError(
                "A view needs a folder of its own.",
                saw=f"{folder} is there already",
                do="Name a folder that does not exist yet.",
                code="view-exists",
            )
        sources = {name: self.path(sha256) for name, sha256 in wanted.items()}
        unfinished = folder.with_name(f".{secrets.token_hex(8)}.part")
        unfinished.mkdir(parents=True)
        try:
            for name, source in sources.items():
                _give_name(source, unfinished / name)
            _make_read_only(unfinished)
            unfinished.rename(folder)
        except BaseException:
            _discard(unfinished)
            raise
        folder.chmod(0o555)
        return folder

    def remove(self, sha256: str) -> int | None:
        """Removes bytes for good, under every name that they have on this disk, and gives their size [bytes].

        The file is emptied before its name goes, so that views of it are empty too. None when they are not here. Only
        a lawful expunction does this. Raises InputError (code "store-write").
        """
        place = self._place(sha256)
        try:
            size = place.stat().st_size
            place.chmod(0o600)
            os.truncate(place, 0)
            place.unlink()
            sync_folder(place.parent)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _cannot_write(self.root, error) from error
        return size

    def _add(self, stream: BinaryIO) -> Stored:
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            waiting = self.root / "waiting"
            waiting.mkdir(exist_ok=True)
            sweep(waiting)
            temporary, target = claim(waiting)
        except OSError as error:
            raise _cannot_write(self.root, error) from error
        try:
            with target:
                sha256, size = _copy(stream, target)
                settle(target)
            return Stored(sha256, size, new=self._settle(temporary, sha256, size))
        except OSError as error:
            raise _cannot_write(self.root, error) from error
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, temporary: Path, sha256: str, size: int) -> bool:
        """Gives complete bytes their name; a file there whose size is wrong was damaged and is replaced."""
        place = self._place(sha256)
        if place.is_file() and place.stat().st_size == size:
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(_READ_ONLY)
        temporary.replace(place)
        sync_folder(place.parent)
        sync_folder(place.parent.parent)
        return True

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise InputError(
                "This is not a SHA-256.",
                saw=repr(sha256[:80]),
                do="Give 64 digits 0-9 a-f.",
                code="sha256",
            )
        return self.root / "objects" / sha256[:2] / sha256[2:]


def default_store() -> Store:
    """The store of this user, asked of the system when called."""
    return Store(platformdirs.user_data_path("dateline") / "store")


def _copy(stream: BinaryIO, target: BinaryIO) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    for piece in _read(stream):
        digest.update(piece)
        target.write(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _read(stream: BinaryIO) -> Iterator[bytes]:
    try:
        yield from pieces(stream)
    except OSError as error:
        raise InputError(
            "The file cannot be read to its end.",
            saw=error.strerror or str(error),
            do="Copy it from its disk or server again; nothing was stored.",
            code="read",
        ) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A plain file for reading, and proof at the end that nobody wrote to it meanwhile."""
    before = check_readable(path)
    with path.open("rb") as stream:
        yield stream
        after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(
            "The file changed while it was read.",
            saw=f"{path.name}: {before.st_size} bytes before, {after.st_size} bytes after",
            do="Wait until whoever writes it has finished, and archive it again.",
            code="changed-while-read",
        )


def check_readable(path: Path) -> os.stat_result:
    """The status of a plain file that we may read. Raises InputError (code "not-a-file"); never waits for a pipe."""
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            path.open("rb").close()
            return status
    except OSError as error:
        raise _not_a_file(path, error.strerror or "it cannot be read") from error
    raise _not_a_file(path, "a folder, a pipe or a device")


def _not_a_file(path: Path, saw: str) -> InputError:
    return InputError(
        "Only a file that can be read can be archived.",
        saw=f"{path.name}: {saw}",
        do="Give the file itself, and check that you may read it.",
        code="not-a-file",
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            raise InputError(
                "The folder contains a link.",
                saw=f"{path.name} leads to {path.readlink()}",
                do="Replace the link by the file it leads to, and archive the folder again.",
                code="link",
            )
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def _cannot_write(root: Path, error: OSError) -> InputError:
    return InputError(
        "The store cannot be written.",
        saw=f"{root}: {error.strerror or error}",
        do="Free space on the disk or mend the permissions; nothing was stored, and nothing stored before was touched.",
        code="store-write",
    )


def _names(items: Iterable[Item]) -> dict[str, str]:
    """SHA-256 by path in the view."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for item in items:
        if item.name.casefold() in taken:
            raise InputError(
                "Two items of a view have one name.",
                saw=f"{item.name!r} twice (large and small letters are one name on some disks)",
                do="Ask for one of them.",
                code="view-name",
            )
        taken.add(item.name.casefold())
        if item.content is None:
            raise InputError(
                "There are no bytes to show.",
                saw=f"{item.id} is {item.status}: {item.why}",
                do="Archive its bytes first.",
                code="not-in-store",
            )
        parts = [(f"{item.name}/{leaf.path}", leaf.sha256) for leaf in item.tree]
        names.update(parts or [(item.name, item.content)])
    return names


def _give_name(source: Path, name: Path) -> None:
    name.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, name)
    except OSError:  # another disk, or one without hard links
        shutil.copyfile(source, name)
        name.chmod(_READ_ONLY)


def _make_read_only(folder: Path) -> None:
    """The folders inside it; itself it can only be made so under its last name."""
    for inside in (path for path in folder.rglob("*") if path.is_dir()):
        inside.chmod(0o555)


def _discard(folder: Path) -> None:
    """Removes a view that could not be finished: names only, the store keeps the bytes."""
    for parent, _, _ in os.walk(folder):
        Path(parent).chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
