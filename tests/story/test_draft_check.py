"""A draft written elsewhere, laid beside the case: what matches, what differs, what nobody has vouched for."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from drafts import PLANTED, RIGHT, planted, written

from dateline.cli.app import run
from dateline.ledger.case import Case
from dateline.story.check import check_draft
from dateline.story.draft import Line, Sheet

EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = ("txt", "docx", "docx-word", "html")
TRUE = (
    "The quays of Arden",
    "Light at Arden grew by 42 % (90 % interval 27 to 60), in simulated images.",
    "In Eskerry it fell by 19 %. The Arden harbour office spoke of more than 1,000 crates on 13 October 2023.",
)


@pytest.fixture(scope="module")
def rason(rason_folder: Path) -> Case:
    """The real case."""
    return Case.load(rason_folder)


def sheet_of(case: Case, folder: Path, kind: str, *lines: str) -> Sheet:
    return check_draft(written(folder, kind, lines), case)


def stopping(sheet: Sheet) -> list[Line]:
    return [line for line in sheet.lines if line.outcome != "matches"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_page_passes(rason: Case, tmp_path: Path, kind: str) -> None:
    """A page on the real case in a newsroom's words: nothing differs, and nothing is unknown, in every kind of file."""
    sheet = sheet_of(rason, tmp_path, kind, *RIGHT)
    assert sheet.passed, sheet.text()
    assert not stopping(sheet), sheet.text()
    assert {line.kind for line in sheet.lines} == {"number", "date", "place", "distance", "quote"}
    assert sheet.count("matches") > 30


@pytest.mark.parametrize("index", range(len(PLANTED)), ids=[f"{code}-{what}" for _, _, code, what in PLANTED])
def test_a_planted_error_is_found(rason: Case, tmp_path: Path, index: int) -> None:
    """By its rule, at its words, with what the record says and what to do; and nothing else is said to be wrong."""
    _, _, code, what = PLANTED[index]
    (line,) = stopping(sheet_of(rason, tmp_path, "docx-word", *planted(index)))
    assert line.rule is not None
    assert (line.rule.code, line.what, line.outcome) == (code, what, "differs")
    assert line.against or code == "bare-verified"
    assert line.advice
    assert "{{" not in line.advice


