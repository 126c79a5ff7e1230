"""A remote file as a stream that can seek: only the parts that are read cross the network, all of one version.

GDAL reads through it (rasterio's `opener`), so that big images go through the same door as everything else: public
addresses only, limits, no login to other hosts, no signed address in a message of GDAL's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dateline.core.errors import InputError
from dateline.evidence.door.client import Door
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Reply, Request

BLOCK = 1 << 16
"""Parts are asked for in multiples of this [bytes]."""

MOST = 500_000_000
"""More than this is not read of one file: a window is small [bytes]."""


@dataclass(slots=True)
class Remote:
    """What is known of the remote file, and the blocks that were read. `version` is its ETag or Last-Modified."""

    door: Door
    sign: Callable[[bool], Request] = field(repr=False)
    """The request for the file; asked with True for a fresh signature when the last one has run out."""
    published: str
    """The address as published: what messages say."""
    size: int = 0
    version: str | None = None
    first: Reply | None = field(default=None, repr=False)
    read: int = 0
    """[bytes] that crossed the network."""
    requests: int = 0
    _request: Request | None = field(default=None, repr=False)
    _blocks: dict[int, bytes] = field(default_factory=dict, repr=False)

    def bytes_at(self, start: int, stop: int) -> bytes:
        """The bytes from start to stop (excluded, [bytes]); blocks that are here already are not asked for again.

        Raises InputError: `no-ranges` (the server sends only whole files), `changed-while-read`, `too-big`,
        and all of Door.ask().
        """
        stop = min(stop, self.size) if self.first is not None else stop
        if stop <= start:
            return b""
        wanted = range(start // BLOCK, (stop - 1) // BLOCK + 1)
        lacking = [number for number in wanted if number not in self._blocks]
        for run in _runs(lacking):
            self._ask(run)
        data = b"".join(self._blocks[number] for number in wanted if number in self._blocks)
        return data[start - wanted[0] * BLOCK : stop - wanted[0] * BLOCK]

    def _ask(self, run: range) -> None:
        start, stop = run[0] * BLOCK, (run[-1] + 1) * BLOCK
        if self.read + stop - start > MOST:
            raise self._fault(
                "More of the image would be read than a window needs.", f"{MOST:,} bytes", "window-too-big"
            )
        reply = self._reply(start, stop)
        span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", (reply.header("content-range") or "").strip())
        if reply.status != 206 or span is None or int(span[1]) != start:
            raise self._fault("The server does not send parts of files.", f"status {reply.status}", "no-ranges")
        self._same(reply, int(span[3]))
        self.requests += 1
        self.read += len(reply.body)
        for number in run:
            piece = reply.body[(number - run[0]) * BLOCK : (number - run[0] + 1) * BLOCK]
            if len(piece) < min(BLOCK, self.size - number * BLOCK):
                raise self._fault("A part of the file came in short.", f"{len(reply.body):,} bytes", "truncated")
            self._blocks[number] = piece

    def _reply(self, start: int, stop: int) -> Reply:
        headers = [("Range", f"bytes={start}-{stop - 1}")]
        if self.version is not None and self.version.startswith('"'):
            headers.append(("If-Match", self.version))
        try:
            return self._asked(headers, most=stop - start + BLOCK)
        except Unavailable as error:
            if error.status == 412:
                raise self._changed("another ETag") from None
            raise
        except InputError as error:
            if error.code == "too-big":  # the whole file in place of a part
                raise self._fault("The server does not send parts of files.", error.saw, "no-ranges") from None
            raise

    def _asked(self, headers: list[tuple[str, str]], *, most: int) -> Reply:
        """The answer; with a fresh signature where the last one is not taken any more."""
        self._request = self._request or self.sign(False)
        try:
            return self.door.ask(_with(self._request, headers), most=most)
        except Unavailable as error:
            if error.status not in {401, 403}:
                raise
        self._request = self.sign(True)
        return self.door.ask(_with(self._request, headers), most=most)

    def _same(self, reply: Reply, size: int) -> None:
        version = reply.header("etag") or reply.header("last-modified")
        if self.first is None:
            self.first, self.size, self.version = reply, size, version
        elif (size, version) != (self.size, self.version):
            raise self._fault(
                "The image changed while it was read.", f"{size:,} bytes, {version}", "changed-while-read"
            )

    def _changed(self, saw: str) -> InputError:
        return self._fault("The image changed while it was read.", saw, "changed-while-read")

    def _fault(self, what: str, saw: str, code: str) -> InputError:
        return InputError(what, saw=f"{self.published}: {saw}", do="Try again, or get the whole file.", code=code)


class Stream(io.RawIOBase):
    """A remote file for GDAL. Nothing is ever raised to it: an exception that reaches its C++ ends the program.

    What went wrong is kept in `fault`, and GDAL reads no bytes; whoever opened the image must look at `fault`.
    """

    def __init__(self, remote: Remote) -> None:
        super().__init__()
        self._remote = remote
        self._at = 0
        self.fault: Exception | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            self._begin()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._remote.size}.get(whence, 0)
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        self._begin()
        data = self._read(self._at, self._remote.size if size < 0 else self._at + size)
        self._at += len(data)
        return data

    def _begin(self) -> None:
        """The first block: with it comes the size."""
        if self._remote.first is None:
            self._read(0, BLOCK)

    def _read(self, start: int, stop: int) -> bytes:
        if self.fault is not None:
            return b""
        try:
            return self._remote.bytes_at(start, stop)
        except Exception as error:  # see the class: all of them, and none goes on from here
            self.fault = error
            return b""


def _with(request: Request, headers: list[tuple[str, str]]) -> Request:
    return Request(request.url, request.method, (*request.headers, *headers), request.body)


def _runs(numbers: list[int]) -> list[range]:
    """Neighbours together: [1, 2, 3, 7] is 1 to 3, and 7."""
    found: list[range] = []
    for number in numbers:
        if found and number == found[-1].stop:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return found
