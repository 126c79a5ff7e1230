"""`dateline add KIND`: a record from answers, pasted text or a spreadsheet; nobody needs to write TOML."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit

if TYPE_CHECKING:
    from dateline.core.errors import RecordFault
    from dateline.ledger.case import Case
    from dateline.ledger.compose.desk import Desk, Option, Spotted
    from dateline.ledger.compose.form import Form
    from dateline.ledger.compose.told import Told
    from dateline.ledger.sheets.apply import Written
    from dateline.ledger.sheets.changes import Changes

MANY = 12
"""How many things are listed one by one."""


def add(
    kind: Annotated[str, typer.Argument(help="place, source, claim, event, reply or media.")],
    *,
    text: Annotated[
        Path | None, typer.Option("--text", help="A file of `key: text` lines; - is what is pasted in.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=TEXT", help="One answer; repeat.")] = None,
    choose: Annotated[
        list[str] | None, typer.Option(metavar="KEY=NUMBER", help="Which reading, where a text has several; repeat.")
    ] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", help="A spreadsheet, .csv or .xlsx: one row a record.", show_default=False)
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(help="A word of your own for what is counted; repeat.", show_default=False)
    ] = None,
    transcript: Annotated[
        Path | None,
        typer.Option(help="Of media: its subtitles, .srt or .vtt. With --set id=ID, of one that is there."),
    ] = None,
    language: Annotated[str | None, typer.Option(help="Of the words in --transcript.", show_default=False)] = None,
    template: Annotated[bool, typer.Option("--template", help="Print the empty form.")] = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Add a record to a case: answer questions, paste `key: text` lines, or bring a spreadsheet.

    In a terminal each question comes with its help; Enter leaves it unknown. Vague dates and amounts are read, and
    where words allow several readings you are asked which. A spreadsheet adds its new rows and changes those of
    records that are there; with anything wrong in it nothing is written.
    """
    from dateline.ledger.compose.form import form_of
    from dateline.ledger.compose.told import template as empty

    form = form_of(kind)
    if template:
        print(empty(form), end="")
        return
    loaded = _case(case)
    if from_ is not None:
        changes = _of_sheet(form, from_, loaded, unit or ())
        read: dict[str, str] = {}
    elif transcript is not None:
        _check_media(form)
        told = functools.partial(_of_text, form, loaded, text, set_ or (), choose or (), units=unit or ())
        changes, read = _of_transcript(transcript, language, loaded, set_ or (), told)
    else:
        changes, read = _of_text(form, loaded, text, set_ or (), choose or (), units=unit or ())
    from dateline.ledger.sheets.apply import apply

    written = apply(loaded, changes, units=unit or ())
    if as_json:
        emit(_json(written, changes, read, loaded.root))
    else:
        _print(written, changes, loaded.root)


def _case(folder: Path) -> Case:
    """The case, once what an earlier run left ready is in its place."""
    from dateline.ledger.case import HEAD, Case
    from dateline.ledger.together import finish

    for path in finish(folder) if (folder / HEAD).is_file() else ():
        print(f"put in place: {path.name}; an earlier run was killed before it could", file=sys.stderr)
    return Case.load(folder)


def _of_sheet(form: Form, path: Path, case: Case, units: Sequence[str]) -> Changes:
    from dateline.ledger.sheets.claims import read_claim_rows
    from dateline.ledger.sheets.rows import read_rows
    from dateline.ledger.sheets.table import read_table

    table = read_table(path.read_bytes(), file=path.name, sheet=form.model.folder)
    if form.kind == "claim":
        return read_claim_rows(table, case, units=units)
    return read_rows(form.kind, table, case, _desk(case, units))


def _check_media(form: Form) -> None:
    from dateline.core.errors import UsageError

    if form.kind != "media":
        do = "dateline add media --transcript FILE"
        raise UsageError("Only media have a transcript.", saw=f"add {form.kind} --transcript", do=do)


