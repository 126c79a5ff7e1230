"""What the tests of the count do in the browser again and again, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from dateline.app.screens.count.plan import Plan, Tile, tiles_of
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append

DOTS = ((40, 30), (90, 60), (150, 40), (200, 120), (60, 160), (250, 180), (130, 110), (280, 60), (20, 100), (220, 30))
"""Where the picture `crowd` has something to count [px]; as in tests/app/conftest.py."""
READY = "body[data-ready='yes']"
TIMEOUT = 30_000


def begin(
    page: Any,
    *,
    question: str = "people",
    mode: str = "tiles",
    side: str = "",
    independent: bool = True,
    checked: bool = False,
) -> None:
    """Fills the form and begins, by keyboard alone."""
    page.focus("#question")
    page.keyboard.type(question)
    if mode == "whole":
        page.focus("[name=mode][value=tiles]")
        page.keyboard.press("ArrowDown")
    if side:
        page.focus("#side")
        page.keyboard.type(side)
    for name, wanted in (("independent", independent), ("checked", checked)):
        if wanted:
            page.focus(f"[name={name}]")
            page.keyboard.press("Space")
    page.focus("form.card .main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/count/at/**", timeout=TIMEOUT)
    page.wait_for_selector(READY, timeout=TIMEOUT)


def at_bench(page: Any, told: str) -> Any:
    """What the script of the bench says of itself as `counting`."""
    return page.evaluate(f'async () => {{ const counting = await import("/screens/count/screen.js"); return {told}; }}')


def to(page: Any, x: float, y: float) -> None:
    """Moves the cross to a column and row with arrow keys, as near as their steps go."""
    (column, row), step = at_bench(page, "[counting.cursor.at, 10 * counting.map.getView().getResolution()]")
    for apart, less, more in ((x - column, "ArrowLeft", "ArrowRight"), (y - row, "ArrowUp", "ArrowDown")):
        for _ in range(round(abs(apart) / step)):
            page.keyboard.press(more if apart > 0 else less)


def count_tiles(page: Any, dots: Sequence[tuple[float, float]]) -> None:
    """Marks every dot of each tile and ends it, until all are done."""
    for _ in range(at_bench(page, "counting.tiles.length")):
        left, top, width, height = at_bench(page, "counting.current().area")
        for x, y in dots:
            if left <= x < left + width and top <= y < top + height:
                to(page, x, y)
                page.keyboard.press("Enter")
        page.keyboard.press("n")


def submit(page: Any) -> None:
    """Submits and waits for what came of it."""
    page.keyboard.press("s")
    page.focus("#submit-dialog [value=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/count/result**", timeout=TIMEOUT)
    page.wait_for_selector(READY, timeout=TIMEOUT)


def lines_of(root: Path, who: str) -> list[dict[str, Any]]:
    """Every line that lies on the disk."""
    files = sorted((root / "observations" / who).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def points_of(root: Path, who: str) -> list[dict[str, Any]]:
    """The lines that are marks with a point."""
    return [line for line in lines_of(root, who) if line.get("points")]


def clicks(page: Any, number: int) -> None:
    """This many clicks on the picture in one task of the browser: faster than anybody can."""
    page.evaluate(
        """async (number) => {
            const counting = await import("/screens/count/screen.js");
            const target = counting.map.getViewport().querySelector("canvas") || counting.map.getViewport();
            const box = counting.map.getViewport().getBoundingClientRect();
            for (let index = 0; index < number; index++) {
                const x = box.left + 100 + ((index * 37) % (box.width - 200));
                const y = box.top + 150 + ((index * 53) % (box.height - 300));
                const kind = { pointerId: 1, pointerType: "mouse", isPrimary: true, button: 0 };
                const told = { clientX: x, clientY: y, bubbles: true, cancelable: true, ...kind };
                target.dispatchEvent(new PointerEvent("pointerdown", { ...told, buttons: 1 }));
                target.dispatchEvent(new PointerEvent("pointerup", { ...told, buttons: 0 }));
            }
        }""",
        number,
    )


def saved(page: Any) -> tuple[int, int]:
    """What the page says: marks saved, lines waiting."""
    return int(page.inner_text("#saved")), int(page.inner_text("#waiting"))


def wait_saved(page: Any, number: int) -> None:
    """Until the page says that so many marks are saved and none waits."""
    page.wait_for_function(
        "number => document.getElementById('saved').textContent === String(number)"
        " && document.getElementById('waiting').textContent === '0'",
        arg=number,
        timeout=TIMEOUT,
    )


def counted_by(
    root: Path,
    who: str,
    points: Sequence[tuple[float, float]],
    *,
    plan: Plan,
    size: tuple[int, int],
    item: str = "crowd",
    question: str = "people",
    submit: bool = True,
) -> str:
    """Writes a whole sitting as the screen writes it, and gives its name. size: of the picture [px]."""
    sitting = plan.name(datetime(2026, 11, 22, tzinfo=UTC).date(), who)
    content = Case.load(root).items[item].content or ""
    tiles, _ = tiles_of(plan, width=size[0], height=size[1], content=content, question=question, sitting=sitting)
    made: list[Observation] = []

    def line(state: str, **more: Any) -> None:
        told = {"by": who, "item": item, "question": question, "sitting": sitting, "checked": plan.checked}
        told |= {"at": "2026-11-22T12:00:00Z", "independent": plan.blind, "image_sha256": content, "state": state}
        made.append(Observation.model_validate({**told, "id": f"{sitting}-{len(made)}", **more}))

    for tile in tiles or (Tile("", (0, 0, *size)),):
        x, y, width, height = tile.area
        part = {"tile": tile.name or None, "area": tile.area, "zoom": 2.0}
        own = [point for point in points if x <= point[0] < x + width and y <= point[1] < y + height]
        for point in own:
            line("present", points=[point], **part)
        line("present" if own else "absent", **part)
    if submit:
        line("present", submitted=True)
    append(root, who, sitting, made)
    return sitting


def seen_by(dots: Sequence[tuple[float, float]], *, share: float, seed: int, size: tuple[int, int]) -> Any:
    """What somebody marks who sees this share of the dots, a pixel beside each at most."""
    rng = np.random.default_rng(seed)
    found = [(x + rng.uniform(-1, 1), y + rng.uniform(-1, 1)) for x, y in dots if rng.random() < share]
    return [(min(max(x, 0.0), size[0] - 1.0), min(max(y, 0.0), size[1] - 1.0)) for x, y in found]
