"""A tool never rewrites what a person did not change."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.core.errors import InputError, RecordError, UsageError
from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim, Hedge, Link
from dateline.ledger.head import Head, Person
from dateline.ledger.items import ItemRecord
from dateline.ledger.measure import Measure, Selector
from dateline.ledger.order import in_order
from dateline.ledger.place import Ground, Place
from dateline.ledger.reading import load_record
from dateline.ledger.skeleton import new_case
from dateline.ledger.source import Judgement, Source
from dateline.ledger.toml_lines import statements
from dateline.ledger.write import canonical_text, rewrite, update, write_new

Put = Callable[[str, str], Path]

MESSY = """# A file of many hands.

statement = "x"   # in our words
# who says it; see the memo
speaker = "us-state"

id = "C043"
stance = "asserts"
# detached

said = 2024-02-23
[assessment]
why = "w"
date = "2024-03-02"
by = "mk"
info_credibility = 0x3
source_reliability = 'B'

# the period, as told
[period]
latest = 2024-02-23
earliest = 2023-09-01 # inclusive
# the end
"""

TIDY = """# A file of many hands.

id = "C043"
# who says it; see the memo
speaker = "us-state"

said = 2024-02-23
stance = "asserts"
# detached

statement = "x"   # in our words
# the period, as told
[period]
earliest = 2023-09-01 # inclusive
latest = 2024-02-23

