"""Nothing goes out while a reason stands against it; what went out is kept, and what changed since is told."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import platformdirs
import pytest

from dateline.cli.app import run
from dateline.core.clock import FixedClock
from dateline.core.errors import DatelineError, InputError, RecordError, UsageError
from dateline.core.estimate import Estimate
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.signoff import Harm, SignOff, filed
from dateline.measure.looks import log_of
from dateline.measure.signed import enter
from dateline.story.check import check, examine, read_story, reading_of
from dateline.story.difference import Change, custody_of, differences
from dateline.story.publish import Published, PublishError, publish
from dateline.story.published import read_manifest
from dateline.story.reading import Reading
from dateline.story.signing import sign, sign_harm, write_harm

NOW = FixedClock(datetime(2025, 2, 10, 9, tzinfo=UTC))
DAY = date(2025, 2, 10)
PEOPLE = '\n[[people]]\nid = "ana"\nname = "Ana Vale"\nrole = "reporter"\n\n[[people]]\nid = "ben"\nrole = "editor"\n'
BODY = "Light grew by {{lights-arden.ratio.change}}.\n\n{{C001.speaker}} said {{C001.quantity}} crates {{C001.said}}.\n"
ANSWER = "The office was asked on {{harbour-office-asked.asked}} and did not answer.\n"


@pytest.fixture
def root(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample coast with two people, a short story, and a log of its own."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    return prepared(own)


def prepared(case: Path) -> Path:
    """Two people, and a short story."""
    head = case / "case.toml"
    head.write_text(head.read_text(encoding="utf-8") + PEOPLE, encoding="utf-8")
    tell(case, BODY + "\n" + ANSWER)
    return case


def tell(root: Path, body: str, front: str = 'byline = "By Ana Vale"') -> None:
    """Writes the story."""
    (root / "story.md").write_text(f'+++\ntitle = "Arden"\n{front}\n+++\n\n{body}', encoding="utf-8")


def lay(root: Path) -> Reading:
    case = Case.load(root)
    return reading_of(case, read_story(case))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def fresh(root: Path, *, stale: str = "", unjudged: str = "") -> dict[str, bool | None]:
    """As if measures made the sample's findings."""
    told: dict[str, bool | None] = dict.fromkeys(Case.load(root).finding_ids(), True)
    return told | ({stale: False} if stale else {}) | ({unjudged: None} if unjudged else {})


def harmless(root: Path) -> None:
    """Ana writes who could be hurt, Ben signs."""
    write_harm(lay(root), text="Nobody lives there: the coast is invented.", by="ana", day=DAY)
    sign_harm(lay(root), by="ben", day=DAY)


def go(
    root: Path, freshness: dict[str, bool | None] | None = None, *, by: str = "ben", on: date | None = None
) -> Published:
    case = Case.load(root)
    told = fresh(root) if freshness is None else freshness
    return publish(case, Custody(root, "ben.m1", by, NOW, tool="test"), freshness=told, on=on, log=tuple(log_of(case)))


def refused(root: Path, freshness: dict[str, bool | None] | None = None, *, on: date | None = None) -> set[str]:
    """The codes of what stands against it; nothing is written then."""
    before = {path for path in root.rglob("*") if path.is_file()}
    with pytest.raises(PublishError) as caught:
        go(root, freshness, on=on)
    assert {path for path in root.rglob("*") if path.is_file()} == before
    assert all(one.saw and one.do for one in caught.value.reasons)
    return {one.code for one in caught.value.reasons}


def since(root: Path, freshness: dict[str, bool | None] | None = None, **given: object) -> list[Change]:
    case = Case.load(root)
    then = read_manifest(case)
    return list(differences(then, lay(root), freshness=freshness or fresh(root), log=log_of(case), **given))


def remeasure(root: Path, best: float) -> None:
    """Another answer of the same measure."""
    path = root / "findings/lights-arden.json"
    finding = Finding.read(path)
    ratio = finding.estimates["ratio"]
    other = Estimate(
        best=best, low=best - 0.1, high=best + 0.1, unit=ratio.unit, level=ratio.level, n=ratio.n, how=ratio.how
    )
    changed = finding.model_copy(update={"estimates": {**finding.estimates, "ratio": other}, "input_key": "0" * 64})
    path.write_text(changed.sealed().pretty(), encoding="utf-8")


