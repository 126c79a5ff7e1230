"""The parts of `earthworks`, each against another way to the same numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import ndimage
from skimage.feature import hessian_matrix, hessian_matrix_eigvals
from skimage.morphology import skeletonize

from dateline.imagery import drawn
from dateline.methods.earthworks.bank import bank, respond, shadow
from dateline.methods.earthworks.calibrate import threshold
from dateline.methods.earthworks.chain import Chain, joined
from dateline.methods.earthworks.measures import azimuth, length, profile, simplified, steps
from dateline.methods.earthworks.novelty import Layer, new_lines
from dateline.methods.earthworks.plant import along
from dateline.methods.earthworks.trace import chains

SIDE = 96


def _pixels(points: list[tuple[float, float]]) -> np.ndarray:
    return along(np.array(points, float))


def test_round_kernels_are_steered_from_three() -> None:
    """With kernels as long as wide, sixteen directions are sums of three derivatives (Freeman and Adelson 1991)."""
    rng = np.random.default_rng(1)
    tile = ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), 1, mode="wrap").astype(np.float32)
    kernels = bank(4.0, SIDE, stretch=1.0)
    found = respond(tile, kernels, bright=True)
    sigma = 0.6 * 4.0
    scale = math.sqrt(2 * math.pi) * sigma**3 / (4.0 * math.exp(-((4.0 / sigma) ** 2) / 8))
    xx, yy, xy = (
        ndimage.gaussian_filter(tile, sigma, order=o, mode="wrap", truncate=6) for o in ((0, 2), (2, 0), (1, 1))
    )
    for angle, answer in zip(kernels.angles, found, strict=True):
        s, c = math.sin(angle), math.cos(angle)
        steered = -scale * (s * s * xx - 2 * s * c * xy + c * c * yy)
        np.testing.assert_allclose(answer, steered, atol=0.02 * np.abs(steered).max())


def test_round_kernels_reach_the_eigenvalue_of_the_hessian() -> None:
    """The greatest of sixteen directions is scikit-image's Hessian eigenvalue, less at most the step between two."""
    rng = np.random.default_rng(2)
    tile = ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), 2, mode="wrap").astype(np.float32)
    found = respond(tile, bank(4.0, SIDE, stretch=1.0), bright=True).max(axis=0)[20:-20, 20:-20]
    hessian = hessian_matrix(tile, sigma=2.4, mode="wrap", use_gaussian_derivatives=True)
    least = -hessian_matrix_eigvals(hessian)[1][20:-20, 20:-20]
    assert np.corrcoef(found.ravel(), least.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("degrees", [0, 22.5, 45, 71])
def test_a_bar_of_the_width_asked_for_answers_with_its_contrast(degrees: float) -> None:
    """The answer is in the image's own unit, whichever way the line runs."""
    way = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
    line = np.stack([48 - 80 * way, 48 + 80 * way])
    tile = -7 * drawn.cover([line], (SIDE, SIDE), width=5, blur=0)
    found = respond(tile, bank(5.0, SIDE), bright=False).max(axis=0)
    assert found[46:51, 46:51].max() == pytest.approx(7, rel=0.08)


def test_a_shadow_is_the_maximum_over_two_pixels_and_the_next_directions() -> None:
    """Doubling gives what a maximum filter of scipy gives."""
    answers = np.random.default_rng(3).standard_normal((16, 40, 40)).astype(np.float32)
    wanted = np.maximum(np.maximum(answers[15], answers[0]), np.maximum(answers[1], 0))
    wanted = ndimage.maximum_filter(wanted, 5)
    np.testing.assert_array_equal(shadow(answers, 0)[4:-4, 4:-4], wanted[4:-4, 4:-4])


def test_lengths_of_straight_lines_have_no_bias() -> None:
    """Over all directions the mean error is under half a per cent; counting steps is several per cent too long."""
    errors, counted = [], []
    for degrees in range(0, 180, 3):
        way = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]) * 200
        pixels = _pixels([(300.3, 300.4), (300.3 + way[0], 300.4 + way[1])])
        keep = np.concatenate([[True], (np.diff(pixels, axis=0) != 0).any(axis=1)])
        pixels = _thin(pixels[keep])
        even, odd, _, _ = steps(pixels)
        errors.append(length(pixels) / 200 - 1)
        counted.append((even + math.sqrt(2) * odd) / 200 - 1)
    assert abs(np.mean(errors)) < 0.01
    assert np.abs(errors).max() < 0.035
    assert np.mean(counted) > 0.03


def _thin(pixels: np.ndarray) -> np.ndarray:
    """Without the corner of a step that goes straight and then to the side."""
    kept = [pixels[0]]
    for number in range(1, len(pixels) - 1):
        if np.abs(pixels[number + 1] - kept[-1]).max() > 1:
            kept.append(pixels[number])
    return np.array([*kept, pixels[-1]])


def test_a_cross_becomes_two_lines_and_spurs_go() -> None:
    """At a junction the straight ways go on; a short branch that leads nowhere is pruned."""
    mask = np.zeros((120, 120), bool)
    mask[60, 10:110] = True
    mask[10:110, 60] = True
    mask[54:60, 30] = True
    rows, columns = mask.nonzero()
    found = chains(rows, columns, np.ones(len(rows), np.float32), spur=10, gap=0)
    assert len(found) == 2
    assert sorted(len(chain.pixels) for chain in found) == pytest.approx([100, 100], abs=2)


