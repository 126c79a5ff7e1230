"""`pattern_match`: features with known values, ranks, a ratio that is calibrated, and when nothing can be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dateline.core.errors import UsageError
from dateline.imagery.shapes import Line, Pattern
from dateline.measure.gather.shapes import simulated
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.pattern_match import CARD, run
from dateline.methods.pattern_match.compare import unrelated_of
from dateline.methods.pattern_match.distance import differences, distance, spreads
from dateline.methods.pattern_match.features import features
from dateline.methods.pattern_match.pieces import halves, piece
from dateline.methods.pattern_match.ratio import Scores, likelihood_ratio, ranked
from dateline.simulate.fieldworks import FAMILIES, Template, layout

ZIGZAG = Template(family="zigzag", leg=12, step=5, turn=1.0, spacing=30, lines=3, width=1.5)
OTHER = Template(family="revetments", leg=14, step=8, turn=0.5, spacing=45, lines=2, width=3.5)


def site(of: Template, seed: int, name: str = "site", **more: Any) -> Pattern:
    lines = layout(of, np.random.default_rng(seed), **({"jitter": 0.15} | more))
    return Pattern(id=name, name=name, lines=tuple(Line(points, of.width) for points in lines), simulated=True)


def ask(first: Pattern, second: Pattern, *, made: int = 40, **more: tuple[Pattern, ...]) -> Outcome:
    roles = {"first": (first,), "second": (second,), **simulated(made, seed=1, length=first.length), **more}
    return run(Inputs(roles), Parameters.of(CARD, {"made": made}), rng=np.random.default_rng(1))


def test_a_regular_zigzag_has_its_own_numbers() -> None:
    """Legs of 12 m, turns of 1 rad against each other, a wavelength of two legs, lines 30 m apart, 1.5 m wide."""
    found = features(site(ZIGZAG, 1, jitter=1e-6).lines)
    assert np.exp(found.legs) == pytest.approx(12, rel=1e-3)
    assert found.turns == pytest.approx(1.0, abs=1e-3)
    assert found.alternation == 1
    assert found.wavelength is not None
    assert np.exp(found.wavelength) == pytest.approx(24, abs=1.5)
    assert found.width is not None
    assert np.exp(found.width) == pytest.approx(1.5)
    assert found.traverse is not None
    assert np.exp(found.traverse) == pytest.approx(12, rel=0.01)


def test_straight_lines_have_no_wavelength_and_combs_have_junctions() -> None:
    """What a layout has none of is None, and ends that meet a line are told."""
    line = Line(np.array([[0.0, 0.0], [50.0, 0.1], [100.0, 0.0]]))
    found = features((line,))
    assert (found.wavelength, found.traverse, found.spacing, found.width) == (None, None, None, None)
    tee = features((line, Line(np.array([[50.0, 1.0], [50.0, 30.0]]))))
    assert tee.junctions == pytest.approx(0.25)


def test_features_do_not_depend_on_where_a_layout_lies_or_how_it_is_turned() -> None:
    """A layout turned and moved has the distance nought from itself."""
    whole = site(ZIGZAG, 2)
    turned = tuple(Line(line.points @ np.array([[0.0, 1.0], [-1.0, 0.0]]) + 300, line.width) for line in whole.lines)
    apart = differences(features(whole.lines), features(turned))
    assert np.nanmax(apart) < 1e-6


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_can_be_drawn_and_compared(family: str) -> None:
    """No family fails for want of turns or lines."""
    of = Template(family=family, leg=12, step=5, turn=0.8, spacing=30, lines=2, width=2)
    assert np.isfinite(features(site(of, 3).lines).legs).all()


def test_pieces_are_as_long_as_asked_and_halves_make_a_whole() -> None:
    """Cut by length; nothing is lost and nothing is made."""
    whole = site(ZIGZAG, 4)
    part = piece(whole.lines, 150, np.random.default_rng(1))
    assert sum(line.length for line in part) == pytest.approx(150)
    one, other = halves(whole)
    lengths = [sum(line.length for line in half) for half in (one, other)]
    assert lengths[0] == pytest.approx(whole.length / 2, rel=0.01)
    assert sum(lengths) == pytest.approx(whole.length)


def test_the_ratio_is_that_of_known_distributions() -> None:
    """Log distances of two normal laws with one spread: the logistic line finds their ratio."""
    rng = np.random.default_rng(2)
    same, apart = np.exp(rng.normal(-0.7, 0.3, 200)), np.exp(rng.normal(0, 0.3, 1000))
    of = np.stack([np.arange(1000) % 40, (np.arange(1000) * 7 + 1) % 40], axis=1)
    found = likelihood_ratio(Scores(same, apart, of), float(np.exp(-0.5)), 0.9, rng)
    true = np.exp((0.5**2 - 0.2**2) / 2 / 0.09)
    assert found.low < true < found.high
    assert found.best == pytest.approx(true, rel=0.25)
    assert ranked(0.5, [0.4, 0.5, 0.9]) == 3


def test_layouts_of_one_template_rank_high_and_others_do_not() -> None:
    """The ratio's interval lies over one for the first and under one for the second; the words never say a match."""
    alike = ask(site(ZIGZAG, 5, "A"), site(ZIGZAG, 6, "B"))
    assert alike.result == "more alike"
    assert alike.values["ranks"]["from_first"] <= 3
    low = alike.estimates["likelihood_ratio"].low
    assert low is not None
    assert low > 1
    assert "match" not in alike.statement.en
    assert "does not say who built them" in alike.statement.en
    assert {note.code for note in alike.caveats} >= {"one-manual", "made-unrelated", "simulated"}
    unlike = ask(site(ZIGZAG, 5, "A"), site(OTHER, 7, "C"))
    assert unlike.result == "less alike"
    assert unlike.values["ranks"]["from_first"] > 10


def test_too_little_too_few_and_the_same_are_not_compared() -> None:
    """Short lines and few unrelated layouts cannot tell; the same lines twice are refused; so are two files."""
    whole = site(ZIGZAG, 8, "A")
    short = Pattern(id="s", name="short", lines=(Line(np.array([[0.0, 0.0], [30.0, 0.0], [60.0, 9.0]])),))
    assert ask(whole, short).reasons[0].code == "too-little"
    few = ask(whole, site(ZIGZAG, 9, "B"), made=5)
    assert (few.result, few.reasons[0].code) == ("cannot tell", "few-unrelated")
    assert ask(whole, whole).reasons[0].code == "same-lines"
    with pytest.raises(UsageError, match="one file"):
        run(
            Inputs({"first": (whole, short), "second": (whole,)}), Parameters.of(CARD, {}), rng=np.random.default_rng(1)
        )


def test_real_unrelated_layouts_are_cut_to_the_same_length() -> None:
    """Of few long ones several pieces are taken; the asked-about site itself is not among them."""
    rng = np.random.default_rng(3)
    long = [site(of, seed, length=600.0) for seed, of in enumerate((ZIGZAG, OTHER), 20)]
    found = unrelated_of(long, 200, rng)
    assert found.of.count(0) == found.of.count(1) == 5
    unit = spreads(found.features)
    assert 0 <= distance(found.features[0], found.features[1], unit) <= 3
