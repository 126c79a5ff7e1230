"""The footnote and the caveats: denominator, days not observed and why, what the numbers lean on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dateline.core.estimate import Estimate
from dateline.ledger.finding import Note
from dateline.methods.port_activity.compare import Count, Halves, Months, Repeats, Trend
from dateline.methods.port_activity.days import Day, Tally
from dateline.methods.port_activity.figures import Eye, Figures

MOST = 6
"""Reasons that a footnote lists."""


def spelled(day: date) -> str:
    """ "26 August 2023"."""
    return f"{day.day} {day:%B %Y}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """ "1 day", "3 days"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def reasons_of(days: Sequence[Day]) -> dict[str, int]:
    """Days not observed by what kept the place from being seen, the commonest first."""
    counts = Counter(day.why.split("; ")[0] for day in days if day.state == "not observed")
    return dict(counts.most_common())


def footnote(days: Sequence[Day], seen: Count, found: Figures | None, eye: Eye) -> str:
    """What must stand under the sentence: the denominator, the days not observed and why, dependence, the rule."""
    passes = [one for day in days for one in day.passes]
    seeing = sum(one.state != "not observed" for one in passes)
    parts = [
        f"Observed: {seen.observed} of {plural(len(days), 'day')} ({spelled(days[0].day)} to {spelled(days[-1].day)}), "
        f"in {seeing} of {plural(len(passes), 'pass', 'passes')}."
    ]
    if hidden := reasons_of(days):
        told = [f"{reason} ({n})" for reason, n in list(hidden.items())[:MOST]]
        rest = sum(list(hidden.values())[MOST:])
        parts.append(f"Not observed: {plural(sum(hidden.values()), 'day')}: {', '.join(told)}"
                     f"{f', other reasons ({rest})' if rest else ''}.")  # fmt: skip
    if partly := sum(day.state == "partly" for day in days):
        parts.append(f"On {plural(partly, 'more day')} a ship was seen while a part of the place was out of sight; "
                     "such days are in neither count.")  # fmt: skip
    if seen.disputed:
        parts.append(f"On {plural(seen.disputed, 'day')} those who looked at one image disagree: both bounds allow "
                     "for either.")  # fmt: skip
    parts.append("A day with ships is a day on which an image shows at least one ship there.")
    parts.append(_dependence(seen, found))
    parts.append(_corrected(eye))
    return " ".join(part for part in parts if part)


def _dependence(seen: Count, found: Figures | None) -> str:
    if found is None or found.made is None:
        return "How long ships stay was not estimated: intervals are for independent days." if seen.observed else ""
    worth = found.estimates["effective_days"]
    return (
        f"Ships stay, so that neighbouring days are alike: {seen.observed} observed days are worth about "
        f"{worth.best:.0f} independent ones."
    )


def _corrected(eye: Eye) -> str:
    if eye.is_perfect:
        return "Looks are taken as they stand: ships that were missed are not added."
    return (
        f"Corrected for looks that show {100 * eye.detection[0]:.0f} % of the ships that are there, and one where "
        f"there is none {100 * eye.false_alarm:.1f} % of the time."
    )


_TALLIED = {
    "duplicated-pass": "Images of one sensor within a quarter of an hour (or of one plain day) are one pass: {n} such.",
    "duplicated-look": "The same look at the same image was given twice and taken once: {n} times.",
    "one-image-two-times": "One image is listed under two times: {n} times; the first was taken.",
    "image-name-shared": "One name stands for images of several times: {n} names; each time is taken as an image.",
    "one-could-not-see": "One could see what another could not, on one image: {n} times; the one who saw counts.",
    "disputed": "Those who looked at one image disagree, {n} times. No mean was taken.",
}


def tallied(tally: Tally) -> Iterator[Note]:
    """What was met while looks became days."""
    for code, text in _TALLIED.items():
        if n := tally.counts[code]:
            yield Note(code=code, text=f"{text.format(n=n)} First: {tally.first[code]}.")


