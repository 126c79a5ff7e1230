"""A picture on the screen: whole at first, and a part that did not come is said, asked for again, and drawn."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.app.conftest import put

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
LONG = 60_000
LONG_TILES = re.compile(r"/long/.*\.webp")
QUIET = "() => document.querySelector('#picture canvas') && !document.querySelector('#picture .loads').textContent"


def filled(page: Any) -> tuple[float, float]:
    """Which share of the stage's width and height the picture takes, by its red."""
    shot = Image.open(io.BytesIO(page.locator("#picture").screenshot())).convert("RGB")
    pixels = np.asarray(shot).astype(int)
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 60)
    return red.any(axis=0).mean(), red.any(axis=1).mean()


def test_pictures_fill_the_stage_and_a_part_that_failed_comes_again(opened: Any, desk: Path, browser: Any) -> None:
    """The first fit takes all the room there is, also of a long picture; failed tiles are said and asked for again."""
    put(desk, "wide", Image.new("RGB", (600, 100), (200, 20, 20)))
    put(desk, "long", Image.new("RGB", (90, 900), (200, 20, 20)))
    page = opened.page(browser, "/mask/wide/", who="ana")
    page.wait_for_function(QUIET, timeout=LONG)
    assert filled(page)[0] > 0.97
    failed: list[str] = []

    def away(route: Any) -> None:
        failed.append(route.request.url)
        route.abort()

    page.route(LONG_TILES, away)
    page.goto(opened.base + "/mask/long/")
    page.wait_for_function(
        "() => document.querySelector('#picture .loads')?.textContent.includes('trying again')", timeout=LONG
    )
    assert filled(page) == (0, 0)
    assert failed
    page.unroute(LONG_TILES)
    page.wait_for_function(QUIET, timeout=LONG)
    width, height = filled(page)
    assert height > 0.97
    assert width < 0.5
