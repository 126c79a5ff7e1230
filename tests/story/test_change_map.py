"""A change map on the page: colour only beyond noise, every state apart, a centre that says where it comes from."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image

from dateline.core import State
from dateline.core.errors import DatelineError, InputError
from dateline.imagery.maps import ChangeMap, pair_map
from dateline.imagery.palette import diverging, luminance
from dateline.imagery.scene import Pixels
from dateline.ledger.case import Case
from dateline.story.blocks.change_map.draw import DARK, LINE, PAPER, counts, paint, share_of_colour
from dateline.story.check import examine, reading_of
from dateline.story.embed import embed
from dateline.story.figure import figures
from dateline.story.parse import parse
from dateline.story.reading import Reading
from dateline.story.render import render
from dateline.story.samples import sample_of
from dateline.story.still import stills

FRONT = '+++\ntitle = "T"\n+++\n\n'
SAMPLE = sample_of("change_map")


def look(values: np.ndarray, state: int | None = None) -> Pixels:
    states = np.where(values < 0.5, State.FLOOR, State.OBSERVED).astype(np.uint8)
    return Pixels(values.astype(np.float32), states if state is None else np.full_like(states, state), None)


def mapped(a: np.ndarray, b: np.ndarray) -> ChangeMap:
    from odc.geo.geobox import GeoBox

    grid = GeoBox(a.shape, Affine(1 / 240, 0, 12, 0, -1 / 240, -42), "EPSG:4326")
    return pair_map(look(a), look(b), grid, floor=0.5, simulated=False)


def noisy(sigma: float, shape: tuple[int, int] = (60, 60)) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    field = 2 ** rng.uniform(0, 4, shape)
    return field, field * 2 ** rng.normal(0, sigma, shape)


def read(folder: Path, body: str) -> Reading:
    return reading_of(Case.load(folder), parse(FRONT + body))


def page_of(folder: Path, body: str) -> str:
    return render(read(folder, body)).decode()


def test_nothing_changed_is_nothing_coloured() -> None:
    """Noise alone gives no full colour: under one pixel in a hundred lies beyond three noises; equal looks, none."""
    change = mapped(*noisy(0.2))
    kinds = counts(change)
    assert kinds["within"] > 0.99 * change.change.size
    assert np.mean(np.abs(share_of_colour(change, 2)) > 0.25) < 0.01
    field, _ = noisy(0)
    same = mapped(field, field)
    assert not np.nan_to_num(share_of_colour(same, 2)).any()
    assert counts(same)["within"] == field.size


def test_colour_is_the_formula_written_out() -> None:
    """Share of colour: distance from the centre over the reach, times how far beyond one noise up to three."""
    change = mapped(*noisy(0.2))
    away = change.change - change.level
    expected = np.clip(away / 2, -1, 1) * np.clip((np.abs(away) / change.noise - 1) / 2, 0, 1)
    np.testing.assert_allclose(share_of_colour(change, 2), expected, atol=1e-6)


def test_light_from_below_the_floor_never_fell() -> None:
    """Around a level of 1.4 light that rose from dark to 1.1 floors rose by 1.1 or more: no fall is told."""
    a, b = noisy(0.02)
    a[0], b[0] = 0, 0.55
    change = replace(mapped(a, 1.4 * b), level=math.log2(1.4))
    change.change[0] = math.log2(1.1)
    assert (share_of_colour(change, 2)[0] == 0).all()
    assert counts(change)["darker"] < 0.02 * a.size
    assert counts(replace(change, a=change.b, b=change.a, change=-change.change, level=-change.level))["brighter"] < 60


def test_swapped_looks_have_mirrored_colours() -> None:
    """The picture of the swapped pair has, at each pixel, the colour as far on the other side of the middle."""
    a, b = noisy(0.2)
    b[10:20, 10:20] *= 8
    colours = [tuple(colour) for colour in diverging().tolist()]
    forth, back = (paint(change, (60, 60), 2).reshape(-1, 3) for change in (mapped(a, b), mapped(b, a)))
    for one, other in zip(forth[::37], back[::37], strict=True):
        assert abs(colours.index(tuple(one)) + colours.index(tuple(other)) - len(colours) + 1) <= 2


def test_the_scale_grows_darker_away_from_the_middle() -> None:
    """Luminance falls from the pale middle to both ends, and both ends are as dark: readable in grey, on any ground."""
    light = luminance(diverging())
    middle = len(light) // 2
    assert (np.diff(light[: middle + 1]) >= -1e-3).all()
    assert (np.diff(light[middle:]) <= 1e-3).all()
    assert light[0] == pytest.approx(light[-1], abs=0.05)


def test_states_stay_apart() -> None:
    """Dark at both times, filled, outside and not seen look different, are counted, and are no colour of change."""
    a, b = noisy(0.1)
    a[:10], b[:10] = 0, 0
    change = mapped(a, b)
    for rows, state in ((slice(10, 20), State.FILLED), (slice(20, 30), State.OUTSIDE), (slice(30, 40), State.CLOUD)):
        change.states[rows] = state
        change.change[rows] = np.nan
    kinds = counts(change)
    assert [kinds[name] for name in ("floor", "filled", "outside", "cloud", "not_observed")] == [600, 600, 600, 600, 0]
    assert sum(kinds.values()) == change.change.size
    dots = paint(change, (600, 600), 2)
    parts = [dots[top : top + 100].reshape(-1, 3) for top in (0, 100, 200, 300)]
    assert (parts[0] == DARK).all()
    shares = [float((part == LINE).all(axis=1).mean()) for part in parts[1:]]
    assert len({round(share, 2) for share in shares}) == 3, "each pattern has its own density"
    for part in parts[1:]:
        assert {tuple(colour) for colour in np.unique(part, axis=0).tolist()} == {PAPER, LINE}
    assert not {PAPER, LINE, DARK} & {tuple(colour) for colour in diverging().tolist()}


def test_the_page_says_where_the_centre_and_the_noise_come_from(own: Path) -> None:
    """Centre, its places and pixels, the noise, dates and every kind of pixel stand in words."""
    html = page_of(own, SAMPLE)
    for words in (
        "declared stable (Brill, Corrin, Dunmere, Eskerry)",
        "Noise of one pixel",
        "March 2024 against March",
    ):
        assert words in html
    figure = html.split("<figure")[1].split("</figure>")[0]
    numbers = [int(number.replace(",", "")) for number in re.findall(r'<td class="num">([\d,]+)</td>', figure)]
    assert sum(numbers[:-1]) == numbers[-1]
    assert "NASA" not in figure, "nobody measured what was simulated"


def test_it_leaves_the_page_as_embed_and_png(own: Path) -> None:
    """The still holds the pixels with the word in them, its alt text and its mark; the embed the table."""
    (figure,) = figures(read(own, SAMPLE), {})
    assert figure.simulated
    (still,) = stills(figure)
    assert still.name.endswith(".png")
    with Image.open(io.BytesIO(still.data)) as opened:
        assert "amber spot" in opened.text["Description"]
        assert opened.width > 800
    assert "below the floor both times" in embed(figure).data.decode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ('stable = ["brill", "corrin"]', "no-centre"),
        ('stable = ["arden", "brill", "corrin"]\nwindow = [12.1, -42.2, 12.2, -42.15]', "no-centre"),
        ('assumed = "none near"\nwindow = [12.1, -42.2, 12.104, -42.196]', "no-noise"),
        ('assumed = "none near"\nwindow = [0, 0, 1, 1]', "picture"),
    ],
)
def test_too_little_ground_is_refused(own: Path, change: str, code: str) -> None:
    """Two places, a window without them, one pixel, a window off the image: three parts and a code, never a picture."""
    body = re.sub(r"window = .*\n", "", SAMPLE).replace('stable = ["brill", "corrin", "dunmere", "eskerry"]', change)
    with pytest.raises(InputError) as error:
        page_of(own, body)
    assert error.value.code == code
    assert error.value.do


def written(folder: Path, name: str, values: np.ndarray, *, west: float = 12.08, crs: str = "EPSG:4326") -> None:
    with rasterio.open(
        folder / "pictures" / name,
        "w",
        driver="GTiff",
        height=values.shape[0],
        width=values.shape[1],
        count=1,
        dtype="float32",
        crs=crs,
        transform=Affine(1 / 240, 0, west, 0, -1 / 240, -42.12),
        nodata=float("nan"),
    ) as file:
        file.write(values.astype(np.float32), 1)


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("VNP46A3_2024_03_wide_simulated.tif", {"shape": (90, 151)}, "other-ground"),
        ("VNP46A3_2024_03_east_simulated.tif", {"west": 12.081}, "other-ground"),
        ("VNP46A3_2024_03_metres_simulated.tif", {"crs": "EPSG:3857"}, "other-ground"),
        ("VNP46A3_2024_05_simulated.tif", {}, "unlike-images"),
        ("VJ146A3_2024_03_simulated.tif", {}, "unlike-images"),
        ("VNP46A4_2024_simulated.tif", {}, "unlike-images"),
        ("VNP46A3_2021_03_simulated.tif", {}, "unlike-images"),
        ("VNP46A3_2022_03_simulated.tif", {}, "unlike-images"),
        ("VNP46A3_2024_03_none_simulated.tif", {"all": np.nan}, "no-centre"),
        ("VNP46A3_2024_03_dark_simulated.tif", {"all": 0.0}, None),
    ],
)
def test_unlike_images_are_refused(own: Path, name: str, change: dict[str, object], code: str | None) -> None:
    """Other shapes, grids, systems, months, satellites, products; the order turned round, one image twice; an image
    without a value. Gone dark is a map."""
    shape = change.get("shape", (90, 150))
    values = np.full(shape, change["all"]) if "all" in change else np.ones(shape)
    written(own, name, values, west=float(str(change.get("west", 12.08))), crs=str(change.get("crs", "EPSG:4326")))
    body = SAMPLE.replace("VNP46A3_2024_03_simulated.tif", name)
    if code is None:
        assert "below the floor" in page_of(own, body)
        return
    with pytest.raises(DatelineError) as error:
        page_of(own, body)
    assert error.value.code == code
    if code == "unlike-images":
        faults = [fault for fault in examine(read(own, body)).faults if fault.rule.code == "change-map"]
        assert faults
        assert not examine(read(own, body)).passed


def test_what_no_noise_or_no_floor_is_known_of_is_refused(own: Path) -> None:
    """A copy with a few pixels changed by 2 % has no noise, in which all of them would be "beyond three times the
    noise"; a finding's window without a ratio has none; digital numbers have no least light."""
    a, _ = noisy(0.1, (90, 150))
    names = "VNP46A3_2021_03_simulated.tif", "VNP46A3_2023_03_simulated.tif"
    numbers = "F152000.v4_simulated.tif", "F152006.v4_simulated.tif"
    for name, values in ((names[0], a), (names[1], np.where(a > 15, 1.02 * a, a)), (numbers[0], a), (numbers[1], a)):
        written(own, name, values)
    kept(own, source="history", level=0.1)
    for pair, code in ((names, "no-noise"), (numbers, "no-floor")):
        body = SAMPLE.replace("VNP46A3_2022_03_simulated.tif", pair[0]).replace(
            "VNP46A3_2024_03_simulated.tif", pair[1]
        )
        with pytest.raises(InputError) as error:
            page_of(own, body.replace('stable = ["brill", "corrin", "dunmere", "eskerry"]', 'assumed = "a test"'))
        assert error.value.code == code
    with pytest.raises(InputError) as error:
        page_of(own, f"{KEPT}window = [12.08, -42.24, 12.2, -42.13]\n:::\n")
    assert error.value.code == "no-noise"


