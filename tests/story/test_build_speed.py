"""A story as big as the biggest: 200 findings and 60 figures, built in less than a minute; the seconds are printed."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.measure.case_run import stale
from dateline.story.build import build_site
from dateline.story.samples import sample_case, sample_of

FINDINGS, FIGURES = 200, 60
SECONDS = 60.0
"""The bound; about ten seconds of one small core are used."""
KINDS = ("series", "picture", "before_after", "drawing", "ranked", "statements")


def big_case(root: Path, findings: int = FINDINGS, figures: int = FIGURES) -> Path:
    """The sample coast with many copies of a finding, each cited, and many figures, each with a title of its own."""
    sample_case(root, ())
    folder = root / "findings"
    text = (folder / "lights-arden.json").read_text(encoding="utf-8")
    names = [f"lights-arden-{at}" for at in range(findings)]
    for name in names:
        finding = json.loads(text)
        (folder / f"{name}.json").write_text(json.dumps({**finding, "id": name}), encoding="utf-8")
    front = (root / "story.md").read_text(encoding="utf-8").split("+++\n")[1]
    lines = [f"Light at {{{{arden.name}}}} grew by {{{{{name}.ratio.change}}}}." for name in names]
    blocks = []
    for at in range(figures):
        block = sample_of(KINDS[at % len(KINDS)])
        block = re.sub(
            r'^title = "', f'title = "[[{at + 1}: a number of the list]] ', block, count=1, flags=re.MULTILINE
        )
        blocks.append(block.replace('"lights-arden"', f'"{names[at % findings]}"'))
    (root / "story.md").write_text(f"+++\n{front}+++\n\n" + "\n\n".join([*lines, *blocks]), encoding="utf-8")
    return root


@pytest.mark.slow
def test_the_biggest_story_is_built_in_a_minute(tmp_path: Path) -> None:
    """Records read, findings compared with their inputs, every rule, page, embeds, drawings and pictures."""
    root = big_case(tmp_path / "big")
    started = time.perf_counter()
    case = Case.load(root)
    built = build_site(case, stale=stale(case))
    seconds = time.perf_counter() - started
    names = [each.name for each in built.files]
    size = built.page.stat().st_size / 1e6
    print(f"\n{FINDINGS} findings, {FIGURES} figures: {seconds:.1f} s, {len(names)} files, page {size:.1f} MB")
    assert sum(name.startswith("embed/") for name in names) == FIGURES
    assert built.page.read_text(encoding="utf-8").count('<details class="drawer">') >= FINDINGS
    assert seconds < SECONDS