@pytest.mark.parametrize("kind", KINDS)
def test_eight_errors_on_one_page_are_eight_lines(rason: Case, tmp_path: Path, kind: str) -> None:
    """All at once, each under its own rule, each where it stands."""
    lines = RIGHT
    for old, new, _, _ in PLANTED[:8]:
        lines = tuple(line.replace(old, new) for line in lines)
    found = stopping(sheet_of(rason, tmp_path, kind, *lines))
    assert {(line.rule.code, line.what) for line in found if line.rule} == {each[2:] for each in PLANTED[:8]}
    assert len(found) == 8
    for line in found:
        text = lines[line.number // 2 if kind == "txt" else line.number - 1]
        assert text[line.column - 1 :].startswith(line.what.strip("“”")) or text[line.column - 1] == "“"


def _mutants(seed: int) -> list[tuple[str, tuple[str, ...]]]:
    """The right page with one thing changed: a digit, a place, a word of a quotation, a bound, a verb of saying."""
    chance, page = random.Random(seed), "\n\n".join(RIGHT[1:-1])
    made: list[tuple[str, str]] = []
    for match in re.finditer(r"(?<![\d,])\d[\d,]*\d(?= (?!October|February|km))", page):
        if not re.fullmatch(r"20\d\d", match[0]):
            at = match.start() + chance.choice([index for index, sign in enumerate(match[0]) if sign.isdigit()][:2])
            digit = str((int(page[at]) + chance.randint(1, 8)) % 10)
            digit = "7" if digit == "0" and at == match.start() else digit
            made.append(("digit", page[:at] + digit + page[at + 1 :]))
    others = ("Khabarovsk", "Vostochny", "Chongjin", "Tumangang")
    names = re.finditer(r"\b(?:Najin|Dunay|Vladivostok|the Kursk region|Sergeyevka)(?=[ .;])", page)
    made += [("place", page[: match.start()] + chance.choice(others) + page[match.end() :]) for match in names]
    for match in re.finditer(r"“([^”]+)”", page):
        words = ((match.start(1) + word.start(), word[0]) for word in re.finditer(r"\w+", match[1]))
        made += [("quote", page[:at] + "whatever" + page[at + len(word) :]) for at, word in words]
    bounds = re.finditer(r"(?:more than|at least|as many as|about) (?=\w)", page)
    made += [("bound", page[: match.start()] + page[match.end() :]) for match in bounds]
    verbs = re.finditer(r"\b(?:said|wrote|told reporters)(?= (?:that|on|of))", page)
    made += [("hedge", page[: match.start()] + "confirmed" + page[match.end() :]) for match in verbs]
    return [(sort, tuple(text.split("\n\n"))) for sort, text in made]


@pytest.mark.slow
def test_changed_words_are_caught(rason: Case, tmp_path: Path) -> None:
    """Of every number, place, quoted word, bound and verb of saying changed one at a time, nine in ten are caught."""
    caught: dict[str, list[bool]] = {}
    for sort, lines in _mutants(7):
        caught.setdefault(sort, []).append(not sheet_of(rason, tmp_path, "txt", RIGHT[0], *lines, RIGHT[-1]).passed)
    rates = {sort: (sum(each), len(each)) for sort, each in caught.items()}
    print("caught:", rates)
    assert set(rates) == {"digit", "place", "quote", "bound", "hedge"}
    assert sum(got for got, _ in rates.values()) >= 0.9 * sum(size for _, size in rates.values()), rates


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx"])
def test_a_true_draft_on_findings_passes(halm: Case, tmp_path: Path, kind: str) -> None:
    """Every number, date and verb that findings carry is a match, with the reference that carries it."""
    sheet = sheet_of(halm, tmp_path, kind, *TRUE)
    assert sheet.passed, sheet.text()
    assert "lights-coast.places.eskerry.ratio.change.best" in sheet.text()


@pytest.mark.parametrize(
    ("sentence", "what", "outcome", "code"),
    [
        ("Light at Arden grew by 47 %.", "47 %", "differs", "number-differs"),
        ("Light at Arden fell by 42 %.", "fell", "differs", "wrong-direction"),
        ("In Eskerry light fell by 42 %.", "42 %", "differs", "number-differs"),
        ("In Eskerry light fell by 42 %.", "Eskerry", "differs", "place-differs"),
        ("In Brill light grew.", "grew", "differs", "stronger-words"),
        ("The Arden harbour office spoke of 2,000 crates.", "2,000", "differs", "number-differs"),
        ("The Arden harbour office spoke of 1,000 crates.", "1,000", "differs", "bound-dropped"),
        ("It was announced on 13 October 2022.", "13 October 2022", "unknown", "untraced-date"),
        ("Nobody counted the 77 lamps of Garth.", "77", "unknown", "untraced-number"),
        ("At Arden light and the economy grew.", "economy", "differs", "proxy"),
        ("Light at Arden grew by 42 percentage points.", "42 percentage points", "differs", "unit-differs"),
        ("Light at Arden grew because of the new quay.", "because of", "differs", "cause"),
        ("People of Asian appearance stood at Arden.", "Asian appearance", "differs", "appearance"),
    ],
)
def test_a_sentence_against_the_sample(
    halm: Case, tmp_path: Path, *, sentence: str, what: str, outcome: str, code: str
) -> None:
    """Digit, direction, another place's number, no result, bound, date, nothing, proxy, unit, cause, looks."""
    sheet = sheet_of(halm, tmp_path, "txt", *TRUE, sentence)
    assert not sheet.passed
    last = max(line.number for line in sheet.lines)
    told = [(line.what, line.outcome, line.rule.code) for line in sheet.lines if line.number == last and line.rule]
    assert (what, outcome, code) in told, sheet.text()


def test_equal_digits_elsewhere_are_no_match(halm: Case, tmp_path: Path) -> None:
    """A number that only another place has is not vouched for; the sheet says where the digits stand."""
    lines = sheet_of(halm, tmp_path, "txt", "Somewhere 81 % of it was seen, as expected.").lines
    (line,) = [one for one in lines if one.kind == "number"]
    assert line.outcome == "unknown"


@pytest.mark.parametrize(
    ("sentence", "what", "outcome"),
    [
        ("Eskerry, 15 km north-east of Arden, was dark.", "15 km north-east of Arden", "matches"),
        ("Eskerry, 40 km south of Arden, was dark.", "40 km south of Arden", "differs"),
        ("Nowhere, 40 km south of Arden, was dark.", "40 km south of Arden", "unknown"),
        ("Eskerry officials said a hut 40 km south of Arden was dark.", "40 km south of Arden", "unknown"),
        ("Eskerry, 20 km north-east of Arden by road, was dark.", "20 km north-east of Arden by road", "unknown"),
        ("More than 10 km north-east of Arden lies Eskerry.", "More than 10 km north-east of Arden", "matches"),
        (
            "Eskerry, 40 km (25 miles) south of the town of Arden.",
            "40 km (25 miles) south of the town of Arden",
            "differs",
        ),
    ],
)
def test_distances_in_a_draft_are_measured(halm: Case, tmp_path: Path, sentence: str, what: str, outcome: str) -> None:
    """Between places of the case; the printed number has no second line of its own."""
    lines = sheet_of(halm, tmp_path, "txt", sentence).lines
    assert [(line.what, line.outcome) for line in lines if line.kind == "distance"] == [(what, outcome)]
    assert not [line for line in lines if line.kind == "number"]


@pytest.mark.parametrize("words", ["perilously close", "near"])
def test_relative_words_are_noted_and_stop_nothing(halm: Case, tmp_path: Path, words: str) -> None:
    """As in a story, a note."""
    sheet = sheet_of(halm, tmp_path, "txt", f"Eskerry lies {words} {'to ' * ('close' in words)}Arden.")
    assert [line.outcome for line in sheet.lines if line.what == words] == ["unknown"]
    assert sheet.passed


@pytest.mark.parametrize(
    ("sentence", "outcome", "code"),
    [
        ("The Kremlin said that they come „without any proof“.", "matches", None),
        ("The Kremlin said that they come «without … proof».", "matches", None),
        ("The Kremlin said that they come 'without any proof'.", "matches", None),
        ("The Kremlin said that they come “without any [real] proof”.", "matches", None),
        ("The Kremlin said that they come “without clear proof”.", "differs", "quote-differs"),
        ("The White House said that they come “without any proof”.", "differs", "speaker-differs"),
        ("The Kremlin said that they “were made up by people who hate us”.", "unknown", "untraced-quote"),
        ("The so-called “Danube” base is none.", "unknown", "short-quote"),
    ],
)
def test_quotations_are_compared_word_by_word(
    rason: Case, tmp_path: Path, sentence: str, outcome: str, code: str | None
) -> None:
    """In marks of any language, with ellipses and brackets as editors use them; to whoever said it."""
    (line,) = [one for one in sheet_of(rason, tmp_path, "txt", sentence).lines if one.kind == "quote"]
    assert (line.outcome, line.rule and line.rule.code) == (outcome, code), line.against


def test_a_conversation_is_quoted_from_its_recording(tmp_path: Path) -> None:
    """Words of a transcript match; one changed is shown."""
    case = Case.load(EXAMPLES / "exercise")
    said = "An invented docker says: “I do not keep {} count.”"
    right, wrong = (sheet_of(case, tmp_path, "txt", said.format(word)).lines[0] for word in ("", "any"))
    assert (right.outcome, wrong.outcome) == ("matches", "differs")
    assert "any" in wrong.against


@pytest.mark.parametrize(
    ("sentence", "what", "outcome", "code"),
    [
        ("Ships lay at Rason.", "Rason", "matches", None),
        ("Trucks went by Сергеевка.", "Сергеевка", "unknown", "namesake"),
        ("CSIS Beyond Parallel saw vessels at Dunay on 49 days.", "Dunay", "differs", "place-differs"),
        ("RUSI told of at least five trips between Najin and Chongjin.", "Chongjin", "differs", "place-differs"),
        (
            "On 6 October 2023 CSIS Beyond Parallel saw about 73 freight cars at Tumangang.",
            "Tumangang",
            "matches",
            None,
        ),
    ],
)
def test_places_are_the_records_own(
    rason: Case, tmp_path: Path, *, sentence: str, what: str, outcome: str, code: str | None
) -> None:
    """Another spelling matches; another place than the record's differs; a name of two places is said to be one."""
    lines = [one for one in sheet_of(rason, tmp_path, "txt", sentence).lines if one.kind == "place"]
    assert (what, outcome, code) in [(one.what, one.outcome, one.rule and one.rule.code) for one in lines], lines


def test_a_gazetteer_answers_where_the_case_has_no_such_place(rason: Case, halm: Case, tmp_path: Path) -> None:
    """A place beyond the case is unknown; another name of one of its places is that place; distances are measured."""
    from dateline.core import Where
    from dateline.places.candidate import Candidate

    where = {"Rajin": Where.point(lon=130.3, lat=42.24), "Osaka": Where.point(lon=135.5, lat=34.7),
             "Thorn": Where.point(lon=12.4, lat=-42.6, radius=100)}  # fmt: skip

    def look(name: str) -> tuple[Candidate, ...]:
        here = where.get(name)
        if here is None:
            return ()
        return (Candidate(id="t", name=name, where=here, kind="spelled", spelling=name, source="a list"),)

    lines = check_draft(
        written(tmp_path, "txt", ("CSIS Beyond Parallel saw ships at Rajin on 49 days.",)), rason, look
    ).lines
    assert ("Rajin", "matches") in [(line.what, line.outcome) for line in lines]
    (line,) = check_draft(written(tmp_path, "txt", ("Ships ran to Osaka.",)), rason, look).lines
    assert (line.what, line.outcome, line.rule and line.rule.code) == ("Osaka", "unknown", "untraced-place")
    lines = check_draft(written(tmp_path, "txt", ("Thorn, 33 km south of Arden, was dark.",)), halm, look).lines
    assert ("distance", "matches") in [(line.kind, line.outcome) for line in lines]


@pytest.mark.parametrize(
    ("sentence", "what", "outcome"),
    [
        ("C4ADS counted more than 74,000 tonnes of explosives.", "more than 74,000", "matches"),
        ("C4ADS counted more than 74 kilotonnes of explosives.", "more than 74", "matches"),
        ("C4ADS counted more than 74,000 kilotonnes of explosives.", "74,000", "differs"),
        ("C4ADS counted more than 74\u202f000 tonnes of explosives.", "more than 74\u202f000", "matches"),
    ],
)
def test_units_are_read(rason: Case, tmp_path: Path, sentence: str, what: str, outcome: str) -> None:
    """The same amount in another unit matches, the same digits in another unit differ; thin spaces hold digits."""
    lines = sheet_of(rason, tmp_path, "txt", sentence).lines
    assert (what, outcome) in [(line.what, line.outcome) for line in lines if line.kind == "number"], lines


def test_a_stale_finding_stops_its_sentence(halm: Case, tmp_path: Path) -> None:
    """By the story's own rule."""
    sheet = check_draft(written(tmp_path, "txt", TRUE), halm, stale=("lights-arden",))
    assert "stale" in {line.rule.code for line in sheet.lines if line.rule}


def test_a_draft_on_simulated_data_says_so(halm: Case, tmp_path: Path) -> None:
    """A draft that nowhere says that its numbers are simulated is told to."""
    told = [line.replace(", in simulated images", "") for line in TRUE]
    codes = [
        {line.rule.code for line in sheet_of(halm, tmp_path, "txt", *lines).lines if line.rule}
        for lines in (TRUE, told)
    ]
    assert ["simulated-untold" in each for each in codes] == [False, True]


def test_a_draft_in_russian_says_what_was_not_read(rason: Case, tmp_path: Path) -> None:
    """Digits, dates and names are read as Russian writes them; the rules that cannot read it are named."""
    sheet = sheet_of(rason, tmp_path, "txt", "Видео сняли в Сергеевке 25 октября 2024 года. Контейнеров было 6 700.")
    assert sheet.language == "ru"
    assert "distance-differs" in sheet.unread
    assert any("do not read this language" in note for note in sheet.notes)
    assert {"Сергеевке", "25 октября 2024"} <= {line.what for line in sheet.lines}


def test_a_draft_about_something_else_says_so(rason: Case, tmp_path: Path) -> None:
    """Nothing is said to match, and the sheet asks whether it is the right case."""
    sheet = sheet_of(rason, tmp_path, "txt", "The cup final drew 41,322 spectators to Cardiff on 4 May 1968.")
    assert not sheet.passed
    assert any("right case" in note for note in sheet.notes)


def test_the_command_prints_a_page_json_and_sarif(
    ground: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 where something differs, 0 where not; a page to print when it is asked for; nothing else is written."""
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.mkdir()
    wrong.mkdir()
    case = ["--case", str(ground)]
    good = written(right, "txt", ("The Arden harbour office spoke of more than 1,000 crates on 13 October 2023.",))
    bad = written(wrong, "docx", ("Light at Arden grew by 47 % (90 % interval 27 to 60), in simulated images.",))
    assert run(["check", str(good), *case]) == 0
    capsys.readouterr()
    assert run(["check", str(bad), *case, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [line["rule"] for line in told["lines"] if line["outcome"] == "differs"] == ["number-differs"]
    assert all(line["why"] and line["do"] for line in told["lines"] if line["rule"])
    assert run(["check", str(bad), *case, "--sarif"]) == 1
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"][0]["ruleId"] == "number-differs"
    assert run(["check", str(bad), *case, "--out", str(bad)]) == 2
    assert run(["check", str(bad), *case, "--out", str(tmp_path / "sheet.html")]) == 1
    assert run(["check", str(right)]) == 2
    assert "check --case" in capsys.readouterr().err
    assert {path.name for path in tmp_path.rglob("*")} == {"right", "wrong", good.name, bad.name, "sheet.html"}


def test_a_wrong_number_is_laid_beside_that_of_its_day(rason: Case, tmp_path: Path) -> None:
    """However near a number of another month is: else the editor would mend the date, which is right."""
    said = "In December 2023 South Korea’s defence ministry had said around 7,500 containers had been moved."
    (line,) = stopping(sheet_of(rason, tmp_path, "txt", said))
    assert (line.what, line.outcome) == ("7,500", "differs")
    assert line.against.startswith("C032.quantity: around 5,000")
