"""The figures on the method pages show what the methods say of the real samples today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.figures import FIGURES, figures

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def drawn(samples: Path) -> dict[str, str]:
    return dict(figures(samples))


@pytest.mark.parametrize("name", ["bracketing.svg", "counting.svg"])
def test_a_figure_is_what_the_samples_give(drawn: dict[str, str], name: str) -> None:
    """The same words; every position within two pixels, so that another build of numpy draws the same figure."""
    kept = (FIGURES / name).read_text(encoding="utf-8")
    assert NUMBER.sub("#", kept) == NUMBER.sub("#", drawn[name])
    here, there = ([float(found) for found in NUMBER.findall(text)] for text in (drawn[name], kept))
    assert here == pytest.approx(there, abs=2.0)
