"""Each rule meets its planted fault and refuses it; the same sentence told rightly passes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dateline.core.errors import RecordError
from dateline.ledger.case import Case
from dateline.story.catalogue import checks
from dateline.story.check import check, examine, reading_of
from dateline.story.fault import Level, Report
from dateline.story.parse import parse

HERE = Path(__file__).parent
PLANTED = [
    (fault["rule"], fault["bad"], fault["good"])
    for fault in tomllib.loads((HERE / "planted_faults.toml").read_text(encoding="utf-8"))["fault"]
]
LIFTED = """
[[people]]
id = "mk"
role = "editor"

[[people]]
id = "ab"
role = "lawyer"

[[lifted]]
rule = "exact-position"
finding = "camera-lifted"
why = "It is on the roof of our own house."
by = ["mk"]
date = 2025-02-03

[[lifted]]
rule = "position-young"
finding = "front-lifted"
why = "The army published it that morning."
by = ["mk", "ab"]
date = 2025-02-03
"""
PICTURE = next(good for rule, _, good in PLANTED if rule == "picture")


@pytest.fixture(scope="session")
def planted_case(ground: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The sample case in a war that goes on, with a refused finding that holds a number, one that tells where a camera
    stood, a front of yesterday and one of last month, and a sensitive place."""
    import json
    import shutil

    folder = Path(shutil.copytree(ground, tmp_path_factory.mktemp("planted") / "case"))
    finding = json.loads((folder / "findings/lights-arden.json").read_text(encoding="utf-8"))
    refused = {**finding, "id": "lights-refused", "result": "refused"}
    (folder / "findings/lights-refused.json").write_text(json.dumps(refused), encoding="utf-8")
    camera = {**finding, "id": "camera-found", "method": "camera_position", "simulated": False}
    camera["caveats"] = [{"code": "exact-position", "text": "It tells exactly where a person stood."}]
    more = {"camera-found": camera, "camera-lifted": {**camera, "id": "camera-lifted"}}
    for name, day in (("front-young", "2025-02-02"), ("front-lifted", "2025-02-02"), ("front-old", "2025-01-03")):
        more[name] = {**finding, "id": name, "method": "front_distance", "parameters": {"at": day}, "series": None}
    bare = {**finding, "method": "vessel_detection", "parameters": {}, "values": {}, "series": None, "places": {}}
    for name, moments in (("ships-young", ["2025-01-04T10:00Z", "2025-01-31T10:00:00Z"]), ("ships-undated", [])):
        more[name] = {**bare, "id": name, "series": {"rows": [{"at": moment} for moment in moments]}}
    more |= _of_collections(finding)
    claim = (folder / "claims/C001.toml").read_text(encoding="utf-8")
    for name, kind in (("C-hold", "capacity"), ("C-plan", "plan")):
        made = claim.replace('id = "C001"', f'id = "{name}"').replace('kind = "cumulative"', f'kind = "{kind}"')
        (folder / f"claims/{name}.toml").write_text(made, encoding="utf-8")
    told = claim.replace('id = "C001"', 'id = "W001"').replace('speaker = "harbour-office"', 'speaker = "halm-courier"')
    told = told.replace("said = 2023-10-13", "said = 2023-10-14", 1)
    (folder / "claims/W001.toml").write_text(told, encoding="utf-8")
    for name, made in more.items():
        (folder / f"findings/{name}.json").write_text(json.dumps(made), encoding="utf-8")
    (folder / "case.toml").write_text(
        "active_conflict = true\n" + (folder / "case.toml").read_text(encoding="utf-8") + LIFTED, encoding="utf-8"
    )
    (folder / "places/camera.toml").write_text(
        'schema = 1\nid = "camera"\nrole = "camera"\n\n[names]\nen = "Camera"\n\n[where]\nlon = 12.4\nlat = -42.3\n',
        encoding="utf-8",
    )
    (folder / "media/graphic-clip.toml").write_text(
        'schema = 1\nid = "graphic-clip"\ntitle = "A clip"\ntype = "video"\ngraphic = true\nitems = ["light-2022"]\n',
        encoding="utf-8",
    )
    (folder / "places/yard.toml").write_text(
        'schema = 1\nid = "yard"\nrole = "site"\n\n[names]\nen = "Eskerry Yard"\n\n[where]\nlon = 12.4\nlat = -42.3\n\n'
        '[identification]\nwhat = "a military base"\nstate = "consistent"\nby = "mk"\nfindings = ["lights-arden"]\n'
        'could_also_be = ["a youth camp"]\n',
        encoding="utf-8",
    )
    return Case.load(folder)


