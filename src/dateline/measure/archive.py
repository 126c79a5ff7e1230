"""Takes things into a case: bytes to the store, then the record, then the custody log; in this order, so that
a program that is killed at any moment has lost nothing and left nothing half.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn, Self

from dateline._version import __version__
from dateline.core.clock import Clock, SystemClock
from dateline.core.errors import InputError, RecordError, Refusal, UsageError
from dateline.evidence.chain import Event, Line, chains, parse, survey
from dateline.evidence.custody import Custody, Mended, chain_name, plain_name
from dateline.evidence.expunge import is_gone, needed_by_others
from dateline.evidence.intake import Form, Taken, admit, check_simulated, describe, id_of, take
from dateline.evidence.item import FOLDER, Item, Licence, Permission, Status, is_named_simulated
from dateline.evidence.known import Known
from dateline.evidence.lock import exclusive
from dateline.evidence.store import Store, default_store
from dateline.evidence.unfinished import Unfinished, left_behind
from dateline.evidence.webarchive.check import check_web_archive, is_web_archive
from dateline.evidence.webarchive.report import Report
from dateline.ledger.case import HEAD
from dateline.ledger.head import Head
from dateline.ledger.reading import load_record

WHO = "DATELINE_BY"
"""The environment variable that says who works at this machine."""

TOOL = f"dateline {__version__}"
LATE = "logged late after a crash"
LOCK = Path(".dateline") / "archive.lock"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of something: an item; `new` is False when the case had its bytes already."""

    item: Item
    new: bool = True
    notes: tuple[str, ...] = ()


