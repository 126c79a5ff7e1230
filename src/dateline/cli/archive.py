"""`dateline archive SOURCE…`: bytes that never change, where they came from, and their custody."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit, progress
from dateline.cli.who import By, tell_mended

if TYPE_CHECKING:
    from dateline.evidence.door.client import Door
    from dateline.evidence.intake import Form
    from dateline.measure.archive import Archive, Kept
    from dateline.measure.archive_sources import Step, Trouble

Uses = Literal["yes", "no", "unknown"]
RIGHTS, WHENCE, NET, HANDOUT = "Licence, by use", "Where it came from", "Addresses", "Handouts"
IMAGE, UNSEEN, WEB = "What the image shows", "An image that we don't have", "Web archives"

Sources = Annotated[
    list[str] | None,
    typer.Argument(help="Files, folders (SAFE), addresses, WACZ or WARC files, exports of auto-archiver or ATLOS."),
]


def _use(what: str) -> Any:
    return typer.Option(help=f"May it be {what}?", rich_help_panel=RIGHTS, show_default="unknown")


def archive(
    sources: Sources = None,
    *,
    item: Annotated[str | None, typer.Option("--id", help="The item's id; made of name and hash without.")] = None,
    name: Annotated[str | None, typer.Option(help="Its name in the case, where its own won't do.")] = None,
    by: By = None,
    again: Annotated[bool, typer.Option("--again", help="Make a second record of bytes the case has.")] = False,
    each: Annotated[bool, typer.Option("--each", help="A folder: each file in it an item of its own.")] = False,
    as_file: Annotated[bool, typer.Option("--as-file", help="A zip: keep it as it is, without a look inside.")] = False,
    url: Annotated[str | None, typer.Option(help="The address of a file.", rich_help_panel=WHENCE)] = None,
    how: Annotated[str | None, typer.Option(help="In words: who gave it.", rich_help_panel=WHENCE)] = None,
    parent: Annotated[
        list[str] | None, typer.Option(help="The item it was made from; may be repeated.", rich_help_panel=WHENCE)
    ] = None,
    command: Annotated[str | None, typer.Option(help="What made it from them.", rich_help_panel=WHENCE)] = None,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="A program made it up; exercises only.", rich_help_panel=WHENCE)
    ] = False,
    licence: Annotated[str | None, typer.Option(help="By name.", rich_help_panel=RIGHTS)] = None,
    attribution: Annotated[str | None, typer.Option(help="The credit to print.", rich_help_panel=RIGHTS)] = None,
    view: Annotated[Uses | None, _use("looked at")] = None,
    publish: Annotated[Uses | None, _use("published")] = None,
    embed: Annotated[Uses | None, _use("embedded elsewhere")] = None,
    share: Annotated[Uses | None, _use("given on, as bytes")] = None,
    embargo: Annotated[str | None, typer.Option(help="Not before: a day or moment.", rich_help_panel=RIGHTS)] = None,
    form: Annotated[
        str | None,
        typer.Option(
            help="planet, vantor, airbus, google-earth, esri-wayback: usual licence, credit, what to ask.",
            rich_help_panel=RIGHTS,
        ),
    ] = None,
    handout: Annotated[bool, typer.Option("--handout", help="It was handed out.", rich_help_panel=HANDOUT)] = False,
    issuer: Annotated[str | None, typer.Option(help="Who issued it.", rich_help_panel=HANDOUT)] = None,
    channel: Annotated[str | None, typer.Option(help="Where and when.", rich_help_panel=HANDOUT)] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(help="An arrow or label on it: kept as the issuer's claim.", rich_help_panel=HANDOUT),
    ] = None,
    said: Annotated[str | None, typer.Option(help="The day it was given out.", rich_help_panel=HANDOUT)] = None,
    not_bought: Annotated[bool, typer.Option("--not-bought", help="In a catalogue.", rich_help_panel=UNSEEN)] = False,
    seen: Annotated[bool, typer.Option("--seen", help="Seen and not stored.", rich_help_panel=UNSEEN)] = False,
    where: Annotated[str | None, typer.Option(help="The catalogue or screen.", rich_help_panel=UNSEEN)] = None,
    on: Annotated[str | None, typer.Option(help="When it was seen.", rich_help_panel=UNSEEN)] = None,
    text: Annotated[str | None, typer.Option(help="What it showed, in words.", rich_help_panel=UNSEEN)] = None,
    sensor: Annotated[str | None, typer.Option(rich_help_panel=IMAGE)] = None,
    scene: Annotated[str | None, typer.Option(help="The provider's id.", rich_help_panel=IMAGE)] = None,
    start: Annotated[str | None, typer.Option(help="Of the capture.", rich_help_panel=IMAGE)] = None,
    end: Annotated[str | None, typer.Option(help="Of the capture.", rich_help_panel=IMAGE)] = None,
    released: Annotated[str | None, typer.Option(help="Of a mosaic.", rich_help_panel=IMAGE)] = None,
    date_from: Annotated[str | None, typer.Option(help="What tells the date.", rich_help_panel=IMAGE)] = None,
    bounds: Annotated[str | None, typer.Option(help="W,S,E,N in degrees.", rich_help_panel=IMAGE)] = None,
    cloud: Annotated[float | None, typer.Option(help="Share, 0 to 1.", rich_help_panel=IMAGE)] = None,
    cloud_over: Annotated[Literal["place", "scene"] | None, typer.Option(rich_help_panel=IMAGE)] = None,
    resolution: Annotated[float | None, typer.Option(help="In metres.", rich_help_panel=IMAGE)] = None,
    expect: Annotated[
        str | None, typer.Option(help="What must come: image/jpeg, image/*, .mp4.", rich_help_panel=NET)
    ] = None,
    most: Annotated[float, typer.Option(help="At most so many megabytes.", rich_help_panel=NET)] = 2000.0,
    within: Annotated[float, typer.Option(help="Within so many seconds.", rich_help_panel=NET)] = 600.0,
    gone: Annotated[
        bool, typer.Option("--gone", help="Keep an error page: proof that a page is gone.", rich_help_panel=NET)
    ] = False,
    private: Annotated[bool, typer.Option("--private", help="Private addresses too.", rich_help_panel=NET)] = False,
    proxy: Annotated[
        str | None, typer.Option(help="socks5h://… or http://…; hides your address.", rich_help_panel=NET)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch without asking.", rich_help_panel=NET)] = False,
    list_: Annotated[bool, typer.Option("--list", help="Only list its captures.", rich_help_panel=WEB)] = False,
    take: Annotated[str | None, typer.Option(help="Take this address out of it.", rich_help_panel=WEB)] = None,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Keep files, pages and other people's archives as evidence: bytes in the store, record and custody in the case.

    An address is fetched as the server gives it; nothing is rendered. For pages that build themselves in a browser,
    capture a WACZ there and archive that.
    """
    told = dict(locals())
    asked = sources or []
    if list_:
        _list(asked, case, as_json=as_json)
        return
    _check(told)
    if any(_is_address(source) for source in asked):
        _warn(asked, proxy=proxy, yes=yes)
    from dateline.measure.archive import Archive

    with Archive(case, by=by) as kept, ExitStack() as stack:
        for late in kept.late:
            print(f"logged late: {late}; an earlier run was killed before it could", file=sys.stderr)
        shown = _Shown(as_json=as_json)
        filled = _filled(told, kept)
        if take is not None:
            shown.step(_take(kept, asked, take, filled, name=name, again=again))
        elif not_bought or seen:
            shown.step(_seen(kept, filled, told))
        else:
            for step in _steps(kept, asked, filled, told, stack):
                shown.step(step)
                shown.claims(_claims(kept, step, told))
        tell_mended(kept.mended)
        shown.end(asked)


