"""What the search says: rows, estimates, values, caveats and the words of the sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.stats import beta

from dateline.core.estimate import Estimate
from dateline.imagery.ais import Tracks
from dateline.imagery.chip import Chip
from dateline.methods.vessel_detection import ghosts, guards
from dateline.methods.vessel_detection.found import Detection, Image, Search
from dateline.methods.vessel_detection.inject import Power, shortest
from dateline.methods.vessel_detection.levels import PRINTED
from dateline.methods.vessel_detection.match import COVERAGE
from dateline.methods.vessel_detection.settings import Settings

UNLIKE = 3.0
"""From so many times the law's share on, it is told that the water does not follow the law."""


def rows(found: Search, place: str) -> list[dict[str, Any]]:
    """One row a detection, and one for each image without any: what was seen there, or why nothing could be."""
    made = []
    for image in found.images:
        if not image.detections:
            why = image.why or (NOT_THE_SHORE if image.shore else "")
            made.append({**_image(image, place), "seen": "not observed" if why else "empty", "why": why})
        made += [{**_image(image, place), **_detection(one, image)} for one in image.detections]
    return [{**EMPTY, **row} for row in made]


NOT_THE_SHORE = "nothing in the open water; what lies against the shore was not seen"
EMPTY: Mapping[str, Any] = dict.fromkeys(
    ("place", "image", "at", "sensor", "usable", "seen", "why", "lon", "lat", "where", "length", "length_low",
     "length_high", "heading", "contrast", "band", "flags", "ais", "motion")
)  # fmt: skip


def _image(image: Image, place: str) -> dict[str, Any]:
    chip = image.chip
    at = chip.at.date().isoformat() if chip.day_only else chip.at.isoformat()
    return {"place": place, "image": chip.id, "at": at, "sensor": chip.sensor, "usable": image.usable}


def _detection(one: Detection, image: Image) -> dict[str, Any]:
    best, low, high = one.length or (None, None, None)
    return {
        "seen": "ships" if one.counts else "not observed",
        "why": "" if one.counts else f"may be no vessel: {', '.join(one.flags)}",
        "lon": one.lon,
        "lat": one.lat,
        "where": one.where,
        "length": best,
        "length_low": low,
        "length_high": high,
        "heading": one.heading,
        "contrast": one.blob.contrast,
        "band": "+".join(one.blob.bands),
        "flags": ", ".join(one.flags),
        "ais": _ais(one, image),
        "motion": None if one.match is None else "moving" if one.match.moving else "at rest",
    }


def _ais(one: Detection, image: Image) -> str | None:
    """The words for a detection's track; None where no AIS was given."""
    if image.matched is None:
        return None
    if one.match is not None:
        return f"consistent with the track of MMSI {one.match.mmsi}, {one.match.apart:.0f} m apart"
    tracks = image.matched.tracks
    if not tracks:
        return "no AIS data for this area and hour"
    enough = "" if image.matched.covered else f"; fewer than {COVERAGE} say nothing of others"
    return f"not matched to any AIS track; {tracks} tracks were received here within the hour{enough}"


def estimates(found: Search, strength: Power, settings: Settings) -> dict[str, Estimate]:
    """`shortest` [m], the length found nine times in ten; `false_alarms` [km-2]; both only where they are known."""
    made = {}
    count = sum(tried for _, _, tried in strength.rows)
    if strength.shortest is not None:
        low, high = (shortest(_bound(strength, side)) for side in (0.95, 0.05))
        made["shortest"] = Estimate(
            best=strength.shortest,
            low=None if low is None else min(low, strength.shortest),
            high=None if high is None else max(high, strength.shortest),
            unit="m",
            level=0.9,
            n=count,
            how="targets put into the images, exact binomial bounds of the shares found",
        )
    rate = found.false_alarms()
    if rate is not None:
        made["false_alarms"] = Estimate(
            best=rate[0],
            low=0.0,
            high=max(rate),
            unit="km-2",
            level=0.95,
            n=len(found.seen),
            how=f"objects that a threshold ten times laxer than {settings.pfa:g} adds",
        )
    return made


def _bound(strength: Power, side: float) -> list[tuple[float, float]]:
    """Length and Clopper-Pearson bound of the share found."""
    made = []
    for length, hits, tried in strength.rows:
        if side > 0.5:
            share = 1.0 if hits == tried else float(beta.ppf(side, hits + 1, tried - hits))
        else:
            share = 0.0 if hits == 0 else float(beta.ppf(side, hits, tried - hits + 1))
        made.append((length, share))
    return made


