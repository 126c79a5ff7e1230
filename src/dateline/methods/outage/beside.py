"""What stands beside an outage: the gap-filled layer's version of it, and an outside record of the load."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from dateline.core.state import State
from dateline.core.when import When
from dateline.imagery.tables import ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods.outage.nights import D8, scan
from dateline.methods.outage.onset import onset_bracket
from dateline.methods.outage.place import Nights, PlaceOutage, Settings, days_of, observed

Agreement = Literal["agrees in date", "disagrees in date", "no fall found", "cannot tell"]


def filled_nights(series: ZonalSeries, days: D8, place: int) -> Nights | None:
    """The gap-filled layer's value of every night it has one, or None without such a layer.

    It covers all pixels that are not masked away, so its total is divided by these.
    """
    name = next((name for name in series.other if name.lower().startswith("gap")), None)
    if name is None:
        return None
    visible = series.size[place] - series.weight[:, place, State.OUTSIDE].min(initial=np.inf)
    values = series.other[name][:, place] / max(float(visible), 1e-9)
    keep = np.flatnonzero(np.isfinite(values))
    keep = keep[np.argsort(days[keep], kind="stable")]
    keep = keep[np.concatenate([[True], np.diff(days[keep]) > np.timedelta64(0, "D")])] if len(keep) else keep
    return Nights(days=days[keep], values=values[keep])


def filled_json(found: PlaceOutage, filled: Nights | None, settings: Settings) -> dict[str, Any] | None:
    """What the gap-filled layer would have said: the ratio over the same nights, and its own onset if it has one."""
    if filled is None:
        return None
    onset = onset_in(filled, settings)
    return {
        "ratio": found.filled_ratio,
        "onset": None if onset is None else when_json(onset),
        "answer": "outage" if onset is not None else "no outage found",
    }


def onset_in(nights: Nights, settings: Settings) -> When | None:
    """The onset bracket in any nightly record by the same rules, or None."""
    searched = (nights.days >= settings.first) & (nights.days <= settings.last)
    found = scan(nights.days, nights.values, searched, settings.rules)
    if found.outage is None:
        return None
    return onset_bracket(nights.days, nights.values, found.outage, settings.rules, level=settings.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """An outside record: its nights, its own onset, and the unit it is in."""

    nights: Nights
    onset: When | None
    judged: int
    unit: str

    def against(self, onset: When | None) -> Agreement:
        """Whether its fall can be of the same date as the light's."""
        if self.onset is None:
            return "no fall found" if self.judged else "cannot tell"
        if onset is None:
            return "cannot tell"
        return "agrees in date" if self.onset.may_meet(onset) else "disagrees in date"


def load_of(series: ZonalSeries, place: str, settings: Settings) -> Load | None:
    """The record for a place: its own column, or the only one there is; None when neither fits."""
    if place not in series.places and len(series.places) > 1:
        return None
    column = series.places.index(place) if place in series.places else 0
    nights = observed(series, days_of(series), column, 0.0)
    rules = replace(settings.rules, faintest=0.0)
    searched = (nights.days >= settings.first) & (nights.days <= settings.last)
    found = scan(nights.days, nights.values, searched, rules)
    onset = None
    if found.outage is not None:
        onset = onset_bracket(nights.days, nights.values, found.outage, rules, level=settings.level)
    return Load(nights=nights, onset=onset, judged=len(found.judged), unit=series.looks[0].unit)


def load_note(load: Load, onset: When | None) -> Note:
    """The record's agreement in a sentence."""
    if load.onset is None:
        code = "load-beside" if onset is None else "load-differs"
        return Note(code=code, text=f"The outside record [{load.unit}] shows no such fall.")
    same = load.against(onset)
    text = f"The outside record [{load.unit}] falls {load.onset.spoken()}"
    if same == "cannot tell":
        return Note(code="load-beside", text=f"{text}; the light cannot be set beside it.")
    return Note(code="load-beside" if same == "agrees in date" else "load-differs", text=f"{text}: {same}.")


def when_json(when: When) -> dict[str, Any]:
    """A bracket as a finding carries it; `after` says that the first day itself is excluded."""
    return {"kind": "when", "sets": [[when.earliest, when.latest]], "after": when.after}
