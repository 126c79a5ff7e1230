"""The region of 95 % holds the camera about as often as it says: the quick part of `make proof`."""

from __future__ import annotations

from tests.coverage.proof_camera_position import coverage


def test_the_region_holds_the_camera() -> None:
    """Of 16 simulated pictures with errors as stated one camera should lie outside; five have a chance of 0.1 %."""
    told = coverage(16, 7, heights=False)
    assert told["answered"] > 0.8
    assert told["ellipse holds it"] > 0.7
    assert told["region holds it"] > 0.7
