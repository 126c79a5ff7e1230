"""The answer of a series: change at a date against other dates, or a ranked list where no date is asked about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dateline.imagery.chip import Chip
from dateline.imagery.chips import group_by_track
from dateline.ledger.finding import Note
from dateline.methods.site_change.dated import (
    ALPHA,
    first_shown,
    layers_of,
    only,
    other_dates,
    placebo_dates,
    placebo_ground,
    test_at,
)
from dateline.methods.site_change.kinds import series_kinds
from dateline.methods.site_change.model import Answer, Settings, family, rate_words, rated
from dateline.methods.site_change.objects import Object, Placebo, benjamini_hochberg, objects_of, patches
from dateline.methods.site_change.series import Layer, looks_on_site, omnibus
from dateline.methods.site_change.stack import Stack

B1 = npt.NDArray[np.bool_]


def dated_answer(stack: Stack, before: list[Chip], after: list[Chip], settings: Settings) -> Answer:
    """Objects that changed at the date asked about, each rated by the same test at other dates and on other ground."""
    assert settings.event is not None
    layers = layers_of(stack)
    day = (settings.event - stack.chips[0].at).total_seconds() / 86400
    test = test_at(layers, day, stack.extent, (-np.inf, np.inf))
    if test is None:
        return _too_few(stack, layers, day, (before[-1], after[0]))
    known = np.isfinite(test.p)
    others = other_dates(layers, day, stack.extent)
    elsewhere = known & (stack.stable if stack.stable is not None else ~stack.extent)
    ground = placebo_ground(test, elsewhere, stack.area)
    chance = placebo_dates(others, test.found, stack.extent, stack.area).joined(ground)
    site = float((known & stack.extent).sum()) * stack.area
    objects = objects_of(test.found, stack.geobox, stack.pixel, stack.extent)
    strong = {one.label for one in family(objects, chance, site, settings.level)}
    placebo = placebo_dates(others, only(test.found, sorted(strong)), stack.extent, stack.area).joined(ground)
    objects = series_kinds(rated(objects, placebo, site), test.sign, test.found.labels, radar=stack.kind == "radar")
    looks = looks_of(stack)
    objects = _first_dates(objects, test.found.labels, stack, looks)
    objects = [one for one in objects if one.area >= settings.smallest]
    told = [one for one in objects if one.label in strong]
    stop = None
    if objects and not placebo.counts:
        stop = ("no-placebo", "neither other dates nor other ground say how often such changes arise by chance.")
    return Answer(
        before=before[-1],
        after=after[0],
        objects=tuple(objects[: max(settings.most, len(told))]),
        told=tuple(told),
        labels=test.found.labels,
        known=known,
        placebo=placebo,
        rate=rate_words(placebo, told or objects, None),
        stop=stop,
        notes=_track_notes(stack),
        pixel_rate=(float(np.mean(placebo.shares)), len(placebo.shares)) if placebo.shares else None,
        values={
            "nominal_alpha": ALPHA,
            "share_flagged": test.share,
            "looks_on_site": looks,
            "layers": [layer.name for layer in layers],
            "q_values": benjamini_hochberg([chance.chance(one.mass, site) for one in objects])[: settings.most],
        },
    )


def _too_few(stack: Stack, layers: tuple[Layer, ...], day: float, pair: tuple[Chip, Chip]) -> Answer:
    said = "; ".join(
        f"{layer.name}: {int((layer.times < day).sum())} before, {int((layer.times >= day).sum())} after"
        for layer in layers
    )
    return Answer(
        before=pair[0],
        after=pair[1],
        objects=(),
        told=(),
        labels=None,
        known=np.zeros(stack.extent.shape, bool),
        placebo=Placebo.none(),
        rate="",
        stop=("too-few-looks", f"no track has three images before and one after ({said})."),
    )


def undated_answer(stack: Stack, settings: Settings) -> Answer | None:
    """A radar series without a date: the omnibus test over all of it, ranked; None where it cannot be run."""
    looks = looks_of(stack)
    layers = layers_of(stack)
    if stack.kind != "radar" or looks is None:
        return None
    tests = [
        omnibus(np.exp(layer.values), own, ALPHA).p
        for layer in layers
        if len(layer.values) >= 3 and (own := looks_on_site(layer.values)) is not None
    ]
    p = np.minimum(1.0, np.min(np.nan_to_num(np.stack(tests), nan=1.0), axis=0) * len(tests))
    known: B1 = np.asarray(np.isfinite(np.stack(tests)).any(axis=0))
    found = patches((p < ALPHA) & stack.extent, np.log10(ALPHA) - np.log10(np.maximum(p, 1e-30)))
    objects = objects_of(found, stack.geobox, stack.pixel, stack.extent)
    objects = [one for one in objects if one.area >= settings.smallest][: settings.most]
    text = "The series was given without the date of the change: no other date tells how often such changes arise."
    return Answer(
        before=stack.chips[0],
        after=stack.chips[-1],
        objects=tuple(_first_dates(objects, found.labels, stack, looks)),
        told=(),
        labels=found.labels,
        known=known,
        placebo=Placebo.none(),
        rate="",
        rank_only=("no-event-date", text),
        notes=_track_notes(stack),
        values={"looks_on_site": looks, "layers": [layer.name for layer in layers]},
    )


def looks_of(stack: Stack) -> float | None:
    """The site's own number of looks, the median over its layers [1]; None for other than radar."""
    if stack.kind != "radar":
        return None
    found = [looks_on_site(layer.values) for layer in layers_of(stack)]
    known = [one for one in found if one is not None]
    return float(np.median(known)) if known else None


def _first_dates(
    objects: list[Object], labels: npt.NDArray[np.int32], stack: Stack, looks: float | None
) -> list[Object]:
    """When each object's first change shows, by the track with most images."""
    groups = group_by_track(stack.chips)
    chips = max((found for _, found in groups), key=len)
    first = first_shown(chips, stack, looks)
    if first is None:
        return objects
    made = []
    for one in objects:
        shown = first[(labels == one.label) & (first > 0)]
        if len(shown):
            number = int(np.bincount(shown).argmax())
            when = (chips[number - 1].at.isoformat(), chips[number].at.isoformat())
            made.append(replace(one, when=when))
        else:
            made.append(one)
    return made


def _track_notes(stack: Stack) -> tuple[Note, ...]:
    groups = group_by_track(stack.chips)
    if stack.kind != "radar" or len(groups) < 2:
        return ()
    said = "; ".join(f"{len(found)} of {track.words}" for track, found in groups)
    text = f"The images are of {len(groups)} tracks; each was tested against itself only: {said}."
    return (Note(code="several-tracks", text=text),)
