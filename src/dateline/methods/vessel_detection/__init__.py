"""Vessels on the water: where, how long, matched with AIS or not, and what would not have been seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.where import Where
from dateline.imagery.ais import Tracks
from dateline.imagery.chip import Chip
from dateline.ledger.finding import Note
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.vessel_detection import guards, report
from dateline.methods.vessel_detection.found import Search
from dateline.methods.vessel_detection.inject import power
from dateline.methods.vessel_detection.pictures import artifacts
from dateline.methods.vessel_detection.search import Task, search
from dateline.methods.vessel_detection.settings import Settings

CARD = read_card(Path(__file__).parent / "card.md")
DETECTED, NONE, CANNOT_TELL, REFUSED = "detected", "none detected", "cannot tell", "refused"


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Vessels in every image, with lengths [m], flags and AIS, and the power and false alarms of the search [km-2].

    inputs: `images`, Chips of one sensor; `water`, `land`, one mapping of id to Where each; `tracks`, one Tracks;
    `model`, the bytes of an ONNX network in place of the detector. rng: where targets are put, and their speckle.
    Rows: one a detection, and one for every image without; they can be read as a port log. Thresholds after Tao,
    Anfinsen and Brekke 2015 (doi 10.1109/TGRS.2015.2451311) and Pickands 1975 (doi 10.1214/aos/1176343003). Raises
    UsageError where a network cannot be run.
    """
    settings = Settings.of(parameters)
    water, land = _place(inputs, "water"), _place(inputs, "land")
    try:
        chips, notes = guards.checked(inputs.many("images", Chip))
        notes += guards.tracks_of(chips, drawn=bool(water or land))
        tracks, net = inputs.maybe("tracks", Tracks), inputs.maybe("model", bytes)
        found = search(chips, Task(settings=settings, water=water, land=land, tracks=tracks, net=net, rng=rng))
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        return Outcome(
            result=REFUSED, statement=say(CARD, REFUSED, reason=note.text), reasons=(note,), needed=(refusal.do,)
        )
    place, name = _named(inputs, water)
    return _outcome(found, settings, notes, place=place, name=name, tracks=tracks)


def _place(inputs: Inputs, role: str) -> Mapping[str, Where] | None:
    return inputs.maybe(role, dict) or None


def _named(inputs: Inputs, water: Mapping[str, Where] | None) -> tuple[str, str]:
    """Id and name of the area, for rows and sentences."""
    names: Mapping[str, str] = inputs.maybe("names", dict) or {}
    if not water:
        return "image", "the area of the images"
    ids = list(water)
    return ids[0] if len(ids) == 1 else "water", ", ".join(names.get(one, one) for one in ids)


def _outcome(
    found: Search, settings: Settings, notes: list[Note], *, place: str, name: str, tracks: Tracks | None
) -> Outcome:
    strength = power(found.trials)
    caveats = (*notes, *(Note(code=code, text=text) for code, text in report.caveats(found, tracks)))
    files, pictures = artifacts(found)
    common: dict[str, Any] = {
        "estimates": report.estimates(found, strength, settings),
        "values": {**report.values(found, strength, tracks), "pictures": pictures},
        "rows": report.rows(found, place),
        "caveats": caveats,
        "artifacts": files,
    }
    vessels = sum(image.vessels for image in found.seen)
    if vessels:
        told = report.counted(found, name) | {"power": report.power_words(strength)}
        reason = Note(code="over-threshold", text=report.threshold_words(found, settings))
        return Outcome(result=DETECTED, statement=say(CARD, DETECTED, **told), reasons=(reason,), **common)
    stop = _stop(found, strength.shortest)
    if stop is not None:
        outcome = Outcome(
            result=CANNOT_TELL,
            statement=say(CARD, "cannot-tell", place=name, reason=stop.text),
            reasons=(stop,),
            needed=(NEEDED[stop.code],),
            **common,
        )
        return outcome if stop.code != "no-water" else replace(outcome, estimates={})
    reason = Note(code="none-over-threshold", text=report.threshold_words(found, settings))
    told = {"seen": str(len(found.seen)), "place": name, "power": report.power_words(strength)}
    return Outcome(result=NONE, statement=say(CARD, "none", **told), reasons=(reason,), **common)


NEEDED = {
    "no-water": "Images that show the water, off the scene's border; or the water's outline.",
    "ghosts-only": "A larger cut-out that holds the possible sources, or a second image.",
    "power-unknown": "A sharper or calmer image, or targets > 0.",
}


def _stop(found: Search, shortest: float | None) -> Note | None:
    """Why nothing detected is not nothing there."""
    if not found.seen:
        return Note(code="no-water", text=report.unseen_words(found))
    if any(image.detections for image in found.seen):
        count = sum(len(image.detections) for image in found.seen)
        text = f"all that was detected ({count}) may be no vessel: ambiguities, sidelobes, cut off, or too large."
        return Note(code="ghosts-only", text=text)
    if shortest is None:
        return Note(code="power-unknown", text="nothing was detected, and it is not known what would have been.")
    return None
