"""Errors in the stories and drafts of the other cases: caught by a rule, or listed as what slips through."""

from __future__ import annotations

import shutil
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from drafts import written

from dateline.core import Where
from dateline.ledger.case import Case
from dateline.measure.case_run import measure_case
from dateline.places.candidate import Candidate
from dateline.story.check import check_draft, examine, reading_of
from dateline.story.draft import Sheet
from dateline.story.language import language
from dateline.story.numbers import find_numbers
from dateline.story.parse import parse
from dateline.story.phrases import hits

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
MUTATIONS = tomllib.loads((HERE / "mutations_elsewhere.toml").read_text(encoding="utf-8"))["mutation"]
RIGHT = (
    "Brighter quays on a coast that does not exist",
    "Light at Arden’s quays grew by 42 % (90 % interval 27 to 60) from March 2022 to March 2024, in simulated images. "
    "The rise began between September and December 2022.",
    "In Brill and Corrin no change was found: 3 % (90 % interval −7 to 14) in Brill and −3 % (90 % interval −12 to 7) "
    "in Corrin.",
    "The Arden harbour office said on 13 October 2023 that more than 1,000 crates had been landed since September "
    "2023. It did not answer a letter of 20 January 2025.",
    "A crane driver at the new quay said: “Crates, always crates.” What is in them nobody has seen. The treaty of both "
    "coasts was signed on 19 June 2024.",
    "Corrin lies about 22 km south-west of Arden.",
)
ERRORS = (
    ("1,000 crates", "1,000 tonnes", "unit-differs"),
    ("grew by 42 %", "dimmed by 42 %", "wrong-direction"),
    ("A crane driver at the new quay said", "The Arden harbour office said", "speaker-differs"),
    ("south-west of Arden", "north-east of Arden", "distance-differs"),
    ("19 June 2024", "19 June 2023", "untraced-date"),
    ("said on 13 October 2023", "said on 19 June 2024", "date-differs"),
    ("in Brill and −3", "at the coast and −3", None),
    ("Light at Arden", "Trade at Arden", "proxy"),
    ("grew by 42 %", "grew by more than 42 %", "bound-dropped"),
    ("nobody has seen", "a vеrified film shows", "hidden-signs"),
    ("more than 1,000", "٢٬٠٠٠", None),
    ("said on 13 October 2023 that more", "confirmed on 13 October 2023 that more", "claim-stronger"),
    ("What is in them nobody has seen.", "The clip is verified.", "bare-verified"),
)


def sheet(case: Case, folder: Path, kind: str, lines: tuple[str, ...]) -> Sheet:
    return check_draft(written(folder, kind, lines), case)


@pytest.mark.parametrize("kind", ["txt", "docx-word"])
def test_a_right_page_on_the_sample_coast_passes_and_its_errors_do_not(halm: Case, tmp_path: Path, kind: str) -> None:
    """Nothing is said of the page as it is; each error that has a rule is refused by it."""
    right = sheet(halm, tmp_path, kind, RIGHT)
    assert [line.what for line in right.lines if line.outcome != "matches"] == []
    for old, new, code in ERRORS:
        if code is not None:
            wrong = sheet(halm, tmp_path, kind, tuple(line.replace(old, new, 1) for line in RIGHT))
            assert code in {line.rule.code for line in wrong.lines if line.rule}, new
            assert not wrong.passed, new


def test_a_month_is_no_town(halm: Case, tmp_path: Path) -> None:
    """Though a gazetteer has one of that name."""

    def look(name: str) -> tuple[Candidate, ...]:
        return (
            Candidate(
                id="t", name=name, where=Where.point(lon=0.1, lat=52.5), kind="spelled", spelling=name, source="a list"
            ),
        )

    path = written(tmp_path, "txt", ("Light at Arden’s quays grew by 42 % (27 to 60) from March 2022 on.",))
    assert {line.what for line in check_draft(path, halm, look).lines if line.kind == "place"} == {"Arden"}


