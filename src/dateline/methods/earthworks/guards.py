"""What must be true of the images before lines are looked for: refusals and caveats, each with its code."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

from dateline.core.errors import Refusal, UsageError
from dateline.core.state import seen
from dateline.core.when import When
from dateline.imagery.align.register import aligned, register
from dateline.imagery.chip import Chip
from dateline.imagery.windowed import same
from dateline.ledger.finding import Note
from dateline.methods.contract import Parameters

FAVOURED = ("pan", "B04", "red", "B03", "green")
"""Bands that are taken where none is named, in this order; else the first."""
LEAST_SEEN = 0.05
"""An image with a smaller share of pixels in sight shows nothing of the place."""
WIDEST = 24.0
"""Wider lines than this do not fit the tiles [px]."""
MOST_OFF, LEFT = 2.0, 0.2
"""A fit that is worse is refused; a shift that is smaller is left [px]."""
SEASON = 45
"""Days of the year between a new image and the nearest older one, beyond which another season is told."""


def day_of(chip: Chip) -> str:
    """The day of an image in words."""
    return When.on(chip.at.date()).spoken()


def usable(chips: Sequence[Chip]) -> tuple[tuple[Chip, ...], list[Note]]:
    """Images in order of time that show something, and what is to be told of them. Raises Refusal `same-image`."""
    ordered = sorted(chips, key=lambda chip: (chip.at, chip.id))
    kept = [chip for chip in ordered if float(seen(chip.states).mean()) >= LEAST_SEEN]
    for index, chip in enumerate(kept):
        for other in kept[:index]:
            _check_apart(chip, other)
    notes = []
    if len(kept) < len(ordered):
        names = ", ".join(chip.id for chip in ordered if chip not in kept)[:200]
        notes.append(Note(code="empty-image", text=f"Left out, as they show too little of the place: {names}."))
    return tuple(kept), notes


def _check_apart(one: Chip, other: Chip) -> None:
    if same(one.values, other.values):
        raise Refusal(
            "Two images of different dates are the same picture: one of the dates is wrong.",
            saw=f"{other.id} ({day_of(other)}) and {one.id} ({day_of(one)})",
            do="Leave the copy out, or find the right file.",
            code="same-image",
        )


def band_of(chips: Sequence[Chip], wanted: str | None) -> str:
    """The band to read. Raises UsageError `layer` where one of the images has no band of this name."""
    common = [band for band in chips[0].bands if all(band in chip.bands for chip in chips)]
    if wanted is None:
        wanted = next((band for band in FAVOURED if band in common), common[0] if common else "")
    if wanted not in common:
        raise UsageError(
            "Not all images have this band.",
            saw=repr(wanted),
            do=f"Choose from {', '.join(common) or 'none: the images share no band'}.",
            code="layer",
        )
    return wanted


def split(chips: Sequence[Chip], first_new: str | None) -> tuple[tuple[Chip, ...], tuple[Chip, ...]]:
    """Older and new images; without a day the last one is new. Raises UsageError `date` for a day that is none."""
    if first_new is None:
        return tuple(chips[:-1]), tuple(chips[-1:])
    try:
        day = date.fromisoformat(first_new)
    except ValueError as error:
        raise UsageError(
            "The first new day cannot be read.", saw=repr(first_new), do="Write 2024-10-02.", code="date"
        ) from error
    return tuple(chip for chip in chips if chip.at.date() < day), tuple(chip for chip in chips if chip.at.date() >= day)


def check_identified(parameters: Parameters) -> None:
    """Raises UsageError `called-by`: a name for what the lines are needs the person who says so, and why."""
    given = [parameters[name] for name in ("called", "called_by", "called_why")]
    if any(given) and not all(text and text.strip() for text in given):
        raise UsageError(
            "What lines are is somebody's identification, and it has to say whose and why.",
            saw=", ".join(repr(text) for text in given),
            do="Give called, called_by and called_why together, or none of them.",
            code="called-by",
        )


def laid_over(
    older: Sequence[Chip], newer: Sequence[Chip], tell: Callable[[float], None] = lambda _: None
) -> tuple[tuple[Chip, ...], tuple[Chip, ...], list[Note]]:
    """All images on the grid of the last older one, with how well they fit. Raises Refusal `misregistered` and others.

    An image that fits to a fifth of a pixel already is left as it is.
    """
    reference = older[-1]
    made: dict[str, Chip] = {}
    worst = 0.0
    moving = (*older[:-1], *newer)
    for number, chip in enumerate(moving):
        tell(number / len(moving))
        certificate = register(reference, chip, thorough=False)
        pixel = math.sqrt(reference.pixel[0] * reference.pixel[1])
        if certificate.ce90 > MOST_OFF * pixel:
            raise Refusal(
                "The images do not fit over each other well enough.",
                saw=f"{chip.id} on {reference.id}: CE90 {certificate.ce90:.2f} m",
                do=f"Give images that fit to {MOST_OFF:g} pixels: of similar look angle, ortho-rectified alike.",
                code="misregistered",
            )
        worst = max(worst, certificate.ce90)
        moved = math.hypot(*certificate.shift) > LEFT or chip.geobox != reference.geobox
        made[chip.id] = aligned(chip, certificate, reference.geobox) if moved else chip
    text = f"Laid over {reference.id}: nine tie points in ten fit to {worst:.2f} m at all dates."
    return (
        (*(made[chip.id] for chip in older[:-1]), reference),
        tuple(made[chip.id] for chip in newer),
        [Note(code="registered", text=text)],
    )


def caveats(older: Sequence[Chip], newer: Sequence[Chip]) -> list[Note]:
    """Seasons apart, sizes of pixels that differ by their processing, simulated input."""
    notes = []
    days = [chip.at.timetuple().tm_yday for chip in older]
    for chip in newer:
        apart = min(
            min((chip.at.timetuple().tm_yday - day) % 365, (day - chip.at.timetuple().tm_yday) % 365) for day in days
        )
        if apart > SEASON:
            text = (
                f"No older image is of the season of {day_of(chip)} (the nearest is {apart} days off in the year): "
                "ploughing, drainage, tracks in snow and dry paths come and go with it."
            )
            notes.append(Note(code="other-season", text=text))
            break
    if any(chip.simulated for chip in (*older, *newer)):
        notes.append(Note(code="simulated", text="Some images are simulated."))
    return notes
