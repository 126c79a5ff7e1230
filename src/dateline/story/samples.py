"""The sample case: an invented coast on which every block has its sample, for tests, docs and a first look."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from dateline.story.catalogue import SAMPLE, block_folders

GROUND = Path(__file__).parent / "sample"
"""The records, findings and pictures that the samples of blocks refer to."""
PLACEHOLDER = "%% "


def sample_case(folder: Path, blocks: Sequence[str] | None = None) -> Path:
    """Writes the sample case into a new folder and gives the folder.

    blocks: the story is these blocks' samples only. By default it is the whole sample story, with every block's sample
    at its place and those that have none at the end. A block's own `sample/` folder is laid over the ground.
    """
    shutil.copytree(GROUND, folder)
    for home in block_folders().values():
        if (home / "sample").is_dir():
            shutil.copytree(home / "sample", folder, dirs_exist_ok=True)
    story = (GROUND / "story.md").read_text(encoding="utf-8")
    head, rest = story.split("+++\n", 2)[1:]
    if blocks is not None:
        body = "\n".join(sample_of(name) for name in blocks)
    else:
        placed = {line.removeprefix(PLACEHOLDER) for line in rest.split("\n") if line.startswith(PLACEHOLDER)}
        body = "\n".join(_filled(line) for line in rest.split("\n"))
        body += "".join(f"\n{sample_of(name)}" for name in block_folders() if name not in placed)
    (folder / "story.md").write_text(f"+++\n{head}+++\n{body}", encoding="utf-8")
    return folder


def sample_of(name: str) -> str:
    """The sample of one block, as it stands in a story."""
    return (block_folders()[name] / SAMPLE).read_text(encoding="utf-8")


def _filled(line: str) -> str:
    return sample_of(line.removeprefix(PLACEHOLDER)) if line.startswith(PLACEHOLDER) else line
