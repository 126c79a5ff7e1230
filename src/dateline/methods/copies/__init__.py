"""Which pictures and videos are copies of one another, what lies between them, and which is the earliest known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import InputError, Refusal
from dateline.core.identity import sha256_bytes
from dateline.ledger.finding import Note
from dateline.media.clip import Clip
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, Produced, say
from dateline.methods.copies import words
from dateline.methods.copies.edits import edits
from dateline.methods.copies.graph import Edge, Group, as_json, as_svg, earlier, groups
from dateline.methods.copies.look import Look, look
from dateline.methods.copies.pair import Rules, compare
from dateline.methods.copies.pictures import proof
from dateline.methods.copies.video import Cover, Film, cover, film, still_in
from dateline.methods.copies.words import Bond

CARD = read_card(Path(__file__).parent / "card.md")
MOST, MOST_PROOFS = 250, 24
"""Clips of one question, since each is compared with every other; proof pictures of one answer."""

Thing = Look | Film


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Which clips are copies of which, by features (Lowe 2004), hashes (Meta 2019) and detail.

    inputs: `clips`, Clip with photo or frames. Parameters: `inliers` [1], `bits` [1]. Rows: one a pair that is bound,
    with features that agree [1], hash distance [bits], share of the same detail [1], edits, seconds covered and
    offsets [s]. Values: `groups`, `recycled`, `compared`, `blind`. Artifacts: `proof` (PNG), `graph` (SVG, JSON).
    Raises Refusal `one-clip`, `too-many-clips`.
    """
    clips = sorted(inputs.many("clips", Clip), key=lambda clip: (clip.name, clip.sha256))
    _enough(clips)
    seed = int(rng.integers(1 << 32))
    things, left_out = _things(clips)
    _enough([clips[number] for number in things], left_out)
    rules = Rules(inliers=parameters["inliers"], bits=parameters["bits"])
    pairs = _pairs(things, clips)
    bonds = [bond for bond in (_bond(things, clips, pair, rules, _chance(seed, clips, pair)) for pair in pairs) if bond]
    edges = [Edge(one=b.one, other=b.other, kind=b.kind, label=words.label(b, clips)) for b in bonds]
    found = groups(clips, edges)
    blind = tuple(number for number, thing in things.items() if _is_blind(thing))
    result, key, args = _answer(bonds, found, clips, things, blind)
    simulated = any(clip.simulated for clip in clips)
    recycled = _recycled(bonds, clips)
    return Outcome(
        result=result,
        statement=say(CARD, key, **args),
        reasons=_reasons(bonds, recycled),
        needed=_needed(result, found),
        values={
            "compared": len(things) * (len(things) - 1) // 2,
            "groups": [_group(group, clips) for group in found],
            "recycled": recycled,
            "blind": [clips[number].name for number in blind],
        },
        rows=[words.row(bond, clips) for bond in bonds],
        caveats=(*left_out, *_caveats(bonds, clips, blind, simulated=simulated)),
        artifacts=_artifacts(bonds, clips, things, edges, found, simulated=simulated),
    )


def _enough(clips: Sequence[Clip], left_out: Sequence[Note] = ()) -> None:
    if len(clips) > MOST:
        raise Refusal(
            "These are too many clips to compare each with every other.",
            saw=f"{len(clips)} clips",
            do=f"Give at most {MOST}; ask about parts.",
            code="too-many-clips",
        )
    if len(clips) < 2:
        raise Refusal(
            "Fewer than two pictures or videos can be compared.",
            saw="; ".join([*(clip.name for clip in clips), *(note.text for note in left_out)]) or "none",
            do="Give two files or more that can be decoded.",
            code="one-clip",
        )


def _things(clips: Sequence[Clip]) -> tuple[dict[int, Thing], tuple[Note, ...]]:
    """Every clip ready to be compared, by number; notes of those that can't be."""
    things: dict[int, Thing] = {}
    notes = []
    for number, clip in enumerate(clips):
        try:
            if clip.kind == "video":
                things[number] = film(clip)
            elif clip.photo is not None:
                things[number] = look(clip.photo.pixels, clip.photo.size)
        except InputError as error:
            notes.append(Note(code="unreadable", text=f"{clip.name} was left out. {error.what} {error.saw}"))
    return things, tuple(notes)


def _is_blind(thing: Thing) -> bool:
    if isinstance(thing, Look):
        return thing.is_blind
    return not thing.series.sound.any() and all(thing.look(number).is_blind for number in thing.keys)


