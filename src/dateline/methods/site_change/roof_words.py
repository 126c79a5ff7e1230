"""The answer about footprints in words: one for each, and one for all of them, with tables and pictures."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from scipy import stats

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.core.where import Where
from dateline.imagery.align.certificate import Certificate, blocks_claim, relief_lean
from dateline.imagery.chip import Chip
from dateline.imagery.resample import bounds_of
from dateline.ledger.finding import Note, PlaceAnswer
from dateline.methods.card import Card
from dateline.methods.contract import Outcome, Produced, say
from dateline.methods.site_change import pictures
from dateline.methods.site_change.answers import sides_of
from dateline.methods.site_change.cut import part_of_chip
from dateline.methods.site_change.footprints import Outline, outlines_of
from dateline.methods.site_change.model import Settings
from dateline.methods.site_change.pairs import clearest
from dateline.methods.site_change.roof_signs import REACH, Views, shadow_length, views_of
from dateline.methods.site_change.roofs import CANNOT_TELL, KINDS, Roof, Roofs, roofs_of, with_their_date
from dateline.methods.site_change.stack import Stack, drawn

MARGIN = 150
"""What is read around the footprints [px]: like places are drawn there."""
MOST_PAIRS = 4
"""Pairs of other dates on which the footprints are asked about too."""
HEIGHT = 5.0
"""Height of a roof whose lean is told [m]."""
WORDS = {
    "new": "a roof where there was none",
    "removed": "the roof is gone",
    "re-roofed": "a roof on both dates, of another colour",
    "changed": "changed, of which kind cannot be told",
    "no evidence": "no evidence of change",
    "cannot tell": "cannot be told",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Both images cut around the footprints, and what was found on them. dates: told and tested on other dates."""

    pair: tuple[Chip, Chip]
    outlines: tuple[Outline, ...]
    views: Views
    roofs: Roofs
    dates: tuple[int, int]
    worst: Certificate | None
    notes: tuple[Note, ...]


def footprints_outcome(
    told_by: tuple[Card, str],
    stack: Stack,
    footprints: Mapping[str, Where],
    settings: Settings,
    rng: np.random.Generator,
) -> Outcome:
    """Answers each footprint. told_by: the card with the sentences, and the name of the site in them.

    Raises Refusal `footprints-radar`, `footprints-outside`, `event-outside`.
    """
    card, name = told_by
    if stack.kind == "radar":
        raise Refusal(
            "Roofs are compared on optical images.",
            saw="radar images",
            do="Leave the footprints out, or give optical images.",
            code="footprints-radar",
        )
    near = _on_images(footprints, stack)
    found = _looked(stack, near, settings, rng)
    caveats = [*stack.notes, *found.notes, *_caveats(found, settings, left_out=len(footprints) - len(near))]
    made = _said(card, found, name)
    return replace(
        made,
        values=_values(found, stack, settings),
        places={one.outline.id: _place(card, one, found, settings) for one in found.roofs.each},
        rows=[_row(one, found) for one in found.roofs.each][:200],
        caveats=tuple(caveats),
        artifacts=_artifacts(found, near),
        estimates=_estimates(found, settings),
    )


def _said(card: Card, found: Looked, name: str) -> Outcome:
    """The headline of all footprints together."""
    before, after = found.pair
    between = {"place": name, "before": f"{before.at:%Y-%m-%d}", "after": f"{after.at:%Y-%m-%d}"}
    told, tested = found.roofs.told, found.roofs.tested
    reasons = Counter(one.reason for one in found.roofs.each if one.result == CANNOT_TELL and one.reason)
    if not tested or (not told and len(found.roofs.each) > 2 * tested):
        ((code, text), _), *_ = reasons.most_common()
        return Outcome(
            result=CANNOT_TELL,
            statement=say(card, "roofs-cannot-tell", place=name, reason=text),
            reasons=(Note(code=code, text=text),),
            needed=("Sharper images, or more footprints of like roofs around these.",),
        )
    unknown = sum(one.result == CANNOT_TELL for one in found.roofs.each)
    rest = f"{unknown} cannot be told. " if unknown else ""
    words = {**between, "tested": str(tested), "rate": _rate(found), "rest": rest}
    note = Note(code="local-null", text=_rate(found))
    if not told:
        return Outcome(result="no change seen", statement=say(card, "roofs-none", **words), reasons=(note,))
    counts = Counter(one.result for one in told)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])
    statement = say(card, "roofs", told=str(len(told)), kinds=kinds, **words)
    return Outcome(result="change", statement=statement, reasons=(note,))


def _on_images(footprints: Mapping[str, Where], stack: Stack) -> dict[str, Where]:
    """Those whose bounds meet the images'. Raises Refusal `footprints-outside`."""
    west, south, east, north = bounds_of(stack.geobox)
    made = {}
    for name, where in footprints.items():
        left, low, right, top = where.bounds()
        if left < east and right > west and low < north and top > south:
            made[name] = where
    if not made:
        raise Refusal(
            "No footprint lies on the images.",
            saw=f"{len(footprints)} footprints; images from {west:.4f}, {south:.4f} to {east:.4f}, {north:.4f}",
            do="Check that the footprints are in longitude and latitude, and of this place.",
            code="footprints-outside",
        )
    return made


