"""What a stack promises: one grid, one frame a time, and silence about nothing."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from imagery_fakes import LAYER, grid, image, month, no_digest, random_pixels
from odc.geo.geobox import GeoBox

from dateline.core import InputError, State
from dateline.imagery.coverage import Window
from dateline.imagery.stack import read_ahead, stack

RNG = np.random.default_rng(1)


def tile(index=0, *, when=None, seed=1, **told):
    """One of several tiles side by side, 8 by 10 pixels."""
    geobox = grid(8, 10, west=130 + index * 10 / 240)
    return image(random_pixels(np.random.default_rng(seed), (8, 10)), geobox, when=when or month(0), **told)


def refused(*images):
    """The error code with which a stack of these images is refused."""
    with pytest.raises(InputError) as caught:
        stack(images)
    return caught.value.code


def test_tiles_side_by_side_are_one_grid():
    """Two tiles make one grid of twice the width, and each window is read from its own tile."""
    left, right = tile(0, seed=1), tile(1, seed=2)
    both = stack([right, left])
    assert both.geobox.shape == (8, 20)
    assert both.geobox.boundingbox.left == 130.0
    pixels = both.read(0, LAYER, Window(slice(2, 5), slice(13, 17)))
    np.testing.assert_array_equal(pixels.values, right.data[LAYER].values[2:5, 3:7])
    assert right.reads[-1] == (LAYER, slice(2, 5), slice(3, 7))


def test_frames_are_in_order_of_time():
    """Frames come by date and not by position."""
    made = stack([tile(when=month(index)) for index in (5, 0, 3)])
    assert [frame.when for frame in made.frames] == [month(0), month(3), month(5)]


def test_a_missing_tile_is_not_observed_and_told():
    """Where a month lacks a tile nothing was seen: no zero, no crash, a note."""
    made = stack([tile(0), tile(1), tile(0, when=month(1))])
    pixels = made.read(1, LAYER, made.cells[1])
    assert np.isnan(pixels.values).all()
    assert (pixels.states == State.NOT_OBSERVED).all()
    look = made.look(1, LAYER, no_digest)
    assert look.notes == (("missing-tile", "No file shows 1 of 2 parts of the area in February 2022."),)
    assert made.look(0, LAYER, no_digest).notes == ()


def test_a_hole_between_tiles_is_no_cell():
    """Ground that no file of any time shows is not part of the stack."""
    made = stack([tile(0), tile(2)])
    assert made.geobox.shape == (8, 30)
    assert [(cell.columns.start, cell.columns.stop) for cell in made.cells] == [(0, 10), (20, 30)]


def test_cuts_of_different_extent_are_cells():
    """A month cut smaller than the others leaves its outer part not observed, and counts no ground twice."""
    small = image(random_pixels(RNG, (4, 6)), grid(4, 6, west=130 + 2 / 240, north=43 - 1 / 240), when=month(1))
    made = stack([tile(0), small])
    assert sum(np.prod(cell.shape) for cell in made.cells) == 80
    seen = sum(np.isfinite(made.read(1, LAYER, cell).values).sum() for cell in made.cells)
    assert seen == np.isfinite(small.data[LAYER].values).sum()


def test_two_satellites_of_one_month_are_two_frames():
    """Looks of one month by two platforms stay apart: whether they may be mixed is a method's question."""
    made = stack([tile(product="VJ146A3", platform="NOAA-20"), tile()])
    assert [frame.platform for frame in made.frames] == ["NOAA-20", "S-NPP"]


def test_blocks_stay_bounded_and_cover_what_is_wanted(monkeypatch):
    """Windows hold no more pixels than allowed, and together they are the whole."""
    monkeypatch.setattr("dateline.imagery.stack._BLOCK_PIXELS", 25)
    blocks = list(stack([tile(0), tile(1)]).blocks(lambda cell: cell))
    assert max(np.prod(block.shape) for block in blocks) <= 25
    assert sum(np.prod(block.shape) for block in blocks) == 160


