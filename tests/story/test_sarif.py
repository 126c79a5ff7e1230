"""Faults in the form that editors show beside the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.cli.app import run
from dateline.story.fault import Report
from dateline.story.sarif import sarif


def test_each_fault_stands_at_its_line_with_its_rule(examined: Callable[..., Report]) -> None:
    """Level, rule, place and words are those of the report; a rule is described once."""
    report = examined("Light grew by 47 %. And by 48 %.\n\nThe the dark.")
    (made,) = sarif(report)["runs"]
    rules = made["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == len({fault.rule.code for fault in report.faults})
    for fault, result in zip(report.faults, made["results"], strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (fault.spot.line, fault.spot.column)
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == fault.rule.code
        assert fault.saw in result["message"]["text"]
    assert {result["level"] for result in made["results"]} == {"error", "warning"}


def test_the_command_prints_it_and_still_fails(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 where a rule blocks; of a draft it has what differs from the case."""
    assert run(["check", "--case", str(own), "--sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"
    story = own / "story.md"
    story.write_text(story.read_text(encoding="utf-8") + "\nLight grew by 47 %.\n", encoding="utf-8")
    assert run(["check", "--case", str(own), "--sarif"]) == 1
    (result,) = [one for one in json.loads(capsys.readouterr().out)["runs"][0]["results"] if one["level"] == "error"]
    assert result["ruleId"] == "untraced-number"
    draft = own / "draft.txt"
    draft.write_text("Light at Arden grew by 47 %.\n", encoding="utf-8")
    assert run(["check", str(draft), "--case", str(own), "--sarif"]) == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert "number-differs" in {one["ruleId"] for one in results}
