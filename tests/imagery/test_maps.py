"""What maps and pictures promise: honest change, a readable scale, no dark where nobody looked, equal bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from imagery_fakes import LAYER, grid, image, month, random_pixels
from PIL import Image
from rasterio.io import MemoryFile

from dateline.core import State
from dateline.imagery.cog import write_cog
from dateline.imagery.coverage import Window
from dateline.imagery.maps import change_map, log_ratio
from dateline.imagery.palette import diverging, luminance, night, srgb
from dateline.imagery.picture import change_picture, radiance_picture, radiance_scale
from dateline.imagery.scene import Pixels
from dateline.imagery.stack import stack
from dateline.imagery.tables import Pair

SHAPE = (60, 80)
CHANGE = Pair(kind="change", a=0, b=1)


def observed(values, states=None):
    """Pixels all seen, below 0.5 at the floor."""
    values = np.asarray(values, np.float32)
    told = np.where(values < 0.5, State.FLOOR, State.OBSERVED).astype(np.uint8) if states is None else states
    return Pixels(np.where(values < 0.5, 0, values).astype(np.float32), told, None)


def two_months(a, b, *more):
    """A stack of months with these values."""
    return stack([image(observed(one), grid(*one.shape), when=month(time)) for time, one in enumerate((a, b, *more))])


def noisy(rng, field, sigma):
    """A field with log-normal noise of `sigma` [log2]."""
    return (field * 2 ** rng.normal(0, sigma, field.shape)).astype(np.float32)


def test_change_is_the_ratio_of_the_means_over_common_pixels():
    """Each pixel's two means use the pairs that saw it both times, and no other."""
    rng = np.random.default_rng(1)
    images = [image(random_pixels(rng, SHAPE), grid(*SHAPE), when=month(time)) for time in range(4)]
    pairs = [Pair(kind="change", a=0, b=2), Pair(kind="change", a=1, b=3)]
    made = change_map(stack(images), pairs, LAYER, floor=0.5)
    sums, n = np.zeros((2, *SHAPE)), np.zeros(SHAPE)
    for pair in pairs:
        looks = [images[frame].data[LAYER] for frame in (pair.a, pair.b)]
        common = (looks[0].states <= 1) & (looks[1].states <= 1)
        n += common
        for side, look in enumerate(looks):
            sums[side] += np.where(common & (look.states == 0), look.values, 0)
    with np.errstate(invalid="ignore"):
        a, b = sums / n
    np.testing.assert_allclose(made.a, a, rtol=1e-6)
    np.testing.assert_allclose(made.b, b, rtol=1e-6)
    lit = np.maximum(a, b) > 0.5
    np.testing.assert_allclose(made.change[lit], np.log2(np.maximum(b, 0.5) / np.maximum(a, 0.5))[lit], atol=1e-5)
    assert np.isnan(made.change[~lit]).all()
    assert set(np.unique(made.states[n > 0])) <= {State.OBSERVED, State.FLOOR}
    assert (made.states[n == 0] > State.FLOOR).all()


def test_noise_comes_from_quiet_years_and_falls_with_brightness():
    """With history the map's noise is that of a quiet pair at the same brightness, and its level the quiet drift."""
    rng = np.random.default_rng(2)
    field = 2 ** rng.uniform(0, 6, (200, 200))
    sigma = np.where(field > 8, 0.1, 0.4)
    drift = 2**0.2
    quiet = [noisy(rng, field * drift**year, sigma / np.sqrt(2)) for year in range(3)]
    pile = two_months(*quiet, noisy(rng, field / 4, sigma / np.sqrt(2)))
    pairs = [Pair(kind="history", a=0, b=1), Pair(kind="history", a=1, b=2), Pair(kind="change", a=0, b=3)]
    made = change_map(pile, pairs, LAYER, floor=0.5)
    assert made.noise_from == "history"
    assert made.level == pytest.approx(0.2, abs=0.01)
    assert np.median(made.noise[field > 16]) == pytest.approx(0.1, rel=0.1)
    assert np.median(made.noise[(field > 1.5) & (field < 4)]) == pytest.approx(0.4, rel=0.1)


