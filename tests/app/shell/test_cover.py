"""What a screen covers until somebody asks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from dateline.app.cover import is_covered
from dateline.app.screens.mask.frames import OWN
from dateline.app.screens.mask.keeping import Asked, keep
from dateline.app.screens.mask.upright import tile
from dateline.ledger.case import Case
from dateline.ledger.graphic import is_graphic

TERMS = 'terms = {are = "off_the_record", agreed_by = "ana", agreed_on = 2024-01-01}\n'


def test_positions_of_people_names_and_words_off_the_record(desk: Path) -> None:
    """By default of a witness; of a source whose name is not to be printed; a harbour and a speaker are shown."""
    ground = '[names]\nen = "A"\n[where]\nlon = 1.0\nlat = 2.0\nradius = 9.0\n'
    for folder, name, text in (
        ("places", "flat", f'role = "witness"\n{ground}'),
        ("places", "quay", f'role = "port"\n{ground}'),
        ("sources", "open", 'type = "outlet"\n[names]\nen = "B"\n'),
        ("sources", "shy", f'type = "person"\n{TERMS}[names]\nen = "C"\n'),
    ):
        (desk / folder / f"{name}.toml").write_text(f'schema = 1\nid = "{name}"\n{text}')
    records = Case.load(desk).records
    asked = [
        ("flat", "where.lat"),
        ("flat", "names"),
        ("quay", "where"),
        ("open", "names"),
        ("shy", "names.en"),
        ("x", "y"),
    ]
    assert [is_covered(records, *one) for one in asked] == [True, False, False, False, True, False]


def test_a_masked_copy_of_a_graphic_picture_is_graphic(desk: Path) -> None:
    """What is made from it is veiled too, though no media record names it; nothing is left in the program's folder."""
    (desk / "media" / "m.toml").write_text(
        'schema = 1\nid = "m"\ntitle = "M"\ntype = "photo"\nitems = ["crowd"]\ngraphic = true\n'
    )
    case = Case.load(desk)
    asked = Asked.read({"boxes": "10,10,20,20\n", "ending": ".png"}, ["faces"])
    made = keep(case, case.items["crowd"], asked, by="ana")
    assert made.media_type == "image/png"
    assert is_graphic(Case.load(desk), made.id)
    assert not [path for path in (desk / OWN).iterdir() if path.name.startswith("tmp")]


def test_tiles_are_whole_and_clear_beyond_the_picture() -> None:
    """A map library stretches a smaller tile: every one is 256 by 256 px."""
    import io

    pixels = np.full((200, 300, 3), 200, np.uint8)
    data = tile(pixels, 0, 1, 0)
    assert data is not None
    shown = Image.open(io.BytesIO(data)).convert("RGBA")
    assert shown.size == (256, 256)
    assert [shown.getpixel(at)[3] for at in ((10, 10), (43, 199), (60, 10), (10, 220))] == [255, 255, 0, 0]
    assert tile(pixels, 0, 2, 0) is None
    assert tile(pixels, 40, 0, 0) is not None
