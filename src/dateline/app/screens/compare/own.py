"""Shifts that people found by hand: one observation each, with its points; who and when stay beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dateline.app.screens.compare.lay import Fitted, fit, numbers, words_of
from dateline.app.screens.compare.pairs import Pair
from dateline.core.errors import DatelineError
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observed import counted

QUESTION = "Shift between the two images"


def shifts(case: Case, pair: Pair) -> Iterator[tuple[Observation, Fitted]]:
    """The shifts of this pair that stand, of everybody, with the lay that follows from each, oldest first."""
    for mark in counted(case.observations).values():
        if (mark.item, mark.other, mark.question) != (pair.first.item, pair.second.item, QUESTION) or not mark.matches:
            continue
        try:
            yield mark, lay_of(mark, pair)
        except DatelineError:
            continue  # points of another program, from which none follows: they stay in the record


def lay_of(mark: Observation, pair: Pair) -> Fitted:
    """The lay of one. Raises InputError `matches`."""
    known = [match for match in mark.matches if match.other_x is not None and match.other_y is not None]
    here = np.array([(match.x, match.y) for match in known], float).reshape(-1, 2)
    there = np.array([(match.other_x, match.other_y) for match in known], float).reshape(-1, 2)
    return fit(here, pair.laid.to_first(there))


def as_json(mark: Observation, fitted: Fitted, pair: Pair) -> dict[str, Any]:
    """One shift for the screen."""
    return {
        "id": mark.id,
        "by": mark.by,
        "at": mark.at.isoformat(),
        "reason": mark.reason,
        **of_fit(fitted, pair),
    }


def of_fit(fitted: Fitted, pair: Pair) -> dict[str, Any]:
    """A lay from points, in figures and words."""
    return {
        "lay": numbers(fitted.lay),
        "points": fitted.points,
        "residual_px": None if fitted.residual is None else round(fitted.residual, 2),
        "words": words_of(fitted.lay, fitted.middle, pair.first.gsd),
    }
