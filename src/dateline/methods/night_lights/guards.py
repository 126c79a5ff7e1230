"""The guards of this method's card: what refuses the whole question, and what is said beside an answer."""

from __future__ import annotations

import calendar
from collections.abc import Sequence

import numpy as np

from dateline.core.when import When
from dateline.imagery.tables import Look, PairedSums
from dateline.ledger.finding import Note
from dateline.methods import lights_guards as shared
from dateline.methods.night_lights.call import how
from dateline.methods.night_lights.place import Measured, Settings
from dateline.methods.night_lights.sums import change_profiles, compared_looks

SNOW_UNEQUAL = 0.05
SNOW_LOST = 0.2
UNSEEN = 0.05
BLOOM_PIXELS = 30.0
SHORT_HISTORY = 3


def used_looks(sums: PairedSums) -> tuple[Look, ...]:
    """The looks that some pair uses, in their order."""
    used = {index for pair in sums.pairs for index in (pair.a, pair.b)}
    return tuple(look for index, look in enumerate(sums.looks) if index in used)


def compared_pairs(sums: PairedSums) -> list[tuple[Look, Look]]:
    """The two looks of each change pair."""
    return [(sums.looks[sums.pairs[i].a], sums.looks[sums.pairs[i].b]) for i in sums.of_kind("change")]


def refusals(sums: PairedSums, *, floor: float, calibrated: bool) -> tuple[Note, ...]:
    """Everything that forbids a number, most basic first; empty when the comparison may be made."""
    looks = used_looks(sums)
    broken = shared.picture_bytes(looks) or shared.sensor_break(looks)
    if broken:
        return (broken,)
    notes = [shared.mixed_products(looks), shared.mixed_collections(looks)]
    if not calibrated or not _one_platform_a_side(sums):
        notes.append(shared.platform_splice(looks))
    notes.append(next((note for a, b in change_profiles(sums) if (note := shared.pedestal(a, b, floor=floor))), None))
    season, apart = shared.different_months(compared_pairs(sums))
    if apart:
        notes.append(season)
    return tuple(note for note in notes if note)


def _one_platform_a_side(sums: PairedSums) -> bool:
    """Whether a calibration can do: one satellite before, one after, and no pair of the history across the two."""
    sides = (compared_looks(sums)[side] for side in (0, 1))
    within = all(len({look.platform for look in side}) == 1 for side in sides)
    past = ((sums.looks[sums.pairs[i].a], sums.looks[sums.pairs[i].b]) for i in sums.of_kind("history"))
    return within and all(a.platform == b.platform for a, b in past)


def caveats_of_looks(sums: PairedSums, event: When | None) -> tuple[Note, ...]:
    """What is said beside any answer made from these looks."""
    looks = used_looks(sums)
    before, after = compared_looks(sums)
    latitudes = [shared.latitude_of(size) for size in sums.pixel_km]
    found = [
        shared.simulated(looks),
        shared.collection_unknown(looks),
        shared.platform_unknown(looks),
        shared.digital_numbers(looks),
        shared.different_months(compared_pairs(sums))[0],
        shared.mixed_month(before, after, event),
        shared.short_nights(looks, max((value for value in latitudes if value is not None), default=None)),
    ]
    notes = [note for note in found if note]
    codes = {note.code for note in notes}
    return (*notes, *(note for note in shared.reader_notes(looks) if note.code not in codes))


def caveats_of_place(place: Measured, settings: Settings, looks: Sequence[Look]) -> tuple[Note, ...]:
    """What is said beside the answer of one place."""
    found = (
        _no_history(place, settings),
        _short_history(place),
        _pairs_dropped(place, looks),
        _unseen(place),
        _snow_unequal(place),
        _snow_lost(place),
        _nights_unknown(place),
        _bloom(place),
        _lit_unknown(place),
    )
    return tuple(note for note in found if note)


def _no_history(place: Measured, settings: Settings) -> Note | None:
    if not place.pairs or not place.bounded or place.noise.route == "years":
        return None
    if place.noise.route == "picture":
        return Note(
            code="one-pair-no-history",
            text=f"With {place.pairs} {'pair' if place.pairs == 1 else 'pairs'} of months and no history only the "
            "noise within the picture is measured here. That of a month and of a year, which all pixels share, was "
            f"assumed: {100 * settings.assumed.month:g} % and {100 * settings.assumed.year:g} % (as in a real "
            "monthly cube; the card says which).",
        )
    return Note(
        code="no-history",
        text="Too few earlier years were given to measure how much one year differs from another here; "
        f"{100 * settings.assumed.year:g} % was assumed ({how(place)}).",
    )


