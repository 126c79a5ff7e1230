"""Places as a figure may show them: where each may be printed to lie, and what a finding says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dateline.core.estimate import Estimate
from dateline.core.where import Where
from dateline.ledger.exports.bundle import public_where
from dateline.ledger.finding import Finding, PlaceAnswer
from dateline.ledger.place import Place
from dateline.story.page import Page
from dateline.story.reading import CANNOT_TELL, REFUSED, Reading

LARGE = frozenset({"region", "country", "sea", "area", "border", "island", "front"})
"""Roles of places that are no point, however small the map."""
NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place: its published position, whether that is coarser than the known one, and the answer there.

    kind: of its mark: plain, up, down, same, unknown, refused, none.
    """

    id: str
    name: str
    role: str
    where: Where
    coarse: bool
    kind: str = "plain"
    result: str = ""
    reference: str = ""
    estimate: Estimate | None = None
    value: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Spots:
    """Those that are drawn, and how many are not because their position is not printed, or not known."""

    drawn: tuple[Spot, ...]
    kept_back: int
    unknown: tuple[str, ...]


def published(place: Place) -> Where | None:
    """The position as it may be printed: no finer than the record says, None where it may not be at all."""
    told = place if place.publish_precision is None else place.model_copy(update={"sensitive": True})
    return public_where(told)


def may_be_shown(reading: Reading, name: str) -> bool:
    """Whether a place may stand on a map: it has a position that may be printed, and is not off the record."""
    place = reading.case.places.get(name)
    return place is not None and name not in reading.off_record and published(place) is not None


def spots(page: Page, names: Sequence[str], finding: Finding | None, estimate: str, *, change: bool) -> Spots:
    """The places of a map. names: of the case; with a finding all of its own, the greatest first, when empty."""
    answers = answers_of(finding) if finding is not None else {}
    wanted = list(dict.fromkeys(names or answers))
    unknown = [name for name in wanted if name not in page.case.places]
    known = [name for name in wanted if name in page.case.places]
    shown = [name for name in known if may_be_shown(page.reading, name)]
    drawn = []
    for name in shown:
        place = page.case.places[name]
        where = published(place)
        assert where is not None
        base = Spot(
            id=name, name=page.name(name), role=place.role, where=where,
            coarse=where != place.where or place.publish_precision is not None,
        )  # fmt: skip
        drawn.append(base if finding is None else _answered(page, base, finding, estimate, change=change))
    if not names:
        drawn.sort(key=lambda spot: -abs(spot.estimate.best) if spot.estimate is not None else 0.0)
    rest = {name: answer for name in unknown if isinstance(answer := answers.get(name), PlaceAnswer)}
    return Spots(tuple(drawn), len(known) - len(shown), tuple(page.name(name, part) for name, part in rest.items()))


def answers_of(finding: Finding) -> Mapping[str, PlaceAnswer | Finding]:
    """The answers of a finding by place; of one about a single place the whole finding's."""
    if finding.places:
        return finding.places
    named = [ref.id for ref in finding.inputs if ref.kind == "place"]
    return {named[0]: finding} if len(set(named)) == 1 else {}


def _answered(page: Page, spot: Spot, finding: Finding, name: str, *, change: bool) -> Spot:
    """A spot with what was found there. name: of the estimate."""
    told = {key: getattr(spot, key) for key in ("id", "name", "role", "where", "coarse")}
    part = answers_of(finding).get(spot.id)
    if part is None:
        return Spot(**told, kind="none", result=NOT_MEASURED, value=page.word("map.not_measured"))
    words = page.language.result(part.result)
    number = None if part.result in {CANNOT_TELL, REFUSED} else part.estimates.get(name)
    if number is None:
        kind = {CANNOT_TELL: "unknown", REFUSED: "refused"}.get(part.result, "none")
        return Spot(**told, kind=kind, result=part.result, value=words)
    is_change = change and number.unit == "1"
    number = number.as_change() if is_change else number
    best, interval = page.language.parts(number)
    steps = [finding.id, *(["places", spot.id] if finding.places else []), name, *(["change"] if is_change else [])]
    return Spot(
        **told, kind=_kind(part.result), result=part.result, reference=".".join(steps), estimate=number, value=best,
        interval=interval,
    )  # fmt: skip


def _kind(result: str) -> str:
    if result.startswith("no "):
        return "same"
    return {"increase": "up", "rise": "up", "decrease": "down", "fall": "down", "outage": "down"}.get(result, "plain")
