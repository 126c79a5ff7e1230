"""Ten thousand marks on one picture pan as smoothly as the picture."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.app.count.count_desk import READY, TIMEOUT

from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
MANY = 10_000
PAN = """async () => {
    const counting = await import("/screens/count/screen.js");
    const view = counting.map.getView();
    const times = [];
    await new Promise((done) => {
        const begun = performance.now();
        const step = (now) => {
            times.push(now);
            const turn = (now - begun) / 400;
            view.setCenter([150 + 60 * Math.sin(turn), -100 + 40 * Math.cos(turn)]);
            now - begun < 3000 ? requestAnimationFrame(step) : done();
        };
        requestAnimationFrame(step);
    });
    return 1000 * (times.length - 1) / (times.at(-1) - times[0]);
}"""


def test_ten_thousand_marks_pan(browser: Any, opened: Any, desk: Path) -> None:
    """The picture pans under 10,000 marks; on two idle cores without a graphics card at 20 frames a second or more."""
    sitting = "count-whole-20261122-0123abcd-ana"
    points = np.random.default_rng(1).uniform((0, 0), (300, 200), (MANY, 2)).round(2)
    marks = [
        Observation(
            id=f"{sitting}-{index}", by="ana", at=datetime(2026, 11, 22, 12, tzinfo=UTC), item="crowd",
            question="people", sitting=sitting, state="present", points=((x, y),), area=(0, 0, 300, 200),
        )
        for index, (x, y) in enumerate(points.tolist())
    ]  # fmt: skip
    append(desk, "ana", sitting, marks)
    page = opened.page(browser, f"/count/at/{sitting}?item=crowd&question=people", who="ana")
    page.wait_for_selector(READY, timeout=TIMEOUT)
    assert page.inner_text("#all") == "10000"
    frames = page.evaluate(PAN)
    print(f"{MANY:,} marks: {frames:.1f} frames/s")
    assert frames > 4  # 20 is the floor of the desk's machine; a test may meet a busier one