def test_without_history_noise_comes_from_the_roughness_of_the_map():
    """One pair alone: neighbours that differ show the noise, and the level is not invented."""
    rng = np.random.default_rng(3)
    field = np.full((200, 200), 20.0)
    made = change_map(two_months(noisy(rng, field, 0.2), noisy(rng, field / 3, 0.2)), [CHANGE], LAYER, floor=0.5)
    assert (made.noise_from, made.level) == ("roughness", 0.0)
    assert np.median(made.noise) == pytest.approx(0.2 * np.sqrt(2), rel=0.1)


def test_too_few_pixels_have_no_noise():
    """A handful of pixels does not tell their noise: it stays unknown."""
    made = change_map(two_months(np.full((4, 4), 5.0), np.full((4, 4), 6.0)), [CHANGE], LAYER, floor=0.5)
    assert made.noise_from is None
    assert np.isnan(made.noise).all()


def test_change_from_nothing_counts_from_the_floor():
    """Light that rises out of the dark is at least so much brighter; dark twice is no change and no number."""
    change, brightness = log_ratio(np.array([0.0, 8, 0]), np.array([8.0, 0, 0.4]), 0.5)
    np.testing.assert_array_equal(change, [4, -4, np.nan])
    np.testing.assert_array_equal(brightness, [2, 2, np.nan])


def test_a_window_of_the_map_is_that_part_of_it():
    """A cut map equals the same part of the whole, in numbers and in place."""
    rng = np.random.default_rng(4)
    pile = two_months(*(rng.gamma(2, 3, SHAPE) for _ in range(2)))
    window = Window(slice(10, 30), slice(5, 45))
    whole, part = (change_map(pile, [CHANGE], LAYER, floor=0.5, window=cut) for cut in (None, window))
    np.testing.assert_array_equal(whole.change[window], part.change)
    assert part.geobox.affine @ (0, 0) == pytest.approx(whole.geobox.affine @ (5, 10))


def test_a_simulated_look_marks_the_map():
    """One simulated file makes the whole map simulated."""
    pixels = observed(np.full((9, 9), 3.0))
    images = [image(pixels, grid(9, 9), when=month(time), simulated=time == 1) for time in range(2)]
    assert change_map(stack(images), [CHANGE], LAYER, floor=0.5).simulated


@pytest.mark.samples
def test_maria_dims_the_island(samples):
    """From September to October 2017 most lit pixels of Puerto Rico darken, beyond their roughness."""
    from dateline.imagery.open import open_images

    folder = samples / "lights" / "puerto_rico_maria_2017"
    images = open_images(sorted(folder.glob("VNP46A3_2017_*.tif")))
    made = change_map(stack(images), [CHANGE], images[0].default_layer, floor=0.5)
    lit = made.states == State.OBSERVED
    assert (made.states <= State.FLOOR).sum() == 47_386
    assert made.b[lit].sum() / made.a[lit].sum() == pytest.approx(0.399, abs=0.002)
    assert (made.change < -2 * made.noise)[lit].mean() > 0.4
    assert (made.change > 2 * made.noise)[lit].mean() < 0.05


def written(**told):
    """A map of one band as COG bytes."""
    rng = np.random.default_rng(5)
    bands = {"radiance": rng.gamma(2, 3, (700, 900)).astype(np.float32)}
    return write_cog(bands, grid(700, 900), nodata=float("nan"), tags={"UNIT": "nW cm-2 sr-1", **told})


