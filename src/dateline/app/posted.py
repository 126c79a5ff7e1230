"""What a browser posts, before any work is done on it: the fields of a form, or the table of a script's JSON.

Bodies are read where requests come in; the work itself is done in a thread, so that nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response

from dateline.core.errors import UsageError

MOST_FIELDS = 1_200
"""Fields that a form may send: a pass may name 500 images."""
Fields = ImmutableMultiDict[str, str]
Handler = Callable[[Request], Awaitable[Response]]


def form(act: Callable[[Request, Fields], Response]) -> Handler:
    """A handler of a form: act gets its fields as texts, ticked boxes as getlist(name)."""

    async def handle(request: Request) -> Response:
        sent = await request.form(max_fields=MOST_FIELDS, max_files=0)
        return await run_in_threadpool(act, request, Fields([(key, str(value)) for key, value in sent.multi_items()]))

    return handle


def table(act: Callable[[Request, Mapping[str, Any]], Response]) -> Handler:
    """A handler of a script's question: act gets its table. Raises UsageError `question` for any other JSON."""

    async def handle(request: Request) -> Response:
        told = await request.json()
        if not isinstance(told, dict):
            raise UsageError("This is no question.", saw=type(told).__name__, do="Reload the page.", code="question")
        return await run_in_threadpool(act, request, told)

    return handle
