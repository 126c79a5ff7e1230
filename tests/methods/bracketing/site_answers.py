"""Looks at an invented site, in few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from dateline.ledger.finding import Finding
from dateline.ledger.site_look import SiteLook
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

FIRST = datetime(2024, 9, 1, 10, tzinfo=UTC)
SAID = {"p": "present", "a": "absent", "n": "not discernible", "o": "obscured"}


def look(day: float, said: str, **more: Any) -> SiteLook:
    """One look `day` days after the first, at half a metre; said: p, a, n or o."""
    at = FIRST + timedelta(days=day)
    told = {"image": f"E{day:g}", "start": at, "end": at, "sensor": "fine", "gsd": 0.5, "by": "ana"}
    return SiteLook(**{**told, "answer": SAID[said], **more})


def coarse(day: float, said: str, **more: Any) -> SiteLook:
    """The same at ten metres."""
    return look(day, said, **{"gsd": 10.0, "sensor": "coarse", "image": f"C{day:g}", **more})


def ask(looks: Iterable[SiteLook], tests: Iterable[Finding] = (), **parameters: Any) -> Outcome:
    """The method's answer about trenches 1.5 m wide."""
    given = Parameters.of(card("bracketing"), {"object": "trenches", "narrow": 1.5, "shape": "line"} | parameters)
    inputs = Inputs({"looks": tuple(looks), "visibility": tuple(tests)})
    return load("bracketing")(inputs, given, rng=np.random.default_rng(1))


def codes(outcome: Outcome) -> set[str]:
    """Codes of caveats and reasons."""
    return {note.code for note in (*outcome.caveats, *outcome.reasons)}


def days(value: Any) -> list[tuple[float | None, float | None]]:
    """The sets of a time value, in days after the first look."""
    return [tuple(None if end is None else _day(end) for end in pair) for pair in value["sets"]]


def _day(text: str) -> float:
    return round((datetime.fromisoformat(text) - FIRST) / timedelta(days=1), 4)
