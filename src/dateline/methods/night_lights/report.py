"""What was measured, as the parts of a finding: estimates, values, rows and sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.estimate import Estimate
from dateline.imagery.tables import Look, PairedSums
from dateline.ledger.finding import PlaceAnswer, Statement
from dateline.methods.card import Card, read_card
from dateline.methods.contract import say
from dateline.methods.night_lights.call import (
    CANNOT_TELL,
    DECREASE,
    INCREASE,
    NO_CHANGE,
    REFUSED,
    Call,
    ratio_estimate,
    unmeasured,
)
from dateline.methods.night_lights.guards import caveats_of_place
from dateline.methods.night_lights.place import Measured, Settings
from dateline.methods.night_lights.ratio import Light
from dateline.methods.night_lights.sums import compared_looks, cut, pairs_of
from dateline.methods.night_lights.survey import Roles

KEYS = {
    INCREASE: "increase",
    DECREASE: "decrease",
    NO_CHANGE: "no-change-found",
    CANNOT_TELL: "cannot-tell",
    REFUSED: "refused",
}


@cache
def card() -> Card:
    """This method's card."""
    return read_card(Path(__file__).with_name("card.md"))


def spoken_period(looks: Sequence[Look]) -> str:
    """A period in words: one look by its own name, several by the first, the last and their number."""
    first, last = looks[0].when.spoken(), looks[-1].when.spoken()
    if len(looks) == 1:
        return first
    days = looks[0].when.days() or 1
    noun = "years" if days > 300 else "months" if days > 20 else "nights"
    return f"{first} to {last} ({len(looks)} {noun})"


def statement(call: Call, place: Measured, name: str, roles: Roles, settings: Settings) -> Statement:
    """The sentence of an answer. It speaks of light and of nothing that light might stand for."""
    before, after = (spoken_period(looks) for looks in compared_looks(roles.sums))
    args = {"place": name, "before": before, "after": after, "level": f"{100 * settings.level:g}"}
    estimate = ratio_estimate(place, settings)
    if call.result in (CANNOT_TELL, REFUSED):
        reason = call.reasons[-1].text
        return say(
            card(),
            KEYS[call.result],
            **({**args, "reason": reason} if call.result == CANNOT_TELL else {"reason": reason}),
        )
    if estimate is None:
        low = place.interval(settings.level, settings.floor)[0]
        least = math.exp(low) if low is not None else 1.0
        return say(card(), "lit-up", **args, least=f"{least:.2g}")
    if place.gone_dark:
        return say(card(), "gone-dark", **args, least=_at_least(1 - (1.0 if estimate.high is None else estimate.high)))
    change = estimate.as_change() if call.result != DECREASE else _fall(estimate)
    best, low_text, high_text = change.spoken()
    return say(card(), KEYS[call.result], **args, change=best, low=low_text or "open", high=high_text or "open")


def _at_least(share: float) -> str:
    """A least share in per cent, never rounded up: below the floor is not all."""
    return f"{math.floor(1000 * share) / 10:g}" if share < 0.1 else f"{math.floor(100 * share)}"


def _fall(ratio: Estimate) -> Estimate:
    """A ratio under 1 as a fall in per cent, told as a positive number."""

    def fall(value: float | None) -> float | None:
        return None if value is None else 100 * (1 - value)

    best = fall(ratio.best)
    assert best is not None
    return Estimate(
        best=best, low=fall(ratio.high), high=fall(ratio.low), unit="%", level=ratio.level, n=ratio.n, how=ratio.how
    )


def estimates(place: Measured, settings: Settings, unit: str) -> dict[str, Estimate]:
    """The ratio [1], the difference [unit px] and [unit km2], and the ratio against the controls' [1]."""
    ratio = ratio_estimate(place, settings)
    if ratio is None:
        return {}
    found = {"ratio": ratio}
    light, shift = place.light, math.exp(place.shift)
    for name, a, b, area in (
        ("difference", light.a, light.b, "px"),
        ("difference_by_area", light.area_a, light.area_b, "km2"),
    ):
        after = a * ratio.best if place.gone_dark else b / shift
        found[name] = _difference(ratio, a, after, f"{unit} {area}")
    beside = place.controls
    if beside is not None:
        best, low, high = (math.exp(value) for value in (beside.relative, beside.low, beside.high))
        found["ratio_to_controls"] = Estimate(
            best=best,
            low=None if place.gone_dark else low,
            high=high,
            unit="1",
            level=settings.level,
            n=beside.controls,
            how="against the controls",
        )
    return found


def _difference(ratio: Estimate, a: float, b: float, unit: str) -> Estimate:
    """B - A with the ratio's interval carried over: the noise of A moves both alike."""
    low, high = (None if bound is None else b - a + a * (bound - ratio.best) for bound in (ratio.low, ratio.high))
    return Estimate(best=b - a, low=low, high=high, unit=unit, level=ratio.level, n=ratio.n, how=ratio.how)


def values(place: Measured, settings: Settings) -> dict[str, Any]:
    """Everything else that a reader may ask of one place; an unknown is None.

    A place that was stopped before it could be compared keeps what was seen of it, and no numbers of light.
    """
    told = _values(place, settings)
    if not unmeasured(place, settings):
        return told
    return told | {name: _blank(told[name]) for name in _OF_LIGHT}


_OF_LIGHT = ("light", "margins", "floor", "noise", "within_picture", "own_spread", "controls", "p", "q")


def _blank(told: Any) -> Any:
    """The same shape without its numbers."""
    if isinstance(told, dict):
        return {name: _blank(part) for name, part in told.items()}
    return [] if isinstance(told, list) else None


