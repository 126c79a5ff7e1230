"""A bag that came back, or came from colleagues: is it whole and valid, and the case in it.

BagIt 1.0 (RFC 8493): complete (every file listed, every listed file there) and valid (every hash right). Beyond that
the custody chains in it must join, withheld lines included, and the hash of every item's bytes must be its record's.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from dateline.core.errors import UsageError
from dateline.evidence.atomic import sync_folder
from dateline.evidence.chain import chains, first_difference
from dateline.evidence.item import FOLDER as ITEMS
from dateline.evidence.item import Item
from dateline.evidence.package.layout import BYTES, CASE
from dateline.evidence.package.source import Source, opened, refused
from dateline.evidence.pieces import Pieces
from dateline.evidence.store import Store

MANIFEST, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
NEEDED = ("bagit.txt", MANIFEST)
LARGEST_TAG = 500_000_000
"""A manifest above this size [bytes] is something else."""

_LINE = re.compile(r"([0-9A-Fa-f]{64})[ \t]+\*?(.+)")
_ENCODED = re.compile(r"%(0[AaDd]|25)")
"""What RFC 8493 (section 2.1.3) encodes in paths."""
_SHOWN = 8
_OURS = frozenset({".gitignore", ".gitattributes"})
"""The only hidden files of a case: a .git folder from outside would bring programs with it."""
_NO_RECORDS = "no files of a case in data/case: case.toml is missing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in a package that is not as it was packed."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}; found {self.found}"


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken in: the case's folder, its files, and the items whose bytes came with it."""

    folder: Path
    files: int
    items: int
    bytes: int
    manifest_sha256: str
    """Of the tag manifest (of the manifest, where there is none): stands for the whole package."""

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "folder": self.folder, "files": self.files, "items": self.items, "bytes": self.bytes,
            "manifest_sha256": self.manifest_sha256,
        }  # fmt: skip


def check_bag(source: Source, *, progress: Callable[[float], None] = lambda _share: None) -> list[Difference]:
    """Everything in a bag that is not as it was packed, in order of path. Reads every byte once.

    Raises InputError: "not-a-bag" (it does not say that it is one, or has no SHA-256 manifest), "bag-file".
    """
    _check_declared(source)
    listed = _manifest(source, MANIFEST)
    tags = _manifest(source, TAGS) if TAGS in source.sizes else {}
    strange = [path for path in listed if not path.startswith("data/")]
    found = [Difference(path, "a path under data/", "one outside it") for path in strange]
    payload = {path for path in source.sizes if path.startswith("data/")}
    found += [Difference(path, "nothing", "a file that no manifest lists") for path in payload - set(listed)]
    wanted = {path: sha256 for path, sha256 in (tags | listed).items() if path not in strange}
    total, done = sum(source.sizes.get(path, 0) for path in wanted) or 1, 0
    for path, sha256 in wanted.items():
        found += _differs(source, path, sha256)
        done += source.sizes.get(path, 0)
        progress(done / total)
    return sorted([*found, *_oxum(source, payload)], key=lambda difference: difference.path)


def import_case(
    bag: Path,
    into: Path,
    *,
    store: Store,
    accept: Callable[[Path], object] = lambda _case: None,
    progress: Callable[[float], None] = lambda _share: None,
) -> Imported:
    """Makes the case in a bag again: its files to the byte in a new folder, the bytes of its items in the store.

    `accept` looks at the case before it gets its name, and raises what is wrong with it. Nothing is left when it is
    refused. Raises UsageError ("not-empty"); InputError: "bag-different" (each difference named), "no-records" (another
    program's bag), "custody-broken", and what opened() and check_bag() raise.
    """
    into = into.absolute()
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UsageError(
            f"{into.name} is not empty.", saw=into.name, do="Give a folder that is not there.", code="not-empty"
        )
    with opened(bag) as source:
        differences = check_bag(source, progress=lambda share: progress(share / 2))
        if differences:
            told = [str(difference) for difference in differences[:_SHOWN]]
            more = [f"and {len(differences) - _SHOWN} more"] if len(differences) > _SHOWN else []
            raise refused("bag-different", "The package is not as it was packed.", "\n       ".join(told + more))
        if f"{CASE}/case.toml" not in source.sizes:
            raise refused("no-records", "The package has no case of ours in it.", _NO_RECORDS)
        into.parent.mkdir(parents=True, exist_ok=True)
        made = into.with_name(f".{secrets.token_hex(8)}.part")
        try:
            return _made(
                source, made, into, store=store, accept=accept, progress=lambda share: progress(0.5 + share / 2)
            )
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _made(
    source: Source,
    made: Path,
    into: Path,
    *,
    store: Store,
    accept: Callable[[Path], object],
    progress: Callable[[float], None],
) -> Imported:
    files = [path for path in source.sizes if path.startswith(f"{CASE}/")]
    hidden = [path for path in files if "/." in path and path.removeprefix(f"{CASE}/") not in _OURS]
    if hidden:
        raise refused("bag-name", "The case in the package has hidden files.", hidden[0])
    for path in files:
        place = made / PurePosixPath(path).relative_to(CASE)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as stream:
            stream.writelines(source.pieces(path))
    difference = next(filter(None, map(first_difference, chains(made).values())), None)
    if difference is not None:
        raise refused("custody-broken", "The custody log in the package is not what was written.", str(difference))
    accept(made)
    _check_belonging(source, made)
    inside = [path for path in source.sizes if path.startswith(f"{BYTES}/")]
    for done, path in enumerate(inside, 1):
        store.add(cast(BinaryIO, Pieces(source.pieces(path))))
        progress(done / len(inside))
    if into.is_dir():
        into.rmdir()
    made.rename(into)
    sync_folder(into.parent)
    taken = sum(source.sizes[path] for path in inside)
    return Imported(into, len(files), len({path.split("/")[2] for path in inside}), taken, _stands_for(source))