def of_figures(seen: Count, found: Figures, eye: Eye) -> Iterator[Note]:
    """What the numbers lean on."""
    if eye.is_perfect:
        yield Note(code="detection-unknown", text="Nothing was said of how many ships a look misses: none are added.")
    if found.made is None:
        if seen.ships + seen.disputed:
            text = f"{plural(seen.observed, 'observed day')}: too few to say how long ships stay, so no visits."
            yield Note(code="too-few-days", text=text)
        return
    worth = found.estimates["effective_days"].best
    if worth < 0.8 * seen.observed:
        text = f"Days are not independent: {seen.observed} are worth about {worth:.0f}. Use ship_days, not share."
        yield Note(code="dependent-days", text=text)
    if not found.made.is_bounded:
        text = (
            "The looks do not exclude stays shorter than the time between them: visits have a lower bound only, and "
            "the mean stay an upper one."
        )
        yield Note(code="short-stays", text=text)


def of_effort(seen: Count, by_month: Months, clear: Mapping[str, Any] | None) -> Iterator[Note]:
    """Whether seasons and clear skies were looked at evenly."""
    raw = 100 * seen.share
    if by_month.p is not None and by_month.p < 0.05:
        even = (
            ""
            if by_month.balanced is None
            else f": {by_month.balanced:.0f} % if every month weighed alike, not {raw:.0f} %"
        )
        yield Note(code="uneven-effort", text=f"Some months were looked at more than others{even}.")
    if clear is None:
        text = "Whether ships lie there as often under cloud was not tested: that needs radar on clear and cloudy days."
        yield Note(code="clear-days-untested", text=text)
    elif clear["p"] < 0.1:
        text = (
            f"Radar saw ships on {clear['clear_with_ships']} of {plural(clear['clear'], 'clear day')} and on "
            f"{clear['cloudy_with_ships']} of {clear['cloudy']} cloudy ones (p = {clear['p']:.2f}): clear days may not "
            "stand for the others."
        )
        yield Note(code="clear-days-differ", text=text)


def of_halves(halves: Halves, since: date, level: float) -> Iterator[Note]:
    """Before and after, as reasons."""
    told = f"Before {spelled(since)} ships were seen on {halves.before.told()}, from then on {halves.after.told()}."
    if not halves.before.observed or not halves.after.observed:
        told += " One of the two was not observed: they cannot be compared."
    elif halves.upper is not None:
        told += (
            f" None before: if days are independent, ships lay there on at most {100 * halves.upper:.1f} % of days "
            f"(one-sided, {100 * level:g} %)."
        )
    if halves.difference is not None:
        told += f" Difference: {_interval(halves.difference)} points of the time."
    yield Note(code="before-after", text=told)


def of_visits(found: Figures, attested: int) -> Iterator[Note]:
    """The possible range of visits and stays, in words."""
    if found.made is None:
        return
    visits, stay = found.estimates["visits"], found.estimates["mean_stay"]
    best, low, high = visits.spoken()
    shown = f"read as they stand, the looks show {attested} or more"
    if high is None:
        noun = "visit" if low == "1" else "visits"
        text = f"At least {low} {noun} ({100 * visits.level:g} % level); {shown}. No upper bound can be given."
    else:
        text = f"{low} to {high} visits, most likely about {best} ({100 * visits.level:g} % interval); {shown}."
    assert stay.high is not None
    told = f"at most {stay.high:.2g} days" if stay.low is None else f"{stay.low:.2g} to {stay.high:.2g} days"
    yield Note(code="visits", text=f"{text} A visit is a spell with at least one ship, on average {told} long.")


def of_trend(found: Trend, level: float) -> Note:
    """The trend as a reason."""
    says = "no trend found" if found.p > 1 - level else "rising" if found.slope.best > 0 else "falling"
    text = (
        f"Per observed day: {says}, {_interval(found.slope)} points in 30 days; p = {found.p:.2f} as ships stay "
        f"({found.p_independent:.2f} if days were independent)."
    )
    return Note(code="trend", text=text)


def of_repeats(found: Repeats) -> Note:
    """A blind second look as a reason."""
    kappa = "cannot be told" if found.kappa is None else f"{found.kappa:.2f}"
    total = found.both + found.one + found.neither
    text = (
        f"{plural(total, 'image')} had a blind second look: both saw ships on {found.both}, one of the two on "
        f"{found.one}, neither on {found.neither}; kappa {kappa}."
    )
    return Note(code="second-look", text=text)


def _interval(estimate: Estimate) -> str:
    best, low, high = estimate.spoken()
    return f"{best} ({100 * estimate.level:g} % interval {low} to {high})"
