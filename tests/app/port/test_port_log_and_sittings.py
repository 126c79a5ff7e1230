"""Every image is listed and none that cannot be looked at reads as empty; sittings say in their name what they are."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dateline.app.desk import Desk
from dateline.app.ground import UNSAID, outline
from dateline.app.screens.port import sitting
from dateline.app.screens.port.activity import in_short, parameters_of
from dateline.app.screens.port.shots import berths, ports, shots_of
from dateline.core.errors import UsageError
from dateline.ledger.case import Case


def _sitting(name: str) -> sitting.Sitting:
    found = sitting.named(name)
    assert found is not None
    return found


def test_the_log_counts_what_is_here_and_what_is_not(port_case: Path) -> None:
    """Thirty pictures can be looked at, four were not bought; all are listed by time."""
    shots = shots_of(Case.load(port_case), "quayside")
    assert dict(shots.tally) == {"here": 30, "not bought": 4}
    assert len(shots.here) == 30
    assert [shot.start for shot in shots.all] == sorted(shot.start for shot in shots.all if shot.start is not None)


def test_images_whose_bytes_are_elsewhere_are_not_here(port_case: Path) -> None:
    """Without the store no image can be looked at, and none is called empty."""
    shutil.rmtree(port_case.parent / "data")
    shutil.rmtree(port_case / ".dateline", ignore_errors=True)
    shots = shots_of(Case.load(port_case), "quayside")
    assert dict(shots.tally) == {"not on this machine": 30, "not bought": 4}
    assert shots.here == ()


def test_cloudy_images_can_be_looked_at_and_undated_ones_say_so(desk: Path, made: SimpleNamespace) -> None:
    """Cloud by the record is a warning and no answer; an image without a date is of no day."""
    made.write_places(desk, ["quayside"])
    made.put_images(desk, 2, undated=True)
    made.put_cloudy(desk, 2)
    case = Case.load(desk)
    shots = shots_of(case, "quayside")
    assert dict(shots.tally) == {"here": 2, "here, cloudy": 2}
    assert [shot.at for shot in shots.all][-2:] == ["without a date"] * 2
    assert berths(case, "quayside") == ()


def test_data_that_is_no_picture_is_named_as_such(desk: Path, made: SimpleNamespace) -> None:
    """A table of numbers with the facts of an image is listed, and cannot be looked at."""
    made.write_places(desk, ["quayside"])
    made.put_data(desk)
    (shot,) = shots_of(Case.load(desk), "quayside").all
    assert (shot.state, shot.item) == ("no picture", None)


def test_ports_come_first_and_berths_are_in_no_list(port_case: Path) -> None:
    """The choice is of ports, then of other places; berths belong to their port."""
    case = Case.load(port_case)
    first, rest = ports(case)
    assert [place.id for place in first] == ["quayside"]
    assert rest == ()
    assert {place.id for place in berths(case, "quayside")} == {"east", "west"}


@pytest.mark.parametrize("kind", ["first", "second", "settle"])
def test_a_sitting_is_found_again_in_its_name(tmp_path: Path, kind: sitting.Kind) -> None:
    """Kind, sample, hidden dates and who: all that a reload needs."""
    name = sitting.begun(Desk(tmp_path, 1), "o-ana-b", kind, each=True, sample=20, undated=True)
    found = _sitting(name)
    assert (found.kind, found.each, found.sample, found.undated, found.who) == (kind, True, 20, True, "o-ana-b")
    assert sitting.named("count-20260501-ana-0a1b2c3d") is None


def test_a_second_look_is_a_sample_in_an_order_of_its_own(port_case: Path, looked: Callable[..., None]) -> None:
    """Of the images that anybody looked at, as many as asked; each sitting in its own order, after a reload too."""
    items = [f"img-{number:02d}" for number in range(30)]
    looked("ana", dict.fromkeys(items[:25], "absent"), sitting="port-1st-one-20260501-ana-0a1b2c3d")
    known = sitting.looks_at(Case.load(port_case).observations, ["quayside"])
    looks = [(item, "quayside") for item in items]
    one, other = (_sitting(f"port-2nd-one-n20-20260502-ben-{end * 8}") for end in "ab")
    drawn = sitting.to_do(one, looks, known)
    assert len(drawn) == 20
    assert set(drawn) <= set(looks[:25])
    assert drawn == sitting.to_do(one, looks, known)
    assert drawn not in {sitting.to_do(other, looks, known), tuple(sorted(drawn))}


def test_a_first_look_leaves_out_what_this_person_has_looked_at(port_case: Path, looked: Callable[..., None]) -> None:
    """New images are looked at, old ones are not asked for again; what others looked at is."""
    looked("ana", {"img-00": "present"}, sitting="port-1st-one-20260501-ana-0a1b2c3d")
    looked("ben", {"img-01": "present"}, sitting="port-1st-one-20260501-ben-0a1b2c3d")
    known = sitting.looks_at(Case.load(port_case).observations, ["quayside"])
    new = _sitting("port-1st-one-20260502-ana-0000aaaa")
    looks = [("img-00", "quayside"), ("img-01", "quayside")]
    assert sitting.to_do(new, looks, known) == (("img-01", "quayside"),)


def test_an_unfinished_sitting_is_offered_again(port_case: Path, looked: Callable[..., None]) -> None:
    """To who began it, until it is ended."""
    looked("ana", {"img-00": "present"}, sitting="port-1st-one-20260501-ana-0a1b2c3d", ended=False)
    looked("ana", {"img-01": "present"}, sitting="port-1st-one-20260502-ana-0a1b2c3d")
    case = Case.load(port_case)
    assert [one.name for one, _ in sitting.open_sittings(case, "ana", ["quayside"])] == [
        "port-1st-one-20260501-ana-0a1b2c3d"
    ]
    assert sitting.open_sittings(case, "ben", ["quayside"]) == ()


def test_the_outline_lies_where_the_grid_puts_it(port_case: Path, made: SimpleNamespace) -> None:
    """The corners of a berth in columns and rows; a picture without a georeference says that it has none."""
    place = Case.load(port_case).places["east"]
    found = outline(made.grid(), place)
    columns = [x for x, _ in found["rings"][0]]
    assert sum((min(columns), max(columns))) / 2 == pytest.approx(100, abs=0.5)
    assert found["inside"] is True
    assert found["quay"] == [[90.0, 40.0], [90.0, 60.0]]
    assert outline(made.grid(west=-110.0), place)["inside"] is False
    assert outline(None, place) == {"rings": [], "quay": [], "inside": None, "why": UNSAID}


def test_the_line_in_short_bounds_what_is_possible() -> None:
    """34 of 61 usable days, 112 not seen: from 34 to 146 days of 173."""
    counts = {"days": 173, "observed": 61, "with_ships": 34, "empty": 27, "partly_seen_with_ships": 0}
    finding: Any = SimpleNamespace(values={"counts": counts})
    assert in_short(finding) == "ships on 34 of 61 usable days; 112 not seen; possible 34\N{EN DASH}146"
    assert in_short(SimpleNamespace(values={})) == ""


@pytest.mark.parametrize(("key", "text"), [("first_day", "yesterday"), ("since", "2024-13-01"), ("utc_offset", "+25")])
def test_a_window_that_is_none_is_refused(key: str, text: str) -> None:
    """With what to write instead."""
    with pytest.raises(UsageError) as error:
        parameters_of({key: text})
    assert error.value.saw == text


def test_a_window_is_read_and_blanks_are_left_out() -> None:
    """Only what somebody said becomes a parameter."""
    assert parameters_of({"first_day": " 2024-03-01", "last_day": "", "utc_offset": "9"}) == {
        "first_day": "2024-03-01",
        "utc_offset": 9.0,
    }
