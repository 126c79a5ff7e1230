"""Terms, transcripts, quotations from recordings, replies and units as records say them: every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.core.errors import RecordError
from dateline.core.plural import category
from dateline.ledger.agreed import off_record, speaker_of, standing
from dateline.ledger.case import Case
from dateline.ledger.reference import resolve
from dateline.ledger.write import canonical_text, rewrite

HEAD = (
    'schema = 1\nid = "t"\ntitle = "T"\nquestion = "Q"\nworldview = "iso"\nlevel = 0.9\nlanguages = ["en"]\n'
    "exercise = true\n"
)
PERSON = 'schema = 1\nid = "kim"\ntype = "person"\n\n[names]\nen = "Kim Moon"\n'
CLAIM = (
    'schema = 1\nid = "C1"\nspeaker = "kim"\nsaid = 2024-10-01\nstance = "asserts"\nstatement = "Ten crates came."\n'
)
CLIP = """schema = 1
id = "clip"
title = "A talk"
type = "video"
transcript = [
    {start = "00:00:01", end = "00:00:04", speaker = "kim", original = "Мы привезли десять ящиков."},
    {start = 4, end = "00:00:08.250", speaker = "kim", original = "Больше ничего.", terms = "off_the_record"},
]
"""
TERMS = 'terms = {{are = "{}", described_as = "a docker", agreed_by = "mk", agreed_on = 2024-10-01}}\n'


def case(root: Path, **files: str) -> Case:
    (root / "case.toml").write_text(HEAD + files.pop("head", ""), encoding="utf-8")
    for name, text in {"sources/kim": PERSON, **files}.items():
        path = root / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Case.load(root)


def faults(root: Path, **files: str) -> list[tuple[str, str, str]]:
    with pytest.raises(RecordError) as caught:
        case(root, **files)
    return [(f"{fault.file}:{fault.line}", fault.key, fault.found) for fault in caught.value.faults]


def quoting(text: str, more: str = 'start = "00:00:01"\nend = 4\n') -> str:
    return f'{CLAIM}\n[original]\ntext = "{text}"\nlanguage = "ru"\nmedia = "clip"\n{more}'


def test_times_terms_and_linguists_are_checked_at_once(tmp_path: Path) -> None:
    """A row that ends before it begins, a time that is none, one linguist twice, terms that nobody agreed to."""
    clip = CLIP.replace('end = "00:00:04"', 'end = "00:75:00", translator = "a", second_linguist = "a"')
    clip = clip.replace("start = 4", 'start = "00:00:00", agrees = true')
    source = PERSON.replace("[names]", 'terms = {are = "background"}\n[names]')
    assert faults(tmp_path, **{"media/clip": clip, "sources/kim": source}) == [
        ("media/clip.toml:6", "transcript.0.end", "something that is not shown: the file has words off the record"),
        *[("media/clip.toml:6", "transcript.0.second_linguist",
           "something that is not shown: the file has words off the record")],
        ("media/clip.toml:7", "transcript.1.agrees", "something that is not shown: the file has words off the record"),
        ("sources/kim.toml:5", "terms.agreed_by", "nothing"),
        ("sources/kim.toml:5", "terms.agreed_on", "nothing"),
    ]  # fmt: skip


def test_rows_stand_in_order(tmp_path: Path) -> None:
    """A row that begins before the one above is a fault on its own line."""
    clip = CLIP.replace("start = 4", "start = 0.5").replace(', terms = "off_the_record"', "")
    assert faults(tmp_path, **{"media/clip": clip}) == [("media/clip.toml:7", "transcript.1.start", "00:00:00.500")]


def test_a_transcript_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Times are written hh:mm:ss.mmm; the canonical text of the record is read again as the same record."""
    made = case(tmp_path, **{"media/clip": CLIP}).media["clip"]
    assert 'start = "00:00:04", end = "00:00:08.250"' in canonical_text(made)
    (tmp_path / "media/clip.toml").write_text(canonical_text(made), encoding="utf-8")
    assert Case.load(tmp_path).media["clip"] == made
    assert not rewrite(tmp_path / "media/clip.toml", root=tmp_path)


@pytest.mark.parametrize("text", ["Мы привезли десять ящиков", "мы привезли … ящиков"])
def test_words_that_are_heard_pass(tmp_path: Path, text: str) -> None:
    """In that stretch of the recording, whatever their case and punctuation."""
    assert case(tmp_path, **{"media/clip": CLIP, "claims/C1": quoting(text)}).claims["C1"].original is not None


def test_words_that_are_not_heard_name_both(tmp_path: Path) -> None:
    """The claim, the recording, the stretch, and the first word that differs."""
    ((at, key, found),) = faults(tmp_path, **{"media/clip": CLIP, "claims/C1": quoting("Мы привезли пять ящиков")})
    assert (at, key) == ("claims/C1.toml:9", "original.text")
    assert found.startswith("words of C1 that are not heard in clip, 00:00:01 to 00:00:04: ")
    assert "“пять” where the record says “десять”" in found