def _of_transcript(
    path: Path,
    language: str | None,
    case: Case,
    pairs: Sequence[str],
    told: Callable[[], tuple[Changes, dict[str, str]]],
) -> tuple[Changes, dict[str, str]]:
    """A recording with its transcript: a new one of the answers, or one that is there and has none yet."""
    from dateline.core.errors import RecordError, UsageError
    from dateline.ledger.compose.transcript import heard
    from dateline.ledger.media_item import MediaItem
    from dateline.ledger.sheets.changes import Changes, Placed

    found = heard(path.read_bytes(), file=path.name, sources=case.sources, language=language)
    known = case.media.get(pairs[0].partition("=")[2]) if len(pairs) == 1 and pairs[0].startswith("id=") else None
    if known is not None and known.transcript:
        do = "Change its rows there; or take them out first."
        raise UsageError("It has a transcript already.", saw=case.paths[known.id], do=do, code="has-transcript")
    faults = list(found.faults)
    changes, read = Changes(), dict[str, str]()
    try:
        if known is None:
            changes, read = told()
    except RecordError as error:
        faults += error.faults
    if faults:
        raise RecordError(faults, case=str(case.root))
    if known is not None:
        return Changes(changed=(Placed(found.put_into(known), path.name, 1),), notes=found.notes), {}
    new = tuple(
        replace(one, record=found.put_into(one.record)) if isinstance(one.record, MediaItem) else one
        for one in changes.new
    )
    return replace(changes, new=new, notes=(*changes.notes, *found.notes)), read


def _of_text(
    form: Form, case: Case, text: Path | None, pairs: Sequence[str], choose: Sequence[str], *, units: Sequence[str]
) -> tuple[Changes, dict[str, str]]:
    from dateline.core.errors import RecordError
    from dateline.ledger.compose.make import compose
    from dateline.ledger.reading import shapes_of
    from dateline.ledger.sheets.changes import Changes, placed

    desk, taken = _desk(case, units), {name.lower() for name in case.records}
    wrong: list[RecordFault] = []
    if text is None and not pairs and sys.stdin.isatty():
        from dateline.cli.add_prompts import Prompts

        told = Prompts(form, desk, taken, shapes_of(case.root)).told()
    else:
        told, wrong = _told(form, text, pairs)
    made = compose(form.kind, told, desk, choices=_numbers(choose), taken=taken, shapes=shapes_of(case.root))
    faults = [*wrong, *made.faults, *(question.fault(told) for question in made.questions)]
    if faults:
        raise RecordError(faults, case=str(case.root))
    return Changes(new=placed(made.records, file=told.file), notes=made.notes), dict(made.read)


def _told(form: Form, text: Path | None, pairs: Sequence[str]) -> tuple[Told, list[RecordFault]]:
    """What was pasted, or stands in a file, and the single answers, which win; and what is wrong with their keys."""
    from dateline.ledger.compose.told import Told, read_text, told_pairs

    told = Told("--set", {})
    faults: list[RecordFault] = []
    if text is not None or not pairs:
        pasted = text is None or str(text) == "-"
        name = "the pasted text" if pasted or text is None else text.name
        told, faults = read_text(_stdin() if pasted or text is None else _read(text), form, file=name)
    single, wrong = told_pairs([(*_pair(pair), None) for pair in pairs], form, file="--set")
    return told.having(single.values), [*faults, *wrong]


def _stdin() -> str:
    if sys.stdin.isatty():
        print("Paste the lines, then Ctrl-D.", file=sys.stderr)
    return sys.stdin.read()


def _read(path: Path) -> str:
    from dateline.core.errors import InputError

    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "This text is not in UTF-8.",
            saw=f"{path.name}: the byte 0x{error.object[error.start]:02x}",
            do="In the editor: save as, encoding UTF-8.",
            code="encoding",
        ) from error


