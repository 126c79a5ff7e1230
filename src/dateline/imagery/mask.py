"""From quality layers to states: what each pixel's value is worth, by the rules of the sensor file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from dateline.core.state import State
from dateline.imagery.sensor import BitRule, Collection, Flags, Layer

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]
_UNSET = np.iinfo(np.uint16).max
"""A word of flag bits that was never written: its bits say nothing."""

Raw = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a value layer in its file.

    fetch: gives the raw numbers of a layer in the same window, or None where the file lacks it.
    nights: uint16, number of looks behind each value, or None where nobody counted.
    minimum: fewer looks than this are too few; None: the product does not ask.
    floor: values below it were printed as zero [unit of the layer]; None: no floor.
    """

    fetch: Callable[[str], Raw | None]
    nights: npt.NDArray[np.uint16] | None = None
    minimum: int | None = None
    floor: float | None = None

    def rows(self, rows: slice) -> Beside:
        """The same for some rows of the window."""

        def fetch(name: str) -> Raw | None:
            raw = self.fetch(name)
            return None if raw is None else raw[rows]

        return replace(self, fetch=fetch, nights=None if self.nights is None else self.nights[rows])


def states(values: npt.NDArray[np.float32], layer: Layer, rules: Collection, beside: Beside) -> Codes:
    """The state of each pixel of a layer: uint8 codes of core.State, the shape of `values`.

    values: float32 [unit of the layer], NaN where the file has none. Where several rules apply the greater state
    wins; a pixel without a value is not observed, or cloud, snow or outside where a flag says why.
    """
    codes: Codes = np.empty(values.shape, np.uint8)
    whole = replace(beside, fetch=cache(beside.fetch))
    for top in range(0, values.shape[0], STRIP):
        rows = slice(top, top + STRIP)
        codes[rows] = _strip(values[rows], layer, rules, whole.rows(rows))
    return codes


STRIP = 96
"""Rows worked on at a time: a strip of a tile stays in the processor's cache through all its passes."""


def _strip(values: npt.NDArray[np.float32], layer: Layer, rules: Collection, beside: Beside) -> Codes:
    sky = _Sky(np.zeros(values.shape, np.uint8))
    for name in layer.flags:
        raw = beside.fetch(name)
        if raw is not None:
            sky.heed(raw, _rule(rules, name), counted=beside.nights is not None)
    codes = sky.settled(filled=layer.filled)
    _count(codes, beside)
    _zeros(codes, values, layer, beside)
    if layer.always is not None:
        np.maximum(codes, np.uint8(layer.always), out=codes)
    _explain(sky, np.isnan(values), layer, rules, beside)
    return codes


def _rule(rules: Collection, layer: str) -> Flags:
    return next((flags for end, flags in rules.flags.items() if layer.endswith(end)), Flags())


def _raise(codes: Codes, where: Bools, state: State) -> None:
    # Multiply and maximum run over bytes in one pass each; assignment through a mask costs several times as much.
    np.maximum(codes, where.view(np.uint8) * np.uint8(state), out=codes)


@dataclass(slots=True)
class _Sky:
    """What the flag layers said so far about one window."""

    codes: Codes
    cloud: Bools | None = None
    doubt: Bools | None = None
    sea: Bools | None = None
    conditional: Bools | None = None

    def heed(self, raw: Raw, rule: Flags, *, counted: bool) -> None:
        """Takes in one flag layer."""
        for value, state in rule.values.items():
            _raise(self.codes, raw == value, state)
        for value in () if counted else rule.few:
            _raise(self.codes, raw == value, State.TOO_FEW)
        for value in rule.clear_only:
            self.conditional = _either(self.conditional, raw == value)
        if rule.bits and (unset := raw == _UNSET).any():
            _raise(self.codes, unset, State.NOT_OBSERVED)
            raw = np.where(unset, raw.dtype.type(0), raw)
        for bits in rule.bits:
            self._heed_bits(raw, bits)

    def _heed_bits(self, raw: Raw, bits: BitRule) -> None:
        part = raw & raw.dtype.type(bits.mask)
        for equal in bits.equals:
            here: Bools = part == raw.dtype.type(equal << bits.bit)
            if bits.doubt:
                self.doubt = _either(self.doubt, here)
            if bits.state is State.OUTSIDE:
                self.sea = _either(self.sea, here)
            elif bits.state is not None:
                _raise(self.codes, here, bits.state)
                self.cloud = _either(self.cloud, here) if bits.state is State.CLOUD else self.cloud

    def settled(self, *, filled: bool) -> Codes:
        """The states so far. A conditional value counts where the cloud mask leaves no doubt.

        In a gap-filled layer every value that is not the night's own good one was replaced.
        """
        if self.conditional is not None and filled:
            _raise(self.codes, self.conditional, State.FILLED)
        elif self.conditional is not None:
            # Without a cloud mask every such value stays in doubt.
            unclear = self.conditional if self.doubt is None else self.conditional & self.doubt
            _raise(self.codes, unclear, State.CLOUD)
        if filled:
            np.putmask(self.codes, self.codes > State.SNOW, np.uint8(State.FILLED))
        return self.codes


def _either(one: Bools | None, other: Bools) -> Bools:
    return other if one is None else one | other


def _count(codes: Codes, beside: Beside) -> None:
    if beside.nights is None:
        return
    if beside.minimum is not None:
        _raise(codes, beside.nights < beside.minimum, State.TOO_FEW)
    _raise(codes, beside.nights == 0, State.FILLED)  # a value without a look was made from something else


def _zeros(codes: Codes, values: npt.NDArray[np.float32], layer: Layer, beside: Beside) -> None:
    if layer.zero != "value" and beside.nights is not None:
        _raise(codes, beside.nights == 0, State.NOT_OBSERVED)
    elif layer.zero == "unseen":
        # Without a count an exact zero is all there is to go by.
        _raise(codes, values == 0, State.NOT_OBSERVED)
    if layer.zero == "floor":
        _raise(codes, values == 0, State.FLOOR)
    if beside.floor is not None:
        _raise(codes, values < np.float32(beside.floor), State.FLOOR)


def _explain(sky: _Sky, missing: Bools, layer: Layer, rules: Collection, beside: Beside) -> None:
    """Says of pixels without a value why: cloud, snow, sea; else plainly not observed."""
    codes = sky.codes
    _raise(codes, missing, State.NOT_OBSERVED)
    if sky.cloud is not None:
        _lower(codes, missing & sky.cloud, State.CLOUD)
    if layer.snow_seen is not None and (codes >= State.TOO_FEW).any():
        over_snow = beside.fetch(layer.snow_seen)
        if over_snow is not None:
            seen: Bools = over_snow <= _SEEN
            _raise(codes, (codes == State.TOO_FEW) & seen, State.SNOW)
            _lower(codes, missing & seen, State.SNOW)
    if sky.sea is not None:
        _raise(codes, missing & sky.sea, State.OUTSIDE)
    if layer.water is not None and (lost := codes == State.NOT_OBSERVED).any():
        water = beside.fetch(layer.water)
        outside = [value for value, state in _rule(rules, layer.water).values.items() if state is State.OUTSIDE]
        for value in outside if water is not None else ():
            _raise(codes, lost & (water == value), State.OUTSIDE)


_SEEN = 1
"""Quality flags up to this one stand on looks of the period itself."""


def _lower(codes: Codes, where: Bools, state: State) -> None:
    """Turns NOT_OBSERVED into a state that says more."""
    here = where & (codes == State.NOT_OBSERVED)
    np.subtract(codes, here.view(np.uint8) * np.uint8(State.NOT_OBSERVED - state), out=codes)
