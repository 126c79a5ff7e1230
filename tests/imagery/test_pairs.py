"""What paired sums promise: one fixed mask a pair, exact sums by cells, and a reason for every lost pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imagery_fakes import LAYER, area_of, blob, box, dense, grid, image, month, no_digest, random_pixels

from dateline.core import InputError, State
from dateline.core.state import combine, seen
from dateline.imagery.cells import cells
from dateline.imagery.coverage import cover
from dateline.imagery.pairs import paired_sums
from dateline.imagery.stack import stack
from dateline.imagery.tables import Pair
from dateline.imagery.zonal import extent_series

SHAPE = (20, 24)
PAIRS = (Pair(kind="change", a=0, b=2), Pair(kind="history", a=1, b=3), Pair(kind="history", a=0, b=1))


def series(seed, times=4):
    """Four months of one tile, with every state."""
    rng = np.random.default_rng(seed)
    return [image(random_pixels(rng, SHAPE), grid(*SHAPE), when=month(time), name=str(time)) for time in range(times)]


def places(seed, count=3):
    """Overlapping blobs."""
    return {str(index): area_of(blob(seed + index)) for index in range(count)}


@pytest.mark.parametrize("most", [6, 40, 4000])
@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 100_000))
def test_the_sums_are_what_pixel_by_pixel_counting_gives(seed, most):
    """Every column of the table equals a plain count over the pixels of its cell, whatever the streaming."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dateline.imagery.sums._PIECE_PIXELS", 70)
        patched.setattr("dateline.imagery.stack._BLOCK_PIXELS", 200)
        images = series(seed)
        coverage = cover(places(seed), grid(*SHAPE))
        table = paired_sums(stack(images), coverage, PAIRS, LAYER, floor=4.0, most_cells=most, digest=no_digest)
    shares = dense(coverage.strips, 3, SHAPE)
    assert np.bincount(table.cell_place, minlength=3).max() <= most
    for index, pair in enumerate(PAIRS):
        a, b = images[pair.a].data[LAYER], images[pair.b].data[LAYER]
        common = seen(a.states) & seen(b.states)
        bright = [common & (one.states == State.OBSERVED) for one in (a, b)]
        lit = [here & (one.values > 4) for here, one in zip(bright, (a, b), strict=True)]
        light = [np.nan_to_num(one.values) for one in (a, b)]
        expected = {
            "sum_a": bright[0] * light[0],
            "sum_b": bright[1] * light[1],
            "weight": common,
            "lit_a": lit[0],
            "lit_b": lit[1],
            "both_a": lit[0] & lit[1],
            "both_b": lit[0] & lit[1],
        }
        expected["both_a"], expected["both_b"] = (expected["both_a"] * one for one in light)
        for name, plane in expected.items():
            np.testing.assert_allclose(
                getattr(table, name)[index], by_cell(table, coverage, shares, plane), rtol=1e-6, atol=1e-9
            )
        lost = combine(a.states, b.states)
        for state in range(2, 8):
            told = ((lost == state) * shares).sum(axis=(1, 2))
            if state == State.NOT_OBSERVED:  # no file shows what lies off the grid
                told = told + coverage.outside
            np.testing.assert_allclose(table.lost[index, :, state], told, atol=1e-9)
        total = table.lost[index].sum(axis=1) + np.bincount(table.cell_place, table.weight[index], 3)
        np.testing.assert_allclose(total, coverage.size)
        for name, one in (("snow_a", a), ("snow_b", b)):
            told = ((one.states == State.SNOW) * shares).sum(axis=(1, 2))
            np.testing.assert_allclose(getattr(table, name)[index], told, atol=1e-9)
        known = (common * shares).sum(axis=(1, 2))
        with np.errstate(invalid="ignore"):
            for name, one in (("nights_a", a), ("nights_b", b)):
                told = (one.nights * common * shares).sum(axis=(1, 2)) / known
                np.testing.assert_allclose(getattr(table, name)[index], told, rtol=1e-9)


