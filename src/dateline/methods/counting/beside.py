"""What stands beside the headline: every other estimator, recall, the gate's curve, and what to know before use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dateline.core.estimate import Estimate
from dateline.imagery.still import Still
from dateline.ledger.finding import Note
from dateline.methods.contract import Parameters
from dateline.methods.counting import calibrate, crowding
from dateline.methods.counting.blobs import blobs
from dateline.methods.counting.estimators import Rules, Seen, Whole, curve
from dateline.methods.counting.parts import Tile
from dateline.methods.counting.ratio import plots_needed, relative_error
from dateline.methods.counting.words import disagreeing

FEW = 10


def beside(given: Whole, rules: Rules, parameters: Parameters, stills: Sequence[Still]) -> dict[str, Any]:
    """The finding's values."""
    values: dict[str, Any] = {"crosschecks": _crosschecks(given.seen, given.machines)}
    main, tiles = given.main, given.tiles
    if main is not None:
        reach = 1.0 if main.gate is None else main.gate.distance
        values["people"] = {
            name: record
            for side in (given.seen, *given.machines)
            if side is not None
            for name, record in calibrate.records(side.side, tiles, reach).items()
        }
        values["matched"] = {"candidates": len(main.table), "agreed": main.agreed, "quorum": main.quorum}
        values["gate"] = _gate(main, tiles, rules)
    if tiles:
        values["checked"] = _plots(tiles, main, parameters)
    if parameters["ground"]:
        values["jacobs"] = _jacobs(parameters)
    if parameters["blob_size"] and stills:
        values["blobs"] = {
            "use": "strata and where to look first; never a count",
            "found": {each.name: len(blobs(each.grey, parameters["blob_size"])) for each in stills},
        }
    return values


def _crosschecks(seen: Seen | None, machines: Sequence[Seen]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for prefix, side in (("", seen), *((f"{each.side.names[0]}: ", each) for each in machines)):
        if side is None:
            continue
        found |= {prefix + name: each.to_json() for name, each in side.estimates.items()}
        if side.lower is not None:
            found[f"{prefix}Chao"] = {**side.lower.to_json(), "read_as": "at least"}
        if side.classes is not None:
            found[f"{prefix}latent class"] = dict(side.classes)
        if side.headline is not None:
            found[f"{prefix}unchecked, with margins"] = side.headline.to_json()
    return found


def _gate(seen: Seen, tiles: Sequence[Tile], rules: Rules) -> dict[str, Any] | None:
    if seen.gate is None:
        return None
    return {
        "used": seen.gate.distance,
        "half_spacing": seen.gate.half_spacing,
        "scatter": seen.gate.scatter,
        "unit": "px",
        "curve": curve(seen, tiles, rules),
    }


def _plots(tiles: Sequence[Tile], seen: Seen | None, parameters: Parameters) -> dict[str, Any]:
    truth = np.array([float(len(tile.truth)) for tile in tiles])
    total = parameters["tiles"] or (None if seen is None or seen.sample is None else seen.sample.tiles)
    if seen is None and total is None:
        total = calibrate.tiles_in_all(None, tiles, parameters["frame"])
    needed = plots_needed(truth, total, parameters["target"])
    return {
        "tiles": len(tiles),
        "of": total,
        "objects": int(truth.sum()),
        "relative_error_of_plots": relative_error(truth, total),
        "target": parameters["target"],
        "plots_needed": needed,
        "stop": None if needed is None else len(tiles) >= needed,
    }


def _jacobs(parameters: Parameters) -> dict[str, Any]:
    crowd = crowding.jacobs(parameters["ground"])
    found = {
        "read_as": "a cross-check by area and density, never the count",
        "area_m2": parameters["ground"],
        "people": crowd.people,
        "space_m2": crowd.space,
    }
    if parameters["space"]:
        found["stated"] = parameters["ground"] / crowding.checked_space(parameters["space"])
    return found


def notes_of(given: Whole, estimate: Estimate | None, parameters: Parameters) -> Iterator[Note]:
    """The caveats that the headline needs."""
    seen, machines, tiles, main = given.seen, given.machines, given.tiles, given.main
    if given.partly:
        text = f"{', '.join(given.partly)} did not look at everything and is left out."
        yield Note(code="not-all-tiles", text=text)
    if tiles:
        yield from _of_sample(given, parameters)
    if seen is not None and machines and len(tiles) < FEW:
        yield Note(code="detector-left-out", text="The detector's marks were not checked and are in no number here.")
    if estimate is None:
        return
    used_ratio = main is not None and estimate is main.estimates.get("ratio")
    others: Mapping[str, Estimate] = _others(seen, machines, estimate)
    found = disagreeing(estimate, dict(others), used_ratio)
    if found is not None:
        yield found
    if not used_ratio and seen is not None:
        yield Note(
            code="false-marks-assumed",
            text=f"Nothing was checked. The interval allows for {100 * parameters['false_share']:g} % false marks "
            f"and for objects of uneven visibility (squared variation up to {parameters['uneven']:g}): assumed.",
        )
    if used_ratio and main is not None:
        yield from _of_assist(main, estimate)


def _others(seen: Seen | None, machines: Sequence[Seen], headline: Estimate) -> dict[str, Estimate]:
    found = {name: each for name, each in (seen.estimates if seen else {}).items() if each is not headline}
    for machine in machines:
        each = machine.estimates.get("ratio")
        if each is not None and each is not headline:
            found[machine.side.names[0]] = each
    return found


def _of_sample(given: Whole, parameters: Parameters) -> Iterator[Note]:
    main = given.main
    if main is not None and main.sample is not None and main.sample.unseen == 0:
        return
    if parameters["drawn"] == "chosen":
        yield Note(
            code="sample-chosen",
            text="The checked tiles were chosen and not drawn at random: the interval does not cover that choice.",
        )
    elif parameters["drawn"] == "not stated":
        yield Note(
            code="sample-not-stated",
            text="Nobody stated how the checked tiles were drawn; the interval is right for a random draw only.",
        )
    if given.seen is not None and len(given.tiles) < FEW:
        yield Note(
            code="checked-too-few",
            text=f"{len(given.tiles)} checked tiles are too few to correct a count; {FEW} are needed.",
        )


def _of_assist(main: Seen, estimate: Estimate) -> Iterator[Note]:
    if main.sample is not None and main.sample.unseen == 0:
        return
    alone = main.estimates.get("plots alone")
    if alone is not None and _width(estimate) >= _width(alone):
        yield Note(
            code="assist-adds-nothing",
            text="The checked tiles alone give as narrow an interval: what was marked on the others says little.",
        )
    half = _width(estimate) / 2
    if half > 0.25 * estimate.best:
        yield Note(
            code="wide-interval",
            text=f"The interval reaches {100 * half / estimate.best:.0f} % to a side on average: at this threshold or "
            "quorum the marks follow the truth loosely.",
        )


def _width(estimate: Estimate) -> float:
    return float("inf") if estimate.high is None else estimate.high - (estimate.low or 0.0)
