"""Draws the figures of docs/figures from findings on the real samples: `python -m tests.docs.figures` writes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.coverage.proof_counting import seal_draws, seals

from dateline.ledger.finding import Finding
from dateline.measure.ask import ask, request_of_flags
from dateline.methods import catalogue

FIGURES = Path(__file__).parents[2] / "docs" / "figures"
INK, QUIET, BAND = "#22221f", "#6b6a64", "#f0dcc6"
WIDTH = 720
SIGNS = {"present": "●", "absent": "○", "obscured": "–", "not discernible": "?"}
THRESHOLDS, CHECKED, DRAWS = (0.5, 0.6, 0.7, 0.8, 0.9), 10, 300


def write(samples: Path) -> None:
    """Both figures."""
    FIGURES.mkdir(exist_ok=True)
    for name, made in figures(samples).items():
        (FIGURES / name).write_text(made, encoding="utf-8")


def figures(samples: Path) -> Mapping[str, str]:
    """Each figure's SVG by its file name. samples: folder of the real samples."""
    draws = [seal_draws(seals(samples), at, CHECKED, DRAWS) for at in THRESHOLDS]
    return {"bracketing.svg": bracket(fire(samples)), "counting.svg": steady(THRESHOLDS, draws)}


def fire(samples: Path) -> Finding:
    """The bracket of a fire in Chile, from ten radar passes of which three are empty."""
    paths = sorted((samples / "radar" / "chile_fire_2024").glob("*_METRIC.tif"))
    given = {"over": 3.5, "share": 0.1, "narrow": 300, "object": "the burnt ground"}
    roles = {"images": [str(path) for path in paths]}
    card = catalogue.card("bracketing")
    return ask(request_of_flags(card, roles=roles, named={}, parameters=given, product="index"))[0]


def bracket(finding: Finding) -> str:
    """One sign a pass at its time, the bracket as a band behind them."""
    rows = [] if finding.series is None else finding.series.rows
    times = [datetime.fromisoformat(row["start"]) for row in rows]
    first, last = min(times), max(times)

    def at(moment: datetime) -> float:
        return round(40 + (WIDTH - 80) * (moment - first) / (last - first), 1)

    (after, by), *_ = finding.values["appeared"]["sets"]
    left, right = (at(datetime.fromisoformat(moment)) for moment in (after, by))
    parts = [f'<rect x="{left}" y="34" width="{round(right - left, 1)}" height="66" fill="{BAND}"/>']
    for row, moment in zip(rows, times, strict=True):
        parts.append(_text(at(moment), 74, SIGNS[row["answer"]], size=20, anchor="middle"))
    for moment in (times[0], datetime.fromisoformat(after), datetime.fromisoformat(by), times[-1]):
        ends = moment in {times[0], times[-1]}
        side = (
            "middle" if ends else "end" if moment.isoformat() == datetime.fromisoformat(after).isoformat() else "start"
        )
        parts.append(_text(at(moment), 122 if ends else 24, f"{moment.day} {moment:%b}", QUIET, anchor=side))
    parts.append(_text(40, 150, "○ not there · ● burnt · – the pass is empty · band: the bracket", QUIET))
    return _svg(160, "Ten radar passes over a fire in Chile: the bracket lies between 2 and 4 February 2024.", parts)


def steady(thresholds: Sequence[float], draws: Sequence[Mapping[str, Any]]) -> str:
    """By threshold of the detector: its own count, and the middle and width of the corrected ones; dashes: truth."""
    top = 1.1 * max(max(float(one["raw"]), one["median"] + one["median width"] / 2) for one in draws)

    def at(value: float) -> float:
        return round(240 - 200 * value / top, 1)

    truth = draws[0]["truth"]
    level = f'y1="{at(truth)}" y2="{at(truth)}" stroke="{QUIET}" stroke-dasharray="4 4"'
    parts = [
        f'<line x1="60" x2="{WIDTH - 20}" {level}/>',
        _text(56, at(truth) + 4, f"{truth}", QUIET, anchor="end"),
    ]
    for index, (threshold, one) in enumerate(zip(thresholds, draws, strict=True)):
        x = 120 + index * (WIDTH - 200) / (len(thresholds) - 1)
        half = one["median width"] / 2
        parts += [
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{at(one["median"] - half)}" y2="{at(one["median"] + half)}" '
            f'stroke="{INK}" stroke-width="2"/>',
            f'<circle cx="{x:.0f}" cy="{at(one["median"])}" r="5" fill="{INK}"/>',
            f'<circle cx="{x + 26:.0f}" cy="{at(one["raw"])}" r="5" fill="none" stroke="{INK}" stroke-width="2"/>',
            _text(x + 13, 262, f"{threshold:g}", QUIET, anchor="middle"),
        ]
    words = "● corrected on ten checked tiles, with its interval · ○ the detector’s own count · dashes: the truth"
    parts += [_text(56, 262, "score", QUIET, anchor="end"), _text(60, 290, words, QUIET)]
    return _svg(300, "Seals on 20 tiles: the corrected count stays where the truth is, at every threshold.", parts)


def _text(x: float, y: float, words: str, fill: str = INK, *, size: int = 14, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{fill}" font-size="{size}" text-anchor="{anchor}">{words}</text>'


def _svg(height: int, title: str, parts: Iterable[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" role="img">'
    )
    paper = f'<rect width="{WIDTH}" height="{height}" fill="#fdfcf8"/>'
    return "\n".join([head, f"<title>{title}</title>", paper, *parts, "</svg>", ""])


if __name__ == "__main__":
    write(Path(os.environ["DATELINE_SAMPLES"]))
