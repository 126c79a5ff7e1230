"""`dateline when PHRASE --said DATE`: a date as somebody said it, as days; every reading that the words allow."""

from __future__ import annotations

from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit


def when(
    phrase: Annotated[str, typer.Argument(help="The words of the date, in en, ru, uk or ko; or EDTF.")],
    said: Annotated[str, typer.Option(help="The day it was said: 2024-02-26, or a time with its zone.")],
    *,
    zone: Annotated[str | None, typer.Option(help="The speaker's zone, for a time: Asia/Seoul.")] = None,
    lang: Annotated[str | None, typer.Option(help="en, ru, uk, ko; found by its words otherwise.")] = None,
    direction: Annotated[str | None, typer.Option(help="past or future, for a date without a year.")] = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", help="NAME=DATE of an event that the phrase leans on; repeat.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read a vague date: earliest and latest day, the rule, and the question where the words leave a choice."""
    from dateline.core.phrases.ask import ask

    answer = ask(phrase, said=said, zone=zone, language=lang, direction=direction, events=event or ())
    if as_json:
        emit(answer.to_json())
        return
    for reading in answer.readings:
        first, last = (
            moment.isoformat() if moment else "open" for moment in (reading.when.earliest, reading.when.latest)
        )
        width = "" if not reading.vague else "; its width is our choice"
        print(f"{first} to {last}   {reading.edtf()}   ({reading.when.rule}{width})")
    if answer.question:
        print(answer.question)
