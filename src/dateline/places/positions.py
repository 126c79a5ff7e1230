"""One position in one line of text, in whatever form people have it."""

from __future__ import annotations

from dateline.places.coordinates import Order, read_coordinates
from dateline.places.grids import read_grid_reference
from dateline.places.links import read_link
from dateline.places.named import Spot


def read_position(text: str, *, order: Order | None = None) -> Spot | None:
    """One position from one line of text; None when it is not a position (a name, perhaps: ask the gazetteer)."""
    return read_link(text) or read_grid_reference(text) or read_coordinates(text, order=order)
