"""Jacobs' rule, area x density of a crowd: only ever a labelled cross-check, with its units looked at."""

from __future__ import annotations

from dataclasses import dataclass

from dateline.core.errors import Refusal

SQUARE_FOOT = 0.3048**2
"""[m2]"""
SPACES_FT2 = {"loose": 10.0, "dense": 4.5, "packed": 2.5}
"""Jacobs' space for one person [square feet]: 0.93, 0.42 and 0.23 m2."""
FOOT = 0.3048


@dataclass(frozen=True, slots=True)
class Crowd:
    """What Jacobs' three densities make of an area. people: by density [1]; space: for one person [m2]."""

    people: dict[str, float]
    space: dict[str, float]


def jacobs(area: float) -> Crowd:
    """area: of ground that people may stand on [m2]. Herbert Jacobs 1967, To count a crowd, Columbia Journalism Review.

    "Typical" plots chosen by eye overestimate by a quarter and more, so this never becomes the headline.
    """
    space = {name: feet * SQUARE_FOOT for name, feet in SPACES_FT2.items()}
    return Crowd({name: area / each for name, each in space.items()}, space)


def checked_space(space: float) -> float:
    """Space for one person [m2] that somebody states, when it is not Jacobs' numbers taken as feet along a side.

    A published article prints 3.05, 1.37 and 0.76 m2: those are 10, 4.5 and 2.5 feet in metres, not square feet in
    square metres. Raises Refusal `feet-for-square-feet`.
    """
    for name, feet in SPACES_FT2.items():
        if abs(space - feet * FOOT) <= 0.006:
            right = feet * SQUARE_FOOT
            raise Refusal(
                f"{space:g} m2 a person is {feet:g} feet turned into metres; {feet:g} square feet are {right:.2f} m2.",
                saw=f"{space:g} m2, Jacobs' {name!r}",
                do=f"Give {right:.2f} m2.",
                code="feet-for-square-feet",
            )
    return space
