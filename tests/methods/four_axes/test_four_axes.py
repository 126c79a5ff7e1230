"""Positions are what the evidence carries; people lower them, never raise them; looks carry nothing."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from dateline.core.errors import Refusal
from dateline.core.where import Where
from dateline.evidence.item import Item
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding, InputRef, Statement
from dateline.ledger.items import ItemRecord
from dateline.ledger.media_item import MediaItem
from dateline.ledger.verification import LADDERS
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.four_axes import CARD, run
from dateline.methods.four_axes.ground import Spot

HEAD = 'id = "m"\ntitle = "A clip"\ntype = "video"\nsaid_to_show = "soldiers"\n'
THREE = (
    'method = "side by side"\nradius = 50\nplaces = ["s"]\n'
    'features = [{what = "tower"}, {what = "gate"}, {what = "silo"}]\nevidence = ["map"]\n'
)
SPOTS = (Spot("s", "Sergeyevka", Where.point(lon=131.66, lat=44.34, radius=100)),)


def media(text: str, name: str = "m") -> MediaItem:
    return MediaItem.model_validate(tomllib.loads(HEAD.replace('"m"', f'"{name}"') + text))


def ask(text: str, **more: Any) -> Outcome:
    roles = {"media": (media(text),), "sites": SPOTS, **more}
    return run(Inputs(roles), Parameters.of(CARD, {}), rng=np.random.default_rng(1))


def state(outcome: Outcome, axis: str) -> str:
    return str(outcome.values[axis]["position"])


def codes(outcome: Outcome) -> set[str]:
    return {note.code for note in outcome.caveats}


def finding(method: str, result: str, name: str = "f", **values: Any) -> Finding:
    said = Statement(key="x.y", en="x")
    return Finding(
        schema=1, id=name, method=method, method_version="1", question="?", result=result, statement=said,
        values=values, input_key="k",
    )  # fmt: skip


def claim(name: str, key: str, **more: Any) -> Claim:
    told = {"id": name, "speaker": "x", "said": "2024-10-20", "stance": "asserts", "statement": "s"}
    return Claim.model_validate({**told, "origin": {"key": key, "method": "eyewitness"}, **more})


def file(name: str = "file") -> ItemRecord:
    told = {
        "id": name, "name": "clip.mp4", "sha256": "0" * 64, "bytes": 9, "media_type": "video/mp4", "by": "mk",
        "collected": datetime(2024, 11, 1, 10, tzinfo=UTC), "origin": {"how": "file", "file": "clip.mp4"},
        "licence": {"name": "none"},
    }  # fmt: skip
    return ItemRecord(id=name, item=Item.model_validate(told))


def test_nothing_known_is_the_first_rung_everywhere() -> None:
    """No step, no evidence: cannot tell, and what each axis would need."""
    outcome = ask("")
    assert outcome.result == "cannot tell"
    assert [state(outcome, axis) for axis in LADDERS] == ["unknown", "unknown", "not_examined", "attributed"]
    assert {text.split(":")[0] for text in outcome.needed} == set(LADDERS)


def test_three_independent_features_match_and_a_blind_second_person_confirms() -> None:
    """Two, or three of one building, do not; a second person who knew the answer does not confirm."""
    step = '[location]\nstate = "confirmed"\nby = "mk"\nreviewer = "fox"\n'
    assert state(ask(step + THREE), "location") == "matched"
    confirmed = ask(step + "blind = true\n" + THREE)
    assert state(confirmed, "location") == "confirmed"
    assert confirmed.values["location"]["statement"]["en"] == "verified to have been filmed at Sergeyevka"
    two = THREE.replace(', {what = "silo"}', "")
    one_house = THREE.replace('"gate"', '"gate", part_of = "tower"')
    for text in (two, one_house):
        outcome = ask(step + "blind = true\n" + text)
        assert state(outcome, "location") == "candidate"
        assert "set-higher" in codes(outcome)
        assert "one more independent feature" in " ".join(outcome.values["location"]["needed"])


def test_a_camera_position_with_its_region_is_a_match_and_several_places_are_not() -> None:
    """The finding is read by its result, whatever method made the picture of it."""
    step = '[location]\nstate = "matched"\nby = "mk"\nplaces = ["s"]\nfindings = ["f"]\n'
    camera = {"kind": "region", "artifact": "camera"}
    assert state(ask(step, findings=(finding("camera_position", "located", camera=camera),)), "location") == "matched"
    for result in ("several places", "cannot tell", "refused"):
        found = (finding("camera_position", result, camera=camera),)
        assert state(ask(step, findings=found), "location") != "matched"


def test_people_may_only_lower() -> None:
    """Set lower, it stands lower with a caveat; set higher, the evidence stands."""
    low = ask('[[location]]\nstate = "matched"\nby = "mk"\n' + THREE + '[[location]]\nstate = "candidate"\nwhy = "w"\n')
    assert state(low, "location") == "candidate"
    assert low.values["location"]["carried"] == "matched"
    assert "lowered" in codes(low)
    high = ask('[authenticity]\nstate = "original_obtained"\n')
    assert state(high, "authenticity") == "not_examined"
    assert "set-higher" in codes(high)


def test_after_a_step_down_only_new_evidence_carries_it_up_again() -> None:
    """The reviewer withdrew: to say confirmed again takes another second look; features of another place do not add."""
    first = '[[location]]\nstate = "confirmed"\nby = "mk"\nreviewer = "fox"\nblind = true\n' + THREE
    down = '[[location]]\nstate = "matched"\nwhy = "fox withdrew"\n'
    assert state(ask(first + down), "location") == "matched"
    again = '[[location]]\nstate = "confirmed"\nby = "mk"\nreviewer = "owl"\n' + THREE
    assert state(ask(first + down + again), "location") == "matched"
    assert state(ask(first + down + again + "blind = true\n"), "location") == "confirmed"
    elsewhere = '[[location]]\nstate = "matched"\nby = "mk"\nplaces = ["t"]\nfeatures = [{what = "door"}]\n'
    matched = first.replace("confirmed", "matched").replace('reviewer = "fox"\nblind = true\n', "")
    assert state(ask(matched + elsewhere), "location") == "candidate"
    both = THREE.replace('["s"]', '["s", "t"]')
    assert state(ask('[location]\nstate = "matched"\nby = "mk"\n' + both), "location") == "candidate"


def test_time_is_bounded_by_a_post_and_narrowed_by_evidence_of_both_ends() -> None:
    """A post sets the last end; a capture-time finding with both ends narrows; evidence that clashes is told."""
    posted = 'posted = "2024-10-18"\n'
    assert state(ask(posted), "time") == "bounded"
    step = '[time]\nstate = "narrowed"\nby = "mk"\nfindings = ["f"]\n'
    both = {"kind": "when", "sets": [["2024-10-03", "2024-10-18"]]}
    narrowed = ask(posted + step, findings=(finding("capture_time", "narrowed", captured=both),))
    assert state(narrowed, "time") == "narrowed"
    assert "between 3 and 18 October 2024" in narrowed.values["time"]["statement"]["en"]
    later = {"kind": "when", "sets": [["2024-11-03", "2024-11-18"]]}
    assert "times-clash" in codes(ask(posted + step, findings=(finding("sun_shadow", "times", times=later),)))


def test_the_file_needs_examinations_with_their_power_and_recycled_needs_an_earlier_copy() -> None:
    """Without the file, or with metadata that contradict themselves, no sign of alteration is no finding."""
    checks = 'checks = [{what = "recompression", found = "none", power = "misses careful edits"}]\n'
    step = f'items = ["file"]\n[authenticity]\nstate = "no_alteration_found"\nby = "mk"\nfindings = ["f"]\n{checks}'
    assert state(ask(step, items=(file(),)), "authenticity") == "no_alteration_found"
    assert state(ask(step), "authenticity") == "not_examined"
    doubt = (finding("metadata", "contradicts itself"),)
    assert state(ask(step, items=(file(),), findings=doubt), "authenticity") == "not_examined"
    fine = (finding("metadata", "no contradiction found"),)
    assert state(ask(step, items=(file(),), findings=fine), "authenticity") == "no_alteration_found"
    old = '[authenticity]\nstate = "recycled"\nwhy = "w"\nfindings = ["f"]\n'
    assert state(ask(old, findings=(finding("copies", "copies", recycled=[]),)), "authenticity") == "not_examined"
    earlier = (finding("copies", "copies", recycled=[{"media": "m", "earlier_media": "n"}]),)
    outcome = ask(old, findings=earlier)
    assert (state(outcome, "authenticity"), outcome.result) == ("recycled", "against")


def test_independent_sources_are_counted_back_to_who_knows() -> None:
    """Two claims of one origin are one source; two origins corroborate; a denial supports nothing."""
    step = '[depiction]\nstate = "corroborated"\nby = "mk"\nclaims = ["A", "B"]\n'
    one = ask(step, claims=(claim("A", "k"), claim("B", "k")))
    assert state(one, "depiction") == "attributed"
    two = ask(step, claims=(claim("A", "k"), claim("B", "l")))
    assert state(two, "depiction") == "corroborated"
    assert "2 independent sources" in two.values["depiction"]["statement"]["en"]
    denied = ask(step, claims=(claim("A", "k"), claim("B", "l", stance="denies")))
    assert state(denied, "depiction") == "attributed"
    assert "denial" in codes(denied)


def test_marks_count_when_they_could_be_seen_and_words_when_two_linguists_agree() -> None:
    """Too small to identify, unmeasured, or translated by one person: named, and left out."""
    step = '[depiction]\nstate = "consistent"\nby = "mk"\nmarks = ["a"]\n'

    def with_mark(more: str) -> Outcome:
        return ask(f'marks = [{{id = "a", what = "a box", kind = "text", task = "identify"{more}}}]\n{step}')

    assert state(with_mark(", size = 20"), "depiction") == "consistent"
    for more, code in (
        (", size = 12", "too-small"),
        ("", "size-unknown"),
        (', size = 20, original = "x", translation = "y"', "one-linguist"),
    ):
        outcome = with_mark(more)
        assert state(outcome, "depiction") == "attributed"
        assert code in codes(outcome)


def test_speech_counts_where_it_is_heard() -> None:
    """A stretch with words fits; one without is told."""
    rows = 'transcript = [{start = 1, end = 4, original = "x"}]\n'
    step = '[depiction]\nstate = "consistent"\nheard = [{start = 0, end = 5}]\n'
    assert state(ask(rows + step), "depiction") == "consistent"
    assert "nothing-heard" in codes(ask(rows + step.replace("start = 0, end = 5", "start = 10, end = 15")))


def test_looks_alone_are_refused_and_beside_evidence_left_out() -> None:
    """The method refuses what the ledger would have refused, should a record come another way."""
    fine = media('[depiction]\nstate = "consistent"\nbasis = ["appearance", "speech"]\n')
    alone = fine.model_copy(update={"depiction": (fine.depiction[0].model_copy(update={"basis": ("appearance",)}),)})
    with pytest.raises(Refusal) as caught:
        run(Inputs({"media": (alone,)}), Parameters.of(CARD, {}), rng=np.random.default_rng(1))
    assert caught.value.code == "appearance"
    beside = ask('[depiction]\nstate = "consistent"\nbasis = ["appearance", "speech"]\n')
    assert state(beside, "depiction") == "attributed"
    assert "appearance" in codes(beside)


def test_items_of_one_place_lie_no_further_apart_than_their_errors() -> None:
    """The distance carries both errors; two that are said to be of one place and are 14 km apart clash."""
    far = Spot("far", "Elsewhere", Where.point(lon=131.66, lat=44.47, radius=100))
    other = media('places = ["far"]\n', "n")
    text = 'places = ["s"]\nrelations = [{to = "n", kind = "same_place"}]\n'
    outcome = ask(text, related=(other,), sites=(*SPOTS, far))
    apart = outcome.estimates["distance-n"]
    assert apart.low is not None
    assert apart.low < 14.4 < apart.best + 0.3
    assert apart.best - apart.low == pytest.approx(0.2)
    assert "relation-clashes" in codes(outcome)
    assert not ask(text, related=(media('places = ["s"]\n', "n"),)).caveats
    hidden = (Spot("s", "Sergeyevka", SPOTS[0].where, sensitive=True),)
    assert ask(text, related=(media('places = ["s"]\n', "n"),), sites=hidden).estimates == {}


def test_every_rung_has_its_sentence() -> None:
    """Of each axis, with and without what it is said to show: no rung is told in the words of a higher one."""
    from dateline.ledger.verification import AGAINST

    keys = CARD.front.statements
    for axis, ladder in LADDERS.items():
        for rung in (*ladder, *AGAINST[axis]):
            name = f"{axis}-{rung}".replace("_", "-")
            assert name in keys
            assert ("verified" in keys[name]["en"]) == (rung == "confirmed")
    assert all(f"depiction-{rung}-open" in keys for rung in (*LADDERS["depiction"], *AGAINST["depiction"]))


def test_all_four_confirmed() -> None:
    """The one way to the top: every axis on its last rung, each by evidence and two people."""
    text = (
        'items = ["file"]\n[location]\nstate = "confirmed"\nby = "mk"\nreviewer = "fox"\nblind = true\n'
        + THREE
        + '[time]\nstate = "confirmed"\nby = "mk"\nreviewer = "fox"\nblind = true\nfindings = ["f"]\n'
        '[authenticity]\nstate = "original_obtained"\nevidence = ["file"]\n'
        'checks = [{what = "w", found = "none", power = "p"}]\n'
        '[depiction]\nstate = "confirmed"\nby = "mk"\nreviewer = "fox"\nblind = true\nclaims = ["A", "B"]\n'
        'evidence = ["list"]\n'
    )
    both = {"kind": "when", "sets": [["2024-10-03", "2024-10-18"]]}
    found = (finding("capture_time", "narrowed", captured=both),)
    outcome = ask(text, findings=found, items=(file(), file("list")), claims=(claim("A", "k"), claim("B", "l")))
    assert outcome.result == "on every axis"
    assert "verified as showing soldiers" in outcome.statement.en


WEATHER = {"kind": "when", "sets": [["2024-10-18T02:00:00Z", "2024-10-18T02:00:00Z"]]}


@pytest.mark.parametrize("result", ["consistent", "inconsistent", "no power"])
def test_the_time_that_was_asked_about_is_no_evidence_of_itself(result: str) -> None:
    """A weather check repeats the time of its question; only times that a method found set an end."""
    step = '[time]\nstate = "narrowed"\nby = "mk"\nfindings = ["f"]\n'
    assert state(ask(step, findings=(finding("weather_check", result, when=WEATHER),)), "time") == "unknown"
    onset = (finding("event_study", "onset", onset=WEATHER),)
    assert state(ask(step, findings=onset), "time") == "unknown"


def test_a_camera_elsewhere_or_of_another_picture_matches_nothing() -> None:
    """A position 4,000 km from the place named, and one of another item's picture, are left out with their reason."""
    step = 'items = ["file"]\n[location]\nstate = "matched"\nby = "mk"\nplaces = ["s"]\nfindings = ["f"]\n'
    camera: dict[str, Any] = {"camera": {"kind": "region"}, "places": [{"lon": 131.66, "lat": 44.34, "reach_m": 50.0}]}
    here = finding("camera_position", "located", **camera)
    assert state(ask(step, findings=(here,)), "location") == "matched"
    far = finding("camera_position", "located", **{**camera, "places": [{"lon": 90.0, "lat": 50.0, "reach_m": 50.0}]})
    other = here.model_copy(update={"inputs": [InputRef(kind="item", id="other", sha256="0" * 64, role="picture")]})
    secret = (Spot("s", "Sergeyevka", SPOTS[0].where, sensitive=True),)
    assert "camera-elsewhere" in codes(ask(step, findings=(far,), sites=secret))
    for found, code in ((far, "camera-elsewhere"), (other, "another-item")):
        outcome = ask(step, findings=(found,))
        assert state(outcome, "location") == "unknown"
        assert code in codes(outcome)
    own = here.model_copy(update={"inputs": [InputRef(kind="item", id="file", sha256="0" * 64, role="picture")]})
    assert state(ask(step, findings=(own,)), "location") == "matched"


