"""Pieces of bytes, as a server or a package gives them, as one stream that is read once."""

from __future__ import annotations

import io
from collections.abc import Iterator


class Pieces(io.RawIOBase):
    """A readable stream of pieces of any length. Raises what the pieces raise; nothing of it is read ahead."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._ready = pieces, memoryview(b"")

    def peek(self, size: int) -> bytes:
        """The first `size` bytes [bytes], or all where there are fewer; they stay to be read."""
        if len(self._ready) < size:
            found = bytearray(self._ready)
            while len(found) < size and (piece := next(self._pieces, None)) is not None:
                found += piece
            self._ready = memoryview(bytes(found))
        return bytes(self._ready[:size])

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fills a buffer with what is ready, at least one byte of it until the end; gives how many bytes [bytes]."""
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ready = memoryview(piece)
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size
