"""What a picture or video file says of itself, and whether it contradicts itself: in times, sizes, credentials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.when import When
from dateline.ledger.finding import Note, Statement
from dateline.media.clip import Clip
from dateline.media.facts import Credentials, Fact, Facts
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.metadata.check import Check
from dateline.methods.metadata.clocks import Clock, clocks_of, first, read_zone, stated_moment
from dateline.methods.metadata.light import light_notes
from dateline.methods.metadata.position import is_private, tells_place, without_identities
from dateline.methods.metadata.times import time_checks
from dateline.methods.metadata.traces import trace_checks

CARD = read_card(Path(__file__).parent / "card.md")
TELLING = frozenset({"exif", "gps", "xmp", "iptc", "png"})
"""Groups of facts that somebody or some program wrote; the others belong to the container."""
_CONTAINER = {
    "Brands",
    "MediaData",
    "Duration",
    "MediaDuration",
    "TrackSize",
    "Rotation",
    "Codec",
    "Handler",
    "ImageSize",
}
_ANYBODY = (
    "Anybody can write anything into a file: that it agrees with itself proves neither time nor place, and a "
    "contradiction can be a clock that nobody set."
)
_PRIVATE = (
    "Positions, names, serial numbers and captions are in the file and are not printed; --private true prints them."
)
_TRUST = {
    None: "Whether the signer is trusted was not checked: no list of certificates was given (--anchors).",
    True: "The signer is trusted by the list that was given.",
    False: "The signer is not trusted by the list that was given.",
}
WITHHELD = "in the file; not printed here"


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """Which of the file's statements about itself contradict each other; each check with its result.

    inputs: `file`, one Clip with facts and, of a picture that can be decoded, its pixels. Values: `checks`, `taken`,
    `credentials`, `sun_elevation` [degrees]. Rows: every fact, verbatim; private ones only where `private` is set.
    Facts as Exif 2.32 (2019), XMP (ISO 16684-1, 2019), ISO/IEC 14496-12 (2022) and C2PA 2.1 (2024) define them.
    """
    clip, facts = _one(inputs)
    zone, seen = _zone(parameters["zone"]), _seen(parameters["seen_at"]) or _posted(clip.posted)
    clocks = clocks_of(facts, zone=zone)
    tolerance = timedelta(seconds=float(parameters["tolerance"]))
    checks = [*time_checks(facts, clocks, seen=seen, tolerance=tolerance), *trace_checks(clip, facts)]
    light, elevation = light_notes(facts, clocks, str(parameters["light"]))
    result, statement = _result(clip, facts, clocks, checks)
    private = bool(parameters["private"])
    return Outcome(
        result=result,
        statement=statement,
        reasons=tuple(Note(code=one.code, text=one.text) for one in _told(checks)),
        needed=tuple(_needed(facts, clocks, result)),
        values={
            "checks": [asdict(one) for one in checks],
            "taken": _taken(clocks),
            "credentials": asdict(facts.credentials),
            "dimensions": list(facts.dimensions) if facts.dimensions else None,
            "sun_elevation": None if elevation is None else round(elevation),
        },
        rows=[_row(fact, private=private) for fact in facts.facts],
        caveats=(*_caveats(clip, facts, clocks, private=private), *light),
    )


def _one(inputs: Inputs) -> tuple[Clip, Facts]:
    clips = inputs.many("file", Clip)
    if len(clips) != 1:
        raise Refusal(
            "One file is read at a time.",
            saw=f"{len(clips)} files",
            do="Name one file, or one item of the media record.",
            code="several-files",
        )
    facts = clips[0].facts
    if facts is None:
        raise TypeError("The gatherer of this method reads the facts of every file.")
    return clips[0], facts


def _zone(text: str | None) -> timedelta | None:
    if not text:
        return None
    zone = read_zone(text)
    if zone is None:
        raise Refusal(
            "This is no offset from UTC.", saw=repr(text), do="Write +03:00, -05:30 or Z.", code="zone-unreadable"
        )
    return zone


def _seen(text: str | None) -> datetime | None:
    if not text:
        return None
    seen = stated_moment(text)
    if seen is None:
        raise Refusal(
            "When the file was seen cannot be read.",
            saw=repr(text),
            do="Write a day, 2024-11-03, or a time with its zone, 2024-11-03T14:05+02:00.",
            code="seen-unreadable",
        )
    return seen


def _posted(posted: When | None) -> datetime | None:
    """The last moment at which a media record says that it can have been posted: it was seen by then."""
    latest = None if posted is None else posted.latest
    if latest is None:
        return None
    return latest.astimezone(UTC) if isinstance(latest, datetime) else stated_moment(latest.isoformat())


def _result(clip: Clip, facts: Facts, clocks: Sequence[Clock], checks: Sequence[Check]) -> tuple[str, Statement]:
    against = [one for one in checks if one.came == "contradiction"]
    made = [one for one in checks if one.came in {"contradiction", "agrees"}]
    name, taken = clip.name, _taken_sentence(clocks)
    if against:
        what = " ".join(one.text for one in against)
        return "contradicts itself", say(CARD, "contradicts", name=name, what=what, taken=taken)
    if _has_unread_credentials(facts):
        return "cannot tell", say(CARD, "unread", name=name)
    if not _tells(facts) and (facts.faults or facts.credentials.manifest == "unreadable"):
        return "cannot tell", say(CARD, "damaged", name=name)
    if not _tells(facts):
        return "nothing to read", say(CARD, "nothing", name=name)
    compared = [one for one in made if one.code not in {"saved-by-program", "position-nowhere"}]
    if not compared:
        return "cannot tell", say(CARD, "cannot-tell", name=name, taken=taken)
    asked = [one for one in checks if one.came != "sign"]
    counts = {"made": str(len(made)), "asked": str(len(asked))}
    return "no contradiction found", say(CARD, "none", name=name, taken=taken, **counts)


def _has_unread_credentials(facts: Facts) -> bool:
    """Whether the file holds what content credentials are kept in (JUMBF), and nobody could read it."""
    unread = facts.credentials.manifest == "not looked for"
    return unread and any(fact.name in {"APP11", "caBX", "c2pa"} for fact in facts.facts)


def _tells(facts: Facts) -> bool:
    """Whether anything stands in the file beside what every container needs."""
    if facts.credentials.manifest in {"present", "remote"} or facts.thumbnail is not None:
        return True
    return any(
        (fact.group in TELLING and not (fact.group == "png" and str(fact.value).endswith(" bytes")))
        or fact.name == "Comment"
        or (fact.group == "boxes" and fact.name not in _CONTAINER and fact.value != "not set")
        for fact in facts.facts
    )


def _taken(clocks: Sequence[Clock]) -> dict[str, Any] | None:
    clock = first(tuple(clocks), "taken", "digitised", "satellite")
    if clock is None:
        return None
    zone = None if clock.offset is None else clock.offset.total_seconds() / 60
    wall = clock.wall.date().isoformat() if clock.day_only else clock.wall.isoformat(sep=" ")
    return {"wall": wall, "offset_minutes": zone, "from": clock.name}


def _taken_sentence(clocks: Sequence[Clock]) -> str:
    clock = first(tuple(clocks), "taken", "digitised")
    if clock is None:
        return ""
    verb = "taken" if clock.role == "taken" else "made"
    return f" By its own account it was {verb} on {clock.spoken()}, which anybody can write into a file."


def _told(checks: Sequence[Check]) -> list[Check]:
    """Contradictions first, then signs, then what agrees, then what could not be checked."""
    order = ("contradiction", "sign", "agrees", "not possible")
    return sorted(checks, key=lambda one: order.index(one.came))


def _needed(facts: Facts, clocks: Sequence[Clock], result: str) -> list[str]:
    needed = []
    camera = first(tuple(clocks), "taken", "digitised")
    if camera is not None and camera.offset is None and not camera.day_only:
        needed.append("The zone of the camera's clock: --zone +03:00, from whoever took it.")
    if facts.credentials.manifest == "remote":
        needed.append("The remote manifest, if the one who asks may be seen asking: its server learns of it.")
    if result in {"nothing to read", "cannot tell"}:
        needed.append("The file as it left the camera: ask whoever took it, by a way that does not recompress.")
    return needed


def _row(fact: Fact, *, private: bool) -> dict[str, Any]:
    value = fact.value if private or not is_private(fact) else WITHHELD
    shown = ", ".join(str(part) for part in value) if isinstance(value, tuple) else value
    if isinstance(shown, str) and not private:
        shown = without_identities(shown)
    return {"group": fact.group, "name": fact.name, "value": shown, "at": fact.at}


def _caveats(clip: Clip, facts: Facts, clocks: Sequence[Clock], *, private: bool) -> list[Note]:
    found = [Note(code="anybody-can-write", text=_ANYBODY)]
    camera = first(tuple(clocks), "taken", "digitised")
    if camera is not None and camera.offset is None and not camera.day_only:
        text = f"{camera.name} has no zone: which instant it means is not known. Give --zone."
        found.append(Note(code="clock-without-zone", text=text))
    if facts.faults:
        told = "; ".join(f"{fault.text} ({fault.at})" for fault in facts.faults[:5])
        more = f" And {len(facts.faults) - 5} more." if len(facts.faults) > 5 else ""
        found.append(Note(code="damaged", text=f"Not all of the file could be read: {told}{more}"))
    found += _of_credentials(facts.credentials)
    if not private and any(is_private(fact) for fact in facts.facts):
        found.append(Note(code="private-left-out", text=_PRIVATE))
    if tells_place(facts):
        text = "The file tells where the camera stood. Strip it before it is passed on: dateline mask."
        found.append(Note(code="position-in-file", text=text))
    if clip.simulated:
        found.append(Note(code="simulated", text="This file was made by a computer for an exercise."))
    return found


def _of_credentials(told: Credentials) -> list[Note]:
    if told.manifest == "remote":
        text = f"Content credentials are said to lie at {told.remote}; they were not fetched, for that tells who looks."
        return [Note(code="credentials-elsewhere", text=text)]
    if told.manifest in {"unreadable", "not looked for"} and told.why:
        return [Note(code="credentials-unread", text=f"Content credentials were not read: {told.why}.")]
    if told.manifest != "present":
        return []
    when, program = f", {told.signed}" if told.signed else "", f", with {told.generator}" if told.generator else ""
    claim = f"Signed by {told.issuer or 'nobody named'}{when}{program}"
    text = f"{claim}. {_TRUST[told.trusted]} It is the signer's claim, and no proof of what the picture shows."
    expired = [Note(code="credentials-expired", text="The signer's certificate had expired.")] if told.expired else []
    return [Note(code="credentials-claim", text=text), *expired]
