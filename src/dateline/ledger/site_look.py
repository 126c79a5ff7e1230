"""What somebody could say of one image of a site: the row that a bracket is made of. "Cannot tell" is not "absent"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Answer = Literal["present", "absent", "not discernible", "obscured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLook:
    """One image and one answer to the question whether the thing is there.

    start, end: when the image was taken, with zones; a mosaic, a basemap or a picture of an unknown day is an
    interval. sensor: id or name. gsd: ground sample distance [m]. detection, false_alarm: how probable it is that a
    thing that is there is seen, and that one is seen that is not there [1]; None: not known. by: who or what said so.
    independent: without having seen anybody else's answer. date_hidden: the date was not shown. reason: why nothing
    can be said. ref: id of the observation or finding behind it.
    """

    image: str
    start: datetime
    end: datetime
    sensor: str | None = None
    gsd: float | None = None
    answer: Answer
    detection: float | None = None
    false_alarm: float | None = None
    by: str
    independent: bool = False
    date_hidden: bool = False
    reason: str | None = None
    simulated: bool = False
    ref: str | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"{self.image}: a time without a zone ({self.start}, {self.end}).")
        if self.end < self.start:
            raise ValueError(f"{self.image}: it ends ({self.end}) before it starts ({self.start}).")
        for name in ("detection", "false_alarm"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"{self.image}: {name} is {share}; it is a share from 0 to 1.")
