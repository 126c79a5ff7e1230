"""What we know about a pixel, a look or a day. No data is not darkness, and not "no ship"."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt


class State(IntEnum):
    """One of eight states; where several apply to one pixel the greater wins.

    The order is the precedence: what lies outside was not observed, what was not observed cannot be filled
    with anything we would count, and so on down to the plain observation.
    """

    OBSERVED = 0
    """Seen, with a value above the product's floor."""
    FLOOR = 1
    """Seen, but the product prints zero for everything below its floor: dark, or nearly."""
    TOO_FEW = 2
    """Seen on too few nights to be trusted."""
    SNOW = 3
    """Seen over snow, which can double the light of a city."""
    CLOUD = 4
    """The sensor passed; cloud lay between."""
    FILLED = 5
    """The value was made from other dates: an estimate, never an observation."""
    NOT_OBSERVED = 6
    """No look at all: no pass, no file, no valid value."""
    OUTSIDE = 7
    """Outside the footprint, or masked away (sea, another country)."""

    @property
    def is_seen(self) -> bool:
        """Whether the value may be counted: the pixel was really looked at, often enough, without snow."""
        return self <= State.FLOOR

    @property
    def words(self) -> str:
        """The state in a reader's words."""
        return _WORDS[self]


_WORDS = {
    State.OBSERVED: "observed",
    State.FLOOR: "below the floor",
    State.TOO_FEW: "too few nights",
    State.SNOW: "snow",
    State.CLOUD: "cloud",
    State.FILLED: "gap-filled",
    State.NOT_OBSERVED: "not observed",
    State.OUTSIDE: "outside",
}


def combine(*layers: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The state of each pixel where several masks speak: the one that takes precedence.

    layers: arrays of State codes of one shape. Returns an array of that shape.
    """
    combined = layers[0].copy()
    for layer in layers[1:]:
        np.maximum(combined, layer, out=combined)
    return combined


def seen(states: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Where the value may be counted (observed, or below the floor), for an array of State codes."""
    return np.less_equal(states, np.uint8(State.FLOOR))
