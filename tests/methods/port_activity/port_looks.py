"""Looks at an invented port, in few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from dateline.ledger.port_log import PortLog, PortLook
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

FIRST = date(2021, 3, 1)
SEEN = {"s": "ships", "e": "empty", "n": "not observed"}


def look(day: float, seen: str, **more: Any) -> PortLook:
    """One look, `day` days after the first: s ships, e empty, n not observed."""
    at = datetime(2021, 3, 1, tzinfo=UTC) + timedelta(days=day)
    why = {"why": "cloud"} if seen == "n" else {}
    told = {"place": "quay", "at": at, "image": f"I{day:g}", "sensor": "optical", "by": "ana", "how": "person"}
    return PortLook(**{**told, **why, "seen": SEEN[seen], **more})


def row(signs: str, **more: Any) -> list[PortLook]:
    """One look a day at 3 in the morning UTC; a dot is a day without an image."""
    return [look(day + 0.125, sign, **more) for day, sign in enumerate(signs) if sign != "."]


def ask(looks: Iterable[PortLook], notes: tuple[tuple[str, str], ...] = (), **parameters: Any) -> Outcome:
    """The method's answer."""
    log = PortLog(tuple(looks), notes)
    given = Parameters.of(card("port_activity"), parameters)
    return load("port_activity")(Inputs({"log": (log,)}), given, rng=np.random.default_rng(1))
