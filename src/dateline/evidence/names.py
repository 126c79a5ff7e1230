"""Names from outside that may become names of files: nothing that leaves its folder or deceives the eye."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from dateline.core.errors import InputError

_LONGEST = 255
"""What common file systems allow for one name [bytes of UTF-8]."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing: "photo_gpj.exe" can be made to read "photo_exe.jpg"."""


def check_name(name: str) -> str:
    """The name itself, if one folder entry can bear it: no path, no control characters, at most 255 bytes.

    Other scripts and emoji are fine. Raises InputError (code "name").
    """
    fault = _fault(name)
    if fault:
        raise InputError(
            "This name cannot be given to a file.",
            saw=f"{name[:80]!r}: {fault}",
            do="Rename the file to letters, digits, dots, dashes and underscores, and try again.",
            code="name",
        )
    return name


def check_relative(path: str) -> str:
    """The same for a path with slashes inside a folder: every part a good name, so that it cannot climb out."""
    for part in path.split("/"):
        check_name(part)
    return path


def _fault(name: str) -> str | None:
    if name in {"", ".", ".."}:
        return "it names no file"
    if "/" in name or "\\" in name:
        return "it contains a path"
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        return "it contains control characters"
    if _TURNING & set(name):
        return "it contains characters that turn the direction of writing"
    if len(name.encode()) > _LONGEST:
        return f"it is longer than {_LONGEST} bytes"
    return None


def check_inside(path: Path, folder: Path) -> Path:
    """The path itself, if it lies in the folder once links are followed. Raises InputError (code "link-out")."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            "A link leads out of the folder; nothing is written there.",
            saw=f"{path} leads to {path.resolve()}",
            do="Remove the link; if the folder came from somebody else, ask why it is there.",
            code="link-out",
        )
    return path