def _check_belonging(source: Source, made: Path) -> None:
    """Every file under bytes/ belongs to the item it is filed under. Raises InputError (code "bag-different")."""
    listed = _manifest(source, MANIFEST)
    hashes: dict[str, set[str]] = {}
    for path in sorted(path for path in listed if path.startswith(f"{BYTES}/")):
        name = path.split("/")[2]
        if name not in hashes:
            record = made / ITEMS / f"{name}.toml"
            hashes[name] = _hashes(Item.read(record)) if record.is_file() else set()
        if listed[path] not in hashes[name]:
            difference = Difference(path, f"bytes that the record of {name} names", f"SHA-256 {listed[path][:16]}…")
            raise refused("bag-different", "The package is not as it was packed.", str(difference))


def _hashes(item: Item) -> set[str]:
    return {leaf.sha256 for leaf in item.tree} or {item.content or ""}


def _check_declared(source: Source) -> None:
    missing = [name for name in NEEDED if name not in source.sizes]
    if missing:
        raise refused("not-a-bag", "This is not a bag with SHA-256 hashes.", f"{' and '.join(missing)} missing")
    if not re.match(r"BagIt-Version: (1\.0|0\.97)\s", _tag(source, "bagit.txt")):
        raise refused("not-a-bag", "This is a bag of a version that we do not know.", _tag(source, "bagit.txt")[:60])


def _manifest(source: Source, name: str) -> dict[str, str]:
    """Hash by path, as a manifest lists them. Raises InputError (code "bag-manifest")."""
    found: dict[str, str] = {}
    for number, line in enumerate(_tag(source, name).splitlines(), 1):
        match = _LINE.fullmatch(line)
        path = _ENCODED.sub(lambda code: chr(int(code[1], 16)), match[2]) if match else ""
        if match is None or path in found:
            fault = "no hash and path" if match is None else "a path for the second time"
            raise refused("bag-manifest", "A manifest of the package cannot be read.", f"{name}:{number}: {fault}")
        found[path] = match[1].lower()
    return found


def _tag(source: Source, name: str) -> str:
    if source.sizes[name] > LARGEST_TAG:
        raise refused("bag-manifest", "A manifest of the package cannot be read.", f"{name}: too large")
    try:
        return b"".join(source.pieces(name)).decode("utf-8")
    except UnicodeDecodeError:
        raise refused("bag-manifest", "A manifest of the package cannot be read.", f"{name}: not UTF-8") from None


def _differs(source: Source, path: str, sha256: str) -> list[Difference]:
    if path not in source.sizes:
        return [Difference(path, "a file", "nothing")]
    digest = hashlib.sha256()
    for piece in source.pieces(path):
        digest.update(piece)
    if digest.hexdigest() == sha256:
        return []
    return [Difference(path, f"SHA-256 {sha256[:16]}…", f"{digest.hexdigest()[:16]}…")]


def _oxum(source: Source, payload: Iterable[str]) -> Iterator[Difference]:
    """The count and size of the payload that bag-info.txt promises, where it does."""
    if "bag-info.txt" not in source.sizes:
        return
    match = re.search(r"^Payload-Oxum:\s*(\S+)\s*$", _tag(source, "bag-info.txt"), re.MULTILINE)
    paths = list(payload)
    found = f"{sum(source.sizes[path] for path in paths)}.{len(paths)}"
    if match and match[1] != found:
        yield Difference("bag-info.txt", f"a payload of {match[1]} (bytes.files)", found)


def _stands_for(source: Source) -> str:
    name = TAGS if TAGS in source.sizes else MANIFEST
    return hashlib.sha256(b"".join(source.pieces(name))).hexdigest()
