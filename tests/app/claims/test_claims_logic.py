"""What the claims screen lists, covers, reads and writes, without a browser."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.app.asking import ask_live, keep
from dateline.app.desk import Desk
from dateline.app.screens.claims import judging, shown
from dateline.app.screens.claims.answers import answers_of, live, make, proposed, write_claim
from dateline.app.screens.claims.changes import ChangedMeanwhile, preview, write
from dateline.app.screens.claims.changes import shown as lines
from dateline.app.screens.claims.curtain import KEPT, Curtain, spelt_out
from dateline.app.screens.claims.hedges import hedges_in
from dateline.app.screens.claims.listing import PAGE, Asked, chosen, page_of, rows_of
from dateline.app.screens.claims.origins import question
from dateline.app.screens.claims.words import bounds
from dateline.cli.app import run
from dateline.core.errors import RecordError, UsageError
from dateline.core.quantity import Kind, Quantity
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim

DAY = date(2024, 3, 2)
RATING = {"source_reliability": "B", "info_credibility": "2", "why": "its own gate log"}
TOLD = {
    "speaker": "Port Authority", "said": "2024-02-26", "statement": "Two thousand came", "stance": "asserts",
    "quantity": "дві тисячі контейнерів", "quantity_kind": "count", "period": "late August",
}  # fmt: skip


def listed(case: Case, **asked: str) -> list[str]:
    """Ids of the claims that fit."""
    return [row.id for row in chosen(rows_of(case.claims.values(), Curtain(case)), Asked.of(asked))]


def rate(case: Case, name: str = "C001") -> Claim:
    """A claim as it is after a rating by mk."""
    return judging.rated(case.claims[name], RATING, by="mk", day=DAY)


def test_a_list_is_searched_and_filtered(claims: Path) -> None:
    """By words in any order, speaker, origin, rating and sign-off; an odd address asks for everything."""
    case = Case.load(claims)
    desk = Desk(claims, 0)
    write(desk, "C001", case.files[case.paths["C001"]], lambda now, _: rate(now))
    rated = desk.case()

    assert listed(case) == ["C001", "C002", "C003"]
    assert listed(case, q="containers thousand") == ["C002"]
    assert listed(case, speaker="daily-paper") == ["C002"]
    assert listed(case, origin="port-authority", order="said") == ["C002", "C001"]
    assert listed(rated, show="unrated") == ["C002", "C003"]
    assert listed(rated, show="unsigned") == ["C001", "C002", "C003"]
    assert listed(case, show="<script>", page="-1", order="x") == ["C001", "C002", "C003"]


@given(st.dictionaries(st.sampled_from(["q", "show", "speaker", "origin", "order", "page"]), st.text(max_size=30)))
def test_any_address_asks_for_some_page(told: dict[str, str]) -> None:
    """No text in an address breaks the list, and every page number leads to one."""
    asked = Asked.of(told)
    page = page_of(chosen((), asked), asked.page)

    assert (page.number, page.pages, page.rows) == (1, 1, ())


def test_the_rows_of_many_claims_are_a_page_at_a_time(claims: Path) -> None:
    """Only one page's rows are drawn; how long the rows take is printed, not promised."""
    case = Case.load(claims)
    many = [case.claims["C001"].model_copy(update={"id": f"C{number}"}) for number in range(2_000)]
    start = time.process_time()
    rows = rows_of(many, Curtain(case))
    found = page_of(chosen(rows, Asked.of({"q": "containers came"})), 3)
    print(f"2,000 rows: {time.process_time() - start:.2f} s")

    assert [row.id for row in rows[:3]] == ["C0", "C1", "C2"]
    assert (len(found.rows), found.number, found.pages, found.total) == (PAGE, 3, 40, 2_000)


def test_nothing_that_was_agreed_to_be_kept_back_is_in_a_list_or_a_page(claims: Path) -> None:
    """Neither name, nor id, nor words; nor may a search find them, nor a text elsewhere betray them. Asked for, all."""
    case = Case.load(claims)
    curtain, claim = Curtain(case), case.claims["C003"]
    row = rows_of([claim], curtain)[0]
    told = f"{row} {shown.rows(claim, curtain)} {shown.words(claim, curtain)} {shown.chain(claim, curtain)}".lower()

    assert [word for word in ("zed", "doe", "crane", "pier") if word in told] == []
    assert (row.statement, row.speaker_id, row.covered) == (KEPT, None, True)
    assert listed(case, q="crane") == []
    assert curtain.text("as Zed Doe told us") == KEPT
    assert "crane" in curtain.lift().statement(claim)
    assert "met at the pier" in str(shown.rows(claim, curtain.lift()))
    assert curtain.line(claim, 'statement = "The crane"') == f"statement = {KEPT}"
    assert curtain.line(claim, 'source_reliability = "B"') == 'source_reliability = "B"'


