"""What lies below a finding on a picture, where the picture's own axes cite that finding."""

from __future__ import annotations

import json
from pathlib import Path

from dateline.ledger.case import Case
from dateline.ledger.trace import trace
from dateline.story.samples import sample_case


def test_a_finding_on_a_picture_does_not_rest_on_the_axes_that_cite_it(tmp_path: Path) -> None:
    """When it was taken is worked out from its post; the axis of time cites the answer; that is no circle."""
    folder = sample_case(tmp_path / "case", ["verification"])
    axes = json.loads((folder / "findings/axes-quay-clip.json").read_text(encoding="utf-8"))
    media = {"kind": "record", "id": "quay-clip", "sha256": "0" * 64, "role": "media"}
    cited = {"kind": "finding", "id": "clip-taken", "sha256": "0" * 64, "role": "cited"}
    for name, method, inputs in (("clip-taken", "capture_time", [media]), ("axes", "four_axes", [media, cited])):
        made = {**axes, "id": name, "method": method, "inputs": inputs}
        (folder / f"findings/{name}.json").write_text(json.dumps(made), encoding="utf-8")
    record = folder / "media/quay-clip.toml"
    text = record.read_text(encoding="utf-8")
    head, _, rest = text.partition("[time]\n")
    record.write_text(f'{head}[time]\nfindings = ["clip-taken"]\n{rest}', encoding="utf-8")
    case = Case.load(folder)
    taken = trace(case, "clip-taken")
    assert "quay-clip" in {node.id for node in taken.walk()}
    assert [node.id for node in taken.walk()].count("clip-taken") == 1
    below = [node.id for node in trace(case, "axes").walk()]
    assert {"quay-clip", "clip-taken"} <= set(below)
