"""One place: its observed nights, the outage found among them, and what else speaks for or against it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.imagery.tables import F8, ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods.lights_trend.axis import seen_share
from dateline.methods.outage.nights import D8, TOO_FAINT, TOO_FEW, UNSTEADY, Outage, Rules, Scan, scan
from dateline.methods.outage.onset import back_bracket, depth, depth_nights, onset_bracket

JUDGED = 0.9
"""Share of the observed nights in question that must have a baseline before "no outage found" may be said."""

FELL = 0.7
"""A control, or the same season a year before, that fell under this share makes the fall common."""

YEAR = np.timedelta64(365, "D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The parameters of the card that a single place needs. first, last: days in which an onset may lie."""

    rules: Rules
    level: float
    drift: float
    seen_share: float
    fewest_pixels: float
    first: np.datetime64
    last: np.datetime64


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """One place's observed nights. days: (n,) rising. values: (n,) mean over seen pixels [unit]."""

    days: D8
    values: F8

    def ratio(
        self, before: tuple[np.datetime64, np.datetime64], after: tuple[np.datetime64, np.datetime64]
    ) -> float | None:
        """Median of the second period over that of the first, ends included; None with under three nights in one."""
        first, second = (self.values[(self.days >= a) & (self.days <= b)] for a, b in (before, after))
        if len(first) < 3 or len(second) < 3 or np.median(first) <= 0:
            return None
        return float(np.median(second) / np.median(first))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOutage:
    """What one place shows. stop: why nothing can be told, or None. onset, back: brackets; back None: not confirmed.

    filled: what the gap-filled layer shows over the same nights. controls: ratio of each control over the same nights.
    """

    place: str
    nights: Nights
    scan: Scan
    stop: Note | None = None
    needed: str = ""
    onset: When | None = None
    back: When | None = None
    depth: Estimate | None = None
    filled_ratio: float | None = None
    controls: dict[str, float] = field(default_factory=dict)
    caveats: tuple[Note, ...] = ()

    @property
    def outage(self) -> Outage | None:
        """The confirmed outage, also where a guard stops it from being told."""
        return self.scan.outage


def days_of(series: ZonalSeries) -> D8:
    """(T,) the day of each look. Raises Refusal `not-nightly` for a look that is not one day."""
    found = []
    for look in series.looks:
        first, last = look.when.earliest, look.when.latest
        if first is None or last is None or first != last:
            raise Refusal(
                "The looks are not single nights.",
                saw=look.when.edtf(),
                do="Give daily images (VNP46A2, VJ146A2) or a table of nights. For months, use lights_trend.",
                code="not-nightly",
            )
        found.append(np.datetime64(first.isoformat()[:10], "D"))
    return np.array(found, dtype="datetime64[D]")


def observed(series: ZonalSeries, days: D8, place: int, least: float) -> Nights:
    """The nights on which enough of a place was seen. Raises Refusal `doubled-night` for two values of one night.

    least: share of the place. Equal doubles are taken once.
    """
    values = series.mean()[:, place]
    keep = np.flatnonzero(np.isfinite(values) & (seen_share(series)[:, place] >= least))
    keep = keep[np.argsort(days[keep], kind="stable")]
    again = np.flatnonzero(np.diff(days[keep]) == np.timedelta64(0, "D"))
    if np.any(values[keep[again]] != values[keep[again + 1]]):
        raise Refusal(
            "A night occurs twice with different values.",
            saw=f"{series.places[place]}, {days[keep[again[0]]]}",
            do="Find out which of the two is right and give only that one.",
            code="doubled-night",
        )
    keep = np.delete(keep, again + 1)
    return Nights(days=days[keep], values=values[keep])


