"""`dateline where NAME`: every place of that name, never a silent choice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit


def where(
    name: Annotated[str, typer.Argument(help="A place's name in any script, or a position, DMS, MGRS, a maps link.")],
    *,
    near: Annotated[str | None, typer.Option("--near", help="'lat, lon': nearest first.")] = None,
    worldview: Annotated[
        str | None, typer.Option(help="Whose borders: iso, de-facto, ua, us …; the case's, or iso, without.")
    ] = None,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Every place that answers to a name, the case's own first, with country and reason; or what a position says."""
    from dateline.measure.places import around, case_at, gazetteer, not_for_print, own_places
    from dateline.places.country import country_of
    from dateline.places.positions import read_position

    here = case_at(case)
    view = worldview or (here.head.worldview if here is not None else "iso")
    spot = read_position(name, order="lat,lon")
    if spot is not None:
        country = country_of(spot.where, view)
        data = [{"name": spot.name, "where": spot.where, "form": spot.form, "notes": spot.notes, "country": country}]
        head = f"{spot.where.lat:.5f}, {spot.where.lon:.5f}, {country.words}  ({spot.form})"
        emit(data) if as_json else print("\n".join([head, *spot.notes]))
        return
    candidates = gazetteer().find(name, near=around(near), own=own_places(here))
    for warning in not_for_print(here, [name]):
        typer.echo(warning, err=True)
    if as_json:
        emit([{**one.to_json(), "country_at": country_of(one.where, view)} for one in candidates])
    else:
        for candidate in candidates:
            print(f"{candidate.line()}; {country_of(candidate.where, view).words}")
    if not candidates:
        print(f"No gazetteer here knows {name!r}.")
        raise typer.Exit(1)
