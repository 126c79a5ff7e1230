"""Could the earlier image have shown it: the later thing planted at random places of it, and how many come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.core.where import Where
from dateline.imagery.chip import Chip
from dateline.imagery.coverage import cover
from dateline.imagery.visibility import B1, F8, Trials, coarsened, copies, difference, plant, spread_of
from dateline.ledger.finding import Note, PlaceAnswer
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.presence import share_interval

CARD = read_card(Path(__file__).parent / "card.md")
CAPABLE, MARGINAL = 0.9, 0.3
"""Recovered share from which "absent" counts, and from which the image shows it now and then [1]."""
LEAST_PIXELS = 4
"""Pixels of the finer image that the thing must cover."""
ORDER = ("not visible", "sometimes visible", "visible")


@dataclass(frozen=True, slots=True)
class Later:
    """The finer image, the band that is compared, and the pixels of the thing, (rows, columns)."""

    chip: Chip
    band: str
    thing: B1


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Recovered share of planted copies in each earlier image: the detection that a bracket may use.

    inputs: `high`, the later finer Chip; `early`, earlier Chips; `thing`, its outline. Estimates: `detection` [1], of
    the image that shows it worst. Values: `tested`, detection, false alarm [1], gsd [m] by image. Interval: Clopper and
    Pearson 1934; matched filter: Turin 1960. A Refusal is its answer.
    """
    try:
        later = _later(inputs, parameters)
        early = inputs.many("early", Chip)
        answers = {chip.id: _one(chip, later, parameters, rng) for chip in early}
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        statement = say(CARD, "refused", reason=note.text)
        return Outcome(result="refused", statement=statement, reasons=(note,), needed=(refusal.do,))
    tested = {name: answer.values for name, answer in answers.items() if answer.result in ORDER}
    worst = min(answers, key=lambda name: ORDER.index(answers[name].result) if name in tested else -1)
    answer = answers[worst]
    assert answer.statement is not None
    return Outcome(
        result=answer.result,
        statement=answer.statement,
        reasons=tuple(answer.reasons),
        estimates=answer.estimates,
        values={"tested": tested},
        places=answers,
        rows=[{"image": name, "result": one.result, **one.values} for name, one in answers.items()],
        caveats=tuple(dict.fromkeys(note for one in answers.values() for note in one.caveats)),
    )


def _later(inputs: Inputs, parameters: Parameters) -> Later:
    """The finer image, the band that is compared, and the pixels of the thing. Raises Refusal."""
    chips = inputs.many("high", Chip)
    if len(chips) != 1:
        raise Refusal("One later image shows the thing.", saw=f"{len(chips)} images", do="Give one.", code="one-high")
    (high,) = chips
    band = parameters["band"] or high.bands[0]
    if band not in high.bands:
        raise Refusal(
            f"The later image has no band {band}.", saw=", ".join(high.bands), do="Choose one.", code="no-band"
        )
    thing = _pixels(inputs.one("thing", dict), high)
    if thing.sum() < LEAST_PIXELS:
        raise Refusal(
            "The outline covers too little of the later image to cut the thing from it.",
            saw=f"{int(thing.sum())} pixels",
            do="Draw what is seen, with its spoil or shadow, or take a finer image.",
            code="thing-too-small",
        )
    return Later(high, band, thing)


def _pixels(outline: Mapping[str, Where], high: Chip) -> B1:
    strips = cover(outline, high.geobox).strips
    made = np.zeros(high.geobox.shape, bool)
    for row, start, stop, share in zip(strips.row, strips.start, strips.stop, strips.share, strict=True):
        made[row, start:stop] |= share >= 0.5
    return made


