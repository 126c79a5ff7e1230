"""Where night light changed between two looks: colours around the no-change level that was measured, and no other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from PIL import Image
from pydantic import Field, model_validator

from dateline.core.errors import InputError
from dateline.imagery.maps import ChangeMap, Stable
from dateline.imagery.picture import marked
from dateline.ledger.finding import Note
from dateline.ledger.record import Many, refuse
from dateline.story.block import BlockModel, FindingId, PlaceId, Plain, Prose
from dateline.story.blocks.change_map.draw import counts, paint
from dateline.story.blocks.change_map.ground import ARTIFACT, Ground, ground, on_stable
from dateline.story.blocks.change_map.legend import legend
from dateline.story.lights import unsaid
from dateline.story.page import Embed, Page
from dateline.story.panel import Panel, bar_of
from dateline.story.picture import WIDEST, Drawn, encode
from dateline.story.picture_spec import PictureSpec
from dateline.story.raster import FULL, placed, shrink
from dateline.story.rules.picture import SHORTEST_ALT

_BESIDE = frozenset({"mixed-month", "different-months", "collection-unknown", "platform-unknown"})
"""Caveats of a finding that go with its map wherever it is shown."""


class MeasuredSpec(PictureSpec):
    """One measured image of the pair: where its bytes are (an item or a file of the case), and what it is."""

    alt: Plain = Field(default="", description="not needed: the map has its own")


class Model(BlockModel):
    """The body of a :::change_map block."""

    is_figure: ClassVar[bool] = True

    title: Prose = Field(description="what the map shows, as a sentence")
    caption: Prose = Field(description="what a reader must know to read it")
    alt: Plain = Field(description="type of map, what it shows, and why it matters")
    finding: FindingId | None = Field(
        default=None, description="a night_lights finding that keeps a map; otherwise before and after"
    )
    before: MeasuredSpec | None = None
    after: MeasuredSpec | None = None
    stable: Many[PlaceId] = Field(
        default=(), description="ids of places declared stable beforehand: their median change is where no change lies"
    )
    assumed: Plain = Field(
        default="", description="why no change is assumed to lie at a ratio of 1 where nothing measured it; is printed"
    )
    season: Plain = Field(default="", description="why other months of the year may be compared here; is printed")
    reach: Literal[2, 4] = Field(
        default=4, description="ratio that gets the full colour: 4 is four times brighter, or a quarter"
    )
    window: tuple[float, float, float, float] | None = Field(
        default=None, description="west, south, east, north [degrees]: the part that is drawn", strict=False
    )
    labels: Many[PlaceId] = Field(default=(), description="ids of places whose names stand on it")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        pair = (self.before is not None, self.after is not None)
        if (self.finding is not None) == any(pair) or any(pair) != all(pair):
            refuse("finding, before, after do not fit", "a finding, or before and after")
        if self.stable and self.assumed:
            refuse("stable and assumed", "the level is measured on stable ground, or assumed; not both")
        if self.before is not None and not self.stable and not self.assumed:
            refuse("no centre", "stable (places that did not change), or assumed (why the level may be assumed)")
        if len(self.alt.strip()) < SHORTEST_ALT or self.alt.strip() == self.caption.strip():
            refuse(f"alt = {self.alt!r}", "a sentence that says what can be seen, not the caption again", at="alt")
        return self


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The map, its legend, where its centre and noise come from, and every pixel counted by kind.

    Raises InputError: what `ground` raises, `no-centre` (nothing measured the no-change level and nobody says why it
    may be assumed; or both), `no-noise` (too few pixels to tell change from noise, or most do not differ at all).
    """
    number = page.next_figure()
    found = ground(page.case, block)
    if block.finding is not None:
        page.finding(block.finding)
    change, stable = _centred(page, block, found)
    _check_noise(change)
    simulated = change.simulated or _is_simulated(page, block)
    shown = _panel(page, block, change, simulated=simulated)
    kinds, floor = counts(change), page.language.with_unit(page.language.short(change.floor), found.unit)
    return {
        "number": number,
        "shown": shown,
        "legend": legend(page, change.level, math.log2(block.reach)),
        "centre": _centre(page, block, change, stable),
        "noise": _noise(page, change),
        "unsaid": unsaid(*found.looks) if found.looks else _told_beside(page, block),
        "keys": _keys(page, kinds, floor),
        "at_least": page.word("change_map.at_least", floor=floor) if kinds["from_dark"] + kinds["to_dark"] else "",
        "rows": _rows(page, kinds),
        "dates": _dates(page, found),
        "season": page.word("change_map.season", why=page.plain(block.season).rstrip(".")) if block.season else "",
        "sources": _sources(page, block, found, simulated=simulated),
        "simulated": simulated,
    }


