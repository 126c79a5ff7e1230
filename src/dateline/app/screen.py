"""A screen: one folder of app/screens, with its own routes, page, script and style. A new screen is one folder."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.routing import BaseRoute

SCREENS = Path(__file__).parent / "screens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """id: the folder's name. key: the letter that opens it after `g`. order: its place in the menu, 0 not in it.

    routes: without the prefix /ID, under which they are mounted.
    """

    id: str
    title: str
    about: str
    key: str
    order: int
    routes: Sequence[BaseRoute]

    @property
    def folder(self) -> Path:
        """Where its page, script and style lie."""
        return SCREENS / self.id


@cache
def screens() -> tuple[Screen, ...]:
    """Every screen, as the menu shows them."""
    names = sorted(path.parent.name for path in SCREENS.glob("*/__init__.py"))
    found = [importlib.import_module(f"dateline.app.screens.{name}").SCREEN for name in names]
    return tuple(sorted(found, key=lambda one: (one.order, one.id)))
