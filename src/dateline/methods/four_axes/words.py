"""The sentence of each rung, as the card words it."""

from __future__ import annotations

from dateline.core.when import When
from dateline.ledger.finding import Statement
from dateline.methods.card import Card
from dateline.methods.contract import say
from dateline.methods.four_axes.ground import Ground
from dateline.methods.four_axes.ladder import Position
from dateline.methods.four_axes.shown import Shown


def sentence(card: Card, found: Position, ground: Ground, shown: Shown) -> Statement:
    """What may be said of one axis: the predicate of "the video is …". A rung's words never say more than the rung."""
    match found.axis:
        case "location":
            return _location(card, found, ground)
        case "time":
            when = found.carried.when
            bare = when is None or found.state == "unknown"
            key = f"time-{found.state}" if not bare or found.state == "refuted" else "time-unknown"
            return say(card, key, when=_spoken(when), made=_made(ground), who=_who(found, ground))
        case "authenticity":
            key = f"authenticity-{found.state}".replace("_", "-")
            return say(card, key, who=_who(found, ground))
    shows = ground.media.said_to_show
    least = str(shown.origins.minimum)
    return say(card, f"depiction-{found.state}" + ("" if shows else "-open"), shows=shows or "", origins=least)


def _location(card: Card, found: Position, ground: Ground) -> Statement:
    names = [ground.spots[name].name if name in ground.spots else name for name in ground.places()]
    place = " or ".join(names)
    state = found.state.replace("_", "-")
    if not names and state not in {"unknown", "cannot-be-located"}:
        state = "unknown"
    who = _listed([text.rpartition(" (")[0] or text for text in found.carried.grounds]) if state == "claimed" else ""
    if state == "claimed" and (not who or found.carried.rung != "claimed"):
        return say(card, "location-claimed-open", place=place, made=_made(ground))
    return say(card, f"location-{state}", place=place, by=who, made=_made(ground), who=_who(found, ground))


def _made(ground: Ground) -> str:
    """How such a thing is made."""
    return {"photo": "taken", "video": "filmed"}.get(ground.media.type, "recorded")


def _who(found: Position, ground: Ground) -> str:
    """How many people stand behind the last step."""
    steps = ground.media.steps(found.axis)
    return "two people" if steps and steps[-1].by and steps[-1].reviewer else "one person"


def _listed(names: list[str]) -> str:
    once = list(dict.fromkeys(names))
    return once[0] if len(once) == 1 else f"{', '.join(once[:-1])} and {once[-1]}" if once else ""


def _spoken(when: When | None) -> str:
    return "" if when is None else when.spoken()
