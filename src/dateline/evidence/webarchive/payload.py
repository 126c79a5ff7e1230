"""What a server answered, out of the record that keeps it: the one module that asks warcio (untyped) for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from dateline.core.errors import InputError


@contextmanager
def payload(warc: BinaryIO, offset: int) -> Iterator[BinaryIO]:
    """The body in the record at `offset` [bytes] of a WARC file that can seek, its transfer and content codings undone.

    Check the record first: this reads what is there. Raises InputError (code "warc").
    """
    warc.seek(offset)
    iterator = ArchiveIterator(warc)
    try:
        record = next(iterator)
        yield cast(BinaryIO, _Stream(record.content_stream()))
    except (ArchiveLoadFailed, StopIteration, EOFError, ValueError) as error:
        raise InputError(
            "The record cannot be read.",
            saw=f"byte {offset:,}: {str(error).strip()[:120] or type(error).__name__}",
            do="Check the archive with `dateline archive FILE --list`.",
            code="warc",
        ) from error
    finally:
        iterator.close()


class _Stream:
    """warcio's readers give b"" once at each end of a gzip member; a stream gives it only at the end."""

    def __init__(self, reader: BinaryIO) -> None:
        self._reader = reader

    def read(self, length: int) -> bytes:
        return self._reader.read(length)