[assessment]
source_reliability = 'B'
info_credibility = 0x3
by = "mk"
date = "2024-03-02"
why = "w"
# the end
"""


def test_keys_are_put_in_order_with_their_comments(rason: Path, put: Put) -> None:
    """Golden: single values first, then tables, in the order of the docs; spellings and comments as they were."""
    path = put("claims/C043.toml", MESSY)
    assert rewrite(path, root=rason)
    assert path.read_text() == TIDY


def test_a_file_in_order_is_not_touched(rason: Path, put: Put) -> None:
    """Byte for byte, mark, line ends and missing last newline included; not even its time changes."""
    for text in (TIDY, "\ufeff" + TIDY, TIDY.replace("\n", "\r\n"), TIDY.rstrip()):
        path = put("claims/C043.toml", text)
        before = (path.read_bytes(), path.stat().st_mtime_ns)
        assert not rewrite(path, root=rason)
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_windows_files_stay_windows_files(rason: Path, put: Put) -> None:
    """A mark and line ends survive a change of order."""
    path = put("claims/C043.toml", "\ufeff" + MESSY.replace("\n", "\r\n"))
    assert rewrite(path, root=rason)
    assert path.read_bytes().decode() == "\ufeff" + TIDY.replace("\n", "\r\n")


def test_every_file_of_a_case_can_be_put_in_order(rason: Path) -> None:
    """The head and items too; the case says the same afterwards. A broken record is left alone."""
    before = Case.load(rason)
    for name in before.files:
        if name.endswith(".toml"):
            rewrite(rason / name, root=rason)
            assert not rewrite(rason / name, root=rason)
    assert Case.load(rason).records == before.records
    path = rason / "claims" / "C041.toml"
    path.write_text("id = 5\n")
    with pytest.raises(RecordError):
        rewrite(path, root=rason)
    assert path.read_text() == "id = 5\n"
    with pytest.raises(InputError, match="not in a folder"):
        rewrite(rason / "shapes" / "najin.geojson", root=rason)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1_000_000))
def test_any_order_of_keys_is_put_in_order_without_loss(seed: int) -> None:
    """Property: shuffled keys, tables and comments: the same data and lines, and a second pass changes nothing."""
    chance = random.Random(seed)
    found = statements(TIDY)
    texts = [TIDY[item.start : item.end] for item in found]
    first = next(index for index, item in enumerate(found) if item.header)
    root, sections = texts[:first], []
    for item, text in zip(found[first:], texts[first:], strict=True):
        if item.header:
            sections.append([text])
        else:
            sections[-1].append(text)
    chance.shuffle(root)
    chance.shuffle(sections)
    lines = [*root]
    for header, *pairs in sections:
        chance.shuffle(pairs)
        lines += [header, *pairs]
    text = "".join(chance.choice(["", "\n", "# note\n", "# note\n\n"]) + line for line in lines)
    once = in_order(text, Claim)
    assert tomllib.loads(once) == tomllib.loads(text)
    assert sorted(once.split("\n")) == sorted(text.split("\n"))
    assert in_order(once, Claim) == once
    order = [item.keys[0] for item in statements(once) if not item.header][: len(root)]
    assert order == ["id", "speaker", "said", "stance", "statement"]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True)
days = st.dates(date(1950, 1, 1), date(2049, 12, 31))
whens = st.one_of(
    days.map(When.on),
    st.builds(When.month, st.integers(1950, 2040), st.integers(1, 12)),
    st.builds(
        lambda a, b, text, said: When(earliest=min(a, b), latest=max(a, b), text=text, said=said, rule="r"),
        days, days, words, days,
    ),
    st.builds(lambda a, approximate: When(earliest=a, latest=None, approximate=approximate), days, st.booleans()),
    st.builds(
        lambda a, n: When.bracket(date.fromordinal(a), date.fromordinal(a + n)),
        st.integers(715_000, 735_000), st.integers(1, 90),
    ),
)  # fmt: skip
quantities = st.builds(
    lambda text, low, more, is_open, unit, kind: Quantity(
        text=text, low=low, high=None if more is None else low + more, low_open=is_open, unit=unit, kind=kind
    ),
    words, st.floats(-1e9, 1e9), st.none() | st.floats(1, 1e9), st.booleans(), words, st.sampled_from(Kind),
)  # fmt: skip
links = st.builds(Link, who=words, how=words, read=st.booleans())
claims = st.builds(
    Claim, id=ids, speaker=ids, said=whens, stance=st.sampled_from(["asserts", "denies"]), statement=words,
    quantity=st.none() | quantities, hedge=st.none() | st.builds(Hedge, text=words, sort=st.just("flat")),
    places=st.lists(ids, max_size=3).map(tuple), period=st.none() | whens, note=st.none() | words,
    chain=st.lists(links, max_size=3, unique_by=lambda link: link.who).map(tuple),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(record=claims)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, record: Claim) -> None:
    """Property: any claim, with any words in it, survives the file; and its canonical text is in canonical order."""
    root = tmp_path_factory.mktemp("case")
    path = write_new(root, record)
    assert load_record(path, Claim, root=root) == record
    assert not rewrite(path, root=root)
    assert not update(path, record, root=root)


@settings(max_examples=40, deadline=None)
@given(before=claims, after=claims)
def test_an_update_changes_what_differs_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, before: Claim, after: Claim
) -> None:
    """Property: from any record to any other; a second update has nothing to do; the comments are still there."""
    root = tmp_path_factory.mktemp("case")
    after = after.model_copy(update={"id": before.id})
    path = write_new(root, before)
    text = path.read_text().replace("speaker =", "# the memo of 3 March\nspeaker =", 1) + "# the end\n"
    path.write_text(text)
    update(path, after, root=root)
    assert load_record(path, Claim, root=root) == after
    assert "# the memo of 3 March\n" in path.read_text()
    written = path.read_bytes()
    assert not update(path, after, root=root)
    assert path.read_bytes() == written


def test_an_update_keeps_the_lines_that_say_the_same(rason: Path) -> None:
    """One changed word is one changed line in the diff, in a file as people write it; a new key has its place."""
    path = rason / "claims" / "C041.toml"
    before = path.read_text().splitlines()
    claim = load_record(path, Claim, root=rason)
    assert claim.hedge is not None
    hedge = claim.hedge.model_copy(update={"text": "has shipped"})
    assert update(path, claim.model_copy(update={"hedge": hedge, "status": "done"}), root=rason)
    after = path.read_text().splitlines()
    assert [line for line in after if line not in before] == [
        'status = "done"',
        'hedge = {text = "has shipped", class = "flat"}',
    ]
    assert [line for line in before if line not in after] == ['hedge = {text = "has delivered", class = "flat"}']
    assert after.index('status = "done"') == before.index(next(line for line in before if "quantity" in line))


def test_an_update_of_a_file_in_disorder_leaves_the_disorder(rason: Path, put: Put) -> None:
    """Whoever put the keys in that order may have had a reason; only the change is new."""
    path = put("claims/C043.toml", MESSY)
    claim = load_record(path, Claim, root=rason)
    assert update(path, claim.model_copy(update={"status": "done", "stance": "denies"}), root=rason)
    text = MESSY.replace('"asserts"', '"denies"').replace("said = 2024-02-23\n", 'said = 2024-02-23\nstatus = "done"\n')
    assert path.read_text() == text


def test_an_update_inside_tables_of_tables(tmp_path: Path) -> None:
    """Only the role that changed is written; the order of roles stays."""
    text = (
        'id = "m"\nmethod = "x"\n[inputs]\n[inputs.b] # first\nproduct = "p" # ours\nmonths = [1, 2]\n'
        '[inputs.a]\nproduct = "q"\n'
    )
    path = tmp_path / "measures" / "m.toml"
    path.parent.mkdir()
    path.write_text(text)
    measure = load_record(path, Measure, root=tmp_path)
    changed = {**measure.inputs, "a": (Selector(product="r"),)}
    assert update(path, measure.model_copy(update={"inputs": changed}), root=tmp_path)
    assert path.read_text() == text.replace('"q"', '"r"')
    fewer = measure.model_copy(update={"inputs": {"b": measure.inputs["b"]}})
    assert update(path, fewer, root=tmp_path)
    assert path.read_text() == text.replace('[inputs.a]\nproduct = "q"\n', "")


def test_a_comment_alone_and_a_missing_last_newline(rason: Path, put: Put) -> None:
    """The ends of files are where editors differ."""
    assert in_order("# nothing yet\n", Claim) == "# nothing yet\n"
    assert in_order('type = "ngo"\nid = "a"', Source) == 'id = "a"\ntype = "ngo"\n'
    path = put("claims/C043.toml", TIDY.partition("# the period")[0].rstrip())
    claim = load_record(path, Claim, root=rason)
    assert update(path, claim.model_copy(update={"note": "n"}), root=rason)
    assert path.read_text().endswith('our words\nnote = "n"\n')


def test_arrays_of_tables_keep_their_order(tmp_path: Path) -> None:
    """Keys inside each table are put in order; the tables are not exchanged, for their order has a meaning."""
    text = 'id = "c"\n[[people]]\nrole = "editor"\nid = "b"\n[[people]]\nid = "a"\nrole = "editor"\n'
    assert in_order(text, Head) == text.replace('role = "editor"\nid = "b"', 'id = "b"\nrole = "editor"')


def test_an_item_can_be_written_like_a_record(rason: Path) -> None:
    """Its text is that of the evidence layer."""
    case = Case.load(rason)
    record = case.record("E-0191")
    assert isinstance(record, ItemRecord)
    item = record.item.model_copy(update={"id": "E-0200"})
    path = write_new(rason, ItemRecord(id="E-0200", item=item))
    assert path.read_text() == item.to_toml()
    assert Case.load(rason).items["E-0200"] == item


def test_a_date_keeps_its_spelling_when_its_table_changes(rason: Path, put: Put) -> None:
    """A day with or without quotation marks is the same day."""
    path = put("claims/C043.toml", TIDY)
    claim = load_record(path, Claim, root=rason)
    assert claim.assessment is not None
    better = claim.assessment.model_copy(update={"why": "seen"})
    assert update(path, claim.model_copy(update={"assessment": better}), root=rason)
    assert path.read_text() == TIDY.replace('why = "w"', 'why = "seen"')


def test_another_records_file_is_not_overwritten(rason: Path) -> None:
    """An update needs the record's own file, a new record a name that is free."""
    claim = load_record(rason / "claims" / "C041.toml", Claim, root=rason)
    with pytest.raises(InputError, match="another record"):
        update(rason / "claims" / "C042.toml", claim, root=rason)
    with pytest.raises(InputError, match="already has a claim C041"):
        write_new(rason, claim)