def test_a_reason_lets_months_differ_and_stands_on_the_page(own: Path) -> None:
    """Another month passes with its reason, which is printed; another satellite never."""
    written(own, "VNP46A3_2024_05_simulated.tif", np.ones((90, 150)))
    body = SAMPLE.replace("VNP46A3_2024_03_simulated.tif", "VNP46A3_2024_05_simulated.tif")
    body = body.replace("stable =", 'season = "the lamps <b>came</b> in May"\nstable =')
    assert "the lamps &lt;b&gt;came&lt;/b&gt; in May" in page_of(own, body)


def test_the_first_collection_and_the_second_are_not_compared(own: Path) -> None:
    """Files whose names tell two collections stop the page, in a change map and in a before and after."""
    for name in ("VNP46A3_001_2022_03_simulated.tif", "VNP46A3_002_2024_03_simulated.tif"):
        renamed = f"NASA_VIIRS_{name.split('_')[1]}_{name.replace(name.split('_')[1] + '_', '')}"
        written(own, renamed, np.ones((90, 150)))
    body, beside = (
        re.sub(
            r"pictures/VNP46A3_(\d{4})_03",
            lambda m: f"pictures/NASA_VIIRS_00{1 + (m[1] == '2024')}_VNP46A3_{m[1]}_03",
            text,
        )
        for text in (SAMPLE, sample_of("before_after"))
    )
    for text, codes in ((body, {"change-map", "mixed-collections"}), (beside, {"mixed-collections"})):
        found = {fault.rule.code for fault in examine(read(own, text)).faults}
        assert codes <= found