def _values(place: Measured, settings: Settings) -> dict[str, Any]:
    light = place.light
    return {
        "pairs": place.pairs,
        "pairs_dropped": place.dropped,
        "pixels": place.place.size,
        "seen_share": place.seen_share,
        "nights": place.nights,
        "snow_share": {"before": place.snow_a, "after": place.snow_b},
        "light": {"before": light.a, "after": light.b},
        "margins": _margins(light),
        "floor": {
            "floor_share": {
                "before": _quotient(light.dark_a, light.seen),
                "after": _quotient(light.dark_b, light.seen),
            },
            "worth": list(settings.floor_worths),
            "ratio": [] if light.lit is None else [_exp(log) for log in place.floored_log_ratios(settings)],
        },
        "noise": _noise(place),
        "within_picture": [_picture(place, picture, settings) for picture in place.pictures],
        "own_spread": _own(place),
        "controls": _controls(place),
        "p": place.p_called(settings),
        "q": place.q,
    }


def _margins(light: Light) -> dict[str, Any]:
    """The lit area and the brightness of what is lit in both looks; without numbers where a table says neither."""
    told = {
        "lit_pixels": {"before": light.lit_a, "after": light.lit_b, "ratio": _quotient(light.lit_b, light.lit_a)},
        "lit_in_both": {"before": light.both_a, "after": light.both_b, "ratio": _quotient(light.both_b, light.both_a)},
    }
    blank: dict[str, Any] = _blank(told)
    return blank if light.lit is None else told


def _noise(place: Measured) -> dict[str, Any]:
    noise = place.noise
    return {
        "route": noise.route,
        "deviation": math.sqrt(noise.variance),
        "degrees_of_freedom": noise.df,
        "month": math.sqrt(noise.month.variance) if noise.month.df > 0 else None,
        "year": math.sqrt(noise.year.variance) if noise.year.df > 0 else None,
    }


def _picture(place: Measured, picture: Any, settings: Settings) -> dict[str, Any]:
    """The interval from the blocks of one side alone: the effect of the block length."""
    from scipy import stats

    told: dict[str, Any] = {"block": picture.side, "blocks": picture.effective, "low": None, "high": None}
    if picture.effective > 2 and math.isfinite(place.log_ratio):
        half = float(stats.t.ppf((1 + settings.level) / 2, picture.effective - 1)) * math.sqrt(picture.variance)
        told |= {"low": math.exp(place.log_ratio - half), "high": math.exp(place.log_ratio + half)}
    return told


def _own(place: Measured) -> dict[str, Any] | None:
    own = place.own
    if own is None:
        return None
    return {
        "pairs_of_years": own.years,
        "typical_ratio": math.exp(own.mean),
        "deviation": own.deviation,
        "band": [math.exp(own.low), math.exp(own.high)],
        "p": own.p,
    }


def _controls(place: Measured) -> dict[str, Any] | None:
    beside = place.controls
    if beside is None:
        return None
    return {
        "places": beside.controls,
        "typical_ratio": math.exp(beside.mean),
        "deviation": beside.deviation,
        "p": beside.p,
    }


def _quotient(part: float | None, whole: float) -> float | None:
    return part / whole if part is not None and whole > 0 else None


def _exp(log: float) -> float | None:
    return math.exp(log) if log < math.inf else None


def ranking_row(place: Measured, call: Call, settings: Settings) -> dict[str, Any]:
    """One line of the ranked table."""
    ratio = ratio_estimate(place, settings)
    told = values(place, settings)
    margins = told["margins"]
    return {
        "place": place.id,
        "result": call.result,
        "ratio": ratio.best if ratio else None,
        "low": ratio.low if ratio else None,
        "high": ratio.high if ratio else None,
        "difference": place.light.a * (ratio.best - 1) if ratio else None,
        "p": told["p"],
        "q": told["q"],
        "pairs": place.pairs,
        "nights": place.nights,
        "seen_share": place.seen_share,
        "snow_share_before": place.snow_a,
        "snow_share_after": place.snow_b,
        "lit_pixels_ratio": margins["lit_pixels"]["ratio"],
        "lit_in_both_ratio": margins["lit_in_both"]["ratio"],
        "because": call.reasons[-1].code,
    }


def place_answer(place: Measured, call: Call, roles: Roles, settings: Settings, unit: str) -> PlaceAnswer:
    """The answer of one place of a set."""
    return PlaceAnswer(
        result=call.result,
        statement=statement(call, place, roles.name(place.id), roles, settings),
        estimates=estimates(place, settings, unit),
        values=values(place, settings),
        reasons=list(call.reasons),
        caveats=list(caveats_of_place(place, settings, roles.sums.looks)),
    )


def series_rows(sums: PairedSums, used: Mapping[str, Measured]) -> list[dict[str, Any]]:
    """One row a place and pair of looks: light on the common pixels, and what they rest on; unknown is None."""
    pairs = pairs_of(sums)
    rows = []
    for number, place in enumerate(sums.places):
        one = cut(sums, [number], pairs)
        kept = {*zip(used[place].place.pairs.look_a.tolist(), used[place].place.pairs.look_b.tolist(), strict=True)}
        a, b, share = one.sum_a.sum(axis=1), one.sum_b.sum(axis=1), one.seen_share()
        for index, pair in enumerate(sums.pairs):
            rows.append(
                {
                    "place": place,
                    "kind": pair.kind,
                    "before": sums.looks[pair.a].when.edtf(),
                    "after": sums.looks[pair.b].when.edtf(),
                    "light_before": float(a[index]),
                    "light_after": float(b[index]),
                    "ratio": float(b[index] / a[index]) if a[index] > 0 else None,
                    "seen_share": float(share[index]),
                    "nights_before": _known(one.nights_a[index]),
                    "nights_after": _known(one.nights_b[index]),
                    "used": (pair.a, pair.b) in kept,
                }
            )
    return rows


def _known(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