def test_what_could_not_be_read_again_is_not_written(rason: Path) -> None:
    """A record that Python code made with empty words is refused before the file is touched."""
    claim = load_record(rason / "claims" / "C041.toml", Claim, root=rason)
    wordless = Quantity(text="", low=1, high=None, unit="t", kind=Kind.COUNT)
    before = (rason / "claims" / "C041.toml").read_bytes()
    with pytest.raises(RecordError, match="1 fault"):
        update(rason / "claims" / "C041.toml", claim.model_copy(update={"quantity": wordless}), root=rason)
    with pytest.raises(RecordError):
        write_new(rason, claim.model_copy(update={"id": "C050", "quantity": wordless}))
    assert (rason / "claims" / "C041.toml").read_bytes() == before
    assert not (rason / "claims" / "C050.toml").exists()


def test_records_with_tables_in_tables(tmp_path: Path) -> None:
    """Golden: a measure with one selector and with several, a place, a source with its history."""
    measure = Measure(
        id="m",
        method="night_lights",
        parameters={"floor": 0.5, "nested": {"a": [1, 2]}},
        inputs={"lights": (Selector(product="VNP46A3", period=When.year(2023)),), "places": (Selector(), Selector())},
    )
    assert canonical_text(measure) == (
        'schema = 1\nid = "m"\nmethod = "night_lights"\n\n'
        "[parameters]\nfloor = 0.5\n\n[parameters.nested]\na = [1, 2]\n\n"
        '[inputs]\nplaces = [\n    {},\n    {},\n]\n\n[inputs.lights]\nproduct = "VNP46A3"\nperiod = "2023"\n'
    )
    place = Place(id="p", role="port", names={"ko": "나진"}, ground=Ground(lon=130.3, lat=42.2, radius=500))
    graded = Judgement(grade="B", by="mk", date=date(2024, 3, 1), why="w")
    source = Source(id="s", type="ngo", names={"en": 'A "quoted"\nname'}, history=(graded,))
    for record in (measure, place, source):
        path = write_new(tmp_path, record)
        assert load_record(path, type(record), root=tmp_path) == record
        assert not rewrite(path, root=tmp_path)


