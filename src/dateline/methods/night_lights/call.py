"""From what was measured at a place to one of the five answers, with the reasons in the order they were met."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dateline.core.estimate import Estimate
from dateline.ledger.finding import Note
from dateline.methods.night_lights.place import Measured, Settings

INCREASE, DECREASE, NO_CHANGE = "increase", "decrease", "no change found"
CANNOT_TELL, REFUSED = "cannot tell", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An answer for one place: the result, why, and what would settle it."""

    result: str
    reasons: tuple[Note, ...]
    needed: tuple[str, ...] = ()


def stopped(place: Measured, settings: Settings) -> Call | None:
    """The answer of a place where too little was seen to compare at all, or None."""
    for guard in (_smaller_than_pixel, _too_few_nights, _seen_share_low, _few_lit_pixels, _background, _few_blocks):
        if call := guard(place, settings):
            return call
    return None


def unmeasured(place: Measured, settings: Settings) -> bool:
    """Whether a place was stopped before there was a ratio; one that lacks only an interval has a ratio."""
    stop = stopped(place, settings)
    return stop is not None and stop.reasons[0].code != "few-blocks"


def call_place(place: Measured, settings: Settings) -> Call:
    """The answer for one place whose q-value is set. The order of the tests is that of the card."""
    if stop := stopped(place, settings):
        return stop
    reasons = [_interval_reason(place, settings)]
    if place.p_interval() > 1 - settings.level:
        return _not_excluded(place, settings, reasons)
    if place.p_floor(settings) > 1 - settings.level:
        return _unclear(
            reasons, floor_sensitive(place, settings), "A product without a floor: daily VNP46A2 or VJ146A2."
        )
    if _near_floor(place, settings):
        note = Note(
            code="near-floor",
            text=f"The change comes to less than {settings.floor / 2:g} nW cm-2 sr-1 a lit pixel, about what the "
            "product's own stability and stray light can do.",
        )
        return _unclear(reasons, note, "Daily images summed over many nights, or a brighter place.")
    if place.light.lit is not None and settings.floor > 0:
        reasons.append(_floor_reason(place, settings))
    if ordinary := _ordinary(place, settings, reasons):
        return ordinary
    if place.q is not None and place.q > settings.rate:
        text = (
            "Alone it would stand out, but not among so many places asked about at once: too many of them would by "
            f"chance (q = {place.q:.2g}, rate {settings.rate:g})."
        )
        needed = "The same question about this place alone, asked beforehand."
        return _unclear(reasons, _note("many-places", text), needed)
    reasons += _passed(place, settings)
    return Call(result=INCREASE if place.log_ratio > 0 else DECREASE, reasons=tuple(reasons))


def ratio_estimate(place: Measured, settings: Settings) -> Estimate | None:
    """The ratio B/A with its interval [1]; None where nothing could be compared.

    None too where A has no light, as no number would be its best value. Where B has none above the floor, the largest
    ratio that the floor allows, open below: below the floor is not zero.
    """
    if unmeasured(place, settings) or place.log_ratio == math.inf:
        return None
    low, high = place.interval(settings.level, settings.floor)
    return Estimate(
        best=math.exp(place.testable(settings.floor)),
        low=None if low is None else math.exp(low),
        high=None if high is None else math.exp(high),
        unit="1",
        level=settings.level,
        n=place.pairs,
        how=f"the largest ratio that the floor allows; {how(place)}" if place.gone_dark else how(place),
    )


def how(place: Measured) -> str:
    """How the interval was made, for the drawer."""
    if not place.bounded:
        return "no interval: too few pairs of months and too few blocks to measure the noise"
    blocks = {
        "years": f"block bootstrap over {place.noise.pairs_of_years} pairs of years",
        "months": f"block bootstrap over {place.pairs} paired months; noise that a year shares "
        f"{'partly measured, partly assumed' if place.noise.year.df > 0 else 'assumed'}",
        "picture": f"block bootstrap over space ({place.pictures[1].side} px); what a month or a year shares assumed",
    }[place.noise.route]
    return f"{blocks}; Student's t, {place.noise.df:.1f} degrees of freedom"


