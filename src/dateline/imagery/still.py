"""A picture as it was delivered: its pixels and nothing of where it lies. A press release's photograph is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

U1 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """One picture. pixels: (height, width, 3) red, green, blue, row 0 on top. sha256: of the file's bytes."""

    name: str
    sha256: str
    pixels: U1
    simulated: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height [px]."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def grey(self) -> npt.NDArray[np.float32]:
        """(height, width) luminance, 0 to 255, by ITU-R BT.601 (2011)."""
        weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
        return np.asarray(self.pixels @ weights, dtype=np.float32)
