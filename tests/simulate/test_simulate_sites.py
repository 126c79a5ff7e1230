"""Simulated pairs of a site: the same seed gives the same pair, and shifts are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from dateline.simulate.sites import pair


def test_a_seed_gives_the_same_pair() -> None:
    """Bit for bit."""
    first, second = (pair(np.random.default_rng(3), shape=(40, 50), pixels=12) for _ in range(2))
    assert np.array_equal(first.second, second.second)
    assert first.first.shape == (6, 40, 50)


def test_the_share_that_changes_is_about_what_was_asked() -> None:
    """None where none was asked for."""
    assert not pair(np.random.default_rng(1), shape=(60, 60), share=0.0).changed.any()
    assert pair(np.random.default_rng(1), shape=(120, 120), share=0.1).changed.mean() == pytest.approx(0.1, abs=0.04)


def test_whole_pixel_shifts_move_the_ground() -> None:
    """second(p + d) shows what first(p) shows."""
    made = pair(np.random.default_rng(2), shape=(60, 60), shift=(2.0, -1.0), season=0, gain=0, noise=0, share=0)
    assert made.second[:, 2:, :-1] == pytest.approx(made.first[:, :-2, 1:], abs=1e-6)
