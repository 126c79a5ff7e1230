"""Where the onset likely lies, with the chance that an image misses the thing or shows one that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from dateline.imagery.tables import F8
from dateline.methods.bracketing.answers import Judged
from dateline.methods.gaps import B1, Gaps, of_looks

DAY = timedelta(days=1)


def used(judged: Sequence[Judged]) -> list[Judged]:
    """The images that tell something: an agreed answer, and a detection that is measured or follows from the size."""
    return [one for one in judged if one.says is not None and one.detection is not None]


def appeared(judged: Sequence[Judged], *, before: float, never: float) -> tuple[Gaps, datetime]:
    """The gaps in which it can have come [day], and the moment that is day 0. judged: at least one that tells.

    before, never: prior chance that it was there before the first look, and not by the last [1].
    """
    zero, start, end, seen, detection, alarm = _arrays(judged)
    return of_looks(start, end, seen, detection, alarm, before=before, never=never), zero


def went(judged: Sequence[Judged], *, before: float, never: float) -> tuple[Gaps, datetime]:
    """The same for when it went: before: it had gone by the first look; never: it was still there at the last."""
    zero, start, end, seen, detection, alarm = _arrays(judged)
    return of_looks(start, end, ~seen, 1 - alarm, 1 - detection, before=before, never=never), zero


def _arrays(judged: Sequence[Judged]) -> tuple[datetime, F8, F8, B1, F8, F8]:
    telling = used(judged)
    zero = min(one.start for one in telling)
    start = np.array([(one.start - zero) / DAY for one in telling])
    end = np.array([(one.end - zero) / DAY for one in telling])
    seen = np.array([one.says == "present" for one in telling])
    detection = np.array([one.detection for one in telling], float)
    return zero, start, end, seen, detection, np.array([one.false_alarm for one in telling])
