"""The page as a folder: the same page with its pictures beside it, by hash, for where one file is too big."""

from __future__ import annotations

import base64
import re

from markupsafe import escape

from dateline.core.identity import sha256_bytes
from dateline.story.language import Language
from dateline.story.output import Output, text_output

FOLDER = "folder"
LARGEST = 10_000_000
"""[bytes] A page above this gets its twin: browsers are slow to unpack more than that from one file."""
_PICTURE = re.compile(r'(<img\b[^>]*? id="([^"]*)"[^>]*?)( src=")data:(image/([\w-]+)[\w.+-]*);base64,([^"]*)"')
_CELL = re.compile(r'<span data-check="([^"]*)" data-sha256="([0-9a-f]{64})">[^<]*</span>')
_POLICY = "img-src data:"


def twin(page: str, language: Language) -> tuple[Output, ...]:
    """The page and its pictures as files of a folder, to be opened from disk or put on a server as they are.

    A page from disk may show a picture beside it and not read its bytes: the table of hashes names the file instead of
    offering the check, and goes on checking what the page itself carries.
    """
    files: dict[str, Output] = {}
    beside: dict[str, str] = {}

    def out(match: re.Match[str]) -> str:
        data = base64.b64decode(match[6])
        name = f"files/{sha256_bytes(data)}.{match[5]}"
        files[name] = Output(f"{FOLDER}/{name}", data, "")
        beside[match[2]] = name
        return f'{match[1]} loading="lazy"{match[3]}{name}"'

    def cell(match: re.Match[str]) -> str:
        if match[1] not in beside:
            return match[0]
        return f"<span>{escape(language.word('folder.beside', file=beside[match[1]]))}</span>"

    html = _CELL.sub(cell, _PICTURE.sub(out, page)).replace(_POLICY, "img-src 'self' data:", 1)
    return (text_output(f"{FOLDER}/index.html", html), *(files[name] for name in sorted(files)))
