"""From bytes that somebody brings to an evidence item: looked at, hashed, stored, described; or refused."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from pydantic import ValidationError

from dateline.core.clock import Clock
from dateline.core.errors import InputError, Refusal, UsageError
from dateline.core.identity import is_id
from dateline.evidence.item import (
    Item,
    Leaf,
    Licence,
    Status,
    is_named_simulated,
    says_simulated,
    tree_sha256,
)
from dateline.evidence.media_type import EMPTY, HEAD, check_promise, media_type_of, sniff
from dateline.evidence.names import check_name
from dateline.evidence.part import Part
from dateline.evidence.provenance import Capture, Derivation, Image, Origin, Sighting
from dateline.evidence.store import Store, check_readable

P = TypeVar("P", bound=Part)

FOLDER_TYPE = "inode/directory"
"""The media type of an item that is a folder (as the freedesktop.org shared MIME database calls it)."""

WACZ, PACKAGE = "application/wacz", "datapackage.json"

_NO_ID = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_STEM = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What people say about what they hand in; the rest is read from its bytes.

    `id`: None for one made of name and hash. `simulated` is what the file's own attributes say, where the caller can
    read them. `file` is the name it had, where that is not the item's.
    """

    by: str
    licence: Licence
    id: str | None = None
    url: str | None = None
    file: str | None = None
    how: str | None = None
    issuer: str | None = None
    channel: str | None = None
    inside: str | None = None
    attribution: str | None = None
    embargo: datetime | date | None = None
    capture: Capture | None = None
    image: Image | None = None
    derived: Derivation | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes that lie in the store now: a file (`sha256`) or a folder (`tree`). `new`: whether they did not before."""

    name: str
    kind: str
    bytes: int
    new: bool
    sha256: str | None = None
    tree: tuple[Leaf, ...] = ()

    @property
    def content(self) -> str:
        """The identity of the bytes, as Item.content."""
        return self.sha256 if self.sha256 is not None else tree_sha256(self.tree)

    def put_back(self, store: Store) -> None:
        """Takes a file out of the store again that must not be kept after all, if it was not there before."""
        if self.new and self.sha256 is not None:
            store.remove(self.sha256)


def collect(source: Path, form: Form, *, store: Store, clock: Clock, exercise: bool = False) -> Item:
    """Takes a file or a folder into the store and gives its item; the caller writes the record and the custody log.

    Nothing is stored when it is refused. Raises Refusal (code "simulated-evidence"); InputError: "login-page",
    "lfs-pointer", "empty-file", "media-type" (not what its name promises), and all of Store.add().
    """
    check_simulated(source, form, exercise=exercise)
    return describe(take(source, store=store), form, clock=clock)


def check_simulated(source: Path, form: Form, *, exercise: bool) -> None:
    """Raises Refusal (code "simulated-evidence") for a file or folder that says it is simulated, in a real case."""
    named = _simulated_names(source)
    if (form.simulated or named) and not exercise:
        by = "its attributes" if form.simulated else "its name"
        raise _refusal(form.id or source.name, source.name, by)


def take(source: Path, *, store: Store, name: str | None = None) -> Taken:
    """Takes a file or a folder into the store, under its own name or another. Raises what collect() raises."""
    name = check_name(source.absolute().name if name is None else name)
    if source.is_dir():
        new = False
        tree = store.add_folder(source)
        return Taken(name, FOLDER_TYPE, sum(leaf.bytes for leaf in tree), new, tree=tree)
    check_readable(source)
    with source.open("rb") as stream:
        kind = _kind(stream)
    check_promise(name, kind)
    if kind == EMPTY:
        raise _empty(name)
    stored = store.add(source)
    return Taken(name, kind, stored.bytes, stored.new, sha256=stored.sha256)


def take_stream(stream: BinaryIO, *, name: str, store: Store, promise: str | None = None) -> Taken:
    """The same for an open stream (a file in a zip, an answer of a server), read once.

    What its first bytes betray (a login page, an empty answer) is refused before anything is stored. `promise`: the
    name whose ending it must live up to, where that is not `name`. Raises as collect().
    """
    check_name(name)
    head = _head(stream)
    kind = sniff(head)
    if kind != "application/zip":
        check_promise(promise or name, kind)
    if kind == EMPTY:
        raise _empty(name)
    stored = store.add(cast(BinaryIO, _Rejoined(head, stream)))
    if kind == "application/zip":  # what sort of zip only its end tells
        with store.open(stored.sha256) as whole:
            kind = _kind(whole)
    taken = Taken(name, kind, stored.bytes, stored.new, sha256=stored.sha256)
    try:
        check_promise(promise or name, kind)
    except InputError:
        taken.put_back(store)
        raise
    return taken


def describe(taken: Taken, form: Form, *, clock: Clock) -> Item:
    """The item of bytes that were taken in. Raises UsageError (code "item-facts") for what no record can say."""
    simulated = form.simulated or any(
        is_named_simulated(name) for name in (taken.name, *(leaf.path for leaf in taken.tree))
    )
    said = _said(form, taken.name) | {"name": taken.name, "simulated": simulated, "media_type": taken.kind}
    said |= {"id": form.id or id_of(taken.name, taken.content), "bytes": taken.bytes, "sha256": taken.sha256}
    return built(Item, said | {"tree": taken.tree, "collected": clock.now().replace(microsecond=0)})


def built(model: type[P], said: Mapping[str, Any]) -> P:
    """A piece of a record made of what people said. Raises UsageError (code "item-facts") for what it cannot be."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(step) for step in detail["loc"]) or "the item"
        raise UsageError(
            f"What was said of {key} cannot stand in a record.",
            saw="an address with a login" if "login" in detail["msg"] else repr(detail["input"])[:120],
            do=f"Give {detail['msg'].removeprefix('Value error, ')}.",
            code="item-facts",
        ) from error


