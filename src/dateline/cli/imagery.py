"""`dateline imagery`: which granules a question needs, their size, and which are here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit


def imagery(
    place: Annotated[list[str], typer.Option("--place", help="A name or a position; repeat for several.")],
    period: Annotated[list[str], typer.Option("--period", help="2022-03 or 2022-03/2022-05; repeat for several.")],
    *,
    product: Annotated[
        str | None, typer.Option(help="VNP46A3, VJ146A3 …; the right one for the period otherwise.")
    ] = None,
    radius: Annotated[float, typer.Option(help="Around a place given as a point [km].")] = 5.0,
    folder: Annotated[list[Path] | None, typer.Option("--from", help="Where local granules lie.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan: which night-light granules a place and a period need, how big they are, and which are here."""
    from dateline.core.when import When
    from dateline.measure.ask import default_folders
    from dateline.measure.gather.images import plan_of
    from dateline.measure.places import site_named
    from dateline.measure.request import Selection

    sites = [site_named(text, radius) for text in place]
    rows = []
    for text in period:
        selection = Selection(
            product=product, period=When.from_edtf(text), folders=tuple(folder or ()) or default_folders()
        )
        planned = plan_of(selection, [site.where.bounds() for site in sites])
        rows += [(wanted, planned.size()) for wanted in planned.granules]
    if as_json:
        emit(
            [
                {"pattern": w.pattern, "status": w.status, "folder": w.folder, "bytes": w.size, "path": w.path}
                for w, _ in rows
            ]
        )
        return
    for wanted, _ in rows:
        size = f"{wanted.size[0] / 1e6:.0f}-{wanted.size[1] / 1e6:.0f} MB" if wanted.size else "size unknown"
        print(f"{wanted.status:<15} {wanted.pattern}  {size}  {wanted.folder}")
    needed = sum(wanted.status == "needed" for wanted, _ in rows)
    print(f"{needed} of {len(rows)} still needed; each folder above asks for a (free) NASA Earthdata login.")
