"""The claims screen in a real browser: by keyboard from a new claim to its sign-off; two people; hostile records."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dateline.cli.app import run
from dateline.ledger.case import Case
from dateline.ledger.review import review_state
from dateline.ledger.source import Source
from dateline.ledger.write import write_new

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


def tab_to(page: Any, selector: str, most: int = 150) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(most):
        if page.evaluate("one => document.activeElement?.matches(one) || false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def type_at(page: Any, key: str, text: str) -> None:
    """An answer, by keyboard."""
    tab_to(page, f"#answer-{key}")
    page.keyboard.type(text)


def pick(page: Any, name: str, value: str) -> None:
    """A radio button, by keyboard: Tab to its group, arrows within it."""
    tab_to(page, f'input[type=radio][name="{name}"]')
    page.keyboard.press("Space")
    for _ in range(20):
        if page.evaluate("() => document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no {name} {value}")


def enter(page: Any, selector: str) -> None:
    """A button or link, by keyboard; gives itself when the next page is there."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_from_a_new_claim_to_its_sign_off(
    browser: Any, open_app: Callable[..., Any], claims: Path, tmp_path: Path
) -> None:
    """fox writes it, mk rates it, mk may not sign it, olha does; the claim is what `dateline add claim` writes."""
    other = Path(shutil.copytree(claims, tmp_path / "other"))
    app = open_app(claims, "--by", "fox")
    page = app.page(browser, "/claims/")
    with page.expect_navigation():
        page.keyboard.press("n")
    told = {
        "speaker": "Port Authority", "said": "2024-02-26", "statement": "It was more than 2,000 by July",
        "stance": "asserts", "hedge": "more than", "hedge_class": "bounded", "quantity": "1.500 containers",
        "quantity_kind": "count", "period": "by July", "retells": "C001",
    }  # fmt: skip
    for key, text in told.items():
        if key == "quantity_kind":
            pick(page, key, text)
        elif key == "hedge":
            page.wait_for_selector("button.hedge")
            tab_to(page, "button.hedge")
            page.keyboard.press("Enter")
        elif key != "hedge_class":
            type_at(page, key, text)
    page.wait_for_selector('input[name="choose.period"] >> nth=1')
    assert page.locator('input[name="choose.period"]:checked, input[name="choose.quantity"]:checked').count() == 0
    page.keyboard.press("Shift+Tab")
    page.evaluate("() => document.getElementById('answer-speaker').focus()")
    pick(page, "choose.quantity", page.locator('input[name="choose.quantity"]').nth(1).input_value())
    pick(page, "choose.period", page.locator('input[name="choose.period"]').nth(0).input_value())
    enter(page, "#see")
    assert page.evaluate("() => document.activeElement.id") == "write"
    assert 'text = "by July"' in page.inner_text("ol.diff")
    assert not (claims / "claims" / "C004.toml").exists()
    enter(page, "#write")

    assert page.url.endswith("/claims/record/C004?done=new")
    pairs = [f"--set={key}={text}" for key, text in (told | {"written_by": "fox"}).items()]
    chosen = ["--choose", "quantity=2", "--choose", "period=1"]
    assert run(["add", "claim", "--case", str(other), *pairs, *chosen]) == 0
    assert (claims / "claims" / "C004.toml").read_bytes() == (other / "claims" / "C004.toml").read_bytes()

    page = app.page(browser, "/claims/?show=unrated&order=said", who="M. Kim")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("r")
    pick(page, "source_reliability", "B")
    pick(page, "info_credibility", "3")
    tab_to(page, "#rate textarea")
    page.keyboard.type("it keeps a gate log")
    enter(page, "#rate button.main")
    enter(page, "#write")
    page.keyboard.press("s")
    pick(page, "agrees", "yes")
    enter(page, "#sign button.main")
    assert "must be somebody else" in page.inner_text("#trouble")
    assert review_state(Case.load(claims).claims["C004"]) == "none"

    page = app.page(browser, "/claims/record/C004", who="Olha")
    page.keyboard.press("s")
    pick(page, "agrees", "yes")
    enter(page, "#sign button.main")
    enter(page, "#write")
    assert "Signed" in page.inner_text("#sign")
    assert review_state(Case.load(claims).claims["C004"]) == "signed"
    page.goto(f"{app.base}/claims/?show=signed")
    assert page.locator("a.row").all_inner_texts() == ["C004"]


def test_two_people_a_loop_a_broken_file_a_script_and_words_off_the_record(
    browser: Any, open_app: Callable[..., Any], claims: Path
) -> None:
    """In one session, for a start of the app takes long: each part says what it promises."""
    app = open_app(claims, "--by", "fox")
    two_people(app, browser, claims)
    a_broken_file(app, browser, claims)
    script_stays_text(app, browser, claims)
    what_is_covered(app, browser)


def two_people(app: Any, browser: Any, claims: Path) -> None:
    """The second is refused and sees what changed; a loop of retells is refused in three parts."""
    first, second = (app.page(browser, "/claims/record/C001", who=who) for who in ("ana", "rui"))
    for page in (first, second):
        page.check("input[name=source_reliability][value=B]")
        page.check('input[name=info_credibility][value="2"]')
        page.fill("#rate textarea", f"says {page.input_value('.who input[name=name]')}")
        page.click("#rate button.main")
    first.click("#write")
    first.wait_for_url("**done=rate")
    second.click("#write")
    second.wait_for_selector("text=Somebody changed C001")
    there = second.inner_text("main")
    assert "says ana" in there
    assert "says rui" in there
    assert "says ana" in (claims / "claims" / "C001.toml").read_text(encoding="utf-8")

    first.check("input[name=how][value=retells]")
    first.fill("#relate input[name=to]", "over thousand port")
    first.click("#relate button.main")
    first.click("ul.offers button >> nth=0")
    assert "circular" in first.inner_text("#trouble")
    assert "nothing was written" in first.inner_text("#trouble").lower()
    assert "retells" not in (claims / "claims" / "C001.toml").read_text(encoding="utf-8")


