"""How names are compared: the same letters, the same sound in Latin letters, nearly the same letters."""

from __future__ import annotations

import re
import unicodedata
from string import ascii_lowercase

# Russian, Ukrainian and Belarusian letters as English-language gazetteers mostly write them (BGN/PCGN 1947, 1965,
# 2020), without marks. Letters that the languages read differently (г, и) take the Russian value; `sound` and the
# gazetteer's own spellings cover the rest.
_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ye", "ж": "zh",
        "з": "z", "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "w", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
        "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ј": "j", "љ": "lj",
        "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz", "ә": "a", "ғ": "g", "қ": "k", "ң": "ng", "ө": "o", "ұ": "u",
        "ү": "u", "һ": "h",
    }
)  # fmt: skip
_NOT_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}
_LATIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "þ": "th", "ð": "d"})

# Hangul syllables by McCune and Reischauer (1939), without marks: how North Korean names reach English prose.
_INITIALS = tuple("k,kk,n,t,tt,r,m,p,pp,s,ss,,ch,tch,ch,k,t,p,h".split(","))  # noqa: SIM905
_VOWELS = tuple("a,ae,ya,yae,o,e,yo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,u,ui,i".split(","))  # noqa: SIM905
_FINALS = tuple(",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t".split(","))  # noqa: SIM905
_VOICED = {"k": "g", "t": "d", "p": "b", "ch": "j"}
_PLAIN_INITIALS = {0, 3, 7, 12}
"""Which initials soften between voiced sounds: ㄱ ㄷ ㅂ ㅈ, not the aspirated ㅋ ㅌ ㅍ ㅊ."""
_HANGUL_FIRST = 0xAC00
_HANGUL = re.compile("[\uac00-\ud7a3]")

_UNITS = ("특별시", "광역시", "직할시", "구역", *"시군읍市镇鎮县縣区區町村")
"""A city, county or town as the end of a Korean, Chinese or Japanese name. A port (항, 港) is another place."""

_SOUNDS = (
    ("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("dzh", "j"), ("dj", "j"), ("kh", "h"), ("ck", "k"), ("x", "ks"),
    ("w", "v"),
)  # fmt: skip
"""What transliterations into English, German and French write differently for one sound, longest first."""
_J_FOR_I = re.compile(r"(?<=[aiy])j(?=$|[^aeiou])")
_MARKS = re.compile("[\u0300-\u036f]")
_DOUBLED = re.compile(r"(.)\1+")


def romanised(text: str) -> str:
    """A name in lower-case Latin letters as far as we can: Cyrillic and Hangul spelled out, marks dropped."""
    whole = unicodedata.normalize("NFC", text)
    spelled = _hangul_in_latin(whole) if has_hangul(whole) else whole
    return _without_marks(spelled.lower().translate(_CYRILLIC)).translate(_LATIN)


def folded(text: str) -> str:
    """The letters of a name and nothing else: no case, marks, spaces, apostrophes or hyphens; its own script kept.

    Two names with the same folded form are spelled alike.
    """
    if text.isascii():
        return text.lower().translate(_NOT_LETTERS)
    plain = _without_marks(text.casefold()).translate(_LATIN)
    if plain.isalnum():
        return plain
    return "".join(char for char in plain if char.isalnum() or unicodedata.category(char)[0] == "M")


def sound(text: str) -> str:
    """What a name sounds like across transliterations: Sergeyevka, Sergeevka and Сергеевка are one.

    Latin letters where the script is Latin, Cyrillic or Hangul; else the folded letters. The last syllable that
    only says city, county or town (청진시, 清津市) is dropped.
    """
    letters = folded(text if text.isascii() else romanised(_without_unit(text.strip())))
    if not letters.isascii():
        return letters
    for written, sounded in _SOUNDS:
        letters = letters.replace(written, sounded)
    if "j" in letters:
        letters = _J_FOR_I.sub("i", letters)
    return _DOUBLED.sub(r"\1", letters.replace("y", "i").replace("ie", "e"))


def _without_unit(name: str) -> str:
    unit = next((unit for unit in _UNITS if name.endswith(unit)), "") if name.endswith(_UNITS) else ""
    return name.removesuffix(unit).rstrip() if len(name) - len(unit) > 1 else name


def one_edit_away(word: str) -> set[str]:
    """Every word that is one insertion, deletion, replacement or swap of neighbours away, in Latin letters.

    As in Norvig, How to write a spelling corrector, 2007.
    """
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    dropped = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in splits if right for letter in ascii_lowercase}
    inserted = {left + letter + right for left, right in splits for letter in ascii_lowercase}
    return (dropped | swapped | replaced | inserted) - {word}


def has_hangul(text: str) -> bool:
    """Whether a name is written in Korean letters."""
    return _HANGUL.search(text) is not None


def edits(one: str, other: str, most: int) -> int | None:
    """Insertions, deletions, replacements and swaps of neighbours between two words; None when more than `most`.

    Optimal string alignment: Damerau, 1964, doi:10.1145/363958.363994.
    """
    if abs(len(one) - len(other)) > most:
        return None
    far = most + 1
    before: list[int] = []
    last = [min(j, far) for j in range(len(other) + 1)]
    for i, left in enumerate(one, 1):
        row = [far] * (len(other) + 1)
        row[0] = min(i, far)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            right = other[j - 1]
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return None
        before, last = last, row
    return last[-1] if last[-1] <= most else None


def _without_marks(text: str) -> str:
    """Marks of the Latin, Greek and Cyrillic scripts dropped; those that are letters elsewhere stay."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text)))


def _hangul_in_latin(text: str) -> str:
    pieces: list[str] = []
    voiced = False
    for char in text:
        if not _HANGUL.match(char):
            pieces.append(char)
            voiced = False
            continue
        initial, rest = divmod(ord(char) - _HANGUL_FIRST, 588)
        vowel, final = divmod(rest, 28)
        consonant = _INITIALS[initial]
        if voiced and initial in _PLAIN_INITIALS:
            consonant = _VOICED[consonant]
        pieces.append(consonant + _VOWELS[vowel] + _FINALS[final])
        voiced = _FINALS[final] in {"", "n", "m", "l", "ng"}
    return "".join(pieces)
