"""A quick part of `make proof` for earthworks: faint lines in a real town, beside a filter on one image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.coverage import proof_earthworks as proof


@pytest.mark.samples
def test_faint_lines_in_a_real_town(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At least twice the F1 of a ridge filter on the new image alone; width and length near the truth."""
    monkeypatch.setattr(proof, "SAMPLES", samples)
    found = proof.planted_run(proof.town(640), np.random.default_rng([7, 0]), contrast=0.3, width=5.0, sites=6)
    assert found["F1"] > 0.5
    assert found["F1"] >= 2 * found["F1, one image"]
    assert found["width"] == pytest.approx(5, abs=1)
    assert found["length found"] == pytest.approx(found["completeness"], rel=0.25)