def test_a_cog_is_one():
    """GDAL calls it a COG: tiled, with overviews and index in front; numbers, place, unit and nodata survive."""
    data = written(CREDIT="nobody")
    assert b"LAYOUT=IFDS_BEFORE_DATA" in data[:400]
    with MemoryFile(data) as memory, memory.open() as file:
        assert file.profile["tiled"]
        assert file.overviews(1) == [2, 4]
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.tags()["UNIT"] == "nW cm-2 sr-1"
        assert file.descriptions == ("radiance",)
        assert np.isnan(file.nodata)
        assert file.transform == grid(700, 900).affine
        rng = np.random.default_rng(5)
        np.testing.assert_array_equal(file.read(1), rng.gamma(2, 3, (700, 900)).astype(np.float32))


def test_states_are_never_averaged():
    """An overview of states holds states: between cloud and clear there is no half."""
    states = np.where(np.indices((600, 600)).sum(axis=0) % 2, State.CLOUD, State.OBSERVED).astype(np.uint8)
    data = write_cog({"state": states}, grid(600, 600), nodata=int(State.OUTSIDE), tags={})
    with MemoryFile(data) as memory, memory.open(overview_level=0) as file:
        assert set(np.unique(file.read(1))) <= {State.OBSERVED, State.CLOUD}


def test_the_same_map_gives_the_same_bytes():
    """No clock and no chance in a file."""
    assert written() == written()


def test_the_scale_of_light_rises_in_brightness():
    """The palette of radiance grows lighter at every step and begins above black."""
    shine = luminance(night())
    assert (np.diff(shine) >= 0).all()
    assert luminance(night()[::8]).size == np.unique(luminance(night()[::8])).size
    assert 0.002 < shine[0] < 0.02
    assert shine[-1] > 0.85


def test_the_scale_of_change_darkens_to_both_sides():
    """The palette of change is lightest and without hue in the middle, and darkens evenly to both ends."""
    colours = diverging()
    shine = luminance(colours)
    middle = len(colours) // 2
    assert np.ptp(colours[middle].astype(int)) <= 2
    assert (np.diff(shine[: middle + 1 : 4]) > 0).all()
    assert (np.diff(shine[middle::4]) < 0).all()
    np.testing.assert_allclose(shine[::64], shine[::-64], atol=0.08)


def test_oklab_reproduces_the_published_colours():
    """White, black and red come out as Ottosson's tables have them."""
    told = srgb(np.array([1.0, 0.0, 0.62796]), np.array([0.0, 0.0, 0.25768]), np.array([0.0, 0.0, 29.234]))
    np.testing.assert_array_equal(told, [[255, 255, 255], [0, 0, 0], [255, 0, 0]])


def shown(picture):
    """The dots of a picture."""
    return np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB")).astype(int)


def light(values, states, **told):
    """A picture of light with the usual settings."""
    settings = {"scale": (0.5, 50.0), "unit": "nW cm-2 sr-1", "credit": "NASA", "simulated": False} | told
    return radiance_picture(np.asarray(values, np.float32), np.asarray(states, np.uint8), **settings)


def test_light_is_drawn_in_order_and_unseen_is_hatched():
    """Brighter is lighter; below the floor is the darkest colour; unseen is pale and hatched, never dark."""
    values = np.tile(np.array([0, 0.6, 3, 20, 80, np.nan], np.float32), (12, 1))
    states = np.tile(np.array([1, 0, 0, 0, 0, 6], np.uint8), (12, 1))
    dots = shown(light(values, states))
    shine = luminance(dots[0].astype(np.uint8))
    assert (np.diff(shine[:5]) > 0).all()
    unseen = dots[:, 5]
    assert unseen.min() > 150
    assert len(np.unique(unseen, axis=0)) == 2


@pytest.mark.parametrize("form", ["png", "webp"])
def test_pictures_are_the_same_bytes_twice_and_without_loss(form):
    """Both forms hold the same dots, and making one again gives the same file."""
    rng = np.random.default_rng(6)
    values, states = rng.gamma(2, 3, (40, 50)), np.zeros((40, 50))
    one, other = (light(values, states, form=form, zoom=2) for _ in range(2))
    assert one.data == other.data
    assert (one.width, one.height, one.media_type) == (100, 80, f"image/{form}")
    np.testing.assert_array_equal(shown(one), shown(light(values, states, zoom=2)))


