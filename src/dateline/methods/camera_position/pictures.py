"""What people look at: the landmarks on the photo with their residuals, and the map beside it."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dateline.media.landmark import F8, Frame
from dateline.methods.contract import Produced

INK, FITS, OFF, PALE = "#1a1a1a", "#0072B2", "#D55E00", "#c8c8c8"
"""Colours that people with colour-blindness tell apart (Okabe and Ito 2008)."""
LONGEST = 900
"""[px] Longer side of a panel."""
STRETCH = 0.08
"""[picture widths] How long the longest arrow is drawn at least: residuals are small."""


def residual_picture(
    frame: Frame,
    marks: F8,
    shifts: F8,
    *,
    labels: Sequence[str],
    bad: int | None,
    plan: Plan | None,
) -> Produced:
    """PNG: marks (n, 2) [px] with arrows along the columns (n,) [px], stretched alike; with `plan`, the map beside.

    The photo itself is drawn only beside the map, where everything may be told; else an empty frame stands for it.
    """
    scale = LONGEST / max(frame.width, frame.height)
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    panel = Image.new("RGB", size, "white")
    if plan is not None and frame.pixels is not None:
        photo = Image.fromarray(frame.pixels).resize(size)
        panel = Image.blend(photo, Image.new("RGB", size, "white"), 0.35)
    used = [abs(shift) for index, shift in enumerate(shifts.tolist()) if index != bad]
    stretch = max(1.0, STRETCH * frame.width / max([*used, 1e-9]))
    stretch = float(f"{min(stretch, 1000):.1g}")
    _marks(panel, marks * scale, shifts * scale * stretch, labels=labels, bad=bad)
    panels = [panel] if plan is None else [panel, plan.drawn(size[1])]
    whole = Image.new("RGB", (sum(one.width for one in panels) + 20 * (len(panels) + 1), size[1] + 64), "white")
    left = 20
    for one in panels:
        whole.paste(one, (left, 20))
        ImageDraw.Draw(whole).rectangle((left, 20, left + one.width, 20 + one.height), outline=INK)
        left += one.width + 20
    caption = f"arrows: from the mark to where the camera sees the mapped landmark, {stretch:g} times as long"
    if frame.simulated:
        caption = "SIMULATED. " + caption
    ImageDraw.Draw(whole).text((20, size[1] + 30), caption, fill=INK, font=ImageFont.load_default(16))
    out = io.BytesIO()
    whole.save(out, "PNG")
    name = "SIMULATED_residuals.png" if frame.simulated else "residuals.png"
    return Produced(role="picture", name=name, media_type="image/png", data=out.getvalue())


def _marks(panel: Image.Image, marks: F8, shifts: F8, *, labels: Sequence[str], bad: int | None) -> None:
    pen = ImageDraw.Draw(panel)
    font = ImageFont.load_default(15)
    for index, ((x, y), shift) in enumerate(zip(marks.tolist(), shifts.tolist(), strict=True)):
        colour = OFF if index == bad else FITS
        pen.ellipse((x - 6, y - 6, x + 6, y + 6), outline=colour, width=3)
        if index == bad:
            pen.line((x - 9, y - 9, x + 9, y + 9), fill=colour, width=3)
            pen.line((x - 9, y + 9, x + 9, y - 9), fill=colour, width=3)
        else:
            end = min(max(x + shift, 0.0), panel.width)
            pen.line((x, y, end, y), fill=colour, width=3)
            tip = math.copysign(min(8.0, abs(end - x)), end - x)
            pen.polygon([(end, y), (end - tip, y - 5), (end - tip, y + 5)], fill=colour)
        pen.text((x + 9, y + 8), labels[index], fill=INK, font=font, stroke_width=2, stroke_fill="white")


class Plan:
    """The map: landmarks, the region and the field of view, north up, in metres."""

    def __init__(
        self,
        points: F8,
        outlines: Sequence[F8],
        *,
        looks: tuple[float, float],
        labels: Sequence[str],
        bad: int | None,
    ) -> None:
        """points: (n, 2), outlines: (k, 2) each, the best first; east, north [m]. looks: yaw and view [degrees]."""
        self.points, self.outlines, self.labels, self.bad = points, outlines, labels, bad
        self.yaw, self.view = looks

    def drawn(self, side: int) -> Image.Image:
        """A square picture of side x side [px]."""
        keep = [index for index in range(len(self.points)) if index != self.bad]
        every = np.concatenate([self.points[keep], *self.outlines])
        low, high = every.min(axis=0), every.max(axis=0)
        span = float((high - low).max()) * 1.25
        middle = (low + high) / 2

        def at(point: F8) -> tuple[float, float]:
            x, y = (point - middle) / span * side
            return side / 2 + float(x), side / 2 - float(y)

        panel = Image.new("RGB", (side, side), "white")
        pen = ImageDraw.Draw(panel)
        best = self.outlines[0].mean(axis=0)
        far = float(np.hypot(*(self.points[keep] - best).T).max())
        turns = np.radians(np.linspace(self.yaw - self.view / 2, self.yaw + self.view / 2, 24))
        rim = best + 1.05 * far * np.stack([np.sin(turns), np.cos(turns)], axis=1)
        pen.polygon([at(best), *map(at, rim)], fill="#e8f1f8", outline=PALE)
        for index in keep:
            pen.line((*at(best), *at(self.points[index])), fill=PALE, width=1)
        for outline in self.outlines:
            pen.polygon([at(point) for point in outline], outline=OFF, width=3)
        for index in keep:
            x, y = at(self.points[index])
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=FITS)
            pen.text((x + 8, y - 8), self.labels[index], fill=INK, font=ImageFont.load_default(15))
        _bar(pen, side, span)
        return panel


def _bar(pen: ImageDraw.ImageDraw, side: int, span: float) -> None:
    """A scale bar of about a quarter of the map, and where north is."""
    raw = span / 4
    power = 10.0 ** math.floor(math.log10(raw))
    length = max(factor * power for factor in (1, 2, 5) if factor * power <= raw)
    told = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    pen.line((15, side - 15, 15 + length / span * side, side - 15), fill=INK, width=3)
    pen.text((15, side - 38), f"{told}, north is up", fill=INK, font=ImageFont.load_default(15))
