"""Every block folder: a model that says what its keys are, a template, a style, a sample that renders alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.story.block import BlockModel
from dateline.story.catalogue import STYLE, block, block_folders
from dateline.story.check import examine, read_story, reading_of
from dateline.story.render import render
from dateline.story.samples import sample_case

PLAIN_NAMES = frozenset(
    {"title", "subtitle", "caption", "intro", "note", "more", "events", "finding", "picture", "row", "entry", "scale"}
    | {"before", "after"}
)
"""Keys whose name says what they are."""


class Shape(HTMLParser):
    """Counts of tags, the ids, and whether every tag that must be closed is closed in order."""

    VOID = frozenset({"meta", "img", "input", "br", "wbr", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.faults: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.hrefs.append(given.get("href") or "")
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"{tag} has a style or a handler, which the page's policy stops")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of order")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.mark.parametrize("name", list(block_folders()))
def test_a_block_is_one_folder_that_holds_everything(name: str) -> None:
    """Model, template and style are there; every key of the body can be explained by its name or its description."""
    found = block(name)
    assert issubclass(found.model, BlockModel)
    assert (found.folder / STYLE).is_file()
    assert found.model.__doc__
    for key, field in found.model.model_fields.items():
        assert field.description or key in PLAIN_NAMES, f"{name}.{key} needs a description"


@pytest.mark.parametrize("name", list(block_folders()))
def test_a_sample_passes_the_check_and_renders_alone(name: str, sample: Path) -> None:
    """A story with nothing but this block has no fault; its page is well-formed, and every link leads somewhere."""
    case = Case.load(sample_case(sample / name, [name]))
    reading = reading_of(case, read_story(case))
    assert examine(reading).faults == ()
    page = render(reading).decode()
    shape = Shape(page)
    assert shape.faults == []
    assert shape.open == []
    assert len(shape.ids) == len(set(shape.ids))
    for figure in re.findall(r"<figure.*?</figure>", page, re.DOTALL):
        assert 'class="sim"' in figure, "a figure made from simulated input is marked"
    inside = {href[1:] for href in shape.hrefs if href.startswith("#")}
    assert inside <= set(shape.ids)


def test_no_template_steps_past_autoescape() -> None:
    """The one door past autoescape is in Python; templates have no |safe and turn nothing off."""
    home = Path(block_folders()["number"]).parents[1]
    for template in home.rglob("*.j2"):
        text = template.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text
