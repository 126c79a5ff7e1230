"""The documentation is true today: every command, code, card and decision is where the docs say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.pages import errors_page, story_page

from dateline.cli.app import app

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def test_every_error_is_explained_as_it_is_raised() -> None:
    """docs/errors.md is made from the source (`python -m tests.docs.pages` writes it)."""
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == errors_page()


def test_the_page_about_stories_names_every_block_and_rule() -> None:
    """docs/story.md is made from the blocks and rules (`python -m tests.docs.pages` writes it)."""
    assert (ROOT / "docs" / "story.md").read_text(encoding="utf-8") == story_page()


def test_every_verb_stands_in_the_commands_page() -> None:
    """docs/commands.md names each command of the program."""
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    names = [verb.name for verb in (*app.registered_commands, *app.registered_groups)]
    assert [name for name in names if f"dateline {name}" not in text] == []


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda path: path.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A relative link in the docs points at a file or folder that is there."""
    text = page.read_text(encoding="utf-8")
    missing = [target for target in LINK.findall(text) if not (page.parent / target).exists()]
    assert missing == []


def test_no_machine_path_or_registry_host_is_in_the_project() -> None:
    """Lock files carry no addresses; nothing names where a package came from or a path of somebody's machine."""
    for name in ("requirements.lock", "requirements-dev.lock", "benchmarks/requirements.lock"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")
