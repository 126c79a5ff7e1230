"""Which exports of the ledger there are. Each is one module in this folder, found by its first line, as in packages.

A module whose docstring begins with "`dateline export NAME`: help" and that has `bundle(case) -> Bundle` is a kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dateline.core.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from dateline.evidence.package.kinds import Made
    from dateline.ledger.case import Case
    from dateline.ledger.exports.bundle import Bundle

_FIRST = re.compile(r'\A"""`dateline export (\w+)`: (.+?)(?:"""|\n)')


@cache
def kinds() -> Mapping[str, tuple[str, str]]:
    """Module and one line of help of every kind, by name. Reads first lines; imports nothing."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        with path.open(encoding="utf-8") as stream:
            first = _FIRST.match(stream.readline())
        if first:
            found[first[1]] = (path.stem, first[2])
    return found


def export(kind: str, case: Case, out: Path, *, now: datetime | None = None) -> Made:
    """Writes an export of a case as a new folder, whole or not at all; what may not leave the house is counted.

    Raises UsageError (code "export-kind"), InputError (code "out-exists").
    """
    from dateline.ledger.exports.bundle import write
    from dateline.ledger.outside import outside

    if kind not in kinds():
        do = f"Choose from {', '.join(kinds())}."
        raise UsageError("There is no such kind of export.", saw=repr(kind), do=do, code="export-kind")
    told = outside(case, now=now)
    bundle: Bundle = import_module(f"{__package__}.{kinds()[kind][0]}").bundle(told.case)
    return write(out, replace(bundle, without={**told.without, **bundle.without}))
