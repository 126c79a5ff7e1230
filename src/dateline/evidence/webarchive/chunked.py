"""The chunked transfer coding of HTTP/1.1 (RFC 9112, 2022, section 7.1), taken off piece by piece."""

from __future__ import annotations


class Chunked:
    """Give it the pieces of a chunked body in turn; it gives the body. What is no chunked body passes as it is."""

    def __init__(self) -> None:
        self._waiting = b""
        self._left = 0  # of the present chunk, its line end of two bytes included
        self._broken = self._over = False

    def plain(self, piece: bytes) -> bytes:
        """What a piece adds to the body."""
        if self._broken:
            return piece
        if self._over:  # trailers are no part of the body
            return b""
        data, out = self._waiting + piece, []
        self._waiting = b""
        while data:
            if self._left:
                out.append(data[: max(0, min(self._left - 2, len(data)))])
                taken = min(self._left, len(data))
                self._left, data = self._left - taken, data[taken:]
                continue
            line, end, rest = data.partition(b"\r\n")
            if not end and len(data) < 64:
                self._waiting = data
                break
            size = _size(line)
            if size is None:
                self._broken = True
                return b"".join(out) + data
            if size == 0:
                self._over = True
                return b"".join(out)
            self._left, data = size + 2, rest
        return b"".join(out)


def _size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    try:
        return int(digits, 16) if 0 < len(digits) <= 15 else None
    except ValueError:
        return None
