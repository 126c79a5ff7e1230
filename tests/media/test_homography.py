"""Features of a mirror image, and the homography that random samples find among wrong matches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from tests.media.test_fingerprint import scene

from dateline.media.features import features, matches
from dateline.media.homography import fit, moved
from dateline.media.homography_agreement import agreement

SIZE = (640, 480)


def test_mirrored_features_are_those_of_the_mirror_image() -> None:
    """Oracle: features that are found anew in the mirrored pixels."""
    grey = scene(4)
    there, back = features(np.ascontiguousarray(grey[:, ::-1])), features(grey).mirrored()
    places = there.points.copy()
    places[:, 0] = grey.shape[1] - 1 - places[:, 0]
    apart, nearest = cKDTree(places).query(back.points)
    alike = (there.descriptors[nearest] * back.descriptors).sum(axis=1)[apart < 2]
    assert len(alike) > 20
    assert np.median(alike) > 0.9
    assert len(matches(there, back)) > 0.5 * len(alike)


def test_a_flat_picture_has_no_features() -> None:
    """None, rather than an error."""
    none = features(np.full((60, 80), 99, np.float32))
    assert len(none.points) == 0
    assert len(matches(none, none)) == 0


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_the_homography_is_found_among_wrong_matches(seed: int) -> None:
    """Property: half of 60 matches are wrong, and still every right one is told and no more than a few wrong ones."""
    rng = np.random.default_rng(seed)
    angle, scale = rng.uniform(-3, 3), rng.uniform(0.5, 2)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = turn, rng.uniform(-100, 100, 2)
    matrix[2, :2] = rng.uniform(-1e-4, 1e-4, 2)
    one = rng.uniform(0, 1, (60, 2)) * SIZE
    other = moved(matrix, one)
    other[30:] = rng.uniform(0, 1, (30, 2)) * SIZE
    found = fit(one, other, (SIZE, SIZE), rng=rng)
    assert found is not None
    assert not found.is_mirrored
    assert found.inliers[:30].sum() >= 27  # of several in one small square one counts
    assert found.inliers[30:].sum() <= 3
    assert np.abs(moved(found.matrix, one[:30]) - other[:30]).max() < 3


def test_chance_gives_no_more_than_a_handful() -> None:
    """Of 20 matches between random points, four make a fit by themselves; hardly more agree with it."""
    counts = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = fit(rng.uniform(0, 500, (20, 2)), rng.uniform(0, 500, (20, 2)), ((500, 500), (500, 500)), rng=rng)
        counts.append(0 if found is None else found.count)
    assert max(counts) <= 6


def test_too_few_matches_fit_nothing() -> None:
    """Three points, or four in a line, lay no picture on another."""
    rng = np.random.default_rng(0)
    line = np.column_stack([np.arange(8.0), np.arange(8.0)]) * 40
    assert fit(line[:3], line[:3], (SIZE, SIZE), rng=rng) is None
    assert fit(line, line, (SIZE, SIZE), rng=rng) is None


@pytest.mark.parametrize("shift", [0, 13])
def test_detail_tells_a_copy_from_another_picture_of_the_same_light(shift: int) -> None:
    """Laid rightly all squares agree; laid wrongly, or on another picture, few do."""
    one = scene(5)
    rightly = agreement(one, 0.5 * one + 60, np.eye(3))
    assert rightly.share is not None
    assert rightly.share > 0.95
    assert rightly.gain == pytest.approx(0.5, abs=0.05)
    wrongly = agreement(one, scene(5 + shift), np.array([[1.0, 0, 25], [0, 1, 9], [0, 0, 1]]))
    assert wrongly.share is not None
    assert wrongly.share < 0.3


def test_flat_pictures_agree_on_nothing() -> None:
    """Where nothing shows there is no correlation, rather than a perfect one."""
    flat = np.full((64, 64), 100, np.float32)
    assert agreement(flat, flat, np.eye(3)).share is None
