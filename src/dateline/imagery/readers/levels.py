"""What stored numbers are worth as power or reflectance: undeclared fills, decibels for power, blocks of zeros."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError
from dateline.core.state import State
from dateline.imagery.readers.opened import Notes

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]

_FILL = -9000.0
"""Nothing is measured below this: -9999 and -32768 stand for no data where no file says so."""
_BELOW = -1.0
"""Backscatter less noise is never below this; decibels over ground and water nearly always are."""
_SHARE = 0.01
_TOO_HIGH = 100.0
"""A median above this is no backscatter [linear power]: ground is under 1, and only a few points are above 10."""
BLOCK = 25
"""As many zeros side by side are no measurement [px]: speckle and noise leave single ones."""


def without_fills(values: F4) -> tuple[F4, Notes]:
    """The values with undeclared fill numbers taken out, and a note where there were any."""
    fills = values <= _FILL
    if not fills.any():
        return values, ()
    made: F4 = np.where(fills, np.float32(np.nan), values)
    return made, (("fill-undeclared", f"{int(fills.sum())} pixels of {float(values[fills][0]):g} were read as none."),)


def power(values: F4, *, decibel: bool, name: str) -> tuple[F4, Notes]:
    """(…) linear power from what is stored; negative power, which noise subtraction leaves, becomes 0 and is noted.

    decibel: what the file is declared to store. Raises InputError `decibel` where the numbers are of the other kind,
    `not-calibrated` where they are far too high for backscatter.
    """
    known = values[np.isfinite(values)]
    if known.size == 0:
        return values, ()
    if decibel:
        if known.size > BLOCK and known.min() >= 0:
            raise _kind(name, known, "no value below 0: this is linear power, declared as decibels", "sigma0 or gamma0")
        made: F4 = np.power(np.float32(10), values / np.float32(10))
        return made, ()
    if np.mean(known < _BELOW) > _SHARE:
        raise _kind(name, known, "these are decibels, given as linear power", "sigma0_db or gamma0_db")
    if known.min() >= 0:
        return values, ()
    below = values < 0
    return np.where(below, np.float32(0), values), (
        ("negative-power", f"{int(below.sum())} pixels below 0 were set to 0."),
    )


def check_calibrated(values: F4, name: str) -> None:
    """Raises InputError `not-calibrated` for numbers that cannot be sigma0 or gamma0."""
    known = values[np.isfinite(values)]
    if known.size and float(np.median(known)) > _TOO_HIGH:
        raise InputError(
            "These numbers are not calibrated backscatter.",
            saw=f"{name}: median {float(np.median(known)):.4g}; ground is under 1",
            do="Give the calibrated file, or declare --product radar: then levels are relative.",
            code="not-calibrated",
        )


def _kind(name: str, known: F4, what: str, product: str) -> InputError:
    low, high = (float(edge) for edge in np.percentile(known, (1, 99)))
    return InputError(
        "The numbers are not of the kind that they are said to be.",
        saw=f"{name}: {low:.4g} to {high:.4g} (1 to 99 %); {what}",
        do=f"If so, say --product {product}.",
        code="decibel",
    )


def zero_states(numbers: F4, values: F4) -> tuple[U1, Notes]:
    """(rows, columns) states from zeros alone. numbers, values: (bands, rows, columns), as stored and as they mean.

    Where all stored numbers are zero over 25 or more joined pixels nothing was observed: a border or a mask, be it of
    power or of decibels. Any other value of zero is below the floor: seen, too dark for the product's numbers.
    """
    from scipy.ndimage import label

    states = np.zeros(values.shape[1:], np.uint8)
    states[(values == 0).any(axis=0)] = State.FLOOR
    nothing = (numbers == 0).all(axis=0)
    if np.count_nonzero(nothing) < BLOCK:
        return states, ()
    labels, _ = label(nothing, structure=np.ones((3, 3)))
    large = np.bincount(labels.ravel()) >= BLOCK
    large[0] = False
    block = large[labels]
    states[block] = State.NOT_OBSERVED
    return states, zeros_note(int(block.sum()))


def zeros_note(lost: int) -> Notes:
    """What is told where pixels were lost to blocks of zeros."""
    told = f"{lost} pixels are exactly 0 in blocks: read as no data, which no file declares."
    return (("zeros-as-nodata", told),) if lost else ()
