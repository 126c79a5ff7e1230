"""A small whole case: one record of every kind, an item, an observation, two findings that feed one another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FILES = {
    "case.toml": """schema = 1
id = "rason"
title = "What the port shows"
question = "Is the port busier than before?"
worldview = "ua"
languages = ["en", "ko"]
as_of = 2024-11-01
people = [{id = "mk", role = "reporter"}, {id = "fox", name = "a pseudonym", role = "reviewer"}]
""",
    "places/rason.toml": """id = "rason"
role = "region"
[names]
en = "Rason"
[where]
lon = 130.4
lat = 42.3
radius = 20000
""",
    "places/najin.toml": """id = "najin"
role = "port"
within = "rason"
[names]
en = "Najin"
ko = "나진"
[where]
geojson = "shapes/najin.geojson"
precision = 50
""",
    "shapes/najin.geojson": json.dumps(
        {
            "type": "Feature",
            "properties": {},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[130.29, 42.22], [130.31, 42.22], [130.31, 42.24], [130.29, 42.24], [130.29, 42.22]]],
            },
        }
    ),
    "sources/us-state.toml": """id = "us-state"
type = "government"
state = "US"
depends_on = ["us-intel"]
[names]
en = "US State Department"
ko = "미 국무부"
""",
    "sources/us-intel.toml": """id = "us-intel"
type = "intelligence"
state = "US"
[names]
en = "US intelligence"
""",
    "claims/C041.toml": """# claims/C041.toml
id = "C041"
speaker = "us-state"
said = 2024-02-23
stance = "asserts"
statement = "North Korea has delivered containers of munitions or related materials"
quantity = {text = "more than 10,000", low = 10000, low_open = true, unit = "container", kind = "cumulative"}
hedge = {text = "has delivered", class = "flat"}
places = ["najin"]
chain = [                                  # from what we have back to who knows
  {who = "Cambodia Tribune", how = "republishes", read = true, evidence = "E-0191"},
  {who = "US State Department", source = "us-state", how = "publishes", read = false},
  {who = "US intelligence", how = "undisclosed basis", end = true},
]
[period]
text = "since September 2023"
said = "2024-02-23"
earliest = "2023-09-01"
latest = "2024-02-23"
edtf = "2023-09/2024-02-23"
rule = "since_closed_by_said"
""",
    "claims/C042.toml": """id = "C042"
speaker = "us-state"
said = "2024-02-24"
stance = "asserts"
statement = "The same, told again"
retells = "C041"
""",
    "events/factsheet.toml": """id = "factsheet"
title = "The State Department publishes a fact sheet"
when = 2024-02-23
kind = "claimed"
claims = ["C041"]
""",
    "media/clip.toml": """id = "clip"
title = "Soldiers at a base"
type = "video"
taken = {earliest = "2024-10-15", latest = "2024-10-18"}
[location]
state = "claimed"
by = "mk"
why = "the caption says so"
""",
    "replies/ask.toml": """id = "ask"
party = "us-state"
about = ["C041"]
question = "What is the figure based on?"
asked = "2024-10-01"
deadline = "2024-10-08"
outcome = "no_answer"
""",
    "matrices/cargo.toml": """id = "cargo"
question = "What did the ships carry?"
[[explanations]]
id = "arms"
text = "arms"
[[explanations]]
id = "other"
text = "something else"
[[rows]]
text = "The ships switch their transponders off"
why = "a secret cargo would be kept so"
by = "mk"
ratings = {arms = "consistent", other = "neutral"}
""",
    "measures/lights.toml": """id = "lights"
method = "night_lights"
[parameters]
floor = 0.5
[inputs.lights]
product = "VNP46A3"
items = ["E-0191"]
[inputs.places]
places = ["najin"]
""",
    "measures/joint.toml": """id = "joint"
method = "together"
[inputs.findings]
findings = ["lights"]
""",
    "observations/mk/2024.jsonl": '{"id": "mk-1", "by": "mk", "at": "2024-11-01T10:00:00Z", "item": "E-0191", '
    '"place": "najin", "state": "present", "points": [[10, 20.5]]}\n',
    "evidence/items/E-0191.toml": f"""schema = 1
id = "E-0191"
name = "factsheet.html"
sha256 = "{"ab" * 32}"
bytes = 5120
media_type = "text/html"
collected = 2024-03-02T09:14:07Z
by = "mk"
[origin]
url = "https://example.org/factsheet"
[licence]
name = "unknown"
""",
}


def finding(name: str, **more: Any) -> str:
    """A finding's JSON text with an open bound, a place and a value."""
    data = {
        "schema": 1,
        "id": name,
        "method": "night_lights",
        "method_version": "1",
        "question": "Did it grow?",
        "result": "increase",
        "reasons": [{"code": "above-own-spread", "text": "The change is above its own spread."}],
        "statement": {"key": "night_lights.increase", "args": {}, "en": "Light grew by 40 %."},
        "estimates": {
            "ratio": {"best": 1.4, "low": 1.25, "high": 1.58, "unit": "1", "level": 0.9, "n": 24, "how": "bootstrap"},
            "sum": {"best": 90, "low": 70, "high": None, "unit": "nW cm-2 sr-1", "level": 0.9, "n": 24, "how": "sum"},
        },
        "values": {"share": {"up": 0.75, "down": 0.25}, "months": [3, 4]},
        "places": {
            "najin": {
                "result": "increase",
                "estimates": {
                    "ratio": {"best": 2.0, "low": 1.5, "high": 2.5, "unit": "1", "level": 0.9, "n": 12, "how": "b"}
                },
            }
        },
        "inputs": [
            {"kind": "item", "id": "E-0191", "sha256": "ab" * 32, "role": "lights"},
            {"kind": "place", "id": "najin", "sha256": "cd" * 32, "role": "places"},
            {"kind": "sensor", "id": "VNP46A3", "sha256": "ef" * 32},
        ],
        "input_key": "00" * 32,
    }
    return json.dumps(data | more)


FINDINGS = {
    "findings/lights.json": finding("lights"),
    "findings/joint.json": finding(
        "joint", places={}, inputs=[{"kind": "finding", "id": "lights", "sha256": "11" * 32, "role": "findings"}]
    ),
}


def lay(folder: Path, files: dict[str, str]) -> Path:
    """Writes files into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


@pytest.fixture
def rason(tmp_path: Path) -> Path:
    """The folder of the small case."""
    return lay(tmp_path / "rason", FILES | FINDINGS)


@pytest.fixture
def put(rason: Path) -> Any:
    """Writes one more file into the small case: put(name, text)."""
    return lambda name, text: lay(rason, {name: text}) / name
