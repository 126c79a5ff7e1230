"""A drawn photograph of flat invented ground: sky, hills, landmarks, trenches, a flagpole and its shadow."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = (1200, 900)
"""Width and height [px]."""
SEED = 5
WORD = "SIMULATED"
INK = (44, 40, 38)
WORKS = ((-20.0, 70.0), (-9.0, 95.0))
"""Where the near ends of the trenches lie: bearing from the camera's axis [degrees], distance [m]."""
_DESCRIPTION, _SOFTWARE = 0x010E, 0x0131


@dataclass(frozen=True, slots=True)
class View:
    """A level camera over flat ground. focal: [px]; height above the ground [m]."""

    focal: float
    height: float

    def pixel(self, bearing: float, far: float, up: float) -> tuple[float, float]:
        """Column and row [px] of a point: bearing from the axis [degrees], distance [m], height above ground [m]."""
        across, ahead = far * math.sin(math.radians(bearing)), far * math.cos(math.radians(bearing))
        return self.flat(across, ahead, up)

    def flat(self, across: float, ahead: float, up: float = 0.0) -> tuple[float, float]:
        """The same for metres to the right of the axis and along it."""
        x = SIZE[0] / 2 + self.focal * across / ahead
        return x, SIZE[1] / 2 - self.focal * (up - self.height) / ahead


def photograph(
    view: View,
    landmarks: Mapping[str, tuple[float, float, float]],
    *,
    pole: tuple[float, float, float],
    shadow: tuple[float, float],
    clock: datetime,
) -> Image.Image:
    """The picture. landmarks, pole: bearing [degrees from the axis], distance, height [m]. shadow: length [m] and
    direction [degrees from the axis]. clock: what the clock on the hut shows."""
    picture = _ground()
    pen = ImageDraw.Draw(picture)
    for bearing, far in WORKS:
        _trench(pen, view, bearing, far)
    for name in sorted(landmarks, key=lambda one: -landmarks[one][1]):
        _landmark(pen, view, name, landmarks[name])
    _hut(pen, view, clock)
    _pole(pen, view, pole, shadow)
    pen.text((14, 10), f"{WORD}: drawn by a program", fill=(255, 255, 255), font=ImageFont.load_default(26),
             stroke_width=2, stroke_fill=INK)  # fmt: skip
    return picture


def marked(picture: Image.Image, quality: int = 72) -> bytes:
    """The picture as JPEG that says in its own tags that it is simulated."""
    exif = Image.Exif()
    exif[_DESCRIPTION] = f"{WORD}: an invented picture of a place that does not exist"
    exif[_SOFTWARE] = "dateline, simulated"
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, exif=exif)
    return stream.getvalue()


