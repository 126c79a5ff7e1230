"""Days with ships: the rule for a day, contradictions, guards, comparisons, and that no unknown becomes a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from port_looks import FIRST, ask, look, row

from dateline.core.errors import Refusal, UsageError
from dateline.core.when import When
from dateline.ledger.port_log_csv import read_port_log
from dateline.methods.port_activity.compare import Repeats

BUSY = "seensse.nsseees.ssne.eessnnesse..ssseenesse"


def codes(outcome: object) -> set[str]:
    return {note.code for note in (*outcome.caveats, *outcome.reasons)}


def test_days_with_ships_of_days_observed() -> None:
    """Counts, the sentence with its denominator, and the footnote with days not observed and why."""
    found = ask(row(BUSY), level=0.95)
    assert found.result == "ships seen"
    counts = found.values["counts"]
    assert counts["with_ships"] == BUSY.count("s")
    assert counts["observed"] == BUSY.count("s") + BUSY.count("e")
    assert counts["not_observed"] == BUSY.count("n") + BUSY.count(".")
    assert f"{BUSY.count('s')} of the {counts['observed']} days" in found.statement.en
    assert f"cloud ({BUSY.count('n')})" in found.values["footnote"]
    assert f"no image is known ({BUSY.count('.')})" in found.values["footnote"]
    assert {row_["state"] for row_ in found.rows} == {"ships", "empty", "not observed"}
    days = found.estimates["ship_days"]
    assert BUSY.count("s") <= days.low <= days.best <= days.high <= len(BUSY) - BUSY.count("e")


def test_ships_in_one_look_make_a_day_with_ships() -> None:
    """Present in the morning and gone in the afternoon is no contradiction: a day with ships, and a departure."""
    found = ask([look(0.1, "s"), look(0.3, "e"), look(1.1, "e")])
    assert found.values["counts"]["with_ships"] == 1
    (left,) = found.values["departures"]
    assert When.from_json(left) == When.bracket(look(0.1, "s").at, look(0.3, "e").at)
    assert "disputed" not in codes(found)


def test_those_who_disagree_on_one_image_are_shown_and_not_averaged() -> None:
    """The day is counted apart; the lower bound takes it as empty, the upper as a day with ships."""
    looks = [*row("sseeesseeesse"), look(2.125, "s", by="bo", blind=True)]
    found = ask(looks, level=0.9)
    assert found.values["counts"]["disputed"] == 1
    assert "disputed" in codes(found)
    without, with_ships = ask(row("sseeesseeesse")), ask(row("ssseesseeesse"))
    share = found.estimates["share"]
    assert share.low == without.estimates["share"].low
    assert share.high == with_ships.estimates["share"].high
    assert "disagree" in found.statement.en
    assert found.rows[2]["state"] == "disputed"


def test_one_person_who_says_both_of_one_image_is_disputed() -> None:
    """The same image twice with contradictory states, by the same hand."""
    found = ask([*row("seses"), look(1.125, "s")])
    assert found.values["counts"]["disputed"] == 1


def test_a_duplicated_pass_counts_once_and_is_named() -> None:
    """Two frames of one pass, and one look given twice."""
    found = ask([*row("seese"), look(0.126, "s", image="I0b"), look(1.125, "e")])
    assert found.values["counts"]["passes"] == 5
    assert {"duplicated-pass", "duplicated-look"} <= codes(found)


def test_who_could_see_counts_beside_who_could_not() -> None:
    """One person saw ships, another nothing for haze: ships, and it is said."""
    found = ask([*row("neee"), look(0.125, "s", by="bo")])
    assert found.values["counts"]["with_ships"] == 1
    assert "one-could-not-see" in codes(found)


def test_too_little_in_sight_is_not_observed() -> None:
    """An empty look at a tenth of the place is no empty day; a ship in it is told and in neither count."""
    part = {"covers": 0.5, "usable": 0.2}
    found = ask([*row("se..se"), look(2.1, "e", **part), look(3.1, "s", **part)])
    assert [row_["state"] for row_ in found.rows][2:4] == ["not observed", "ships, partly seen"]
    assert "partly-seen" in codes(found)
    assert found.values["counts"]["observed"] == 4


def test_a_port_is_empty_only_when_every_berth_was_seen() -> None:
    """One berth empty and the other under cloud is not observed; each berth has its own answer."""
    looks = [
        *(replace(one, berth="east") for one in row("eeeesse")),
        *(replace(one, berth="west") for one in row("esneene")),
    ]
    found = ask(looks)
    assert [row_["state"] for row_ in found.rows] == [
        "empty", "ships", "not observed", "empty", "ships", "ships, partly seen", "empty",
    ]  # fmt: skip
    assert set(found.places) == {"east", "west"}
    assert found.places["west"].values["counts"]["observed"] == 5


def test_the_day_is_the_day_at_the_place() -> None:
    """Eleven at night in UTC is the next morning nine hours east."""
    found = ask([look(0.97, "s"), look(2.1, "e"), look(3.1, "e")], utc_offset=9)
    assert found.rows[0]["day"] == (FIRST + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("signs", "code"), [("nnn", "nothing-observed"), ("n.s.n", "one-day"), ("e", "one-day")]
)  # fmt: skip
def test_too_little_cannot_tell_and_prints_no_estimate(signs: str, code: str) -> None:
    """Nothing observed, or one day only: the reason, and no number that rests on it."""
    found = ask(row(signs))
    assert found.result == "cannot tell"
    assert [note.code for note in found.reasons] == [code]
    assert not found.estimates
    assert "footnote" in found.values


def test_a_period_without_looks_cannot_tell() -> None:
    """Every day of it is not observed, for no image of it is known."""
    found = ask(row("sese"), first_day="2022-01-01", last_day="2022-01-31")
    assert (found.result, found.reasons[0].code) == ("cannot tell", "no-look")
    assert {row_["why"] for row_ in found.rows} == {"no image is known"}


def test_an_empty_log_and_bad_days_are_refused() -> None:
    """Usage errors that name what was seen."""
    with pytest.raises(UsageError, match="empty"):
        ask([])
    for wrong in (
        {"first_day": "soon"},
        {"first_day": "2022-01-02", "last_day": "2022-01-01"},
        {"since": "2030-01-01"},
    ):
        with pytest.raises(UsageError) as caught:
            ask(row(BUSY), **wrong)
        assert caught.value.code == "date"


def test_several_places_and_impossible_eyes_are_refused() -> None:
    """A log of two ports; a detection below the false alarm; second looks that there are none of."""
    with pytest.raises(Refusal) as caught:
        ask([*row("ss"), *row("ee", place="other")])
    assert caught.value.code == "several-places"
    assert ask([*row("ses"), *row("ee", place="other")], place="quay").values["counts"]["observed"] == 3
    for eye in ({"detection": 0.1, "false_alarm": 0.2}, {"from_repeats": True}):
        with pytest.raises(Refusal) as caught:
            ask(row(BUSY), **eye)
        assert caught.value.code == "detection"


def test_no_ship_seen_has_a_bound_and_not_a_zero() -> None:
    """The rule-of-three bound, larger where ships stay."""
    found = ask(row("e" * 30), level=0.95)
    assert found.result == "no ship seen"
    assert "at most 9.5 %" in found.statement.en
    bounds = [one["percent"] for one in found.values["at_most_percent"]["if_ships_stay"]]
    assert 9 < bounds[0] < bounds[1] < bounds[2]


def test_the_bound_of_no_ship_seen_heeds_what_a_look_misses() -> None:
    """A look that shows every second ship bounds the share half as well, for independent days and where ships stay."""
    every, half = ask(row("e" * 30), level=0.95), ask(row("e" * 30), level=0.95, detection=0.5)
    assert "at most 19.0 %" in half.statement.en
    bounds = zip(
        every.values["at_most_percent"]["if_ships_stay"], half.values["at_most_percent"]["if_ships_stay"], strict=True
    )
    assert all(more["percent"] > one["percent"] for one, more in bounds)
    before = ask(row("e" * 30 + "s" * 30), level=0.95, detection=0.5, since="2021-03-31").values["before_after"]
    assert before["before_at_most_percent"] == 19.0


def test_a_corrected_share_heeds_that_ships_stay() -> None:
    """Long spells are worth fewer days, so the corrected share is as much wider as the share at those days."""
    found = ask(row("s" * 15 + "e" * 15 + "s" * 15 + "e" * 15), detection=0.9).estimates
    low, high = (found["share_dependent"].low, found["share_dependent"].high)
    assert (found["share_corrected"].low, found["share_corrected"].high) == pytest.approx(
        (low / 0.9, min(100, high / 0.9))
    )
    assert high - low > 1.3 * (found["share"].high - found["share"].low)


def test_a_name_of_many_images_is_no_name_of_one() -> None:
    """A log that calls each image "PlanetScope" keeps its days; two who differ on one image's time are one image."""
    found = ask(row("seesese", image="PlanetScope"))
    assert found.values["counts"]["observed"] == 7
    assert "image-name-shared" in codes(found)
    apart = ask([*row("see"), look(1.5, "e", image="I0.125", by="bo")])
    assert apart.values["counts"]["observed"] == 3
    assert "one-image-two-times" in codes(apart)


