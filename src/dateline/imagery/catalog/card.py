"""What a service says of itself before it is asked anything: one TOML file beside its module."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from dateline.core.errors import InputError
from dateline.evidence.item import Licence


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, config=ConfigDict(extra="forbid"), kw_only=True)
class Login:
    """What a download needs: an account, where to get it, and which hosts its login (a bearer token) is for."""

    kind: Literal["earthdata", "copernicus"]
    title: str
    register: str
    """Where to get the account."""
    environment: tuple[str, ...]
    """Names of the environment variables that are looked at: the token's, then the user's and the password's."""
    issuer: str
    """The host that asks for the name and password: netrc and keyring know the login under it."""
    hosts: tuple[str, ...]
    """The hosts that the Authorization header is for."""
    probe: str | None = None
    """Something small that only a login opens; {name} stands for the endpoint of that name."""


class Collection(_Part):
    """One collection: what it is, since when, how fine, under which licence."""

    title: str
    licence: str
    sensor: str | None = None
    """The id of our sensor file, where there is one."""
    platform: str | None = None
    resolution: float | None = Field(default=None, gt=0)
    """[m]"""
    start: date | None = None
    end: date | None = None
    warnings: tuple[str, ...] = ()
    """What everyone who uses it must know, and what is printed with it."""


class Card(_Part):
    """A service: its addresses, its collections, their licences by use."""

    schema_version: Literal[1] = Field(alias="schema")
    id: str
    title: str
    about: str
    docs: str
    endpoints: dict[str, str]
    """Addresses by name, without a slash at the end."""
    login: Login | None = None
    shows: str = "our network address and the area that we ask for"
    """What the service learns about us from a search."""
    collections: dict[str, Collection]
    licences: dict[str, Annotated[Licence, Strict(False)]]
    attributions: dict[str, str]
    """By licence: the words to print beside what is made from it. {year} is the year of the image."""

    @model_validator(mode="after")
    def _is_whole(self) -> Card:
        for name, collection in self.collections.items():
            if collection.licence not in self.licences or collection.licence not in self.attributions:
                raise ValueError(f"collection {name} names a licence {collection.licence!r} that is not described")
        if slashed := [name for name, address in self.endpoints.items() if address.endswith("/")]:
            raise ValueError(f"endpoints end without a slash: {', '.join(slashed)}")
        return self


def read_card(path: Path) -> Card:
    """Reads and checks one card. Raises InputError (code `service-card`) naming every fault in it."""
    try:
        card = Card.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise _broken(path, faults) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _broken(path, str(error)) from error
    if card.id != path.stem:
        raise _broken(path, f"id {card.id!r} in a file of another name")
    return card


def _broken(path: Path, saw: str) -> InputError:
    return InputError(
        f"The card {path.name} of a service cannot be used.",
        saw=saw,
        do="Mend the file; docs/services.md explains each key.",
        code="service-card",
    )