def _one(chip: Chip, later: Later, parameters: Parameters, rng: np.random.Generator) -> PlaceAnswer:
    high, band = later.chip, later.band
    fine, coarse = high.pixel, chip.pixel
    if band not in chip.bands:
        raise Refusal(
            f"{chip.id} has no band {band}.", saw=", ".join(chip.bands), do="Name a band of both.", code="no-band"
        )
    if max(fine) > 1.01 * max(coarse):
        raise Refusal(
            "The later image is coarser than the earlier one.",
            saw=f"{max(fine):.3g} m and {max(coarse):.3g} m",
            do="Cut the thing from the finest image that shows it.",
            code="not-finer",
        )
    blur = parameters["blur"]
    values, image = (one.band(band).astype(float) for one in (high, chip))
    added = difference(values, later.thing)
    gain, notes = _gain(chip, high, coarsened(values, fine, coarse, blur=blur), image, parameters)
    trials = None
    if np.abs(added).max() > 0 and gain > 0 and np.isfinite(image).any():
        made = [gain * one for one in copies(added, fine, coarse, blur=blur)]
        trials = plant(image, made, false_alarm=parameters["false_alarm"], trials=parameters["trials"], rng=rng)
    return _answer(chip, trials, notes, parameters)


def _gain(chip: Chip, high: Chip, soft: F8, image: F8, parameters: Parameters) -> tuple[float, list[Note]]:
    """What a difference of the finer image is worth in the earlier one's numbers [1]."""
    if parameters["gain"] is not None:
        return float(parameters["gain"]), []
    if chip.quantity == high.quantity != "relative":
        return 1.0, []
    there, here = spread_of(soft), spread_of(image)
    text = (
        f"The numbers of the two images have no common unit: they were matched by spread (factor {here / there:.3g})."
        if there > 0
        else "The later image has no spread to match the earlier one's numbers by."
    )
    return (here / there if there > 0 else 0.0), [Note(code="gain-estimated", text=text)]


def _answer(chip: Chip, trials: Trials | None, notes: list[Note], parameters: Parameters) -> PlaceAnswer:
    told = {"image": chip.id, "gsd": f"{max(chip.pixel):.3g}"}
    if trials is None:
        reason = "too little of it was seen, or the thing does not differ from its ground"
        note = Note(code="nothing-to-test", text=f"{chip.id}: {reason}.")
        return PlaceAnswer(
            result="cannot tell",
            statement=say(CARD, "cannot-tell", **told, reason=reason),
            reasons=[note],
            caveats=notes,
        )
    low, high = share_interval(trials.found, trials.planted, parameters["level"])
    share = trials.share
    result = ORDER[2] if share >= CAPABLE else ORDER[1] if share >= MARGINAL else ORDER[0]
    told |= {
        "found": str(trials.found),
        "planted": str(trials.planted),
        "low": f"{100 * low:.0f}",
        "high": f"{100 * high:.0f}",
    }
    level, alarm = f"{100 * parameters['level']:g}", f"{100 * parameters['false_alarm']:g}"
    return PlaceAnswer(
        result=result,
        statement=say(CARD, result.replace(" ", "-"), **told, level=level, alarm=alarm),
        estimates={
            "detection": Estimate(
                best=share,
                low=low,
                high=high,
                unit="1",
                level=parameters["level"],
                n=trials.planted,
                how="Clopper-Pearson",
            )
        },
        values=_values(chip, trials, low, high, parameters),
        reasons=[_reason(trials)],
        caveats=notes + ([Note(code="simulated", text="An image is simulated.")] if chip.simulated else []),
    )


def _values(chip: Chip, trials: Trials, low: float, high: float, parameters: Parameters) -> dict[str, Any]:
    return {
        "at": None if chip.day_only else chip.at.isoformat(),
        "sensor": chip.platform or chip.sensor,
        "gsd": max(chip.pixel),
        "detection": trials.share,
        "low": low,
        "high": high,
        "false_alarm": parameters["false_alarm"],
        "planted": trials.planted,
        "contrast": trials.contrast,
        "pixels": trials.pixels,
    }


def _reason(trials: Trials) -> Note:
    text = (
        f"A copy covers about {trials.pixels:.2g} pixels and differs from its ground by {trials.contrast:.2g} times "
        f"the image's spread; {trials.null} places without it set the threshold."
    )
    return Note(code="planted", text=text)