def _check_noise(change: ChangeMap) -> None:
    noise = change.noise[np.isfinite(change.change)]
    if change.noise_from is None or not noise.size:
        raise InputError(
            "Nothing here tells change from noise.",
            saw=f"{noise.size} pixels with a ratio, too few to measure the noise on",
            do="Show more ground, or a finding whose earlier years measured the noise.",
            code="no-noise",
        )
    if not np.median(noise) > 0:
        raise InputError(
            "Most pixels are the same at both times, so that any difference would pass for change.",
            saw="a noise of 0 at half of the pixels or more",
            do="Look whether one image is a copy of the other, filled from it, or rounded.",
            code="no-noise",
        )


def _told_beside(page: Page, block: Model) -> tuple[Note, ...]:
    """What a finding says of its two sides that a reader of the map alone must know."""
    caveats = page.case.finding(block.finding or "").caveats
    return tuple(note for note in caveats if note.code in _BESIDE)


def _centred(page: Page, block: Model, found: Ground) -> tuple[ChangeMap, Stable | None]:
    if block.stable:
        return on_stable(page.case, found, block.stable)
    if found.level is not None and block.assumed:
        raise InputError(
            "This finding measured where no change lies; nothing is left to assume.",
            saw=f"{block.finding}: a ratio of {2.0**found.level:.3g}; assumed = {block.assumed!r}",
            do="Leave assumed out.",
            code="no-centre",
        )
    if found.level is None and not block.assumed:
        raise InputError(
            "Nothing measured where no change lies on this map.",
            saw=f"{block.finding}: no earlier years were compared",
            do="Name places that did not change under stable; or say under assumed why a ratio of 1 may be taken.",
            code="no-centre",
        )
    return found.change, None


def _is_simulated(page: Page, block: Model) -> bool:
    specs = [spec for spec in (block.before, block.after) if spec is not None]
    return any(page.reading.is_simulated_picture(spec) for spec in specs)


def _panel(page: Page, block: Model, change: ChangeMap, *, simulated: bool) -> Panel:
    name = f"picture-{page.figures}"
    key = ("change_map", block.model_dump_json(), simulated)
    if key not in page.drawn:
        page.drawn[key] = _drawn(page, block, change, simulated=simulated)
    drawn = page.drawn[key]
    page.carry(Embed(name, page.plain(block.title), drawn.media_type, len(drawn.data), drawn.sha256))
    spec = block.after or PictureSpec(finding=block.finding, artifact=ARTIFACT, alt=block.alt)
    return Panel(
        id=name,
        drawn=drawn,
        spec=spec,
        alt=page.plain(block.alt),
        date="",
        sensor="",
        provider="",
        licence="",
        simulated=simulated,
        scale_bar=bar_of(page, drawn),
        type_size=round(max(drawn.width / 44, drawn.height / 60), 1),
        type_size_narrow=round(max(drawn.width / 24, drawn.height / 50), 1),
    )


def _drawn(page: Page, block: Model, change: ChangeMap, *, simulated: bool) -> Drawn:
    height, width = change.change.shape
    zoom = max(1, round(FULL / max(width, height)))
    scale = zoom * min(1.0, WIDEST / (zoom * max(width, height)))
    size = (max(1, round(width * scale * shrink(change.geobox))), max(1, round(height * scale)))
    picture = Image.fromarray(paint(change, size, math.log2(block.reach)))
    labels = [(page.name(name), page.case.places[name].where) for name in block.labels]
    there = placed(change.geobox, (height, width), size, labels)
    return encode(marked(picture) if simulated else picture, lossless=True, placed=there)


