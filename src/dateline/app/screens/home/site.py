"""The built page, served to be looked at: in an origin of its own, so that no script in it reaches the app."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

SITE = "site"
POLICY = (
    "sandbox allow-scripts; default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""An opaque origin and no network. The page's own policy, with hashes, counts beside it: both must allow a script."""
HEADERS = {"Content-Security-Policy": POLICY, "Cross-Origin-Opener-Policy": "unsafe-none"}
"""A browser refuses to show a page that is in a sandbox and asks for an opener policy."""


def page_path(root: Path) -> Path:
    """Where the built page lies."""
    return root / SITE / "index.html"


def site_file(root: Path, name: str) -> Path | None:
    """A file of the built site, or None: nothing outside the folder, no folder, and no link that leads out."""
    home = (root / SITE).resolve()
    if not home.is_relative_to(root.resolve()) or "\x00" in name:
        return None
    try:
        path = (home / (name or "index.html")).resolve()
        return path if path.is_relative_to(home) and path.is_file() else None
    except OSError:  # a name that is too long for the disk
        return None


def serve(root: Path, name: str) -> Response:
    """The file under the policy of its own. Raises HTTPException 404."""
    path = site_file(root, name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=mimetypes.guess_type(path.name)[0] or "text/plain", headers=HEADERS)
