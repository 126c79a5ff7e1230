"""`dateline imagery`: search catalogues, plan and get images, look without a login, and print the image log."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.imagery_asked import ask_of, check_disk, consent, grain_of, of_setup, sites_of, where_of
from dateline.cli.imagery_words import (
    bytes_bar,
    login_line,
    notes_of,
    offer_line,
    offer_row,
    say,
    show_got,
    show_log,
    show_plan,
    span,
    tell_plan,
)
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, tell_mended

if TYPE_CHECKING:
    from dateline.imagery.catalog.black_marble import Wanted

imagery = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Search catalogues for images, plan and get them, take a first look without a login, print the image log.",
)

Places = Annotated[
    list[str] | None, typer.Option("--place", help="A name, a position, or a place of the case; repeat.")
]
Box = Annotated[str | None, typer.Option("--bounds", help="Or west,south,east,north [degrees].")]
Periods = Annotated[list[str], typer.Option("--period", help="2022-03 or 2022-03/2022-05; repeat for several.")]
Radius = Annotated[float, typer.Option(help="Around a place given as a point [km].")]
Services = Annotated[
    list[str], typer.Option("--service", help="cmr, laads, earth_search, planetary_computer …; repeat.")
]
Collections = Annotated[list[str] | None, typer.Option("--collection", help="VNP46A3, sentinel-2-l2a …; repeat.")]
Cloud = Annotated[float | None, typer.Option(help="At most this share of the whole scene under cloud, 0 to 1.")]
Coarse = Annotated[float | None, typer.Option(help="Ask for grid cells of this size [km]: hides the exact place.")]
Proxy = Annotated[str | None, typer.Option(help="Go through this proxy: it shows its address and not ours.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before a service is asked.")]
CaseOption = Annotated[Path | None, typer.Option("--case", help="The case folder.")]


@imagery.command("search")
def search(
    service: Services,
    period: Periods,
    *,
    collection: Collections = None,
    place: Places = None,
    bounds: Box = None,
    radius: Radius = 5.0,
    cloud: Cloud = None,
    most: Annotated[int, typer.Option(help="Offers are enough.")] = 500,
    case: CaseOption = None,
    coarse: Coarse = None,
    proxy: Proxy = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """What services have of a place and a period. The service learns our address and the area: it says so first."""
    from dateline.imagery.download.session import opened
    from dateline.measure import imagery_get

    sites = sites_of(place, bounds, radius, case)
    ask = ask_of(service, collection, period, sites, cloud=cloud, coarse=coarse, most=most)
    setup = of_setup(proxy)
    consent(setup, service, ask, yes=yes)
    want = imagery_get.Want(services=tuple(service), ask=ask, folder=Path(), where=where_of(sites))
    with opened(setup, service, logged_in=False) as session:
        answers = imagery_get.search(session, want)
    offers = imagery_get.offers_of(answers)
    if as_json:
        emit({"offers": [offer_row(offer, ask) for offer in offers], "notes": notes_of(answers)})
        return
    for offer in offers:
        print(offer_line(offer, ask))
    print(f"{len(offers)} image{'s' if len(offers) != 1 else ''}.")
    say(notes_of(answers))


@imagery.command("plan")
def plan(
    period: Periods,
    *,
    place: Places = None,
    bounds: Box = None,
    product: Annotated[
        str | None, typer.Option(help="VNP46A3, VJ146A3 …; the right one for the period otherwise.")
    ] = None,
    radius: Radius = 5.0,
    folder: Annotated[list[Path] | None, typer.Option("--from", help="Where local granules lie.")] = None,
    as_json: AsJson = False,
) -> None:
    """Which night-light granules a place and a period need, how big they are, and which are here. Asks nobody.

    `imagery get --dry-run` plans any service's images, with exact sizes, by asking its catalogue.
    """
    from dateline.core.when import When
    from dateline.imagery.extent import bounds_around
    from dateline.measure.ask import default_folders
    from dateline.measure.gather.images import plan_of
    from dateline.measure.request import Selection

    sites = sites_of(place, bounds, radius, None)
    rows: list[Wanted] = []
    for text in period:
        folders = tuple(folder or ()) or default_folders()
        selection = Selection(product=product, period=When.from_edtf(text), folders=folders)
        rows += plan_of(selection, [bounds_around(site.where) for site in sites]).granules
    card = of_setup(None).card("cmr")
    licences = {name: card.licences[known.licence] for name, known in card.collections.items()}
    if as_json:
        emit(
            [
                {
                    "pattern": wanted.pattern,
                    "status": wanted.status,
                    "folder": wanted.folder,
                    "bytes": wanted.size,
                    "path": wanted.path,
                    "licence": licences[wanted.key.product].name,
                }
                for wanted in rows
            ]
        )
        return
    for wanted in rows:
        size = f"{wanted.size[0] / 1e6:.0f}-{wanted.size[1] / 1e6:.0f} MB" if wanted.size else "size unknown"
        print(f"{wanted.status:<15} {wanted.pattern}  {size}  {licences[wanted.key.product].name}  {wanted.folder}")
    needed = sum(wanted.status == "needed" for wanted in rows)
    print(f"{needed} of {len(rows)} still needed. Login: {login_line('cmr')}.")


@imagery.command("get")
def get(
    service: Services,
    period: Periods,
    *,
    collection: Collections = None,
    asset: Annotated[list[str] | None, typer.Option(help="Which files of an image: red, scl, vv …; repeat.")] = None,
    place: Places = None,
    bounds: Box = None,
    radius: Radius = 5.0,
    cloud: Cloud = None,
    most: Annotated[int, typer.Option(help="Offers are enough.")] = 500,
    whole: Annotated[
        bool, typer.Option("--whole", help="Whole files; else the place alone is read, which shows the server where.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="The folder to put them in; this user's granules otherwise.")] = None,
    case: Annotated[Path | None, typer.Option("--case", help="Keep each as evidence of this case.")] = None,
    by: By = None,
    workers: Annotated[int, typer.Option(min=1, max=4, help="Files at a time.")] = 3,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be fetched.")] = False,
    coarse: Coarse = None,
    proxy: Proxy = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Fetch images: plan first, then the files, each checked; run it again to go on after an interruption."""
    from dateline.imagery.download.session import opened
    from dateline.measure import imagery_get
    from dateline.measure.archive import Archive

    sites = sites_of(place, bounds, radius, case)
    want = imagery_get.Want(
        services=tuple(service),
        ask=ask_of(service, collection, period, sites, cloud=cloud, coarse=coarse, most=most),
        folder=to or _home(),
        where=where_of(sites),
        place=sites[0].id if len(sites) == 1 else None,
        assets=tuple(asset or ()),
        whole=whole or any(site.sensitive for site in sites),  # reading a part shows the server which
    )
    setup = of_setup(proxy)
    consent(setup, service, want.ask, yes=yes)
    with opened(setup, service, logged_in=not dry_run) as session:
        answers = imagery_get.search(session, want)
        planned = imagery_get.plan_of(want, answers)
        if dry_run:
            show_plan(planned, answers, as_json=as_json)
            return
        tell_plan(planned, answers, quiet=as_json)
        check_disk(planned, want.folder)
        kept = nullcontext() if case is None else Archive(case, by=by)
        with kept as archive, bytes_bar(len(planned.lacking()), planned.size(), quiet=as_json) as tell:
            brought = imagery_get.get(
                session, want, planned, tell=tell, archive=archive, answers=answers, workers=workers
            )
    tell_mended(archive.mended if archive is not None else ())
    show_got(brought, want, planned, as_json=as_json)
    raise typer.Exit(1 if brought.failures() else 0)


