"""The invented harbour: what is in the chips is what the truth says, and nobody can take it for a real place."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import rasterio

from dateline.core.state import State
from dateline.imagery.chips import acquisitions, series
from dateline.imagery.readers import mark
from dateline.simulate.harbour import ASCENDING, DESCENDING, Harbour, simulate, write
from dateline.simulate.harbour_ground import Frame
from dateline.simulate.harbour_radar import imaged
from dateline.simulate.harbour_ships import Afloat, stays

SMALL = Harbour(passes=8, tracks=(ASCENDING,), missing=0.0)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_same_seed_gives_the_same_ships_whatever_looks_at_them() -> None:
    """Radar and optical stacks of one seed show the same ships."""
    radar, _ = simulate(SMALL, rng())
    both, chips = simulate(replace(SMALL, optical=8), rng())
    assert radar.ships[0] == both.ships[0]
    again, others = simulate(replace(SMALL, optical=8), rng())
    assert again == both
    assert all(np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(chips, others, strict=True))


def test_slots_are_busy_as_long_as_they_should_be() -> None:
    """The two-state process has its long-run share of busy time and its mean stay."""
    periods = stays(rng(), busy=0.3, stay=3.0, start=SMALL.start, days=20_000.0)
    lengths = np.array([(end - start) / timedelta(days=1) for start, end in periods])
    assert lengths.sum() / 20_000 == pytest.approx(0.3, abs=0.02)
    assert lengths.mean() == pytest.approx(3.0, abs=0.2)
    assert stays(rng(), busy=0.0, stay=3.0, start=SMALL.start, days=9.0) == []
    assert len(stays(rng(), busy=1.0, stay=3.0, start=SMALL.start, days=9.0)) == 1


def test_a_ship_brightens_the_berth_by_its_contrast() -> None:
    """The mean over a ship's cells stands at its contrast over the same harbour without ships."""
    harbour = replace(SMALL, looks=4000.0, wind=0.0, misregistration=0.0, contrasts=(6.0, 6.0), stacks=0)
    truth, chips = simulate(replace(harbour, busy=1.0), rng())
    _, empty = simulate(replace(harbour, busy=0.0), rng())
    ship = next(one for one in truth.ships if one.berth == "berth-1" and one.slot == "slot-1")
    frame = Frame.of(harbour, (0.0, 0.0))
    middle = harbour.berth_start(0) + ship.centre
    core = (np.abs(frame.u - middle) < ship.length / 2 - 10) & (frame.v > 7) & (frame.v < 2 + ship.width - 5)
    ratio = (chips[0].band("VV") / empty[0].band("VV"))[core]
    assert 10 * math.log10(float(ratio.mean())) == pytest.approx(6.0, abs=0.5)


def test_water_has_the_speckle_of_its_looks() -> None:
    """Variance over squared mean of open water is one over the looks, alike neighbours or not."""
    for correlated in (False, True):
        _, chips = simulate(replace(SMALL, correlated=correlated), rng())
        water = chips[0].band("VV")[5:-5, 90:]
        assert water.var() / water.mean() ** 2 == pytest.approx(1 / 4.4, rel=0.1)


def test_cranes_lean_toward_the_radar() -> None:
    """Seen from the east (descending) they lie over the water, from the west (ascending) over the land."""
    bare = Harbour(passes=1, missing=0.0, busy=0.0, looks=400.0, stacks=0, misregistration=0.0, wind=0.0)
    _, chips = simulate(bare, rng())
    over_water = {chip.radar.direction: float(chip.band("VV")[:, 67:70].max()) for chip in chips if chip.radar}
    assert over_water["descending"] > 20 * over_water["ascending"]


def test_a_mover_is_displaced_along_the_track_only() -> None:
    """A ship that goes away from the radar is imaged behind its place, by R/V times its radial speed."""
    away = Afloat(x=0.0, y=0.0, heading=ASCENDING.look, speed=5.0, length=100.0, width=15.0, contrast=12.0)
    x, y = imaged(away, ASCENDING)
    expected = 860_000 / 7590 * 5 * math.sin(math.radians(39))
    ahead = math.radians(ASCENDING.heading)
    assert x * math.sin(ahead) + y * math.cos(ahead) == pytest.approx(-expected)
    assert x * math.cos(ahead) - y * math.sin(ahead) == pytest.approx(0, abs=1e-6)
    assert imaged(replace(away, speed=0.0), ASCENDING) == (0.0, 0.0)


def test_passes_go_missing_and_footprints_end() -> None:
    """A fifth of the passes is not there; a cut footprint is OUTSIDE and has no values."""
    _, chips = simulate(Harbour(shape=(24, 24), passes=150, cut=0.5), rng())
    assert 200 < len(chips) < 280
    cut = [chip for chip in chips if (chip.states == State.OUTSIDE).any()]
    assert cut
    assert all(np.isnan(chip.values[:, chip.states == State.OUTSIDE]).all() for chip in cut)
    assert {chip.radar.direction for chip in chips if chip.radar} == {"ascending", "descending"}


def test_files_are_marked_and_read_back(tmp_path: Path) -> None:
    """Name, tags and pixels say SIMULATED; the reader gives the same values and counts the mark as not observed."""
    _, chips = simulate(replace(SMALL, passes=2, optical=2, tracks=(DESCENDING,)), rng())
    for quantity in ("gamma0", "reflectance"):
        made = [chip for chip in chips if chip.quantity == quantity]
        paths = write(tmp_path / quantity, made)
        assert all("simulated" in path.name for path in paths)
        with rasterio.open(paths[0]) as file:
            rows, columns = mark.corner(made[0].states.shape)
            assert mark.carries(file.read(1)[rows, columns])
            assert "invented" in file.tags()["SIMULATED"]
        back = series(acquisitions([tmp_path / quantity])).chips
        assert all(chip.simulated for chip in back)
        first, same = made[0], back[0]
        assert (same.at, same.quantity, same.bands) == (first.at, first.quantity, first.bands)
        assert (same.states[rows, columns] >= State.FILLED).all()
        known = np.isfinite(same.values) & np.isfinite(first.values)
        assert np.array_equal(same.values[known], first.values[known])
        if first.radar is not None:
            assert same.radar is not None
            assert (same.radar.relative_orbit, same.radar.direction) == (51, "descending")


def test_clouds_glint_and_ice_are_in_the_optical_chips() -> None:
    """Cloud is a state and bright; ice is a state; glint raises the water in every band."""
    harbour = replace(SMALL, tracks=(), optical=40, glint=0.3, ice=(100.0, 140.0))
    _, chips = simulate(harbour, rng())
    cloudy = next(chip for chip in chips if (chip.states == State.CLOUD).mean() > 0.3)
    assert float(np.median(cloudy.band("B02")[cloudy.states == State.CLOUD])) > 0.2
    assert any((chip.states == State.SNOW).any() for chip in chips)
    clear = [float(np.median(chip.band("B11")[:, 90:])) for chip in chips if (chip.states == State.OBSERVED).all()]
    assert max(clear) > 3 * min(clear)
