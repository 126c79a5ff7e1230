"""One berth on the images of one track, with what keeps each slot on each date from being seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from dateline.imagery.chip import Chip
from dateline.methods.berth_occupancy.levels import Levels, sampled, series
from dateline.methods.berth_occupancy.quay import B1, F8, Quay
from dateline.methods.berth_occupancy.stack import COLOURS, Stack

Days = tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The card's parameters as numbers. empty, ice: declared periods, ends included. shift: most displacement [px]."""

    percentile: float
    empty: Days
    ice: Days
    rate: float
    fewest: int
    seen_share: float
    cloud: float
    wind: float
    shift: float
    longest: float

    def is_empty(self, chip: Chip) -> bool:
        """Whether a day was declared empty."""
        return any(first <= chip.at.date() <= last for first, last in self.empty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One berth on one stack, with the reasons against each date. why: (T,) per slot, None: usable."""

    stack: Stack
    quay: Quay
    levels: Levels
    why: tuple[tuple[str | None, ...], ...]
    covers: F8
    usable: F8
    empty: B1


def frame(stack: Stack, berth: int, settings: Settings) -> Frame:
    """One berth on all images of a stack: sampled where each image shows it, corrected, with reasons against dates."""
    quay = stack.quays[berth]
    shifts = [(0.0, 0.0) if stack.registered is None else _shift(stack, at, settings) for at in range(len(stack.chips))]
    raw = np.stack([sampled(levels, quay, shift) for levels, shift in zip(stack.levels, shifts, strict=True)])
    empty = np.array([settings.is_empty(chip) for chip in stack.chips])
    covers, clouds, snow = (_shares(masks, quay, shifts) for masks in (~stack.outside, stack.clouds, stack.snow))
    cloudy = _around(stack.clouds, quay, shifts)
    good = [_obstacle(stack, at, settings) is None and cloudy[at] <= settings.cloud for at in range(len(raw))]
    levels = series(
        np.where(np.array(good)[:, None, None, None], raw, np.nan), quay, stack.ground, settings.percentile, empty
    )
    if not stack.radar:
        levels = _with_colour(levels, stack)
    why = tuple(
        tuple(
            _why(stack, at, settings, covers=covers[at, slot], cloudy=cloudy[at], snow=snow[at, slot], levels=levels)
            for at in range(len(raw))
        )
        for slot in range(len(quay.slots))
    )
    return Frame(stack=stack, quay=quay, levels=levels, why=why, covers=covers, usable=1 - clouds, empty=empty)


def _shift(stack: Stack, at: int, settings: Settings) -> tuple[float, float]:
    assert stack.registered is not None
    found = stack.registered[at]
    return (found.rows, found.columns) if found.ok(settings.shift) else (0.0, 0.0)


def _obstacle(stack: Stack, at: int, settings: Settings) -> str | None:
    """What keeps a whole image from being used, or None."""
    day = stack.chips[at].at.date()
    if any(first <= day <= last for first, last in settings.ice):
        return "ice"
    if stack.registered is not None and not stack.registered[at].ok(settings.shift):
        return "coregistration failed"
    return None


def _why(
    stack: Stack, at: int, settings: Settings, *, covers: float, cloudy: float, snow: float, levels: Levels
) -> str | None:
    """What keeps a slot on one image from being seen, the strongest reason; None: nothing does."""
    if covers < settings.seen_share:
        return "outside the footprint"
    if cloudy > settings.cloud:
        return "cloud"
    if snow > 1 - settings.seen_share:
        return "ice"
    reason = _obstacle(stack, at, settings)
    if reason is None and levels.sea[at] > settings.wind:
        return "wind" if stack.radar else "glint"
    return reason


def _shares(masks: B1, quay: Quay, shifts: Sequence[tuple[float, float]]) -> F8:
    """(T, slots) share of each slot's reach under a mask [1]; cells beyond the image count as not under it."""
    found = np.zeros((len(masks), len(quay.slots)))
    for at, (mask, shift) in enumerate(zip(masks, shifts, strict=True)):
        cells = _cells(mask, quay, shift)[quay.reach]
        found[at] = [cells[:, along].mean() if cells[:, along].size else 0.0 for _, along in quay.slots]
    return found


def _around(masks: B1, quay: Quay, shifts: Sequence[tuple[float, float]]) -> F8:
    """(T,) share of the berth with a margin under a mask [1]: a bright deck that is called cloud does not fill it."""
    near = quay.across < quay.berth.depth + 60
    return np.array([float(_cells(mask, quay, shift)[near].mean()) for mask, shift in zip(masks, shifts, strict=True)])


def _cells(mask: B1, quay: Quay, shift: tuple[float, float]) -> B1:
    rows, columns = np.rint(quay.rows + shift[0]).astype(int), np.rint(quay.columns + shift[1]).astype(int)
    inside = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    found = np.zeros(rows.shape, bool)
    found[inside] = mask[rows[inside], columns[inside]]
    return found


def _with_colour(levels: Levels, stack: Stack) -> Levels:
    """Colours give one channel of brightness less: how far they moved apart from their reference [dB]."""
    number = [at for at, name in enumerate(stack.channels) if any(name in group for group in COLOURS)]
    if len(number) < 2:
        return levels
    away = levels.values[:, number] - levels.reference[number]
    distance = np.sqrt(((away - away.mean(axis=1, keepdims=True)) ** 2).mean(axis=1, keepdims=True))
    keep = [at for at in range(len(stack.channels)) if at not in number]
    flat = np.zeros((1, *levels.reference.shape[1:]))
    return replace(
        levels,
        values=np.concatenate([levels.values[:, keep], distance], axis=1),
        reference=np.concatenate([levels.reference[keep], flat]),
    )