# ---- sign-offs

DOUBLED = "It was so bright that one could read there there at night.\n"


def signed(root: Path, by: str = "ben", line: int | None = None) -> tuple[SignOff, ...]:
    reading = lay(root)
    return sign(reading, examine(reading), rule="torn-text", line=line, by=by, why="A quotation of the song.", day=DAY)


def test_a_signed_fault_stands_with_name_and_reason_until_its_words_change(root: Path) -> None:
    """The sheet has who and why. The sentence may move; another word in it makes the signature old."""
    tell(root, BODY + ANSWER + "\n" + DOUBLED)
    assert [fault.rule.code for fault in check(Case.load(root)).faults] == ["torn-text"]
    (record,) = signed(root)
    assert (root / "signoffs" / f"{record.id}.toml").is_file()
    report = check(Case.load(root))
    assert report.faults == ()
    assert any("A quotation of the song. (ben, 2025-02-10)" in why for _, _, why in report.escapes)
    tell(root, "A new first paragraph.\n\n" + BODY + ANSWER + "\n" + DOUBLED)
    assert check(Case.load(root)).faults == ()
    tell(root, BODY + ANSWER + "\n" + DOUBLED.replace("bright", "dark"))
    (fault,) = check(Case.load(root)).faults
    assert "signed by ben on 2025-02-10" in fault.saw
    (again,) = signed(root)
    assert again.saw == record.saw
    assert check(Case.load(root)).faults == ()
    assert len(filed(Case.load(root), SignOff)) == 2


def test_a_sign_off_that_custody_knows_otherwise_stops_it(root: Path) -> None:
    """A reason rewritten behind the log, or a record of harm that went, is named; put back, the story goes out."""
    tell(root, BODY + ANSWER + DOUBLED)
    (one,) = signed(root)
    harmless(root)
    homes = (f"signoffs/{one.id}.toml", *(f"harm/{path.name}" for path in (root / "harm").glob("*.toml")))
    enter(Custody(root, "ben.m1", "ben", NOW, tool="test"), homes, note="signed", log=())
    edit(root / homes[0], "A quotation of the song.", "The editor likes it.")
    assert refused(root) == {"signoff-changed"}
    edit(root / homes[0], "The editor likes it.", "A quotation of the song.")
    edit(root / homes[1], "Nobody lives there", "Nobody lived there")
    assert refused(root) == {"harm-changed"}
    edit(root / homes[1], "Nobody lived there", "Nobody lives there")
    assert go(root).manifest.number == 1


def test_a_sign_off_is_of_the_numbers_too(root: Path) -> None:
    """The same words over another finding were not signed."""
    tell(root, ANSWER + "\nLight grew by by {{lights-arden.ratio.change}}.\n")
    signed(root)
    assert check(Case.load(root)).faults == ()
    remeasure(root, 1.9)
    assert [fault.rule.code for fault in check(Case.load(root)).faults] == ["torn-text"]


def test_who_wrote_the_story_signs_nothing_of_it(root: Path) -> None:
    """Neither by the command, nor by a record that is put there by hand."""
    tell(root, BODY + ANSWER + "\n" + DOUBLED)
    with pytest.raises(DatelineError) as caught:
        signed(root, by="Vale, A.")
    assert caught.value.code == "same-person"
    (record,) = signed(root)
    edit(root / "signoffs" / f"{record.id}.toml", 'by = "ben"', 'by = "ana"')
    assert len(check(Case.load(root)).faults) == 1
    edit(root / "signoffs" / f"{record.id}.toml", 'by = "ana"', 'by = "zoe"')
    with pytest.raises(RecordError):
        check(Case.load(root))


