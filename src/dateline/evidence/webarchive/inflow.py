"""The bytes of a WARC file as they come: plain, or one gzip member after another; never more in memory than a piece."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from dateline.core.errors import InputError

PIECE = 1 << 16
"""How much is read at a time [bytes]."""

LONGEST_LINE = 1 << 16
"""A header line longer than this is not one [bytes]."""

MOST_RATIO = 200.0
"""More than this times the file's own size is not unpacked: text packs to a tenth, a bomb to a thousandth."""

_ALWAYS = 1 << 26
"""Up to this the ratio is not looked at: a small file may well be a repetitive one [bytes]."""

_GZIP = b"\x1f\x8b"


class Inflow:
    """Reads a WARC file that can seek, packed or not. Each record of a packed one should be a gzip member of its own.

    `packed` says which it is; `size` is the file's own [bytes]. Raises InputError: "warc" (a gzip member that is cut
    off or damaged, a line without an end), "zip-bomb".
    """

    def __init__(self, stream: BinaryIO, *, name: str, start: int = 0) -> None:
        self._stream, self._name = stream, name
        self.size = stream.seek(0, 2)
        stream.seek(start)
        self._raw = stream.read(PIECE)
        self._raw_end = start + len(self._raw)
        self._ready = bytearray()
        self._given = 0
        self.packed = self._raw.startswith(_GZIP)
        self._member: zlib._Decompress | None = None
        self._member_start = start

    def start_record(self) -> int | None:
        """Where in the file the next record (or its gzip member) begins; None at the end of the file."""
        if not self.packed:
            self._fill_plain(1)
            return self._raw_end - len(self._raw) - len(self._ready) if self._ready else None
        if not self._ready and (self._member is None or self._member.eof):
            self._next_member()
        return self._member_start if self._fill(1) else None

    def end_record(self) -> int:
        """Where in the file the record that was just read ends; in a packed file its gzip member must end there too."""
        if not self.packed:
            return self._raw_end - len(self._raw) - len(self._ready)
        if self._member is not None and not self._fill(1):
            return self._raw_end - len(self._raw)
        raise self._fault("several records in one gzip member: nothing in it can be pointed to")

    def read(self, length: int) -> bytes:
        """Up to `length` bytes [bytes]; fewer only at the end of the file or of the gzip member."""
        self._fill(min(length, PIECE))
        piece = bytes(self._ready[:length])
        del self._ready[: len(piece)]
        return piece

    def line(self) -> bytes:
        """One line without its line feed and carriage return; empty bytes at the end, and for an empty line."""
        searched = 0
        while (at := self._ready.find(b"\n", searched)) < 0:
            searched = len(self._ready)
            if searched > LONGEST_LINE:
                raise self._fault(f"a line of over {LONGEST_LINE:,} bytes where a header should be")
            if not self._fill(searched + 1):
                raise self._fault("it breaks off within a header")
        line = bytes(self._ready[:at])
        del self._ready[: at + 1]
        return line.removesuffix(b"\r")

    def at_end(self) -> bool:
        """Whether nothing more comes in this gzip member, or in the file."""
        return not self._fill(1)

    def _fill(self, length: int) -> bool:
        """Makes at least `length` bytes ready; False when so many do not come."""
        if self.packed:
            while len(self._ready) < length and self._member is not None and not self._member.eof:
                self._unpack()
        else:
            self._fill_plain(length)
        return len(self._ready) >= length

    def _fill_plain(self, length: int) -> None:
        while len(self._ready) < length and self._raw:
            self._ready += self._raw
            self._raw = self._more()

    def _next_member(self) -> None:
        if not self._raw:
            self._raw = self._more()
        self._member = None
        if not self._raw:
            return
        self._member_start = self._raw_end - len(self._raw)
        if not self._raw.startswith(_GZIP[: len(self._raw)]):
            raise self._fault("bytes that belong to no gzip member")
        self._member = zlib.decompressobj(wbits=31)

    def _unpack(self) -> None:
        """One more piece of the present gzip member."""
        assert self._member is not None
        if not self._raw:
            self._raw = self._more()
        over = not self._raw
        try:
            piece = self._member.decompress(self._raw, PIECE)
        except zlib.error as error:
            raise self._fault(f"a damaged gzip member ({error})") from error
        self._raw = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        if over and not piece and not self._member.eof:
            raise self._fault("the last gzip member is cut off")
        self._ready += piece
        self._given += len(piece)
        if self._given > _ALWAYS and self._given > MOST_RATIO * self.size:
            raise InputError(
                "The archive unpacks to far more than web pages would.",
                saw=f"{self._name}: over {self._given:,} bytes out of {self.size:,}",
                do="Don't open it. If it is surely good, unpack it yourself and archive what is inside.",
                code="zip-bomb",
            )

    def _more(self) -> bytes:
        piece = self._stream.read(PIECE)
        self._raw_end += len(piece)
        return piece

    def _fault(self, what: str) -> InputError:
        return warc_fault(self._name, self._member_start if self.packed else self._raw_end - len(self._raw), what)


def warc_fault(name: str, offset: int, what: str) -> InputError:
    """The error for a WARC file that is not one all through."""
    return InputError(
        "The WARC file is damaged.",
        saw=f"{name}, byte {offset:,}: {what}",
        do="Get it again from whoever made it; nothing was kept.",
        code="warc",
    )
