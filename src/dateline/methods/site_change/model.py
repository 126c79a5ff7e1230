"""What is asked of a comparison, and what it answers, before any words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import UsageError
from dateline.core.when import When
from dateline.imagery.chip import Chip
from dateline.ledger.finding import Note
from dateline.methods.contract import Parameters
from dateline.methods.site_change.objects import Object, Placebo

B1 = npt.NDArray[np.bool_]
Angles = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The card's parameters. event: start of the day asked about. smallest [m2]. drawn: the day whose ground the
    footprints show. sun: elevation and azimuth, look: off-nadir angle and azimuth, before and after [degrees]."""

    event: datetime | None
    smallest: float
    level: float
    most: int
    drawn: When | None = None
    sun: tuple[Angles | None, Angles | None] = (None, None)
    look: tuple[Angles | None, Angles | None] = (None, None)

    @classmethod
    def of(cls, parameters: Parameters) -> Settings:
        """From the card's parameters. Raises UsageError `parameter` for a date or angles that are none, `date`."""
        text = parameters["event"]
        try:
            event = None if text is None else datetime.combine(date.fromisoformat(str(text)), datetime.min.time(), UTC)
        except ValueError as error:
            raise UsageError(
                "The date of the change cannot be read.", saw=repr(text), do="Write 2024-02-03.", code="parameter"
            ) from error
        drawn = parameters["footprints_at"]
        return cls(
            event=event,
            smallest=parameters["smallest"],
            level=parameters["level"],
            most=parameters["most"],
            drawn=None if drawn is None else When.from_edtf(str(drawn)),
            sun=(_angles(parameters, "sun_before"), _angles(parameters, "sun_after")),
            look=(_angles(parameters, "look_before"), _angles(parameters, "look_after")),
        )


def _angles(parameters: Parameters, name: str) -> Angles | None:
    """Two angles [degrees]. Raises UsageError `parameter`."""
    text = parameters[name]
    if text is None:
        return None
    try:
        tilt, azimuth = (float(one) for one in str(text).replace(",", " ").split())
        if not (0 <= tilt <= 90 and 0 <= azimuth <= 360):
            raise ValueError(text)
    except ValueError as error:
        raise UsageError(
            f"{name} is two angles in degrees.", saw=repr(text), do='Write "41.5 163".', code="parameter"
        ) from error
    return tilt, azimuth


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
    return [one for one in objects if placebo.chance(one.mass, site) <= 1 - level + 1e-9]


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