@pytest.mark.parametrize(
    ("rule", "line", "by", "why", "code"),
    [
        ("torn-text", None, "ben", "", "no-reason"),
        ("torn-text", None, "zoe", "why", "not-of-the-case"),
        ("torn-text", 1, "ben", "why", "no-such-fault"),
        ("torn-text", None, "ben", "why", "which-fault"),
        ("licence-unknown", None, "ben", "why", "no-such-fault"),
        ("untraced-number", None, "ben", "why", "not-to-be-signed"),
    ],
)
def test_what_cannot_be_signed(root: Path, *, rule: str, line: int | None, by: str, why: str, code: str) -> None:
    """Without a reason, by a stranger, where there is none, where there are several, what blocks."""
    tell(root, f"There were 77 lamps.\n\n{DOUBLED}\nAgain again.\n\n{ANSWER}")
    reading = lay(root)
    with pytest.raises(DatelineError) as caught:
        sign(reading, examine(reading), rule=rule, line=line, by=by, why=why, day=DAY)
    assert caught.value.code == code
    assert not (root / "signoffs").exists()


# ---- who could be hurt


def test_who_could_be_hurt_is_signed_by_somebody_else_and_for_this_text(root: Path) -> None:
    """Missing, signed by nobody, by the same person, of another text: each is refused by its name."""
    assert refused(root) == {"harm-missing"}
    with pytest.raises(UsageError):
        sign_harm(lay(root), by="ben", day=DAY)
    record = write_harm(lay(root), text="The crane driver could be known by her shift.", by="Ana Vale", day=DAY)
    assert refused(root) == {"harm-unsigned"}
    with pytest.raises(DatelineError) as caught:
        sign_harm(lay(root), by="ana", day=DAY)
    assert caught.value.code == "same-person"
    path = root / "harm" / f"{record.id}.toml"
    path.write_text("# read twice\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    sign_harm(lay(root), by="ben", day=DAY)
    assert path.read_text(encoding="utf-8").startswith("# read twice\n")
    assert go(root).manifest.harm == (record.id,)
    tell(root, BODY + "\n" + ANSWER + "\nOne more sentence.\n")
    assert refused(root) == {"harm-stale"}
    tell(root, BODY + "\n" + ANSWER)
    remeasure(root, 1.9)
    assert "harm-stale" in refused(root)


def test_a_harm_record_that_one_person_signs_cannot_be_read(root: Path) -> None:
    """However the name is spelt."""
    harmless(root)
    (record,) = filed(Case.load(root), Harm)
    edit(root / "harm" / f"{record.id}.toml", 'signed_by = "ben"', 'signed_by = "ana"')
    with pytest.raises(RecordError):
        filed(Case.load(root), Harm)


# ---- publishing


def test_everything_that_stands_against_it_is_told_at_once(root: Path) -> None:
    """Rules that block, a fault that nobody signed, findings, days: one refusal with all of them."""
    tell(root, f"There were 77 lamps.\n\n{DOUBLED}\n{BODY}")
    found = refused(root, fresh(root, stale="lights-arden"), on=date(2026, 1, 1))
    assert found == {"untraced-number", "unsigned", "stale", "stale-finding", "harm-missing", "day-ahead"}
    tell(root, BODY + "\n" + ANSWER)
    harmless(root)
    assert refused(root, fresh(root, unjudged="lights-arden")) == {"not-judged"}
    assert refused(root, {}) == {"no-measure"}
    assert refused(root, on=date(2025, 2, 1)) == {"day-ahead"}  # the page is of 3 February
    edit(root / "replies/harbour-office-asked.toml", 'outcome = "no_answer"', 'outcome = "waiting"')
    assert "right-of-reply" in refused(root)


def test_an_embargo_is_kept_to_the_minute(root: Path) -> None:
    """Also on its own day, which the rule for the page lets pass."""
    edit(root / "case.toml", "exercise = true", "exercise = true\nembargo = 2025-02-10T09:01:00Z")
    tell(root, BODY + "\n" + ANSWER, "date = 2025-02-10")
    harmless(root)
    assert refused(root) == {"embargo"}
    edit(root / "case.toml", "09:01", "08:59")
    assert go(root).manifest.number == 1


def test_strangers_publish_nothing(root: Path) -> None:
    """Whoever publishes is one of the people of the case."""
    harmless(root)
    with pytest.raises(UsageError) as caught:
        go(root, by="zoe")
    assert caught.value.code == "not-of-the-case"
    assert not (root / "published").exists()


def test_what_goes_out_is_frozen_and_never_overwritten(root: Path) -> None:
    """Page, story and manifest as they were; custody knows the manifest; the same case gives the same version."""
    harmless(root)
    first = go(root)
    assert first.folder == root / "published/1"
    page = (first.folder / "index.html").read_bytes()
    assert page == (root / "site/index.html").read_bytes()
    assert (first.folder / "story.md").read_bytes() == (root / "story.md").read_bytes()
    ratio = next(one for one in first.manifest.printed if one.reference == "lights-arden.ratio.change")
    assert (ratio.what, ratio.value["unit"]) == ("number", "%")
    assert ratio.words in first.manifest.sentences[1]
    entry = next(entry for entry in log_of(Case.load(root)) if entry.event is Event.FROZEN)
    assert (entry.subject, entry.actor) == ("published/1", "ben")
    assert list(custody_of(first.manifest, lay(root), log_of(Case.load(root)))) == []
    before = {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()}
    second = go(root, on=date(2025, 2, 9))
    assert second.manifest.number == 2
    listed = {name: first.manifest.files[name] for name in ("feed.xml", "build.json")}  # the feed tells of both
    files = {**second.manifest.files, **listed}
    same = second.manifest.model_copy(update={"number": 1, "date": DAY, "files": files})
    assert same == first.manifest
    assert {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in (root / "published").iterdir() if path.name.startswith(".")] == []


def test_what_custody_does_not_know_did_not_go_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that cannot be written leaves no version behind."""
    harmless(root)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Custody, "append", full)
    with pytest.raises(OSError, match="space"):
        go(root)
    assert list((root / "published").iterdir()) == []
    assert not (root / "site").exists()


def test_a_number_that_was_printed_otherwise_needs_a_correction(root: Path) -> None:
    """An old entry is none; a new one of the day is; and a page whose numbers stand needs none."""
    old = ':::corrections\n[[entry]]\ndate = 2025-02-01\ntext = "An earlier slip."\n:::\n'
    tell(root, BODY + "\n" + ANSWER + "\n" + old)
    harmless(root)
    go(root)
    remeasure(root, 1.9)
    harmless(root)
    assert refused(root) == {"correction-missing"}
    tell(root, BODY + "\n" + ANSWER + "\n" + old.replace("An earlier", "Another"))
    harmless(root)
    assert refused(root) == {"correction-missing"}
    both = old.replace("[[entry]]", '[[entry]]\ndate = 2025-02-10\ntext = "Measured again."\n\n[[entry]]')
    tell(root, BODY + "\n" + ANSWER + "\n" + both)
    harmless(root)
    assert go(root).manifest.number == 2
    tell(root, BODY + "\n" + ANSWER + "\nWords alone.\n\n" + both)
    harmless(root)
    assert go(root).manifest.number == 3


# ---- diff


@pytest.fixture(scope="session")
def gone_out(ground: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case after its first publication, for reading only."""
    folder = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platformdirs, "user_data_path", lambda name: folder / "data" / name)
        root = prepared(Path(shutil.copytree(ground, folder / "case")))
        harmless(root)
        go(root)
        assert since(root) == []
    return root