def _is_address(source: str) -> bool:
    from dateline.measure.archive_sources import is_address

    return is_address(source)


def _check(told: dict[str, Any]) -> None:
    """Refuses what cannot go together before anything is touched."""
    from dateline.core.errors import UsageError

    def refuse(what: str, saw: str, do: str) -> None:
        raise UsageError(what, saw=saw, do=do)

    sighting = told["not_bought"] or told["seen"]
    if not told["sources"] and not sighting:
        refuse("Nothing to archive.", "no source", "Name a file, a folder or an address.")
    if sighting and (told["sources"] or told["where"] is None or (told["not_bought"] and told["seen"])):
        saw = "a source, both, or no --where"
        refuse("An image that we don't have.", saw, "Say --not-bought or --seen with --where, and no file.")
    if (told["handout"] or told["label"] or told["channel"]) and told["issuer"] is None:
        refuse("A handout has an issuer.", "no --issuer", "Say who issued it.")
    if told["label"]:
        from dateline.measure.archive_seen import given_out

        given_out(told["said"], told["channel"])
    if bool(told["parent"]) != (told["command"] is not None):
        refuse("What it was made from, and how.", "one without the other", "Give --parent and --command together.")
    one_only = [key for key in ("item", "name", "take") if told[key] is not None]
    if one_only and len(told["sources"] or ()) > 1:
        flag = "id" if one_only[0] == "item" else one_only[0]
        refuse(f"--{flag} is for one thing.", f"{len(told['sources'])} sources", "Archive it by itself.")


