"""Each berth on each image: what was seen, or what kept it from being seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dateline.imagery.chip import Chip
from dateline.ledger.port_log import Seen
from dateline.methods.berth_occupancy import scan
from dateline.methods.berth_occupancy.frame import Frame, Settings, frame
from dateline.methods.berth_occupancy.quay import Quay
from dateline.methods.berth_occupancy.ships import changed, lengths, profile, shared
from dateline.methods.berth_occupancy.slots import Decided, SlotSeries, judge
from dateline.methods.berth_occupancy.stack import Stack

FEWEST_DATES = 8
"""Fewest usable dates of a track from which a low percentile can be taken."""
LIKELY = 0.5
"""Least chance of a ship that is called one: where all dates look alike, the highest scores are still chance."""

Kind = Literal["radar", "optical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One slot on one image. score [1], p [1], chance [1], length [m]: None where it could not be judged.

    covers, usable: shares of the slot within the image, and of that without cloud [1].
    """

    slot: str
    chip: Chip
    track: str
    seen: Seen
    why: str | None
    score: float | None
    p: float | None
    chance: float | None
    length: float | None
    covers: float
    usable: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BerthLooks:
    """All looks at one berth by time, over all tracks.

    counts: ships by image id, of images on which every slot was seen; expected: the same from the chances. frames: the
    berth on each track, for pictures.
    """

    quay: Quay
    looks: list[Look] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    expected: dict[str, float] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)


def examine(
    stacks: Sequence[Stack], settings: Settings, rng: np.random.Generator
) -> tuple[tuple[BerthLooks, ...], dict[Kind, Decided]]:
    """All berths on all images, and what the radar images, and the optical ones, were decided by.

    Levels are compared within a track only; scores, which are in standard deviations of chance, over all tracks of a
    kind together.
    """
    berths = tuple(BerthLooks(quay=quay) for quay in stacks[0].quays)
    told: dict[Kind, Decided] = {}
    kinds: tuple[Kind, ...] = ("radar", "optical")
    for kind in kinds:
        frames = [
            (at, frame(stack, at, settings))
            for stack in stacks
            if stack.radar == (kind == "radar")
            for at in range(len(berths))
        ]
        decided, numbers = _decide([one for _, one in frames], settings, rng)
        if decided is not None:
            told[kind] = decided
        lacking = _lacking(decided, settings)
        enough = None if lacking else decided
        for order, (at, one) in enumerate(frames):
            looks = [
                _looks(one, slot, enough, numbers.get((order, slot)), lacking) for slot in range(len(one.quay.slots))
            ]
            berths[at].looks.extend(look for group in looks for look in group)
            berths[at].frames.append(one)
            _count(one, looks, settings.longest, berths[at])
    for berth in berths:
        berth.looks.sort(key=lambda look: (look.chip.at, look.chip.id, look.slot))
    return berths, told


def _decide(
    frames: Sequence[Frame], settings: Settings, rng: np.random.Generator
) -> tuple[Decided | None, dict[tuple[int, int], int]]:
    """All slots with enough dates judged together, and the number of each (frame, slot) among them."""
    ready = [
        (order, slot)
        for order, one in enumerate(frames)
        for slot, why in enumerate(one.why)
        if sum(reason is None for reason in why) >= FEWEST_DATES
    ]
    series = [_slot(frames[order], slot) for order, slot in ready]
    decided = judge(series, percentile=settings.percentile, rate=settings.rate, rng=rng)
    return decided, {pair: number for number, pair in enumerate(ready)}


def _slot(one: Frame, at: int) -> SlotSeries:
    along = one.quay.slots[at][1]
    noise, widened = scan.expected_noise(one.levels.values, one.quay.open_water)
    values = one.levels.values[:, :, one.quay.reach][..., along]
    slope = scan.slopes(one.levels.reference)[:, :, one.quay.reach][..., along]
    return SlotSeries(
        values=values,
        usable=np.array([why is None for why in one.why[at]]),
        noise=np.broadcast_to(noise[:, None, None], values.shape[1:]),
        slope=slope,
        widened=widened,
        step=one.quay.step,
        empty=one.empty,
    )


def _lacking(decided: Decided | None, settings: Settings) -> str | None:
    """Why no score can be judged, if so."""
    if decided is None or decided.references < settings.fewest:
        return "too few references"
    return "dates not told apart" if decided.is_unclear else None


def _looks(one: Frame, at: int, decided: Decided | None, number: int | None, lacking: str | None) -> list[Look]:
    slot, along = one.quay.slots[at]
    judged = None if decided is None or number is None else decided.slots[number]
    likely = np.zeros(len(one.stack.chips)) if judged is None else np.nan_to_num(judged.chance)
    moved = changed(one, along, likely)
    runs = lengths(one, along, likely)
    found = []
    for date_at, chip in enumerate(one.stack.chips):
        why = one.why[at][date_at]
        score = None if judged is None or why or not np.isfinite(judged.score[date_at]) else judged.score[date_at]
        seen: Seen = "empty"
        if why is None and score is None:
            why = lacking or "too few references"
        elif score is not None and decided is not None and score > decided.threshold and likely[date_at] >= LIKELY:
            seen, why = ("not observed", "quay changed") if moved[date_at] else ("ships", None)
        found.append(
            Look(
                slot=slot.id,
                chip=chip,
                track=one.stack.words,
                seen="not observed" if why else seen,
                why=why,
                score=None if score is None else float(score),
                p=None if score is None or judged is None else float(judged.p[date_at]),
                chance=None if score is None else float(likely[date_at]),
                length=float(runs[date_at]) if seen == "ships" and why is None else None,
                covers=float(one.covers[date_at, at]),
                usable=float(one.usable[date_at, at]),
            )
        )
    return found


def _count(one: Frame, looks: Sequence[Sequence[Look]], longest: float, found: BerthLooks) -> None:
    """Ships at a berth on each image whose slots were all seen: slots with ships, less those that share one ship."""
    likely = np.array([[look.chance or 0.0 for look in group] for group in looks])
    whole = profile(one, slice(None), likely.max(axis=0))
    for at, chip in enumerate(one.stack.chips):
        here = [group[at] for group in looks]
        if any(look.seen == "not observed" for look in here):
            continue
        twice = sum(
            shared(whole[at], one.quay, k, longest)
            for k in range(len(here) - 1)
            if here[k].seen == here[k + 1].seen == "ships"
        )
        found.counts[chip.id] = sum(look.seen == "ships" for look in here) - twice
        found.expected[chip.id] = float(likely[:, at].sum()) - twice
