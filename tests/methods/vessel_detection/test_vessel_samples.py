"""Vessel detection on real images: an open sea, a town, and two labelled ports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from tests.methods.vessel_detection.ports_score import scores
from tests.methods.vessel_detection.vessel_scenes import california, port

from dateline.methods import vessel_detection
from dateline.methods.contract import Inputs, Parameters

pytestmark = pytest.mark.samples


def test_the_open_sea_is_silent_and_would_not_have_hidden_a_ship(samples: Path) -> None:
    """21 dates: at most one false detection, while nine in ten of the 100 m targets put into them are found."""
    parameters = Parameters.of(vessel_detection.CARD, {"targets": 100})
    inputs = Inputs({"images": california(samples, "292318")})
    outcome = vessel_detection.run(inputs, parameters, rng=np.random.default_rng(1))
    assert outcome.result == "none detected" or outcome.values["vessels"] <= 1
    (hundred,) = (one for one in outcome.values["detection_by_length"] if one["length"] == 100)
    assert hundred["tried"] >= 100
    assert hundred["found"] >= 0.9 * hundred["tried"]


@pytest.mark.parametrize("quantity", ["gamma0", "relative"])
def test_a_town_is_not_searched(samples: Path, quantity: Literal["gamma0", "relative"]) -> None:
    """Hills and houses are no water, calibrated or not: cannot tell."""
    chips = tuple(replace(chip, quantity=quantity) for chip in california(samples, "292319"))
    inputs = Inputs({"images": chips})
    outcome = vessel_detection.run(inputs, Parameters.of(vessel_detection.CARD, {}), rng=np.random.default_rng(1))
    assert (outcome.result, outcome.reasons[0].code) == ("cannot tell", "no-water")


@pytest.mark.parametrize(("name", "pixel"), [("busan", 8.184), ("cartagena", 9.838)])
def test_labelled_ports_are_read_better_than_by_plain_cfar(
    samples: Path, name: str, pixel: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """Vessels in open water and alongside, each a class of its own: F1 above a single-date CFAR's, with and without
    the water known, on the same file in the same run. Recall and precision are printed. The detector's rules were
    seen on these two files, so they are no test of other ports."""
    found = scores(*port(samples, name, pixel))
    with capsys.disabled():
        for (detector, where), one in found.items():
            print(f"\n  {name}, {where}, {detector}: recall {one.recall:.2f} of {one.labelled}, "
                  f"precision {one.precision:.2f} of {one.detected}", end="")  # fmt: skip
    for other in ("CFAR", "CFAR on water"):
        ours, theirs = ([found[name, where].f1 for where in ("open", "alongside")] for name in ("dateline", other))
        assert sum(ours) > sum(theirs)
        assert all(one > their - 0.05 for one, their in zip(ours, theirs, strict=True))
