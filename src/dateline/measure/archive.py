"""Takes a file into a case: bytes to the store, record and custody entry to the case."""

from __future__ import annotations

from pathlib import Path

from dateline.core.clock import Clock, SystemClock
from dateline.core.errors import UsageError
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody, chain_name
from dateline.evidence.intake import Form, collect
from dateline.evidence.item import Item, Licence, Permission
from dateline.evidence.store import Store, default_store
from dateline.ledger.case import Case

ANSWERS = ("yes", "no", "unknown")


def archive_file(
    folder: Path,
    source: Path,
    *,
    item: str,
    by: str,
    licence: str,
    url: str | None = None,
    how: str | None = None,
    attribution: str | None = None,
    publish: str = "unknown",
    simulated: bool = False,
    store: Store | None = None,
    clock: Clock | None = None,
) -> Item:
    """Stores a file or folder, writes evidence/items/ID.toml, and logs `collected`. Raises what collect() raises."""
    case = Case.load(folder)
    if publish not in ANSWERS:
        raise UsageError("--publish is yes, no or unknown.", saw=repr(publish), do="Say unknown when in doubt.")
    told = Licence(name=licence, publish=Permission.model_validate({"allowed": publish}))
    form = Form(
        id=item, by=by, licence=told, url=url, how=how, attribution=attribution, simulated=simulated or marked(source)
    )
    made = collect(
        source, form, store=store or default_store(), clock=clock or SystemClock(), exercise=case.head.exercise
    )
    made.write(case.root)
    Custody(case=case.root, who=chain_name(by), actor=by, clock=clock or SystemClock(), tool="dateline").log(
        Event.COLLECTED, made
    )
    return made


def marked(source: Path) -> bool:
    """Whether an image says by its own attributes or pixels that it is simulated."""
    from dateline.core.errors import DatelineError
    from dateline.imagery.open import open_image

    if not source.is_file() or source.suffix.lower() not in {".h5", ".tif", ".nc"}:
        return False
    try:
        return any(image.scene.simulated for image in open_image(source))
    except DatelineError:  # not an image that we read: its name alone can say it
        return False
