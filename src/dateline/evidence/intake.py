"""From a file in somebody's folder to an evidence item: looked at, hashed, stored, described; or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dateline.core.clock import Clock
from dateline.core.errors import InputError, Refusal
from dateline.evidence.item import Item, Licence, is_named_simulated, says_simulated
from dateline.evidence.media_type import check_promise, media_type
from dateline.evidence.names import check_name
from dateline.evidence.provenance import Derivation, Origin
from dateline.evidence.store import Store, check_readable

FOLDER_TYPE = "inode/directory"
"""The media type of an item that is a folder (as the freedesktop.org shared MIME database calls it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What people say about a file when they hand it in; the rest is read from its bytes.

    `simulated` is what the file's own attributes say, where the caller can read them.
    """

    id: str
    by: str
    licence: Licence
    url: str | None = None
    how: str | None = None
    attribution: str | None = None
    derived: Derivation | None = None
    simulated: bool = False


def collect(source: Path, form: Form, *, store: Store, clock: Clock, exercise: bool = False) -> Item:
    """Takes a file or a folder into the store and gives its item; the caller writes the record and the custody log.

    Nothing is stored when it is refused. Raises Refusal (code "simulated-evidence"); InputError: "login-page",
    "lfs-pointer", "empty-file", "media-type" (not what its name promises), and all of Store.add().
    """
    name = check_name(source.absolute().name)
    simulated = form.simulated or _simulated_names(source)
    if simulated and not exercise:
        raise _refusal(form.id, name, "its attributes" if form.simulated else "its name")
    common = {"id": form.id, "name": name, "by": form.by, "licence": form.licence, "attribution": form.attribution}
    common |= {"simulated": simulated, "derived": form.derived, "collected": clock.now().replace(microsecond=0)}
    common |= {"origin": Origin(url=form.url, file=name, how=form.how)}
    if source.is_dir():
        tree = store.add_folder(source)
        size = sum(leaf.bytes for leaf in tree)
        return Item.model_validate(common | {"tree": tree, "bytes": size, "media_type": FOLDER_TYPE})
    kind = _kind(source)
    stored = store.add(source)
    return Item.model_validate(common | {"sha256": stored.sha256, "bytes": stored.bytes, "media_type": kind})


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


def _kind(source: Path) -> str:
    check_readable(source)
    kind = media_type(source)
    check_promise(source.name, kind)
    return kind


def _simulated_names(source: Path) -> bool:
    if is_named_simulated(source.name):
        return True
    return source.is_dir() and any(is_named_simulated(path.name) for path in source.rglob("*"))


def _refusal(name: str, file: str, by: str) -> Refusal:
    return Refusal(
        "Simulated bytes are not evidence.",
        saw=f"{name} ({file}) is simulated, as {by} says",
        do="Use it in a case with exercise = true in case.toml; a real case needs the real file.",
        code="simulated-evidence",
    )