@imagery.command("look")
def look(
    place: Annotated[str, typer.Option(help="A name or a position.")],
    period: Annotated[str, typer.Option(help="Nights, at most two months: 2023-08 or 2023-08-20/2023-09-10.")],
    *,
    radius: Radius = 5.0,
    to: Annotated[Path, typer.Option(help="The folder to put the pictures in.")] = Path(),
    coarse: Coarse = None,
    proxy: Proxy = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """A first look at a place's nights, without a login: pictures and ranges. Not a measurement."""
    from dateline.core.when import When
    from dateline.imagery.catalog.service import Ask
    from dateline.imagery.download.look import LABEL
    from dateline.imagery.download.session import opened
    from dateline.imagery.extent import bounds_around
    from dateline.measure.imagery_look import SERVICE, layer_for, look_at

    (site,) = sites_of([place], None, radius, None)
    when = When.from_edtf(period)
    setup, grain = of_setup(proxy), grain_of(coarse)
    ask = Ask(collections=(layer_for(when),), periods=(when,), areas=(bounds_around(site.where),), grain=grain)
    consent(setup, [SERVICE], ask, yes=yes)
    with opened(setup, [SERVICE], logged_in=False) as session, bytes_bar(None, None, quiet=as_json) as tell:
        looked = look_at(session, site.where, when, to, tell=tell, grain=grain)
    if as_json:
        rows = [each.to_json() for each in looked.looks]
        emit({"label": LABEL, "layer": looked.layer, "saturation": looked.saturation, "nights": rows})
    else:
        print(f"{LABEL}\n")
        for each in looked.looks:
            print(f"{each.day}  {span(each.low, each.high, each.state):<28} {each.seen:>4.0%} of {each.pixels} pixels")
        print(f"\n{site.name}, {looked.layer}\n{looked.attribution or ''}\n{LABEL}")
        if looked.looks:
            print(f"Pictures: {looked.looks[0].pictures[0].parent}")
    say(looked.failures)
    raise typer.Exit(1 if looked.failures else 0)


@imagery.command("log")
def log(
    place: Annotated[str, typer.Option(help="A place of the case, a name or a position.")],
    *,
    case: Annotated[Path, typer.Option("--case", help="The case folder.")] = Path(),
    period: Annotated[str | None, typer.Option(help="Only images of this period.")] = None,
    radius: Radius = 5.0,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """The image log of a place: every image the case knows of, had or not. A view: nobody writes it. Asks nobody."""
    from dateline.core.when import When
    from dateline.ledger.case import Case
    from dateline.measure.imagery_log import image_log

    (site,) = sites_of([place], None, radius, case)
    loaded = Case.load(case)
    name = site.id if site.id in loaded.places else None
    when = None if period is None else When.from_edtf(period)
    made = image_log(loaded, site.where, services=of_setup(None).service, name=name, period=when)
    show_log(made, csv=csv, as_json=as_json)


def _home() -> Path:
    from dateline.measure.ask import default_folders

    return default_folders()[0]