def test_steering_signs_are_spelt_out_where_a_change_is_shown() -> None:
    """A sign that turns the direction of a line could make a change look like another one."""
    assert spelt_out("a\u202eb\u0000\tc 👩\u200d🚀") == "a⟨U+202E⟩b⟨U+0000⟩\tc 👩\u200d🚀"


def test_every_reading_is_offered_and_none_is_taken_silently(claims: Path) -> None:
    """One reading is shown; of several none is chosen; a choice counts only for the text that it was offered for."""
    case = Case.load(claims)
    curtain = Curtain(case)
    one = make(case, curtain, answers_of(TOLD), "fox")
    told = TOLD | {"period": "by July", "quantity": "1.500 containers"}
    open_ = make(case, curtain, answers_of(told), "fox")
    texts = {key: [offer.text for offer in offers] for key, (_, offers) in open_.offers.items()}
    picked = told | {"choose.period": texts["period"][1], "choose.quantity": texts["quantity"][1]}
    made = make(case, curtain, answers_of(picked), "fox")
    other = make(case, curtain, answers_of(picked | {"period": "by August"}), "fox")

    assert one.offers["period"][1][0].label == "roughly between 21 and 31 August 2023"
    assert one.offers["quantity"][1][0].label == "exactly 2,000 [container]"
    assert one.is_whole
    assert not open_.is_whole
    assert (len(texts["period"]), len(texts["quantity"])) == (2, 2)
    assert made.is_whole
    assert isinstance(claim := made.composed.records[-1], Claim)
    assert claim.quantity is not None
    assert claim.quantity.low == 1500
    assert not other.is_whole
    assert [one["label"] for one in live(open_)["offers"]["quantity"]["options"]] == [
        offer.label for offer in open_.offers["quantity"][1]
    ]


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"said": "2024-02-26T10:00"}, "said"),
        ({"said": "whenever"}, "said"),
        ({"quantity": "x" * 100_000}, "quantity"),
        ({"period": "9" * 4_000}, "period"),
        ({"quantity": "1" * 4_000 + " containers"}, "quantity"),
        ({"retells": "C999"}, "retells"),
        ({"retells": "../../etc/passwd"}, "retells"),
        ({"stance": "shouts"}, "stance"),
        ({"quantity_kind": ""}, "quantity_kind"),
        ({"evidence": "nothing-there"}, "evidence"),
    ],
)
def test_bad_answers_are_refused_at_their_key(claims: Path, told: dict[str, str], key: str) -> None:
    """Naive instants, words that are no date, texts without end, unknown ids: a fault each, nothing written."""
    case = Case.load(claims)
    found = make(case, Curtain(case), answers_of(TOLD | told), "fox")
    faults = list(found.faults)
    if found.is_whole:
        with pytest.raises(RecordError) as refused:
            proposed(case, found, ())
        faults = list(refused.value.faults)

    assert key in {fault.key for fault in faults}


def test_no_source_that_is_not_named_is_offered_unasked(claims: Path) -> None:
    """A mistyped speaker lists neither its name nor its id; typed outright it is known."""
    case = Case.load(claims)
    near = make(case, Curtain(case), answers_of(TOLD | {"speaker": "Zed Do"}), "fox")
    outright = make(case, Curtain(case), answers_of(TOLD | {"speaker": "zed doe"}), "fox")

    assert "doe" not in str((near.faults[0].valid, near.offers, near.composed.questions)).lower()
    assert outright.is_whole


def test_the_form_writes_what_the_command_line_writes(claims: Path, tmp_path: Path) -> None:
    """The same answers, the same bytes: claim, new source, unit of the case's own; and hashes guard what was shown."""
    other = tmp_path / "other"
    told = TOLD | {
        "speaker": "Kranführer", "speaker_type": "person", "quantity": "40 grab", "unit": "grab",
        "statement": 'Он сказал: "да" 👍 \u202eb', "note": "two\nlines", "sources": "a https://a.org\nb https://b.org",
    }  # fmt: skip
    import shutil

    shutil.copytree(claims, other)
    answers = answers_of({key: text.replace("\n", "\r\n") for key, text in told.items()})
    case = Case.load(claims)
    new = proposed(case, make(case, Curtain(case), answers, "fox"), answers.units)
    late, _, again = write_claim(Desk(claims, 0), answers, "fox", "0" * 64)
    name, _, _ = write_claim(Desk(claims, 0), answers, "fox", new.sha256)
    pairs = [f"--set={key}={text}" for key, text in (told | {"written_by": "fox"}).items() if key != "unit"]

    assert run(["add", "claim", "--case", str(other), "--unit", "grab", *pairs]) == 0
    assert late is None
    assert again is not None
    assert name == "C004"
    files = [path.relative_to(claims) for path in claims.rglob("*.toml")]
    assert sorted(files) == sorted(path.relative_to(other) for path in other.rglob("*.toml"))
    assert [path for path in files if (claims / path).read_bytes() != (other / path).read_bytes()] == []
    assert [name for name, _ in new.files][-1] == "case.toml"


