"""`dateline run METHOD …`: one method on files or on a place, without a case. Its flags are made from the card."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from dateline.cli.imagery_fetch import fetch_for, may_fetch
from dateline.cli.output import emit, progress
from dateline.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from dateline.ledger.finding import Finding
    from dateline.methods.card import Card

SINGULAR = {"places": "place", "controls": "control", "references": "reference"}
"""Roles of places may also be given one by one, by name."""

METAVARS = {
    "lights": "FILE|PERIOD",
    "chips": "FILE|FOLDER",
    "berths": "FILE|CASE",
    "marks": "FILE|FOLDER",
    "picture": "PICTURE",
    "shapes": "GEOJSON",
    "clips": "PICTURE|VIDEO",
    "certificates": "PEM",
    "fronts": "FILE|FOLDER",
    "elevation": "GEOTIFF",
    "features": "PBF|GPKG",
    "period": "PERIOD",
}
"""What stands for the value of an input in the help, by kind; FILE for all others."""


def run(ctx: typer.Context, method: Annotated[str | None, typer.Argument(help="Which method.")] = None) -> None:
    """Run one method on files or on a place, without a case. `dateline run METHOD --help` lists its flags."""
    from dateline.methods import catalogue

    if method is None or method in {"-h", "--help"}:
        print(
            "Usage: dateline run METHOD [FLAGS]\n\nMethods (dateline run METHOD --help explains the flags of each):\n"
        )
        for card in catalogue.cards().values():
            print(f"  {card.id:<16} {card.front.question}")
        raise typer.Exit(0 if method else 2)
    card = catalogue.card(method)
    flags = parser(card).parse_args(_joined(ctx.args))
    finding = _answer(card, flags)
    if flags.json:
        emit(finding.to_json())
    else:
        print(as_text(finding))
    raise typer.Exit(1 if finding.result == "refused" else 0)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(
            f"`{self.prog}` was not understood.",
            saw=message,
            do=f"`{self.prog} --help` lists the flags.",
        )


def parser(card: Card) -> argparse.ArgumentParser:
    """The flags of one method, from its card."""
    front = card.front
    made = _Parser(
        prog=f"dateline run {card.id}",
        description=f"{front.question}  Answers: {', '.join(result.id for result in front.results)}.",
        epilog=f"The whole card: dateline methods {card.id}",
        allow_abbrev=False,
    )
    what = made.add_argument_group("what to measure")
    for role, spec in front.inputs.items():
        name = role.replace("_", "-")
        nargs = "+" if spec.many or spec.kind in {"lights", "places", "chips", "berths"} else None
        metavar = METAVARS.get(spec.kind, "FILE")
        what.add_argument(
            f"--{name}",
            dest=f"role_{role}",
            nargs=nargs,
            action="extend" if nargs else "store",  # a flag given twice adds to what it had
            metavar=metavar,
            help=_help(spec.help),
        )
        if role in SINGULAR:
            what.add_argument(
                f"--{SINGULAR[role]}",
                dest=f"named_{role}",
                action="append",
                metavar="NAME|POSITION",
                help=f"{role}, one by one: a name, 'lat, lon', a maps link; several: repeat the flag",
            )
    _add_common(made, {spec.kind for spec in front.inputs.values()})
    settings = made.add_argument_group("parameters")
    for name, parameter in front.parameters.items():
        choices = f"; one of {', '.join(parameter.choices)}" if parameter.choices else ""
        unit = f" [{parameter.unit}]" if parameter.unit != "1" else ""
        settings.add_argument(
            f"--{name.replace('_', '-')}",
            dest=f"parameter_{name}",
            metavar=parameter.type.upper(),
            default=argparse.SUPPRESS,
            help=_help(f"{parameter.help}{unit}{choices} (default: {parameter.default})"),
        )
    return made


def _add_common(made: argparse.ArgumentParser, kinds: Collection[str]) -> None:
    """Flags of all methods. Those that no input of these kinds reads are left out of the help, and refused if given."""
    from dateline.measure.request import READ_BY

    read = {key for kind in kinds for key in READ_BY.get(kind, ())}
    granules = "lights" in kinds

    def told(text: str, *, when: bool) -> str:
        return text if when else argparse.SUPPRESS

    files = made.add_argument_group("reading the files")
    files.add_argument(
        "--product", metavar="NAME",
        help=told("what the files are, where their names do not say: VNP46A3 …", when="product" in read),
    )  # fmt: skip
    files.add_argument(
        "--layer", metavar="NAME", help=told("which layer; the sensor's own choice otherwise", when="layer" in read)
    )
    files.add_argument(
        "--collection", metavar="N",
        help=told("processing version, where the files do not say", when="collection" in read),
    )  # fmt: skip
    files.add_argument(
        "--crs", metavar="EPSG:N",
        help=told("coordinate system of a file that does not say it: EPSG:4326 …", when="crs" in read),
    )  # fmt: skip
    files.add_argument(
        "--counts", metavar="FILE", type=Path,
        help=told("a file with the number of looks behind each value", when="counts" in read),
    )  # fmt: skip
    files.add_argument(
        "--column", action="append", default=[], metavar="WHAT=NAME",
        help=told("what a table's columns stand for; repeat", when="columns" in read),
    )  # fmt: skip
    files.add_argument(
        "--from", dest="folders", action="append", default=[], type=Path, metavar="DIR",
        help=told("where local granules lie", when=granules),
    )  # fmt: skip
    files.add_argument(
        "--fetch", choices=("needed", "history"), nargs="?", const="needed",
        help=told(
            "download the granules that are not here (`history`: also the earlier years that it is compared with)",
            when=granules,
        ),
    )  # fmt: skip
    files.add_argument(
        "--radius", type=float, default=5.0, metavar="KM",
        help=told("around a place given as a point [km]; default 5", when="places" in kinds),
    )  # fmt: skip
    files.add_argument(
        "--near", metavar="POSITION",
        help=told("to choose between places of one name: 'lat, lon'", when="places" in kinds),
    )  # fmt: skip
    out = made.add_argument_group("answer")
    out.add_argument("--save", type=Path, metavar="DIR", help="keep the finding and its maps and tables in this folder")
    out.add_argument("--seed", type=int, default=1, help="of the method's chance; default 1")
    out.add_argument("--json", action="store_true", help="print the finding as JSON")


def _help(text: str) -> str:
    return text.replace("%", "%%")


def _joined(arguments: Sequence[str]) -> list[str]:
    """A position such as "-21.5, 165" begins with a minus; argparse would take it for a flag."""
    return [f" {text}" if text[:1] == "-" and text[1:2].isdigit() else text for text in arguments]


def _answer(card: Card, flags: argparse.Namespace) -> Finding:
    from dateline.measure.ask import ask, request_of_flags

    given = vars(flags)
    request = request_of_flags(
        card,
        roles={key.removeprefix("role_"): value for key, value in given.items() if key.startswith("role_") and value},
        named={key.removeprefix("named_"): value for key, value in given.items() if key.startswith("named_") and value},
        parameters={
            key.removeprefix("parameter_"): value for key, value in given.items() if key.startswith("parameter_")
        },
        product=flags.product,
        layer=flags.layer,
        collection=flags.collection,
        counts=flags.counts,
        crs=flags.crs,
        columns=dict(_column(text) for text in flags.column),
        folders=tuple(flags.folders),
        radius_km=flags.radius,
        near=flags.near,
        seed=flags.seed,
    )
    if flags.save is not None and flags.save.exists() and not flags.save.is_dir():
        raise UsageError("--save names a file.", saw=str(flags.save), do="Give a folder, new or not.", code="save")
    if flags.fetch is not None:
        fetch_for(request, history=flags.fetch == "history", quiet=flags.json)
    try:
        with progress(card.front.title, quiet=flags.json) as tell:
            finding, files = ask(request, tell)
    except InputError as error:
        if error.code != "missing-granules" or flags.fetch is not None or not may_fetch(request, quiet=flags.json):
            raise
        fetch_for(request, history=False, quiet=flags.json)
        with progress(card.front.title, quiet=flags.json) as tell:
            finding, files = ask(request, tell)
    if flags.save is not None:
        from dateline.measure.keep import keep

        keep(flags.save, finding, files)
        print(f"kept in {flags.save}", file=sys.stderr)
    return finding


def _column(text: str) -> tuple[str, str]:
    what, separator, name = text.partition("=")
    if not separator or not name:
        raise UsageError("A --column is WHAT=NAME.", saw=repr(text), do="For example --column place=gridid.")
    return what, name


def as_text(finding: Finding) -> str:
    """A finding for a person at a terminal: the sentence, the numbers, why, and what to know before using them."""
    lines = [finding.statement.en, "", f"result: {finding.result}"]
    for name, estimate in finding.estimates.items():
        best, low, high = estimate.spoken()
        lines.append(f"  {name}: {best} ({low or '…'} to {high or '…'}) [{estimate.unit}], {estimate.how}")
    for title, notes in (("why", finding.reasons), ("before using it", finding.caveats)):
        if notes:
            lines += ["", f"{title}:", *(f"  {note.code}: {note.text}" for note in notes)]
    if finding.needed:
        lines += ["", "what would settle it:", *(f"  {text}" for text in finding.needed)]
    lines += _ranking(finding.places)
    if finding.simulated:
        lines = ["SIMULATED INPUT", *lines]
    return "\n".join(lines)


def _ranking(places: dict[str, Any], most: int = 20) -> list[str]:
    if len(places) < 2:
        return []
    rows = [f"  {answer.statement.en if answer.statement else name}" for name, answer in list(places.items())[:most]]
    more = [f"  … and {len(places) - most} more (--json has all)"] if len(places) > most else []
    return ["", "places:", *rows, *more]
