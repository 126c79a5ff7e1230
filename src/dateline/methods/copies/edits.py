"""What lies between two copies, in words: crop, turn, border, scale, sharpness, contrast."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dateline.media.fingerprint import TURNS
from dateline.media.fingerprint_borders import Box
from dateline.media.homography import moved
from dateline.methods.copies.look import Look
from dateline.methods.copies.pair import SAME, Tie

F8 = npt.NDArray[np.float64]

LEAST = 0.015
"""Share of a side under which a difference of edges is the error of the fit."""
SOFTER, SHARPER = 0.9, 1.6
SAVED = "the whole picture: recompressed, recoloured or slightly softened or sharpened"
LOWER, HIGHER = 0.93, 1.07
SCALED, SQUEEZED = 0.03, 0.04
BARE, BARRED, WIDEST_BAR = 0.97, 0.6, 0.4
"""Shares of a strip that have one colour: of a bare border, of a bar that is written on; how wide a bar is at most."""
SIDES = ("top", "right", "bottom", "left")


def edits(one: Look, other: Look, tie: Tie) -> tuple[str, ...]:
    """The differences of the second picture from the first, neither of which is said to be the original.

    Blur, sharpening and contrast are told of what both show; recompression is named where nothing else differs. Nothing
    is told where compression left too little detail to lay one on the other closely.
    """
    if (tie.agreement.share or 0.0) < SAME:
        return ()
    told = [
        *_turned(tie.matrix, one),
        *_cropped(one, other, tie.matrix),
        *_framed(one, other, tie.matrix),
        *_scaled(one, other, tie.matrix),
        *_looks(tie),
    ]
    return tuple(told) or (SAVED,)


def _linear(matrix: F8, one: Look) -> F8:
    """(2, 2) what the matrix does at the middle of the first picture."""
    middle = np.array(one.size) / 2
    at, right, down = moved(matrix, middle + np.array([[0.0, 0], [1, 0], [0, 1]]))
    return np.column_stack([right - at, down - at])


def _turned(matrix: F8, one: Look) -> list[str]:
    linear = _linear(matrix, one)
    mirrored = np.linalg.det(linear) < 0
    upright = linear @ np.diag([-1.0, 1.0]) if mirrored else linear
    angle = float(np.degrees(np.arctan2(upright[1, 0] - upright[0, 1], upright[0, 0] + upright[1, 1])))
    quarters = round(angle / 90) % 4
    if abs(angle - 90 * round(angle / 90)) < 1:
        turn = (1, 7, 2, 4)[quarters] if mirrored else (0, 5, 3, 6)[quarters]
        return [TURNS[turn]] if turn else []
    by = f"turned by {abs(angle):.0f}° {'clockwise' if angle > 0 else 'anticlockwise'}"
    return [f"{TURNS[1]} and {by}" if mirrored else by]


def _corners(box: Box) -> F8:
    left, right, top, bottom = box.left - 0.5, box.right - 0.5, box.top - 0.5, box.bottom - 0.5
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _beyond(points: F8, box: Box) -> dict[str, float]:
    """By how much a shape stays inside (+) or goes beyond (-) each side of a part, in shares of its height or width."""
    high, wide = box.bottom - box.top, box.right - box.left
    return {
        "top": (points[:, 1].min() - box.top + 0.5) / high,
        "right": (box.right - 0.5 - points[:, 0].max()) / wide,
        "bottom": (box.bottom - 0.5 - points[:, 1].max()) / high,
        "left": (points[:, 0].min() - box.left + 0.5) / wide,
    }


def _cropped(one: Look, other: Look, matrix: F8) -> list[str]:
    """What the second does not show of the first: bare borders, or picture."""
    shown = moved(np.asarray(np.linalg.inv(matrix)), _corners(other.boxes[0]))
    off = {side: share for side, share in _beyond(shown, one.boxes[0]).items() if share > LEAST}
    bare = {side: share for side, share in off.items() if _plain(_strip(one, side, share)) > BARE}
    cut = {side: share for side, share in off.items() if side not in bare}
    told = [f"bare border cut off: {_sides(bare)}"] if bare else []
    if cut:
        down = 1 - cut.get("top", 0) - cut.get("bottom", 0)
        across = 1 - cut.get("left", 0) - cut.get("right", 0)
        left = max(0.0, down) * max(0.0, across)
        told.append(f"cropped: {_sides(cut)} cut off, {100 * left:.0f} % of the picture left")
    return told


def _framed(one: Look, other: Look, matrix: F8) -> list[str]:
    """What the second shows around the first: bare borders, a bar with something on it, or more picture."""
    around = {
        side: share
        for side, share in _beyond(moved(matrix, _corners(one.boxes[0])), other.boxes[0]).items()
        if share > LEAST
    }
    plain = {side: _plain(_strip(other, side, share)) for side, share in around.items()}
    bare = {side: share for side, share in around.items() if plain[side] > BARE}
    barred = {side: share for side, share in around.items() if BARRED < plain[side] <= BARE and share < WIDEST_BAR}
    more = {side: share for side, share in around.items() if side not in bare and side not in barred}
    told = []
    if bare:
        opposite = {"top", "bottom"} <= set(bare) or {"left", "right"} <= set(bare)
        told.append(f"{'letterboxed' if opposite else 'a bare bar added'}: {_sides(bare)} of it")
    if barred:
        told.append(f"a bar with writing or signs added: {_sides(barred)} of it")
    if more:
        told.append(f"shows more: {_sides(more)} of it")
    return told


def _strip(look: Look, side: str, share: float) -> npt.NDArray[np.float32]:
    high, wide = look.grey.shape
    down, across = max(1, int(high * share * 0.9)), max(1, int(wide * share * 0.9))
    return {
        "top": look.grey[:down],
        "bottom": look.grey[-down:],
        "left": look.grey[:, :across],
        "right": look.grey[:, -across:],
    }[side]


def _plain(strip: npt.NDArray[np.float32]) -> float:
    """Share of a strip that has its colour."""
    return float((np.abs(strip - np.median(strip)) < 8).mean())


def _sides(shares: dict[str, float]) -> str:
    return ", ".join(f"{side} {100 * shares[side]:.0f} %" for side in SIDES if side in shares)


def _scaled(one: Look, other: Look, matrix: F8) -> list[str]:
    """Scale in the files' own pixels, and whether the picture was squeezed."""
    linear = _linear(matrix, one) * (other.full[0] / other.size[0]) / (one.full[0] / one.size[0])
    across, down = np.linalg.norm(linear, axis=0)
    if abs(np.log(across / down)) > SQUEEZED:
        return [f"squeezed: width to {100 * across:.0f} %, height to {100 * down:.0f} %"]
    scale = float(np.sqrt(across * down))
    return [f"scaled to {100 * scale:.0f} %"] if abs(np.log(scale)) > SCALED else []


def _looks(tie: Tie) -> list[str]:
    told, agreed = [], tie.agreement
    if agreed.sharpness < SOFTER:
        told.append("softer: blurred, or enlarged from a smaller picture")
    elif agreed.sharpness > SHARPER:
        told.append("sharper: sharpened, or the first is softer")
    if not LOWER <= agreed.gain <= HIGHER and agreed.sharpness >= SOFTER:
        told.append(f"contrast {agreed.gain:.2f} times as strong")
    return told