def test_nobody_is_blind_who_knew_and_nobody_is_second_to_nobody() -> None:
    """Who wrote the first match knew it; a reviewer without an author is one person."""
    first = '[[location]]\nstate = "matched"\nby = "fox"\n' + THREE
    second = '[[location]]\nstate = "confirmed"\nby = "mk"\nreviewer = "fox"\nblind = true\n'
    assert state(ask(first + second), "location") == "matched"
    camera = (finding("camera_position", "located", camera={"kind": "region"}),)
    alone = '[location]\nstate = "confirmed"\nreviewer = "fox"\nblind = true\nplaces = ["s"]\nfindings = ["f"]\n'
    assert state(ask(alone, findings=camera), "location") == "matched"


def test_features_say_on_what_they_were_found() -> None:
    """Three names are a list; a map, or an image of the ground, makes them a match. An article makes no second one."""
    step = '[location]\nstate = "matched"\nby = "mk"\n'
    bare = THREE.replace('evidence = ["map"]\n', "")
    outcome = ask(step + bare)
    assert state(outcome, "location") == "candidate"
    assert "on what 3 of the features were found" in " ".join(outcome.needed)
    assert state(ask(step + bare.replace('"}', '", found = "image of 2024"}')), "location") == "matched"
    same = THREE.replace('"gate"', '"The  tower"')
    assert state(ask(step + same), "location") == "candidate"


