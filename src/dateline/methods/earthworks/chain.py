"""Chains of pixels, and how those are joined that point at each other over a gap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

STRAIGHT = math.cos(math.radians(35))
"""Over a gap both ends point at each other to within this angle."""
_LEAD = 12
"""Pixels of a chain's end that give its direction."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Pixels in order along a line. pixels: (n, 2) columns, rows. strength: (n,) over the ground's restlessness [1].

    ends: how many other lines meet each of its two ends.
    """

    pixels: I8
    strength: F4
    ends: tuple[int, int] = (0, 0)

    @property
    def score(self) -> float:
        """Mean strength times the root of the number of pixels [1]: what a line of chance pixels would not reach."""
        return float(self.strength.mean()) * math.sqrt(len(self.pixels))

    def trimmed(self) -> Chain:
        """Without ends where the strength lies under half of its middle: there a kernel answers from beyond the end."""
        strong = np.flatnonzero(self.strength >= np.median(self.strength) / 2)
        keep = slice(int(strong[0]), int(strong[-1]) + 1)
        ends = (self.ends[0] if keep.start == 0 else 0, self.ends[1] if keep.stop == len(self.strength) else 0)
        return Chain(self.pixels[keep], self.strength[keep], ends)


def joined(chains: Sequence[Chain], gap: float) -> list[Chain]:
    """Chains with those made one whose free ends lie within `gap` [px] and point at each other, nearest first.

    Pixels of the gap are not made up: the joined chain jumps over it, and its strength there is not counted.
    """
    ends = [(index, end) for index, chain in enumerate(chains) for end in (0, 1)]
    if len(ends) < 2:
        return list(chains)
    tips = np.array([chains[index].pixels[-end] for index, end in ends], np.float64)
    ways = np.array([_way(chains[index].pixels, end) for index, end in ends])
    partner = _partners(ends, tips, ways, gap)
    made, done = [], set[int]()
    for index, end in [*(one for one in ends if one not in partner), *ends]:
        if index not in done:
            made.append(_along(chains, partner, index, end, done))
    return made


def _way(pixels: I8, end: int) -> F8:
    """Unit vector out of an end."""
    near = pixels[:_LEAD] if end == 0 else pixels[::-1][:_LEAD]
    way = (near[0] - near[-1]).astype(np.float64)
    return np.asarray(way / max(float(np.hypot(*way)), 1e-9))


def _partners(
    ends: Sequence[tuple[int, int]], tips: F8, ways: F8, gap: float
) -> dict[tuple[int, int], tuple[int, int]]:
    pairs = KDTree(tips).query_pairs(gap, output_type="ndarray")
    between = tips[pairs[:, 1]] - tips[pairs[:, 0]]
    apart = np.hypot(*between.T)
    unit = between / np.maximum(apart, 1e-9)[:, None]
    facing = np.minimum((ways[pairs[:, 0]] * unit).sum(axis=1), -(ways[pairs[:, 1]] * unit).sum(axis=1))
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for row in np.lexsort((pairs[:, 1], pairs[:, 0], apart)):
        one, other = ends[int(pairs[row, 0])], ends[int(pairs[row, 1])]
        if facing[row] >= STRAIGHT and one[0] != other[0] and one not in found and other not in found:
            found[one], found[other] = other, one
    return found


def _along(
    chains: Sequence[Chain], partner: dict[tuple[int, int], tuple[int, int]], index: int, end: int, done: set[int]
) -> Chain:
    """The chain that begins at one end and goes on over all its partners."""
    pixels, strength = list[I8](), list[F4]()
    here: tuple[int, int] | None = (index, end)
    first = chains[index].ends[end]
    last = first
    while here is not None and here[0] not in done:
        done.add(here[0])
        chain, turn = chains[here[0]], 1 if here[1] == 0 else -1
        pixels.append(chain.pixels[::turn])
        strength.append(chain.strength[::turn])
        last = chain.ends[1 - here[1]]
        here = partner.get((here[0], 1 - here[1]))
    return Chain(np.concatenate(pixels), np.concatenate(strength), (first, last))
