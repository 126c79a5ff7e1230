"""Fixtures that every room shares."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.register_profile("exploring", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
"""The same examples on every machine, however slow; `HYPOTHESIS_PROFILE=exploring` looks for new ones."""

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


@pytest.fixture(scope="session")
def sample_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample story with every block, built once for all tests that only look at it."""
    from dateline.ledger.case import Case
    from dateline.story.build import build
    from dateline.story.samples import sample_case

    return build(Case.load(sample_case(tmp_path_factory.mktemp("sample") / "halm")))


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    """A chromium of this machine; tests that need it are skipped, loudly, where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("NO BROWSER: install chromium (apt-get install chromium); nothing is checked in a browser here")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One browser for the tests of a file; each page gets a context of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
