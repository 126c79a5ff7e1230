"""What a package says of an item that it keeps back: that there is one, and why it is not here."""

from __future__ import annotations

from typing import Any

from dateline.evidence.item import Item, Licence, Status
from dateline.evidence.provenance import Origin
from dateline.evidence.redact import WITHHELD

_WHY = "kept back by those who made this package: "


def record_of(item: Item, why: str) -> Item:
    """The record that goes in place of an item's own. The hash only where that is open."""
    told: dict[str, Any] = {"id": item.id, "name": WITHHELD, "by": WITHHELD, "origin": Origin()}
    told |= {"status": Status.ELSEWHERE, "why": f"{_WHY}{why}"}
    told |= {"licence": Licence(name=WITHHELD), "simulated": item.simulated}
    if why == "withheld" and item.sha256 is not None:
        told |= {"sha256": item.sha256}
    return Item(**told)


def is_kept_back(item: Item, data: bytes | None) -> bool:
    """Whether an item, and the bytes of its record, are no more than what a package says of one it keeps back."""
    why = (item.why or "").removeprefix(_WHY)
    return item.why == f"{_WHY}{why}" and record_of(item, why).to_toml().encode() == data
