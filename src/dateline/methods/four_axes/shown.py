"""What speaks for what an item is said to show: speech, marks, files, findings, independent sources. Never looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dateline.ledger.appearance import looks_as_proof
from dateline.ledger.claim import Claim
from dateline.ledger.picture_mark import LEAST_PIXELS, PictureMark
from dateline.ledger.transcript import Stretch, spoken, within
from dateline.ledger.verification import DepictionStep
from dateline.methods.four_axes.ground import CONTRARY, DENIALS, Ground
from dateline.methods.origins.count import Count
from dateline.methods.origins.side import side_of


@dataclass(frozen=True, slots=True)
class Shown:
    """What fits, in words; the independent origins of who says so; and what was left out, with its reason."""

    grounds: tuple[str, ...]
    origins: Count
    left_out: tuple[tuple[str, str], ...]
    """(code, text) of each thing that carries nothing."""


def shown_in(ground: Ground) -> Shown:
    """Everything under the depiction of an item that counts. Raises Refusal `circular-chain` from the origins."""
    grounds, left_out = [], []
    for text, why in (*_heard(ground), *_marks(ground)):
        if why is None:
            grounds.append(text)
        else:
            left_out.append((why, text))
    steps = _steps(ground)
    own = ground.media.items  # a picture is no evidence of what it shows: marks and words in it are
    grounds += [f"file {name}" for step in steps for name in step.evidence if name in ground.items and name not in own]
    for one in ground.of_axis("depiction"):
        text = f"{one.method}: {one.result} ({one.id})"
        if one.result in CONTRARY:
            left_out.append(("contrary-finding", f"It speaks against it and supports nothing: {text}."))
        else:
            grounds.append(text)
    if any("appearance" in step.basis for step in steps):
        left_out.append(("appearance", "How people look was named as a basis; it is no evidence, and was left out."))
    said: list[Claim] = []
    by_looks: list[Claim] = []
    for claim in ground.claims_of("depiction"):
        (by_looks if any(looks_as_proof(claim.statement)) else said).append(claim)
    if by_looks:
        names = ", ".join(claim.id for claim in by_looks)
        left_out.append(("appearance", f"Told from how people look, which is no evidence: {names}."))
    denied = [claim.id for claim in ground.cited(steps) if claim.stance in DENIALS]
    if denied:
        left_out.append(("denial", f"A denial supports nothing: {', '.join(denied)}."))
    return Shown(tuple(dict.fromkeys(grounds)), origins_of(said, ground), tuple(left_out))


def _steps(ground: Ground) -> tuple[DepictionStep, ...]:
    return tuple(one for one in ground.standing("depiction") if isinstance(one, DepictionStep))


def origins_of(claims: list[Claim], ground: Ground) -> Count:
    """The least and greatest number of independent origins of claims."""
    if not claims:
        return Count(0, 0)
    known = {**ground.background, **ground.claims}
    return side_of(claims, known, ground.sources, ground.sharing).count


def _heard(ground: Ground) -> Iterator[tuple[str, str | None]]:
    """Each stretch that is cited, with the code of what is wrong with it."""
    for step in _steps(ground):
        for cited in step.heard:
            recording = ground.media if cited.media is None else ground.related.get(cited.media)
            rows = [] if recording is None else list(within(recording.transcript, cited.start, cited.end))
            where = spoken(cited.start, cited.end)
            if not rows:
                yield f"Nothing is heard at {where}.", "nothing-heard"
            elif not all(is_agreed(row) for row in rows):
                yield f"No second linguist agrees with the translation of {where}.", "one-linguist"
            else:
                yield f"heard at {where}", None


def is_agreed(row: Stretch | PictureMark) -> bool:
    """Whether its words need no translation, or a second linguist agrees with it."""
    return row.translation is None or bool(row.second_linguist and row.agrees)


def _marks(ground: Ground) -> Iterator[tuple[str, str | None]]:
    """Each mark that is cited, with the code of what is wrong with it."""
    cited = {name for step in _steps(ground) for name in step.marks}
    for mark in ground.media.marks:
        if mark.id not in cited:
            continue
        if any(looks_as_proof(f"{mark.what}. {mark.note or ''}")):
            yield f"Told from how people look, which is no evidence: {mark.what}.", "appearance"
        elif mark.pixels is None:
            yield f"Nobody measured how large {mark.what} is in the picture [px].", "size-unknown"
        elif not mark.could_be_seen:
            least = LEAST_PIXELS[mark.task]
            yield f"Too small to {mark.task}: {mark.what}, {mark.pixels:g} px of {least:g}.", "too-small"
        elif not is_agreed(mark):
            yield f"No second linguist agrees with the translation of {mark.what}.", "one-linguist"
        else:
            yield f"{mark.what} ({mark.pixels:g} px)", None