def test_a_rating_needs_grades_and_a_reason(claims: Path) -> None:
    """Neither is guessed, and the two grades stay apart."""
    one = Case.load(claims).claims["C001"]
    wrong: list[dict[str, str]] = [{"source_reliability": "G"}, {"info_credibility": "7"}, {"why": "  "}]
    codes = []
    for more in wrong:
        with pytest.raises(UsageError) as error:
            judging.rated(one, RATING | more, by="mk", day=DAY)
        codes.append(error.value.code)

    assert codes == ["no-grade", "no-grade", "no-reason"]


def test_a_change_is_shown_as_it_is_written_and_a_second_one_is_refused(claims: Path) -> None:
    """The file keeps its comments; who comes second with an old page is told so and writes nothing."""
    path = claims / "claims" / "C001.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("stance", "# loud\nstance"), encoding="utf-8")
    desk = Desk(claims, 0)
    case = desk.case()
    sha = case.files[case.paths["C001"]]
    before, after = preview(case, "C001", sha, lambda now, _: rate(now))
    write(desk, "C001", sha, lambda now, _: rate(now))
    with pytest.raises(ChangedMeanwhile):
        write(desk, "C001", sha, lambda now, one: judging.related(one, "qualifies", "C003"))

    assert path.read_text(encoding="utf-8") == after
    assert "# loud\nstance" in after
    assert {line.sign for line in lines(before, after)} == {"+"}


@pytest.mark.parametrize(("name", "to"), [("C001", "C002"), ("C001", "C001")])
def test_a_loop_of_retells_is_refused_before_it_is_written(claims: Path, name: str, to: str) -> None:
    """The same fault that loading the case would find, in three parts; the files stay as they were."""
    case = Case.load(claims)
    old = {path: path.read_bytes() for path in claims.rglob("*.toml")}
    with pytest.raises(RecordError) as error:
        write(Desk(claims, 0), name, case.files[case.paths[name]], lambda _, one: judging.related(one, "retells", to))

    assert "circular" in error.value.saw
    assert {path: path.read_bytes() for path in claims.rglob("*.toml")} == old


def test_the_origins_of_chosen_claims_are_those_of_the_kept_measure(claims: Path, capsys: Any) -> None:
    """Two statements, one independent origin; the kept measure gives the same sentence by the command line."""
    case = Case.load(claims)
    live_answer = ask_live(case, question(case, ["C001", "C002"], []))
    keep(Desk(claims, 0), question(case, ["C001", "C002"], [], name="origins-port"), by="ana")
    capsys.readouterr()
    run(["measure", "origins-port", "--case", str(claims)])
    kept = Case.load(claims).finding("origins-port")
    with pytest.raises(UsageError) as unknown:
        question(case, ["C01"], [])
    with pytest.raises(UsageError) as unnamed:
        question(case, ["C001"], [], name="../x")

    assert "two statements" in live_answer.statement.en
    assert "one independent origin" in live_answer.statement.en
    assert (live_answer.statement, live_answer.values) == (kept.statement, kept.values)
    assert (unknown.value.code, unnamed.value.code) == ("reference", "measure")


def test_what_rests_on_a_claim_is_told_up_to_the_line_of_the_story(claims: Path) -> None:
    """Claims that retell it, and lines that name it; a longer id is another claim."""
    (claims / "story.md").write_text("# A\n\nMore {C001.quantity} came.\n\nC0010 and XC001\n", encoding="utf-8")
    case = Case.load(claims)
    rests, untold = shown.resting(case, case.claims["C001"], Curtain(case))

    assert [(one.kind, one.id) for one in rests] == [("claim", "C002")]
    assert untold == ""
    assert [(line.number, line.names) for line in shown.story_lines(case, ["C001"])] == [(3, "C001")]


def test_hedges_are_found_in_four_languages_and_the_longest_wins() -> None:
    """Words are offered as they stand in the text."""
    found = hedges_in("It is Very Likely that more than 40, вероятно больше, ймовірно, 추정된다")

    assert [(one.text, one.sort) for one in found] == [
        ("Very Likely", "estimative"), ("more than", "bounded"), ("вероятно", "estimative"), ("больше", "bounded"),
        ("ймовірно", "estimative"), ("추정", "estimative"),
    ]  # fmt: skip
    assert hedges_in("x" * 100_000) == ()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"low": 5, "high": 5}, "exactly 5 [ship]"),
        ({"low": 5, "high": 9}, "from 5 to 9 [ship]"),
        ({"low": 5, "high": 9, "low_open": True, "high_open": True}, "more than 5 to less than 9 [ship]"),
        ({"low": 5, "high": None}, "at least 5, no upper bound [ship]"),
        ({"low": None, "high": 9, "high_open": True}, "less than 9, no lower bound [ship]"),
    ],
)
def test_bounds_are_told_in_words(told: dict[str, Any], words: str) -> None:
    """Open and closed bounds differ; an absent one is said to be absent."""
    assert bounds(Quantity(text="t", unit="ship", kind=Kind.COUNT, **told)) == words
