"""An evidence item of a claim, opened: what it is, its picture, its bytes as a file."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from dateline.app.page import respond
from dateline.app.screens.claims.index import Index, index_of
from dateline.core.errors import DatelineError, UsageError
from dateline.evidence.item import Item
from dateline.ledger.agreed import standing
from dateline.measure.files import item_path

PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/tiff"})


def show_item(request: Request) -> Response:
    """GET: an item's record in words."""
    return _page(request, lifted=False)


def uncover_item(request: Request, form: dict[str, str]) -> Response:  # noqa: ARG001 - as every form is asked
    """POST: the same, for somebody who asked for what is covered."""
    return _page(request, lifted=True)


def save_item(request: Request, form: dict[str, str]) -> Response:  # noqa: ARG001 - as every form is asked
    """POST: the bytes as a file to save, never as a page: what was archived may be a hostile page."""
    item = _item(index_of(request), request.path_params["item"])
    path = item_path(index_of(request).case, item.id)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, media_type="application/octet-stream", filename=item.name, headers=headers)


def _page(request: Request, *, lifted: bool) -> Response:
    index = index_of(request)
    item = _item(index, request.path_params["item"])
    records = index.case.records
    media = [one for one in index.case.media.values() if item.id in one.items]
    claims = [one for one in index.case.claims.values() if item.id in one.evidence]
    closed = any(not standing(one, records).may_name for one in (*media, *claims))
    try:
        item_path(index.case, item.id)
        missing = ""
    except DatelineError as error:
        missing = f"{error.what} {error.do}"
    return respond(
        request,
        "claims/item.html.j2",
        item=item,
        covered=closed and not lifted,
        name="An item that is covered" if closed and not lifted else item.name,
        graphic=any(one.graphic for one in media),
        is_picture=item.media_type in PICTURES and not missing,
        missing=missing,
        claims=[index.by_id[one.id] for one in claims if one.id in index.by_id],
    )


def _item(index: Index, name: str) -> Item:
    if name not in index.case.items:
        raise UsageError("The case has no such item.", saw=name[:80], do="Go back to the claim.", code="no-item")
    return index.case.items[name]
