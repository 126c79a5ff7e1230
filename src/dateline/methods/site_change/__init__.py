"""Change of a site between images: what, where, how large, and how often such a change arises by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.core.where import Where
from dateline.imagery.align.certificate import Certificate, blocks_claim
from dateline.imagery.chip import Chip
from dateline.ledger.finding import Note
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, Produced, say
from dateline.methods.site_change import pictures
from dateline.methods.site_change.answers import answer
from dateline.methods.site_change.closure import with_closure
from dateline.methods.site_change.model import Answer, Settings
from dateline.methods.site_change.objects import Object
from dateline.methods.site_change.roof_words import footprints_outcome
from dateline.methods.site_change.stack import Stack, stack_of

CARD = read_card(Path(__file__).parent / "card.md")
CHANGE, NONE, RANKED, CANNOT_TELL, REFUSED = "change", "no change seen", "ranked for people", "cannot tell", "refused"
LISTED = 200
"""Rows of a finding at most; the table and the map hold all objects."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Objects that changed, with areas [m2], parts of the site, and false-alarm rates [km-2] measured on placebos.

    inputs: `images`, Chips of one place; `places`, the site, `stable`, ground that stayed the same, and `footprints`,
    roofs, which are then asked about alone: one mapping of id to Where each. rng: which pixels the normalisation is
    fitted on. Multispectral after Nielsen 2007 (doi 10.1109/TIP.2006.888195) with the null of Efron 2004; series by
    pooled t; pictures are ranked for people only.
    """
    name = _named(inputs)
    try:
        settings = Settings.of(parameters)
        stack = stack_of(inputs.many("images", Chip), _place(inputs, "places"), _place(inputs, "stable"), inputs.tell)
        stack = with_closure(stack)
        if footprints := _place(inputs, "footprints"):
            return footprints_outcome((CARD, name), stack, footprints, settings, rng)
        found = answer(stack, settings, rng)
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        return Outcome(
            result=REFUSED, statement=say(CARD, REFUSED, reason=note.text), reasons=(note,), needed=(refusal.do,)
        )
    return _outcome(found, stack, settings, name)


def _place(inputs: Inputs, role: str) -> Mapping[str, Where] | None:
    return inputs.maybe(role, dict) or None


def _named(inputs: Inputs) -> str:
    site, names = _place(inputs, "places"), inputs.maybe("names", dict) or {}
    return ", ".join(names.get(one, one) for one in site) if site else "the area of the images"


def _outcome(found: Answer, stack: Stack, settings: Settings, name: str) -> Outcome:
    certificate = _worst(found, stack)
    blocked = certificate is not None and blocks_claim(certificate, math.inf)
    common: dict[str, Any] = {
        "values": _values(found, stack),
        "rows": [pictures.row(rank, one) for rank, one in enumerate(_shown(found), 1)][:LISTED],
        "caveats": (*stack.notes, *found.notes, *_caveats(found, stack, blocked=blocked)),
        "artifacts": _artifacts(found, stack, blocked=blocked),
        "estimates": _estimates(found, settings),
    }
    between = {"place": name, "before": _day(found.before), "after": _day(found.after)}
    if found.stop is not None:
        note = Note(code=found.stop[0], text=found.stop[1])
        return Outcome(
            result=CANNOT_TELL,
            statement=say(CARD, "cannot-tell", place=name, reason=note.text),
            reasons=(note,),
            needed=("More images of the same track before and after, or a wider area around the site.",),
            **common,
        )
    if found.rank_only is not None and found.objects:
        note = Note(code=found.rank_only[0], text=found.rank_only[1])
        told = {**between, "objects": _count(len(found.objects), "place"), "part": found.objects[0].part}
        return Outcome(result=RANKED, statement=say(CARD, "ranked", **told), reasons=(note,), **common)
    if not found.told:
        note = Note(code="within-placebo", text=found.rate or "Nothing stands out of the site's own pixels.")
        return Outcome(
            result=NONE, statement=say(CARD, "no-change", **between, rate=found.rate), reasons=(note,), **common
        )
    largest = max(found.told, key=lambda one: one.area)
    told = {
        **between,
        "objects": _count(len(found.told), "object"),
        "part": largest.part,
        "area": _area(largest.area),
        "rate": found.rate,
    }
    return Outcome(
        result=CHANGE,
        statement=say(CARD, CHANGE, **told),
        reasons=(_beyond(found),),
        **common,
    )


def _beyond(found: Answer) -> Note:
    if found.placebo.counts:
        return Note(code="beyond-placebo", text=found.rate)
    return Note(code="own-group", text=f"Changed pixels are a group of their own beside the unchanged. {found.rate}")


def _shown(found: Answer) -> tuple[Object, ...]:
    return found.told or found.objects


def _day(chip: Chip) -> str:
    return f"{chip.at:%Y-%m-%d}"


def _count(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number} {word}s"


def _area(metres: float) -> str:
    """An area with two digits: hectares from a half on."""
    if metres >= 5000:
        return f"{float(f'{metres / 1e4:.2g}'):g} ha"
    return f"{float(f'{metres:.2g}'):,.0f} m²"


def _worst(found: Answer, stack: Stack) -> Certificate | None:
    pair = [stack.certificates[chip.id] for chip in (found.before, found.after) if chip.id in stack.certificates]
    return max(pair, key=lambda one: one.residual, default=None)


def _caveats(found: Answer, stack: Stack, *, blocked: bool) -> list[Note]:
    notes = []
    if blocked:
        text = "What is left of the images' displacement exceeds half a pixel; no before-and-after figure is made."
        if found.labels is not None:
            notes.append(Note(code="figure-blocked", text=text))
    if stack.pixel[0] < 5 and stack.certificates:
        text = "Look angles are not known: roofs and walls may lean differently on the two dates."
        notes.append(Note(code="relief", text=text))
    return notes


def _values(found: Answer, stack: Stack) -> dict[str, Any]:
    """Certificates, placebo trials, and what the comparison itself gave."""
    shares = found.placebo.shares
    return {
        "images": len(stack.chips),
        "before": found.before.id,
        "after": found.after.id,
        "pixel_m": list(stack.pixel),
        "seen_km2": float((found.known & stack.extent).sum()) * stack.area,
        "objects": len(found.objects),
        "told": len(found.told),
        "registration": [one.to_json() for one in stack.certificates.values()],
        "placebo": {
            "how": found.placebo.how,
            "trials": len(shares),
            "objects": list(found.placebo.counts),
            "exposure_km2": found.placebo.exposure,
            "share_median": float(np.median(shares)) if shares else None,
            "share_largest": max(shares) if shares else None,
        },
        **found.values,
    }


def _estimates(found: Answer, settings: Settings) -> dict[str, Estimate]:
    """Objects per km2 where nothing happened, and the share of unchanged pixels that are flagged."""
    made: dict[str, Estimate] = {}
    if found.placebo.counts and found.placebo.exposure > 0:
        from scipy import stats

        least = min((one.mass for one in _shown(found)), default=0.0)
        seen = int((found.placebo.mass >= least).sum())
        tail = (1 - settings.level) / 2
        low = float(stats.chi2.ppf(tail, 2 * seen)) / 2 if seen else 0.0
        high = float(stats.chi2.isf(tail, 2 * seen + 2)) / 2
        best, low, high = (one / found.placebo.exposure for one in (seen, low, high))
        made["false_changes_per_km2"] = Estimate(
            best=best,
            low=low,
            high=high,
            unit="km-2",
            level=settings.level,
            n=len(found.placebo.counts),
            how=f"counted on {found.placebo.how}, Poisson interval (Garwood 1936)",
        )
    if found.pixel_rate is not None:
        rate, count = found.pixel_rate
        shares = found.placebo.shares
        made["false_alarm_rate"] = Estimate(
            best=rate,
            low=min([*shares, rate]) if shares else None,
            high=max([*shares, rate]) if shares else None,
            unit="1",
            level=settings.level,
            n=count,
            how="share of unchanged pixels that are flagged; bounds: the least and the greatest of the trials",
        )
    return made


def _artifacts(found: Answer, stack: Stack, *, blocked: bool) -> tuple[Produced, ...]:
    files = []
    labels = found.labels
    shown = _shown(found)
    mask = None if labels is None else np.isin(labels, [one.label for one in shown])
    simulated = any(chip.simulated for chip in stack.chips)
    if found.known.any() and not (blocked and mask is not None):
        rings = shown[:9] if mask is None else ()
        data = pictures.beside(found.before, found.after, mask, rings, simulated=simulated)
        files.append(pictures.produced(stack, "before_after", "before_after.png", "image/png", data))
    if mask is not None:
        data = pictures.map_tiff(mask, found.known, stack)
        files.append(pictures.produced(stack, "change_map", "change_map.tif", "image/tiff", data))
    data = pictures.geojson(shown, stack, labels)
    files.append(pictures.produced(stack, "objects", "objects.geojson", "application/geo+json", data))
    files.append(pictures.produced(stack, "table", "objects.csv", "text/csv", pictures.table(shown)))
    return tuple(files)