def _warn(sources: list[str], *, proxy: str | None, yes: bool) -> None:
    """Says what a fetch gives away, and asks; before anything is fetched."""
    from dateline.core.errors import UsageError
    from dateline.evidence.capture import shown

    addresses = [shown(source) for source in sources if _is_address(source)]
    via = "the proxy's address" if proxy else "this machine's network address"
    print(
        f"Fetching {addresses[0]}{f' and {len(addresses) - 1} more' if addresses[1:] else ''} "
        f"shows the server {via}, the time, and that somebody is interested.\n"
        "Other ways: --proxy socks5h://HOST:PORT, a copy that somebody else has already fetched, or a WACZ.",
        file=sys.stderr,
    )
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "Nobody is there to ask.", saw="no terminal", do="Say --yes if that is fine.", code="needs-yes"
        )
    typer.confirm("Fetch?", abort=True, err=True)


def _filled(told: dict[str, Any], kept: Archive) -> Form:
    """What the command line says, as a form."""
    from dateline.evidence.form import form as form_of
    from dateline.evidence.intake import Form, built
    from dateline.evidence.provenance import Derivation
    from dateline.measure.archive import licence_of
    from dateline.measure.archive_image import embargo_of, image_of

    facts = ("sensor", "scene", "start", "end", "bounds", "cloud", "cloud_over", "resolution", "released")
    image = image_of(**{key: told[key] for key in facts})
    chosen = form_of(told["form"]) if told["form"] else None
    if chosen is not None:
        chosen.check(image, date_from=told["date_from"])
        for warning in chosen.warnings:
            print(f"{chosen.title}: {warning}", file=sys.stderr)
    uses = {key: told[key] for key in ("view", "publish", "embed", "share")}
    base = chosen.licence if chosen else None
    dated = f"capture date from {told['date_from']}" if told["date_from"] else None
    return Form(
        id=told["item"],
        by=kept.by,
        licence=licence_of(told["licence"] or (base.name if base else "unknown"), base=base, **uses),
        url=told["url"],
        how="; ".join(filter(None, [told["how"], dated])) or None,
        issuer=told["issuer"],
        channel=told["channel"],
        attribution=told["attribution"] or (chosen.credit(image) if chosen else None),
        embargo=embargo_of(told["embargo"]),
        image=image,
        derived=built(Derivation, {"parents": told["parent"], "command": told["command"]}) if told["parent"] else None,
        simulated=told["simulated"],
    )


def _steps(kept: Archive, sources: list[str], filled: Form, told: dict[str, Any], stack: ExitStack) -> Iterator[Step]:
    from dateline.measure.archive_sources import Ask, archive_sources

    tell = stack.enter_context(progress("archiving", quiet=told["as_json"] or (len(sources) == 1 and not told["each"])))
    ask = Ask(
        form=filled,
        door=_door(told, stack),
        name=told["name"],
        again=told["again"],
        each=told["each"],
        as_file=told["as_file"],
        expect=told["expect"],
        most=round(told["most"] * 1e6),
        gone=told["gone"],
        tell=tell,
    )
    yield from archive_sources(kept, sources, ask)


def _door(told: dict[str, Any], stack: ExitStack) -> Callable[[], Door]:
    """The one door, opened when the first address is asked for."""
    opened: list[Door] = []

    def door() -> Door:
        if not opened:
            from dateline.evidence.door.client import Door, Patience

            patience = Patience(total=told["within"])
            opened.append(stack.enter_context(Door(private=told["private"], proxy=told["proxy"], patience=patience)))
        return opened[0]

    return door


def _seen(kept: Archive, filled: Form, told: dict[str, Any]) -> Kept:
    from dateline.evidence.intake import built
    from dateline.evidence.provenance import Sighting
    from dateline.measure.archive_image import span
    from dateline.measure.archive_seen import note_sighting

    said = {"state": "seen" if told["seen"] else "not-bought", "by": kept.by, "where": told["where"]}
    said |= {"on": span(told["on"], "on")[0], "text": told["text"]}
    return note_sighting(kept, filled, built(Sighting, said), name=told["name"])