def test_false_alarms_alone_cannot_tell() -> None:
    """Two of forty days with ships is what one false alarm in twenty looks gives of an empty port."""
    found = ask(row("e" * 19 + "s" + "e" * 19 + "s"), false_alarm=0.05)
    assert (found.result, found.reasons[0].code) == ("cannot tell", "false-alarms")


def test_what_the_looks_cannot_exclude_has_no_upper_bound() -> None:
    """Looks a week apart say nothing of the number of visits but that they are not fewer; long spells bound both."""
    rng = np.random.default_rng(2)
    found = ask([look(7 * week, "se"[int(rng.random() < 0.5)]) for week in range(40)])
    assert found.estimates["visits"].high is None
    assert found.estimates["mean_stay"].low is None
    assert "short-stays" in codes(found)
    spells = ask(row(("s" * 12 + "e" * 9) * 5))
    assert spells.estimates["visits"].low == 5
    assert spells.estimates["visits"].high < 12
    assert spells.values["visits_attested"] == 5


def test_stays_that_are_all_alike_are_within_the_bounds() -> None:
    """A ship for three days, none for four, every second day looked at: 17 visits of three days are not excluded."""
    days = "ssseeee" * 17
    found = ask(row("".join(sign if at % 2 == 0 else "." for at, sign in enumerate(days)))).estimates
    assert found["visits"].low is not None
    assert found["visits"].low <= 17 <= (found["visits"].high or 99)
    assert found["mean_stay"].high is not None
    assert found["mean_stay"].high >= 3


