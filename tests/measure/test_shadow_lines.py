"""What a camera's answer gives to shadows drawn on its picture."""

from __future__ import annotations

import pytest

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.measure.gather.shadow_lines import ends


def test_an_answer_that_is_open_to_a_side_is_no_angle() -> None:
    """A bound that nobody knows is refused, and never read as zero."""
    told = Estimate(best=110.0, low=104.0, high=116.0, unit="degree", level=0.95, n=1, how="camera")
    assert ends(told) == (110.0, 104.0, 116.0)
    with pytest.raises(Refusal) as refused:
        ends(Estimate(best=104.0, low=104.0, high=None, unit="degree", level=0.95, n=1, how="camera"))
    assert refused.value.code == "too-uncertain"
