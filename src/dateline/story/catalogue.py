"""Which blocks and rules there are: a block is a folder, a rule is a file; found by reading, imported when used."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dateline.story.block import BlockModel
from dateline.story.fault import Faults, Rule

if TYPE_CHECKING:
    from dateline.story.page import Page
    from dateline.story.reading import Reading

BLOCKS, RULES = "dateline.blocks", "dateline.rules"
"""Entry points by which another package joins: each names a package that holds folders, or files, of the same shape."""

TEMPLATE, STYLE, SCRIPT, SAMPLE = "block.html.j2", "block.css", "block.js", "sample.md"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its model, what makes the template's variables of it, and its folder."""

    name: str
    folder: Path
    model: type[BlockModel]
    prepare: Callable[[Any, Page], Mapping[str, Any]]

    @property
    def css(self) -> str:
        """The block's own style."""
        return (self.folder / STYLE).read_text(encoding="utf-8")

    @property
    def js(self) -> str:
        """The block's own script, which adds to what is there without one; "" for most."""
        path = self.folder / SCRIPT
        return path.read_text(encoding="utf-8") if path.is_file() else ""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule with its function, which adds the faults that it finds."""

    rule: Rule
    find: Callable[[Reading, Faults], None]


@cache
def block_folders() -> Mapping[str, Path]:
    """The blocks there are by name, and their folders; nothing is imported."""
    own = Path(__file__).parent / "blocks"
    homes = [own, *_others(BLOCKS)]
    return dict(sorted((path.parent.name, path.parent) for home in homes for path in home.glob(f"*/{TEMPLATE}")))


@cache
def block(name: str) -> Block:
    """One block by its name, imported. Raises KeyError when there is none."""
    folder = block_folders()[name]
    module = _module(folder / "__init__.py", f"dateline.story.blocks.{name}")
    return Block(name=name, folder=folder, model=module.Model, prepare=module.prepare)


@cache
def checks() -> tuple[Check, ...]:
    """Every rule there is, in order of code."""
    own = Path(__file__).parent / "rules"
    files = [path for home in (own, *_others(RULES)) for path in home.glob("[a-z]*.py")]
    modules = [_module(path, f"dateline.story.rules.{path.stem}") for path in files]
    return tuple(sorted((Check(module.RULE, module.find) for module in modules), key=lambda check: check.rule.code))


def _module(path: Path, own_name: str) -> ModuleType:
    if path.is_relative_to(Path(__file__).parent):
        return importlib.import_module(own_name)
    spec = importlib.util.spec_from_file_location(f"dateline_story_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _others(group: str) -> Iterable[Path]:
    for point in entry_points(group=group):
        spec = importlib.util.find_spec(point.value)
        if spec is not None and spec.submodule_search_locations:
            yield from (Path(place) for place in spec.submodule_search_locations)