def test_a_tee_tells_what_its_end_meets() -> None:
    """The branch ends at the other line."""
    mask = np.zeros((80, 80), bool)
    mask[40, 5:75] = True
    mask[41:75, 40] = True
    rows, columns = mask.nonzero()
    found = chains(rows, columns, np.ones(len(rows), np.float32), spur=10, gap=0)
    assert sorted(max(chain.ends) for chain in found) == [0, 2]


def test_a_ring_is_one_line() -> None:
    """A closed line has no end to begin at."""
    angle = np.linspace(0, 2 * np.pi, 2000)
    mask = np.zeros((90, 90), bool)
    mask[np.round(45 + 30 * np.sin(angle)).astype(int), np.round(45 + 30 * np.cos(angle)).astype(int)] = True
    rows, columns = skeletonize(mask).nonzero()
    (found,) = chains(rows, columns, np.ones(len(rows), np.float32), spur=10, gap=0)
    assert length(found.pixels) == pytest.approx(2 * np.pi * 30, rel=0.06)


def test_ends_that_point_at_each_other_are_joined() -> None:
    """Over a gap, straight on, and not around a corner."""
    left, right = _pixels([(0.5, 0.5), (40.5, 0.5)]), _pixels([(52.5, 0.5), (90.5, 0.5)])
    aside = _pixels([(46.5, 6.5), (46.5, 40.5)])
    parts = [Chain(p, np.ones(len(p), np.float32)) for p in (left, right, aside)]
    found = joined(parts, gap=15)
    assert sorted(len(chain.pixels) for chain in found) == sorted([len(left) + len(right), len(aside)])
    assert len(joined(parts, gap=5)) == 3


def test_ends_that_a_kernel_made_up_are_trimmed() -> None:
    """Where the strength falls under half of the line's own, it is the kernel that reaches on."""
    strength = np.r_[np.full(5, 1.0), np.full(30, 6.0), np.full(5, 2.0)].astype(np.float32)
    chain = Chain(np.stack([np.arange(40), np.zeros(40, int)], axis=1), strength)
    assert len(chain.trimmed().pixels) == 30


def test_width_contrast_and_edges_across_a_line() -> None:
    """A bar has its own width and contrast and two sides; the edge of a field has one."""
    rng = np.random.default_rng(4)
    line = np.array([[10.0, 20.3], [110.0, 70.2]])
    bar = 100 - 20 * drawn.cover([line], (100, 120), width=6, blur=0.7) + rng.normal(0, 1, (100, 120))
    chain = Chain(along(line), np.ones(len(along(line)), np.float32))
    found = profile(bar.astype(np.float32), chain, 6, bright=False)
    assert found is not None
    assert found.width == pytest.approx(6, abs=0.6)
    assert found.contrast == pytest.approx(20, rel=0.15)
    assert not found.edge
    assert found.snr > 10
    below = (np.arange(100)[:, None] + 0.5 > 20.3 + (np.arange(120)[None] - 9.5) / 2).astype(np.float32)
    step = profile(100 - 20 * below, chain, 6, bright=False)
    assert step is not None
    assert step.edge


def test_directions_have_no_sense() -> None:
    """A line to the north-east and one to the south-west run alike; corners within a pixel are none."""
    points = np.array([[0.0, 0.0], [10.0, 10.0]])
    assert azimuth(points) == pytest.approx(45)
    assert azimuth(points[::-1]) == pytest.approx(45)
    assert len(simplified(_pixels([(0.5, 0.5), (60.5, 20.5)]))) == 2


def test_the_threshold_lies_where_the_placebo_says() -> None:
    """Of a known tail, the rate over the threshold is the one put up with; no line at all lets everything through."""
    rng = np.random.default_rng(5)
    rates = []
    for _ in range(300):
        found = threshold(rng.exponential(5, 100), area=0.5, rate=1.0)
        rates.append(100 * np.exp(-found.score / 5) / 0.5)
    assert 0.5 < np.median(rates) < 2
    many = threshold(rng.exponential(5, 1000), area=10, rate=4)
    assert many.found == 40
    low, high = many.rate(0.9)[1:]
    assert low < 4 < high
    assert threshold([], 1.0, 1.0).score == 0


def test_tiles_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tiles find the lines that one large tile finds, over their seams."""
    rng = np.random.default_rng(6)
    ground = [ndimage.gaussian_filter(rng.standard_normal((380, 380)), 1).astype(np.float32) for _ in range(3)]
    line = np.array([[20.0, 30.0], [360.0, 340.0]])
    ground[2] -= 1.5 * drawn.cover([line], (380, 380), width=4, blur=0.7)
    layers = [Layer(ground[0], (1, 2)), Layer(ground[1], (0, 2)), Layer(ground[2], (0, 1))]
    whole, gauge = new_lines(layers, (0, 1), width=4, bright=False)
    monkeypatch.setattr("dateline.methods.earthworks.novelty.SIDE", 256)
    parts, _ = new_lines(layers, (0, 1), width=4, bright=False, gauge=gauge)
    one, other = (chains(t.rows, t.columns, t.strength, spur=12, gap=0)[0] for t in (whole[2], parts[2]))
    assert len(other.pixels) == pytest.approx(len(one.pixels), rel=0.03)
    near = drawn.distance([line], (380, 380), 5.0)
    assert near[other.pixels[:, 1], other.pixels[:, 0]].max() < 3
