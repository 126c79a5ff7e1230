"""Looks at berths as rows, sentences and an Outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scipy import stats

from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.methods.berth_occupancy.examine import BerthLooks, Look
from dateline.methods.berth_occupancy.frame import Settings
from dateline.methods.card import read_card
from dateline.methods.contract import say

CARD = read_card(Path(__file__).parent / "card.md")
SHIPS, NONE, CANNOT_TELL, REFUSED = "ships seen", "no ships seen", "cannot tell", "refused"
RARE = 0.05
CODES = {
    "outside the footprint": ("outside-footprint", "No image shows the berth.", "Images that cover the berth."),
    "coregistration failed": (
        "coregistration-failed",
        "The images could not be laid on each other: there is too little land structure around the berth.",
        "Images with more land around the berth; or images that lie on each other, with register set to false.",
    ),
    "too few references": (
        "too-few-references",
        "Too few looks are empty to say what chance makes.",
        "More dates of each track, or days on which the berth is known to have been empty.",
    ),
    "dates not told apart": (
        "not-told-apart",
        "Dates taken as empty differ more than empty berths do: ships may lie on them that were not told apart.",
        "More dates, or days on which the berth is known to have been empty.",
    ),
}
UNJUDGED = ("too few references", "dates not told apart")
"""Reasons that lie in the series as a whole, whatever kept single dates from being seen."""
UNSEEN = ("not-observed", "Every date was kept from being seen: {why}.", "Dates with a clear look at the berth.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Days (UTC) by what was seen of a berth on any image: with ships, observed without, and not observed."""

    ships: tuple[date, ...]
    empty: tuple[date, ...]
    unseen: tuple[date, ...]
    why: Mapping[str, int]

    @classmethod
    def of(cls, looks: Sequence[Look]) -> Dates:
        """A day counts as observed when an image shows a ship, or when one shows every slot."""
        images: dict[str, list[Look]] = {}
        for look in looks:
            images.setdefault(look.chip.id, []).append(look)
        ships = {look.chip.at.date() for look in looks if look.seen == "ships"}
        whole = {
            here[0].chip.at.date() for here in images.values() if all(look.seen != "not observed" for look in here)
        }
        every = {look.chip.at.date() for look in looks}
        unseen = every - ships - whole
        reasons = {(look.chip.at.date(), look.why) for look in looks if look.why and look.chip.at.date() in unseen}
        why = Counter(reason for _, reason in sorted(reasons) if reason)
        return cls(
            ships=tuple(sorted(ships)), empty=tuple(sorted(whole - ships)), unseen=tuple(sorted(unseen)), why=why
        )


def answer_of(found: BerthLooks, settings: Settings) -> tuple[PlaceAnswer, str]:
    """A berth's answer, and what would be needed where there is none."""
    dates = Dates.of(found.looks)
    name = found.quay.berth.name
    observed = len(dates.ships) + len(dates.empty)
    values = _values(found, dates)
    if observed == 0:
        code, text, needed = _stop(found, dates)
        statement = say(CARD, "cannot-tell", berth=name, reason=text)
        reasons = [Note(code=code, text=text)]
        return PlaceAnswer(result=CANNOT_TELL, statement=statement, values=values, reasons=reasons), needed
    every = sorted((*dates.ships, *dates.empty, *dates.unseen))
    told = {
        "berth": name,
        "observed": str(observed),
        "first": _said(every[0]),
        "last": _said(every[-1]),
        "unseen": str(len(dates.unseen)),
        "why": f" ({', '.join(f'{why}: {n}' for why, n in Counter(dates.why).most_common(3))})" if dates.why else "",
    }
    if dates.ships and (chance := _by_chance(found, settings)) is not None:
        statement = say(CARD, "cannot-tell", berth=name, reason=chance.text)
        answer = PlaceAnswer(result=CANNOT_TELL, statement=statement, values=values, reasons=[chance])
        return answer, "More dates; or a second sensor, or a person, on the dates that stand out."
    if dates.ships:
        text = f"{len(dates.ships)} of {observed} observed dates have a slot beyond the threshold."
        statement = say(CARD, "ships", **told, ships=str(len(dates.ships)), rate=f"{100 * settings.rate:g}")
        reasons = [Note(code="ships-seen", text=text)]
        return PlaceAnswer(result=SHIPS, statement=statement, values=values, reasons=reasons), ""
    return PlaceAnswer(result=NONE, statement=say(CARD, "none", **told), values=values), ""


