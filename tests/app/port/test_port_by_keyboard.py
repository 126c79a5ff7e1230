"""The port's screen by keyboard, start to finish: looks, a crash, a second person, the answer, the measure kept."""

from __future__ import annotations

import csv
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import dateline
from dateline.app.asking import ask_live
from dateline.app.screens.port.activity import Asked
from dateline.ledger.case import Case
from dateline.ledger.observed import standing
from dateline.ledger.port_log import PortLog
from dateline.ledger.port_log_csv import read_port_log
from dateline.measure.ask import prepare
from dateline.measure.request import from_measure
from dateline.methods import port_activity
from dateline.methods.contract import Inputs, Outcome, Parameters

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
LONG = 60_000
EXACT = ("share", "ship_days_if_drawn")
"""Estimates that no chance enters."""
SHOWN = "() => document.querySelector('#picture')?.dataset.shown"
ALL = "document.querySelector('#progress').textContent.startsWith('All')"
SENT = "() => !Object.keys(localStorage).some((name) => name.startsWith('dateline:'))"


def _lines(root: Path, who: str) -> list[dict[str, Any]]:
    files = sorted((root / "observations" / who).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def _there(running: Any) -> Any:
    """The app, once its socket answers: its address is printed a moment before."""
    host, port = running.base.removeprefix("http://").split(":")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=5):
            return running
        time.sleep(0.05)
    raise AssertionError(f"nobody answers at {running.base}")


def _begin(running: Any, browser: Any, query: str) -> Any:
    page = running.page(browser, f"/port/begin?{query}")
    page.wait_for_function(SHOWN, timeout=LONG)
    return page


def _keys(number: int, made: SimpleNamespace) -> str:
    """What a person types at both berths of one image: every ship lies at the eastern one, the second."""
    if number == 7:
        return "Nc"
    ships = made.ships_on(number)
    return f"e{ships}s" if ships else "E"


def _table(path: Path, made: SimpleNamespace) -> Path:
    """The same looks as somebody would write them into a spreadsheet."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["place", "berth", "at", "image", "sensor", "resolution", "seen", "ships", "why", "by", "blind", "how"]
        )
        for number in range(30):
            at, ships = (made.first + timedelta(days=2 * number)).isoformat(), made.ships_on(number)
            for berth in ("east", "west"):
                seen = "not observed" if number == 7 else "ships" if ships and berth == "east" else "empty"
                told = [seen, ships if seen == "ships" else "", "cloud" if number == 7 else "", "fox", "yes", "person"]
                rows.writerow(["Quayside", berth, at, f"scene-{number:02d}", "PlanetScope", 3.0, *told])
        for number in range(4):
            at = (made.first + timedelta(days=2 * number + 1)).isoformat()
            rows.writerow(
                ["Quayside", "", at, f"unbought-{number}", "SkySat", "", "not observed", "", "not bought", "", "", ""]
            )
    return path


def _outcome(inputs: Inputs) -> Outcome:
    """The method itself, with one and the same chance: a finding's own chance follows from the hash of its inputs."""
    parameters = Parameters.of(port_activity.CARD, {})
    return port_activity.run(inputs, parameters, rng=np.random.default_rng(1))


def test_thirty_images_by_keyboard_give_what_the_method_gives_of_a_table(
    port_case: Path, open_app: Callable[..., Any], browser: Any, made: SimpleNamespace, tmp_path: Path
) -> None:
    """From the log to the sentence without a mouse; every look is saved, and the answer is that of the same table."""
    page = _there(open_app(port_case, "--by", "fox")).page(browser, "/port/")
    assert "34 images known: 30 here, 4 not bought" in page.inner_text("#denominator")
    page.keyboard.press("f")
    page.wait_for_function(SHOWN, timeout=LONG)
    for number in range(30):
        for name in _keys(number, made):
            page.keyboard.press(name)
    page.wait_for_function("() => document.querySelector('#live .short')", timeout=LONG)
    page.keyboard.press("f")
    page.wait_for_url("**/port/answer?**", timeout=LONG)
    looks = [line for line in _lines(port_case, "fox") if not line.get("submitted")]
    assert len(looks) == 60
    assert all(line["independent"] and line["question"] == f"ships at {line['place']}" for line in looks)
    case, measure = Case.load(port_case), Asked("quayside", None, {}).measure("live")
    table = _table(tmp_path / "log.csv", made)
    told = read_port_log(table.read_bytes(), file="log.csv", place="Quayside")
    asked = prepare(from_measure(case, measure)).load(lambda _: None).inputs
    ours, theirs = _outcome(asked), _outcome(Inputs({"log": (PortLog(tuple(told)),)}))
    assert ours.estimates == theirs.estimates
    assert ours.statement == theirs.statement
    live, run = ask_live(case, measure), dateline.run("port_activity", log=str(table))
    assert live.values["counts"] == run.values["counts"]
    assert [live.estimates[name] for name in EXACT] == [run.estimates[name] for name in EXACT]
    assert page.inner_text("#sentence .sentence") == live.statement.en
    assert "ships on 10 of 29 usable days" in page.inner_text("#short")
    assert page.locator(".calendar td.ships").count() == 10
    assert page.locator(".calendar td.dark svg").first.is_visible()
    assert page.locator("#hidden-looks").count() == 0