def _centre(page: Page, block: Model, change: ChangeMap, stable: Stable | None) -> str:
    level = _factor(page, change.level)
    if stable is None:
        if block.assumed:
            return page.word("change_map.centre_assumed", level=level, why=page.plain(block.assumed).rstrip("."))
        return page.word("change_map.centre_history", level=level, finding=block.finding)
    names = ", ".join(page.name(name) for name in block.stable)
    told = page.word("change_map.centre_stable", level=level, n=page.language.count(stable.n), places=names)
    ends = [_factor(page, one) for one in (min(stable.places.values()), max(stable.places.values()))]
    return f"{told} {page.word('change_map.centre_range', low=ends[0], high=ends[1])}"


def _noise(page: Page, change: ChangeMap) -> str:
    """The noise as the factor that a change must exceed, at the faint and the bright end, and who measured it."""
    at = np.nanquantile(change.noise[np.isfinite(change.change)], [0.5, 0.05, 0.95])
    middle, least, most = (_factor(page, float(one)) for one in at)
    return page.word(f"change_map.noise_{change.noise_from}", middle=middle, least=least, most=most)


def _factor(page: Page, log2: float) -> str:
    """A ratio with as many digits as a reader can use: ×1.08."""
    value = 2.0**log2
    return f"×{page.language.count(value, 2 if value < 10 else 0)}"


def _keys(page: Page, kinds: Mapping[str, int], floor: str) -> list[tuple[str, str]]:
    """What stands for ground without a ratio, as far as there is any: the drawing's mark, and its words."""
    lines = [page.word(f"change_map.{name}") for name in ("not_observed", "too_few", "snow", "cloud") if kinds[name]]
    told = {
        "floor": page.word("change_map.key_floor", floor=floor) if kinds["floor"] else "",
        "lines": "; ".join(lines),
        "filled": page.word("change_map.filled") if kinds["filled"] else "",
        "outside": page.word("change_map.outside") if kinds["outside"] else "",
    }
    return [(kind, words) for kind, words in told.items() if words]


def _rows(page: Page, kinds: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Each kind of pixel with how many there are and their share [%]: those that always stand, and others met."""
    total = sum(kinds.values())
    always = ("brighter", "from_dark", "darker", "to_dark", "within", "floor", "not_observed")
    told = [(name, n) for name, n in kinds.items() if n or name in always]
    rows = [(page.word(f"change_map.{name}"), page.language.count(n), _percent(page, n, total)) for name, n in told]
    return [*rows, (page.word("change_map.all"), page.language.count(total), _percent(page, total, total))]


def _percent(page: Page, n: int, total: int) -> str:
    """A share with one decimal, and never 0.0 or 100.0 for what is not none or all."""
    share = 100 * n / total
    sign = "< " if 0 < share < 0.05 else "> " if 99.95 <= share < 100 else ""
    told = page.language.count(0.1 if sign == "< " else 99.9 if sign else share, 0 if n in (0, total) else 1)
    return page.language.with_unit(sign + told, "%")


def _dates(page: Page, found: Ground) -> str:
    if found.looks is None:
        return ""
    before, after = (page.language.when(look.when) for look in found.looks)
    return page.word("change_map.dates", before=before, after=after)


def _sources(page: Page, block: Model, found: Ground, *, simulated: bool) -> str:
    """Who took it, who provides it, and under which licence; and whom the product's maker asks to be credited.

    What was simulated is nobody's measurement: there the maker of the real product is not named.
    """
    told: list[str] = []
    for spec in (block.before, block.after):
        if spec is not None:
            item = page.case.items.get(spec.item or "")
            provider = spec.provider or (item.attribution if item and item.attribution else "")
            licence = spec.licence or (item.licence.name if item else "")
            if item is not None:
                page.items.add(item.id)
            page.credits.setdefault(provider, licence)
            told.append(" · ".join(part for part in (spec.sensor, provider, licence) if part))
    maker = found.credit.partition(" (")[0]
    if not simulated and maker and not any(maker in one for one in told):
        licence = _licences(page, block)
        page.credits.setdefault(found.credit, licence)
        told.append(" · ".join(part for part in (found.credit, licence) if part))
    return "; ".join(dict.fromkeys(told)) or page.word("page.simulated_mark")


def _licences(page: Page, block: Model) -> str:
    """The licences of the archived items that the map's finding rests on."""
    inputs = page.case.finding(block.finding).inputs if block.finding else ()
    items = [page.case.items[ref.id] for ref in inputs if ref.id in page.case.items]
    return ", ".join(sorted({item.licence.name for item in items}))