def by_cell(table, coverage, shares, plane):
    """The sum of a plane over each cell, found by looking at every pixel of its square."""
    tops = [coverage.strips.row[coverage.strips.place == place].min() for place in range(len(shares))]
    lefts = [coverage.strips.start[coverage.strips.place == place].min() for place in range(len(shares))]
    sums = []
    for place, row, column in zip(table.cell_place, table.cell_row, table.cell_column, strict=True):
        grain = table.grain[place]
        top, left = tops[place] + row * grain, lefts[place] + column * grain
        square = np.s_[top : top + grain, left : left + grain]
        sums.append((plane[square] * shares[place][square]).sum())
    return np.array(sums)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), most=st.integers(4, 300))
def test_the_grain_is_the_finest_allowed(seed, most):
    """No place has more cells than allowed, and one pixel finer would break that (or the grain is one pixel)."""
    coverage = cover(places(seed), grid(*SHAPE))
    made = cells(coverage, most)
    assert np.bincount(made.place).max() <= most
    for place, grain in enumerate(made.grain):
        if grain > 1:
            mine = coverage.strips.place == place
            touched = (coverage.strips.stop - coverage.strips.start)[mine].sum()
            rows, columns = np.nonzero(dense(coverage.strips, 3, SHAPE)[place])
            finer = {
                ((r - rows.min()) // (grain - 1), (c - columns.min()) // (grain - 1))
                for r, c in zip(rows, columns, strict=True)
            }
            assert len(finer) > most or touched / (grain - 1) ** 2 > most


def test_without_places_the_extent_is_compared():
    """The whole common extent is one place named `extent`, and its pairs agree with its series where both saw all."""
    images = series(3)
    for one in images:
        one.data[LAYER].states[:] = np.where(one.data[LAYER].values > 0, 0, 1)
        one.data[LAYER].values[:] = np.nan_to_num(one.data[LAYER].values)
    pile = stack(images)
    table = paired_sums(pile, None, PAIRS, LAYER, digest=no_digest)
    totals = extent_series(pile, LAYER, digest=no_digest).total[:, 0]
    assert table.places == ("extent",)
    np.testing.assert_allclose(table.sum_a.sum(axis=1), totals[[0, 1, 0]])
    np.testing.assert_allclose(table.sum_b.sum(axis=1), totals[[2, 3, 1]])
    assert table.lost.sum() == 0
    assert [profile.n for pair in table.profiles for profile in pair] == [480] * 6


def test_each_look_is_read_once_where_pairs_share_it():
    """Pairs that follow each other through a shared look do not read it again."""
    images = series(1)
    paired_sums(stack(images), None, PAIRS, LAYER, digest=no_digest)
    assert [len(one.reads) for one in images] == [1, 1, 1, 1]


def test_a_month_without_a_file_is_lost_as_not_observed():
    """A tile that one of the two months lacks takes its pixels out of the comparison, with the reason."""
    rng = np.random.default_rng(0)
    left, right = grid(8, 8), grid(8, 8, west=130 + 8 / 240)
    full = [image(random_pixels(rng, (8, 8)), geobox, when=month(0)) for geobox in (left, right)]
    table = paired_sums(
        stack([*full, image(full[0].data[LAYER], left, when=month(1))]),
        None,
        [Pair(kind="change", a=0, b=1)],
        LAYER,
        digest=no_digest,
    )
    assert table.lost[0, 0, State.NOT_OBSERVED] >= 64 - (full[1].data[LAYER].states == State.OUTSIDE).sum()
    np.testing.assert_array_equal(table.sum_a, table.sum_b)


def test_a_place_outside_every_tile_is_refused():
    """A pair is not made of nothing."""
    rng = np.random.default_rng(0)
    pile = stack([image(random_pixels(rng, (8, 8)), grid(8, 8, west=130 + west)) for west in (0, 24 / 240)])
    hole = cover({"bay": box(130 + 10 / 240, 43 - 5 / 240, 130 + 20 / 240, 43 - 1 / 240)}, pile.geobox)
    with pytest.raises(InputError) as caught:
        paired_sums(pile, hole, [Pair(kind="change", a=0, b=0)], LAYER, digest=no_digest)
    assert caught.value.code == "outside"


def test_progress_is_told():
    """Every pair of every window is counted."""
    told = []
    paired_sums(stack(series(1)), None, PAIRS, LAYER, digest=no_digest, progress=lambda *done: told.append(done))
    assert told == [(1, 3), (2, 3), (3, 3)]
