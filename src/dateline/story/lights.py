"""Night light in a block's pictures: what each measured image is, and what keeps two of them from being compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from dateline.core.errors import DatelineError, UsageError
from dateline.imagery.readers.naming import collection_in, product_in
from dateline.imagery.sensor import sensor_for
from dateline.imagery.tables import Look
from dateline.ledger.case import Case
from dateline.ledger.finding import Note
from dateline.ledger.measure import Measure
from dateline.ledger.trace import Trace, trace
from dateline.methods import lights_guards as guards
from dateline.story.picture import path_of
from dateline.story.picture_spec import PictureSpec

if TYPE_CHECKING:
    from dateline.imagery.readers.opened import OpenedImage

_NOT_BEFORE = Note(
    code="not-before", text="The image given as before is not earlier than the one given as after: rise and fall swap."
)
Collections = Mapping[str, Mapping[str, str]]
"""By product family, the collections met and for each the first file that is of it."""
_BLACK_MARBLE = "Black Marble"
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif")
"""What ends so is not opened: a page can hold many photographs."""


def light_of(case: Case, spec: PictureSpec) -> OpenedImage | None:
    """The measured image of light that a picture is drawn from; None for other pictures and for what cannot be read.

    Only its metadata is read. What is wrong with a file is said when the page draws it.
    """
    from dateline.imagery.open import open_image
    from dateline.story.raster import is_measured

    if _name(case, spec).lower().endswith(_PICTURES):
        return None
    try:
        path = path_of(case, spec)
        return open_image(path, spec.product)[0] if is_measured(path) else None
    except (DatelineError, OSError):
        return None


def _name(case: Case, spec: PictureSpec) -> str:
    item = case.items.get(spec.item or "")
    return item.name if item is not None else spec.file or ""


def look_of(image: OpenedImage, layer: str | None) -> Look:
    """An image as the guards of the methods on night light look at it."""
    scene, layer = image.scene, layer or image.default_layer
    return Look(
        when=scene.when,
        product=scene.product,
        layer=layer,
        unit=image.unit(layer),
        collection=scene.collection,
        platform=scene.platform,
        simulated=scene.simulated,
    )


def unlike(before: Look, after: Look, *, season: str = "") -> tuple[Note, ...]:
    """Why two looks may not be divided by each other: units, products, layers, collections, satellites, months, order.

    season: why other months of the year may be compared here; the only difference that a reason can mend.
    """
    both = (before, after)
    found = [
        guards.picture_bytes(both),
        guards.sensor_break(both),
        guards.mixed_products(both),
        guards.mixed_collections(both),
        guards.platform_splice(both),
        None if season else guards.different_months([both])[0],
        None if before.when.before(after.when) else _NOT_BEFORE,
    ]
    return tuple(note for note in found if note is not None)


def unsaid(before: Look, after: Look) -> tuple[Note, ...]:
    """What the files do not say and the figure therefore must."""
    both = (before, after)
    return tuple(note for note in (guards.collection_unknown(both), guards.platform_unknown(both)) if note is not None)


def collections_in(images: Iterable[OpenedImage]) -> Collections:
    """The collections of images, as the files themselves tell them."""
    told = ((image.scene.product, image.scene.collection, image.scene.path.name) for image in images)
    return _by_family(told)


def collections_behind(case: Case, finding: str) -> Collections:
    """The collections that a finding rests on, with those of findings below it.

    As the names of the files tell, or the measure that names them; what tells neither says nothing here.
    """
    return _by_family(told for node in trace(case, finding).walk() for told in _told(case, node))


def together(several: Iterable[Collections]) -> Collections:
    """The collections of several findings as if they were one's."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for one in several:
        for family, met in one.items():
            found[family] = {**met, **found[family]}
    return found


def mixed(collections: Collections) -> str:
    """Which collections of one family stand together, in words; "" where none do."""
    told = [
        f"{family}'s collections " + " and ".join(f"{name} ({met[name]})" for name in sorted(met))
        for family, met in sorted(collections.items())
        if len(met) > 1
    ]
    return "; ".join(told)


def _told(case: Case, node: Trace) -> Iterator[tuple[str, str | None, str]]:
    """Product, collection and file of what stands at one node of a trace."""
    if node.kind == "item":
        item = case.items.get(node.id)
        for name in [node.id] if item is None else [item.name, *(leaf.path for leaf in item.tree)]:
            if (product := product_in(name)) is not None:
                yield product, collection_in(name, sensor_for(product)), name
    elif node.kind == "finding" and isinstance(measure := case.records.get(node.id), Measure):
        for selector in (one for selectors in measure.inputs.values() for one in selectors):
            if selector.product is not None and selector.collection is not None:
                yield selector.product, selector.collection.lstrip("0"), f"as the measure {node.id} says"


def _by_family(told: Iterable[tuple[str, str | None, str]]) -> Collections:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for product, collection, name in told:
        try:
            sensor = sensor_for(product)
        except UsageError:  # a product that no sensor file knows
            continue
        if collection is not None:
            found[_BLACK_MARBLE if sensor.reader == "black_marble" else sensor.title].setdefault(collection, name)
    return found