def percent(log_ratio: float) -> str:
    """A log ratio as signed change in per cent, for texts: +40 or −29."""
    change = 100 * math.expm1(log_ratio)
    decimals = 1 if abs(change) < 9.95 else 0
    return f"{change:+,.{decimals}f}".replace("-", "−")


def _note(code: str, text: str) -> Note:
    return Note(code=code, text=text)


def _unclear(reasons: list[Note], note: Note, needed: str) -> Call:
    return Call(result=CANNOT_TELL, reasons=(*reasons, note), needed=(needed,))


def _smaller_than_pixel(place: Measured, _settings: Settings) -> Call | None:
    size = place.place.size
    if size >= 1:
        return None
    text = f"The place covers {size:.2f} of one pixel: its light cannot be told from its neighbours'."
    return Call(
        result=REFUSED,
        reasons=(_note("smaller-than-pixel", text),),
        needed=("A larger outline, of at least several pixels.",),
    )


def _too_few_nights(place: Measured, settings: Settings) -> Call | None:
    if place.pairs or place.most_nights is None or place.most_nights >= settings.nights:
        return None
    text = f"No pair of months has {settings.nights:g} nights behind it (at most {place.most_nights:.1f})."
    return _unclear([], _note("too-few-nights", text), "Months with more clear nights.")


def _seen_share_low(place: Measured, settings: Settings) -> Call | None:
    if place.pairs:
        return None
    text = (
        f"Both looks saw at most {100 * place.best_share:.0f} % of the place in any pair of months; "
        f"{100 * settings.seen_share:.0f} % are asked for. Not seen is not dark."
    )
    return _unclear([], _note("seen-share-low", text), "Months in which the place was seen, or another product.")


def _few_lit_pixels(place: Measured, settings: Settings) -> Call | None:
    if place.light.lit is None or place.light.lit >= settings.lit_pixels:
        return None
    text = f"{place.light.lit:.1f} pixels are lit in the brighter period; {settings.lit_pixels:g} are asked for."
    return _unclear([], _note("few-lit-pixels", text), "A wider outline, or daily images summed over many nights.")


def _background(place: Measured, settings: Settings) -> Call | None:
    """A sum of nothing or less is a fact about the floor only where a floor made it."""
    low = min(place.light.a, place.light.b)
    floored = settings.zeroed and settings.floor > 0 and place.light.lit is not None
    if low > 0 or (low == 0 and floored):
        return None
    text = (
        f"The values add up to {place.light.a:.3g} before and {place.light.b:.3g} after: light no brighter than the "
        "background that was taken off, and nothing to divide by."
    )
    return _unclear([], _note("background", text), "A brighter or wider outline, or a product that says its floor.")


def _few_blocks(place: Measured, _settings: Settings) -> Call | None:
    if place.bounded:
        return None
    text = (
        f"{_plural(place.pairs, 'pair')} of months, no long history, and light in {place.pictures[1].effective:.1f} "
        f"independent blocks of {place.pictures[1].side} px: the noise cannot be measured, so no interval is given."
    )
    return _unclear([], _note("few-blocks", text), "Four months or more of each period, or five years of history.")


def _not_excluded(place: Measured, settings: Settings, reasons: list[Note]) -> Call:
    low, high = place.interval(settings.level, settings.floor)
    widest = math.log(settings.widest)
    if low is None or high is None or low < -widest or high > widest:
        text = f"The interval does not even exclude a change by a factor of {settings.widest:g}."
        return _unclear(reasons, _note("interval-wide", text), "More months, more years of history, or a larger place.")
    return Call(result=NO_CHANGE, reasons=tuple(reasons))


def _near_floor(place: Measured, settings: Settings) -> bool:
    if place.light.lit is None:
        return False
    smallest = min(abs(place.light.difference(worth)) for worth in settings.floor_worths)
    return settings.floor > 0 and smallest < settings.floor / 2 * place.light.lit


def floor_sensitive(place: Measured, settings: Settings) -> Note:
    """Why what lies below the floor decides the answer here."""
    return _note("floor-sensitive", "What lies below the floor decides: " + _floor_text(place, settings))


