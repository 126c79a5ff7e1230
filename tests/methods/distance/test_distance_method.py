"""The method of distances measures the straight line, lays what was printed beside it, and gives nobody away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dateline.core import UsageError, Where
from dateline.measure.ask import ask, request_of_flags
from dateline.methods import catalogue
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.distance import CARD, run

VLADIVOSTOK = Where.point(lon=131.87353, lat=43.10562, radius=1000)
USSURIYSK = Where.point(lon=131.95139, lat=43.80291, radius=1000)


def answered(place: Where, told: str | None = None, reference: Where = VLADIVOSTOK) -> Outcome:
    """The method's answer for one place."""
    roles = {
        "places": ({"u": place},), "references": ({"v": reference},), "names": ({"u": "Ussuriysk", "v": "Vladivostok"},)
    }  # fmt: skip
    return run(Inputs(roles), Parameters.of(CARD, {"told": told}), rng=np.random.default_rng(1))


def test_the_printed_distance_of_the_reporting_is_78_km_at_5_degrees() -> None:
    """98 km north was printed."""
    found = answered(USSURIYSK, "98 kilometres north of Vladivostok")
    assert found.result == "not as told"
    assert found.estimates["distance"].best == pytest.approx(77.7, abs=0.4)
    assert found.estimates["bearing"].best == pytest.approx(5.0, abs=0.4)
    assert "may be by road" in found.statement.en
    assert answered(USSURIYSK, "about 78 km north of Vladivostok").result == "as told"


def test_the_bounds_hold_what_both_ends_leave_open() -> None:
    """A kilometre at either end is two on the distance."""
    far = answered(USSURIYSK).estimates["distance"]
    assert far.high is not None
    assert far.low is not None
    assert far.high - far.low == pytest.approx(4.0, abs=0.01)


def test_two_positions_that_may_be_one_are_not_told_apart() -> None:
    """Cannot tell is an answer."""
    near = Where.point(lon=131.88, lat=43.10, radius=3000)
    assert answered(near).result == "cannot tell"


def test_words_without_a_distance_are_refused() -> None:
    """A measure that checks nothing is a mistake."""
    with pytest.raises(UsageError) as caught:
        answered(USSURIYSK, "far to the north")
    assert caught.value.code == "told"


def test_a_place_in_a_file_is_measured_from_a_position(tmp_path: Path) -> None:
    """The command line's way in: a table of places and a pasted position."""
    table = tmp_path / "places.csv"
    table.write_text("name,lat,lon\nUssuriysk,43.80291,131.95139\nDunay,42.88,132.35\n", encoding="utf-8")
    request = request_of_flags(
        catalogue.card("distance"), roles={"places": [str(table)]}, named={"references": ["43.10562, 131.87353"]},
        parameters={}, radius_km=1.0,
    )  # fmt: skip
    finding, _ = ask(request)
    assert set(finding.places) == {"ussuriysk", "dunay"}
    assert finding.places["dunay"].estimates["distance"].best == pytest.approx(46.2, abs=0.5)


def test_a_sensitive_place_is_not_measured(tmp_path: Path) -> None:
    """From two known places its distances would give it away."""
    from dateline.ledger.case import Case
    from dateline.measure.request import from_measure
    from dateline.story.samples import sample_case

    folder = sample_case(tmp_path / "case")
    (folder / "places/camera.toml").write_text(
        'schema = 1\nid = "camera"\nrole = "camera"\n\n[names]\nen = "Camera"\n\n[where]\nlon = 12.4\nlat = -42.3\n'
    )
    (folder / "measures/far.toml").write_text(
        'schema = 1\nid = "far"\nmethod = "distance"\n\n[inputs.places]\nplaces = ["camera"]\n\n'
        '[inputs.references]\nplaces = ["arden"]\n'
    )
    case = Case.load(folder)
    finding, _ = ask(from_measure(case, case.measures["far"]))
    assert finding.result == "refused"
    assert finding.reasons[0].code == "sensitive-place"
    assert not finding.estimates
