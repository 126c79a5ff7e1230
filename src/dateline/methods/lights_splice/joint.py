"""From two satellites' series to one, in one step, for the methods that need it."""

from __future__ import annotations

from dateline.imagery.tables import ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods.lights_splice.join import Joined, join
from dateline.methods.lights_splice.overlap import forbidden, in_order, overlap_of, place_factor, uncalibrated

FEWEST = {"month": 24, "year": 5}
"""Common looks asked for where nobody says otherwise: the defaults of the card."""


def joint(first: ZonalSeries, second: ZonalSeries, *, seen_share: float, nights: float, floor: float) -> Joined | Note:
    """The two series joined on their own overlap, place by place; or the note that forbids it.

    seen_share: of the place [1]; nights: behind a look; floor: detection limit [unit of the looks]. A place whose
    factor drifts or cannot be had keeps the second satellite's looks only. Raises Refusal as on_axis does.
    """
    if note := forbidden(first, second):
        return note
    overlap = overlap_of(first, second, seen_share=seen_share, nights=nights)
    fewest = FEWEST[overlap.axis.step]
    if note := uncalibrated(overlap, fewest=fewest):
        return note
    found = [place_factor(overlap, index, fewest=fewest, floor=floor) for index in range(len(first.places))]
    factors = {one.place: one.factor for one in found if one.factor is not None and one.stop is None}
    return join(first, in_order(second, first.places), factors)
