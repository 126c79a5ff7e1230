"""Simulated harbours with known ships, and the figures of `berth_occupancy` for `make proof`.

Two berths of two slots, 30 passes a year on each of two tracks, one in five missing; speckle of 4.4 looks, quay edge
12 dB and cranes 20 dB above the water with their layover, container stacks that change, wind, up to a pixel of
misregistration; ships of 60 to 200 m at 3 to 12 dB over their own berth. Beside it, on the same chips, a single-date
detector: two-parameter CFAR on the logarithm, given the true water as its mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import rankdata

from dateline.imagery.cfar.background import log_normal, logarithms_of
from dateline.imagery.cfar.ring import Ring
from dateline.imagery.chip import Chip
from dateline.methods.berth_occupancy.quay import lay
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.simulate.harbour import Harbour, Truth, simulate

F8 = np.ndarray
RATE = 0.02
BUSY = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8)
CALM = Harbour()
KINDS = {
    "as stated": CALM,
    "one track, 60 passes": replace(CALM, tracks=CALM.tracks[1:], passes=60),
    "alike neighbours (correlated speckle)": replace(CALM, correlated=True),
    "K clutter, ships at anchor": replace(CALM, texture=8.0, anchored=2.0, moving=0.5),
    "quay across the pixels": replace(CALM, bearing=31.0),
    "optical": replace(CALM, tracks=(), optical=60),
}


def ask(chips: Sequence[Chip], harbour: Harbour, **parameters: Any) -> Outcome:
    """The method's answer."""
    roles = {"images": tuple(chips), "berths": harbour.berths}
    checked = Parameters.of(card("berth_occupancy"), {"false_alarm": RATE, **parameters})
    return load("berth_occupancy")(Inputs(roles), checked, rng=np.random.default_rng(0))