def test_looks_survive_a_reload_a_killed_server_and_an_undo(
    port_case: Path, open_app: Callable[..., Any], browser: Any
) -> None:
    """What was answered while nobody listened is sent when the program runs again, and the same sitting goes on."""
    running = _there(open_app(port_case, "--by", "fox"))
    page = _begin(running, browser, "place=quayside&target=quayside&kind=first")
    address = page.url
    page.keyboard.type("see")
    page.keyboard.press("u")
    page.wait_for_function(SENT, timeout=LONG)
    running.kill()
    page.keyboard.type("2sno")
    page.wait_for_function("() => !document.getElementById('connection').hidden", timeout=LONG)
    _there(running.start())
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(running.address)
    page.goto(running.base + address.partition("/port/")[1] + address.partition("/port/")[2])
    page.wait_for_function(SENT, timeout=LONG)
    page.wait_for_function(SHOWN, timeout=LONG)
    stand = standing(Case.load(port_case).observations)
    said = [(mark.item, mark.state, mark.count, mark.reason) for mark in stand.values()]
    assert sorted(said, key=str) == [
        ("img-00", "present", None, None),
        ("img-01", "absent", None, None),
        ("img-02", "present", 2, None),
        ("img-03", "not_discernible", None, "outside the image"),
    ]
    assert page.inner_text("#progress") == "4 of 30 answered"
    assert page.inner_text("#where").startswith("5 of 30")


@pytest.mark.slow
def test_what_does_not_go_together_is_refused(port_case: Path, open_app: Callable[..., Any], browser: Any) -> None:
    """No ships and a count, ships and none: neither is a mark. Nor is not seen without a reason."""
    running = _there(open_app(port_case, "--by", "fox"))
    page = _begin(running, browser, "place=quayside&target=quayside&kind=first")
    page.keyboard.type("0s")
    assert "0 ships is empty" in page.inner_text("#outside")
    page.keyboard.type("3e")
    assert "do not go together" in page.inner_text("#outside")
    page.keyboard.type("c")
    page.keyboard.type("n")
    page.keyboard.press("Escape")
    assert page.inner_text("#progress") == "0 of 30 answered"
    page.keyboard.press("n")
    page.keyboard.press("x")
    page.keyboard.type("<script>alert(1)</script> smoke")
    page.keyboard.press("Enter")
    page.wait_for_function(SENT, timeout=LONG)
    (line,) = _lines(port_case, "fox")
    assert (line["state"], line["reason"]) == ("not_discernible", "<script>alert(1)</script> smoke")
    assert "not seen: <script>" in page.inner_text("#looks")


def test_a_second_person_looks_blind_and_then_both_see_how_far_they_agree(
    port_case: Path, open_app: Callable[..., Any], browser: Any, looked: Callable[..., None]
) -> None:
    """Dates and answers are hidden before; after it the table, the share and kappa, and what to settle."""
    items = [f"img-{number:02d}" for number in range(12)]
    said = {item: "present" if number % 3 == 0 else "absent" for number, item in enumerate(items)}
    looked("ana", said, sitting="port-1st-one-20260501-ana-0a1b2c3d")
    running = _there(open_app(port_case, "--by", "ben"))
    page = running.page(browser, "/port/?place=quayside")
    assert "12 looks of others are hidden" in page.inner_text("#hidden-looks")
    assert "ana" not in page.inner_text(".shots")
    page.goto(running.base + "/port/answer?place=quayside&whose=all")
    assert "hidden until you have finished" in page.inner_text("main")
    page = _begin(running, browser, "place=quayside&target=quayside&kind=second&sample=6&undated=yes")
    assert page.inner_text("#what") == "Image 1"
    assert not [text for text in ("2024", "scene", "ana", "PlanetScope") if text in page.inner_text("main")]
    for _ in range(6):
        item = page.evaluate(SHOWN).partition("|")[0]
        page.keyboard.press("s" if said[item] == "present" else "e")
        page.wait_for_function(f"{SHOWN} !== '{item}|quayside' || {ALL}", timeout=LONG)
    page.keyboard.press("f")
    page.wait_for_url("**/port/answer?**", timeout=LONG)
    assert "6 looks in common, the same on 6 (100 %)" in page.inner_text(".agreement")
    assert "6 looks of others are hidden" in page.inner_text("#hidden-looks")
    mine = [line for line in _lines(port_case, "ben") if not line.get("submitted")]
    assert all(line["independent"] and line["date_hidden"] for line in mine)


