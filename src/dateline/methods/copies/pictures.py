"""The proof for people: both pictures beside each other, lines between what agrees, and one laid on the other."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from dateline.methods.copies.look import Look
from dateline.methods.copies.pair import Tie

U1 = npt.NDArray[np.uint8]

PANEL, HEAD, GAP, MOST_LINES = 560, 60, 10, 60
"""[px] Longer side of a panel, height of the heading, space between panels; lines drawn at most."""
COLOURS = ("#E69F00", "#56B4E9", "#CC79A7", "#F0E442", "#009E73", "#D55E00", "#0072B2")
"""Colours that people with colour-blindness tell apart (Okabe and Ito 2008)."""


def proof(one: Look, other: Look, tie: Tie, names: tuple[str, str], told: str, *, simulated: bool) -> bytes:
    """PNG: the two pictures with lines between features that agree, and the second's grey with the first laid on it in
    chequers, so that edges run on where the pictures are one."""
    first, second = (_panel(each.pixels) for each in (one, other))
    third = _panel(_chequered(one, other, tie))
    wide = first.width + second.width + third.width + 4 * GAP
    high = max(first.height, second.height, third.height) + HEAD + 3 * GAP + 20
    sheet = Image.new("RGB", (wide, high), "#ffffff")
    pen = ImageDraw.Draw(sheet)
    at = (GAP, 2 * GAP + first.width, 3 * GAP + first.width + second.width)
    for panel, left in zip((first, second, third), at, strict=True):
        sheet.paste(panel, (left, HEAD))
    bold, plain = ImageFont.load_default(18), ImageFont.load_default(14)
    pen.text((GAP, 8), told[: wide // 9], fill="#111111", font=bold)
    captions = (*names, "the first laid on the second, in chequers")
    for caption, left in zip(captions, at, strict=True):
        pen.text((left, 36), caption[: PANEL // 8], fill="#444444", font=plain)
    for number, (x, y, u, v) in enumerate(_spread(tie.lines)):
        start = (at[0] + (x + 0.5) * first.width / one.size[0], HEAD + (y + 0.5) * first.height / one.size[1])
        end = (at[1] + (u + 0.5) * second.width / other.size[0], HEAD + (v + 0.5) * second.height / other.size[1])
        colour = COLOURS[number % len(COLOURS)]
        pen.line((*start, *end), fill=colour, width=1)
        for x_at, y_at in (start, end):
            pen.ellipse((x_at - 3, y_at - 3, x_at + 3, y_at + 3), outline=colour, width=2)
    if simulated:
        for left in at:
            pen.text((left + 20, HEAD + 40), "SIMULATED", fill="#ff3c3c", font=ImageFont.load_default(40))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _panel(pixels: U1) -> Image.Image:
    image = Image.fromarray(pixels)
    scale = PANEL / max(image.size)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _spread(lines: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """At most MOST_LINES of the lines, evenly through their order from top to bottom."""
    ordered = lines[np.argsort(lines[:, 1], kind="stable")]
    return ordered[np.unique(np.linspace(0, len(lines) - 1, MOST_LINES).round().astype(int))] if len(lines) else lines


def _chequered(one: Look, other: Look, tie: Tie) -> U1:
    """The second picture, with the first laid on it in every other square."""
    from skimage.transform import ProjectiveTransform, warp

    back = ProjectiveTransform(np.linalg.inv(tie.matrix))  # type: ignore[no-untyped-call]
    high, wide = other.pixels.shape[:2]
    laid = warp(  # type: ignore[no-untyped-call]
        one.pixels.astype(np.float32), back, output_shape=(high, wide), order=1, cval=np.nan
    )
    side = max(8, max(high, wide) // 12)
    rows, columns = np.indices((high, wide))
    mine = ((rows // side + columns // side) % 2 == 0) & np.isfinite(laid).all(axis=2)
    mixed: U1 = np.where(mine[..., None], np.nan_to_num(laid).clip(0, 255).astype(np.uint8), other.pixels)
    return mixed
