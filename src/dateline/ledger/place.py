"""A place: where it is and how well we know that, its names, its role in the investigation, who located it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, Strict, ValidationInfo, model_validator

from dateline.core.identity import canonical, digest
from dateline.core.where import Where
from dateline.ledger.citation import Citations, citation_refs
from dateline.ledger.identification import Identification
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, ref_to, refuse
from dateline.ledger.told import Names, name_in
from dateline.ledger.verification import Steps

Role = Literal[
    "port", "berth", "anchorage", "town", "village", "region", "country", "island", "border", "base", "depot",
    "station", "airfield", "power_plant", "site", "control", "area", "sea", "front", "camera", "landmark", "witness",
    "track", "other",
]  # fmt: skip

SENSITIVE_ROLES = frozenset({"camera", "landmark", "witness", "track"})
"""Roles that give away where a person stood: sensitive unless the record says otherwise."""

Position = Annotated[tuple[float, float], Strict(False)]
"""Longitude and latitude [degrees, WGS 84], in this order, as in GeoJSON."""


class Ground(Part):
    """The [where] table: a point, a ring of corners, or a GeoJSON file of the case."""

    lon: float | None = Field(default=None, description="[degrees east]")
    lat: float | None = Field(default=None, description="[degrees north]")
    radius: float | None = Field(
        default=None, description="how far the place may lie from the point, or its extent [m]"
    )
    polygon: Many[Position] = Field(default=(), description="corners [lon, lat] of one ring; closed for you")
    geojson: Text | None = Field(default=None, description="path of a GeoJSON file, relative to the case")
    precision: float | None = Field(default=None, description="how far the drawn boundary may be off [m]")

    _where: Where = PrivateAttr()

    @model_validator(mode="after")
    def _locate(self, info: ValidationInfo) -> Self:
        """Makes the core's noun; a shape is read through the context that the case gives."""
        self._one_form()
        try:
            if self.geojson is not None:
                self._where = self._shape((info.context or {}).get("shapes"), self.geojson)
            elif self.polygon:
                ring = self.polygon if self.polygon[0] == self.polygon[-1] else (*self.polygon, self.polygon[0])
                self._where = Where.area([[ring]], precision=self.precision)
            else:
                self._where = Where(lon=self.lon, lat=self.lat, radius=self.radius)
        except ValueError as error:
            if type(error) is not ValueError:  # a fault that already says what is valid
                raise
            refuse(self._found(), str(error))
        return self

    def _shape(self, shapes: Any, name: str) -> Where:
        if shapes is None:
            refuse(repr(name), "lon and lat, or polygon: a GeoJSON file needs a case folder around it", at="geojson")
        shape: Where = shapes(name)
        if shape.is_area and self.precision is not None:
            return Where(polygons=shape.polygons, precision=self.precision)
        return shape

    def _one_form(self) -> None:
        point = self.lon is not None or self.lat is not None or self.radius is not None
        given = {"lon/lat": point, "polygon": bool(self.polygon), "geojson": self.geojson is not None}
        forms = [name for name, is_given in given.items() if is_given]
        if len(forms) != 1:
            refuse(" and ".join(forms) or "no position", "one of: lon and lat [degrees]; polygon; geojson")
        if point and self.precision is not None:
            refuse("precision with a point", "radius [m] for a point; precision belongs to a boundary", at="precision")

    def _found(self) -> str:
        if self.polygon:
            return f"{len(self.polygon)} corners"
        return f"lon {self.lon}, lat {self.lat}, radius {self.radius}"

    @property
    def where(self) -> Where:
        """The point or area as the core's noun."""
        return self._where


class Slot(Part):
    """A stretch of a quay where one ship lies."""

    id: RecordId
    start: float = Field(ge=0, description="along the quay line from its first point [m]")
    end: float = Field(gt=0, description="[m]")


class Place(Record):
    """One place of the investigation. A berth is a place with a quay line and slots."""

    kind: ClassVar[Kind] = "place"
    folder: ClassVar[str] = "places"

    role: Role = Field(description="what the place is in this investigation")
    within: RecordId | None = Field(default=None, description="id of the place that this one lies in")
    located_by: Text | None = Field(default=None, description="who found the position, and how")
    sensitive: bool | None = Field(
        default=None, description="true for camera, landmark, witness and track unless you say false"
    )
    publish_precision: float | None = Field(
        default=None,
        gt=0,
        description="the finest position that may be printed [m]; a sensitive place without it is not",
    )
    quay: Many[Position] = Field(default=(), description="the quay line of a berth, [lon, lat] from end to end")
    slots: Many[Slot] = ()
    sources: Citations = ()
    note: Text | None = None
    names: Names
    ground: Ground = Field(alias="where", description="the position")
    identification: Steps[Identification] = Field(
        default=(), description="what the place is, where that is a question: how far it has come, on what evidence"
    )

    @model_validator(mode="after")
    def _berth(self) -> Self:
        if self.role == "berth" and len(self.quay) < 2:
            refuse(f"{len(self.quay)} points", "at least two points [lon, lat]: a berth has a quay line", at="quay")
        if self.slots and not self.quay:
            refuse("slots without a quay", "a quay line, along which slots are measured", at="slots")
        for index, slot in enumerate(self.slots):
            if slot.end <= slot.start:
                refuse(f"start {slot.start}, end {slot.end}", "an end beyond the start [m]", at=f"slots.{index}.end")
        return self

    @property
    def where(self) -> Where:
        """The point or area, in longitude and latitude [degrees]."""
        return self.ground.where

    @property
    def is_sensitive(self) -> bool:
        """Whether the position may only be printed as coarsely as `publish_precision` says, or not at all."""
        return self.role in SENSITIVE_ROLES if self.sensitive is None else self.sensitive

    def name(self, language: str = "en") -> str:
        """The name in a language, else in English, else the first one given."""
        return name_in(self.names, language)

    def title_text(self) -> str:
        """The English name."""
        return self.name()

    def refs(self) -> Iterator[Ref]:
        """The place around it, the pages it rests on."""
        yield from ref_to("within", self.within, "place", chain=True)
        yield from citation_refs("sources", self.sources)
        for index, one in enumerate(self.identification):
            yield from one.refs(f"identification.{index}")

    def ground_sha256(self) -> str:
        """The hash of all but what the place is taken for: a finding measures the ground, whatever stands on it."""
        return digest({key: value for key, value in self.to_json().items() if key != "identification"})

    def to_json(self) -> dict[str, Any]:
        """The record with its position spelt out, so that a changed shape file changes the record's hash."""
        plain = super().to_json()
        return {**plain, "where": {**plain["where"], "geometry": canonical(self.where.to_json())}}
