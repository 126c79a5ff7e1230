"""Told distances of a text against the places of a case, and against a gazetteer where one is given."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.ledger.case import Case
from dateline.places.candidate import Candidate, from_case, matching_spelling
from dateline.places.distance_check import Lookup
from dateline.places.named import NamedPlace


def lookup_in(case: Case, beyond: Lookup | None = None) -> Lookup:
    """Every place that a name may mean: the case's own, and only where it has none those of `beyond`.

    Sensitive places answer to nothing: how far they lie from a known one is not to be found out by trying.
    """
    language = case.head.languages[0]
    own = [
        NamedPlace(
            id=name, name=place.name(language), where=place.where, origin="case", names=tuple(place.names.values())
        )
        for name, place in case.places.items()
        if not place.is_sensitive
    ]

    def look(name: str) -> Sequence[Candidate]:
        mine = [from_case(place, spelling) for place in own if (spelling := matching_spelling(place, name))]
        return mine or (beyond(name) if beyond is not None else ())

    return look