@pytest.fixture
def out(gone_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it that a test may change."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    return Path(shutil.copytree(gone_out, tmp_path / "case"))


def told(changes: list[Change], *, printed: bool = True) -> set[tuple[str, str]]:
    return {(change.what, change.id) for change in changes if change.printed is printed}


def test_diff_tells_a_number_that_would_change(out: Path) -> None:
    """The finding measured again: the printed number, its sentence, and the figure in the finding."""
    remeasure(out, 1.9)
    changes = since(out)
    assert ("number", "lights-arden.ratio.change") in told(changes)
    assert ("sentence", "2") in told(changes)
    assert ("finding", "lights-arden") in told(changes, printed=False)
    number = next(change for change in changes if change.what == "number")
    assert number.was != number.now
    assert "90" in str(number.now)


def test_diff_tells_what_a_new_granule_may_change(out: Path) -> None:
    """A finding whose selection resolves to more than then; and one that cannot be judged here."""
    newer = {"lights-arden": ("VNP46A3_2025_01",)}
    (change,) = since(out, fresh(out, stale="lights-arden"), newer=newer)
    assert change.printed
    assert "VNP46A3_2025_01" in change.why
    (change,) = since(out, fresh(out, unjudged="lights-arden"))
    assert not change.printed


def test_diff_tells_a_finding_that_is_gone(out: Path) -> None:
    """Said, whether or not its number is printed any longer."""
    then = read_manifest(Case.load(out))
    gone = then.model_copy(update={"findings": {"lights-gone": then.findings["lights-arden"]}})
    assert ("finding", "lights-gone") in told(list(differences(gone, lay(out))))


@pytest.mark.parametrize(
    ("claim", "kind", "printed"),
    [
        ('speaker = "harbour-office"\nstance = "asserts"\nsupersedes = ["C001"]\n', "supersedes", True),
        ('speaker = "harbour-office"\nstance = "denies"\ndenies = ["C001"]\n', "retracts", True),
        ('speaker = "halm-courier"\nstance = "denies"\ndenies = ["C001"]\n', "denies", False),
        ('speaker = "halm-courier"\nstance = "asserts"\nqualifies = ["C001"]\n', "qualifies", False),
    ],
)
def test_diff_tells_claims_taken_back_or_denied(out: Path, claim: str, kind: str, printed: bool) -> None:
    """A retraction would change what is printed; another's denial is told and changes nothing by itself."""
    text = f'schema = 1\nid = "C002"\nsaid = 2025-02-05\nstatement = "It was otherwise."\n{claim}'
    (out / "claims/C002.toml").write_text(text, encoding="utf-8")
    found = [change for change in since(out) if change.what == "claim"]
    assert [(change.why, change.printed) for change in found] == [(f"C002 {kind} it", printed)]


def test_diff_tells_changed_words_of_records(out: Path) -> None:
    """A claim's quantity, on the page; a change in the same record that is not; the day on which somebody was asked."""
    claim = out / "claims/C001.toml"
    edit(claim, 'how = "counts undisclosed"', 'how = "counts crates by night"')
    assert told(since(out)) == set()
    assert ("record", "C001") in told(since(out), printed=False)
    edit(claim, 'text = "more than 1,000", low = 1000', 'text = "more than 900", low = 900')
    assert {("claim", "C001.quantity"), ("sentence", "3")} == told(since(out))
    edit(out / "replies/harbour-office-asked.toml", "asked = 2025-01-20", "asked = 2025-01-21")
    assert ("date", "harbour-office-asked.asked") in told(since(out))


def test_diff_tells_edits_of_the_story(out: Path) -> None:
    """A sentence more, a sentence less, a number by hand, a reference that is gone."""
    tell(out, "Light grew.\n\n" + ANSWER + "\nSeen from [[3: as the reader can count]] hills.\n")
    changes = told(since(out))
    assert {("number", "lights-arden.ratio.change"), ("claim", "C001.quantity"), ("typed", "by hand")} <= changes
    assert any(what == "sentence" for what, _ in changes)


def test_diff_tells_what_was_done_to_evidence_since(out: Path) -> None:
    """Hidden and expunged files must go from the page; a corrected record is told."""
    then = read_manifest(Case.load(out)).model_copy(update={"evidence": {"a-file": "a" * 64}})
    later = FixedClock(datetime(2025, 2, 11, tzinfo=UTC))
    log = Custody(out, "ben.m1", "ben", later)
    for event in (Event.HIDDEN, Event.CORRECTED, Event.EXPUNGED, Event.ACCESSED):
        log.append(event, "a-file", note="a reason")
    found = differences(then, lay(out), log=log_of(Case.load(out)))
    told_so = {change.why.partition(" on ")[0]: change.printed for change in found if change.id == "a-file"}
    assert told_so == {
        "hidden": True, "its record was corrected": False, "expunged": True,
        "it is not under the page any longer": False,
    }  # fmt: skip


def test_what_was_published_is_not_edited(out: Path) -> None:
    """Another byte in a frozen page, or in a manifest, and diff says so before anything else."""
    page = out / "published/1/index.html"
    page.write_bytes(page.read_bytes() + b"\n")
    with pytest.raises(InputError) as caught:
        read_manifest(Case.load(out))
    assert caught.value.code == "published-changed"
    page.write_bytes(page.read_bytes()[:-1])
    edit(out / "published/1/manifest.json", '"title": "Arden"', '"title": "Brill"')
    found = list(custody_of(read_manifest(Case.load(out)), lay(out), log_of(Case.load(out))))
    assert [change.why for change in found] == ["its manifest is not the one in the custody log"]


def test_the_commands_publish_and_tell_the_difference(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the refusal to the second person, the version and its difference, with exit codes."""
    monkeypatch.setattr("dateline.measure.case_run.freshness", lambda case: fresh(case.root))
    here = ["--case", str(root)]
    assert run(["diff", *here]) == 2
    assert "not-published" in capsys.readouterr().err
    publishing = ["build", "--publish", "--by", "ben", "--on", "2025-02-10", *here]
    assert run(publishing) == 1
    assert "harm-missing" in capsys.readouterr().err
    assert run(["check", "--sign", "harm", "--by", "ana", "--why", "Nobody: it is invented.", *here]) == 0
    assert run(["check", "--sign", "harm", "--by", "ana", *here]) == 1
    assert run(["check", "--sign", "harm", "--by", "ben", *here]) == 0
    assert run(publishing) == 0
    capsys.readouterr()
    assert run(["diff", "--json", *here]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    remeasure(root, 1.9)
    assert run(["diff", "1", *here]) == 1
    assert "PRINTED number: lights-arden.ratio.change" in capsys.readouterr().out
    assert run(["diff", "7", *here]) == 2
    assert run(["build", "--on", "2025-02-10", *here]) == 2
    assert run(["check", "--at", "3", *here]) == 2
    assert run(["check", "--report", "--sarif", *here]) == 2


# ---- a case that is measured

MEASURED = {
    "case.toml": 'schema = 1\nid = "far"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\nas_of = 2025-02-03\n'
    + PEOPLE,
    "measures/far.toml": 'schema = 1\nid = "far"\nmethod = "distance"\nquestion = "How far?"\n\n[inputs]\n'
    'places = { places = ["one"] }\nreferences = { places = ["two"] }\n',
} | {
    f"places/{name}.toml": f'schema = 1\nid = "{name}"\nrole = "area"\n'
    f'where = {{lon = {lon}, lat = 45.0, radius = 500.0}}\n\n[names]\nen = "{name.title()}town"\n'
    for name, lon in (("one", 10.0), ("two", 11.0), ("three", 12.0))
}  # fmt: skip


def test_a_moved_place_and_one_more_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real measure: published, out of date, measured again; and the input that it would rest on now is named."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    root, here = tmp_path / "far", ["--case", str(tmp_path / "far")]
    for name, text in MEASURED.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    assert run(["measure", *here]) == 0
    tell(root, "They lie {{far.distance}} apart.\n")
    harmless(root)
    assert run(["build", "--publish", "--by", "ben", "--on", "2025-02-10", *here]) == 0
    assert run(["diff", *here]) == 0
    edit(root / "measures/far.toml", '["one"]', '["one", "three"]')
    capsys.readouterr()
    assert run(["diff", *here]) == 1
    assert "new under it: three" in capsys.readouterr().out
    edit(root / "measures/far.toml", '["one", "three"]', '["one"]')
    edit(root / "places/one.toml", "lon = 10.0", "lon = 10.5")
    assert run(["build", "--publish", "--by", "ben", *here]) == 1
    assert "stale-finding" in capsys.readouterr().err
    assert run(["measure", *here]) == 0
    capsys.readouterr()
    assert run(["diff", *here]) == 1
    assert "PRINTED number: far.distance: it says something else now" in capsys.readouterr().out
    assert run(["build", "--publish", "--by", "ben", *here]) == 1
    said = capsys.readouterr().err
    assert "correction-missing" in said
    assert "harm-stale" in said
