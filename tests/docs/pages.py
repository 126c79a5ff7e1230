"""Writes the pages of docs/ that are made from the code: `python -m tests.docs.pages`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from dateline.ledger.schema import write_schemas
from dateline.methods import catalogue
from dateline.methods.page import markdown
from dateline.story.catalogue import block, block_folders, checks

ROOT = Path(__file__).parents[2]
DOCS, SOURCE = ROOT / "docs", ROOT / "src" / "dateline"
RAISED = ("Error", "Refusal", "AmbiguousPlace")
HEAD = """# Errors

An error has three parts: what happened, what we saw, what to do. With `--json` a program gets the same parts and a
code. Exit code 1: an input is broken, a check failed or a method refused; 2: the request could not be understood.
This page is made from the program's source; words in ‹brackets› are filled in. Codes of guards stand on the
[methods' pages](methods/), codes of rules for stories in [story.md](story.md).

| code | what happened | what to do |
| --- | --- | --- |
"""


STORY = """# Writing a story

`story.md` begins with TOML between two lines of `+++` (`title`, `standfirst`, `kicker`, `byline`, `date`,
`language`), then Markdown. HTML in it is text. `dateline check` names line, column, rule, what was seen and what to
do; `dateline build` refuses while a rule blocks.

**References.** `{{FINDING.ratio.change}}` prints a number with its interval and links it to its working. After the
finding's id comes an estimate (`.ratio`, with `.best`, `.low`, `.high`, `.interval`, `.change`, `.level`, `.n`), a
place's answer (`.places.PLACE.ratio.change`), `.result`, `.statement` or `.values.NAME`. Records have theirs:
`{{CLAIM.quantity}}`, `{{CLAIM.period}}`, `{{CLAIM.speaker}}`, `{{EVENT.when}}`, `{{PLACE.name}}`. Behind a bar
stands how to print it: `| size` drops the sign, `| bare` the interval, `| year` and `| month` cut a date, `| text`
gives a record's own words.

**Numbers.** A number, date or number word in prose that no reference prints is a fault. What counts as a number is
written down in `src/dateline/story/numbers.py`. A number that may stand has its reason, `[[two: counted in the
text]]`; the editor's sheet lists these.

**Blocks** stand between lines of `:::`, their keys are TOML. How we know this, who said it, the evidence,
corrections and credits are added at the end when they are not placed.

**While you write**, `dateline build --watch` opens the page in your browser and makes it again at each save. While
something stops it you see the list, with line and what to do, and the last good page stays in `site/`. Only this
machine can reach it, and only with the address it prints; nothing is published.

**Maps.** `:::map` draws places of the case, or the answers of a finding by place: a disc in proportion to the number,
rings for its interval, and marks of their own for "cannot tell" and "refused", never small ones. Land and borders are
Natural Earth's, cut out when the page is built, in the view that `case.toml` declares and the map prints. When
anything on it is simulated no coast is drawn, and it says so. A place with `publish_precision` is drawn as the area
that it may lie in, and one whose position is not printed appears nowhere. Fronts need a day, a maker and a date of
publication. `:::change_map` divides one image of night light by another of the same product, collection, satellite
and month. It is coloured from where no change lies, and that is measured: earlier years of the same ground, or three
or more places that you declare stable. Where nobody measured it, say why a ratio of 1 may be taken: it is printed,
and somebody must sign.

![Two simulated maps: each town's change with its interval, and the same year pixel by pixel around the measured
no-change level](images/exercise-maps.png)

![A simulated radar picture of a quay above an axis of days, a cross where a pass failed](images/exercise-slider.png)

`examples/exercise` shows every block, with the truth beside each answer; `examples/rason` is the same tool on real
statements.

**Opinion and quotation.** Between `:::analysis by = "First Last"` and `:::` somebody gives an opinion or a forecast
under their name. Words may go further than the findings there; numbers, dates, places, names and quotations may not.
`:::quote` sets somebody's words apart, printed from the record: original beside translation, who translated it, where
it is heard, who they are to this, and what nobody confirmed.

**Languages.** `language = "uk"` (or `ru`, `ko`) in the front matter, and the page speaks it: words, dates, numbers,
units and plurals. What findings and methods say stays in English and is marked so. Places and speakers appear under
their name in that language where the record has one. `check` names the rules that do not read the language; a person
must read for those.

**What `check` cannot see.** Another finding or statement about the same place, put where the first one belonged; a
plain false sentence that prints no reference; "most of". Whoever reads the page before it goes out reads for these.

**What leaves the page.** Beside `site/index.html`, `build` writes `embed/NAME.html` for each figure (`<iframe
sandbox="allow-scripts allow-popups" src=…>`; it tells its height by `postMessage`), `figure/` with each drawing as
SVG and PNG (title, alt text, credit and licence inside; where the program's letters do not reach, Hangul for one,
there is no PNG and the build says so), `card.png`, `feed.xml` of corrections and versions where the story has a date,
and past 10 MB `folder/`, the same page with its pictures beside it. A figure keeps its name while its finding,
picture or title stays. One whose licence does not say yes to embedding stays on the page only. `canonical =
"https://…"` says where the story will stand. `build.json` lists the files with their hashes; what you change or add
in `site/` is never deleted or written over, save `index.html`. In the page each figure's numbers can be saved as CSV,
places as GeoJSON, and each finding as JSON.

**Take a source away.** A reader can read the page without any of its speakers, publishers, files, sensors or markers.
What *falls* has lost something it needs with nothing of the same sort left; what *loses one of several* stands on
less, and a number would have to be measured again. Whether the rest is enough is a judgement.

**Publishing.** A fault of level sign-off stays open until somebody of the case who is not in the byline signs it:
`dateline check --sign RULE --at LINE --by NAME --why REASON`. Before a page goes out one person writes who could be
hurt (`--sign harm --why …`) and another signs (`--sign harm --by OTHER`). `dateline build --publish --by NAME` says
everything that still stands against it, or freezes what goes out in `published/N`. Where a number, date or claim
reads otherwise than in the last version, it asks for a correction. `dateline diff` says at any time what would read
otherwise now. `dateline check --report --out sheet.html` is the sheet for the fact-checker.

**A draft from elsewhere.** `dateline check draft.docx --out sheet.html` lays your draft beside the case. Each number,
date, place, distance, quotation and hedge *matches*, *differs* or is *unknown*, with the rule, the record and what to
do. Print it for the editor and the lawyer; after subbing run it again. It tells nothing that was given in confidence.

**In a notebook.** `import dateline; case = dateline.open("examples/rason"); finding = case.finding("ID")`. As a
cell's last line `finding` shows its sentence, interval, limits and inputs. `finding.to_frame()` is its rows, places
or estimates; what was not seen is empty and never 0. `finding.plot()` draws the figure of the page with credit and
mark; `.save("figure.svg")` keeps it. Where somebody stood stays hidden until `show_sensitive=True`.

## Blocks

"""


def write() -> None:
    """One page a method, from its card; the page of errors; the schemas of records."""
    (DOCS / "methods").mkdir(exist_ok=True)
    for card in catalogue.cards().values():
        (DOCS / "methods" / f"{card.id}.md").write_text(markdown(card), encoding="utf-8")
    (DOCS / "errors.md").write_text(errors_page(), encoding="utf-8")
    (DOCS / "story.md").write_text(story_page(), encoding="utf-8")
    write_schemas(DOCS / "schemas")


def errors_page() -> str:
    """docs/errors.md: every code that an error is raised with, with its words."""
    rows: dict[str, tuple[str, str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for code, what, do in _errors_in(ast.parse(path.read_text(encoding="utf-8"))):
            if code not in rows:
                rows[code] = (what, do)
    return HEAD + "".join(f"| `{code}` | {what} | {do} |\n" for code, (what, do) in sorted(rows.items()))


def story_page() -> str:
    """docs/story.md: how a story is written, every block with its keys and sample, every rule with its reason."""
    blocks = []
    for name in block_folders():
        found = block(name)
        doc = (inspect.getdoc(inspect.getmodule(found.model)) or "").splitlines()[0]
        keys = [
            f"- `{info.alias or key}`{': ' + info.description if info.description else ''}"
            for key, info in found.model.model_fields.items()
        ]
        sample = (block_folders()[name] / "sample.md").read_text(encoding="utf-8").strip()
        blocks.append(f"### {name}\n\n{doc}\n\n" + "\n".join(keys) + f"\n\n```\n{sample}\n```\n")
    rules = [
        f"| `{check.rule.code}` | {check.rule.level.value} | {check.rule.why} | {check.rule.do} |"
        for check in sorted(checks(), key=lambda check: check.rule.code)
    ]
    head = "| rule | level | why | what to do |\n| --- | --- | --- | --- |\n"
    return STORY + "\n".join(blocks) + "\n## Rules\n\n" + head + "\n".join(rules) + "\n"


def _errors_in(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args or not _name(node.func).endswith(RAISED):
            continue
        words = {keyword.arg: keyword.value for keyword in node.keywords}
        code = words.get("code")
        if isinstance(code, ast.Constant) and isinstance(code.value, str) and "do" in words:
            yield code.value, _text(node.args[0]), _text(words["do"])


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _text(node: ast.expr) -> str:
    """The words of a string or f-string, with what is filled in as ‹…›."""
    match node:
        case ast.Constant(value=str() as text):
            return text.replace("|", "\\|").replace("\n", " ")
        case ast.JoinedStr(values=values):
            return "".join(_text(value) for value in values)
        case ast.FormattedValue():
            return "‹…›"
        case ast.IfExp(body=body):
            return _text(body)
        case ast.BinOp(left=left, right=right):
            return _text(left) + _text(right)
    return "‹…›"


if __name__ == "__main__":
    write()
