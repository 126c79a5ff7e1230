"""`dateline mask FILE`: a copy for publication, without metadata, with faces, plates and name tags masked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By

if TYPE_CHECKING:
    from dateline.evidence.item import Item
    from dateline.measure.masked import Made


def mask(
    file: Annotated[str, typer.Argument(help="A picture or MP4, or the id of an item of the case.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The new file: .jpg, .png or .mp4.")],
    box: Annotated[
        list[str] | None, typer.Option(help="left,top,width,height [px]; in a video with @start-end [s]. Repeat it.")
    ] = None,
    what: Annotated[list[str] | None, typer.Option(help="faces, plates, name_tags. Repeat it.")] = None,
    sound: Annotated[bool, typer.Option(help="Of a video: copy the sound. Voices can tell who speaks.")] = False,
    by: By = None,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Make a copy for publication: metadata, thumbnails and hidden footage removed, boxes filled for good.

    What is under a box cannot be brought back from the copy. Nothing is detected: a person says where the boxes are.
    """
    from dateline.core.errors import UsageError
    from dateline.measure.masked import make, read_box, write

    boxes = [read_box(text) for text in box or ()]
    item = None if Path(file).is_file() else _item(case, file)
    if item is None and not Path(file).is_file():
        raise UsageError("There is no such file or item.", saw=file, do="Check the path, or the id.", code="no-file")
    made = make(_source(case, file, item), boxes, what or (), name=item.id if item else Path(file).name, out=out.name,
                sound=sound)  # fmt: skip
    write(made, out)
    kept = _keep(case, by, item, made, out) if item is not None else None
    if as_json:
        return emit(made.to_json() | {"file": out.name, "item": kept})
    return _tell(made, out, kept, mute=out.suffix.lower() == ".mp4" and not sound)


def _item(case: Path, name: str) -> Item | None:
    """The item of the case of this id, or None."""
    from dateline.evidence.item import FOLDER, Item

    path = case / FOLDER / f"{name}.toml"
    return Item.read(path) if "/" not in name and path.is_file() else None


def _source(case: Path, file: str, item: Item | None) -> Path:
    if item is None:
        return Path(file)
    from dateline.ledger.case import Case
    from dateline.measure.files import item_path

    return item_path(Case.load(case), item.id)


def _keep(case: Path, by: str | None, item: Item, made: Made, out: Path) -> str:
    from dateline.measure.archive import Archive
    from dateline.measure.masked import keep

    with Archive(case, by=by) as archive:
        return keep(archive, item, made, out).item.id


def _tell(made: Made, out: Path, kept: str | None, *, mute: bool) -> None:
    count = len(made.boxes)
    masked = (
        f"{count} {'box' if count == 1 else 'boxes'} filled ({', '.join(made.what)})" if count else "nothing masked"
    )
    pixels = "encoded anew" if made.anew else "the pixels are untouched"
    print(f"wrote {out}: {masked}; {pixels}; removed: {', '.join(made.removed[:8]) or 'nothing was in it'}"
          + (f" and {len(made.removed) - 8} more." if len(made.removed) > 8 else "."))  # fmt: skip
    if mute:
        print("The sound was left out, for voices can tell who speaks; --sound copies it.")
    print(f"{out.name}.json names the file that it was made from, by hash.")
    if kept is not None:
        print(f"kept as item {kept}, derived from {made.parent[0]}.")
    print("Look at the copy before you publish it: who is left in it, also in mirrors and in the background?")