def _short_history(place: Measured) -> Note | None:
    if place.own is None or place.own.years >= SHORT_HISTORY:
        return None
    return Note(
        code="short-history",
        text=f"The place's own spread rests on {place.own.years} pairs of earlier years; it is wide for that.",
    )


def _pairs_dropped(place: Measured, looks: Sequence[Look]) -> Note | None:
    if not place.dropped or not place.pairs:
        return None
    kept = place.place.pairs.look_a[place.place.pairs.change]
    months = sorted({shared.month_index(looks[index].when) % 12 + 1 for index in kept.tolist()})
    names = ", ".join(calendar.month_name[month] for month in months)
    return Note(
        code="months-dropped",
        text=f"{place.dropped} of {place.dropped + place.pairs} pairs of months were left out: too little of the place "
        f"was seen in both, or on too few nights. What remains is {names}.",
    )


def _unseen(place: Measured) -> Note | None:
    size = place.place.size
    unseen = 1 - float(place.place.weight.sum(axis=1)[place.place.pairs.change].mean()) / size if place.pairs else 1.0
    if unseen <= UNSEEN:
        return None
    return Note(
        code="unseen-pixels",
        text=f"{100 * unseen:.0f} % of the outline's pixels count on neither side: sea, masked land or not seen in "
        "both looks. They are left out, not taken as dark.",
    )


def _snow_unequal(place: Measured) -> Note | None:
    if abs(place.snow_a - place.snow_b) <= SNOW_UNEQUAL:
        return None
    return Note(
        code="snow-unequal",
        text=f"Snow lay on {100 * place.snow_a:.0f} % of the place before and {100 * place.snow_b:.0f} % after. Snow "
        "can double the light of a city; pixels under it are left out, but what thaws between nights is not.",
    )


def _snow_lost(place: Measured) -> Note | None:
    if place.snow_lost <= SNOW_LOST:
        return None
    return Note(
        code="snow-lost",
        text=f"Snow took {100 * place.snow_lost:.0f} % of the pixels and months out of the comparison.",
    )


def _nights_unknown(place: Measured) -> Note | None:
    if place.nights is not None:
        return None
    return Note(
        code="nights-unknown",
        text="How many clear nights stand behind the values is unknown here; few nights make them noisy and too low.",
    )


def _bloom(place: Measured) -> Note | None:
    if place.place.size >= BLOOM_PIXELS:
        return None
    return Note(
        code="border-bloom",
        text=f"The place has {place.place.size:.0f} pixels, and a lamp's light spreads over one or two: some of what "
        "is measured may come from just outside, or across a border, and some of its own light is lost.",
    )


def _lit_unknown(place: Measured) -> Note | None:
    if not place.pairs or place.light.lit is not None:
        return None
    return Note(
        code="lit-unknown",
        text="The table does not say how many pixels lie above the floor: whether those below it decide was not "
        "tested, nor whether the lit area or the brightness of what is lit changed.",
    )


def controls_overlap(repeated: Sequence[str], controls: int) -> Note | None:
    """Controls on the ground of another control or of a place asked about are not a second witness."""
    if not repeated:
        return None
    return Note(
        code="controls-overlap",
        text=f"{len(repeated)} of {controls} controls have the very values of another control or of a place asked "
        f"about ({', '.join(repeated)}): the same ground. They are shown and not counted again.",
    )


def places_overlap(sums: PairedSums, places: Sequence[str], repeated: Sequence[str]) -> Note | None:
    """Places on the same ground are counted twice in a total.

    Told by equal sums, or by more pixels in the places than in the whole extent; a partial overlap stays unseen.
    """
    asked = np.isin(sums.cell_place, [sums.places.index(place) for place in places])
    extent = [min(a.n, b.n) for a, b in sums.profiles]
    more = bool(extent) and not np.isnan(sums.lit_a).any()
    more = more and bool((sums.weight[:, asked].sum(axis=1) > np.array(extent) * (1 + 1e-6)).any())
    if not repeated and not more:
        return None
    who = f" ({', '.join(repeated)})" if repeated else ""
    return Note(
        code="places-overlap",
        text=f"Some of the places lie on the same ground{who}: the total counts that ground more than once, and the "
        "places are not independent.",
    )
