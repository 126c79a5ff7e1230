"""What the log says of each item in the end, whoever entered it and whatever their clocks said."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.evidence.filled_case import NOON

from dateline.core import FixedClock, InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.chain import Event, survey
from dateline.evidence.custody import Custody
from dateline.evidence.history import history
from dateline.evidence.last_words import LastWords, Logged

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def by(case: Path, who: str, at: datetime = NOON) -> Custody:
    return Custody(case, who, who, FixedClock(at))


def last(case: Path) -> str:
    return history(case).items["E"].meta_sha256


def test_the_last_line_of_a_chain_counts_even_where_the_clock_went_back(case: Path) -> None:
    """The order in a chain is that of its lines; the line at which the clock was set back is told, and stays."""
    by(case, "mk").append(Event.COLLECTED, "E", meta_sha256=A)
    by(case, "mk", NOON - timedelta(days=400)).append(Event.CORRECTED, "E", meta_sha256=B, was=A)
    told = history(case)
    assert told.items["E"].meta_sha256 == B
    assert told.differences == ()
    (back,) = told.backwards
    assert (back.chain, back.line, back.at[:4]) == ("mk", 2, "2023")
    assert str(back).startswith("evidence/custody/mk.jsonl:2: 2023")
    assert len([*survey(case / "evidence" / "custody" / "mk.jsonl")]) == 2


def test_the_later_of_two_peoples_words_counts(case: Path) -> None:
    """Across chains the time decides."""
    by(case, "mk").append(Event.COLLECTED, "E", meta_sha256=A)
    by(case, "ann", NOON + timedelta(hours=1)).append(Event.CORRECTED, "E", meta_sha256=B, was=A)
    assert last(case) == B


def test_a_correction_counts_after_what_it_corrected_whatever_the_clocks_say(case: Path) -> None:
    """Two machines a day apart: the entry that says what it replaced comes after it; also after two corrections."""
    by(case, "mk", NOON + timedelta(days=1)).append(Event.COLLECTED, "E", meta_sha256=A)
    by(case, "ann").append(Event.CORRECTED, "E", meta_sha256=B, was=A)
    assert last(case) == B
    by(case, "ann").append(Event.CORRECTED, "E", meta_sha256=C, was=B)
    assert last(case) == C
    by(case, "ann").append(Event.CORRECTED, "E", meta_sha256=A, was=C)
    assert last(case) == A


def test_only_entries_that_may_change_a_record_say_what_it_is(case: Path) -> None:
    """Looking at an item, or giving it out, does not."""
    by(case, "mk").append(Event.COLLECTED, "E", meta_sha256=A)
    for event in (Event.ACCESSED, Event.EXPORTED, Event.HIDDEN, Event.SEALED, Event.TRANSFERRED):
        by(case, "mk").append(event, "E", meta_sha256=B)
    assert last(case) == A


def test_hidden_is_what_no_line_undoes_whatever_the_clocks_say(case: Path) -> None:
    """Hidden, shown by a colleague whose clock is years ahead, hidden again: hidden. A line that names no hiding, or
    one of another item, undoes nothing."""
    first = by(case, "mk").append(Event.HIDDEN, "E").entry
    assert history(case).hidings == {"E": (sha256_bytes(first.line()),)}
    by(case, "ann", NOON + timedelta(days=2000)).append(Event.SHOWN, "E")
    by(case, "ann", NOON + timedelta(days=2000)).append(Event.SHOWN, "F", was=sha256_bytes(first.line()))
    assert history(case).hidden == {"E": "evidence/custody/mk.jsonl:1"}
    by(case, "ann", NOON + timedelta(days=2000)).append(Event.SHOWN, "E", was=sha256_bytes(first.line()))
    assert history(case).hidden == {}
    by(case, "mk", NOON + timedelta(hours=1)).append(Event.HIDDEN, "E")
    assert history(case).hidden == {"E": "evidence/custody/mk.jsonl:2"}


def test_faults_do_not_stop_the_reading(case: Path) -> None:
    """Two changed lines in one chain are two differences; the rest is read."""
    for number in range(6):
        by(case, "mk").append(Event.COLLECTED, f"E-{number}", meta_sha256=A)
    path = case / "evidence" / "custody" / "mk.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1], lines[4] = lines[1].replace(b"E-1", b"E-9"), b"{}\n"
    path.write_bytes(b"".join(lines))
    told = history(case)
    assert [(one.line, one.code) for one in told.differences] == [(2, "changed"), (5, "unreadable")]
    assert sorted(told.items) == ["E-0", "E-2", "E-3", "E-5"]
    assert told.lines == {"mk": 6}


def test_words_on_very_many_items_are_kept_beside_the_memory() -> None:
    """A model in a dictionary says the same of every item, in its order, also where what is kept outgrows its cache."""
    words, model = LastWords(), {}
    for meta in ("0" * 64, "1" * 64):
        told = {f"E-{number:05}": Logged("mk", number, "t", A, meta, None) for number in range(60_000)}
        words.add(told.items())
        model |= told
    words.add([("E-00007", Logged("ann", 1, "s", None, B, None, ("1" * 64,)))])
    model["E-00007"] = Logged("ann", 1, "s", None, B, None, ("1" * 64,))
    assert dict(words.in_order()) == model
    assert (len(words), list(words)[:2], words.get("E-x")) == (60_000, ["E-00000", "E-00001"], None)
    assert words["E-00007"].chain == "ann"


def test_a_full_disk_for_temporary_files_is_told() -> None:
    """In three parts, not as an error of the database."""
    words = LastWords()
    words._base.execute("pragma max_page_count = 2")
    with pytest.raises(InputError) as error:
        words.add((f"E-{number}", Logged("mk", number, "t", A, B, C)) for number in range(1000))
    assert error.value.code == "no-room"