def test_the_credit_travels_with_the_picture_and_not_in_it():
    """The credit is beside the picture and in its metadata; not a dot changes."""
    one, other = (light(np.full((9, 9), 5.0), np.zeros((9, 9)), credit=credit) for credit in ("NASA", "EOG"))
    np.testing.assert_array_equal(shown(one), shown(other))
    assert (one.credit, Image.open(io.BytesIO(one.data)).text["Copyright"]) == ("NASA", "NASA")


def test_simulated_input_is_marked_in_the_dots():
    """The word covers every part of the picture, so that no crop loses it, and it is seen on dark and on bright."""
    for value in (0.5, 50.0):
        values, states = np.full((240, 320), value), np.zeros((240, 320))
        marked = shown(light(values, states, simulated=True)) != shown(light(values, states))
        quarters = marked.any(axis=2).reshape(2, 120, 2, 160).mean(axis=(1, 3))
        assert quarters.min() > 0.02


def test_the_scale_of_two_pictures_is_one():
    """Before and after share one scale: from the floor to the brightest half per cent of both."""
    dim, bright = np.full(1000, 2.0, np.float32), np.linspace(1, 100, 1000, dtype=np.float32)
    low, high = radiance_scale(dim, bright)
    assert low == 0.5
    assert 95 < high < 100
    assert radiance_scale(np.full(5, np.nan, np.float32)) == (0.5, 1.0)


def changed(change, noise, states=0, **told):
    """The dots of a picture of change, one row of pixels drawn twelve high."""
    arrays = [np.tile(np.asarray(one, np.float32), (12, 1)) for one in (change, noise)]
    flat = np.tile(np.asarray(np.broadcast_to(states, np.shape(change)), np.uint8), (12, 1))
    settings = {"level": 0.0, "reach": 2.0, "credit": "", "simulated": False} | told
    return shown(change_picture(arrays[0], arrays[1], flat, **settings))


def test_change_within_the_noise_is_faded():
    """What noise can make is drawn like no change; the same change far above its noise gets its colour."""
    dots = changed([0, 1.5, 1.5, -1.5, 1.5], [0.1, 2.0, 0.1, 0.1, np.nan])[0]
    np.testing.assert_array_equal(dots[1], dots[0])
    np.testing.assert_array_equal(dots[4], dots[0])
    assert dots[2][0] > dots[2][2] + 60
    assert dots[3][2] > dots[3][0] + 60


def test_the_middle_of_the_colours_is_the_measured_level():
    """A map whose quiet pixels drift by 0.4 is not all amber."""
    assert np.ptp(changed([0.4], [0.01], level=0.4)[0][0]) <= 2
    assert np.ptp(changed([0.4], [0.01], level=0.0)[0][0]) > 10


def test_dark_twice_and_unseen_have_looks_of_their_own():
    """Below the floor at both times is neither no change nor unseen."""
    dots = changed([0, np.nan, np.nan], [0.1, np.nan, np.nan], [State.OBSERVED, State.FLOOR, State.CLOUD])
    assert len({tuple(dot) for dot in dots[1]}) == 3
    assert len(np.unique(dots[:, 2], axis=0)) == 2


def test_legends_say_values_and_colours():
    """Stops run from the first to the last colour, in the unit of the picture."""
    picture = light(np.full((4, 4), 5.0), np.zeros((4, 4)))
    assert [round(value, 3) for value, _ in picture.stops] == [0.5, 1.581, 5.0, 15.811, 50.0]
    assert picture.stops[0][1] == "#" + bytes(night()[0].tolist()).hex()
    assert picture.unit == "nW cm-2 sr-1"
