"""Whether three registrations of a site's images close: what two of them, laid on the third, are off each other."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from dateline.core.errors import Refusal
from dateline.imagery.align.register import register
from dateline.imagery.chip import Chip
from dateline.methods.site_change.cut import part_of_chip
from dateline.methods.site_change.stack import Stack

SIDE = 1024
"""Side of the middle part on which the third leg is measured [px]."""


def with_closure(stack: Stack) -> Stack:
    """The stack with the triangle closure [px] on the certificates of two images that were laid on a third.

    s_RA + s_AB - s_RB, where A and B already lie on R, is what A and B are off each other. None with two images, or
    where A and B have too little in common.
    """
    laid = [chip for chip in stack.chips if chip.id in stack.certificates]
    if len(laid) < 2:
        return stack
    shown = sorted(laid, key=lambda chip: float(np.mean(chip.states > 0)))[:2]
    try:
        leg = register(*(_middle(chip) for chip in shown), thorough=False)
    except Refusal:
        return stack
    closure = math.hypot(*leg.shift) * leg.size / math.sqrt(stack.pixel[0] * stack.pixel[1])
    made = {chip.id: replace(stack.certificates[chip.id], closure=closure) for chip in shown}
    return replace(stack, certificates={**stack.certificates, **made})


def _middle(chip: Chip) -> Chip:
    top, left = (max(0, (side - SIDE) // 2) for side in chip.states.shape)
    return part_of_chip(chip, (slice(top, top + SIDE), slice(left, left + SIDE)))
