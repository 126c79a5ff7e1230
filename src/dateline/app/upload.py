"""A file that a browser sends: read piece by piece into a temporary file of the case, never whole in memory."""

from __future__ import annotations

import shutil
import tempfile
import time
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from dateline.core.errors import UsageError
from dateline.evidence.waiting import claim, sweep

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FOLDER = Path(".dateline") / "uploads"
MOST_FIELDS, LONGEST_FIELD = 60, 100_000
"""Fields of one form, and the length of each [bytes]."""
LONGEST_HEADER = 8_192
"""Of one header of a part [bytes]."""
_LONGEST_NAME = 160
"""A longer name is cut [bytes]: what the file systems of everybody take, with room for a number."""
_LEFT = 3_600.0
"""A folder of an upload that is older was left by a program that was killed [s]."""


@dataclass(slots=True)
class Sent:
    """A form as it came: its texts, and its file under a plain name; `said` is the name that the browser gave."""

    texts: dict[str, str] = field(default_factory=dict)
    path: Path | None = None
    said: str = ""

    def text(self, key: str) -> str | None:
        """What was said under a key; None for nothing."""
        return self.texts.get(key, "").strip() or None


@asynccontextmanager
async def receive(request: Request, root: Path) -> AsyncIterator[Sent]:
    """The form of a request, for as long as the block runs: then its file is gone from the folder of uploads.

    Nothing stays of a form that broke off. Raises UsageError `form` for what is no whole form, and what the gate
    raises for one that is too large.
    """
    home = root / FOLDER
    await run_in_threadpool(_tidy, home)
    with tempfile.TemporaryDirectory(prefix="take-", dir=home, ignore_cleanup_errors=True) as folder:
        reader = _Reader(home)
        try:
            await reader.read(request)
            yield reader.settled(Path(folder))
        finally:
            reader.close()


def plain_name(said: str) -> str:
    """The name of a file without its path, without signs that deceive the eye, and not too long.

    "C:\\\\x\\\\port.jpg" is port.jpg. Other scripts stay. Raises UsageError `file-name` where nothing is left.
    """
    name = unicodedata.normalize("NFC", said.replace("\\", "/").rpartition("/")[2])
    name = "".join(sign for sign in name if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    name = name.strip().strip(".").strip()
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, f".{ending}") if dot and stem else (name, "")
    if len(ending.encode()) > 12:
        stem, ending = name, ""
    while len((stem + ending).encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    if not stem:
        raise UsageError(
            "The file has no name.", saw=repr(said[:80]), do="Give it a name and its ending.", code="file-name"
        )
    return stem.rstrip() + ending


def _tidy(home: Path) -> None:
    """Removes what killed programs left of uploads."""
    home.mkdir(parents=True, exist_ok=True)
    sweep(home)
    for path in home.glob("take-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT:
                shutil.rmtree(path)


class _Reader:
    """Reads multipart/form-data (RFC 7578) with one file."""

    def __init__(self, home: Path) -> None:
        self.sent, self._home = Sent(), home
        self._part: Path | None = None
        self._stream: BinaryIO | None = None
        self._name, self._header, self._disposition = "", b"", b""
        self._value = b""
        self._text = bytearray()
        self._pieces: list[bytes] = []
        self._is_file = self._whole = False

    async def read(self, request: Request) -> None:
        """Reads the whole form."""
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise _refused(f"a form of type {kind.decode('latin-1')[:60] or 'nothing'}")
        parser = MultipartParser(options[b"boundary"], self._callbacks())
        try:
            async for chunk in request.stream():
                parser.write(chunk)
                if self._pieces:
                    await run_in_threadpool(self._store)
            parser.finalize()
        except FormParserError as error:
            raise _refused(str(error)[:120]) from error
        if not self._whole:
            raise _refused("a form that breaks off")

    def settled(self, folder: Path) -> Sent:
        """The form, its file under the name that it will have."""
        if self._part is not None and self.sent.said:
            self._close_stream()
            self.sent.path = self._part.rename(folder / plain_name(self.sent.said))
            self._part = None
        return self.sent

    def close(self) -> None:
        """Leaves nothing behind."""
        self._close_stream()
        if self._part is not None:
            self._part.unlink(missing_ok=True)

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _store(self) -> None:
        if self._stream is None:
            self._part, self._stream = claim(self._home)
        for piece in self._pieces:
            self._stream.write(piece)
        self._pieces.clear()

    def _callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._named,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._all,
        }

    def _begin(self) -> None:
        self._name, self._header, self._value, self._disposition = "", b"", b"", b""
        self._text, self._is_file = bytearray(), False

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        if len(self._value) > LONGEST_HEADER:
            raise _refused("a header without an end")

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _named(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode(errors="replace")
        said = options.get(b"filename")
        if said is None:
            return
        self._is_file = True
        if not said:
            return
        if self.sent.said:
            raise _refused("two files in one form")
        self.sent.said = said.decode(errors="replace")
        self._pieces.append(b"")  # an empty file is a file, too

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            if self.sent.said:
                self._pieces.append(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > LONGEST_FIELD:
            raise _refused(f"{self._name[:40]}: over {LONGEST_FIELD:,} bytes")

    def _end(self) -> None:
        if not self._is_file and self._name:
            self.sent.texts[self._name] = self._text.decode(errors="replace")
            if len(self.sent.texts) > MOST_FIELDS:
                raise _refused(f"over {MOST_FIELDS} fields")

    def _all(self) -> None:
        self._whole = True


def _refused(saw: str) -> UsageError:
    return UsageError(
        "This is not a whole form with one file; nothing was kept.",
        saw=saw,
        do="Send it again, from the page that takes files in.",
        code="form",
    )
