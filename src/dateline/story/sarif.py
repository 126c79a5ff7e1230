"""What `check` found in SARIF 2.1.0 (OASIS, 2020), the form that editors and code hosts show beside the line."""

from __future__ import annotations

from typing import Any

from dateline import __version__
from dateline.story.fault import Fault, Level, Report, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.BLOCK: "error", Level.SIGN_OFF: "warning", Level.NOTE: "note"}


def sarif(report: Report) -> dict[str, Any]:
    """The report as one run; columns count Unicode characters, as the report's own do."""
    rules = {fault.rule.code: fault.rule for fault in report.faults}
    codes = sorted(rules)
    driver = {
        "name": "dateline",
        "semanticVersion": __version__,
        "rules": [_rule(rules[code]) for code in codes],
    }
    results = [_result(fault, report.file, codes.index(fault.rule.code)) for fault in report.faults]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.do},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }


def _result(fault: Fault, file: str, index: int) -> dict[str, Any]:
    region = {"startLine": fault.spot.line, "startColumn": fault.spot.column}
    return {
        "ruleId": fault.rule.code,
        "ruleIndex": index,
        "level": _LEVELS[fault.rule.level],
        "message": {"text": f"{fault.rule.name}: {fault.saw}. {fault.do}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": file}, "region": region}}],
    }