def test_before_and_after_at_equal_effort() -> None:
    """Counts per observed day, the bound of an empty time before, and the season said."""
    found = ask(row("e" * 40 + "ssees" * 10), since=(FIRST + timedelta(days=40)).isoformat(), level=0.95)
    told = found.values["before_after"]
    assert told["before"] == {"observed": 40, "ships": 0, "disputed": 0}
    assert told["before_at_most_percent"] == pytest.approx(7.2, abs=0.05)
    assert found.estimates["difference"].low > 0
    assert "season-differs" in codes(found)


def test_a_trend_needs_more_than_a_few_long_spells() -> None:
    """Four spells that lengthen are no trend where ships stay; a rise over many short ones is."""
    rng = np.random.default_rng(5)
    rising = "".join("s" if rng.random() < 0.1 + 0.8 * day / 200 else "e" for day in range(200))
    found = ask(row(rising))
    assert found.values["trend"]["p"] < 0.05
    assert found.estimates["trend"].low > 0
    long = ask(row("e" * 30 + "s" * 10 + "e" * 20 + "s" * 30))
    assert long.values["trend"]["p"] > 3 * long.values["trend"]["p_if_days_independent"]


def test_clear_days_are_tested_where_radar_saw_both() -> None:
    """Ships only under clear sky: the difference is told; without radar it is said to be untested."""
    looks = []
    for day in range(40):
        clear = day % 2 == 0
        ships = clear and day % 4 == 0
        looks.append(look(day + 0.1, "s" if ships else "e", sensor="Sentinel-1", image=f"R{day}"))
        looks.append(look(day + 0.2, ("s" if ships else "e") if clear else "n", sensor="Sentinel-2", image=f"O{day}"))
    found = ask(looks)
    assert found.values["clear_days"]["clear_with_ships"] == 10
    assert found.values["clear_days"]["cloudy_with_ships"] == 0
    assert "clear-days-differ" in codes(found)
    assert "clear-days-untested" in codes(ask(row(BUSY)))


