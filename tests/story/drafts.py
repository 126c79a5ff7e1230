"""Drafts as newsrooms send them: one right page on the real case, errors planted in it, and the files it comes in."""

from __future__ import annotations

import html
import zipfile
from pathlib import Path

RIGHT = (
    "One source behind more than 10,000 containers",
    "On 23 February 2024 the US State Department said that North Korea had sent Russia more than 10,000 containers of "
    "munitions or related materials since September 2023. On 26 February 2024 South Korea’s defence ministry put the "
    "figure at about 6,700 containers. Both cannot be right if both count the same things.",
    "The White House had spoken first. On 13 October 2023 it said that more than 1,000 containers of equipment and "
    "munitions had gone to Russia by way of the port of Najin. The Kremlin answered on 17 October 2023 that the "
    "accusations come “without any proof”.",
    "Ships are easier to count. CSIS Beyond Parallel saw vessels at Najin on 49 of 109 days with images. RUSI’s "
    "open-source group wrote on 16 October 2023 of at least five round trips between Najin and Dunay.",
    "South Korea’s intelligence service told reporters on 18 October 2024 that about 1,500 special forces had been "
    "moved to Vladivostok. The US State Department said on 31 October 2024 that as many as 8,000 soldiers had been "
    "deployed to the Kursk region. The containers, the same intelligence service said, could hold as many as "
    "eight million rounds.",
    "Sky News said that the video was verified to have been filmed at Sergeyevka; whom it shows was not authenticated. "
    "Ussuriysk lies about 78 km north of Vladivostok.",
    "Whether night light grew around North Korea’s ports cannot be told from the published tables.",
)
PLANTED = (
    ("about 6,700 containers", "about 6,900 containers", "number-differs", "6,900"),
    ("sent Russia more than 10,000", "sent Russia 10,000", "bound-dropped", "10,000"),
    ("was verified to have been filmed at Sergeyevka;", "was filmed at Sergeyevka and is verified;", "bare-verified",
     "verified"),
    ("about 78 km north", "about 120 km north", "distance-differs", "about 120 km north of Vladivostok"),
    ("moved to Vladivostok", "moved to Khabarovsk", "place-differs", "Khabarovsk"),
    ("without any proof", "without clear proof", "quote-differs", "“without clear proof”"),
    (RIGHT[2].split(" The Kremlin")[0], "More than 1,000 containers of equipment and munitions had gone to Russia by "
     "way of the port of Najin by 13 October 2023.", "claim-as-fact", "More than 1,000"),
    ("said on 31 October 2024", "said on 30 October 2024", "date-differs", "30 October 2024"),
    ("the US State Department said that North", "the White House said that North", "speaker-differs", "10,000"),
    ("State Department said that North", "State Department confirmed that North", "claim-stronger", "confirmed"),
    ("could hold as many as eight million rounds", "delivered as many as eight million rounds", "capacity",
     "delivered"),
    ("Whether night light grew around North Korea’s ports cannot be told from the published tables.",
     "Night light around North Korea’s ports grew between 2016 and 2019.", "stronger-words", "grew"),
    ("between Najin and Dunay", "between Najin and Vostochny", "place-differs", "Vostochny"),
)  # fmt: skip
"""What stands in the right page, what stands in its place, the rule that must say so, and at which words."""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def planted(index: int) -> tuple[str, ...]:
    """The right page with one error in it."""
    old, new, _, _ = PLANTED[index]
    assert sum(old in line for line in RIGHT) == 1
    return tuple(line.replace(old, new) for line in RIGHT)


def docx(path: Path, body: str, *, head: str = "", **parts: str) -> Path:
    """A Word file with this body, and these other parts, as a word processor packs it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        packed.writestr("[Content_Types].xml", f'{start}<Types xmlns="x"/>')
        packed.writestr(
            "word/document.xml", f'{start}{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        for name, text in parts.items():
            packed.writestr(f"word/{name}.xml", f'{start}<w:{name} xmlns:w="{W}">{text}</w:{name}>')
    return path


def runs(line: str, size: int) -> str:
    """A paragraph cut into runs of so many letters, in the middle of numbers and of names."""
    cut = (line[at : at + size] for at in range(0, len(line), size))
    style = '<w:rPr><w:lang w:val="en-GB"/></w:rPr>'
    made = (f'<w:r>{style}<w:t xml:space="preserve">{html.escape(part)}</w:t></w:r>' for part in cut)
    return f"<w:p>{''.join(made)}</w:p>"


def written(folder: Path, kind: str, lines: tuple[str, ...]) -> Path:
    """A draft as plain text, as a page of a CMS, as Word and as LibreOffice write it."""
    path = folder / f"draft.{kind.partition('-')[0]}"
    if kind == "docx-word":
        noise = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:proofErr w:type="spellStart"/></w:p>'
        return docx(path, noise + "".join(runs(line, 5) for line in lines))
    if kind == "docx":
        return docx(path, "".join(f"<w:p><w:pPr/><w:r><w:t>{html.escape(line)}</w:t></w:r></w:p>" for line in lines))
    if kind == "html":
        body = "".join(
            f"<p>{html.escape(line[:9])}<em>{html.escape(line[9:]).replace('’', '&rsquo;')}</em></p>\n"
            for line in lines
        )
        path.write_text(
            f"<!doctype html><style>p{{margin:99px}}</style><script>var a = 5</script>{body}", encoding="utf-8"
        )
    else:
        path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return path
