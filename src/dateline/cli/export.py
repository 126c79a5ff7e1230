"""`dateline export KIND`: the case, or parts of it, for people and programs elsewhere. Kinds are found, not listed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit, progress
from dateline.cli.who import By, custody, tell_mended
from dateline.evidence.package.kinds import kinds
from dateline.ledger.exports.kinds import kinds as ledger_kinds

if TYPE_CHECKING:
    from dateline.evidence.custody import Custody
    from dateline.evidence.package.contents import Contents
    from dateline.evidence.package.kinds import Made
    from dateline.ledger.case import Case

MANY = 12
"""How many things that did not go for one reason are listed one by one."""

KINDS = "  ".join(f"{name}: {help_}" for name, (_, help_) in sorted({**kinds(), **ledger_kinds()}.items()))


def export(
    kind: Annotated[str, typer.Argument(help=KINDS)],
    names: Annotated[
        list[str] | None, typer.Argument(help="Of a sheet: ids of items. Otherwise the case's folder, if not --case.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option(help="Where to; must not be there yet.")],
    by: By = None,
    zipped: Annotated[bool, typer.Option("--zip", help="Of a bag: one zip file.")] = False,
    sharing: Annotated[
        str | None, typer.Option("--bytes", help="Of a bag: all, shareable (the licence says so), none.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Of a sheet: one for every item.")] = False,
    under_embargo: Annotated[
        bool, typer.Option("--under-embargo", help="The case is under embargo; whoever gets this knows.")
    ] = False,
    harm: Annotated[
        bool, typer.Option("--harm", help="Also the records of who could be hurt, which stay in the house otherwise.")
    ] = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Take a case out: a bag, a catalogue, sheets. What is embargoed, hidden, withheld or sensitive stays."""
    from dateline.core.clock import SystemClock
    from dateline.evidence.package.contents import contents
    from dateline.evidence.package.kinds import kind as module_of
    from dateline.ledger.case import Case
    from dateline.measure.package import told

    if kind in ledger_kinds():
        root = Path(names[0]) if names else case
        _ledger(kind, root, out, by, under_embargo=under_embargo, as_json=as_json)
        return
    _check_kind(kind)
    module = module_of(kind)
    items, root = _items(kind, module, names or [], case, every=every)
    sharing = _sharing(kind, module, sharing, zipped=zipped)
    loaded = Case.load(root)
    log = custody(loaded.root, by)
    found = contents(
        loaded.root,
        told(loaded, now=SystemClock().now(), harm=harm),
        clock=SystemClock(),
        under_embargo=under_embargo,
    )
    with progress(f"taking out {loaded.head.id}", quiet=as_json) as tell:
        made = module.export(_order(found, out, items, sharing, zipped=zipped, tell=tell))
    _enter(log, kind, made)
    emit(made.to_json() | {"kind": kind}) if as_json else _print(loaded, made, guessable=found.guessable)


def _check_kind(kind: str) -> None:
    """Raises UsageError "export-kind" with every kind there is, of packages and of records."""
    from dateline.core.errors import UsageError
    from dateline.ledger.faults import nearest

    known = {**kinds(), **ledger_kinds()}
    if kind not in known:
        near = f"; did you mean {' or '.join(nearest(kind, known))}?" if nearest(kind, known) else ""
        do = f"Choose one of {', '.join(sorted(known))}{near}"
        raise UsageError("There is no such kind of export.", saw=repr(kind), do=do, code="export-kind")


def _ledger(kind: str, root: Path, out: Path, by: str | None, *, under_embargo: bool, as_json: bool) -> None:
    """Records in other people's formats: sensitive positions go at their published precision, or not at all."""
    from dateline.core.clock import SystemClock
    from dateline.evidence.package.contents import check_embargo
    from dateline.ledger.case import Case
    from dateline.ledger.exports.kinds import export as export_records

    loaded, now = Case.load(root), SystemClock().now()
    if not under_embargo:
        check_embargo(loaded.head.embargo, now)
    log = custody(loaded.root, by)
    made = export_records(kind, loaded, out, now=now)
    _enter(log, kind, made)
    emit(made.to_json() | {"kind": kind}) if as_json else _print(loaded, made, guessable=0)


def _items(kind: str, module: Any, names: list[str], case: Path, *, every: bool) -> tuple[tuple[str, ...], Path]:
    """The items that are asked for, and the case."""
    from dateline.core.errors import UsageError

    if "items" in module.OPTIONS:
        if bool(names) == every:
            do = f"dateline export {kind} ITEM …, or --all"
            raise UsageError("Say of which items, or --all.", saw=f"{len(names)} items", do=do)
        return tuple(names), case
    if every or len(names) > 1 or (names and case != Path()):
        do = f"dateline export {kind} CASE --out FOLDER"
        raise UsageError("This kind of export takes a case.", saw=" ".join(names) or "--all", do=do)
    return (), Path(names[0]) if names else case


def _sharing(kind: str, module: Any, sharing: str | None, *, zipped: bool) -> str:
    from dateline.core.errors import UsageError

    given = {"bytes": sharing is not None, "zip": zipped}
    strange = [name for name, is_given in given.items() if is_given and name not in module.OPTIONS]
    if strange:
        raise UsageError(f"--{strange[0]} is not for {kind}.", saw=f"--{strange[0]}", do="Leave it out.")
    if sharing not in {None, "all", "shareable", "none"}:
        raise UsageError("--bytes is all, shareable or none.", saw=repr(sharing), do="Say shareable when in doubt.")
    return sharing or "shareable"


def _order(found: Contents, out: Path, items: tuple[str, ...], sharing: Any, *, zipped: bool, tell: Any) -> Any:
    from dateline import __version__
    from dateline.core.clock import SystemClock
    from dateline.evidence.package.kinds import Order
    from dateline.evidence.store import default_store

    store, clock, tool = default_store(), SystemClock(), f"dateline {__version__}"
    return Order(
        contents=found, out=out, store=store, clock=clock, tool=tool,
        sharing=sharing, zipped=zipped, items=items, progress=tell,
    )  # fmt: skip


def _enter(log: Custody, kind: str, made: Made) -> None:
    from dateline.evidence.chain import Event

    note = f"{kind}: {made.files} files"
    tell_mended([log.append(Event.EXPORTED, made.path.name, sha256=made.sha256, note=note).mended])


def _print_without(made: Made) -> None:
    """What did not go: one by one, or, where many stay for one reason, that reason once."""
    by_reason: dict[str, list[str]] = {}
    for name, why in made.without.items():
        by_reason.setdefault(why, []).append(name)
    for why, names in by_reason.items():
        if len(names) > MANY:
            print(f"  not in it: {', '.join(names[:3])} and {len(names) - 3:,} more ({why}); --json lists all")
            continue
        for name in names:
            print(f"  not in it: {name} ({why})")


def _print(case: Case, made: Made, *, guessable: int) -> None:
    print(
        f"made {made.path}: {made.files} files, {made.bytes:,} bytes" + (f", SHA-256 {made.sha256}" * bool(made.sha256))
    )
    _print_without(made)
    if case.head.embargo is not None:
        print(f"The case is under embargo until {case.head.embargo}: tell whoever gets this.")
    if guessable:
        print(
            f"{guessable} custody lines are withheld that are older than salts: somebody who has the withheld\n"
            "record or file could recognise their hashes."
        )