def test_a_new_case_is_a_case(tmp_path: Path) -> None:
    """The skeleton loads, ignores what can be rebuilt, and is made whole or not at all."""
    made = new_case(
        tmp_path / "Rasón 2024",
        title='What "Rason" shows',
        question="Busier?",
        worldview="ua",
        people=[Person(id="mk", role="reporter")],
    )
    case = Case.load(made)
    assert (case.head.id, case.head.title, case.head.level) == ("rason-2024", 'What "Rason" shows', 0.9)
    assert "level = 0.9" in (made / "case.toml").read_text()
    assert ".dateline/" in (made / ".gitignore").read_text().splitlines()
    assert case.story.read_text().startswith('+++\ntitle = "What \\"Rason\\" shows"')
    assert not rewrite(made / "case.toml", root=made)
    assert [path.name for path in tmp_path.iterdir()] == ["Rasón 2024"]


def test_a_new_case_does_not_mix_with_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with anything in it, a file, a name without letters, and a crash half-way leave nothing behind."""
    words: dict[str, Any] = {"title": "t", "question": "q", "worldview": "iso"}
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "file").touch()
    for name in ("full", "full/x", "file"):
        with pytest.raises(UsageError) as caught:
            new_case(tmp_path / name, **words)
        assert caught.value.code == "not-empty"
    with pytest.raises(UsageError, match="cannot be made into the id"):
        new_case(tmp_path / "나진", **words)
    assert new_case(tmp_path / "나진", name="najin", **words).is_dir()
    with pytest.raises(UsageError) as caught:
        new_case(tmp_path / "new", title="", question="q", worldview="Ukraine")
    assert caught.value.saw == "title: an empty text; worldview: 'Ukraine'"
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(Path, "chmod", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        new_case(tmp_path / "empty", **words)
    assert list((tmp_path / "empty").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "full", "나진"]