def _looked(stack: Stack, near: Mapping[str, Where], settings: Settings, rng: np.random.Generator) -> Looked:
    before, after = sides_of(stack, settings)
    first, second = clearest(before, last=True), clearest(after, last=False)
    outlines = outlines_of(near, stack.geobox, stack.pixel)
    part = _part(outlines, stack)
    pair = (part_of_chip(first, part), part_of_chip(second, part))
    outlines = outlines_of(near, pair[0].geobox, stack.pixel)
    views, said = views_of(*pair, rng)
    roofs = roofs_of(views, outlines, settings.level, rng)
    worst = max(
        (stack.certificates[one.id] for one in (first, second) if one.id in stack.certificates),
        key=lambda one: one.residual,
        default=None,
    )
    roofs = with_their_date(_blocked(roofs, worst), settings.drawn, first.at.date(), second.at.date())
    told, tested = 0, 0
    others = [*pairwise(before), *pairwise(after)][-MOST_PAIRS:] if len(stack.chips) > 2 else []
    for one, other in others:
        made = roofs_of(
            views_of(part_of_chip(one, part), part_of_chip(other, part), rng)[0], outlines, settings.level, rng
        )
        told, tested = told + len(made.told), tested + made.tested
    notes = () if said is None else (Note(code="scaled-by-spread", text=said),)
    return Looked(
        pair=pair, outlines=tuple(outlines), views=views, roofs=roofs, dates=(told, tested), worst=worst, notes=notes
    )


def _part(outlines: list[Outline], stack: Stack) -> tuple[slice, slice]:
    """Rows and columns of the grid around all footprints."""
    west, north, east, south = shapely.total_bounds([one.shape for one in outlines])
    height, width = stack.geobox.shape
    rows = slice(max(0, int(north) - MARGIN), min(height, math.ceil(south) + MARGIN))
    return rows, slice(max(0, int(west) - MARGIN), min(width, math.ceil(east) + MARGIN))


def _blocked(roofs: Roofs, worst: Certificate | None) -> Roofs:
    """No answer for footprints whose change the images' own displacement may be."""
    if worst is None:
        return roofs

    def blocked(one: Roof) -> Roof:
        if one.p is None or not blocks_claim(worst, one.outline.narrow * worst.size):
            return one
        said = (
            f"The images may lie {worst.residual:.2f} m off each other, more than half a pixel of {worst.size:.2f} m."
        )
        return replace(one, result=CANNOT_TELL, p=None, q=None, reason=("misregistered", said))

    return replace(roofs, each=tuple(blocked(one) for one in roofs.each))


def _rate(found: Looked) -> str:
    """The measured false rate as a sentence."""
    roofs, (told, tested) = found.roofs, found.dates
    said = f"{roofs.passed} of {roofs.places} like places without a roof pass the same bar."
    return said + (f" Between other dates {told} of {tested} footprints would be told as changed." if tested else "")


def _caveats(found: Looked, settings: Settings, *, left_out: int) -> list[Note]:
    notes = [*_date_notes(found, settings)]
    if None in settings.look:
        text = "The look angle of an image is not known: how far roofs lean is not, either, "
        notes.append(Note(code="look-angle-unknown", text=f"{text}and only {REACH} pixels of lean are looked for."))
    if left_out:
        text = f"{left_out} footprints lie beyond the images and were left out."
        notes.append(Note(code="outside-images", text=text))
    if any(one.null == "places" for one in found.roofs.each):
        text = "Too few similar roofs stayed the same to compare with: only roofs that came or went are told."
        notes.append(Note(code="mostly-changed", text=text))
    return notes


def _date_notes(found: Looked, settings: Settings) -> list[Note]:
    days = [one.at.date() for one in found.pair]
    if settings.drawn is None:
        text = "Nobody said of which date the footprints are; a roof that they lack is not looked for."
        return [Note(code="footprints-date", text=text)]
    if settings.drawn.earliest == settings.drawn.latest and settings.drawn.earliest in days:
        return []
    text = (
        f"The footprints are of {settings.drawn.edtf()}, the images of {days[0]} and {days[1]}: roofs put up after "
        "that date, or removed before it, are not in them."
    )
    return [Note(code="footprints-date", text=text)]