def _pairs(things: Mapping[int, Thing], clips: Sequence[Clip]) -> list[tuple[int, int]]:
    """Every pair of numbers; the one that was surely posted earlier first."""
    return [(b, a) if earlier(clips[b], clips[a]) else (a, b) for a, b in combinations(things, 2)]


def _chance(seed: int, clips: Sequence[Clip], pair: tuple[int, int]) -> np.random.Generator:
    """Random numbers of a pair's own: what binds two clips does not depend on which others are asked about."""
    hashes = sorted(sha256_bytes(clips[number].sha256.encode())[:16] for number in pair)
    return np.random.default_rng([seed, *(int(one, 16) for one in hashes)])


def _bond(
    things: Mapping[int, Thing], clips: Sequence[Clip], pair: tuple[int, int], rules: Rules, rng: np.random.Generator
) -> Bond | None:
    """What binds two clips. Of two videos the shorter is the one whose seconds are told, where no order is known."""
    one, other = pair
    a, b = things[one], things[other]
    if isinstance(a, Look) and isinstance(b, Look):
        tie = compare(a, b, rules, rng=rng)
        told = edits(a, b, tie) if tie is not None and tie.kind == "copy" else ()
        return None if tie is None else Bond(one=one, other=other, tie=tie, edits=told)
    if isinstance(a, Film) and isinstance(b, Film):
        if a.seconds > b.seconds and not earlier(clips[one], clips[other]):
            one, other, a, b = other, one, b, a
        covered = cover(a, b, rules, rng=rng)
        return None if covered is None else _of_frames(one, other, a, b, covered)
    if isinstance(a, Film):
        one, other, a, b = other, one, b, a
    assert isinstance(a, Look)
    assert isinstance(b, Film)
    covered = still_in(a, b, rules, rng=rng)
    return None if covered is None else _of_frames(one, other, a, b, covered)


def _of_frames(one: int, other: int, a: Thing, b: Film, covered: Cover) -> Bond:
    mine = a.look(covered.frames[0]) if isinstance(a, Film) else a
    its = b.look(covered.frames[1])
    return Bond(
        one=one,
        other=other,
        tie=covered.tie,
        edits=edits(mine, its, covered.tie) if covered.tie.kind == "copy" else (),
        cover=covered,
        at=(a.frames[covered.frames[0]].at if isinstance(a, Film) else None, b.frames[covered.frames[1]].at),
        seconds=words.lengths({one: a, other: b}, one, other),
    )


def _answer(
    bonds: Sequence[Bond],
    found: Sequence[Group],
    clips: Sequence[Clip],
    things: Mapping[int, Thing],
    blind: Sequence[int],
) -> tuple[str, str, dict[str, str]]:
    """Result, key of the sentence, and what fills it."""
    all_of = words.counted(len(things), "clip", "clips")
    if found:
        copies = [bond for bond in bonds if bond.kind == "copy"]
        return "copies", "copies", {
            "found": f"{sum(len(group.members) for group in found):,}",
            "clips": all_of,
            "groups": words.counted(len(found), "group", "groups"),
            "strongest": words.strongest(copies, clips),
            "earliest": _earliest(found, clips),
        }  # fmt: skip
    if bonds:
        return "same scene", "same-scene", {"clips": all_of, "strongest": words.strongest(bonds, clips)}
    if len(things) - len(blind) < 2:
        names = ", ".join(clips[number].name for number in blind[:5])
        reason = f"too little is to be seen to tell these from other pictures: {names}."
        return "cannot tell", "cannot-tell", {"reason": reason}
    return "no copy found", "none", {"clips": all_of}


def _earliest(found: Sequence[Group], clips: Sequence[Clip]) -> str:
    told = [
        f"{clips[group.earliest].name} is the earliest of known time in its group "
        f"(posted {_spoken(clips[group.earliest])})."
        for group in found
        if group.earliest is not None
    ]
    return " ".join(told[:3]) or "Which is the earliest is not known."


def _spoken(clip: Clip) -> str:
    return "at an unknown time" if clip.posted is None else clip.posted.spoken()


def _group(group: Group, clips: Sequence[Clip]) -> dict[str, Any]:
    return {
        "members": [clips[number].name for number in group.members],
        "earliest": None if group.earliest is None else clips[group.earliest].name,
        "undated": group.undated,
    }


