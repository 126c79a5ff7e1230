"""`dateline methods`: which questions can be asked, from the cards."""

from __future__ import annotations

from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit


def methods(
    name: Annotated[str | None, typer.Argument(help="A method, to read its whole card.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the methods, or print one method's card: what it asks, takes, answers and refuses."""
    from dateline.methods import catalogue

    if name is not None:
        card = catalogue.card(name)
        emit(card.front.model_dump()) if as_json else print(_page(card))
        return
    cards = catalogue.cards()
    if as_json:
        emit({card.id: {"title": card.front.title, "question": card.front.question} for card in cards.values()})
        return
    width = max(len(each) for each in cards)
    for card in cards.values():
        print(f"{card.id:<{width}}  {card.front.question}")
    print("\nRead one card: dateline methods NAME. Use one: dateline run NAME --help.")


def _page(card: object) -> str:
    from dateline.methods.card import Card
    from dateline.methods.page import markdown

    assert isinstance(card, Card)
    return markdown(card)
