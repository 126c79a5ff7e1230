"""On which observed dates ships lay at a berth: each berth compared with itself, track by track."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from dateline.core.errors import Refusal, UsageError
from dateline.imagery.berth import Berth
from dateline.imagery.chip import Chip
from dateline.ledger.finding import Note
from dateline.methods.berth_occupancy.examine import BerthLooks, examine
from dateline.methods.berth_occupancy.frame import Days, Settings
from dateline.methods.berth_occupancy.pictures import artifacts
from dateline.methods.berth_occupancy.report import CARD, REFUSED, answer_of, family, rows
from dateline.methods.berth_occupancy.slots import Decided
from dateline.methods.berth_occupancy.stack import Stack, checked, stacks
from dateline.methods.contract import Inputs, Outcome, Parameters, say

HIGH = 30.0
"""Percentiles over this are told as a median is [%]."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Ships, empty or not observed for every image and slot of the berths.

    inputs: `images`, Chips in linear power or reflectance, best many of one track; `berths`, quay lines. Rows: place,
    berth, slot, at, image, sensor, track, seen, why, score [standard deviations of chance], p and chance [1], length_m
    [m], covers and usable [1]. Values of a berth: dates with ships, observed, not observed; ships per image (as called,
    and as the chances add up). Scores are of multi-looked windows over the berth's own low percentile; the null is
    empirical (Efron 2004, 10.1198/016214504000000089), registration by correlation (Kuglin and Hines 1975). Raises
    UsageError for a period that cannot be read, InputError `berth` for a quay that cannot be laid over the grid.
    """
    settings = _settings(parameters)
    try:
        chips, notes = checked(inputs.many("images", Chip))
        berths = inputs.many("berths", Berth)
        if not chips or not berths:
            raise Refusal(
                "There is nothing to look at.",
                saw=f"{len(chips)} images, {len(berths)} berths",
                do="Give images and a berth.",
                code="no-images",
            )
        found, more = stacks(chips, berths, slot_length=parameters["slot_length"], register=parameters["register"])
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        return Outcome(
            result=REFUSED,
            statement=say(CARD, REFUSED, reason=note.text),
            reasons=(note,),
            needed=(refusal.do,),
        )
    looks, decided = examine(found, settings, rng)
    return _outcome(
        looks,
        settings,
        port=parameters["port"] or None,
        decided=decided,
        caveats=(*notes, *more, *_caveats(chips, found, looks, decided, settings)),
    )


def _outcome(
    looks: Sequence[BerthLooks],
    settings: Settings,
    *,
    port: str | None,
    decided: Mapping[Any, Decided],
    caveats: tuple[Note, ...],
) -> Outcome:
    made = {one.quay.berth.id: answer_of(one, settings) for one in looks}
    answers = {berth: one for berth, (one, _) in made.items()}
    single = next(iter(answers.values())) if len(answers) == 1 else None
    if single is not None and single.statement is not None:
        result, statement = single.result, single.statement
    else:
        result, statement = family(answers)
    return Outcome(
        result=result,
        statement=statement,
        reasons=tuple(note for one in answers.values() for note in one.reasons)[:3],
        needed=tuple(dict.fromkeys(needed for _, needed in made.values() if needed)),
        values={**({} if single is None else single.values), "decided": _decided(decided, settings)},
        places=answers,
        rows=rows(looks, port),
        caveats=caveats,
        artifacts=artifacts(looks),
    )


def _decided(decided: Mapping[Any, Decided], settings: Settings) -> dict[str, Any]:
    return {
        kind: {
            "false_alarm": settings.rate,
            "threshold": one.threshold,
            "null_place": one.null.place,
            "null_spread": one.null.scale,
            "busy": one.null.busy,
            "references": one.references,
        }
        for kind, one in decided.items()
    }


def _caveats(
    chips: Sequence[Chip],
    found: Sequence[Stack],
    looks: Sequence[BerthLooks],
    decided: Mapping[Any, Decided],
    settings: Settings,
) -> list[Note]:
    notes = []
    if any(chip.simulated for chip in chips):
        notes.append(Note(code="simulated", text="Some image is simulated: the harbour is invented."))
    if settings.percentile > HIGH and not settings.empty:
        text = f"The reference is the {settings.percentile:g} % level: a busy berth hides its own ships."
        notes.append(Note(code="median-reference", text=text))
    if any(stack.registered is None for stack in found):
        notes.append(Note(code="not-registered", text="The images were taken as lying on each other."))
    if any(not np.isfinite(frame.levels.sea).any() for one in looks for frame in one.frames):
        notes.append(Note(code="no-open-water", text="No open water lies off a quay; wind was not corrected for."))
    if any(one.null.busy == 0 for one in decided.values()):
        text = "All dates look alike: a ship that never left would look the same as no ship."
        notes.append(Note(code="one-mode", text=text))
    changed = {look.chip.id for one in looks for look in one.looks if look.why == "quay changed"}
    if changed:
        text = f"On {len(changed)} images the land behind a quay changed with it; they count as not observed there."
        notes.append(Note(code="quay-changed", text=text))
    return notes


def _settings(parameters: Parameters) -> Settings:
    return Settings(
        percentile=parameters["percentile"],
        empty=_days(parameters, "empty"),
        ice=_days(parameters, "ice"),
        rate=parameters["false_alarm"],
        fewest=parameters["fewest"],
        seen_share=parameters["seen_share"],
        cloud=parameters["cloud_share"],
        wind=parameters["wind"],
        shift=parameters["shift"],
        longest=parameters["longest"],
    )


def _days(parameters: Parameters, name: str) -> Days:
    """Periods such as "2022-01-01/2022-06-30, 2023-02-01": both ends belong to them."""
    found = []
    for part in filter(None, (piece.strip() for piece in (parameters[name] or "").split(","))):
        try:
            first, _, last = part.partition("/")
            period = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError as error:
            raise UsageError(
                f"The period under {name} cannot be read.",
                saw=repr(part),
                do="Write first and last day as 2022-01-01/2022-06-30, several separated by commas.",
                code="period",
            ) from error
        if period[1] < period[0]:
            raise UsageError(
                f"The period under {name} ends before it begins.", saw=part, do="Turn it round.", code="period"
            )
        found.append(period)
    return tuple(found)