def _floor_text(place: Measured, settings: Settings) -> str:
    changes = ", ".join(
        f"{percent(log)} %" if math.isfinite(log) else "without bound" for log in place.floored_log_ratios(settings)
    )
    worths = ", ".join(f"{worth:g}" for worth in settings.floor_worths)
    return f"with pixels below the floor worth {worths} nW cm-2 sr-1 the change is {changes}."


def _floor_reason(place: Measured, settings: Settings) -> Note:
    return _note("floor-survived", "The floor does not decide: " + _floor_text(place, settings))


def _interval_reason(place: Measured, settings: Settings) -> Note:
    low, high = place.interval(settings.level, settings.floor)
    bounds = " to ".join("open" if bound is None else f"{math.exp(bound):.3g}" for bound in (low, high))
    outside = place.p_interval() <= 1 - settings.level
    best = "unbounded" if place.log_ratio == math.inf else f"{math.exp(place.testable(settings.floor)):.3g}"
    return _note(
        "interval-excludes-one" if outside else "interval-includes-one",
        f"Ratio {'at most ' if place.gone_dark else ''}{best}, {100 * settings.level:g} % interval {bounds}: "
        f"1, which is no change, lies {'outside' if outside else 'inside'} it.",
    )


def _ordinary(place: Measured, settings: Settings, reasons: list[Note]) -> Call | None:
    """The answer where the change is no more than ordinary years or the controls give; None where it is more.

    Where ordinary years or controls spread so widely that a large change would hide among them, it cannot be told; nor
    where they themselves went the same way and further.
    """
    for yard, note, further in (
        (place.own, _within_own_spread(place, settings), _usual_years_more),
        (place.controls, _within_controls(place, settings), _controls_more),
    ):
        if yard is None:
            continue
        if note is None:
            if not place.exceeds(yard):
                return _unclear(reasons, further(place, settings), "What moved the others, taken out of the change.")
            continue
        if (yard.high - yard.low) / 2 > math.log(settings.widest):
            return _unclear(reasons, note, "More years of history, or more controls: these differ too much.")
        return Call(result=NO_CHANGE, reasons=(*reasons, note))
    return None


def _within_own_spread(place: Measured, settings: Settings) -> Note | None:
    if place.own is None or place.own.p <= 1 - settings.level:
        return None
    return _note("within-own-spread", "No more than its own years differ: " + _own_text(place, settings))


def _usual_years_more(place: Measured, settings: Settings) -> Note:
    return _note("usual-years-changed-more", "Less than it usually changes in a year: " + _own_text(place, settings))


def _controls_more(place: Measured, settings: Settings) -> Note:
    return _note("controls-changed-more", "The control places changed further: " + _controls_text(place, settings))


def _own_text(place: Measured, settings: Settings) -> str:
    own = place.own
    assert own is not None
    return (
        f"{_plural(own.years, 'pair')} of earlier years put an ordinary year between {percent(own.low)} % and "
        f"{percent(own.high)} % ({100 * settings.level:g} % band)."
    )


def _within_controls(place: Measured, settings: Settings) -> Note | None:
    if place.controls is None or place.controls.p <= 1 - settings.level:
        return None
    return _note("within-controls", "No more than the control places: " + _controls_text(place, settings))


def _controls_text(place: Measured, settings: Settings) -> str:
    beside = place.controls
    assert beside is not None
    return (
        f"{beside.controls} controls changed by {percent(beside.mean)} % on average, with a factor "
        f"{math.exp(beside.deviation):.2f} between them; against them the place changed by "
        f"{percent(beside.relative)} % ({100 * settings.level:g} % interval {percent(beside.low)} to "
        f"{percent(beside.high)})."
    )


def _passed(place: Measured, settings: Settings) -> list[Note]:
    passed = []
    if place.own is not None:
        passed.append(_note("above-own-spread", "More than its own years differ: " + _own_text(place, settings)))
    if place.controls is not None:
        passed.append(_note("beyond-controls", "More than the control places: " + _controls_text(place, settings)))
    if place.q is not None:
        passed.append(_note("among-many", f"It stands out among all the places asked about (q = {place.q:.2g})."))
    return passed


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
