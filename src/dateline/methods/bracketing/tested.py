"""What a visibility test found is taken over by the looks that it was made for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dateline.core.errors import Refusal
from dateline.ledger.finding import Finding
from dateline.ledger.site_look import SiteLook

SAME_TIME = timedelta(seconds=60)
"""Difference of two moments up to which they are one pass."""
SAME_GSD = 0.1
"""Relative difference of two ground sample distances up to which they are of one kind of image [1]."""


def with_visibility(looks: Sequence[SiteLook], findings: Iterable[Finding]) -> tuple[SiteLook, ...]:
    """Looks with the detection that was tested on their own image, else on one of the same sensor and distance.

    A detection in the look itself stays. Raises Refusal `not-visibility` for another method's finding.
    """
    tests: dict[str, Mapping[str, Any]] = {}
    for finding in findings:
        if finding.method != "visibility":
            raise Refusal(
                "This is no visibility test.",
                saw=f"{finding.id}, of {finding.method}",
                do="Give findings of `dateline run visibility`.",
                code="not-visibility",
            )
        tests |= finding.values.get("tested", {})
    return tuple(_with(look, tests) for look in looks)


def _with(look: SiteLook, tests: Mapping[str, Mapping[str, Any]]) -> SiteLook:
    if look.detection is not None:
        return look
    like = [test for test in tests.values() if _alike(look, test)]
    own = tests.get(look.image) or next((test for test in tests.values() if _same_time(look, test)), None)
    test = own or min(like, key=lambda one: float(one["detection"]), default=None)
    if test is None:
        return look
    alarm = test["false_alarm"] if look.false_alarm is None else look.false_alarm
    return replace(look, detection=float(test["detection"]), false_alarm=alarm)


def _same_time(look: SiteLook, test: Mapping[str, Any]) -> bool:
    """Whether the test is of the look's own image, whatever each calls it: both name one moment."""
    at = test.get("at")
    return at is not None and look.start == look.end and abs(datetime.fromisoformat(at) - look.start) <= SAME_TIME


def _alike(look: SiteLook, test: Mapping[str, Any]) -> bool:
    if look.sensor is None or look.gsd is None or test.get("sensor") != look.sensor:
        return False
    return abs(float(test["gsd"]) - look.gsd) <= SAME_GSD * look.gsd
