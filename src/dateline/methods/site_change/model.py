"""What is asked of a comparison, and what it answers, before any words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import UsageError
from dateline.imagery.chip import Chip
from dateline.ledger.finding import Note
from dateline.methods.contract import Parameters
from dateline.methods.site_change.objects import Object, Placebo

B1 = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The card's parameters. event: start of the day asked about. smallest [m2]."""

    event: datetime | None
    smallest: float
    level: float
    most: int

    @classmethod
    def of(cls, parameters: Parameters) -> Settings:
        """From the card's parameters. Raises UsageError `parameter` for a date that is none."""
        text = parameters["event"]
        try:
            event = None if text is None else datetime.combine(date.fromisoformat(str(text)), datetime.min.time(), UTC)
        except ValueError as error:
            raise UsageError(
                "The date of the change cannot be read.", saw=repr(text), do="Write 2024-02-03.", code="parameter"
            ) from error
        return cls(event=event, smallest=parameters["smallest"], level=parameters["level"], most=parameters["most"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """objects: strongest first. told: of them, those that chance does not explain. labels: map of their pixels, None
    where places have no outline. known: seen in both. rank_only: code and sentence of why nothing is told, if so."""

    before: Chip
    after: Chip
    objects: tuple[Object, ...]
    told: tuple[Object, ...]
    labels: npt.NDArray[np.int32] | None
    known: B1
    placebo: Placebo
    rate: str
    rank_only: tuple[str, str] | None = None
    stop: tuple[str, str] | None = None
    notes: tuple[Note, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    pixel_rate: tuple[float, int] | None = None


def rated(objects: list[Object], placebo: Placebo, site: float) -> list[Object]:
    """Objects with how many such arise in a km2 by chance. site: ground that is seen [km2]."""
    if not placebo.counts:
        return objects
    return [replace(one, false=placebo.rate(one.mass, site)) for one in objects]


def family(objects: list[Object], placebo: Placebo, site: float, level: float) -> list[Object]:
    """Objects so strong that one arises on the whole site by chance less often than 1 - level."""
    if not placebo.counts:
        return []
    return [one for one in objects if placebo.chance(one.mass, site) <= 1 - level]


def rate_words(placebo: Placebo, objects: list[Object], rate: float | None) -> str:
    """The false-alarm rate as a sentence. rate: share of unchanged pixels that are flagged, where no trial tells."""
    parts = []
    if placebo.counts:
        least = min((one.mass for one in objects), default=0.0)
        rate_km2 = int((placebo.mass >= least).sum()) / max(placebo.exposure, 1e-9)
        parts.append(f"{rate_km2:.2g} such changes per km² arise where nothing happened (measured on {placebo.how}).")
    elif rate is not None:
        parts.append(
            f"About {100 * rate:.1f} % of unchanged pixels are flagged, by the site's own pixels; other dates or "
            "stable ground would tell it better."
        )
    return " ".join(parts)
