"""The issuer's arrows and circles on its picture: a claim beside our count, and in no number of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dateline.ledger.marks import Marks
from dateline.methods.counting.estimators import Seen
from dateline.methods.counting.matching import F8, pairs

ALONE = 8.0
"""[px] Reach of a mark where no gate could be told."""


def their_marks(issuer: Sequence[Marks], seen: Seen | None) -> list[dict[str, Any]]:
    """For each who marked: how many marks, on how many of them something was counted here, within the gate.

    `on_ours` is None where nothing was marked by us. Each of ours answers one of theirs at most.
    """
    made = []
    for who in sorted({mark.by for mark in issuer}):
        theirs = [mark for mark in issuer if mark.by == who]
        found = None if seen is None else sum(_on_ours(mark, seen) for mark in theirs)
        made.append({"by": who, "marks": sum(len(mark.points) for mark in theirs), "on_ours": found})
    return made


def _on_ours(mark: Marks, seen: Seen) -> int:
    reach = ALONE if seen.gate is None else seen.gate.half_spacing or seen.gate.distance
    ours: list[F8] = [
        found.points[found.seen.sum(axis=1) >= seen.quorum]
        for key, found in seen.candidates.items()
        if key[0] == mark.image
    ]
    if not ours or not mark.points:
        return 0
    return len(pairs(np.array(mark.points, dtype=np.float64), np.concatenate(ours), reach))