class Archive:
    """A case that things are taken into. Use it as a context manager.

    Reads the head of the case and an index, not its records, so that one more costs the same in a case of ten and of
    100,000. `late` has the ids of items that an earlier program was killed before logging; they are logged now.
    `mended` is what had to be mended in the log before it could be written: tell people.
    """

    def __init__(
        self, folder: Path, *, by: str | None = None, store: Store | None = None, clock: Clock | None = None
    ) -> None:
        self.root, self.head = open_head(folder)
        self.by = worker(by)
        self.store, self.clock = store or default_store(), clock or SystemClock()
        self.mended: list[Mended] = []
        chain = chain_name(plain_name(self.by))
        self.custody = Custody(case=self.root, who=chain, actor=self.by, clock=self.clock, tool=TOOL)
        with exclusive(self.root / LOCK):
            self.late = tuple(self._log_late())
        self._known, self._unfinished = Known(self.root), Unfinished(self.root)
        self._gone: list[Item] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._unfinished.__exit__(kind, *_)
        self._known.__exit__(kind)

    def item(self, name: str) -> Item | None:
        """The item of this id, or None."""
        path = self.root / FOLDER / f"{name}.toml"
        return Item.read(path) if path.is_file() else None

    def file(self, source: Path, form: Form, *, name: str | None = None, again: bool = False) -> Kept:
        """Takes in a file or a folder. Raises what evidence.intake.take() and keep() raise."""
        form = form if form.simulated else replace(form, simulated=marked(source))
        check_simulated(source, form, exercise=self.head.exercise)
        return self.keep(take(source, store=self.store, name=name), form, again=again)

    def keep(self, taken: Taken, form: Form, *, again: bool = False, note: str | None = None) -> Kept:
        """Makes an item of bytes that lie in the store, unless the case has them; `again`: all the same, a second one.

        A web archive is read to its end first. Raises Refusal: "expunged" (the law had these bytes removed),
        "simulated-evidence"; InputError: "item-exists", "web-archive".
        """
        notes: tuple[str, ...] = ()
        if is_web_archive(taken.name, taken.kind) and self._known.find(taken.content) is None:
            report = self._sound(taken)
            note, notes = report.line(), (report.words(),)
        with exclusive(self.root / LOCK):  # so that two programs at once never record the same bytes twice
            self._check_expunged(taken)
            known = self._known.find(taken.content)
            if known is not None and not again:
                return Kept(known, new=False)
            form = form if form.id is not None else replace(form, id=self._free_id(taken))
            kept = self._write(describe(taken, form, clock=self.clock), note)
        return replace(kept, notes=notes)

    def write(self, item: Item, *, note: str | None = None) -> Kept:
        """Writes the record of an item and logs it: as derived when it was made from others, else as collected."""
        with exclusive(self.root / LOCK):
            return self._write(item, note)

    def _write(self, item: Item, note: str | None) -> Kept:
        parents = [self._parent(name) for name in (item.derived.parents if item.derived else ())]
        item = item.model_copy(update={"simulated": True}) if any(one.simulated for one in parents) else item
        admit(item, exercise=self.head.exercise, parents=parents)
        there = self.item(item.id)
        if there is not None and there == item.model_copy(update={"collected": there.collected}):
            return Kept(there, new=False)
        self._unfinished.begin(item.id)
        item.write(self.root)
        self._log(item, note)
        self._known.add(item)
        return Kept(item)

    def _log(self, item: Item, note: str | None) -> None:
        appended = self.custody.log(Event.DERIVED if item.derived else Event.COLLECTED, item, note=note)
        if appended.mended is not None:
            self.mended.append(appended.mended)

    def _log_late(self) -> Iterator[str]:
        """Logs the items whose records a killed program wrote and did not log."""
        logged: set[str] | None = None
        for note, names in left_behind(self.root):
            logged = logged if logged is not None else _subjects(self.root, Event.COLLECTED, Event.DERIVED)
            for name in dict.fromkeys(names):
                path = self.root / FOLDER / f"{name}.toml"
                if path.is_file() and name not in logged:
                    with suppress(RecordError):  # somebody broke it since: `dateline audit` names it
                        self._log(Item.read(path), LATE)
                        yield name
            note.unlink(missing_ok=True)

    def _sound(self, taken: Taken) -> Report:
        """The report on a web archive in the store. One that is not sound is put back, and raises InputError."""
        assert taken.sha256 is not None
        try:
            return check_web_archive(self.store.path(taken.sha256), name=taken.name)
        except InputError:
            taken.put_back(self.store)
            raise

    def _parent(self, name: str) -> Item:
        found = self.item(name)
        if found is None:
            raise UsageError(
                "An item can only be made from items of this case.",
                saw=f"no item {name}",
                do="Archive what it was made from first, and name it by its id.",
                code="no-parent",
            )
        return found

    def _free_id(self, taken: Taken) -> str:
        """An id made of name and hash; where another item bears it already, a longer one."""
        made = (id_of(taken.name, taken.content, digits) for digits in (8, 16, 32))
        free = next((name for name in made if not (self.root / FOLDER / f"{name}.toml").exists()), None)
        if free is None:
            raise UsageError("It needs an id of its own.", saw=taken.name, do="Give one with --id.", code="item-exists")
        return free

    def _check_expunged(self, taken: Taken) -> None:
        """Bytes that the law had removed do not come back by being archived once more, alone or in a folder."""
        brought = {taken.content, *(leaf.sha256 for leaf in taken.tree)}
        found = ((stone, {sha256 for sha256 in brought if is_gone(stone, sha256)}) for stone in self._tombstones())
        known, gone = next(((stone, gone) for stone, gone in found if gone), (None, set()))
        if known is None:
            return
        taken.put_back(self.store)
        for sha256 in gone - {one for one, _ in needed_by_others(self.root, gone)} if taken.tree else ():
            self.store.remove(sha256)
        raise Refusal(
            "These bytes were expunged from this case.",
            saw=f"{taken.name} has bytes of item {known.id}: {known.why}",
            do="Talk to whoever ordered it; nothing was kept.",
            code="expunged",
        )

    def _tombstones(self) -> list[Item]:
        """The records of what was expunged; the log is looked through once for as long as this is open."""
        if self._gone is None:
            named = (self.root / FOLDER / f"{name}.toml" for name in sorted(_expunged(self.root)))
            items = [Item.read(path) for path in named if path.is_file()]
            self._gone = [item for item in items if item.status is not Status.HAVE]
        return self._gone


