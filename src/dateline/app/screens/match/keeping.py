"""The measures that keep what the bench asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.app.screens.match.bench import Bench
from dateline.app.screens.match.camera import camera_measure
from dateline.app.screens.match.shadow import kept_camera, shadow_measure
from dateline.ledger.case import Case
from dateline.ledger.measure import Measure


def measure_to_keep(case: Case, bench: Bench, told: Mapping[str, Any]) -> Measure:
    """The measure that asks what the screen asks. told: {what: camera or shadow, id, lens, …}.

    It names who marked and on which picture, and no position; its finding is as coarse as may be published.
    Raises UsageError `measure`.
    """
    name = str(told.get("id", "")).strip()
    if told.get("what") == "camera":
        return camera_measure(bench, dict(told.get("lens") or {}), name=name)
    return shadow_measure(bench, told, name=name, camera=kept_camera(case, bench, told))