def a_broken_file(app: Any, browser: Any, claims: Path) -> None:
    """A file that somebody broke by hand is named with its line; mended, the list is there again."""
    first = app.page(browser)
    path = claims / "claims" / "C002.toml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('stance = "asserts"', "stance = asserts"), encoding="utf-8")
    number = whole[: whole.index("stance")].count("\n") + 1
    first.goto(f"{app.base}/claims/")
    assert f"claims/C002.toml:{number}" in first.inner_text(".trouble")
    path.write_text(whole, encoding="utf-8")
    first.goto(f"{app.base}/claims/")
    assert first.locator("a.row").count() == 3


def script_stays_text(app: Any, browser: Any, claims: Path) -> None:
    """Script in every field of a claim runs on no page."""
    case = Case.load(claims)
    write_new(claims, Source(id="evil", type="outlet", names={"en": SCRIPT}, note=SCRIPT))
    base = case.claims["C001"].to_json()
    told = {
        **base, "id": "C009", "speaker": "evil", "statement": f"{SCRIPT} \u202e", "said_basis": SCRIPT, "note": SCRIPT,
        "utterance": SCRIPT, "origin": {"key": SCRIPT, "method": SCRIPT},
        "proposition": {"subject": SCRIPT, "relation": SCRIPT}, "hedge": {"text": SCRIPT, "class": "flat"},
        "chain": [{"who": SCRIPT, "how": SCRIPT}], "written_by": SCRIPT,
        "original": {"text": SCRIPT, "language": SCRIPT, "translation": SCRIPT, "translator": SCRIPT},
        "sources": [{"title": SCRIPT, "url": "https://example.org/<script>"}],
        "quantity": {**base["quantity"], "text": SCRIPT},
        "assessment": {
            "source_reliability": "F", "info_credibility": 6, "by": SCRIPT, "date": "2024-03-02", "why": SCRIPT,
        },
    }  # fmt: skip
    write_new(claims, type(case.claims["C001"]).model_validate(told))
    (claims / "story.md").write_text(f"C009 {SCRIPT}\n", encoding="utf-8")
    page = app.page(browser)
    for path in ("/claims/", "/claims/record/C009", "/claims/new?retells=%3Cscript%3E", "/claims/?q=%3Cscript%3E"):
        page.goto(app.base + path)
        assert "owned" not in page.title()
        assert page.locator("main script, main img").count() == 0
    page.goto(f"{app.base}/claims/record/C009")
    page.check("input[name=how][value=denies]")
    page.fill("#relate input[name=to]", "C001")
    page.click("#relate button.main")
    page.click("#back")
    page.click("#count")
    page.wait_for_selector("#answer")
    assert "owned" not in page.title()


def what_is_covered(app: Any, browser: Any) -> None:
    """Names and words that were agreed to be kept back are fetched only by a click, and by no address or title."""
    page = app.page(browser)
    page.goto(f"{app.base}/claims/")
    assert "crane" not in page.content().lower()
    assert "zed" not in page.content().lower()
    page.goto(f"{app.base}/claims/record/C003")
    assert "crane" not in page.content().lower()
    assert "zed" not in page.content().lower()
    with page.expect_navigation():
        page.keyboard.press("v")
    assert "The crane broke twice" in page.inner_text("h1")
    assert "zed" not in f"{page.url}{page.title()}".lower()
    page.goto(f"{app.base}/claims/record/C003")
    page.click("#count")
    page.wait_for_selector("#answer")
    assert "zed" not in page.content().lower()


@pytest.mark.slow
def test_a_case_without_sources_and_addresses_of_nothing(browser: Any, opened: Any) -> None:
    """An empty case says how to begin; unknown ids and a naive date are told in words, and no page breaks."""
    page = opened.page(browser, "/claims/")
    assert "no claims yet" in page.inner_text("main")
    for path in ("/claims/record/C999", "/claims/record/..%2f..%2fetc", "/claims/item/nothing"):
        page.goto(opened.base + path)
        assert page.locator(".trouble").count() == 1
    page.goto(f"{opened.base}/claims/item/crowd")
    page.wait_for_function("() => document.getElementById('picture').naturalWidth > 0")
    page.goto(f"{opened.base}/claims/new")
    page.fill("#answer-speaker", "A new ministry")
    page.fill("#answer-said", "2024-02-26T10:00")
    page.click("#see")
    assert "speaker" in page.inner_text("#trouble")
    assert "said" in page.inner_text("#trouble")
    page.fill("#answer-said", "2024-02-26")
    page.fill("#answer-statement", "Nothing came \U0001f6a2")
    page.select_option("#answer-stance", "asserts")
    if not page.is_visible("#answer-speaker_type"):
        page.click("details.group summary >> nth=0")
    page.select_option("#answer-speaker_type", "government")
    page.click("#see")
    assert "sources/a-new-ministry.toml" in page.inner_text(".confirm")
    page.click("#write")
    page.wait_for_url("**done=new")
    assert Case.load(opened.root).sources["a-new-ministry"].type == "government"
