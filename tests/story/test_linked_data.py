"""What archives read of a page: the same facts, under schema.org's words, and nothing that the page keeps back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dateline.ledger.case import Case
from dateline.story.build import build

CORRECTED = ':::corrections\n[[entry]]\ndate = 2025-01-03\ntext = "A </script><b>name</b> was wrong."\n'


def _read(path: Path) -> tuple[dict[str, Any], str]:
    page = path.read_text(encoding="utf-8")
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text), page


def test_the_article_its_claims_files_and_corrections(own: Path) -> None:
    """Each claim leads to its entry on the page and names its speaker; each file is a hash that the page prints."""
    story = own / "story.md"
    story.write_text(story.read_text(encoding="utf-8").replace(":::corrections\n", CORRECTED + "\n"), encoding="utf-8")
    told, page = _read(build(Case.load(own)))
    assert (told["@context"], told["inLanguage"]) == ("https://schema.org", "en")
    named = [part["@id"].removeprefix("#") for part in (*told["hasPart"], *told["citation"]) if "@id" in part]
    assert len(named) > 3
    assert all(f'id="{name}"' in page for name in named)
    assert {part["@type"] for part in told["hasPart"]} == {"Claim", "CreativeWork"}
    assert all(part["author"]["name"] in page for part in told["hasPart"])
    assert all(part["identifier"].removeprefix("sha256:")[:12] in page for part in told["citation"])
    assert told["correction"][:1] == [
        {"@type": "CorrectionComment", "datePublished": "2025-01-03", "text": "A </script><b>name</b> was wrong."}
    ]


def test_an_exercise_is_no_news(sample_page: Path) -> None:
    """Its type says that it is an article and its genre that it is invented."""
    told, _ = _read(sample_page)
    assert told["@type"] == "Article"
    assert "made by a computer" in told["genre"]