def _of_collections(finding: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Findings on files of Black Marble's first collection, its second, and both; one that refused; one on findings."""
    first, second = (
        {"kind": "item", "role": "before", "id": f"VNP46A3.A2017244.h11v07.{stamp}.h5", "sha256": "0" * 64}
        for stamp in ("001.2021123123456", "002.2024123123456")
    )
    on = [{"kind": "finding", "role": "on", "id": f"lights-{one}", "sha256": "0" * 64} for one in ("first", "second")]
    told = {"first": [first], "second": [second], "both": [first, second], "on-both": on}
    told["both-refused"] = told["both"]
    made = {f"lights-{name}": {**finding, "id": f"lights-{name}", "inputs": inputs} for name, inputs in told.items()}
    made["lights-both-refused"]["result"] = "refused"
    return made


@pytest.mark.parametrize(("code", "bad", "good"), PLANTED)
def test_a_planted_fault_is_refused_and_its_remedy_passes(
    examined: Callable[..., Report], planted_case: Case, code: str, bad: str, good: str
) -> None:
    """The rule names the fault with line, what it saw and what to do; told rightly, the sentence has no such fault."""
    found = [fault for fault in examined(bad, case=planted_case).faults if fault.rule.code == code]
    assert found
    assert all(fault.saw and fault.do and fault.spot.line >= 5 for fault in found)
    assert code not in {fault.rule.code for fault in examined(good, case=planted_case).faults}


def test_a_stale_finding_blocks(examined: Callable[..., Report]) -> None:
    """A finding passed in as stale stops every sentence that prints it, and the error names the command."""
    body = "Light grew by {{lights-arden.ratio.change}}."
    (fault,) = [fault for fault in examined(body, stale=("lights-arden",)).faults if fault.rule.code == "stale"]
    assert "dateline measure lights-arden" in fault.do
    assert not examined(body).blocking


def test_who_lifted_a_rule_stands_on_the_editors_sheet(examined: Callable[..., Report], planted_case: Case) -> None:
    """What two people let pass is listed with both names and their reason."""
    report = examined("{{front-lifted.ratio}}", case=planted_case)
    assert [(text[:13], why) for _, text, why in report.escapes] == [
        ("front-lifted:", "The army published it that morning. (mk and ab, 2025-02-03)")
    ]


def test_one_person_alone_does_not_lift_the_delay(own: Path) -> None:
    """The record is refused: a position of today needs two different people, and people of this case."""
    head = (own / "case.toml").read_text(encoding="utf-8")
    for by, what in (('"mk", "mk"', "two different people"), ('"mk", "zz"', "people in this file")):
        (own / "case.toml").write_text(head + LIFTED.replace('"mk", "ab"', by), encoding="utf-8")
        with pytest.raises(RecordError, match=what):
            _ = Case.load(own).head


def _real(folder: Path) -> Case:
    head = folder / "case.toml"
    head.write_text(head.read_text(encoding="utf-8").replace("exercise = true\n", ""), encoding="utf-8")
    return Case.load(folder)


def test_simulated_input_is_refused_outside_exercises(own: Path) -> None:
    """The sample story, in a case that is no exercise, is stopped at every simulated number and picture."""
    report = check(_real(own))
    spots = [fault for fault in report.faults if fault.rule.code == "simulated"]
    assert len(spots) > 10
    assert not report.passed


def test_simulated_and_real_do_not_stand_in_one_sentence(own: Path) -> None:
    """A sentence that ties a simulated light to an archived real page is stopped."""
    item = (own / "evidence/items/light-2022.toml").read_text(encoding="utf-8")
    real = item.replace("light-2022", "page-1").replace("simulated = true\n", "").replace("_simulated", "")
    (own / "evidence/items/page-1.toml").write_text(real, encoding="utf-8")
    claim = own / "claims/C001.toml"
    claim.write_text(
        claim.read_text(encoding="utf-8").replace("stance =", 'evidence = ["page-1"]\nstance ='), encoding="utf-8"
    )
    reading = reading_of(
        Case.load(own),
        parse(
            '+++\ntitle = "T"\n+++\nLight grew by {{lights-arden.ratio.change}}, and {{C001.quantity}} crates came.\n'
        ),
    )
    assert "simulated-as-real" in {fault.rule.code for fault in examine(reading).faults}


@pytest.mark.parametrize(
    ("use", "allowed", "code", "level"),
    [
        ("publish", "no", "licence-forbids", Level.BLOCK),
        ("publish", "unknown", "licence-unknown", Level.SIGN_OFF),
        ("publish", "yes", None, None),
        ("embed", "no", None, None),
        ("embed", "unknown", None, None),
    ],
)
def test_the_licence_decides_about_a_picture(
    own: Path, use: str, allowed: str, code: str | None, level: Level | None
) -> None:
    """No to publishing stops the page, unknown needs a name, yes passes; what it says of embeds is no matter here."""
    path = own / "evidence/items/light-2022.toml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace(f'[licence.{use}]\nallowed = "yes"', f'[licence.{use}]\nallowed = "{allowed}"')
    assert (changed != text) == (allowed != "yes")
    path.write_text(changed, encoding="utf-8")
    body = PICTURE.replace('file = "pictures/quay_simulated.jpg"', 'item = "light-2022"')
    report = examine(reading_of(Case.load(own), parse(f'+++\ntitle = "T"\n+++\n{body}')))
    found = {fault.rule.code: fault.rule.level for fault in report.faults if fault.rule.code.startswith("licence")}
    assert found == ({} if code is None else {code: level})


def test_a_hidden_picture_stops_the_page(own: Path) -> None:
    """Hidden today, it may not be printed today; shown again, it may."""
    from dateline.core.clock import SystemClock
    from dateline.evidence.amend import hide, show
    from dateline.evidence.chain import Event
    from dateline.evidence.custody import Custody

    body = PICTURE.replace('file = "pictures/quay_simulated.jpg"', 'item = "light-2022"')
    custody = Custody(own, "fox.a1b2c3d4", "fox", SystemClock())
    custody.log(Event.COLLECTED, Case.load(own).items["light-2022"])

    def codes() -> set[str]:
        reading = reading_of(Case.load(own), parse(f'+++\ntitle = "T"\n+++\n{body}'))
        return {fault.rule.code for fault in examine(reading).faults}

    assert "hidden-item" not in codes()
    hide(custody, "light-2022", why="a source is at risk")
    assert "hidden-item" in codes()
    show(custody, "light-2022", why="they agreed")
    assert "hidden-item" not in codes()
    record = own / "evidence" / "items" / "light-2022.toml"
    parent = record.with_name("whole.toml")
    parent.write_text(record.read_text(encoding="utf-8").replace('id = "light-2022"', 'id = "whole"'), encoding="utf-8")
    derived = '\n[derived]\nparents = ["whole"]\ncommand = "crop"\n'
    record.write_text(record.read_text(encoding="utf-8") + derived, encoding="utf-8")
    assert "hidden-item" not in codes()
    hide(custody, "whole", why="a source is at risk")
    assert "hidden-item" in codes()


def test_an_embargo_holds_until_its_day(own: Path) -> None:
    """An item under embargo stops a page of an earlier day, and one without a day; not a later one."""
    path = own / "evidence/items/light-2022.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("\n[origin]", "embargo = 2025-03-01\n\n[origin]", 1), encoding="utf-8"
    )
    case = Case.load(own)

    def codes(date: str) -> set[str]:
        story = parse(f'+++\ntitle = "T"\n{date}+++\nLight grew by {{{{lights-arden.ratio.change}}}}.\n')
        return {fault.rule.code for fault in examine(reading_of(case, story)).faults}

    assert "embargo" in codes("")
    assert "embargo" not in codes("date = 2025-03-02\n")


