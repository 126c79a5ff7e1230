"""`dateline distance A B`: how far, and in which direction, with both ends' precision."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit

Somewhere = Annotated[str, typer.Argument(help="A name, 'lat, lon', DMS, MGRS or a maps link.")]


def distance(start: Somewhere, end: Somewhere, *, case: CaseFolder = Path(), as_json: AsJson = False) -> None:
    """The straight line between two places, and its direction from the first. A road is longer; say which you mean."""
    from dateline.measure.places import case_at, not_for_print, own_places, site_named
    from dateline.places import geodesy

    here = case_at(case)
    own = own_places(here)
    a, b = (site_named(text, radius_km=None, own=own) for text in (start, end))
    for warning in not_for_print(here, [start, end]):
        typer.echo(warning, err=True)
    length, heading = geodesy.distance(a.where, b.where), geodesy.bearing(a.where, b.where)
    words = f"{b.name} is {geodesy.describe_distance(b.where, a.where, a.name)}."
    if as_json:
        emit({"from": a.name, "to": b.name, "distance": length, "bearing": heading, "words": words})
        return
    best, low, high = length.spoken()
    print(words)
    print(f"straight line {best} {length.unit} ({low} to {high}), bearing {heading.spoken()[0]} degrees from {a.name}")