def test_uneven_effort_is_said() -> None:
    """A busy month that was looked at daily beside quiet ones looked at weekly: the share of even months is told."""
    signs = "".join(("s" if day < 31 else "e") if day < 31 or day % 7 == 0 else "." for day in range(92))
    assert "uneven-effort" in codes(ask(row(signs)))


def test_a_blind_second_look_gives_kappa_and_detection() -> None:
    """Agreement beyond chance by hand: 20 both, 5 one of the two, 15 neither."""
    first = "s" * 20 + "s" * 5 + "e" * 15
    second = "s" * 20 + "e" * 5 + "e" * 15
    looks = [*row(first), *row(second, by="bo", blind=True)]
    found = ask(looks)
    told = found.values["second_look"]
    assert (told["both"], told["one"], told["neither"]) == (20, 5, 15)
    chance = (25 * 20 + 15 * 20) / 40**2
    assert told["kappa"] == pytest.approx((35 / 40 - chance) / (1 - chance))
    assert "share_corrected" in ask(looks, from_repeats=True).estimates


def test_the_detection_of_second_looks_covers_the_truth() -> None:
    """With chance 0.5 to see a ship, 90 % intervals from 30 images with ships hold it in nearly 90 % of cases."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(2000):
        seen = rng.random((30, 2)) < 0.5
        found = Repeats(int(seen.all(axis=1).sum()), int((seen.sum(axis=1) == 1).sum()), 0, None).detection
        assert found is not None
        held += found[1] <= 0.5 <= found[2]
    assert held / 2000 > 0.88


def test_the_log_comes_back_as_a_table() -> None:
    """The artifact holds every look of the window, and reads back."""
    looks = row(BUSY)
    (made,) = ask(looks).artifacts
    assert read_port_log(made.data, file="port_log.csv", place="-") == looks


def test_simulated_looks_notes_and_programs_are_told() -> None:
    """What the gatherer could not use, who decided, and that it is no real port."""
    looks = row(BUSY, simulated=True, how="method", by="a-finding")
    found = ask(looks, notes=(("undated-image", "I9: no date"),))
    assert {"undated-image", "simulated", "by-program"} <= codes(found)


def test_one_answer_for_one_seed() -> None:
    """Figures do not move between two runs."""
    assert ask(row(BUSY)).estimates == ask(row(BUSY)).estimates


def test_a_plain_day_and_an_instant_are_not_the_same_clock() -> None:
    """Mixed, they are taken and said to be mixed."""
    found = ask([*row("sese"), look(9, "e", at=date(2021, 3, 10))])
    assert "mixed-days" in codes(found)
