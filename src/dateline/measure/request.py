"""A question as it was asked, from a case's measure or from the command line: one shape for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import digest
from dateline.core.when import When
from dateline.core.where import Where
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, InputRef
from dateline.ledger.measure import Measure, Selector
from dateline.ledger.place import Place
from dateline.measure.answer import Question
from dateline.methods import catalogue
from dateline.methods.contract import Inputs, Parameters

Progress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


def silent(_share: float) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place to measure: its id, its name in the sentence, where it is, and the hash of what said so."""

    id: str
    name: str
    where: Where
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one input role is to be made of, with paths and places already found. Empty means not given."""

    name: str | None = None
    product: str | None = None
    layer: str | None = None
    collection: str | None = None
    counts: Path | None = None
    crs: str | None = None
    files: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    table: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    period: When | None = None
    months: tuple[int, ...] = ()
    sites: tuple[Site, ...] = ()
    findings: tuple[Finding, ...] = ()
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question with its selections by role."""

    question: Question
    roles: Mapping[str, tuple[Selection, ...]]
    case: Case | None = None

    @property
    def items(self) -> Mapping[str, str]:
        """Ids of the case's items by the SHA-256 of their bytes; empty without a case."""
        if self.case is None:
            return {}
        records = ((name, item.content) for name, item in self.case.items.items())
        return {content: name for name, content in records if content is not None}

    def one(self, role: str) -> Selection:
        """The selection of a role; an empty one when the role was not given. Raises UsageError for several."""
        given = self.roles.get(role, ())
        if len(given) > 1:
            raise UsageError(f"{role} takes one selector.", saw=f"{len(given)}", do=f"Give {role} just once.")
        return given[0] if given else Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request whose inputs are known by hash but not yet read. `load` reads them: that is the long part."""

    refs: tuple[InputRef, ...]
    simulated: bool
    load: Callable[[Progress], Inputs]


def from_measure(case: Case, measure: Measure) -> Request:
    """The request that a measure record makes. Raises what resolving its selectors raises."""
    card = catalogue.card(measure.method)
    unknown = sorted(set(measure.inputs) - set(card.front.inputs))
    if unknown:
        raise UsageError(
            f"measures/{measure.id}.toml: {card.id} has no input {', '.join(unknown)}.",
            saw=", ".join(unknown),
            do=f"Choose from {', '.join(card.front.inputs)}.",
            code="input-role",
        )
    given = dict(measure.parameters)
    if "level" in card.front.parameters and "level" not in given:
        given["level"] = measure.level or case.head.level
    return Request(
        question=Question(
            id=measure.id,
            text=measure.question or card.front.question,
            card=card,
            parameters=Parameters.of(card, given),
            seed=measure.seed,
        ),
        roles={
            role: tuple(_selection(case, selector, card.front.inputs[role].kind) for selector in selectors)
            for role, selectors in measure.inputs.items()
        },
        case=case,
    )


def _selection(case: Case, selector: Selector, kind: str) -> Selection:
    from dateline.measure.files import case_counts, case_files, case_folder, case_table

    named = tuple(site_of(case, place) for place in (*selector.places, *selector.controls))
    return Selection(
        name=selector.name,
        product=selector.product,
        layer=selector.layer,
        collection=selector.collection,
        crs=selector.crs,
        counts=case_counts(case, selector),
        files=() if kind == "places" else case_files(case, selector),
        folders=case_folder(case, selector),
        table=case_table(case, selector),
        columns=dict(selector.columns),
        period=selector.period,
        months=selector.months,
        sites=(*named, *_outlines(case, selector)) if kind == "places" else named,
        findings=tuple(case.finding(name) for name in selector.findings),
        events=tuple(selector.events),
    )


def _outlines(case: Case, selector: Selector) -> tuple[Site, ...]:
    """Places from the files that a selector of places names."""
    from dateline.measure.files import case_files
    from dateline.measure.places import sites_in_file

    return tuple(site for path in case_files(case, selector) for site in sites_in_file(path, radius_km=0.0))


def site_of(case: Case, place: str) -> Site:
    """A place record as something to measure."""
    record = case.places.get(place)
    if record is None:
        raise InputError(f"The case has no place {place!r}.", saw=repr(place), do="Add places/ID.toml.", code="place")
    return Site(id=place, name=record.name(), where=record.where, sha256=_published_hash(record))


def _published_hash(place: Place) -> str:
    """The hash that stands in findings. Of a sensitive place it covers only what may be printed of its position.

    A hash of an exact position could be searched for by trying positions. The price: moving the place by less than
    its published precision does not make a finding stale.
    """
    if not place.is_sensitive:
        return place.sha256()
    lon, lat = place.where.bounds()[:2]
    step = max(place.publish_precision or 100_000.0, 1_000.0) / 111_195.0  # metres in one degree of latitude
    return digest({"place": place.id, "about": [round(lon / step), round(lat / step)], "step": step})
