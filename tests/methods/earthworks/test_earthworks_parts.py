"""New lines of a large site, whose images are read part by part, and how long they are said to be."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from tests.coverage.proof_earthworks import made_ground

from dateline.imagery.chip import Chip
from dateline.imagery.windowed import Plane, windowed
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.earthworks import CARD, run
from dateline.methods.earthworks.lengths import between
from dateline.methods.earthworks.measures import length, redrawn
from dateline.methods.earthworks.plant import LEVELS
from dateline.simulate.fieldworks import F8, chips

SIDE = 440
"""One tile of the search [px]."""
WORKS: list[F8] = [np.array([[60.0, 300.0], [140.0, 330.0], [220.0, 290.0], [330.0, 340.0], [420.0, 300.0]])]


TRUE = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in WORKS) * 0.3


@pytest.fixture(scope="module")
def series() -> tuple[Chip, ...]:
    """Two older dates and one with a ditch across a road, in other light."""
    return chips(
        made_ground(SIDE, np.random.default_rng(5)), [WORKS], np.random.default_rng(8), width=3.5, contrast=0.4
    )


@pytest.fixture(scope="module")
def whole(series: tuple[Chip, ...]) -> Outcome:
    return ask(series, [])


def ask(images: tuple[Chip, ...], told: list[float]) -> Outcome:
    given = {"width": 1.05, "register": True}
    return run(Inputs({"images": images}, told.append), Parameters.of(CARD, given), rng=np.random.default_rng(1))


def test_parts_give_what_the_whole_gives(series: tuple[Chip, ...], whole: Outcome) -> None:
    """The same lines, rows and sentence, with progress told on the way."""
    parts = tuple(
        replace(
            chip,
            values=windowed([Plane(band.shape, lambda r, c, band=band: band[r, c].copy()) for band in chip.values]),
        )
        for chip in series
    )
    told: list[float] = []
    lazily = ask(parts, told)
    assert whole.result == lazily.result == "new lines"
    assert lazily.rows[0]["lines"] == whole.rows[0]["lines"]
    assert lazily.rows[0]["length_m"] == pytest.approx(whole.rows[0]["length_m"], rel=0.02)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert told[-1] > 0.8
    assert len(told) > 2


def test_the_length_is_told_with_its_interval_and_the_day_in_words(whole: Outcome) -> None:
    """Within a tenth of the truth, which its interval holds; no digits beyond that, no day as numbers with dashes."""
    length = whole.estimates["length"]
    assert length.best == pytest.approx(TRUE, rel=0.1)
    assert length.low is not None
    assert length.high is not None
    assert length.low <= TRUE <= length.high
    assert length.low <= length.best <= length.high
    assert "The image of 1 May 2032" in whole.statement.en or "The image of 30 April 2032" in whole.statement.en
    assert re.search(r"about [\d,]+ m together \(90 % interval [\d,]+ to [\d,]+ m\)", whole.statement.en)
    assert not re.search(r"\d{4}-\d\d", whole.statement.en)


def test_an_old_road_in_another_light_is_not_new(whole: Outcome) -> None:
    """The road of the made ground stands out a little more or less at every date: no line runs along it."""
    (made,) = [one for one in whole.artifacts if one.name.endswith(".geojson")]
    turned = [one["properties"]["azimuth"] for one in json.loads(made.data)["features"]]
    assert turned
    assert all(10 < azimuth < 170 for azimuth in turned)


def test_what_noise_adds_to_a_skeleton_does_not_lengthen_it() -> None:
    """A chain that goes to and fro by a pixel is as long as the line it lies on; its ends stay."""
    across = np.arange(200)
    for turned in (False, True):
        pixels = np.stack([across, 1 * (across % 6 == 3)], axis=1)[:, :: -1 if turned else 1]
        again = redrawn(pixels)
        assert length(pixels) > 1.05 * 199
        assert length(again) == pytest.approx(199, rel=0.03)
        np.testing.assert_array_equal(again[[0, -1]], pixels[[0, -1]])
    np.testing.assert_array_equal(redrawn(np.array([[4, 4]])), [[4, 4]])


@pytest.mark.parametrize(
    ("contrast", "shares"),
    [(0.1, (1, 0, 0, 0)), (0.5, (1, 0, 0, 0)), (2.0, (0, 0, 1, 0)), (99, (0, 0, 0, 1)), (2**0.5, (0, 0.5, 0.5, 0))],
)
def test_a_contrast_is_shared_between_the_planted_ones_beside_it(contrast: float, shares: tuple[float, ...]) -> None:
    """By its logarithm, so that a line as strong as the strongest planted ones is compared with those alone."""
    np.testing.assert_allclose(between(contrast), shares, atol=1e-9)
    assert len(LEVELS) == 4
