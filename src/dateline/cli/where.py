"""`dateline where NAME`: every place of that name, never a silent choice."""

from __future__ import annotations

from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit


def where(
    name: Annotated[str, typer.Argument(help="A place's name in any script, or a position, DMS, MGRS, a maps link.")],
    *,
    near: Annotated[str | None, typer.Option("--near", help="'lat, lon': nearest first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every place that answers to a name, with coordinates and the reason; or what a pasted position says."""
    from dateline.measure.places import gazetteer
    from dateline.places.positions import read_position

    spot = read_position(name, order="lat,lon")
    if spot is not None:
        data = [{"name": spot.name, "where": spot.where, "form": spot.form, "notes": spot.notes}]
        emit(data) if as_json else print(
            "\n".join([f"{spot.where.lat:.5f}, {spot.where.lon:.5f}  ({spot.form})", *spot.notes])
        )
        return
    around = read_position(near, order="lat,lon") if near else None
    candidates = gazetteer().find(name, near=around.where if around else None)
    if as_json:
        emit([candidate.to_json() for candidate in candidates])
    else:
        for candidate in candidates:
            print(candidate.line())
    if not candidates:
        print(f"No gazetteer here knows {name!r}.")
        raise typer.Exit(1)
