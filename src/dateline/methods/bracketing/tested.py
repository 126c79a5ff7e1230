"""What a visibility test found is taken over by the looks that it was made for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dateline.core.errors import Refusal
from dateline.ledger.blind_test import BlindTest
from dateline.ledger.finding import Finding
from dateline.ledger.site_look import SiteLook
from dateline.methods.presence import share_interval

SAME_TIME = timedelta(seconds=60)
"""Difference of two moments up to which they are one pass."""
SAME_GSD = 0.1
"""Relative difference of two ground sample distances up to which they are of one kind of image [1]."""


def with_blind_tests(looks: Sequence[SiteLook], tests: Sequence[BlindTest]) -> tuple[SiteLook, ...]:
    """Looks with the detection that the same person reached on planted copies: of that image, else of its kind.

    A detection in the look itself stays. Of several tests of a kind the worst counts.
    """
    return tuple(_tried(look, tests) for look in looks)


def _tried(look: SiteLook, tests: Sequence[BlindTest]) -> SiteLook:
    own = [test for test in tests if test.by == look.by and test.image == look.image]
    kind = [test for test in tests if test.by == look.by and _of_kind(look, test)]
    test = min(own or kind, key=lambda one: one.detection, default=None)
    if look.detection is not None or test is None:
        return look
    alarm = test.false_alarm if look.false_alarm is None else look.false_alarm
    return replace(look, detection=test.detection, false_alarm=alarm)


def _of_kind(look: SiteLook, test: BlindTest) -> bool:
    if look.sensor is None or look.gsd is None or test.gsd is None or test.sensor != look.sensor:
        return False
    return abs(test.gsd - look.gsd) <= SAME_GSD * look.gsd


def told(tests: Sequence[BlindTest], level: float) -> list[dict[str, Any]]:
    """Each test with its share [1] and the exact interval of it (Clopper and Pearson 1934, 10.1093/biomet/26.4.404)."""
    made = []
    for test in tests:
        low, high = share_interval(test.recovered, test.planted, level)
        made.append(
            {
                "image": test.image, "by": test.by, "planted": test.planted, "recovered": test.recovered,
                "share": test.recovered / test.planted, "low": low, "high": high, "empty": test.empty,
                "false": test.false, "level": level,
            }
        )  # fmt: skip
    return made


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