def measure_place(
    place: str, nights: Nights, settings: Settings, *, size: float, filled: Nights | None, controls: dict[str, Nights]
) -> PlaceOutage:
    """The outage of one place, or why none can be told. size: of the place [px]. filled: the gap-filled nights."""
    searched = (nights.days >= settings.first) & (nights.days <= settings.last)
    found = scan(nights.days, nights.values, searched, settings.rules)
    bare = PlaceOutage(place=place, nights=nights, scan=found)
    if size < settings.fewest_pixels:
        return _stopped(bare, _few_pixels(size, settings), "An outline of more pixels.")
    if found.outage is None:
        return _none_found(bare, searched, settings)
    onset = onset_bracket(nights.days, nights.values, found.outage, settings.rules, level=settings.level)
    before, after = depth_nights(nights.days, found.outage, settings.rules)
    spans = (_span(nights.days[before]), _span(nights.days[after]))
    beside = {name: ratio for name, other in controls.items() if (ratio := other.ratio(*spans)) is not None}
    season = nights.ratio((spans[0][0] - YEAR, spans[0][1] - YEAR), (spans[1][0] - YEAR, spans[1][1] - YEAR))
    whole = PlaceOutage(
        place=place,
        nights=nights,
        scan=found,
        onset=onset,
        back=back_bracket(nights.days, nights.values, found.outage, level=settings.level),
        depth=depth(nights.values[before], nights.values[after], level=settings.level, drift=settings.drift),
        filled_ratio=None if filled is None else filled.ratio(*spans),
        controls=beside,
        caveats=_caveats(found, season=season, controls=beside, nights_after=after.stop - after.start),
    )
    if whole.depth is None:
        note = Note(code="baseline-unsteady", text="The light before was too unsteady to say how far it fell.")
        return _stopped(whole, note, "A longer window, or an outside record of the supply.")
    fell = _controls_fell(beside)
    if fell is not None:
        return _stopped(whole, fell, "Places farther away, in the same season and weather, that stayed lit.")
    if season is not None and season < FELL:
        return _stopped(whole, _season_fell(season), "More years, so that the season can be taken out.")
    return whole


def _span(days: D8) -> tuple[np.datetime64, np.datetime64]:
    return days[0], days[-1]


def _stopped(found: PlaceOutage, note: Note, needed: str) -> PlaceOutage:
    return replace(found, stop=note, needed=needed)


def _few_pixels(size: float, settings: Settings) -> Note:
    return Note(
        code="few-pixels",
        text=f"The place covers {size:.1f} pixels; {settings.fewest_pixels:g} are asked for, as the footprint is "
        "larger than a pixel and wanders from night to night.",
    )


def _none_found(bare: PlaceOutage, searched: np.ndarray, settings: Settings) -> PlaceOutage:
    """No confirmed outage: whether that may be said depends on how many nights could be judged."""
    asked, judged = int(searched.sum()), len(bare.scan.judged)
    if judged >= max(JUDGED * asked, settings.rules.fewest):
        return bare
    reasons = {kind: bare.scan.count(kind) for kind in (TOO_FAINT, UNSTEADY, TOO_FEW)}
    worst = max(reasons, key=lambda kind: reasons[kind])
    rules = settings.rules
    text, needed = {
        TOO_FAINT: (
            f"before {reasons[TOO_FAINT]} of them the place showed less than twice the detection limit, too little to "
            "be seen going out",
            "A brighter place, or a smaller outline around its lights.",
        ),
        UNSTEADY: (
            f"before {reasons[UNSTEADY]} of them the light was unsteady already",
            "A longer window, or an outside record of the supply.",
        ),
        TOO_FEW: (
            f"before {reasons[TOO_FEW]} of them fewer than {rules.fewest} nights were seen in {rules.window} days",
            "More clear nights: the second satellite, a longer window, or another outline.",
        ),
    }[worst]
    code = {TOO_FAINT: "below-floor", UNSTEADY: "baseline-unsteady", TOO_FEW: "too-few-nights"}[worst]
    if asked < settings.rules.fewest:
        code, text = "too-few-nights", "that is too few to say anything"
        needed = "More clear nights: the second satellite, or another outline."
    return _stopped(
        bare, Note(code=code, text=f"{asked} nights were observed, {judged} could be judged: {text}."), needed
    )


def _controls_fell(controls: dict[str, float]) -> Note | None:
    if not controls or np.median(list(controls.values())) >= FELL:
        return None
    told = ", ".join(f"{name} {100 * ratio:.0f} %" for name, ratio in controls.items())
    return Note(
        code="controls-fell-too",
        text=f"Over the same nights the control places stood at {told} of their earlier light: moon, haze or season "
        "may have dimmed everything.",
    )


def _season_fell(season: float) -> Note:
    return Note(
        code="season",
        text=f"Over the same days a year earlier the light stood at {100 * season:.0f} % of its level before, without "
        "this event.",
    )


def _caveats(found: Scan, *, season: float | None, controls: dict[str, float], nights_after: int) -> tuple[Note, ...]:
    notes = []
    if season is None:
        notes.append(
            Note(code="season-unchecked", text="There are no nights of the same season a year earlier to compare.")
        )
    if not controls:
        notes.append(
            Note(code="no-controls", text="No control place was named or lit: moon, haze and drift are not ruled out.")
        )
    if nights_after < 5:
        notes.append(
            Note(
                code="few-dark-nights",
                text=f"The depth rests on {nights_after} nights; moon and haze want five or more.",
            )
        )
    if found.single:
        notes.append(
            Note(
                code="single-dark-nights",
                text=f"Earlier dark nights that stand alone between normal ones: {len(found.single)} (haze, thin cloud "
                "or a short cut).",
            )
        )
    return tuple(notes)
