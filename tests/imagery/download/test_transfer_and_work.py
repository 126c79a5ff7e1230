"""Files from an archive that fails in every way we know of: each whole, once, with the right bytes; or named."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest
from tests.imagery.download.errands import errand, fetcher
from tests.imagery.download.faulty import MAGIC, content
from tests.services.process import running

from dateline.evidence.door.client import Door, Patience
from dateline.imagery.download import ledger
from dateline.imagery.download.transfer import Stopped
from dateline.imagery.download.unfinished import FOLDER, Mark, Unfinished
from dateline.imagery.download.work import Failed, Got, fetch_all


@pytest.fixture(scope="module")
def archive() -> Iterator[str]:
    with running("tests.imagery.download.faulty") as url:
        yield url


def asked(archive: str, part: str) -> list[dict[str, object]]:
    """What the stand-in was asked for, of addresses that contain a text."""
    with urlopen(f"{archive}/log") as answer:
        return [row for row in json.loads(answer.read()) if part in row["path"]]


@pytest.fixture
def door() -> Iterator[Door]:
    with Door(private=True, patience=Patience(connect=2, read=2, total=3)) as opened:
        yield opened


def test_a_third_of_requests_fails_and_all_files_are_here_once(archive: str, door: Door, tmp_path: Path) -> None:
    """40 files, 30 % fail at first (cut, 429, 503, dropped): all are here, right, asked for no more than needed."""
    errands = [errand(archive, "seeded/7", f"many{number}-30000.h5", tmp_path) for number in range(40)]
    results = fetch_all(fetcher(door), errands)
    requests = asked(archive, "/seeded/7/")
    failed = sum(row["times"] == 2 for row in requests)
    print(f"40 files, {len(requests)} requests, {failed} of them because the first failed")
    assert all(isinstance(result, Got) for result in results)
    assert all((tmp_path / each.asset.name).read_bytes() == content(each.asset.name) for each in errands)
    assert 6 <= failed <= 18
    assert len(requests) == 40 + failed
    assert len(ledger.read(tmp_path)) == 40
    assert {row.sha256 for row in ledger.read(tmp_path).values()} == {
        hashlib.sha256(content(each.asset.name)).hexdigest() for each in errands
    }
    again = fetch_all(fetcher(door), errands)
    assert len(asked(archive, "/seeded/7/")) == len(requests), "what is here is not asked for again"
    assert all(isinstance(result, Got) and result.received is None for result in again)


def test_an_answer_that_is_always_cut_is_gone_on_with(archive: str, door: Door, tmp_path: Path) -> None:
    """Each answer brings half of the rest; the part grows by ranges and the file is right."""
    told: list[int] = []
    only = errand(archive, "cut", "half-40000.h5", tmp_path)
    (result,) = fetch_all(fetcher(door, told), [only])
    assert isinstance(result, Got)
    assert only.target.read_bytes() == content("half-40000.h5")
    ranges = [row["range"] for row in asked(archive, "half-")]
    assert ranges[0] is None
    assert ranges[1] == "bytes=20000-"
    assert sum(told) == 40_000, "progress counts each byte once"


def test_a_slow_answer_is_left_and_gone_on_with(archive: str, tmp_path: Path) -> None:
    """What drips in is cut off by our own time limit and continued; nothing is waited for without end."""
    with Door(private=True, patience=Patience(total=0.5)) as door:
        only = errand(archive, "slow", "drip-30000.h5", tmp_path)
        (result,) = fetch_all(fetcher(door), [only])
    assert isinstance(result, Got)
    assert len(asked(archive, "drip-")) >= 3


def test_busy_servers_are_waited_for_as_they_ask(archive: str, door: Door, tmp_path: Path) -> None:
    """429 with Retry-After 1: asked again, and not before a second has passed."""
    began = time.monotonic()
    (result,) = fetch_all(fetcher(door), [errand(archive, "busy", "busy-9000.h5", tmp_path)])
    assert isinstance(result, Got)
    assert 1.0 <= time.monotonic() - began < 2.5


@pytest.mark.parametrize("fault", ["page", "plainpage"])
def test_a_login_page_is_never_saved(archive: str, door: Door, tmp_path: Path, fault: str) -> None:
    """Status 200 and HTML, declared or not: refused as login-page, and neither file nor part is left."""
    (result,) = fetch_all(fetcher(door), [errand(archive, fault, f"{fault}-9000.h5", tmp_path)])
    assert isinstance(result, Failed)
    assert result.error.code == "login-page"
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".h5", ".part"}]


def test_a_refused_login_is_not_tried_for_every_file(archive: str, door: Door, tmp_path: Path) -> None:
    """Of ten files behind a login that the server refuses at most as many are asked for as there are workers."""
    errands = [errand(archive, "denied", f"locked{n}-9000.h5", tmp_path, needs="earthdata") for n in range(10)]
    results = fetch_all(fetcher(door), errands, workers=2)
    assert {result.error.code for result in results if isinstance(result, Failed)} == {"login-refused"}
    assert len(results) == 10
    assert len(asked(archive, "locked")) <= 2


def test_what_is_missing_is_named_and_the_rest_goes_on(archive: str, door: Door, tmp_path: Path) -> None:
    """404 for one of three: its name in the error, the other two are here."""
    names = [("fine", "one-9000.h5"), ("gone", "two-9000.h5"), ("fine", "three-9000.h5")]
    results = fetch_all(fetcher(door), [errand(archive, *pair, tmp_path) for pair in names])
    lost = results[1]
    assert [type(result) for result in results] == [Got, Failed, Got]
    assert isinstance(lost, Failed)
    assert lost.error.code == "not-there"
    assert "two-9000.h5" in lost.error.saw


def test_a_wrong_checksum_is_tried_once_more(archive: str, door: Door, tmp_path: Path) -> None:
    """Wrong once: the second copy is kept. Wrong twice: refused with both hashes, nothing left."""
    once, always = (errand(archive, fault, f"{fault}-50000.h5", tmp_path) for fault in ("wrong", "always-wrong"))
    good, bad = fetch_all(fetcher(door), [once, always])
    assert isinstance(good, Got)
    assert good.entry.checked == ("signature", "size", "md5")
    assert isinstance(bad, Failed)
    assert bad.error.code == "checksum"
    assert len(asked(archive, "always-wrong-")) == 2
    assert not always.target.exists()
    assert always.unfinished.size() == 0


def test_a_file_that_changed_meanwhile_is_begun_again(archive: str, door: Door, tmp_path: Path) -> None:
    """The part of another version is thrown away: no file is sewn together from two."""
    only = errand(archive, "fine", "new-60000.h5", tmp_path)
    with only.unfinished.begin(Mark(only.asset.url, '"old"', 60_000)) as stream:
        stream.write(MAGIC + b"o" * 30_000)
    (result,) = fetch_all(fetcher(door), [only])
    assert isinstance(result, Got)
    assert only.target.read_bytes() == content("new-60000.h5")
    assert [row["range"] for row in asked(archive, "new-")] == ["bytes=30008-"]


def test_a_whole_part_is_not_fetched_again(archive: str, door: Door, tmp_path: Path) -> None:
    """Killed between the last byte and the name: one byte is asked for, to know that the file is still the same."""
    only = errand(archive, "fine", "last-60000.h5", tmp_path)
    data = content("last-60000.h5")
    with only.unfinished.begin(Mark(only.asset.url, f'"{hashlib.md5(data).hexdigest()}"', 60_000)) as stream:
        stream.write(data)
    (result,) = fetch_all(fetcher(door), [only])
    assert isinstance(result, Got)
    assert [row["range"] for row in asked(archive, "last-")] == ["bytes=59999-"]


@pytest.mark.parametrize("fault", ["weak", "norange"])
def test_servers_without_versions_or_ranges_are_asked_for_the_whole(
    archive: str, door: Door, tmp_path: Path, fault: str
) -> None:
    """No ETag, or no ranges: the bytes so far are dropped, the file is fetched whole and right."""
    name = f"{fault}-60000.h5"
    only = errand(archive, fault, name, tmp_path)
    with only.unfinished.begin(Mark(only.asset.url, '"x"', None) if fault == "norange" else None) as stream:
        stream.write(content(name)[:1000])
    (result,) = fetch_all(fetcher(door), [only])
    assert isinstance(result, Got)
    assert only.target.read_bytes() == content(name)


def test_another_file_of_the_name_is_not_overwritten(archive: str, door: Door, tmp_path: Path) -> None:
    """What a person put there stays, and is named."""
    only = errand(archive, "fine", "mine-9000.h5", tmp_path)
    only.target.write_bytes(b"my own")
    (result,) = fetch_all(fetcher(door), [only])
    assert isinstance(result, Failed)
    assert result.error.code == "granule-changed"
    assert only.target.read_bytes() == b"my own"


def test_a_file_that_the_ledger_missed_is_hashed_and_entered(archive: str, door: Door, tmp_path: Path) -> None:
    """Killed between the name and the ledger: the next run enters it and fetches nothing."""
    only = errand(archive, "fine", "unlisted-9000.h5", tmp_path)
    only.target.write_bytes(content("unlisted-9000.h5"))
    (result,) = fetch_all(fetcher(door), [only])
    assert isinstance(result, Got)
    assert ledger.read(tmp_path)["unlisted-9000.h5"].checked == ("md5",)
    assert asked(archive, "unlisted-") == []


def test_a_file_that_the_ledger_missed_must_be_the_catalogues(archive: str, door: Door, tmp_path: Path) -> None:
    """Other bytes of the same size are named; where the catalogue has no checksum, nothing is said to be checked."""
    other = errand(archive, "fine", "other-9000.h5", tmp_path)
    other.target.write_bytes(b"x" * len(content("other-9000.h5")))
    unknown = errand(archive, "fine", "unknown-9000.h5", tmp_path, known=False)
    unknown.target.write_bytes(content("unknown-9000.h5"))
    first, second = fetch_all(fetcher(door), [other, unknown])
    assert isinstance(first, Failed)
    assert first.error.code == "granule-changed"
    assert isinstance(second, Got)
    assert second.entry.checked == ()


@pytest.mark.parametrize("known", [True, False])
def test_a_part_of_no_version_counts_only_with_a_checksum(
    archive: str, door: Door, tmp_path: Path, *, known: bool
) -> None:
    """A 206 without ETag and Last-Modified: begun again from zero, unless the checksum will tell."""
    name = f"nameless{known}-30000.h5"
    only = errand(archive, "unversioned", name, tmp_path, known=known)
    tag = f'"{hashlib.md5(content(name)).hexdigest()}"'
    with only.unfinished.begin(Mark(only.asset.url, tag, len(content(name)))) as stream:
        stream.write(content(name)[:1000])
    (result,) = fetch_all(fetcher(door), [only])
    assert isinstance(result, Got)
    assert only.target.read_bytes() == content(name)
    assert [row["range"] for row in asked(archive, name)] == ["bytes=1000-", *([] if known else [None])]


def test_a_torn_ledger_line_is_ended_and_nothing_else_is_lost(tmp_path: Path) -> None:
    """A line cut off by a crash is passed over; the next entry begins on a line of its own."""
    entry = ledger.Entry(
        name="a.h5", sha256="0" * 64, size=1, service="s", collection="c", made=None, url="https://x/a.h5",
        version=None, at="2024-01-01T00:00:00+00:00",
    )  # fmt: skip
    ledger.append(tmp_path, entry)
    log = tmp_path / ledger.NAME
    log.write_bytes(log.read_bytes() + entry.line()[:40])
    ledger.append(tmp_path, replace(entry, name="b.h5"))
    assert list(ledger.read(tmp_path)) == ["a.h5", "b.h5"]
    assert (tmp_path / ledger.NAME).read_bytes().count(b"\n") == 3


def test_stopping_keeps_what_is_here(archive: str, tmp_path: Path) -> None:
    """Ctrl-C: the run ends at once, the parts stay, and the next run goes on from them."""
    errands = [errand(archive, "drip", f"stop{number}-3000000.h5", tmp_path) for number in range(4)]
    with Door(private=True) as door:
        working = fetcher(door)
        count = 0

        def tell(more: int) -> None:
            nonlocal count
            count += more
            if count > 1_000_000:
                working.stop.set()

        working.tell = tell
        with pytest.raises(Stopped):
            fetch_all(working, errands, workers=2)
        kept = sum(path.stat().st_size for path in (tmp_path / FOLDER).glob("*.part"))
        assert kept >= 1_000_000
        results = fetch_all(fetcher(door), errands)
    assert all(isinstance(result, Got) for result in results)
    assert all(each.target.read_bytes() == content(each.asset.name) for each in errands)


def test_no_signature_of_an_address_is_written_down(tmp_path: Path) -> None:
    """The mark beside a part says the published address only."""
    unfinished = Unfinished(tmp_path, "x.h5")
    with unfinished.begin(Mark("https://host/x.h5", '"1"', 5)) as stream:
        stream.write(b"12345")
    assert unfinished.mark("https://host/x.h5") is not None
    assert unfinished.mark("https://other/x.h5") is None