def open_head(folder: Path) -> tuple[Path, Head]:
    """The case's folder and its head; no other record is read. Raises UsageError ("no-case"), RecordError."""
    if not (folder / HEAD).is_file():
        raise UsageError(
            f"{folder} is not a case.",
            saw="no such folder" if not folder.is_dir() else f"a folder without {HEAD}",
            do=f"Give the folder that holds {HEAD}, or run `dateline new FOLDER`.",
            code="no-case",
        )
    return folder, load_record(folder / HEAD, Head, root=folder)


def worker(by: str | None = None) -> str:
    """Who works here: who is named, else who the environment names. Never guessed: custody names who acted.

    Raises UsageError (code "no-person") where nobody is.
    """
    return by or os.environ.get(WHO) or _nobody()


def archive_file(
    folder: Path,
    source: Path,
    *,
    item: str | None = None,
    by: str | None = None,
    licence: str = "unknown",
    url: str | None = None,
    how: str | None = None,
    attribution: str | None = None,
    publish: str = "unknown",
    store: Store | None = None,
    clock: Clock | None = None,
) -> Item:
    """One file or folder into a case, for programs. Raises what Archive.file() raises."""
    with Archive(folder, by=by, store=store, clock=clock) as archive:
        told = licence_of(licence, publish=publish)
        form = Form(id=item, by=archive.by, licence=told, url=url, how=how, attribution=attribution)
        return archive.file(source, form).item


def licence_of(name: str, *, base: Licence | None = None, **uses: str | None) -> Licence:
    """A licence by use: view, publish, embed, share = yes, no, unknown; what is None stays as in `base`.

    Raises UsageError (code "licence-use") for another answer.
    """
    if not name.strip():
        raise UsageError("A licence has a name.", saw="an empty one", do="Say unknown.", code="licence-use")
    changed: dict[str, Permission] = {}
    for use, answer in uses.items():
        if answer is not None and answer not in {"yes", "no", "unknown"}:
            raise UsageError(
                f"--{use} is yes, no or unknown.", saw=repr(answer), do="Say unknown when in doubt.", code="licence-use"
            )
        if answer is not None:
            changed[use] = Permission.model_validate({"allowed": answer})
    return (base or Licence(name=name)).model_copy(update={"name": name, **changed})


def marked(source: Path) -> bool:
    """Whether an image says by its own attributes or pixels that it is simulated."""
    if not source.is_file() or source.suffix.lower() not in {".h5", ".tif", ".nc"} or is_named_simulated(source.name):
        return False
    from dateline.imagery.open import open_image

    try:
        return any(image.scene.simulated for image in open_image(source))
    except (InputError, UsageError, Refusal):  # not an image that we read: its name alone can say it
        return False


def _subjects(root: Path, *events: Event) -> set[str]:
    """What the case's log says of these events, over all its chains."""
    found = set()
    for path in chains(root).values():
        for step in survey(path):
            if isinstance(step, Line) and step.entry is not None and step.entry.event in events:
                found.add(step.entry.subject)
    return found


def _expunged(root: Path) -> set[str]:
    """What the log says was expunged. Only lines that can say so are parsed: this runs for every archiving."""
    found = set()
    for path in chains(root).values():
        with path.open("rb") as stream:
            lines = (parse(line.rstrip(b"\n")) for line in stream if b'"event":"expunged"' in line)
            found |= {entry.subject for entry in lines if entry is not None}
    return found


def _nobody() -> NoReturn:
    raise UsageError(
        "Nobody is named as who does it.",
        saw=f"no --by, no {WHO}",
        do=f"Say --by NAME (a pseudonym will do), or set {WHO} once.",
        code="no-person",
    )