def test_words_off_the_record_are_not_told_by_a_fault(tmp_path: Path) -> None:
    """Neither by the fault of a quotation nor by that of a broken file, nor by broken TOML."""
    away = quoting("Ничего сверх того", 'start = "00:00:05"\n')
    told = faults(tmp_path, **{"media/clip": CLIP, "claims/C1": away})
    told += faults(tmp_path, **{"claims/C1": f'{CLAIM}terms = {{are = "off_the_record"}}\nsecretly = "Ничего"\n'})
    told += faults(tmp_path, **{"claims/C1": f'{CLAIM}terms = {{are = "off_the_record"\nnote = "Ничего"\n'})
    assert len(told) >= 3
    assert "ничего" not in str(told).casefold()


def test_a_stretch_needs_its_recording(tmp_path: Path) -> None:
    """start and end without media, an end before the start: each at its key."""
    text = f'{CLAIM}\n[original]\ntext = "x"\nlanguage = "ru"\nstart = 5\nend = 4\n'
    assert [key for _, key, _ in faults(tmp_path, **{"claims/C1": text})] == ["original.start", "original.end"]


@pytest.mark.parametrize(
    ("agreed", "called"),
    [
        ("on_the_record", "Kim Moon"),
        ("background", "a docker"),
        ("not_for_attribution", None),
        ("off_the_record", None),
    ],
)
def test_the_strictest_terms_count(tmp_path: Path, agreed: str, called: str | None) -> None:
    """Those of the source bear on its claims; a claim's own may be stricter and not more open."""
    source = PERSON.replace("[names]", TERMS.format(agreed) + "[names]")
    claim = CLAIM + 'terms = {are = "on_the_record"}\n'
    made = case(tmp_path, **{"sources/kim": source, "claims/C1": claim})
    assert standing(made.claims["C1"], made.records).are == agreed
    assert speaker_of(made.claims["C1"], made.records, "en") == called
    if called is not None:
        assert resolve(made, "C1.speaker").value == called


def test_a_stretch_off_the_record_bears_on_its_claim(tmp_path: Path) -> None:
    """By its seconds, or by its words where no seconds are given; an event that rests on nothing else goes with it."""
    event = 'schema = 1\nid = "e"\ntitle = "x"\nwhen = "2024"\nkind = "claimed"\nclaims = ["C1"]\n'
    files = {"media/clip": CLIP, "events/e": event}
    placed = case(tmp_path, **files, **{"claims/C1": quoting("Больше ничего", 'start = "00:00:05"\n')})
    assert off_record(placed.records) == {"C1", "e"}
    by_words = case(tmp_path, **files, **{"claims/C1": quoting("больше ничего", "")})
    assert off_record(by_words.records) == {"C1", "e"}
    other = case(tmp_path, **files, **{"claims/C1": quoting("Мы привезли", "")})
    assert off_record(other.records) == frozenset()


def test_units_have_forms(tmp_path: Path) -> None:
    """A list of names goes on as before; a table adds the forms by language, and a sentence takes the right one."""
    ru = 'ru = {one = "ящик", few = "ящика", many = "ящиков", other = "ящика"}'
    head = f'units = ["bag", {{name = "crate", forms = {{en = {{one = "crate", other = "crates"}}, {ru}}}}}]\n'
    claim = CLAIM + 'quantity = {text = "one", low = 1, high = 1, unit = "crate", kind = "count"}\n'
    made = case(tmp_path, head=head, **{"claims/C1": claim})
    crate = made.head.unit("crate")
    assert [crate.spoken(n, "en") for n in (1, 2, 0, 1.5)] == ["crate", "crates", "crates", "crates"]
    assert [crate.spoken(n, "ru") for n in (1, 3, 11, 12, 21, 1.5)] == [
        "ящик", "ящика", "ящиков", "ящиков", "ящик", "ящика",
    ]  # fmt: skip
    assert made.head.unit("bag").spoken(2, "en") == "bag"
    assert resolve(made, "C1.unit").value == "crate"
    assert canonical_text(made.head).count('"bag"') == 1
    assert not rewrite(tmp_path / "case.toml", root=tmp_path)


def test_units_are_checked(tmp_path: Path) -> None:
    """A form that a language needs, one that there is none of, a unit twice."""
    head = 'units = ["bag", "bag"]\n'
    assert [key for _, key, _ in faults(tmp_path, head=head)] == ["units.1"]
    head = '[[units]]\nname = "crate"\nforms = {ru = {one = "ящик"}, en = {single = "crate", other = "crates"}}\n'
    assert [found for _, _, found in faults(tmp_path, head=head)] == ["no form few or many or other"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "other one other other other"), ("uk", "many one few many one"), ("ko", "other other other other other")],
)
def test_plural_categories_are_those_of_cldr(language: str, expected: str) -> None:
    """0, 1, 3, 12 and 21, as CLDR's tables have them."""
    found = [category(number, language) for number in (0, 1, 3, 12, 21)]
    assert " ".join(found) == expected