def test_scales_of_one_ground_differ_only_once(own: Path) -> None:
    """Two figures of one ground on two scales, and change maps of two reaches, are refused; other ground is not."""
    one = sample_of("before_after")
    codes = {fault.rule.code for fault in examine(read(own, f"{one}\n{one.replace('high = 60', 'high = 20')}")).faults}
    assert "unlike-stretch" in codes
    away = one.replace("[12.1, -42.47, 12.69, -42.14]", "[12.1, -42.2, 12.2, -42.14]")
    there = one.replace("[12.1, -42.47, 12.69, -42.14]", "[12.3, -42.47, 12.69, -42.3]").replace(
        "high = 60", "high = 20"
    )
    for body, is_fault in ((f"{one}\n{one}", False), (f"{away}\n{there}", False)):
        assert ("unlike-stretch" in {fault.rule.code for fault in examine(read(own, body)).faults}) is is_fault
    wider = SAMPLE.replace("stable =", "reach = 2\nstable =")
    assert "unlike-stretch" in {fault.rule.code for fault in examine(read(own, f"{SAMPLE}\n{wider}")).faults}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub(r"stable = .*\n", "", text),
        lambda text: text.replace("stable =", 'assumed = "so"\nstable ='),
        lambda text: re.sub(r'alt = "Map of ch.*\n', 'alt = ""\n', text),
        lambda text: re.sub(r"\[after\][^:]*", "", text),
        lambda text: text.replace("stable =", 'finding = "lights-arden"\nstable ='),
        lambda text: text.replace("stable =", "reach = 3\nstable ="),
    ],
)
def test_a_body_that_does_not_say_enough_is_an_error_with_its_line(own: Path, change: Callable[[str], str]) -> None:
    """No centre, two centres, no alt text, half a pair, a pair and a finding, a reach that no scale has."""
    faults = examine(read(own, change(SAMPLE))).faults
    assert any(fault.spot.line >= 5 and fault.rule.level == "block" for fault in faults)


