"""What the method says: sentences, notes, and the issuer's number beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dateline.core.estimate import Estimate
from dateline.core.quantity import Quantity
from dateline.ledger.finding import Note
from dateline.ledger.marks import Said


def agreement(quantity: Quantity, low: float | None, high: float | None) -> str:
    """How a claimed amount stands to our interval: "inside", "above", "below", or "cannot be told" without one."""
    if low is None and high is None:
        return "cannot be told"
    if high is not None and quantity.low is not None and (
        quantity.low > high or (quantity.low == high and quantity.low_open)
    ):  # fmt: skip
        return "above"
    if low is not None and quantity.high is not None and (
        quantity.high < low or (quantity.high == low and quantity.high_open)
    ):  # fmt: skip
        return "below"
    return "inside"


STANDS = {
    "inside": "within what was counted here",
    "above": "more than was counted here",
    "below": "less than was counted here",
    "cannot be told": "which one count without an interval can neither bear out nor contradict",
}


def they_said(said: Sequence[Said], estimate: Estimate | None) -> list[dict[str, Any]]:
    """Each claim as printed, and its agreement with our interval."""
    low, high = (None, None) if estimate is None else (estimate.low, estimate.high)
    return [
        {
            "by": one.by,
            "claim": one.claim,
            "text": one.quantity.text,
            "low": one.quantity.low,
            "high": one.quantity.high,
            "agreement": agreement(one.quantity, low, high),
        }
        for one in said
    ]


def said_sentence(rows: Sequence[dict[str, Any]]) -> str:
    """ " The ministry said “about 600”: more than was counted here." for each claim; empty without any."""
    return "".join(f" {_first(row['by'])} said “{row['text']}”, {STANDS[row['agreement']]}." for row in rows)


def _first(name: str) -> str:
    """A name as a sentence begins with it: “the ministry” gets its capital."""
    return name[:1].upper() + name[1:]


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counters(number: int) -> str:
    """ "two counters"."""
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{word} counter{'' if number == 1 else 's'}"


def interval(estimate: Estimate) -> dict[str, str]:
    """best, low and high for a sentence, with no more digits than the interval carries."""
    best, low, high = estimate.spoken()
    return {"best": best, "low": low or "0", "high": high or "no upper bound"}


def of_people(names: Sequence[str], each: dict[str, int]) -> str:
    """ "A 372, B 405"."""
    return ", ".join(f"{name} {each[name]:,}" for name in names)


def disagreeing(headline: Estimate, others: dict[str, Estimate], false_marks: bool) -> Note | None:
    """A caveat for estimators whose intervals lie wholly outside the headline's: shown, never averaged."""
    apart = [
        f"{name} {interval(each)['best']} ({interval(each)['low']}-{interval(each)['high']})"
        for name, each in others.items()
        if (each.low or 0) > (headline.high or float("inf"))
        or (each.high or float("inf")) < (headline.low or 0)
    ]  # fmt: skip
    if not apart:
        return None
    why = " Formulas for several observers go too high where marks are false, too low where some are hard to see."
    return Note(
        code="estimators-disagree",
        text=f"Beside it, and not averaged into it: {'; '.join(apart)}.{why if false_marks else ''}",
    )
