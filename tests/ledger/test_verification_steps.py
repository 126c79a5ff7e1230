"""The four axes in a record: steps that are never taken out, two people, marks that could be seen, no looks."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dateline.ledger.appearance import looks_as_proof
from dateline.ledger.media_item import MediaItem
from dateline.ledger.picture_mark import LEAST_PIXELS, PictureMark
from dateline.ledger.reading import read_record
from dateline.ledger.second_person import same_person
from dateline.ledger.write import canonical_text

HEAD = 'schema = 1\nid = "m"\ntitle = "t"\ntype = "video"\n'


def made(text: str) -> MediaItem:
    return MediaItem.model_validate(tomllib.loads(HEAD + text))


def faults(text: str) -> str:
    with pytest.raises(ValidationError) as caught:
        made(text)
    return str([(error.get("ctx"), error["loc"]) for error in caught.value.errors()])


def test_one_step_as_a_table_and_several_as_an_array_are_the_same_kind_of_thing() -> None:
    """Records written before there were steps load as they are, and are written as they were."""
    single = made('[location]\nstate = "claimed"\nby = "mk"\n')
    assert [step.state for step in single.location] == ["claimed"]
    assert "\n[location]\n" in canonical_text(single)
    several = made('[[location]]\nstate = "claimed"\n[[location]]\nstate = "candidate"\nplaces = ["p"]\n')
    assert [step.state for step in several.location] == ["claimed", "candidate"]
    assert tomllib.loads(canonical_text(several))["location"][1]["places"] == ["p"]


def test_a_step_down_or_out_needs_a_reason_and_days_run_forward() -> None:
    """Nothing is taken out: a lower step stands below the higher one, and says why."""
    up = '[[location]]\nstate = "matched"\ndate = "2024-11-02"\n'
    assert "no reason" in faults(up + '[[location]]\nstate = "claimed"\n')
    assert "no reason" in faults(up + '[[location]]\nstate = "refuted"\n')
    assert "no reason" in faults('[authenticity]\nstate = "altered"\n')
    assert "not before that of the step" in faults(up + '[[location]]\nstate = "matched"\ndate = "2024-11-01"\n')
    between = '[[location]]\nstate = "matched"\n[[location]]\nstate = "matched"\ndate = "2024-11-01"\n'
    assert "not before that of the step" in faults(up + between)
    down = made(up + '[[location]]\nstate = "claimed"\nwhy = "the tower is another one"\n')
    assert [step.rank for step in down.location] == [3, 1]


def test_blind_needs_somebody_who_was() -> None:
    """Nobody is blind alone; nobody reviews their own step."""
    assert "nobody who was" in faults('[time]\nstate = "bounded"\nblind = true\n')
    assert "who also wrote it" in faults('[time]\nstate = "bounded"\nby = "a"\nreviewer = "a"\n')


@pytest.mark.parametrize(
    "other", ["anna berg", "Anna  Berg", "BERG, Anna", "A. Berg", "anna-berg", "Ánna Berg", "A Berg"]
)
def test_a_second_person_is_not_the_first_one_spelt_otherwise(other: str) -> None:
    """Case, order, accents, points and initials make nobody a second person; numbers and other names do."""
    assert same_person("Anna Berg", other)
    step = f'by = "Anna Berg"\nreviewer = "{other}"\n'
    assert "who also wrote it" in faults(f'[time]\nstate = "bounded"\n{step}')
    assert "who also wrote it" in faults(f'[[relations]]\nto = "n"\nkind = "copy"\n{step}')
    words = f'original = "x"\ntranslation = "y"\ntranslator = "Anna Berg"\nsecond_linguist = "{other}"\n'
    assert "who also translated it" in faults(f"[[transcript]]\nstart = 1\nend = 2\n{words}")


def test_other_names_are_other_people() -> None:
    """Nobody is no one's double; two desks with numbers, and a shared surname, are two."""
    pairs = [("observer 1", "observer 10"), ("Anna Berg", "Otto Berg"), ("mk", "fox"), (None, None), ("-", "-")]
    assert not any(same_person(one, other) for one, other in pairs)


