"""The fact-checking sheet as one HTML file for paper: no script, nothing fetched, a box for initials in each row."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from dateline.story import tokens
from dateline.story.page import safe
from dateline.story.render import environment
from dateline.story.sheet import FactSheet

HOME = Path(__file__).parent / "page"


def sheet_page(sheet: FactSheet, language: str) -> bytes:
    """The sheet as HTML. The same sheet gives the same bytes."""
    style = tokens.css() + (HOME / "sheet.css").read_text(encoding="utf-8")
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html = environment().get_template("page/sheet.html.j2").render(
        sheet=sheet, style=safe(style), style_hash=f"'sha256-{hashed}'", language=language
    )  # fmt: skip
    return (html.strip() + "\n").encode()
