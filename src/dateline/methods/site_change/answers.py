"""What each kind of images can answer: objects with their false-alarm rates, or a ranked list for people."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.imagery.chip import Chip
from dateline.imagery.windowed import Plane, is_windowed, windowed
from dateline.methods.site_change.model import Answer, Settings
from dateline.methods.site_change.objects import Placebo, object_at
from dateline.methods.site_change.pairs import spectral_answer
from dateline.methods.site_change.ranked import ranked
from dateline.methods.site_change.stack import Stack
from dateline.methods.site_change.timed import dated_answer, undated_answer


def answer(stack: Stack, settings: Settings, rng: np.random.Generator) -> Answer:
    """By the kind of images. Raises Refusal `event-outside` and what the parts raise."""
    before, after = sides_of(stack, settings)
    if stack.kind == "spectral":
        try:
            return spectral_answer(stack, before, after, settings, rng)
        except Refusal as refusal:
            if refusal.code != "bands":
                raise
            return _ranked(stack, before, settings, ("bands", f"{refusal.what} {refusal.saw}."))
    if stack.kind == "picture":
        text = "Colours alone do not tell change from light and season; no figure of change is made of them."
        return _ranked(stack, before, settings, ("bands", text))
    if len(stack.chips) == 2:
        text = "Two images of one number a pixel do not tell change from light, speckle and season."
        return _ranked(stack, before, settings, ("bands", text))
    if settings.event is None:
        by_parts = is_windowed(stack.chips[0].values)  # a series of such images is too much for its statistics
        found = None if by_parts else undated_answer(stack, settings)
        text = "The series was given without the date of the change; lasting differences are ranked."
        return found or _ranked(stack, list(stack.chips[:1]), settings, ("no-event-date", text))
    return dated_answer(stack, before, after, settings)


def sides_of(stack: Stack, settings: Settings) -> tuple[list[Chip], list[Chip]]:
    """Images before and after the date asked about. Raises Refusal `event-outside`."""
    chips = list(stack.chips)
    if settings.event is None:
        return chips[:1], chips[-1:]
    before = [chip for chip in chips if chip.at < settings.event]
    after = [chip for chip in chips if chip.at >= settings.event]
    if not before or not after:
        raise Refusal(
            "The date asked about does not lie between images.",
            saw=f"{settings.event:%Y-%m-%d}; images from {chips[0].at:%Y-%m-%d} to {chips[-1].at:%Y-%m-%d}",
            do="Give images before and after it.",
            code="event-outside",
        )
    return before, after


def _ranked(stack: Stack, before: list[Chip], settings: Settings, why: tuple[str, str]) -> Answer:
    bands = [band for band in stack.chips[0].bands if all(band in chip.bands for chip in stack.chips)]
    images = [_stacked([chip.band(band) for band in bands]) for chip in stack.chips]
    splits = None if settings.event is None else [len(before)]
    places, known = ranked(images, within=stack.extent, splits=splits, most=settings.most, tell=stack.tell)
    made = []
    for place in places:
        one = object_at((place.row, place.column), place.pixels, place.score, stack.geobox, stack.extent)
        first, second = stack.chips[place.split - 1], stack.chips[place.split]
        when = (first.at.date().isoformat(), second.at.date().isoformat())
        made.append(replace(one, kind="to look at", when=when))
    made = [one for one in made if one.area >= settings.smallest]
    return Answer(
        before=stack.chips[0] if splits is None else before[-1],
        after=stack.chips[-1] if splits is None else stack.chips[len(before)],
        objects=tuple(made),
        told=(),
        labels=None,
        known=known,
        placebo=Placebo.none(),
        rate="",
        rank_only=why,
    )


def _stacked(planes: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """(bands, rows, columns); planes that are read part by part stay so."""
    return windowed([cast(Plane, one) for one in planes]) if is_windowed(planes[0]) else np.stack(planes)