def test_a_finding_without_a_map_is_refused(own: Path) -> None:
    """A finding made from a table keeps no map: `no-map`; and a centre that nobody measured stops the check before."""
    body = '+++\ntitle = "T"\n+++\n\n:::change_map\ntitle = "A"\ncaption = "B"\nalt = "Map of the change of light."\n'
    body += 'finding = "lights-arden"\n:::\n'
    reading = reading_of(Case.load(own), parse(body))
    assert "change-map" in {fault.rule.code for fault in examine(reading).faults}
    with pytest.raises(InputError) as error:
        render(reading)
    assert error.value.code == "no-map"


def kept(case: Path, *, source: str, level: float) -> None:
    """A finding that keeps a map, as night_lights writes it: two looks, their log ratio and its noise."""
    import json

    from odc.geo.geobox import GeoBox

    from dateline.core.identity import sha256_file
    from dateline.imagery.cog import write_cog

    a, b = noisy(0.1, (90, 150))
    a[:20], b[:20] = 0, 0
    a[20:30] = np.nan
    change, noise = np.log2(np.maximum(b, 0.5) / np.maximum(a, 0.5)), np.full(a.shape, 0.2)
    change[:20] = np.nan
    layers = {"before": a, "after": b, "log2_ratio": change, "noise_log2": noise}
    grid = GeoBox(a.shape, Affine(1 / 240, 0, 12.08, 0, -1 / 240, -42.12), "EPSG:4326")
    tags = {"UNIT": "nW cm-2 sr-1", "CREDIT": "nobody", "NO_CHANGE_LOG2": f"{level}", "SIMULATED": "yes"}
    (case / "findings" / "kept").mkdir()
    path = case / "findings" / "kept" / "SIMULATED_change.tif"
    path.write_bytes(
        write_cog({n: v.astype(np.float32) for n, v in layers.items()}, grid, nodata=float("nan"), tags=tags)
    )
    finding = json.loads((case / "findings/lights-arden.json").read_text(encoding="utf-8"))
    finding |= {"id": "kept", "values": {"map": {"noise_from": source, "no_change_level": 2**level}}}
    artifact = {"role": "change_map", "path": "kept/SIMULATED_change.tif", "sha256": sha256_file(path)}
    finding["artifacts"] = [{**artifact, "media_type": "image/tiff"}]
    (case / "findings/kept.json").write_text(json.dumps(finding), encoding="utf-8")