def test_a_denial_says_no_such_thing() -> None:
    """Who denies that it was filmed there is not named as saying so."""
    step = '[location]\nstate = "claimed"\nplaces = ["s"]\nclaims = ["C"]\n'
    assert state(ask(step, claims=(claim("C", "k", stance="denies"),)), "location") == "unknown"


def test_what_was_withdrawn_sets_no_end_and_carries_nothing_up_again() -> None:
    """The day of another video does not stay in the words; claims and originals count again only when named again."""
    day = 'taken = "2024-10-18"\nnot_before = "a"\nnot_after = "b"\nevidence = ["e"]\n'
    first = f'posted = "2024-11-01"\n[[time]]\nstate = "narrowed"\nby = "mk"\n{day}'
    down = '[[time]]\nstate = "bounded"\nwhy = "that was another video"\n'
    for text in (first + down, first + down + '[[time]]\nstate = "narrowed"\nby = "fox"\n'):
        told = ask(text)
        assert state(told, "time") == "bounded"
        assert told.values["time"]["statement"]["en"] == "filmed by 1 November 2024; more is not known"
    said = '[[depiction]]\nstate = "corroborated"\nclaims = ["A", "B"]\n'
    less = said + '[[depiction]]\nstate = "attributed"\nwhy = "B withdrew"\n[[depiction]]\nstate = "corroborated"\n'
    assert state(ask(less, claims=(claim("A", "k"), claim("B", "l"))), "depiction") == "attributed"
    checks = 'checks = [{what = "w", found = "none", power = "p"}]\n'
    file_of = f'items = ["file"]\n[[authenticity]]\nstate = "original_obtained"\nevidence = ["file"]\n{checks}'
    no = '[[authenticity]]\nstate = "no_alteration_found"\nwhy = "no original"\n'
    again = '[[authenticity]]\nstate = "original_obtained"\n'
    assert state(ask(file_of + no + again, items=(file(),)), "authenticity") == "no_alteration_found"