def _ground() -> Image.Image:
    """Sky over rough ground, with hills on the horizon."""
    rng = np.random.default_rng(SEED)
    width, height = SIZE
    rows = np.linspace(0, 1, height)[:, None, None]
    sky = np.array([150, 184, 216]) + rows * np.array([120, 90, 50])
    noise = Image.fromarray(rng.integers(0, 255, (height // 3, width // 3)).astype(np.uint8)).resize(SIZE)
    rough = np.asarray(noise.filter(ImageFilter.GaussianBlur(3)), np.float64)[..., None] - 127
    land = np.array([136, 128, 92]) + rows * np.array([-30, -34, -30]) + 0.3 * rough
    over = np.arange(height)[:, None, None] < height // 2
    picture = Image.fromarray(np.clip(np.where(over, sky, land), 0, 255).astype(np.uint8))
    columns = np.arange(0, width + 20, 20)
    crest = height / 2 - 8 - 16 * np.abs(np.sin(columns / 140)) - 10 * np.abs(np.sin(columns / 47))
    hills = [*zip(columns.tolist(), crest.tolist(), strict=True), (width, height / 2), (0, height / 2)]
    ImageDraw.Draw(picture).polygon(hills, fill=(104, 116, 110))
    return picture


def _trench(pen: ImageDraw.ImageDraw, view: View, bearing: float, far: float) -> None:
    """A zigzag that leads away from the camera, 1.6 m wide."""
    across, ahead = far * math.sin(math.radians(bearing)), far * math.cos(math.radians(bearing))
    for leg in range(5):
        turn = 7.0 if leg % 2 else -7.0
        ends = [(across, ahead), (across + turn, ahead + 14.0)]
        corners = [view.flat(x + side, y) for side, part in ((-0.8, ends), (0.8, ends[::-1])) for x, y in part]
        pen.polygon(corners, fill=(70, 60, 46))
        across, ahead = ends[1]


def _landmark(pen: ImageDraw.ImageDraw, view: View, name: str, at: tuple[float, float, float]) -> None:
    """One landmark from its foot to its top, in the shape that its name tells."""
    bearing, far, height = at
    x, foot = view.pixel(bearing, far, 0.0)
    top = view.pixel(bearing, far, height)[1]
    wide = max(3.0, (foot - top) * {"radio mast": 0.03, "lone tree": 0.35, "hut gable": 0.8}.get(name, 0.25))
    if name == "radio mast":
        for share in np.linspace(0, 1, 9):
            y = foot + (top - foot) * share
            pen.line((x - wide, y, x + wide, y), fill=(150, 30, 30), width=2)
        pen.line((x, foot, x, top), fill=INK, width=3)
    elif name == "lone tree":
        pen.line((x, foot, x, top), fill=(80, 60, 40), width=4)
        pen.ellipse((x - wide, top, x + wide, foot - (foot - top) * 0.35), fill=(62, 84, 52))
    elif name == "water tower":
        pen.rectangle((x - wide / 4, top, x + wide / 4, foot), fill=(120, 120, 126))
        pen.ellipse((x - wide, top, x + wide, top + (foot - top) * 0.4), fill=(150, 152, 160), outline=INK)
    else:
        pen.rectangle((x - wide, top + (foot - top) * 0.3, x + wide, foot), fill=(168, 150, 128), outline=INK)
        pen.polygon([(x - wide, top + (foot - top) * 0.3), (x, top), (x + wide, top + (foot - top) * 0.3)], fill=INK)
    if name == "chapel":
        pen.line((x, top - 14, x, top), fill=INK, width=2)
        pen.line((x - 5, top - 9, x + 5, top - 9), fill=INK, width=2)


def _hut(pen: ImageDraw.ImageDraw, view: View, clock: datetime) -> None:
    """A hut near the camera, with windows, and a board with a clock."""
    left, right, foot = 11.0, 16.4, 24.0
    corners = [view.flat(left, foot, 2.9), view.flat(right, foot, 0.0)]
    pen.rectangle((*corners[0], *corners[1]), fill=(126, 104, 84), outline=INK)
    eaves = ((left - 0.4, 2.9), ((left + right) / 2, 4.3), (right + 0.4, 2.9))
    pen.polygon([view.flat(across, foot, up) for across, up in eaves], fill=(92, 52, 46))
    for place in (11.5, 14.6):
        box = (*view.flat(place, foot, 2.0), *view.flat(place + 1.2, foot, 1.0))
        pen.rectangle(box, fill=(196, 214, 222), outline=INK, width=2)
    box = (*view.flat(12.3, foot, 2.85), *view.flat(14.2, foot, 2.15))
    pen.rectangle(box, fill=(18, 20, 22))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    pen.text(middle, f"{clock:%H:%M}", fill=(250, 200, 90), font=ImageFont.load_default(24), anchor="mm")


def _pole(pen: ImageDraw.ImageDraw, view: View, pole: tuple[float, float, float], shadow: Sequence[float]) -> None:
    """The flagpole and its shadow on the ground."""
    bearing, far, height = pole
    across, ahead = far * math.sin(math.radians(bearing)), far * math.cos(math.radians(bearing))
    length, way = shadow[0], math.radians(shadow[1])
    tip = (across + length * math.sin(way), ahead + length * math.cos(way))
    aside = (0.12 * math.cos(way), -0.12 * math.sin(way))
    corners = [
        view.flat(x + sign * aside[0], y + sign * aside[1])
        for sign, ends in ((1, ((across, ahead), tip)), (-1, (tip, (across, ahead))))
        for x, y in ends
    ]
    pen.polygon(corners, fill=(46, 42, 34))
    foot, top = view.flat(across, ahead), view.flat(across, ahead, height)
    pen.line((*foot, *top), fill=(214, 214, 210), width=5)
    pen.polygon([top, (top[0] + 62, top[1] + 14), (top[0], top[1] + 40)], fill=(30, 110, 120))
