"""`dateline distance A B`: how far, and in which direction, with both ends' precision."""

from __future__ import annotations

from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit

Somewhere = Annotated[str, typer.Argument(help="A name, 'lat, lon', DMS, MGRS or a maps link.")]


def distance(start: Somewhere, end: Somewhere, *, as_json: AsJson = False) -> None:
    """The straight line between two places, and its direction from the first. A road is longer; say which you mean."""
    from dateline.measure.places import site_named
    from dateline.places import geodesy

    a, b = (site_named(text, radius_km=0.0) for text in (start, end))
    length, heading = geodesy.distance(a.where, b.where), geodesy.bearing(a.where, b.where)
    words = f"{b.name} is {geodesy.describe_distance(b.where, a.where, a.name)}."
    if as_json:
        emit({"from": a.name, "to": b.name, "distance": length, "bearing": heading, "words": words})
        return
    best, low, high = length.spoken()
    print(words)
    print(f"straight line {best} {length.unit} ({low} to {high}), bearing {heading.spoken()[0]} degrees from {a.name}")