def test_the_original_is_a_file_of_this_item_and_no_earlier_copy_is_known() -> None:
    """Any other file, or a copy that was there before, makes no original."""
    checks = 'checks = [{what = "w", found = "none", power = "p"}]\n'
    step = (
        f'items = ["file"]\n[authenticity]\nstate = "original_obtained"\nevidence = ["%s"]\n{checks}findings = ["f"]\n'
    )
    files = (file(), file("other"))
    assert state(ask(step % "file", items=files), "authenticity") == "original_obtained"
    assert state(ask(step % "other", items=files), "authenticity") == "no_alteration_found"
    earlier = (finding("copies", "copies", recycled=[{"media": "m", "earlier_media": "n"}]),)
    assert state(ask(step % "file", items=files, findings=earlier), "authenticity") == "no_alteration_found"


def test_what_it_shows_rests_neither_on_itself_nor_on_what_speaks_against_it_nor_on_looks() -> None:
    """The file itself, a contrary finding, and a claim or mark that tells people by their looks are left out."""
    step = 'items = ["file"]\n[depiction]\nstate = "consistent"\nby = "mk"\n'
    assert state(ask(step + 'evidence = ["file"]\n', items=(file(),)), "depiction") == "attributed"
    contrary = ask(step + 'findings = ["f"]\n', findings=(finding("weather_check", "inconsistent"),))
    assert (state(contrary, "depiction"), "contrary-finding" in codes(contrary)) == ("attributed", True)
    looks = (claim("A", "k", statement="by their faces they are Koreans"), claim("B", "l"))
    outcome = ask('[depiction]\nstate = "corroborated"\nclaims = ["A", "B"]\n', claims=looks)
    assert (state(outcome, "depiction"), "appearance" in codes(outcome)) == ("attributed", True)
    mark = 'marks = [{id = "a", what = "an Asian-looking soldier", kind = "other", size = 90}]\n'
    seen = ask(mark + '[depiction]\nstate = "consistent"\nmarks = ["a"]\n')
    assert (state(seen, "depiction"), "appearance" in codes(seen)) == ("attributed", True)


