"""What the preview notices and how it goes on: looks and waits are given, so that nothing depends on a clock."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dateline.app.preview.attempt import attempt
from dateline.app.preview.serving import View
from dateline.app.preview.watching import PAUSE, SHARE, Stamps, changes, stamps
from dateline.cli.app import run
from dateline.cli.watch import keep_building
from dateline.story.samples import sample_case


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short story on the sample coast."""
    return sample_case(tmp_path_factory.mktemp("preview") / "halm", ("number", "picture"))


@pytest.fixture
def case(coast: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(coast, tmp_path / "halm"))


def _told(
    looks: list[dict[str, int]], seconds: Callable[[], float] = lambda: 0.0
) -> tuple[list[set[str]], list[float]]:
    """What is told of some looks one after the other, and the pauses between them."""
    pauses: list[float] = []
    waiting: Iterator[Stamps] = iter([{name: (at, 1) for name, at in look.items()} for look in looks])

    def wait(pause: float) -> bool:
        pauses.append(pause)
        return len(pauses) == len(looks)

    return [set(one) for one in changes(lambda: next(waiting), wait, seconds)], pauses


def test_a_change_is_told_when_nothing_changes_any_more() -> None:
    """Saved in two steps, told once; what came and what went are changes, too; quiet looks tell nothing."""
    quiet, half, whole = {"story.md": 1, "a": 1}, {"story.md": 2, "a": 1}, {"story.md": 3, "a": 1}
    told, _ = _told([quiet, quiet, half, whole, whole, whole, {"story.md": 3, "b": 1}, {"story.md": 3, "b": 1}, whole])
    assert told == [{"story.md", "a"}, {"story.md"}, {"a", "b"}]


def test_what_changes_back_is_no_change() -> None:
    """An editor that writes and takes back leaves things as they were."""
    assert _told([{"a": 1}, {"a": 2}, {"a": 1}, {"a": 1}])[0] == [{"a"}]


def test_a_slow_look_is_followed_by_a_long_pause() -> None:
    """A folder of a hundred thousand files costs a tenth of the processor, not all of it."""
    clock = iter([0.0, 2.0, 2.0, 2.01])
    _, pauses = _told([{"a": 1}] * 3, lambda: next(clock))
    assert pauses == [PAUSE, 2.0 * SHARE, PAUSE]


def test_files_of_a_case_are_looked_at_and_what_a_build_writes_is_not(case: Path) -> None:
    """Records, pictures, findings, the story; neither site/ nor hidden files; a folder that is not there is empty."""
    assert run(["build", "--case", str(case)]) == 0
    (case / ".swap").write_text("x", encoding="utf-8")
    names = {Path(name).relative_to(case).as_posix() for name in stamps(case)}
    assert {"story.md", "case.toml", "claims/C001.toml", "pictures/quay_simulated.jpg"} <= names
    assert not any(name.startswith(("site", ".")) for name in names)
    assert stamps(case / "nowhere") == {}


def test_nothing_that_is_saved_ends_it(case: Path) -> None:
    """A half-saved story, TOML that is none, a finding, a picture and the case's head gone, bytes that are no text:
    each is told with its place, the last good page stays, and what is put back is built again."""
    whole = {name: (case / name).read_bytes() for name in BROKEN}
    edits: list[tuple[str, bytes | None]] = []
    for name, text in BROKEN.items():
        edits += [(name, text), (name, whole[name])]
    left, said, view = iter([*edits, ("story.md", b"\xff\xfe\x00")]), list[str](), View("halm")
    turns = iter(range(1000))

    def wait(_: float) -> bool:
        """An edit, then a look at which nothing changes, and so on to the last one."""
        if next(turns) % 2:
            return False
        name, data = next(left, ("", None))
        if name and data is None:
            (case / name).unlink()
        elif name and data is not None:
            (case / name).write_bytes(data)
        return not name

    keep_building(case, view, wait, said.append)
    assert said[0].startswith("built site/index.html")
    for name, stopped, mended in zip(BROKEN, said[1::2], said[2::2], strict=False):
        assert " the page; site/ keeps the last good one" in stopped, name
        assert WHERE[name] in stopped
        assert str(case) not in stopped
        assert mended.startswith("built "), name
    assert "stops the page" in said[-1]
    assert view.troubles
    assert view.page == (case / "site/index.html").read_bytes()
    assert view.version == len(said) == 2 * len(BROKEN) + 2


BROKEN: dict[str, bytes | None] = {
    "story.md": b'+++\ntitle = "Half',
    "claims/C001.toml": b"schema = 1\nid = [",
    "findings/lights-arden.json": None,
    "pictures/quay_simulated.jpg": None,
    "case.toml": None,
}
WHERE = {
    "story.md": "story.md:",
    "claims/C001.toml": "claims/C001.toml:2",
    "findings/lights-arden.json": "'lights-arden', which is not there",
    "pictures/quay_simulated.jpg": "pictures/quay_simulated.jpg",
    "case.toml": "case.toml",
}


def test_troubles_name_line_and_column_and_what_to_do(case: Path) -> None:
    """As `check` does: the place, the rule, what was seen, the nearest valid name."""
    story = case / "story.md"
    story.write_text(story.read_text(encoding="utf-8") + "\nIt grew by {{lights-ardn.ratio}}.\n", encoding="utf-8")
    lines = len(story.read_text(encoding="utf-8").splitlines())
    made = attempt(case)
    assert made.page is None
    assert [one.at for one in made.troubles] == [f"story.md:{lines}:12"]
    assert "did you mean lights-arden" in made.troubles[0].do


@pytest.mark.parametrize("flag", [["--publish"], ["--json"], ["--on", "2025-02-03"]])
def test_a_preview_publishes_nothing(case: Path, flag: list[str]) -> None:
    """What does not go together is refused as usage, and nothing is served."""
    assert run(["build", "--watch", "--no-browser", "--case", str(case), *flag]) == 2


def test_a_folder_that_is_no_case_is_refused_at_once(tmp_path: Path) -> None:
    """A wrong folder is said, and not waited for."""
    assert run(["build", "--watch", "--no-browser", "--case", str(tmp_path)]) == 2