def test_words_of_somebody_unnamed_are_not_given_to_another(halm: Case, tmp_path: Path) -> None:
    """The sheet says that they are somebody else's, and not whose."""
    text = ("The Arden harbour office said: “Crates, always crates.”",)
    (line,) = [one for one in sheet(halm, tmp_path, "txt", text).lines if one.kind == "quote"]
    assert (line.outcome, line.rule and line.rule.code) == ("differs", "speaker-differs")
    assert "somebody else" in line.against


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("Washington said on 23 February 2024 that more than 10,000 containers had gone to Russia.", "matches"),
        ("Moscow said that more than 10,000 containers had come from North Korea.", "differs"),
        ("Seoul put the figure at about 6,700 containers.", "matches"),
    ],
)
def test_a_capital_speaks_for_its_government(tmp_path: Path, sentence: str, outcome: str) -> None:
    """Of whose statements the number must be one."""
    lines = sheet(Case.load(EXAMPLES / "rason"), tmp_path, "txt", (sentence,)).lines
    assert {line.outcome for line in lines if line.kind == "number"} == {outcome}, lines


def test_what_is_let_pass_hides_no_name(own: Path) -> None:
    """A reason in double brackets does not make a name in confidence printable."""
    source = 'schema = 1\nid = "s-9"\ntype = "person"\nterms = {are = "not_for_attribution", agreed_by = "mk", '
    (own / "sources/s-9.toml").write_text(f'{source}agreed_on = 2025-01-02}}\n[names]\nen = "Zyrtha Qelomane"\n')
    story = parse('+++\ntitle = "T"\n+++\n[[Zyrtha Qelomane: she agreed]] saw it.\n')
    assert "named-on-background" in {fault.rule.code for fault in examine(reading_of(Case.load(own), story)).faults}


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("light did not, in that year, grew", True),
        ("nobody knows whether light rose, fell or grew", True),
        ("light did not rise, fall or grew", True),
        ("the port, which does not exist, grew", False),
        ("older images do not show this, which grew", False),
    ],
)
def test_a_denial_reaches_as_far_as_its_clause(text: str, *, negated: bool) -> None:
    """Not into what stands behind an aside."""
    assert [hit.negated for hit in hits(language("en"), "rise", text) if hit.words == "grew"] == [negated]


def test_hostile_text_is_read_in_time() -> None:
    """Number words without end are no number; a hundred kilobytes of one sign are read through."""
    (number,) = find_numbers("two hundred and " * 500)
    assert number.value is None
    begun = time.process_time()
    for text in ("A" * 100_000, "A’" * 50_000, "1" * 100_000, "a-" * 50_000, "grew by " * 12_000):
        find_numbers(text)
        list(hits(language("en"), "rise", text))
    assert time.process_time() - begun < 60


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory, ground: Path) -> dict[str, Case]:
    """The sample coast, and the two examples as far as their findings can be computed here."""
    folder = tmp_path_factory.mktemp("stories")
    found = {"sample": Case.load(ground)}
    for name in ("maria", "exercise"):
        shutil.copytree(EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns("site"))
        case = Case.load(folder / name)
        if name == "maria":
            measure_case(case)
        case = Case.load(folder / name)
        if all(case.has_finding(measure) for measure in case.measures):
            found[name] = case
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sample", "maria", "exercise"])
def test_mutations_are_refused_or_listed_as_slips(stories: dict[str, Case], name: str) -> None:
    """The untouched story has no fault; each mutation has one more, but for those that say why they slip through."""
    if name not in stories:
        pytest.skip(f"NOT MEASURED: {name} has no findings here (`make demo`); its mutations are not tried")
    case = stories[name]
    text = case.story.read_text(encoding="utf-8")
    assert [str(fault) for fault in examine(reading_of(case, parse(text))).faults] == []
    tried: list[tuple[dict[str, Any], bool]] = []
    for one in (one for one in MUTATIONS if one["case"] == name):
        assert one["find"] in text, one["kind"]
        faults = examine(reading_of(case, parse(text.replace(one["find"], one["put"], 1)))).faults
        tried.append((one, bool(faults)))
    print(f"{name}: {sum(caught for _, caught in tried)} of {len(tried)} caught")
    print(*(f"  slips: {one['kind']}: {one['slips']}" for one, _ in tried if "slips" in one), sep="\n")
    assert [one["kind"] for one, caught in tried if not caught and "slips" not in one] == []
