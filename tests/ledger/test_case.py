"""A case is read whole and checked whole."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.core.errors import InputError, RecordError, UsageError
from dateline.core.where import Where
from dateline.ledger.case import Case, Reads
from dateline.ledger.crosscheck import cycles

Put = Callable[[str, str], Path]
CLAIM = 'id = "{id}"\nspeaker = "us-state"\nsaid = 2024-02-23\nstance = "asserts"\nstatement = "statement {id}"\n'


def faults(folder: Path) -> list[str]:
    """Every fault of a case as printed."""
    with pytest.raises(RecordError) as caught:
        Case.load(folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_case_has_every_kind_of_record(rason: Path) -> None:
    """All folders are read; a shape comes from its file; items come from the evidence layer."""
    case = Case.load(rason)
    assert case.head.title == "What the port shows"
    assert {record.kind for record in case.records.values()} == {
        "place", "source", "claim", "event", "media", "reply", "matrix", "measure", "observation", "item",
    }  # fmt: skip
    assert case.places["najin"].where.bounds() == (130.29, 42.22, 130.31, 42.24)
    assert case.places["najin"].where.precision == 50
    assert case.places["rason"].where == Where.point(lon=130.4, lat=42.3, radius=20_000)
    assert case.items["E-0191"].name == "factsheet.html"
    assert case.observations["mk-1"].points == ((10.0, 20.5),)
    assert list(case.records) == sorted(case.records)
    assert case.paths["C041"] == "claims/C041.toml"
    assert case.story == rason / "story.md"
    assert (list(case.events), list(case.media), list(case.replies)) == (["factsheet"], ["clip"], ["ask"])
    assert sorted(case.findings()) == ["joint", "lights"]


def test_a_case_may_be_its_head_alone(rason: Path, tmp_path: Path) -> None:
    """Folders that nobody needed yet need not be there."""
    (tmp_path / "case.toml").write_text((rason / "case.toml").read_text())
    case = Case.load(tmp_path)
    assert case.records == {}
    assert case.findings() == {}
    assert case.head.title_text() == "What the port shows"
    assert list(case.head.refs()) == []


def test_items_are_read_like_records(rason: Path, put: Put) -> None:
    """Lines, links and loops of evidence items are checked as those of everything else."""
    text = (rason / "evidence" / "items" / "E-0191.toml").read_text().replace("[origin]", "[derived]\n[origin]")
    for one, other in (("E-1", "E-2"), ("E-2", "E-1")):
        made = f'[derived]\nparents = ["{other}"]\ncommand = "crop"\n'
        put(f"evidence/items/{one}.toml", text.replace("E-0191", one).replace("[derived]\n", made))
    put("evidence/items/E-3.toml", "id = \n")
    loop, syntax = faults(rason)
    assert "derived.parents.0: found a circular reference: E-1 → E-2 → E-1" in loop
    assert syntax.startswith("evidence/items/E-3.toml:1: TOML")


BROKEN = {
    "case.toml": 'id = "rason"\ntitle = "t"\nquestion = "q"\nworldveiw = "ua"\nworldview = "ua"\nlevel = 90\n',
    "claims/C043.toml": '''id = "C043"
speaker = "us-stat"
stance = "assert"
statement = "x"
quantity = {text = "about 10", low = "9", unit = "container", kind = "cumulativ"}
places = ["najin", "vostochny"]
retells = "C044"
chain = [
  {who = "A", how = "h", read = "yes"},
]
[period]
text = "late August"
''',
    "claims/C044.toml": CLAIM.format(id="C044") + 'retells = "C045"\n',
    "claims/C045.toml": CLAIM.format(id="C046") + "# the file is called C045\n",
    "claims/C047.toml": "id = 'C047\n",
    "claims/C048.toml": CLAIM.format(id="C048") + 'supersedes = ["C049"]\n',
    "claims/C049.toml": CLAIM.format(id="C049") + 'evidence = ["E-0192"]\nretells = "C048"\n',
    "claims/c041.toml": CLAIM.format(id="c041"),
    "claims/notes.txt": "",
    "claims/README.md": "notes for colleagues are fine",
    "places/rason.toml": 'id = "rason"\nrole = "region"\nwithin = "najin"\nnames = {en = "R"}\n'
    "where = {lon = 42, lat = 130}\n",
    "places/dock.toml": 'id = "dock"\nrole = "port"\nwithin = "C041"\nnames = {en = "D"}\n[where]\nlon = 1\nlat = 2\n',
    "measures/lights.toml": 'id = "lights"\nmethod = "x"\n[inputs.a]\nfindings = ["joint"]\n',
    "observations/mk/2.jsonl":
    '{"id": "mk-2", "by": "fox", "at": "2024-11-01T10:00:00Z", "item": "E-0191", "state": "seen"}\n'
    '{"id": "mk-1", "by": "fox", "at": "2024-11-01T10:00:00Z", "item": "E-0191", "state": "absent"}\n',
    "evidence/items/E-0200.toml": 'id = "E-0200"\nname = "a/b"\nby = "mk"\n[origin]\n[licence]\nname = "x"\n',
    "events/e.toml": 'id = "e"\ntitle = "t"\nwhen = "2024-13"\nkind = "claimed"\nclaims = ["C041"]\n',
}  # fmt: skip

LISTING = """\
case.toml:4: worldveiw: found an unknown key; valid: did you mean worldview?
case.toml:6: level: found 90; valid: less than 1
claims/C043.toml:1: said: found nothing; valid: it is required (when it was said)
claims/C043.toml:3: stance: found 'assert'; valid: 'asserts', 'estimates', 'observes', 'computes', 'assesses', \
'infers', 'suggests', 'predicts', 'denies', 'denies_part', 'denies_proof' or 'declines'; did you mean asserts?
claims/C043.toml:5: quantity.kind: found 'cumulativ'; valid: 'count', 'capacity', 'plan', 'rate' or 'cumulative'; \
did you mean cumulative?
claims/C043.toml:5: quantity.low: found '9'; valid: a number, without quotation marks
claims/C043.toml:9: chain.0.read: found 'yes'; valid: true or false, without quotation marks
claims/C043.toml:11: period: found no earliest, latest or edtf; valid: at least one of them; or rule = "not stated" \
when nobody said when
claims/C045.toml:1: id: found 'C046'; valid: 'C045', as the file is named
claims/C047.toml:1: TOML: found "id = 'C047"; valid: Expected "'"
claims/C048.toml:6: supersedes.0: found a circular reference: C048 → C049 → C048; valid: a chain that ends; \
take out one of these references
claims/C049.toml:6: evidence.0: found 'E-0192', which is not there; valid: the id of an evidence item: \
did you mean E-0191?
claims/c041.toml:1: id: found 'c041', and C041 stands in claims/C041.toml too; valid: an id that no other record has
claims/notes.txt: the file: found no record; valid: files named ID.toml; take it out, or give its name this ending
events/e.toml:3: when.edtf: found '2024-13': month must be in 1..12; valid: Write 2022, 2022-03, \
2022-03-15, an interval such as \
2022-03/2022-05, or 2022-03/.. for an open end.
evidence/items/E-0200.toml:2: name: found 'a/b'; valid: 'a/b': it contains a path
measures/joint.toml:4: inputs.findings.findings.0: found a circular reference: joint → lights → joint; valid: a chain \
that ends; take out one of these references
observations/mk/2.jsonl:1: state: found 'seen'; valid: 'present', 'absent', 'not_discernible', 'obscured' or 'withdrawn'
observations/mk/2.jsonl:2: by: found 'fox'; valid: 'mk', as the folder is named
observations/mk/2024.jsonl:1: id: found 'mk-1', and it stands in observations/mk/2.jsonl:2 too; valid: an id that no \
other record has
places/dock.toml:3: within: found 'C041', which is a claim; valid: the id of a place
places/rason.toml:5: where: found lon 42.0, lat 130.0, radius None; valid: Not a position on Earth: lon=42.0, \
lat=130.0 [degrees]. They look swapped."""


def test_everything_that_is_wrong_is_said_at_once(rason: Path, put: Put) -> None:
    """Golden: many different faults in one case, all listed with file, line, key, what was found and what is valid."""
    for name, text in BROKEN.items():
        put(name, text)
    assert "\n".join(faults(rason)) == LISTING


@pytest.mark.parametrize(
    ("files", "loop"),
    [
        ({"places/a.toml": "b", "places/b.toml": "a"}, "a → b → a"),
        ({"places/a.toml": "a"}, "a → a"),
        ({"places/a.toml": "b", "places/b.toml": "c", "places/c.toml": "b"}, "b → c → b"),
    ],
)
def test_places_within_each_other_are_a_fault_that_names_the_loop(
    rason: Path, put: Put, files: dict[str, str], loop: str
) -> None:
    """The loop is told from its first id on, once, however one comes upon it."""
    for name, within in files.items():
        stem = Path(name).stem
        put(
            name,
            f'id = "{stem}"\nrole = "port"\nwithin = "{within}"\nnames = {{en = "X"}}\nwhere = {{lon = 1, lat = 2}}\n',
        )
    (fault,) = faults(rason)
    assert f"a circular reference: {loop};" in fault
    assert fault.startswith(f"places/{loop[0]}.toml:3: within")


def test_claims_in_a_circle_by_their_chains(rason: Path, put: Put) -> None:
    """Two outlets that cite each other have no origin."""
    for one, other in (("X1", "X2"), ("X2", "X1")):
        put(f"claims/{one}.toml", CLAIM.format(id=one) + f'chain = [{{who = "a", how = "cites", claim = "{other}"}}]\n')
    (fault,) = faults(rason)
    assert fault.startswith("claims/X1.toml:6: chain.0.claim: found a circular reference: X1 → X2 → X1")


def test_two_denials_of_each_other_are_no_circle(rason: Path, put: Put) -> None:
    """Contradiction is not dependence."""
    for one, other in (("X1", "X2"), ("X2", "X1")):
        put(f"claims/{one}.toml", CLAIM.format(id=one) + f'denies = ["{other}"]\n')
    assert len(Case.load(rason).claims) == 4


def test_findings_that_feed_each_other_are_named(rason: Path) -> None:
    """Findings on disk are read when asked for, and a circle among them is an error then."""
    path = rason / "findings" / "lights.json"
    path.write_text(path.read_text().replace('"kind": "item", "id": "E-0191"', '"kind": "finding", "id": "joint"'))
    case = Case.load(rason)
    with pytest.raises(InputError, match="circle") as caught:
        case.findings()
    assert caught.value.saw in {"joint → lights → joint", "lights → joint → lights"}


def test_one_id_for_two_kinds_is_a_fault(rason: Path, put: Put) -> None:
    """{{lights.…}} in the story could mean either."""
    put("sources/lights.toml", 'id = "lights"\ntype = "ngo"\nnames = {en = "L"}\n')
    assert "'lights', and it stands in sources/lights.toml too" in faults(rason)[0]


def test_an_id_that_reads_like_a_part_of_another_is_a_fault(rason: Path, put: Put) -> None:
    """{{rason.name}} must mean one thing."""
    text = 'id = "rason.name"\nrole = "port"\nnames = {en = "X"}\nwhere = {lon = 1, lat = 2}\n'
    put("places/rason.name.toml", text)
    assert "'rason.name' beside 'rason'" in faults(rason)[0]


def test_a_folder_that_is_no_case_says_what_to_do(tmp_path: Path, rason: Path) -> None:
    """A missing folder, one without case.toml, and one inside a case."""
    for folder, do in (
        (tmp_path / "nowhere", "dateline new"),
        (tmp_path, "dateline new"),
        (rason / "claims", str(rason)),
    ):
        with pytest.raises(UsageError) as caught:
            Case.load(folder)
        assert caught.value.code == "no-case"
        assert do in caught.value.do


def test_a_folder_that_leads_out_of_the_case_is_refused(rason: Path, tmp_path: Path) -> None:
    """A linked folder could bring in records that nobody reviewed."""
    (tmp_path / "elsewhere").mkdir()
    (rason / "claims").rename(rason / "old")
    (rason / "claims").symlink_to(tmp_path / "elsewhere")
    assert any(fault.startswith("claims: the folder") for fault in faults(rason))


def test_hidden_files_and_leftovers_are_passed_over(rason: Path, put: Put) -> None:
    """Editors leave things behind; sub-folders and other endings are named, since nobody would miss them."""
    for name in ("claims/.swp", "claims/C041.toml~", "observations/README.md", "claims/.hidden.toml"):
        put(name, "")
    Case.load(rason)
    put("claims/2023/C1.toml", "")
    put("observations/loose.jsonl", "")
    assert [fault.split(";")[0] for fault in faults(rason)] == [
        "claims/2023: the file: found a folder",
        "observations/loose.jsonl: the file: found no folder",
    ]


def test_a_record_of_a_newer_program_is_refused(rason: Path, put: Put) -> None:
    """Reading half of it would lose the rest."""
    put("claims/C050.toml", "schema = 2\n" + CLAIM.format(id="C050") + 'new_key = "x"\n')
    put("claims/C051.toml", CLAIM.format(id="C051") + 'schema = "one"\n')
    newer, nonsense = faults(rason)
    assert newer.startswith(
        "claims/C050.toml:1: schema: found 2; valid: a whole number up to 1; this record was written by"
    )
    assert nonsense.startswith("claims/C051.toml:6: schema: found 'one'")


def test_an_unknown_id_is_told_with_the_nearest(rason: Path) -> None:
    """Asking the case for a record or a finding."""
    case = Case.load(rason)
    assert case.record("C041").kind == "claim"
    with pytest.raises(UsageError, match="'C0411'") as caught:
        case.record("C0411")
    assert "C041" in caught.value.do
    with pytest.raises(UsageError) as caught:
        case.finding("light")
    assert "did you mean lights?" in caught.value.do


def test_a_finding_is_read_as_it_is_now(rason: Path, tmp_path: Path) -> None:
    """Not computed, recomputed, swapped, linked from elsewhere, not a finding."""
    case = Case.load(rason)
    path = rason / "findings" / "lights.json"
    assert case.finding("lights") is case.finding("lights")
    text = path.read_text()
    path.write_text(text.replace('"increase"', '"no change found"'))
    assert case.finding("lights").result == "no change found"
    path.write_text(text.replace('"lights"', '"joint"', 1))
    with pytest.raises(InputError, match="another measure"):
        case.finding("lights")
    path.write_text("{}")
    with pytest.raises(InputError, match="not a finding"):
        case.finding("lights")
    (tmp_path / "l.json").write_text(text)
    path.unlink()
    with pytest.raises(InputError, match="no finding yet") as caught:
        case.finding("lights")
    assert caught.value.do == "Run `dateline measure lights`."
    path.symlink_to(tmp_path / "l.json")
    with pytest.raises(InputError, match="link out"):
        case.finding("lights")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_the_order_of_files_on_the_disk_does_not_matter(rason: Path, seed: int) -> None:
    """Property: whatever order the disk lists files in, the case is the same, and so are its faults."""
    plain = Case.load(rason)
    original = Path.iterdir

    def shuffled(path: Path) -> Any:
        entries = list(original(path))
        random.Random(seed).shuffle(entries)
        return iter(entries)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "iterdir", shuffled)
        assert Case.load(rason) == plain
        assert list(Case.load(rason).records) == list(plain.records)


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=3), max_size=9))
def test_cycles_are_found_where_there_are_some_and_only_there(edges: dict[int, list[int]]) -> None:
    """Property: each reported loop is one, and when none is reported the graph can be put in order."""
    found = list(cycles(edges))
    for loop in found:
        assert all(after in edges[node] for node, after in zip(loop, [*loop[1:], loop[0]], strict=True))
    left = {node: {after for after in ways if after in edges} for node, ways in edges.items()}
    while free := [node for node, ways in left.items() if not ways]:
        for node in free:
            del left[node]
        left = {node: ways - set(free) for node, ways in left.items()}
    assert bool(left) == bool(found)


def test_two_thousand_claims_load_within_four_seconds(rason: Path) -> None:
    """A long investigation opens without a wait; a chain of two thousand retellings is no problem either."""
    template = (rason / "claims" / "C041.toml").read_text()
    for number in range(2_000):
        text = template.replace('"C041"', f'"D{number}"')
        if number:
            text = text.replace("[period]", f'retells = "D{number - 1}"\n[period]')
        (rason / "claims" / f"D{number}.toml").write_text(text)
    start = time.process_time()
    case = Case.load(rason)
    assert time.process_time() - start < 4
    assert len(case.claims) == 2_002


def test_a_case_read_again_is_the_case_read_anew(rason: Path) -> None:
    """With what was read before: an edit, a new file, a deleted one, a broken one and its mending are all met."""
    reads = Reads()
    assert Case.load(rason, reads=reads) == Case.load(rason)
    claim = rason / "claims/C041.toml"
    text = claim.read_text(encoding="utf-8")
    claim.write_text(text.replace('statement = "', 'statement = "Edited. '), encoding="utf-8")
    again = Case.load(rason, reads=reads)
    assert again.claims[claim.stem].statement.startswith("Edited. ")
    assert again == Case.load(rason)
    claim.write_text(text + "\nstrange = 1\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(RecordError, match="strange"):
            Case.load(rason, reads=reads)
    claim.write_text(text, encoding="utf-8")
    assert Case.load(rason, reads=reads) == Case.load(rason)


def test_nobody_writes_in_somebody_elses_observations(rason: Path, put: Put) -> None:
    """A line in another one's folder, or that takes back what somebody else saw, is named with its line."""
    told = '"at": "2024-11-01T10:00:00Z", "item": "E-0191", '
    put(
        "observations/ben/1.jsonl",
        f'{{"id": "b-1", "by": "ben", {told}"state": "withdrawn", "supersedes": "mk-1"}}\n'
        f'{{"id": "b-2", "by": "ana", {told}"state": "absent"}}\n',
    )
    assert faults(rason) == [
        "observations/ben/1.jsonl:1: supersedes: found 'mk-1', which mk saw; valid: an observation by ben",
        "observations/ben/1.jsonl:2: by: found 'ana'; valid: 'ben', as the folder is named",
    ]
