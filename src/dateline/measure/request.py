"""A question as it was asked, from a case's measure or from the command line: one shape for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import digest
from dateline.core.when import When
from dateline.core.where import Where
from dateline.imagery.berth import Berth
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, InputRef, Note
from dateline.ledger.matrix import Matrix
from dateline.ledger.measure import Measure, Selector
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.measure.answer import Question
from dateline.methods import catalogue
from dateline.methods.contract import Inputs, Parameters

Progress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


def silent(_share: float) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place to measure: its id, its name in the sentence, where it is, and the hash of what said so.

    Of a sensitive place no map is made, and the hash covers only what may be printed of its position.
    """

    id: str
    name: str
    where: Where
    sha256: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one input role is to be made of, with paths and places already found. Empty means not given."""

    name: str | None = None
    product: str | None = None
    layer: str | None = None
    collection: str | None = None
    crs: str | None = None
    counts: Path | None = None
    files: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    table: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    period: When | None = None
    months: tuple[int, ...] = ()
    sites: tuple[Site, ...] = ()
    findings: tuple[Finding, ...] = ()
    records: tuple[Record, ...] = ()
    """Claims, events or matrices, in order of id."""
    berths: tuple[Berth, ...] = ()
    """Berths of a case; those of a file are read with the images."""
    observers: tuple[str, ...] = ()
    """Whose observations are read; everybody's where none is named."""
    observed: str | None = None
    """Which of their questions, word for word."""

    def asked(self) -> dict[str, Any]:
        """What the words of the selection are, for the identity of the question; bytes are hashed beside it."""
        return (
            {
                "name": self.name,
                "product": self.product,
                "layer": self.layer,
                "collection": self.collection,
                "crs": self.crs,
                "columns": dict(self.columns),
                "period": None if self.period is None else self.period.edtf(),
                "months": self.months,
                "sites": [site.id for site in self.sites],
            }
            | {
                key: [one.id for one in given]
                for key, given in (("records", self.records), ("berths", self.berths))
                if given
            }
            | ({"observers": self.observers} if self.observers else {})
            | ({"observed": self.observed} if self.observed else {})
        )


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

    def sites(self, *roles: str) -> tuple[Site, ...]:
        """The places of these roles, each once. Raises UsageError `doubled-place` for two of one id that differ."""
        found: dict[str, Site] = {}
        for site in (site for role in roles for selection in self.roles.get(role, ()) for site in selection.sites):
            if site.id in found and found[site.id].where != site.where:
                raise UsageError(
                    f"Two different places are called {site.id!r}.",
                    saw=f"{found[site.id].name} and {site.name}, at different positions",
                    do="Give them different names, or measure them apart.",
                    code="doubled-place",
                )
            found[site.id] = site
        return tuple(found.values())

    def place_refs(self, *roles: str) -> list[InputRef]:
        """The places of these roles by hash, each under its own role."""
        return [
            InputRef(kind="place", id=site.id, sha256=site.sha256, role=role)
            for role in roles
            for selection in self.roles.get(role, ())
            for site in selection.sites
        ]

    def finding_refs(self) -> list[InputRef]:
        """The findings that are read, by hash."""
        return [
            InputRef(kind="finding", id=finding.id, sha256=digest(finding.to_json()), role=role)
            for role, given in self.roles.items()
            for selection in given
            for finding in selection.findings
        ]

    def record_refs(self) -> list[InputRef]:
        """The claims and events that are read, by hash of what they say."""
        return [
            InputRef(kind="record", id=record.id, sha256=record.sha256(), role=role)
            for role, given in self.roles.items()
            for selection in given
            for record in selection.records
        ]

    def rests_on_simulated(self) -> bool:
        """Whether a finding that is read was made from simulated input."""
        return any(finding.simulated for given in self.roles.values() for one in given for finding in one.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What stage 1 made: the method's inputs, and what a reader must know of how they were made."""

    inputs: Inputs
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request whose inputs are known by hash but not yet read. `load` reads them: that is the long part."""

    refs: tuple[InputRef, ...]
    simulated: bool
    load: Callable[[Progress], Loaded]


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
    roles = {
        role: tuple(_selection(case, measure.id, selector, card.front.inputs[role].kind) for selector in selectors)
        for role, selectors in measure.inputs.items()
    }
    question = Question(
        id=measure.id,
        text=measure.question or card.front.question,
        card=card,
        parameters=Parameters.of(card, given),
        seed=measure.seed,
        asked=asked_of(roles),
    )
    return Request(question=question, roles=roles, case=case)


def asked_of(roles: Mapping[str, tuple[Selection, ...]]) -> dict[str, Any]:
    """The words of all selections by role: a changed layer, filter or period is another question."""
    return {role: [selection.asked() for selection in given] for role, given in roles.items()}


READ_BY = {
    "lights": {"product", "layer", "collection", "crs", "counts", "items", "files", "folder", "table", "columns",
               "period", "months"},
    "chips": {"product", "collection", "crs", "items", "files", "folder", "period", "months"},
    "berths": {"places", "items", "files", "folder"},
    "tracks": {"items", "files", "folder", "table", "columns"},
    "table": {"product", "collection", "table", "columns"},
    "places": {"name", "places", "items", "files", "folder"},
    "finding": {"findings"},
    "claims": {"claims"},
    "events": {"events"},
    "matrix": {"matrices"},
    "looks": {"items", "files", "folder", "table", "columns", "places", "observations"},
    "marks": {"items", "files", "folder", "columns", "crs", "observations", "question"},
    "picture": {"items", "files", "folder"},
    "shapes": {"name", "items", "files", "folder", "findings"},
    "media": {"media"},
    "clips": {"items", "files", "folder", "media"},
    "certificates": {"items", "files"},
    "landmarks": {"items", "files", "folder", "columns", "crs", "observations"},
    "shadows": {"items", "files", "folder", "columns", "findings", "observations"},
    "elevation": {"items", "files"},
    "features": {"items", "files"},
    "fronts": {"items", "files", "folder"},
    "weather": {"items", "files", "folder", "columns"},
    "port log": {"items", "files", "folder", "table", "columns", "places", "observations", "findings"},
}  # fmt: skip
"""Which keys of a selector an input of each kind reads. Any other key would be ignored, so it is refused."""


def _selection(case: Case, measure: str, selector: Selector, kind: str) -> Selection:
    from dateline.measure.files import case_counts, case_files, case_folder, case_table

    given = {key for key, value in selector.model_dump(exclude_defaults=True).items() if value}
    ignored = sorted(given - READ_BY.get(kind, set()))
    if ignored:
        raise UsageError(
            f"measures/{measure}.toml: an input of kind {kind!r} does not read {', '.join(ignored)}.",
            saw=", ".join(ignored),
            do=f"It reads {', '.join(sorted(READ_BY.get(kind, set()))) or 'nothing yet'}.",
            code="selector",
        )
    records = _records(case, selector, kind)
    rated = (row.finding for matrix in records if isinstance(matrix, Matrix) for row in matrix.rows)
    findings = dict.fromkeys((*selector.findings, *(name for name in rated if name is not None)))
    return Selection(
        name=selector.name,
        product=selector.product,
        layer=selector.layer,
        collection=selector.collection,
        crs=selector.crs,
        counts=case_counts(case, selector),
        files=() if kind == "places" else case_files(case, selector),
        folders=() if kind == "places" else case_folder(case, selector),
        table=case_table(case, selector),
        columns=dict(selector.columns),
        period=selector.period,
        months=selector.months,
        sites=_sites_of_kind(case, selector, kind),
        observers=selector.observations,
        observed=selector.question,
        berths=_berths(case, selector) if kind == "berths" else (),
        findings=tuple(case.finding(name) for name in findings),
        records=records,
    )


def _records(case: Case, selector: Selector, kind: str) -> tuple[Record, ...]:
    """The claims, events or media that a selector names, all of the case's where it names none; its matrices."""
    if kind == "matrix":
        return tuple(case.matrices[name] for name in sorted(selector.matrices))
    if kind in {"media", "clips"}:
        named = selector.media or (tuple(case.media) if kind == "media" else ())
        return tuple(case.media[name] for name in sorted(named))
    if kind not in {"claims", "events"}:
        return ()
    among: Mapping[str, Record] = case.claims if kind == "claims" else case.events
    named = selector.claims if kind == "claims" else selector.events
    return tuple(among[name] for name in sorted(named or among))


def _berths(case: Case, selector: Selector) -> tuple[Berth, ...]:
    """The berths that a selector names; all of the case's where it names none and no file of berths either."""
    return () if (selector.items or selector.files) and not selector.places else berths_of(case, selector.places)


def berths_of(case: Case, named: Sequence[str] = ()) -> tuple[Berth, ...]:
    """The places of a case that have a quay, or those of them that are named."""
    from dateline.measure.berths import berth_of

    wanted = named or [name for name, place in case.places.items() if place.quay]
    for name in wanted:
        site_of(case, name)  # says what to do about an id that the case does not have
    return tuple(berth_of(case.places[name], _published_hash(case.places[name])) for name in wanted)


def _sites_of_kind(case: Case, selector: Selector, kind: str) -> tuple[Site, ...]:
    """Places to measure; of a port log or of looks those that are meant, whose files are tables and no outlines."""
    if kind in {"port log", "looks"}:
        return tuple(site_of(case, place) for place in selector.places)
    return _sites(case, selector) if kind == "places" else ()


def _sites(case: Case, selector: Selector) -> tuple[Site, ...]:
    """The places of the case that a selector names, and those of the files it names."""
    from dateline.measure.files import case_files
    from dateline.measure.places import sites_in_file

    drawn = (site for path in case_files(case, selector) for site in sites_in_file(path, radius_km=0.0))
    return (*(site_of(case, place) for place in selector.places), *drawn)


def site_of(case: Case, place: str) -> Site:
    """A place record as something to measure."""
    record = case.places.get(place)
    if record is None:
        raise InputError(f"The case has no place {place!r}.", saw=repr(place), do="Add places/ID.toml.", code="place")
    return Site(
        id=place,
        name=record.name(),
        where=record.where,
        sha256=_published_hash(record),
        sensitive=record.is_sensitive,
    )


def _published_hash(place: Place) -> str:
    """The hash that stands in findings. Of a sensitive place it covers only what may be printed of its position.

    A hash of an exact position could be searched for by trying positions. The price: a change smaller than the
    published precision does not make a finding stale.
    """
    if not place.is_sensitive:
        return place.ground_sha256()
    step = max(place.publish_precision or 100_000.0, 1_000.0)
    degrees = step / 111_195.0  # metres in one degree of latitude
    where = place.where
    corners = [point for polygon in where.polygons for ring in polygon for point in ring] or [where.bounds()[:2]]
    about = sorted({(round(lon / degrees), round(lat / degrees)) for lon, lat in corners})
    return digest({"place": place.id, "about": about, "radius": round((where.radius or 0.0) / step), "step": step})
