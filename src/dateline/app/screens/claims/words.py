"""Words for what a claim's record says: the two scales, times, amounts."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.core.quantity import Quantity
from dateline.core.when import When

RELIABILITY: Mapping[str, str] = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged; which is not bad",
}
CREDIBILITY: Mapping[int, str] = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "cannot be judged",
}
STANCES: Mapping[str, str] = {
    "denies_part": "denies a part",
    "denies_proof": "says that there is no proof, which is no denial",
    "declines": "declines to comment, which is no denial",
}
KINDS: Mapping[str, str] = {
    "count": "how many there were at one time",
    "cumulative": "how many there were in all, over a time",
    "capacity": "how many there could be: no delivery",
    "plan": "how many are planned: no deed",
    "rate": "how many in each day, month or year",
}
HEDGES: Mapping[str, str] = {
    "flat": "said outright",
    "approximate": "about, around",
    "bounded": "more than, at least, up to",
    "estimative": "likely, probably, appears",
    "conditional": "could, if, enough for",
    "attributed": "reportedly, said to be",
}
RELATIONS: Mapping[str, str] = {
    "retells": "repeats it and adds nothing",
    "supersedes": "replaces it: a later word of the same origin",
    "denies": "denies it",
    "qualifies": "limits it",
}
BACK: Mapping[str, str] = {
    "retells": "repeated by",
    "supersedes": "replaced by",
    "denies": "denied by",
    "qualifies": "limited by",
}


def bounds(quantity: Quantity) -> str:
    """The bounds of an amount in words."""
    low, high, unit = quantity.low, quantity.high, quantity.unit
    if low is not None and high is not None:
        if low == high:
            return f"exactly {low:,g} [{unit}]"
        first = f"{'more than' if quantity.low_open else 'from'} {low:,g}"
        return f"{first} {'to less than' if quantity.high_open else 'to'} {high:,g} [{unit}]"
    if low is not None:
        return f"{'more than' if quantity.low_open else 'at least'} {low:,g}, no upper bound [{unit}]"
    return f"{'less than' if quantity.high_open else 'at most'} {high:,g}, no lower bound [{unit}]"


def when_words(when: When) -> list[str]:
    """A time: in plain words, the phrase and the day it was said, how it was read, the exchange form."""
    told = [when.spoken()]
    if when.text is not None:
        said = "" if when.said is None else f", said on {when.said.isoformat()}"
        told.append(f"words: “{when.text}”{said}")
    if when.rule is not None:
        told.append(f"read by: {when.rule}")
    if when.earliest is not None or when.latest is not None:
        told.append(f"EDTF: {when.edtf()}")
    return told