def auc(scores: F8, truth: F8) -> float | None:
    """Chance that an occupied date scores higher than an empty one; None where one kind is missing."""
    ones, zeros = int(truth.sum()), int((~truth).sum())
    if not ones or not zeros:
        return None
    return float((rankdata(scores)[truth].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def single_date(chip: Chip, harbour: Harbour) -> dict[tuple[str, str], float]:
    """For each slot the highest CFAR score of one image over the slot, ring 81/41, water known: bands' mean score."""
    rows, columns = np.indices(harbour.shape)
    x = (columns + 0.5 - harbour.shape[1] / 2) * harbour.pixel
    y = (harbour.shape[0] / 2 - rows - 0.5) * harbour.pixel
    water = x * harbour.along[1] - y * harbour.along[0] > 0
    scores = []
    for band in chip.values[:2]:
        logarithms = logarithms_of(band)
        scores.append(log_normal(logarithms, Ring(81, 41), valid=water, truncate=2.0).score(logarithms))
    score = np.nan_to_num(np.mean(scores, axis=0), nan=-9.0)
    found = {}
    for berth in harbour.berths:
        quay = lay(berth, chip.geobox, harbour.pixel, 150)
        where = np.rint(quay.rows).astype(int), np.rint(quay.columns).astype(int)
        for slot, along in quay.slots:
            found[berth.id, slot.id] = float(score[where][quay.reach][:, along].max())
    return found


def looks(outcome: Outcome, truth: Truth, chips: Sequence[Chip]) -> list[dict[str, Any]]:
    """The rows that were observed, each with the truth."""
    at = {chip.id: chip.at for chip in chips}
    return [
        {**row, "truth": truth.occupied(row["berth"], row["slot"], at[row["image"]])}
        for row in outcome.rows
        if row["seen"] != "not observed"
    ]


def by_berth(rows: Sequence[dict[str, Any]]) -> tuple[F8, F8]:
    """(n,) the highest score of a berth on an image, and whether a ship lay there."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["image"], row["berth"]), []).append(row)
    scores = np.array([max(row["score"] for row in here) for here in found.values()])
    return scores, np.array([any(row["truth"] for row in here) for here in found.values()])


def occupancy(name: str, busy: float, runs: int, *, percentile: float = 15, beside: bool = False) -> dict[str, Any]:
    """One row of the table: areas under the curve, calls, and ships per image against the truth."""
    slots, berths, ones, calls, off, likely = [], [], [], [], [], []
    for seed in range(runs):
        harbour = replace(KINDS[name], busy=busy)
        truth, chips = simulate(harbour, np.random.default_rng(1000 + seed))
        outcome = ask(chips, harbour, percentile=percentile)
        rows = looks(outcome, truth, chips)
        calls += [(row["seen"] == "ships", row["truth"]) for row in rows]
        if not rows:
            continue
        scores, there = (np.array([row[key] for row in rows]) for key in ("score", "truth"))
        slots.append(auc(scores, there))
        berths.append(auc(*by_berth(rows)))
        if beside:
            single = {chip.id: single_date(chip, harbour) for chip in chips}
            ones.append(auc(np.array([single[row["image"]][row["berth"], row["slot"]] for row in rows]), there))
        off += _mean_errors(outcome, rows, "ships_per_image")
        likely += _mean_errors(outcome, rows, "expected_ships_per_image")
    called, there = (np.array(part, bool) for part in zip(*calls, strict=True))
    return {
        "harbour": name,
        "busy": busy,
        "reference": "median" if percentile == 50 else f"{percentile:g} % level",
        "runs": runs,
        "AUC berth and date": _mean(berths),
        "AUC slot and date": _mean(slots),
        "AUC single-date CFAR": _mean(ones),
        "false alarms": float(called[~there].mean()) if (~there).any() else None,
        "found": float(called[there].mean()) if there.any() else None,
        "ships an image, bias": float(np.mean(off)),
        "greatest error": float(np.abs(off).max()),
        "bias by chances": float(np.mean(likely)),
    }


def _mean_errors(outcome: Outcome, rows: Sequence[dict[str, Any]], name: str) -> list[float]:
    """For each berth: mean ships per image as called, or by their chances, less the truth on the same images."""
    found = []
    for berth, answer in outcome.places.items():
        whole: dict[str, list[bool]] = {}
        for row in rows:
            if row["berth"] == berth:
                whole.setdefault(row["image"], []).append(row["truth"])
        counted = [sum(here) for here in whole.values() if len(here) == 2]
        if counted and answer.values[name] is not None:
            found.append(answer.values[name] - float(np.mean(counted)))
    return found


def calibration(runs: int) -> list[dict[str, Any]]:
    """How often a ship was there, by the chance that was given, over all busy shares from 20 to 80 %."""
    given, there = [], []
    for seed in range(runs):
        harbour = replace(CALM, busy=(0.2, 0.35, 0.5, 0.65, 0.8)[seed % 5])
        truth, chips = simulate(harbour, np.random.default_rng(5000 + seed))
        rows = looks(ask(chips, harbour), truth, chips)
        given += [row["chance"] for row in rows]
        there += [row["truth"] for row in rows]
    chance, ships = np.array(given), np.array(there)
    made = []
    for low, high in ((0, 0.02), (0.02, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.98), (0.98, 1.01)):
        part = (chance >= low) & (chance < high)
        share = float(ships[part].mean()) if part.any() else None
        made.append({"chance given": f"{low} to {min(high, 1)}", "looks": int(part.sum()), "ships there": share})
    return made


def _mean(found: Sequence[float | None]) -> float | None:
    known = [one for one in found if one is not None]
    return float(np.mean(known)) if known else None


def figures(runs: int = 20) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    made = [
        occupancy("as stated", busy, runs, percentile=percentile, beside=percentile == 15)
        for busy in BUSY
        for percentile in (15, 50)
    ]
    made += [occupancy(name, busy, max(runs // 2, 1)) for name in list(KINDS)[1:] for busy in (0.2, 0.5, 0.8)]
    return [*made, *calibration(2 * runs)]
