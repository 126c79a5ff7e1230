"""A port's image log as a table: what is read, what is refused with its line, and that writing gives it back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.core.errors import RecordError
from dateline.ledger.port_log import PortLook
from dateline.ledger.port_log_csv import read_port_log, write_port_log


def read(text: str, **names: str) -> list[PortLook]:
    return read_port_log(text.encode(), file="log.csv", place="quay", names=names)


def test_words_counts_and_times_are_read() -> None:
    """Words of people, counts of ships, plain days and instants; a negative count marks a look of no use."""
    looks = read(
        "at;seen;ships\n2023-10-20T11:01+09:00;present;\n2023-10-21;;0\n2023-10-22;;-2.5\n2023-10-23;cloudy;\n"
    )
    assert [look.seen for look in looks] == ["ships", "empty", "not observed", "not observed"]
    assert looks[0].at == datetime(2023, 10, 20, 2, 1, tzinfo=UTC)
    assert looks[1].at == date(2023, 10, 21)
    assert (looks[2].ships, looks[2].why) == (None, "marked as a look that was of no use")
    assert looks[3].why == "cloudy"
    assert len({look.image for look in looks}) == 4


def test_every_fault_is_told_at_once_with_its_line() -> None:
    """Naive times, days that are none, unknown words, counts that contradict: file, line and what is valid."""
    rows = ["2023-10-20T11:01,ships,", "2023-13-01,emty,", "2023-10-01,empty,3", "2023-10-01,,", "2023-10-02,ships,1.5"]
    with pytest.raises(RecordError) as caught:
        read("at,seen,ships\n" + "\n".join(rows) + "\n")
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [
        (2, "at"), (3, "at"), (3, "seen"), (4, "ships"), (5, "seen"), (6, "ships"),
    ]  # fmt: skip
    assert all(fault.file == "log.csv" for fault in caught.value.faults)


@pytest.mark.parametrize(
    "data",
    [b"", b"at,seen\nh\xe9,ships\n", "at,seen\n".encode("utf-16"), b"day,seen\n", b"at,image\n", b"at,seen,seen\n",
     b'at,seen\n"2023-10-01,ships\n', b"at,seen\n2023-10-01,ships,more\n", b"at,seen\n2023-10-01,ships\0\n"],
)  # fmt: skip
def test_what_is_no_such_table_is_refused(data: bytes) -> None:
    """Empty, of another encoding, of other columns, with open quotation marks: one error that names the file."""
    with pytest.raises(RecordError) as caught:
        read_port_log(data, file="log.csv", place="quay")
    assert caught.value.code == "record"


def test_the_counts_of_boats_in_the_samples(samples: Path) -> None:
    """2,589 hand counts: the one damaged date is named with its line; 366 negative counts (14 %) are no looks."""
    data = (samples / "ships" / "s2_boat_counts" / "labels.csv").read_bytes()
    names = {"at": "timestamp", "place": "lat_lon", "ships": "count"}
    with pytest.raises(RecordError) as caught:
        read_port_log(data, file="labels.csv", place="-", names=names)
    assert [fault.line for fault in caught.value.faults] == [1878]
    mended = data.replace(b"2020-04-02-,", b"2020-04-02,")
    looks = read_port_log(mended, file="labels.csv", place="-", names=names)
    assert (len(looks), sum(look.seen == "not observed" for look in looks)) == (2589, 366)
    assert len({look.place for look in looks}) == 113


plain = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
words = plain.map(str.strip).filter(lambda text: text and not text.startswith("'"))
moments = st.one_of(
    st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
share = st.one_of(st.none(), st.floats(0, 1, allow_subnormal=False).map(lambda x: round(x, 6)))


@st.composite
def looks(draw: st.DrawFn) -> PortLook:
    seen = draw(st.sampled_from(["ships", "empty", "not observed"]))
    count = {"ships": st.integers(1, 99), "empty": st.just(0), "not observed": st.none()}[seen]
    return PortLook(
        place=draw(words), berth=draw(st.none() | words), at=draw(moments), image=draw(words),
        sensor=draw(st.none() | words), covers=draw(share), usable=draw(share), seen=seen,
        why=draw(words) if seen == "not observed" else None, ships=draw(st.none() | count), by=draw(words),
        how=draw(st.sampled_from(["person", "method", "table"])), blind=draw(st.booleans()),
        simulated=draw(st.booleans()), ref=draw(st.none() | words),
    )  # fmt: skip


@given(st.lists(looks(), max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_log_that_is_written_is_read_back(given_looks: list[PortLook]) -> None:
    """Whatever the words, also those that a spreadsheet would run."""
    text = write_port_log(given_looks)
    assert read_port_log(text.encode(), file="log.csv", place="-") == given_looks
