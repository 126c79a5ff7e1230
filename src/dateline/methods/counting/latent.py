"""Which candidates are objects and which are false marks: a latent class anchored by the checked tiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.methods.counting.matching import F8
from dateline.methods.counting.observers import Seen

ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Classes:
    """total: objects [1]; recall: share of objects that each person marked; false: expected false marks of each."""

    total: float
    recall: F8
    false: F8


def latent(seen: Seen, known: npt.NDArray[np.int8], missed: int) -> Classes | None:
    """Objects by expectation-maximisation over two classes of candidates, real and false.

    seen: (n, people) who marked each candidate. known: (n,) 1 real, 0 false by the check, -1 not checked. missed:
    objects that the check found and nobody marked. Both classes are cut at "marked by at least one"; a person's marks
    are independent given the class. None without candidates of both known kinds or of one known kind and none false.
    Dawid and Skene 1979, 10.2307/2346806; Royle and Link 2006, 10.1890/0012-9658(2006)87[835:GSOMAF]2.0.CO;2.
    """
    if not (known == 1).any() or seen.shape[1] < 2:
        return None
    people = seen.shape[1]
    real = np.where(known >= 0, known, 0.8).astype(np.float64)
    p, q = np.full(people, 0.7), np.full(people, 0.2)
    unknown, share = known < 0, 0.8
    for _ in range(ROUNDS):
        p_star, q_star = 1 - np.prod(1 - p), 1 - np.prod(1 - q)
        as_real = share * np.prod(np.where(seen, p, 1 - p), axis=1) / p_star
        as_false = (1 - share) * np.prod(np.where(seen, q, 1 - q), axis=1) / q_star
        real[unknown] = (as_real / np.maximum(as_real + as_false, 1e-300))[unknown]
        unseen_real = real[unknown].sum() * (1 - p_star) / p_star + missed
        unseen_false = (1 - real).sum() * (1 - q_star) / q_star
        p = np.clip((real[:, None] * seen).sum(axis=0) / (real.sum() + unseen_real), 1e-3, 1 - 1e-6)
        q = np.clip(((1 - real)[:, None] * seen).sum(axis=0) / ((1 - real).sum() + unseen_false + 1e-9), 1e-3, 0.999)
        before, share = share, float(np.clip(real.mean(), 1e-6, 1 - 1e-6))
        if abs(before - share) < 1e-9:
            break
    return Classes(float(real.sum() + unseen_real), p, ((1 - real)[:, None] * seen).sum(axis=0))
