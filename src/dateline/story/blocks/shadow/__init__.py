"""When, or where, a shadow can have fallen so: what was measured on the picture, and every stretch that fits it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar

import numpy as np
from PIL import Image
from pydantic import Field

from dateline.core.errors import InputError
from dateline.core.identity import digest
from dateline.ledger.finding import Finding
from dateline.measure.gather.landmarks_observed import of_case
from dateline.media.photo import orientation_of
from dateline.media.upright import upright
from dateline.story.block import BlockModel, FindingId, Plain, Prose
from dateline.story.blocks.shadow.draw import plan, side
from dateline.story.blocks.shadow.spans import fits
from dateline.story.page import Embed, Page
from dateline.story.panel import panel
from dateline.story.picture import artifact_path, path_of
from dateline.story.picture_spec import PictureSpec

SVG = "image/svg+xml"
DRAWN = ("object", "shadow", "horizon", "north")
"""Lines that the measurement reads; an observation may hold others."""
LEAST = 0.05
"""Less to either side is printed as nothing."""
UNITS = {"times": "minutes", "days": "whole_days", "places": "km"}


class Model(BlockModel):
    """The body of a :::shadow block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    finding: FindingId = Field(description="id of a finding of the method sun_shadow")
    capture: FindingId | None = Field(
        default=None, description="id of a finding of the method capture_time, which lays other evidence over it"
    )
    alt: Plain = Field(description="what the drawings show, for readers who do not see them")
    caption: Prose = ""
    picture: PictureSpec | None = Field(
        default=None,
        description="the picture on which the shadow was drawn; its lines are shown where people drew them",
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line on the picture [px of the picture as the page carries it]: what it follows, and its ends."""

    name: str
    x1: float
    y1: float
    x2: float
    y2: float


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Picture or diagram, the strip of hours or days, the finding's own chart or map, and the tables.

    Raises InputError (code `shadow`) for a finding of another method, or with nothing to draw.
    """
    finding = page.finding(block.finding)
    elevation = finding.estimates.get("sun_elevation")
    found = fits(finding, page) if finding.method == "sun_shadow" else None
    bearing = _bearing(finding)
    own = next((one for one in finding.artifacts if one.role in {"sun_chart", "locus_map"}), None)
    if finding.method != "sun_shadow" or not any((elevation, found, bearing, own)):
        raise _no_shadow(finding, f"method {finding.method}, result “{finding.result}”")
    other = None if block.capture is None else page.finding(block.capture)
    if other is not None and other.method != "capture_time":
        raise _no_shadow(other, f"method {other.method} under `capture`")
    number = page.next_figure()
    shown = None if block.picture is None else panel(page, f"shadow-{number}", block.picture)
    lines = () if block.picture is None or shown is None else _lines(block.picture, finding, page, shown.drawn.width)
    return {
        "number": number,
        "shown": shown,
        "lines": lines,
        "elevation": elevation,
        "side": None if elevation is None else side(elevation.best, elevation.low, elevation.high),
        "bearing": bearing,
        "plan": None if bearing is None else plan(*bearing),
        "fits": found,
        "chart": None if own is None else _chart(finding, own.role, number, page),
        "chart_role": None if own is None else own.role,
        "budget": _budget(finding),
        "unit": UNITS.get(finding.result if finding.result in UNITS else _kind(finding), "minutes"),
        "level": page.language.level(float(finding.parameters.get("level", 0.9))),
        "other": other,
        "simulated": finding.simulated or (shown is not None and shown.simulated),
        "how": page.link(page.look(block.finding), page.word("page.how")),
        "other_how": None if block.capture is None else page.link(page.look(block.capture), page.word("page.how")),
    }


def _kind(finding: Finding) -> str:
    return next((kind for kind, key in (("days", "days"), ("places", "km2")) if key in finding.values), "times")


def _bearing(finding: Finding) -> tuple[float, float] | None:
    """Where the shadow points from true north, and half its interval [degrees], as printed; None for any direction."""
    told, spread = finding.parameters.get("azimuth"), finding.parameters.get("azimuth_sigma")
    if told is None or spread is None or finding.parameters.get("north") != "true":
        return None
    turn = 180.0 if finding.parameters.get("azimuth_of") == "sun" else 0.0
    half = NormalDist().inv_cdf(0.5 + float(finding.parameters.get("level", 0.9)) / 2) * float(spread)
    return (round(float(told) + turn, 1) % 360, round(half, 1)) if round(half, 1) < 180 else None


def _lines(spec: PictureSpec, finding: Finding, page: Page, width: int) -> tuple[Drawn, ...]:
    """The lines that the finding was measured from. None where the marks are others than those: no pixel is guessed."""
    people = {ref.id: ref.sha256 for ref in finding.inputs if ref.kind == "observations"}
    if spec.item is None or not people:
        return ()
    marks = [mark for mark in of_case(page.case, people, {spec.item}) if mark.line_names]
    for who, sha256 in people.items():
        if digest([mark.sha256() for mark in marks if mark.by == who]) != sha256:
            return ()
    with Image.open(path_of(page.case, spec)) as opened:
        turn, size = orientation_of(opened), opened.size
    scale = width / size[turn >= 5]
    return tuple(
        Drawn(name, *(round(float(value) * scale, 1) for value in upright(np.array(line), turn, size).ravel()))
        for mark in marks
        for name, line in zip(mark.line_names, mark.lines, strict=True)
        if name in DRAWN and len(line) == 2
    )


def _chart(finding: Finding, role: str, number: int, page: Page) -> str:
    """The finding's own chart or map as the address of a picture: nothing in it runs or loads."""
    path = artifact_path(page.case, finding.id, role)
    artifact = next(one for one in finding.artifacts if one.role == role)
    if artifact.media_type != SVG:
        raise _no_shadow(finding, f"{role}: {artifact.media_type}")
    data = path.read_bytes()
    page.carry(Embed(f"shadow-chart-{number}", path.name, SVG, len(data), artifact.sha256))
    return f"data:{SVG};base64,{base64.b64encode(data).decode()}"


def _budget(finding: Finding) -> tuple[tuple[str, float], ...]:
    """What widens the answer, the largest first, and by how much to either side; not what rounds to nothing."""
    told = finding.values.get("budget") or {}
    named = ((str(name), float(value)) for name, value in told.items() if float(value) >= LEAST)
    return tuple(sorted(named, key=lambda one: -one[1]))


def _no_shadow(finding: Finding, saw: str) -> InputError:
    return InputError(
        f"The finding {finding.id} cannot be shown as a shadow.",
        saw=saw,
        do="Give a finding of sun_shadow that measured a shadow (and under `capture` one of capture_time).",
        code="shadow",
    )