def test_somebody_who_could_not_confirm_it_refutes_nothing() -> None:
    """A claim against lowers nothing by itself; a file or finding for the end does, and says how many found it."""
    step = '[location]\nstate = "refuted"\nby = "mk"\nwhy = "w"\nplaces = ["s"]\nagainst = ["C"]\n'
    assert state(ask(step, claims=(claim("C", "k"),)), "location") == "unknown"
    refuted = ask(step + 'evidence = ["map"]\n', claims=(claim("C", "k"),))
    assert refuted.values["location"]["statement"]["en"] == "found by one person not to have been filmed at Sergeyevka"
    altered = ask('[authenticity]\nstate = "altered"\nby = "mk"\nreviewer = "fox"\nwhy = "w"\nevidence = ["e"]\n')
    assert altered.values["authenticity"]["statement"]["en"] == "found by two people to have been altered"


def test_a_copy_of_unknown_order_is_no_earlier_one() -> None:
    """Recycled takes a copy that was posted before, or a relation that says so."""
    step = (
        'posted = "2024-10-18"\n[[relations]]\nto = "n"\nkind = "copy"\n[authenticity]\nstate = "recycled"\nwhy = "w"\n'
    )
    for posted, found in (("2024-10-20", "not_examined"), ("2024-10-10", "recycled")):
        other = (media(f'posted = "{posted}"\n', "n"),)
        assert state(ask(step, related=other), "authenticity") == found