def _pair(text: str) -> tuple[str, str]:
    from dateline.core.errors import UsageError

    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise UsageError("An answer needs its key.", saw=repr(text), do='Write --set "role=port".', code="set")
    return key, value


def _numbers(choose: Sequence[str]) -> dict[str, int]:
    from dateline.core.errors import UsageError

    found = {}
    for text in choose:
        key, _, number = text.partition("=")
        if not number.isdigit():
            do = "Write --choose period=2."
            raise UsageError("A choice is a key and a number.", saw=repr(text), do=do, code="choose")
        found[key.strip()] = int(number)
    return found


def _desk(case: Case, units: Sequence[str]) -> Desk:
    from dateline.ledger.compose.desk import desk_of
    from dateline.places.named import slug

    return desk_of(case, units=units, spot=spot, slug=slug)


def spot(text: str) -> Spotted | Sequence[Option]:
    """A position in any spelling; both orders where nobody can know which is meant; or all places of a name."""
    from dateline.core.errors import UsageError
    from dateline.ledger.compose.desk import Spotted
    from dateline.places.positions import read_position

    try:
        found = read_position(text)
    except UsageError as error:
        if error.code != "ambiguous-order":
            raise
        return _orders(text)
    if found is None:
        return _places(text)
    where = found.where
    assert where.lon is not None
    assert where.lat is not None
    return Spotted(where.lon, where.lat, where.radius, found.notes)


def _orders(text: str) -> tuple[Option, ...]:
    from dateline.ledger.compose.desk import Option
    from dateline.ledger.compose.ground import spelt_position
    from dateline.places.positions import read_position

    found = [(order, read_position(text, order=order)) for order in ("lat,lon", "lon,lat")]
    wheres = [(order, read.where) for order, read in found if read is not None]
    return tuple(
        Option(f"{spelt_position(where.lon or 0.0, where.lat or 0.0)} ({order})",
               {"position": spelt_position(where.lon or 0.0, where.lat or 0.0)})
        for order, where in wheres
    )  # fmt: skip


def _places(name: str) -> tuple[Option, ...]:
    from dateline.ledger.compose.desk import Option
    from dateline.ledger.compose.ground import spelt_metres, spelt_position
    from dateline.measure.places import gazetteer

    options = []
    for found in gazetteer().find(name)[:MANY]:
        told = {"position": spelt_position(found.where.lon or 0.0, found.where.lat or 0.0)}
        if found.where.radius is not None:
            told["radius"] = spelt_metres(found.where.radius)
        told["located_by"] = f"{found.source}: the middle of {found.name}, its extent guessed from its people"
        options.append(Option(found.line(), told))
    return tuple(options)


def _json(written: Written, changes: Changes, read: dict[str, str], root: Path) -> dict[str, Any]:
    return {
        **written.to_json(root),
        "ids": [placed.record.id for placed in changes.new],
        "unchanged": changes.unchanged,
        "read": read,
        "notes": list(changes.notes),
        "lost": [
            {"claim": one.claim, "where": one.where, "was": one.was, "becomes": one.becomes} for one in changes.lost
        ],
    }


def _print(written: Written, changes: Changes, root: Path) -> None:
    for path in written.new[:MANY]:
        print(f"made {path.relative_to(root)}")
    for path in written.changed[:MANY]:
        print(f"changed {path.relative_to(root)}")
    more = len(written.new) + len(written.changed) - len(written.new[:MANY]) - len(written.changed[:MANY])
    if more:
        print(f"and {more:,} more")
    if changes.unchanged or more:
        print(f"{len(written.new):,} new, {len(written.changed):,} changed, {changes.unchanged:,} as they were")
    for note in changes.notes[:MANY]:
        print(f"note: {note}", file=sys.stderr)
    for one in changes.lost[:MANY]:
        print(f"note: {one.claim}: {one.where} {one.was!r} is kept as {one.becomes!r}", file=sys.stderr)