def test_an_equal_frame_twice_is_dropped_with_a_note():
    """The doubled November 2012 of a real cube: equal pixels, so one of them goes, and the table says so."""
    made = stack([tile(identity="frame 8"), tile(identity="frame 9"), tile(when=month(1))])
    assert len(made.frames) == 2
    assert made.frames[0].notes == (
        ("doubled", "January 2022 occurs twice with equal pixels (frame 8, frame 9); one was dropped."),
    )


@pytest.mark.parametrize("what", ["values", "nights", "states"])
def test_a_differing_frame_twice_is_refused(what):
    """Two different answers for one month: nobody but a person can choose."""
    one, other = tile(identity="a"), tile(identity="b")
    changed = getattr(other.data[LAYER], what)
    changed[3, 3] = changed[3, 3] + 1 if np.isfinite(changed[3, 3]) else 0
    assert refused(one, other) == "doubled-date"


def test_a_count_in_one_file_only_makes_the_two_differ():
    """Equal light with and without counts is not the same look."""
    one = tile(identity="a")
    bare = image(random_pixels(np.random.default_rng(1), (8, 10), nights=False), grid(8, 10), when=month(0))
    assert refused(one, bare) == "doubled-date"


def test_other_layers_make_the_two_differ():
    """Files with different layers are not copies of each other."""
    one, other = tile(), tile(more=random_pixels(RNG, (8, 10)))
    assert refused(one, other) == "doubled-date"


def test_copies_of_one_file_are_equal_by_their_bytes(tmp_path):
    """Two names for the same bytes are one frame, without a pixel being read."""
    images = []
    for name in ("a.h5", "b.h5"):
        (tmp_path / name).write_bytes(b"same")
        images.append(tile(name=str(tmp_path / name)))
    made = stack(images)
    assert len(made.frames) == 1
    assert images[0].reads == []


def test_of_a_granule_processed_again_the_latest_is_kept():
    """NASA reprocesses: the later stamp wins, in whatever order the files come."""
    old, new = tile(produced="2022101000000", seed=1), tile(produced="2024101000000", seed=2, name="new.h5")
    for images in ([old, new], [new, old]):
        made = stack(images)
        assert made.frames[0].tiles[0][1] is new
        assert made.frames[0].notes[0][0] == "reprocessed"


def test_overlapping_files_of_one_time_are_refused():
    """Two files that show the same ground at the same time would count its light twice."""
    assert refused(tile(0), tile(0.5)) == "overlapping-images"


@pytest.mark.parametrize(
    "other",
    [
        grid(8, 10, west=130 + 10.5 / 240),
        grid(8, 10, pixel=1 / 120),
        GeoBox((8, 10), Affine(500, 0, 14_000_000, 0, -500, 5_000_000), "EPSG:3857"),
        GeoBox((8, 10), Affine(1 / 240, 1e-4, 130, 0, -1 / 240, 43), "EPSG:4326"),
    ],
    ids=["half a pixel off", "coarser", "another projection", "sheared"],
)
def test_mixed_grids_are_refused(other):
    """EOG's grid lies half a pixel off Black Marble's: resampling would smear light over borders."""
    assert refused(tile(), image(random_pixels(RNG, (8, 10)), other, when=month(1))) == "mixed-grids"


def test_nothing_is_refused():
    """A stack of no image says so."""
    assert refused() == "no-images"


def test_a_look_carries_what_made_it():
    """Satellite, collection, unit, the bytes behind it, simulated or not, and the reader's notes."""
    look = stack([tile(simulated=True, notes=(("crs-declared", "The file has none."),))]).look(0, LAYER, no_digest)
    assert (look.platform, look.collection, look.unit, look.simulated) == ("S-NPP", "2", "nW cm-2 sr-1", True)
    assert look.files == (("tile.h5", "0" * 64),)
    assert look.notes == (("crs-declared", "The file has none."),)


def test_reading_ahead_keeps_the_order():
    """Results come in the order asked for, and an error comes out where it happened."""
    assert list(read_ahead(lambda n=n: n * n for n in range(5))) == [0, 1, 4, 9, 16]
    assert list(read_ahead([])) == []
    ahead = read_ahead([lambda: 1, lambda: 1 // 0])
    assert next(ahead) == 1
    with pytest.raises(ZeroDivisionError):
        next(ahead)
