"""Which observations stand: the last of each chain; for a count, of sittings that their authors have ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dateline.ledger.observation import Observation


def standing(observations: Mapping[str, Observation]) -> dict[str, Observation]:
    """Those that their authors neither replaced nor withdrew, in their order; the end of a sitting is no answer itself.

    Nobody takes back what somebody else saw, whatever a file says.
    """
    replaced = {(mark.by, mark.supersedes) for mark in observations.values()}
    return {
        name: mark
        for name, mark in observations.items()
        if (mark.by, name) not in replaced and mark.state != "withdrawn" and not mark.submitted
    }


def counted(observations: Mapping[str, Observation]) -> dict[str, Observation]:
    """Those that stand and are part of a whole count: a sitting that nobody has ended is left out, for half a count
    is no count. Marks without a sitting stand by themselves.
    """
    ended = ended_sittings(observations.values())
    return {
        name: mark
        for name, mark in standing(observations).items()
        if mark.sitting is None or (mark.by, mark.sitting) in ended
    }


def answered(observations: Mapping[str, Observation]) -> dict[str, Observation]:
    """Of those that are counted, what says what was seen: matched points and drawn lines are no answers."""
    return {name: mark for name, mark in counted(observations).items() if not mark.is_drawing}


def unended(observations: Mapping[str, Observation]) -> dict[str, Observation]:
    """Answers that stand in sittings that nobody has ended: no part of any number yet."""
    whole = counted(observations)
    return {name: mark for name, mark in standing(observations).items() if name not in whole and not mark.is_drawing}


def unfinished(observations: Iterable[Observation]) -> tuple[tuple[str, str], ...]:
    """Sittings that were begun and never ended: who, and which; in order. One whose end was taken back is none."""
    observations = tuple(observations)
    begun = {(mark.by, mark.sitting) for mark in observations if mark.sitting is not None}
    return tuple(sorted(begun - {(mark.by, mark.sitting) for mark in observations if mark.submitted}))


def ended_sittings(observations: Iterable[Observation]) -> set[tuple[str, str]]:
    """Who ended which sitting; an end that was withdrawn is none."""
    observations = tuple(observations)
    replaced = {(mark.by, mark.supersedes) for mark in observations}
    return {
        (mark.by, mark.sitting)
        for mark in observations
        if mark.submitted and mark.sitting is not None and mark.state != "withdrawn"
        and (mark.by, mark.id) not in replaced
    }  # fmt: skip


def has_ended(observations: Iterable[Observation], *, by: str, item: str, question: str | None) -> bool:
    """Whether this person has ended a sitting on this image and question: since then others' marks were in view."""
    return any(mark.submitted and (mark.by, mark.item, mark.question) == (by, item, question) for mark in observations)
