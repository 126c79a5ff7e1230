"""Telling a login page from data: some archives answer 200 and a web page to whoever is not logged in."""

from __future__ import annotations

from urllib.parse import urlsplit

LOGIN_HOSTS = frozenset({"urs.earthdata.nasa.gov", "identity.dataspace.copernicus.eu", "eogauth.mines.edu"})
"""Hosts that serve nothing but logins: an answer from one of them is never the file that was asked for."""

_PAGE = (b"<!doctype html", b"<html", b"<head")


def is_login_page(first: bytes, *, media_type: str | None, url: str) -> bool:
    """Whether an answer is a web page instead of data: by the host that answered, its media type, or its first bytes.

    `first` are the first bytes of the body (512 are enough), `url` the address that answered after all redirects.
    Use it for files that are never web pages (granules, tiles, JSON).
    """
    if (urlsplit(url).hostname or "").lower() in LOGIN_HOSTS:
        return True
    kind = (media_type or "").partition(";")[0].strip().lower()
    begins = first.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    return kind in {"text/html", "application/xhtml+xml"} or begins.startswith(_PAGE)