def _claims(kept: Archive, step: Step, told: dict[str, Any]) -> list[str]:
    from dateline.measure.archive import Kept
    from dateline.measure.archive_seen import claim_labels, given_out

    if not isinstance(step, Kept) or not told["label"]:
        return []
    return claim_labels(kept, step.item, told["label"], said=given_out(told["said"], told["channel"]))


def _take(kept: Archive, sources: list[str], url: str, filled: Form, *, name: str | None, again: bool) -> Kept:
    """Takes one answer out of a web archive: an item of the case, or a file, which is archived first."""
    from dateline.measure.archive_sources import Ask, archive_sources
    from dateline.measure.archive_web import take_out

    item = kept.item(sources[0]) if os.sep not in sources[0] else None
    if item is None:
        whole = replace(filled, id=None)  # the id and the name are for what is taken out
        steps = list(archive_sources(kept, sources, Ask(form=whole, door=_no_door)))
        item = _kept(steps).item
    return take_out(kept, item, url, filled, name=name, again=again)


def _no_door() -> Door:
    from dateline.core.errors import UsageError

    raise UsageError("--take is for a web archive.", saw="an address", do="Name a WACZ or WARC.")


def _kept(steps: list[Step]) -> Kept:
    from dateline.measure.archive import Kept
    from dateline.measure.archive_sources import Trouble

    for step in steps:
        if isinstance(step, Trouble):
            raise step.error
    return next(step for step in steps if isinstance(step, Kept))


def _list(sources: list[str], case: Path, *, as_json: bool) -> None:
    """Prints the captures in web archives: files, or items of the case."""
    from dateline.evidence.item import FOLDER, Item
    from dateline.evidence.store import default_store
    from dateline.evidence.webarchive.check import captures, check_web_archive

    for source in sources:
        record = case / FOLDER / f"{source}.toml"
        path = Path(source)
        name = path.name
        if not path.exists() and record.is_file():
            item = Item.read(record)
            path, name = default_store().path(item.sha256 or ""), item.name
        report = check_web_archive(path, name=name)
        if as_json:
            emit(report.to_json() | {"captures": [capture.to_json() for capture in captures(path, name=name)]})
            continue
        for capture in captures(path, name=name):
            print(f"{capture.at or '?':<21} {capture.status or '-':>4} {capture.media_type or '?':<24} {capture.url}")
        print(report.words())


class _Shown:
    """Says what was done: line by line for people, all at the end for programs."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._items: list[dict[str, Any]] = []
        self._known: list[dict[str, Any]] = []
        self._notes: list[str] = []
        self._claims: list[str] = []
        self._troubles: list[Trouble] = []
        self._counts = [0, 0]

    def step(self, step: Step) -> None:
        from dateline.measure.archive import Kept
        from dateline.measure.archive_sources import Remark

        if isinstance(step, Kept):
            self._kept(step)
        elif isinstance(step, Remark):
            self._note(step.text)
        else:
            self._troubles.append(step)

    def _kept(self, kept: Kept) -> None:
        self._counts[not kept.new] += 1
        if self._as_json:
            (self._items if kept.new else self._known).append(kept.item.to_json())
        elif kept.item.content is None:
            print(f"{'noted    ' if kept.new else 'had it as'} {kept.item.id}: {kept.item.name}, {kept.item.why}")
        else:
            item = kept.item
            word = "kept     " if kept.new else "had it as"
            print(f"{word} {item.id}: {item.name}, {item.bytes:,} bytes, {item.media_type}, SHA-256 {item.content}")
        for note in kept.notes:
            self._note(note)

    def claims(self, names: list[str]) -> None:
        """Claims and sources that were written."""
        self._claims += names
        if names and not self._as_json:
            print(f"claims    {', '.join(names)}")

    def _note(self, text: str) -> None:
        self._notes.append(text) if self._as_json else print(f"          {text.replace(chr(10), chr(10) + ' ' * 10)}")

    def end(self, sources: list[str]) -> None:
        """The troubles, all together; exit 1 when there were any."""
        if len(sources) == 1 and len(self._troubles) == 1 and self._counts == [0, 0]:
            raise self._troubles[0].error
        if self._as_json:
            troubles = [{"source": one.source, **one.error.to_json()} for one in self._troubles]
            told = {"items": self._items, "known": self._known, "problems": troubles, "notes": self._notes}
            emit(told | {"claims": self._claims})
        elif sum(self._counts) > 1 or self._troubles:
            print(f"\n{self._counts[0]:,} kept, {self._counts[1]:,} known already, {len(self._troubles):,} not kept")
            for one in self._troubles:
                print(f"not kept: {one}")
        if self._troubles:
            raise typer.Exit(1)