def test_a_quoted_number_is_traced_by_its_claim(examined: Callable[..., Report]) -> None:
    """A numeral between quotation marks passes beside the claim that says it, and not beside another."""
    assert examined("The {{C001.speaker}} of {{C001.said}}: “more than 1,000 crates”.").passed
    assert not examined("The {{C001.speaker}} of {{C001.said}}: “more than 2,000 crates”.").passed


def test_the_sample_story_passes(halm: Case) -> None:
    """The untouched sample has no fault of any level, and says what it let pass."""
    report = check(halm)
    assert report.faults == ()
    assert [text for _, text, _ in report.escapes] == ["two years"]


def test_every_rule_says_why_and_what_to_do_and_has_its_planted_fault() -> None:
    """A new rule is one file: code, name, level, why, do, and a test here or above that meets it."""
    rules = [check.rule for check in checks()]
    assert len({rule.code for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.name
        assert rule.why.endswith((".", "”"))
        assert rule.do
    tested = {code for code, _, _ in PLANTED}
    above = {"stale", "simulated", "simulated-as-real", "licence-forbids", "licence-unknown", "embargo", "hidden-item"}
    above |= {"right-of-reply", "reply-missing", "state-not-asked"}  # in test_right_of_reply.py: they need replies
    above |= {"unread-language"}  # in test_page_in_languages.py: it needs a story in another language
    assert {rule.code for rule in rules} == tested | above
