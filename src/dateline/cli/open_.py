"""`dateline open`: the case in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By


def open_(
    folder: Annotated[
        Path | None, typer.Argument(metavar="CASE", help="The folder of the case; the current one without.")
    ] = None,
    *,
    case: CaseFolder = Path(),
    by: By = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Listen on this port; the case's own without.")
    ] = None,
    host: Annotated[
        str,
        typer.Option(help="Listen elsewhere than on this machine alone. Whoever has the address then sees the case."),
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the address in the browser; --no-browser only prints it.")] = True,
    as_json: AsJson = False,
) -> None:
    """Open the case in the browser: compare, count, bracket, match, review claims, log a port. Ctrl+C ends it.

    Only this machine can reach it, and only with the address that is printed: it holds a secret made at each start.
    """
    from dateline.app.server import listen, serve
    from dateline.measure.archive import open_head

    root, _ = open_head(folder or case)  # a broken record is shown in the browser, with its line
    listening = listen(root, worker=by, host=host, port=port)
    if as_json:
        emit({"address": listening.address, "case": root})
    else:
        print(
            f"{root.resolve().name} is open: {listening.address}\nCtrl+C ends it; what was marked is on the disk.",
            flush=True,
        )
    if listening.taken is not None:
        typer.echo(
            f"note: something listens at {listening.taken}, the case's own port: perhaps this case is open already. "
            "Both can be worked with. Marks that wait in a browser belong to the address at which they were made: "
            "open that one again, and they are sent.",
            err=True,
        )
    if host not in {"127.0.0.1", "::1", "localhost"}:
        typer.echo(
            "note: others in this network can reach it, unencrypted: whoever reads along, or has the address, can read "
            f"and write the case. From another machine: {listening.elsewhere or 'no address of this machine is known'}",
            err=True,
        )
    if browser:
        import webbrowser

        webbrowser.open(listening.once)  # it can be read in the list of processes, so it opens once
    serve(listening)
