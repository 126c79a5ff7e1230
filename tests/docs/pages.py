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

**Languages.** `language = "uk"` (or `ru`, `ko`) in the front matter, and the page speaks it: words, dates, numbers,
units and plurals. What findings and methods say stays in English and is marked so. Places and speakers appear under
their name in that language where the record has one. `check` names the rules that do not read the language; a person
must read for those.

**What leaves the page.** Beside `site/index.html`, `build` writes `embed/NAME.html` for each figure (`<iframe
sandbox="allow-scripts allow-popups" src=…>`; it tells its height by `postMessage`), `figure/` with SVG and PNG,
`card.png`, `feed.xml` of corrections and versions where the story has a date, and past 10 MB `folder/`, the same page
with its pictures beside it. A figure keeps its name while its finding, picture or title stays. One whose licence does
not say yes to embedding stays on the page only. `canonical = "https://…"` says where the story will stand.
`build.json` lists the files with their hashes; what you change or add in `site/` is never deleted or written over,
save `index.html`. In the page each figure's numbers can be saved as CSV, and each finding as JSON.

**Take a source away.** A reader can read the page without any of its speakers, publishers, files, sensors or markers.
What *falls* has lost something it needs with nothing of the same sort left; what *loses one of several* stands on
less, and a number would have to be measured again. Whether the rest is enough is a judgement.

**Publishing.** A fault of level sign-off stays open until somebody of the case who is not in the byline signs it:
`dateline check --sign RULE --at LINE --by NAME --why REASON`. Before a page goes out one person writes who could be
hurt (`--sign harm --why …`) and another signs (`--sign harm --by OTHER`). `dateline build --publish --by NAME` says
everything that still stands against it, or freezes what goes out in `published/N`. Where a number, date or claim
reads otherwise than in the last version, it asks for a correction. `dateline diff` says at any time what would read
otherwise now. `dateline check --report --out sheet.html` is the sheet for the fact-checker.

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
