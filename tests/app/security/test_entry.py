"""Who comes in, by which secret, and under which name."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.app.desk import folder_of
from dateline.app.entry import LIVES, Entries, lasting_key


def test_the_address_that_a_browser_is_started_with_opens_once() -> None:
    """Others on the machine can read it in the list of processes: used twice, nobody who came by it is in any more."""
    clock = [0.0]
    entries = Entries(seconds=lambda: clock[0])
    first = entries.come_in(entries.once)
    assert first is not None
    assert entries.knows(first)
    assert entries.come_in(entries.once) is None
    assert not entries.knows(first)
    assert entries.come_in(entries.once) is None
    late = Entries(seconds=lambda: clock[0])
    clock[0] += LIVES + 1
    assert late.come_in(late.once) is None
    browsers = [late.come_in(late.secret) for _ in range(300)]
    assert all(browsers)
    assert len({one for one in browsers if one and late.knows(one)}) == 256


def test_the_key_that_signs_is_this_users_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It outlasts the program, so that waiting marks keep their person; a file that others can read is not used."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    first = lasting_key()
    assert first == lasting_key()
    path = tmp_path / "dateline" / "app-key"
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o644)
    assert lasting_key() != first


def test_people_whose_names_are_not_latin_have_folders_of_their_own(tmp_path: Path) -> None:
    """Two people in one folder would see each other's marks before they submit; one in two would be two people."""
    names = ["Ольга", "김민준", "Анна", "José", "Jose", "A. Berg", "fox"]
    assert len({folder_of(tmp_path, name) for name in names}) == len(names)
    assert folder_of(tmp_path, "fox") == "fox"
    assert folder_of(tmp_path, "Jose\u0301") == folder_of(tmp_path, "José")
    (tmp_path / "observations" / "fox").mkdir(parents=True)
    assert folder_of(tmp_path, "FOX") == "fox"
