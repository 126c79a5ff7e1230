"""What is shown only to somebody who asks."""

from __future__ import annotations

from dateline.ledger.case import Case


def family(case: Case, item: str) -> frozenset[str]:
    """An item with everything that it was made from."""
    found, waiting = set[str](), [item]
    while waiting:  # a record may name its own child as its parent
        name = waiting.pop()
        if name not in found and name in case.items:
            found.add(name)
            derived = case.items[name].derived
            waiting += derived.parents if derived is not None else ()
    return frozenset(found)


def is_graphic(case: Case, item: str) -> bool:
    """Whether a media record says that an item is graphic, or that what it was made from is."""
    related = family(case, item)
    return any(one.graphic and not related.isdisjoint(one.items) for one in case.media.values())