@pytest.mark.slow
def test_looks_that_differ_are_settled_by_a_look_of_its_own(
    port_case: Path, open_app: Callable[..., Any], browser: Any, looked: Callable[..., None]
) -> None:
    """Only where looks differ; the third stands beside the two, and replaces neither."""
    looked("ana", {"img-00": "present", "img-01": "absent"}, sitting="port-1st-one-20260501-ana-0a1b2c3d")
    looked("ben", {"img-00": "absent", "img-01": "absent"}, sitting="port-1st-one-20260501-ben-0a1b2c3d")
    page = _there(open_app(port_case, "--by", "ben")).page(browser, "/port/answer?place=quayside")
    assert "ships against empty" in page.inner_text(".differ")
    page.keyboard.press("d")
    page.wait_for_function(SHOWN, timeout=LONG)
    assert page.locator("#looks li").count() == 1
    page.keyboard.type("s")
    page.keyboard.press("f")
    page.wait_for_url("**/port/answer?**", timeout=LONG)
    assert "ana ships; ben empty; ben, to settle ships" in page.inner_text(".differ")
    stand = [mark for mark in standing(Case.load(port_case).observations).values() if mark.item == "img-00"]
    assert sorted((mark.by, mark.state) for mark in stand) == [
        ("ana", "present"),
        ("ben", "absent"),
        ("ben", "present"),
    ]


@pytest.mark.slow
def test_the_answer_is_kept_as_a_measure_once(
    port_case: Path, open_app: Callable[..., Any], browser: Any, looked: Callable[..., None]
) -> None:
    """By keyboard: the measure asks what the page asked, its window too; a second one of that id is refused."""
    looked("fox", {"img-00": "present", "img-01": "absent"}, sitting="port-1st-one-20260501-fox-0a1b2c3d")
    running = _there(open_app(port_case, "--by", "fox"))
    page = running.page(browser, "/port/answer?place=quayside&first_day=2024-03-01&last_day=2024-03-10&whose=mine")
    said = page.inner_text("#sentence .sentence")
    page.keyboard.press("k")
    page.wait_for_selector("#kept", timeout=LONG)
    assert page.inner_text("#sentence .sentence") == said
    case = Case.load(port_case)
    measure = case.measures["quayside-days"]
    asked = Asked("quayside", "fox", {"first_day": "2024-03-01", "last_day": "2024-03-10"})
    assert measure.inputs == asked.measure("x").inputs
    assert ask_live(case, measure).statement.en == said
    page.fill("#keep input[name=id]", "quayside-days")
    page.click("#keep button")
    assert "already has a measure" in page.inner_text("main")
    page.goto(running.base + "/port/")
    assert "quayside-days" in page.inner_text("main")


@pytest.mark.slow
def test_a_port_of_which_nothing_is_known_says_so(
    desk: Path, open_app: Callable[..., Any], browser: Any, made: SimpleNamespace
) -> None:
    """Without a place, without an image, and with clouds alone: never an empty port, and never a broken page."""
    running = _there(open_app(desk, "--by", "fox"))
    page = running.page(browser, "/port/")
    assert "Choose the port, or add it first" in page.inner_text("main")
    made.write_places(desk, ["quayside"])
    page.reload()
    assert "knows of no image" in page.inner_text("#no-images")
    page.keyboard.press("a")
    page.wait_for_selector("#sentence")
    assert "no window was named" in page.inner_text("#sentence")
    made.put_unseen(desk, 2)
    page.goto(running.base + "/port/")
    assert "nothing can be said of ships" in page.inner_text("#denominator")
    assert page.locator("#first-look").count() == 0
    page.goto(running.base + "/port/answer?place=quayside")
    assert page.get_attribute("#sentence", "data-result") == "cannot tell"
    assert "cannot be told" in page.inner_text("#sentence")


def test_two_images_of_one_day_that_differ_are_a_day_with_ships(port_case: Path, looked: Callable[..., None]) -> None:
    """Two people who differ on one image make it disputed: the day is in both bounds."""
    looked(
        "ana",
        {"img-00": "present", "img-01": "absent", "img-02": "absent"},
        sitting="port-1st-one-20260501-ana-0a1b2c3d",
    )
    looked("ben", {"img-00": "absent"}, sitting="port-1st-one-20260501-ben-0a1b2c3d")
    found = ask_live(Case.load(port_case), Asked("quayside", None, {}).measure("x"))
    assert found.values["counts"]["disputed"] == 1
    assert "disputed" in {note.code for note in found.caveats}
