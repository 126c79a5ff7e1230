"""What drawn lines measure: true values come back, 95 % of intervals hold them, and a picture's tricks are refused."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps

from dateline.core.errors import Refusal
from dateline.media.camera import project
from dateline.media.drawn import (
    Lens,
    Measured,
    from_above,
    from_north_line,
    in_perspective,
    level_of,
)
from dateline.media.upright import stored, upright

LENS = Lens(width=4000, height=3000, focal=3000.0, sigma=0.02)
END = 2.0
F8 = np.ndarray


def seen(points: list[list[float]], *, roll: float, pitch: float, focal: float = 3000.0) -> F8:
    """Pixels of points (east, north, height over the ground) [m] for a camera 1.6 m high that looks north."""
    there = np.array(points)
    made = project(
        np.zeros(2), 1.6, there[:, :2], there[:, 2], yaw=0.0, pitch=math.radians(pitch), roll=math.radians(roll)
    )
    return np.asarray(made * focal + (2000.0, 1500.0))


def pair(points: F8) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two points as a line."""
    return (float(points[0, 0]), float(points[0, 1])), (float(points[1, 0]), float(points[1, 1]))


def scene(*, roll: float = 2.0, pitch: float = -3.0, focal: float = 3000.0) -> F8:
    """Foot and top of a pole of 3 m, tip of its shadow of 4 m towards 60 degrees, two points of the horizon [px]."""
    way = math.radians(60)
    tip = [-2 + 4 * math.sin(way), 12 + 4 * math.cos(way), 0.0]
    far = [[-3e6, 1e7, 1.6], [3e6, 1e7, 1.6]]
    return seen([[-2, 12, 0], [-2, 12, 3], tip, *far], roll=roll, pitch=pitch, focal=focal)


def covered(measure: Callable[[np.random.Generator], tuple[Measured, float]], *, n: int = 300) -> float:
    """Share of 95 % intervals that hold the truth."""
    rng = np.random.default_rng(8)
    found = [measure(rng) for _ in range(n)]
    return sum(abs(one.value - truth) <= 1.96 * one.sigma for one, truth in found) / n


def noisy(points: F8, rng: np.random.Generator) -> F8:
    """The points as somebody marks them."""
    return np.asarray(points + rng.normal(0, END, points.shape))


def test_a_shadow_through_lens_and_horizon_is_the_one_on_the_ground() -> None:
    """Ratio 4 : 3 and 60 degrees from the view come back from a rolled, tilted camera."""
    at = scene()
    made = in_perspective(pair(at[:2]), pair(at[[0, 2]]), pair(at[3:]), LENS, end=END, far=END)
    assert made.ratio is not None
    assert made.turn is not None
    assert made.ratio.value == pytest.approx(4 / 3, abs=1e-6)
    assert made.turn.value == pytest.approx(60, abs=1e-4)
    assert made.from_view


@pytest.mark.parametrize("what", ["ratio", "turn", "roll", "pitch"])
def test_intervals_through_the_lens_cover(what: str) -> None:
    """With errors of every end and of the lens 95 % of intervals hold the truth (92 to 98.5 % of 300)."""
    truth = {"ratio": 4 / 3, "turn": 60.0, "roll": 2.0, "pitch": -3.0}[what]

    def once(rng: np.random.Generator) -> tuple[Measured, float]:
        centre = rng.normal(0, 0.003 * LENS.width, 2)
        at = noisy(scene(focal=3000.0 * math.exp(rng.normal(0, LENS.sigma))) + centre, rng)
        if what in {"roll", "pitch"}:
            return getattr(level_of(pair(at[3:]), LENS, end=END), what), truth
        made = in_perspective(pair(at[:2]), pair(at[[0, 2]]), pair(at[3:]), LENS, end=END, far=END)
        return getattr(made, what), truth

    assert 0.92 <= covered(once) <= 0.985


@pytest.mark.parametrize("what", ["length", "turn"])
@pytest.mark.parametrize("north", [True, False])
def test_intervals_from_above_cover(what: str, north: bool) -> None:
    """Length and direction from above, by a north line and by the georeference (here: 0.5 m a pixel, north up)."""
    line, up = np.array([[100.0, 100.0], [160.0, 180.0]]), np.array([[300.0, 300.0], [300.0, 100.0]])
    truth = {"length": 100.0, "turn": math.degrees(math.atan2(60, -80))}[what]

    def place(points: F8) -> F8:
        x, y = points[1] - points[0]
        return np.array([0.5 * math.hypot(x, y), math.degrees(math.atan2(x, -y)) % 360])

    def once(rng: np.random.Generator) -> tuple[Measured, float]:
        marked = pair(noisy(line, rng))
        made = from_north_line(marked, pair(noisy(up, rng)), end=END) if north else from_above(marked, place, end=END)
        return getattr(made, what), truth if north or what == "turn" else truth / 2

    assert 0.92 <= covered(once) <= 0.985


def test_what_cannot_be_measured_is_refused() -> None:
    """Above the horizon, too far away, too short: each with its code."""
    at = scene()
    lines = pair(at[:2]), pair(at[[0, 2]]), pair(at[3:])
    low = ((0.0, 2990.0), (4000.0, 2990.0))
    far = seen([[0, 900, 0], [0, 900, 30], [30, 940, 0], [-3e6, 1e7, 1.6], [3e6, 1e7, 1.6]], roll=0, pitch=0)
    cases = {
        "above-horizon": lambda: in_perspective(lines[0], lines[1], low, LENS),
        "too-uncertain": lambda: in_perspective(pair(far[:2]), pair(far[[0, 2]]), pair(far[3:]), LENS),
        "short-line": lambda: level_of(((0, 0), (15, 0)), LENS),
    }
    for code, ask in cases.items():
        with pytest.raises(Refusal) as caught:
            ask()
        assert caught.value.code == code


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_upright_is_what_pillow_does(orientation: int) -> None:
    """Oracle: the pixel that Pillow moves is where we say that it goes, and back."""
    pixels = np.zeros((6, 9), np.uint8)
    pixels[1, 2] = 255
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    turned = np.asarray(ImageOps.exif_transpose(image))
    row, column = np.argwhere(turned == 255)[0]
    at = upright(np.array([[2.5, 1.5]]), orientation, (9, 6))
    assert at[0].tolist() == [column + 0.5, row + 0.5]
    assert stored(at, orientation, (9, 6))[0].tolist() == [2.5, 1.5]