def _recycled(bonds: Sequence[Bond], clips: Sequence[Clip]) -> list[dict[str, Any]]:
    """Clips of which a copy was surely posted earlier: what the authenticity axis calls recycled."""
    return [
        {
            "clip": clips[later].name,
            "media": clips[later].media_id,
            "posted": _spoken(clips[later]),
            "earlier": clips[first].name,
            "earlier_media": clips[first].media_id,
            "earlier_posted": _spoken(clips[first]),
        }
        for bond in bonds
        if bond.kind == "copy"
        for first, later in ((bond.one, bond.other), (bond.other, bond.one))
        if earlier(clips[first], clips[later])
    ]


def _reasons(bonds: Sequence[Bond], recycled: Sequence[Mapping[str, Any]]) -> tuple[Note, ...]:
    kinds = {kind: sum(bond.kind == kind for bond in bonds) for kind in ("copy", "same scene", "alike")}
    told = {
        "copy": "laid on each other by features or hash, and the same in detail, place by place",
        "same scene": "features agree and the detail does not: another picture of it, or a heavy rework",
        "alike": "only the hashes match",
    }
    return (
        *(
            Note(code=kind.replace(" ", "-"), text=f"{words.counted(count, 'pair', 'pairs')}: {told[kind]}.")
            for kind, count in kinds.items()
            if count
        ),
        *(
            Note(
                code="recycled",
                text=f"{one['clip']} was posted {one['posted']}; {one['earlier']}, a copy, {one['earlier_posted']}.",
            )
            for one in recycled[:20]
        ),
    )


def _needed(result: str, found: Sequence[Group]) -> tuple[str, ...]:
    if result == "copies" and any(group.earliest is None for group in found):
        return ("When each copy was first posted or archived (`posted` of its media record).",)
    return ("Pictures with more to see, or the larger originals.",) if result == "cannot tell" else ()


def _caveats(
    bonds: Sequence[Bond], clips: Sequence[Clip], blind: Sequence[int], *, simulated: bool
) -> tuple[Note, ...]:
    notes = []
    if blind:
        names = ", ".join(clips[number].name for number in blind[:10])
        notes.append(Note(code="flat-picture", text=f"Too flat to be told from other pictures: {names}."))
    if any(bond.kind == "same scene" for bond in bonds):
        text = "Another picture of the same scene is no copy; a heavily reworked copy may look like one. People decide."
        notes.append(Note(code="same-scene", text=text))
    if any(bond.kind == "alike" for bond in bonds):
        notes.append(Note(code="hash-only", text="Some pairs match by hash only, which is no proof. People decide."))
    if any(bond.kind == "copy" for bond in bonds):
        text = "A copy found here says nothing of which file came first, nor of what the picture shows."
        notes.append(Note(code="no-direction", text=text))
    if simulated:
        notes.append(Note(code="simulated", text="Some clips were made by a computer."))
    return tuple(notes)


def _artifacts(
    bonds: Sequence[Bond],
    clips: Sequence[Clip],
    things: Mapping[int, Thing],
    edges: Sequence[Edge],
    found: Sequence[Group],
    *,
    simulated: bool,
) -> tuple[Produced, ...]:
    if not bonds:
        return ()
    mark = "SIMULATED_" if simulated else ""
    best = sorted(bonds, key=lambda bond: (bond.kind != "copy", -bond.tie.inliers))[:MOST_PROOFS]
    drawn = tuple(
        Produced(
            role="proof" if len(best) == 1 else f"proof_{number}",
            name=f"{mark}proof_{number}.png",
            media_type="image/png",
            data=_proof(bond, clips, things, simulated=simulated),
        )
        for number, bond in enumerate(best, 1)
    )
    return (
        *drawn,
        Produced(
            role="graph",
            name=f"{mark}copies.svg",
            media_type="image/svg+xml",
            data=as_svg(clips, edges, simulated=simulated),
        ),
        Produced(
            role="graph_data",
            name=f"{mark}copies.json",
            media_type="application/json",
            data=as_json(clips, edges, found, simulated=simulated),
        ),
    )


def _proof(bond: Bond, clips: Sequence[Clip], things: Mapping[int, Thing], *, simulated: bool) -> bytes:
    looks, names = [], []
    for number, at, frame in zip(
        (bond.one, bond.other), bond.at, bond.cover.frames if bond.cover else (0, 0), strict=True
    ):
        thing = things[number]
        looks.append(thing.look(frame) if isinstance(thing, Film) else thing)
        names.append(clips[number].name if at is None else f"{clips[number].name} at {at:.1f} s")
    told = f"{bond.kind}: {bond.tie.inliers} features agree. {'; '.join(bond.edits)}"
    return proof(looks[0], looks[1], bond.tie, (names[0], names[1]), told, simulated=simulated)