KEPT = """
:::change_map
title = "What the finding keeps"
caption = "A caption."
alt = "Map of the change of light, mostly pale."
finding = "kept"
labels = ["arden"]
"""


def test_a_findings_map_is_centred_where_its_history_says(own: Path) -> None:
    """The measured level is printed with its finding; dark and unseen are counted apart; assuming it is refused."""
    kept(own, source="history", level=0.25)
    html = page_of(own, f"{KEPT}:::\n")
    assert "×1.19, measured: the median of the same ground over earlier years (finding kept)" in html
    figure = html.split("<figure")[1].split("</figure>")[0]
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th><td class="num">([\d,]+)</td>', figure))
    assert rows["below the floor both times"] == "3,000"
    assert rows["not seen"] == "1,500"
    assert not [fault for fault in examine(read(own, f"{KEPT}:::\n")).faults if fault.rule.code == "change-map"]
    with pytest.raises(InputError, match="nothing is left to assume"):
        page_of(own, f'{KEPT}assumed = "so"\n:::\n')


def test_a_findings_map_without_history_needs_a_centre(own: Path) -> None:
    """Roughness measures noise and not where no change lies: refused, unless stable places or a reason are named."""
    kept(own, source="roughness", level=0.0)
    assert "change-map" in {fault.rule.code for fault in examine(read(own, f"{KEPT}:::\n")).faults}
    with pytest.raises(InputError) as error:
        page_of(own, f"{KEPT}:::\n")
    assert error.value.code == "no-centre"
    assert "declared stable" in page_of(own, f'{KEPT}stable = ["arden", "brill", "corrin", "garth", "fallow"]\n:::\n')
    assumed = f'{KEPT}assumed = "nothing near was left alone"\n:::\n'
    assert "assumed and not measured: nothing near was left alone." in page_of(own, assumed)
    assert "assumed-centre" in {fault.rule.code for fault in examine(read(own, assumed)).faults}


def test_a_sensitive_place_is_neither_label_nor_measure(own: Path) -> None:
    """Named as stable ground it would be printed: refused, as its label is."""
    place = own / "places" / "brill.toml"
    told = place.read_text(encoding="utf-8")
    body = SAMPLE.replace('"arden", "brill"', '"arden"')
    for said in ('role = "camera"', 'role = "town"\npublish_precision = 5000.0'):
        place.write_text(told.replace('role = "town"', said), encoding="utf-8")
        found = [fault for fault in examine(read(own, body)).faults if fault.rule.code == "sensitive-place"]
        assert ["brill" in fault.saw for fault in found] == [True], "a picture shows a place to the pixel"
