"""A picture placed by landmarks: sizes come back with intervals that cover them, and bad landmarks are named."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dateline.core.errors import Refusal
from dateline.imagery.ground_points import F8, GroundFit, Landmark, fit_ground

SIZE = (1000, 700)
PIXEL = 0.5
"""[m]"""
LON, LAT = 37.2, 48.1
SPOTS = np.array([(80, 60), (930, 90), (900, 640), (120, 600), (500, 80), (480, 620), (880, 350), (90, 330)], float)
METRE = 111_195.0
"""[m] in one degree of latitude, near enough for a picture of a few hundred metres."""


def matched(points: F8, *, turn: float = 0.4, slant: float = 0.0, noise: F8 | float = 0.0) -> list[Landmark]:
    """Landmarks on a picture that lies turned, and seen at a slant, `noise` [m] off on the map."""
    flat = (points - 500) * (PIXEL, -PIXEL) / (1 + slant * (points[:, 1:] - 350) / 350)
    c, s = math.cos(turn), math.sin(turn)
    east, north = (flat @ np.array([[c, -s], [s, c]]) + noise).T
    lon, lat = LON + east / METRE / math.cos(math.radians(LAT)), LAT + north / METRE
    return [Landmark(x=x, y=y, lon=a, lat=b, by="ana") for (x, y), a, b in zip(points, lon, lat, strict=True)]


def placed(landmarks: list[Landmark]) -> GroundFit:
    """The fit on the picture of the tests."""
    return fit_ground(landmarks, SIZE, image="handout.png")


def test_a_size_comes_back_from_exact_landmarks() -> None:
    """Area and side of a pixel are those of the ground within a few parts in a thousand (a sphere was used here)."""
    fit = placed(matched(SPOTS))
    assert fit.model == "affine"
    assert fit.scale(level=0.9).best == pytest.approx(PIXEL, rel=4e-3)
    assert fit.area([(0, 0, 1000, 700)], level=0.9).best == pytest.approx(700_000 * PIXEL**2, rel=8e-3)
    assert fit.area([(0, 0, 10, 10), (50, 50, 10, 20)], level=0.9).best == pytest.approx(300 * PIXEL**2, rel=8e-3)


def test_a_slanted_picture_gets_a_projective_plane() -> None:
    """Seen at a slant, a pixel in front covers less ground than one behind, and there and back is the same place."""
    fit = placed(matched(SPOTS, slant=0.2))
    assert fit.model == "projective"
    near, far = (fit.area([(450, y, 100, 100)], level=0.9).best for y in (600, 0))
    assert far / near > 2
    assert fit.pixels(fit.degrees(SPOTS)) == pytest.approx(SPOTS, abs=1e-4)


@pytest.mark.parametrize(("count", "slant"), [(4, 0.0), (6, 0.0), (8, 0.15)])
def test_the_interval_covers_the_area(count: int, slant: float) -> None:
    """Of 80 sets of landmarks that lie metres off, nine in ten 90 % intervals hold the true area."""
    rng = np.random.default_rng(count)
    true = placed(matched(SPOTS, slant=slant)).area([(100, 100, 800, 500)], level=0.9).best
    fits = (placed(matched(SPOTS[:count], slant=slant, noise=rng.normal(0, 1.5, (count, 2)))) for _ in range(80))
    inside = [fit.area([(100, 100, 800, 500)], level=0.9).contains(true) for fit in fits]
    assert 0.82 <= np.mean(inside) <= 0.97


def test_a_worse_match_widens_the_interval() -> None:
    """Twice the error, about twice the width."""
    noise = np.random.default_rng(1).normal(0, 1, (8, 2))
    once, twice = (placed(matched(SPOTS, noise=k * noise)).scale(level=0.9) for k in (1, 2))
    assert (twice.high - twice.low) / (once.high - once.low) == pytest.approx(2, rel=0.1)


LINE = np.array([(100, 100), (300, 200), (500, 300), (800, 90)], float)


@pytest.mark.parametrize(
    ("landmarks", "code", "words"),
    [
        (matched(SPOTS[:3]), "few-landmarks", "3 landmarks"),
        (matched(LINE), "landmarks-in-line", "number 4"),
        (matched(np.vstack([LINE[:3], (700, 400)])), "landmarks-in-line", "All landmarks lie"),
        (matched(SPOTS[[0, 0, 1, 2, 3]]), "landmark-twice", "1 and 2"),
        (matched(SPOTS + np.array((600, 0))), "landmark-outside", "outside the picture"),
    ],
)  # fmt: skip
def test_landmarks_that_measure_nothing_are_refused(landmarks: list[Landmark], code: str, words: str) -> None:
    """Too few, in a row, twice, off the picture: each by its code and in words."""
    with pytest.raises(Refusal) as error:
        placed(landmarks)
    assert error.value.code == code
    assert words in str(error.value)


def turned(how: str) -> list[Landmark]:
    """Good landmarks, written down the wrong way."""
    made = matched(SPOTS, turn=0.1)
    return [
        Landmark(
            x=one.y if how == "swapped pixels" else one.x,
            y={"swapped pixels": one.x, "upward": SIZE[1] - one.y, "negative": -one.y}.get(how, one.y),
            lon=one.lat if how == "swapped degrees" else one.lon,
            lat=one.lon if how == "swapped degrees" else one.lat,
            by="ana",
        )
        for one in made
    ]


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ("swapped pixels", "landmark-outside", "column and row swapped"),
        ("negative", "landmark-outside", "y was counted upward"),
        ("upward", "landmarks-mirrored", "y was counted upward"),
        ("swapped degrees", "landmarks-mirrored", "lon and lat"),
    ],
)
def test_wrong_ways_to_write_landmarks_are_named(how: str, code: str, words: str) -> None:
    """Never mended in silence."""
    with pytest.raises(Refusal) as error:
        placed(turned(how))
    assert error.value.code == code
    assert words in str(error.value)


def test_degrees_beyond_the_poles_are_swapped() -> None:
    """A latitude of 129 is a longitude."""
    made = [Landmark(x=o.x, y=o.y, lon=o.lat - 10, lat=o.lon + 92, by="a") for o in matched(SPOTS)]
    with pytest.raises(Refusal) as error:
        placed(made)
    assert "swapped" in str(error.value)


def test_one_wrong_landmark_is_found() -> None:
    """Far off, it refuses all; its number is told."""
    noise = np.zeros((8, 2))
    noise[4] = (300, -200)
    with pytest.raises(Refusal) as error:
        placed(matched(SPOTS, noise=noise))
    assert error.value.code == "landmarks-disagree"
    assert "number 5" in str(error.value)
