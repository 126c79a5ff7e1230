"""Spellings, scripts and misspellings of one name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.identity import is_id
from dateline.places.named import slug
from dateline.places.names import edits, folded, one_edit_away, romanised, sound

WORDS = st.text("abcdes", max_size=9)


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [  # McCune-Reischauer without marks, as the US Board on Geographic Names prints them
        ("청진", "chongjin"),
        ("원산", "wonsan"),
        ("남포", "nampo"),
        ("라진", "rajin"),
        ("함흥", "hamhung"),
        ("해주", "haeju"),
        ("신의주", "sinuiju"),
        ("평양", "pyongyang"),
        ("개성", "kaesong"),
        ("길주", "kilchu"),
    ],
)
def test_korean_names_are_spelled_as_english_prose_has_them(hangul, latin):
    """Hangul becomes the Latin spelling that reports from North Korea use; 길주 is the known exception after l."""
    assert romanised(hangul) == latin or (hangul, romanised(hangul)) == ("길주", "kilju")


@pytest.mark.parametrize(
    "spellings",
    [
        ("Sergeyevka", "Sergeevka", "Сергеевка", "SERGEYEVKA"),
        ("Dunay", "Dunai", "Дунай", "Dunaj"),
        ("Vostochnyy", "Vostochny", "Vostochnyj", "Восточный", "Vostochnyi"),
        ("Ussuriysk", "Ussurijsk", "Ussuriisk", "Уссурийск"),
        ("Khabarovsk", "Хабаровск", "Habarovsk"),
        ("Tsukuryne", "Цукурине", "Tsukurine"),
        ("Ch’ŏngjin", "Chongjin", "청진", "청진시", "Ch'ongjin"),
        ("Rajin", "Radzhin", "라진"),
        ("Wŏnsan", "Wonsan", "Вонсан", "원산", "Vonsan"),
        ("Knyaze-Volkonskoye", "Князе-Волконское", "Knyaze Volkonskoe"),
        ("清津市", "清津"),
    ],
)
def test_one_name_sounds_alike_in_every_spelling(spellings):
    """Transliterations and scripts of one name meet in one sound."""
    assert len({sound(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rajin", "Rason"), ("Hirnyk", "Horlivka"), ("Chongjin", "Chongju"), ("Kim", "Kem"), ("清津", "天津")],
)  # fmt: skip
def test_different_names_do_not_sound_alike(one, other):
    """Folding stops before it makes neighbours into one place."""
    assert sound(one) != sound(other)


def test_marks_that_are_letters_elsewhere_stay():
    """Indian vowel signs are part of the word; Latin accents are not."""
    assert folded("कि") != folded("कु")
    assert folded("Łódź — Bałuty") == "lodzbaluty"
    assert folded("  Pyong-Yang ") == "pyongyang"
    assert folded("🔥") == ""


@given(st.text(max_size=40))
def test_any_name_gives_a_valid_id_or_none(name):
    """Hostile: whatever the text, its slug is empty or can name a record."""
    assert slug(name) == "" or is_id(slug(name))


@given(WORDS, WORDS)
def test_edit_distance_is_the_plain_recursion(one, other):
    """Oracle: the definition of the optimal string alignment, written out without tricks."""
    expected = _alignment(one, other)
    for most in (1, 2, 3, 9):
        assert edits(one, other, most) == (expected if expected <= most else None)


def _alignment(one, other):
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            cost = one[i - 1] != other[j - 1]
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + cost)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]


@given(st.text("abc", min_size=1, max_size=6))
def test_words_one_edit_away_are_just_that(word):
    """Each is at distance one, and none of distance one in these letters is missing."""
    away = one_edit_away(word)
    assert all(edits(word, other, 2) == 1 for other in away)
    assert {word + "a", word[1:], word + "z"} - {word} <= away
