"""What was agreed with somebody who speaks to us: whether they may be quoted, named, or used at all; and until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from dateline.ledger.record import Part, Text, refuse
from dateline.ledger.told import Day, Instant

Agreed = Literal["on_the_record", "background", "not_for_attribution", "off_the_record"]
"""From open to closed. Background: words may be used, the name not, but the description agreed on. Not for
attribution: nobody is named or described. Off the record: nothing is used, and nothing leaves the house."""

OPEN: Final = "on_the_record"
OFF: Final = "off_the_record"
_ORDER: tuple[Agreed, ...] = get_args(Agreed)


class Terms(Part):
    """What was agreed, who agreed it, when. Without terms somebody spoke openly."""

    are: Agreed
    described_as: Text | None = Field(default=None, description="how they may be described in place of their name")
    agreed_by: Text | None = Field(
        default=None, validate_default=True, description="who of us agreed it; required unless on_the_record"
    )
    agreed_on: Day | None = Field(
        default=None, validate_default=True, description="on which day; required unless on_the_record"
    )
    embargo: Instant | None = Field(default=None, description="not to be used before")
    note: Text | None = None

    @field_validator("agreed_by", "agreed_on", mode="after")
    @classmethod
    def _somebody_agreed(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("are", OPEN) != OPEN:
            refuse("nothing", "it is required: who of us agreed to these terms, and when")
        return value


def strictest(agreed: Iterable[Agreed]) -> Agreed:
    """The most closed of several; on the record where there are none. Who is in doubt says less."""
    return max(agreed, key=_ORDER.index, default="on_the_record")
