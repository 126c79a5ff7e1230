"""Claims: review, relate, rate, a second person's sign-off, and new claims with every reading offered."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dateline.app import posted
from dateline.app.posted import Fields
from dateline.app.screen import Screen
from dateline.app.screens.claims import added, evidence, listed, opened


def _post(path: str, act: Callable[[Request, dict[str, str]], Response]) -> Route:
    def filled(request: Request, told: Fields) -> Response:
        return act(request, {key: " ".join(told.getlist(key)) if key == "claim" else told[key] for key in told})

    return Route(path, posted.form(filled), methods=["POST"])


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
