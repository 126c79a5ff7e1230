"""The real sample files that the examples and the tests use: a small registry, where they lie, how to get them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import BinaryIO

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from dateline.core.errors import InputError
from dateline.core.identity import pieces, sha256_file
from dateline.evidence.atomic import open_atomic
from dateline.evidence.media_type import HEAD, media_type, sniff
from dateline.evidence.names import check_relative

ENVIRONMENT = "DATELINE_SAMPLES"
"""The environment variable that names a folder of samples."""

Opener = Callable[[str], AbstractContextManager[BinaryIO]]
"""Opens a URL as a binary stream. The one door of the program to the network implements it, with its own limits."""


class Sample(BaseModel):
    """One sample file: what it is, its bytes by hash, where it came from and under what licence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    licence: str
    attribution: str
    origin: str
    url: str | None
    date: str | None
    what: str


def read_registry(text: str) -> Mapping[str, Sample]:
    """Samples by path, from the text of a registry: a JSON list with one object per file.

    Raises InputError (code "samples-registry") when it is not one.
    """
    try:
        rows = TypeAdapter(list[Sample]).validate_python(json.loads(text))
    except (ValidationError, ValueError) as error:
        raise InputError(
            "This is not a registry of samples.",
            saw=str(error).splitlines()[0],
            do="Give a JSON list with path, sha256, bytes, licence, attribution, origin, url, date, what per file.",
            code="samples-registry",
        ) from error
    return {check_relative(row.path): row for row in rows}


@lru_cache(maxsize=1)
def registry() -> Mapping[str, Sample]:
    """The samples that the program knows, by path."""
    return read_registry(resources.files("dateline.evidence").joinpath("samples.json").read_text(encoding="utf-8"))


def sample(path: str) -> Sample:
    """One sample by its path. Raises InputError (code "sample-unknown") for a path that the registry lacks."""
    found = registry().get(path)
    if found is None:
        raise InputError(
            "There is no such sample.",
            saw=repr(path),
            do="List the samples with `dateline samples`; a path looks like lights/korea_2025/….json.",
            code="sample-unknown",
        )
    return found


def cache_folder() -> Path:
    """Where fetched samples of this user lie."""
    return platformdirs.user_cache_path("dateline") / "samples"


def find(path: str) -> Path | None:
    """Where a sample lies on this machine, its hash checked; None where it is not.

    Looks in $DATELINE_SAMPLES, then in the user's cache. Raises InputError (code "sample-changed") when a file of
    that name has other bytes: a figure made from it would not be the example's.
    """
    wanted = sample(path)
    given = os.environ.get(ENVIRONMENT)
    for root in ([Path(given)] if given else []) + [cache_folder()]:
        candidate = root / path
        if candidate.is_file():
            return _checked(candidate, wanted)
    return None


def locate(path: str) -> Path:
    """Where a sample lies. Raises InputError (code "sample-missing") that says its size and how to get it."""
    found = find(path)
    if found is not None:
        return found
    wanted = sample(path)
    given = os.environ.get(ENVIRONMENT)
    ways = f"Point {ENVIRONMENT} at a folder of samples"
    if wanted.url is not None:
        ways = f"Run `dateline samples fetch` or `make demo`, which may fetch it ({_size(wanted)}). Or: {ways.lower()}"
    raise InputError(
        "A sample file is not on this machine.",
        saw=f"no {path} ({_size(wanted)}) in {given or f'{ENVIRONMENT} (not set)'} or in {cache_folder()}",
        do=f"{ways}.",
        code="sample-missing",
    )


def fetch(path: str, opener: Opener) -> Path:
    """Fetches one sample into the user's cache, unless it is there, and gives its place.

    Reads at most the size in the registry; the file takes its name only when its hash is right. Raises InputError:
    "sample-no-url" (made by us, not on the network), "sample-fetch" (other bytes than promised).
    """
    found = find(path)
    if found is not None:
        return found
    wanted = sample(path)
    if wanted.url is None:
        raise InputError(
            "This sample cannot be fetched from the network.",
            saw=f"{path}: {wanted.origin}",
            do=f"Point {ENVIRONMENT} at a folder of samples that has it.",
            code="sample-no-url",
        )
    target = cache_folder() / path
    with opener(wanted.url) as source, open_atomic(target) as stream:
        _copy(source, stream, wanted)
    return target


def _copy(source: BinaryIO, target: BinaryIO, wanted: Sample) -> None:
    digest = hashlib.sha256()
    head, count = b"", 0
    for piece in pieces(source):
        head = head or piece[:HEAD]
        count += len(piece)
        if count > wanted.bytes:
            break
        digest.update(piece)
        target.write(piece)
    if count != wanted.bytes or digest.hexdigest() != wanted.sha256:
        size = f"more than {wanted.bytes}" if count > wanted.bytes else str(count)
        raise InputError(
            f"The server sent something else than the sample {wanted.path}.",
            saw=f"{size} bytes of {sniff(head)}; the registry says {wanted.bytes} bytes, SHA-256 {wanted.sha256[:16]}…",
            do="Nothing was kept; try again later. A web page (text/html) means that the origin asks for a login or "
            "moved; if it stays so, the file changed at its origin.",
            code="sample-fetch",
        )


_CHECKED: dict[tuple[Path, int, int], str] = {}
"""Hashes by path, size and time of change [ns], so that a run hashes each sample once."""


def _checked(file: Path, wanted: Sample) -> Path:
    status = file.stat()
    key = (file.resolve(), status.st_size, status.st_mtime_ns)
    found = _CHECKED.get(key) or _CHECKED.setdefault(key, sha256_file(file))
    if found != wanted.sha256:
        raise InputError(
            f"The file {file} is not the sample {wanted.path}.",
            saw=f"{status.st_size} bytes of {media_type(file)} with SHA-256 {found[:16]}…; "
            f"the registry says {wanted.bytes} bytes, {wanted.sha256[:16]}…",
            do="Remove the file and fetch the sample again: figures made from other bytes would not be the example's.",
            code="sample-changed",
        )
    return file


def _size(wanted: Sample) -> str:
    return f"{wanted.bytes / 1e6:.1f} MB" if wanted.bytes >= 100_000 else f"{max(wanted.bytes / 1e3, 0.1):.1f} kB"
