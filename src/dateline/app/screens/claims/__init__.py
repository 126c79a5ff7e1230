"""Claims: review, relate, rate, a second person's sign-off, and new claims with every reading offered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dateline.app.screen import Screen
from dateline.app.screens.claims import added, evidence, listed, opened

FIELDS = 1_200
"""Fields that a form may send."""
Act = Callable[[Request, dict[str, str]], Response]


def posted(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """A handler of a form: its fields as texts, of ticked boxes all; the work itself is done in a thread."""

    async def handle(request: Request) -> Response:
        sent = await request.form(max_fields=FIELDS, max_files=0)
        form = {key: " ".join(map(str, sent.getlist(key))) if key == "claim" else str(sent[key]) for key in sent}
        return await run_in_threadpool(act, request, form)

    return handle


def _post(path: str, act: Act) -> Route:
    return Route(path, posted(act), methods=["POST"])


SCREEN = Screen(
    id="claims",
    title="Claims",
    about="Review, relate, rate and sign off what was said; add a claim",
    key="l",
    order=7,
    routes=(
        Route("/", listed.show_list),
        Route("/offer", listed.offer),
        Route("/new", added.show_form, methods=["GET"]),
        _post("/new", added.add_claim),
        _post("/read", added.read_answers),
        _post("/origins", listed.count_origins),
        Route("/record/{name}", opened.show_claim),
        *(
            Route(f"/record/{{name}}/{act}", opened.back_to_claim, methods=["GET"])
            for act in ("show", "rate", "sign", "relate")
        ),
        _post("/record/{name}/show", opened.uncover_claim),
        _post("/record/{name}/rate", opened.rate),
        _post("/record/{name}/sign", opened.sign),
        _post("/record/{name}/relate", opened.relate),
        Route("/item/{item}", evidence.show_item),
        _post("/item/{item}/show", evidence.uncover_item),
        _post("/item/{item}/bytes", evidence.save_item),
    ),
)
