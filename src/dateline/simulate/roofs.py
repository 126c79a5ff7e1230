"""Two images of an invented village from above: roofs that stay, come, go or are covered anew, with lean and season.

Nothing here lies at a real place. Roofs are drawn four times finer than the image, on ground of grass, earth and
roads; each leans on either image as its height and the look angles say, and throws a shadow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

FINE = 4
GROUND = np.array([[96, 112, 70], [150, 132, 104], [128, 126, 122]], float)
"""Grass, earth, road [bytes of red, green, blue]."""
ROOFS = np.array([[150, 80, 62], [122, 122, 126], [176, 172, 162], [92, 104, 124], [106, 84, 68]], float)
"""Tiles, slate, light sheet, blue sheet, felt [bytes]."""
STATES = ("same", "new", "removed", "re-roofed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """first, second: (3, rows, columns) bytes. corners: (n, 4, 2) columns and rows of each footprint [px]. states:
    (n,) of STATES."""

    first: F4
    second: F4
    corners: F8
    states: tuple[str, ...]


def village(
    rng: np.random.Generator,
    *,
    count: int = 100,
    shares: tuple[float, float, float] = (0.1, 0.1, 0.1),
    pixel: float = 0.5,
    season: float = 0.5,
    gain: float = 0.15,
    shift: tuple[float, float] = (0.0, 0.0),
    lean: float = 1.5,
    noise: float = 3.0,
) -> Village:
    """A pair of pictures of `count` roofs of 6 to 14 m.

    shares: that are new, removed, covered anew. pixel [m]. season: 0 none to 1, grass against dry grass. gain: greatest
    change of a colour's gain. shift: of the whole second image [px, to quarters]. lean: greatest difference of a roof's
    lean [px]. noise: of a pixel [bytes].
    """
    pitch = int(26 / pixel)
    across = int(np.ceil(np.sqrt(count)))
    side = (across + 1) * pitch
    fine = side * FINE
    cover = _cover(rng, fine, pitch * FINE)
    texture = _texture(rng, fine)
    ground = [
        GROUND[cover] * np.where(cover == 0, 1 + season * date * _patchy(rng, fine), 1)[..., None] for date in (0, 1)
    ]
    ground[1] = np.where((cover == 0)[..., None], ground[1] * (1 + season * np.array([0.35, 0.1, 0.15])), ground[1])
    layers = [np.clip(one * (1 + texture)[..., None], 0, 255) for one in ground]
    states = tuple(rng.choice(STATES, count, p=[1 - sum(shares), *shares]).tolist())
    corners = np.zeros((count, 4, 2))
    for number, state in enumerate(states):
        middle = (np.array(divmod(number, across)) + 1) * pitch + rng.uniform(-2, 2, 2) / pixel
        sides = rng.uniform((6, 8), (10, 14)) / pixel
        colours = ROOFS[rng.permutation(len(ROOFS))[:2]] * rng.uniform(0.85, 1.15, (2, 1))
        turn = rng.uniform(0, np.pi)
        corners[number] = _corners(middle, sides, turn)
        leans = (np.zeros(2), rng.uniform(-lean, lean, 2))
        shades = (colours[0], colours[1] if state == "re-roofed" else colours[0])
        for date, absent in ((0, "new"), (1, "removed")):
            if state != absent:
                _draw(layers[date], (middle + leans[date], sides, turn), shades[date], rng, height=6 / pixel)
            elif state == "removed":
                _rubble(layers[date], middle, sides, turn, rng)
    gains = 1 + rng.uniform(-gain, gain, 3)
    move = tuple(round(one * FINE) for one in shift)
    seen = [_seen(layers[0], (0, 0), side), _seen(layers[1], move, side) * gains[:, None, None]]
    first, second = (np.clip(np.rint(one + rng.normal(0, noise, one.shape)), 1, 255).astype(np.float32) for one in seen)
    return Village(first=first, second=second, corners=corners, states=states)


def _cover(rng: np.random.Generator, side: int, pitch: int) -> npt.NDArray[np.int64]:
    """Grass with patches of earth, and roads between the rows of plots."""
    field = ndimage.zoom(rng.normal(size=(side // 64 + 2, side // 64 + 2)), 64, order=1)[:side, :side]
    cover = (field > 0.7).astype(np.int64)
    for line in range(pitch // 2, side, 2 * pitch):
        cover[line - 10 : line + 10] = 2
    return cover


def _texture(rng: np.random.Generator, side: int) -> F8:
    made = ndimage.gaussian_filter(rng.normal(size=(side, side)), 3.0)
    return np.asarray(0.10 * made / made.std())


def _patchy(rng: np.random.Generator, side: int) -> F8:
    return np.asarray(0.3 * ndimage.zoom(rng.normal(size=(side // 40 + 2, side // 40 + 2)), 40, order=1)[:side, :side])


def _corners(middle: F8, sides: F8, turn: float) -> F8:
    half = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)]) * sides / 2
    down, right = half[:, 0], half[:, 1]
    rows = middle[0] + down * np.cos(turn) - right * np.sin(turn)
    columns = middle[1] + down * np.sin(turn) + right * np.cos(turn)
    return np.stack([columns, rows], axis=1)


def _window(middle: F8, sides: F8, turn: float, side: int) -> tuple[tuple[slice, slice], F8, F8]:
    """Part of the fine ground around a roof, and how far along and across it each dot lies, in half sides."""
    reach = int(np.hypot(*sides) * FINE) + 2
    top, left = (max(0, int(one * FINE) - reach) for one in middle)
    rows, columns = np.mgrid[top : min(side, top + 2 * reach), left : min(side, left + 2 * reach)]
    down, right = (rows + 0.5) / FINE - middle[0], (columns + 0.5) / FINE - middle[1]
    along = (down * np.cos(turn) + right * np.sin(turn)) / (sides[0] / 2)
    across = (-down * np.sin(turn) + right * np.cos(turn)) / (sides[1] / 2)
    return (slice(top, top + rows.shape[0]), slice(left, left + rows.shape[1])), along, across


def _draw(ground: F8, at: tuple[F8, F8, float], colour: F8, rng: np.random.Generator, *, height: float) -> None:
    """A roof with two faces, one darker, and its shadow. at: its middle and sides [px], and how it is turned."""
    middle, sides, turn = at
    shadow = middle - 0.35 * height * np.array([0.8, 0.6])
    place, along, across = _window(shadow, sides, turn, len(ground))
    ground[place][(np.abs(along) < 1) & (np.abs(across) < 1)] *= 0.5
    place, along, across = _window(middle, sides, turn, len(ground))
    within = (np.abs(along) < 1) & (np.abs(across) < 1)
    shade = np.where(along > 0, 0.88, 1.05) + 0.02 * rng.normal(size=along.shape)
    ground[place][within] = np.clip(colour * shade[within][:, None], 0, 255)


def _rubble(ground: F8, middle: F8, sides: F8, turn: float, rng: np.random.Generator) -> None:
    """What is left where a roof was: pieces over its plot and beyond."""
    place, along, across = _window(middle, sides * 1.5, turn, len(ground))
    pieces = ndimage.gaussian_filter(rng.normal(size=along.shape), 2) * 7
    within = (
        np.hypot(along, across) + 0.4 * ndimage.zoom(rng.normal(size=(9, 9)), np.array(along.shape) / 9, order=1) < 1
    )
    within &= pieces > -0.3
    ground[place][within] = 140 * (1 + 0.4 * pieces[within])[:, None] * np.array([1, 0.95, 0.85])
    np.clip(ground, 0, 255, out=ground)


def _seen(ground: F8, move: tuple[int, ...], side: int) -> F8:
    """Means of FINE x FINE dots after the ground is moved by whole dots."""
    moved = np.roll(ground, move, axis=(0, 1))
    made: F8 = moved.reshape(side, FINE, side, FINE, 3).mean(axis=(1, 3)).transpose(2, 0, 1)
    return made
