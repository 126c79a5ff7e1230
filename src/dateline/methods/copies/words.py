"""What binds two clips, as a row, as a few words and as the sentence of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline.media.clip import Clip
from dateline.methods.copies.pair import Tie
from dateline.methods.copies.video import Cover, Film


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bond:
    """What binds two clips, by number: the tie of two pictures, or of the frames that are most alike. edits: of the
    second against the first; cover: of videos; seconds: lengths of both, None for pictures."""

    one: int
    other: int
    tie: Tie
    edits: tuple[str, ...]
    cover: Cover | None = None
    at: tuple[float | None, float | None] = (None, None)
    seconds: tuple[float | None, float | None] = (None, None)

    @property
    def kind(self) -> str:
        """copy, same scene or alike."""
        return self.tie.kind


def span(bond: Bond, clips: Sequence[Clip]) -> str:
    """Which seconds of a video lie where; empty for two pictures."""
    one, other = clips[bond.one].name, clips[bond.other].name
    if bond.cover is None:
        return ""
    if bond.seconds[0] is None or bond.seconds[1] is None:
        film, picture, at = (other, one, bond.at[1]) if bond.seconds[0] is None else (one, other, bond.at[0])
        return f"{picture} matches {film} at {at:.1f} s"
    if not bond.cover.pieces:
        return f"frames at {bond.at[0]:.1f} s of {one} and {bond.at[1]:.1f} s of {other}; no run of seconds was aligned"
    parts = ", ".join(
        f"{piece.start:.1f} to {piece.end:.1f} s at offset {piece.offset:+.1f} s" for piece, _ in bond.cover.pieces
    )
    covered = min(bond.cover.seconds, bond.seconds[0])
    return f"{covered:.1f} s of the {bond.seconds[0]:.1f} s of {one} are in {other} ({bond.seconds[1]:.1f} s): {parts}"


def row(bond: Bond, clips: Sequence[Clip]) -> dict[str, Any]:
    """A pair as the finding has it."""
    agreed = bond.tie.agreement
    told: dict[str, Any] = {
        "one": clips[bond.one].name,
        "other": clips[bond.other].name,
        "kind": bond.kind,
        "features_agree": bond.tie.inliers,
        "hash_bits_apart": bond.tie.bits,
        "same_detail": None if agreed.share is None else round(agreed.share, 2),
        "edits": "; ".join(bond.edits),
        "span": span(bond, clips),
    }
    if bond.cover is not None:
        told["seconds_covered"] = round(bond.cover.seconds, 2) if bond.cover.pieces else None
        told["pieces"] = [
            {
                "start": round(piece.start, 3),
                "end": round(piece.end, 3),
                "offset": round(piece.offset, 3),
                "frames": piece.frames,
                "matched": piece.matched,
                "features_agree": tie.inliers,
            }
            for piece, tie in bond.cover.pieces
        ]
    return told


def label(bond: Bond, clips: Sequence[Clip]) -> str:
    """The bond in a line."""
    parts = [bond.kind, span(bond, clips), "; ".join(bond.edits), f"{bond.tie.inliers} features agree"]
    return ", ".join(part for part in parts if part)


def strongest(bonds: Sequence[Bond], clips: Sequence[Clip]) -> str:
    """The bond that is best proved, as a sentence."""
    best = max(bonds, key=lambda bond: (bond.cover is not None and bool(bond.cover.pieces), bond.tie.inliers))
    proof = f"{best.tie.inliers} features agree" if best.tie.inliers else "their detail agrees, place by place"
    if best.cover is not None and best.cover.pieces:
        matched = sum(piece.matched for piece, _ in best.cover.pieces)
        frames = counted(sum(piece.frames for piece, _ in best.cover.pieces), "sampled frame", "sampled frames")
        return f"{_capital(span(best, clips))} ({matched:,} of {frames} match; {proof} on the most alike)."
    if best.cover is not None:
        return f"{_capital(span(best, clips))} ({proof})."
    words = f": {'; '.join(best.edits)}" if best.edits else ""
    return f"{clips[best.other].name} against {clips[best.one].name}{words} ({proof})."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def counted(number: int, one: str, many: str) -> str:
    """1 group, 2 groups."""
    return f"{number:,} {one if number == 1 else many}"


def lengths(things: Mapping[int, object], one: int, other: int) -> tuple[float | None, float | None]:
    """Lengths of two clips [s], None for pictures."""
    first, second = things[one], things[other]
    return (
        first.seconds if isinstance(first, Film) else None,
        second.seconds if isinstance(second, Film) else None,
    )
