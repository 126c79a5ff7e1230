"""A card as one page of Markdown: what `dateline methods NAME` prints and docs/methods/NAME.md holds."""

from __future__ import annotations

from dateline.methods.card import SECTIONS, Card


def markdown(card: Card) -> str:
    """The whole card for a reader: question, answers, inputs, parameters, guards, then its prose."""
    front = card.front
    parts = [f"# {front.title}\n", f"*{front.question}*\n", f"Method `{front.id}`, version {front.version}.\n"]
    parts.append("## Answers\n\n" + "\n".join(f"- **{result.id}**: {result.means}" for result in front.results) + "\n")
    parts.append("## Inputs\n\n" + "\n".join(_inputs(card)) + "\n")
    if front.parameters:
        parts.append("## Parameters\n\n" + "\n".join(_parameters(card)) + "\n")
    rows = "\n".join(f"| `{guard.code}` | {guard.does} | {guard.when} |" for guard in front.guards)
    parts.append(f"## Guards\n\n| code | what it does | when |\n| --- | --- | --- |\n{rows}\n")
    parts.extend(f"## {heading}\n\n{card.sections[heading]}\n" for heading in SECTIONS)
    if front.figure is not None:
        told = f"![{front.figure.alt}](../figures/{front.figure.file})\n\n{front.figure.caption}\n"
        parts.append(f"## How good is this\n\n{told}")
    return "\n".join(parts)


def _inputs(card: Card) -> list[str]:
    return [
        f"- `{name}` ({spec.kind}{', several' if spec.many else ''}"
        f"{'' if spec.required else ', optional'}): {spec.help}"
        for name, spec in card.front.inputs.items()
    ]


def _parameters(card: Card) -> list[str]:
    lines = []
    for name, spec in card.front.parameters.items():
        unit = f" [{spec.unit}]" if spec.unit != "1" else ""
        default = "none" if spec.default is None else str(spec.default)
        choices = f", one of {', '.join(spec.choices)}" if spec.choices else ""
        lines.append(f"- `{name}` ({spec.type}{unit}{choices}; default {default}): {spec.help}")
    return lines
