"""Exports of other archivers taken into a case: each file an item, their hashes compared with ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import ModuleType

from dateline.core.errors import DatelineError, InputError
from dateline.evidence.handin import atlos, auto_archiver
from dateline.evidence.handin.export import Elsewhere, Handed, Listing, Problem, agrees
from dateline.evidence.handin.unpack import FileTree, FolderTree, Tree, ZipTree
from dateline.evidence.intake import PACKAGE, Form, Taken, take_stream
from dateline.evidence.webarchive.check import is_zip
from dateline.measure.archive import Archive, Kept

KINDS: dict[str, ModuleType] = {"auto-archiver": auto_archiver, "ATLOS": atlos}
"""The exports that are known, by the name of what made them: one module each."""

_STOPS = {"store-write", "custody-broken", "link-out"}


@dataclass(frozen=True, slots=True)
class Export:
    """An export: what made it, and its folder or zip."""

    maker: str
    path: Path


def export_of(path: Path) -> Export | None:
    """The export that a folder, a zip or a single list is, or None; of single lists only ATLOS's: they are whole."""
    if not path.is_dir() and not _is_zip(path):
        return Export("ATLOS", path) if _is_list(path) and atlos.recognises(FileTree(path)) else None
    with ExitStack() as stack:
        try:
            tree = _tree(path, stack)
        except InputError:
            if path.is_dir():
                return None  # archived as a folder, which says what is wrong with it
            raise
        if PACKAGE in tree.paths():
            return None  # a WACZ
        return next((Export(maker, path) for maker, module in KINDS.items() if module.recognises(tree)), None)


def hint_of(path: Path) -> str | None:
    """What to say of a file that is the list of an export whose media lie beside it."""
    if path.is_dir() or not _is_list(path) or not auto_archiver.recognises(FileTree(path)):
        return None
    return "this is a list of auto-archiver: name the folder or zip that it lies in to take in its media as well"


def _is_zip(path: Path) -> bool:
    """Whether it is a zip of which nobody said what else it is."""
    with path.open("rb") as stream:
        return is_zip(stream) and path.suffix.lower() == ".zip"


def _is_list(path: Path) -> bool:
    return path.suffix.lower() in {".csv", ".json", ".jsonl", ".html"}


def from_export(
    archive: Archive, export: Export, form: Form, *, again: bool = False
) -> Iterator[Kept | tuple[str, str] | str]:
    """Takes in the files of an export: items, troubles as (place, what), and remarks.

    A row that is wrong does not stop the rest; what cannot be compared with a hash of theirs is named.
    """
    with ExitStack() as stack:
        tree = _tree(export.path, stack)
        lists: dict[str, str] = {}
        for step in KINDS[export.maker].steps(tree):
            match step:
                case Problem(at, what):
                    yield at, what
                case Elsewhere(at, url):
                    yield f"{at}: only the address, no bytes: {url}"
                case Listing(path):
                    kept = _guarded(archive, _Work(tree, export, form, again), path, None, None)
                    if isinstance(kept, Kept):
                        lists[path] = kept.item.id
                    yield kept
                case Handed(at, path):
                    inside = next((lists[one] for one in lists if at.startswith(one)), None)
                    yield _guarded(archive, _Work(tree, export, form, again), path, step, inside)
                    if not step.said:
                        yield f"{at}: {path} has no hash in their list; ours is the first"


@dataclass(frozen=True, slots=True)
class _Work:
    tree: Tree
    export: Export
    form: Form
    again: bool


def _guarded(
    archive: Archive, work: _Work, path: str, handed: Handed | None, inside: str | None
) -> Kept | tuple[str, str]:
    try:
        return _file(archive, work, path, handed, inside)
    except DatelineError as error:
        if error.code in _STOPS:
            raise
        return (handed.at if handed else path), f"{error.what} {error.saw}"


def _file(archive: Archive, work: _Work, path: str, handed: Handed | None, inside: str | None) -> Kept:
    with work.tree.open(path) as stream:
        taken = take_stream(stream, name=_name(path), store=archive.store)
    if handed is not None and handed.said and not _agrees(archive, taken, handed):
        taken.put_back(archive.store)
        raise InputError(
            "The bytes are not those of their list; they were not kept.",
            saw=f"{path}: the list says {', '.join(sorted(handed.said))}, the bytes are SHA-256:{taken.sha256}",
            do="Ask whoever made the export for the file again.",
            code="export-hash",
        )
    form = replace(work.form, file=PurePosixPath(path).name, how=_how(work, handed), inside=inside)
    form = replace(form, url=handed.url if handed and handed.url else work.form.url)
    return archive.keep(taken, form, again=work.again)


def _agrees(archive: Archive, taken: Taken, handed: Handed) -> bool:
    assert taken.sha256 is not None
    with archive.store.open(taken.sha256) as stream:
        return agrees(handed.said, taken.sha256, stream)


def _how(work: _Work, handed: Handed | None) -> str:
    """In words: from which export, on whose word."""
    words = [f"{work.export.maker} export {work.export.path.name}"]
    if handed is None:
        words.append("its own list, word for word")
    else:
        words += [handed.at, "hash as listed" if handed.said else "no hash in their list", *filter(None, [handed.note])]
    return ", ".join([*words, *filter(None, [work.form.how])])


def _name(path: str) -> str:
    """A name that tells many files called metadata.json apart."""
    pure = PurePosixPath(path)
    return f"{pure.parent.name}-{pure.name}" if pure.stem in {"metadata", "updates"} and pure.parent.name else pure.name


def _tree(path: Path, stack: ExitStack) -> Tree:
    if path.is_dir():
        return FolderTree(path)
    if _is_list(path):
        return FileTree(path)
    return ZipTree(stack.enter_context(path.open("rb")), path.name, twins=True)