def values(found: Search, strength: Power, tracks: Tracks | None) -> dict[str, Any]:
    """Counts, thresholds with how the water met the law, probability of detection by length, AIS coverage."""
    seen = found.seen
    made: dict[str, Any] = {
        "images": len(found.images),
        "images_seen": len(seen),
        "vessels": sum(image.vessels for image in seen),
        "open": _count(found, "open"),
        "alongside": _count(found, "alongside"),
        "flagged": sum(not one.counts for image in seen for one in image.detections),
        "vessels_per_image": [image.vessels for image in seen],
        "water_km2": [image.water for image in seen],
        "detection_by_length": [
            {"length": length, "found": hits, "tried": tried} for length, hits, tried in strength.rows
        ],
        "thresholds": [
            {
                "band": band,
                "score": level.threshold,
                "law_score": level.nominal,
                "water_over_law": level.exceeded / PRINTED,
                "water_pixels": level.pixels,
            }
            for levels in found.levels
            for band, level in levels.items()
        ],
    }
    if tracks is not None:
        made["ais"] = [
            {
                "image": image.chip.id,
                "tracks": image.matched.tracks,
                "matched": image.matched.tracks - image.matched.unseen,
                "unmatched_detections": _unmatched(image) if image.matched.covered else None,
            }
            for image in seen
            if image.matched is not None
        ]
    return made


def _unmatched(image: Image) -> int:
    return sum(one.counts and one.match is None for one in image.detections)


def _count(found: Search, where: str) -> int:
    return sum(one.counts and one.where == where for image in found.seen for one in image.detections)


def counted(found: Search, name: str) -> dict[str, str]:
    """The arguments of the sentence about what was detected."""
    vessels = sum(image.vessels for image in found.seen)
    return {
        "vessels": "1 vessel was" if vessels == 1 else f"{vessels} vessels were",
        "busy": str(sum(image.vessels > 0 for image in found.seen)),
        "seen": str(len(found.seen)),
        "open": str(_count(found, "open")),
        "alongside": str(_count(found, "alongside")),
        "place": name,
    }


def power_words(strength: Power) -> str:
    """What the search would have found, as a sentence."""
    if not strength.rows:
        return "What lengths would have been found was not tried."
    if strength.shortest is None:
        return "Even the longest vessels would not have been found nine times in ten."
    tried = "" if strength.shortest > strength.rows[0][0] else " or less"
    return f"In open water, vessels from {strength.shortest:.0f} m{tried} on would have been found nine times in ten."


def threshold_words(found: Search, settings: Settings) -> str:
    """Where the thresholds lie, and what the water says of the law."""
    parts = [
        f"{band} {level.threshold:.2f} (the law alone: {level.nominal:.2f}; the water exceeds the law's 1 in 10,000 "
        f"{level.exceeded / PRINTED:.2g} times as often)"
        for levels in found.levels
        for band, level in levels.items()
    ]
    rate = found.false_alarms()
    false = "" if rate is None else f" False detections: {rate[0]:.2g} a km2 and image, {max(rate):.2g} at most."
    return f"Thresholds in standard deviations for {settings.pfa:g} of water pixels: {'; '.join(parts)}.{false}"


def unseen_words(found: Search) -> str:
    """Why no image could be searched."""
    whys = [image.why for image in found.images if image.why]
    most = max(set(whys), key=whys.count) if whys else "there was no image"
    return f"none of {len(found.images)} images could be searched ({most})."


def caveats(found: Search, tracks: Tracks | None) -> Iterator[tuple[str, str]]:
    """Everything a reader must know, by code."""
    yield from found.notes
    for levels in found.levels:
        for band, level in levels.items():
            if level.exceeded / PRINTED >= UNLIKE:
                yield (
                    "clutter-law",
                    f"In {band} the water exceeds the law's level for 1 in 10,000 {level.exceeded / PRINTED:.0f} times "
                    "as often; the threshold follows the water.",
                )
    chips = [image.chip for image in found.images]
    if any(guards.is_radar(chip) for chip in chips):
        yield "azimuth-shift", _shift_words(chips)
    elif _count(found, "alongside"):
        yield (
            "alongside-uncertain",
            f"{_count(found, 'alongside')} vessels alongside were told from quay by the form of the shore in single "
            "images: many are missed, and some are quay.",
        )
    shores = sum(image.shore for image in found.seen)
    if shores:
        yield (
            "shore-not-searched",
            f"On {shores} of {len(found.seen)} images there is a shore that nobody drew: vessels against it were "
            "not looked for, or are often missed. An image without a detection is not an empty port.",
        )
    if tracks is not None and not any(image.matched and image.matched.tracks for image in found.images):
        yield "no-ais", "AIS says nothing of this area within an hour of the images: no vessel is dark for that."


def _shift_words(chips: list[Chip]) -> str:
    shifts = [shift for chip in chips if (shift := ghosts.shift_of_speed(chip.radar)) is not None]
    much = f"{np.median(shifts):.0f}" if shifts else "about 100"
    return (
        f"A vessel under way is shown {much} m along the track from its place for each m/s toward or from the radar; "
        "one image does not tell which are under way. A vessel that passes can be shown on a pier."
    )
