"""What every piece of an item record is made of: frozen, strict, and with words that mean something."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from dateline.core.errors import InputError
from dateline.core.identity import is_id
from dateline.evidence.names import check_name, check_relative


def good(check: Any) -> AfterValidator:
    """A check of ours, which raises InputError, as one that the record reader understands."""

    def validate(text: str) -> str:
        try:
            check(text)
        except InputError as error:
            raise ValueError(error.saw) from error
        return text

    return AfterValidator(validate)


def _id(text: str) -> str:
    if not is_id(text):
        raise ValueError("letters, digits, dot, dash, underscore; at most 128; no path")
    return text


def without_login(url: str) -> str:
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("the address carries a login; take it out: a case is shared")
    return url


def _told(text: str) -> str:
    if not text.strip():
        raise ValueError("some words; leave the key out when nothing is known")
    return text


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, good(check_name)]
Inside = Annotated[str, good(check_relative)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Told = Annotated[str, AfterValidator(_told)]
Utc = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Part(BaseModel):
    """A piece of an item: frozen, and strict about types and unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)