def test_no_method_reads_faces() -> None:
    """Face recognition is no method of a step on what is shown, whatever else it rests on."""
    for method in ("facial recognition", "face-matching tool", "распознавание лиц"):
        step = f'[depiction]\nstate = "consistent"\nevidence = ["e"]\nmethod = "{method}"\n'
        assert "reads no faces" in faults(step)


@pytest.mark.parametrize(
    "step",
    ['basis = ["appearance"]', 'why = "Asian-looking men"', 'why = "судя по их лицам"', 'why = "얼굴로 보아"'],
)
def test_looks_alone_carry_no_depiction(step: str) -> None:
    """A step that rests on how people look is refused with its reason; an attributed one says what others say."""
    assert "no evidence of their nationality" in faults(f'[depiction]\nstate = "consistent"\n{step}\n')
    assert made(f'[depiction]\nstate = "attributed"\n{step}\n').depiction


@pytest.mark.parametrize(
    "text",
    [
        "North Korean-looking troops", "soldiers of Asian appearance", "judging by their faces", "they look Korean",
        "men with East Asian features", "visibly Korean soldiers", "Koreans by their build",
        "the Korean appearance of the men", "азійської зовнішності", "a face-recognition tool named him",
        "корейская внешность", "за обличчям це корейці", "북한 사람처럼 생긴",
    ],
)  # fmt: skip
def test_words_of_looks_are_found(text: str) -> None:
    """In four languages."""
    assert list(looks_as_proof(text))


@pytest.mark.parametrize(
    "text",
    [
        "not by their faces", "Asian appearance is no evidence", "they appear to be North Korean",
        "the face of the quay",
        "North Korean soldiers", "by the features of the building", "European features of the treaty",
        "it looks like a Chinese factory", "the Russian face of the mountain", "no face recognition was used",
        "he looks at Korean maps", "корейские солдаты",
    ],
)  # fmt: skip
def test_denials_and_other_faces_are_left_alone(text: str) -> None:
    """No false alarm on what is said against it, or of things."""
    assert not list(looks_as_proof(text))


def test_a_mark_needs_its_pixels() -> None:
    """Two pixels to see something, eight to say what kind, 12.8 to say which; unmeasured is unknown, never enough."""

    def mark(**given: Any) -> PictureMark:
        return PictureMark.model_validate({"id": "a", "what": "a box", "kind": "text", **given})

    assert mark().could_be_seen is None
    assert mark(box=(10, 10, 40, 9)).pixels == 9
    assert mark(box=(10, 10, 40, 9)).could_be_seen is True
    assert mark(size=9, task="identify").could_be_seen is False
    assert LEAST_PIXELS["detect"] < LEAST_PIXELS["recognise"] < LEAST_PIXELS["identify"]


def test_marks_and_relations_point_at_something() -> None:
    """A step cites marks of its own record; nothing is related to itself; ids of marks are their own."""
    assert "no mark of this picture" in faults('[depiction]\nstate = "consistent"\nmarks = ["x"]\n')
    assert "itself" in faults('relations = [{to = "m", kind = "copy"}]\n')
    twice = '{id = "a", what = "w", kind = "flag"}'
    assert "a second time" in faults(f"marks = [{twice}, {twice}]\n")


def test_a_fault_says_its_line(tmp_path: Path) -> None:
    """In either form, the key and the line are those that the person wrote."""
    (tmp_path / "media").mkdir()
    path = tmp_path / "media" / "m.toml"
    path.write_text(HEAD + '\n[location]\nstate = "confirmed"\nby = "mk"\n', encoding="utf-8")
    (fault,) = read_record(path, MediaItem, root=tmp_path).faults
    assert (fault.key, fault.line) == ("location.reviewer", 6)