def _by_chance(found: BerthLooks, settings: Settings) -> Note | None:
    """Whether so few looks are called ships that false alarms at the declared rate could make them all."""
    looks = [look for look in found.looks if look.seen != "not observed"]
    ships = sum(look.seen == "ships" for look in looks)
    if stats.binom.sf(ships - 1, len(looks), settings.rate) < RARE:
        return None
    text = (
        f"{ships} of {len(looks)} looks at its slots stand out; false alarms at the declared rate of "
        f"{100 * settings.rate:g} % can make as many."
    )
    return Note(code="no-more-than-chance", text=text)


def _values(found: BerthLooks, dates: Dates) -> dict[str, Any]:
    counts = list(found.counts.values())
    return {
        "dates": {"ships": len(dates.ships), "observed": len(dates.ships) + len(dates.empty)}
        | {"not_observed": len(dates.unseen)},
        "why_not": dict(dates.why),
        "ship_dates": list(dates.ships),
        "images_counted": len(counts),
        "ships_per_image": sum(counts) / len(counts) if counts else None,
        "expected_ships_per_image": sum(found.expected.values()) / len(counts) if counts else None,
    }


def _stop(found: BerthLooks, dates: Dates) -> tuple[str, str, str]:
    if len({look.chip.id for look in found.looks}) == 1:
        return "one-date", "There is one image only: nothing to compare it with.", "A stack of images of one track."
    usable = Counter(look.track for look in found.looks if look.why == "too few references")
    if usable and max(usable.values()) < 8 * len(found.quay.slots):
        return "too-few-dates", "No track has eight usable dates.", "More dates of one track."
    whys = {look.why or "" for look in found.looks}
    for why, told in CODES.items():
        if whys == {why} or (why in whys and why in UNJUDGED):
            return told
    code, text, needed = UNSEEN
    return code, text.format(why=", ".join(f"{why} {n}" for why, n in dates.why.items())), needed


def rows(found: Sequence[BerthLooks], port: str | None) -> list[dict[str, Any]]:
    """One row an image and slot, by time."""
    made = [(look, one.quay.berth.id) for one in found for look in one.looks]
    made.sort(key=lambda pair: (pair[0].chip.at, pair[0].chip.id, pair[1], pair[0].slot))
    return [_row(look, berth, port) for look, berth in made]


def _row(look: Look, berth: str, port: str | None) -> dict[str, Any]:
    chip = look.chip
    return {
        "place": port or berth,
        "berth": berth,
        "slot": look.slot,
        "at": chip.at.date().isoformat() if chip.day_only else chip.at.isoformat(),
        "image": chip.id,
        "sensor": chip.sensor,
        "track": look.track,
        "seen": look.seen,
        "why": look.why,
        "score": look.score,
        "p": look.p,
        "chance": look.chance,
        "length_m": look.length,
        "covers": look.covers,
        "usable": look.usable,
    }


def family(answers: Mapping[str, PlaceAnswer]) -> tuple[str, Statement]:
    """Result and sentence of several berths."""
    count = Counter(one.result for one in answers.values())
    result = SHIPS if count[SHIPS] else CANNOT_TELL if count[CANNOT_TELL] else NONE
    told = {"total": len(answers), "ships": count[SHIPS], "none": count[NONE], "unknown": count[CANNOT_TELL]}
    return result, say(CARD, "family", **{key: str(value) for key, value in told.items()})


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
