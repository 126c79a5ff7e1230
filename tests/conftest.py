"""Fixtures that every room shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SIBLING = Path(__file__).resolve().parents[2] / "shared" / "samples"
"""Where a checkout beside a `shared` folder finds the real samples."""


def samples_root() -> Path | None:
    """The folder of real samples, from DATELINE_SAMPLES or beside the checkout; None when there is none."""
    for candidate in (os.environ.get("DATELINE_SAMPLES"), SIBLING):
        if candidate and (Path(candidate) / "MANIFEST.json").is_file():
            return Path(candidate)
    return None


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real samples; tests that need it are skipped, loudly, where it is not."""
    root = samples_root()
    if root is None:
        pytest.skip("REAL SAMPLES ARE MISSING: set DATELINE_SAMPLES; what this test promises is not checked here")
    return root