def describe_elsewhere(form: Form, sighting: Sighting, *, name: str, why: str) -> Item:
    """The item of an image that is known and that we do not have. `why`: who has it."""
    said = _said(form, name) | {"name": check_name(name), "status": Status.ELSEWHERE, "why": why, "sighting": sighting}
    if form.id is not None:
        return built(Item, said | {"id": form.id})
    draft = built(Item, said | {"id": "draft"})
    return draft.model_copy(update={"id": id_of(name, draft.record_sha256())})


def id_of(name: str, content: str, digits: int = 8) -> str:
    """An id made of a name and the hash of what bears it: readable, and the same whoever archives it.

    "Порт 12.jpg" becomes 12-3fa9c01b: letters that are not ASCII have no place in the name of a record's file.
    """
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = _NO_ID.sub("-", Path(flat).stem).strip("-._").lower()[:_LONGEST_STEM].rstrip("-._")
    made = f"{stem or 'item'}-{content[:digits]}"
    made = made if is_id(made) else f"item-{content[:digits]}"
    return made.replace("..", "-")


def admit(item: Item, *, exercise: bool, parents: Iterable[Item] = ()) -> Item:
    """The item itself, if a case may use it as evidence: what is simulated stays within exercise cases.

    What was made from something simulated is simulated. Raises Refusal (code "simulated-evidence") outside an
    exercise; InputError (code "simulated-unmarked") for an item that does not say what it, or its parents, are.
    """
    made_up = [parent.id for parent in parents if parent.simulated or says_simulated(parent)]
    if made_up and not item.simulated:
        raise InputError(
            "An item made from simulated inputs does not say that it is simulated.",
            saw=f"{item.id}, made from {', '.join(made_up)}",
            do=f"Write simulated = true in evidence/items/{item.id}.toml.",
            code="simulated-unmarked",
        )
    if (item.simulated or says_simulated(item)) and not exercise:
        raise _refusal(item.id, item.name, "its record")
    return item


def _said(form: Form, name: str) -> dict[str, Any]:
    """What the form says, by key of the record."""
    file = form.file if form.file is not None else None if form.capture or form.inside else name
    told = {"url": form.url, "file": file, "how": form.how, "issuer": form.issuer, "channel": form.channel}
    origin = built(Origin, told | {"inside": form.inside})
    said: dict[str, Any] = {"by": form.by, "licence": form.licence, "attribution": form.attribution, "origin": origin}
    return said | {"embargo": form.embargo, "capture": form.capture, "image": form.image, "derived": form.derived}


def _kind(stream: BinaryIO) -> str:
    """The media type of a stream that can seek. A zip that only contains a WACZ is not one itself."""
    kind = media_type_of(stream)
    if kind == WACZ:
        try:
            with zipfile.ZipFile(stream) as archive:
                kind = WACZ if PACKAGE in archive.namelist() else "application/zip"
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            NotImplementedError,
        ):  # whoever opens it will say what is wrong
            return kind
    return kind


def _head(stream: BinaryIO) -> bytes:
    """The first bytes of a stream: as many as telling its kind takes, fewer where there are no more."""
    head = b""
    while len(head) < HEAD and (piece := stream.read(HEAD - len(head))):
        head += piece
    return head


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were looked at, and come first again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def read(self, length: int = -1) -> bytes:
        if self._head:
            piece, self._head = self._head, b""
            return piece
        return self._rest.read(length)


def _simulated_names(source: Path) -> bool:
    if is_named_simulated(source.name):
        return True
    return source.is_dir() and any(is_named_simulated(path.name) for path in source.rglob("*"))


def _empty(name: str) -> InputError:
    return InputError(
        "The file is empty.",
        saw=name,
        do="Get it again; the transfer broke off before the first byte.",
        code="empty-file",
    )


def _refusal(name: str, file: str, by: str) -> Refusal:
    return Refusal(
        "Simulated bytes are not evidence.",
        saw=f"{name} ({file}) is simulated, as {by} says",
        do="Use it in a case with exercise = true in case.toml; a real case needs the real file.",
        code="simulated-evidence",
    )
