"""What a zonal table promises: exact sums, and every unseen pixel accounted for."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imagery_fakes import LAYER, area_of, blob, box, dense, grid, image, month, no_digest, random_pixels

from dateline.core import InputError, State, Where
from dateline.core.state import seen
from dateline.imagery.coverage import cover
from dateline.imagery.ground import cell_area
from dateline.imagery.open import open_image, open_images
from dateline.imagery.pairs import paired_sums
from dateline.imagery.scene import Pixels
from dateline.imagery.stack import stack
from dateline.imagery.tables import Pair
from dateline.imagery.zonal import extent_series, zonal_series


def tiles(seed, *, times=2, side=12):
    """Two tiles side by side over several months; the last month lacks the second tile."""
    rng = np.random.default_rng(seed)
    return [
        image(
            random_pixels(rng, (side, side)),
            grid(side, side, west=130 + column * side / 240),
            when=month(time),
            name=f"{time}-{column}.h5",
            filled=random_pixels(rng, (side, side)),
        )
        for time in range(times)
        for column in range(2)
        if (time, column) != (times - 1, 1)
    ]


def places(seed, count=4):
    """Overlapping blobs over both tiles, some sticking out."""
    return {str(index): area_of(blob(seed + index)) for index in range(count)}


def mosaic(images, time, side=12, layer=LAYER):
    """The arrays of one time on the whole grid, made the plain way."""
    values = np.full((side, 2 * side), np.nan)
    states = np.full((side, 2 * side), State.NOT_OBSERVED, np.uint8)
    nights = np.zeros((side, 2 * side))
    for one in images:
        if one.scene.when == month(time):
            left = round((one.scene.geobox.boundingbox.left - 130) * 240)
            part = one.data[layer]
            values[:, left : left + side], states[:, left : left + side] = part.values, part.states
            nights[:, left : left + side] = part.nights
    return values, states, nights


@pytest.mark.parametrize("piece", [30, 1 << 19])
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 100_000))
def test_the_table_is_what_pixel_by_pixel_counting_gives(seed, piece):
    """Sums, areas, states, lit pixels and looks equal a plain count over all pixels, whatever the streaming."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dateline.imagery.sums._PIECE_PIXELS", piece)
        patched.setattr("dateline.imagery.stack._BLOCK_PIXELS", 5 * piece)
        images = tiles(seed)
        pile = stack(images)
        coverage = cover(places(seed), pile.geobox)
        table = zonal_series(pile, coverage, LAYER, floor=4.0, other=["filled"], digest=no_digest)
    shares = dense(coverage.strips, 4, pile.geobox.shape)
    rows, columns = np.indices(pile.geobox.shape)
    area = cell_area(columns.astype(float), rows.astype(float), pile.geobox)
    for time in range(2):
        values, states, nights = mosaic(images, time)
        looked = seen(states)
        light = np.where(looked, values, 0)
        known = (looked * shares).sum(axis=(1, 2))
        expected = (light * shares).sum(axis=(1, 2))
        np.testing.assert_allclose(table.total[time], np.where(known > 0, expected, np.nan), rtol=1e-6)
        expected = (light * shares * area).sum(axis=(1, 2))
        np.testing.assert_allclose(table.area_total[time], np.where(known > 0, expected, np.nan), rtol=1e-6)
        expected = ((states == State.OBSERVED) & (values > 4)) * shares
        np.testing.assert_allclose(table.lit[time], expected.sum(axis=(1, 2)), atol=1e-9)
        for state in range(8):
            told = ((states == state) * shares).sum(axis=(1, 2))
            if state == State.NOT_OBSERVED:  # no file shows what lies off the grid
                told = told + coverage.outside
            np.testing.assert_allclose(table.weight[time, :, state], told, atol=1e-9)
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(
                table.nights[time], (nights * looked * shares).sum(axis=(1, 2)) / known, rtol=1e-9
            )
        filled = mosaic(images, time, layer="filled")[0]
        told = (np.isfinite(filled) * shares).sum(axis=(1, 2))
        expected = (np.nan_to_num(filled) * shares).sum(axis=(1, 2))
        np.testing.assert_allclose(table.other["filled"][time], np.where(told > 0, expected, np.nan), rtol=1e-6)
    np.testing.assert_allclose(table.weight.sum(axis=2), np.tile(coverage.size, (2, 1)), rtol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_sums_are_those_of_exactextract(seed):
    """Sum, count and mean over polygons agree with exactextract to 1e-6."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from exactextract import exact_extract
        from exactextract.raster import NumPyRasterSource
    rng, geobox = np.random.default_rng(seed), grid(30, 30, west=129.98, north=43.03)
    pixels = random_pixels(rng, (30, 30))
    shapes = [blob(seed + index) for index in range(8)]
    outlines = {str(index): area_of(shape) for index, shape in enumerate(shapes)}
    pile = stack([image(pixels, geobox)])
    table = zonal_series(pile, cover(outlines, geobox), LAYER, digest=no_digest)
    bounds = geobox.boundingbox
    masked = np.where(seen(pixels.states), pixels.values, np.nan)
    source = NumPyRasterSource(masked, xmin=bounds.left, ymin=bounds.bottom, xmax=bounds.right, ymax=bounds.top)
    features = [
        {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": place.polygons}, "properties": {}}
        for place in outlines.values()
    ]
    for index, told in enumerate(exact_extract(source, features, ["sum", "count", "mean"])):
        theirs = told["properties"]
        assert table.total[0, index] == pytest.approx(theirs["sum"], rel=1e-6)
        assert table.seen()[0, index] == pytest.approx(theirs["count"], rel=1e-6)
        assert table.mean()[0, index] == pytest.approx(theirs["mean"], rel=1e-6)


def test_only_the_window_of_the_places_is_read():
    """A small place in a large tile costs a small read; a margin widens what the profile sees, not the sums."""
    one = image(random_pixels(np.random.default_rng(0), (100, 120)), grid(100, 120))
    pile = stack([one])
    port = cover({"port": box(130.1, 42.8, 130.12, 42.82)}, pile.geobox)
    narrow = zonal_series(pile, port, LAYER, digest=no_digest)
    _, rows, columns = one.reads[-1]
    assert (rows, columns) == (slice(43, 48), slice(24, 29))
    wide = zonal_series(pile, port, LAYER, margin=20, digest=no_digest)
    assert one.reads[-1][1:] == (slice(23, 68), slice(4, 49))
    np.testing.assert_array_equal(narrow.total, wide.total)
    assert wide.profiles[0].n > narrow.profiles[0].n


def test_a_month_that_nobody_saw_has_no_number():
    """Nothing seen is NaN and a state, never a dark month."""
    shape = (12, 16)
    blank = Pixels(
        np.full(shape, np.nan, np.float32), np.full(shape, State.CLOUD, np.uint8), np.zeros(shape, np.uint16)
    )
    table = extent_series(stack([image(blank, grid(*shape))]), LAYER, digest=no_digest)
    assert np.isnan([table.total[0, 0], table.area_total[0, 0], table.nights[0, 0], table.mean()[0, 0]]).all()
    assert table.weight[0, 0, State.CLOUD] == 192
    assert table.seen_share()[0, 0] == 0
    profile = table.profiles[0]
    assert profile.n == 0
    assert np.isnan([profile.zero_share, profile.minimum, profile.smallest_positive, *profile.quantiles]).all()


def test_looks_that_were_not_counted_are_unknown():
    """A product without counts has no mean number of looks; a zero would be a lie."""
    pixels = random_pixels(np.random.default_rng(2), (12, 16), nights=False)
    table = extent_series(stack([image(pixels, grid(12, 16))]), LAYER, digest=no_digest)
    assert np.isnan(table.nights).all()


def test_without_places_the_extent_is_the_place():
    """Everything the images show, once, as `extent`, in pixels and square kilometres."""
    images = tiles(5)
    table = extent_series(stack(images), LAYER, digest=no_digest)
    assert table.places == ("extent",)
    assert table.size[0] == 288
    values, states, _ = mosaic(images, 0)
    assert table.total[0, 0] == pytest.approx(values[seen(states)].sum(), rel=1e-6)


def test_a_place_in_a_hole_between_tiles_is_refused():
    """Inside the frame of the tiles is not yet under a tile."""
    rng = np.random.default_rng(0)
    pile = stack([image(random_pixels(rng, (8, 8)), grid(8, 8, west=130 + west)) for west in (0, 24 / 240)])
    hole = cover({"bay": Where.point(lon=130 + 15 / 240, lat=43 - 4 / 240, radius=500)}, pile.geobox)
    with pytest.raises(InputError, match="No image shows bay") as caught:
        zonal_series(pile, hole, LAYER, digest=no_digest)
    assert caught.value.code == "outside"


def test_profiles_show_floor_and_zeros():
    """The share of exact zeros, the least light and the quantiles are those of the seen pixels, over all tiles."""
    images = tiles(7)
    profile = extent_series(stack(images), LAYER, digest=no_digest).profiles[0]
    values, states, _ = mosaic(images, 0)
    told = values[seen(states)]
    assert profile.n == told.size
    assert profile.zero_share == pytest.approx((told == 0).mean())
    assert profile.minimum == told.min()
    assert profile.smallest_positive == told[told > 0].min()
    np.testing.assert_allclose(profile.quantiles, np.quantile(told, [0.05, 0.25, 0.5, 0.75, 0.95]), rtol=1e-6)


def test_quantiles_of_a_large_extent_rest_on_an_even_sample():
    """Over half a million pixels the thinned quantiles stay within one per cent of the share they stand for."""
    rng = np.random.default_rng(3)
    values = rng.gamma(2, 3, (720, 720)).astype(np.float32)
    pixels = Pixels(values, np.zeros((720, 720), np.uint8), None)
    profile = extent_series(stack([image(pixels, grid(720, 720))]), LAYER, digest=no_digest).profiles[0]
    shares = [(values <= quantile).mean() for quantile in profile.quantiles]
    np.testing.assert_allclose(shares, [0.05, 0.25, 0.5, 0.75, 0.95], atol=0.01)
    assert profile.minimum == values.min()


def test_progress_is_told():
    """Every read is counted up to the announced number."""
    told = []
    extent_series(stack(tiles(1)), LAYER, digest=no_digest, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_coverage_of_another_grid_is_an_error():
    """Shares counted on one grid say nothing about another, even of the same size."""
    pile = stack([image(random_pixels(np.random.default_rng(0), (8, 8)), grid(8, 8))])
    elsewhere = cover({"a": box(131.0, 42.98, 131.02, 42.99)}, grid(8, 8, west=131))
    with pytest.raises(ValueError, match="was made for"):
        zonal_series(pile, elsewhere, LAYER, digest=no_digest)


@pytest.mark.samples
def test_maria_in_numbers(samples):
    """Over the outline of Puerto Rico October 2017 has 0.394 of September's light, on the pixels seen in both."""
    folder = samples / "lights" / "puerto_rico_maria_2017"
    pile = stack(open_images(sorted(folder.glob("VNP46A3_2017_*.tif"))))
    outline = json.loads((folder / "puerto_rico_adm0.geojson").read_text())["features"][0]["geometry"]
    coverage = cover({"island": Where.from_json(outline)}, pile.geobox)
    layer = pile.frames[0].tiles[0][1].layers()[0]
    pair = paired_sums(pile, coverage, [Pair(kind="change", a=0, b=1)], layer)
    assert pair.sum_b.sum() / pair.sum_a.sum() == pytest.approx(0.394, abs=0.001)
    whole = paired_sums(pile, None, [Pair(kind="change", a=0, b=1)], layer)
    assert whole.weight.sum() == 47_386
    np.testing.assert_allclose([whole.sum_a.sum(), whole.sum_b.sum()], [175_680, 70_085], rtol=2e-5)


@pytest.mark.samples
def test_mumbais_monsoon_has_no_sum(samples):
    """July 2018 and 2022 were hardly seen: no number for the extent, nine tenths of it not observed."""
    pile = stack(open_image(samples / "lights/mumbai_monthly/mumbai_radiance.nc", "VNL_monthly"))
    table = extent_series(pile, pile.frames[0].tiles[0][1].default_layer)
    months = [look.when.edtf() for look in table.looks]
    for july in ("2018-07", "2022-07"):
        at = months.index(july)
        assert np.isnan(table.total[at, 0])
        assert table.weight[at, 0, State.NOT_OBSERVED] / table.size[0] > 0.93
