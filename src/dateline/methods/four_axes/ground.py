"""What the axes of one item rest on, and what other methods' findings carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dateline.core.when import When
from dateline.core.where import Where
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding
from dateline.ledger.head import Share
from dateline.ledger.items import ItemRecord
from dateline.ledger.media_item import MediaItem
from dateline.ledger.source import Source
from dateline.ledger.verification import Axis, LocationStep, Step
from dateline.places.geodesy import distance

NOTHING = frozenset({"cannot tell", "refused", "no power", "nothing to read"})
"""Results that carry nothing."""
CONTRARY = frozenset({"inconsistent", "contradictory", "contradicts itself", "impossible", "none in full"})
"""Results that speak against what they were asked about: they carry no rung up."""
TIMES = ("times", "days", "captured")
"""Values of findings that say when a picture was taken. Others are times of other things, or the question itself."""
OF_THE_PICTURE = frozenset({"picture", "media", "file", "clips"})
"""Roles of inputs that are the picture or clip a finding is about."""
DENIALS = frozenset({"denies", "denies_part", "denies_proof", "declines"})
"""Stances that say no such thing."""
PLACED = frozenset({"located", "landmark off"})
"""Results of camera_position with one region."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that an axis names: its id, its name, and where it is, None where nobody knows.

    sensitive: a distance from it would give it away, so none is told; whether a camera lies there is compared.
    """

    id: str
    name: str
    where: Where | None
    sensitive: bool = False


@dataclass(frozen=True)
class Ground:
    """One item with everything that its axes and relations rest on, by id."""

    media: MediaItem
    related: Mapping[str, MediaItem] = field(default_factory=dict)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    background: Mapping[str, Claim] = field(default_factory=dict)
    items: Mapping[str, ItemRecord] = field(default_factory=dict)
    spots: Mapping[str, Spot] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    sharing: tuple[Share, ...] = ()

    def standing(self, axis: Axis) -> tuple[Step, ...]:
        """The steps whose evidence counts. After a step down, only what later steps name anew; the last one caps."""
        steps = self.media.steps(axis)
        return steps[_down(steps) + 1 :] or steps

    def left_after(self, axis: Axis) -> tuple[Step, ...]:
        """The steps from the last one down on: what is still meant where people withdrew what stands above it."""
        steps = self.media.steps(axis)
        return steps[max(_down(steps), 0) :]

    def compared(self) -> tuple[LocationStep, ...]:
        """The standing steps on the place that is meant now: what was matched with another place is not added."""
        here, steps = self.places(), self.standing("location")
        return tuple(one for one in steps if isinstance(one, LocationStep) and one.places in {(), here})

    def of_axis(self, axis: Axis) -> tuple[Finding, ...]:
        """The findings that an axis cites and that are here, each once; without those that carry nothing, or that are
        about another item.
        """
        return self.of_steps(self.standing(axis))

    def of_steps(self, steps: Iterable[Step]) -> tuple[Finding, ...]:
        """The findings that these steps cite, as `of_axis`."""
        named = dict.fromkeys(name for step in steps for name in step.findings)
        found = (self.findings[name] for name in named if name in self.findings)
        return tuple(one for one in found if one.result not in NOTHING and not self.is_of_another(one))

    def is_of_another(self, finding: Finding) -> bool:
        """Whether a finding names the items or the record that it is about, and this item is none of them."""
        named = {ref.id for ref in finding.inputs if ref.role in OF_THE_PICTURE and ref.kind in {"item", "record"}}
        own = {self.media.id, *self.media.items, *(name for step in self.media.authenticity for name in step.evidence)}
        told = {name for name in named if "." not in name}  # a loose file has its name with a dot, and may be a still
        return bool(told) and not named & own

    def claims_of(self, axis: Axis) -> tuple[Claim, ...]:
        """The claims that the standing steps of an axis cite as saying so, each once; a denial says no such thing."""
        return tuple(one for one in self.cited(self.standing(axis)) if one.stance not in DENIALS)

    def cited(self, steps: Iterable[Step]) -> tuple[Claim, ...]:
        """The claims that steps cite as saying so, each once."""
        named = dict.fromkeys(name for step in steps for name in step.claims)
        return tuple(self.claims[name] for name in named if name in self.claims)

    def radius(self) -> float | None:
        """How far the camera may stand from the place [m], as the last step on this place says."""
        return next((step.radius for step in reversed(self.compared()) if step.radius is not None), None)

    def is_elsewhere(self, finding: Finding) -> bool:
        """Whether a camera's position lies farther from the one place that is meant than its errors and the radius."""
        names = self.places()
        spot = self.spots.get(names[0]) if len(names) == 1 else None
        told = finding.values.get("places")
        if finding.method != "camera_position" or spot is None or spot.where is None or not isinstance(told, list):
            return False
        step = float(finding.values.get("published_precision_m") or 0.0)
        for one in told:
            reach = float(one.get("reach_m") or 0.0) + step
            there = Where.point(lon=float(one["lon"]), lat=float(one["lat"]), radius=reach)
            apart = distance(there, spot.where).low
            if apart is None or 1000 * apart <= (self.radius() or 0.0):
                return False
        return bool(told)

    def called(self, who: str | None) -> str:
        """A person of the desk, or the source of this id by its name."""
        if who is None:
            return ""
        return self.sources[who].name("en") if who in self.sources else who

    def places(self) -> tuple[str, ...]:
        """The ids of the places that the last step to name any gives; else those of the item."""
        for step in reversed(self.media.location):
            if step.places:
                return step.places
        return self.media.places


def _down(steps: tuple[Step, ...]) -> int:
    """Where the last step down stands; -1 where none does."""
    return max((at for at in range(1, len(steps)) if steps[at].rank < steps[at - 1].rank), default=-1)


def has_ellipse(finding: Finding) -> bool:
    """Whether a camera position is one place with its region of error, which alone makes it a match."""
    return finding.method == "camera_position" and finding.result in PLACED and "camera" in finding.values


def times_in(finding: Finding) -> Iterator[When]:
    """The times of the picture among a finding's values, as intervals."""
    for name in TIMES:
        yield from times_of(finding.values.get(name))


def times_of(value: Any) -> tuple[When, ...]:
    """A value of kind "when" as intervals of time; nothing for any other value."""
    if not isinstance(value, Mapping) or value.get("kind") != "when":
        return ()
    return tuple(When.from_edtf("/".join(end or ".." for end in pair)) for pair in value.get("sets", ()))
