"""Where an item came from: an address, a hand, a capture by the program; what it was made from; what it shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator

from dateline.evidence.part import Id, Name, Part, Sha256, Told, Utc, without_login


class Origin(Part):
    """Where the bytes came from: an address, or the base name of a file that somebody gave us, and how."""

    url: Annotated[str, AfterValidator(without_login)] | None = None
    file: Name | None = Field(default=None, description="base name only: folders tell about their owner")
    how: Told | None = Field(default=None, description="in words: who gave it, through which channel")
    issuer: Told | None = Field(default=None, description="of a handout: who issued it")
    channel: Told | None = Field(default=None, description="of a handout: where it was given out")
    inside: Id | None = Field(default=None, description="the item (a web archive, an export) that it was taken from")


class Hop(Part):
    """One redirect: what was asked, what was answered, where it led."""

    url: Annotated[str, AfterValidator(without_login)]
    status: int = Field(ge=300, le=399)
    to: Annotated[str, AfterValidator(without_login)]


class Certificate(Part):
    """What the server showed to prove its name."""

    sha256: Sha256 = Field(description="of the DER bytes")
    subject: Told
    issuer: Told
    not_before: Utc
    not_after: Utc
    pem: Told


class Capture(Part):
    """How the program fetched the bytes. Its hash is in the custody log, with the rest of the record."""

    url: Annotated[str, AfterValidator(without_login)] = Field(description="as asked")
    final_url: Annotated[str, AfterValidator(without_login)] = Field(description="as answered")
    status: int | None = Field(default=None, ge=100, le=599, description="absent: nobody wrote down what was answered")
    at: Utc = Field(description="when the answer began; without a status, when the file was found")
    redirects: Annotated[tuple[Hop, ...], Strict(False)] = ()
    headers: Annotated[tuple[Annotated[tuple[str, str], Strict(False)], ...], Strict(False)] = Field(
        default=(), description="of the answer, in order; Set-Cookie and the like by name only"
    )
    tls: Certificate | None = None
    address: Told | None = Field(default=None, description="the network address that answered")
    proxy: bool = Field(default=False, description="whether it went through a proxy")
    tool: Told = Field(description="program and version")
    parameters: Annotated[dict[str, str | int | float | bool], Strict(False)] = Field(default_factory=dict)


class Image(Part):
    """What the image log needs of an image: what took it, when, over what; whatever its bytes are."""

    sensor: Told | None = None
    scene: Told | None = Field(default=None, description="the provider's id of the scene")
    start: Utc | None = Field(default=None, description="of the capture, not of the release")
    end: Utc | None = None
    bounds: tuple[float, float, float, float] | None = Field(
        default=None, strict=False, description="west, south, east, north [deg]"
    )
    cloud: float | None = Field(default=None, ge=0, le=1, description="share of the place, or of the scene")
    cloud_over: Literal["place", "scene"] | None = None
    resolution: float | None = Field(default=None, gt=0, description="[m]")
    released: Utc | None = Field(default=None, description="of a mosaic or basemap: never the capture date")

    @model_validator(mode="after")
    def _ordered(self) -> Image:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("end must not come before start")
        if (self.cloud is None) != (self.cloud_over is None):
            raise ValueError("cloud and cloud_over go together: whose cloud is it?")
        if self.bounds is not None:
            west, south, east, north = self.bounds
            if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
                raise ValueError("bounds are west, south, east, north in degrees, and do not cross the antimeridian")
        return self


class Sighting(Part):
    """An image known to exist that we do not have: not bought, or seen by somebody and not stored."""

    state: Literal["not-bought", "seen"]
    by: Told = Field(description="who knows of it or saw it; may be a pseudonym")
    where: Told = Field(description="the catalogue, the screen, the briefing")
    on: Utc | None = Field(default=None, description="when it was seen")
    text: Told | None = Field(default=None, description="what it showed, in that person's words")


class Derivation(Part):
    """What an item was made from, and the command that made it."""

    parents: Annotated[tuple[Id, ...], Strict(False)] = Field(min_length=1)
    command: Told
