"""Pictures of light and of its change, for people to look at. What was not seen is hatched and never dark."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from dateline.core import State
from dateline.core.state import seen
from dateline.imagery.palette import Colours, diverging, night

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]
Format = Literal["png", "webp"]

_PAPER = np.array([214, 217, 222], np.uint8)
_LINE = np.array([170, 175, 184], np.uint8)
_DARK = np.array([78, 84, 96], np.uint8)
"""In a picture of change: below the floor at both times."""
_HATCH = 6
"""Hatching repeats after this many dots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A finished picture. `stops` is its legend: values and their colours; `credit` must be shown with it."""

    data: bytes
    media_type: str
    width: int
    height: int
    stops: tuple[tuple[float, str], ...]
    unit: str
    credit: str


def radiance_scale(*values: F4) -> tuple[float, float]:
    """Ends of one scale [unit] for pictures that will be compared: 0.5 and the 99.5 % quantile of what is lit."""
    lit = np.concatenate([one[one > _LEAST] for one in values])
    return _LEAST, max(float(np.quantile(lit, 0.995)) if lit.size else 0.0, 2 * _LEAST)


_LEAST = 0.5
"""The least light that is told apart from none [nW cm-2 sr-1]: the floor of Black Marble's composites."""


def radiance_picture(
    values: F4,
    states: U1,
    *,
    scale: tuple[float, float],
    unit: str,
    credit: str,
    simulated: bool,
    zoom: int = 1,
    form: Format = "png",
) -> Picture:
    """Light on a logarithmic scale, dark to bright.

    values: (rows, columns) [unit]; states: codes of core.State. scale: values [unit] of the first and last colour.
    zoom: dots a pixel's side. credit: kept beside the picture and in its metadata, not drawn into it.
    """
    low, high = scale
    colours = night()
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.log(np.maximum(values, low) / low) / np.log(high / low)
    index = np.nan_to_num(np.clip(share, 0, 1) * (len(colours) - 1)).round().astype(np.int64)
    dots = _enlarged(np.where(seen(states)[..., None], colours[index], 0), zoom)
    _hatch(dots, _enlarged(~seen(states), zoom))
    marks = np.geomspace(low, high, 5)
    stops = tuple((float(mark), _hex(colours[at])) for mark, at in zip(marks, _places(len(colours)), strict=True))
    return _finished(dots, stops, unit, credit, simulated=simulated, form=form)


def change_picture(
    change: F4,
    noise: F4,
    states: U1,
    *,
    level: float,
    reach: float,
    credit: str,
    simulated: bool,
    zoom: int = 1,
    form: Format = "png",
) -> Picture:
    """Change as log2 of the ratio, coloured from the measured no-change level; what noise can make is faded.

    change, noise: (rows, columns) [log2]. level: where no change lies [log2]. reach: distance from it that gets the
    full colour [log2]; 2 is four times brighter, or a quarter. Colour comes in from one noise to three.
    """
    colours = diverging()
    away = change - level
    faded = np.clip((np.abs(away) / np.maximum(noise, 1e-6) - 1) / 2, 0, 1)
    share = np.clip(away / reach, -1, 1) * np.where(np.isfinite(noise), faded, 0)
    index = np.nan_to_num((share + 1) / 2 * (len(colours) - 1)).round().astype(np.int64)
    shown = np.where((states == State.FLOOR)[..., None], _DARK, colours[index])
    dots = _enlarged(shown, zoom)
    _hatch(dots, _enlarged(~seen(states), zoom))
    marks = 2 ** np.linspace(level - reach, level + reach, 5)
    stops = tuple((float(mark), _hex(colours[at])) for mark, at in zip(marks, _places(len(colours)), strict=True))
    return _finished(dots, stops, "1", credit, simulated=simulated, form=form)


def _places(colours: int) -> list[int]:
    return [int(at) for at in np.linspace(0, colours - 1, 5).round()]


def _hex(colour: Colours) -> str:
    return "#" + bytes(colour.tolist()).hex()


def _enlarged(array: npt.NDArray[np.generic], zoom: int) -> npt.NDArray[np.generic]:
    return np.repeat(np.repeat(array, zoom, axis=0), zoom, axis=1)


def _hatch(dots: npt.NDArray[np.generic], where: npt.NDArray[np.generic]) -> None:
    rows, columns = np.indices(dots.shape[:2])
    line = (rows + columns) % _HATCH == 0
    unseen = where.astype(bool)
    dots[unseen & ~line] = _PAPER
    dots[unseen & line] = _LINE


def _finished(
    dots: npt.NDArray[np.generic],
    stops: tuple[tuple[float, str], ...],
    unit: str,
    credit: str,
    *,
    simulated: bool,
    form: Format,
) -> Picture:
    picture = Image.fromarray(dots.astype(np.uint8))
    if simulated:
        picture = marked(picture)
    stream = io.BytesIO()
    if form == "png":
        told = PngImagePlugin.PngInfo()
        told.add_itxt("Copyright", credit)
        picture.save(stream, "PNG", compress_level=9, pnginfo=told)
    else:
        picture.save(stream, "WEBP", lossless=True, quality=100, method=6)
    width, height = picture.size
    return Picture(
        data=stream.getvalue(),
        media_type=f"image/{form}",
        width=width,
        height=height,
        stops=stops,
        unit=unit,
        credit=credit,
    )


def marked(picture: Image.Image) -> Image.Image:
    """The word SIMULATED across the picture, in its pixels: it survives a screenshot and a crop."""
    width, height = picture.size
    size = max(10, min(width, height) // 8)
    font = ImageFont.load_default(size)
    word = "SIMULATED"
    left, top, right, bottom = font.getbbox(word)
    wide, high = int(right - left) + size, int(bottom - top) + 2 * size
    side = width + height
    sheet = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(sheet)
    for row, y in enumerate(range(0, side, high)):
        for x in range(-(row % 2) * wide // 2, side, wide):
            pen.text((x, y), word, font=font, fill=(255, 255, 255, 150), stroke_width=1, stroke_fill=(0, 0, 0, 150))
    turned = sheet.rotate(30, resample=Image.Resampling.BILINEAR)
    corner = ((side - width) // 2, (side - height) // 2)
    laid = turned.crop((*corner, corner[0] + width, corner[1] + height))
    return Image.alpha_composite(picture.convert("RGBA"), laid).convert("RGB")