def _values(found: Looked, stack: Stack, settings: Settings) -> dict[str, Any]:
    roofs = found.roofs
    lean = relief_lean(HEIGHT, settings.look)
    return {
        "before": found.pair[0].id,
        "after": found.pair[1].id,
        "pixel_m": list(stack.pixel),
        "registration": [one.to_json() for one in stack.certificates.values()],
        "footprints": len(roofs.each),
        "tested": roofs.tested,
        "counts": dict(sorted(Counter(one.result for one in roofs.each).items())),
        "standing_on_both": roofs.standing,
        "largest_p_told": roofs.bar,
        "like_places": {"drawn": roofs.places, "passed": roofs.passed},
        "other_dates": {"told": found.dates[0], "tested": found.dates[1]},
        "footprints_at": None if settings.drawn is None else settings.drawn.edtf(),
        "sun_elevation_azimuth": [None if one is None else list(one) for one in settings.sun],
        "look_off_nadir_azimuth": [None if one is None else list(one) for one in settings.look],
        "lean_of_5_m_roof_m": None if lean is None else round(lean, 2),
    }


def _estimates(found: Looked, settings: Settings) -> dict[str, Estimate]:
    """Shares that pass where no roof is known to have changed, with Clopper and Pearson's interval."""
    roofs = found.roofs
    kinds = {
        "false_share_of_places": (roofs.passed, roofs.places, "like places without a roof that pass the same bar"),
        "false_share_of_dates": (*found.dates, "footprints told as changed between other dates"),
    }
    made = {}
    for name, (passed, count, how) in kinds.items():
        if count:
            inside = stats.binomtest(passed, count).proportion_ci(settings.level, method="exact")
            made[name] = Estimate(
                best=passed / count,
                low=float(inside.low),
                high=float(inside.high),
                unit="1",
                level=settings.level,
                n=count,
                how=f"share of {how} (Clopper and Pearson 1934)",
            )
    return made


def _place(card: Card, one: Roof, found: Looked, settings: Settings) -> PlaceAnswer:
    because = [] if one.reason is None else [Note(code=one.reason[0], text=one.reason[1])]
    said = WORDS[one.result] + (f" ({one.reason[1].rstrip('.')})" if one.reason and one.result == CANNOT_TELL else "")
    return PlaceAnswer(
        result=one.result,
        statement=say(card, "roof", place=one.outline.id, answer=said),
        reasons=because,
        values={**_row(one, found), **_signs(one, found, settings)},
    )


def _row(one: Roof, found: Looked) -> dict[str, Any]:
    """A footprint as a row of a table."""
    height, width = found.pair[0].pixel
    return {
        "footprint": one.outline.id,
        "answer": one.result,
        "p": None if one.p is None else float(f"{one.p:.2g}"),
        "q": None if one.q is None else float(f"{one.q:.2g}"),
        "narrow_px": round(one.outline.narrow, 1),
        "area_m2": float(f"{one.outline.area * height * width:.3g}"),
        "why": None if one.reason is None else one.reason[0],
    }


def _signs(one: Roof, found: Looked, settings: Settings) -> dict[str, Any]:
    """What the images show at a footprint, for its drawer."""
    if one.signs is None:
        return {}
    signs = one.signs
    inside, ring = (np.linalg.norm(side[1] - side[0]) for side in (signs.inside, signs.ring))
    size = math.sqrt(found.pair[0].pixel[0] * found.pair[0].pixel[1])
    made: dict[str, Any] = {
        "colour_change_inside": round(float(inside), 2),
        "colour_change_ring": round(float(ring), 2),
        "edge_against_area": [round(float(value), 2) for value in signs.edge],
        "edge_density_against_ring": [round(float(value), 2) for value in signs.density],
        "share_of_places_with_such_an_edge": None if one.stands is None else [round(p, 3) for p in one.stands],
        "likeness": round(signs.likeness, 3),
        "best_move_m": [round(step * size, 2) for step in signs.move],
        "null": one.null,
    }
    for date, (when, sun) in enumerate(zip(("before", "after"), settings.sun, strict=True)):
        length = None if sun is None else shadow_length(found.views.grey[date], one.outline, sun, size)
        if sun is not None:
            high = None if length is None else round(length * math.tan(math.radians(sun[0])), 1)
            made |= {f"shadow_{when}_m": None if length is None else round(length, 1), f"height_{when}_m": high}
    return made


def _artifacts(found: Looked, near: Mapping[str, Where]) -> tuple[Produced, ...]:
    before, after = found.pair
    simulated = before.simulated or after.simulated
    told = {one.outline.id: near[one.outline.id] for one in found.roofs.told}
    files = []
    if found.worst is None or not blocks_claim(found.worst, math.inf):
        mask = drawn(told, before.geobox) if told else np.zeros(before.states.shape, bool)
        data = pictures.beside(before, after, mask, (), simulated=simulated)
        files.append(("before_after", "before_after.png", "image/png", data))
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": near[one.outline.id].polygons},
            "properties": {**_row(one, found), "simulated": simulated},
        }
        for one in found.roofs.each
    ]
    shapes = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    files.append(("footprints", "footprints.geojson", "application/geo+json", shapes.encode()))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(_row(found.roofs.each[0], found)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(one, found) for one in found.roofs.each)
    files.append(("table", "footprints.csv", "text/csv", stream.getvalue().encode()))
    mark = "SIMULATED_" if simulated else ""
    return tuple(Produced(role=a, name=mark + b, media_type=c, data=d) for a, b, c, d in files)
