"""The geometry of one shadow, and what is no shadow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dateline.core.errors import InputError
from dateline.media.shadow import Shadow, gains, ratio_of, read_shadow


@given(st.floats(3, 85), st.floats(-2, 10), st.floats(-5, 5))
def test_the_ratio_gives_back_its_elevation(elevation: float, slope: float, tilt: float) -> None:
    """A shadow drawn by the geometry means the sun that drew it, on sloping ground and under a leaning post."""
    ratio = float(ratio_of(np.array([elevation]), slope=slope, tilt=tilt)[0])
    assume(math.isfinite(ratio))
    found = Shadow(id="post", ratio=ratio, slope=slope, tilt=tilt).elevation
    assert found == pytest.approx(elevation, abs=1e-6)


@given(st.floats(5, 80), st.floats(-2, 10), st.floats(-5, 5))
def test_gains_are_the_slopes_of_the_ratio(elevation: float, slope: float, tilt: float) -> None:
    """What is propagated is the derivative of the geometry."""

    def log(e: float, b: float, t: float) -> float:
        return math.log(float(ratio_of(np.array([e]), slope=b, tilt=t)[0]))

    step = 1e-4
    by = gains(np.array([elevation]), slope=slope, tilt=tilt)
    for at, moved in enumerate(np.eye(3) * step):
        e, b, t = moved
        difference = log(elevation + e, slope + b, tilt + t) - log(elevation - e, slope - b, tilt - t)
        assert float(np.ravel(by[at])[0]) == pytest.approx(difference / (2 * step), rel=1e-3, abs=1e-6)


def test_two_degrees_of_slope_at_twenty() -> None:
    """The reference's example: a slope of 2 degrees under a sun of 20 moves the height by 1.8 degrees."""
    by_elevation, by_slope, _ = (float(np.ravel(one)[0]) for one in gains(np.array([20.0]), slope=0, tilt=0))
    assert 2 * by_slope / by_elevation == pytest.approx(1.77, abs=0.01)


def test_units_meet() -> None:
    """Feet and metres are one kind of unit, per cent and centimetres are errors of either."""
    made = read_shadow({"height": "6 ft", "length": "3.2 m", "length_sigma": "5 cm", "height_sigma": "2 %"})
    assert made.ratio == pytest.approx(3.2 / 1.8288)
    assert made.sigma == pytest.approx(math.hypot(0.05 / 3.2, 0.02))
    assert read_shadow({"ratio": "1,5", "ratio_sigma": "0.03"}).sigma == pytest.approx(0.02)
    assert read_shadow({"length": 120, "height": "80"}).assumed == ("length", "height")
    assert read_shadow({"azimuth": "-10°", "after": "1:30"}).azimuth == 350
    assert read_shadow({"azimuth": 10, "after": "1:30"}).after == 90


@pytest.mark.parametrize(("cells", "code"), [
    ({}, "shadow-empty"), ({"height": "2 m"}, "shadow-empty"),
    ({"ratio": 0}, "shadow-ratio"), ({"ratio": -1}, "shadow-ratio"), ({"ratio": 150}, "shadow-ratio"),
    ({"ratio": 1e-4}, "shadow-ratio"), ({"ratio": 1, "height": 2}, "shadow-ratio"),
    ({"height": "2 m", "length": "0 m"}, "shadow-ratio"), ({"height": "0", "length": "1"}, "shadow-ratio"),
    ({"height": "2 m", "length": "300 px"}, "shadow-unit"), ({"ratio": "1 m"}, "shadow-unit"),
    ({"length": "long"}, "shadow-length"), ({"length": "3 furlongs", "height": 1}, "shadow-length"),
    ({"ratio": 1, "ratio_sigma": 2}, "shadow-sigma"), ({"ratio": "nan"}, "shadow-length"),
    ({"azimuth": 400}, "shadow-angle"), ({"azimuth": "north"}, "shadow-angle"),
    ({"ratio": 1, "slope": 80}, "shadow-angle"),
    ({"ratio": 1, "after": "soon"}, "shadow-time"),
])  # fmt: skip
def test_what_is_no_shadow_is_named(cells: dict[str, object], code: str) -> None:
    """Every bad cell is refused with its own code, and says what to do."""
    with pytest.raises(InputError) as caught:
        read_shadow(cells)
    assert caught.value.code == code
    assert caught.value.do
