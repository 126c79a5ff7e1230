"""Words that tell who people are by how they look. Looks are evidence of nothing: not of a nation, not of a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PEOPLE = (
    r"(?:(?:north|south|east|central|south-?east)[\s-]+)?(?:asian|asiatic|oriental|korean|chinese|japanese|slavic|"
    r"caucasian|european|african|arab|latino|latin american|russian|ukrainian|mongol(?:ian|oid)?|buryat|"
    r"middle[\s-]eastern|foreign|dprk)"
)
_BODY = r"(?:build|physique|stature|height|skin|hair|slanted eyes|slant of (?:their|his|her) eyes)"
_MEN = (
    r"(?:men|man|women|woman|people|persons?|soldiers?|troops|fighters?|workers?|nationals?|citizens?|recruits?|"
    r"officers?|prisoners?|captives?|dead)"
)
_NO_PERSON = rf"(?!\s+of\s+(?:the|a|an|this|its)\s+(?!{_MEN}\b))"
_PERSON = rf"(?=\s*(?:$|[.,;:!?)”\"’'—])|\s+(?:and|or|but|to|than|faces?|features|{_MEN})\b)"
_LOOKS = (
    r"appearances?|features?|faces?|looks|physiognom(?:y|ies)|eyes|phenotypes?|facial features?|(?:skin|eye) colou?r"
)
_BY = r"(?:by|from|on the basis of|based on|judging (?:by|from)|because of|according to|given|thanks to)"
_THEIR = r"(?:(?:their|his|her|its|the men['’]s|the soldiers['’])\s+)"
_LOOK_LIKE = r"(?:look(?:s|ed|ing)?|resembl(?:e|es|ed|ing))(?:\s+like)?(?:\s+(?:a|an|ethnic(?:ally)?|very|distinctly))?"

_ENGLISH = (
    rf"{_PEOPLE}[\s-]+looking",
    rf"{_PEOPLE}\s+(?:facial\s+|physical\s+)?(?:{_LOOKS}){_NO_PERSON}",
    rf"{_BY}\s+{_THEIR}(?:{_PEOPLE}\s+)?(?:facial\s+)?(?:{_LOOKS}|{_BODY})",
    rf"{_PEOPLE}\s+(?:descent|origin|extraction|ethnicity),?\s+(?:judging\s+)?(?:by|from)\s+(?:the|their|his|her)\s+looks?",
    rf"visibly\s+(?:ethnic(?:ally)?\s+)?{_PEOPLE}",
    rf"with\s+{_THEIR}?(?:slanted|narrow|almond-shaped)\s+eyes",
    rf"{_LOOK_LIKE}\s+{_PEOPLE}s?(?!-){_PERSON}",
    r"ethnic(?:ally)?\s+(?:appearance|looking|features)",
    rf"{_THEIR}(?:{_LOOKS}|{_BODY})\s+(?:(?:show|prove|betray|suggest|reveal|indicate|give away)s?|gives? \w+ away)",
)
_SLAVIC_PEOPLE = (
    r"(?:корей|азиат|азіат|азій|китай|япон|славян|слов.?ян|монгол|бурят|кавказ|европей|європей|восточн|східн)\w*"
)
_RUSSIAN = (
    rf"{_SLAVIC_PEOPLE}\s+(?:внешност|черт|лиц|наружност)\w*",
    r"(?:по|судя по)\s+(?:их\s+|его\s+|её\s+)?(?:лицам|лицу|внешности|чертам лица|внешнему виду)",
    rf"(?:похож\w*|выгляд\w*)\s+(?:на|как)\s+{_SLAVIC_PEOPLE}",
)
_UKRAINIAN = (
    rf"{_SLAVIC_PEOPLE}\s+(?:зовнішн|рис|облич)\w*",
    r"(?:за|судячи з)\s+(?:їхніми\s+|їхніх\s+|їх\s+|його\s+|її\s+)?(?:облич\w*|зовнішн\w+|рисами обличчя)",
    rf"(?:схож\w*|вигляда\w*)\s+(?:на|як)\s+{_SLAVIC_PEOPLE}",
)
_KOREAN = (
    r"(?:북한|조선|한국|동양|아시아|서양|중국|일본)\s?(?:인|사람|계)?\s?(?:같은|처럼)?\s?(?:얼굴|외모|생김새|이목구비)",
    r"(?:북한|조선|한국|동양|아시아|중국|일본)\s?(?:인|사람|군인)?\s?처럼\s?(?:생긴|보이는|보인다)",
    r"(?:얼굴|외모|생김새)(?:로|를 보면|만 봐도|으로)",
)
_LOOKS_AS_PROOF: Final = re.compile(
    "|".join(rf"(?<!\w)(?:{each})(?!\w)" for each in (*_ENGLISH, *_RUSSIAN, *_UKRAINIAN)) + "|" + "|".join(_KOREAN),
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"(?<!\w)(?:not|no|never|nor|neither|cannot|can't|can’t|without|isn't|isn’t|не|ни|нельзя|без|ні|неможливо)(?!\w)",
    re.IGNORECASE,
)
_DENIED_AFTER: Final = re.compile(
    r"^[^.;!?]{0,60}?(?:\b(?:is|are|was|were|be)\s+(?:not|no|never)\b|\b(?:isn|aren|wasn|weren)['’]t\b"
    r"|\b(?:proves?|shows?|says?|tells?)\s+nothing\b|не\s+(?:доказ|свидетел|є|подтвержд)|아니|않|없)",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[;:.!?—]|,\s+(?:but|and|while|yet|но|а|але)\s|\bbut\b")


_FACES: Final = re.compile(
    r"(?<!\w)(?:fac(?:e|ial)[\s-]*(?:recognition|match(?:ing|es)?|comparison|identification|verification)"
    r"|распознавани\w+ лиц\w*|розпізнаванн\w+ облич\w*)|얼굴\s?인식",
    re.IGNORECASE,
)


def by_faces(method: str) -> Iterator[tuple[int, str]]:
    """Where a method is one that tells people by their faces or build, and the words."""
    for match in _FACES.finditer(method):
        yield match.start(), match[0]


def looks_as_proof(text: str) -> Iterator[tuple[int, str]]:
    """Where a text tells people's nation or name from their looks, and the words; English, Russian, Ukrainian, Korean.

    "not by their faces" and "appearance is no evidence" are denials, and no fault.
    """
    for match in (*_LOOKS_AS_PROOF.finditer(text), *_FACES.finditer(text)):
        before = _CLAUSE.split(text[: match.start()])[-1]
        if not _DENIED.search(before) and not _DENIED_AFTER.search(text[match.end() :]):
            yield match.start(), match[0]
